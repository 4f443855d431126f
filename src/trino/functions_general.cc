// Casts, comparisons, JSON, IPADDRESS and format.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <random>

#include "scalar/calendar.h"
#include "scalar/json_path.h"
#include "scalar/json_text.h"
#include "scalar/time_zone.h"
#include "trino/decimal.h"
#include "trino/function.h"
#include "trino/value_cast.h"
#include "trino/value_order.h"

namespace flowtrail::trino {
namespace {

using scalar::invalid_argument;

Answer cast(const Call& call) {
  return cast_value(call[0], call.types[0], call.result);
}

Answer optional_boolean(std::optional<bool> value) {
  return value ? Value{*value} : Value{};
}

Answer equals(const Call& call) {
  return optional_boolean(equal(call.types[0], call[0], call[1]));
}
Answer differs(const Call& call) {
  return optional_boolean(equal(call.types[0], call[0], call[1]).transform([](bool same) { return !same; }));
}
Answer is_distinct(const Call& call) {
  return Value{!identical(call.types[0], call[0], call[1])};
}

/// `sign` and `also`: the orders that make it true. NaN is neither below nor above anything.
Answer ordered(const Call& call, int sign, bool also_equal) {
  const TypeKind kind = call.types[0].kind();
  if ((kind == TypeKind::kReal || kind == TypeKind::kDouble) &&
      (std::isnan(call.real(0)) || std::isnan(call.real(1)))) {
    return Value{false};
  }
  const auto order = compare(call.types[0], call[0], call[1]);
  if (!order) {
    return std::unexpected(
        scalar::ScalarError{"NOT_SUPPORTED", fmt::format("Comparison not supported for {} with null elements",
                                                         call.types[0].kind() == TypeKind::kRow ? "row" : "ARRAY")});
  }
  return Value{*order * sign > 0 || (also_equal && *order == 0)};
}
Answer less(const Call& call) {
  return ordered(call, -1, false);
}
Answer less_or_equal(const Call& call) {
  return ordered(call, -1, true);
}
Answer greater(const Call& call) {
  return ordered(call, 1, false);
}
Answer greater_or_equal(const Call& call) {
  return ordered(call, 1, true);
}

bool is_nan(const Value& value) {
  const double* number = std::get_if<double>(&value.content);
  return number != nullptr && std::isnan(*number);
}

/// NaN is neither the greatest nor the least, where there is another number.
Answer extreme(const Call& call, int sign) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const auto order = compare(call.types[0], call[i], call[best]);
    if (!order)
      return std::unexpected(scalar::ScalarError{"NOT_SUPPORTED", "values with null elements do not compare"});
    const bool better = is_nan(call[best]) || (*order * sign > 0 && !is_nan(call[i]));
    if (better) best = i;
  }
  return call[best];
}
Answer greatest(const Call& call) {
  return extreme(call, 1);
}
Answer least(const Call& call) {
  return extreme(call, -1);
}

/// The block is one of 16 bytes, as addresses are; ::/0 holds IPv4, too.
Answer contains_address(const Call& call) {
  const std::string& text = call.text(0);
  const std::size_t slash = text.find('/');
  const auto network = slash == std::string::npos ? std::nullopt : ip_bytes(std::string_view{text}.substr(0, slash));
  if (!network) return invalid_argument("Invalid CIDR");
  const std::string_view digits = std::string_view{text}.substr(slash + 1);
  int length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return std::unexpected(
        scalar::ScalarError{"GENERIC_INTERNAL_ERROR", fmt::format("For input string: \"{}\"", digits)});
  }
  const bool v4 = std::string_view{text}.substr(0, slash).find(':') == std::string_view::npos;
  if (length < 0 || length > (v4 ? 32 : 128)) return invalid_argument("Invalid prefix length");
  if (v4) length += 96;
  const std::string& address = call.text(1);
  for (std::size_t i = 0; i < 16; ++i) {
    const int bits = std::clamp(length - static_cast<int>(8 * i), 0, 8);
    const auto mask = static_cast<unsigned char>(0xff00U >> static_cast<unsigned>(bits));
    if (((address[i] ^ (*network)[i]) & mask) != 0) return Value{false};
  }
  return Value{true};
}

// JSON.

Answer is_json_scalar(const Call& call) {
  const auto item = scalar::read_json_item(call.text(0));
  if (!item) return invalid_argument(fmt::format("Invalid JSON value: {}", call.text(0)));
  return Value{item->kind != scalar::JsonItem::Kind::kArray && item->kind != scalar::JsonItem::Kind::kObject};
}

