// What functions of ours have in common when they are registered with DuckDB and called by it. Internal to the engine.
#pragma once

#include <duckdb.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/cursor_error.h"
#include "engine/database.h"

namespace flowtrail::engine {

constexpr const char* kFilterParameter = "filter";

template <typename T>
void destroy(void* pointer) noexcept {
  delete static_cast<T*>(pointer);
}

/// Runs `action`, which returns a Status; an error or exception is given to `report`: none may pass into DuckDB.
template <typename Action, typename Report>
void guarded(CursorErrorSlot& errors, Report report, Action action) noexcept {
  try {
    const Status status = action();
    if (status) return;
    errors.put(status.error());
    report(status.error().what.c_str());
  } catch (const std::exception& exception) {
    report(exception.what());
  } catch (...) {
    report("unknown exception");
  }
}

/// Calls `Rows(function, input, output)`, which returns the text of an error, for DuckDB, which calls from C.
template <typename Function, std::optional<std::string> (*Rows)(const Function&, duckdb_data_chunk, duckdb_vector)>
void call_scalar(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) noexcept {
  const auto& function = *static_cast<const Function*>(duckdb_scalar_function_get_extra_info(info));
  try {
    if (const auto error = Rows(function, input, output)) duckdb_scalar_function_set_error(info, error->c_str());
  } catch (const std::exception& exception) {
    duckdb_scalar_function_set_error(info, exception.what());
  }
}

/// Registers a scalar function under `function->name`; it sees NULL arguments. The types are destroyed here.
template <typename Function>
[[nodiscard]] Status register_scalar(Connection& connection, std::unique_ptr<Function> function,
                                     std::vector<duckdb_logical_type> parameters, duckdb_logical_type result,
                                     duckdb_scalar_function_t call) {
  duckdb_scalar_function scalar = duckdb_create_scalar_function();
  duckdb_scalar_function_set_name(scalar, function->name.c_str());
  for (duckdb_logical_type& type : parameters) {
    duckdb_scalar_function_add_parameter(scalar, type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_scalar_function_set_return_type(scalar, result);
  duckdb_destroy_logical_type(&result);
  const std::string name = function->name;
  duckdb_scalar_function_set_extra_info(scalar, function.release(), destroy<Function>);
  duckdb_scalar_function_set_function(scalar, call);
  duckdb_scalar_function_set_special_handling(scalar);
  connection.settle();
  const duckdb_state state = duckdb_register_scalar_function(connection.native(), scalar);
  duckdb_destroy_scalar_function(&scalar);
  if (state == DuckDBError) return failure(ErrorCode::kUsage, "function cannot be registered: {}", name);
  return {};
}

/// What DuckDB calls of a table function, which it knows by `name`.
struct TableCallbacks {
  duckdb_table_function_bind_t bind = nullptr;
  duckdb_table_function_init_t init = nullptr;
  duckdb_table_function_init_t init_thread = nullptr;  // null: none
  duckdb_table_function_t fill = nullptr;
};

/// Registers a table function whose callbacks find `function`; with `takes_filter` it may be called with `filter :=
/// ...`.
template <typename Function>
[[nodiscard]] Status register_table(Connection& connection, const std::string& name, bool takes_filter,
                                    std::unique_ptr<Function> function, const TableCallbacks& callbacks) {
  duckdb_table_function table = duckdb_create_table_function();
  duckdb_table_function_set_name(table, name.c_str());
  if (takes_filter) {
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_table_function_add_named_parameter(table, kFilterParameter, text);
    duckdb_destroy_logical_type(&text);
  }
  duckdb_table_function_set_extra_info(table, function.release(), destroy<Function>);
  duckdb_table_function_set_bind(table, callbacks.bind);
  duckdb_table_function_set_init(table, callbacks.init);
  if (callbacks.init_thread != nullptr) duckdb_table_function_set_local_init(table, callbacks.init_thread);
  duckdb_table_function_set_function(table, callbacks.fill);
  duckdb_table_function_supports_projection_pushdown(table, true);
  connection.settle();
  const duckdb_state state = duckdb_register_table_function(connection.native(), table);
  duckdb_destroy_table_function(&table);
  if (state == DuckDBError) return failure(ErrorCode::kUsage, "there is already a table function {}", name);
  return {};
}

/// The columns of a table that a statement asks for, and where they stand in DuckDB's chunk.
struct AskedColumns {
  std::vector<std::size_t> columns;
  std::vector<idx_t> chunk_columns;
};

[[nodiscard]] inline AskedColumns asked_columns(duckdb_init_info info, std::size_t count) {
  AskedColumns asked;
  for (idx_t i = 0; i < duckdb_init_get_column_count(info); ++i) {
    const idx_t column = duckdb_init_get_column_index(info, i);
    if (column >= count) continue;  // the row id, asked for by count(*)
    asked.columns.push_back(column);
    asked.chunk_columns.push_back(i);
  }
  return asked;
}

/// What DuckDB keeps for one naming of a table function in a statement.
struct BoundFilter {
  std::string text;  // given as `filter := ...`; empty when there is none, or NULL
};

[[nodiscard]] inline BoundFilter bound_filter(duckdb_bind_info info) {
  duckdb_value value = duckdb_bind_get_named_parameter(info, kFilterParameter);
  if (value == nullptr) return {};
  BoundFilter filter;
  if (!duckdb_is_null_value(value)) {
    char* text = duckdb_get_varchar(value);
    if (text != nullptr) filter.text = text;
    duckdb_free(text);
  }
  duckdb_destroy_value(&value);
  return filter;
}

}  // namespace flowtrail::engine
