// Decimals as unscaled integers of 128 bits, 38 digits at most, halves away from zero.
// Source: trino.io, "Decimal functions and operators".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trino/value.h"

namespace flowtrail::trino {

constexpr int kMaximumDigits = 38;

/// 10 to the power of `exponent`, 0 to 38.
[[nodiscard]] Int128 power_of_ten(int exponent);
[[nodiscard]] bool fits_digits(Int128 unscaled, int precision);
/// Nothing if it does not fit 38 digits.
[[nodiscard]] std::optional<Int128> rescaled(Int128 unscaled, int from_scale, int to_scale);
[[nodiscard]] std::string decimal_text(Int128 unscaled, int scale);
[[nodiscard]] double decimal_to_double(Int128 unscaled, int scale);

struct ParsedDecimal {
  Int128 unscaled = 0;
  int scale = 0;
};
/// `-1.50`, `1e3`; digits beyond `scale` are rounded. Nothing if it is no number, or one of more than 38 digits.
[[nodiscard]] std::optional<Int128> parse_decimal(std::string_view text, int scale);
/// a * b / c in 256 bits, halves away from zero; c is not 0. Nothing beyond 128 bits.
[[nodiscard]] std::optional<Int128> multiplied_and_divided(Int128 a, Int128 b, Int128 c);

}  // namespace flowtrail::trino
