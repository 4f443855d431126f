#include "tables/athena_script.h"

#include <fmt/format.h>

#include <utility>

#include "dialect/decode.h"
#include "dialect/lexer.h"
#include "dialect/runner.h"

namespace flowtrail::tables {
namespace {

using dialect::StatementKind;

/// A whole answer that is ours.
void write_rows(const std::vector<std::string>& columns, std::vector<std::vector<output::Value>> rows,
                const ScriptOutput& output) {
  std::vector<output::Column> shape;
  for (const std::string& name : columns) shape.push_back({name, "varchar", {}, {}});
  const auto writer = make_writer(std::move(shape), output);
  writer->add(std::move(rows));
  writer->end();
}

/// LIKE of SHOW: % and _ alone.
bool matches_like(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    return matches_like(text, pattern.substr(1)) || (!text.empty() && matches_like(text.substr(1), pattern));
  }
  return !text.empty() && (pattern[0] == '_' || pattern[0] == text[0]) &&
         matches_like(text.substr(1), pattern.substr(1));
}

engine::SqlError not_supported(const dialect::Statement& statement, std::string_view what) {
  return dialect::error_at(statement.position, "NOT_SUPPORTED", what);
}

}  // namespace

std::optional<dialect::Table> DatabaseTables::find(std::string_view catalog, std::string_view schema,
                                                   std::string_view name) const {
  if (!has_schema(catalog, schema)) return std::nullopt;
  dialect::Table table{std::string{catalog}, std::string{schema}, std::string{name}, {}, {}, {}};
  if (const auto view = views_.find(table.name); view != views_.end()) {
    table.view_text = view->second;
    return table;
  }
  table.relation = engine::quote_identifier(name);
  auto result = connection_.query(fmt::format("SELECT * FROM {} LIMIT 0", table.relation));
  if (!result) return std::nullopt;
  for (const engine::ResultColumn& column : result->columns()) {
    // AWS's tables keep times in seconds or milliseconds: timestamp(3) is what Athena has.
    auto type =
        column.type.starts_with("timestamp") ? trino::Type::parse("timestamp(3)") : trino::Type::parse(column.type);
    if (!type) continue;
    table.columns.push_back({dialect::lower(column.name), *type, engine::quote_identifier(column.name), false});
  }
  return table;
}

AthenaSession::AthenaSession(engine::Connection& connection, AthenaOptions options)
    : connection_(connection), options_(options), tables_(connection) {}

engine::SqlResult<void> AthenaSession::run(std::string_view script, const ScriptOutput& output) {
  bool any_rows = false;
  for (const dialect::StatementText& statement : dialect::split_statements(script)) {
    FT_TRY(const bool rows, run_statement(statement.text, statement.position, output));
    any_rows = any_rows || rows;
  }
  if (options_.check) {
    if (output.format == output::Format::kJson) output.write("{\"ok\":true}\n");
  } else if (!any_rows && output.format == output::Format::kJson) {
    output.write(empty_json(output));
  }
  return {};
}

