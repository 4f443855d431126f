#include "trino/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace flowtrail::trino {
namespace {

__extension__ using Unsigned = unsigned __int128;

Unsigned size_of(Int128 number) {
  return number < 0 ? -static_cast<Unsigned>(number) : static_cast<Unsigned>(number);
}

std::string digits_of(Unsigned number) {
  std::string digits;
  do {
    digits += static_cast<char>('0' + static_cast<int>(number % 10));
    number /= 10;
  } while (number != 0);
  std::ranges::reverse(digits);
  return digits;
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

/// Digits of a number whose point stands behind the first `whole` of them.
std::optional<Int128> from_digits(std::string digits, std::int64_t whole, int scale, bool negative) {
  const std::int64_t kept = whole + scale;
  if (kept < 0) return Int128{0};
  bool up = false;
  if (kept < static_cast<std::int64_t>(digits.size())) {
    up = digits[static_cast<std::size_t>(kept)] >= '5';
    digits.resize(static_cast<std::size_t>(kept));
  } else {
    const std::size_t first = digits.find_first_not_of('0');
    if (first == std::string::npos) return Int128{0};
    if (kept - static_cast<std::int64_t>(first) > kMaximumDigits) return std::nullopt;
    digits.append(static_cast<std::size_t>(kept) - digits.size(), '0');
  }
  Int128 number = 0;
  for (const char digit : digits) {
    if (number >= power_of_ten(kMaximumDigits - 1)) return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  if (up) ++number;
  if (!fits_digits(number, kMaximumDigits)) return std::nullopt;
  return negative ? -number : number;
}

}  // namespace

Int128 power_of_ten(int exponent) {
  static constexpr auto kPowers = [] {
    std::array<Int128, kMaximumDigits + 1> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
  }();
  return kPowers[static_cast<std::size_t>(exponent)];
}

bool fits_digits(Int128 unscaled, int precision) {
  return size_of(unscaled) < size_of(power_of_ten(precision));
}

std::optional<Int128> rescaled(Int128 unscaled, int from_scale, int to_scale) {
  if (to_scale >= from_scale) {
    const int digits = to_scale - from_scale;
    if (unscaled != 0 && (digits > kMaximumDigits || !fits_digits(unscaled, kMaximumDigits - digits))) {
      return std::nullopt;
    }
    return unscaled == 0 ? 0 : unscaled * power_of_ten(digits);
  }
  if (from_scale - to_scale > kMaximumDigits) return Int128{0};
  const Int128 divisor = power_of_ten(from_scale - to_scale);
  const Int128 quotient = unscaled / divisor;
  const Int128 rest = unscaled % divisor;
  if (size_of(rest) >= (size_of(divisor) + 1) / 2) return quotient + (unscaled < 0 ? -1 : 1);
  return quotient;
}

std::string decimal_text(Int128 unscaled, int scale) {
  std::string digits = digits_of(size_of(unscaled));
  if (scale > 0) {
    const auto places = static_cast<std::size_t>(scale);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.end() - scale, '.');
  }
  if (unscaled < 0) digits.insert(digits.begin(), '-');
  return digits;
}

double decimal_to_double(Int128 unscaled, int scale) {
  const std::string text = fmt::format("{}e-{}", decimal_text(unscaled, 0), scale);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<Int128> parse_decimal(std::string_view text, int scale) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::string digits;
  std::int64_t whole = -1;
  std::size_t i = 0;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && whole < 0)); ++i) {
    if (text[i] == '.') {
      whole = static_cast<std::int64_t>(digits.size());
    } else {
      digits += text[i];
    }
  }
  if (digits.empty()) return std::nullopt;
  if (whole < 0) whole = static_cast<std::int64_t>(digits.size());
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
    std::string_view exponent = text.substr(i + 1);
    if (exponent.starts_with('+') && !exponent.starts_with("+-")) exponent.remove_prefix(1);
    int power = 0;
    const auto [end, error] = std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
    if (error != std::errc{} || end != exponent.data() + exponent.size() || power > 10'000 || power < -10'000) {
      return std::nullopt;
    }
    whole += power;
    if (whole < 0) {
      digits.insert(0, static_cast<std::size_t>(-whole), '0');
      whole = 0;
    }
  }
  return from_digits(std::move(digits), whole, scale, negative);
}

std::optional<Int128> multiplied_and_divided(Int128 a, Int128 b, Int128 c) {
  // The product in two halves of 128 bits, by pieces of 64.
  const Unsigned x = size_of(a);
  const Unsigned y = size_of(b);
  const Unsigned mask = (Unsigned{1} << 64U) - 1;
  const Unsigned low = (x & mask) * (y & mask);
  const Unsigned middle1 = (x >> 64U) * (y & mask);
  const Unsigned middle2 = (x & mask) * (y >> 64U);
  Unsigned high = (x >> 64U) * (y >> 64U) + (middle1 >> 64U) + (middle2 >> 64U);
  const Unsigned carry = (low >> 64U) + (middle1 & mask) + (middle2 & mask);
  high += carry >> 64U;
  const Unsigned bottom = (carry << 64U) | (low & mask);
  const Unsigned divisor = size_of(c);
  Unsigned rest = 0;
  Unsigned quotient = 0;
  bool overflow = false;
  for (int bit = 255; bit >= 0; --bit) {
    const Unsigned half = bit >= 128 ? high : bottom;
    rest = rest << 1U | ((half >> static_cast<unsigned>(bit % 128)) & 1U);
    overflow = overflow || (quotient >> 127U) != 0;
    quotient <<= 1U;
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= 1U;
    }
  }
  const bool up = rest >= divisor - rest;
  const bool negative = ((a < 0) != (b < 0)) != (c < 0);
  const Unsigned limit = (Unsigned{1} << 127U) - (negative ? 0 : 1);
  if (overflow || quotient > limit - (up ? 1 : 0)) return std::nullopt;
  if (up) ++quotient;
  return static_cast<Int128>(negative ? -quotient : quotient);
}

}  // namespace flowtrail::trino
