#include "engine/sql_error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/letters.h"

namespace flowtrail::engine {
namespace {

struct Naming {
  std::string_view type;  // DuckDB's exception_type
  std::string_view name;  // Trino's error name
  ErrorCode code;
};

constexpr std::array kNamings{
    Naming{"Parser", "SYNTAX_ERROR", ErrorCode::kUsage},
    Naming{"Syntax", "SYNTAX_ERROR", ErrorCode::kUsage},
    Naming{"Binder", "SYNTAX_ERROR", ErrorCode::kUsage},
    Naming{"Catalog", "NOT_FOUND", ErrorCode::kUsage},
    Naming{"Conversion", "INVALID_CAST_ARGUMENT", ErrorCode::kUsage},
    Naming{"Out of Range", "NUMERIC_VALUE_OUT_OF_RANGE", ErrorCode::kUsage},
    Naming{"Mismatch Type", "TYPE_MISMATCH", ErrorCode::kUsage},
    Naming{"Invalid type", "TYPE_MISMATCH", ErrorCode::kUsage},
    Naming{"Divide by Zero", "DIVISION_BY_ZERO", ErrorCode::kUsage},
    Naming{"Invalid Input", "INVALID_FUNCTION_ARGUMENT", ErrorCode::kUsage},
    Naming{"Constraint", "CONSTRAINT_VIOLATION", ErrorCode::kUsage},
    Naming{"Not implemented", "NOT_SUPPORTED", ErrorCode::kUnsupported},
    Naming{"Missing Extension", "NOT_SUPPORTED", ErrorCode::kUnsupported},
    Naming{"Permission", "PERMISSION_DENIED", ErrorCode::kDenied},
    Naming{"INTERRUPT", "USER_CANCELED", ErrorCode::kCancelled},
    Naming{"Out of Memory", "EXCEEDED_LOCAL_MEMORY_LIMIT", ErrorCode::kIo},
};

/// DuckDB's kind of error and what it adds, all as text.
struct Report {
  std::string type, message, subtype, entry_type;
  std::optional<std::size_t> position;  // byte offset
};

std::string member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<Report> read_json_report(std::string_view text) {
  const std::size_t brace = text.find('{');  // errors of the parser put "Parser Error: " before the object
  if (brace == std::string_view::npos) return std::nullopt;
  const auto object = nlohmann::json::parse(text.substr(brace), nullptr, false);
  if (!object.is_object() || !object.contains("exception_message")) return std::nullopt;
  Report report{member(object, "exception_type"), member(object, "exception_message"), member(object, "error_subtype"),
                member(object, "type"), std::nullopt};
  const std::string position = member(object, "position");
  std::size_t offset = 0;
  const auto [end, fault] = std::from_chars(position.data(), position.data() + position.size(), offset);
  if (fault == std::errc{} && end != position.data()) report.position = offset;
  return report;
}

/// "Binder Error: text" -> {"Binder", "text"}; errors raised before errors_as_json is set, or after a user unset it.
Report read_plain_report(std::string_view text) {
  constexpr std::string_view kMark = " Error: ";
  const std::size_t mark = text.find(kMark);
  if (mark == std::string_view::npos || text.substr(0, mark).find('\n') != std::string_view::npos) {
    return {{}, std::string{text}, {}, {}, std::nullopt};
  }
  return {std::string{text.substr(0, mark)}, std::string{text.substr(mark + kMark.size())}, {}, {}, std::nullopt};
}

std::string_view name_of(const Report& report, std::string_view fallback) {
  if (report.subtype == "COLUMN_NOT_FOUND") return "COLUMN_NOT_FOUND";
  if (report.subtype == "NO_MATCHING_FUNCTION") return "FUNCTION_NOT_FOUND";
  if (report.type != "Catalog") return fallback;
  if (report.entry_type == "Table" || report.entry_type == "View") {
    return report.subtype == "ENTRY_ALREADY_EXISTS" ? "TABLE_ALREADY_EXISTS" : "TABLE_NOT_FOUND";
  }
  if (report.entry_type.ends_with("Function")) return "FUNCTION_NOT_FOUND";
  if (report.entry_type == "Schema") return "SCHEMA_NOT_FOUND";
  return fallback;
}

/// Splits off the lines after the first: they become the hint ("Did you mean ...", "Candidate bindings: ...").
void split_message(std::string_view message, SqlError& error) {
  const std::size_t line_feed = message.find('\n');
  error.what = std::string{message.substr(0, line_feed)};
  if (line_feed == std::string_view::npos) return;
  std::string_view rest = message.substr(line_feed + 1);
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == ' ')) rest.remove_suffix(1);
  error.hint = std::string{rest};
}

void set_place(std::string_view sql, std::size_t offset, SqlError& error) {
  if (offset > sql.size()) return;
  const std::string_view before = sql.substr(0, offset);
  const std::size_t line_feed = before.rfind('\n');
  const std::string_view line_before = line_feed == std::string_view::npos ? before : before.substr(line_feed + 1);
  error.line = static_cast<int>(std::ranges::count(before, '\n')) + 1;
  error.column = static_cast<int>(count_code_points(line_before)) + 1;
  error.where = fmt::format("line {}, column {}", error.line, error.column);
}

std::string_view line_of(std::string_view sql, int line) {
  for (int i = 1; i < line; ++i) {
    const std::size_t line_feed = sql.find('\n');
    if (line_feed == std::string_view::npos) return {};
    sql.remove_prefix(line_feed + 1);
  }
  return sql.substr(0, sql.find_first_of("\r\n"));
}

}  // namespace

SqlError read_sql_error(std::string_view duckdb_text, std::string_view sql) {
  const Report report = read_json_report(duckdb_text).value_or(read_plain_report(duckdb_text));
  SqlError error;
  const auto* naming = std::ranges::find(kNamings, report.type, &Naming::type);
  error.code = naming == kNamings.end() ? ErrorCode::kIo : naming->code;
  error.name = name_of(report, naming == kNamings.end() ? "GENERIC_INTERNAL_ERROR" : naming->name);
  split_message(report.message, error);
  if (report.position) set_place(sql, *report.position, error);
  return error;
}

std::string excerpt(const SqlError& error, std::string_view sql, std::size_t width) {
  if (error.line == 0) return {};
  const std::string_view line = line_of(sql, error.line);
  const std::size_t caret = static_cast<std::size_t>(error.column) - 1;
  const std::size_t first = caret < width ? 0 : caret - width / 2;
  std::string shown{first_code_points(line.substr(first_code_points(line, first).size()), width)};
  std::ranges::replace(shown, '\t', ' ');
  return fmt::format("{}\n{:>{}}\n", shown, "^", caret - first + 1);
}

}  // namespace flowtrail::engine
