#include "base/utc_time.h"

#include <gtest/gtest.h>

#include <string>

namespace flowtrail {
namespace {

TEST(UtcTime, ReadsTheFormsThatAwsWrites) {
  EXPECT_EQ(format_utc(*parse_utc("2026-03-01T10:00:05Z")), "2026-03-01T10:00:05Z");
  EXPECT_EQ(format_utc(*parse_utc("2026-03-01T10:00:05.123Z")), "2026-03-01T10:00:05Z");
  EXPECT_EQ(format_utc(*parse_utc("2026-01-01T00:00:00+00:00")), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_utc(*parse_utc("2026-01-01T02:00:00+02:00")), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_utc(*parse_utc("2026-03-01")), "2026-03-01T00:00:00Z");
  EXPECT_EQ(format_utc(*parse_utc("2026-03-01 10:00")), "2026-03-01T10:00:00Z");
}

TEST(UtcTime, RefusesWhatIsNoTime) {
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-02-30", "2026-03-01T", "2026-03-01T25:00",
                           "2026-03-01T10:00:05.Z", "2026-03-01T10:00:05Zulu", "20260301"}) {
    EXPECT_FALSE(parse_utc(text)) << text;
  }
}

TEST(UtcTime, UsualFormIsReadLikeAnyOther) {
  std::size_t times = 0;
  for (const std::string whole :
       {"2026-03-01T10:00:05Z", "1969-12-31T23:59:60Z", "2024-02-29T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    for (std::size_t at = 0; at + 1 < whole.size(); ++at) {
      for (const char letter : {'0', '1', '2', '3', '6', '9', '/', ':', '-', 'T', 't', ' ', 'Z'}) {
        std::string usual = whole;
        usual[at] = letter;
        std::string other = usual;
        other.insert(other.size() - 1, ".5");
        const auto time = parse_utc(usual);
        const auto same = parse_utc(other);
        ASSERT_EQ(time.has_value(), same.has_value()) << usual;
        if (time) {
          EXPECT_EQ(*time, *same) << usual;
        }
        times += time ? 1 : 0;
      }
    }
  }
  EXPECT_GT(times, 100U);
}

TEST(Duration, CountsInTheUnitThatIsNamed) {
  EXPECT_EQ(*parse_duration("24h"), std::chrono::hours{24});
  EXPECT_EQ(*parse_duration("7d"), std::chrono::days{7});
  for (const char* text : {"", "7", "d", "-1d", "7 d", "7y", "99999999999d"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Interval, IsHalfOpenAndUnboundedWhereUnknown) {
  const Interval interval{utc_from_seconds(10), utc_from_seconds(20)};
  EXPECT_TRUE(interval.contains(utc_from_seconds(10)));
  EXPECT_FALSE(interval.contains(utc_from_seconds(20)));
  EXPECT_FALSE(interval.overlaps({utc_from_seconds(20), {}}));
  EXPECT_TRUE(interval.overlaps({{}, utc_from_seconds(11)}));
  EXPECT_TRUE(Interval{}.contains(utc_from_seconds(-5)));
}

}  // namespace
}  // namespace flowtrail
