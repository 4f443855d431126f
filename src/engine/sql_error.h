// What went wrong in a statement, for people (text, place, hint) and for programs (Trino's error name, line, column).
// DuckDB is asked to report errors as JSON objects, whose `position` is a byte offset into the whole script.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/error.h"

namespace flowtrail::engine {

/// `where` is "line L, column C" when the place is known. Converts to `Error` wherever a `Result` is returned.
struct SqlError : Error {
  std::string name;  // SYNTAX_ERROR, TABLE_NOT_FOUND, COLUMN_NOT_FOUND, ... (Trino's names)
  int line = 0;      // 1-based; 0 = not known
  int column = 0;    // 1-based, in code points
};

template <typename T>
using SqlResult = std::expected<T, SqlError>;

/// Reads DuckDB's error text, JSON or plain, about the script `sql`.
[[nodiscard]] SqlError read_sql_error(std::string_view duckdb_text, std::string_view sql);

/// The line of `sql` that the error points to, and a caret below it, each ended by a line feed; empty when the place is
/// not known. Long lines are cut around the caret to at most `width` code points.
[[nodiscard]] std::string excerpt(const SqlError& error, std::string_view sql, std::size_t width = 100);

}  // namespace flowtrail::engine
