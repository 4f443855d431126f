// A call of a function in the analyzer's terms, answered by function_table.cc.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/typing.h"

namespace flowtrail::dialect {

struct CallArgument {
  Typed value;                         // unless it is a lambda
  std::optional<std::string> literal;  // the text, if the argument is a string literal
  std::size_t parameter_count = 0;
  /// Gives the body once its parameters are known: their types, and what they are in DuckDB's text.
  std::function<std::optional<Typed>(const std::vector<Typed>&)> lambda;
};

/// What stands beside the arguments, as DuckDB's text.
struct CallShape {
  bool star = false;
  bool distinct = false;
  bool windowed = false;
  bool ignore_nulls = false;
  std::string order_by;  // sort keys
  std::string filter;    // condition
  std::string over;      // (...)
  std::string id;        // a name that no other call has
};

struct CalledFunction {
  Typed value;
  bool is_aggregate = false;
};

struct CallError {
  TypeError error;
  std::string hint{};
  bool placed = true;  // Trino reports it at the call
};

[[nodiscard]] std::expected<CalledFunction, CallError> call_function(std::string_view name,
                                                                     std::vector<CallArgument>& arguments,
                                                                     const CallShape& shape);

/// What JSON_VALUE and its like carry beside their arguments; words as in `JsonCall`.
struct JsonShape {
  std::string path;
  std::vector<std::string> passing_names;
  std::vector<Typed> passing;
  std::optional<trino::Type> returning;
  std::string wrapper;
  bool omit_quotes = false;
  std::string on_empty;
  std::string on_error;
  std::optional<Typed> default_on_empty;
  std::optional<Typed> default_on_error;
  std::vector<bool> value_is_json;
  bool absent_on_null = false;
  bool unique_keys = false;
};

/// json_value, json_query, json_exists, json_object or json_array.
[[nodiscard]] std::expected<CalledFunction, CallError> json_function(std::string_view name,
                                                                     std::vector<CallArgument>& arguments,
                                                                     const JsonShape& shape);

}  // namespace flowtrail::dialect
