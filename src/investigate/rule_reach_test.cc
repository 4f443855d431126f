#include "investigate/rule_reach.h"

#include <gtest/gtest.h>

#include "investigate/test_evidence.h"

namespace flowtrail::investigate {
namespace {

std::vector<Cidr> blocks(std::initializer_list<const char*> texts) {
  std::vector<Cidr> result;
  for (const char* text : texts) result.push_back(*Cidr::parse(text));
  return result;
}

TEST(RuleReach, FamiliesAreCoveredByAnyTiling) {
  EXPECT_TRUE(covers_family(blocks({"0.0.0.0/0"}), true));
  EXPECT_FALSE(covers_family(blocks({"0.0.0.0/0"}), false));
  EXPECT_TRUE(covers_family(blocks({"128.0.0.0/1", "0.0.0.0/2", "64.0.0.0/2"}), true));
  EXPECT_FALSE(covers_family(blocks({"128.0.0.0/1", "0.0.0.0/2", "64.0.0.0/3"}), true));
  EXPECT_TRUE(covers_family(blocks({"::/1", "8000::/1"}), false));
  EXPECT_FALSE(covers_family(blocks({"::/1", "8000::/2"}), false));
  EXPECT_TRUE(covers_family(blocks({"0.0.0.0/1", "10.0.0.0/8", "128.0.0.0/1", "::/0"}), true));
  EXPECT_FALSE(covers_family({}, true));
}

TEST(RuleReach, PortClasses) {
  const auto name = [](int from, int to, int protocol = 6) {
    return port_class(TestEvidence::spec("10.0.0.0/8", from, to, protocol));
  };
  EXPECT_EQ(name(22, 22), "admin");
  EXPECT_EQ(name(20, 30), "admin");
  EXPECT_EQ(name(3306, 3306), "database");
  EXPECT_EQ(name(3000, 6000), "admin");  // 3389 among databases
  EXPECT_EQ(name(443, 443), "other");
  EXPECT_EQ(name(0, 65535), "all");
  EXPECT_EQ(name(-1, -1, -1), "all");
  EXPECT_EQ(name(8, 0, 1), "other");
}

TEST(RuleReach, ListsAndWatchedRanges) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  history::PrefixListVersion world;
  world.prefix_list_id = "pl-world";
  world.entries = blocks({"0.0.0.0/1", "128.0.0.0/1"});
  test.history().prefix_lists.push_back(world);
  test.history().index();
  const auto reach = [&](const char* source, const std::vector<WatchRange>& watch = {}) {
    return opens_to(test.history(), group, {}, TestEvidence::spec(source, 22, 22), hour(1), watch).value_or("NULL");
  };
  EXPECT_EQ(reach("pl-world"), "world");
  EXPECT_EQ(reach("pl-nobody-knows"), "peer");
  EXPECT_EQ(reach("10.0.0.0/15"), "wide");
  EXPECT_EQ(reach("10.0.0.0/16"), "peer");
  EXPECT_EQ(reach("2001:db8::/31"), "wide");
  EXPECT_EQ(reach("2001:db8::/32"), "peer");
  EXPECT_EQ(reach("sg-2"), "peer");
  const std::vector<WatchRange> watch{{*Cidr::parse("203.0.113.0/24"), "office"},
                                      {*Cidr::parse("203.0.113.64/26"), "lab"}};
  EXPECT_EQ(reach("203.0.113.70/32", watch), "listed:lab");
  EXPECT_EQ(reach("203.0.113.1/32", watch), "listed:office");
  EXPECT_EQ(reach("198.51.100.1/32", watch), "peer");
}

}  // namespace
}  // namespace flowtrail::investigate
