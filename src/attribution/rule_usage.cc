#include "attribution/rule_usage.h"

#include <algorithm>
#include <tuple>

#include "attribution/rule_cover.h"

namespace flowtrail::attribution {
namespace {

// The hits of one key on one rule.
struct KeyOfRule {
  std::uint32_t rule = 0;
  std::uint32_t peer = 0;  // index of the key's first entry
};

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

std::vector<std::pair<int, int>> merged_ports(std::vector<int> ports) {
  std::ranges::sort(ports);
  std::vector<std::pair<int, int>> ranges;
  for (const int port : ports) {
    if (!ranges.empty() && port <= ranges.back().second + 1) {
      ranges.back().second = port;
    } else {
      ranges.emplace_back(port, port);
    }
  }
  return ranges;
}

template <typename T>
void sort_distinct(std::vector<T>& values) {
  std::ranges::sort(values);
  const auto repeated = std::ranges::unique(values);
  values.erase(repeated.begin(), repeated.end());
}

void sum_up_keys(std::span<const KeyOfRule> keys, std::span<const Peer> peers, const flowlog::SymbolTable& symbols,
                 RuleUsage& usage) {
  std::vector<IpAddress> addresses;
  std::vector<int> ports;
  for (const KeyOfRule& key : keys) {
    const Peer& peer = peers[key.peer];
    add_grade(peer, usage);
    addresses.push_back(peer.address);
    usage.interfaces.push_back(peer.interface);
    if (!is_use(peer)) continue;
    usage.used = true;
    usage.used_sources.push_back(peer.address);
    if (peer.service_port >= 0) ports.push_back(peer.service_port);
  }
  sort_distinct(addresses);
  usage.peers = static_cast<std::int64_t>(addresses.size());
  sort_distinct(usage.used_sources);
  sort_distinct(usage.interfaces);
  std::ranges::sort(usage.interfaces, {}, [&](std::uint32_t symbol) { return symbols.text(symbol); });
  usage.used_ports = merged_ports(std::move(ports));
}

}  // namespace

bool same_key(const Peer& a, const Peer& b) {
  return a.interface == b.interface && a.direction == b.direction && a.address == b.address &&
         a.protocol == b.protocol && a.service_port == b.service_port;
}

void sum_up_rules(std::span<const Peer> peers, const flowlog::SymbolTable& symbols, std::vector<RuleUsage>& usage) {
  std::vector<KeyOfRule> keys;
  std::uint32_t first_of_key = 0;
  for (std::uint32_t i = 0; i < peers.size(); ++i) {
    if (!same_key(peers[first_of_key], peers[i])) first_of_key = i;
    for (const RuleHits& hits : peers[i].rules) {
      add_hits(hits, usage[hits.rule]);
      keys.push_back({hits.rule, first_of_key});
    }
  }
  const auto place = [](const KeyOfRule& key) { return std::pair{key.rule, key.peer}; };
  std::ranges::sort(keys, {}, place);
  const auto repeated = std::ranges::unique(keys, {}, place);
  keys.erase(repeated.begin(), repeated.end());
  for (std::size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
    while (end < keys.size() && keys[end].rule == keys[begin].rule) ++end;
    sum_up_keys(std::span(keys).subspan(begin, end - begin), peers, symbols, usage[keys[begin].rule]);
  }
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
