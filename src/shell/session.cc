#include "shell/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "shell/words.h"
#include "tables/script_runner.h"

namespace flowtrail::shell {
namespace {

/// Names have neither tabs nor line feeds, so that nothing is quoted here.
std::vector<std::vector<std::string>> read_tsv(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto& row = rows.emplace_back();
    while (true) {
      const std::size_t end = std::min(line.find('\t'), line.size());
      row.emplace_back(line.substr(0, end));
      if (end == line.size()) break;
      line.remove_prefix(end + 1);
    }
  }
  return rows;
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(engine::Connection& connection, Dialect dialect,
                                               athena::SessionOptions options) {
  FT_TRY(auto athena, athena::Session::open(connection, std::move(options)));
  return std::unique_ptr<Session>{new Session{connection, dialect, std::move(athena)}};
}

Session::Session(engine::Connection& connection, Dialect dialect, std::unique_ptr<athena::Session> athena)
    : connection_(connection), dialect_(dialect), athena_(std::move(athena)) {}

engine::SqlResult<void> Session::run(const std::string& text, const tables::ScriptOutput& output) {
  if (dialect_ == Dialect::kAthena) return athena_->run(text, output);
  return tables::run_script(connection_, text, output);
}

/// The rows of the statement of the session's dialect.
engine::SqlResult<Session::Cells> Session::cells(const std::string& athena, const std::string& duckdb) {
  std::string text;
  tables::ScriptOutput output;
  output.format = output::Format::kTsv;
  output.write = [&text](std::string_view piece) { text += piece; };
  FT_CHECK(run(dialect_ == Dialect::kAthena ? athena : duckdb, output));
  Cells rows = read_tsv(text);
  if (!rows.empty()) rows.erase(rows.begin());  // the header
  return rows;
}

engine::SqlResult<std::vector<std::string>> Session::table_names() {
  FT_TRY(const Cells rows,
         cells("SHOW TABLES", "SELECT table_name FROM information_schema.tables ORDER BY table_name"));
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row[0]);
  return names;
}

engine::SqlResult<std::vector<TableColumn>> Session::columns(std::string_view table) {
  const bool quoted = table.find_first_of("\".") != std::string_view::npos;  // as it is written in SQL
  const std::string name = quoted ? std::string{table} : engine::quote_identifier(table);
  FT_TRY(const Cells rows, cells("DESCRIBE " + name, "DESCRIBE " + name));
  std::vector<TableColumn> columns;
  for (const auto& row : rows) columns.push_back({row[0], row.size() > 1 ? row[1] : std::string{}});
  return columns;
}

std::vector<std::string> Session::function_names() {
  if (dialect_ == Dialect::kAthena) return athena_functions();
  std::vector<std::string> names;
  auto found = connection_.fetch_all(
      "SELECT DISTINCT function_name FROM duckdb_functions() WHERE regexp_full_match(function_name, '[a-z]\\w*') AND "
      "NOT starts_with(function_name, 'ath_') ORDER BY function_name");
  if (!found) return names;
  for (const auto& row : found->rows) names.push_back(output::plain_value(row[0]));
  return names;
}

std::vector<dialect::Warning> Session::take_warnings() {
  const auto& all = athena_->warnings();
  std::vector<dialect::Warning> fresh{all.begin() + static_cast<std::ptrdiff_t>(warnings_taken_), all.end()};
  warnings_taken_ = all.size();
  return fresh;
}

}  // namespace flowtrail::shell
