// What a scalar function answers: a value, or why there is none, by Trino's error name.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace flowtrail::scalar {

struct ScalarError {
  std::string_view name;  // Trino's: INVALID_FUNCTION_ARGUMENT, INVALID_CAST_ARGUMENT, ...; a literal
  std::string message;
};

template <typename T>
using Answer = std::expected<T, ScalarError>;
/// NULL is no error: a function that finds nothing answers nullopt.
template <typename T>
using NullableAnswer = std::expected<std::optional<T>, ScalarError>;

[[nodiscard]] inline std::unexpected<ScalarError> invalid_argument(std::string message) {
  return std::unexpected(ScalarError{"INVALID_FUNCTION_ARGUMENT", std::move(message)});
}
[[nodiscard]] inline std::unexpected<ScalarError> invalid_cast(std::string message) {
  return std::unexpected(ScalarError{"INVALID_CAST_ARGUMENT", std::move(message)});
}
[[nodiscard]] inline std::unexpected<ScalarError> out_of_range(std::string message) {
  return std::unexpected(ScalarError{"NUMERIC_VALUE_OUT_OF_RANGE", std::move(message)});
}

}  // namespace flowtrail::scalar
