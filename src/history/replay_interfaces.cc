// Interfaces and what hangs on them: groups, addresses, the instance, the names. A set of groups is either known as a
// whole or not at all; an interface heard of without its set stays open until an event or a listing tells it.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "history/replayer.h"

namespace flowtrail::history {
namespace {

/// Adds a thing that is not yet there, with a state of its own. Returns its index.
template <typename Thing, typename State>
std::uint32_t add_thing(std::string_view id, Thing thing, PlaceTable& places, std::vector<Thing>& things,
                        std::vector<State>& states) {
  const auto index = static_cast<std::uint32_t>(things.size());
  places.add(TextHash{}(id), index);
  things.push_back(std::move(thing));
  states.emplace_back();
  return index;
}

}  // namespace

Replayer::Index Replayer::find_interface(std::string_view id) const {
  return interface_places_.find(TextHash{}(id), [&](Index i) { return history_.interfaces[i].interface_id == id; });
}

Replayer::Index Replayer::find_instance(std::string_view id) const {
  return instance_places_.find(TextHash{}(id), [&](Index i) { return history_.instances[i].instance_id == id; });
}

Replayer::Index Replayer::interface_by_id(std::string_view id, const Moment& moment) {
  if (const Index known = find_interface(id); known != kNone) return known;
  Interface interface;
  interface.interface_id = texts_.keep(id);
  interface.account = moment.account;
  interface.region = moment.region;
  interface.first_known = moment.time;
  return add_thing(id, std::move(interface), interface_places_, history_.interfaces, interfaces_);
}

Replayer::Index Replayer::instance_by_id(std::string_view id, const Moment& moment) {
  if (const Index known = find_instance(id); known != kNone) return known;
  Instance instance;
  instance.instance_id = texts_.keep(id);
  instance.account = moment.account;
  instance.region = moment.region;
  return add_thing(id, std::move(instance), instance_places_, history_.instances, instances_);
}

SharedGroupIds Replayer::group_ids(const IndexSet& groups) {
  SharedGroupIds& known = group_sets_[groups];
  if (known != nullptr) return known;
  std::vector<std::string> ids;
  ids.reserve(groups.size());
  for (const Index group : groups) ids.push_back(history_.groups[group].group_id);
  std::ranges::sort(ids);
  known = std::make_shared<const std::vector<std::string>>(std::move(ids));
  return known;
}

// ---- groups on interfaces -----------------------------------------------------------------------------------------

void Replayer::add_attachment_change(AttachmentChange::Kind kind, Index interface,
                                     const std::optional<IndexSet>& before, const IndexSet& after,
                                     const Moment& moment) {
  AttachmentChange change;
  change.kind = kind;
  change.event = moment.proof.index;
  change.interface = interface;
  const Index attachment = interfaces_[interface].attachment;
  if (attachment != kNone) {
    change.instance_id = history_.instances[history_.attachments[attachment].instance].instance_id;
  }
  if (before) change.before = group_ids(*before);
  change.after = group_ids(after);
  history_.attachment_changes.push_back(std::move(change));
}

/// Those of ids that are told.
Replayer::IndexSet Replayer::groups_by_id(const std::vector<std::string>& ids, const Moment& moment) {
  IndexSet groups;
  groups.reserve(ids.size());
  for (const std::string& id : ids) {
    if (!id.empty()) groups.push_back(group_by_id(id, moment));
  }
  std::ranges::sort(groups);
  groups.erase(std::ranges::unique(groups).begin(), groups.end());
  return groups;
}

/// Makes `groups` the complete set: ends the others' memberships at the moment, begins new ones at `from`.
void Replayer::replace_memberships(Index interface, const IndexSet& groups, const Moment& moment,
                                   std::optional<Bound> from) {
  InterfaceState& state = interfaces_[interface];
  const auto ends = [&](const std::pair<Index, Index>& open) {
    return !std::ranges::binary_search(groups, open.first);
  };
  for (const auto& open : state.open_memberships) {
    if (!ends(open)) continue;
    Membership& membership = history_.memberships[open.second];
    membership.valid.to = moment.time;
    membership.to = moment.proof;
  }
  std::erase_if(state.open_memberships, ends);
  const std::size_t kept = state.open_memberships.size();
  for (const Index group : groups) {
    const auto kept_ones = std::span(state.open_memberships).first(kept);
    if (std::ranges::binary_search(kept_ones, group, {}, &std::pair<Index, Index>::first)) continue;
    const Index index = static_cast<Index>(history_.memberships.size());
    Membership membership;
    membership.interface = interface;
    membership.group = group;
    if (from) {
      membership.valid.from = from->time;
      membership.from = from->proof;
    }
    history_.memberships.push_back(membership);
    state.open_memberships.emplace_back(group, index);
    groups_[group].memberships.push_back(index);
  }
  std::ranges::inplace_merge(state.open_memberships,
                             state.open_memberships.begin() + static_cast<std::ptrdiff_t>(kept));
  state.groups = groups;
  state.groups_changed = Bound{moment.time, moment.proof};
}

void Replayer::set_interface_groups(Index interface, const std::vector<std::string>& ids, AttachmentChange::Kind kind,
                                    const Moment& moment) {
  const IndexSet groups = groups_by_id(ids, moment);
  const std::optional<IndexSet> before = interfaces_[interface].groups;
  if (before && *before == groups && kind == AttachmentChange::Kind::kChanged) return;
  replace_memberships(interface, groups, moment, Bound{moment.time, moment.proof});
  Interface& info = history_.interfaces[interface];
  const bool created = kind == AttachmentChange::Kind::kCreatedWith;
  if (!info.groups_known) {
    info.groups_known = true;
    if (!created) info.groups_known_from = moment.time;
  }
  add_attachment_change(kind, interface, created ? std::optional(IndexSet()) : before, groups, moment);
}

// ---- life of interfaces -------------------------------------------------------------------------------------------

void Replayer::fill(Interface& interface, const cloudtrail::InterfaceDescription& description) {
  set_text(interface.vpc_id, description.vpc_id);
  set_text(interface.subnet_id, description.subnet_id);
  set_text(interface.account, description.owner);
  set_text(interface.requester_id, description.requester_id);
  set_text(interface.type, description.type);
  set_text(interface.description, description.description);
  interface.requester_managed = interface.requester_managed || description.requester_managed;
}

/// An interface that an event made, or (launches with an existing interface) attached. False: it ended before.
bool Replayer::create_interface(const cloudtrail::InterfaceDescription& description, std::string_view instance_id,
                                const Moment& moment) {
  const bool known = find_interface(description.interface_id) != kNone;
  const Index index = interface_by_id(description.interface_id, moment);
  if (history_.interfaces[index].life.to) return false;
  fill(history_.interfaces[index], description);
  const bool made_now = !known || history_.interfaces[index].first_known == moment.time;
  if (made_now && !history_.interfaces[index].life.from) {
    history_.interfaces[index].life.from = moment.time;
    history_.interfaces[index].created = moment.proof;
    interfaces_[index].addresses_complete = Bound{moment.time, moment.proof};
  }
  for (const auto& [address, primary] : description.addresses) open_address(index, address, primary, moment.time);
  if (!instance_id.empty()) {
    attach(index, instance_by_id(instance_id, moment), description.device_index, Bound{moment.time, moment.proof});
    interfaces_[index].delete_on_termination = description.delete_on_termination;
  }
  if (!description.attachment_id.empty()) {
    interfaces_[index].attachment_id = description.attachment_id;
    attachment_index_[description.attachment_id] = index;
  }
  if (description.groups) {
    const bool first = made_now && !interfaces_[index].groups;
    set_interface_groups(index, *description.groups,
                         first ? AttachmentChange::Kind::kCreatedWith : AttachmentChange::Kind::kChanged, moment);
  }
  return true;
}

void Replayer::end_interface(Index index, const Moment& moment) {
  Interface& interface = history_.interfaces[index];
  if (interface.life.to) return;
  InterfaceState& state = interfaces_[index];
  if (moment.proof.kind == Proof::Kind::kEvent) {
    add_attachment_change(AttachmentChange::Kind::kRemovedWith, index, state.groups, {}, moment);
  }
  interface.life.to = moment.time;
  interface.deleted = moment.proof;
  replace_memberships(index, {}, moment, std::nullopt);
  for (const auto& [address, open] : std::map(state.open_addresses)) close_address(index, address, moment.time);
  detach(index, moment);
  end_name(interface.interface_id, moment.time);
}

void Replayer::attach(Index interface, Index instance, int device_index, std::optional<Bound> from) {
  InterfaceState& state = interfaces_[interface];
  if (state.attachment != kNone) {
    InstanceAttachment& open = history_.attachments[state.attachment];
    if (open.instance == instance) {
      if (device_index >= 0) open.device_index = device_index;
      return;
    }
    if (from) open.valid.to = from->time;
    instances_[open.instance].interfaces.erase(interface);
  }
  state.attachment = static_cast<Index>(history_.attachments.size());
  state.attachment_changed = from;
  InstanceAttachment attachment;
  attachment.interface = interface;
  attachment.instance = instance;
  attachment.device_index = device_index;
  if (from) attachment.valid.from = from->time;
  history_.attachments.push_back(attachment);
  instances_[instance].interfaces.insert(interface);
}

void Replayer::detach(Index interface, const Moment& moment) {
  InterfaceState& state = interfaces_[interface];
  if (const auto known = attachment_index_.find(state.attachment_id); known != attachment_index_.end()) {
    attachment_index_.erase(known);
  }
  state.attachment_id = {};
  state.attachment_changed = Bound{moment.time, moment.proof};
  if (state.attachment == kNone) return;
  InstanceAttachment& attachment = history_.attachments[state.attachment];
  attachment.valid.to = moment.time;
  instances_[attachment.instance].interfaces.erase(interface);
  state.attachment = kNone;
}

void Replayer::open_address(Index interface, const IpAddress& address, bool primary, std::optional<UtcSeconds> from) {
  InterfaceState& state = interfaces_[interface];
  if (state.open_addresses.contains(address)) return;
  state.open_addresses[address] = static_cast<Index>(history_.addresses.size());
  Address added;
  added.interface = interface;
  added.address = address;
  added.primary = primary;
  added.valid.from = from;
  history_.addresses.push_back(added);
}

void Replayer::close_address(Index interface, const IpAddress& address, UtcSeconds time) {
  InterfaceState& state = interfaces_[interface];
  const auto open = state.open_addresses.find(address);
  if (open == state.open_addresses.end()) return;
  history_.addresses[open->second].valid.to = time;
  state.closed_addresses[address] = open->second;
  state.open_addresses.erase(open);
}

Replayer::Index Replayer::interface_of_attachment(std::string_view attachment_id) const {
  const auto found = attachment_index_.find(attachment_id);
  return found == attachment_index_.end() ? kNone : found->second;
}

/// The interface at device index 0, else the only one.
Replayer::Index Replayer::primary_interface(Index instance) const {
  const std::set<Index>& attached = instances_[instance].interfaces;
  for (const Index interface : attached) {
    if (history_.attachments[interfaces_[interface].attachment].device_index == 0) return interface;
  }
  if (attached.size() != 1) return kNone;
  // A lone interface at another device index is not the primary one.
  const Index only = *attached.begin();
  return history_.attachments[interfaces_[only].attachment].device_index > 0 ? kNone : only;
}

void Replayer::apply(const cloudtrail::InterfaceCreated& change, const Moment& moment) {
  if (change.interface.interface_id.empty()) return;
  if (!create_interface(change.interface, {}, moment)) {
    contradict(moment, fmt::format("interface {} is created at {} after its end", change.interface.interface_id,
                                   format_utc(moment.time)));
  }
}

void Replayer::apply(const cloudtrail::InterfaceDeleted& change, const Moment& moment) {
  if (!change.interface_id.empty()) end_interface(interface_by_id(change.interface_id, moment), moment);
}

void Replayer::apply(const cloudtrail::InterfaceAttached& change, const Moment& moment) {
  if (change.interface_id.empty() || change.instance_id.empty()) return;
  const Index interface = interface_by_id(change.interface_id, moment);
  if (history_.interfaces[interface].life.to) return;
  attach(interface, instance_by_id(change.instance_id, moment), change.device_index, Bound{moment.time, moment.proof});
  InterfaceState& state = interfaces_[interface];
  state.delete_on_termination = false;  // EC2's default for interfaces attached to a running instance
  state.attachment_id = change.attachment_id;
  if (!change.attachment_id.empty()) attachment_index_[change.attachment_id] = interface;
}

void Replayer::apply(const cloudtrail::InterfaceDetached& change, const Moment& moment) {
  Index interface = interface_of_attachment(change.attachment_id);
  if (interface == kNone && !change.interface_id.empty()) interface = interface_by_id(change.interface_id, moment);
  if (interface != kNone) detach(interface, moment);
}

void Replayer::apply(const cloudtrail::DeleteOnTerminationSet& change, const Moment& moment) {
  Index interface = interface_of_attachment(change.attachment_id);
  if (interface == kNone && !change.interface_id.empty()) interface = interface_by_id(change.interface_id, moment);
  if (interface == kNone && !change.instance_id.empty()) {
    const Index instance = instance_by_id(change.instance_id, moment);
    for (const Index attached : instances_[instance].interfaces) {
      if (history_.attachments[interfaces_[attached].attachment].device_index == change.device_index) {
        interface = attached;
      }
    }
  }
  if (interface != kNone) interfaces_[interface].delete_on_termination = change.value;
}

void Replayer::apply(const cloudtrail::InterfaceGroupsSet& change, const Moment& moment) {
  if (change.interface_id.empty()) return;
  const Index interface = interface_by_id(change.interface_id, moment);
  if (history_.interfaces[interface].life.to) {
    contradict(moment, fmt::format("groups of interface {} are set at {} after its end at {}", change.interface_id,
                                   format_utc(moment.time), format_utc(*history_.interfaces[interface].life.to)));
    return;
  }
  set_interface_groups(interface, change.groups, AttachmentChange::Kind::kChanged, moment);
}

void Replayer::apply(const cloudtrail::AddressesAssigned& change, const Moment& moment) {
  if (change.interface_id.empty()) return;
  const Index interface = interface_by_id(change.interface_id, moment);
  if (history_.interfaces[interface].life.to) return;
  for (const IpAddress& address : change.addresses) {
    InterfaceState& state = interfaces_[interface];
    if (change.assigned) {
      open_address(interface, address, false, moment.time);
      continue;
    }
    if (!state.open_addresses.contains(address) && !state.closed_addresses.contains(address)) {
      open_address(interface, address, false, history_.interfaces[interface].life.from);
    }
    close_address(interface, address, moment.time);
  }
}

// ---- instances ----------------------------------------------------------------------------------------------------

void Replayer::apply(const cloudtrail::InstanceLaunched& change, const Moment& moment) {
  if (change.instance_id.empty()) return;
  const Index index = instance_by_id(change.instance_id, moment);
  Instance& instance = history_.instances[index];
  if (!instance.life.from) {
    instance.life.from = moment.time;
    instance.launched = moment.proof;
  }
  set_text(instance.vpc_id, change.vpc_id);
  set_text(instance.subnet_id, change.subnet_id);
  set_text(instance.account, change.owner);
  bool any = false;
  for (cloudtrail::InterfaceDescription description : change.interfaces) {
    if (description.interface_id.empty()) continue;
    if (description.vpc_id.empty()) description.vpc_id = change.vpc_id;
    if (description.subnet_id.empty()) description.subnet_id = change.subnet_id;
    any = create_interface(description, change.instance_id, moment) || any;
  }
  if (any || change.groups.empty()) return;
  // The response was cut: the groups are on an interface whose id nobody told (yet).
  instances_[index].groups_set = Bound{moment.time, moment.proof};
  instances_[index].pending_groups = change.groups;
  cloudtrail::ResourceGroups groups;
  groups.resource = "instance/" + change.instance_id;
  groups.set = change.groups;
  groups.created = true;
  apply(groups, moment);
}

void Replayer::apply(const cloudtrail::InstanceTerminated& change, const Moment& moment) {
  if (change.instance_id.empty()) return;
  const Index index = instance_by_id(change.instance_id, moment);
  if (history_.instances[index].life.to) return;  // asked twice: the first call counts
  history_.instances[index].life.to = moment.time;
  history_.instances[index].terminated = moment.proof;
  for (const Index interface : std::set(instances_[index].interfaces)) {
    if (interfaces_[interface].delete_on_termination) {
      end_interface(interface, moment);
    } else {
      detach(interface, moment);
    }
  }
  end_resource("instance/" + change.instance_id, true, moment);
  end_name(change.instance_id, moment.time);
}

void Replayer::apply(const cloudtrail::InstanceGroupsSet& change, const Moment& moment) {
  if (change.instance_id.empty()) return;
  const Index instance = instance_by_id(change.instance_id, moment);
  const Index interface = primary_interface(instance);
  if (interface != kNone) {
    set_interface_groups(interface, change.groups, AttachmentChange::Kind::kChanged, moment);
    return;
  }
  instances_[instance].groups_set = Bound{moment.time, moment.proof};
  instances_[instance].pending_groups = change.groups;
  cloudtrail::ResourceGroups groups;
  groups.resource = "instance/" + change.instance_id;
  groups.set = change.groups;
  apply(groups, moment);
}

// ---- names --------------------------------------------------------------------------------------------------------

void Replayer::end_name(std::string_view resource_id, UtcSeconds time) {
  const auto state = names_.find(resource_id);
  if (state == names_.end() || state->second.open == kNone) return;
  history_.names[state->second.open].valid.to = time;
  state->second.open = kNone;
}

/// The id of an instance or interface is shared with it.
SharedText Replayer::resource_text(std::string_view resource_id) {
  if (const Index instance = find_instance(resource_id); instance != kNone) {
    return history_.instances[instance].instance_id;
  }
  const Index interface = find_interface(resource_id);
  return interface == kNone ? texts_.keep(resource_id) : history_.interfaces[interface].interface_id;
}

Replayer::Index Replayer::open_name(std::string_view resource_id, std::string_view name,
                                    std::optional<UtcSeconds> from) {
  NameTag added;
  added.resource_id = resource_text(resource_id);
  added.name = texts_.share(name);
  added.valid.from = from;
  history_.names.push_back(std::move(added));
  return static_cast<Index>(history_.names.size() - 1);
}

void Replayer::tag(std::string_view resource_id, std::string_view key, const std::optional<std::string>& value,
                   const Moment& moment) {
  const bool is_group = resource_id.starts_with("sg-");
  if (!is_group && !resource_id.starts_with("i-") && !resource_id.starts_with("eni-")) return;
  if (is_group && value && key != "Name") {
    if (const Index group = find_group(resource_id); group != kNone) mark_managed(group, key, *value);
  }
  if (key != "Name") return;
  NameState& state = names_[std::string(resource_id)];
  state.known = true;
  if (state.open != kNone && value && history_.names[state.open].name == *value) return;
  end_name(resource_id, moment.time);
  if (!value) return;
  state.open = open_name(resource_id, *value, moment.time);
}

void Replayer::apply(const cloudtrail::TagChange& change, const Moment& moment) {
  tag(change.resource_id, change.key, change.value, moment);
}

}  // namespace flowtrail::history
