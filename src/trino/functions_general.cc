// Casts, comparisons, JSON and IPADDRESS.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <random>

#include "scalar/json_path.h"
#include "trino/function.h"
#include "trino/value_cast.h"
#include "trino/value_order.h"

namespace flowtrail::trino {
namespace {

using scalar::invalid_argument;

Answer cast(const Call& call) {
  return cast_value(call[0], call.types[0], call.result);
}

Answer optional_boolean(std::optional<bool> value) {
  return value ? Value{*value} : Value{};
}

Answer equals(const Call& call) {
  return optional_boolean(equal(call.types[0], call[0], call[1]));
}
Answer differs(const Call& call) {
  return optional_boolean(equal(call.types[0], call[0], call[1]).transform([](bool same) { return !same; }));
}
Answer is_distinct(const Call& call) {
  return Value{!identical(call.types[0], call[0], call[1])};
}

/// `sign` and `also`: the orders that make it true. NaN is neither below nor above anything.
Answer ordered(const Call& call, int sign, bool also_equal) {
  const TypeKind kind = call.types[0].kind();
  if ((kind == TypeKind::kReal || kind == TypeKind::kDouble) &&
      (std::isnan(call.real(0)) || std::isnan(call.real(1)))) {
    return Value{false};
  }
  const auto order = compare(call.types[0], call[0], call[1]);
  if (!order) {
    return std::unexpected(
        scalar::ScalarError{"NOT_SUPPORTED", call.types[0].kind() == TypeKind::kRow
                                                 ? "ROW comparison not supported for fields with null elements"
                                                 : "Comparison not supported for ARRAY with null elements"});
  }
  return Value{*order * sign > 0 || (also_equal && *order == 0)};
}
Answer less(const Call& call) {
  return ordered(call, -1, false);
}
Answer less_or_equal(const Call& call) {
  return ordered(call, -1, true);
}
Answer greater(const Call& call) {
  return ordered(call, 1, false);
}
Answer greater_or_equal(const Call& call) {
  return ordered(call, 1, true);
}

/// NaN is neither the greatest nor the least, where there is another number.
Answer extreme(const Call& call, int sign) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const auto order = compare(call.types[0], call[i], call[best]);
    if (!order)
      return std::unexpected(scalar::ScalarError{"NOT_SUPPORTED", "values with null elements do not compare"});
    const bool better = is_nan(call[best]) || (*order * sign > 0 && !is_nan(call[i]));
    if (better) best = i;
  }
  return call[best];
}
Answer greatest(const Call& call) {
  return extreme(call, 1);
}
Answer least(const Call& call) {
  return extreme(call, -1);
}

/// The block is one of 16 bytes, as addresses are; ::/0 holds IPv4, too.
Answer contains_address(const Call& call) {
  const std::string& text = call.text(0);
  const std::size_t slash = text.find('/');
  const auto network = slash == std::string::npos ? std::nullopt : ip_bytes(std::string_view{text}.substr(0, slash));
  if (!network) return invalid_argument("Invalid CIDR");
  const std::string_view digits = std::string_view{text}.substr(slash + 1);
  int length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return std::unexpected(
        scalar::ScalarError{"GENERIC_INTERNAL_ERROR", fmt::format("For input string: \"{}\"", digits)});
  }
  const bool v4 = std::string_view{text}.substr(0, slash).find(':') == std::string_view::npos;
  if (length < 0 || length > (v4 ? 32 : 128)) return invalid_argument("Invalid prefix length");
  if (v4) length += 96;
  const std::string& address = call.text(1);
  for (std::size_t i = 0; i < 16; ++i) {
    const int bits = std::clamp(length - static_cast<int>(8 * i), 0, 8);
    const auto mask = static_cast<unsigned char>(0xff00U >> static_cast<unsigned>(bits));
    if (((address[i] ^ (*network)[i]) & mask) != 0) return Value{false};
  }
  return Value{true};
}

// JSON.

Answer is_json_scalar(const Call& call) {
  const auto item = scalar::read_json_item(call.text(0));
  if (!item) return invalid_argument(fmt::format("Invalid JSON value: {}", call.text(0)));
  return Value{item->kind != scalar::JsonItem::Kind::kArray && item->kind != scalar::JsonItem::Kind::kObject};
}

bool is_element(const scalar::JsonItem& item, const Value& wanted, const Type& type) {
  using Kind = scalar::JsonItem::Kind;
  switch (type.kind()) {
    case TypeKind::kBoolean: return item.kind == Kind::kBoolean && item.truth == wanted.boolean();
    case TypeKind::kBigint: return item.kind == Kind::kNumber && item.text == std::to_string(wanted.integer());
    case TypeKind::kDouble:
      return item.kind == Kind::kNumber && item.text.find_first_of(".eE") != std::string::npos &&
             std::strtod(item.text.c_str(), nullptr) == wanted.real();
    default: return item.kind == Kind::kString && item.text == wanted.text();
  }
}

Answer json_array_contains(const Call& call) {
  const auto item = scalar::read_json_item(call.text(0));
  if (!item || item->kind != scalar::JsonItem::Kind::kArray) return Value{};
  return Value{std::ranges::any_of(
      item->elements, [&](const scalar::JsonItem& element) { return is_element(element, call[1], call.types[1]); })};
}

std::mt19937_64& generator() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return engine;
}

Answer shuffle(const Call& call) {
  Values values = call.parts(0);
  std::shuffle(values.begin(), values.end(), generator());
  return Value{std::move(values)};
}

Answer fail(const Call& call) {
  return std::unexpected(scalar::ScalarError{"GENERIC_USER_ERROR", call.text(0)});
}

/// An offset of a window function.
template <int Least>
Answer offset(const Call& call) {
  if (call.integer(0) < Least) return invalid_argument(fmt::format("Offset must be at least {}", Least));
  return call[0];
}

constexpr auto kFunctions = std::to_array<Function>({
    {"cast", cast},
    {"equals", equals, true},
    {"differs", differs, true},
    {"is_distinct", is_distinct, true},
    {"less", less},
    {"less_or_equal", less_or_equal},
    {"greater", greater},
    {"greater_or_equal", greater_or_equal},
    {"greatest", greatest},
    {"least", least},
    {"contains_address", contains_address},
    {"is_json_scalar", is_json_scalar},
    {"json_array_contains", json_array_contains},
    {"shuffle", shuffle},
    {"fail", fail},
    {"offset_from_0", offset<0>},
    {"offset_from_1", offset<1>},
});

}  // namespace

std::span<const Function> general_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
