// Syntax that stands for functions: EXTRACT, CURRENT_TIMESTAMP, the SQL/JSON functions.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/letters.h"
#include "dialect/analyzer.h"
#include "dialect/function_call.h"
#include "dialect/typing.h"
#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

struct ExtractField {
  std::string_view field;
  std::string_view function;
};

constexpr std::array kExtractFields{
    ExtractField{"year", "year"},
    ExtractField{"quarter", "quarter"},
    ExtractField{"month", "month"},
    ExtractField{"week", "week"},
    ExtractField{"day", "day"},
    ExtractField{"day_of_month", "day"},
    ExtractField{"day_of_week", "day_of_week"},
    ExtractField{"dow", "day_of_week"},
    ExtractField{"day_of_year", "day_of_year"},
    ExtractField{"doy", "day_of_year"},
    ExtractField{"year_of_week", "year_of_week"},
    ExtractField{"yow", "year_of_week"},
    ExtractField{"hour", "hour"},
    ExtractField{"minute", "minute"},
    ExtractField{"second", "second"},
    ExtractField{"timezone_minute", "timezone_minute"},
    ExtractField{"timezone_hour", "timezone_hour"},
};

}  // namespace

Typed Analyzer::extract(Expression& call, const Scope& scope) {
  const auto* found = std::ranges::find(kExtractFields, lower(call.text), &ExtractField::field);
  if (found == kExtractFields.end()) {
    fail(call.position, "SYNTAX_ERROR",
         fmt::format("Invalid EXTRACT field {}, valid fields are: YEAR, QUARTER, MONTH, WEEK, DAY, DAY_OF_MONTH, "
                     "DAY_OF_WEEK, DOW, DAY_OF_YEAR, DOY, YEAR_OF_WEEK, YOW, HOUR, MINUTE, SECOND, TIMEZONE_MINUTE, "
                     "TIMEZONE_HOUR",
                     call.text));
    return {};
  }
  std::vector<CallArgument> arguments(1);
  arguments[0].value = expression(*call.children[0], scope);
  if (failed()) return {};
  const trino::Type type = arguments[0].value.type;
  auto result = call_function(found->function, arguments, {});
  if (!result) {
    fail(call.children[0]->position, "TYPE_MISMATCH",
         fmt::format("Cannot extract {} from {}", call.text, type.to_string()));
    return {};
  }
  return result->value;
}

/// The clock is read once for a statement, by DuckDB.
Typed Analyzer::current(const Expression& word) {
  const int precision = word.ordinal < 0 ? 3 : word.ordinal;
  if (precision > 12) {
    fail(word.position, "TYPE_NOT_FOUND", fmt::format("precision must be in range [0, 12]: {}", precision));
    return {};
  }
  const int digits = std::min(precision, 6);
  const auto type = [&](std::string_view name, std::string_view zone) {
    return *parse_type(fmt::format("{}({}){}", name, digits, zone));
  };
  const std::string now =
      digits <= 3 ? "date_trunc('milliseconds', CAST(now() AS TIMESTAMP))" : "CAST(now() AS TIMESTAMP)";
  if (word.text == "current_date") return {"CAST(CAST(now() AS TIMESTAMP) AS DATE)", *parse_type("date")};
  if (word.text == "current_timestamp") {
    return {fmt::format("{{'t': {}, 'z': 'UTC'}}", now), type("timestamp", " with time zone")};
  }
  if (word.text == "localtimestamp") return {now, type("timestamp", "")};
  if (word.text == "localtime") return {fmt::format("CAST({} AS TIME)", now), type("time", "")};
  if (word.text == "current_time") {
    std::vector<CallArgument> none;
    if (auto result = call_function("current_time", none, {})) return result->value;
    return {fmt::format("CAST({} AS TIME)", now), type("time", "")};
  }
  if (word.text == "current_catalog") return {engine::quote_literal(tables_.default_catalog()), *parse_type("varchar")};
  if (word.text == "current_schema") return {engine::quote_literal(tables_.default_schema()), *parse_type("varchar")};
  if (word.text == "current_path") return {"''", *parse_type("varchar")};
  return {"'flowtrail'", *parse_type("varchar")};  // current_user, current_role
}

Typed Analyzer::json(Expression& call, const Scope& scope) {
  std::vector<CallArgument> arguments;
  for (auto& child : call.children) arguments.emplace_back().value = expression(*child, scope);
  if (failed()) return {};
  JsonCall& parts = *call.json;
  JsonShape shape;
  shape.path = parts.path;
  shape.wrapper = parts.wrapper;
  shape.omit_quotes = parts.omit_quotes;
  shape.on_empty = parts.on_empty;
  shape.on_error = parts.on_error;
  shape.value_is_json = parts.value_is_json;
  shape.absent_on_null = parts.absent_on_null;
  shape.unique_keys = parts.unique_keys;
  shape.passing_names = parts.passing_names;
  for (auto& value : parts.passing) shape.passing.push_back(expression(*value, scope));
  if (parts.default_on_empty) shape.default_on_empty = expression(*parts.default_on_empty, scope);
  if (parts.default_on_error) shape.default_on_error = expression(*parts.default_on_error, scope);
  if (!parts.returning.empty()) {
    shape.returning = parse_type(parts.returning);
    if (!shape.returning) {
      fail(call.position, "TYPE_MISMATCH", fmt::format("Unknown type: {}", parts.returning));
      return {};
    }
  }
  if (failed()) return {};
  auto result = json_function(call.text, arguments, shape);
  if (!result) {
    // A fault in the path is one of the literal's text: Trino counts its columns inside of it, behind the quote.
    const bool in_path = result.error().error.name == "SYNTAX_ERROR";
    fail(in_path ? parts.path_position : call.position, result.error().error.name, result.error().error.message);
    return {};
  }
  return result->value;
}

}  // namespace flowtrail::dialect
