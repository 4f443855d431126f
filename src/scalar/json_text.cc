#include "scalar/json_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>

namespace flowtrail::scalar {
namespace {

template <typename Number>
std::string in_java_form(Number number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  if (number == 0) return std::signbit(number) ? "-0.0" : "0.0";
  std::array<char, 64> buffer{};
  const auto [end, ignored] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(number), std::chars_format::scientific);
  const std::string_view written{buffer.data(), static_cast<std::size_t>(end - buffer.data())};
  const std::size_t e = written.find('e');
  std::string digits{written.substr(0, 1)};
  if (e > 2) digits += written.substr(2, e - 2);
  const int exponent = std::atoi(std::string{written.substr(e + 1)}.c_str());
  std::string text = number < 0 ? "-" : "";
  if (exponent < -3 || exponent >= 7) {
    return text + digits.substr(0, 1) + '.' + (digits.size() > 1 ? digits.substr(1) : "0") + 'E' +
           std::to_string(exponent);
  }
  if (exponent < 0) return text + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return text + digits + std::string(whole - digits.size(), '0') + ".0";
  return text + digits.substr(0, whole) + '.' + digits.substr(whole);
}

// "-0" is the integer 0.
void append_number(JsonToken token, std::string_view text, std::string& to) {
  if (token == JsonToken::kInteger) {
    to += text == "-0" ? "0" : text;
    return;
  }
  to += java_text(std::strtod(std::string{text}.c_str(), nullptr));
}

void append_scalar(const JsonReader& reader, std::string& to) {
  switch (reader.token()) {
    case JsonToken::kString: append_quoted(reader.text(), to); break;
    case JsonToken::kInteger:
    case JsonToken::kFloat: append_number(reader.token(), reader.text(), to); break;
    default: to += reader.text();
  }
}

bool append_sorted(JsonReader& reader, std::string& to);

bool append_sorted_object(JsonReader& reader, std::string& to) {
  std::map<std::string, std::string> members;
  while (reader.next() == JsonToken::kKey) {
    std::string& value = members[std::string{reader.text()}];
    value.clear();
    reader.next();
    if (!append_sorted(reader, value)) return false;
  }
  if (reader.token() != JsonToken::kObjectEnd) return false;
  to += '{';
  bool first = true;
  for (const auto& [key, value] : members) {
    if (!first) to += ',';
    first = false;
    append_quoted(key, to);
    to += ':';
    to += value;
  }
  to += '}';
  return true;
}

bool append_sorted_array(JsonReader& reader, std::string& to) {
  to += '[';
  for (bool first = true; reader.next() != JsonToken::kArrayEnd; first = false) {
    if (!first) to += ',';
    if (!append_sorted(reader, to)) return false;
  }
  to += ']';
  return true;
}

// NOLINTNEXTLINE(misc-no-recursion): the reader allows 1000 levels
bool append_sorted(JsonReader& reader, std::string& to) {
  switch (reader.token()) {
    case JsonToken::kFault: return false;
    case JsonToken::kObjectBegin: return append_sorted_object(reader, to);
    case JsonToken::kArrayBegin: return append_sorted_array(reader, to);
    default: append_scalar(reader, to); return true;
  }
}

}  // namespace

std::string java_text(double number) {
  return in_java_form(number);
}

std::string java_text(float number) {
  return in_java_form(number);
}

void append_quoted(std::string_view text, std::string& to) {
  to += '"';
  for (const char letter : text) {
    switch (letter) {
      case '"': to += "\\\""; break;
      case '\\': to += "\\\\"; break;
      case '\b': to += "\\b"; break;
      case '\t': to += "\\t"; break;
      case '\n': to += "\\n"; break;
      case '\f': to += "\\f"; break;
      case '\r': to += "\\r"; break;
      default:
        if (static_cast<unsigned char>(letter) < 0x20) {
          to += fmt::format("\\u{:04X}", static_cast<unsigned>(letter));
        } else {
          to += letter;
        }
    }
  }
  to += '"';
}

std::string quoted(std::string_view text) {
  std::string to;
  append_quoted(text, to);
  return to;
}

bool append_value(JsonReader& reader, std::string& to) {
  const std::size_t outside = reader.depth();
  const bool nested = reader.token() == JsonToken::kObjectBegin || reader.token() == JsonToken::kArrayBegin;
  if (!nested) {
    if (reader.token() == JsonToken::kFault) return false;
    append_scalar(reader, to);
    return true;
  }
  bool separate = false;  // a comma is due before the next key or element
  to += reader.token() == JsonToken::kObjectBegin ? '{' : '[';
  while (reader.depth() >= outside) {
    const JsonToken token = reader.next();
    if (token == JsonToken::kFault) return false;
    const bool ends = token == JsonToken::kObjectEnd || token == JsonToken::kArrayEnd;
    if (separate && !ends) to += ',';
    separate = token != JsonToken::kKey && token != JsonToken::kObjectBegin && token != JsonToken::kArrayBegin;
    switch (token) {
      case JsonToken::kObjectBegin: to += '{'; break;
      case JsonToken::kArrayBegin: to += '['; break;
      case JsonToken::kObjectEnd: to += '}'; break;
      case JsonToken::kArrayEnd: to += ']'; break;
      case JsonToken::kKey:
        append_quoted(reader.text(), to);
        to += ':';
        break;
      default: append_scalar(reader, to);
    }
  }
  return true;
}

Answer<std::string> json_parse(std::string_view text) {
  JsonReader reader{text};
  reader.next();
  std::string parsed;
  if (!append_sorted(reader, parsed) || reader.next() != JsonToken::kEnd) {
    return invalid_argument(fmt::format("Cannot convert value to JSON: '{}'", text));
  }
  return parsed;
}

}  // namespace flowtrail::scalar