bool is_element(const scalar::JsonItem& item, const Value& wanted, const Type& type) {
  using Kind = scalar::JsonItem::Kind;
  switch (type.kind()) {
    case TypeKind::kBoolean: return item.kind == Kind::kBoolean && item.truth == wanted.boolean();
    case TypeKind::kBigint: return item.kind == Kind::kNumber && item.text == std::to_string(wanted.integer());
    case TypeKind::kDouble:
      return item.kind == Kind::kNumber && item.text.find_first_of(".eE") != std::string::npos &&
             std::strtod(item.text.c_str(), nullptr) == wanted.real();
    default: return item.kind == Kind::kString && item.text == wanted.text();
  }
}

Answer json_array_contains(const Call& call) {
  const auto item = scalar::read_json_item(call.text(0));
  if (!item || item->kind != scalar::JsonItem::Kind::kArray) return Value{};
  return Value{std::ranges::any_of(
      item->elements, [&](const scalar::JsonItem& element) { return is_element(element, call[1], call.types[1]); })};
}

// format().

struct Directive {
  std::size_t argument = 0;
  std::string flags;
  int width = -1;
  int precision = -1;
  char conversion = 's';
  bool upper = false;
  std::string time_suffix;
  [[nodiscard]] bool has(char flag) const { return flags.find(flag) != std::string::npos; }
};

std::string grouped(std::string digits) {
  const std::size_t point = digits.find('.');
  for (std::size_t at = point == std::string::npos ? digits.size() : point; at > 3;) {
    at -= 3;
    digits.insert(digits.begin() + static_cast<std::ptrdiff_t>(at), ',');
  }
  return digits;
}

std::string signed_number(std::string digits, bool negative, const Directive& directive) {
  if (directive.has(',')) digits = grouped(std::move(digits));
  std::string sign = negative ? "-" : (directive.has('+') ? "+" : (directive.has(' ') ? " " : ""));
  if (negative && directive.has('(')) return "(" + digits + ")";
  if (directive.has('0') && directive.width > 0) {
    while (digits.size() + sign.size() < static_cast<std::size_t>(directive.width)) digits.insert(digits.begin(), '0');
  }
  return sign + digits;
}

std::optional<Int128> whole_number(const Value& value, const Type& type) {
  if (type.kind() >= TypeKind::kTinyint && type.kind() <= TypeKind::kBigint) return value.integer();
  return std::nullopt;
}

using MaybeText = std::expected<std::string, std::string>;

