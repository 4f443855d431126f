#include "dialect/translate.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "base/letters.h"
#include "dialect/analyzer.h"
#include "dialect/lexer.h"
#include "dialect/parser.h"
#include "dialect/typing.h"

namespace flowtrail::dialect {
namespace {

/// One run over one text; nested statements (EXPLAIN, EXECUTE) make the translation theirs.
class Translator {
 public:
  Translator(const Tables& tables, const TranslateOptions& options) : tables_(tables), options_(options) {}

  engine::SqlResult<Translation> run(std::string_view sql, Position origin, std::vector<Expression*> parameters) {
    FT_TRY(Statement statement, parse_statement(sql, origin));
    return run(std::move(statement), sql, std::move(parameters));
  }

 private:
  engine::SqlResult<Translation> run(Statement statement, std::string_view sql, std::vector<Expression*> parameters) {
    Translation result;
    result.kind = statement.kind;
    switch (statement.kind) {
      case StatementKind::kQuery:
      case StatementKind::kUnload: FT_CHECK(analyze(statement, sql, std::move(parameters), result)); break;
      case StatementKind::kCreateView:
      case StatementKind::kCreateTableAs:
        FT_CHECK(analyze(statement, sql, std::move(parameters), result));
        FT_CHECK(check_column_names(statement, result));
        break;
      case StatementKind::kInsert: FT_CHECK(check_insert(statement)); break;
      case StatementKind::kExplain: return explain(std::move(statement), sql, std::move(parameters));
      case StatementKind::kExecute:
      case StatementKind::kExecuteImmediate: return execute(std::move(statement));
      default: break;
    }
    result.statement = std::move(statement);
    return result;
  }

  engine::SqlResult<void> analyze(Statement& statement, std::string_view sql, std::vector<Expression*> parameters,
                                  Translation& result) {
    Analyzer analyzer{sql, tables_, options_};
    analyzer.bind_parameters(std::move(parameters));
    AnalyzedQuery query = analyzer.query(*statement.query, nullptr);
    if (analyzer.error()) return std::unexpected(*analyzer.error());
    result.sql = analyzer.with_filters(std::move(query.sql), result.pushed);
    result.columns = std::move(query.columns);
    result.warnings = std::move(analyzer.warnings());
    return {};
  }

  /// A table's columns need names, each its own.
  static engine::SqlResult<void> check_column_names(const Statement& statement, Translation& result) {
    if (!statement.columns.empty()) {
      if (statement.columns.size() != result.columns.size()) {
        return std::unexpected(error_at(statement.name_position, "MISMATCHED_COLUMN_ALIASES",
                                        "Column alias list does not have as many entries as the query has columns"));
      }
      for (std::size_t i = 0; i < statement.columns.size(); ++i) {
        result.columns[i].name = statement.columns[i];
        result.columns[i].named = true;
      }
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < result.columns.size(); ++i) {
      const OutputColumn& column = result.columns[i];
      if (!column.named) {
        return std::unexpected(error_at(statement.position, "MISSING_COLUMN_NAME",
                                        fmt::format("Column name not specified at position {}", i + 1)));
      }
      if (!seen.insert(lower(column.name)).second) {
        return std::unexpected(error_at(statement.position, "DUPLICATE_COLUMN_NAME",
                                        fmt::format("Column name '{}' specified more than once", column.name)));
      }
    }
    return {};
  }

  [[nodiscard]] engine::SqlResult<void> check_insert(const Statement& statement) const {
    const auto& name = statement.name;
    const std::string catalog = name.size() == 3 ? lower(name[0]) : tables_.default_catalog();
    const std::string schema = name.size() >= 2 ? lower(name[name.size() - 2]) : tables_.default_schema();
    const std::string table = lower(name.back());
    FT_TRY(const std::optional<Table> found, tables_.find(catalog, schema, table));
    if (!found) {
      return std::unexpected(error_at(statement.position, "TABLE_NOT_FOUND",
                                      fmt::format("Table '{}.{}.{}' does not exist", catalog, schema, table)));
    }
    return std::unexpected(
        error_at(statement.position, "NOT_SUPPORTED", "INSERT is not supported: logs are only read"));
  }

  engine::SqlResult<Translation> explain(Statement statement, std::string_view sql,
                                         std::vector<Expression*> parameters) {
    std::string type = "distributed";
    for (const auto& [name, value] : statement.options) {
      if (name == "type") type = value;
    }
    FT_TRY(Translation inner, run(std::move(*statement.inner), sql, std::move(parameters)));
    const auto text = parse_type("varchar");
    if (type == "validate") {
      inner.sql = "SELECT true";
      inner.columns = {{"Valid", boolean_type(), true}};
    } else {
      if (!inner.sql.empty()) inner.sql = "EXPLAIN " + inner.sql;
      inner.columns = {{"Query Plan", *text, true}};
    }
    inner.kind = StatementKind::kExplain;
    inner.statement = std::move(statement);
    return inner;
  }

  /// The parameters are analyzed where the ? stand; their text is that of this statement.
  engine::SqlResult<Translation> execute(Statement statement) {
    std::string text = statement.text;
    Position origin = statement.text_position;
    if (statement.kind == StatementKind::kExecute) {
      const auto found = options_.prepared.find(lower(statement.name[0]));
      if (found == options_.prepared.end()) {
        return std::unexpected(error_at(statement.name_position, "NOT_FOUND",
                                        fmt::format("Prepared statement not found: {}", statement.name[0])));
      }
      text = found->second;
    }
    std::vector<Expression*> parameters;
    for (const auto& argument : statement.arguments) parameters.push_back(argument.get());
    FT_TRY(Statement inner, parse_statement(text, origin));
    if (inner.kind == StatementKind::kExecute || inner.kind == StatementKind::kExecuteImmediate) {
      return std::unexpected(
          error_at(statement.position, "SYNTAX_ERROR", "a prepared statement cannot execute another"));
    }
    if (static_cast<std::size_t>(inner.parameter_count) != parameters.size()) {
      return std::unexpected(error_at(statement.position, "INVALID_PARAMETER_USAGE",
                                      fmt::format("Incorrect number of parameters: expected {} but found {}",
                                                  inner.parameter_count, parameters.size())));
    }
    return run(std::move(inner), text, std::move(parameters));
  }

  const Tables& tables_;
  const TranslateOptions& options_;
};

}  // namespace

engine::SqlResult<Translation> translate(std::string_view statement, const Tables& tables,
                                         const TranslateOptions& options) {
  return Translator{tables, options}.run(statement, options.origin, {});
}

}  // namespace flowtrail::dialect
