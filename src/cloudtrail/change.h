// What one CloudTrail event says happened to groups, rules, interfaces, instances, prefix lists and service resources,
// freed from the spelling of the API that said it: both JSON dialects of EC2 and the services of the facts sheet end
// here. A `Change` is what the event claims, not what it did: the history knows the state and decides that.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/ip_address.h"
#include "firewall/security_rule.h"

namespace flowtrail::cloudtrail {

/// A group as the caller named it: by id, or (default VPC and EC2-Classic style calls) by name.
struct GroupName {
  std::string id;
  std::string name;
  std::string vpc_id;  // narrows `name` where the event tells it
};

/// One rule of a request or response. `spec` is missing for a revoke by id whose response does not repeat the rule.
/// A source group that is told by name only (calls before 2021 in the default VPC) has its name as `spec->source_id`.
struct RuleItem {
  std::string rule_id;  // empty where the event has none
  std::optional<firewall::RuleSpec> spec;
  std::optional<std::string> description;
};

struct GroupCreated {
  std::string group_id, name, description, vpc_id, owner;
};
struct GroupDeleted {
  GroupName group;
};
struct RulesAuthorized {
  GroupName group;
  std::vector<RuleItem> rules;
};
struct RulesRevoked {
  GroupName group;
  firewall::Direction direction = firewall::Direction::kIngress;
  std::vector<RuleItem> rules;
  std::vector<firewall::RuleSpec> unknown;  // unknownIpPermissionSet: asked for, but nothing matched
};
/// Rules by id. The event does not tell their direction (`spec->direction` means nothing here); the description is
/// always set, since one that is not given is removed.
struct RulesModified {
  GroupName group;
  std::vector<RuleItem> rules;
};
struct RuleDescriptionsUpdated {
  GroupName group;
  std::vector<RuleItem> rules;
};
struct GroupVpcAssociation {
  GroupName group;
  std::string vpc_id;
  bool associated = true;
};

/// `value` missing = tag removed. All tags are passed on; the history keeps `Name` and the marks of managed groups.
struct TagChange {
  std::string resource_id, key;
  std::optional<std::string> value;
};

struct InterfaceDescription {
  std::string interface_id, vpc_id, subnet_id, owner, requester_id, type, description;
  bool requester_managed = false;
  std::optional<std::vector<std::string>> groups;     // missing: the event does not tell; group ids
  std::vector<std::pair<IpAddress, bool>> addresses;  // address, primary
  std::string attachment_id;
  int device_index = -1;
  bool delete_on_termination = true;
};
struct InterfaceCreated {
  InterfaceDescription interface;
};
struct InterfaceDeleted {
  std::string interface_id;
};
struct InterfaceAttached {
  std::string interface_id, instance_id, attachment_id;
  int device_index = -1;
};
struct InterfaceDetached {
  std::string attachment_id, interface_id;
};  // interface_id mostly empty
struct DeleteOnTerminationSet {
  std::string interface_id, attachment_id, instance_id;
  int device_index = -1;
  bool value = true;
};
struct InterfaceGroupsSet {
  std::string interface_id;
  std::vector<std::string> groups;
};
struct InstanceGroupsSet {
  std::string instance_id;
  std::vector<std::string> groups;
};  // primary interface (eth0)
struct AddressesAssigned {
  std::string interface_id;
  std::vector<IpAddress> addresses;
  bool assigned = true;
};
struct InstanceLaunched {
  std::string instance_id, vpc_id, subnet_id, owner;
  std::vector<InterfaceDescription> interfaces;
  std::vector<std::string> groups;  // of the primary interface, where the event lists no interfaces
};
struct InstanceTerminated {
  std::string instance_id;
};

struct PrefixListChanged {
  std::string prefix_list_id;
  bool created = false;  // the entries added are all there are
  bool deleted = false;
  bool restored = false;       // contents go back to a version that only a snapshot or earlier events can tell
  std::optional<int> version;  // the version that this change made (or restores), where told
  std::vector<Cidr> added, removed;
};

/// The groups of a service resource: `resource` is `<service>/<name or id>`.
struct ResourceGroups {
  std::string resource;
  std::optional<std::vector<std::string>> set;  // the complete new set
  std::vector<std::string> added, removed;      // or a difference
  std::vector<std::string> interface_ids;       // interfaces the service says it made for it
  bool created = false;
};
struct ResourceDeleted {
  std::string resource;
};

/// The generic fallback: an event of a service nobody listed names these groups.
struct GroupsMentioned {
  std::string resource;
  std::vector<std::string> group_ids;
  std::string json_path;
};

struct VpcDeleted {
  std::string vpc_id;
};
/// DeleteFlowLogs, StopLogging, DeleteTrail, PutEventSelectors, CreateFlowLogs, StartLogging: explains gaps.
struct LoggingChanged {
  std::string text;
};

using Change =
    std::variant<GroupCreated, GroupDeleted, RulesAuthorized, RulesRevoked, RulesModified, RuleDescriptionsUpdated,
                 GroupVpcAssociation, TagChange, InterfaceCreated, InterfaceDeleted, InterfaceAttached,
                 InterfaceDetached, DeleteOnTerminationSet, InterfaceGroupsSet, InstanceGroupsSet, AddressesAssigned,
                 InstanceLaunched, InstanceTerminated, PrefixListChanged, ResourceGroups, ResourceDeleted,
                 GroupsMentioned, VpcDeleted, LoggingChanged>;

}  // namespace flowtrail::cloudtrail
