#include "engine/text_function.h"

#include <duckdb.h>

#include <memory>
#include <utility>
#include <vector>

#include "engine/callback.h"
#include "engine/value_reader.h"

namespace flowtrail::engine {
namespace {

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

}  // namespace

Status register_text_function(Connection& connection, TextFunction function) {
  std::vector<duckdb_logical_type> parameters(function.parameters);
  for (duckdb_logical_type& type : parameters) type = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
  const duckdb_logical_type result = result_type(function.result);
  return register_scalar(connection, std::make_unique<TextFunction>(std::move(function)), std::move(parameters), result,
                         call_scalar<TextFunction, call_rows>);
}

}  // namespace flowtrail::engine
