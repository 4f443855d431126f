// The types of a function, as Trino writes them, and what becomes of them in a call: `array(T)`, `map(K, V)`,
// `function(T, boolean)`, `varchar`. A capital letter is a type variable; varchar, char, decimal, time, timestamp and
// timestamptz stand for all of their lengths and precisions, text for varchar without a length; `...` behind the last
// parameter: one or more of it; `!` behind a type: a constant only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/typing.h"

namespace flowtrail::dialect {

using Bindings = std::map<std::string, trino::Type, std::less<>>;

/// `array(T)` as `array` and its parts, `T` as `T`.
struct Pattern {
  std::string_view name;
  std::vector<std::string_view> parts;
};
[[nodiscard]] Pattern split_pattern(std::string_view text);
/// Parts at the top level of a list.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view text, char separator);
[[nodiscard]] bool is_variable(std::string_view pattern);

/// Widens the variables of `pattern` so that `type` can become one of it. False: it cannot; with `exact`, only without
/// a coercion.
[[nodiscard]] bool unify(std::string_view pattern, const trino::Type& type, bool exact, Bindings& bindings);
/// The type that an argument of `given` is coerced to. Variables that nothing bound are unknown.
[[nodiscard]] trino::Type instantiated(std::string_view pattern, const Bindings& bindings, const trino::Type& given);
/// Results: a pattern; `=`, the type of the first argument; `$name`, reckoned from the arguments as Trino does.
[[nodiscard]] trino::Type result_type(std::string_view result, const std::vector<trino::Type>& arguments,
                                      const Bindings& bindings);

}  // namespace flowtrail::dialect
