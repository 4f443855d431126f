#include "attribution/rule_cover.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace flowtrail::attribution {
namespace {

using firewall::kAllProtocols;
using history::History;
using history::RuleSpec;
using history::SourceKind;

constexpr int kIcmp = 1;
constexpr int kIcmpV6 = 58;
constexpr std::int64_t kAllPorts = 65536;

bool covers_ports(const RuleSpec& wide, const RuleSpec& narrow) {
  if (wide.protocol == kAllProtocols) return true;
  if (wide.protocol != narrow.protocol) return false;
  if (wide.has_ports()) return wide.from_port <= narrow.from_port && narrow.to_port <= wide.to_port;
  const bool same_type = wide.from_port == -1 || wide.from_port == narrow.from_port;
  const bool same_code = wide.from_port == -1 || wide.to_port == -1 || wide.to_port == narrow.to_port;
  return same_type && same_code;
}

// The version in force; nullptr when the contents are not known.
const history::PrefixListVersion* prefix_list_at(const History& history, std::string_view id, UtcSeconds time) {
  for (const std::uint32_t index : history.versions_of_prefix_list(id)) {
    if (history.prefix_lists[index].valid.contains(time)) return &history.prefix_lists[index];
  }
  return nullptr;
}

bool covers_source(const History& history, const RuleSpec& wide, const RuleSpec& narrow, UtcSeconds time) {
  const bool wide_is_block = wide.source_kind == SourceKind::kCidrIpv4 || wide.source_kind == SourceKind::kCidrIpv6;
  if (!wide_is_block) return wide.source_kind == narrow.source_kind && wide.source_id == narrow.source_id;
  if (narrow.source_kind == SourceKind::kGroup) return false;
  if (narrow.source_kind != SourceKind::kPrefixList) return wide.cidr.contains(narrow.cidr);
  const history::PrefixListVersion* list = prefix_list_at(history, narrow.source_id, time);
  return list != nullptr && list->complete &&
         std::ranges::all_of(list->entries, [&](const Cidr& entry) { return wide.cidr.contains(entry); });
}

// Groups carried by an interface that carries `group`, with the time they share there.
std::map<std::uint32_t, Spans> companions(const History& history, std::uint32_t group) {
  std::map<std::uint32_t, Spans> shared;
  std::set<std::uint32_t> seen;
  for (const std::uint32_t index : history.memberships_of_group(group)) {
    const std::uint32_t interface = history.memberships[index].interface;
    if (!seen.insert(interface).second) continue;
    const Spans own = membership_spans(history, interface, group);
    std::set<std::uint32_t> others;
    for (const std::uint32_t other : history.memberships_of_interface(interface)) {
      others.insert(history.memberships[other].group);
    }
    for (const std::uint32_t other : others) {
      for (const Span& span : intersection(own, membership_spans(history, interface, other))) {
        shared[other].push_back(span);
      }
    }
  }
  for (auto& [other, spans] : shared) spans = normalized(std::move(spans));
  return shared;
}

// True if `wide` covers `narrow` at some moment of the spans. Only the contents of a prefix list change with time.
bool covers_within(const History& history, std::uint32_t wide, std::uint32_t narrow, const Spans& spans) {
  const RuleSpec& a = history.rules[wide].spec;
  const RuleSpec& b = history.rules[narrow].spec;
  return std::ranges::any_of(spans, [&](const Span& span) {
    if (covers(history, a, b, utc_from_seconds(span.first))) return true;
    if (b.source_kind != SourceKind::kPrefixList) return false;
    return std::ranges::any_of(history.versions_of_prefix_list(b.source_id), [&](std::uint32_t version) {
      const std::int64_t begin = span_of(history.prefix_lists[version].valid).first;
      return span.first <= begin && begin < span.second && covers(history, a, b, utc_from_seconds(begin));
    });
  });
}

}  // namespace

bool covers(const History& history, const RuleSpec& wide, const RuleSpec& narrow, UtcSeconds time) {
  return wide.direction == narrow.direction && covers_ports(wide, narrow) && covers_source(history, wide, narrow, time);
}

std::string label_of(const History& history, std::uint32_t rule) {
  return history.rules[rule].label(history.groups[history.rules[rule].group]);
}

bool counts_as_covered(const History& history, std::uint32_t wide, std::uint32_t narrow, UtcSeconds time) {
  const history::Rule& a = history.rules[wide];
  const history::Rule& b = history.rules[narrow];
  if (wide == narrow || !covers(history, a.spec, b.spec, time)) return false;
  if (!covers(history, b.spec, a.spec, time)) return true;
  const std::int64_t a_from = span_of(a.valid).first;
  const std::int64_t b_from = span_of(b.valid).first;
  if (a_from != b_from) return a_from < b_from;
  const std::string a_label = label_of(history, wide);
  const std::string b_label = label_of(history, narrow);
  return a_label != b_label ? a_label < b_label : wide < narrow;
}

Spans membership_spans(const History& history, std::uint32_t interface, std::uint32_t group) {
  std::vector<Span> spans;
  for (const std::uint32_t index : history.memberships_of_interface(interface)) {
    if (history.memberships[index].group == group) spans.push_back(span_of(history.memberships[index].valid));
  }
  return normalized(std::move(spans));
}

std::vector<std::uint32_t> WiderRules::of(std::uint32_t rule) {
  const history::Rule& narrow = history_.rules[rule];
  const Span life = overlap(span_of(narrow.valid), window_);
  std::vector<std::uint32_t> wider;
  if (life.first >= life.second) return wider;
  if (group_ != narrow.group) {
    companions_ = companions(history_, narrow.group);
    group_ = narrow.group;
  }
  for (const auto& [group, shared] : companions_) {
    const Spans together = intersection(shared, {life});
    if (together.empty()) continue;
    for (const std::uint32_t other : history_.rules_of_group(group)) {
      if (other == rule) continue;
      const Span valid = span_of(history_.rules[other].valid);
      if (valid.first >= valid.second) continue;
      if (covers_within(history_, other, rule, intersection(together, {valid}))) wider.push_back(other);
    }
  }
  std::ranges::sort(wider, {}, [&](std::uint32_t other) { return std::pair{label_of(history_, other), other}; });
  return wider;
}

std::int64_t port_count(const RuleSpec& spec) {
  if (spec.protocol == kAllProtocols) return kAllPorts + 1;
  if (spec.has_ports()) return spec.to_port - spec.from_port + 1;
  if (spec.protocol == kIcmp || spec.protocol == kIcmpV6) {
    if (spec.from_port >= 0) return spec.to_port >= 0 ? 1 : 256;
  }
  return kAllPorts;
}

int match_prefix(const History& history, const RuleSpec& spec, const IpAddress& address, UtcSeconds time) {
  constexpr int kMappedBits = 96;
  constexpr int kGroupReference = 129;
  const auto wide_length = [](const Cidr& cidr) { return cidr.prefix_length() + (cidr.is_v4() ? kMappedBits : 0); };
  if (spec.source_kind == SourceKind::kGroup) return kGroupReference;
  if (spec.source_kind != SourceKind::kPrefixList) return wide_length(spec.cidr);
  int longest = -1;
  for (const std::uint32_t index : history.versions_of_prefix_list(spec.source_id)) {
    const history::PrefixListVersion& version = history.prefix_lists[index];
    if (!version.valid.contains(time)) continue;
    for (const Cidr& entry : version.entries) {
      if (entry.contains(address)) longest = std::max(longest, wide_length(entry));
    }
  }
  return longest;
}

}  // namespace flowtrail::attribution
