#include "engine/value_function.h"

#include <duckdb.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include "engine/value_vector.h"

namespace flowtrail::engine {
namespace {

void destroy_function(void* function) {
  delete static_cast<ValueFunction*>(function);
}

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

/// DuckDB calls this from C: no exception may leave it.
void call(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) noexcept {
  const auto& function = *static_cast<const ValueFunction*>(duckdb_scalar_function_get_extra_info(info));
  try {
    if (const auto error = call_rows(function, input, output)) duckdb_scalar_function_set_error(info, error->c_str());
  } catch (const std::exception& exception) {
    duckdb_scalar_function_set_error(info, exception.what());
  }
}

}  // namespace

Status register_value_function(Connection& connection, ValueFunction function) {
  duckdb_scalar_function scalar = duckdb_create_scalar_function();
  duckdb_scalar_function_set_name(scalar, function.name.c_str());
  for (const trino::Type& parameter : function.parameters) {
    duckdb_logical_type type = logical_type_of(parameter);
    duckdb_scalar_function_add_parameter(scalar, type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_logical_type result = logical_type_of(function.result);
  duckdb_scalar_function_set_return_type(scalar, result);
  duckdb_destroy_logical_type(&result);
  const std::string name = function.name;
  auto kept = std::make_unique<ValueFunction>(std::move(function));
  duckdb_scalar_function_set_extra_info(scalar, kept.release(), destroy_function);
  duckdb_scalar_function_set_function(scalar, call);
  duckdb_scalar_function_set_special_handling(scalar);
  const duckdb_state state = duckdb_register_scalar_function(connection.native(), scalar);
  duckdb_destroy_scalar_function(&scalar);
  if (state == DuckDBError) return failure(ErrorCode::kUsage, "function cannot be registered: {}", name);
  return {};
}

}  // namespace flowtrail::engine
