// format(): texts with directives, as java.util.Formatter reads them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/letters.h"
#include "scalar/calendar.h"
#include "scalar/json_text.h"
#include "trino/decimal.h"
#include "trino/function.h"
#include "trino/valid_text.h"
#include "trino/value_cast.h"

namespace flowtrail::trino {
namespace {

/// A text, or what Java's exception says.
using MaybeText = std::expected<std::string, std::string>;

std::unexpected<std::string> unknown_conversion(std::string_view conversion) {
  return std::unexpected(fmt::format("UnknownFormatConversionException: Conversion = '{}'", conversion));
}

/// `%[index$][flags][width][.precision]conversion`
struct Directive {
  int index = 0;  // from 1; 0: the next argument
  std::string_view flags;
  int width = -1;
  int precision = -1;
  char conversion = 's';  // in small letters, but for %n
  bool upper = false;
  char time_field = 0;    // behind %t
  std::string_view text;  // all of it
  [[nodiscard]] bool has(char flag) const { return flags.find(flag) != std::string_view::npos; }
};

class DirectiveReader {
 public:
  /// `at` is behind the percent sign.
  DirectiveReader(std::string_view pattern, std::size_t at) : pattern_(pattern), begin_(at - 1), at_(at) {}

  std::expected<Directive, std::string> read() {
    Directive directive;
    directive.index = index();
    const std::size_t flags = at_;
    while (next_is_one_of("-#+ 0,(<")) ++at_;
    directive.flags = pattern_.substr(flags, at_ - flags);
    directive.width = number();
    if (next_is_one_of(".")) {
      ++at_;
      directive.precision = number();
      if (directive.precision < 0) return unknown_conversion(".");
    }
    if (at_ >= pattern_.size()) return unknown_conversion("%");
    const std::string_view letter = first_letter(pattern_.substr(at_));
    if (letter.size() > 1) return unknown_conversion(letter);
    directive.upper = next_is_one_of("SXEGBTC");
    directive.conversion = pattern_[at_++];
    if (directive.upper) directive.conversion = static_cast<char>(directive.conversion - 'A' + 'a');
    if (directive.conversion == 't') {
      if (first_letter(pattern_.substr(at_)).size() != 1) return unknown_conversion("t");
      directive.time_field = pattern_[at_++];
    }
    directive.text = pattern_.substr(begin_, at_ - begin_);
    return directive;
  }
  [[nodiscard]] std::size_t end() const { return at_; }

 private:
  [[nodiscard]] bool next_is_one_of(std::string_view letters) const {
    return at_ < pattern_.size() && letters.find(pattern_[at_]) != std::string_view::npos;
  }
  /// -1: none; not far above 100,000.
  int number() {
    int value = -1;
    while (next_is_one_of("0123456789") && value < 100'000) {
      value = std::max(0, value) * 10 + (pattern_[at_++] - '0');
    }
    return value;
  }
  int index() {
    const std::size_t begin = at_;
    const int value = number();
    if (value > 0 && next_is_one_of("$")) {
      ++at_;
      return value;
    }
    at_ = begin;
    return 0;
  }

