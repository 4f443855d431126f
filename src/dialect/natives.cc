#include "dialect/natives.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/text_function.h"
#include "scalar/calendar.h"
#include "scalar/date_pattern.h"
#include "scalar/json_cast.h"
#include "scalar/json_extract.h"
#include "scalar/json_text.h"
#include "scalar/regexp.h"
#include "scalar/time_zone.h"

namespace flowtrail::dialect {
namespace {

using engine::ColumnType;
using engine::ColumnWriter;
using Arguments = std::span<const std::string_view>;
using MaybeError = std::optional<std::string>;

std::string error_text(const scalar::ScalarError& error) {
  return fmt::format("FT!{}!{}", error.name, error.message);
}

void write(ColumnWriter& out, std::size_t row, const std::string& value) {
  out.text(row, value);
}
void write(ColumnWriter& out, std::size_t row, bool value) {
  out.boolean(row, value);
}
void write(ColumnWriter& out, std::size_t row, std::int64_t value) {
  out.bigint(row, value);
}
void write(ColumnWriter& out, std::size_t row, double value) {
  out.real(row, value);
}
void write(ColumnWriter& out, std::size_t row, const std::vector<std::string>& value) {
  out.list(row, value);
}

template <typename T>
MaybeError put(ColumnWriter& out, std::size_t row, const std::optional<T>& value) {
  if (value) {
    write(out, row, *value);
  } else {
    out.null(row);
  }
  return std::nullopt;
}

template <typename T>
MaybeError put(ColumnWriter& out, std::size_t row, const scalar::NullableAnswer<T>& value) {
  return value ? put(out, row, *value) : error_text(value.error());
}

/// A function of a JSON text and a path; the path of the row before is kept, since it is nearly always the same.
template <typename Function>
engine::TextFunction path_function(std::string name, ColumnType result, Function function) {
  return {std::move(name), 2, result,
          [function](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
            thread_local std::string path_text;
            thread_local std::optional<scalar::JsonSteps> path;
            if (!path || path_text != arguments[1]) {
              auto parsed = scalar::JsonSteps::parse(arguments[1]);
              if (!parsed) return error_text(parsed.error());
              path = *std::move(parsed);
              path_text = std::string{arguments[1]};
            }
            return put(out, row, function(arguments[0], *path));
          }};
}

template <typename Function>
engine::TextFunction json_function(std::string name, ColumnType result, Function function) {
  return {std::move(name), 1, result,
          [function](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
            return put(out, row, function(arguments[0]));
          }};
}

scalar::NullableAnswer<std::vector<std::string>> member_parts(std::string_view json, bool keys) {
  auto members = scalar::json_members(json, "map");
  if (!members) return std::unexpected(members.error());
  if (!*members) return std::nullopt;
  std::vector<std::string> parts;
  for (auto& [key, value] : **members) parts.push_back(keys ? std::move(key) : std::move(value));
  return parts;
}

/// Names are separated by U+001F.
scalar::NullableAnswer<std::vector<std::string>> fields_of(std::string_view json, std::string_view names) {
  std::vector<std::string> list;
  while (true) {
    const std::size_t end = names.find('\x1f');
    list.emplace_back(names.substr(0, end));
    if (end == std::string_view::npos) break;
    names.remove_prefix(end + 1);
  }
  return scalar::json_fields(json, list, "row");
}

std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

engine::TextFunction array_get() {
  return {"ath_json_array_get", 2, ColumnType::kVarchar,
          [](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
            return put(out, row, scalar::json_array_get(arguments[0], number_of(arguments[1])));
          }};
}

using PatternMaker = scalar::Answer<scalar::DatePattern> (*)(std::string_view);

/// The pattern of the row before is kept, since it is nearly always the same.
const scalar::Answer<scalar::DatePattern>& kept_pattern(PatternMaker make, std::string_view text) {
  struct Kept {
    PatternMaker make;
    std::string text;
    scalar::Answer<scalar::DatePattern> pattern;
  };
  thread_local std::optional<Kept> kept;
  if (!kept || kept->make != make || kept->text != text) kept.emplace(make, std::string{text}, make(text));
  return kept->pattern;
}

/// An instant (microseconds), its zone, and a pattern; the pattern sees milliseconds, as in Trino.
engine::TextFunction format_function(std::string name, PatternMaker make) {
  return {std::move(name), 3, ColumnType::kVarchar,
          [make](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
            const auto& pattern = kept_pattern(make, arguments[2]);
            if (!pattern) return error_text(pattern.error());
            const auto zone = scalar::TimeZone::find(arguments[1]);
            if (!zone) return fmt::format("FT!INVALID_FUNCTION_ARGUMENT!'{}' is not a valid time zone", arguments[1]);
            const std::int64_t instant = scalar::whole_millis(number_of(arguments[0]));
            out.text(row, pattern->format(zone->to_local(instant), *zone, zone->offset_seconds(instant)));
            return std::nullopt;
          }};
}

using ParsedTime = scalar::Answer<scalar::DatePattern::Parsed>;

ParsedTime parse_by(PatternMaker make, Arguments arguments) {
  const auto& pattern = kept_pattern(make, arguments[1]);
  if (!pattern) return std::unexpected(pattern.error());
  return pattern->parse(arguments[0]);
}
ParsedTime parse_mysql(Arguments arguments) {
  return parse_by(scalar::DatePattern::mysql, arguments);
}
ParsedTime parse_joda(Arguments arguments) {
  return parse_by(scalar::DatePattern::joda, arguments);
}
ParsedTime parse_iso8601(Arguments arguments) {
  return scalar::parse_iso8601_timestamp(arguments[0]);
}

/// The instant of a parsed text in microseconds, whole milliseconds; without a zone it is UTC's.
engine::TextFunction instant_function(std::string name, std::size_t parameters, ParsedTime (*parse)(Arguments)) {
  return {std::move(name), parameters, ColumnType::kBigint,
          [parse](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
            const ParsedTime parsed = parse(arguments);
            if (!parsed) return error_text(parsed.error());
            const scalar::TimeZone zone = parsed->zone.value_or(scalar::TimeZone::utc());
            out.bigint(row, scalar::whole_millis(zone.to_utc(parsed->local_micros)));
            return std::nullopt;
          }};
}

engine::TextFunction zone_function(std::string name, std::size_t parameters, ParsedTime (*parse)(Arguments)) {
  return {std::move(name), parameters, ColumnType::kVarchar,
          [parse](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
            const ParsedTime parsed = parse(arguments);
            if (!parsed) return error_text(parsed.error());
            out.text(row, parsed->zone.value_or(scalar::TimeZone::utc()).name());
            return std::nullopt;
          }};
}

/// A unit and two instants in microseconds. `type`: DATE or TIMESTAMP.
engine::TextFunction difference_function(std::string name, std::string type) {
  return {std::move(name), 3, ColumnType::kBigint,
          [type = std::move(type)](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
            const auto unit = scalar::find_time_unit(arguments[0]);
            if (!unit || (type == "DATE" && *unit < scalar::TimeUnit::kDay)) {
              return fmt::format("FT!INVALID_FUNCTION_ARGUMENT!'{}' is not a valid {} field", arguments[0], type);
            }
            out.bigint(row, scalar::difference(*unit, number_of(arguments[1]), number_of(arguments[2])));
            return std::nullopt;
          }};
}

engine::TextFunction iso8601_date() {
  return {"ath_iso8601_date", 1, ColumnType::kBigint,
          [](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
            const auto days = scalar::parse_iso8601_date(arguments[0]);
            if (!days) return error_text(days.error());
            out.bigint(row, *days);
            return std::nullopt;
          }};
}

using Expression = const scalar::Regexp&;

/// Text, pattern, and further arguments.
template <typename Function>
engine::TextFunction regexp_function(std::string name, std::size_t parameters, ColumnType result, Function function) {
  return {std::move(name), parameters, result,
          [function](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
            const auto& expression = scalar::Regexp::kept(arguments[1]);
            if (!expression) return error_text(expression.error());
            auto value = function(*expression, arguments);
            if (!value) return error_text(value.error());
            return put(out, row, std::optional{*std::move(value)});
          }};
}

void add_regexp_natives(std::vector<engine::TextFunction>& list) {
  const auto text = ColumnType::kVarchar;
  list.push_back(regexp_function("ath_regexp_like", 2, ColumnType::kBoolean,
                                 [](Expression e, Arguments a) { return e.finds_in(a[0]); }));
  list.push_back({"ath_regexp_extract", 3, text, [](Arguments arguments, ColumnWriter& out, std::size_t row) {
                    const auto& expression = scalar::Regexp::kept(arguments[1]);
                    if (!expression) return MaybeError{error_text(expression.error())};
                    return put(out, row, expression->extract(arguments[0], number_of(arguments[2])));
                  }});
  list.push_back(
      regexp_function("ath_regexp_replace", 3, text, [](Expression e, Arguments a) { return e.replace(a[0], a[2]); }));
  list.push_back(regexp_function("ath_regexp_split", 2, ColumnType::kVarcharList,
                                 [](Expression e, Arguments a) { return e.split(a[0]); }));
  list.push_back(regexp_function("ath_regexp_count", 2, ColumnType::kBigint,
                                 [](Expression e, Arguments a) { return e.count(a[0]); }));
  list.push_back(regexp_function("ath_regexp_position", 4, ColumnType::kBigint, [](Expression e, Arguments a) {
    return e.position(a[0], number_of(a[2]), number_of(a[3]));
  }));
}

void add_date_natives(std::vector<engine::TextFunction>& list) {
  list.push_back(format_function("ath_date_format", scalar::DatePattern::mysql));
  list.push_back(format_function("ath_format_datetime", scalar::DatePattern::joda));
  list.push_back(instant_function("ath_date_parse", 2, parse_mysql));
  list.push_back(instant_function("ath_parse_datetime", 2, parse_joda));
  list.push_back(zone_function("ath_parse_datetime_zone", 2, parse_joda));
  list.push_back(instant_function("ath_iso8601_instant", 1, parse_iso8601));
  list.push_back(zone_function("ath_iso8601_zone", 1, parse_iso8601));
  list.push_back(iso8601_date());
  list.push_back(difference_function("ath_date_diff_dates", "DATE"));
  list.push_back(difference_function("ath_date_diff", "TIMESTAMP"));
}

std::vector<engine::TextFunction> natives() {
  std::vector<engine::TextFunction> list;
  const auto text = ColumnType::kVarchar;
  list.push_back(path_function("ath_json_extract", text, scalar::json_extract));
  list.push_back(path_function("ath_json_extract_scalar", text, scalar::json_extract_scalar));
  list.push_back(path_function("ath_json_size", ColumnType::kBigint, scalar::json_size));
  list.push_back(json_function("ath_json_array_length", ColumnType::kBigint, scalar::json_array_length));
  list.push_back(array_get());
  list.push_back({"ath_json_parse", 1, text, [](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
                    const auto parsed = scalar::json_parse(arguments[0]);
                    if (!parsed) return error_text(parsed.error());
                    out.text(row, *parsed);
                    return std::nullopt;
                  }});
  list.push_back({"ath_json_quote", 1, text, [](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
                    out.text(row, scalar::quoted(arguments[0]));
                    return std::nullopt;
                  }});
  list.push_back(json_function("ath_json_to_varchar", text, scalar::json_to_varchar));
  list.push_back(json_function("ath_json_to_boolean", ColumnType::kBoolean, scalar::json_to_boolean));
  list.push_back(json_function("ath_json_to_double", ColumnType::kDouble, scalar::json_to_double));
  for (const int bits : {8, 16, 32, 64}) {
    list.push_back(json_function(fmt::format("ath_json_to_int{}", bits), ColumnType::kBigint,
                                 [bits](std::string_view json) { return scalar::json_to_integer(json, bits); }));
  }
  list.push_back(json_function("ath_json_elements", ColumnType::kVarcharList,
                               [](std::string_view json) { return scalar::json_elements(json, "array"); }));
  list.push_back(json_function("ath_json_keys", ColumnType::kVarcharList,
                               [](std::string_view json) { return member_parts(json, true); }));
  list.push_back(json_function("ath_json_values", ColumnType::kVarcharList,
                               [](std::string_view json) { return member_parts(json, false); }));
  list.push_back({"ath_json_fields", 2, ColumnType::kVarcharList,
                  [](Arguments arguments, ColumnWriter& out, std::size_t row) -> MaybeError {
                    return put(out, row, fields_of(arguments[0], arguments[1]));
                  }});
  add_date_natives(list);
  add_regexp_natives(list);
  return list;
}

}  // namespace

Status Natives::update(engine::Connection& connection) {
  if (!texts_known_) {
    for (engine::TextFunction& function : natives()) {
      FT_CHECK(engine::register_text_function(connection, std::move(function)));
    }
    texts_known_ = true;
  }
  return calls_.update(connection);
}

}  // namespace flowtrail::dialect
