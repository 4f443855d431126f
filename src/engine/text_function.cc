#include "engine/text_function.h"

#include <duckdb.h>

#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "engine/value_reader.h"

namespace flowtrail::engine {
namespace {

void destroy_function(void* function) {
  delete static_cast<TextFunction*>(function);
}

duckdb_logical_type result_type(ColumnType type) {
  switch (type) {
    case ColumnType::kBoolean: return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    case ColumnType::kInteger: return duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
    case ColumnType::kBigint: return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case ColumnType::kDouble: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case ColumnType::kTimestamp: return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP);
    case ColumnType::kVarcharList: {
      duckdb_logical_type item = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
      duckdb_logical_type list = duckdb_create_list_type(item);
      duckdb_destroy_logical_type(&item);
      return list;
    }
    case ColumnType::kVarchar: break;
  }
  return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
}

std::optional<std::string> call_rows(const TextFunction& function, duckdb_data_chunk input, duckdb_vector output) {
  ColumnWriter writer{output};
  std::vector<std::string_view> arguments(function.parameters);
  for (idx_t row = 0; row < duckdb_data_chunk_get_size(input); ++row) {
    bool null = false;
    for (idx_t i = 0; i < function.parameters; ++i) {
      const duckdb_vector column = duckdb_data_chunk_get_vector(input, i);
      null = null || is_null(column, row);
      if (!null) arguments[i] = read_text(column, row);
    }
    if (null) {
      writer.null(row);
    } else if (auto error = function.call(arguments, writer, row)) {
      return error;
    }
  }
  return std::nullopt;
}

/// DuckDB calls this from C: no exception may leave it.
void call(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) noexcept {
  const auto& function = *static_cast<const TextFunction*>(duckdb_scalar_function_get_extra_info(info));
  try {
    if (const auto error = call_rows(function, input, output)) duckdb_scalar_function_set_error(info, error->c_str());
  } catch (const std::exception& exception) {
    duckdb_scalar_function_set_error(info, exception.what());
  }
}

}  // namespace

Status register_text_function(Connection& connection, TextFunction function) {
  duckdb_scalar_function scalar = duckdb_create_scalar_function();
  duckdb_scalar_function_set_name(scalar, function.name.c_str());
  duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
  for (std::size_t i = 0; i < function.parameters; ++i) duckdb_scalar_function_add_parameter(scalar, text);
  duckdb_destroy_logical_type(&text);
  duckdb_logical_type result = result_type(function.result);
  duckdb_scalar_function_set_return_type(scalar, result);
  duckdb_destroy_logical_type(&result);
  const std::string name = function.name;
  auto kept = std::make_unique<TextFunction>(std::move(function));
  duckdb_scalar_function_set_extra_info(scalar, kept.release(), destroy_function);
  duckdb_scalar_function_set_function(scalar, call);
  duckdb_scalar_function_set_special_handling(scalar);
  const duckdb_state state = duckdb_register_scalar_function(connection.native(), scalar);
  duckdb_destroy_scalar_function(&scalar);
  if (state == DuckDBError) return failure(ErrorCode::kUsage, "function cannot be registered: {}", name);
  return {};
}

}  // namespace flowtrail::engine
