#include "base/code_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/short_text.h"

namespace flowtrail {
namespace {

struct Number {
  std::uint32_t value = 0;
  [[nodiscard]] std::size_t hash() const { return value / 4; }  // collides with its neighbours
  friend bool operator==(const Number&, const Number&) = default;
};

TEST(CodeTable, EachKeyHasOneCodeHoweverOftenTheTableGrows) {
  std::mt19937 random(1);
  CodeTable<Number> table(2);
  std::map<std::uint32_t, std::uint32_t> codes;
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<std::uint32_t>(random() % 3'000);
    const std::uint32_t next = static_cast<std::uint32_t>(codes.size()) + 1;
    const auto known = codes.find(value);
    EXPECT_EQ(table.find({value}), known == codes.end() ? 0 : known->second);
    const std::uint32_t code = table.code({value}, [&] { return next; });
    EXPECT_EQ(codes.try_emplace(value, code).first->second, code);
    EXPECT_LE(code, next);
  }
}

TEST(CodeTable, AsASetTellsWhatIsNew) {
  std::mt19937 random(2);
  CodeTable<NumberPair> table(2);
  std::set<std::pair<std::uint32_t, std::uint32_t>> keys;
  for (int i = 0; i < 5'000; ++i) {
    const NumberPair key{static_cast<std::uint32_t>(random() % 50), static_cast<std::uint32_t>(random() % 50)};
    EXPECT_EQ(table.find(key) != 0, keys.contains({key.first, key.second}));
    EXPECT_EQ(table.insert(key), keys.emplace(key.first, key.second).second);
  }
}

TEST(CodeTable, EqualKeysOfDifferentThingsAreToldApartByTheirCodes) {
  CodeTable<Number> table(4);
  std::vector<std::string> things{""};
  const auto code_of = [&](const std::string& thing) {
    return table.code(
        {7}, [&](std::uint32_t code) { return things[code] == thing; },
        [&] {
          things.push_back(thing);
          return static_cast<std::uint32_t>(things.size() - 1);
        });
  };
  EXPECT_EQ(code_of("a"), 1U);
  EXPECT_EQ(code_of("b"), 2U);
  EXPECT_EQ(code_of("a"), 1U);
  EXPECT_EQ(code_of("b"), 2U);
}

TEST(CodeTable, ASlotOfAShortTextIsHalfACacheLine) {
  EXPECT_EQ(CodeTable<TextKey>(1024).bytes(), 1024U * 32U);
}

}  // namespace
}  // namespace flowtrail
