#include "athena/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "athena/answers.h"
#include "base/letters.h"
#include "dialect/decode.h"
#include "dialect/function_list.h"
#include "dialect/lexer.h"
#include "dialect/runner.h"
#include "hive/parse.h"
#include "tables/script_runner.h"

namespace flowtrail::athena {
namespace {

using dialect::StatementKind;
using tables::ScriptOutput;

engine::SqlError not_supported(const dialect::Statement& statement, std::string_view what) {
  return dialect::error_at(statement.position, "NOT_SUPPORTED", what);
}

/// Database and name of `a.b.c`, `b.c` or `c`, lower case.
std::pair<std::string, std::string> parts_of(const std::vector<std::string>& name, const CatalogTables& tables) {
  std::string database = name.size() > 1 ? lower(name[name.size() - 2]) : tables.default_schema();
  return {std::move(database), lower(name.back())};
}

/// Part of a file's name: letters beyond the plainest are written as their bytes.
std::string file_part(std::string_view name) {
  std::string part;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    part += plain ? std::string{c} : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return part;
}

/// Of a table in memory. Other sessions over the same engine have theirs.
std::string next_relation(std::string_view database, std::string_view name) {
  static std::atomic<int> number{0};
  return "flowtrail_made." + engine::quote_identifier(fmt::format("{}.{}.{}", database, name, ++number));
}

std::filesystem::path data_folder(const SessionOptions& options) {
  return options.catalog ? std::filesystem::absolute(*options.catalog).parent_path() : std::filesystem::path{};
}

/// What the catalog holds, in memory: a check makes tables there for the statements behind, and the file stays.
Result<catalog::Catalog> copied(const catalog::Catalog& from) {
  FT_TRY(catalog::Catalog copy, catalog::Catalog::open(std::nullopt));
  FT_TRY(const std::vector<catalog::DatabaseInfo> databases, from.databases());
  for (const catalog::DatabaseInfo& database : databases) {
    FT_TRY([[maybe_unused]] const bool made, copy.create_database(database, true));
    FT_TRY(std::vector<catalog::Entry> entries, from.entries(database.name));
    for (catalog::Entry& entry : entries) {
      if (!entry.canonical.empty()) entry.text = entry.canonical;  // what ALTER made of it
      FT_TRY([[maybe_unused]] const bool created, copy.create(entry, false, false));
    }
  }
  return copy;
}

}  // namespace

std::string qualified(std::string_view database, std::string_view name) {
  return fmt::format("awsdatacatalog.{}.{}", database, name);
}

Result<std::unique_ptr<Session>> Session::open(engine::Connection& connection, SessionOptions options) {
  FT_TRY(catalog::Catalog catalog, catalog::Catalog::open(options.catalog));
  if (options.check && options.catalog) {
    FT_TRY(catalog, copied(catalog));
  }
  return std::unique_ptr<Session>{new Session{connection, std::move(catalog), std::move(options)}};
}

Session::Session(engine::Connection& connection, catalog::Catalog catalog, SessionOptions options)
    : connection_(connection),
      options_(std::move(options)),
      catalog_(std::move(catalog)),
      report_(std::make_shared<RawReport>()),
      tables_(connection, catalog_, options_.places, data_folder(options_), report_) {}

Session::~Session() = default;

engine::SqlResult<void> Session::run(std::string_view script, const ScriptOutput& output) {
  bool any_rows = false;
  for (const dialect::StatementText& statement : dialect::split_statements(script)) {
    FT_TRY(const bool rows, run_statement(statement.text, statement.position, output));
    any_rows = any_rows || rows;
  }
  if (options_.check) {
    if (output.format == output::Format::kJson) output.write("{\"ok\":true}\n");
  } else if (!any_rows && output.format == output::Format::kJson) {
    output.write(tables::empty_json(output));
  }
  return {};
}

engine::SqlResult<bool> Session::run_statement(std::string_view text, dialect::Position position,
                                               const ScriptOutput& output) {
  FT_TRY(const std::optional<hive::Statement> statement, hive::parse(text, {position.line, position.column}));
  if (statement) return run_hive(*statement, text, position, output);
  return run_translated(text, position, output);
}

engine::SqlResult<bool> Session::run_translated(std::string_view text, dialect::Position position,
                                                const ScriptOutput& output) {
  dialect::TranslateOptions options;
  options.strict = options_.strict;
  options.pushdown = options_.pushdown;
  options.origin = position;
  options.prepared = prepared_;
  auto translated = dialect::translate(text, tables_, options);
  if (!translated) {
    // A check knows no more than the statement's grammar where its tables are elsewhere.
    const engine::SqlError& error = translated.error();
    const bool unknown_table =
        error.name == "TABLE_NOT_FOUND" || error.name == "SCHEMA_NOT_FOUND" || error.name == "CATALOG_NOT_FOUND";
    if (!options_.check || !unknown_table) return std::unexpected(error);
    const std::size_t place = error.what.starts_with("line ") ? error.what.find(": ") + 2 : 0;
    warnings_.push_back(
        {"only the grammar is checked: " + error.what.substr(place), {error.line, error.column}, false});
    return false;
  }
  dialect::Translation translation = *std::move(translated);
  warnings_.insert(warnings_.end(), translation.warnings.begin(), translation.warnings.end());
  if (options_.check && !translation.sql.empty()) {
    FT_CHECK(dialect::prepare(connection_, natives_));
    auto plan = connection_.query("EXPLAIN " + translation.sql);
    if (!plan) return std::unexpected(dialect::as_trino_error(plan.error()));
  }
  if (options_.check && translation.kind != StatementKind::kCreateView && translation.kind != StatementKind::kPrepare) {
    return false;
  }
  return carry_out(translation, output);
}

engine::SqlResult<bool> Session::carry_out(dialect::Translation& translation, const ScriptOutput& output) {
  dialect::Statement& statement = translation.statement;
  switch (translation.kind) {
    case StatementKind::kQuery: FT_CHECK(query(translation, output)); return true;
    case StatementKind::kExplain: FT_CHECK(explain(translation, output)); return true;
    case StatementKind::kCreateView: FT_CHECK(create_view(translation)); return false;
    case StatementKind::kCreateTableAs: FT_CHECK(create_table(translation)); return false;
    case StatementKind::kDropView: FT_CHECK(drop_view(statement)); return false;
    case StatementKind::kPrepare: prepared_[lower(statement.name[0])] = statement.text; return false;
    case StatementKind::kDeallocate: prepared_.erase(lower(statement.name[0])); return false;
    case StatementKind::kShowFunctions: return show_functions(statement, output);
    case StatementKind::kShowCatalogs: write_answer({"Catalog"}, {{tables_.default_catalog()}}, output); return true;
    case StatementKind::kUse: {
      const std::string schema = lower(statement.name.back());
      if (!tables_.has_schema(tables_.default_catalog(), schema)) {
        return std::unexpected(dialect::error_at(statement.position, "SCHEMA_NOT_FOUND",
                                                 fmt::format("Schema '{}' does not exist", schema)));
      }
      tables_.set_default_schema(schema);
      return false;
    }
    default: return std::unexpected(not_supported(statement, "this statement is not supported here"));
  }
}

engine::SqlResult<void> Session::query(const dialect::Translation& translation, const ScriptOutput& output) {
  std::vector<output::Column> columns;
  for (const dialect::OutputColumn& column : translation.columns) {
    columns.push_back({column.name, dialect::result_type_name(column.type), {}, {}});
  }
  const auto form = output.format == output::Format::kJson ? dialect::ValueForm::kProtocol : dialect::ValueForm::kText;
  const auto writer = tables::make_writer(std::move(columns), output);
  FT_CHECK(
      dialect::run(connection_, natives_, translation, form, [&writer](auto rows) { writer->add(std::move(rows)); }));
  writer->end();
  return {};
}

/// What reaches the readers, which objects are left, and DuckDB's plan.
engine::SqlResult<void> Session::explain(const dialect::Translation& translation, const ScriptOutput& output) {
  if (!translation.sql.starts_with("EXPLAIN ")) return query(translation, output);
  std::string text;
  for (const dialect::PushedFilter& pushed : translation.pushed) {
    text += fmt::format("{}: {}\n", qualified(pushed.schema, pushed.table),
                        pushed.filter.empty() ? "all rows are read" : "read with " + pushed.filter);
    const auto entry = catalog_.find(pushed.schema, pushed.table);
    if (!entry || !*entry || (*entry)->kind != catalog::EntryKind::kExternalTable) continue;
    const auto raw = tables_.raw_table(**entry);
    if (!raw) continue;
    if (const auto objects = objects_of(*raw, pushed.filter)) {
      text += fmt::format("  {} objects in {} partitions, {} bytes\n", objects->objects, objects->partitions,
                          objects->bytes);
    }
  }
  FT_CHECK(dialect::prepare(connection_, natives_));
  auto plan = connection_.fetch_all(translation.sql);
  if (!plan) return std::unexpected(dialect::as_trino_error(plan.error()));
  for (const auto& row : plan->rows) text += output::plain_value(row.back());
  std::vector<std::vector<output::Value>> rows;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    rows.push_back({std::string{line}});
  }
  write_answer({"Query Plan"}, std::move(rows), output);
  return {};
}

