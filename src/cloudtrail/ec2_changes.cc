#include "cloudtrail/ec2_changes.h"

#include <ranges>
#include <unordered_map>

#include "base/text_hash.h"

namespace flowtrail::cloudtrail {

namespace {

const std::unordered_map<std::string_view, Interpreter, TextHash>& ec2_events() {
  static const std::unordered_map<std::string_view, Interpreter, TextHash> kTable = {
      {"CreateSecurityGroup", ec2::create_security_group},
      {"DeleteSecurityGroup", ec2::delete_security_group},
      {"AuthorizeSecurityGroupIngress", ec2::authorize_ingress},
      {"AuthorizeSecurityGroupEgress", ec2::authorize_egress},
      {"RevokeSecurityGroupIngress", ec2::revoke_ingress},
      {"RevokeSecurityGroupEgress", ec2::revoke_egress},
      {"ModifySecurityGroupRules", ec2::modify_security_group_rules},
      {"UpdateSecurityGroupRuleDescriptionsIngress", ec2::update_ingress_descriptions},
      {"UpdateSecurityGroupRuleDescriptionsEgress", ec2::update_egress_descriptions},
      {"AssociateSecurityGroupVpc", ec2::associate_security_group_vpc},
      {"DisassociateSecurityGroupVpc", ec2::disassociate_security_group_vpc},
      {"RunInstances", ec2::run_instances},
      {"TerminateInstances", ec2::terminate_instances},
      {"BidEvictedEvent", ec2::evict_spot_instances},
      {"ModifyInstanceAttribute", ec2::modify_instance_attribute},
      {"CreateNetworkInterface", ec2::create_network_interface},
      {"DeleteNetworkInterface", ec2::delete_network_interface},
      {"AttachNetworkInterface", ec2::attach_network_interface},
      {"DetachNetworkInterface", ec2::detach_network_interface},
      {"ModifyNetworkInterfaceAttribute", ec2::modify_network_interface_attribute},
      {"AssignPrivateIpAddresses", ec2::assign_addresses},
      {"AssignIpv6Addresses", ec2::assign_addresses},
      {"UnassignPrivateIpAddresses", ec2::unassign_addresses},
      {"UnassignIpv6Addresses", ec2::unassign_addresses},
      {"CreateTags", ec2::create_tags},
      {"DeleteTags", ec2::delete_tags},
      {"CreateManagedPrefixList", ec2::create_prefix_list},
      {"ModifyManagedPrefixList", ec2::modify_prefix_list},
      {"DeleteManagedPrefixList", ec2::delete_prefix_list},
      {"RestoreManagedPrefixListVersion", ec2::restore_prefix_list},
      {"DeleteVpc", ec2::delete_vpc},
  };
  return kTable;
}

}  // namespace

Interpreter find_ec2_interpreter(std::string_view event_name) {
  const auto found = ec2_events().find(event_name);
  return found == ec2_events().end() ? nullptr : found->second;
}

std::vector<std::string_view> ec2_event_names() {
  const auto names = std::views::keys(ec2_events());
  return {names.begin(), names.end()};
}

namespace ec2 {

namespace {

void add_tags(const std::string& resource_id, const Json& tags, Changes& changes) {
  for (const Json* tag : as_list(tags)) {
    std::string key = text_at(*tag, {"key"});
    if (!key.empty()) changes.emplace_back(TagChange{resource_id, std::move(key), text_at(*tag, {"value"})});
  }
}

std::vector<std::string> tagged_resources(const Call& call) {
  return texts_of(member(call.request, {"resourcesSet", "resourceId", "resources"}), {"resourceId"});
}

const Json& tags_of(const Call& call) {
  return member(call.request, {"tagSet", "tag", "tags"});
}

std::vector<Cidr> cidrs_of(const Json& entries) {
  std::vector<Cidr> cidrs;
  for (const std::string& text : texts_of(entries, {"cidr"})) {
    if (const auto cidr = Cidr::parse(text)) cidrs.push_back(*cidr);
  }
  return cidrs;
}

std::optional<int> version_of(const Json& value) {
  const auto number = number_of(value);
  return number ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
}

const Json& prefix_list_of(const Call& call) {
  return member(call.response, "prefixList");
}

std::string prefix_list_id(const Call& call) {
  std::string id = text_at(prefix_list_of(call), {"prefixListId"});
  return id.empty() ? text_at(call.request, {"prefixListId"}) : id;
}

}  // namespace

void add_creation_tags(const Call& call, const std::string& resource_id, const Json& response_tags,
                       std::string_view resource_type, Changes& changes) {
  if (resource_id.empty()) return;
  if (!as_list(response_tags).empty()) return add_tags(resource_id, response_tags, changes);
  for (const Json* specification : as_list(member(call.request, {"tagSpecificationSet", "tagSpecification"}))) {
    if (text_at(*specification, {"resourceType"}) == resource_type) {
      add_tags(resource_id, member(*specification, {"tags", "tag", "tagSet"}), changes);
    }
  }
}

void create_tags(const Call& call, Changes& changes) {
  for (const std::string& resource : tagged_resources(call)) add_tags(resource, tags_of(call), changes);
}

void delete_tags(const Call& call, Changes& changes) {
  const auto keys = texts_of(tags_of(call), {"key"});
  for (const std::string& resource : tagged_resources(call)) {
    // A call without tags removes all of them; of those only the name is of interest.
    if (keys.empty()) changes.emplace_back(TagChange{resource, "Name", std::nullopt});
    for (const std::string& key : keys) changes.emplace_back(TagChange{resource, key, std::nullopt});
  }
}

void create_prefix_list(const Call& call, Changes& changes) {
  const std::string id = prefix_list_id(call);
  if (id.empty()) return;
  PrefixListChanged change;
  change.prefix_list_id = id;
  change.created = true;
  change.version = 1;
  change.added = cidrs_of(member(call.request, {"entry", "entries", "entrySet"}));
  changes.emplace_back(std::move(change));
  add_creation_tags(call, id, member(prefix_list_of(call), {"tagSet"}), "prefix-list", changes);
}

void modify_prefix_list(const Call& call, Changes& changes) {
  PrefixListChanged change;
  change.prefix_list_id = prefix_list_id(call);
  change.added = cidrs_of(member(call.request, {"addEntry", "addEntries", "addEntrySet"}));
  change.removed = cidrs_of(member(call.request, {"removeEntry", "removeEntries", "removeEntrySet"}));
  // Changes of name or size make no version.
  if (change.prefix_list_id.empty() || (change.added.empty() && change.removed.empty())) return;
  // The response still shows the old version, since the modification is in progress.
  const auto current = version_of(member(call.request, "currentVersion"));
  const auto shown = version_of(member(prefix_list_of(call), "version"));
  if (current || shown) change.version = (current ? *current : *shown) + 1;
  changes.emplace_back(std::move(change));
}

void delete_prefix_list(const Call& call, Changes& changes) {
  PrefixListChanged change;
  change.prefix_list_id = prefix_list_id(call);
  change.deleted = true;
  if (!change.prefix_list_id.empty()) changes.emplace_back(std::move(change));
}

void restore_prefix_list(const Call& call, Changes& changes) {
  PrefixListChanged change;
  change.prefix_list_id = prefix_list_id(call);
  change.restored = true;
  change.version = version_of(member(call.request, "previousVersion"));
  if (!change.prefix_list_id.empty()) changes.emplace_back(std::move(change));
}

void delete_vpc(const Call& call, Changes& changes) {
  if (std::string id = text_at(call.request, {"vpcId"}); !id.empty()) changes.emplace_back(VpcDeleted{std::move(id)});
}

}  // namespace ec2

}  // namespace flowtrail::cloudtrail
