// CAST between Trino's types, on values.
// Source: trino.io, "Conversion functions"; the recorded answers in tests/oracle.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scalar/scalar_error.h"
#include "trino/type.h"
#include "trino/value.h"

namespace flowtrail::trino {

/// False: Trino refuses the statement.
[[nodiscard]] bool castable(const Type& from, const Type& to);
/// `from` must be castable to `to`. Errors: INVALID_CAST_ARGUMENT, NUMERIC_VALUE_OUT_OF_RANGE; NOT_SUPPORTED for a time
/// as a timestamp, which would be of today.
[[nodiscard]] scalar::Answer<Value> cast_value(const Value& value, const Type& from, const Type& to);
/// What CAST(value AS varchar) makes of a scalar value that is not NULL, not JSON.
[[nodiscard]] std::string text_of(const Value& value, const Type& type);
/// What CAST(value AS json) makes.
[[nodiscard]] std::string json_of(const Value& value, const Type& type);
/// Microseconds since 1970, or of the day, as the clocks of its zone show them: of a date, time or timestamp.
[[nodiscard]] std::int64_t local_micros(const Value& value, const Type& type);
/// Cut or filled up with blanks to `length` code points.
[[nodiscard]] std::string padded_char(std::string_view text, int length);

// Addresses in 16 bytes, IPv4 behind ::ffff.
[[nodiscard]] std::optional<std::string> ip_bytes(std::string_view text);
[[nodiscard]] std::string ip_text(std::string_view bytes);

}  // namespace flowtrail::trino
