#include "serde/text_value.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/letters.h"
#include "scalar/calendar.h"
#include "trino/valid_text.h"

namespace flowtrail::serde {
namespace {

using trino::Int128;
using trino::Type;
using trino::TypeKind;
using trino::Value;

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}
bool is_blank(char letter) {
  return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take_digits(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_digit(text[size])) ++size;
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

bool take(std::string_view& text, char letter) {
  if (!text.starts_with(letter)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> plain_integer(std::string_view text) {
  if (text.starts_with('+') && text.size() > 1 && is_digit(text[1])) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A decimal number taken apart: its digits without a point, and where the point stands.
struct Number {
  bool negative = false;
  std::string digits;
  std::int64_t scale = 0;  // digits behind the point; negative: zeros to be added
};

std::optional<Number> parse_number(std::string_view text) {
  Number number;
  number.negative = text.starts_with('-');
  if (number.negative || text.starts_with('+')) text.remove_prefix(1);
  number.digits = take_digits(text);
  if (take(text, '.')) {
    const std::string_view fraction = take_digits(text);
    number.digits += fraction;
    number.scale = static_cast<std::int64_t>(fraction.size());
  }
  if (number.digits.empty()) return std::nullopt;
  if (take(text, 'e') || take(text, 'E')) {
    const std::optional<std::int64_t> exponent = plain_integer(text);
    constexpr std::int64_t kFarthest = std::numeric_limits<std::int32_t>::max();
    if (!exponent || *exponent > kFarthest || *exponent < -kFarthest) return std::nullopt;
    number.scale -= *exponent;
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  number.digits.erase(0, std::min(number.digits.find_first_not_of('0'), number.digits.size()));
  return number;
}

// The number times ten to the power of `scale`, halves rounded away from zero unless cut off. nullopt: more than
// `precision` digits.
std::optional<Int128> unscaled(const Number& number, std::int64_t scale, std::int64_t precision, bool rounded) {
  if (number.digits.empty()) return Int128{0};
  const auto size = static_cast<std::int64_t>(number.digits.size());
  const std::int64_t kept = size + scale - number.scale;  // digits of the result
  if (kept > precision) return std::nullopt;
  if (kept < 0) return Int128{0};
  Int128 value = 0;
  for (std::int64_t i = 0; i < kept; ++i) {
    value = value * 10 + (i < size ? number.digits[static_cast<std::size_t>(i)] - '0' : 0);
  }
  if (rounded && kept < size && number.digits[static_cast<std::size_t>(kept)] >= '5') ++value;
  Int128 limit = 1;
  for (std::int64_t i = 0; i < precision; ++i) limit *= 10;
  if (value >= limit) return std::nullopt;
  return number.negative ? -value : value;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  if (const std::optional<std::int64_t> value = plain_integer(text)) return value;
  const std::optional<Number> number = parse_number(text);
  const std::optional<Int128> value = number ? unscaled(*number, 0, 20, false) : std::nullopt;
  if (!value || *value > std::numeric_limits<std::int64_t>::max() ||
      *value < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

int bits_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::kTinyint: return 8;
    case TypeKind::kSmallint: return 16;
    case TypeKind::kInteger: return 32;
    default: return 64;
  }
}

std::optional<Value> integer_value(std::string_view text, TypeKind kind, Spelling spelling) {
  const bool has_exponent = text.find_first_of("eE") != std::string_view::npos;
  const bool strict =
      spelling == Spelling::kJava || spelling == Spelling::kCsv || (spelling == Spelling::kHive && has_exponent);
  const std::optional<std::int64_t> value = strict ? plain_integer(text) : whole_number(text);
  if (!value) return std::nullopt;
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() >> (64 - bits_of(kind));
  if (*value > most || *value < -most - 1) return std::nullopt;
  return Value{*value};
}

std::optional<Value> real_value(std::string_view text, TypeKind kind) {
  text = trimmed(text);
  std::string_view name = text;
  const bool negative = take(name, '-');
  if (!negative) take(name, '+');
  double value = 0;
  if (name == "NaN") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (name == "Infinity") {
    value = negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  } else {
    // Java's suffixes.
    if (text.ends_with('d') || text.ends_with('D') || text.ends_with('f') || text.ends_with('F')) text.remove_suffix(1);
    if (!parse_number(text)) return std::nullopt;
    const std::string number{text};
    value = kind == TypeKind::kReal ? static_cast<double>(std::strtof(number.c_str(), nullptr))
                                    : std::strtod(number.c_str(), nullptr);
  }
  return Value{value};
}

std::optional<Value> decimal_value(std::string_view text, const Type& type) {
  const std::optional<Number> number = parse_number(text);
  const std::optional<Int128> value = number ? unscaled(*number, type.scale(), type.precision(), true) : std::nullopt;
  return value ? std::optional{Value{*value}} : std::nullopt;
}

std::optional<Value> boolean_value(std::string_view text, Spelling spelling) {
  const std::string word = lower(text);
  if (word == "true") return Value{true};
  const bool any_is_false = spelling == Spelling::kJava || spelling == Spelling::kJson;
  return word == "false" || any_is_false ? std::optional{Value{false}} : std::nullopt;
}

std::optional<Value> date_value(std::string_view text, Spelling spelling) {
  if (spelling == Spelling::kCsv || spelling == Spelling::kJson) {
    const std::optional<std::int64_t> days = plain_integer(trimmed(text));
    if (days && *days <= std::numeric_limits<std::int32_t>::max() &&
        *days >= std::numeric_limits<std::int32_t>::min()) {
      return Value{*days};
    }
    if (days || spelling == Spelling::kCsv) return std::nullopt;
  }
  text = trimmed(text);
  text = text.substr(0, text.find_first_of(spelling == Spelling::kJson ? " T" : " "));
  const std::optional<std::int32_t> days = scalar::parse_date(text);
  return days ? std::optional{Value{std::int64_t{*days}}} : std::nullopt;
}

bool take_part(std::string_view& text, std::size_t most_digits, int least, int most, int& part) {
  const std::string_view digits = take_digits(text);
  if (digits.empty() || digits.size() > most_digits) return false;
  part = 0;
  for (const char digit : digits) part = part * 10 + (digit - '0');
  return part >= least && part <= most;
}

// `Z`, `+01:00`, `-0800`, to the end. nullopt: something else.
std::optional<std::int64_t> zone_seconds(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  std::string digits;
  for (const char letter : text) {
    if (letter == ':' && digits.size() == 2) continue;
    digits += letter;
  }
  if (digits.size() == 2) digits += "00";
  const std::optional<std::int64_t> number =
      digits.size() == 4 && std::ranges::all_of(digits, is_digit) ? plain_integer(digits) : std::nullopt;
  if (!number || *number / 100 > 18 || *number % 100 > 59) return std::nullopt;
  const std::int64_t seconds = (*number / 100) * 3600 + (*number % 100) * 60;
  return west ? -seconds : seconds;
}

// Microseconds, rounded.
std::optional<std::int64_t> written_timestamp(std::string_view text, int precision, bool with_zone) {
  text = trimmed(text);
  scalar::CivilTime civil;
  if (!take_part(text, 4, 1, 9999, civil.year) || !take(text, '-') || !take_part(text, 2, 1, 12, civil.month) ||
      !take(text, '-') || !take_part(text, 2, 1, scalar::days_in_month(civil.year, civil.month), civil.day)) {
    return std::nullopt;
  }
  bool round_up = false;
  if (!text.empty()) {
    if (!take(text, ' ') && !take(text, 'T')) return std::nullopt;
    if (!take_part(text, 2, 0, 23, civil.hour) || !take(text, ':') || !take_part(text, 2, 0, 59, civil.minute) ||
        !take(text, ':') || !take_part(text, 2, 0, 59, civil.second)) {
      return std::nullopt;
    }
    if (take(text, '.')) {
      const std::string_view fraction = take_digits(text);
      for (std::size_t i = 0; i < 6; ++i)
        civil.micros = civil.micros * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
      round_up = precision >= 6 && fraction.size() > 6 && fraction[6] >= '5';
    }
  }
  const std::optional<std::int64_t> zone = zone_seconds(text);
  if (!zone || (!text.empty() && !with_zone)) return std::nullopt;
  const std::int64_t micros = scalar::micros_of(civil) + (round_up ? 1 : 0) - *zone * scalar::kMicrosPerSecond;
  return scalar::rounded_to_precision(micros, precision);
}

std::optional<std::int64_t> millis_as_micros(std::string_view text) {
  const std::optional<std::int64_t> millis = plain_integer(text);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1000;
  if (!millis || *millis > kMost || *millis < -kMost) return std::nullopt;
  return *millis * 1000;
}

// Seconds since 1970 with a fraction or at most 12 characters, else milliseconds.
std::optional<std::int64_t> numeric_timestamp(std::string_view text) {
  if (text.size() >= 13 && text.find('.') == std::string_view::npos) return millis_as_micros(text);
  if (text.find_first_of("eE") != std::string_view::npos) return std::nullopt;
  const std::optional<Number> number = parse_number(text);
  const std::optional<Int128> micros = number ? unscaled(*number, 6, 18, true) : std::nullopt;
  return micros ? std::optional{static_cast<std::int64_t>(*micros)} : std::nullopt;
}

std::optional<Value> timestamp_value(std::string_view text, const Type& type, const TextRules& rules) {
  for (const scalar::DatePattern& pattern : rules.timestamp_formats) {
    const auto parsed = pattern.parse(text);
    if (!parsed) continue;
    const std::int64_t micros = parsed->zone ? parsed->zone->to_utc(parsed->local_micros) : parsed->local_micros;
    return Value{scalar::rounded_to_precision(micros, type.precision())};
  }
  std::optional<std::int64_t> micros;
  if (rules.spelling == Spelling::kCsv) {
    micros = millis_as_micros(trimmed(text));
  } else {
    const bool json = rules.spelling == Spelling::kJson;
    micros = written_timestamp(text, type.precision(), json);
    if (!micros && json) micros = numeric_timestamp(text);
  }
  if (!micros) return std::nullopt;
  return Value{scalar::rounded_to_precision(*micros, type.precision())};
}

int base64_digit(char letter) {
  if (letter >= 'A' && letter <= 'Z') return letter - 'A';
  if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
  if (is_digit(letter)) return letter - '0' + 52;
  if (letter == '+') return 62;
  if (letter == '/') return 63;
  return -1;
}

std::optional<Value> binary_value(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t bits = 0;
  int waiting = 0;
  for (const char letter : text) {
    const int digit = base64_digit(letter);
    if (digit < 0) return std::nullopt;
    bits = (bits << 6U | static_cast<std::uint32_t>(digit)) & 0xffffU;
    waiting += 6;
    if (waiting < 8) continue;
    waiting -= 8;
    bytes += static_cast<char>(bits >> static_cast<unsigned>(waiting) & 0xffU);
  }
  if (waiting == 6) return std::nullopt;
  return Value{std::move(bytes)};
}

// Cut after so many characters; -1: not at all.
void cut_characters(std::string& text, int most) {
  if (most < 0 || text.size() <= static_cast<std::size_t>(most)) return;
  text.resize(first_code_points(text, static_cast<std::size_t>(most)).size());
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text) ? std::string{text} : trino::valid_text(text);
}

bool is_flat(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kBoolean:
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint:
    case TypeKind::kReal:
    case TypeKind::kDouble:
    case TypeKind::kDecimal:
    case TypeKind::kVarchar:
    case TypeKind::kChar:
    case TypeKind::kVarbinary:
    case TypeKind::kDate:
    case TypeKind::kTimestamp: return true;
    default: return false;
  }
}

std::optional<Value> value_of(std::string_view text, const Type& type, const TextRules& rules) {
  switch (type.kind()) {
    case TypeKind::kVarchar: {
      std::string valid = valid_utf8(text);
      cut_characters(valid, type.length());
      return Value{std::move(valid)};
    }
    case TypeKind::kChar: {
      std::string valid = valid_utf8(text);
      cut_characters(valid, type.length());
      valid.erase(valid.find_last_not_of(' ') + 1);
      return Value{std::move(valid)};
    }
    case TypeKind::kBoolean: return boolean_value(text, rules.spelling);
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint: return integer_value(text, type.kind(), rules.spelling);
    case TypeKind::kReal:
    case TypeKind::kDouble: return real_value(text, type.kind());
    case TypeKind::kDecimal: return decimal_value(text, type);
    case TypeKind::kDate: return date_value(text, rules.spelling);
    case TypeKind::kTimestamp: return timestamp_value(text, type, rules);
    case TypeKind::kVarbinary: return binary_value(text);
    default: return std::nullopt;
  }
}

}  // namespace flowtrail::serde
