// Calls of every function with what Trino answers: from its documentation and from the answers recorded in
// tests/oracle.
#pragma once

#include <string_view>
#include <vector>

namespace flowtrail::trino {

/// Arguments are `type: value`, values in the notation of test_values.h; `constant type: value` is one that a statement
/// always gives itself. `expected` is a value of `result`, or `!message` of an INVALID_FUNCTION_ARGUMENT, or `!!NAME
/// message` of another error.
struct FunctionExample {
  std::string_view name;
  std::vector<std::string_view> arguments;
  std::string_view result;
  std::string_view expected;
};

[[nodiscard]] std::vector<FunctionExample> aggregate_examples();
[[nodiscard]] std::vector<FunctionExample> array_examples();
[[nodiscard]] std::vector<FunctionExample> binary_examples();
[[nodiscard]] std::vector<FunctionExample> general_examples();
[[nodiscard]] std::vector<FunctionExample> json_examples();
[[nodiscard]] std::vector<FunctionExample> number_examples();
[[nodiscard]] std::vector<FunctionExample> regexp_examples();
[[nodiscard]] std::vector<FunctionExample> text_examples();
[[nodiscard]] std::vector<FunctionExample> time_examples();
[[nodiscard]] std::vector<FunctionExample> url_examples();

}  // namespace flowtrail::trino
