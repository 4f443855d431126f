#include "scalar/json_cast.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <set>

#include "base/letters.h"
#include "scalar/json_reader.h"
#include "scalar/json_text.h"

namespace flowtrail::scalar {
namespace {

std::unexpected<ScalarError> cannot_cast(std::string_view value, std::string_view type) {
  return invalid_cast(fmt::format("Cannot cast '{}' to {}", value, type));
}

// What the parser calls the token, for messages.
std::string_view shown(const JsonReader& reader) {
  switch (reader.token()) {
    case JsonToken::kObjectBegin: return "{";
    case JsonToken::kObjectEnd: return "}";
    case JsonToken::kArrayBegin: return "[";
    case JsonToken::kArrayEnd: return "]";
    default: return reader.text();
  }
}

std::unexpected<ScalarError> expected_other(const JsonReader& reader, std::string_view json, std::string_view type,
                                            std::string_view expected) {
  return invalid_cast(
      fmt::format("Cannot cast to {}. Expected a json {}, but got {}\n{}", type, expected, shown(reader), json));
}

std::string_view integer_name(int bits) {
  switch (bits) {
    case 8: return "TINYINT";
    case 16: return "SMALLINT";
    case 32: return "INTEGER";
    default: return "BIGINT";
  }
}

bool fits(std::int64_t number, int bits) {
  if (bits == 64) return true;
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  return -limit <= number && number < limit;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::optional<double> parse_double(std::string_view text) {
  const std::string copy{text};
  if (copy.empty() || copy.find_first_of("xXpPnN ") != std::string::npos) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(copy.c_str(), &end);
  if (*end != '\0') return std::nullopt;
  return number;
}

}  // namespace

NullableAnswer<std::string> json_to_varchar(std::string_view json) {
  JsonReader reader{json};
  switch (reader.next()) {
    case JsonToken::kNull: return std::nullopt;
    case JsonToken::kString:
    case JsonToken::kInteger:
    case JsonToken::kTrue:
    case JsonToken::kFalse: return std::string{reader.text()};
    case JsonToken::kFloat: {
      std::string text;
      if (!append_value(reader, text)) return cannot_cast(json, "varchar");
      return text;
    }
    default: return cannot_cast(json, "varchar");
  }
}

NullableAnswer<bool> json_to_boolean(std::string_view json) {
  JsonReader reader{json};
  switch (reader.next()) {
    case JsonToken::kNull: return std::nullopt;
    case JsonToken::kTrue: return true;
    case JsonToken::kFalse: return false;
    case JsonToken::kInteger:
    case JsonToken::kFloat: return std::strtod(std::string{reader.text()}.c_str(), nullptr) != 0;
    case JsonToken::kString: {
      const std::string word = lower(reader.text());
      if (word == "true" || word == "t" || word == "1") return true;
      if (word == "false" || word == "f" || word == "0") return false;
      return cannot_cast(reader.text(), "BOOLEAN");
    }
    default: return cannot_cast(json, "boolean");
  }
}

NullableAnswer<std::int64_t> json_to_integer(std::string_view json, int bits) {
  JsonReader reader{json};
  const std::string name{integer_name(bits)};
  const auto checked = [&](std::optional<std::int64_t> number) -> NullableAnswer<std::int64_t> {
    if (number && fits(*number, bits)) return number;
    return cannot_cast(reader.token() == JsonToken::kString ? reader.text() : json,
                       reader.token() == JsonToken::kString ? name : lower(name));
  };
  switch (reader.next()) {
    case JsonToken::kNull: return std::nullopt;
    case JsonToken::kTrue: return 1;
    case JsonToken::kFalse: return 0;
    case JsonToken::kString:
    case JsonToken::kInteger: return checked(parse_integer(reader.text()));
    case JsonToken::kFloat: {
      const double number = std::round(std::strtod(std::string{reader.text()}.c_str(), nullptr));
      if (!(number >= -0x1p63 && number < 0x1p63)) return checked(std::nullopt);
      return checked(static_cast<std::int64_t>(number));
    }
    default: return cannot_cast(json, lower(name));
  }
}

NullableAnswer<double> json_to_double(std::string_view json) {
  JsonReader reader{json};
  switch (reader.next()) {
    case JsonToken::kNull: return std::nullopt;
    case JsonToken::kTrue: return 1;
    case JsonToken::kFalse: return 0;
    case JsonToken::kInteger:
    case JsonToken::kFloat: return std::strtod(std::string{reader.text()}.c_str(), nullptr);
    case JsonToken::kString: {
      const std::string_view text = reader.text();
      if (text == "NaN") return std::nan("");
      if (text == "Infinity" || text == "+Infinity") return HUGE_VAL;
      if (text == "-Infinity") return -HUGE_VAL;
      if (const auto number = parse_double(text)) return *number;
      return cannot_cast(text, "DOUBLE");
    }
    default: return cannot_cast(json, "double");
  }
}

NullableAnswer<std::string> json_to_decimal_text(std::string_view json, std::string_view type) {
  JsonReader reader{json};
  switch (reader.next()) {
    case JsonToken::kNull: return std::nullopt;
    case JsonToken::kTrue: return "1";
    case JsonToken::kFalse: return "0";
    case JsonToken::kInteger:
    case JsonToken::kFloat: return std::string{reader.text()};
    case JsonToken::kString:
      if (parse_double(reader.text())) return std::string{reader.text()};
      return cannot_cast(json, type);
    default: return cannot_cast(json, type);
  }
}

NullableAnswer<std::vector<std::string>> json_elements(std::string_view json, std::string_view type) {
  JsonReader reader{json};
  if (reader.next() == JsonToken::kNull) return std::nullopt;
  if (reader.token() != JsonToken::kArrayBegin) return expected_other(reader, json, type, "array");
  std::vector<std::string> elements;
  while (reader.next() != JsonToken::kArrayEnd) {
    if (!append_value(reader, elements.emplace_back())) return cannot_cast(json, type);
  }
  return elements;
}

NullableAnswer<std::vector<std::pair<std::string, std::string>>> json_members(std::string_view json,
                                                                              std::string_view type) {
  JsonReader reader{json};
  if (reader.next() == JsonToken::kNull) return std::nullopt;
  if (reader.token() != JsonToken::kObjectBegin) return expected_other(reader, json, type, "object");
  std::vector<std::pair<std::string, std::string>> members;
  std::set<std::string> keys;
  while (reader.next() == JsonToken::kKey) {
    auto& [key, value] = members.emplace_back();
    key = reader.text();
    if (!keys.insert(key).second) {
      return invalid_cast(fmt::format("Cannot cast to {}. Duplicate map keys are not allowed\n{}", type, json));
    }
    reader.next();
    if (!append_value(reader, value)) return cannot_cast(json, type);
  }
  return members;
}

NullableAnswer<std::vector<std::string>> json_fields(std::string_view json, const std::vector<std::string>& names,
                                                     std::string_view type) {
  JsonReader reader{json};
  std::vector<std::string> values(names.size(), "null");
  std::vector<bool> met(names.size());
  switch (reader.next()) {
    case JsonToken::kNull: return std::nullopt;
    case JsonToken::kArrayBegin: {
      for (std::string& value : values) {
        if (reader.next() == JsonToken::kArrayEnd) {
          return invalid_cast(
              fmt::format("Cannot cast to {}. Unexpected token when cast to a field: ]\n{}", type, json));
        }
        value.clear();
        if (!append_value(reader, value)) return cannot_cast(json, type);
      }
      if (reader.next() != JsonToken::kArrayEnd) {
        return invalid_cast(
            fmt::format("Cannot cast to {}. Expected json array ending, but got {}\n{}", type, shown(reader), json));
      }
      return values;
    }
    case JsonToken::kObjectBegin: break;
    default: return expected_other(reader, json, type, "array or object");
  }
  while (reader.next() == JsonToken::kKey) {
    const std::string key = lower(reader.text());
    // As Trino: a field declared in quotes with a capital in it meets no key.
    const auto name = std::ranges::find(names, key);
    reader.next();
    std::string value;
    if (!append_value(reader, value)) return cannot_cast(json, type);
    if (name == names.end()) continue;
    const auto place = static_cast<std::size_t>(name - names.begin());
    if (met[place]) return invalid_cast(fmt::format("Cannot cast to {}. Duplicate field: {}\n{}", type, key, json));
    met[place] = true;
    values[place] = std::move(value);
  }
  return values;
}

}  // namespace flowtrail::scalar
