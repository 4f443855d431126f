#include "athena/catalog_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "base/letters.h"
#include "catalog/definition.h"
#include "engine/parquet_rows.h"
#include "tables/tables.h"

namespace flowtrail::athena {
namespace {

using dialect::Table;
using dialect::TableColumn;

constexpr std::string_view kCatalog = "awsdatacatalog";
constexpr std::string_view kInformationSchema = "information_schema";

engine::SqlError as_sql_error(const Error& error, std::string_view name) {
  engine::SqlError sql;
  static_cast<Error&>(sql) = error;
  sql.name = name;
  return sql;
}

/// Other sessions over the same engine have theirs.
std::string next_scan_name() {
  static std::atomic<int> number{0};
  return fmt::format("flowtrail_raw_scan_{}", ++number);
}

std::string_view error_name(ErrorCode code) {
  return code == ErrorCode::kUnsupported ? "NOT_SUPPORTED" : "INVALID_TABLE_PROPERTY";
}

}  // namespace

CatalogTables::CatalogTables(engine::Connection& connection, catalog::Catalog& catalog, PlaceMap places,
                             std::filesystem::path folder, std::shared_ptr<RawReport> report)
    : connection_(connection),
      catalog_(catalog),
      places_(std::move(places)),
      folder_(std::move(folder)),
      report_(std::move(report)) {}

bool CatalogTables::has_schema(std::string_view catalog, std::string_view schema) const {
  if (!has_catalog(catalog)) return false;
  if (schema == kInformationSchema) return true;
  const auto found = catalog_.find_database(schema);
  return found && found->has_value();
}

engine::SqlResult<std::optional<Table>> CatalogTables::find(std::string_view catalog, std::string_view schema,
                                                            std::string_view name) const {
  if (!has_schema(catalog, schema)) return std::nullopt;
  if (schema == kInformationSchema) return information(name);
  const auto entry = catalog_.find(schema, name);
  if (!entry) return std::unexpected(as_sql_error(entry.error(), "GENERIC_INTERNAL_ERROR"));
  if (!*entry) return schema == catalog::kDefaultDatabase ? own(name) : std::nullopt;
  if ((*entry)->kind == catalog::EntryKind::kView) {
    Table view{std::string{catalog}, std::string{schema}, std::string{name}, {}, {}, {}};
    view.view_text = (*entry)->text;
    return view;
  }
  auto table = (*entry)->kind == catalog::EntryKind::kMadeTable ? made(**entry) : external(**entry);
  if (!table) return std::unexpected(std::move(table.error()));
  return *std::move(table);
}

Result<RawTable> CatalogTables::raw_table(const catalog::Entry& entry) const {
  FT_TRY(hive::CreateExternalTable definition, catalog::definition(entry));
  return RawTable{std::move(definition), places_,
                  [this, database = entry.database, name = entry.name] { return catalog_.partitions(database, name); },
                  report_};
}

engine::SqlResult<Table> CatalogTables::external(const catalog::Entry& entry) const {
  const auto refuse = [](const Error& error) { return std::unexpected(as_sql_error(error, error_name(error.code))); };
  auto raw = raw_table(entry);
  if (!raw) return refuse(raw.error());
  Table table{std::string{kCatalog}, entry.database, entry.name, {}, {}, {}};
  for (const auto* columns : {&raw->definition.columns, &raw->definition.partition_columns}) {
    for (const hive::Column& column : *columns) {
      table.columns.push_back({column.name, column.type, engine::quote_identifier(column.name), false});
    }
  }
  table.columns.push_back({"$path", trino::Type{trino::TypeKind::kVarchar}, "\"$path\"", true});
  if (!raw->definition.partition_columns.empty()) {
    table.columns.push_back({"$partition", trino::Type{trino::TypeKind::kVarchar}, "\"$partition\"", true});
  }
  const std::string key = fmt::format("{}.{}\n{}", entry.database, entry.name, entry.canonical);
  const auto known = relations_.find(key);
  if (known != relations_.end()) {
    table.relation = known->second;
    return table;
  }
  auto relation = relation_of(connection_, *std::move(raw), next_scan_name());
  if (!relation) return refuse(relation.error());
  table.relation = *relation;
  // A query lists the objects of now; only a function looks again at each statement.
  if (table.relation.ends_with("({filter})")) relations_.emplace(key, table.relation);
  return table;
}

engine::SqlResult<Table> CatalogTables::made(const catalog::Entry& entry) const {
  Table table{std::string{kCatalog}, entry.database, entry.name, {}, {}, {}};
  if (const auto in_memory = made_.find(entry.data); in_memory != made_.end()) {
    table.relation = in_memory->first;
    table.columns = in_memory->second;
    return table;
  }
  const std::string file = engine::quote_path(folder_ / entry.data);
  table.relation = fmt::format("read_parquet({})", file);
  auto found = connection_.fetch_all(
      fmt::format("SELECT decode(value) FROM parquet_kv_metadata({}) WHERE decode(key) = 'flowtrail'", file));
  if (!found) return std::unexpected(std::move(found.error()));
  if (!found->rows.empty()) table.columns = read_column_lines(output::plain_value(found->rows[0][0]));
  return table;
}

std::optional<Table> CatalogTables::own(std::string_view name) const {
  Table table{std::string{kCatalog}, std::string{catalog::kDefaultDatabase}, std::string{name}, {}, {}, {}};
  table.relation = engine::quote_identifier(name);
  const auto result = connection_.query(fmt::format("SELECT * FROM {} LIMIT 0", table.relation));
  if (!result) return std::nullopt;
  for (const engine::ResultColumn& column : result->columns()) {
    // AWS's tables keep times in seconds or milliseconds: timestamp(3) is what Athena has.
    const std::string_view type =
        column.type.starts_with("timestamp") ? std::string_view{"timestamp(3)"} : std::string_view{column.type};
    if (auto parsed = trino::Type::parse(type)) {
      table.columns.push_back({lower(column.name), *parsed, engine::quote_identifier(column.name), false});
    }
  }
  if (name == "vpc_flow_logs") table.relation = "flowtrail_scan_vpc_flow_logs({filter})";
  return table;
}

std::vector<std::string> CatalogTables::own_tables() const {
  std::vector<std::string> names;
  const auto found = connection_.fetch_all(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY table_name");
  if (!found) return names;
  for (const auto& row : found->rows) names.push_back(output::plain_value(row[0]));
  return names;
}

/// tables, columns, schemata and views of the INFORMATION_SCHEMA, as VALUES.
engine::SqlResult<std::optional<Table>> CatalogTables::information(std::string_view name) const {
  struct Shape {
    std::string_view name;
    std::vector<std::string_view> columns;
  };
  const std::array shapes{
      Shape{"schemata", {"catalog_name", "schema_name"}},
      Shape{"tables", {"table_catalog", "table_schema", "table_name", "table_type"}},
      Shape{"views", {"table_catalog", "table_schema", "table_name", "view_definition"}},
      Shape{"columns", {"table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "data_type"}},
  };
  const auto* shape = std::ranges::find(shapes, name, &Shape::name);
  if (shape == shapes.end()) return std::nullopt;
  const auto refuse = [](const Error& error) { return std::unexpected(as_sql_error(error, "GENERIC_INTERNAL_ERROR")); };
  std::vector<std::vector<std::string>> rows;
  const auto databases = catalog_.databases();
  if (!databases) return refuse(databases.error());
  for (const catalog::DatabaseInfo& database : *databases) {
    if (name == "schemata") rows.push_back({std::string{kCatalog}, database.name});
    const auto entries = catalog_.entries(database.name);
    if (!entries) return refuse(entries.error());
    std::vector<std::pair<std::string, const catalog::Entry*>> tables;
    for (const catalog::Entry& entry : *entries) tables.emplace_back(entry.name, &entry);
    if (database.name == catalog::kDefaultDatabase) {
      for (const std::string& own_name : own_tables()) tables.emplace_back(own_name, nullptr);
    }
    for (const auto& [table, entry] : tables) {
      const bool is_view = entry != nullptr && entry->kind == catalog::EntryKind::kView;
      const std::vector<std::string> start{std::string{kCatalog}, database.name, table};
      if (name == "tables") {
        rows.push_back(start);
        rows.back().emplace_back(is_view ? "VIEW" : "BASE TABLE");
      }
      if (name == "views" && is_view) {
        rows.push_back(start);
        rows.back().push_back(entry->text);
      }
      if (name != "columns" || is_view) continue;
      const auto found = find(kCatalog, database.name, table);
      if (!found || !*found) continue;
      for (std::size_t i = 0; i < (*found)->columns.size(); ++i) {
        const TableColumn& column = (*found)->columns[i];
        if (column.hidden) continue;
        rows.push_back(start);
        for (std::string cell : {column.name, std::to_string(i + 1), column.type.to_string()}) {
          rows.back().push_back(std::move(cell));
        }
      }
    }
  }
  Table table{std::string{kCatalog}, std::string{kInformationSchema}, std::string{name}, {}, {}, {}};
  std::string columns;
  for (const std::string_view column : shape->columns) {
    const bool number = column == "ordinal_position";
    table.columns.push_back({std::string{column},
                             trino::Type{number ? trino::TypeKind::kBigint : trino::TypeKind::kVarchar},
                             std::string{column}, false});
    columns += (columns.empty() ? "" : ", ") + std::string{column};
  }
  std::string values;
  for (const auto& row : rows) {
    std::string cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool number = table.columns[i].type.kind() == trino::TypeKind::kBigint;
      cells +=
          (i == 0 ? "" : ", ") + (number ? fmt::format("CAST({} AS BIGINT)", row[i]) : engine::quote_literal(row[i]));
    }
    values += (values.empty() ? "" : ", ") + fmt::format("({})", cells);
  }
  if (values.empty()) {
    std::string nulls;
    for (const TableColumn& column : table.columns)
      nulls += (nulls.empty() ? "" : ", ") + fmt::format("CAST(NULL AS {})", column.type.duckdb());
    table.relation = fmt::format("(SELECT * FROM (VALUES ({})) AS v({}) WHERE false)", nulls, columns);
  } else {
    table.relation = fmt::format("(SELECT * FROM (VALUES {}) AS v({}))", values, columns);
  }
  return table;
}

std::string column_lines(const std::vector<TableColumn>& columns) {
  std::string text;
  for (const TableColumn& column : columns) text += fmt::format("{}\t{}\n", column.name, column.type.to_string());
  return text;
}

std::vector<TableColumn> read_column_lines(std::string_view text) {
  std::vector<TableColumn> columns;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t tab = line.rfind('\t');
    if (tab == std::string_view::npos) continue;
    const auto type = trino::Type::parse(line.substr(tab + 1));
    const std::string name{line.substr(0, tab)};
    if (type) columns.push_back({name, *type, engine::quote_identifier(name), false});
  }
  return columns;
}

}  // namespace flowtrail::athena
