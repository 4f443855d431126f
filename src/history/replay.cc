// Drives the replay: one second's events in their true order, listings after the events of their second, and at the end
// the order of everything that readers rely on.
#include "history/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "base/permutation.h"
#include "history/replayer.h"

namespace flowtrail::history {
namespace {

/// Sorts stably. Returns where each thing went: its new place by its old one.
template <typename T, typename Less>
std::vector<std::uint32_t> sort_with_map(std::vector<T>& things, Less less) {
  std::vector<std::uint32_t> order(things.size());
  std::iota(order.begin(), order.end(), 0U);
  if (std::ranges::is_sorted(things, less)) return order;
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return less(things[a], things[b]); });
  std::vector<std::uint32_t> new_index(things.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) new_index[order[i]] = i;
  put_in_order(std::move(order), things);
  return new_index;
}

/// Gives the memory back: assigning `{}` would take the elements of an empty list, and keep it.
template <typename Container>
void forget(Container& things) {
  things = Container();
}

template <typename T>
void drop_empty(std::vector<T>& things) {
  std::erase_if(things, [](const T& thing) { return thing.valid.from && thing.valid.from == thing.valid.to; });
}

bool matches(std::string_view pattern, std::string_view text) {
  return pattern.empty() || text.empty() || pattern == text;
}

template <typename Change>
const Change* first_change(const std::vector<cloudtrail::Change>& changes) {
  for (const cloudtrail::Change& change : changes) {
    if (const auto* found = std::get_if<Change>(&change)) return found;
  }
  return nullptr;
}

}  // namespace

Replayer::Replayer(std::vector<ReplayEvent> events, std::vector<SnapshotInfo> snapshots,
                   std::vector<SnapshotFacts> facts)
    : facts_(std::move(facts)) {
  const std::vector<std::uint32_t> new_snapshot =
      sort_with_map(snapshots, [](const SnapshotInfo& a, const SnapshotInfo& b) {
        return std::tie(a.as_of, a.path, a.kind) < std::tie(b.as_of, b.path, b.kind);
      });
  history_.snapshots = std::move(snapshots);
  for (SnapshotFacts& one : facts_) one.snapshot = new_snapshot[one.snapshot];
  std::ranges::stable_sort(facts_, {}, [](const SnapshotFacts& one) { return std::pair(one.time, one.snapshot); });
  sort_with_map(events, [](const ReplayEvent& a, const ReplayEvent& b) {
    return std::tie(a.info.time, a.tie_rank, a.info.place, a.info.event_id) <
           std::tie(b.info.time, b.tie_rank, b.info.place, b.info.event_id);
  });
  history_.events.reserve(events.size());
  claims_.reserve(events.size());
  for (ReplayEvent& event : events) {
    history_.events.push_back(std::move(event.info));
    claims_.push_back({event.failed, std::move(event.changes)});
  }
  forget(events);  // a parameter may live as long as the caller's whole statement
}

Replayer::Moment Replayer::moment_of(std::size_t event) const {
  const EventInfo& info = history_.events[event];
  Moment moment;
  moment.time = info.time;
  moment.proof = {Proof::Kind::kEvent, static_cast<std::uint32_t>(event)};
  moment.account = info.account;
  moment.region = info.region;
  moment.example = info.event_id;
  moment.event = &info;
  return moment;
}

void Replayer::set_text(SharedText& text, std::string_view told) {
  if (!told.empty() && text != told) text = texts_.share(told);
}

void Replayer::fill_text(SharedText& text, std::string_view told) {
  if (text.empty()) text = texts_.share(told);
}

void Replayer::contradict(const Moment& moment, std::string text) {
  history_.contradictions.push_back({std::move(text), std::string(moment.example)});
}

