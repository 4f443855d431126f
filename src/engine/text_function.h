// Scalar functions of our own over texts: VARCHAR arguments in, one value of a plain type or a list of texts out.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/table_function.h"

namespace flowtrail::engine {

struct TextFunction {
  std::string name;
  std::size_t parameters = 1;
  ColumnType result = ColumnType::kVarchar;
  /// Writes the value of `row`, or returns the text of an error, which ends the statement (below TRY: makes the row
  /// NULL). Called for rows without NULL only; a NULL argument makes the result NULL. Must be thread-safe.
  std::function<std::optional<std::string>(std::span<const std::string_view> arguments, ColumnWriter& result,
                                           std::size_t row)>
      call;
};

/// Makes the function known to the database of `connection`. Errors: kUsage if DuckDB does not take it.
[[nodiscard]] Status register_text_function(Connection& connection, TextFunction function);

}  // namespace flowtrail::engine
