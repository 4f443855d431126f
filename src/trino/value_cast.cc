#include "trino/value_cast.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "base/ip_address.h"
#include "base/letters.h"
#include "scalar/calendar.h"
#include "scalar/json_cast.h"
#include "scalar/json_text.h"
#include "scalar/time_zone.h"
#include "trino/decimal.h"

namespace flowtrail::trino {
namespace {

using scalar::Answer;
using scalar::invalid_cast;
using scalar::out_of_range;
using Cast = Answer<Value>;

bool is_integer(TypeKind kind) {
  return kind >= TypeKind::kTinyint && kind <= TypeKind::kBigint;
}
bool is_number(TypeKind kind) {
  return is_integer(kind) || kind == TypeKind::kReal || kind == TypeKind::kDouble || kind == TypeKind::kDecimal;
}
bool is_time_of_calendar(TypeKind kind) {
  return kind == TypeKind::kDate || kind == TypeKind::kTimestamp || kind == TypeKind::kTimestampZoned;
}

std::string cut(std::string_view text, int length) {
  return std::string{first_code_points(text, static_cast<std::size_t>(length))};
}

bool casts_to_json(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kBoolean:
    case TypeKind::kVarchar:
    case TypeKind::kJson:
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kUnknown: return true;
    case TypeKind::kMap: {
      const TypeKind key = type.children()[0].kind();
      const bool text_key = is_number(key) || key == TypeKind::kVarchar || key == TypeKind::kBoolean ||
                            key == TypeKind::kUnknown || is_time_of_calendar(key);
      return text_key && casts_to_json(type.children()[1]);
    }
    case TypeKind::kArray:
    case TypeKind::kRow: return std::ranges::all_of(type.children(), casts_to_json);
    default: return is_number(type.kind());
  }
}

bool casts_from_json(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kBoolean:
    case TypeKind::kVarchar:
    case TypeKind::kJson: return true;
    case TypeKind::kArray:
    case TypeKind::kRow: return std::ranges::all_of(type.children(), casts_from_json);
    case TypeKind::kMap: {
      const TypeKind key = type.children()[0].kind();
      return (is_number(key) || key == TypeKind::kVarchar || key == TypeKind::kBoolean) &&
             casts_from_json(type.children()[1]);
    }
    default: return is_number(type.kind());
  }
}

/// The mantissa and exponent of Java's DecimalFormat 0.0###E0.
template <typename T>
std::string scientific(T number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return std::signbit(number) ? "-0E0" : "0E0";
  std::string text = fmt::format("{:e}", number);
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
  text.assign(buffer.data(), end.ptr);
  const std::size_t e = text.find('e');
  std::string mantissa = text.substr(0, e);
  if (mantissa.find('.') == std::string::npos) mantissa += ".0";
  int exponent = 0;
  const char* first = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(first, text.data() + text.size(), exponent);
  return fmt::format("{}E{}", mantissa, exponent);
}

std::string uuid_text(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(bytes[i])));
  }
  return text;
}

std::optional<std::string> uuid_bytes(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (error != std::errc{} || end != text.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
    i += 2;
  }
  return bytes;
}

Value zoned(std::int64_t instant, std::string zone) {
  Values parts;
  parts.emplace_back(instant);
  parts.emplace_back(std::move(zone));
  return Value{std::move(parts)};
}

std::string_view integer_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::kTinyint: return "tinyint";
    case TypeKind::kSmallint: return "smallint";
    case TypeKind::kInteger: return "integer";
    default: return "bigint";
  }
}

int bits_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::kTinyint: return 8;
    case TypeKind::kSmallint: return 16;
    case TypeKind::kInteger: return 32;
    default: return 64;
  }
}

bool fits(std::int64_t number, TypeKind kind) {
  const int bits = bits_of(kind);
  return bits == 64 || (number >= -(std::int64_t{1} << (bits - 1)) && number < (std::int64_t{1} << (bits - 1)));
}

Cast integer_of(std::int64_t number, TypeKind kind) {
  if (!fits(number, kind)) return out_of_range(fmt::format("Out of range for {}: {}", integer_name(kind), number));
  return Value{number};
}