/// Names and directions that a later event or listing tells about earlier ones.
void Replayer::learn_names_and_ids() {
  const auto learn_group = [&](const std::string& id, const std::string& name, const std::string& vpc,
                               std::string_view account, std::string_view region, std::optional<UtcSeconds> created) {
    if (id.empty()) return;
    Index index = find_group(id);
    if (index == kNone) {
      Group group;
      group.group_id = id;
      group.name = name;
      group.vpc_id = vpc;
      group.account = account;
      group.region = region;
      index = add_group(std::move(group));
    } else if (history_.groups[index].name.empty() && !name.empty()) {
      history_.groups[index].name = name;
      groups_by_name_[name].push_back(index);
    }
    if (created) groups_[index].created_at = created;
    mark_managed_by_name(index);
  };
  const auto learn_rules = [&](const std::vector<cloudtrail::RuleItem>& items) {
    for (const cloudtrail::RuleItem& item : items) {
      if (!item.rule_id.empty() && item.spec) rule_ids_[item.rule_id].direction = item.spec->direction;
    }
  };
  for (std::size_t event = 0; event < claims_.size(); ++event) {
    if (claims_[event].failed) continue;
    const EventInfo& info = history_.events[event];
    for (const cloudtrail::Change& change : claims_[event].changes) {
      if (const auto* created = std::get_if<cloudtrail::GroupCreated>(&change)) {
        learn_group(created->group_id, created->name, created->vpc_id,
                    created->owner.empty() ? info.account.text() : std::string_view(created->owner), info.region,
                    info.time);
      } else if (const auto* authorized = std::get_if<cloudtrail::RulesAuthorized>(&change)) {
        learn_rules(authorized->rules);
      } else if (const auto* revoked = std::get_if<cloudtrail::RulesRevoked>(&change)) {
        for (const cloudtrail::RuleItem& item : revoked->rules) {
          if (!item.rule_id.empty()) rule_ids_[item.rule_id].direction = revoked->direction;
        }
      } else if (const auto* described = std::get_if<cloudtrail::RuleDescriptionsUpdated>(&change)) {
        learn_rules(described->rules);
      }
    }
  }
  for (const SnapshotFacts& facts : facts_) {
    for (const ListedGroup& group : facts.groups) {
      if (!group.name.empty()) learn_group(group.group_id, group.name, group.vpc_id, group.account, group.region, {});
      for (const ListedRule& rule : group.rules) {
        if (!rule.rule_id.empty()) rule_ids_[rule.rule_id].direction = rule.spec.direction;
      }
    }
  }
}

/// EC2 refuses a rule that is there already. So where an authorize meets an equal rule in force, the revoke of that
/// rule in the same second came first, although revokes come last by rank. SIZE_MAX: there is none.
std::size_t Replayer::revoke_that_goes_first(std::size_t event, std::size_t last) const {
  const auto* authorized = first_change<cloudtrail::RulesAuthorized>(claims_[event].changes);
  if (authorized == nullptr || claims_[event].failed) return SIZE_MAX;
  const Index group = find_group(authorized->group.id);
  if (group == kNone) return SIZE_MAX;
  const GroupState& state = groups_[group];
  for (const cloudtrail::RuleItem& added : authorized->rules) {
    if (!added.spec) continue;
    const auto open = state.open.find(key_of(*added.spec));
    if (open == state.open.end()) continue;
    const Rule& in_force = history_.rules[open->second];
    if (!added.rule_id.empty() && in_force.rule_id == added.rule_id) continue;
    for (std::size_t other = event + 1; other < last; ++other) {
      if (applied_[other] || claims_[other].failed) continue;
      const auto* revoked = first_change<cloudtrail::RulesRevoked>(claims_[other].changes);
      if (revoked == nullptr || revoked->group.id != authorized->group.id) continue;
      for (const cloudtrail::RuleItem& removed : revoked->rules) {
        if (!removed.rule_id.empty() && removed.rule_id == added.rule_id)
          continue;  // that one revokes what is added here
        const bool by_id = in_force.rule_id && removed.rule_id == *in_force.rule_id;
        const bool by_value =
            removed.spec && removed.spec->same_as(*added.spec) && (!in_force.rule_id || removed.rule_id.empty());
        if (by_id || by_value) return other;
      }
    }
  }
  return SIZE_MAX;
}

