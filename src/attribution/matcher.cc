#include "attribution/matcher.h"

#include <algorithm>
#include <climits>
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

// The span around `time` in which it stays inside `span`, or on one side of it.
Span steady_around(const Span& span, std::int64_t time) {
  if (time < span.first) return {kBeginningOfTime * 2, span.first};
  if (time >= span.second) return {span.second, kEndOfTime * 2};
  return span;
}

// The ports that a rule admits, first and last. ICMP types are not in flow logs: a match is possible, and counts.
std::pair<int, int> ports_of(const RuleSpec& spec) {
  const bool all = spec.protocol == firewall::kAllProtocols || !spec.has_ports() ||
                   (spec.from_port <= 0 && spec.to_port >= kLastPort);
  return all ? std::pair{-1, INT_MAX} : std::pair{std::max(spec.from_port, 0), spec.to_port};
}

}  // namespace

CompiledRules::CompiledRules(const history::History& history) : history_(history) {
  groups_.reserve(history.groups.size());
  for (std::uint32_t group = 0; group < history.groups.size(); ++group) groups_.push_back(compile(group));
  const bool any_changing = std::ranges::any_of(groups_, [](const Group& group) {
    return group.ingress.has_changing_source || group.egress.has_changing_source;
  });
  if (any_changing) find_source_changes();
}

CompiledRules::Group CompiledRules::compile(std::uint32_t group) const {
  Group compiled_group;
  for (const std::uint32_t rule : history_.rules_of_group(group)) {
    const bool ingress = history_.rules[rule].spec.direction == Direction::kIngress;
    Rules& rules = ingress ? compiled_group.ingress : compiled_group.egress;
    const Rule added = compiled(rule);
    if (added.valid.first >= added.valid.second) continue;
    rules.rules.push_back(added);
    rules.changes.insert(rules.changes.end(), {added.valid.first, added.valid.second});
    if (added.source == Source::kGroup || added.source == Source::kPrefixList) rules.has_changing_source = true;
  }
  sort_distinct(compiled_group.ingress.changes);
  sort_distinct(compiled_group.egress.changes);
  return compiled_group;
}

CompiledRules::Rule CompiledRules::compiled(std::uint32_t rule) const {
  const RuleSpec& spec = history_.rules[rule].spec;
  Rule compiled{.rule = rule, .valid = span_of(history_.rules[rule].valid), .protocol = spec.protocol};
  std::tie(compiled.from_port, compiled.to_port) = ports_of(spec);
  switch (spec.source_kind) {
    case SourceKind::kCidrIpv4:
    case SourceKind::kCidrIpv6:
      compiled.source = spec.cidr.is_v4() ? Source::kIpv4Block : Source::kIpv6Block;
      compiled.first_v4 = spec.cidr.network().v4();
      compiled.last_v4 = spec.cidr.last().v4();
      break;
    case SourceKind::kGroup:
      compiled.source = Source::kGroup;
      compiled.source_group = history_.find_group(spec.source_id);
      break;
    case SourceKind::kPrefixList: compiled.source = Source::kPrefixList; break;
  }
  return compiled;
}

void CompiledRules::find_source_changes() {
  for (const history::Address& address : history_.addresses) add_ends(address.valid, source_changes_);
  for (const history::Membership& membership : history_.memberships) add_ends(membership.valid, source_changes_);
  for (const history::PrefixListVersion& version : history_.prefix_lists) add_ends(version.valid, source_changes_);
  sort_distinct(source_changes_);
  source_changes_.shrink_to_fit();
}

Matcher::Matcher(const history::History& history, const CompiledRules& rules)
    : history_(history), rules_(rules), remembered_(kRemembered) {}

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
  to.valid = {kBeginningOfTime * 2, kEndOfTime * 2};
  for (const std::uint32_t index : history_.memberships_of_interface(query.interface)) {
    const history::Membership& membership = history_.memberships[index];
    const Span carried = span_of(membership.valid);
    to.valid = overlap(to.valid, steady_around(carried, query.time));
    if (query.time < carried.first || carried.second <= query.time) continue;
    const CompiledRules::Group& group = rules_.groups_[membership.group];
    add_admitting(query.direction == Direction::kIngress ? group.ingress : group.egress, query, to);
  }
  // A rule counts once however many memberships say the same.
  std::ranges::sort(to.answer.rules);
  const auto repeated = std::ranges::unique(to.answer.rules);
  to.answer.rules.erase(repeated.begin(), repeated.end());
  mark_covered(utc_from_seconds(query.time), to.answer);
}

void Matcher::add_admitting(const CompiledRules::Rules& rules, const Query& query, Remembered& to) const {
  to.valid = overlap(to.valid, steady_around(rules.changes, query.time));
  if (rules.has_changing_source) to.valid = overlap(to.valid, steady_around(rules_.source_changes_, query.time));
  for (const CompiledRules::Rule& rule : rules.rules) {
    const bool in_force = rule.valid.first <= query.time && query.time < rule.valid.second;
    const bool protocol = rule.protocol == query.protocol || rule.protocol == firewall::kAllProtocols;
    const bool port = rule.from_port <= query.port && query.port <= rule.to_port;
    if (in_force && protocol && port && admits_source(rule, query)) to.answer.rules.push_back(rule.rule);
  }
}

void Matcher::mark_covered(UtcSeconds time, Answer& answer) const {
  answer.covered.assign(answer.rules.size(), false);
  if (answer.rules.size() < 2) return;
  for (std::size_t i = 0; i < answer.rules.size(); ++i) {
    answer.covered[i] = std::ranges::any_of(
        answer.rules, [&](std::uint32_t other) { return counts_as_covered(history_, other, answer.rules[i], time); });
  }
}

bool Matcher::admits_source(const CompiledRules::Rule& rule, const Query& query) const {
  using Source = CompiledRules::Source;
  const UtcSeconds time = utc_from_seconds(query.time);
  const std::uint32_t v4 = query.address.v4();
  switch (rule.source) {
    case Source::kIpv4Block: return query.address.is_v4() && rule.first_v4 <= v4 && v4 <= rule.last_v4;
    case Source::kIpv6Block: return history_.rules[rule.rule].spec.cidr.contains(query.address);
    case Source::kGroup: return rule.source_group && in_group(query.address, *rule.source_group, time);
    case Source::kPrefixList: return match_prefix(history_, history_.rules[rule.rule].spec, query.address, time) >= 0;
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
