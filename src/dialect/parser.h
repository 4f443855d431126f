// Trino's grammar (SqlBase.g4), by recursive descent. What Trino refuses is refused at the same place in its words; the
// list behind "Expecting:" is shorter than Trino's.
#pragma once

#include <string_view>

#include "dialect/ast.h"
#include "dialect/token.h"
#include "engine/sql_error.h"

namespace flowtrail::dialect {

/// Nesting beyond it is refused with STACK_OVERFLOW, as Trino does (its own limit depends on its stack).
constexpr int kMaximumDepth = 300;

/// One statement; a `;` behind it is allowed. Positions count from `origin`, the place of its first character in the
/// user's script. Errors: SYNTAX_ERROR with line and column. Cost: linear.
[[nodiscard]] engine::SqlResult<Statement> parse_statement(std::string_view sql, Position origin = {});

/// One query alone, as the text of a view.
[[nodiscard]] engine::SqlResult<QueryPtr> parse_query(std::string_view sql, Position origin = {});

/// True for words that Trino does not take as a name unless they are quoted.
[[nodiscard]] bool is_reserved(std::string_view word);

}  // namespace flowtrail::dialect