Cast integer_from_real(double number, const Type& from, TypeKind kind) {
  const double rounded = std::round(number);
  const std::string text = scalar::java_text(number);
  const bool inside = rounded >= -9223372036854775808.0 && rounded < 9223372036854775808.0;
  if (std::isnan(number) && (kind != TypeKind::kBigint || from.kind() == TypeKind::kReal)) {
    return invalid_cast(fmt::format("Cannot cast {} NaN to {}", from.to_string(), integer_name(kind)));
  }
  if (kind == TypeKind::kBigint && !inside) return invalid_cast(fmt::format("Unable to cast {} to bigint", text));
  if (!inside || !fits(static_cast<std::int64_t>(rounded), kind)) {
    return out_of_range(fmt::format("Out of range for {}: {}", integer_name(kind), text));
  }
  return Value{static_cast<std::int64_t>(rounded)};
}

std::unexpected<scalar::ScalarError> not_supported(std::string why) {
  return std::unexpected(scalar::ScalarError{"NOT_SUPPORTED", std::move(why)});
}

std::string upper_name(const Type& type) {
  std::string name = type.kind() == TypeKind::kInteger ? "INT" : type.to_string();
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  return name;
}

std::unexpected<scalar::ScalarError> cannot_cast(std::string_view text, const Type& to) {
  return invalid_cast(fmt::format("Cannot cast '{}' to {}", text, upper_name(to)));
}

/// Without blanks and control letters around it.
std::string_view unblanked(std::string_view text) {
  while (!text.empty() && text.front() <= ' ' && text.front() >= 0) text.remove_prefix(1);
  while (!text.empty() && text.back() <= ' ' && text.back() >= 0) text.remove_suffix(1);
  return text;
}

/// As Java's Double.parseDouble, without its hexadecimal forms.
std::optional<double> read_double(std::string_view text) {
  std::string_view rest = unblanked(text);
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (rest == "Infinity") return negative ? -INFINITY : INFINITY;
  if (!rest.empty() && (rest.back() == 'd' || rest.back() == 'D' || rest.back() == 'f' || rest.back() == 'F')) {
    rest.remove_suffix(1);
  }
  if (rest.empty() || (rest.front() != '.' && (rest.front() < '0' || rest.front() > '9'))) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (end != rest.data() + rest.size() || rest == ".") return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    number = rest.find("e-") == std::string_view::npos && rest.find("E-") == std::string_view::npos ? INFINITY : 0;
  }
  return negative ? -number : number;
}

Cast integer_from_text(std::string_view text, const Type& to) {
  std::string_view digits = unblanked(text);
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || !fits(number, to.kind())) {
    return cannot_cast(text, to);
  }
  return Value{number};
}

Cast boolean_from_text(std::string_view text, const Type& to) {
  const std::string word = lower(text);
  if (word == "true" || word == "t" || word == "1") return Value{true};
  if (word == "false" || word == "f" || word == "0") return Value{false};
  return cannot_cast(text, to);
}

/// Rounded to `precision`; the digit behind the microseconds counts where microseconds are asked for.
std::int64_t to_precision(const scalar::ParsedTimestamp& parsed, int precision) {
  if (precision >= 6) return parsed.micros + (parsed.beyond_micros >= 5 ? 1 : 0);
  return scalar::rounded_to_precision(parsed.micros, precision);
}

Cast timestamp_from_text(std::string_view text, const Type& to) {
  const auto fault = [&] { return invalid_cast(fmt::format("Value cannot be cast to timestamp: {}", text)); };
  const auto parsed = scalar::parse_timestamp(text);
  if (!parsed) return fault();
  std::optional<scalar::TimeZone> zone = scalar::TimeZone::utc();
  if (!parsed->zone.empty()) zone = scalar::TimeZone::find(parsed->zone);
  if (!zone) return fault();
  const std::int64_t local = to_precision(*parsed, to.precision());
  if (to.kind() == TypeKind::kTimestamp) return Value{local};
  return zoned(zone->to_utc(local), zone->name());
}

