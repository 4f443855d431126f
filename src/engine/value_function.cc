#include "engine/value_function.h"

#include <duckdb.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/callback.h"
#include "engine/value_vector.h"

namespace flowtrail::engine {
namespace {

std::optional<std::string> call_rows(const ValueFunction& function, duckdb_data_chunk input, duckdb_vector output) {
  std::vector<trino::Value> arguments(function.parameters.size());
  for (idx_t row = 0; row < duckdb_data_chunk_get_size(input); ++row) {
    for (idx_t i = 0; i < arguments.size(); ++i) {
      arguments[i] = read_value(function.parameters[i], duckdb_data_chunk_get_vector(input, i), row);
    }
    trino::Value result;
    if (function.takes_null || !std::ranges::any_of(arguments, &trino::Value::is_null)) {
      if (auto error = function.call(arguments, result)) return error;
    }
    write_value(function.result, result, output, row);
  }
  return std::nullopt;
}

}  // namespace

Status register_value_function(Connection& connection, ValueFunction function) {
  std::vector<duckdb_logical_type> parameters;
  for (const trino::Type& parameter : function.parameters) parameters.push_back(logical_type_of(parameter));
  const duckdb_logical_type result = logical_type_of(function.result);
  return register_scalar(connection, std::make_unique<ValueFunction>(std::move(function)), std::move(parameters),
                         result, call_scalar<ValueFunction, call_rows>);
}

}  // namespace flowtrail::engine
