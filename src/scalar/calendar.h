// Days, times and instants as numbers, their parts, their text, and computing with them: what Trino's date and time
// functions share. Days count from 1970-01-01; times of a timestamp are microseconds since 1970, those of a time of day
// since midnight. The calendar is the Gregorian one, also before 1582.
// Source: trino.io, "Date and time functions and operators".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scalar/scalar_error.h"

namespace flowtrail::scalar {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr int kLastYear = 290'000;  // and as many before the year 0: what microseconds in 64 bits can tell
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

struct CivilTime {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
};

[[nodiscard]] CivilTime civil_of(std::int64_t micros);
/// Parts must be in their ranges.
[[nodiscard]] std::int64_t micros_of(const CivilTime& civil);
[[nodiscard]] std::int32_t days_of(int year, int month, int day);
[[nodiscard]] int days_in_month(int year, int month);
/// 1 (Monday) to 7.
[[nodiscard]] int day_of_week(std::int32_t days);
[[nodiscard]] int day_of_year(const CivilTime& civil);

struct IsoWeek {
  int year = 0;
  int week = 0;  // 1 to 53
};
[[nodiscard]] IsoWeek iso_week_of(std::int32_t days);
/// `weekday`: 1 (Monday) to 7.
[[nodiscard]] std::int32_t days_of_iso_week(int year, int week, int weekday);

[[nodiscard]] std::string date_text(std::int32_t days);
/// `2024-01-02 03:04:05.678`; `precision` 0 to 6 digits of the second.
[[nodiscard]] std::string timestamp_text(std::int64_t micros, int precision);
[[nodiscard]] std::string time_text(std::int64_t micros, int precision);
/// `1 12:00:00.000`.
[[nodiscard]] std::string day_interval_text(std::int64_t millis);
/// `1-2`.
[[nodiscard]] std::string year_interval_text(std::int64_t months);

/// `2024-01-02`, with blanks around it; year of four to six digits.
[[nodiscard]] std::optional<std::int32_t> parse_date(std::string_view text);

/// A timestamp as a literal or a CAST has it: `2024-1-2 3:04:05.678 Europe/Berlin`.
struct ParsedTimestamp {
  std::int64_t micros = 0;  // local
  int precision = 0;        // digits of the fraction, as written
  int beyond_micros = 0;    // the next digit, for rounding
  std::string zone;         // as written; empty: none
};
[[nodiscard]] std::optional<ParsedTimestamp> parse_timestamp(std::string_view text);
/// `3:04:05.678` as microseconds, and as above.
[[nodiscard]] std::optional<ParsedTimestamp> parse_time(std::string_view text);

/// Halves are rounded away from zero.
[[nodiscard]] std::int64_t rounded_to_precision(std::int64_t micros, int precision);

/// Down to the millisecond, which is as far as Trino's functions of patterns see.
[[nodiscard]] std::int64_t whole_millis(std::int64_t micros);

enum class TimeUnit : std::uint8_t { kMillisecond, kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear };

/// `day`, `Hour`, ...; nullopt: none.
[[nodiscard]] std::optional<TimeUnit> find_time_unit(std::string_view name);

// Local times. Dates go through these as midnights.

[[nodiscard]] std::int64_t truncated(TimeUnit unit, std::int64_t micros);
/// Errors: NUMERIC_VALUE_OUT_OF_RANGE. The last day of a month is kept where the day does not exist.
[[nodiscard]] Answer<std::int64_t> added(TimeUnit unit, std::int64_t amount, std::int64_t micros);
/// Whole units from `from` to `to`; negative when `to` is earlier.
[[nodiscard]] std::int64_t difference(TimeUnit unit, std::int64_t from, std::int64_t to);

}  // namespace flowtrail::scalar
