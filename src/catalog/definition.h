// Definitions of external tables: out of text, into text, and what ALTER TABLE makes of them.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "catalog/entry.h"
#include "hive/statement.h"

namespace flowtrail::catalog {

/// What a CREATE [EXTERNAL] TABLE statement tells. Errors: kUsage, for a text that cannot be read with its place.
[[nodiscard]] Result<hive::CreateExternalTable> parse_table(std::string_view text);

/// The present definition of an external table: of `canonical`, or of `text` where that is empty. Its name is the
/// entry's. Errors: those of `parse_table`, kUsage for what is no external table.
[[nodiscard]] Result<hive::CreateExternalTable> definition(const Entry& entry);

/// The text that `definition` reads back: hive::create_table_text with database and name. Errors: kUnsupported for a
/// table that does not come back as it is.
[[nodiscard]] Result<std::string> canonical_text(const hive::CreateExternalTable& table);

// What a statement makes of the table; its own name is not looked at. After an error the table is as before.
// Errors: kUsage for two columns of one name, kUnsupported for a statement about one partition.

[[nodiscard]] Status apply(const hive::AlterTableSetLocation& statement, hive::CreateExternalTable& table);
/// Keys that are there get the new value.
[[nodiscard]] Status apply(const hive::AlterTableSetTblProperties& statement, hive::CreateExternalTable& table);
/// Behind the columns that are there, before the partition's.
[[nodiscard]] Status apply(const hive::AlterTableAddColumns& statement, hive::CreateExternalTable& table);
/// Partition columns stay.
[[nodiscard]] Status apply(const hive::AlterTableReplaceColumns& statement, hive::CreateExternalTable& table);

}  // namespace flowtrail::catalog
