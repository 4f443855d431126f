// What the analyzer asks about types, operators and casts: questions of Trino's rules, answered by the module trino, in
// the analyzer's terms. Answers that are errors carry Trino's error name and its wording; the analyzer adds the place.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/scope.h"
#include "trino/type.h"

namespace flowtrail::dialect {

struct TypeError {
  std::string name;
  std::string message;
};
template <typename T>
using TypeResult = std::expected<T, TypeError>;

// Types.
[[nodiscard]] trino::Type unknown_type();
[[nodiscard]] trino::Type boolean_type();
[[nodiscard]] trino::Type integer_type();
[[nodiscard]] trino::Type bigint_type();
[[nodiscard]] trino::Type double_type();
[[nodiscard]] trino::Type varbinary_type();
[[nodiscard]] trino::Type varchar_type(int length);
[[nodiscard]] std::optional<trino::Type> parse_type(std::string_view text);
[[nodiscard]] bool is_unknown(const trino::Type& type);
[[nodiscard]] bool is_boolean_like(const trino::Type& type);  // boolean or unknown
[[nodiscard]] bool is_row(const trino::Type& type);
[[nodiscard]] bool is_array(const trino::Type& type);
[[nodiscard]] bool is_map(const trino::Type& type);
[[nodiscard]] bool is_varchar(const trino::Type& type);
[[nodiscard]] bool is_text(const trino::Type& type);  // varchar, char or unknown
/// Numbers, booleans and times: what lenient mode compares with text.
[[nodiscard]] bool is_readable_from_text(const trino::Type& type);
[[nodiscard]] bool is_comparable(const trino::Type& type);
[[nodiscard]] bool is_orderable(const trino::Type& type);
/// Equality of the values is equality in DuckDB's representation.
[[nodiscard]] bool compares_as_is(const trino::Type& type);
[[nodiscard]] trino::Type element_type(const trino::Type& array);
[[nodiscard]] trino::Type key_type(const trino::Type& map);
[[nodiscard]] trino::Type value_type(const trino::Type& map);
[[nodiscard]] std::size_t field_count(const trino::Type& row);
/// Empty for an unnamed field.
[[nodiscard]] std::string field_name(const trino::Type& row, std::size_t index);
[[nodiscard]] Typed field_of(const Typed& row, std::size_t index);

// Coercions.
[[nodiscard]] bool coercible(const trino::Type& from, const trino::Type& to);
[[nodiscard]] std::optional<trino::Type> common_type(const trino::Type& a, const trino::Type& b);
/// True if a value of one type is one of the other as it stands in DuckDB.
[[nodiscard]] bool same_representation(const trino::Type& a, const trino::Type& b);
/// `value` as one of `type`, to which it must be coercible.
[[nodiscard]] std::string coerce(const Typed& value, const trino::Type& type);
[[nodiscard]] TypeResult<std::string> cast_to(const Typed& value, const trino::Type& type, bool is_try);

// Operators.
[[nodiscard]] TypeResult<Typed> negate(const Typed& value);
[[nodiscard]] TypeResult<Typed> arithmetic_operator(std::string_view symbol, const Typed& left, const Typed& right);
/// = <> < <= > >=, IS DISTINCT FROM, IS NOT DISTINCT FROM.
[[nodiscard]] TypeResult<Typed> comparison_operator(std::string_view symbol, const Typed& left, const Typed& right);
[[nodiscard]] TypeResult<Typed> like_operator(const Typed& value, const Typed& pattern,
                                              const std::optional<Typed>& escape);
[[nodiscard]] TypeResult<Typed> subscript_operator(const Typed& base, const Typed& index);
[[nodiscard]] TypeResult<Typed> at_zone(const Typed& value, const Typed& zone);
/// JSON 'text': parsed, not cast.
[[nodiscard]] Typed json_literal(const Typed& text);
[[nodiscard]] Typed make_row(const std::vector<Typed>& fields);
[[nodiscard]] Typed make_array(const std::vector<Typed>& elements, const trino::Type& element);

}  // namespace flowtrail::dialect
