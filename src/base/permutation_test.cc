#include "base/permutation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>

namespace flowtrail {
namespace {

TEST(Permutation, EveryListComesIntoTheOrder) {
  std::mt19937_64 random(3);
  for (std::uint32_t size = 0; size < 40; ++size) {
    std::vector<std::uint32_t> order(size);
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::shuffle(order, random);
    std::vector<std::uint32_t> numbers(size);
    std::iota(numbers.begin(), numbers.end(), 0U);
    std::vector<std::unique_ptr<std::uint32_t>> owned;  // can only be moved
    for (const std::uint32_t number : numbers) owned.push_back(std::make_unique<std::uint32_t>(number));
    put_in_order(order, numbers, owned);
    EXPECT_EQ(numbers, order);
    for (std::uint32_t i = 0; i < size; ++i) EXPECT_EQ(*owned[i], order[i]);
  }
}

}  // namespace
}  // namespace flowtrail
