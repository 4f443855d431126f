// Trino's functions over values: those that DuckDB has no equal for, written out by what Trino answers. Overloads share
// one function, which looks at the types it is given; which types a function takes is said where statements are
// analyzed (dialect/function_table.cc).
// Source: trino.io, "Functions and operators"; the recorded answers in tests/oracle.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "scalar/scalar_error.h"
#include "trino/type.h"
#include "trino/value.h"

namespace flowtrail::trino {

struct Call {
  std::span<const Value> arguments;
  std::span<const Type> types;  // of the arguments
  const Type& result;

  [[nodiscard]] const Value& operator[](std::size_t index) const { return arguments[index]; }
  [[nodiscard]] const std::string& text(std::size_t index) const { return arguments[index].text(); }
  [[nodiscard]] std::int64_t integer(std::size_t index) const { return arguments[index].integer(); }
  [[nodiscard]] double real(std::size_t index) const { return arguments[index].real(); }
  [[nodiscard]] const Values& parts(std::size_t index) const { return arguments[index].parts(); }
  /// Of an array's elements.
  [[nodiscard]] const Type& element(std::size_t index) const { return types[index].children()[0]; }
};

using Answer = scalar::Answer<Value>;

struct Function {
  std::string_view name;
  Answer (*call)(const Call&);
  /// False: any NULL argument makes the result NULL, and `call` never sees one.
  bool takes_null = false;
};

/// Null: there is none. Aggregates get all of their rows at once: an array of values, or of rows of values.
[[nodiscard]] const Function* find_function(std::string_view name);

// The catalogue, by subject.
[[nodiscard]] std::span<const Function> aggregate_functions();
[[nodiscard]] std::span<const Function> array_functions();
[[nodiscard]] std::span<const Function> binary_functions();
[[nodiscard]] std::span<const Function> format_functions();
[[nodiscard]] std::span<const Function> general_functions();
[[nodiscard]] std::span<const Function> json_functions();
[[nodiscard]] std::span<const Function> number_functions();
[[nodiscard]] std::span<const Function> regexp_functions();
[[nodiscard]] std::span<const Function> text_functions();
[[nodiscard]] std::span<const Function> time_functions();
[[nodiscard]] std::span<const Function> url_functions();

}  // namespace flowtrail::trino
