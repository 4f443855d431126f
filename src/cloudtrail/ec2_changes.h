// The EC2 events that change groups, rules, interfaces, instances, prefix lists and VPCs: event name -> interpreter.
// Format: Amazon EC2 API; facts sheet, sections 3.1 to 3.3.
#pragma once

#include <string_view>
#include <vector>

#include "cloudtrail/call.h"

namespace flowtrail::cloudtrail {

/// nullptr for events that are not in the table.
[[nodiscard]] Interpreter find_ec2_interpreter(std::string_view event_name);

/// All that are in the table.
[[nodiscard]] std::vector<std::string_view> ec2_event_names();

// One file per subject; each function interprets the event of its name.
namespace ec2 {

void create_security_group(const Call& call, Changes& changes);
void delete_security_group(const Call& call, Changes& changes);
void authorize_ingress(const Call& call, Changes& changes);
void authorize_egress(const Call& call, Changes& changes);
void revoke_ingress(const Call& call, Changes& changes);
void revoke_egress(const Call& call, Changes& changes);
void modify_security_group_rules(const Call& call, Changes& changes);
void update_ingress_descriptions(const Call& call, Changes& changes);
void update_egress_descriptions(const Call& call, Changes& changes);
void associate_security_group_vpc(const Call& call, Changes& changes);
void disassociate_security_group_vpc(const Call& call, Changes& changes);

void run_instances(const Call& call, Changes& changes);
void terminate_instances(const Call& call, Changes& changes);
void evict_spot_instances(const Call& call, Changes& changes);
void modify_instance_attribute(const Call& call, Changes& changes);
void create_network_interface(const Call& call, Changes& changes);
void delete_network_interface(const Call& call, Changes& changes);
void attach_network_interface(const Call& call, Changes& changes);
void detach_network_interface(const Call& call, Changes& changes);
void modify_network_interface_attribute(const Call& call, Changes& changes);
void assign_addresses(const Call& call, Changes& changes);
void unassign_addresses(const Call& call, Changes& changes);

void create_tags(const Call& call, Changes& changes);
void delete_tags(const Call& call, Changes& changes);
void create_prefix_list(const Call& call, Changes& changes);
void modify_prefix_list(const Call& call, Changes& changes);
void delete_prefix_list(const Call& call, Changes& changes);
void restore_prefix_list(const Call& call, Changes& changes);
void delete_vpc(const Call& call, Changes& changes);

/// Adds the tags that a creation gave to `resource_id`: those of the response, else those that the request's
/// `tagSpecificationSet` has for `resource_type`.
void add_creation_tags(const Call& call, const std::string& resource_id, const Json& response_tags,
                       std::string_view resource_type, Changes& changes);

}  // namespace ec2

}  // namespace flowtrail::cloudtrail