  std::string_view pattern_;
  std::size_t begin_;
  std::size_t at_;
};

std::string grouped(std::string digits) {
  const std::size_t point = digits.find('.');
  for (std::size_t at = point == std::string::npos ? digits.size() : point; at > 3;) {
    at -= 3;
    digits.insert(digits.begin() + static_cast<std::ptrdiff_t>(at), ',');
  }
  return digits;
}

std::string with_zeros(std::string digits, std::size_t width) {
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

std::string signed_number(std::string digits, bool negative, const Directive& directive) {
  if (directive.has(',')) digits = grouped(std::move(digits));
  if (negative && directive.has('(')) return "(" + digits + ")";
  std::string sign;
  if (negative) {
    sign = "-";
  } else if (directive.has('+') || directive.has(' ')) {
    sign = directive.has('+') ? "+" : " ";
  }
  const auto width = static_cast<std::size_t>(std::max(0, directive.width));
  if (directive.has('0') && width > sign.size()) digits = with_zeros(std::move(digits), width - sign.size());
  return sign + digits;
}

std::string signed_number(Int128 unscaled, int scale, const Directive& directive) {
  return signed_number(decimal_text(unscaled < 0 ? -unscaled : unscaled, scale), unscaled < 0, directive);
}

bool is_integer(const Type& type) {
  return type.kind() >= TypeKind::kTinyint && type.kind() <= TypeKind::kBigint;
}

/// %s
MaybeText plain_text(const Directive& directive, const Value& value, const Type& type) {
  if (!type.children().empty()) return std::unexpected("format of nested values");
  std::string text;
  switch (type.kind()) {
    case TypeKind::kDouble: text = scalar::java_text(value.real()); break;
    case TypeKind::kReal: text = scalar::java_text(static_cast<float>(value.real())); break;
    case TypeKind::kTimestamp:
      text = text_of(value, type);
      text[text.find(' ')] = 'T';
      break;
    default: text = text_of(value, type); break;
  }
  if (directive.precision < 0) return text;
  const Type cut{TypeKind::kVarchar, directive.precision};
  return cast_value(Value{std::move(text)}, Type{TypeKind::kVarchar}, cut)->text();
}

/// %x and %o: two's complement, as wide as the type.
std::string bits_text(const Directive& directive, const Value& value, const Type& type) {
  auto bits = static_cast<std::uint64_t>(value.integer());
  if (type.kind() == TypeKind::kTinyint) bits &= 0xffU;
  if (type.kind() == TypeKind::kSmallint) bits &= 0xffffU;
  if (type.kind() == TypeKind::kInteger) bits &= 0xffffffffU;
  std::string digits = directive.conversion == 'x' ? fmt::format("{:x}", bits) : fmt::format("{:o}", bits);
  if (!directive.has('0')) return digits;
  return with_zeros(std::move(digits), static_cast<std::size_t>(std::max(0, directive.width)));
}

/// %c
MaybeText letter_text(std::int64_t point) {
  if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
    return std::unexpected(
        fmt::format("IllegalFormatCodePointException: Code point = 0x{:x}", static_cast<std::uint32_t>(point)));
  }
  std::string text;
  append_utf8(static_cast<std::uint32_t>(point), text);
  return text;
}

/// %f, %e and %g of a number that is no decimal, or not by %f.
std::string real_text(const Directive& directive, double number) {
  if (!std::isfinite(number)) return scalar::java_text(number);
  const int precision = directive.precision < 0 ? 6 : directive.precision;
  const double size = std::abs(number);
  std::string digits;
  if (directive.conversion == 'f') {
    // Java rounds the shortest text of a number, not its binary digits.
    const auto rounded = parse_decimal(fmt::format("{}", size), precision);
    digits = rounded ? decimal_text(*rounded, precision) : fmt::format("{:.{}f}", size, precision);
  } else {
    digits = directive.conversion == 'e' ? fmt::format("{:.{}e}", size, precision)
                                         : fmt::format("{:#.{}g}", size, std::max(1, precision));
  }
  return signed_number(std::move(digits), std::signbit(number), directive);
}

std::string_view month_name(int month) {
  static constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                               "May",       "June",     "July",     "August",
                                                               "September", "October",  "November", "December"};
  return kMonths.at(static_cast<std::size_t>(month - 1));
}

std::string_view day_name(const scalar::CivilTime& t) {
  static constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                            "Friday", "Saturday", "Sunday"};
  return kDays.at(static_cast<std::size_t>(scalar::day_of_week(scalar::days_of(t.year, t.month, t.day)) - 1));
}

int hour_of_half_day(const scalar::CivilTime& t) {
  return t.hour % 12 == 0 ? 12 : t.hour % 12;
}

/// %td and its like.
MaybeText date_field(char field, const scalar::CivilTime& t) {
  switch (field) {
    case 'Y': return fmt::format("{:04}", t.year);
    case 'y': return fmt::format("{:02}", t.year % 100);
    case 'm': return fmt::format("{:02}", t.month);
    case 'd': return fmt::format("{:02}", t.day);
    case 'e': return fmt::format("{}", t.day);
    case 'j': return fmt::format("{:03}", scalar::day_of_year(t));
    case 'B': return std::string{month_name(t.month)};
    case 'b':
    case 'h': return std::string{month_name(t.month).substr(0, 3)};
    case 'A': return std::string{day_name(t)};
    case 'a': return std::string{day_name(t).substr(0, 3)};
    case 'F': return fmt::format("{:04}-{:02}-{:02}", t.year, t.month, t.day);
    case 'D': return fmt::format("{:02}/{:02}/{:02}", t.month, t.day, t.year % 100);
    default: return unknown_conversion("t");
  }
}

