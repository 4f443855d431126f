// Runs translated statements on a connection and maps what DuckDB reports while running to Trino's errors.
#pragma once

#include <functional>
#include <vector>

#include "dialect/decode.h"
#include "dialect/natives.h"
#include "dialect/translate.h"
#include "engine/database.h"
#include "engine/sql_error.h"
#include "output/result_table.h"

namespace flowtrail::dialect {

/// Receives the rows of a result, some at a time.
using RowSink = std::function<void(std::vector<std::vector<output::Value>> rows)>;

/// Runs the SQL and decodes its rows. Errors: Trino's, without a place if they came up while running, as Trino gives
/// none either.
[[nodiscard]] engine::SqlResult<void> run(engine::Connection& connection, Natives& natives,
                                          const Translation& translation, ValueForm form, const RowSink& sink);

/// Makes the functions known that the statement calls.
[[nodiscard]] engine::SqlResult<void> prepare(engine::Connection& connection, Natives& natives);

/// An error of DuckDB as the error that Trino raises for it. Errors of our natives carry their name: FT!NAME!message.
[[nodiscard]] engine::SqlError as_trino_error(engine::SqlError error);

}  // namespace flowtrail::dialect
