#include "history/shared_text.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace flowtrail::history {
namespace {

TEST(SharedText, EqualTextsAreOne) {
  SharedTexts texts;
  const SharedText first = texts.share("arn:aws:iam::111122223333:user/alice");
  const SharedText second = texts.share(std::string("arn:aws:iam::111122223333:user/alice"));
  EXPECT_EQ(first.text().data(), second.text().data());
  EXPECT_NE(first.text().data(), texts.share("another").text().data());
}

TEST(SharedText, OutlivesTheTextsItCameFrom) {
  SharedText kept;
  {
    SharedTexts texts;
    kept = texts.share("a text that is too long to stand in its place");
  }
  EXPECT_EQ(kept, "a text that is too long to stand in its place");
}

TEST(SharedText, CopiesMayBeMadeAndGivenUpByAnyThread) {
  const SharedText text("a text");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([copy = text] {
        std::vector<SharedText> copies;
        for (int n = 0; n < 1'000; ++n) copies.push_back(copy);
      });
    }
  }
  EXPECT_EQ(text, "a text");
}

TEST(SharedText, IsReplacedByAnotherOne) {
  SharedText text("one");
  const SharedText copy = text;
  text = SharedText("two");
  EXPECT_EQ(text, "two");
  EXPECT_EQ(copy, "one");
  text = SharedText{};
  EXPECT_TRUE(text.empty());
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
