// Listed facts against what the events gave. What only the listing knows was there before all events, unless the whole
// set was known at some earlier moment: then no event explains the difference, which begins or ends at the listing and
// is reported as a contradiction.
#include <fmt/format.h>

#include <algorithm>

#include "history/replayer.h"

namespace flowtrail::history {
namespace {

void fill_in(std::string& text, std::string_view value) {
  if (text.empty()) text = value;
}

}  // namespace

/// The listing may be a little older than its time says, so a change just before it is not held against it.
bool Replayer::too_fresh(const std::optional<Bound>& changed, const Moment& moment) const {
  return changed && changed->proof.kind == Proof::Kind::kEvent && moment.slack.count() > 0 &&
         changed->time + moment.slack >= moment.time;
}

void Replayer::apply_facts(const SnapshotFacts& facts) {
  Moment moment;
  moment.time = facts.time;
  moment.proof = {Proof::Kind::kSnapshot, facts.snapshot};
  moment.example = history_.snapshots[facts.snapshot].path;
  moment.slack = facts.slack;
  for (const ListedGroup& group : facts.groups) apply_listed(group, moment);
  for (const ListedInterface& interface : facts.interfaces) apply_listed(interface, moment);
  for (const ListedInstance& instance : facts.instances) apply_listed(instance, moment);
  for (const ListedPrefixList& list : facts.prefix_lists) apply_listed(list, moment);
  for (const auto& [group_id, vpc_id] : facts.vpc_associations) {
    std::vector<std::string>& vpcs = history_.groups[group_by_id(group_id, moment)].associated_vpcs;
    if (std::ranges::find(vpcs, vpc_id) == vpcs.end()) vpcs.push_back(vpc_id);
  }
  if (facts.lists_all_groups) report_absent_groups(facts, moment);
  if (facts.lists_all_interfaces) report_absent_interfaces(facts, moment);
}

// ---- groups and rules ---------------------------------------------------------------------------------------------

void Replayer::apply_listed(const ListedGroup& listed, const Moment& base) {
  Moment moment = base;
  moment.account = texts_.share(listed.account);
  moment.region = texts_.share(listed.region);
  const bool known = find_group(listed.group_id) != kNone;
  if (listed.deleted && !known) return;
  const Index index = group_by_id(listed.group_id, moment);
  if (listed.deleted) {
    if (!history_.groups[index].life.to) end_group(index, moment);
    return;
  }
  {
    Group& group = history_.groups[index];
    if (group.life.to && *group.life.to <= moment.time) {
      if (*group.life.to + moment.slack < moment.time) {
        contradict(moment, fmt::format("group {} is listed at {} after its deletion at {}", listed.group_id,
                                       format_utc(moment.time), format_utc(*group.life.to)));
      }
      return;
    }
    if (group.name.empty() && !listed.name.empty()) groups_by_name_[listed.name].push_back(index);
    fill_in(group.name, listed.name);
    if (listed.described && !listed.description.empty()) group.description = listed.description;
    fill_in(group.vpc_id, listed.vpc_id);
    fill_in(group.account, listed.account);
    fill_in(group.region, listed.region);
    mark_managed_by_name(index);
  }
  if (listed.tags) {
    for (const auto& [key, value] : *listed.tags) mark_managed(index, key, value);
    compare_tags(listed.group_id, *listed.tags, moment);
  }
  if (!listed.rules_listed) {
    for (const ListedRule& rule : listed.rules) compare_rule(index, resolved(rule.spec, index, moment), rule, moment);
    return;
  }
  compare_rules(index, listed.rules, moment);
  Baseline& baseline = history_.groups[index].rules_baseline;
  if (baseline == Baseline::kUnknown) baseline = Baseline::kSnapshot;
}

void Replayer::compare_rule(Index group, const RuleSpec& spec, const ListedRule& listed, const Moment& moment) {
  const Bound at{moment.time, moment.proof};
  GroupState& state = groups_[group];
  if (const auto found = state.open.find(key_of(spec)); found != state.open.end()) {
    Rule& rule = history_.rules[found->second];
    if (listed.description) rule.description = *listed.description;
    if (rule.spec.source_account.empty()) rule.spec.source_account = spec.source_account;
    if (listed.rule_id.empty() || rule.rule_id == listed.rule_id) return;
    if (!rule.rule_id) {
      adopt_id(found->second, listed.rule_id);
      return;
    }
    if (too_fresh(Bound{rule.valid.from.value_or(UtcSeconds::min()), rule.from}, moment)) return;
    contradict(moment,
               fmt::format("`{}` of {} is listed as {} at {}, but is known as {}", spec.to_string(),
                           history_.groups[group].group_id, listed.rule_id, format_utc(moment.time), *rule.rule_id));
    close_rule(found->second, at);
    open_rule(group, spec, listed.rule_id, listed.description.value_or(""), at);
    return;
  }
  if (const Index other = listed.rule_id.empty() ? kNone : open_by_id(listed.rule_id); other != kNone) {
    const Rule& rule = history_.rules[other];
    if (too_fresh(Bound{rule.valid.from.value_or(UtcSeconds::min()), rule.from}, moment)) return;
    contradict(moment, fmt::format("{} is listed as `{}` at {}, but is known as `{}`: a change is missing",
                                   listed.rule_id, spec.to_string(), format_utc(moment.time), rule.spec.to_string()));
    close_rule(other, at);
    open_rule(group, spec, listed.rule_id, listed.description.value_or(""), at);
    return;
  }
  std::optional<Bound> from = absent_since(group, key_of(spec));
  if (too_fresh(from, moment) && state.last_closed.contains(key_of(spec))) return;
  bool default_egress = false;
  if (from) {
    // The IPv6 twin of the silent default rule exists where the VPC has IPv6, which only a listing tells.
    const Group& owner = history_.groups[group];
    default_egress = owner.life.from && from->time == *owner.life.from && spec.direction == Direction::kEgress &&
                     spec.protocol == firewall::kAllProtocols && spec.source_kind == SourceKind::kCidrIpv6 &&
                     spec.cidr.prefix_length() == 0;
    if (!default_egress) {
      contradict(moment,
                 fmt::format("`{}` of {} is listed at {}, was not there at {}, and no event adds it", spec.to_string(),
                             owner.group_id, format_utc(moment.time), format_utc(from->time)));
      from = at;
    }
  }
  const Index rule = open_rule(group, spec, listed.rule_id, listed.description.value_or(""), from);
  history_.rules[rule].default_egress = default_egress;
}

/// Rules that vanished because of a revoke or modify by an id which nobody could resolve then: now it can be.
void Replayer::explain_missing(Index group, std::vector<Index>& missing) {
  std::vector<Unresolved>& unresolved = groups_[group].unresolved;
  if (unresolved.size() == 1 && missing.size() == 1 && !history_.rules[missing.front()].rule_id) {
    const Index index = missing.front();
    const Unresolved& cause = unresolved.front();
    const Rule& rule = history_.rules[index];
    const bool fits = (!cause.direction || *cause.direction == rule.spec.direction) &&
                      (!rule.valid.from || *rule.valid.from <= cause.at.time);
    if (fits) {
      RuleChange& change = history_.rule_changes[cause.rule_change];
      change.before = rule.spec;
      change.before_description = rule.description;
      if (change.rule_id) history_.rules[index].rule_id = change.rule_id;
      groups_[group].open.erase(key_of(rule.spec));
      history_.rules[index].valid.to = cause.at.time;
      history_.rules[index].to = cause.at.proof;
      groups_[group].last_closed[key_of(rule.spec)] = index;
      missing.clear();
    }
  }
  unresolved.clear();
}

void Replayer::compare_rules(Index group, const std::vector<ListedRule>& rules, const Moment& moment) {
  std::vector<RuleSpec> specs;
  std::vector<RuleKey> listed_keys;
  specs.reserve(rules.size());
  listed_keys.reserve(rules.size());
  for (const ListedRule& listed : rules) {
    specs.push_back(resolved(listed.spec, group, moment));
    listed_keys.push_back(key_of(specs.back()));
  }
  std::ranges::sort(listed_keys);
  std::vector<Index> missing;
  const auto collect_missing = [&] {
    missing.clear();
    for (const auto& [key, index] : groups_[group].open) {
      const Rule& rule = history_.rules[index];
      if (std::ranges::binary_search(listed_keys, key)) continue;
      if (too_fresh(Bound{rule.valid.from.value_or(UtcSeconds::min()), rule.from}, moment)) continue;
      missing.push_back(index);
    }
  };
  // First the listed ones: an id that is listed with another content closes its old version.
  for (std::size_t i = 0; i < rules.size(); ++i) compare_rule(group, specs[i], rules[i], moment);
  collect_missing();
  explain_missing(group, missing);
  for (const Index index : missing) {
    const Rule& rule = history_.rules[index];
    contradict(moment, fmt::format("{} (`{}`) of {} is in force by the events, but not listed at {}",
                                   rule.rule_id.value_or("a rule without id"), rule.spec.to_string(),
                                   history_.groups[group].group_id, format_utc(moment.time)));
    close_rule(index, {moment.time, moment.proof});
  }
  groups_[group].complete = Bound{moment.time, moment.proof};
}

void Replayer::report_absent_groups(const SnapshotFacts& facts, const Moment& moment) {
  std::set<std::string_view> listed;
  std::map<std::string_view, int> listed_in_vpc;
  std::set<std::string_view>
      whole_vpcs;  // a listing with a VPC's default group, or several groups, is no look at one group
  for (const ListedGroup& group : facts.groups) {
    listed.insert(group.group_id);
    if (group.vpc_id.empty()) continue;
    if (++listed_in_vpc[group.vpc_id] >= 2 || group.name == "default") whole_vpcs.insert(group.vpc_id);
  }
  for (Index index = 0; index < history_.groups.size(); ++index) {
    const Group& group = history_.groups[index];
    if (!groups_[index].mentioned || group.doubtful || group.group_id.empty() || listed.contains(group.group_id))
      continue;
    if (!whole_vpcs.contains(group.vpc_id) || group.life.to || !group.life.from) continue;
    if (*group.life.from + moment.slack >= moment.time && moment.slack.count() > 0) continue;
    contradict(moment, fmt::format("group {} exists by the events, but is not listed at {} among the groups of {}",
                                   group.group_id, format_utc(moment.time), group.vpc_id));
  }
}

// ---- interfaces and instances -------------------------------------------------------------------------------------

void Replayer::compare_groups(Index index, const std::vector<std::string>& ids, const Moment& moment) {
  const IndexSet listed = groups_by_id(ids, moment);
  Interface& interface = history_.interfaces[index];
  InterfaceState& state = interfaces_[index];
  if (!state.groups) {
    // Never told by an event: as it is now, so it was since the beginning.
    std::optional<Bound> from;
    if (interface.life.from) from = Bound{*interface.life.from, interface.created};
    replace_memberships(index, listed, moment, from);
    interface.groups_known = true;
    interface.groups_known_from.reset();
    return;
  }
  if (*state.groups == listed || too_fresh(state.groups_changed, moment)) return;
  contradict(moment, fmt::format("groups of interface {} are [{}] at {}, but [{}] by the events",
                                 interface.interface_id, fmt::join(*group_ids(listed), " "), format_utc(moment.time),
                                 fmt::join(*group_ids(*state.groups), " ")));
  replace_memberships(index, listed, moment, Bound{moment.time, moment.proof});
}

void Replayer::compare_addresses(Index index, const ListedInterface& listed, const Moment& moment) {
  InterfaceState& state = interfaces_[index];
  const std::string_view id = history_.interfaces[index].interface_id;
  const auto& told = listed.description.addresses;
  for (const auto& [address, primary] : told) {
    if (const auto open = state.open_addresses.find(address); open != state.open_addresses.end()) {
      history_.addresses[open->second].primary = history_.addresses[open->second].primary || primary;
      continue;
    }
    std::optional<Bound> bound = state.addresses_complete;
    if (const auto closed = state.closed_addresses.find(address); closed != state.closed_addresses.end()) {
      const Address& old = history_.addresses[closed->second];
      if (!bound || bound->time < *old.valid.to) bound = Bound{*old.valid.to, {Proof::Kind::kEvent, 0}};
    }
    if (too_fresh(bound, moment) && state.closed_addresses.contains(address)) continue;
    if (!bound) {
      open_address(index, address, primary, history_.interfaces[index].life.from);
      continue;
    }
    // Events that assign addresses by number do not always tell which: no contradiction, but no earlier time either.
    open_address(index, address, primary, moment.time);
  }
  if (!listed.addresses_told || told.empty()) return;
  std::vector<IpAddress> seen;
  seen.reserve(told.size());
  for (const auto& one : told) seen.push_back(one.first);
  std::ranges::sort(seen);
  std::vector<std::pair<IpAddress, Index>> unseen;
  for (const auto& open : state.open_addresses) {
    if (!std::ranges::binary_search(seen, open.first)) unseen.emplace_back(open);
  }
  for (const auto& [address, open] : unseen) {
    const std::optional<UtcSeconds> from = history_.addresses[open].valid.from;
    if (from && too_fresh(Bound{*from, {Proof::Kind::kEvent, 0}}, moment)) continue;
    contradict(moment, fmt::format("interface {} has {} by the events, but not at {}", id, address.to_string(),
                                   format_utc(moment.time)));
    close_address(index, address, moment.time);
  }
  state.addresses_complete = Bound{moment.time, moment.proof};
}

void Replayer::compare_attachment(Index index, const ListedInterface& listed, const Moment& moment) {
  InterfaceState& state = interfaces_[index];
  const std::string_view id = history_.interfaces[index].interface_id;
  if (listed.instance_id.empty()) {
    if (!listed.attachment_told || state.attachment == kNone || too_fresh(state.attachment_changed, moment)) return;
    const InstanceAttachment& open = history_.attachments[state.attachment];
    contradict(moment, fmt::format("interface {} is on {} by the events, but on no instance at {}", id,
                                   history_.instances[open.instance].instance_id, format_utc(moment.time)));
    detach(index, moment);
    return;
  }
  const Index instance = instance_by_id(listed.instance_id, moment);
  std::optional<Bound> from;
  if (state.attachment == kNone && state.attachment_changed) {
    if (too_fresh(state.attachment_changed, moment)) return;
    contradict(moment, fmt::format("interface {} is on {} at {}, but detached by the events", id, listed.instance_id,
                                   format_utc(moment.time)));
    from = Bound{moment.time, moment.proof};
  } else if (state.attachment != kNone && history_.attachments[state.attachment].instance != instance) {
    if (too_fresh(state.attachment_changed, moment)) return;
    contradict(moment, fmt::format("interface {} is on {} at {}, but elsewhere by the events", id, listed.instance_id,
                                   format_utc(moment.time)));
    from = Bound{moment.time, moment.proof};
  } else if (history_.instances[instance].life.from) {
    from = Bound{*history_.instances[instance].life.from, history_.instances[instance].launched};
  }
  attach(index, instance, listed.description.device_index, from);
  InterfaceState& attached = interfaces_[index];
  attached.delete_on_termination = listed.description.delete_on_termination;
  if (!listed.description.attachment_id.empty()) {
    attached.attachment_id = listed.description.attachment_id;
    attachment_index_[listed.description.attachment_id] = index;
  }
  // Groups that an event put on the instance while its interface was not known yet belong to this one.
  InstanceState& owner = instances_[instance];
  if (!owner.groups_set || attached.groups || listed.description.device_index > 0) return;
  const IndexSet groups = groups_by_id(owner.pending_groups, moment);
  const Bound since = *owner.groups_set;
  replace_memberships(index, groups, Moment{since.time, since.proof, {}, {}, {}, {}, nullptr}, since);
  Interface& interface = history_.interfaces[index];
  interface.groups_known = true;
  interface.groups_known_from = since.time;
  for (Reference& reference : history_.references) {
    if (reference.resource != "instance/" + listed.instance_id || reference.valid.to) continue;
    const Index position = static_cast<Index>(&reference - history_.references.data());
    close_reference(position, {reference.valid.from.value_or(moment.time), reference.from});
  }
  owner.groups_set.reset();
}

void Replayer::apply_listed(const ListedInterface& listed, const Moment& base) {
  Moment moment = base;
  moment.account = texts_.share(listed.account);
  moment.region = texts_.share(listed.region);
  if (listed.deleted && find_interface(listed.description.interface_id) == kNone) return;
  const Index index = interface_by_id(listed.description.interface_id, moment);
  if (listed.deleted) {
    end_interface(index, moment);
    return;
  }
  Interface& interface = history_.interfaces[index];
  if (interface.life.to) {
    if (*interface.life.to + moment.slack < moment.time || moment.slack.count() == 0) {
      contradict(moment, fmt::format("interface {} is listed at {} after its end at {}", interface.interface_id,
                                     format_utc(moment.time), format_utc(*interface.life.to)));
    }
    return;
  }
  fill_text(interface.vpc_id, listed.description.vpc_id);
  fill_text(interface.subnet_id, listed.description.subnet_id);
  fill_text(interface.account, listed.account);
  fill_text(interface.region, listed.region);
  fill_text(interface.requester_id, listed.description.requester_id);
  fill_text(interface.type, listed.description.type);
  set_text(interface.description, listed.description.description);
  interface.requester_managed = interface.requester_managed || listed.description.requester_managed;
  compare_attachment(index, listed, moment);
  compare_addresses(index, listed, moment);
  if (listed.description.groups) compare_groups(index, *listed.description.groups, moment);
  if (listed.tags) compare_tags(listed.description.interface_id, *listed.tags, moment);
}

void Replayer::apply_listed(const ListedInstance& listed, const Moment& base) {
  Moment moment = base;
  moment.account = texts_.share(listed.account);
  moment.region = texts_.share(listed.region);
  if (listed.terminated && find_instance(listed.instance_id) == kNone) return;
  const Index index = instance_by_id(listed.instance_id, moment);
  Instance& instance = history_.instances[index];
  fill_text(instance.account, listed.account);
  fill_text(instance.region, listed.region);
  fill_text(instance.vpc_id, listed.vpc_id);
  fill_text(instance.subnet_id, listed.subnet_id);
  if (listed.terminated) {
    if (instance.life.to) return;
    instance.life.to = moment.time;
    instance.terminated = moment.proof;
    for (const Index interface : std::set(instances_[index].interfaces)) {
      if (interfaces_[interface].delete_on_termination) {
        end_interface(interface, moment);
      } else {
        detach(interface, moment);
      }
    }
    end_resource("instance/" + listed.instance_id, false, moment);
    end_name(listed.instance_id, moment.time);
    return;
  }
  if (instance.life.to) {
    if (*instance.life.to + moment.slack < moment.time || moment.slack.count() == 0) {
      contradict(moment, fmt::format("instance {} is listed at {} after its termination at {}", listed.instance_id,
                                     format_utc(moment.time), format_utc(*instance.life.to)));
    }
    return;
  }
  for (const ListedInterface& interface : listed.interfaces) apply_listed(interface, base);
  if (listed.interfaces.empty() && !listed.groups.empty()) {
    if (const Index primary = primary_interface(index); primary != kNone)
      compare_groups(primary, listed.groups, moment);
  }
  if (listed.tags) compare_tags(listed.instance_id, *listed.tags, moment);
}

void Replayer::compare_tags(std::string_view resource_id, const Tags& tags, const Moment& moment) {
  const std::string* name = nullptr;
  for (const auto& [key, value] : tags) {
    if (key == "Name") name = &value;
  }
  const auto known = names_.find(resource_id);
  NameState& state = known != names_.end() ? known->second : names_[std::string(resource_id)];
  const bool was_known = std::exchange(state.known, true);
  if (state.open != kNone) {
    const NameTag& tag = history_.names[state.open];
    if (name != nullptr && *name == tag.name) return;
    if (too_fresh(Bound{tag.valid.from.value_or(UtcSeconds::min()), {Proof::Kind::kEvent, 0}}, moment)) return;
    contradict(moment, fmt::format("{} is named `{}` at {}, but `{}` before, and no event renames it", resource_id,
                                   name == nullptr ? std::string_view() : *name, format_utc(moment.time), tag.name));
    end_name(resource_id, moment.time);
  }
  if (name == nullptr) return;
  state.open = open_name(resource_id, *name, was_known ? std::optional(moment.time) : std::nullopt);
}

void Replayer::report_absent_interfaces(const SnapshotFacts& facts, const Moment& moment) {
  std::set<std::string_view> listed;
  std::map<std::string_view, int> listed_in_vpc;
  for (const ListedInterface& interface : facts.interfaces) {
    listed.insert(interface.description.interface_id);
    ++listed_in_vpc[interface.description.vpc_id];
  }
  for (const Interface& interface : history_.interfaces) {
    if (interface.life.to || !interface.life.from || interface.vpc_id.empty()) continue;
    if (listed.contains(interface.interface_id)) continue;
    const auto in_vpc = listed_in_vpc.find(interface.vpc_id);
    if (in_vpc == listed_in_vpc.end() || in_vpc->second < 2) continue;
    if (moment.slack.count() > 0 && *interface.life.from + moment.slack >= moment.time) continue;
    contradict(moment, fmt::format("interface {} exists by the events, but is not listed at {} among those of {}",
                                   interface.interface_id, format_utc(moment.time), interface.vpc_id));
  }
}

}  // namespace flowtrail::history
