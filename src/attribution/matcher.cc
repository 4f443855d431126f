#include "attribution/matcher.h"

#include <algorithm>
#include <climits>
#include <set>
#include <tuple>

#include "attribution/rule_cover.h"

namespace flowtrail::attribution {
namespace {

using history::Direction;
using history::RuleSpec;
using history::SourceKind;

constexpr std::size_t kRemembered = 64;
constexpr int kLastPort = 65535;

std::size_t slot_of(const Matcher::Query& query) {
  std::size_t mixed = std::hash<IpAddress>{}(query.address);
  mixed ^= (std::size_t{query.interface} << 20U) ^ (static_cast<std::size_t>(static_cast<unsigned>(query.port)) << 4U) ^
           static_cast<std::size_t>(static_cast<unsigned>(query.protocol)) ^
           (query.direction == Direction::kEgress ? std::size_t{1} << 63U : 0U);
  mixed *= 0x9e3779b97f4a7c15U;
  return (mixed >> 40U) % kRemembered;
}

void add_ends(const Interval& interval, std::vector<std::int64_t>& to) {
  const Span span = span_of(interval);
  to.push_back(span.first);
  to.push_back(span.second);
}

void sort_distinct(std::vector<std::int64_t>& moments) {
  std::ranges::sort(moments);
  const auto repeated = std::ranges::unique(moments);
  moments.erase(repeated.begin(), repeated.end());
}

// The span around `time` without a change.
Span steady_around(const std::vector<std::int64_t>& changes, std::int64_t time) {
  const auto next = std::ranges::upper_bound(changes, time);
  return {next == changes.begin() ? kBeginningOfTime * 2 : *std::prev(next),
          next == changes.end() ? kEndOfTime * 2 : *next};
}

// The ports that a rule admits, first and last. ICMP types are not in flow logs: a match is possible, and counts.
std::pair<int, int> ports_of(const RuleSpec& spec) {
  const bool all = spec.protocol == firewall::kAllProtocols || !spec.has_ports() ||
                   (spec.from_port <= 0 && spec.to_port >= kLastPort);
  return all ? std::pair{-1, INT_MAX} : std::pair{std::max(spec.from_port, 0), spec.to_port};
}

}  // namespace

Matcher::Matcher(const history::History& history)
    : history_(history), interfaces_(history.interfaces.size()), remembered_(kRemembered) {
  source_groups_.resize(history.rules.size());
  for (std::size_t rule = 0; rule < history.rules.size(); ++rule) {
    const RuleSpec& spec = history.rules[rule].spec;
    if (spec.source_kind == SourceKind::kGroup) source_groups_[rule] = history.find_group(spec.source_id);
  }
  for (const history::Address& address : history.addresses) add_ends(address.valid, source_changes_);
  for (const history::Membership& membership : history.memberships) add_ends(membership.valid, source_changes_);
  for (const history::PrefixListVersion& version : history.prefix_lists) add_ends(version.valid, source_changes_);
  sort_distinct(source_changes_);
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
  to.answer.rules.clear();
  const InterfaceRules& rules = rules_of(query.interface);
  const AttachedRules& asked = query.direction == Direction::kIngress ? rules.ingress : rules.egress;
  to.valid = steady_around(asked.changes, query.time);
  if (asked.has_changing_source) to.valid = overlap(to.valid, steady_around(source_changes_, query.time));
  for (const Attached& attached : asked.rules) {
    const bool in_force = attached.valid.first <= query.time && query.time < attached.valid.second;
    const bool protocol = attached.protocol == query.protocol || attached.protocol == firewall::kAllProtocols;
    const bool port = attached.from_port <= query.port && query.port <= attached.to_port;
    if (in_force && protocol && port && admits_source(attached, query)) to.answer.rules.push_back(attached.rule);
  }
  std::ranges::sort(to.answer.rules);
  mark_covered(utc_from_seconds(query.time), to.answer);
}

void Matcher::mark_covered(UtcSeconds time, Answer& answer) const {
  answer.covered.assign(answer.rules.size(), false);
  if (answer.rules.size() < 2) return;
  for (std::size_t i = 0; i < answer.rules.size(); ++i) {
    answer.covered[i] = std::ranges::any_of(
        answer.rules, [&](std::uint32_t other) { return counts_as_covered(history_, other, answer.rules[i], time); });
  }
}

const Matcher::InterfaceRules& Matcher::rules_of(std::uint32_t interface) {
  std::unique_ptr<const InterfaceRules>& place = interfaces_[interface];
  if (place == nullptr) place = std::make_unique<const InterfaceRules>(compile(interface));
  return *place;
}

Matcher::InterfaceRules Matcher::compile(std::uint32_t interface) const {
  InterfaceRules compiled;
  std::set<std::uint32_t> groups;
  for (const std::uint32_t index : history_.memberships_of_interface(interface)) {
    groups.insert(history_.memberships[index].group);
  }
  for (const std::uint32_t group : groups) {
    // Joined, so that a rule counts once however many memberships say the same.
    const Spans carried = membership_spans(history_, interface, group);
    for (const std::uint32_t rule : history_.rules_of_group(group)) {
      const Span in_force = span_of(history_.rules[rule].valid);
      const bool ingress = history_.rules[rule].spec.direction == Direction::kIngress;
      AttachedRules& rules = ingress ? compiled.ingress : compiled.egress;
      for (const Span& span : carried) {
        const Span valid = overlap(span, in_force);
        if (valid.first >= valid.second) continue;
        rules.rules.push_back(attached(rule, valid));
        rules.changes.insert(rules.changes.end(), {valid.first, valid.second});
        const Source source = rules.rules.back().source;
        if (source == Source::kGroup || source == Source::kPrefixList) rules.has_changing_source = true;
      }
    }
  }
  sort_distinct(compiled.ingress.changes);
  sort_distinct(compiled.egress.changes);
  return compiled;
}

Matcher::Attached Matcher::attached(std::uint32_t rule, const Span& valid) const {
  const RuleSpec& spec = history_.rules[rule].spec;
  Attached attached{.rule = rule, .valid = valid, .protocol = spec.protocol};
  std::tie(attached.from_port, attached.to_port) = ports_of(spec);
  switch (spec.source_kind) {
    case SourceKind::kCidrIpv4:
    case SourceKind::kCidrIpv6:
      attached.source = spec.cidr.is_v4() ? Source::kIpv4Block : Source::kIpv6Block;
      attached.first_v4 = spec.cidr.network().v4();
      attached.last_v4 = spec.cidr.last().v4();
      break;
    case SourceKind::kGroup: attached.source = Source::kGroup; break;
    case SourceKind::kPrefixList: attached.source = Source::kPrefixList; break;
  }
  return attached;
}

bool Matcher::admits_source(const Attached& attached, const Query& query) const {
  const UtcSeconds time = utc_from_seconds(query.time);
  const std::uint32_t v4 = query.address.v4();
  switch (attached.source) {
    case Source::kIpv4Block: return query.address.is_v4() && attached.first_v4 <= v4 && v4 <= attached.last_v4;
    case Source::kIpv6Block: return history_.rules[attached.rule].spec.cidr.contains(query.address);
    case Source::kGroup: {
      const std::optional<std::uint32_t> group = source_groups_[attached.rule];
      return group && in_group(query.address, *group, time);
    }
    case Source::kPrefixList:
      return match_prefix(history_, history_.rules[attached.rule].spec, query.address, time) >= 0;
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
