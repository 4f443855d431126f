// For tests: an account whose log is written by hand, one line per event, in any order.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "history/replay.h"

namespace flowtrail::history {

constexpr std::int64_t kDay = 1'772'323'200;  // 2026-03-01T00:00:00Z; times in tests are seconds after it

inline UtcSeconds at(std::int64_t seconds) {
  return utc_from_seconds(kDay + seconds);
}

inline RuleSpec rule(Direction direction, int protocol, int from, int to, const std::string& source) {
  RuleSpec spec = firewall::canonical_rule(direction, protocol, from, to);
  if (source.starts_with("sg-") || source.starts_with("pl-")) {
    spec.source_kind = source.starts_with("sg-") ? SourceKind::kGroup : SourceKind::kPrefixList;
    spec.source_id = source;
  } else {
    spec.cidr = *Cidr::parse(source);
    spec.source_kind = spec.cidr.is_v4() ? SourceKind::kCidrIpv4 : SourceKind::kCidrIpv6;
  }
  return spec;
}
inline RuleSpec tcp(int port, const std::string& source) {
  return rule(Direction::kIngress, 6, port, port, source);
}
inline RuleSpec all_out(const std::string& to = "0.0.0.0/0") {
  return rule(Direction::kEgress, -1, -1, -1, to);
}

inline cloudtrail::RuleItem item(const std::string& id, std::optional<RuleSpec> spec,
                                 std::optional<std::string> description = std::nullopt) {
  return {id, std::move(spec), std::move(description)};
}

inline cloudtrail::GroupName group_name(const std::string& id) {
  return {id, {}, {}};
}

inline cloudtrail::GroupCreated create(const std::string& id, const std::string& name = "web",
                                       const std::string& vpc = "vpc-1") {
  return {id, name, name + " tier", vpc, "111122223333"};
}
inline cloudtrail::RulesAuthorized authorize(const std::string& group, std::vector<cloudtrail::RuleItem> rules) {
  return {group_name(group), std::move(rules)};
}
inline cloudtrail::RulesRevoked revoke(const std::string& group, std::vector<cloudtrail::RuleItem> rules,
                                       Direction direction = Direction::kIngress) {
  return {group_name(group), direction, std::move(rules), {}};
}
inline cloudtrail::RulesModified modify(const std::string& group, std::vector<cloudtrail::RuleItem> rules) {
  return {group_name(group), std::move(rules)};
}
inline cloudtrail::InterfaceDescription interface_with(const std::string& id, std::vector<std::string> groups,
                                                       const std::string& address = {}) {
  cloudtrail::InterfaceDescription description;
  description.interface_id = id;
  description.vpc_id = "vpc-1";
  description.groups = std::move(groups);
  description.device_index = 0;
  description.attachment_id = "attach-" + id;
  if (!address.empty()) description.addresses.emplace_back(*IpAddress::parse(address), true);
  return description;
}
inline cloudtrail::InstanceLaunched launch(const std::string& instance,
                                           std::vector<cloudtrail::InterfaceDescription> interfaces) {
  return {instance, "vpc-1", "subnet-1", "111122223333", std::move(interfaces), {}};
}

class Account {
 public:
  ReplayEvent& event(std::int64_t seconds, int rank, std::vector<cloudtrail::Change> changes) {
    ReplayEvent event;
    event.info.time = at(seconds);
    event.info.event_id = fmt::format("e{:04}", events.size() + 1);
    event.info.account = "111122223333";
    event.info.region = "eu-west-1";
    event.info.actor_name = "alice";
    event.info.place.line = static_cast<std::uint32_t>(events.size() + 1);
    event.tie_rank = rank;
    event.changes = std::move(changes);
    return events.emplace_back(std::move(event));
  }
  ReplayEvent& create(std::int64_t s, cloudtrail::Change change) { return event(s, 0, {std::move(change)}); }
  ReplayEvent& add(std::int64_t s, cloudtrail::Change change) { return event(s, 1, {std::move(change)}); }
  ReplayEvent& change(std::int64_t s, cloudtrail::Change change) { return event(s, 2, {std::move(change)}); }
  ReplayEvent& remove(std::int64_t s, cloudtrail::Change change) { return event(s, 3, {std::move(change)}); }
  ReplayEvent& destroy(std::int64_t s, cloudtrail::Change change) { return event(s, 4, {std::move(change)}); }

