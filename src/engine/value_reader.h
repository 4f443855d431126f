// Reads DuckDB's vectors, nested ones included, into values for output. Internal to the engine.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "output/result_table.h"

namespace flowtrail::engine {

/// One column's type with all that is needed to read it, taken from DuckDB once per result.
struct ValueType {
  duckdb_type id = DUCKDB_TYPE_INVALID;
  duckdb_type storage = DUCKDB_TYPE_INVALID;  // of decimals and enumerations
  std::uint8_t width = 0, scale = 0;          // of decimals
  std::uint64_t array_size = 0;
  bool is_json = false;             // VARCHAR that DuckDB calls JSON
  std::vector<std::string> names;   // of struct members, union members, enumeration values
  std::vector<ValueType> children;  // element; key and value; members
};

[[nodiscard]] ValueType read_type(duckdb_logical_type type);
/// Trino's name of the type; DuckDB's own for types that Trino does not have.
[[nodiscard]] std::string type_name(const ValueType& type);
/// False for types that have no reader here (BIT, BIGNUM, GEOMETRY, VARIANT): their values must be cast in SQL.
[[nodiscard]] bool is_readable(const ValueType& type);

[[nodiscard]] bool is_null(duckdb_vector vector, std::uint64_t row);
[[nodiscard]] std::string_view read_text(duckdb_vector vector, std::uint64_t row);
/// BOOLEAN and integer types of up to 64 bits; 0 for others.
[[nodiscard]] std::int64_t read_integer(const ValueType& type, duckdb_vector vector, std::uint64_t row);
[[nodiscard]] output::Value read_value(const ValueType& type, duckdb_vector vector, std::uint64_t row);

}  // namespace flowtrail::engine
