// What is said about a statement beside its answer: errors with the place in the text, warnings, what helps. Each is
// whole lines, safe for a terminal, each line begun by `flowtrail: ` except the excerpt.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/translate.h"
#include "engine/sql_error.h"
#include "tables/scan_report.h"

namespace flowtrail::shell {

[[nodiscard]] std::string note_line(std::string_view text);

/// The message, the line of SQL with a caret under the fault, and what to do about it; `cancelled` if the user did.
[[nodiscard]] std::string error_text(const engine::SqlError& error, std::string_view script);
[[nodiscard]] std::string warning_text(const tables::Warning& warning);
[[nodiscard]] std::string warning_text(const dialect::Warning& warning);

/// Puts a hint to an error about a table that is not there: the nearest of `known`, or where tables come from.
/// DuckDB's own guess is among its system tables more often than not.
void explain_missing_table(const std::vector<std::string>& known, bool has_sources, engine::SqlError& error);

/// What a statement fails with when the user stops it, whatever it was doing: a table that could not be looked up any
/// more is no table that is not there.
[[nodiscard]] engine::SqlError cancelled();

/// An error of another kind as one of a statement.
[[nodiscard]] engine::SqlError as_sql_error(Error error);

}  // namespace flowtrail::shell
