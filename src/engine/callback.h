// What all table functions have in common when DuckDB calls them. Internal to the engine.
#pragma once

#include <duckdb.h>

#include <exception>
#include <string>

#include "base/error.h"
#include "engine/cursor_error.h"

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
