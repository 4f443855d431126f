// Numbers: decimals, rounding, bits, distributions.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <string>

#include "trino/decimal.h"
#include "trino/function.h"

namespace flowtrail::trino {
namespace {

using scalar::invalid_argument;
using scalar::ScalarError;

std::unexpected<ScalarError> decimal_overflow() {
  return scalar::out_of_range("Decimal overflow");
}

std::unexpected<ScalarError> division_by_zero() {
  return std::unexpected(ScalarError{"DIVISION_BY_ZERO", "Division by zero"});
}

Answer checked(std::optional<Int128> number, const Type& type) {
  if (!number || !fits_digits(*number, kMaximumDigits)) return decimal_overflow();
  (void)type;
  return Value{*number};
}

/// Both numbers with the larger scale.
std::optional<std::pair<Int128, Int128>> aligned(const Call& call) {
  const int scale = std::max(call.types[0].scale(), call.types[1].scale());
  const auto a = rescaled(call[0].decimal(), call.types[0].scale(), scale);
  const auto b = rescaled(call[1].decimal(), call.types[1].scale(), scale);
  if (!a || !b) return std::nullopt;
  return std::pair{*a, *b};
}

Answer add_decimals(const Call& call) {
  const auto both = aligned(call);
  Int128 sum = 0;
  if (!both || __builtin_add_overflow(both->first, both->second, &sum)) return decimal_overflow();
  return checked(sum, call.result);
}
Answer subtract_decimals(const Call& call) {
  const auto both = aligned(call);
  Int128 difference = 0;
  if (!both || __builtin_sub_overflow(both->first, both->second, &difference)) return decimal_overflow();
  return checked(difference, call.result);
}
Answer multiply_decimals(const Call& call) {
  return checked(multiplied_and_divided(call[0].decimal(), call[1].decimal(), 1), call.result);
}
Answer divide_decimals(const Call& call) {
  if (call[1].decimal() == 0) return division_by_zero();
  const int shift = call.result.scale() - call.types[0].scale() + call.types[1].scale();
  return checked(
      multiplied_and_divided(call[0].decimal(), power_of_ten(std::clamp(shift, 0, kMaximumDigits)), call[1].decimal()),
      call.result);
}
Answer modulus_decimals(const Call& call) {
  if (call[1].decimal() == 0) return division_by_zero();
  const auto both = aligned(call);
  return both ? checked(both->first % both->second, call.result) : decimal_overflow();
}

Answer abs_decimal(const Call& call) {
  return Value{call[0].decimal() < 0 ? -call[0].decimal() : call[0].decimal()};
}

Answer sign_of(const Call& call) {
  switch (call.types[0].kind()) {
    case TypeKind::kDecimal: return Value{Int128{call[0].decimal() > 0 ? 1 : (call[0].decimal() < 0 ? -1 : 0)}};
    case TypeKind::kReal:
    case TypeKind::kDouble: {
      const double number = call.real(0);
      if (std::isnan(number) || number == 0) return Value{number};
      return Value{number > 0 ? 1.0 : -1.0};
    }
    default: return Value{std::int64_t{call.integer(0) > 0 ? 1 : (call.integer(0) < 0 ? -1 : 0)}};
  }
}

Answer floor_decimal(const Call& call) {
  const Int128 unit = power_of_ten(call.types[0].scale());
  const Int128 number = call[0].decimal();
  return Value{number / unit - (number % unit < 0 ? 1 : 0)};
}
Answer ceiling_decimal(const Call& call) {
  const Int128 unit = power_of_ten(call.types[0].scale());
  const Int128 number = call[0].decimal();
  return Value{number / unit + (number % unit > 0 ? 1 : 0)};
}

Answer round_decimal(const Call& call) {
  const int scale = call.types[0].scale();
  if (call.arguments.size() == 1) return checked(rescaled(call[0].decimal(), scale, 0), call.result);
  const std::int64_t digits = call.integer(1);
  if (digits >= scale) return Value{call[0].decimal()};
  if (digits < -kMaximumDigits) return Value{Int128{0}};
  // To the digit, and back to the scale.
  const int drop = scale - static_cast<int>(digits);
  if (drop > kMaximumDigits) return Value{Int128{0}};
  const auto kept = rescaled(call[0].decimal(), drop, 0);
  return checked(kept ? rescaled(*kept, 0, drop) : std::nullopt, call.result);
}

Answer truncate_decimal(const Call& call) {
  const int scale = call.types[0].scale();
  if (call.arguments.size() == 1) return Value{call[0].decimal() / power_of_ten(scale)};
  const std::int64_t digits = call.integer(1);
  if (digits >= scale) return Value{call[0].decimal()};
  const std::int64_t drop = scale - digits;
  if (drop > kMaximumDigits) return Value{Int128{0}};
  const Int128 unit = power_of_ten(static_cast<int>(drop));
  return Value{call[0].decimal() / unit * unit};
}

Answer truncate_real(const Call& call) {
  return Value{std::trunc(call.real(0))};
}

/// Halves away from zero; with digits, as Trino does it: in the decimal text of the number.
Answer round_real(const Call& call) {
  const double number = call.real(0);
  if (!std::isfinite(number)) return Value{number};
  const std::int64_t digits = call.arguments.size() > 1 ? call.integer(1) : 0;
  if (digits == 0) return Value{std::round(number)};
  if (digits > 300 || digits < -300) return Value{digits > 0 ? number : 0.0};
  const double factor = std::pow(10, static_cast<double>(digits));
  const double scaled = number * factor;
  if (!std::isfinite(scaled)) return Value{number};
  const double rounded = std::round(scaled) / factor;
  return Value{std::isfinite(rounded) ? rounded : number};
}

Answer round_integer(const Call& call) {
  const std::int64_t number = call.integer(0);
  if (call.arguments.size() == 1 || call.integer(1) >= 0) return Value{number};
  const std::int64_t digits = -call.integer(1);
  if (digits > 19) return Value{std::int64_t{0}};
  const auto kept = rescaled(number, static_cast<int>(digits), 0);
  const Int128 rounded = *kept * power_of_ten(static_cast<int>(digits));
  Int128 limit = INT64_MAX;
  if (call.types[0].kind() == TypeKind::kInteger) limit = INT32_MAX;
  if (call.types[0].kind() == TypeKind::kSmallint) limit = INT16_MAX;
  if (call.types[0].kind() == TypeKind::kTinyint) limit = INT8_MAX;
  if (rounded > limit || rounded < -limit - 1) {
    return std::unexpected(ScalarError{"GENERIC_INTERNAL_ERROR", "integer overflow"});
  }
  return Value{static_cast<std::int64_t>(rounded)};
}

Answer abs_integer(const Call& call) {
  const std::int64_t number = call.integer(0);
  std::int64_t least = INT64_MIN;
  if (call.types[0].kind() == TypeKind::kInteger) least = INT32_MIN;
  if (call.types[0].kind() == TypeKind::kSmallint) least = INT16_MIN;
  if (call.types[0].kind() == TypeKind::kTinyint) least = INT8_MIN;
  if (number == least) {
    return scalar::out_of_range(fmt::format("Value {} is out of range for abs({})", number, call.types[0].to_string()));
  }
  return Value{number < 0 ? -number : number};
}

Answer mod_integer(const Call& call) {
  if (call.integer(1) == 0) return std::unexpected(ScalarError{"GENERIC_INTERNAL_ERROR", "/ by zero"});
  if (call.integer(1) == -1) return Value{std::int64_t{0}};
  return Value{call.integer(0) % call.integer(1)};
}
Answer mod_real(const Call& call) {
  return Value{std::fmod(call.real(0), call.real(1))};
}

template <double (*Function)(double)>
Answer of_one(const Call& call) {
  return Value{Function(call.real(0))};
}
template <double (*Function)(double, double)>
Answer of_two(const Call& call) {
  return Value{Function(call.real(0), call.real(1))};
}
double log_of(double base, double number) {
  return std::log(number) / std::log(base);
}
double java_power(double base, double exponent) {
  if (std::isnan(exponent)) return exponent;
  if (std::abs(base) == 1 && std::isinf(exponent)) return std::numeric_limits<double>::quiet_NaN();
  return exponent == 0 ? 1 : (std::isnan(base) ? base : std::pow(base, exponent));
}

Answer to_base(const Call& call) {
  const std::int64_t radix = call.integer(1);
  if (radix < 2 || radix > 36) return invalid_argument("Radix must be between 2 and 36");
  std::array<char, 70> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), call.integer(0), static_cast<int>(radix));
  return Value{std::string{buffer.data(), end.ptr}};
}

