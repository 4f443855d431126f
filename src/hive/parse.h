// Reads the Hive statements that Athena takes.
#pragma once

#include <optional>
#include <string_view>

#include "engine/sql_error.h"
#include "hive/statement.h"

namespace flowtrail::hive {

/// Types nested deeper are refused.
constexpr int kMaximumTypeDepth = 100;

/// One statement, a `;` behind it is allowed. nullopt: it is none of these, let Trino's parser have it. `first` is the
/// place of the text in the user's script. Errors: SYNTAX_ERROR with line and column, in Trino's words:
/// "line 3:5: mismatched input 'X'. Expecting: 'Y'". Cost: linear.
[[nodiscard]] engine::SqlResult<std::optional<Statement>> parse(std::string_view text, Place first = {});

}  // namespace flowtrail::hive
