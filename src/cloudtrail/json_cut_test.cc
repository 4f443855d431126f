#include "cloudtrail/json_cut.h"

#include <gtest/gtest.h>

#include <string>

namespace flowtrail::cloudtrail {
namespace {

struct CutCase {
  std::string text;
  Cut cut;
  std::size_t position;
};

TEST(JsonCut, FindsTheEndOfAnyValue) {
  const CutCase cases[] = {
      {R"({})", Cut::kWhole, 2},
      {R"([1,2] tail)", Cut::kWhole, 5},
      {R"({"a":"}\"]","b":[{},[]]},)", Cut::kWhole, 24},
      {R"("text\\" x)", Cut::kWhole, 8},
      {R"(-1.5e3,)", Cut::kWhole, 6},
      {R"(null})", Cut::kWhole, 4},
      {"{ \"a\" :\n1 ,\t\"b\":2 }", Cut::kWhole, 19},
      {R"({"a":1)", Cut::kEnds, 6},
      {R"({"a)", Cut::kEnds, 3},
      {"\"a\\", Cut::kEnds, 3},
      {R"([)", Cut::kEnds, 1},
      {R"({"a":1])", Cut::kBroken, 6},
      {R"({"a" 1})", Cut::kBroken, 5},
      {R"({"a":1 "b":2})", Cut::kBroken, 7},
      {R"({a:1})", Cut::kBroken, 1},
      {R"([1,])", Cut::kBroken, 3},
      {R"({"a":1,})", Cut::kBroken, 7},
      {R"([1 2])", Cut::kBroken, 3},
      {"\"a\nb\"", Cut::kBroken, 2},
      {"{\"a\":\x01}", Cut::kBroken, 5},
  };
  for (const CutCase& expected : cases) {
    std::size_t position = 0;
    EXPECT_EQ(cut_value(expected.text, position), expected.cut) << expected.text;
    EXPECT_EQ(position, expected.position) << expected.text;
  }
}

TEST(JsonCut, DeepNestingCostsNoStack) {
  std::string deep(200'000, '[');
  std::size_t position = 0;
  EXPECT_EQ(cut_value(deep, position), Cut::kEnds);
  deep += std::string(200'000, ']');
  position = 0;
  EXPECT_EQ(cut_value(deep, position), Cut::kWhole);
  EXPECT_EQ(position, deep.size());
}

TEST(JsonCut, MembersKeepTheirTextAsWritten) {
  const std::string text = R"( {"a" : 1.50, "b":{ "c": [ ] },"d":"x\"y"})";
  const auto members = cut_members(text);
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0].key, "a");
  EXPECT_EQ(members[0].value, "1.50");
  EXPECT_EQ(members[1].value, R"({ "c": [ ] })");
  EXPECT_EQ(members[2].value, R"("x\"y")");
  EXPECT_TRUE(cut_members(R"({"a":)").empty());
  EXPECT_TRUE(cut_members("[1]").empty());
}

}  // namespace
}  // namespace flowtrail::cloudtrail