Answer from_base(const Call& call) {
  const std::int64_t radix = call.integer(1);
  if (radix < 2 || radix > 36) return invalid_argument("Radix must be between 2 and 36");
  std::string_view text = call.text(0);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, static_cast<int>(radix));
  if (error != std::errc{} || end != text.data() + text.size()) {
    return invalid_argument(fmt::format("Not a valid base-{} number: {}", radix, call.text(0)));
  }
  return Value{number};
}

int width_of(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kTinyint: return 8;
    case TypeKind::kSmallint: return 16;
    case TypeKind::kInteger: return 32;
    default: return 64;
  }
}

/// The lowest bits as a number of that width.
std::int64_t narrowed(std::uint64_t bits, int width) {
  if (width == 64) return static_cast<std::int64_t>(bits);
  const auto shift = static_cast<unsigned>(64 - width);
  return static_cast<std::int64_t>(bits << shift) >> shift;
}

Answer shift_left(const Call& call) {
  const int width = width_of(call.types[0]);
  const std::int64_t count = call.integer(1);
  if (count < 0 || count >= width) return Value{std::int64_t{0}};
  return Value{narrowed(static_cast<std::uint64_t>(call.integer(0)) << static_cast<unsigned>(count), width)};
}
Answer shift_right(const Call& call) {
  const int width = width_of(call.types[0]);
  const std::int64_t count = call.integer(1);
  if (count < 0 || count >= width) return Value{std::int64_t{0}};
  const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << static_cast<unsigned>(width)) - 1;
  return Value{narrowed((static_cast<std::uint64_t>(call.integer(0)) & mask) >> static_cast<unsigned>(count), width)};
}
Answer shift_right_arithmetic(const Call& call) {
  const std::int64_t count = call.integer(1);
  if (count < 0 || count >= width_of(call.types[0])) return Value{std::int64_t{call.integer(0) < 0 ? -1 : 0}};
  return Value{call.integer(0) >> static_cast<unsigned>(count)};
}