  SnapshotFacts& snapshot(std::int64_t seconds) {
    SnapshotFacts fact;
    fact.time = at(seconds);
    fact.snapshot = static_cast<std::uint32_t>(snapshots.size());
    snapshots.push_back({"security-groups", fact.time, fmt::format("snapshot-{}.json", snapshots.size() + 1)});
    return facts.emplace_back(std::move(fact));
  }
  /// A describe-security-groups listing of one group.
  ListedGroup& listed(std::int64_t seconds, const std::string& id, std::vector<ListedRule> rules) {
    SnapshotFacts& fact = snapshot(seconds);
    ListedGroup group;
    group.group_id = id;
    group.account = "111122223333";
    group.region = "eu-west-1";
    group.vpc_id = "vpc-1";
    group.rules_listed = true;
    group.rules = std::move(rules);
    return fact.groups.emplace_back(std::move(group));
  }
  ListedInterface& listed_interface(std::int64_t seconds, const cloudtrail::InterfaceDescription& description) {
    SnapshotFacts& fact = snapshot(seconds);
    fact.lists_all_interfaces = true;
    fact.scopes = {{"111122223333", "eu-west-1"}};
    ListedInterface interface;
    interface.description = description;
    interface.account = "111122223333";
    interface.region = "eu-west-1";
    return fact.interfaces.emplace_back(std::move(interface));
  }

  [[nodiscard]] History replay() const { return history::replay(events, snapshots, facts); }

  std::vector<ReplayEvent> events;
  std::vector<SnapshotInfo> snapshots;
  std::vector<SnapshotFacts> facts;
};

/// `[10, 30)` with seconds after kDay; `-` for a missing end.
inline std::string interval_text(const Interval& interval) {
  const auto end = [](const std::optional<UtcSeconds>& time) {
    return time ? std::to_string(to_seconds(*time) - kDay) : std::string("-");
  };
  return fmt::format("[{}, {})", end(interval.from), end(interval.to));
}

/// One line per version: `sgr-1 ingress tcp 22 from 10.0.0.0/8 [10, 30)`, in the history's order.
inline std::vector<std::string> rules_text(const History& history, const std::string& group) {
  std::vector<std::string> lines;
  const auto index = history.find_group(group);
  for (const Rule& rule : history.rules) {
    if (!index || rule.group != *index) continue;
    lines.push_back(
        fmt::format("{} {} {}", rule.rule_id.value_or("-"), rule.spec.to_string(), interval_text(rule.valid)));
  }
  return lines;
}

inline std::vector<std::string> memberships_text(const History& history) {
  std::vector<std::string> lines;
  for (const Membership& one : history.memberships) {
    lines.push_back(fmt::format("{} {} {}", history.interfaces[one.interface].interface_id,
                                history.groups[one.group].group_id, interval_text(one.valid)));
  }
  return lines;
}

inline std::vector<std::string> changes_text(const History& history) {
  static constexpr const char* kNames[] = {"added",   "removed",    "modified",      "described", "created",
                                           "deleted", "associated", "disassociated", "failed"};
  std::vector<std::string> lines;
  for (const RuleChange& change : history.rule_changes) {
    lines.push_back(fmt::format("{} {} {} {} -> {}", to_seconds(history.events[change.event].time) - kDay,
                                kNames[static_cast<int>(change.kind)], change.rule_id.value_or("-"),
                                change.before ? change.before->to_string() : "?",
                                change.after ? change.after->to_string() : "?"));
  }
  return lines;
}

inline std::vector<std::string> attachment_changes_text(const History& history) {
  static constexpr const char* kNames[] = {"created-with", "changed", "removed-with"};
  std::vector<std::string> lines;
  for (const AttachmentChange& change : history.attachment_changes) {
    lines.push_back(fmt::format(
        "{} {} {} {} {} -> {}", to_seconds(history.events[change.event].time) - kDay,
        kNames[static_cast<int>(change.kind)],
        change.interface ? history.interfaces[*change.interface].interface_id : SharedText("-"), change.resource(),
        change.before ? fmt::format("{}", fmt::join(*change.before, "+")) : "?", fmt::join(*change.after, "+")));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace flowtrail::history
