// The matcher against a plain triple loop over memberships, rules and addresses, on random rules, flows and times.
#include "attribution/matcher.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "attribution/test_account.h"

namespace flowtrail::attribution {
namespace {

bool in_force(const Interval& interval, std::int64_t time) {
  return interval.contains(utc_from_seconds(time));
}

bool source_holds(const history::History& history, const history::RuleSpec& spec, const Matcher::Query& query) {
  switch (spec.source_kind) {
    case history::SourceKind::kCidrIpv4:
    case history::SourceKind::kCidrIpv6: return spec.cidr.contains(query.address);
    case history::SourceKind::kPrefixList:
      for (const auto& list : history.prefix_lists) {
        if (list.prefix_list_id != spec.source_id || !in_force(list.valid, query.time)) continue;
        for (const Cidr& entry : list.entries) {
          if (entry.contains(query.address)) return true;
        }
      }
      return false;
    case history::SourceKind::kGroup:
      for (const auto& member : history.memberships) {
        if (history.groups[member.group].group_id != spec.source_id || !in_force(member.valid, query.time)) continue;
        for (const auto& held : history.addresses) {
          if (held.interface == member.interface && held.address == query.address && in_force(held.valid, query.time)) {
            return true;
          }
        }
      }
      return false;
  }
  return false;
}

std::vector<std::uint32_t> plain_loop(const history::History& history, const Matcher::Query& query) {
  std::set<std::uint32_t> found;
  for (const auto& member : history.memberships) {
    if (member.interface != query.interface || !in_force(member.valid, query.time)) continue;
    for (std::uint32_t i = 0; i < history.rules.size(); ++i) {
      const history::Rule& rule = history.rules[i];
      const bool ports =
          !rule.spec.has_ports() || (rule.spec.from_port <= query.port && query.port <= rule.spec.to_port);
      if (rule.group == member.group && rule.spec.direction == query.direction && in_force(rule.valid, query.time) &&
          (rule.spec.protocol == firewall::kAllProtocols || (rule.spec.protocol == query.protocol && ports)) &&
          source_holds(history, rule.spec, query)) {
        found.insert(i);
      }
    }
  }
  return {found.begin(), found.end()};
}

TEST(Matcher, AgreesWithThePlainLoop) {
  std::mt19937_64 random(42);  // NOLINT(bugprone-random-generator-seed): the same every time
  const auto below = [&](int bound) { return static_cast<int>(random() % static_cast<std::uint64_t>(bound)); };
  const auto interval = [&] {
    Interval valid;
    const int from = below(900);
    if (below(4) != 0) valid.from = at(from);
    if (below(2) != 0) valid.to = at(from + below(400));
    return valid;
  };
  const std::vector<std::string> addresses = {"10.0.0.1", "10.0.0.2", "10.0.1.1", "203.0.113.1", "2001:db8::1"};
  const std::vector<std::string> sources = {"0.0.0.0/0", "10.0.0.0/8", "10.0.0.1/32", "::/0", "sg-0", "sg-1", "pl-1"};
  const std::vector<int> protocols = {-1, 6, 17, 1, 50};
  std::size_t hits = 0;
  for (int round = 0; round < 60; ++round) {
    TestAccount account;
    for (int i = 0; i < 3; ++i) account.group("sg-" + std::to_string(i));
    for (std::uint32_t i = 0; i < 3; ++i) {
      account.interface("eni-" + std::to_string(i));
      account.address(i, addresses[static_cast<std::size_t>(below(5))], interval());
      for (int m = 0; m < 4; ++m) account.attach(i, static_cast<std::uint32_t>(below(3)), interval());
    }
    account.prefix_list("pl-1", {"10.0.0.0/24"}, between(0, 500));
    account.prefix_list("pl-1", {"203.0.113.0/24", "::/0"}, since(500));
    for (int i = 0; i < 40; ++i) {
      const int protocol = protocols[static_cast<std::size_t>(below(5))];
      const bool ported = protocol == 6 || protocol == 17;
      const int port = below(100);
      account.rule(static_cast<std::uint32_t>(below(3)), "sgr-" + std::to_string(i),
                   sources[static_cast<std::size_t>(below(7))], protocol, ported ? port : -1,
                   ported ? port + below(50) : -1, interval(),
                   below(2) == 0 ? history::Direction::kIngress : history::Direction::kEgress);
    }
    account.history().index();
    const CompiledRules rules(account.history());
    Matcher matcher(account.history(), rules);
    for (int q = 0; q < 400; ++q) {
      const Matcher::Query query{
          .interface = static_cast<std::uint32_t>(below(3)),
          .direction = below(2) == 0 ? history::Direction::kIngress : history::Direction::kEgress,
          .protocol = protocols[static_cast<std::size_t>(1 + below(4))],
          .port = below(8) * 15,
          .address = address_of(addresses[static_cast<std::size_t>(below(5))]),
          .time = kT0 - 50 + below(1400)};
      const std::vector<std::uint32_t> wanted = plain_loop(account.history(), query);
      ASSERT_EQ(matcher.match(query).rules, wanted);
      hits += wanted.size();
    }
  }
  EXPECT_GT(hits, 10000U);  // the comparison is not about empty answers
}

}  // namespace
}  // namespace flowtrail::attribution
