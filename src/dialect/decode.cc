#include "dialect/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scalar/calendar.h"
#include "scalar/json_text.h"
#include "scalar/time_zone.h"
#include "trino/value_cast.h"

namespace flowtrail::dialect {
namespace {

using engine::ValueView;
using trino::Type;
using trino::TypeKind;

/// hh:mm:ss with `precision` digits of a second; beyond microseconds they are zeros.
std::string with_digits(std::string text, int precision) {
  if (precision > 6) text.append(static_cast<std::size_t>(precision - 6), '0');
  return text;
}

std::string zoned_text(const ValueView& view, int precision) {
  const std::string zone{view.field(1).text()};
  std::int64_t local = view.field(0).integer();
  if (const auto found = scalar::TimeZone::find(zone)) local = found->to_local(local);
  return with_digits(scalar::timestamp_text(local, std::min(precision, 6)), precision) + " " + zone;
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

/// A map's key as text, in both forms: doubles as Java writes them.
std::string key_text(const ValueView& view, const Type& type) {
  if (type.kind() == TypeKind::kDouble) return scalar::java_text(view.real());
  if (type.kind() == TypeKind::kReal) return scalar::java_text(static_cast<float>(view.real()));
  return output::plain_value(decode(view, type, ValueForm::kText));
}

output::Value map_value(const ValueView& view, const Type& type, ValueForm form) {
  std::string text = "{";
  for (std::size_t i = 0; i < view.size(); ++i) {
    const std::string key = key_text(view.key(i), type.children()[0]);
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
    case TypeKind::kDate: return scalar::date_text(static_cast<std::int32_t>(view.integer()));
    case TypeKind::kTime:
      return with_digits(scalar::time_text(view.integer(), std::min(type.precision(), 6)), type.precision());
    case TypeKind::kTimestamp:
      return with_digits(scalar::timestamp_text(view.integer(), std::min(type.precision(), 6)), type.precision());
    case TypeKind::kTimestampZoned: return zoned_text(view, type.precision());
    case TypeKind::kIntervalDay: return scalar::day_interval_text(view.integer());
    case TypeKind::kIntervalYear: return scalar::year_interval_text(view.integer());
    case TypeKind::kIpAddress: return trino::ip_text(view.text());
    case TypeKind::kArray: return array_value(view, type, form);
    case TypeKind::kMap: return map_value(view, type, form);
    case TypeKind::kRow: return row_value(view, type, form);
    default: return std::string{view.text()};
  }
}

std::string result_type_name(const Type& type) {
  std::string text = type.to_string();
  for (const std::string_view interval : {"interval day to second", "interval year to month"}) {
    for (std::size_t at = text.find(interval); at != std::string::npos; at = text.find(interval, at)) {
      std::transform(text.begin() + static_cast<std::ptrdiff_t>(at),
                     text.begin() + static_cast<std::ptrdiff_t>(at + interval.size()),
                     text.begin() + static_cast<std::ptrdiff_t>(at),
                     [](char letter) { return letter == ' ' ? letter : static_cast<char>(letter - 32); });
    }
  }
  return text;
}

}  // namespace flowtrail::dialect
