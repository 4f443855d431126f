#include "attribution/portion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "attribution/test_flows.h"

namespace flowtrail::attribution {
namespace {

using flowlog::FlowRecord;
using End = std::pair<IpAddress, std::int32_t>;

/// What records of one conversation have in common.
auto conversation_of(const FlowRecord& record) {
  End one{record.pkt_src, record.src_port}, other{record.pkt_dst, record.dst_port};
  if (other < one) std::swap(one, other);
  return std::tuple{record.interface, record.protocol, one, other};
}

auto identity_of(const FlowRecord& record) {
  return std::tuple{record.start,   record.end,     record.packets,  record.bytes,    record.src,    record.dst,
                    record.pkt_src, record.pkt_dst, record.src_port, record.dst_port, record.action, record.status};
}

TEST(Portion, ConversationsAreWholeAndOrderedAndWithoutCopies) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    RandomRecords records(seed, 2 + seed % 5, 1 + seed % 7);
    ChunkPool pool = FlowSpool::make_pool(std::size_t{64} << 20U, 1);
    FlowSpool spool(pool, {});
    using Distinct = std::map<decltype(identity_of(FlowRecord{})), std::vector<FlowRecord>>;
    std::map<decltype(conversation_of(FlowRecord{})), Distinct> expected;
    std::int64_t copies = 0;
    for (int i = 0; i < 3'000; ++i) {
      FlowRecord record = records.next();
      ASSERT_TRUE(spool.add(record, Side::kSource, spool.contexts().number_of(FlowContext(record))));
      std::vector<FlowRecord>& same = expected[conversation_of(record)][identity_of(record)];
      copies += same.empty() ? 0 : 1;
      same.push_back(record);
    }
    Portion portion;
    for (std::size_t partition = 0; partition < FlowSpool::kPartitions; ++partition) {
      portion.clear();
      ASSERT_TRUE(spool.for_each(partition, [&](const StoredFlow& stored) { portion.add(stored, spool.contexts()); }));
      ASSERT_TRUE(portion.for_each_conversation([&](Conversation conversation) -> Status {
        const auto found = expected.find(conversation_of(conversation.front()->record));
        EXPECT_NE(found, expected.end()) << "a conversation came twice";
        if (found == expected.end()) return {};
        EXPECT_EQ(conversation.size(), found->second.size());
        auto each = found->second.begin();  // in the order of identities, which begin with the start
        for (const Flow* flow : conversation) {
          EXPECT_EQ(identity_of(flow->record), each->first);
          EXPECT_EQ(flow->record.place, each->second.front().place) << "not the first copy stayed";
          const auto has_flags = [](const FlowRecord& record) { return record.tcp_flags >= 0; };
          EXPECT_EQ(flow->record.tcp_flags >= 0, std::ranges::any_of(each->second, has_flags));
          ++each;
        }
        expected.erase(found);
        return {};
      }));
    }
    EXPECT_TRUE(expected.empty());
    EXPECT_EQ(portion.copies(), copies);
  }
}

TEST(Portion, AnErrorEndsTheVisit) {
  RandomRecords records(1, 100, 100);
  ChunkPool pool = FlowSpool::make_pool(std::size_t{64} << 20U, 1);
  FlowSpool spool(pool, {});
  Portion portion;
  for (int i = 0; i < 100; ++i) {
    const FlowRecord record = records.next();
    ASSERT_TRUE(spool.add(record, Side::kSource, spool.contexts().number_of(FlowContext(record))));
  }
  for (std::size_t partition = 0; partition < FlowSpool::kPartitions; ++partition) {
    ASSERT_TRUE(spool.for_each(partition, [&](const StoredFlow& stored) { portion.add(stored, spool.contexts()); }));
  }
  int visited = 0;
  const Status ended = portion.for_each_conversation([&](Conversation) -> Status {
    ++visited;
    return failure(ErrorCode::kIo, "no more");
  });
  EXPECT_FALSE(ended);
  EXPECT_EQ(visited, 1);
}

}  // namespace
}  // namespace flowtrail::attribution
