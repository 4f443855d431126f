#include "shell/highlighter.h"

#include <gtest/gtest.h>

namespace flowtrail::shell {
namespace {

/// A letter for each byte.
std::string letters(std::string_view text) {
  std::string result;
  for (const Paint paint : highlight(text)) result += ".ksncq"[static_cast<int>(paint)];
  return result;
}

TEST(Highlighter, TellsTheKindsOfTokensApart) {
  EXPECT_EQ(letters("select a, 'x' from \"T\" where b = 1.5"), "kkkkkk....sss.kkkk.qqq.kkkkk.....nnn");
  EXPECT_EQ(letters("`t` X'0a'"), "qqq.sssss");
}

TEST(Highlighter, PaintsComments) {
  EXPECT_EQ(letters("a -- from 'b"), "..cccccccccc");
  EXPECT_EQ(letters("a /* b */ c"), "..ccccccc..");
  EXPECT_EQ(letters("a--b\nfrom"), ".ccc.kkkk");
}

TEST(Highlighter, WhatIsOpenTakesTheRest) {
  EXPECT_EQ(letters("a 'from b"), "..sssssss");
  EXPECT_EQ(letters("a \"from b"), "..qqqqqqq");
  EXPECT_EQ(letters("a `from"), "..qqqqq");
  EXPECT_EQ(letters("a /* from"), "..ccccccc");
}

TEST(Highlighter, DollarBodiesAreStrings) {
  EXPECT_EQ(letters("$$from 'a$$ from 1"), "sssssssssss.kkkk.n");
  EXPECT_EQ(letters("$x$from"), "sssssss");
  EXPECT_EQ(letters("$1 from"), ".n.kkkk");
}

TEST(Highlighter, HiveStringsKeepTheirBackslashes) {
  EXPECT_EQ(letters("ALTER a 'b\\'c' d"), "kkkkk...ssssss..");
}

TEST(Highlighter, KnowsBytesThatAreNoAscii) {
  EXPECT_EQ(letters("'é' é"), "ssss...");
  EXPECT_EQ(letters(""), "");
}

TEST(Highlighter, PaintedTextIsTheTextBetweenSequences) {
  EXPECT_EQ(painted("from a", highlight("from a")), "\x1b[1mfrom\x1b[0m a");
}

}  // namespace
}  // namespace flowtrail::shell