engine::SqlResult<bool> AthenaSession::run_statement(std::string_view text, dialect::Position position,
                                                     const ScriptOutput& output) {
  dialect::TranslateOptions options;
  options.strict = options_.strict;
  options.origin = position;
  options.prepared = prepared_;
  auto translated = dialect::translate(text, tables_, options);
  if (!translated) {
    // A check knows no more than the statement's grammar where its tables are elsewhere.
    const engine::SqlError& error = translated.error();
    const bool unknown_table =
        error.name == "TABLE_NOT_FOUND" || error.name == "SCHEMA_NOT_FOUND" || error.name == "CATALOG_NOT_FOUND";
    if (!options_.check || !unknown_table) return std::unexpected(error);
    warnings_.push_back({error.what, {error.line, error.column}});
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

engine::SqlResult<bool> AthenaSession::carry_out(dialect::Translation& translation, const ScriptOutput& output) {
  dialect::Statement& statement = translation.statement;
  switch (translation.kind) {
    case StatementKind::kQuery:
    case StatementKind::kExplain: FT_CHECK(query(translation, output)); return true;
    case StatementKind::kCreateView:
      tables_.set_view(dialect::lower(statement.name.back()), statement.text);
      return false;
    case StatementKind::kCreateTableAs: FT_CHECK(create_table(translation)); return false;
    case StatementKind::kDropTable:
    case StatementKind::kDropView: FT_CHECK(drop(statement)); return false;
    case StatementKind::kPrepare: prepared_[dialect::lower(statement.name[0])] = statement.text; return false;
    case StatementKind::kDeallocate: prepared_.erase(dialect::lower(statement.name[0])); return false;
    case StatementKind::kShowTables: return show_tables(statement, output);
    case StatementKind::kShowColumns: return show_columns(statement, output);
    case StatementKind::kShowSchemas:
      write_rows({"Schema"}, {{std::string{"default"}}, {std::string{"information_schema"}}}, output);
      return true;
    case StatementKind::kShowCatalogs: write_rows({"Catalog"}, {{tables_.default_catalog()}}, output); return true;
    case StatementKind::kUse: return false;
    default: return std::unexpected(not_supported(statement, "this statement is not supported here"));
  }
}

engine::SqlResult<void> AthenaSession::query(const dialect::Translation& translation, const ScriptOutput& output) {
  std::vector<output::Column> columns;
  for (const dialect::OutputColumn& column : translation.columns) {
    columns.push_back({column.name, dialect::result_type_name(column.type), {}, {}});
  }
  const auto form = output.format == output::Format::kJson ? dialect::ValueForm::kProtocol : dialect::ValueForm::kText;
  const auto writer = make_writer(std::move(columns), output);
  FT_CHECK(dialect::run(connection_, natives_, translation, form, [&writer](auto rows) { writer->add(std::move(rows)); }));
  writer->end();
  return {};
}

engine::SqlResult<void> AthenaSession::create_table(const dialect::Translation& translation) {
  const dialect::Statement& statement = translation.statement;
  const std::string name = dialect::lower(statement.name.back());
  std::string columns;
  std::string list;
  for (std::size_t i = 0; i < translation.columns.size(); ++i) {
    columns += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
    list += fmt::format("{}c{} AS {}", i == 0 ? "" : ", ", i,
                        engine::quote_identifier(dialect::lower(translation.columns[i].name)));
  }
  FT_CHECK(dialect::prepare(connection_, natives_));
  auto made = connection_.execute(fmt::format(
      "CREATE TABLE {}{} AS SELECT {} FROM ({}) AS q({}){}", statement.if_not_exists ? "IF NOT EXISTS " : "",
      engine::quote_identifier(name), list, translation.sql, columns, statement.with_data ? "" : " LIMIT 0"));
  if (!made) return std::unexpected(dialect::as_trino_error(made.error()));
  return {};
}

engine::SqlResult<void> AthenaSession::drop(const dialect::Statement& statement) {
  const std::string name = dialect::lower(statement.name.back());
  if (tables_.drop_view(name)) return {};
  if (statement.kind == StatementKind::kDropTable) {
    const auto dropped = connection_.execute("DROP TABLE " + engine::quote_identifier(name));
    if (dropped) return {};
  }
  if (statement.if_exists) return {};
  return std::unexpected(
      dialect::error_at(statement.position, "TABLE_NOT_FOUND",
                        fmt::format("{} 'awsdatacatalog.default.{}' does not exist",
                                    statement.kind == StatementKind::kDropTable ? "Table" : "View", name)));
}

engine::SqlResult<bool> AthenaSession::show_tables(const dialect::Statement& statement, const ScriptOutput& output) {
  FT_TRY(const output::Table found,
         connection_.fetch_all("SELECT table_name FROM information_schema.tables ORDER BY table_name"));
  std::map<std::string, bool> names;
  for (const auto& row : found.rows) names[output::plain_value(row[0])] = true;
  for (const auto& [name, text] : tables_.views()) names[name] = true;
  std::vector<std::vector<output::Value>> rows;
  for (const auto& [name, known] : names) {
    if (!statement.pattern || matches_like(name, *statement.pattern)) rows.push_back({name});
  }
  write_rows({"Table"}, std::move(rows), output);
  return true;
}

engine::SqlResult<bool> AthenaSession::show_columns(const dialect::Statement& statement, const ScriptOutput& output) {
  // A query over the table answers for views too, and knows the errors.
  std::string name;
  for (const std::string& part : statement.name) {
    name += (name.empty() ? "" : ".") + engine::quote_identifier(part);
  }
  dialect::TranslateOptions options;
  options.origin = statement.position;
  FT_TRY(const dialect::Translation translation, dialect::translate("SELECT * FROM " + name, tables_, options));
  std::vector<std::vector<output::Value>> rows;
  for (const dialect::OutputColumn& column : translation.columns) {
    rows.push_back({column.name, column.type.to_string(), std::string{}, std::string{}});
  }
  write_rows({"Column", "Type", "Extra", "Comment"}, std::move(rows), output);
  return true;
}

}  // namespace flowtrail::tables
