// Values for tests: written down in a short notation, made at random, checked against their type.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/letters.h"
#include "scalar/calendar.h"
#include "scalar/time_zone.h"
#include "trino/decimal.h"
#include "trino/type.h"
#include "trino/value.h"
#include "trino/value_cast.h"
#include "trino/value_order.h"

namespace flowtrail::trino {

[[nodiscard]] inline Type type_of(std::string_view text) {
  auto type = Type::parse(text);
  if (!type) ADD_FAILURE() << "no type: " << text;
  return type ? *std::move(type) : Type{};
}

/// Reads the notation: null; true; 12; 1.50; 1e3, NaN, -Infinity; 'it''s' for texts, dates, times and addresses;
/// x'00ff' for bytes; [a, b] for arrays, {key: value} for maps, (a, b) for rows.
class ValueNotation {
 public:
  explicit ValueNotation(std::string_view text) : text_(text) {}

  Value read(const Type& type) {
    if (take("null")) return {};
    switch (type.kind()) {
      case TypeKind::kBoolean: return Value{take("true") || (expect("false"), false)};
      case TypeKind::kReal: return Value{double{static_cast<float>(real(word()))}};
      case TypeKind::kDouble: return Value{real(word())};
      case TypeKind::kDecimal: return decimal(word(), type.scale());
      case TypeKind::kVarbinary:
      case TypeKind::kUuid: return Value{bytes()};
      case TypeKind::kVarchar:
      case TypeKind::kChar:
      case TypeKind::kJson: return Value{quoted()};
      case TypeKind::kIpAddress: return Value{ip_bytes(quoted()).value_or("")};
      case TypeKind::kDate: return Value{std::int64_t{scalar::parse_date(quoted()).value_or(INT32_MIN)}};
      case TypeKind::kTime: return micros(scalar::parse_time(quoted()));
      case TypeKind::kTimestamp: return micros(scalar::parse_timestamp(quoted()));
      case TypeKind::kTimestampZoned: return zoned(quoted());
      case TypeKind::kArray: return Value{parts("[", "]", type, false)};
      case TypeKind::kMap: return Value{parts("{", "}", type, true)};
      case TypeKind::kRow: return Value{parts("(", ")", type, false)};
      default: return Value{integer(word())};
    }
  }
  void end() {
    blanks();
    if (at_ != text_.size()) fault("the end");
  }