Cast from_text(const std::string& text, const Type& to) {
  switch (to.kind()) {
    case TypeKind::kVarchar: return Value{to.length() < 0 ? text : cut(text, to.length())};
    case TypeKind::kChar: return Value{padded_char(text, to.length())};
    case TypeKind::kVarbinary: return Value{text};
    case TypeKind::kJson: return Value{scalar::quoted(text)};
    case TypeKind::kBoolean: return boolean_from_text(text, to);
    case TypeKind::kReal:
    case TypeKind::kDouble: {
      const auto number = read_double(text);
      if (!number) return cannot_cast(text, to);
      return Value{to.kind() == TypeKind::kReal ? double{static_cast<float>(*number)} : *number};
    }
    case TypeKind::kDecimal: {
      const auto number = parse_decimal(text, to.scale());
      const std::string what = fmt::format("Cannot cast VARCHAR '{}' to {}.", text, upper_name(to));
      if (!parse_decimal(text, 0) && !number) return invalid_cast(what + " Value is not a number.");
      if (!number || !fits_digits(*number, to.precision())) return invalid_cast(what + " Value too large.");
      return Value{*number};
    }
    case TypeKind::kDate: {
      const auto days = scalar::parse_date(text);
      if (!days) return invalid_cast(fmt::format("Value cannot be cast to date: {}", text));
      return Value{std::int64_t{*days}};
    }
    case TypeKind::kTime: {
      const auto parsed = scalar::parse_time(text);
      if (!parsed || !parsed->zone.empty()) {
        return invalid_cast(fmt::format("Value cannot be cast to time: {}", text));
      }
      return Value{to_precision(*parsed, to.precision()) % scalar::kMicrosPerDay};
    }
    case TypeKind::kTimeZoned: return not_supported("a time with time zone has no value here");
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampZoned: return timestamp_from_text(text, to);
    case TypeKind::kIpAddress: {
      auto bytes = ip_bytes(text);
      if (!bytes) return invalid_cast(fmt::format("Cannot cast value to IPADDRESS: {}", text));
      return Value{*std::move(bytes)};
    }
    case TypeKind::kUuid: {
      auto bytes = uuid_bytes(text);
      if (!bytes) return invalid_cast(fmt::format("Cannot cast value to UUID: {}", text));
      return Value{*std::move(bytes)};
    }
    default: return integer_from_text(text, to);
  }
}

template <typename T>
Cast lifted(scalar::NullableAnswer<T> answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  return *answer ? Value{*std::move(*answer)} : Value{};
}

Cast from_json(const std::string& json, const Type& to);

Cast decimal_from_json(const std::string& json, const Type& to) {
  const std::string name = fmt::format("DECIMAL({},{})", to.precision(), to.scale());
  const auto text = scalar::json_to_decimal_text(json, name);
  if (!text) return std::unexpected(text.error());
  if (!*text) return Value{};
  const auto number = parse_decimal(**text, to.scale());
  if (!number || !fits_digits(*number, to.precision())) {
    return invalid_cast(fmt::format("Cannot cast '{}' to {}", json, name));
  }
  return Value{*number};
}

Cast array_from_json(const std::string& json, const Type& to) {
  const auto elements = scalar::json_elements(json, to.to_string());
  if (!elements) return std::unexpected(elements.error());
  if (!*elements) return Value{};
  Values values;
  for (const std::string& element : **elements) {
    auto value = from_json(element, to.children()[0]);
    if (!value) return value;
    values.push_back(*std::move(value));
  }
  return Value{std::move(values)};
}

Cast map_from_json(const std::string& json, const Type& to) {
  const auto members = scalar::json_members(json, to.to_string());
  if (!members) return std::unexpected(members.error());
  if (!*members) return Value{};
  Values values;
  for (const auto& [name, text] : **members) {
    auto key = from_text(name, to.children()[0]);
    if (!key) return key;
    auto value = from_json(text, to.children()[1]);
    if (!value) return value;
    values.push_back(*std::move(key));
    values.push_back(*std::move(value));
  }
  return Value{std::move(values)};
}

Cast row_from_json(const std::string& json, const Type& to) {
  const auto fields = scalar::json_fields(json, to.names(), to.to_string());
  if (!fields) return std::unexpected(fields.error());
  if (!*fields) return Value{};
  Values values;
  for (std::size_t i = 0; i < to.children().size(); ++i) {
    auto value = from_json((**fields)[i], to.children()[i]);
    if (!value) return value;
    values.push_back(*std::move(value));
  }
  return Value{std::move(values)};
}

Cast from_json(const std::string& json, const Type& to) {
  switch (to.kind()) {
    case TypeKind::kJson: return Value{json};
    case TypeKind::kVarchar: {
      auto text = scalar::json_to_varchar(json);
      if (text && *text && to.length() >= 0) *text = cut(**text, to.length());
      return lifted(std::move(text));
    }
    case TypeKind::kBoolean: return lifted(scalar::json_to_boolean(json));
    case TypeKind::kReal: {
      auto number = scalar::json_to_double(json);
      if (number && *number) *number = double{static_cast<float>(**number)};
      return lifted(std::move(number));
    }
    case TypeKind::kDouble: return lifted(scalar::json_to_double(json));
    case TypeKind::kDecimal: return decimal_from_json(json, to);
    case TypeKind::kArray: return array_from_json(json, to);
    case TypeKind::kMap: return map_from_json(json, to);
    case TypeKind::kRow: return row_from_json(json, to);
    default: return lifted(scalar::json_to_integer(json, bits_of(to.kind())));
  }
}

