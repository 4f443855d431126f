#include "tables/script_runner.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

namespace flowtrail::tables {
namespace {

using engine::Chunk;
using engine::QueryResult;
using output::json_string;

std::vector<output::Column> columns_of(const QueryResult& result) {
  std::vector<output::Column> columns;
  for (const engine::ResultColumn& column : result.columns()) columns.push_back({column.name, column.type, {}, {}});
  return columns;
}

std::vector<std::vector<output::Value>> rows_of(const Chunk& chunk, std::size_t width) {
  std::vector<std::vector<output::Value>> rows(chunk.row_count());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows[row].reserve(width);
    for (std::size_t column = 0; column < width; ++column) rows[row].push_back(chunk.value(column, row));
  }
  return rows;
}

/// Runs one statement; true if it returned rows.
engine::SqlResult<bool> run_statement(engine::Connection& connection, const engine::Script& script, std::size_t index,
                                      const ScriptOutput& output) {
  FT_TRY(QueryResult result, connection.run(script, index));
  const std::unique_ptr<ResultWriter> writer = result.has_rows() ? make_writer(columns_of(result), output) : nullptr;
  while (true) {
    FT_TRY(const std::optional<Chunk> chunk, result.next());
    if (!chunk) break;
    if (writer) writer->add(rows_of(*chunk, result.columns().size()));
  }
  if (writer) writer->end();
  return writer != nullptr;
}

}  // namespace

engine::SqlResult<void> run_script(engine::Connection& connection, std::string sql, const ScriptOutput& output) {
  FT_TRY(const engine::Script script, connection.parse(std::move(sql)));
  bool any_rows = false;
  for (std::size_t i = 0; i < script.size(); ++i) {
    FT_TRY(const bool rows, run_statement(connection, script, i, output));
    any_rows = any_rows || rows;
  }
  if (!any_rows && output.format == output::Format::kJson) {
    output.write(empty_json(output));
  }
  return {};
}

std::string error_json(const engine::SqlError& error) {
  const auto number = [](int value) { return value == 0 ? std::string{"null"} : std::to_string(value); };
  // Of a statement the numbers tell the place; that of an object has no other.
  const std::string message = error.line > 0 || error.where.empty() ? error.what : error.where + ": " + error.what;
  return fmt::format(R"({{"error":{{"name":{},"message":{},"line":{},"column":{}}}}})", json_string(error.name),
                     json_string(message), number(error.line), number(error.column));
}

}  // namespace flowtrail::tables
