#include "attribution/rule_usage.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "attribution/rule_cover.h"
#include "base/threads.h"

namespace flowtrail::attribution {
namespace {

void widen(std::optional<std::int64_t>& least, std::int64_t value) {
  least = std::min(least.value_or(value), value);
}
void widen_last(std::optional<std::int64_t>& most, std::int64_t value) {
  most = std::max(most.value_or(value), value);
}

void add_hits(const RuleHits& hits, RuleUsage& usage) {
  usage.sole_hits += hits.sole;
  usage.shared_hits += hits.shared;
  usage.covered_hits += hits.covered;
  if (__builtin_add_overflow(usage.bytes, hits.bytes, &usage.bytes)) usage.bytes = INT64_MAX;
  widen(usage.first_hit, hits.first);
  widen_last(usage.last_hit, hits.last);
}

void add_grade(const Peer& peer, RuleUsage& usage) {
  const bool scanner = peer.kind == PeerKind::kScanner;
  usage.sessions += peer.grade == Grade::kSession ? 1 : 0;
  usage.handshakes += peer.grade == Grade::kHandshake ? 1 : 0;
  usage.probes += peer.grade == Grade::kProbe ? 1 : 0;
  usage.scanner_sessions += scanner && peer.grade == Grade::kSession ? 1 : 0;
}

bool is_use(const Peer& peer) {
  return peer.kind != PeerKind::kScanner && (peer.grade == Grade::kSession || peer.grade == Grade::kHandshake);
}

std::vector<std::pair<int, int>> merged_ports(std::vector<std::uint32_t> ports) {
  std::ranges::sort(ports);
  std::vector<std::pair<int, int>> ranges;
  for (const std::uint32_t number : ports) {
    const int port = static_cast<int>(number);
    if (!ranges.empty() && port <= ranges.back().second + 1) {
      ranges.back().second = port;
    } else {
      ranges.emplace_back(port, port);
    }
  }
  return ranges;
}

}  // namespace

void RuleTally::Distinct::add(std::uint32_t rule, std::uint32_t value, std::vector<std::uint32_t>& values) {
  constexpr std::size_t kFew = 16;
  if (values.size() < kFew) {
    if (std::ranges::find(values, value) == values.end()) values.push_back(value);
    if (values.size() < kFew) return;
    for (const std::uint32_t known : values) seen_.insert({rule, known});
  } else if (seen_.insert({rule, value})) {
    values.push_back(value);
  }
}

void RuleTally::add(std::span<PeerSum* const> key) {
  for (std::size_t i = 0; i < key.size(); ++i) {
    const Peer& peer = key[i]->peer;
    for (const RuleHits& hits : peer.rules) {
      add_hits(hits, rules_[hits.rule].usage);
      const bool counted = std::ranges::any_of(key.first(i), [&](const PeerSum* earlier) {
        return std::ranges::find(earlier->peer.rules, hits.rule, &RuleHits::rule) != earlier->peer.rules.end();
      });
      if (!counted) add_key(peer, hits.rule);
    }
  }
}

void RuleTally::add_key(const Peer& peer, std::uint32_t rule) {
  Rule& of_rule = rules_[rule];
  RuleUsage& usage = of_rule.usage;
  add_grade(peer, usage);
  if (usage.peers == 0 || of_rule.last_address != peer.address) ++usage.peers;
  of_rule.last_address = peer.address;
  interfaces_.add(rule, peer.interface, usage.interfaces);
  if (!is_use(peer)) return;
  usage.used = true;
  if (usage.used_sources.empty() || usage.used_sources.back() != peer.address) {
    usage.used_sources.push_back(peer.address);
  }
  if (peer.service_port >= 0) ports_.add(rule, static_cast<std::uint32_t>(peer.service_port), of_rule.ports);
}

void RuleTally::merge(RuleTally&& other) {
  for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
    RuleUsage& mine = rules_[rule].usage;
    RuleUsage& theirs = other.rules_[rule].usage;
    mine.sole_hits += theirs.sole_hits;
    mine.shared_hits += theirs.shared_hits;
    mine.covered_hits += theirs.covered_hits;
    if (__builtin_add_overflow(mine.bytes, theirs.bytes, &mine.bytes)) mine.bytes = INT64_MAX;
    mine.sessions += theirs.sessions;
    mine.handshakes += theirs.handshakes;
    mine.probes += theirs.probes;
    mine.scanner_sessions += theirs.scanner_sessions;
    mine.peers += theirs.peers;
    mine.used = mine.used || theirs.used;
    if (theirs.first_hit) widen(mine.first_hit, *theirs.first_hit);
    if (theirs.last_hit) widen_last(mine.last_hit, *theirs.last_hit);
    mine.used_sources.insert(mine.used_sources.end(), theirs.used_sources.begin(), theirs.used_sources.end());
    theirs.used_sources = {};
    for (const std::uint32_t interface : theirs.interfaces) interfaces_.add(rule, interface, mine.interfaces);
    for (const std::uint32_t port : other.rules_[rule].ports) ports_.add(rule, port, rules_[rule].ports);
  }
}

void RuleTally::move_to(const flowlog::SymbolTable& symbols, unsigned threads, std::vector<RuleUsage>& usage) {
  for_each_on_threads(threads, rules_.size(), [&](unsigned, std::size_t i) {
    RuleUsage summed = std::move(rules_[i].usage);
    summed.evidence = usage[i].evidence;
    summed.used_ports = merged_ports(std::move(rules_[i].ports));
    std::ranges::sort(summed.used_sources);
    std::ranges::sort(summed.interfaces, {},
                      [&](std::uint32_t symbol) -> const std::string& { return symbols.text(symbol); });
    usage[i] = std::move(summed);
  });
}

void order_rules(const history::History& history, Peer& peer) {
  if (peer.rules.size() < 2) return;
  const auto narrowness = [&](const RuleHits& hits) {
    const history::RuleSpec& spec = history.rules[hits.rule].spec;
    return std::tuple{-match_prefix(history, spec, peer.address, utc_from_seconds(hits.first)), port_count(spec),
                      label_of(history, hits.rule), hits.rule};
  };
  std::ranges::sort(peer.rules, {}, narrowness);
}

}  // namespace flowtrail::attribution