 private:
  void fault(std::string_view wanted) {
    ADD_FAILURE() << "expected " << wanted << " at " << at_ << " of: " << text_;
    at_ = text_.size();
  }
  void blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view token) {
    blanks();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  void expect(std::string_view token) {
    if (!take(token)) fault(token);
  }
  std::string_view word() {
    blanks();
    const std::size_t end = std::min(text_.size(), text_.find_first_of(",:]})", at_));
    return text_.substr(std::exchange(at_, end), end - at_);
  }
  std::int64_t integer(std::string_view digits) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) fault("an integer");
    return number;
  }
  static double real(std::string_view digits) { return std::strtod(std::string{digits}.c_str(), nullptr); }
  Value decimal(std::string_view digits, int scale) {
    const bool negative = digits.starts_with('-');
    Int128 number = 0;
    int places = -1;
    for (const char digit : digits.substr(negative ? 1 : 0)) {
      if (digit == '.') {
        places = 0;
        continue;
      }
      if (digit < '0' || digit > '9') fault("a decimal");
      number = number * 10 + (digit - '0');
      if (places >= 0) ++places;
    }
    for (places = std::max(places, 0); places < scale; ++places) number *= 10;
    if (places != scale) fault("a decimal of the type's scale");
    return Value{negative ? -number : number};
  }
  std::string quoted() {
    expect("'");
    std::string text;
    while (at_ < text_.size()) {
      if (text_[at_] != '\'') {
        text += text_[at_++];
      } else if (text_.substr(at_).starts_with("''")) {
        text += '\'';
        at_ += 2;
      } else {
        ++at_;
        return text;
      }
    }
    fault("a closing '");
    return text;
  }
  std::string bytes() {
    expect("x");
    const std::string digits = quoted();
    std::string result;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
      unsigned byte = 0;
      std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
      result += static_cast<char>(byte);
    }
    return result;
  }
  Value micros(const std::optional<scalar::ParsedTimestamp>& parsed) {
    if (!parsed) fault("a time");
    return parsed ? Value{parsed->micros} : Value{};
  }
  Value zoned(const std::string& text) {
    const auto parsed = scalar::parse_timestamp(text);
    const auto zone = parsed ? scalar::TimeZone::find(parsed->zone) : std::nullopt;
    if (!zone) {
      fault("a timestamp with a zone");
      return {};
    }
    return Value{Values{Value{zone->to_utc(parsed->micros)}, Value{zone->name()}}};
  }
  Values parts(std::string_view open, std::string_view close, const Type& type, bool map) {
    Values values;
    expect(open);
    if (take(close)) return values;
    do {
      const std::size_t child = type.kind() == TypeKind::kRow ? values.size() : 0;
      if (child >= type.children().size()) return values;
      values.push_back(read(type.children()[child]));
      if (!map) continue;
      expect(":");
      values.push_back(read(type.children()[1]));
    } while (take(","));
    expect(close);
    return values;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

[[nodiscard]] inline Value value_of(const Type& type, std::string_view notation) {
  ValueNotation reader{notation};
  Value value = reader.read(type);
  reader.end();
  return value;
}
[[nodiscard]] inline Value value_of(std::string_view type, std::string_view notation) {
  return value_of(type_of(type), notation);
}

/// The content as it is, for messages.
[[nodiscard]] inline std::string shown(const Value& value) {
  struct Printer {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(Int128 number) const { return decimal_text(number, 0) + "d"; }
    std::string operator()(double number) const { return fmt::format("{}r", number); }
    std::string operator()(const std::string& text) const {
      std::string printed = "'";
      for (const char c : text.substr(0, 200)) {
        printed += c < ' ' && c >= 0 ? fmt::format("\\x{:02x}", static_cast<unsigned>(c)) : std::string{c};
      }
      return printed + "'";
    }
    std::string operator()(const Values& parts) const {
      std::string text = "[";
      for (const Value& part : parts) text += (text.size() > 1 ? ", " : "") + shown(part);
      return text + "]";
    }
  };
  return std::visit(Printer{}, value.content);
}

// GoogleTest finds it by its name.
inline void PrintTo(const Value& value, std::ostream* out) {
  *out << shown(value);
}

/// The same content; real numbers to twelve digits, NaN for NaN.
[[nodiscard]] inline bool same_content(const Value& a, const Value& b) {
  if (a.content.index() != b.content.index()) return false;
  if (const auto* x = std::get_if<double>(&a.content)) {
    const double y = b.real();
    if (std::isnan(*x) || std::isnan(y)) return std::isnan(*x) && std::isnan(y);
    return *x == y || std::abs(*x - y) <= 1e-12 * std::max(std::abs(*x), std::abs(y));
  }
  if (const auto* parts = std::get_if<Values>(&a.content)) return std::ranges::equal(*parts, b.parts(), same_content);
  return a == b;
}

/// How far integers of a type go.
[[nodiscard]] inline std::pair<std::int64_t, std::int64_t> range_of(TypeKind kind) {
  constexpr std::int64_t kDays = 106'000'000;  // a little more than scalar::kLastYear
  switch (kind) {
    case TypeKind::kTinyint: return {INT8_MIN, INT8_MAX};
    case TypeKind::kSmallint: return {INT16_MIN, INT16_MAX};
    case TypeKind::kInteger:
    case TypeKind::kIntervalYear: return {INT32_MIN, INT32_MAX};
    case TypeKind::kDate: return {-kDays, kDays};
    case TypeKind::kTime: return {0, scalar::kMicrosPerDay - 1};
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampZoned: return {-kDays * scalar::kMicrosPerDay, kDays * scalar::kMicrosPerDay};
    default: return {INT64_MIN, INT64_MAX};
  }
}

/// Whether the value is kept as trino/value.h says for its type.
[[nodiscard]] inline bool is_of(const Type& type, const Value& value) {
  if (value.is_null()) return true;
  const auto* text = std::get_if<std::string>(&value.content);
  const auto* parts = std::get_if<Values>(&value.content);
  const std::vector<Type>& children = type.children();
  switch (type.kind()) {
    case TypeKind::kUnknown: return false;
    case TypeKind::kBoolean: return std::holds_alternative<bool>(value.content);
    case TypeKind::kReal:
    case TypeKind::kDouble: {
      const auto* number = std::get_if<double>(&value.content);
      return number != nullptr && (type.kind() == TypeKind::kDouble || std::isnan(*number) ||
                                   double{static_cast<float>(*number)} == *number);
    }
    case TypeKind::kDecimal: {
      const auto* number = std::get_if<Int128>(&value.content);
      return number != nullptr && fits_digits(*number, type.precision());
    }
    case TypeKind::kVarchar:
      return text != nullptr &&
             (type.length() < 0 || count_code_points(*text) <= static_cast<std::size_t>(type.length()));
    case TypeKind::kChar: return text != nullptr && count_code_points(*text) == static_cast<std::size_t>(type.length());
    case TypeKind::kVarbinary:
    case TypeKind::kJson: return text != nullptr;
    case TypeKind::kIpAddress:
    case TypeKind::kUuid: return text != nullptr && text->size() == 16;
    case TypeKind::kTimestampZoned:
      return parts != nullptr && parts->size() == 2 && std::holds_alternative<std::int64_t>((*parts)[0].content) &&
             scalar::TimeZone::find((*parts)[1].text()).has_value();
    case TypeKind::kArray:
      return parts != nullptr && std::ranges::all_of(*parts, [&](const Value& v) { return is_of(children[0], v); });
    case TypeKind::kMap: {
      bool good = parts != nullptr && parts->size() % 2 == 0;
      for (std::size_t i = 0; good && i < parts->size(); ++i) {
        good = is_of(children[i % 2], (*parts)[i]) && (i % 2 == 1 || !(*parts)[i].is_null());
      }
      return good;
    }
    case TypeKind::kRow: return parts != nullptr && std::ranges::equal(children, *parts, is_of);
    default: {
      const auto* number = std::get_if<std::int64_t>(&value.content);
      return number != nullptr && *number >= range_of(type.kind()).first && *number <= range_of(type.kind()).second;
    }
  }
}

/// Values as wild as their types allow; or `narrow` ones, which are often equal.
class RandomValues {
 public:
  explicit RandomValues(std::uint64_t seed, bool narrow = false) : engine_(seed), narrow_(narrow) {}

  std::size_t below(std::size_t count) { return engine_() % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }

  /// Scalar types, and nested ones down to `depth`.
  Type type(int depth) {
    static const auto kScalars = std::to_array<std::string_view>({"boolean",
                                                                  "tinyint",
                                                                  "smallint",
                                                                  "integer",
                                                                  "bigint",
                                                                  "real",
                                                                  "double",
                                                                  "decimal(5, 2)",
                                                                  "decimal(18, 0)",
                                                                  "decimal(38, 10)",
                                                                  "varchar",
                                                                  "varchar(5)",
                                                                  "char(4)",
                                                                  "varbinary",
                                                                  "json",
                                                                  "date",
                                                                  "time(3)",
                                                                  "timestamp(3)",
                                                                  "timestamp(6)",
                                                                  "timestamp(3) with time zone",
                                                                  "interval day to second",
                                                                  "interval year to month",
                                                                  "ipaddress",
                                                                  "uuid"});
    const std::size_t choice = below(depth > 0 ? 6 : 3);
    if (choice == 3) return Type::array(type(depth - 1));
    if (choice == 4) return Type::map(type(0), type(depth - 1));
    if (choice == 5) return Type::row({"a", "b"}, {type(depth - 1), type(depth - 1)});
    return type_of(kScalars.at(below(kScalars.size())));
  }

  /// Inside of it, one value in eight is NULL.
  Value value(const Type& type) {
    switch (type.kind()) {
      case TypeKind::kUnknown: return {};
      case TypeKind::kBoolean: return Value{one_in(2)};
      case TypeKind::kReal: return Value{double{static_cast<float>(real())}};
      case TypeKind::kDouble: return Value{real()};
      case TypeKind::kDecimal: return Value{decimal(type.precision())};
      case TypeKind::kVarchar: return Value{type.length() < 0 ? text() : cut(text(), type.length())};
      case TypeKind::kChar: return Value{padded_char(text(), type.length())};
      case TypeKind::kVarbinary: return Value{bytes(narrow_ ? below(2) : below(20))};
      case TypeKind::kJson: return Value{json(2)};
      case TypeKind::kIpAddress:
      case TypeKind::kUuid: return Value{bytes(16)};
      case TypeKind::kTimestampZoned: return Value{Values{Value{integer(type.kind())}, Value{zone()}}};
      case TypeKind::kArray: return Value{array(type.children()[0], below(narrow_ ? 3 : 5))};
      case TypeKind::kMap: return Value{map(type)};
      case TypeKind::kRow: {
        Values parts;
        for (const Type& child : type.children()) parts.push_back(nullable(child));
        return Value{std::move(parts)};
      }
      default: return Value{integer(type.kind())};
    }
  }
  Value nullable(const Type& type) { return one_in(8) ? Value{} : value(type); }

  std::string text() {
    if (narrow_) {
      static constexpr std::array<std::string_view, 5> kFew = {"", "a", "a ", "b", "1"};
      return std::string{kFew.at(below(kFew.size()))};
    }
    static const auto kPieces = std::to_array<std::string_view>({"0",
                                                                 "1",
                                                                 "9",
                                                                 ".",
                                                                 "-",
                                                                 "+",
                                                                 "e",
                                                                 "E9",
                                                                 " ",
                                                                 ":",
                                                                 ",",
                                                                 "=",
                                                                 "%",
                                                                 "%41",
                                                                 "_",
                                                                 "/",
                                                                 "{",
                                                                 "}",
                                                                 "\"",
                                                                 "[",
                                                                 "]",
                                                                 "a",
                                                                 "Z",
                                                                 "\xc3\xa4",
                                                                 "\xe6\x97\xa5",
                                                                 "\xf0\x9f\x99\x82",
                                                                 "\t",
                                                                 "\n",
                                                                 "true",
                                                                 "null",
                                                                 "NaN",
                                                                 "Infinity",
                                                                 "2024-02-29",
                                                                 "12:30:00",
                                                                 "UTC",
                                                                 "Europe/Berlin",
                                                                 "10.0.0.1",
                                                                 "::",
                                                                 "9223372036854775808",
                                                                 "$.a",
                                                                 "http://",
                                                                 "day",
                                                                 "kB",
                                                                 "1d"});
    if (one_in(40)) return std::string(5000, one_in(2) ? '7' : 'x');
    std::string text;
    for (std::size_t i = below(7); i > 0; --i) text += kPieces.at(below(kPieces.size()));
    return text;
  }

 private:
  static std::string cut(const std::string& text, int length) {
    return cast_value(Value{text}, Type{TypeKind::kVarchar}, Type{TypeKind::kVarchar, length})->text();
  }
  std::int64_t integer(TypeKind kind) {
    if (narrow_) return static_cast<std::int64_t>(below(3));
    auto [low, high] = range_of(kind);
    if (kind == TypeKind::kDate || kind == TypeKind::kTimestamp || kind == TypeKind::kTimestampZoned) {
      low = low / 106 * 105;  // so far that a zone's offset is no matter
      high = high / 106 * 105;
    }
    switch (below(6)) {
      case 0: return low;
      case 1: return high;
      case 2: return std::clamp<std::int64_t>(static_cast<std::int64_t>(below(9)) - 4, low, high);
      default: return std::uniform_int_distribution<std::int64_t>{low, high}(engine_);
    }
  }
  double real() {
    using Limits = std::numeric_limits<double>;
    static constexpr auto kEdges =
        std::to_array<double>({0, -0.0, 1, Limits::quiet_NaN(), -1, 0.5, 2.5, Limits::infinity(), -Limits::infinity(),
                               Limits::max(), -Limits::max(), Limits::denorm_min(), 9.3e18, -9.3e18, 1e15, 0.1});
    if (narrow_) return kEdges.at(below(4));
    if (one_in(3)) return kEdges.at(below(kEdges.size()));
    return one_in(2) ? std::bit_cast<double>(engine_()) : static_cast<double>(below(2'000'000)) / 1000 - 1000;
  }
  Int128 decimal(int precision) {
    const Int128 limit = power_of_ten(precision) - 1;
    Int128 number = 0;
    if (narrow_) {
      number = static_cast<Int128>(below(3));
    } else if (one_in(4)) {
      number = limit;
    } else {
      number = static_cast<Int128>(engine_() >> 1U) << 63 | static_cast<Int128>(engine_() >> 1U);
      number %= power_of_ten(1 + static_cast<int>(below(static_cast<std::size_t>(precision))));
    }
    return one_in(2) ? -number : number;
  }
  std::string bytes(std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += static_cast<char>(narrow_ && i + 1 < count ? 0 : below(256));
    return all;
  }
  std::string zone() {
    static constexpr std::array<std::string_view, 5> kZones = {"UTC", "+05:30", "America/New_York", "-14:00",
                                                               "Asia/Tokyo"};
    return std::string{kZones.at(below(kZones.size()))};
  }
  std::string json(int depth) {
    static constexpr std::array<std::string_view, 9> kLeaves = {
        "null", "true", "false", "1", "-2.5", "1E300", "\"\"", "\"a\"", "12345678901234567890123"};
    const std::size_t choice = below(depth > 0 && !narrow_ ? 4 : 2);
    if (choice < 2) return std::string{kLeaves.at(below(kLeaves.size()))};
    std::string text;
    for (std::size_t i = below(3); i > 0; --i) {
      text += fmt::format("{}{}{}", text.empty() ? "" : ",", choice == 2 ? "" : fmt::format("\"k{}\":", i),
                          json(depth - 1));
    }
    return choice == 2 ? "[" + text + "]" : "{" + text + "}";
  }
  Values array(const Type& element, std::size_t count) {
    Values values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(nullable(element));
    return values;
  }
  Values map(const Type& type) {
    Values parts;
    std::vector<std::string> keys;
    for (std::size_t i = below(4); i > 0; --i) {
      Value key = value(type.children()[0]);
      std::string name = key_of(type.children()[0], key);
      if (std::ranges::find(keys, name) != keys.end()) continue;
      keys.push_back(std::move(name));
      parts.push_back(std::move(key));
      parts.push_back(nullable(type.children()[1]));
    }
    return parts;
  }

  std::mt19937_64 engine_;
  bool narrow_;
};

}  // namespace flowtrail::trino
