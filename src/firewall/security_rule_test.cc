#include "firewall/security_rule.h"

#include <gtest/gtest.h>

namespace flowtrail::firewall {
namespace {

RuleSpec from_block(RuleSpec rule, std::string_view block) {
  rule.cidr = *Cidr::parse(block);
  rule.source_kind = rule.cidr.is_v4() ? SourceKind::kCidrIpv4 : SourceKind::kCidrIpv6;
  return rule;
}

TEST(RuleText, ReadsAsPeopleSayIt) {
  const auto in = Direction::kIngress;
  EXPECT_EQ(from_block(canonical_rule(in, 6, 22, 22), "0.0.0.0/0").to_string(), "ingress tcp 22 from 0.0.0.0/0");
  EXPECT_EQ(from_block(canonical_rule(in, 17, 1000, 2000), "::/0").to_string(), "ingress udp 1000-2000 from ::/0");
  EXPECT_EQ(from_block(canonical_rule(in, 1, 8, 0), "10.0.0.0/8").to_string(),
            "ingress icmp type 8 code 0 from 10.0.0.0/8");
  EXPECT_EQ(from_block(canonical_rule(in, 1, 8, -1), "10.0.0.0/8").to_string(), "ingress icmp type 8 from 10.0.0.0/8");
  EXPECT_EQ(from_block(canonical_rule(in, 58, -1, -1), "::/0").to_string(), "ingress icmpv6 from ::/0");
  EXPECT_EQ(from_block(canonical_rule(Direction::kEgress, 50, 0, 0), "10.0.0.0/8").to_string(),
            "egress protocol 50 to 10.0.0.0/8");
  RuleSpec group = canonical_rule(Direction::kEgress, kAllProtocols, 0, 0);
  group.source_kind = SourceKind::kGroup;
  group.source_id = "sg-0abc";
  group.source_account = "111122223333";
  EXPECT_EQ(group.to_string(), "egress all to sg-0abc (111122223333)");
}

TEST(CanonicalRule, MakesTheSameRuleTypedDifferentlyEqual) {
  const auto out = Direction::kEgress;
  const RuleSpec none = from_block(canonical_rule(out, kAllProtocols, -1, -1), "0.0.0.0/0");
  EXPECT_TRUE(none.same_as(from_block(canonical_rule(out, kAllProtocols, 0, 0), "0.0.0.0/0")));
  EXPECT_TRUE(none.same_as(from_block(canonical_rule(out, kAllProtocols, 0, 65535), "1.2.3.4/0")));
  EXPECT_EQ(from_block(canonical_rule(out, 6, -1, -1), "0.0.0.0/0").to_string(), "egress tcp all ports to 0.0.0.0/0");
  EXPECT_FALSE(none.same_as(from_block(canonical_rule(Direction::kIngress, kAllProtocols, 0, 0), "0.0.0.0/0")));
}

TEST(CanonicalRule, AccountOfAReferencedGroupIsNoPartOfItsIdentity) {
  RuleSpec named = canonical_rule(Direction::kIngress, 6, 443, 443);
  named.source_kind = SourceKind::kGroup;
  named.source_id = "sg-0abc";
  RuleSpec full = named;
  full.source_account = "111122223333";
  EXPECT_TRUE(named.same_as(full));
}

TEST(Protocol, IsReadByNameAndNumber) {
  EXPECT_EQ(parse_protocol("TCP"), 6);
  EXPECT_EQ(parse_protocol("17"), 17);
  EXPECT_EQ(parse_protocol("-1"), kAllProtocols);
  EXPECT_EQ(parse_protocol("icmpv6"), 58);
  for (const char* text : {"", "tpc", "256", "-2", "6x"}) EXPECT_EQ(parse_protocol(text), -2) << text;
}

}  // namespace
}  // namespace flowtrail::firewall
