// Groups and their rules. A group's rules in force are a map by content: EC2 refuses a second equal rule, so content
// identifies a rule even where logs and listings carry no ids, and ids are added as soon as anything tells them.
#include <fmt/format.h>

#include <algorithm>

#include "base/letters.h"
#include "history/replayer.h"

namespace flowtrail::history {
namespace {

RuleSpec everything_out(bool ipv6) {
  RuleSpec spec = firewall::canonical_rule(Direction::kEgress, firewall::kAllProtocols, -1, -1);
  spec.source_kind = ipv6 ? SourceKind::kCidrIpv6 : SourceKind::kCidrIpv4;
  spec.cidr = ipv6 ? Cidr(IpAddress(), 0) : Cidr(IpAddress::from_v4(0), 0);
  return spec;
}

/// The AWS service that made a group with its own role: `eks`; empty for people and their tools.
std::string making_service(const EventInfo& event) {
  constexpr std::string_view kService = "service:";
  constexpr std::string_view kRole = "AWSServiceRoleFor";
  const std::string_view arn = event.actor_arn.text();
  const std::string_view via = event.via.text();
  const std::size_t at = arn.find(kRole);
  if (at == std::string::npos && event.actor_type != "AWSService") return {};
  if (via.starts_with(kService)) return std::string(via.substr(kService.size()));
  if (at == std::string::npos) return std::string(event.actor_name.text());
  std::string role(arn.substr(at + kRole.size()));
  role.resize(std::min(role.size(), role.find('/')));
  return lower(role);
}

bool among(const std::vector<RuleSpec>& specs, const RuleSpec& spec) {
  return std::ranges::any_of(specs, [&](const RuleSpec& other) { return other.same_as(spec); });
}

}  // namespace

RuleKey key_of(const RuleSpec& spec) {
  return {spec.direction, spec.protocol, spec.from_port, spec.to_port, spec.source_kind, spec.cidr, spec.source_id};
}

// ---- groups -------------------------------------------------------------------------------------------------------

Replayer::Index Replayer::add_group(Group group) {
  const Index index = static_cast<Index>(history_.groups.size());
  if (!group.group_id.empty()) group_places_.add(TextHash{}(group.group_id), index);
  if (!group.name.empty() || group.group_id.empty()) groups_by_name_[group.name].push_back(index);
  history_.groups.push_back(std::move(group));
  groups_.emplace_back();
  return index;
}

void Replayer::mention(Index index, const Moment& moment) {
  Group& group = history_.groups[index];
  GroupState& state = groups_[index];
  if (!state.mentioned || moment.time < group.first_known) group.first_known = moment.time;
  state.mentioned = true;
  if (!group.group_id.empty()) group.doubtful = false;
  if (group.account.empty()) group.account = moment.account;
  if (group.region.empty()) group.region = moment.region;
}

Replayer::Index Replayer::find_group(std::string_view id) const {
  return group_places_.find(TextHash{}(id), [&](Index i) { return history_.groups[i].group_id == id; });
}

Replayer::Index Replayer::group_by_id(std::string_view id, const Moment& moment, std::string_view account) {
  Index index = find_group(id);
  if (index == kNone) {
    Group group;
    group.group_id = id;
    group.account = account;
    index = add_group(std::move(group));
  }
  mention(index, moment);
  return index;
}

Replayer::Index Replayer::find_by_name(std::string_view name, std::string_view vpc, const Moment& moment) const {
  const auto found = groups_by_name_.find(name);
  if (found == groups_by_name_.end()) return kNone;
  Index result = kNone;
  for (const Index index : found->second) {
    const Group& group = history_.groups[index];
    const GroupState& state = groups_[index];
    if (group.group_id.empty() || group.life.to) continue;
    if (state.created_at && *state.created_at > moment.time) continue;
    if (!vpc.empty() && !group.vpc_id.empty() && vpc != group.vpc_id) continue;
    if (!group.account.empty() && !moment.account.empty() && group.account != moment.account) continue;
    if (!group.region.empty() && !moment.region.empty() && group.region != moment.region) continue;
    if (result != kNone) return kNone;  // two candidates: better unknown than wrong
    result = index;
  }
  return result;
}

Replayer::Index Replayer::placeholder(std::string_view name, std::string_view vpc, const Moment& moment) {
  for (const Index index : groups_by_name_[std::string(name)]) {
    const Group& group = history_.groups[index];
    if (group.group_id.empty() && group.vpc_id == vpc && group.account == moment.account &&
        group.region == moment.region) {
      return index;
    }
  }
  Group group;
  group.name = name;
  group.vpc_id = vpc;
  group.account = moment.account;
  group.region = moment.region;
  group.doubtful = true;
  const Index index = add_group(std::move(group));
  mention(index, moment);
  return index;
}

Replayer::Index Replayer::group_of(const cloudtrail::GroupName& name, const Moment& moment) {
  if (!name.id.empty()) {
    const Index index = group_by_id(name.id, moment);
    Group& group = history_.groups[index];
    if (group.vpc_id.empty()) group.vpc_id = name.vpc_id;
    if (group.name.empty() && !name.name.empty()) {
      group.name = name.name;
      groups_by_name_[group.name].push_back(index);
      mark_managed_by_name(index);
    }
    return index;
  }
  if (name.name.empty()) return kNone;
  const Index index = find_by_name(name.name, name.vpc_id, moment);
  if (index == kNone) return placeholder(name.name, name.vpc_id, moment);
  mention(index, moment);
  return index;
}

void Replayer::mark_managed_by_name(Index index) {
  Group& group = history_.groups[index];
  group.is_default = group.name == "default";
  if (!group.managed_by.empty()) return;
  static constexpr std::pair<std::string_view, std::string_view> kPrefixes[] = {
      {"eks-cluster-sg-", "eks"}, {"eks-remoteAccess-", "eks"}, {"k8s-elb-", "elb"}, {"awseb-", "elasticbeanstalk"}};
  for (const auto& [prefix, owner] : kPrefixes) {
    if (group.name.starts_with(prefix)) group.managed_by = owner;
  }
}

void Replayer::mark_managed(Index index, std::string_view key, std::string_view /*value*/) {
  std::string& managed_by = history_.groups[index].managed_by;
  if (key == "aws:eks:cluster-name") managed_by = "eks";
  if (key == "elbv2.k8s.aws/cluster") managed_by = "elb";
  if (key.starts_with("kubernetes.io/cluster/") && managed_by.empty()) managed_by = "kubernetes";
}

void Replayer::end_group(Index index, const Moment& moment) {
  Group& group = history_.groups[index];
  GroupState& state = groups_[index];
  const Bound at{moment.time, moment.proof};
  group.life.to = moment.time;
  group.deleted = moment.proof;
  for (const auto& [key, rule] : std::map(state.open)) close_rule(rule, at);
  for (const Index membership : state.memberships) {
    Membership& ended = history_.memberships[membership];
    if (ended.valid.to) continue;
    ended.valid.to = moment.time;
    ended.to = moment.proof;
    InterfaceState& interface = interfaces_[ended.interface];
    std::erase_if(interface.open_memberships, [index](const auto& open) { return open.first == index; });
    if (interface.groups) std::erase(*interface.groups, index);
  }
  state.memberships.clear();
  for (const Index reference : state.references) {
    if (!history_.references[reference].valid.to) close_reference(reference, at);
  }
  end_name(group.group_id, moment.time);
}

void Replayer::apply(const cloudtrail::GroupCreated& change, const Moment& moment) {
  if (change.group_id.empty()) {
    mention(placeholder(change.name, change.vpc_id, moment), moment);
    return;
  }
  const Index index = group_by_id(change.group_id, moment);
  Group& group = history_.groups[index];
  if (group.life.from) {
    contradict(moment, fmt::format("group {} is created twice: at {} and {}", group.group_id,
                                   format_utc(*group.life.from), format_utc(moment.time)));
    return;
  }
  if (group.name.empty() && !change.name.empty()) groups_by_name_[change.name].push_back(index);
  if (!change.name.empty()) group.name = change.name;
  group.description = change.description;
  if (!change.vpc_id.empty()) group.vpc_id = change.vpc_id;
  if (!change.owner.empty()) group.account = change.owner;
  group.life.from = moment.time;
  group.created = moment.proof;
  group.rules_baseline = group.attachments_baseline = Baseline::kCreated;
  mark_managed_by_name(index);
  if (group.managed_by.empty() && moment.event != nullptr) group.managed_by = making_service(*moment.event);
  groups_[index].complete = Bound{moment.time, moment.proof};
  const RuleSpec out = everything_out(false);
  if (!groups_[index].open.contains(key_of(out))) {
    const Index rule = open_rule(index, out, {}, {}, Bound{moment.time, moment.proof});
    history_.rules[rule].default_egress = true;
  }
  add_change(RuleChange::Kind::kGroupCreated, index, moment).after_description = change.description;
}

void Replayer::apply(const cloudtrail::GroupDeleted& change, const Moment& moment) {
  const Index index = group_of(change.group, moment);
  if (index == kNone) return;
  if (history_.groups[index].life.to) {
    contradict(moment, fmt::format("group {} is deleted twice: at {} and {}", history_.groups[index].group_id,
                                   format_utc(*history_.groups[index].life.to), format_utc(moment.time)));
    return;
  }
  add_change(RuleChange::Kind::kGroupDeleted, index, moment).before_description = history_.groups[index].description;
  end_group(index, moment);
}

void Replayer::apply(const cloudtrail::VpcDeleted& change, const Moment& moment) {
  if (change.vpc_id.empty()) return;
  for (Index index = 0; index < history_.groups.size(); ++index) {
    const Group& group = history_.groups[index];
    if (group.vpc_id != change.vpc_id || group.life.to || !groups_[index].mentioned || group.doubtful) continue;
    // EC2 deletes a VPC only when nothing but its default group is left.
    if (!group.is_default && !group.name.empty()) {
      contradict(moment, fmt::format("{} is deleted at {} while group {} still exists: its deletion is missing",
                                     change.vpc_id, format_utc(moment.time), group.group_id));
    }
    end_group(index, moment);
  }
}

void Replayer::apply(const cloudtrail::GroupVpcAssociation& change, const Moment& moment) {
  const Index index = group_of(change.group, moment);
  if (index == kNone || change.vpc_id.empty()) return;
  std::vector<std::string>& vpcs = history_.groups[index].associated_vpcs;
  const auto found = std::ranges::find(vpcs, change.vpc_id);
  if (change.associated) {
    if (found != vpcs.end()) return;
    vpcs.push_back(change.vpc_id);
    add_change(RuleChange::Kind::kVpcAssociated, index, moment).after_description = change.vpc_id;
  } else {
    if (found != vpcs.end()) vpcs.erase(found);
    add_change(RuleChange::Kind::kVpcDisassociated, index, moment).before_description = change.vpc_id;
  }
}

// ---- rules --------------------------------------------------------------------------------------------------------

RuleChange& Replayer::add_change(RuleChange::Kind kind, Index group, const Moment& moment) {
  RuleChange change;
  change.kind = kind;
  change.event = moment.proof.index;
  change.group = group;
  return history_.rule_changes.emplace_back(std::move(change));
}

/// Sources named by group name become ids; a group that is a source exists, so it is known from now on.
RuleSpec Replayer::resolved(RuleSpec spec, Index group, const Moment& moment) {
  if (spec.source_kind != SourceKind::kGroup || spec.source_id.empty()) return spec;
  if (spec.source_id.starts_with("sg-")) {
    group_by_id(spec.source_id, moment, spec.source_account);
    return spec;
  }
  Index source = find_by_name(spec.source_id, history_.groups[group].vpc_id, moment);
  if (source == kNone && spec.source_id == history_.groups[group].name) source = group;
  if (source != kNone && !history_.groups[source].group_id.empty()) spec.source_id = history_.groups[source].group_id;
  return spec;
}

Replayer::Index Replayer::open_rule(Index group, const RuleSpec& spec, std::string_view id,
                                    std::string_view description, std::optional<Bound> from) {
  const Index index = static_cast<Index>(history_.rules.size());
  Rule rule;
  rule.group = group;
  rule.spec = spec;
  rule.description = description;
  if (from) {
    rule.valid.from = from->time;
    rule.from = from->proof;
  }
  history_.rules.push_back(std::move(rule));
  groups_[group].open[key_of(spec)] = index;
  adopt_id(index, id);
  return index;
}

void Replayer::adopt_id(Index rule, std::string_view id) {
  if (id.empty()) return;
  history_.rules[rule].rule_id = std::string(id);
  rule_ids_[std::string(id)].open = rule;
}

void Replayer::close_rule(Index index, Bound at) {
  Rule& rule = history_.rules[index];
  rule.valid.to = at.time;
  rule.to = at.proof;
  GroupState& state = groups_[rule.group];
  const RuleKey key = key_of(rule.spec);
  if (const auto found = state.open.find(key); found != state.open.end() && found->second == index) {
    state.open.erase(found);
  }
  state.last_closed[key] = index;
  if (rule.rule_id) {
    RuleIdState& id = rule_ids_[*rule.rule_id];
    if (id.open == index) id.open = kNone;
    id.closed = index;
  }
}

/// The last moment at which this content is known not to have been in force; missing = never known absent.
std::optional<Replayer::Bound> Replayer::absent_since(Index group, const RuleKey& key) const {
  const GroupState& state = groups_[group];
  std::optional<Bound> bound = state.complete;
  if (const auto closed = state.last_closed.find(key); closed != state.last_closed.end()) {
    const Rule& rule = history_.rules[closed->second];
    if (rule.valid.to && (!bound || bound->time <= *rule.valid.to)) bound = Bound{*rule.valid.to, rule.to};
  }
  return bound;
}

Replayer::Index Replayer::open_by_id(std::string_view id) const {
  const auto found = rule_ids_.find(id);
  return found == rule_ids_.end() ? kNone : found->second.open;
}

Replayer::Index Replayer::closed_by_id(std::string_view id) const {
  const auto found = rule_ids_.find(id);
  return found == rule_ids_.end() ? kNone : found->second.closed;
}

/// The one rule in force that an id nobody told us can belong to: all rules are known, and just one is without id.
Replayer::Index Replayer::only_candidate(Index group, std::optional<Direction> direction) const {
  const GroupState& state = groups_[group];
  if (!state.complete || !state.unresolved.empty()) return kNone;
  Index result = kNone;
  for (const auto& [key, rule] : state.open) {
    if (history_.rules[rule].rule_id || (direction && history_.rules[rule].spec.direction != *direction)) continue;
    if (result != kNone) return kNone;
    result = rule;
  }
  return result;
}

void Replayer::authorize(Index group, const cloudtrail::RuleItem& item, const Moment& moment) {
  if (!item.spec) return;
  const RuleSpec spec = resolved(*item.spec, group, moment);
  GroupState& state = groups_[group];
  const std::string description = item.description.value_or("");
  const Bound at{moment.time, moment.proof};
  if (const auto found = state.open.find(key_of(spec)); found != state.open.end()) {
    const Index index = found->second;
    Rule& rule = history_.rules[index];
    if (item.rule_id.empty() || rule.rule_id == item.rule_id) return;
    if (!rule.rule_id) {
      adopt_id(index, item.rule_id);
      if (rule.description.empty()) rule.description = description;
      return;
    }
    contradict(moment,
               fmt::format("{} authorizes `{}` in {} at {} as {} while {} is still in force: a revoke is missing",
                           moment.example, spec.to_string(), history_.groups[group].group_id, format_utc(moment.time),
                           item.rule_id, *rule.rule_id));
    close_rule(index, at);
  } else if (const Index other = item.rule_id.empty() ? kNone : open_by_id(item.rule_id); other != kNone) {
    contradict(moment, fmt::format("{} is authorized at {} as `{}` while in force as `{}`", item.rule_id,
                                   format_utc(moment.time), spec.to_string(), history_.rules[other].spec.to_string()));
    close_rule(other, at);
  }
  open_rule(group, spec, item.rule_id, description, at);
  RuleChange& change = add_change(RuleChange::Kind::kRuleAdded, group, moment);
  if (!item.rule_id.empty()) change.rule_id = item.rule_id;
  change.after = spec;
  change.after_description = description;
}

void Replayer::apply(const cloudtrail::RulesAuthorized& change, const Moment& moment) {
  const Index group = group_of(change.group, moment);
  if (group == kNone) return;
  for (const cloudtrail::RuleItem& item : change.rules) authorize(group, item, moment);
}

void Replayer::revoke_never_seen(Index group, const RuleSpec& spec, std::string_view id, const Moment& moment) {
  std::optional<Bound> from = absent_since(group, key_of(spec));
  const Group& owner = history_.groups[group];
  bool default_egress = false;
  if (from) {
    // In a VPC with IPv6 a new group also lets everything out to ::/0; nothing in the logs tells which VPCs have it.
    default_egress = spec.same_as(everything_out(true)) && owner.life.from && from->time == *owner.life.from;
    if (!default_egress) {
      contradict(moment, fmt::format("`{}` is revoked from {} at {}, but was not there at {}", spec.to_string(),
                                     owner.group_id, format_utc(moment.time), format_utc(from->time)));
    }
  }
  const Index rule = open_rule(group, spec, id, {}, from);
  history_.rules[rule].default_egress = default_egress;
  close_rule(rule, {moment.time, moment.proof});
}

void Replayer::revoke(Index group, Direction direction, const cloudtrail::RuleItem& item, const Moment& moment) {
  std::optional<RuleSpec> spec;
  if (item.spec) spec = resolved(*item.spec, group, moment);
  Index index = item.rule_id.empty() ? kNone : open_by_id(item.rule_id);
  if (index != kNone && spec && !history_.rules[index].spec.same_as(*spec)) {
    contradict(moment,
               fmt::format("{} is revoked at {} as `{}` while in force as `{}`: a change is missing", item.rule_id,
                           format_utc(moment.time), spec->to_string(), history_.rules[index].spec.to_string()));
  }
  GroupState& state = groups_[group];
  if (index == kNone && spec) {
    const auto found = state.open.find(key_of(*spec));
    if (found != state.open.end() && (item.rule_id.empty() || !history_.rules[found->second].rule_id)) {
      index = found->second;
      adopt_id(index, item.rule_id);
    }
  }
  if (index == kNone && !spec) {
    index = only_candidate(group, direction);
    if (index != kNone) adopt_id(index, item.rule_id);
  }
  std::optional<RuleSpec> before = spec;
  std::string description;
  std::optional<std::string> id;
  if (!item.rule_id.empty()) id = item.rule_id;
  const Bound at{moment.time, moment.proof};
  if (index != kNone) {
    const Rule& rule = history_.rules[index];
    if (!before) before = rule.spec;
    description = rule.description;
    if (!id) id = rule.rule_id;
    close_rule(index, at);
  } else if (spec) {
    if (item.description) description = *item.description;
    revoke_never_seen(group, *spec, item.rule_id, moment);
  } else if (const Index closed = closed_by_id(item.rule_id); closed != kNone) {
    before = history_.rules[closed].spec;
    contradict(moment, fmt::format("{} is revoked twice: at {} and {}", item.rule_id,
                                   format_utc(*history_.rules[closed].valid.to), format_utc(moment.time)));
  }
  RuleChange& change = add_change(RuleChange::Kind::kRuleRemoved, group, moment);
  change.rule_id = id;
  change.before = before;
  change.before_description = description;
  if (!before) {
    state.unresolved.push_back({at, static_cast<Index>(history_.rule_changes.size() - 1), direction});
  }
}

void Replayer::apply(const cloudtrail::RulesRevoked& change, const Moment& moment) {
  const Index group = group_of(change.group, moment);
  if (group == kNone) return;
  for (const cloudtrail::RuleItem& item : change.rules) {
    if (!item.spec && item.rule_id.empty()) continue;
    if (item.spec && item.rule_id.empty() && among(change.unknown, *item.spec)) continue;
    revoke(group, change.direction, item, moment);
  }
}

void Replayer::modify(Index group, const cloudtrail::RuleItem& item, const Moment& moment) {
  if (item.rule_id.empty()) return;
  const Bound at{moment.time, moment.proof};
  std::optional<Direction> direction;
  if (const auto known = rule_ids_.find(item.rule_id); known != rule_ids_.end()) direction = known->second.direction;
  Index index = open_by_id(item.rule_id);
  if (index == kNone) {
    index = only_candidate(group, direction);
    if (index != kNone) adopt_id(index, item.rule_id);
  }
  if (index == kNone && !item.spec) return;
  std::optional<RuleSpec> before;
  std::string before_description;
  if (index != kNone) {
    before = history_.rules[index].spec;
    before_description = history_.rules[index].description;
  }
  const std::string description = item.description.value_or("");  // left out = cleared
  std::optional<RuleSpec> after = before;
  if (item.spec) {
    // The request does not tell the direction; it never changes.
    after = *item.spec;
    if (before)
      after->direction = before->direction;
    else if (direction)
      after->direction = *direction;
    after = resolved(*after, group, moment);
  }
  const bool same = before && before->same_as(*after);
  if (same) {
    if (before_description == description) return;
    history_.rules[index].description = description;
  } else {
    if (index != kNone) close_rule(index, at);
    const auto equal = groups_[group].open.find(key_of(*after));
    if (equal != groups_[group].open.end()) {
      const Rule& other = history_.rules[equal->second];
      if (other.rule_id) {
        contradict(moment, fmt::format("{} becomes `{}` at {} while {} says the same", item.rule_id, after->to_string(),
                                       format_utc(moment.time), *other.rule_id));
      }
      close_rule(equal->second, at);
    }
    open_rule(group, *after, item.rule_id, description, at);
  }
  RuleChange& change =
      add_change(same ? RuleChange::Kind::kDescriptionChanged : RuleChange::Kind::kRuleModified, group, moment);
  change.rule_id = item.rule_id;
  change.before = before;
  change.after = after;
  change.before_description = before_description;
  change.after_description = description;
  if (!before) {
    groups_[group].unresolved.push_back({at, static_cast<Index>(history_.rule_changes.size() - 1), after->direction});
  }
}

void Replayer::apply(const cloudtrail::RulesModified& change, const Moment& moment) {
  const Index group = group_of(change.group, moment);
  if (group == kNone) return;
  for (const cloudtrail::RuleItem& item : change.rules) modify(group, item, moment);
}

void Replayer::describe_rule(Index group, const cloudtrail::RuleItem& item, const Moment& moment) {
  Index index = item.rule_id.empty() ? kNone : open_by_id(item.rule_id);
  std::optional<RuleSpec> spec;
  if (item.spec) spec = resolved(*item.spec, group, moment);
  GroupState& state = groups_[group];
  if (index == kNone && spec) {
    const auto found = state.open.find(key_of(*spec));
    if (found != state.open.end()) index = found->second;
  }
  const std::string description = item.description.value_or("");
  std::string before_description;
  if (index == kNone && spec) {
    // Its description is changed, so the rule is there, and was before.
    const std::optional<Bound> from = absent_since(group, key_of(*spec));
    if (from) {
      contradict(moment, fmt::format("`{}` of {} is described at {}, but was not there at {}", spec->to_string(),
                                     history_.groups[group].group_id, format_utc(moment.time), format_utc(from->time)));
    }
    index = open_rule(group, *spec, item.rule_id, {}, from);
  } else if (index != kNone) {
    before_description = history_.rules[index].description;
    if (before_description == description) return;
  }
  RuleChange& change = add_change(RuleChange::Kind::kDescriptionChanged, group, moment);
  if (index != kNone) {
    Rule& rule = history_.rules[index];
    rule.description = description;
    change.rule_id = rule.rule_id;
    change.before = change.after = rule.spec;
  }
  if (!item.rule_id.empty()) change.rule_id = item.rule_id;
  change.before_description = before_description;
  change.after_description = description;
}

void Replayer::apply(const cloudtrail::RuleDescriptionsUpdated& change, const Moment& moment) {
  const Index group = group_of(change.group, moment);
  if (group == kNone) return;
  for (const cloudtrail::RuleItem& item : change.rules) describe_rule(group, item, moment);
}

// ---- failed calls -------------------------------------------------------------------------------------------------

/// A failed call proves nothing, so it neither makes its group known nor tells anything about it.
Replayer::Index Replayer::group_of_failed(const cloudtrail::GroupName& name, const Moment& moment) {
  if (name.id.empty()) {
    if (name.name.empty()) return placeholder({}, name.vpc_id, moment);
    const Index index = find_by_name(name.name, name.vpc_id, moment);
    return index != kNone ? index : placeholder(name.name, name.vpc_id, moment);
  }
  if (const Index known = find_group(name.id); known != kNone) return known;
  Group group;
  group.group_id = name.id;
  group.name = name.name;
  group.vpc_id = name.vpc_id;
  group.account = moment.account;
  group.region = moment.region;
  group.first_known = moment.time;
  group.doubtful = true;
  return add_group(std::move(group));
}

void Replayer::record_failed(const cloudtrail::Change& change, const Moment& moment) {
  const auto record_rules = [&](const cloudtrail::GroupName& name, const std::vector<cloudtrail::RuleItem>& items) {
    const Index group = group_of_failed(name, moment);
    if (items.empty()) add_change(RuleChange::Kind::kFailed, group, moment);
    for (const cloudtrail::RuleItem& item : items) {
      std::optional<RuleSpec> asked = item.spec;
      if (!asked && open_by_id(item.rule_id) != kNone) asked = history_.rules[open_by_id(item.rule_id)].spec;
      RuleChange& row = add_change(RuleChange::Kind::kFailed, group, moment);
      if (!item.rule_id.empty()) row.rule_id = item.rule_id;
      row.after = asked;
      row.after_description = item.description.value_or("");
    }
  };
  if (const auto* created = std::get_if<cloudtrail::GroupCreated>(&change)) {
    const Index group = placeholder(created->name, created->vpc_id, moment);
    add_change(RuleChange::Kind::kFailed, group, moment).after_description = created->description;
  } else if (const auto* deleted = std::get_if<cloudtrail::GroupDeleted>(&change)) {
    add_change(RuleChange::Kind::kFailed, group_of_failed(deleted->group, moment), moment);
  } else if (const auto* authorized = std::get_if<cloudtrail::RulesAuthorized>(&change)) {
    record_rules(authorized->group, authorized->rules);
  } else if (const auto* revoked = std::get_if<cloudtrail::RulesRevoked>(&change)) {
    record_rules(revoked->group, revoked->rules);
  } else if (const auto* modified = std::get_if<cloudtrail::RulesModified>(&change)) {
    record_rules(modified->group, modified->rules);
  } else if (const auto* described = std::get_if<cloudtrail::RuleDescriptionsUpdated>(&change)) {
    record_rules(described->group, described->rules);
  } else if (const auto* associated = std::get_if<cloudtrail::GroupVpcAssociation>(&change)) {
    add_change(RuleChange::Kind::kFailed, group_of_failed(associated->group, moment), moment).after_description =
        associated->vpc_id;
  }
}

}  // namespace flowtrail::history
