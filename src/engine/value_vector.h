// Trino's values in and out of DuckDB's vectors. Internal to the engine. Types are kept as trino::Type::duckdb says;
// a TIME WITH TIME ZONE has no value here.
#pragma once

#include <duckdb.h>

#include <cstdint>

#include "trino/type.h"
#include "trino/value.h"

namespace flowtrail::engine {

/// To be destroyed by the caller.
[[nodiscard]] duckdb_logical_type logical_type_of(const trino::Type& type);
[[nodiscard]] trino::Value read_value(const trino::Type& type, duckdb_vector vector, std::uint64_t row);
/// Rows of a vector must be written in order. `value` must be one of `type`, or NULL.
void write_value(const trino::Type& type, const trino::Value& value, duckdb_vector vector, std::uint64_t row);

}  // namespace flowtrail::engine