void Replayer::apply_event(std::size_t event) {
  const Moment moment = moment_of(event);
  for (const cloudtrail::Change& change : claims_[event].changes) {
    if (claims_[event].failed) {
      record_failed(change, moment);
    } else {
      std::visit([&](const auto& one) { apply(one, moment); }, change);
    }
  }
  forget(claims_[event].changes);  // no longer needed, and most of the memory
}

void Replayer::apply_events_of_second(std::size_t first, std::size_t last) {
  for (std::size_t event = first; event < last; ++event) {
    if (applied_[event]) continue;
    for (std::size_t revoke = revoke_that_goes_first(event, last); revoke != SIZE_MAX;
         revoke = revoke_that_goes_first(event, last)) {
      applied_[revoke] = true;
      apply_event(revoke);
    }
    applied_[event] = true;
    apply_event(event);
  }
}

namespace {

/// How many things claims and listings name; they may name one several times.
struct Counts {
  std::size_t groups = 0, rules = 0, interfaces = 0, instances = 0, addresses = 0, attachments = 0, memberships = 0;

  void add(const cloudtrail::InterfaceDescription& interface) {
    ++interfaces;
    addresses += interface.addresses.size();
    if (interface.groups) memberships += interface.groups->size();
  }
  void add(const cloudtrail::Change& change) {
    if (const auto* authorized = std::get_if<cloudtrail::RulesAuthorized>(&change)) rules += authorized->rules.size();
    if (std::holds_alternative<cloudtrail::GroupCreated>(change)) ++groups;
    if (const auto* created = std::get_if<cloudtrail::InterfaceCreated>(&change)) add(created->interface);
    if (const auto* launched = std::get_if<cloudtrail::InstanceLaunched>(&change)) {
      ++instances;
      attachments += launched->interfaces.size();
      for (const cloudtrail::InterfaceDescription& interface : launched->interfaces) add(interface);
    }
  }
  /// Several listings name the same things.
  void raise_to(const SnapshotFacts& facts) {
    groups = std::max(groups, facts.groups.size());
    interfaces = std::max(interfaces, facts.interfaces.size());
    instances = std::max(instances, facts.instances.size());
  }
};

}  // namespace

/// Room for what is certain to come: lists that grow step by step would be moved again and again, and be there twice
/// meanwhile.
void Replayer::make_room() {
  Counts counts;
  for (const Claims& claims : claims_) {
    for (const cloudtrail::Change& change : claims.changes) counts.add(change);
  }
  history_.rule_changes.reserve(counts.rules + counts.groups);
  history_.attachment_changes.reserve(2 * counts.interfaces);  // what is made ends, mostly
  std::size_t listed_rules = 0;
  for (const SnapshotFacts& facts : facts_) {
    std::size_t of_facts = 0;
    for (const ListedGroup& group : facts.groups) of_facts += group.rules.size();
    listed_rules = std::max(listed_rules, of_facts);
    counts.raise_to(facts);
  }
  counts.rules += listed_rules;
  history_.rules.reserve(counts.rules);
  history_.groups.reserve(counts.groups);
  groups_.reserve(counts.groups);
  history_.interfaces.reserve(counts.interfaces);
  interfaces_.reserve(counts.interfaces);
  history_.instances.reserve(counts.instances);
  instances_.reserve(counts.instances);
  history_.addresses.reserve(counts.addresses);
  history_.attachments.reserve(counts.attachments);
  history_.memberships.reserve(counts.memberships);
  group_places_.reserve(counts.groups);
  interface_places_.reserve(counts.interfaces);
  instance_places_.reserve(counts.instances);
  rule_ids_.reserve(counts.rules);
}

History Replayer::run() {
  make_room();
  learn_names_and_ids();
  applied_.assign(claims_.size(), false);
  std::size_t next_facts = 0;
  const std::vector<EventInfo>& events = history_.events;
  for (std::size_t first = 0; first < events.size();) {
    const UtcSeconds time = events[first].time;
    while (next_facts < facts_.size() && facts_[next_facts].time < time) apply_facts(facts_[next_facts++]);
    std::size_t last = first + 1;
    while (last < events.size() && events[last].time == time) ++last;
    apply_events_of_second(first, last);
    first = last;
  }
  while (next_facts < facts_.size()) apply_facts(facts_[next_facts++]);
  finish();
  return std::move(history_);
}

