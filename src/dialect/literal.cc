#include "dialect/literal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <regex>
#include <string>

#include "engine/database.h"
#include "trino/value_cast.h"

namespace flowtrail::dialect {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;  // 0: of years and months
};

constexpr std::array<Unit, 6> kUnits{Unit{"YEAR", 0},         Unit{"MONTH", 0},       Unit{"DAY", 86'400'000},
                                     Unit{"HOUR", 3'600'000}, Unit{"MINUTE", 60'000}, Unit{"SECOND", 1'000}};

std::size_t unit_index(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(kUnits, name, &Unit::name) - kUnits.begin());
}

bool take_number(std::string_view& text, std::int64_t& value) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return false;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || value > 100'000'000'000) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

/// ".123" as milliseconds; at most three digits count.
bool take_fraction(std::string_view& text, std::int64_t& milliseconds) {
  if (!text.starts_with('.')) return true;
  text.remove_prefix(1);
  std::int64_t scale = 100;
  if (text.empty()) return false;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    milliseconds += (text[0] - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return true;
}

int days_of(int year, int month) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

int number_of(const std::ssub_match& match) {
  return match.matched && match.length() < 9 && match.length() > 0 ? std::stoi(match.str()) : 0;
}

bool is_date(int year, int month, int day) {
  return month >= 1 && month <= 12 && day >= 1 && day <= days_of(year, month);
}

bool valid_date(const std::string& text) {
  static const std::regex kPattern{R"(\s*[+-]?(\d{1,9})-(\d{1,2})-(\d{1,2})\s*)"};
  std::smatch match;
  return std::regex_match(text, match, kPattern) &&
         is_date(number_of(match[1]), number_of(match[2]), number_of(match[3]));
}

struct TimestampShape {
  std::size_t precision = 0;
  bool zoned = false;
};

/// Y-M-D[ H:M[:S[.F]]][ zone]
std::optional<TimestampShape> timestamp_shape(const std::string& text) {
  static const std::regex kPattern{
      R"(\s*[+-]?(\d{1,6})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?)?(\s*(?:[A-Za-z][A-Za-z0-9_/+-]*|[+-]\d{1,2}(?::?\d{2})?))?\s*)"};
  std::smatch match;
  if (!std::regex_match(text, match, kPattern)) return std::nullopt;
  if (!is_date(number_of(match[1]), number_of(match[2]), number_of(match[3]))) return std::nullopt;
  if (number_of(match[4]) > 23 || number_of(match[5]) > 59 || number_of(match[6]) > 59) return std::nullopt;
  return TimestampShape{static_cast<std::size_t>(match[7].length()), match[8].matched && match[8].length() > 0};
}

std::optional<TimestampShape> time_shape(const std::string& text) {
  static const std::regex kPattern{
      R"(\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?(\s*[+-]\d{1,2}:?\d{2})?\s*)"};
  std::smatch match;
  if (!std::regex_match(text, match, kPattern)) return std::nullopt;
  if (number_of(match[1]) > 23 || number_of(match[2]) > 59 || number_of(match[3]) > 59) return std::nullopt;
  return TimestampShape{static_cast<std::size_t>(match[4].length()), match[5].matched && match[5].length() > 0};
}

std::string upper(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

/// A timestamp in UTC or at an offset: its instant and the zone as Trino prints it.
std::optional<Typed> zoned_timestamp(std::string_view text, const trino::Type& type) {
  static const std::regex kPattern{R"(\s*(\S+ \S+?)\s*(?:(UTC|Z)|([+-])(\d{2}):(\d{2}))\s*)"};
  std::smatch match;
  const std::string whole{text};
  if (type.precision() > 6 || !std::regex_match(whole, match, kPattern)) return std::nullopt;
  const bool utc = match[2].matched;
  const int minutes = utc ? 0 : number_of(match[4]) * 60 + number_of(match[5]);
  const std::string zone =
      minutes == 0 ? "UTC" : fmt::format("{}{}:{}", match[3].str(), match[4].str(), match[5].str());
  return Typed{fmt::format("{{'t': CAST({} AS TIMESTAMP) {} to_minutes({}), 'z': '{}'}}",
                           engine::quote_literal(match[1].str()), match[3] == "-" ? "+" : "-", minutes, zone),
               type};
}

std::unexpected<TypeError> invalid(std::string_view type, std::string_view text) {
  return std::unexpected(
      TypeError{"INVALID_LITERAL", fmt::format("'{}' is not a valid {} literal", text, upper(type))});
}

}  // namespace

std::optional<Typed> decimal_literal(std::string_view text) {
  const std::size_t point = text.find('.');
  std::string whole{text.substr(0, point)};
  const std::string fraction{point == std::string_view::npos ? "" : text.substr(point + 1)};
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  const std::size_t precision = std::max<std::size_t>(whole.size() + fraction.size(), 1);
  if (precision > 38) return std::nullopt;
  const auto type = parse_type(fmt::format("decimal({},{})", precision, fraction.size()));
  return Typed{fmt::format("CAST('{}{}{}' AS DECIMAL({}, {}))", whole.empty() ? "0" : whole,
                           fraction.empty() ? "" : ".", fraction, precision, fraction.size()),
               *type};
}

std::optional<Typed> parse_interval(std::string_view text, std::string_view first, std::string_view last,
                                    bool negative) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.starts_with('-') || text.starts_with('+')) {
    if (text[0] == '-') negative = !negative;
    text.remove_prefix(1);
  }
  const std::size_t from = unit_index(first);
  const std::size_t to = last.empty() ? from : unit_index(last);
  const bool months = from < 2;
  if (to < from || months != (to < 2)) return std::nullopt;
  std::int64_t total = 0;
  for (std::size_t unit = from; unit <= to; ++unit) {
    std::int64_t value = 0;
    if (!take_number(text, value)) return std::nullopt;
    total += months ? value * (unit == 0 ? 12 : 1) : value * kUnits[unit].milliseconds;
    if (unit == 5 && !take_fraction(text, total)) return std::nullopt;
    if (unit == to || text.empty()) break;  // '1-2' may be shorter than its units
    const char separator = months ? '-' : unit == 2 ? ' ' : ':';
    if (!text.starts_with(separator)) return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty()) return std::nullopt;
  const auto type = parse_type(months ? "interval year to month" : "interval day to second");
  return Typed{fmt::format("CAST({} AS {})", negative ? -total : total, months ? "INTEGER" : "BIGINT"), *type};
}

