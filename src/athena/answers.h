// Answers that no engine gives, and errors of the catalog as errors of a statement.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "dialect/ast.h"
#include "engine/sql_error.h"
#include "output/result_table.h"
#include "tables/result_writer.h"

namespace flowtrail::athena {

/// A whole answer, all columns varchar.
void write_answer(const std::vector<std::string>& columns, std::vector<std::vector<output::Value>> rows,
                  const tables::ScriptOutput& output);

/// LIKE of SHOW: % and _ alone.
[[nodiscard]] bool matches_like(std::string_view text, std::string_view pattern);

/// A pattern of Hive's SHOW: `*` is any text, `|` separates alternatives; LIKE's `%` is taken, too.
[[nodiscard]] bool matches_hive(std::string_view text, std::string_view pattern);

[[nodiscard]] engine::SqlError as_statement_error(const Error& error, dialect::Position position,
                                                  std::string_view name);

}  // namespace flowtrail::athena
