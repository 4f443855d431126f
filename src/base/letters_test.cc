#include "base/letters.h"

#include <gtest/gtest.h>

namespace flowtrail {
namespace {

TEST(Letters, OnlyLettersOfAsciiAreLowered) {
  for (int byte = 0; byte < 256; ++byte) {
    const char letter = static_cast<char>(byte);
    const bool is_upper = byte >= 0x41 && byte <= 0x5a;
    EXPECT_EQ(lower_letter(letter), is_upper ? static_cast<char>(byte + 0x20) : letter) << byte;
    EXPECT_EQ(lower(std::string(1, letter)), std::string(1, lower_letter(letter))) << byte;
  }
  EXPECT_EQ(lower("Straße ÄB_1"), "straße Äb_1");
}

TEST(Letters, CodePointsAreCountedNotBytes) {
  EXPECT_EQ(count_code_points(""), 0U);
  EXPECT_EQ(count_code_points("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"), 5U);
}

TEST(Letters, ATextIsCutBetweenCodePoints) {
  const std::string_view text = "a\xc3\xa9\xf0\x9f\x98\x80z";
  EXPECT_EQ(first_code_points(text, 0), "");
  EXPECT_EQ(first_code_points(text, 1), "a");
  EXPECT_EQ(first_code_points(text, 2), "a\xc3\xa9");
  EXPECT_EQ(first_code_points(text, 3), "a\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(first_code_points(text, 4), text);
  EXPECT_EQ(first_code_points(text, 100), text);
}

TEST(Letters, EveryLengthOfUtf8IsWritten) {
  const auto written = [](std::uint32_t code_point) {
    std::string text;
    append_utf8(code_point, text);
    return text;
  };
  EXPECT_EQ(written(0), std::string(1, '\0'));
  EXPECT_EQ(written(0x7f), "\x7f");
  EXPECT_EQ(written(0x80), "\xc2\x80");
  EXPECT_EQ(written(0x7ff), "\xdf\xbf");
  EXPECT_EQ(written(0x800), "\xe0\xa0\x80");
  EXPECT_EQ(written(0xffff), "\xef\xbf\xbf");
  EXPECT_EQ(written(0x10000), "\xf0\x90\x80\x80");
  EXPECT_EQ(written(0x10ffff), "\xf4\x8f\xbf\xbf");
}

}  // namespace
}  // namespace flowtrail
