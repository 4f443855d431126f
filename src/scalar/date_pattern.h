// Dates and times by pattern, both ways: MySQL's (`%Y-%m-%d`, date_format and date_parse) and Joda's (`yyyy-MM-dd`,
// format_datetime and parse_datetime). Names of months and days are English.
// Source: trino.io, "MySQL date functions" and "Java date functions"; joda.org, DateTimeFormat.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scalar/scalar_error.h"
#include "scalar/time_zone.h"

namespace flowtrail::scalar {

class DatePattern {
 public:
  // Errors: INVALID_FUNCTION_ARGUMENT for what the function does not know.
  [[nodiscard]] static Answer<DatePattern> mysql(std::string_view pattern);
  [[nodiscard]] static Answer<DatePattern> joda(std::string_view pattern);

  /// `local_micros`: as the clocks of the zone show. `zone` and `offset_seconds`: what Z and z print.
  [[nodiscard]] std::string format(std::int64_t local_micros, const TimeZone& zone, std::int64_t offset_seconds) const;

  struct Parsed {
    std::int64_t local_micros = 0;
    std::optional<TimeZone> zone;  // when the text tells one
  };
  /// Parts that the pattern lacks are those of 1970-01-01 00:00. Errors: INVALID_FUNCTION_ARGUMENT.
  [[nodiscard]] Answer<Parsed> parse(std::string_view text) const;

 private:
  enum class Field : std::uint8_t {
    kLiteral,
    kEra,
    kCentury,
    kYear,
    kYearOfEra,
    kTwoDigitYear,
    kWeekyear,
    kTwoDigitWeekyear,
    kMonth,
    kMonthName,
    kMonthShortName,
    kWeek,
    kDayOfYear,
    kDay,
    kWeekday,
    kWeekdayName,
    kWeekdayShortName,
    kHalfday,
    kHour,           // 0 to 23
    kClockHour,      // 1 to 24
    kHalfHour,       // 0 to 11
    kClockHalfHour,  // 1 to 12
    kMinute,
    kSecond,
    kFraction,
    kZoneName,
    kOffset,       // -0800
    kColonOffset,  // -08:00
    kZoneId,
  };
  struct Element {
    Field field = Field::kLiteral;
    int least = 1;  // digits when written
    int most = 9;   // digits when read; of a fraction also when written
    std::string text;
  };
  struct Found;

  void add(Field field, int least = 1, int most = 9);
  void add_literal(std::string_view text);
  [[nodiscard]] std::optional<std::string> add_joda(char letter, int count, bool number_follows);
  void write(const Element& element, std::int64_t local_micros, const TimeZone& zone, std::int64_t offset_seconds,
             std::string& to) const;
  [[nodiscard]] static bool read(const Element& element, std::string_view& rest, Found& found);
  [[nodiscard]] static Answer<Parsed> put_together(const Found& found, std::string_view text);

  std::vector<Element> elements_;
  int pivot_ = 2020;  // two digits of a year mean one of the hundred around it
};

/// What from_iso8601_timestamp reads: a date of any ISO form, a time, an offset; each may be cut short. Errors:
/// INVALID_FUNCTION_ARGUMENT.
[[nodiscard]] Answer<DatePattern::Parsed> parse_iso8601_timestamp(std::string_view text);
/// Days since 1970. Errors: as above.
[[nodiscard]] Answer<std::int32_t> parse_iso8601_date(std::string_view text);

/// `2024-01-02T03:04:05.678`; `precision` digits of the second.
[[nodiscard]] std::string iso8601_text(std::int64_t local_micros, int precision);
/// `Z`, `-08:00`.
[[nodiscard]] std::string iso8601_offset(std::int64_t seconds);

}  // namespace flowtrail::scalar
