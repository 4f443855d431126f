#include "attribution/matcher.h"

#include <algorithm>
#include <set>

#include "attribution/rule_cover.h"

namespace flowtrail::attribution {
namespace {

using history::Direction;
using history::RuleSpec;
using history::SourceKind;

constexpr std::size_t kRemembered = std::size_t{1} << 13U;
constexpr int kLastPort = 65535;

std::size_t slot_of(const Matcher::Query& query) {
  std::size_t mixed = std::hash<IpAddress>{}(query.address);
  mixed ^= (std::size_t{query.interface} << 20U) ^ (static_cast<std::size_t>(static_cast<unsigned>(query.port)) << 4U) ^
           static_cast<std::size_t>(static_cast<unsigned>(query.protocol)) ^
           (query.direction == Direction::kEgress ? std::size_t{1} << 63U : 0U);
  mixed *= 0x9e3779b97f4a7c15U;
  return (mixed >> 40U) % kRemembered;
}

bool has_changing_source(const RuleSpec& spec) {
  return spec.source_kind == SourceKind::kGroup || spec.source_kind == SourceKind::kPrefixList;
}

void add_ends(const Interval& interval, std::vector<std::int64_t>& to) {
  const Span span = span_of(interval);
  to.push_back(span.first);
  to.push_back(span.second);
}

// Narrows `valid` to the part around `time` in which being inside or outside of `span` does not change.
void narrow(Span& valid, const Span& span, std::int64_t time) {
  for (const std::int64_t change : {span.first, span.second}) {
    if (change <= time) {
      valid.first = std::max(valid.first, change);
    } else {
      valid.second = std::min(valid.second, change);
    }
  }
}

}  // namespace

Matcher::Matcher(const history::History& history) : history_(history), remembered_(kRemembered) {
  source_groups_.resize(history.rules.size());
  for (std::size_t rule = 0; rule < history.rules.size(); ++rule) {
    const RuleSpec& spec = history.rules[rule].spec;
    if (spec.source_kind == SourceKind::kGroup) source_groups_[rule] = history.find_group(spec.source_id);
  }
  for (const history::Address& address : history.addresses) add_ends(address.valid, source_changes_);
  for (const history::Membership& membership : history.memberships) add_ends(membership.valid, source_changes_);
  for (const history::PrefixListVersion& version : history.prefix_lists) add_ends(version.valid, source_changes_);
  std::ranges::sort(source_changes_);
  const auto repeated = std::ranges::unique(source_changes_);
  source_changes_.erase(repeated.begin(), repeated.end());
}

const Matcher::Answer& Matcher::match(const Query& query) {
  Remembered& place = remembered_[slot_of(query)];
  Query asked = query;
  asked.time = place.query.time;  // the time may differ inside the span
  const bool known = asked == place.query && place.valid.first <= query.time && query.time < place.valid.second;
  if (!known) answer(query, place);
  return place.answer;
}

void Matcher::answer(const Query& query, Remembered& to) {
  to.query = query;
  to.valid = {kBeginningOfTime * 2, kEndOfTime * 2};
  to.answer.rules.clear();
  const InterfaceRules& rules = rules_of(query.interface);
  bool steady = true;
  for (const Attached& attached : query.direction == Direction::kIngress ? rules.ingress : rules.egress) {
    narrow(to.valid, attached.valid, query.time);
    if (attached.valid.first > query.time || query.time >= attached.valid.second) continue;
    if (has_changing_source(history_.rules[attached.rule].spec)) steady = false;
    if (admits(attached.rule, query)) to.answer.rules.push_back(attached.rule);
  }
  if (!steady) to.valid = overlap(to.valid, steady_sources(query.time));
  std::ranges::sort(to.answer.rules);
  to.answer.covered.assign(to.answer.rules.size(), false);
  for (std::size_t i = 0; i < to.answer.rules.size(); ++i) {
    to.answer.covered[i] = std::ranges::any_of(to.answer.rules, [&](std::uint32_t other) {
      return counts_as_covered(history_, other, to.answer.rules[i], utc_from_seconds(query.time));
    });
  }
}

Span Matcher::steady_sources(std::int64_t time) const {
  const auto next = std::ranges::upper_bound(source_changes_, time);
  return {next == source_changes_.begin() ? kBeginningOfTime * 2 : *std::prev(next),
          next == source_changes_.end() ? kEndOfTime * 2 : *next};
}

const Matcher::InterfaceRules& Matcher::rules_of(std::uint32_t interface) {
  const auto [place, is_new] = interfaces_.try_emplace(interface);
  if (!is_new) return place->second;
  std::set<std::uint32_t> groups;
  for (const std::uint32_t index : history_.memberships_of_interface(interface)) {
    groups.insert(history_.memberships[index].group);
  }
  for (const std::uint32_t group : groups) {
    // Joined, so that a rule counts once however many memberships say the same.
    const Spans carried = membership_spans(history_, interface, group);
    for (const std::uint32_t rule : history_.rules_of_group(group)) {
      const Span in_force = span_of(history_.rules[rule].valid);
      for (const Span& span : carried) {
        const Span valid = overlap(span, in_force);
        if (valid.first >= valid.second) continue;
        const bool ingress = history_.rules[rule].spec.direction == Direction::kIngress;
        (ingress ? place->second.ingress : place->second.egress).push_back({rule, valid});
      }
    }
  }
  return place->second;
}

bool Matcher::admits(std::uint32_t rule, const Query& query) const {
  const RuleSpec& spec = history_.rules[rule].spec;
  if (spec.protocol != firewall::kAllProtocols) {
    if (spec.protocol != query.protocol) return false;
    if (spec.has_ports()) {
      const bool all_ports = spec.from_port <= 0 && spec.to_port >= kLastPort;
      const bool in_range = query.port >= 0 && spec.from_port <= query.port && query.port <= spec.to_port;
      if (!all_ports && !in_range) return false;
    }
    // ICMP types are not in flow logs: a match is possible, and counts.
  }
  return admits_source(rule, query);
}

bool Matcher::admits_source(std::uint32_t rule, const Query& query) const {
  const RuleSpec& spec = history_.rules[rule].spec;
  const UtcSeconds time = utc_from_seconds(query.time);
  switch (spec.source_kind) {
    case SourceKind::kCidrIpv4:
    case SourceKind::kCidrIpv6: return spec.cidr.contains(query.address);
    case SourceKind::kGroup: return source_groups_[rule] && in_group(query.address, *source_groups_[rule], time);
    case SourceKind::kPrefixList: return match_prefix(history_, spec, query.address, time) >= 0;
  }
  return false;
}

bool Matcher::in_group(const IpAddress& address, std::uint32_t group, UtcSeconds time) const {
  return std::ranges::any_of(history_.addresses_equal_to(address), [&](std::uint32_t index) {
    const history::Address& held = history_.addresses[index];
    if (!held.valid.contains(time)) return false;
    return std::ranges::any_of(history_.memberships_of_interface(held.interface), [&](std::uint32_t other) {
      const history::Membership& membership = history_.memberships[other];
      return membership.group == group && membership.valid.contains(time);
    });
  });
}

}  // namespace flowtrail::attribution
