#include "attribution/flow_spool.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "attribution/test_flows.h"

namespace flowtrail::attribution {
namespace {

using flowlog::FlowRecord;

void expect_all_come_back(std::size_t memory_budget_bytes) {
  RandomRecords records(11, 1'000, 65'536);
  ChunkPool pool = FlowSpool::make_pool(memory_budget_bytes, 1);
  FlowSpool spool(pool, {});
  std::vector<std::pair<FlowRecord, Side>> written;
  for (int i = 0; i < 20'000; ++i) {
    const auto& [record, side] = written.emplace_back(records.next(), records.side());
    ASSERT_TRUE(spool.add(record, side, spool.contexts().number_of(FlowContext(record))));
  }
  std::size_t count = 0;
  for (std::size_t partition = 0; partition < FlowSpool::kPartitions; ++partition) {
    const std::size_t before = count;
    ASSERT_TRUE(spool.for_each(partition, [&](const StoredFlow& stored) {
      Flow flow;
      stored.decode(flow);
      const auto& [record, side] = written.at(flow.record.place.line - 1);
      EXPECT_EQ(flow.record, record);
      EXPECT_EQ(flow.side, side);
      EXPECT_EQ(stored.start(), record.start);
      ++count;
    }));
    EXPECT_EQ(spool.records(partition), count - before);
  }
  EXPECT_EQ(count, written.size());
}

TEST(FlowSpool, RecordsComeBackAsTheyWereFromMemory) {
  expect_all_come_back(std::size_t{64} << 20U);
}

TEST(FlowSpool, RecordsComeBackAsTheyWereFromDisk) {
  expect_all_come_back(0);
}

TEST(FlowSpool, BothDirectionsOfAConversationHaveOnePlaceInOnePartition) {
  RandomRecords records(12, 1'000, 65'536);
  for (int i = 0; i < 200; ++i) {
    ChunkPool pool = FlowSpool::make_pool(0, 1);
    FlowSpool spool(pool, {});
    FlowRecord record = records.next();
    ASSERT_TRUE(spool.add(record, Side::kSource, spool.contexts().number_of(FlowContext(record))));
    std::swap(record.src, record.dst);
    std::swap(record.pkt_src, record.pkt_dst);
    std::swap(record.src_port, record.dst_port);
    ASSERT_TRUE(spool.add(record, Side::kDestination, spool.contexts().number_of(FlowContext(record))));
    for (std::size_t partition = 0; partition < FlowSpool::kPartitions; ++partition) {
      std::vector<std::uint64_t> places;
      ASSERT_TRUE(spool.for_each(partition, [&](const StoredFlow& stored) { places.push_back(stored.place()); }));
      ASSERT_TRUE(places.empty() || (places.size() == 2 && places[0] == places[1]));
    }
  }
}

}  // namespace
}  // namespace flowtrail::attribution
