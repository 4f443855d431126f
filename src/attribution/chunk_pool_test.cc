#include "attribution/chunk_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "attribution/flow_spool.h"
#include "attribution/test_flows.h"
#include "base/threads.h"

namespace flowtrail::attribution {
namespace {

constexpr std::size_t kChunk = std::size_t{16} << 10U;

TEST(ChunkPool, HandsOutEachChunkOnceUntilItComesBack) {
  ChunkPool pool(10 * kChunk, kChunk);
  std::set<std::byte*> seen;
  std::vector<ChunkPool::Chunk> taken;
  for (int i = 0; i < 10; ++i) {
    const ChunkPool::Chunk chunk = taken.emplace_back(pool.take(1));
    ASSERT_EQ(chunk.size(), kChunk);
    EXPECT_TRUE(seen.insert(chunk.data()).second);
    std::ranges::fill(chunk, std::byte{0xff});
  }
  EXPECT_TRUE(pool.take(1).empty());
  pool.give_back(taken.back());
  EXPECT_EQ(pool.take(1).data(), taken.back().data());
  EXPECT_TRUE(pool.take(1).empty());
}

TEST(ChunkPool, GivesNothingThatIsTooSmall) {
  ChunkPool pool(kChunk, 1'000);
  EXPECT_TRUE(pool.take(2'000).empty());
  EXPECT_GE(pool.take(1'000).size(), 1'000U);
  ChunkPool empty(0, kChunk);
  EXPECT_TRUE(empty.take(1).empty());
}

TEST(ChunkPool, ReleasedMemoryCanBeTakenAgain) {
  ChunkPool pool(8 * kChunk, kChunk);
  std::vector<ChunkPool::Chunk> taken;
  for (int i = 0; i < 8; ++i) {
    taken.push_back(pool.take(1));
    std::ranges::fill(taken.back(), std::byte{0xff});
  }
  for (const int i : {5, 1, 2, 7}) pool.give_back(taken[static_cast<std::size_t>(i)]);
  pool.release();
  for (const int kept : {0, 3, 4, 6}) {
    EXPECT_EQ(std::ranges::count(taken[static_cast<std::size_t>(kept)], std::byte{0xff}), kChunk);
  }
  for (int i = 0; i < 4; ++i) {
    const ChunkPool::Chunk again = pool.take(1);
    ASSERT_FALSE(again.empty());
    std::ranges::fill(again, std::byte{0x11});
  }
  EXPECT_TRUE(pool.take(1).empty());
}

TEST(ChunkPool, ServesSeveralThreads) {
  ChunkPool pool(64 * kChunk, kChunk);
  std::vector<std::size_t> clashes(4);
  run_on_threads(4, [&](unsigned thread) {
    for (int round = 0; round < 500; ++round) {
      std::vector<ChunkPool::Chunk> taken;
      for (int i = 0; i < 16; ++i) {
        taken.push_back(pool.take(1));
        taken.back().front() = static_cast<std::byte>(thread);
      }
      for (const ChunkPool::Chunk chunk : taken) {
        clashes[thread] += chunk.front() == static_cast<std::byte>(thread) ? 0 : 1;
        pool.give_back(chunk);
      }
    }
  });
  EXPECT_EQ(clashes, std::vector<std::size_t>(4));
}

TEST(ChunkPool, WhatOneSpoolClearsIsMemoryForAnother) {
  RandomRecords records(5, 1'000, 65'536);
  ChunkPool pool = FlowSpool::make_pool(std::size_t{1} << 20U, 2);
  FlowSpool first(pool, {}), second(pool, {});
  const auto fill = [&](FlowSpool& spool) {
    for (int i = 0; i < 20'000; ++i) {
      const flowlog::FlowRecord record = records.next();
      ASSERT_TRUE(spool.add(record, Side::kSource, spool.contexts().number_of(FlowContext(record))));
    }
  };
  const auto count = [](const FlowSpool& spool, std::size_t& size) {
    for (std::size_t partition = 0; partition < FlowSpool::kPartitions; ++partition) {
      ASSERT_TRUE(spool.for_each(partition, [&size](const StoredFlow&) { ++size; }));
    }
  };
  fill(first);
  EXPECT_TRUE(pool.take(1).empty());
  for (std::size_t partition = 0; partition < FlowSpool::kPartitions; ++partition) first.clear(partition);
  const ChunkPool::Chunk free = pool.take(1);
  EXPECT_FALSE(free.empty());
  pool.give_back(free);
  fill(second);
  std::size_t of_first = 0, of_second = 0;
  count(first, of_first);
  count(second, of_second);
  EXPECT_EQ(of_first, 0U);
  EXPECT_EQ(of_second, 20'000U);
}

}  // namespace
}  // namespace flowtrail::attribution