TypeResult<Typed> typed_literal_value(std::string_view name, std::string_view text) {
  constexpr std::size_t kLongest = 100;  // of texts with a grammar
  std::string type_text{name};
  if ((name == "timestamp" || name == "time" || name == "date") && text.size() > kLongest) return invalid(name, text);
  if (type_text == "timestamp") {
    const auto shape = timestamp_shape(std::string{text});
    if (!shape) return invalid(name, text);
    type_text = fmt::format("timestamp({}){}", shape->precision, shape->zoned ? " with time zone" : "");
  } else if (type_text == "time") {
    const auto shape = time_shape(std::string{text});
    if (!shape) return invalid(name, text);
    type_text = fmt::format("time({}){}", shape->precision, shape->zoned ? " with time zone" : "");
  } else if (type_text == "date") {
    if (!valid_date(std::string{text})) return invalid(name, text);
  } else if (type_text == "decimal") {
    std::string_view digits = text;
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    if (digits.find_first_not_of("0123456789.") != std::string_view::npos || digits.empty()) return invalid(name, text);
    auto value = decimal_literal(digits);
    if (!value) return invalid(name, text);
    if (negative) value->sql = "(-" + value->sql + ")";
    return *value;
  }
  const auto type = parse_type(type_text);
  if (!type) {
    return std::unexpected(TypeError{"TYPE_NOT_FOUND", fmt::format("Unknown resolvedType: {}", upper(name))});
  }
  const Typed value{engine::quote_literal(text), varchar_type(static_cast<int>(text.size()))};
  if (type_text == "char")
    return Typed{value.sql, *parse_type(fmt::format("char({})", std::max<std::size_t>(text.size(), 1)))};
  if (type->kind() == trino::TypeKind::kTimestampZoned) {
    if (auto zoned = zoned_timestamp(text, *type)) return *zoned;
  }
  if (type_text == "json") {
    return json_literal(value);
  }
  const bool plain = type->children().empty() && type->kind() != trino::TypeKind::kVarchar;
  if (plain && trino::castable(value.type, *type) &&
      !trino::cast_value(trino::Value{std::string{text}}, value.type, *type)) {
    return invalid(name, text);
  }
  auto read = cast_to(value, *type, false);
  if (!read) return std::unexpected(read.error());
  return Typed{*read, *type};
}

}  // namespace flowtrail::dialect