// ---- final order --------------------------------------------------------------------------------------------------

/// A listing of all interfaces shows every attachment of its account and region, so groups there have no hidden ones.
void Replayer::set_attachments_baselines() {
  for (Group& group : history_.groups) {
    if (group.attachments_baseline != Baseline::kUnknown) continue;
    const bool listed = std::ranges::any_of(facts_, [&](const SnapshotFacts& facts) {
      return facts.lists_all_interfaces && std::ranges::any_of(facts.scopes, [&](const auto& scope) {
               return matches(scope.first, group.account) && matches(scope.second, group.region);
             });
    });
    if (listed) group.attachments_baseline = Baseline::kSnapshot;
  }
}

/// Listings do not always tell the region. A VPC lies in one region, and so do an interface and its groups.
void Replayer::fill_regions() {
  std::map<std::string_view, SharedText> region_of_vpc;
  const auto learn = [&](const auto& things) {
    for (const auto& thing : things) {
      if (!thing.vpc_id.empty() && !thing.region.empty())
        region_of_vpc.emplace(thing.vpc_id, texts_.share(thing.region));
    }
  };
  const auto fill = [&](auto& things) {
    for (auto& thing : things) {
      if (!thing.region.empty()) continue;
      if (const auto known = region_of_vpc.find(thing.vpc_id); known != region_of_vpc.end())
        thing.region = known->second;
    }
  };
  learn(history_.groups);
  learn(history_.interfaces);
  learn(history_.instances);
  fill(history_.groups);
  fill(history_.interfaces);
  fill(history_.instances);
  for (const Membership& membership : history_.memberships) {
    std::string& group = history_.groups[membership.group].region;
    SharedText& interface = history_.interfaces[membership.interface].region;
    if (group.empty()) group = interface;
    fill_text(interface, group);
  }
}

void Replayer::drop_empty_intervals() {
  drop_empty(history_.rules);
  drop_empty(history_.memberships);
  drop_empty(history_.addresses);
  drop_empty(history_.attachments);
  drop_empty(history_.names);
  drop_empty(history_.references);
}

void Replayer::keep_proving_events() {
  std::vector<std::uint32_t> new_index(history_.events.size(), kNone);
  const auto each_proof = [&](auto visit) {
    const auto both = [&](auto& things) {
      for (auto& thing : things) {
        visit(thing.from);
        visit(thing.to);
      }
    };
    both(history_.rules);
    both(history_.memberships);
    both(history_.references);
    for (Group& group : history_.groups) {
      visit(group.created);
      visit(group.deleted);
    }
    for (Interface& interface : history_.interfaces) {
      visit(interface.created);
      visit(interface.deleted);
    }
    for (Instance& instance : history_.instances) {
      visit(instance.launched);
      visit(instance.terminated);
    }
  };
  each_proof([&](const Proof& proof) {
    if (proof.kind == Proof::Kind::kEvent) new_index[proof.index] = 0;
  });
  for (const RuleChange& change : history_.rule_changes) new_index[change.event] = 0;
  for (const AttachmentChange& change : history_.attachment_changes) new_index[change.event] = 0;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < new_index.size(); ++i) {
    if (new_index[i] == kNone) continue;
    new_index[i] = static_cast<std::uint32_t>(kept);
    if (kept != i) history_.events[kept] = std::move(history_.events[i]);
    ++kept;
  }
  history_.events.resize(kept);
  each_proof([&](Proof& proof) {
    if (proof.kind == Proof::Kind::kEvent) proof.index = new_index[proof.index];
  });
  for (RuleChange& change : history_.rule_changes) change.event = new_index[change.event];
  for (AttachmentChange& change : history_.attachment_changes) change.event = new_index[change.event];
}

