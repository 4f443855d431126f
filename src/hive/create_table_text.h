// Tables as statements again: what SHOW CREATE TABLE prints on Athena, and Hive's names of types.
#pragma once

#include <string>

#include "hive/statement.h"

namespace flowtrail::hive {

/// `array<struct<a:string,b:decimal(10,2)>>`. A type that Hive lacks (time, json, ...) has Trino's name.
[[nodiscard]] std::string to_hive(const trino::Type& type);

/// The classes that read and write a table: what ROW FORMAT and STORED AS tell, or imply. Empty: an unknown format.
struct StorageClasses {
  std::string serde;
  FormatClasses formats;
};
[[nodiscard]] StorageClasses storage_classes(const CreateExternalTable& table);

/// A statement that parses into an equal table, but that a format's name is told by its classes, that every column has
/// a COMMENT, and that IF NOT EXISTS is gone. Without a line feed at its end.
[[nodiscard]] std::string create_table_text(const CreateExternalTable& table);

}  // namespace flowtrail::hive
