#include "dialect/decode.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>

namespace flowtrail::dialect {
namespace {

using engine::ValueView;
using trino::Type;
using trino::TypeKind;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

std::int64_t floor_divide(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

std::string date_text(std::int64_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

/// hh:mm:ss with `precision` digits of a second; beyond microseconds they are zeros.
std::string time_text(std::int64_t micros, int precision) {
  const std::int64_t seconds = micros / kMicrosPerSecond;
  std::string text = fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (precision <= 0) return text;
  std::string digits = fmt::format("{:06}", micros % kMicrosPerSecond);
  digits.resize(static_cast<std::size_t>(precision), '0');
  return text + "." + digits;
}

std::string timestamp_text(std::int64_t micros, int precision) {
  const std::int64_t days = floor_divide(micros, kMicrosPerDay);
  return date_text(days) + " " + time_text(micros - days * kMicrosPerDay, precision);
}

/// "+05:30" as microseconds; 0 for UTC. Zones with a name are resolved by DuckDB before they come here.
std::int64_t fixed_offset(std::string_view zone) {
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-')) return 0;
  const int hours = (zone[1] - '0') * 10 + (zone[2] - '0');
  const int minutes = (zone[4] - '0') * 10 + (zone[5] - '0');
  const std::int64_t offset = (hours * 60LL + minutes) * 60 * kMicrosPerSecond;
  return zone[0] == '-' ? -offset : offset;
}

std::string zoned_text(const ValueView& view, int precision) {
  const std::string zone{view.field(1).text()};
  return timestamp_text(view.field(0).integer() + fixed_offset(zone), precision) + " " + zone;
}

std::string day_interval_text(std::int64_t milliseconds) {
  const bool negative = milliseconds < 0;
  const std::int64_t value = std::abs(milliseconds);
  return fmt::format("{}{} {:02}:{:02}:{:02}.{:03}", negative ? "-" : "", value / 86'400'000, value / 3'600'000 % 24,
                     value / 60'000 % 60, value / 1'000 % 60, value % 1'000);
}

std::string year_interval_text(std::int64_t months) {
  const std::int64_t value = std::abs(months);
  return fmt::format("{}{}-{}", months < 0 ? "-" : "", value / 12, value % 12);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t j = 0; j < 3; ++j) {
      group = (group << 8U) | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) text += j <= count ? kAlphabet[(group >> (18U - 6U * j)) & 63U] : '=';
  }
  return text;
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{}{:02x}", text.empty() ? "" : " ", static_cast<unsigned>(static_cast<unsigned char>(byte)));
  }
  return text;
}

/// Sixteen bytes; IPv4 stands in the last four behind ::ffff.
std::string ip_text(std::string_view bytes) {
  if (bytes.size() != 16) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  constexpr std::string_view kMapped{"\0\0\0\0\0\0\0\0\0\0\xff\xff", 12};
  if (bytes.starts_with(kMapped)) return fmt::format("{}.{}.{}.{}", byte(12), byte(13), byte(14), byte(15));
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = byte(2 * i) << 8U | byte(2 * i + 1);
  std::size_t longest = 0;
  std::size_t start = 8;
  for (std::size_t i = 0; i < 8; ++i) {  // the first longest run of zeros, two or more, is shortened
    std::size_t length = 0;
    while (i + length < 8 && groups[i + length] == 0) ++length;
    if (length > longest && length > 1) {
      longest = length;
      start = i;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < 8;) {
    if (i == start) {
      text += "::";
      i += longest;
      continue;
    }
    if (!text.empty() && !text.ends_with(':')) text += ':';
    text += fmt::format("{:x}", groups[i++]);
  }
  return text;
}

output::Value real_value(const ValueView& view) {
  const double value = view.real();
  if (std::isnan(value)) return std::string{"NaN"};
  if (std::isinf(value)) return std::string{value > 0 ? "Infinity" : "-Infinity"};
  return output::Json{view.number_text()};
}

output::Value integer_value(std::int64_t value) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;  // beyond it `output` writes text, Trino does not
  if (value <= kExact && value >= -kExact) return value;
  return output::Json{std::to_string(value)};
}

std::string part_text(const ValueView& view, const Type& type, ValueForm form) {
  const output::Value value = decode(view, type, form);
  return form == ValueForm::kProtocol ? output::json_value(value) : output::plain_value(value, "null");
}

output::Value nested_value(std::string text, ValueForm form) {
  if (form == ValueForm::kProtocol) return output::Json{std::move(text)};
  return text;
}

output::Value array_value(const ValueView& view, const Type& type, ValueForm form) {
  const std::string_view separator = form == ValueForm::kProtocol ? "," : ", ";
  std::string text = "[";
  for (std::size_t i = 0; i < view.size(); ++i) {
    if (i > 0) text += separator;
    text += part_text(view.item(i), type.children()[0], form);
  }
  return nested_value(text + "]", form);
}

output::Value map_value(const ValueView& view, const Type& type, ValueForm form) {
  std::string text = "{";
  for (std::size_t i = 0; i < view.size(); ++i) {
    const std::string key = output::plain_value(decode(view.key(i), type.children()[0], form));
    const std::string value = part_text(view.mapped(i), type.children()[1], form);
    if (i > 0) text += form == ValueForm::kProtocol ? "," : ", ";
    text += form == ValueForm::kProtocol ? output::json_string(key) + ":" + value : key + "=" + value;
  }
  return nested_value(text + "}", form);
}

output::Value row_value(const ValueView& view, const Type& type, ValueForm form) {
  const bool protocol = form == ValueForm::kProtocol;
  std::string text = protocol ? "[" : "{";
  for (std::size_t i = 0; i < type.children().size(); ++i) {
    if (i > 0) text += protocol ? "," : ", ";
    const std::string name = type.names()[i].empty() ? fmt::format("field{}", i) : type.names()[i];
    if (!protocol) text += name + "=";
    text += part_text(view.field(i), type.children()[i], form);
  }
  return nested_value(text + (protocol ? "]" : "}"), form);
}

}  // namespace

output::Value decode(const ValueView& view, const Type& type, ValueForm form) {
  if (view.is_null()) return std::monostate{};
  switch (type.kind()) {
    case TypeKind::kBoolean: return view.integer() != 0;
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint: return integer_value(view.integer());
    case TypeKind::kReal:
    case TypeKind::kDouble: return real_value(view);
    case TypeKind::kDecimal:
    case TypeKind::kUuid: return view.number_text();
    case TypeKind::kVarbinary: return form == ValueForm::kProtocol ? base64(view.text()) : hex(view.text());
    case TypeKind::kDate: return date_text(view.integer());
    case TypeKind::kTime: return time_text(view.integer(), type.precision());
    case TypeKind::kTimestamp: return timestamp_text(view.integer(), type.precision());
    case TypeKind::kTimestampZoned: return zoned_text(view, type.precision());
    case TypeKind::kIntervalDay: return day_interval_text(view.integer());
    case TypeKind::kIntervalYear: return year_interval_text(view.integer());
    case TypeKind::kIpAddress: return ip_text(view.text());
    case TypeKind::kArray: return array_value(view, type, form);
    case TypeKind::kMap: return map_value(view, type, form);
    case TypeKind::kRow: return row_value(view, type, form);
    default: return std::string{view.text()};
  }
}

std::string result_type_name(const Type& type) {
  std::string text = type.to_string();
  if (type.kind() == TypeKind::kIntervalDay) return "INTERVAL DAY TO SECOND";
  if (type.kind() == TypeKind::kIntervalYear) return "INTERVAL YEAR TO MONTH";
  return text;
}

}  // namespace flowtrail::dialect
