// Functions of ours over values of any of Trino's types, for what DuckDB has no function for, or another one. Each
// value is taken apart and put together again: some hundred nanoseconds. Where texts are enough, see text_function.h.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/database.h"
#include "trino/type.h"
#include "trino/value.h"

namespace flowtrail::engine {

struct ValueFunction {
  std::string name;
  std::vector<trino::Type> parameters;
  trino::Type result;
  /// False: a NULL argument makes the result NULL, and `call` never sees one.
  bool takes_null = false;
  /// Fills `result`, or returns the text of an error, which ends the statement (below TRY: makes the row NULL). Must be
  /// thread-safe.
  std::function<std::optional<std::string>(std::span<const trino::Value> arguments, trino::Value& result)> call;
};

/// Makes the function known to the database of `connection`. Errors: kUsage if DuckDB does not take it.
[[nodiscard]] Status register_value_function(Connection& connection, ValueFunction function);

}  // namespace flowtrail::engine
