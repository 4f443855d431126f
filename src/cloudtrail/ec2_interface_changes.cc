// Instances and network interfaces (facts sheet, section 3.2).
#include <algorithm>
#include <utility>

#include "cloudtrail/ec2_changes.h"

namespace flowtrail::cloudtrail::ec2 {

namespace {

using Addresses = std::vector<std::pair<IpAddress, bool>>;

void add_address(const std::string& text, bool primary, Addresses& addresses) {
  const auto address = IpAddress::parse(text);
  if (!address) return;
  const bool known = std::any_of(addresses.begin(), addresses.end(),
                                 [&address](const auto& other) { return other.first == *address; });
  if (!known) addresses.emplace_back(*address, primary);
}

Addresses addresses_of(const Json& interface) {
  Addresses addresses;
  const std::string primary = text_at(interface, {"privateIpAddress"});
  for (const Json* entry : as_list(member(interface, {"privateIpAddressesSet", "privateIpAddresses"}))) {
    const std::string address = text_at(*entry, {"privateIpAddress"});
    add_address(address, flag_of(member(*entry, "primary")).value_or(address == primary), addresses);
  }
  add_address(primary, true, addresses);
  for (const std::string& text : texts_of(member(interface, {"ipv6AddressesSet", "ipv6Addresses"}), {"ipv6Address"})) {
    add_address(text, false, addresses);
  }
  add_address(text_at(interface, {"ipv6Address"}), false, addresses);
  return addresses;
}

const Json& groups_member(const Json& object) {
  return member(object, {"groupSet", "securityGroupId", "securityGroupIds", "groups"});
}

std::optional<std::vector<std::string>> groups_of(const Json& object) {
  std::vector<std::string> ids = group_ids_of(groups_member(object));
  if (ids.empty()) return std::nullopt;
  return ids;
}

/// Of an interface as responses describe it.
InterfaceDescription interface_of(const Json& value) {
  InterfaceDescription interface;
  interface.interface_id = text_at(value, {"networkInterfaceId"});
  interface.vpc_id = text_at(value, {"vpcId"});
  interface.subnet_id = text_at(value, {"subnetId"});
  interface.owner = text_at(value, {"ownerId"});
  interface.requester_id = text_at(value, {"requesterId"});
  interface.type = text_at(value, {"interfaceType"});
  interface.description = text_at(value, {"description"});
  interface.requester_managed = flag_of(member(value, "requesterManaged")).value_or(false);
  interface.groups = groups_of(value);
  interface.addresses = addresses_of(value);
  const Json& attachment = member(value, "attachment");
  interface.attachment_id = text_at(attachment, {"attachmentId"});
  interface.device_index = static_cast<int>(number_of(member(attachment, "deviceIndex")).value_or(-1));
  interface.delete_on_termination = flag_of(member(attachment, "deleteOnTermination")).value_or(true);
  return interface;
}

void fill_from_instance(const InstanceLaunched& instance, InterfaceDescription& interface) {
  if (interface.vpc_id.empty()) interface.vpc_id = instance.vpc_id;
  if (interface.subnet_id.empty()) interface.subnet_id = instance.subnet_id;
  if (interface.owner.empty()) interface.owner = instance.owner;
}

void launch_instance(const Call& call, const Json& value, Changes& changes) {
  InstanceLaunched instance;
  instance.instance_id = text_at(value, {"instanceId"});
  if (instance.instance_id.empty()) return;
  instance.vpc_id = text_at(value, {"vpcId"});
  instance.subnet_id = text_at(value, {"subnetId"});
  instance.owner = text_at(call.response, {"ownerId"});
  if (instance.owner.empty()) instance.owner = call.event.account;
  const auto instance_groups = groups_of(value);
  const auto interfaces = as_list(member(value, "networkInterfaceSet"));
  for (const Json* entry : interfaces) {
    InterfaceDescription interface = interface_of(*entry);
    if (interface.interface_id.empty()) continue;
    fill_from_instance(instance, interface);
    const bool primary = interface.device_index == 0 || interfaces.size() == 1;
    if (!interface.groups && primary) interface.groups = instance_groups;
    instance.interfaces.push_back(std::move(interface));
  }
  if (instance.interfaces.empty() && instance_groups) instance.groups = *instance_groups;
  const std::string id = instance.instance_id;
  changes.emplace_back(std::move(instance));
  add_creation_tags(call, id, member(value, "tagSet"), "instance", changes);
  for (const Json* entry : interfaces) {
    add_creation_tags(call, text_at(*entry, {"networkInterfaceId"}), member(*entry, "tagSet"), "network-interface",
                      changes);
  }
}

const Json& instances_of(const Json& value) {
  return member(value, {"instancesSet", "instanceSet", "instances"});
}

void change_addresses(const Call& call, bool assigned, Changes& changes) {
  AddressesAssigned change;
  change.interface_id = text_at(call.request, {"networkInterfaceId"});
  change.addresses = addresses_in(call.request);
  change.assigned = assigned;
  for (const IpAddress& address : addresses_in(call.response)) {
    const bool known = std::find(change.addresses.begin(), change.addresses.end(), address) != change.addresses.end();
    if (!known) change.addresses.push_back(address);
  }
  if (!change.interface_id.empty() && !change.addresses.empty()) changes.emplace_back(std::move(change));
}

}  // namespace

void run_instances(const Call& call, Changes& changes) {
  for (const Json* instance : as_list(instances_of(call.response))) launch_instance(call, *instance, changes);
}

void terminate_instances(const Call& call, Changes& changes) {
  auto ids = texts_of(instances_of(call.response), {"instanceId"});
  if (ids.empty()) ids = texts_of(member(call.request, {"instancesSet", "instanceId", "instanceIds"}), {"instanceId"});
  for (std::string& id : ids) changes.emplace_back(InstanceTerminated{std::move(id)});
}

/// Spot interruptions are service events: no request, the instances stand in the service's details.
void evict_spot_instances(const Call& call, Changes& changes) {
  const auto details = call.parse(call.event.service_event_details, call.arena);
  if (!details) return;
  for (std::string& id : texts_of(member(*details, {"instanceIdSet", "instancesSet"}), {"instanceId"})) {
    changes.emplace_back(InstanceTerminated{std::move(id)});
  }
}

void modify_instance_attribute(const Call& call, Changes& changes) {
  InstanceGroupsSet change{text_at(call.request, {"instanceId"}), group_ids_of(groups_member(call.request))};
  if (!change.instance_id.empty() && !change.groups.empty()) changes.emplace_back(std::move(change));
}

void create_network_interface(const Call& call, Changes& changes) {
  const Json& value = member(call.response, "networkInterface");
  InterfaceDescription interface = interface_of(value);
  if (interface.interface_id.empty()) return;
  if (!interface.groups) interface.groups = groups_of(call.request);
  // Interfaces of services' own kinds (NAT gateways, transit gateways) have no groups at all.
  const bool special = !interface.type.empty() && interface.type != "interface";
  if (!interface.groups && special && member(value, "groupSet").is_object()) interface.groups.emplace();
  if (interface.description.empty()) interface.description = text_at(call.request, {"description"});
  // An interface that is made by itself and attached later survives its instance, unless somebody says otherwise.
  if (!member(value, "attachment").is_object()) interface.delete_on_termination = false;
  const std::string id = interface.interface_id;
  changes.emplace_back(InterfaceCreated{std::move(interface)});
  add_creation_tags(call, id, member(value, "tagSet"), "network-interface", changes);
}

void delete_network_interface(const Call& call, Changes& changes) {
  if (std::string id = text_at(call.request, {"networkInterfaceId"}); !id.empty()) {
    changes.emplace_back(InterfaceDeleted{std::move(id)});
  }
}

void attach_network_interface(const Call& call, Changes& changes) {
  InterfaceAttached change;
  change.interface_id = text_at(call.request, {"networkInterfaceId"});
  change.instance_id = text_at(call.request, {"instanceId"});
  change.attachment_id = text_at(call.response, {"attachmentId"});
  change.device_index = static_cast<int>(number_of(member(call.request, "deviceIndex")).value_or(-1));
  if (!change.interface_id.empty()) changes.emplace_back(std::move(change));
}

void detach_network_interface(const Call& call, Changes& changes) {
  InterfaceDetached change{text_at(call.request, {"attachmentId"}), text_at(call.request, {"networkInterfaceId"})};
  if (!change.attachment_id.empty() || !change.interface_id.empty()) changes.emplace_back(std::move(change));
}

void modify_network_interface_attribute(const Call& call, Changes& changes) {
  const std::string id = text_at(call.request, {"networkInterfaceId"});
  if (id.empty()) return;
  if (auto groups = groups_of(call.request)) changes.emplace_back(InterfaceGroupsSet{id, *std::move(groups)});
  const Json& attachment = member(call.request, "attachment");
  if (const auto on_termination = flag_of(member(attachment, "deleteOnTermination"))) {
    DeleteOnTerminationSet change;
    change.interface_id = id;
    change.attachment_id = text_at(attachment, {"attachmentId"});
    change.value = *on_termination;
    changes.emplace_back(std::move(change));
  }
}

void assign_addresses(const Call& call, Changes& changes) {
  change_addresses(call, true, changes);
}
void unassign_addresses(const Call& call, Changes& changes) {
  change_addresses(call, false, changes);
}

}  // namespace flowtrail::cloudtrail::ec2
