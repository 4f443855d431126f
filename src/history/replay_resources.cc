// What names groups without being an interface: service resources with their complete sets, bare mentions; and the
// managed prefix lists, whose versions are written once everything about them is known.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "history/replayer.h"

namespace flowtrail::history {
namespace {

std::string resource_key(std::string_view account, std::string_view region, std::string_view resource) {
  return fmt::format("{}\n{}\n{}", account, region, resource);
}

std::vector<Cidr> sorted(std::vector<Cidr> entries) {
  std::ranges::sort(entries);
  entries.erase(std::ranges::unique(entries).begin(), entries.end());
  return entries;
}

/// `entries` with `added` and without `removed`.
std::vector<Cidr> changed(const std::vector<Cidr>& entries, const std::vector<Cidr>& added,
                          const std::vector<Cidr>& removed) {
  std::vector<Cidr> result;
  for (const Cidr& entry : entries) {
    if (std::ranges::find(removed, entry) == removed.end()) result.push_back(entry);
  }
  result.insert(result.end(), added.begin(), added.end());
  return sorted(std::move(result));
}

}  // namespace

// ---- service resources --------------------------------------------------------------------------------------------

void Replayer::open_reference(const std::string& resource, ResourceState& state, Index group,
                              std::optional<Bound> from) {
  if (state.open.contains(group)) return;
  const Index index = static_cast<Index>(history_.references.size());
  Reference reference;
  reference.resource = resource;
  reference.group = group;
  if (from) {
    reference.valid.from = from->time;
    reference.from = from->proof;
  }
  history_.references.push_back(std::move(reference));
  state.open[group] = index;
  groups_[group].references.push_back(index);
}

void Replayer::close_reference(Index index, Bound at) {
  Reference& reference = history_.references[index];
  reference.valid.to = at.time;
  reference.to = at.proof;
}

void Replayer::add_resource_change(AttachmentChange::Kind kind, const std::string& resource,
                                   const std::optional<IndexSet>& before, const IndexSet& after, const Moment& moment) {
  AttachmentChange change;
  change.kind = kind;
  change.event = moment.proof.index;
  constexpr std::string_view kInstance = "instance/";
  if (resource.starts_with(kInstance) && resource.size() > kInstance.size()) {
    change.instance_id = resource_text(std::string_view(resource).substr(kInstance.size()));
  } else {
    change.service_resource = resource;
  }
  if (before) change.before = group_ids(*before);
  change.after = group_ids(after);
  history_.attachment_changes.push_back(std::move(change));
}

void Replayer::set_resource_groups(const std::string& resource, const cloudtrail::ResourceGroups& change,
                                   const Moment& moment) {
  const std::string key = resource_key(moment.account, moment.region, resource);
  ResourceState& state = resources_[key];
  const std::optional<IndexSet> before = change.created ? std::optional(IndexSet()) : state.groups;
  std::set<Index> wanted;
  if (change.set) {
    for (const std::string& id : *change.set) {
      if (!id.empty()) wanted.insert(group_by_id(id, moment));
    }
  } else {
    for (const auto& [group, reference] : state.open) wanted.insert(group);
    for (const std::string& id : change.added) wanted.insert(group_by_id(id, moment));
  }
  const Bound at{moment.time, moment.proof};
  for (const std::string& id : change.removed) {
    const Index group = group_by_id(id, moment);
    // Taken off though never seen on it: it was there before.
    if (!state.open.contains(group) && !state.groups) open_reference(resource, state, group, std::nullopt);
    wanted.erase(group);
  }
  for (auto open = state.open.begin(); open != state.open.end();) {
    if (wanted.contains(open->first)) {
      ++open;
    } else {
      close_reference(open->second, at);
      open = state.open.erase(open);
    }
  }
  for (const Index group : wanted) open_reference(resource, state, group, at);
  const IndexSet after(wanted.begin(), wanted.end());
  const bool known = change.set.has_value() || before.has_value();
  const bool nothing_new =
      (before && *before == after) || (!change.set && change.added.empty() && change.removed.empty());
  if (known) state.groups = after;
  if (!nothing_new) {
    add_resource_change(change.created ? AttachmentChange::Kind::kCreatedWith : AttachmentChange::Kind::kChanged,
                        resource, before, after, moment);
  }
}

void Replayer::apply(const cloudtrail::ResourceGroups& change, const Moment& moment) {
  if (change.resource.empty()) return;
  set_resource_groups(change.resource, change, moment);
  ResourceState& state = resources_[resource_key(moment.account, moment.region, change.resource)];
  for (const std::string& id : change.interface_ids) {
    if (id.empty()) continue;
    const bool known = find_interface(id) != kNone;
    const Index interface = interface_by_id(id, moment);
    if (!known && change.created) {
      history_.interfaces[interface].life.from = moment.time;
      history_.interfaces[interface].created = moment.proof;
    }
    if (!known) interfaces_[interface].resource = change.resource;
    if (std::ranges::find(state.interfaces, id) == state.interfaces.end()) state.interfaces.push_back(id);
  }
  if (!change.set) return;
  // The service puts the resource's groups on the interfaces it made; the change of the resource is the row, not
  // theirs.
  for (const std::string& id : std::vector(state.interfaces)) {
    const Index interface = interface_by_id(id, moment);
    if (interfaces_[interface].resource != change.resource || history_.interfaces[interface].life.to) continue;
    replace_memberships(interface, groups_by_id(*change.set, moment), moment, Bound{moment.time, moment.proof});
    Interface& info = history_.interfaces[interface];
    if (!info.groups_known && !change.created) info.groups_known_from = moment.time;
    info.groups_known = true;
  }
}

void Replayer::end_resource(const std::string& resource, bool report, const Moment& moment) {
  const auto found = resources_.find(resource_key(moment.account, moment.region, resource));
  if (found == resources_.end()) return;
  ResourceState state = std::move(found->second);
  resources_.erase(found);
  for (const auto& [group, reference] : state.open) close_reference(reference, {moment.time, moment.proof});
  if (report && !state.open.empty()) {
    add_resource_change(AttachmentChange::Kind::kRemovedWith, resource, state.groups, {}, moment);
  }
  for (const std::string& id : state.interfaces) {
    const Index interface = interface_by_id(id, moment);
    if (interfaces_[interface].resource != resource || history_.interfaces[interface].life.to) continue;
    Interface& info = history_.interfaces[interface];
    info.life.to = moment.time;
    info.deleted = moment.proof;
    replace_memberships(interface, {}, moment, std::nullopt);
    for (const auto& [address, open] : std::map(interfaces_[interface].open_addresses)) {
      close_address(interface, address, moment.time);
    }
    end_name(id, moment.time);
  }
}

void Replayer::apply(const cloudtrail::ResourceDeleted& change, const Moment& moment) {
  end_resource(change.resource, true, moment);
}

void Replayer::apply(const cloudtrail::GroupsMentioned& change, const Moment& moment) {
  std::string resource = change.resource;
  if (resource.empty() && moment.event != nullptr) {
    const std::string_view source = moment.event->event_source.text();
    resource = fmt::format("{}/{}", source.substr(0, source.find('.')), moment.event->event_name);
  }
  ResourceState& state = resources_[resource_key(moment.account, moment.region, resource) + "\nmention"];
  for (const std::string& id : change.group_ids) {
    if (id.empty()) continue;
    open_reference(resource, state, group_by_id(id, moment), Bound{moment.time, moment.proof});
  }
  for (const auto& [group, reference] : state.open) history_.references[reference].mention_only = true;
}

void Replayer::apply(const cloudtrail::LoggingChanged& change, const Moment& moment) {
  history_.logging_changes.emplace_back(moment.time, change.text);
}

// ---- prefix lists -------------------------------------------------------------------------------------------------

void Replayer::apply(const cloudtrail::PrefixListChanged& change, const Moment& moment) {
  if (change.prefix_list_id.empty()) return;
  PrefixListState& state = prefix_lists_[change.prefix_list_id];
  if (change.deleted) {
    state.deleted = moment.time;
    return;
  }
  PrefixListState::Version version;
  version.from = moment.time;
  version.added = sorted(change.added);
  version.removed = sorted(change.removed);
  if (change.created) {
    state.created = moment.time;
    version.entries = version.added;
    version.complete = true;
    state.number = change.version.value_or(1);
  } else if (change.restored) {
    version.restored = true;
    const auto known = change.version ? state.by_number.find(*change.version) : state.by_number.end();
    if (known != state.by_number.end()) {
      version.entries = known->second;
      version.complete = true;
    }
    if (state.number != 0) ++state.number;
  } else {
    const PrefixListState::Version* last = state.versions.empty() ? nullptr : &state.versions.back();
    version.entries = changed(last != nullptr ? last->entries : state.before, version.added, version.removed);
    version.complete = last != nullptr ? last->complete : state.before_known;
    if (change.version)
      state.number = *change.version;
    else if (state.number != 0)
      ++state.number;
  }
  if (state.number != 0 && version.complete) state.by_number[state.number] = version.entries;
  state.versions.push_back(std::move(version));
}

void Replayer::apply_listed(const ListedPrefixList& listed, const Moment& moment) {
  PrefixListState& state = prefix_lists_[listed.prefix_list_id];
  const std::vector<Cidr> entries = sorted(listed.entries);
  if (state.deleted && *state.deleted <= moment.time) {
    contradict(moment, fmt::format("prefix list {} is listed at {} after its deletion at {}", listed.prefix_list_id,
                                   format_utc(moment.time), format_utc(*state.deleted)));
    return;
  }
  if (!state.versions.empty() && state.versions.back().complete) {
    PrefixListState::Version& last = state.versions.back();
    if (last.entries == entries || last.from + moment.slack >= moment.time) return;
    contradict(moment, fmt::format("entries of prefix list {} differ at {} from what the events say",
                                   listed.prefix_list_id, format_utc(moment.time)));
    PrefixListState::Version version;
    version.from = moment.time;
    version.entries = entries;
    version.complete = true;
    version.restored = true;  // nothing before it can be told from it
    state.versions.push_back(std::move(version));
    return;
  }
  if (state.versions.empty()) {
    if (state.before_known && state.before != entries) {
      contradict(moment, fmt::format("entries of prefix list {} changed before {} without an event",
                                     listed.prefix_list_id, format_utc(moment.time)));
      state.versions.push_back({entries, {}, {}, true, true, moment.time});
      return;
    }
    state.before_known = true;
    state.before = entries;
    return;
  }
  // Undo the changes backwards, up to the last one whose contents cannot be told.
  std::vector<Cidr> contents = entries;
  for (auto& version : std::views::reverse(state.versions)) {
    if (version.complete) break;
    version.entries = contents;
    version.complete = true;
    if (version.restored) return;
    contents = changed(contents, version.removed, version.added);
  }
  if (!state.created && !state.before_known) {
    state.before_known = true;
    state.before = contents;
  }
}

void Replayer::write_prefix_lists() {
  for (const auto& [id, state] : prefix_lists_) {
    const auto add = [&, &list_id = id](const std::vector<Cidr>& entries, bool complete, std::optional<UtcSeconds> from,
                                        std::optional<UtcSeconds> to) {
      PrefixListVersion version;
      version.prefix_list_id = list_id;
      version.entries = entries;
      version.complete = complete;
      version.valid = {from, to ? to : state.deleted};
      if (version.valid.from && version.valid.from == version.valid.to) return;
      history_.prefix_lists.push_back(std::move(version));
    };
    const std::optional<UtcSeconds> first =
        state.versions.empty() ? std::nullopt : std::optional(state.versions.front().from);
    if (!state.created) {
      if (state.before_known) {
        add(state.before, true, std::nullopt, first);
      } else if (first && !state.versions.front().removed.empty()) {
        add(state.versions.front().removed, false, std::nullopt, first);  // what was taken out was in it before
      }
    }
    for (std::size_t i = 0; i < state.versions.size(); ++i) {
      const PrefixListState::Version& version = state.versions[i];
      const bool last = i + 1 == state.versions.size();
      add(version.entries, version.complete, version.from,
          last ? std::nullopt : std::optional(state.versions[i + 1].from));
    }
  }
}

}  // namespace flowtrail::history