MaybeText format_one(const Directive& directive, const Value& value, const Type& type) {
  const auto wrong = [&]() -> MaybeText {
    return std::unexpected(fmt::format("{} != {}", directive.conversion, type.to_string()));
  };
  if (directive.conversion == 'b') {
    const bool truth = !value.is_null() && (type.kind() != TypeKind::kBoolean || value.boolean());
    return truth ? "true" : "false";
  }
  if (value.is_null()) return "null";
  switch (directive.conversion) {
    case 's': {
      std::string text = type.kind() == TypeKind::kDouble ? scalar::java_text(value.real()) : text_of(value, type);
      if (type.kind() == TypeKind::kReal) text = scalar::java_text(static_cast<float>(value.real()));
      if (type.kind() == TypeKind::kTimestamp) text[text.find(' ')] = 'T';
      if (!type.children().empty()) return std::unexpected("format of nested values");
      if (directive.precision >= 0) {
        const Type cut{TypeKind::kVarchar, directive.precision};
        text = cast_value(Value{text}, Type{TypeKind::kVarchar}, cut)->text();
      }
      return text;
    }
    case 'd': {
      const auto number = whole_number(value, type);
      if (!number) return wrong();
      return signed_number(decimal_text(*number < 0 ? -*number : *number, 0), *number < 0, directive);
    }
    case 'x':
    case 'o': {
      const auto number = whole_number(value, type);
      if (!number) return wrong();
      auto bits = static_cast<std::uint64_t>(*number);
      if (type.kind() != TypeKind::kBigint) bits &= 0xffffffffU;
      std::string digits = directive.conversion == 'x' ? fmt::format("{:x}", bits) : fmt::format("{:o}", bits);
      while (directive.has('0') && digits.size() < static_cast<std::size_t>(std::max(0, directive.width))) {
        digits.insert(digits.begin(), '0');
      }
      return digits;
    }
    case 'c': {
      const auto number = whole_number(value, type);
      if (!number) return wrong();
      std::string text;
      scalar::append_utf8(static_cast<std::uint32_t>(*number), text);
      return text;
    }
    case 'f':
    case 'e':
    case 'g': {
      const int precision = directive.precision < 0 ? 6 : directive.precision;
      if (type.kind() == TypeKind::kDecimal && directive.conversion == 'f') {
        const auto number = rescaled(value.decimal(), type.scale(), precision);
        if (!number) return wrong();
        return signed_number(decimal_text(*number < 0 ? -*number : *number, precision), *number < 0, directive);
      }
      if (type.kind() != TypeKind::kDouble && type.kind() != TypeKind::kReal && type.kind() != TypeKind::kDecimal) {
        return wrong();
      }
      const double number =
          type.kind() == TypeKind::kDecimal ? decimal_to_double(value.decimal(), type.scale()) : value.real();
      if (!std::isfinite(number)) return scalar::java_text(number);
      if (directive.conversion == 'f') {
        // Java rounds the shortest text of a number, not its binary digits.
        const auto rounded = parse_decimal(fmt::format("{}", std::abs(number)), precision);
        const std::string digits =
            rounded ? decimal_text(*rounded, precision) : fmt::format("{:.{}f}", std::abs(number), precision);
        return signed_number(digits, std::signbit(number), directive);
      }
      const std::string digits = directive.conversion == 'e' ? fmt::format("{:.{}e}", std::abs(number), precision)
                                                             : fmt::format("{:.{}g}", std::abs(number), precision);
      return signed_number(digits, std::signbit(number), directive);
    }
    case 't': {
      if (type.kind() != TypeKind::kDate && type.kind() != TypeKind::kTimestamp &&
          type.kind() != TypeKind::kTimestampZoned && type.kind() != TypeKind::kTime) {
        return wrong();
      }
      std::int64_t micros = 0;
      if (type.kind() == TypeKind::kDate) {
        micros = value.integer() * scalar::kMicrosPerDay;
      } else if (type.kind() == TypeKind::kTimestampZoned) {
        const auto zone = scalar::TimeZone::find(value.parts()[1].text());
        micros = zone ? zone->to_local(value.parts()[0].integer()) : value.parts()[0].integer();
      } else {
        micros = value.integer();
      }
      const scalar::CivilTime t = scalar::civil_of(micros);
      static constexpr std::array kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                             "July",    "August",   "September", "October", "November", "December"};
      static constexpr std::array kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};
      const std::string month = kMonths.at(static_cast<std::size_t>(t.month - 1));
      const std::string day =
          kDays.at(static_cast<std::size_t>(scalar::day_of_week(scalar::days_of(t.year, t.month, t.day)) - 1));
      const int hour12 = t.hour % 12 == 0 ? 12 : t.hour % 12;
      const std::string& suffix = directive.time_suffix;
      if (suffix == "Y") return fmt::format("{:04}", t.year);
      if (suffix == "y") return fmt::format("{:02}", t.year % 100);
      if (suffix == "m") return fmt::format("{:02}", t.month);
      if (suffix == "d") return fmt::format("{:02}", t.day);
      if (suffix == "e") return fmt::format("{}", t.day);
      if (suffix == "H") return fmt::format("{:02}", t.hour);
      if (suffix == "k") return fmt::format("{}", t.hour);
      if (suffix == "I") return fmt::format("{:02}", hour12);
      if (suffix == "l") return fmt::format("{}", hour12);
      if (suffix == "M") return fmt::format("{:02}", t.minute);
      if (suffix == "S") return fmt::format("{:02}", t.second);
      if (suffix == "L") return fmt::format("{:03}", t.micros / 1000);
      if (suffix == "N") return fmt::format("{:06}000", t.micros);
      if (suffix == "B") return month;
      if (suffix == "b" || suffix == "h") return month.substr(0, 3);
      if (suffix == "A") return day;
      if (suffix == "a") return day.substr(0, 3);
      if (suffix == "j") return fmt::format("{:03}", scalar::day_of_year(t));
      if (suffix == "p") return t.hour < 12 ? "am" : "pm";
      if (suffix == "F") return fmt::format("{:04}-{:02}-{:02}", t.year, t.month, t.day);
      if (suffix == "D") return fmt::format("{:02}/{:02}/{:02}", t.month, t.day, t.year % 100);
      if (suffix == "T") return fmt::format("{:02}:{:02}:{:02}", t.hour, t.minute, t.second);
      if (suffix == "R") return fmt::format("{:02}:{:02}", t.hour, t.minute);
      if (suffix == "r") {
        return fmt::format("{:02}:{:02}:{:02} {}", hour12, t.minute, t.second, t.hour < 12 ? "AM" : "PM");
      }
      if (suffix == "s") return fmt::format("{}", micros / scalar::kMicrosPerSecond);
      return std::unexpected(fmt::format("UnknownFormatConversionException: Conversion = 't'"));
    }
    default:
      return std::unexpected(fmt::format("UnknownFormatConversionException: Conversion = '{}'", directive.conversion));
  }
}

