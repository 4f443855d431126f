#include "base/name_match.h"

#include <gtest/gtest.h>

#include <random>
#include <regex>

namespace flowtrail {
namespace {

TEST(NameMatch, GlobsMatchWholeNames) {
  struct Case {
    std::string pattern, text;
    bool matches;
  };
  const std::vector<Case> cases{
      {"payment", "payment", true},
      {"payment", "payment-1", false},
      {"pay*", "payment", true},
      {"*ment", "payment", true},
      {"p*t", "payment", true},
      {"p?yment", "payment", true},
      {"?", "", false},
      {"*", "", true},
      {"", "", true},
      {"", "x", false},
      {"a*b*c", "a-b-b-c", true},
      {"a*b*c", "a-c-b", false},
      {"**", "x", true},
      {"Pay*", "payment", false},
      {"[a]", "a", false},
  };
  for (const auto& [pattern, text, expected] : cases)
    EXPECT_EQ(matches_glob(pattern, text), expected) << pattern << ' ' << text;
}

TEST(NameMatch, GlobsAgreeWithARegularExpression) {
  std::mt19937 random(11);  // NOLINT: a fixed seed makes the test repeatable
  const std::string letters = "ab*?";
  for (int round = 0; round < 3000; ++round) {
    std::string pattern(random() % 7, ' ');
    for (char& c : pattern) c = letters[random() % 4];
    std::string text(random() % 8, ' ');
    for (char& c : text) c = letters[random() % 2];
    std::string expression;
    for (const char c : pattern) expression += c == '*' ? ".*" : c == '?' ? "." : std::string(1, c);
    EXPECT_EQ(matches_glob(pattern, text), std::regex_match(text, std::regex(expression))) << pattern << ' ' << text;
  }
}

TEST(NameMatch, OtherWildcardsTakeThePlaceOfTheUsualOnes) {
  const Wildcards sql{.many = '%', .one = '_'};
  EXPECT_TRUE(matches_glob("pay%", "payment", sql));
  EXPECT_TRUE(matches_glob("p_y*", "pay*", sql));
  EXPECT_FALSE(matches_glob("pay*", "payment", sql));
  EXPECT_FALSE(matches_glob("p?y", "pay", sql));
}

TEST(NameMatch, ManyStarsStayFast) {
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "a*";
  EXPECT_FALSE(matches_glob(pattern + "b", std::string(5000, 'a')));
}

TEST(NameMatch, NearestNameForgivesATypingErrorOnly) {
  const std::vector<std::string_view> names{"access", "sg-changes", "sg-attachments", "unused-groups", "unused-rules"};
  EXPECT_EQ(nearest_name("acces", names), "access");
  EXPECT_EQ(nearest_name("unused-rule", names), "unused-rules");
  EXPECT_EQ(nearest_name("unusedgroups", names), "unused-groups");
  EXPECT_EQ(nearest_name("sg-att", names), "sg-attachments");
  EXPECT_EQ(nearest_name("frobnicate", names), "");
}

}  // namespace
}  // namespace flowtrail
