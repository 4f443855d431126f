// Tests of the list of scanners' ranges: its CSV form, the narrowest match, what users add, and the list that is
// shipped.
#include "attribution/scanner_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace flowtrail::attribution {
namespace {

IpAddress address(std::string_view text) {
  return IpAddress::parse(text).value();
}

ScannerList list_of(std::string_view lines) {
  return ScannerList::parse("cidr,name,source,seen\n" + std::string(lines), "test.csv").value();
}

std::string name_at(const ScannerList& list, std::string_view text) {
  const ScannerList::Entry* entry = list.find(address(text));
  return entry == nullptr ? "" : entry->name;
}

TEST(ScannerList, TheNarrowestRangeNamesTheAddress) {
  const ScannerList list = list_of(
      "192.0.2.0/24,wide,,\n192.0.2.128/25,half,,\n192.0.2.200/32,one,,\n192.0.2.130,bare,,\n2001:db8::/32,six,,\n"
      "2001:db8:0:1::/64,narrow six,,\n");
  EXPECT_EQ(name_at(list, "192.0.2.1"), "wide");
  EXPECT_EQ(name_at(list, "192.0.2.129"), "half");
  EXPECT_EQ(name_at(list, "192.0.2.200"), "one");
  EXPECT_EQ(name_at(list, "192.0.2.130"), "bare");
  EXPECT_EQ(name_at(list, "192.0.3.0"), "");
  EXPECT_EQ(name_at(list, "192.0.1.255"), "");
  EXPECT_EQ(name_at(list, "2001:db8:0:1::5"), "narrow six");
  EXPECT_EQ(name_at(list, "2001:db8:0:2::5"), "six");
  EXPECT_EQ(name_at(list, "2001:db9::"), "");
}

TEST(ScannerList, ARangeNeverNamesAnAddressOfTheOtherFamily) {
  EXPECT_EQ(name_at(list_of("0.0.0.0/0,all four,,\n"), "2001:db8::1"), "");
  EXPECT_EQ(name_at(list_of("::/0,all six,,\n"), "192.0.2.1"), "");
}

// Asks for addresses in and around random blocks, which begin with `high` and differ in the low `bits`.
void expect_as_a_loop_says(IpAddress high, int bits) {
  std::mt19937_64 random(20240229);  // NOLINT(cert-msc51-cpp): the same ranges in each run
  const auto address = [&] {
    const std::uint64_t differing = random() >> (64 - bits);
    return IpAddress{high.high(), high.low() ^ (random() % 4 == 0 ? differing | 0xff : differing)};
  };
  const int longest = high.is_v4() ? 32 : 128;
  std::set<Cidr> blocks;
  for (int i = 0; i < 200; ++i) {
    const int free = static_cast<int>(random() % static_cast<unsigned>(bits + 1));
    blocks.emplace(address(), longest - free);
  }
  std::string lines;
  for (const Cidr& block : blocks) lines += block.to_string() + ",n,,\n";
  const ScannerList list = list_of(lines);
  int hits = 0, misses = 0;
  for (int trial = 0; trial < 4000; ++trial) {
    const IpAddress probe = address();
    const ScannerList::Entry* expected = nullptr;
    for (const ScannerList::Entry& entry : list.entries()) {
      const bool narrower = expected == nullptr || entry.range.prefix_length() > expected->range.prefix_length();
      if (entry.range.contains(probe) && narrower) expected = &entry;
    }
    EXPECT_EQ(list.find(probe), expected) << probe.to_string();
    ++(expected != nullptr ? hits : misses);
  }
  EXPECT_GT(hits, 100);
  EXPECT_GT(misses + static_cast<int>(blocks.contains(Cidr{high, longest - bits})) * 4000, 100);
}

TEST(ScannerList, FindAgreesWithALoopOverAllRanges) {
  expect_as_a_loop_says(IpAddress::from_v4(0xc6100000U), 18);
  expect_as_a_loop_says(IpAddress::from_v4(0xfffffc00U), 10);  // up to the last address
  expect_as_a_loop_says(IpAddress{0x20010db800000000U, 0}, 24);
  expect_as_a_loop_says(IpAddress{UINT64_MAX, UINT64_MAX << 16U}, 16);  // likewise
}

TEST(ScannerList, ReadsQuotesCommentsBlanksAndForeignLineEnds) {
  const auto list = ScannerList::parse(
      "\xef\xbb\xbf# about\r\n\r\ncidr,name,source,seen\r\n  # more\r\n198.51.100.0/24,\"Scan, \"\"Inc\"\"\", page "
      ",2024-05-06",
      "x");
  ASSERT_TRUE(list.has_value()) << list.error().to_string();
  ASSERT_EQ(list->entries().size(), 1U);
  const ScannerList::Entry& entry = list->entries().front();
  EXPECT_EQ(entry.name, "Scan, \"Inc\"");
  EXPECT_EQ(entry.source, "page");
  EXPECT_EQ(entry.seen, "2024-05-06");
}

TEST(ScannerList, ABadFileIsRefusedWithItsLine) {
  struct Case {
    std::string_view csv, where, what;
  };
  const std::vector<Case> cases = {
      {"", "x.csv", "header"},
      {"# only a comment\n", "x.csv", "header"},
      {"192.0.2.0/24,a,b,c\n", "x.csv:1", "header"},
      {"cidr,name,source\n", "x.csv:1", "header"},
      {"cidr,name,source,seen\n192.0.2.0/24,a,b\n", "x.csv:2", "4 fields"},
      {"cidr,name,source,seen\n192.0.2.0/24,a,b,c,d\n", "x.csv:2", "4 fields"},
      {"cidr,name,source,seen\n\n192.0.2.0/33,a,b,c\n", "x.csv:3", "192.0.2.0/33"},
      {"cidr,name,source,seen\nnonsense,a,b,c\n", "x.csv:2", "nonsense"},
      {"cidr,name,source,seen\n192.0.2.0/24,,b,c\n", "x.csv:2", "no name"},
      {"cidr,name,source,seen\n192.0.2.0/24,\"a,b,c\n", "x.csv:2", "quoted"},
      {"cidr,name,source,seen\n192.0.2.0/24,\"a\"b,b,c\n", "x.csv:2", "quoted"},
      {"cidr,name,source,seen\n192.0.2.0/24,a,,\n192.0.2.9/24,b,,\n", "x.csv", "twice"},
  };
  for (const Case& each : cases) {
    const auto list = ScannerList::parse(each.csv, "x.csv");
    ASSERT_FALSE(list.has_value()) << each.csv;
    EXPECT_EQ(list.error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(list.error().where, each.where) << each.csv;
    EXPECT_NE(list.error().what.find(each.what), std::string::npos) << list.error().what;
  }
}

TEST(ScannerList, HostileBytesAreRefusedAndNeverCrash) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same bytes in each run
  for (int trial = 0; trial < 500; ++trial) {
    std::string bytes = "cidr,name,source,seen\n";
    for (int index = 0; index < 60; ++index) bytes += static_cast<char>(random() % 256);
    const auto list = ScannerList::parse(bytes + ",", "x");
    EXPECT_TRUE(!list.has_value() || list->entries().empty());
  }
}

TEST(ScannerList, WhatIsAddedWinsOverTheSameRange) {
  ScannerList list = list_of("192.0.2.0/24,ours,,\n198.51.100.0/24,kept,,\n");
  list.add(list_of("192.0.2.0/24,theirs,,\n203.0.113.0/24,new,,\n"));
  EXPECT_EQ(list.entries().size(), 3U);
  EXPECT_EQ(name_at(list, "192.0.2.1"), "theirs");
  EXPECT_EQ(name_at(list, "198.51.100.1"), "kept");
  EXPECT_EQ(name_at(list, "203.0.113.1"), "new");
}

TEST(ShippedScannerList, EveryEntryIsPublicSourcedAndDated) {
  const ScannerList& list = ScannerList::shipped();
  ASSERT_GT(list.entries().size(), 30U);
  for (const ScannerList::Entry& entry : list.entries()) {
    EXPECT_FALSE(entry.source.empty()) << entry.range.to_string();
    ASSERT_EQ(entry.seen.size(), 10U) << entry.range.to_string();
    EXPECT_TRUE(entry.seen[4] == '-' && entry.seen[7] == '-') << entry.seen;
    EXPECT_FALSE(is_private(entry.range.network())) << entry.range.to_string();
    EXPECT_GE(entry.range.prefix_length(), entry.range.is_v4() ? 20 : 32) << "too wide to be a scanner's own";
  }
}

TEST(ShippedScannerList, NamesWhoCameFrom167And162) {
  const ScannerList& list = ScannerList::shipped();
  EXPECT_EQ(name_at(list, "167.94.138.60"), "Censys");
  EXPECT_EQ(name_at(list, "167.248.133.36"), "Censys");
  EXPECT_EQ(name_at(list, "162.142.125.212"), "Censys");
  EXPECT_EQ(name_at(list, "162.216.149.5"), "Palo Alto Networks Cortex Xpanse");
  EXPECT_EQ(name_at(list, "167.1.2.3"), "") << "the rest of 167.0.0.0/8 belongs to others";
}

}  // namespace
}  // namespace flowtrail::attribution
