#include "catalog/definition.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <variant>

#include "hive/create_table_text.h"
#include "hive/parse.h"

namespace flowtrail::catalog {
namespace {

using hive::CreateExternalTable;

Status refuse_partition(const hive::PartitionValues& partition) {
  if (partition.empty()) return {};
  return failure(ErrorCode::kUnsupported, "one partition cannot have a definition of its own");
}

Status set_columns(std::vector<hive::Column> columns, CreateExternalTable& table) {
  std::unordered_set<std::string_view> names;
  for (const auto* list : {&columns, &table.partition_columns}) {
    for (const hive::Column& column : *list) {
      if (!names.insert(column.name).second) {
        return failure(ErrorCode::kUsage, "two columns have the name {}", column.name);
      }
    }
  }
  table.columns = std::move(columns);
  return {};
}

}  // namespace

Result<CreateExternalTable> parse_table(std::string_view text) {
  FT_TRY(auto statement, hive::parse(text));
  if (statement && std::holds_alternative<CreateExternalTable>(*statement)) {
    return std::get<CreateExternalTable>(*std::move(statement));
  }
  return failure(ErrorCode::kUsage, "not a CREATE EXTERNAL TABLE statement: {}", text);
}

Result<CreateExternalTable> definition(const Entry& entry) {
  if (entry.kind != EntryKind::kExternalTable) {
    return failure(ErrorCode::kUsage, "{}.{} is not an external table", entry.database, entry.name);
  }
  FT_TRY(CreateExternalTable table, parse_table(entry.canonical.empty() ? entry.text : entry.canonical));
  // The text may tell no database, and names with dots it cannot tell.
  table.table = {entry.database, entry.name};
  return table;
}

Result<std::string> canonical_text(const CreateExternalTable& table) {
  std::string text = hive::create_table_text(table);
  auto back = parse_table(text);
  if (back) back->table = table.table;
  if (back && hive::create_table_text(*back) == text && back->columns == table.columns &&
      back->partition_columns == table.partition_columns && back->properties == table.properties) {
    return text;
  }
  return std::unexpected(Error{ErrorCode::kUnsupported,
                               fmt::format("this definition of table {} cannot be kept", table.table.name),
                               {},
                               back ? "" : back.error().what});
}

Status apply(const hive::AlterTableSetLocation& statement, CreateExternalTable& table) {
  FT_CHECK(refuse_partition(statement.partition));
  table.location = statement.location;
  return {};
}

Status apply(const hive::AlterTableSetTblProperties& statement, CreateExternalTable& table) {
  for (const auto& [key, value] : statement.properties) {
    const auto found = std::ranges::find(table.properties, key, &std::pair<std::string, std::string>::first);
    if (found == table.properties.end()) {
      table.properties.emplace_back(key, value);
      continue;
    }
    found->second = value;
    // Of a key that was written twice the last counts.
    table.properties.erase(
        std::remove_if(found + 1, table.properties.end(), [&](const auto& other) { return other.first == key; }),
        table.properties.end());
  }
  return {};
}

Status apply(const hive::AlterTableAddColumns& statement, CreateExternalTable& table) {
  FT_CHECK(refuse_partition(statement.partition));
  std::vector<hive::Column> columns = table.columns;
  columns.insert(columns.end(), statement.columns.begin(), statement.columns.end());
  return set_columns(std::move(columns), table);
}

Status apply(const hive::AlterTableReplaceColumns& statement, CreateExternalTable& table) {
  FT_CHECK(refuse_partition(statement.partition));
  return set_columns(statement.columns, table);
}

}  // namespace flowtrail::catalog
