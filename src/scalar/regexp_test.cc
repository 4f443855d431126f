#include "scalar/regexp.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace flowtrail::scalar {
namespace {

// The answers are those of a real Trino (tests/oracle).

bool like(std::string_view text, std::string_view pattern) {
  const auto made = Regexp::compile(pattern);
  EXPECT_TRUE(made) << pattern;
  return made && made->finds_in(text).value_or(false);
}

TEST(Regexp, TakesJavasSyntax) {
  EXPECT_TRUE(like("foobar", "foo(?=bar)"));
  EXPECT_TRUE(like("abc", "(?<=a)b"));
  EXPECT_FALSE(like("abc", "(?<!a)b"));
  EXPECT_TRUE(like("Hello", "(?i)hello"));
  EXPECT_TRUE(like("abab", R"((ab)\1)"));
  EXPECT_TRUE(like("user@example.com", R"(^[\w.]+@[\w.]+\.\w+$)"));
  EXPECT_TRUE(like("", "^$"));
}

TEST(Regexp, KnowsDigitsLettersAndBlanksOfAsciiOnly) {
  EXPECT_FALSE(like("\u0663", R"(\d)"));
  EXPECT_TRUE(like("\u0663", R"(^\D$)"));
  EXPECT_FALSE(like("a\u00a0b", R"(\s)"));
  EXPECT_FALSE(like("\u00e9", R"([\w])"));
  EXPECT_TRUE(like("\u65e5\u672c", R"(\p{Han}+)"));
}

TEST(Regexp, ExtractsGroups) {
  const auto pattern = Regexp::compile(R"((\d+)-(x)?)");
  ASSERT_TRUE(pattern);
  EXPECT_EQ(*pattern->extract("a 12-", 1), "12");
  EXPECT_EQ(*pattern->extract("a 12-", 2), std::nullopt);
  EXPECT_EQ(*pattern->extract("none", 0), std::nullopt);
  EXPECT_EQ(pattern->extract("a", 3).error().message, "Pattern has 2 groups. Cannot access group 3");
  EXPECT_EQ(pattern->extract_all("1- 2-x", 1)->size(), 2U);
}

TEST(Regexp, GivesAllGroupsOfTheWholeTextOrOfTheFirstMatch) {
  const auto pattern = Regexp::compile(R"((\d+)(-)?)");
  ASSERT_TRUE(pattern);
  EXPECT_EQ(pattern->group_count(), 2);
  EXPECT_EQ(**pattern->groups_of("12"), (Regexp::Groups{"12", std::nullopt}));
  EXPECT_EQ(*pattern->groups_of("a 12- 3"), std::nullopt);
  EXPECT_EQ(**pattern->groups_of("a 12- 3", true), (Regexp::Groups{"12", "-"}));
}

TEST(Regexp, ReplacesSplitsAndCounts) {
  EXPECT_EQ(*Regexp::compile(R"((\w)(\w))")->replace("abcd", "$2$1"), "badc");
  EXPECT_EQ(*Regexp::compile("x*")->replace("ab", "-"), "-a-b-");
  EXPECT_FALSE(Regexp::compile("a")->replace("a", "$1"));
  EXPECT_EQ(*Regexp::compile("[,;]")->split("a,b;c"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(*Regexp::compile("[aeiou]")->count("banana"), 3);
  EXPECT_EQ(*Regexp::compile("a")->position("\u00fcbanana", 1, 2), 5);
  EXPECT_EQ(*Regexp::compile("z")->position("banana", 1, 1), -1);
}

TEST(Regexp, GivesUpOnHostilePatternsAndSaysWhatIsNone) {
  EXPECT_FALSE(Regexp::compile("("));
  const auto hostile = Regexp::compile("(a+)+$");
  ASSERT_TRUE(hostile);
  EXPECT_FALSE(hostile->finds_in(std::string(40, 'a') + "b"));
}

}  // namespace
}  // namespace flowtrail::scalar