engine::SqlResult<void> Session::create_view(const dialect::Translation& translation) {
  const dialect::Statement& statement = translation.statement;
  auto [database, name] = parts_of(statement.name, tables_);
  std::string text = statement.text;
  if (!statement.columns.empty()) {
    std::string columns;
    for (const std::string& column : statement.columns) {
      columns += (columns.empty() ? "" : ", ") + engine::quote_identifier(column);
    }
    text = fmt::format("SELECT * FROM ({}) AS {}({})", text, engine::quote_identifier(name), columns);
  }
  catalog::Entry entry{database, name, catalog::EntryKind::kView, std::move(text), {}, {}, {}};
  const auto created = catalog_.create(std::move(entry), statement.replace, false);
  if (!created) return std::unexpected(as_statement_error(created.error(), statement.position, "TABLE_ALREADY_EXISTS"));
  return {};
}

/// In a file beside the catalog, with the columns' types in it; in memory where the catalog is.
engine::SqlResult<void> Session::create_table(const dialect::Translation& translation) {
  const dialect::Statement& statement = translation.statement;
  auto [database, name] = parts_of(statement.name, tables_);
  for (const auto& [key, value] : statement.properties) {
    if (key == "external_location" || key == "location") {
      return std::unexpected(
          not_supported(statement, "tables are made beside the catalog, never in S3: leave " + key + " out"));
    }
  }
  std::vector<dialect::TableColumn> columns;
  std::string names;
  std::string list;
  for (std::size_t i = 0; i < translation.columns.size(); ++i) {
    const std::string column = lower(translation.columns[i].name);
    columns.push_back({column, translation.columns[i].type, {}, false});
    names += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
    list += fmt::format("{}c{} AS {}", i == 0 ? "" : ", ", i, engine::quote_identifier(column));
  }
  const std::string rows = fmt::format("SELECT {} FROM ({}) AS q({}){}", list, translation.sql, names,
                                       statement.with_data ? "" : " LIMIT 0");
  FT_CHECK(dialect::prepare(connection_, natives_));
  if (!tables_.has_schema(tables_.default_catalog(), database)) {
    return std::unexpected(
        dialect::error_at(statement.position, "SCHEMA_NOT_FOUND", fmt::format("Schema '{}' does not exist", database)));
  }
  const auto existing = catalog_.find(database, name);
  if (existing && *existing) {
    if (statement.if_not_exists) return {};
    return std::unexpected(dialect::error_at(statement.position, "TABLE_ALREADY_EXISTS",
                                             fmt::format("Table '{}' already exists", qualified(database, name))));
  }
  const std::filesystem::path folder = data_folder(options_);
  std::string data = fmt::format("{}.{}.{}.parquet", options_.catalog.value_or("").filename().string(),
                                 file_part(database), file_part(name));
  if (!options_.catalog) {
    data = next_relation(database, name);
    FT_CHECK(connection_.execute("CREATE SCHEMA IF NOT EXISTS flowtrail_made"));
    auto made = connection_.execute(fmt::format("CREATE TABLE {} AS {}", data, rows));
    if (!made) return std::unexpected(dialect::as_trino_error(made.error()));
    tables_.add_made(data, std::move(columns));
  } else {
    auto made = connection_.execute(fmt::format("COPY ({}) TO {} (FORMAT parquet, KV_METADATA {{flowtrail: {}}})", rows,
                                                engine::quote_literal((folder / data).string()),
                                                engine::quote_literal(column_lines(columns))));
    if (!made) return std::unexpected(dialect::as_trino_error(made.error()));
  }
  catalog::Entry entry{database, name, catalog::EntryKind::kMadeTable, statement.text, {}, data, {}};
  const auto created = catalog_.create(std::move(entry), false, false);
  if (!created) return std::unexpected(as_statement_error(created.error(), statement.position, "TABLE_ALREADY_EXISTS"));
  return {};
}

