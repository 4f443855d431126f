#include "output/color.h"

#include <gtest/gtest.h>

namespace flowtrail::output {
namespace {

TEST(Color, OptionWinsThenNoColorThenForceThenTheTerminal) {
  const ColorEnvironment terminal{true, "", "", "xterm"};
  const ColorEnvironment pipe{false, "", "", "xterm"};
  EXPECT_TRUE(decide_color(ColorMode::kAuto, terminal));
  EXPECT_FALSE(decide_color(ColorMode::kAuto, pipe));
  EXPECT_TRUE(decide_color(ColorMode::kAlways, pipe));
  EXPECT_FALSE(decide_color(ColorMode::kNever, terminal));
  EXPECT_FALSE(decide_color(ColorMode::kAuto, {true, "1", "1", "xterm"}));
  EXPECT_TRUE(decide_color(ColorMode::kAlways, {true, "1", "", "xterm"}));
  EXPECT_TRUE(decide_color(ColorMode::kAuto, {false, "", "1", "xterm"}));
  EXPECT_FALSE(decide_color(ColorMode::kAuto, {false, "", "0", "xterm"}));
  EXPECT_FALSE(decide_color(ColorMode::kAuto, {true, "", "", "dumb"}));
}

TEST(Color, OnlyThreeModesExist) {
  EXPECT_EQ(parse_color_mode("always").value(), ColorMode::kAlways);
  EXPECT_EQ(parse_color_mode("sometimes").error().code, ErrorCode::kUsage);
}

TEST(Color, StyleWithoutColourLeavesTextAlone) {
  EXPECT_EQ(Style(false).bold("x"), "x");
  EXPECT_EQ(Style(true).bold("x"), "\x1b[1mx\x1b[0m");
}

}  // namespace
}  // namespace flowtrail::output
