// Literals whose text has a grammar: decimals, intervals, DATE '...', TIMESTAMP '...' and other typed ones.
#pragma once

#include <optional>
#include <string_view>

#include "dialect/scope.h"
#include "dialect/typing.h"

namespace flowtrail::dialect {

/// 1.50 is a decimal(3,2). Nothing beyond 38 digits.
[[nodiscard]] std::optional<Typed> decimal_literal(std::string_view text);

/// INTERVAL 'text' first TO last; `last` empty if there is none. Milliseconds as BIGINT, or months as INTEGER.
[[nodiscard]] std::optional<Typed> parse_interval(std::string_view text, std::string_view first, std::string_view last,
                                                  bool negative);

/// TYPE 'text'. Errors: INVALID_LITERAL, TYPE_NOT_FOUND.
[[nodiscard]] TypeResult<Typed> typed_literal_value(std::string_view type, std::string_view text);

}  // namespace flowtrail::dialect
