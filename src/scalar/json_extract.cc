#include "scalar/json_extract.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

#include "scalar/json_reader.h"
#include "scalar/json_text.h"

namespace flowtrail::scalar {
namespace {

bool is_step_letter(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return letter == '_' || (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
         (letter >= 'A' && letter <= 'Z') || byte >= 0x80;  // beyond ASCII nearly all is letters
}

// Reads the steps of a path.
class StepReader {
 public:
  explicit StepReader(std::string_view path) : rest_(path) {}

  bool read(std::vector<std::string>& steps) {
    if (!take('$')) return false;
    while (!rest_.empty()) {
      std::optional<std::string> step;
      if (take('.')) {
        step = unquoted([](char letter) { return letter == ':' || letter == '$' || is_step_letter(letter); });
      } else if (take('[')) {
        step = take('"') ? quoted_step() : unquoted(is_step_letter);
        if (!take(']')) return false;
      }
      if (!step) return false;
      steps.push_back(*std::move(step));
    }
    return true;
  }

 private:
  bool take(char letter) {
    if (rest_.empty() || rest_.front() != letter) return false;
    rest_.remove_prefix(1);
    return true;
  }

  template <typename Belongs>
  std::optional<std::string> unquoted(Belongs belongs) {
    std::size_t size = 0;
    while (size < rest_.size() && belongs(rest_[size])) ++size;
    if (size == 0) return std::nullopt;
    std::string step{rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return step;
  }

  std::optional<std::string> quoted_step() {
    std::string step;
    while (!rest_.empty() && rest_.front() != '"') {
      if (take('\\') && (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\\'))) return std::nullopt;
      step += rest_.front();
      rest_.remove_prefix(1);
    }
    if (!take('"')) return std::nullopt;
    return step;
  }

  std::string_view rest_;
};

std::optional<std::int64_t> index_of(std::string_view step) {
  std::int32_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (error != std::errc{} || end != step.data() + step.size() || index < 0) return std::nullopt;
  return index;
}

bool step_into_object(JsonReader& reader, std::string_view name) {
  while (reader.next() == JsonToken::kKey) {
    const bool found = reader.text() == name;
    reader.next();
    if (found) return reader.token() != JsonToken::kFault;
    if (!reader.skip_value()) return false;
  }
  return false;
}

bool step_into_array(JsonReader& reader, std::string_view step) {
  const std::optional<std::int64_t> wanted = index_of(step);
  if (!wanted) return false;
  for (std::int64_t index = 0;; ++index) {
    const JsonToken token = reader.next();
    if (token == JsonToken::kArrayEnd || token == JsonToken::kFault) return false;
    if (index == *wanted) return true;
    if (!reader.skip_value()) return false;
  }
}

// Moves to the first token of what the path leads to.
bool follow(JsonReader& reader, const JsonSteps& path) {
  if (reader.next() == JsonToken::kFault) return false;
  for (const std::string& step : path.steps()) {
    if (reader.token() == JsonToken::kObjectBegin) {
      if (!step_into_object(reader, step)) return false;
    } else if (reader.token() == JsonToken::kArrayBegin) {
      if (!step_into_array(reader, step)) return false;
    } else {
      return false;
    }
  }
  return true;
}

bool is_number(JsonToken token) {
  return token == JsonToken::kInteger || token == JsonToken::kFloat;
}

// Calls `matches(reader)` at each element, until it is true. nullopt: no array.
template <typename Matches>
std::optional<bool> any_element(std::string_view json, Matches matches) {
  JsonReader reader{json};
  if (reader.next() != JsonToken::kArrayBegin) return std::nullopt;
  while (true) {
    const JsonToken token = reader.next();
    if (token == JsonToken::kArrayEnd) return false;
    if (token == JsonToken::kFault) return std::nullopt;
    if (matches(reader)) return true;
    if (!reader.skip_value()) return std::nullopt;
  }
}

// The number of the reader's token, if it is one; integers that do not fit are none.
std::optional<double> double_of(const JsonReader& reader) {
  if (!is_number(reader.token())) return std::nullopt;
  return std::strtod(std::string{reader.text()}.c_str(), nullptr);
}

}  // namespace

Answer<JsonSteps> JsonSteps::parse(std::string_view path) {
  JsonSteps parsed;
  if (!StepReader{path}.read(parsed.steps_)) return invalid_argument(fmt::format("Invalid JSON path: '{}'", path));
  return parsed;
}

std::optional<std::string> json_extract(std::string_view json, const JsonSteps& path) {
  JsonReader reader{json};
  std::string value;
  if (!follow(reader, path) || !append_value(reader, value)) return std::nullopt;
  return value;
}

std::optional<std::string> json_extract_scalar(std::string_view json, const JsonSteps& path) {
  JsonReader reader{json};
  if (!follow(reader, path)) return std::nullopt;
  switch (reader.token()) {
    case JsonToken::kString:
    case JsonToken::kInteger:
    case JsonToken::kFloat:
    case JsonToken::kTrue:
    case JsonToken::kFalse: return std::string{reader.text()};
    default: return std::nullopt;
  }
}

std::optional<std::int64_t> json_size(std::string_view json, const JsonSteps& path) {
  JsonReader reader{json};
  if (!follow(reader, path)) return std::nullopt;
  const JsonToken token = reader.token();
  if (token != JsonToken::kObjectBegin && token != JsonToken::kArrayBegin) return 0;
  for (std::int64_t size = 0;; ++size) {
    const JsonToken next = reader.next();
    if (next == JsonToken::kFault) return std::nullopt;
    if (next == JsonToken::kObjectEnd || next == JsonToken::kArrayEnd) return size;
    if (next == JsonToken::kKey) reader.next();
    if (!reader.skip_value()) return std::nullopt;
  }
}

std::optional<std::int64_t> json_array_length(std::string_view json) {
  std::int64_t length = 0;
  const std::optional<bool> array = any_element(json, [&](const JsonReader&) {
    ++length;
    return false;
  });
  return array ? std::optional{length} : std::nullopt;
}

std::optional<std::string> json_array_get(std::string_view json, std::int64_t index) {
  if (index < 0) {
    const std::optional<std::int64_t> length = json_array_length(json);
    if (!length || -*length > index) return std::nullopt;
    index += *length;
  }
  JsonReader reader{json};
  if (reader.next() != JsonToken::kArrayBegin) return std::nullopt;
  while (true) {
    const JsonToken token = reader.next();
    if (token == JsonToken::kArrayEnd || token == JsonToken::kFault) return std::nullopt;
    if (index-- == 0) break;
    if (!reader.skip_value()) return std::nullopt;
  }
  if (reader.token() == JsonToken::kNull) return std::nullopt;
  if (reader.token() == JsonToken::kString) return std::string{reader.text()};
  std::string value;
  if (!append_value(reader, value)) return std::nullopt;
  return value;
}

std::optional<bool> json_array_contains(std::string_view json, bool value) {
  return any_element(
      json, [&](const JsonReader& reader) { return reader.token() == (value ? JsonToken::kTrue : JsonToken::kFalse); });
}

std::optional<bool> json_array_contains(std::string_view json, std::int64_t value) {
  return any_element(json, [&](const JsonReader& reader) {
    return reader.token() == JsonToken::kInteger && reader.text() == std::to_string(value);
  });
}

std::optional<bool> json_array_contains(std::string_view json, double value) {
  return any_element(json, [&](const JsonReader& reader) {
    return reader.token() == JsonToken::kFloat && double_of(reader) == value;
  });
}

std::optional<bool> json_array_contains(std::string_view json, std::string_view value) {
  return any_element(
      json, [&](const JsonReader& reader) { return reader.token() == JsonToken::kString && reader.text() == value; });
}

Answer<bool> is_json_scalar(std::string_view json) {
  JsonReader reader{json};
  const JsonToken first = reader.next();
  const bool scalar = first != JsonToken::kObjectBegin && first != JsonToken::kArrayBegin;
  if (!reader.skip_value() || reader.next() != JsonToken::kEnd) {
    return invalid_argument(fmt::format("Invalid JSON value: {}", json));
  }
  return scalar;
}

}  // namespace flowtrail::scalar
