#include "shell/progress_line.h"

#include <gtest/gtest.h>

#include <future>

namespace flowtrail::shell {
namespace {

TEST(ProgressLine, TellsSecondsAndRows) {
  EXPECT_EQ(progress_text(1.25, 1, 0), "⠋ 1.2 s, 1 row");
  EXPECT_EQ(progress_text(60, 1234567, 7), "⠙ 60.0 s, 1,234,567 rows");
  EXPECT_EQ(progress_text(0.5, 123, 1), "⠙ 0.5 s, 123 rows");
}

TEST(ProgressLine, LeavesNothingBehind) {
  std::string printed;
  std::promise<void> first;
  ProgressLine line{[&](std::string_view text) {
    if (printed.empty()) first.set_value();
    printed += text;
  }};
  line.start();
  line.rows_came(2048);
  first.get_future().wait();
  line.stop();
  EXPECT_NE(printed.find("2,048 rows"), std::string::npos);
  EXPECT_TRUE(printed.ends_with("\r\x1b[K"));
}

TEST(ProgressLine, AStatementThatIsQuickShowsNone) {
  std::string printed;
  ProgressLine line{[&](std::string_view text) { printed += text; }};
  line.stop();
  line.start();
  line.stop();
  EXPECT_EQ(printed, "");
}

}  // namespace
}  // namespace flowtrail::shell
