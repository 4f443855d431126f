#include "dialect/function_call.h"

#include <fmt/format.h>

namespace flowtrail::dialect {

std::expected<CalledFunction, CallError> call_function(std::string_view name, std::vector<CallArgument>& arguments,
                                                       const CallShape& shape, Natives& /*natives*/) {
  const std::string suffix = (shape.filter.empty() ? "" : " FILTER (WHERE " + shape.filter + ")") +
                             (shape.over.empty() ? "" : " OVER " + shape.over);
  if (name == "count") {
    const std::string argument = shape.star || arguments.empty() ? "*" : arguments[0].value.sql;
    return CalledFunction{
        {fmt::format("count({}{}){}", shape.distinct ? "DISTINCT " : "", argument, suffix), bigint_type()}, true};
  }
  if (name == "sum" || name == "max" || name == "min") {
    if (arguments.size() == 1) {
      const bool widens = name == "sum" && arguments[0].value.type == integer_type();
      const trino::Type type = widens ? bigint_type() : arguments[0].value.type;
      return CalledFunction{
          {fmt::format("CAST({}({}){} AS {})", name, arguments[0].value.sql, suffix, type.duckdb()), type}, true};
    }
  }
  if ((name == "row_number" || name == "rank" || name == "dense_rank") && shape.windowed) {
    return CalledFunction{{fmt::format("{}(){}", name, suffix), bigint_type()}, false};
  }
  return std::unexpected(CallError{{"FUNCTION_NOT_FOUND", fmt::format("Function '{}' not registered", name)}, true});
}

std::expected<CalledFunction, CallError> json_function(std::string_view name, std::vector<CallArgument>& /*arguments*/,
                                                       const JsonShape& /*shape*/, Natives& /*natives*/) {
  return std::unexpected(CallError{{"FUNCTION_NOT_FOUND", fmt::format("Function '{}' not registered", name)}, true});
}

}  // namespace flowtrail::dialect