Answer bit_count(const Call& call) {
  const std::int64_t bits = call.integer(1);
  const std::int64_t number = call.integer(0);
  if (bits < 2 || bits > 64) {
    return invalid_argument(fmt::format("Bits specified in bit_count must be between 2 and 64, got {}", bits));
  }
  if (bits == 64) return Value{std::int64_t{std::popcount(static_cast<std::uint64_t>(number))}};
  const std::int64_t limit = std::int64_t{1} << static_cast<unsigned>(bits - 1);
  if (number < -limit || number >= limit) {
    return invalid_argument(
        fmt::format("Number must be representable with the bits specified. {} cannot be "
                    "represented with {} bits",
                    number, bits));
  }
  const std::uint64_t mask = (std::uint64_t{1} << static_cast<unsigned>(bits)) - 1;
  return Value{std::int64_t{std::popcount(static_cast<std::uint64_t>(number) & mask)}};
}

/// By halving; a NULL is taken for 0, as Trino does.
Answer bucket_of_bins(double number, const Values& bins) {
  if (bins.empty()) return invalid_argument("Bins cannot be an empty array");
  if (std::isnan(number)) return invalid_argument("Operand cannot be NaN");
  const auto bin = [&](std::size_t i) { return bins[i].is_null() ? 0.0 : bins[i].real(); };
  std::size_t low = 0;
  std::size_t high = bins.size();
  while (low < high) {
    if (bin(low) > bin(high - 1)) return invalid_argument("Bin values are not sorted in ascending order");
    const std::size_t middle = (low + high) / 2;
    if (!std::isfinite(bin(middle))) {
      return invalid_argument(fmt::format("Bin value must be finite, got {}", bin(middle)));
    }
    if (number < bin(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return Value{static_cast<std::int64_t>(low)};
}

/// 0 below the bounds, 1 to `count` between them, `count` + 1 above; turned around where the first bound is the higher.
Answer bucket_between(double number, double first, double second, std::int64_t count) {
  if (count <= 0) return invalid_argument("bucketCount must be greater than 0");
  if (std::isnan(number)) return invalid_argument("operand must not be NaN");
  if (!std::isfinite(first)) return invalid_argument("first bound must be finite");
  if (!std::isfinite(second)) return invalid_argument("second bound must be finite");
  if (first == second) return invalid_argument("bounds cannot equal each other");
  const double low = std::min(first, second);
  const double high = std::max(first, second);
  Int128 bucket = 0;
  if (number >= high) {
    bucket = Int128{count} + 1;
  } else if (number >= low) {
    double place = static_cast<double>(count) * (number - low) / (high - low);
    // Halves, where the distance of two numbers is too large for one.
    if (!std::isfinite(place) || !std::isfinite(high - low)) {
      place = static_cast<double>(count) * ((number / 2 - low / 2) / (high / 2 - low / 2));
    }
    bucket = place >= static_cast<double>(count) ? count : static_cast<std::int64_t>(place) + 1;
  }
  if (first > second) bucket = count - bucket + 1;
  if (bucket > INT64_MAX) return scalar::out_of_range(fmt::format("Bucket for value {} is out of range", number));
  return Value{static_cast<std::int64_t>(bucket)};
}

Answer width_bucket(const Call& call) {
  if (call.types[1].kind() == TypeKind::kArray) return bucket_of_bins(call.real(0), call.parts(1));
  return bucket_between(call.real(0), call.real(1), call.real(2), call.integer(3));
}

// Distributions. The incomplete beta function by its continued fraction (Abramowitz and Stegun, 26.5.8).

double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  double c = 1;
  double d = 1 - (a + b) * x / (a + 1);
  d = 1 / (std::abs(d) < kTiny ? kTiny : d);
  double h = d;
  for (int m = 1; m < 1000; ++m) {
    for (const double term : {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                              -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))}) {
      d = 1 + term * d;
      d = 1 / (std::abs(d) < kTiny ? kTiny : d);
      c = 1 + term / c;
      if (std::abs(c) < kTiny) c = kTiny;
      h *= d * c;
    }
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  return h;
}

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

Answer beta_cdf(const Call& call) {
  if (call.real(2) < 0 || call.real(2) > 1)
    return invalid_argument("beta_cdf Function: value must be in the interval [0, 1]");
  if (!(call.real(0) > 0)) return invalid_argument("beta_cdf Function: a must be > 0");
  if (!(call.real(1) > 0)) return invalid_argument("beta_cdf Function: b must be > 0");
  return Value{incomplete_beta(call.real(0), call.real(1), call.real(2))};
}

double normal(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

Answer normal_cdf(const Call& call) {
  if (!(call.real(1) > 0)) return invalid_argument("standardDeviation must be > 0");
  return Value{normal((call.real(2) - call.real(0)) / call.real(1))};
}

/// The place where a rising function reaches `wanted`, by halving.
template <typename Function>
double inverse_of(const Function& function, double wanted, double low, double high) {
  for (int i = 0; i < 200 && low < high; ++i) {
    const double middle = (low + high) / 2;
    if (middle == low || middle == high) break;
    (function(middle) < wanted ? low : high) = middle;
  }
  return (low + high) / 2;
}

Answer inverse_normal_cdf(const Call& call) {
  if (!(call.real(2) > 0 && call.real(2) < 1)) return invalid_argument("p must be 0 > p > 1");
  if (!(call.real(1) > 0)) return invalid_argument("standardDeviation must be > 0");
  return Value{call.real(0) + call.real(1) * inverse_of(normal, call.real(2), -40, 40)};
}

Answer inverse_beta_cdf(const Call& call) {
  if (!(call.real(2) >= 0 && call.real(2) <= 1)) return invalid_argument("p must be in the interval [0, 1]");
  if (!(call.real(0) > 0 && call.real(1) > 0)) return invalid_argument("a, b must be > 0");
  const auto function = [&](double x) { return incomplete_beta(call.real(0), call.real(1), x); };
  return Value{inverse_of(function, call.real(2), 0, 1)};
}

Answer t_pdf(const Call& call) {
  const double x = call.real(0);
  const double df = call.real(1);
  if (!(df > 0)) return invalid_argument("df must be greater than 0");
  return Value{std::exp(std::lgamma((df + 1) / 2) - std::lgamma(df / 2)) / std::sqrt(df * std::numbers::pi) *
               std::pow(1 + x * x / df, -(df + 1) / 2)};
}

Answer t_cdf(const Call& call) {
  const double x = call.real(0);
  const double df = call.real(1);
  if (!(df > 0)) return invalid_argument("df must be greater than 0");
  const double tail = 0.5 * incomplete_beta(df / 2, 0.5, df / (df + x * x));
  return Value{x > 0 ? 1 - tail : tail};
}

Answer wilson(const Call& call, double side) {
  const auto successes = static_cast<double>(call.integer(0));
  const auto trials = static_cast<double>(call.integer(1));
  const double z = call.real(2);
  if (successes < 0) return invalid_argument("number of successes must not be negative");
  if (trials <= 0) return invalid_argument("number of trials must be positive");
  if (successes > trials) return invalid_argument("number of successes must not be larger than number of trials");
  if (z < 0) return invalid_argument("z-score must not be negative");
  const double p = successes / trials;
  const double half = z * std::sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials));
  return Value{(p + z * z / (2 * trials) + side * half) / (1 + z * z / trials)};
}
Answer wilson_lower(const Call& call) {
  return wilson(call, -1);
}
Answer wilson_upper(const Call& call) {
  return wilson(call, 1);
}

