// DuckDB's library, opened when the first database is. Most commands need none, and the dynamic linker takes 10 ms and
// 10 MB to put its 60 MB in place.
#pragma once

#include "base/error.h"

namespace flowtrail::engine {

/// Must have succeeded before any function of duckdb.h is called; costs nothing once it has. Thread-safe.
/// Looks for lib/libduckdb.so beside the folder of the program, then where the system keeps libraries.
/// Errors: kNotFound with what the dynamic linker says; kUnsupported for a library that lacks a function.
[[nodiscard]] Status load_duckdb();

}  // namespace flowtrail::engine