/// %tH and its like; dates, too.
MaybeText time_text(char field, std::int64_t micros) {
  const scalar::CivilTime t = scalar::civil_of(micros);
  switch (field) {
    case 'H': return fmt::format("{:02}", t.hour);
    case 'k': return fmt::format("{}", t.hour);
    case 'I': return fmt::format("{:02}", hour_of_half_day(t));
    case 'l': return fmt::format("{}", hour_of_half_day(t));
    case 'M': return fmt::format("{:02}", t.minute);
    case 'S': return fmt::format("{:02}", t.second);
    case 'L': return fmt::format("{:03}", t.micros / 1000);
    case 'N': return fmt::format("{:06}000", t.micros);
    case 'p': return t.hour < 12 ? "am" : "pm";
    case 's': return fmt::format("{}", micros / scalar::kMicrosPerSecond);
    case 'T': return fmt::format("{:02}:{:02}:{:02}", t.hour, t.minute, t.second);
    case 'R': return fmt::format("{:02}:{:02}", t.hour, t.minute);
    case 'r':
      return fmt::format("{:02}:{:02}:{:02} {}", hour_of_half_day(t), t.minute, t.second, t.hour < 12 ? "AM" : "PM");
    default: return date_field(field, t);
  }
}

bool has_time(const Type& type) {
  return type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime || type.kind() == TypeKind::kTimestamp ||
         type.kind() == TypeKind::kTimestampZoned;
}

MaybeText number_text(const Directive& directive, const Value& value, const Type& type) {
  const bool decimal = type.kind() == TypeKind::kDecimal;
  if (decimal && directive.conversion == 'f') {
    const int precision = directive.precision < 0 ? 6 : directive.precision;
    const auto number = rescaled(value.decimal(), type.scale(), precision);
    if (!number) return std::unexpected(fmt::format("f != {}", type.to_string()));
    return signed_number(*number, precision, directive);
  }
  return real_text(directive, decimal ? decimal_to_double(value.decimal(), type.scale()) : value.real());
}

bool takes(char conversion, const Type& type) {
  switch (conversion) {
    case 'd':
    case 'x':
    case 'o':
    case 'c': return is_integer(type);
    case 'f':
    case 'e':
    case 'g':
      return type.kind() == TypeKind::kDouble || type.kind() == TypeKind::kReal || type.kind() == TypeKind::kDecimal;
    case 't': return has_time(type);
    default: return true;
  }
}

MaybeText converted(const Directive& directive, const Value& value, const Type& type) {
  if (directive.conversion == 'b') {
    const bool truth = !value.is_null() && (type.kind() != TypeKind::kBoolean || value.boolean());
    return truth ? "true" : "false";
  }
  if (value.is_null()) return "null";
  if (!takes(directive.conversion, type)) {
    return std::unexpected(fmt::format("{} != {}", directive.conversion, type.to_string()));
  }
  switch (directive.conversion) {
    case 's': return plain_text(directive, value, type);
    case 'd': return signed_number(value.integer(), 0, directive);
    case 'x':
    case 'o': return bits_text(directive, value, type);
    case 'c': return letter_text(value.integer());
    case 'f':
    case 'e':
    case 'g': return number_text(directive, value, type);
    case 't': return time_text(directive.time_field, local_micros(value, type));
    default: return unknown_conversion(std::string_view{&directive.conversion, 1});
  }
}

/// Filled up to the width, by code points.
std::string laid_out(std::string text, const Directive& directive) {
  if (directive.upper) {
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  }
  const auto points = static_cast<int>(count_code_points(text));
  const std::string blanks(static_cast<std::size_t>(std::max(0, directive.width - points)), ' ');
  return directive.has('-') ? text + blanks : blanks + text;
}

MaybeText formatted(const Call& call) {
  const std::string_view pattern = call.text(0);
  std::string result;
  std::size_t ordinary = 0;  // the last argument taken in turn
  std::size_t last = 0;      // the last one taken at all
  for (std::size_t i = 0; i < pattern.size();) {
    if (pattern[i] != '%') {
      result += pattern[i++];
      continue;
    }
    DirectiveReader reader{pattern, i + 1};
    const auto directive = reader.read();
    if (!directive) return std::unexpected(directive.error());
    i = reader.end();
    if (directive->conversion == '%' || directive->conversion == 'n') {
      result += directive->conversion == '%' ? '%' : '\n';
      continue;
    }
    if (directive->index > 0) {
      last = static_cast<std::size_t>(directive->index);
    } else if (!directive->has('<')) {
      last = ++ordinary;
    }
    if (last == 0 || last >= call.arguments.size()) {
      return std::unexpected(fmt::format("MissingFormatArgumentException: Format specifier '{}'", directive->text));
    }
    auto text = converted(*directive, call[last], call.types[last]);
    if (!text) return text;
    result += laid_out(*std::move(text), *directive);
  }
  return result;
}

Answer format(const Call& call) {
  if (call[0].is_null()) return Value{};
  auto text = formatted(call);
  if (text) return Value{*std::move(text)};
  return scalar::invalid_argument(fmt::format("Invalid format string: {} ({})", call.text(0), text.error()));
}

constexpr auto kFunctions = std::to_array<Function>({
    {"format", format, true},
});

}  // namespace

std::span<const Function> format_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