Cast decimal_from(std::optional<Int128> number, std::string_view shown, const Type& to) {
  if (!number || !fits_digits(*number, to.precision())) {
    return invalid_cast(fmt::format("Cannot cast {} to {}", shown, upper_name(to)));
  }
  return Value{*number};
}

/// From a number or boolean to one.
Cast number_cast(const Value& value, const Type& from, const Type& to) {
  const bool real = from.kind() == TypeKind::kReal || from.kind() == TypeKind::kDouble;
  const bool decimal = from.kind() == TypeKind::kDecimal;
  const std::int64_t whole =
      from.kind() == TypeKind::kBoolean ? std::int64_t{value.boolean()} : (real || decimal ? 0 : value.integer());
  switch (to.kind()) {
    case TypeKind::kBoolean:
      if (real) return Value{value.real() != 0};
      if (decimal) return Value{value.decimal() != 0};
      return Value{whole != 0};
    case TypeKind::kReal:
    case TypeKind::kDouble: {
      double number = static_cast<double>(whole);
      if (real) number = value.real();
      if (decimal) number = decimal_to_double(value.decimal(), from.scale());
      return Value{to.kind() == TypeKind::kReal ? double{static_cast<float>(number)} : number};
    }
    case TypeKind::kDecimal: {
      if (real) {
        const std::string shown = from.kind() == TypeKind::kReal ? scalar::java_text(static_cast<float>(value.real()))
                                                                 : scalar::java_text(value.real());
        const auto number = std::isfinite(value.real()) ? parse_decimal(shown, to.scale()) : std::nullopt;
        return decimal_from(number, fmt::format("{} '{}'", upper_name(from), shown), to);
      }
      if (decimal) {
        return decimal_from(rescaled(value.decimal(), from.scale(), to.scale()),
                            fmt::format("{} '{}'", upper_name(from), decimal_text(value.decimal(), from.scale())), to);
      }
      return decimal_from(
          rescaled(whole, 0, to.scale()),
          fmt::format("{} '{}'", from.kind() == TypeKind::kInteger ? "INTEGER" : upper_name(from), whole), to);
    }
    default: break;
  }
  if (real) return integer_from_real(value.real(), from, to.kind());
  if (!decimal) return integer_of(whole, to.kind());
  const auto number = rescaled(value.decimal(), from.scale(), 0);
  if (!number || *number > INT64_MAX || *number < INT64_MIN || !fits(static_cast<std::int64_t>(*number), to.kind())) {
    return invalid_cast(fmt::format("Cannot cast '{}' to {}", decimal_text(value.decimal(), from.scale()),
                                    to.kind() == TypeKind::kInteger ? "INTEGER" : upper_name(to)));
  }
  return Value{static_cast<std::int64_t>(*number)};
}

/// Dates and times among each other.
Cast calendar_cast(const Value& value, const Type& from, const Type& to) {
  if (from.kind() == TypeKind::kTime) {
    if (to.kind() != TypeKind::kTime)
      return not_supported("a time becomes a timestamp of today, and there is no clock");
    return Value{scalar::rounded_to_precision(value.integer(), to.precision()) % scalar::kMicrosPerDay};
  }
  const std::int64_t local = local_micros(value, from);
  const std::string zone = from.kind() == TypeKind::kTimestampZoned ? value.parts()[1].text() : "UTC";
  const std::int64_t day = local / scalar::kMicrosPerDay - (local % scalar::kMicrosPerDay < 0 ? 1 : 0);
  if (to.kind() == TypeKind::kDate) return Value{day};
  const std::int64_t rounded = scalar::rounded_to_precision(local, to.precision());
  if (to.kind() == TypeKind::kTime) {
    return Value{scalar::rounded_to_precision(local - day * scalar::kMicrosPerDay, to.precision()) %
                 scalar::kMicrosPerDay};
  }
  if (to.kind() == TypeKind::kTimestamp) return Value{rounded};
  const std::int64_t instant = from.kind() == TypeKind::kTimestampZoned ? value.parts()[0].integer() : local;
  return zoned(scalar::rounded_to_precision(instant, to.precision()), zone);
}

