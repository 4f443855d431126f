#include "tables/fingerprint_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <unordered_set>

namespace flowtrail::tables {
namespace {

TEST(FingerprintSetTest, AgreesWithAnObviousSet) {
  std::mt19937_64 random{7};
  FingerprintSet set;
  std::unordered_set<std::uint64_t> oracle;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t value = 2 + random() % 100'000;
    ASSERT_EQ(set.insert(value), oracle.insert(value).second);
  }
  EXPECT_EQ(set.size(), oracle.size());
}

TEST(FingerprintSetTest, ZeroIsAFingerprintLikeAnyOther) {
  FingerprintSet set;
  EXPECT_TRUE(set.insert(0));
  EXPECT_FALSE(set.insert(0));
}

flowlog::FlowRecord record() {
  flowlog::FlowRecord record;
  record.interface = 3;
  record.src = IpAddress::from_v4(0x0a000001);
  record.dst = IpAddress::from_v4(0x0a000002);
  record.pkt_src = record.src;
  record.pkt_dst = record.dst;
  record.src_port = 40'000;
  record.dst_port = 443;
  record.protocol = 6;
  record.packets = 5;
  record.bytes = 300;
  record.start = 1'772'359'205;
  record.end = 1'772'359'260;
  record.action = flowlog::Action::kAccept;
  return record;
}

TEST(FingerprintTest, EveryPartOfTheIdentityCounts) {
  using Change = void (*)(flowlog::FlowRecord&);
  const Change changes[] = {
      [](flowlog::FlowRecord&) {},
      [](flowlog::FlowRecord& r) { r.interface = 4; },
      [](flowlog::FlowRecord& r) { r.src = IpAddress::from_v4(1); },
      [](flowlog::FlowRecord& r) { r.dst = IpAddress::from_v4(1); },
      [](flowlog::FlowRecord& r) { r.pkt_src = IpAddress::from_v4(1); },
      [](flowlog::FlowRecord& r) { r.pkt_dst = IpAddress::from_v4(1); },
      [](flowlog::FlowRecord& r) { std::swap(r.src, r.dst); },
      [](flowlog::FlowRecord& r) { std::swap(r.src_port, r.dst_port); },
      [](flowlog::FlowRecord& r) { r.src_port = 1; },
      [](flowlog::FlowRecord& r) { r.dst_port = 1; },
      [](flowlog::FlowRecord& r) { r.protocol = 17; },
      [](flowlog::FlowRecord& r) { r.packets = 6; },
      [](flowlog::FlowRecord& r) { r.bytes = 301; },
      [](flowlog::FlowRecord& r) { --r.start; },
      [](flowlog::FlowRecord& r) { ++r.end; },
      [](flowlog::FlowRecord& r) { r.action = flowlog::Action::kReject; },
      [](flowlog::FlowRecord& r) { r.status = flowlog::LogStatus::kNoData; },
  };
  std::set<std::uint64_t> seen;
  for (const Change change : changes) {
    flowlog::FlowRecord changed = record();
    change(changed);
    EXPECT_TRUE(seen.insert(fingerprint(changed)).second);
  }
}

TEST(FingerprintTest, WhereARecordStandsDoesNotCount) {
  flowlog::FlowRecord other = record();
  other.place = {7, 9};
  other.account = 5;
  EXPECT_EQ(fingerprint(other), fingerprint(record()));
}

TEST(FingerprintTest, TextsDifferByLengthAndTail) {
  std::set<std::uint64_t> seen;
  std::string text;
  for (int i = 0; i < 64; ++i) {
    EXPECT_TRUE(seen.insert(fingerprint(text)).second) << i;
    text += '\0';
  }
  EXPECT_NE(fingerprint("0123456789abcdef0"), fingerprint("0123456789abcdef1"));
}

}  // namespace
}  // namespace flowtrail::tables
