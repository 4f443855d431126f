#include "output/display_text.h"

#include <gtest/gtest.h>

#include <random>

namespace flowtrail::output {
namespace {

TEST(DisplayText, NothingThatATerminalObeysStaysRaw) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"plain", "plain"},
      {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
      {"\x1b]0;title\x07", "\\x1b]0;title\\x07"},
      {"\x1b[2J", "\\x1b[2J"},
      {"\x7f", "\\x7f"},
      {"\xc2\x9b"
       "31m",
       "\\x9b31m"},                         // C1 CSI as UTF-8
      {"\xff\xfe", "\\xff\\xfe"},           // no UTF-8 at all
      {"\xc0\xaf", "\\xc0\\xaf"},           // overlong slash
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},  // surrogate
      {"ab\xe2\x80\xae"
       "cd",
       "ab\\u{202e}cd"},  // right-to-left override
      {"zürich 東京", "zürich 東京"},
      {"\xe6\x9d", "\\xe6\\x9d"},  // cut in the middle
  };
  for (const auto& [input, expected] : cases) EXPECT_EQ(visible(input), expected) << testing::PrintToString(input);
}

TEST(DisplayText, WidthCountsColumnsNotBytes) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("zürich"), 6U);
  EXPECT_EQ(display_width("東京"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);  // combining acute
}

TEST(DisplayText, ElisionKeepsBothEndsAndNeverExceedsTheWidth) {
  EXPECT_EQ(elide_middle("0123456789", 10), "0123456789");
  EXPECT_EQ(elide_middle("0123456789", 5), "01…89");
  EXPECT_EQ(elide_middle("0123456789", 1), "…");
  EXPECT_EQ(elide_middle("東京東京東京", 6), "東…京");
}

TEST(DisplayText, RandomBytesAreCutToValidTextOfTheWidth) {
  std::mt19937 random(7);  // NOLINT: a fixed seed makes the test repeatable
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 256);
    const std::string safe = visible(bytes);
    for (std::string_view rest = safe; !rest.empty();) {
      const CodePoint point = first_code_point(rest);
      ASSERT_TRUE(point.valid);
      ASSERT_GE(point.value, 0x20U);
      rest.remove_prefix(point.size);
    }
    const std::size_t width = 1 + random() % 20;
    EXPECT_LE(display_width(elide_middle(safe, width)), width);
  }
}

TEST(DisplayText, WrapBreaksAtBlanks) {
  EXPECT_EQ(wrap("one two three", 8, 2), "one two\n  three");
  EXPECT_EQ(wrap("abcdefghijkl", 8, 0), "abcdefgh\nijkl");
}

}  // namespace
}  // namespace flowtrail::output