Cast text_cast(const Value& value, const Type& from, const Type& to) {
  std::string text = text_of(value, from);
  if (to.length() >= 0 && count_code_points(text) > static_cast<std::size_t>(to.length())) {
    if (from.kind() == TypeKind::kChar) return Value{cut(text, to.length())};
    const bool unchecked = from.kind() >= TypeKind::kTime && from.kind() <= TypeKind::kIntervalYear;
    if (unchecked || from.kind() == TypeKind::kBoolean) {
      return std::unexpected(scalar::ScalarError{
          "GENERIC_INTERNAL_ERROR", fmt::format("Character count exceeds length limit {}: {}", to.length(), text)});
    }
    return invalid_cast(fmt::format("Value {} cannot be represented as {}", text, to.to_string()));
  }
  return Value{std::move(text)};
}

Cast nested_cast(const Value& value, const Type& from, const Type& to) {
  Values parts;
  parts.reserve(value.parts().size());
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < value.parts().size(); ++i) {
    std::size_t child = i;
    if (from.kind() == TypeKind::kArray) child = 0;
    if (from.kind() == TypeKind::kMap) child = i % 2;
    auto part = cast_value(value.parts()[i], from.children()[child], to.children()[child]);
    if (!part) return part;
    parts.push_back(*std::move(part));
  }
  return Value{std::move(parts)};
}

}  // namespace

bool castable(const Type& from, const Type& to) {
  const TypeKind a = from.kind();
  const TypeKind b = to.kind();
  if (a == TypeKind::kUnknown || from == to) return true;
  if (a == TypeKind::kJson) return casts_from_json(to);
  if (b == TypeKind::kJson) return casts_to_json(from);
  if (a == b && !from.children().empty()) {
    if (from.children().size() != to.children().size()) return false;
    return std::ranges::equal(from.children(), to.children(), castable);
  }
  if (!from.children().empty() || !to.children().empty()) return false;
  switch (a) {
    case TypeKind::kVarchar: return b != TypeKind::kIntervalDay && b != TypeKind::kIntervalYear;
    case TypeKind::kChar: return b == TypeKind::kVarchar || b == TypeKind::kChar;
    case TypeKind::kBoolean: return is_number(b) || b == TypeKind::kVarchar;
    case TypeKind::kDate: return b == TypeKind::kVarchar || is_time_of_calendar(b);
    case TypeKind::kTime:
      return b == TypeKind::kVarchar || b == TypeKind::kTime || b == TypeKind::kTimestamp ||
             b == TypeKind::kTimestampZoned;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampZoned: return b == TypeKind::kVarchar || b == TypeKind::kTime || is_time_of_calendar(b);
    case TypeKind::kIntervalDay:
    case TypeKind::kIntervalYear: return b == TypeKind::kVarchar;
    case TypeKind::kIpAddress:
    case TypeKind::kUuid: return b == TypeKind::kVarbinary || (b == TypeKind::kVarchar && to.length() < 0);
    case TypeKind::kVarbinary: return b == TypeKind::kIpAddress || b == TypeKind::kUuid;
    default: return is_number(a) && (is_number(b) || b == TypeKind::kBoolean || b == TypeKind::kVarchar);
  }
}

scalar::Answer<Value> cast_value(const Value& value, const Type& from, const Type& to) {
  if (value.is_null()) return Value{};
  if (from == to) return value;
  const TypeKind a = from.kind();
  const TypeKind b = to.kind();
  if (a == TypeKind::kVarchar) return from_text(value.text(), to);
  if (a == TypeKind::kJson) return from_json(value.text(), to);
  if (b == TypeKind::kJson) return Value{json_of(value, from)};
  if (!from.children().empty()) return nested_cast(value, from, to);
  if (a == TypeKind::kChar && b == TypeKind::kChar) return Value{padded_char(value.text(), to.length())};
  if (b == TypeKind::kVarchar) return text_cast(value, from, to);
  if (b == TypeKind::kVarbinary) return value;
  if (a == TypeKind::kVarbinary) {
    std::string bytes = value.text();
    if (b == TypeKind::kIpAddress && bytes.size() == 4)
      bytes.insert(0, std::string{"\0\0\0\0\0\0\0\0\0\0\xff\xff", 12});
    if (bytes.size() != 16) {
      return invalid_cast(fmt::format("Invalid {} binary length: {}", b == TypeKind::kUuid ? "UUID" : "IP address",
                                      value.text().size()));
    }
    return Value{std::move(bytes)};
  }
  if (is_number(a) || a == TypeKind::kBoolean) return number_cast(value, from, to);
  return calendar_cast(value, from, to);
}

