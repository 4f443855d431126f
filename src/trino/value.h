// One value of any of Trino's types, for code that works on values of types it learns while running: functions over
// nested values, readers of raw files. Not for hot loops.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace flowtrail::trino {

struct Value;
using Values = std::vector<Value>;

/// Two's complement of 128 bits: the unscaled value of a decimal.
__extension__ using Int128 = __int128;

/// What a value holds, by its type:
///   NULL                        monostate
///   boolean                     bool
///   tinyint ... bigint          int64
///   date; time, timestamp       int64: days; microseconds, of the day or since 1970
///   intervals                   int64: milliseconds; months
///   decimal(p, s)               Int128, unscaled
///   real, double                double
///   varchar, char, json         string, UTF-8 (JSON in canonical text)
///   varbinary, ipaddress, uuid  string, bytes (16 of an address, network order; 16 of a uuid)
///   timestamp with time zone    Values{int64 microseconds of UTC, string zone}
///   array, row                  Values
///   map                         Values: key, value, key, value ...
struct Value {
  std::variant<std::monostate, bool, std::int64_t, Int128, double, std::string, Values> content;

  Value() = default;
  explicit Value(bool value) : content(value) {}
  explicit Value(std::int64_t value) : content(value) {}
  explicit Value(Int128 value) : content(value) {}
  explicit Value(double value) : content(value) {}
  explicit Value(std::string value) : content(std::move(value)) {}
  explicit Value(Values value) : content(std::move(value)) {}

  [[nodiscard]] bool is_null() const { return content.index() == 0; }
  [[nodiscard]] bool boolean() const { return std::get<bool>(content); }
  [[nodiscard]] std::int64_t integer() const { return std::get<std::int64_t>(content); }
  [[nodiscard]] Int128 decimal() const { return std::get<Int128>(content); }
  [[nodiscard]] double real() const { return std::get<double>(content); }
  [[nodiscard]] const std::string& text() const { return std::get<std::string>(content); }
  [[nodiscard]] const Values& parts() const { return std::get<Values>(content); }
  [[nodiscard]] Values& parts() { return std::get<Values>(content); }

  /// The same content, not Trino's equality.
  friend bool operator==(const Value&, const Value&) = default;
};

}  // namespace flowtrail::trino
