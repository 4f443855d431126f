#include "history/shared_text.h"

#include <gtest/gtest.h>

namespace flowtrail::history {
namespace {

TEST(SharedText, EqualTextsAreOne) {
  SharedTexts texts;
  const SharedText first = texts.share("arn:aws:iam::111122223333:user/alice");
  const SharedText second = texts.share(std::string("arn:aws:iam::111122223333:user/alice"));
  EXPECT_EQ(&first.text(), &second.text());
  EXPECT_NE(&first.text(), &texts.share("another").text());
}

TEST(SharedText, OutlivesTheTextsItCameFrom) {
  SharedText kept;
  {
    SharedTexts texts;
    kept = texts.share("a text that is too long to stand in its place");
  }
  EXPECT_EQ(kept, "a text that is too long to stand in its place");
}

TEST(SharedText, ComparesAsItsText) {
  EXPECT_EQ(SharedText("a"), SharedText("a"));
  EXPECT_EQ(SharedText(std::string("a")), "a");
  EXPECT_NE(SharedText("a"), SharedText("b"));
  EXPECT_EQ(SharedText{}, "");
  EXPECT_TRUE(SharedText{}.empty());
  EXPECT_TRUE(SharedTexts{}.share("").empty());
}

}  // namespace
}  // namespace flowtrail::history