Answer format(const Call& call) {
  const std::string& pattern = call.text(0);
  const auto refuse = [&](std::string_view why) {
    return invalid_argument(fmt::format("Invalid format string: {} ({})", pattern, why));
  };
  std::string result;
  std::size_t next = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      result += pattern[i];
      continue;
    }
    Directive directive;
    std::size_t at = i + 1;
    const auto number = [&] {
      int value = -1;
      while (at < pattern.size() && pattern[at] >= '0' && pattern[at] <= '9' && value < 100'000) {
        value = std::max(0, value) * 10 + (pattern[at++] - '0');
      }
      return value;
    };
    const std::size_t start = at;
    int index = number();
    if (at >= pattern.size() || pattern[at] != '$' || index <= 0) {
      index = -1;
      at = start;
    } else {
      ++at;
    }
    bool same = false;
    for (; at < pattern.size() && std::string_view{"-#+ 0,(<"}.find(pattern[at]) != std::string_view::npos; ++at) {
      if (pattern[at] == '<') same = true;
      directive.flags += pattern[at];
    }
    directive.width = number();
    if (at < pattern.size() && pattern[at] == '.') {
      ++at;
      directive.precision = number();
      if (directive.precision < 0) return refuse("UnknownFormatConversionException: Conversion = '.'");
    }
    if (at >= pattern.size()) return refuse("UnknownFormatConversionException: Conversion = '%'");
    directive.conversion = pattern[at];
    i = at;
    if (directive.conversion == '%' || directive.conversion == 'n') {
      result += directive.conversion == '%' ? '%' : '\n';
      continue;
    }
    if (directive.conversion == 'S' || directive.conversion == 'X' || directive.conversion == 'E' ||
        directive.conversion == 'G' || directive.conversion == 'B' || directive.conversion == 'T' ||
        directive.conversion == 'C') {
      directive.upper = true;
      directive.conversion = static_cast<char>(directive.conversion + 32);
    }
    if (directive.conversion == 't') {
      if (at + 1 >= pattern.size()) return refuse("UnknownFormatConversionException: Conversion = 't'");
      directive.time_suffix = pattern[++i];
    }
    if (index > 0) {
      directive.argument = static_cast<std::size_t>(index);
    } else if (same) {
      directive.argument = next;
    } else {
      directive.argument = ++next;
    }
    if (directive.argument == 0 || directive.argument >= call.arguments.size()) {
      return refuse(fmt::format("MissingFormatArgumentException: Format specifier '{}'",
                                pattern.substr(start - 1, i + 1 - (start - 1))));
    }
    auto text = format_one(directive, call[directive.argument], call.types[directive.argument]);
    if (!text) return refuse(text.error());
    if (directive.upper) {
      std::ranges::transform(*text, text->begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
    }
    const auto points = static_cast<int>(std::ranges::count_if(*text, [](char c) { return (c & 0xc0) != 0x80; }));
    const std::string blanks(static_cast<std::size_t>(std::max(0, directive.width - points)), ' ');
    result += directive.has('-') ? *text + blanks : blanks + *text;
  }
  return Value{std::move(result)};
}

std::mt19937_64& generator() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return engine;
}

Answer shuffle(const Call& call) {
  Values values = call.parts(0);
  std::shuffle(values.begin(), values.end(), generator());
  return Value{std::move(values)};
}

Answer fail(const Call& call) {
  return std::unexpected(scalar::ScalarError{"GENERIC_USER_ERROR", call.text(0)});
}

/// An offset of a window function.
template <int Least>
Answer offset(const Call& call) {
  if (call.integer(0) < Least) return invalid_argument(fmt::format("Offset must be at least {}", Least));
  return call[0];
}

constexpr auto kFunctions = std::to_array<Function>({
    {"cast", cast},
    {"equals", equals, true},
    {"differs", differs, true},
    {"is_distinct", is_distinct, true},
    {"less", less},
    {"less_or_equal", less_or_equal},
    {"greater", greater},
    {"greater_or_equal", greater_or_equal},
    {"greatest", greatest},
    {"least", least},
    {"contains_address", contains_address},
    {"is_json_scalar", is_json_scalar},
    {"json_array_contains", json_array_contains},
    {"format", format, true},
    {"shuffle", shuffle},
    {"fail", fail},
    {"offset_from_0", offset<0>},
    {"offset_from_1", offset<1>},
});

}  // namespace

std::span<const Function> general_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
