#include "base/in_order.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <vector>

namespace flowtrail {
namespace {

TEST(InOrder, EveryResultComesOnceAndInOrder) {
  for (const unsigned threads : {1U, 2U, 3U, 16U}) {
    for (const std::size_t count : {0U, 1U, 2U, 7U, 1'000U}) {
      std::vector<std::size_t> seen;
      for_each_in_order(
          count, threads, [](unsigned, std::size_t index) { return std::make_unique<std::size_t>(index * index); },
          [&](std::size_t index, std::unique_ptr<std::size_t> result) {
            EXPECT_EQ(index, seen.size());
            seen.push_back(*result);
          });
      ASSERT_EQ(seen.size(), count) << threads;
      for (std::size_t index = 0; index < count; ++index) EXPECT_EQ(seen[index], index * index);
    }
  }
}

TEST(InOrder, NoMoreThanTwoResultsAThreadWait) {
  constexpr std::size_t kThreads = 3;
  std::atomic<std::size_t> begun = 0;
  std::size_t delivered = 0;
  for_each_in_order(
      500, unsigned{kThreads}, [&](unsigned, std::size_t) { return ++begun; },
      [&](std::size_t, std::size_t) {
        ++delivered;
        EXPECT_LE(begun.load(), delivered + 2 * kThreads);
      });
}

TEST(InOrder, EachThreadHasANumberOfItsOwn) {
  constexpr unsigned kThreads = 4;
  std::vector<std::atomic<int>> inside(kThreads);
  for_each_in_order(
      2'000, kThreads,
      [&](unsigned thread, std::size_t) {
        const int others = inside.at(thread)++;
        --inside[thread];
        return others;
      },
      [](std::size_t, int others) { EXPECT_EQ(others, 0); });
}

TEST(InOrder, AnExceptionOfEitherSideReachesTheCaller) {
  for (const unsigned threads : {1U, 4U}) {
    const auto failing_work = [](unsigned, std::size_t index) {
      if (index == 50) throw std::runtime_error("work");
      return index;
    };
    EXPECT_THROW(for_each_in_order(100, threads, failing_work, [](std::size_t, std::size_t) {}), std::runtime_error);
    const auto failing_delivery = [](std::size_t index, std::size_t) {
      if (index == 50) throw std::runtime_error("delivery");
    };
    EXPECT_THROW(for_each_in_order(
                     100, threads, [](unsigned, std::size_t index) { return index; }, failing_delivery),
                 std::runtime_error);
  }
}

}  // namespace
}  // namespace flowtrail
