#include <gtest/gtest.h>

#include <random>
#include <string>

#include "scalar/calendar.h"
#include "scalar/date_pattern.h"
#include "scalar/time_zone.h"

namespace flowtrail::scalar {
namespace {

// Where not computed here, the answers are those of a real Trino (tests/oracle).

std::int64_t micros(std::string_view text) {
  const auto parsed = parse_timestamp(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? parsed->micros : 0;
}

std::string shown(TimeUnit unit, std::string_view text) {
  return timestamp_text(truncated(unit, micros(text)), 0);
}

TEST(Calendar, PartsGoThereAndBackOverTheWholeRange) {
  std::mt19937_64 random{1};
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t time = static_cast<std::int64_t>(random()) / 4;
    EXPECT_EQ(micros_of(civil_of(time)), time);
  }
  for (std::int32_t days = -800'000; days < 800'000; days += 13) {
    EXPECT_EQ(parse_date(date_text(days)), days);
    const IsoWeek week = iso_week_of(days);
    EXPECT_EQ(days_of_iso_week(week.year, week.week, day_of_week(days)), days);
  }
}

TEST(Calendar, ReadsTimestampsAsLiteralsHaveThem) {
  EXPECT_EQ(timestamp_text(micros("2024-1-2 3:04"), 3), "2024-01-02 03:04:00.000");
  EXPECT_EQ(parse_timestamp("2024-01-02 03:04:05.1234567")->precision, 7);
  EXPECT_EQ(parse_timestamp("2024-01-02 03:04:05 Europe/Berlin")->zone, "Europe/Berlin");
  EXPECT_EQ(parse_timestamp("2024-01-02 03:04:05Z")->zone, "Z");
  for (const std::string_view text : {"2024-01-02T03:04:05", "2024-13-02", "2024-02-30", "2024-01-02 25:00:00", "",
                                      "24-01-02", "2024-01-02 03:04:05."}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
  EXPECT_FALSE(parse_date("2024-01-02 00:00"));
}

TEST(Calendar, TruncatesToTheBeginningOfAUnit) {
  EXPECT_EQ(shown(TimeUnit::kWeek, "2024-05-19 13:45:30"), "2024-05-13 00:00:00");
  EXPECT_EQ(shown(TimeUnit::kQuarter, "2024-05-19 13:45:30"), "2024-04-01 00:00:00");
  EXPECT_EQ(shown(TimeUnit::kYear, "1969-05-19 13:45:30"), "1969-01-01 00:00:00");
  EXPECT_EQ(shown(TimeUnit::kHour, "1969-05-19 13:45:30"), "1969-05-19 13:00:00");
}

TEST(Calendar, AddsMonthsOntoTheLastDay) {
  const auto plus = [](TimeUnit unit, std::int64_t amount, std::string_view text) {
    return timestamp_text(*added(unit, amount, micros(text)), 0).substr(0, 10);
  };
  EXPECT_EQ(plus(TimeUnit::kMonth, 1, "2024-01-31"), "2024-02-29");
  EXPECT_EQ(plus(TimeUnit::kYear, -1, "2024-02-29"), "2023-02-28");
  EXPECT_EQ(plus(TimeUnit::kQuarter, 1, "2024-01-31"), "2024-04-30");
  EXPECT_EQ(plus(TimeUnit::kWeek, 2, "2024-01-01"), "2024-01-15");
  EXPECT_FALSE(added(TimeUnit::kYear, INT64_MAX, 0));
  EXPECT_FALSE(added(TimeUnit::kDay, INT64_MAX, 0));
}

TEST(Calendar, CountsWholeUnits) {
  const auto between = [](TimeUnit unit, std::string_view a, std::string_view b) {
    return difference(unit, micros(a), micros(b));
  };
  EXPECT_EQ(between(TimeUnit::kDay, "2024-01-01 23:00", "2024-01-02 01:00"), 0);
  EXPECT_EQ(between(TimeUnit::kQuarter, "2024-01-01", "2024-12-31"), 3);
  EXPECT_EQ(between(TimeUnit::kMonth, "2024-01-31", "2024-02-29"), 1);
  EXPECT_EQ(between(TimeUnit::kMonth, "2024-03-31", "2024-02-29"), -1);
  EXPECT_EQ(between(TimeUnit::kYear, "2023-12-31", "2024-01-01"), 0);
}

TEST(Intervals, HaveTriosText) {
  EXPECT_EQ(day_interval_text(129'600'000), "1 12:00:00.000");
  EXPECT_EQ(day_interval_text(-5'400'001), "-0 01:30:00.001");
  EXPECT_EQ(year_interval_text(14), "1-2");
  EXPECT_EQ(year_interval_text(-14), "-1-2");
}

TEST(TimeZones, AreKnownByRegionOffsetAndSynonym) {
  EXPECT_EQ(TimeZone::find("america/new_york")->name(), "America/New_York");
  EXPECT_EQ(TimeZone::find("+0530")->name(), "+05:30");
  EXPECT_EQ(TimeZone::find("Z")->name(), "UTC");
  EXPECT_EQ(TimeZone::find("+00:00")->name(), "UTC");
  EXPECT_FALSE(TimeZone::find("Nope/Zone"));
  EXPECT_FALSE(TimeZone::find("+99:00"));
  EXPECT_FALSE(TimeZone::find(""));
}

TEST(TimeZones, MoveTimesThatAClockChangeLeftOut) {
  const TimeZone zone = *TimeZone::find("America/New_York");
  const auto there_and_back = [&](std::string_view text) {
    return timestamp_text(zone.to_local(zone.to_utc(micros(text))), 0);
  };
  EXPECT_EQ(timestamp_text(zone.to_utc(micros("2024-03-10 01:30:00")), 0), "2024-03-10 06:30:00");
  EXPECT_EQ(there_and_back("2024-03-10 02:30:00"), "2024-03-10 03:30:00");
  EXPECT_EQ(timestamp_text(zone.to_utc(micros("2024-11-03 01:30:00")), 0), "2024-11-03 05:30:00");
  EXPECT_EQ(there_and_back("2024-07-01 12:00:00"), "2024-07-01 12:00:00");
}

std::string mysql(std::string_view text, std::string_view pattern) {
  const auto made = DatePattern::mysql(pattern);
  return made ? made->format(micros(text), TimeZone::utc(), 0) : "!" + made.error().message;
}

std::string parsed(const Answer<DatePattern>& pattern, std::string_view text) {
  if (!pattern) return "!" + pattern.error().message;
  const auto found = pattern->parse(text);
  if (!found) return "!" + found.error().message;
  return timestamp_text(found->local_micros, 3) + (found->zone ? " " + found->zone->name() : "");
}

TEST(MysqlPattern, WritesEveryField) {
  EXPECT_EQ(mysql("2024-01-02 03:04:05.678", "%a %b %c %d %e"), "Tue Jan 1 02 2");
  EXPECT_EQ(mysql("2024-01-02 15:04:05", "%i %j %M %m %p"), "04 002 January 01 PM");
  EXPECT_EQ(mysql("2024-01-02 15:04:05", "%r|%T|%S %s"), "03:04:05 PM|15:04:05|05 05");
  EXPECT_EQ(mysql("2024-01-02 15:04:05.678", "%f %W %y %% %q"), "678000 Tuesday 24 % q");
  EXPECT_EQ(mysql("2024-12-31 00:00:00", "%x-%v"), "2025-01");
  EXPECT_EQ(mysql("2024-01-02", "%D"), "!%D not supported in date format string");
}

TEST(MysqlPattern, ReadsWhatItWrites) {
  EXPECT_EQ(parsed(DatePattern::mysql("%Y-%m-%dT%H:%i:%sZ"), "2024-01-02T03:04:05Z"), "2024-01-02 03:04:05.000");
  EXPECT_EQ(parsed(DatePattern::mysql("%M %e %Y"), "January 5 2024"), "2024-01-05 00:00:00.000");
  EXPECT_EQ(parsed(DatePattern::mysql("%h:%i %p"), "03:04 PM"), "1970-01-01 15:04:00.000");
  EXPECT_EQ(parsed(DatePattern::mysql("%m/%d/%y"), "01/02/24"), "2024-01-02 00:00:00.000");
  EXPECT_EQ(parsed(DatePattern::mysql("%Y-%m-%d"), "2024-1-2"), "2024-01-02 00:00:00.000");
  EXPECT_EQ(parsed(DatePattern::mysql("%Y/%m/%d"), "2024-01-02"),
            "!Invalid format: \"2024-01-02\" is malformed at \"-01-02\"");
  EXPECT_EQ(parsed(DatePattern::mysql("%Y-%m-%d"), "2024-01"), "!Invalid format: \"2024-01\" is too short");
  EXPECT_TRUE(parsed(DatePattern::mysql("%Y-%m-%d"), "2024-13-02").starts_with("!"));
}

TEST(JodaPattern, WritesEveryField) {
  const auto written = [](std::string_view text, std::string_view pattern, std::string_view zone_name) {
    const auto made = DatePattern::joda(pattern);
    if (!made) return "!" + made.error().message;
    const TimeZone zone = *TimeZone::find(zone_name);
    return made->format(micros(text), zone, zone.offset_seconds(zone.to_utc(micros(text))));
  };
  EXPECT_EQ(written("2024-01-02 15:04:05", "hh:mm a", "UTC"), "03:04 PM");
  EXPECT_EQ(written("2024-01-02 15:04:05", "EEEE MMMM", "UTC"), "Tuesday January");
  EXPECT_EQ(written("2024-01-02 15:04:05", "D k K", "UTC"), "2 15 3");
  EXPECT_EQ(written("2024-01-02 03:04:05", "yyyy-MM-dd'T'HH:mm:ssZZ", "America/New_York"), "2024-01-02T03:04:05-05:00");
  EXPECT_EQ(written("2024-01-02 03:04:05", "yy''MMM ZZZ Z", "UTC"), "24'Jan UTC +0000");
  EXPECT_EQ(written("2024-01-02", "qqq", "UTC"), "!Illegal pattern component: qqq");
}

TEST(JodaPattern, ReadsOffsetsAndPackedNumbers) {
  EXPECT_EQ(parsed(DatePattern::joda("yyyy-MM-dd'T'HH:mm:ssZ"), "2024-01-02T03:04:05+0530"),
            "2024-01-02 03:04:05.000 +05:30");
  EXPECT_EQ(parsed(DatePattern::joda("dd/MM/yyyy:HH:mm:ss Z"), "06/02/2019:00:00:38 +0000"),
            "2019-02-06 00:00:38.000 UTC");
  EXPECT_EQ(parsed(DatePattern::joda("dd/MMM/yyyy:HH:mm:ss Z"), "10/Mar/2024:13:55:36 +0100"),
            "2024-03-10 13:55:36.000 +01:00");
  EXPECT_EQ(parsed(DatePattern::joda("yyyyMMddHHmmss"), "20240102030405"), "2024-01-02 03:04:05.000");
  EXPECT_EQ(parsed(DatePattern::joda("yyyy"), "bad"), "!Invalid format: \"bad\"");
}

std::string iso(std::string_view text) {
  const auto found = parse_iso8601_timestamp(text);
  if (!found) return "!" + found.error().message;
  return timestamp_text(found->local_micros, 3) + " " + (found->zone ? found->zone->name() : "none");
}

TEST(Iso8601, ReadsEveryFormOfADate) {
  EXPECT_EQ(iso("2024-01-02T03:04:05.678Z"), "2024-01-02 03:04:05.678 UTC");
  EXPECT_EQ(iso("2024-01-02T03:04:05-08:00"), "2024-01-02 03:04:05.000 -08:00");
  EXPECT_EQ(iso("2024-W01-2"), "2024-01-02 00:00:00.000 none");
  EXPECT_EQ(iso("2024-001"), "2024-01-01 00:00:00.000 none");
  EXPECT_EQ(iso("2024"), "2024-01-01 00:00:00.000 none");
  EXPECT_EQ(iso("2024-01-02T10"), "2024-01-02 10:00:00.000 none");
  EXPECT_EQ(iso("2024-01-02 03:04:05"), "!Invalid format: \"2024-01-02 03:04:05\" is malformed at \" 03:04:05\"");
  EXPECT_TRUE(iso("2024-13-01T00:00:00Z").starts_with("!Cannot parse"));
  EXPECT_EQ(date_text(*parse_iso8601_date("2024-W10")), "2024-03-04");
  EXPECT_EQ(date_text(*parse_iso8601_date("2024-123")), "2024-05-02");
  EXPECT_FALSE(parse_iso8601_date("2024-02-30"));
  EXPECT_FALSE(parse_iso8601_date("2024-01-02T00:00:00Z"));
}

TEST(Iso8601, ReadsWhateverTextWithoutGoingBeyondIt) {
  std::mt19937 random{3};
  const std::string letters = "0123456789-:TWZ.+ ,";
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t size = random() % 24; size > 0; --size) text += letters[random() % letters.size()];
    read += parse_iso8601_timestamp(text) ? 1 : 0;
    read += parse_timestamp(text) ? 1 : 0;
    read += parse_time(text) ? 1 : 0;
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace flowtrail::scalar
