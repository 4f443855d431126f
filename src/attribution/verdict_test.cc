// Verdicts, the unused parts of used rules, and the comparison of rules.
#include "attribution/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "attribution/address_blocks.h"
#include "attribution/test_account.h"

namespace flowtrail::attribution {
namespace {

using flowlog::LogStatus;

// Ten days on which eni-1 is heard all the time.
struct LoggedAccount : OneInterface {
  LoggedAccount() { flow({.start = 0, .seconds = 10 * kTestDay - 1, .status = LogStatus::kNoData}); }
  RuleVerdict judged(std::uint32_t rule, AttributionOptions options = {}) {
    const AttributionResult result = run(std::move(options), 0, 10 * kTestDay);
    return RuleJudge(history(), result, 0.9, 7 * kTestDay).judge(rule);
  }
};

TEST(Verdicts, UsedNoiseAndNoHits) {
  LoggedAccount account;
  const std::uint32_t used = account.rule(0, "sgr-used", "203.0.113.0/24");
  const std::uint32_t noise = account.rule(0, "sgr-noise", "0.0.0.0/0", 6, 80, 80);
  const std::uint32_t none = account.rule(0, "sgr-none", "0.0.0.0/0", 6, 443, 443);
  account.session({});
  account.flow({.dst_port = 80, .flags = 2});
  EXPECT_EQ(verdict_name(account.judged(used).verdict), "used");
  EXPECT_EQ(verdict_name(account.judged(noise).verdict), "noise-only");
  EXPECT_EQ(verdict_name(account.judged(none).verdict), "no-hits");
  EXPECT_DOUBLE_EQ(account.judged(none).coverage.value_or(0), 1.0);
}

TEST(Verdicts, ASessionOfAScannerIsNoUse) {
  LoggedAccount account;
  const std::uint32_t rule = account.rule(0, "sgr-1", "0.0.0.0/0", 6, 0, 65535);
  for (int port = 100; port < 140; ++port) account.session({.dst_port = port});
  const AttributionResult result = account.run({}, 0, 10 * kTestDay);
  EXPECT_EQ(result.rules[rule].scanner_sessions, 40);
  EXPECT_EQ(account.judged(rule).verdict, Verdict::kNoiseOnly);
}

TEST(Verdicts, NeverAttachedNeedsTheAttachmentsToBeKnown) {
  for (const auto& [baseline, verdict] : {std::pair(history::Baseline::kCreated, Verdict::kNeverAttached),
                                          std::pair(history::Baseline::kSnapshot, Verdict::kNeverAttached),
                                          std::pair(history::Baseline::kUnknown, Verdict::kInsufficientCoverage)}) {
    LoggedAccount account;
    const std::uint32_t rule = account.rule(account.group("sg-2", baseline), "sgr-1", "0.0.0.0/0");
    EXPECT_EQ(account.judged(rule).verdict, verdict);
    EXPECT_FALSE(account.judged(rule).coverage);
  }
}

TEST(Verdicts, AYoungRuleIsNotJudged) {
  LoggedAccount account;
  const std::uint32_t young = account.rule(0, "sgr-1", "0.0.0.0/0", 6, 22, 22, since(3 * kTestDay + 1));
  const std::uint32_t old = account.rule(0, "sgr-2", "0.0.0.0/0", 6, 23, 23, since(3 * kTestDay));
  EXPECT_EQ(account.judged(young).verdict, Verdict::kInsufficientCoverage);
  EXPECT_EQ(account.judged(old).verdict, Verdict::kNoHits);
}

TEST(Verdicts, MissingLogsAreInsufficientCoverage) {
  OneInterface account;
  const std::uint32_t rule = account.rule(0, "sgr-1", "0.0.0.0/0");
  account.flow({.start = 0, .seconds = 8 * kTestDay, .status = LogStatus::kNoData});
  const AttributionResult result = account.run({}, 0, 10 * kTestDay);
  EXPECT_EQ(RuleJudge(account.history(), result, 0.9, 7 * kTestDay).judge(rule).verdict,
            Verdict::kInsufficientCoverage);
  EXPECT_EQ(RuleJudge(account.history(), result, 0.8, 7 * kTestDay).judge(rule).verdict, Verdict::kNoHits);
}

TEST(Verdicts, OnlyWhatFlowLogsOmitIsNotObservable) {
  LoggedAccount account;
  const std::uint32_t dhcp = account.rule(0, "sgr-1", "0.0.0.0/0", 17, 67, 68);
  const std::uint32_t metadata = account.egress(0, "sgr-2", "169.254.169.254/32", 6, 80, 80);
  const std::uint32_t six = account.egress(0, "sgr-3", "fd00:ec2::254/128");
  const std::uint32_t wider = account.rule(0, "sgr-4", "0.0.0.0/0", 17, 66, 68);
  for (const std::uint32_t rule : {dhcp, metadata, six}) {
    EXPECT_EQ(account.judged(rule).verdict, Verdict::kNotObservable);
  }
  EXPECT_EQ(account.judged(wider).verdict, Verdict::kNoHits);
}

TEST(Verdicts, ShadowedNeedsEveryHitToBeCovered) {
  LoggedAccount account;
  const std::uint32_t narrow = account.rule(0, "sgr-narrow", "203.0.113.0/24");
  const std::uint32_t wide = account.rule(0, "sgr-wide", "0.0.0.0/0", 6, 22, 22, since(kTestHour));
  account.session({.start = 2 * kTestHour});
  EXPECT_EQ(account.judged(narrow).verdict, Verdict::kShadowed);
  EXPECT_EQ(account.judged(narrow).wider_rules, (std::vector{wide}));
  EXPECT_NE(account.judged(narrow).why.find("sgr-wide"), std::string::npos);
  EXPECT_EQ(account.judged(wide).verdict, Verdict::kUsed);
  account.session({.start = 0});  // before the wide one was there
  EXPECT_EQ(account.judged(narrow).verdict, Verdict::kUsed);
}

TEST(Verdicts, OfTwoEqualRulesOneStays) {
  LoggedAccount account;
  const std::uint32_t a = account.rule(0, "sgr-a", "0.0.0.0/0");
  const std::uint32_t b = account.rule(0, "sgr-b", "0.0.0.0/0");
  account.session({});
  EXPECT_EQ(account.judged(a).verdict, Verdict::kUsed);
  EXPECT_EQ(account.judged(b).verdict, Verdict::kShadowed);
  EXPECT_EQ(account.judged(a).wider_rules, (std::vector{b}));
}

TEST(Verdicts, WiderRulesMustHaveBeenTogetherOnAnInterface) {
  LoggedAccount account;
  account.group("sg-2");
  const std::uint32_t narrow = account.rule(0, "sgr-1", "203.0.113.0/24");
  account.rule(1, "sgr-2", "0.0.0.0/0", 6, 22, 22, between(100, 200));
  EXPECT_TRUE(account.judged(narrow).wider_rules.empty());
  account.attach(0, 1, between(200, 300));
  EXPECT_TRUE(account.judged(narrow).wider_rules.empty());
  account.attach(0, 1, between(150, 160));
  EXPECT_EQ(account.judged(narrow).wider_rules.size(), 1U);
}

TEST(UnusedParts, AreOfUsedRulesOnly) {
  LoggedAccount account;
  const std::uint32_t rule = account.rule(0, "sgr-1", "203.0.113.0/30", 6, 20, 30);
  EXPECT_FALSE(account.judged(rule).unused_ports);
  EXPECT_FALSE(account.judged(rule).unused_sources);
  account.session({.src = "203.0.113.1", .dst_port = 20});
  account.session({.src = "203.0.113.1", .dst_port = 22});
  const RuleVerdict verdict = account.judged(rule);
  EXPECT_EQ(verdict.unused_ports, (std::vector<std::string>{"21", "23-30"}));
  EXPECT_EQ(verdict.unused_sources, (std::vector<std::string>{"203.0.113.2/31", "203.0.113.0/32"}));
  EXPECT_EQ(verdict.proposal, (std::vector{Cidr::parse("203.0.113.1/32").value()}));
}

TEST(UnusedParts, APrefixListsEntriesWithoutUse) {
  LoggedAccount account;
  account.prefix_list("pl-1", {"203.0.113.0/24", "198.51.100.0/24"});
  const std::uint32_t rule = account.rule(0, "sgr-1", "pl-1");
  account.session({});
  EXPECT_EQ(account.judged(rule).unused_sources, (std::vector<std::string>{"198.51.100.0/24"}));
  EXPECT_FALSE(account.judged(rule).unused_ports);
}

TEST(Covering, ComparesDirectionProtocolPortsAndSource) {
  TestAccount account;
  account.group("sg-1");
  account.prefix_list("pl-1", {"10.0.0.0/24", "10.0.1.0/24"});
  account.prefix_list("pl-2", {"10.0.0.0/24"}, {}, false);
  const std::uint32_t all = account.rule(0, "", "0.0.0.0/0", -1, -1, -1);
  const std::uint32_t ten = account.rule(0, "", "10.0.0.0/8", 6, 0, 1000);
  const std::uint32_t host = account.rule(0, "", "10.0.0.1/32", 6, 22, 22);
  const std::uint32_t high = account.rule(0, "", "10.0.0.1/32", 6, 900, 1001);
  const std::uint32_t udp = account.rule(0, "", "10.0.0.1/32", 17, 22, 22);
  const std::uint32_t list = account.rule(0, "", "pl-1");
  const std::uint32_t partly = account.rule(0, "", "pl-2");
  const std::uint32_t unknown = account.rule(0, "", "pl-9");
  const std::uint32_t group = account.rule(0, "", "sg-1");
  const std::uint32_t six = account.rule(0, "", "2001:db8::/32");
  const std::uint32_t out = account.egress(0, "", "10.0.0.1/32");
  const std::uint32_t ping = account.rule(0, "", "0.0.0.0/0", 1, 8, -1);
  const std::uint32_t icmp = account.rule(0, "", "0.0.0.0/0", 1, -1, -1);
  account.history().index();
  const auto covered = [&](std::uint32_t wide, std::uint32_t narrow) {
    const auto& rules = account.history().rules;
    return covers(account.history(), rules[wide].spec, rules[narrow].spec, at(0));
  };
  EXPECT_TRUE(covered(all, ten) && covered(ten, host) && covered(ten, list) && covered(icmp, ping) &&
              covered(all, ping));
  EXPECT_TRUE(covered(group, group) && covered(list, list) && covered(unknown, unknown));
  EXPECT_FALSE(covered(ten, all) || covered(host, ten) || covered(ten, high) || covered(ten, udp));
  EXPECT_FALSE(covered(all, group) || covered(all, six) || covered(all, out) || covered(ping, icmp));
  EXPECT_FALSE(covered(ten, partly) || covered(ten, unknown) || covered(list, host));
}

// --- Address blocks, against every address of a small block

TEST(AddressBlocks, UnusedBlocksAreTheLargestWithoutUse) {
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): the same every time
  for (int round = 0; round < 300; ++round) {
    const Cidr whole = Cidr::parse(round % 2 == 0 ? "192.0.2.0/26" : "2001:db8::40/122").value();
    std::vector<IpAddress> used;
    for (std::uint64_t i = 0; i < 64; ++i) {
      if (random() % 64 < static_cast<unsigned>(round % 12))
        used.emplace_back(whole.network().high(), whole.network().low() + i);
    }
    const auto free = [&](const Cidr& block) {
      return std::ranges::none_of(used, [&](const IpAddress& address) { return block.contains(address); });
    };
    std::vector<Cidr> wanted;
    for (int length = whole.prefix_length(); length <= whole.prefix_length() + 6; ++length) {
      const std::uint64_t step = std::uint64_t{1} << static_cast<unsigned>(whole.prefix_length() + 6 - length);
      for (std::uint64_t i = 0; i < 64; i += step) {
        const Cidr block{IpAddress{whole.network().high(), whole.network().low() + i}, length};
        const bool inside = std::ranges::any_of(wanted, [&](const Cidr& larger) { return larger.contains(block); });
        if (!inside && free(block)) wanted.push_back(block);
      }
    }
    if (wanted.size() > 8) wanted.resize(8);
    EXPECT_EQ(unused_blocks(whole, used, 8), wanted);
    const std::vector<Cidr> proposal = enclosing_blocks(used, 8);
    EXPECT_LE(proposal.size(), 8U);
    for (const IpAddress& address : used) {
      EXPECT_TRUE(std::ranges::any_of(proposal, [&](const Cidr& block) { return block.contains(address); }));
    }
  }
}

TEST(AddressBlocks, TheWholeOfIpv6WithManyUsedAddressesIsQuick) {
  std::vector<IpAddress> used;
  for (std::uint64_t i = 0; i < 20000; ++i) used.emplace_back(0x20010db800000000U + i, i * i);
  EXPECT_EQ(unused_blocks(Cidr::parse("::/0").value(), used, 8).front(), Cidr::parse("8000::/1").value());
}

TEST(AddressBlocks, FamiliesNeverJoin) {
  const std::vector<IpAddress> used = {address_of("10.0.0.1"), address_of("2001:db8::1")};
  EXPECT_EQ(enclosing_blocks(used, 2).size(), 2U);
}

}  // namespace
}  // namespace flowtrail::attribution