/// The history stays, for as long as all the records take that are read after it.
void Replayer::give_spare_room_back() {
  const auto shrink = [](auto&... things) { (things.shrink_to_fit(), ...); };
  shrink(history_.events, history_.groups, history_.rules, history_.interfaces, history_.addresses,
         history_.memberships, history_.attachments, history_.instances, history_.names, history_.references,
         history_.rule_changes, history_.attachment_changes);
}

void Replayer::order_everything() {
  // Groups that only the look-ahead met (a listing's or a deleted group's name) are known by then; none is left
  // unmentioned but those of events whose own changes were refused.
  const std::vector<std::uint32_t> group = sort_with_map(history_.groups, [](const Group& a, const Group& b) {
    return std::tie(a.group_id, a.account, a.region, a.vpc_id, a.name) <
           std::tie(b.group_id, b.account, b.region, b.vpc_id, b.name);
  });
  const std::vector<std::uint32_t> interface = sort_with_map(
      history_.interfaces, [](const Interface& a, const Interface& b) { return a.interface_id < b.interface_id; });
  const std::vector<std::uint32_t> instance = sort_with_map(
      history_.instances, [](const Instance& a, const Instance& b) { return a.instance_id < b.instance_id; });
  for (Rule& rule : history_.rules) rule.group = group[rule.group];
  for (Membership& membership : history_.memberships) {
    membership.interface = interface[membership.interface];
    membership.group = group[membership.group];
  }
  for (Address& address : history_.addresses) address.interface = interface[address.interface];
  for (InstanceAttachment& attachment : history_.attachments) {
    attachment.interface = interface[attachment.interface];
    attachment.instance = instance[attachment.instance];
  }
  for (Reference& reference : history_.references) reference.group = group[reference.group];
  for (RuleChange& change : history_.rule_changes) change.group = group[change.group];
  for (AttachmentChange& change : history_.attachment_changes) {
    if (change.interface) change.interface = interface[*change.interface];
  }
  sort_with_map(history_.rules, [](const Rule& a, const Rule& b) {
    if (const auto order = std::tie(a.group, a.rule_id, a.valid.from) <=> std::tie(b.group, b.rule_id, b.valid.from);
        order != 0) {
      return order < 0;
    }
    return key_of(a.spec) < key_of(b.spec);
  });
  std::ranges::stable_sort(history_.memberships, {},
                           [](const Membership& m) { return std::tuple(m.interface, m.group, m.valid.from); });
  std::ranges::stable_sort(history_.addresses, {},
                           [](const Address& a) { return std::tuple(a.interface, a.address, a.valid.from); });
  std::ranges::stable_sort(history_.attachments, {}, [](const InstanceAttachment& a) {
    return std::tuple(a.interface, a.valid.from, a.instance);
  });
  sort_with_map(history_.names, [](const NameTag& a, const NameTag& b) {
    return std::tie(a.resource_id, a.valid.from) < std::tie(b.resource_id, b.valid.from);
  });
  sort_with_map(history_.references, [](const Reference& a, const Reference& b) {
    return std::tie(a.resource, a.group, a.valid.from) < std::tie(b.resource, b.group, b.valid.from);
  });
  for (Group& one : history_.groups) std::ranges::sort(one.associated_vpcs);
}

/// What only the replay itself needed.
void Replayer::forget_states() {
  const auto forget_all = [](auto&... things) { (forget(things), ...); };
  forget_all(texts_, group_sets_, facts_, claims_, groups_, interfaces_, instances_, group_places_, interface_places_,
             instance_places_, attachment_index_, rule_ids_, names_, groups_by_name_, resources_, prefix_lists_);
}

void Replayer::finish() {
  write_prefix_lists();
  fill_regions();
  set_attachments_baselines();
  // Giving back so many small pieces of memory takes as long as what is left to do, which needs none of them.
  const std::jthread forgetting([this] { forget_states(); });
  drop_empty_intervals();
  keep_proving_events();
  order_everything();
  give_spare_room_back();
  history_.index();
}

History replay(std::vector<ReplayEvent> events, std::vector<SnapshotInfo> snapshots, std::vector<SnapshotFacts> facts) {
  return Replayer(std::move(events), std::move(snapshots), std::move(facts)).run();
}

}  // namespace flowtrail::history