Answer parse_data_size(const Call& call) {
  const std::string& text = call.text(0);
  static constexpr std::string_view kUnits = "BkMGTPEZY";
  std::size_t at = 0;
  while (at < text.size() && ((text[at] >= '0' && text[at] <= '9') || text[at] == '.')) ++at;
  const std::string unit = text.substr(at);
  const std::size_t power = unit.empty() ? std::string_view::npos : kUnits.find(unit[0]);
  const bool known = power != std::string_view::npos && (power == 0 ? unit == "B" : unit.size() == 2 && unit[1] == 'B');
  const auto number = parse_decimal(std::string_view{text}.substr(0, at), 9);
  if (!known || !number) return invalid_argument(fmt::format("Invalid data size: '{}'", text));
  Int128 size = 1;
  for (std::size_t i = 0; i < power; ++i) size *= 1024;
  const auto scaled = multiplied_and_divided(*number, size, 1);
  if (!scaled) return scalar::out_of_range(fmt::format("Value out of range: '{}' ('{}')", text, unit));
  return Value{*scaled / power_of_ten(9)};
}

constexpr auto kFunctions = std::to_array<Function>({
    {"add_decimals", add_decimals},
    {"subtract_decimals", subtract_decimals},
    {"multiply_decimals", multiply_decimals},
    {"divide_decimals", divide_decimals},
    {"modulus_decimals", modulus_decimals},
    {"abs_decimal", abs_decimal},
    {"sign", sign_of},
    {"floor_decimal", floor_decimal},
    {"ceiling_decimal", ceiling_decimal},
    {"round_decimal", round_decimal},
    {"round_real", round_real},
    {"round_integer", round_integer},
    {"truncate_decimal", truncate_decimal},
    {"truncate_real", truncate_real},
    {"abs_integer", abs_integer},
    {"mod_integer", mod_integer},
    {"mod_real", mod_real},
    {"sin", of_one<std::sin>},
    {"cos", of_one<std::cos>},
    {"tan", of_one<std::tan>},
    {"asin", of_one<std::asin>},
    {"acos", of_one<std::acos>},
    {"atan", of_one<std::atan>},
    {"sinh", of_one<std::sinh>},
    {"cosh", of_one<std::cosh>},
    {"tanh", of_one<std::tanh>},
    {"ln", of_one<std::log>},
    {"log2", of_one<std::log2>},
    {"log10", of_one<std::log10>},
    {"sqrt", of_one<std::sqrt>},
    {"log", of_two<log_of>},
    {"atan2", of_two<std::atan2>},
    {"power", of_two<java_power>},
    {"to_base", to_base},
    {"from_base", from_base},
    {"shift_left", shift_left},
    {"shift_right", shift_right},
    {"shift_right_arithmetic", shift_right_arithmetic},
    {"bit_count", bit_count},
    {"width_bucket", width_bucket},
    {"beta_cdf", beta_cdf},
    {"inverse_beta_cdf", inverse_beta_cdf},
    {"normal_cdf", normal_cdf},
    {"inverse_normal_cdf", inverse_normal_cdf},
    {"t_pdf", t_pdf},
    {"t_cdf", t_cdf},
    {"wilson_lower", wilson_lower},
    {"wilson_upper", wilson_upper},
    {"parse_data_size", parse_data_size},
});

}  // namespace

std::span<const Function> number_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
