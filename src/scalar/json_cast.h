// CAST from JSON and to JSON, one level at a time: the elements of an array, the members of an object, a scalar. A cast
// to a nested type is made of these.
// Source: trino.io, "JSON functions and operators", "Cast from JSON"; the recorded answers in tests/oracle.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scalar/scalar_error.h"

namespace flowtrail::scalar {

// `json` is a JSON value, as json_parse makes it; JSON null becomes NULL. Errors: INVALID_CAST_ARGUMENT.

[[nodiscard]] NullableAnswer<std::string> json_to_varchar(std::string_view json);
[[nodiscard]] NullableAnswer<bool> json_to_boolean(std::string_view json);
/// `bits`: 8, 16, 32 or 64. Numbers with a fraction are rounded, halves away from zero.
[[nodiscard]] NullableAnswer<std::int64_t> json_to_integer(std::string_view json, int bits);
[[nodiscard]] NullableAnswer<double> json_to_double(std::string_view json);
/// The number as text, to be cast to `type` ("DECIMAL(6,2)") by the caller.
[[nodiscard]] NullableAnswer<std::string> json_to_decimal_text(std::string_view json, std::string_view type);

// `type`: the target, as Trino writes it; for messages. The values are JSON, in order.

[[nodiscard]] NullableAnswer<std::vector<std::string>> json_elements(std::string_view json, std::string_view type);
[[nodiscard]] NullableAnswer<std::vector<std::pair<std::string, std::string>>> json_members(std::string_view json,
                                                                                            std::string_view type);
/// The value of each field (by name without regard to case, or by place in an array); JSON null where there is none.
[[nodiscard]] NullableAnswer<std::vector<std::string>> json_fields(std::string_view json,
                                                                   const std::vector<std::string>& names,
                                                                   std::string_view type);

}  // namespace flowtrail::scalar
