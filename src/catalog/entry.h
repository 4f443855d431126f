// What a catalog holds. Names are in lower case, which the caller sees to; any other letter may be in them.
#pragma once

#include <cstdint>
#include <string>

#include "hive/statement.h"

namespace flowtrail::catalog {

struct DatabaseInfo {
  std::string name;
  std::string comment;
  std::string location;
  hive::Properties properties;
  std::string created;  // `2026-03-01T10:00:05Z`
  friend bool operator==(const DatabaseInfo&, const DatabaseInfo&) = default;
};

enum class EntryKind : std::uint8_t {
  kExternalTable,  // files somewhere, told by Hive's DDL
  kView,
  kMadeTable,  // CREATE TABLE AS: its rows are a Parquet file next to the catalog
};

/// A table or a view.
struct Entry {
  std::string database;
  std::string name;
  EntryKind kind = EntryKind::kExternalTable;
  std::string text;       // as given: the statement of a table, the query of a view
  std::string canonical;  // of an external table: its present definition as CREATE EXTERNAL TABLE, made by the catalog
  std::string data;       // of a made table: its file, from the catalog's folder on, with `/`, never out of it
  std::string created;    // `2026-03-01T10:00:05Z`
  friend bool operator==(const Entry&, const Entry&) = default;
};

struct Partition {
  hive::PartitionValues values;  // in the order of the table's partition columns
  std::string location;
  friend bool operator==(const Partition&, const Partition&) = default;
};

}  // namespace flowtrail::catalog