engine::SqlResult<void> Session::drop_view(const dialect::Statement& statement) {
  const auto [database, name] = parts_of(statement.name, tables_);
  const auto entry = catalog_.find(database, name);
  if (!entry) return std::unexpected(as_statement_error(entry.error(), statement.position, "GENERIC_INTERNAL_ERROR"));
  if (!*entry) {
    if (statement.if_exists) return {};
    return std::unexpected(dialect::error_at(statement.position, "TABLE_NOT_FOUND",
                                             fmt::format("View '{}' does not exist", qualified(database, name))));
  }
  const auto dropped = catalog_.drop(database, name, catalog::EntryKind::kView);
  if (!dropped) return std::unexpected(as_statement_error(dropped.error(), statement.position, "NOT_SUPPORTED"));
  return {};
}

engine::SqlResult<bool> Session::show_functions(const dialect::Statement& statement, const ScriptOutput& output) {
  std::vector<std::vector<output::Value>> rows;
  for (dialect::FunctionForm& form : dialect::function_list()) {
    if (statement.pattern && !matches_like(form.name, *statement.pattern)) continue;
    rows.push_back({std::string{form.name}, std::move(form.result), std::move(form.arguments),
                    std::string{dialect::kind_name(form.kind)}});
  }
  write_answer({"Function", "Return Type", "Argument Types", "Function Type"}, std::move(rows), output);
  return true;
}

}  // namespace flowtrail::athena
