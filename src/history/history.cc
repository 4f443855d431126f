#include "history/history.h"

#include <algorithm>

namespace flowtrail::history {
namespace {

using Indices = std::vector<std::uint32_t>;

const Indices& at_or_none(const std::vector<Indices>& lists, std::uint32_t position) {
  static const Indices kNone;
  return position < lists.size() ? lists[position] : kNone;
}

template <typename Things, typename Owner>
void group_by(const Things& things, std::size_t owners, Owner owner, std::vector<Indices>& lists) {
  lists.assign(owners, {});
  for (std::uint32_t i = 0; i < things.size(); ++i) {
    const std::uint32_t position = owner(things[i]);
    if (position < owners) lists[position].push_back(i);
  }
  for (Indices& list : lists) {
    std::ranges::stable_sort(list, {}, [&](std::uint32_t i) { return things[i].valid.from; });
  }
}

template <typename Things, typename Map>
void sort_by_time(const Things& things, Map& map) {
  for (auto& [key, list] : map)
    std::ranges::stable_sort(list, {}, [&](std::uint32_t i) { return things[i].valid.from; });
}

template <typename Map>
std::optional<std::uint32_t> find(const Map& map, std::string_view id) {
  const auto found = map.find(id);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace

std::string Rule::label(const Group& owner) const {
  return rule_id ? *rule_id : owner.group_id + "/" + spec.to_string();
}

void History::index() {
  group_index_.clear();
  interface_index_.clear();
  instance_index_.clear();
  addresses_by_value_.clear();
  prefix_lists_by_id_.clear();
  names_by_resource_.clear();
  for (std::uint32_t i = 0; i < groups.size(); ++i) {
    if (!groups[i].group_id.empty()) group_index_.emplace(groups[i].group_id, i);
  }
  for (std::uint32_t i = 0; i < interfaces.size(); ++i) interface_index_.emplace(interfaces[i].interface_id, i);
  for (std::uint32_t i = 0; i < instances.size(); ++i) instance_index_.emplace(instances[i].instance_id, i);
  for (std::uint32_t i = 0; i < addresses.size(); ++i) addresses_by_value_[addresses[i].address].push_back(i);
  for (std::uint32_t i = 0; i < prefix_lists.size(); ++i) {
    prefix_lists_by_id_[prefix_lists[i].prefix_list_id].push_back(i);
  }
  for (std::uint32_t i = 0; i < names.size(); ++i) names_by_resource_[names[i].resource_id].push_back(i);
  sort_by_time(addresses, addresses_by_value_);
  sort_by_time(prefix_lists, prefix_lists_by_id_);
  sort_by_time(names, names_by_resource_);

  const auto by_group = [](const auto& thing) { return thing.group; };
  const auto by_interface = [](const auto& thing) { return thing.interface; };
  group_by(rules, groups.size(), by_group, rules_by_group_);
  group_by(memberships, interfaces.size(), by_interface, memberships_by_interface_);
  group_by(memberships, groups.size(), by_group, memberships_by_group_);
  group_by(addresses, interfaces.size(), by_interface, addresses_by_interface_);
  group_by(attachments, interfaces.size(), by_interface, attachments_by_interface_);
  group_by(attachments, instances.size(), [](const auto& thing) { return thing.instance; }, attachments_by_instance_);
  group_by(references, groups.size(), by_group, references_by_group_);
}

std::optional<std::uint32_t> History::find_group(std::string_view group_id) const {
  return find(group_index_, group_id);
}
std::optional<std::uint32_t> History::find_interface(std::string_view interface_id) const {
  return find(interface_index_, interface_id);
}
std::optional<std::uint32_t> History::find_instance(std::string_view instance_id) const {
  return find(instance_index_, instance_id);
}

const Indices& History::rules_of_group(std::uint32_t group) const {
  return at_or_none(rules_by_group_, group);
}
const Indices& History::memberships_of_interface(std::uint32_t interface) const {
  return at_or_none(memberships_by_interface_, interface);
}
const Indices& History::memberships_of_group(std::uint32_t group) const {
  return at_or_none(memberships_by_group_, group);
}
const Indices& History::addresses_of_interface(std::uint32_t interface) const {
  return at_or_none(addresses_by_interface_, interface);
}
const Indices& History::attachments_of_interface(std::uint32_t interface) const {
  return at_or_none(attachments_by_interface_, interface);
}
const Indices& History::attachments_of_instance(std::uint32_t instance) const {
  return at_or_none(attachments_by_instance_, instance);
}
const Indices& History::references_of_group(std::uint32_t group) const {
  return at_or_none(references_by_group_, group);
}

const Indices& History::addresses_equal_to(const IpAddress& address) const {
  static const Indices kNone;
  const auto found = addresses_by_value_.find(address);
  return found == addresses_by_value_.end() ? kNone : found->second;
}

const Indices& History::versions_of_prefix_list(std::string_view prefix_list_id) const {
  static const Indices kNone;
  const auto found = prefix_lists_by_id_.find(prefix_list_id);
  return found == prefix_lists_by_id_.end() ? kNone : found->second;
}

const Indices& History::names_of(std::string_view resource_id) const {
  static const Indices kNone;
  const auto found = names_by_resource_.find(resource_id);
  return found == names_by_resource_.end() ? kNone : found->second;
}

std::optional<std::uint32_t> History::instance_of(std::uint32_t interface, UtcSeconds time) const {
  for (const std::uint32_t i : attachments_of_interface(interface)) {
    if (attachments[i].valid.contains(time)) return attachments[i].instance;
  }
  return std::nullopt;
}

const std::string* History::name_of(std::string_view resource_id, UtcSeconds time) const {
  for (const std::uint32_t i : names_of(resource_id)) {
    const NameTag& tag = names[i];
    if (tag.valid.contains(time) || (tag.valid.from && *tag.valid.from > time)) return &tag.name;
  }
  return nullptr;
}

}  // namespace flowtrail::history
