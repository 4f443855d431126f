// Runs a script of SQL statements and writes their results one after the other, in the chosen format.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/database.h"
#include "output/result_table.h"
#include "tables/result_writer.h"

namespace flowtrail::tables {

/// Runs the statements in order up to the first that fails. CSV, TSV and NDJSON are written while rows come; tables and
/// Markdown when the statement ends, since their columns depend on all rows; JSON likewise, since an error takes the
/// place of the whole answer: `{"columns":[{"name","type"}],"rows":[[...]],"warnings":[...]}`, a line for each
/// statement with rows, and one without columns for a script in which none has any. Errors: of the statements.
[[nodiscard]] engine::SqlResult<void> run_script(engine::Connection& connection, std::string sql,
                                                 const ScriptOutput& output);

/// `{"error":{"name","message","line","column"}}`, on one line; line and column are null where not known.
[[nodiscard]] std::string error_json(const engine::SqlError& error);

}  // namespace flowtrail::tables