std::string text_of(const Value& value, const Type& type) {
  switch (type.kind()) {
    case TypeKind::kBoolean: return value.boolean() ? "true" : "false";
    case TypeKind::kReal: return scientific(static_cast<float>(value.real()));
    case TypeKind::kDouble: return scientific(value.real());
    case TypeKind::kDecimal: return decimal_text(value.decimal(), type.scale());
    case TypeKind::kDate: return scalar::date_text(static_cast<std::int32_t>(value.integer()));
    case TypeKind::kTime: return scalar::time_text(value.integer(), type.precision());
    case TypeKind::kTimestamp: return scalar::timestamp_text(value.integer(), type.precision());
    case TypeKind::kTimestampZoned:
      return scalar::timestamp_text(local_micros(value, type), type.precision()) + ' ' + value.parts()[1].text();
    case TypeKind::kIntervalDay: return scalar::day_interval_text(value.integer());
    case TypeKind::kIntervalYear: return scalar::year_interval_text(value.integer());
    case TypeKind::kIpAddress: return ip_text(value.text());
    case TypeKind::kUuid: return uuid_text(value.text());
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint: return std::to_string(value.integer());
    default: return value.text();
  }
}

std::string json_of(const Value& value, const Type& type) {
  if (value.is_null()) return "null";
  switch (type.kind()) {
    case TypeKind::kJson: return value.text();
    case TypeKind::kReal:
    case TypeKind::kDouble: {
      const std::string text = type.kind() == TypeKind::kReal ? scalar::java_text(static_cast<float>(value.real()))
                                                              : scalar::java_text(value.real());
      return std::isfinite(value.real()) ? text : scalar::quoted(text);
    }
    case TypeKind::kArray: {
      std::string text = "[";
      for (const Value& part : value.parts()) text += (text.size() > 1 ? "," : "") + json_of(part, type.children()[0]);
      return text + "]";
    }
    case TypeKind::kMap: {
      std::vector<std::pair<std::string, std::string>> members;
      for (std::size_t i = 0; i < value.parts().size(); i += 2) {
        const Value& key = value.parts()[i];
        members.emplace_back(type.children()[0].kind() == TypeKind::kDouble ? scalar::java_text(key.real())
                                                                            : text_of(key, type.children()[0]),
                             json_of(value.parts()[i + 1], type.children()[1]));
      }
      std::ranges::sort(members);
      std::string text = "{";
      for (const auto& [name, member] : members) {
        text += (text.size() > 1 ? "," : "") + scalar::quoted(name) + ":" + member;
      }
      return text + "}";
    }
    case TypeKind::kRow: {
      std::string text = "{";
      for (std::size_t i = 0; i < value.parts().size(); ++i) {
        text +=
            (i > 0 ? "," : "") + scalar::quoted(type.names()[i]) + ":" + json_of(value.parts()[i], type.children()[i]);
      }
      return text + "}";
    }
    case TypeKind::kBoolean:
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint:
    case TypeKind::kDecimal: return text_of(value, type);
    default: return scalar::quoted(text_of(value, type));
  }
}

std::int64_t local_micros(const Value& value, const Type& type) {
  if (type.kind() == TypeKind::kDate) return value.integer() * scalar::kMicrosPerDay;
  if (type.kind() != TypeKind::kTimestampZoned) return value.integer();
  const auto zone = scalar::TimeZone::find(value.parts()[1].text());
  const std::int64_t instant = value.parts()[0].integer();
  return zone ? zone->to_local(instant) : instant;
}

std::string padded_char(std::string_view text, int length) {
  std::string padded = cut(text, length);
  const std::size_t points = count_code_points(padded);
  if (points < static_cast<std::size_t>(length)) padded.append(static_cast<std::size_t>(length) - points, ' ');
  return padded;
}

std::optional<std::string> ip_bytes(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address) return std::nullopt;
  std::string bytes(16, '\0');
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(address->high() >> (56 - 8 * i));
    bytes[8 + i] = static_cast<char>(address->low() >> (56 - 8 * i));
  }
  return bytes;
}

std::string ip_text(std::string_view bytes) {
  std::array<std::uint64_t, 2> halves{};
  for (std::size_t i = 0; i < bytes.size() && i < 16; ++i) {
    halves[i / 8] = halves[i / 8] << 8U | static_cast<unsigned char>(bytes[i]);
  }
  return IpAddress{halves[0], halves[1]}.to_string();
}

}  // namespace flowtrail::trino
