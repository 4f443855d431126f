// JSON as Trino writes it: no blanks, numbers in Java's spelling, strings with the fewest escapes.
#pragma once

#include <string>
#include <string_view>

#include "scalar/json_reader.h"
#include "scalar/scalar_error.h"

namespace flowtrail::scalar {

/// The shortest digits that give the number back, in the form of Java's Double.toString: `1.0`, `1.0E20`, `NaN`,
/// `Infinity`.
[[nodiscard]] std::string java_text(double number);
[[nodiscard]] std::string java_text(float number);

/// Appends `text` with quotes and escapes.
void append_quoted(std::string_view text, std::string& to);
[[nodiscard]] std::string quoted(std::string_view text);

/// Standing on the first token of a value: appends the value as written, less blanks, numbers in Java's spelling; moves
/// to its last token. False: a fault comes first.
[[nodiscard]] bool append_value(JsonReader& reader, std::string& to);

/// json_parse and the JSON literal: keys in order, of equal keys the last one. Errors: INVALID_FUNCTION_ARGUMENT.
/// Source: trino.io, "JSON functions and operators".
[[nodiscard]] Answer<std::string> json_parse(std::string_view text);

}  // namespace flowtrail::scalar
