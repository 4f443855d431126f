#include "history/number_lists.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace flowtrail::history {
namespace {

TEST(NumberLists, HoldWhatAVectorForEachListHolds) {
  std::mt19937 random(8);
  for (int round = 0; round < 200; ++round) {
    const std::size_t lists = random() % 20;
    const auto numbers = static_cast<std::uint32_t>(random() % 100);
    std::vector<std::size_t> list_of(numbers);
    std::vector<int> rank_of(numbers);
    std::vector<std::vector<std::uint32_t>> expected(lists);
    for (std::uint32_t number = 0; number < numbers; ++number) {
      list_of[number] = random() % (lists + 3);  // some belong to no list
      rank_of[number] = static_cast<int>(random() % 4);
      if (list_of[number] < lists) expected[list_of[number]].push_back(number);
    }
    const auto rank = [&](std::uint32_t number) { return rank_of[number]; };
    for (std::vector<std::uint32_t>& list : expected) std::ranges::stable_sort(list, {}, rank);
    const NumberLists dealt(lists, numbers, [&](std::uint32_t number) { return list_of[number]; }, rank);
    ASSERT_EQ(dealt.size(), lists);
    for (std::size_t list = 0; list < lists; ++list) {
      EXPECT_TRUE(std::ranges::equal(dealt.of(list), expected[list]));
    }
    EXPECT_TRUE(dealt.of(lists).empty());
  }
}

TEST(NumberLists, ThereAreNoneToBeginWith) {
  EXPECT_EQ(NumberLists{}.size(), 0U);
  EXPECT_TRUE(NumberLists{}.of(0).empty());
}

}  // namespace
}  // namespace flowtrail::history
