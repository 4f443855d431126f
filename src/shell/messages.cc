#include "shell/messages.h"

#include <fmt/format.h>

#include <utility>

#include "base/name_match.h"
#include "output/display_text.h"
#include "tables/tables.h"

namespace flowtrail::shell {
namespace {

/// The last part of the name in Trino's or DuckDB's words; empty if they have none.
std::string_view missing_name(std::string_view message) {
  for (const auto& [before, after] : {std::pair{"Table '", '\''}, {"View '", '\''}, {"Table with name ", ' '}}) {
    const std::size_t found = message.find(before);
    if (found == std::string_view::npos) continue;
    message.remove_prefix(found + std::string_view{before}.size());
    message = message.substr(0, message.find(after));
    return message.substr(message.rfind('.') + 1);
  }
  return {};
}

}  // namespace

std::string note_line(std::string_view text) {
  return fmt::format("flowtrail: {}\n", output::visible(text));
}

std::string error_text(const engine::SqlError& error, std::string_view script) {
  if (error.code == ErrorCode::kCancelled) return note_line("cancelled");
  // Trino's messages begin with their place.
  const std::string where = error.what.starts_with("line ") ? std::string{} : error.where;
  std::string text = note_line(Error{error.code, error.what, where, {}}.to_string());
  const std::string lines = engine::excerpt(error, script);
  if (const std::size_t end = lines.find('\n'); end != std::string::npos) {
    text += output::visible(std::string_view{lines}.substr(0, end)) + lines.substr(end);
  }
  if (!error.hint.empty()) text += note_line(error.hint);
  return text;
}

std::string warning_text(const tables::Warning& warning) {
  const std::string place = warning.example.empty() ? "" : fmt::format(" (first: {})", warning.example);
  return note_line(fmt::format("{}: {}{}", warning.text, warning.count, place));
}

std::string warning_text(const dialect::Warning& warning) {
  return note_line(fmt::format("{}{} (line {}, column {})", warning.fails_on_athena ? "will fail on Athena: " : "",
                               warning.text, warning.position.line, warning.position.column));
}

void explain_missing_table(const std::vector<std::string>& known, bool has_sources, engine::SqlError& error) {
  if (error.name != "TABLE_NOT_FOUND") return;
  std::string names;
  const std::string_view name = missing_name(error.what);
  bool own = false;
  for (const std::string& table : tables::table_names()) {
    names += (names.empty() ? "" : ", ") + table;
    own = own || table == name;
  }
  error.hint = has_sources ? "the tables are " + names : "name a SOURCE, a folder or file with logs, to have " + names;
  if (!has_sources && !own && !known.empty()) error.hint = "SHOW TABLES lists the tables";
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string_view nearest = nearest_name(name, views);
  if (!nearest.empty()) error.hint = fmt::format("did you mean {}?", nearest);
}

engine::SqlError cancelled() {
  engine::SqlError error;
  error.code = ErrorCode::kCancelled;
  error.what = "cancelled";
  error.name = "USER_CANCELED";
  return error;
}

engine::SqlError as_sql_error(Error error) {
  engine::SqlError sql_error;
  static_cast<Error&>(sql_error) = std::move(error);
  sql_error.name = "GENERIC_USER_ERROR";
  return sql_error;
}

}  // namespace flowtrail::shell
