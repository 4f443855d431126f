#include "history/history.h"

#include <fmt/format.h>

#include <functional>
#include <type_traits>

#include "base/text_hash.h"

namespace flowtrail::history {
namespace {

template <typename Things, typename Owner>
NumberLists lists_by(const Things& things, std::size_t owners, Owner owner) {
  return NumberLists(
      owners, static_cast<std::uint32_t>(things.size()), [&](std::uint32_t i) { return owner(things[i]); },
      [&](std::uint32_t i) { return things[i].valid.from; });
}

template <typename Key>
std::size_t hash_of(const Key& key) {
  if constexpr (std::is_convertible_v<Key, std::string_view>) {
    return TextHash{}(key);
  } else {
    return std::hash<Key>{}(key);
  }
}

/// One list for each different `key(thing)`.
template <typename Things, typename Key>
void lists_by_key(const Things& things, const Key& key, PlaceTable& table, NumberLists& lists) {
  table = {};
  table.reserve(things.size());
  std::vector<std::uint32_t> first_of_list;
  std::vector<std::uint32_t> list_of;
  list_of.reserve(things.size());
  for (std::uint32_t i = 0; i < things.size(); ++i) {
    const std::size_t hash = hash_of(key(things[i]));
    std::uint32_t list =
        table.find(hash, [&](std::uint32_t other) { return key(things[first_of_list[other]]) == key(things[i]); });
    if (list == PlaceTable::kNone) {
      list = static_cast<std::uint32_t>(first_of_list.size());
      first_of_list.push_back(i);
      table.add(hash, list);
    }
    list_of.push_back(list);
  }
  lists = NumberLists(
      first_of_list.size(), static_cast<std::uint32_t>(things.size()), [&](std::uint32_t i) { return list_of[i]; },
      [&](std::uint32_t i) { return things[i].valid.from; });
}

/// The list of `wanted`; empty where there is none.
template <typename Things, typename Key, typename Wanted>
NumberLists::List list_with_key(const Things& things, const Key& key, const PlaceTable& table, const NumberLists& lists,
                                const Wanted& wanted) {
  return lists.of(
      table.find(hash_of(wanted), [&](std::uint32_t list) { return key(things[lists.of(list).front()]) == wanted; }));
}

/// Things without an id are not found by it.
template <typename Things, typename Id>
PlaceTable places_by_id(const Things& things, const Id& id) {
  PlaceTable table;
  table.reserve(things.size());
  for (std::uint32_t i = 0; i < things.size(); ++i) {
    if (!id(things[i]).empty()) table.add(hash_of(id(things[i])), i);
  }
  return table;
}

template <typename Things, typename Id>
std::optional<std::uint32_t> find(const Things& things, const Id& id, const PlaceTable& table,
                                  std::string_view wanted) {
  const std::uint32_t place = table.find(hash_of(wanted), [&](std::uint32_t i) { return id(things[i]) == wanted; });
  if (place == PlaceTable::kNone) return std::nullopt;
  return place;
}

constexpr auto kGroupId = [](const Group& group) -> std::string_view { return group.group_id; };
constexpr auto kInterfaceId = [](const Interface& interface) -> std::string_view { return interface.interface_id; };
constexpr auto kInstanceId = [](const Instance& instance) -> std::string_view { return instance.instance_id; };
constexpr auto kPrefixListId = [](const PrefixListVersion& list) -> std::string_view { return list.prefix_list_id; };
constexpr auto kResourceId = [](const NameTag& tag) -> std::string_view { return tag.resource_id; };
constexpr auto kAddress = [](const Address& held) -> const IpAddress& { return held.address; };

}  // namespace

std::string Rule::label(const Group& owner) const {
  return rule_id ? *rule_id : owner.group_id + "/" + spec.to_string();
}

std::string AttachmentChange::resource() const {
  if (!service_resource.empty()) return std::string(service_resource.text());
  return instance_id.empty() ? std::string() : fmt::format("instance/{}", instance_id.text());
}

void History::index_names() {
  group_places_ = places_by_id(groups, kGroupId);
  interface_places_ = places_by_id(interfaces, kInterfaceId);
  instance_places_ = places_by_id(instances, kInstanceId);
  lists_by_key(addresses, kAddress, addresses_by_value_, equal_addresses_);
  lists_by_key(prefix_lists, kPrefixListId, prefix_lists_by_id_, prefix_list_versions_);
  lists_by_key(names, kResourceId, names_by_resource_, resource_names_);
}

void History::index_lists() {
  const auto by_group = [](const auto& thing) { return thing.group; };
  const auto by_interface = [](const auto& thing) { return thing.interface; };
  const auto by_instance = [](const auto& thing) { return thing.instance; };
  rules_by_group_ = lists_by(rules, groups.size(), by_group);
  memberships_by_interface_ = lists_by(memberships, interfaces.size(), by_interface);
  memberships_by_group_ = lists_by(memberships, groups.size(), by_group);
  addresses_by_interface_ = lists_by(addresses, interfaces.size(), by_interface);
  attachments_by_interface_ = lists_by(attachments, interfaces.size(), by_interface);
  attachments_by_instance_ = lists_by(attachments, instances.size(), by_instance);
  references_by_group_ = lists_by(references, groups.size(), by_group);
}

void History::index() {
  index_names();
  index_lists();
}

std::optional<std::uint32_t> History::find_group(std::string_view group_id) const {
  return find(groups, kGroupId, group_places_, group_id);
}
std::optional<std::uint32_t> History::find_interface(std::string_view interface_id) const {
  return find(interfaces, kInterfaceId, interface_places_, interface_id);
}
std::optional<std::uint32_t> History::find_instance(std::string_view instance_id) const {
  return find(instances, kInstanceId, instance_places_, instance_id);
}

NumberLists::List History::rules_of_group(std::uint32_t group) const {
  return rules_by_group_.of(group);
}
NumberLists::List History::memberships_of_interface(std::uint32_t interface) const {
  return memberships_by_interface_.of(interface);
}
NumberLists::List History::memberships_of_group(std::uint32_t group) const {
  return memberships_by_group_.of(group);
}
NumberLists::List History::addresses_of_interface(std::uint32_t interface) const {
  return addresses_by_interface_.of(interface);
}
NumberLists::List History::attachments_of_interface(std::uint32_t interface) const {
  return attachments_by_interface_.of(interface);
}
NumberLists::List History::attachments_of_instance(std::uint32_t instance) const {
  return attachments_by_instance_.of(instance);
}
NumberLists::List History::references_of_group(std::uint32_t group) const {
  return references_by_group_.of(group);
}

NumberLists::List History::addresses_equal_to(const IpAddress& address) const {
  return list_with_key(addresses, kAddress, addresses_by_value_, equal_addresses_, address);
}

NumberLists::List History::versions_of_prefix_list(std::string_view prefix_list_id) const {
  return list_with_key(prefix_lists, kPrefixListId, prefix_lists_by_id_, prefix_list_versions_, prefix_list_id);
}

NumberLists::List History::names_of(std::string_view resource_id) const {
  return list_with_key(names, kResourceId, names_by_resource_, resource_names_, resource_id);
}

std::optional<std::uint32_t> History::instance_of(std::uint32_t interface, UtcSeconds time) const {
  for (const std::uint32_t i : attachments_of_interface(interface)) {
    if (attachments[i].valid.contains(time)) return attachments[i].instance;
  }
  return std::nullopt;
}

const SharedText* History::name_of(std::string_view resource_id, UtcSeconds time) const {
  for (const std::uint32_t i : names_of(resource_id)) {
    const NameTag& tag = names[i];
    if (tag.valid.contains(time) || (tag.valid.from && *tag.valid.from > time)) return &tag.name;
  }
  return nullptr;
}

}  // namespace flowtrail::history
