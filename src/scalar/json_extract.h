// json_extract and its relatives: functions that follow a path like `$.store.book[0]["title"]`.
// Source: trino.io, "JSON functions and operators"; the recorded answers in tests/oracle.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scalar/scalar_error.h"

namespace flowtrail::scalar {

/// A path of json_extract. A step names a member of an object or, if it is a number, an element of an array (from 0).
class JsonSteps {
 public:
  /// Errors: INVALID_FUNCTION_ARGUMENT, "Invalid JSON path: '...'".
  [[nodiscard]] static Answer<JsonSteps> parse(std::string_view path);
  [[nodiscard]] const std::vector<std::string>& steps() const { return steps_; }

 private:
  std::vector<std::string> steps_;
};

// nullopt: the path leads nowhere, or the text is no JSON up to there.
[[nodiscard]] std::optional<std::string> json_extract(std::string_view json, const JsonSteps& path);
/// Only strings (what they say), numbers and booleans (as written).
[[nodiscard]] std::optional<std::string> json_extract_scalar(std::string_view json, const JsonSteps& path);
/// Members of an object, elements of an array, 0 for a scalar.
[[nodiscard]] std::optional<std::int64_t> json_size(std::string_view json, const JsonSteps& path);

[[nodiscard]] std::optional<std::int64_t> json_array_length(std::string_view json);
/// `index` counts from 0, or from the end when negative. A string comes without its quotes.
[[nodiscard]] std::optional<std::string> json_array_get(std::string_view json, std::int64_t index);
[[nodiscard]] std::optional<bool> json_array_contains(std::string_view json, bool value);
[[nodiscard]] std::optional<bool> json_array_contains(std::string_view json, std::int64_t value);
[[nodiscard]] std::optional<bool> json_array_contains(std::string_view json, double value);
[[nodiscard]] std::optional<bool> json_array_contains(std::string_view json, std::string_view value);
/// Errors: INVALID_FUNCTION_ARGUMENT for text that is no JSON.
[[nodiscard]] Answer<bool> is_json_scalar(std::string_view json);

}  // namespace flowtrail::scalar
