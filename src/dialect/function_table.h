// Which functions there are, for which types, and what each becomes in DuckDB's SQL.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace flowtrail::dialect {

enum class FunctionKind : std::uint8_t { kScalar, kAggregate, kWindow };

/// The emission is a template: {0}, {1} are the arguments (of a lambda: its body), {T} the DuckDB type of a variable,
/// {type} the name of the first argument's type, {+} where FILTER and OVER go, {nulls} where IGNORE NULLS goes,
///   {list} all rows' first arguments as a list, {#} a
/// name for a lambda's parameter.
///   {@name|result|text:type|...}  a call of trino::find_function(name); without texts, of all arguments
///   @name                         the whole emission is such a call
///   @name:word                    the same, with 'word' as the first argument
///   @@name                        the same over a list of all rows: an aggregate
struct Signature {
  std::string_view name;
  std::string_view parameters;  // separated by ;
  std::string_view result;
  std::string_view emission;
  FunctionKind kind = FunctionKind::kScalar;
  /// What a lambda's parameters are in DuckDB: `{#}` without more; for several, separated by |; of several lambdas,
  /// by ;.
  std::string_view lambda = "{#}";
};

[[nodiscard]] std::span<const Signature> signatures();

}  // namespace flowtrail::dialect
