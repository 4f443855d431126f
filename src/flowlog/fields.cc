#include "flowlog/fields.h"

#include <algorithm>
#include <array>

namespace flowtrail::flowlog {
namespace {

using enum FieldType;

constexpr std::array<FieldInfo, 54> kFields = {{
    {"version", "version", kInt, 2},
    {"account-id", "account_id", kVarchar, 2},
    {"interface-id", "interface_id", kVarchar, 2},
    {"srcaddr", "srcaddr", kVarchar, 2},
    {"dstaddr", "dstaddr", kVarchar, 2},
    {"srcport", "srcport", kInt, 2},
    {"dstport", "dstport", kInt, 2},
    {"protocol", "protocol", kBigint, 2},
    {"packets", "packets", kBigint, 2},
    {"bytes", "bytes", kBigint, 2},
    {"start", "start", kBigint, 2},
    {"end", "end", kBigint, 2},
    {"action", "action", kVarchar, 2},
    {"log-status", "log_status", kVarchar, 2},
    {"vpc-id", "vpc_id", kVarchar, 3},
    {"subnet-id", "subnet_id", kVarchar, 3},
    {"instance-id", "instance_id", kVarchar, 3},
    {"tcp-flags", "tcp_flags", kInt, 3},
    {"type", "type", kVarchar, 3},
    {"pkt-srcaddr", "pkt_srcaddr", kVarchar, 3},
    {"pkt-dstaddr", "pkt_dstaddr", kVarchar, 3},
    {"region", "region", kVarchar, 4},
    {"az-id", "az_id", kVarchar, 4},
    {"sublocation-type", "sublocation_type", kVarchar, 4},
    {"sublocation-id", "sublocation_id", kVarchar, 4},
    {"pkt-src-aws-service", "pkt_src_aws_service", kVarchar, 5},
    {"pkt-dst-aws-service", "pkt_dst_aws_service", kVarchar, 5},
    {"flow-direction", "flow_direction", kVarchar, 5},
    {"traffic-path", "traffic_path", kInt, 5},
    {"ecs-cluster-arn", "ecs_cluster_arn", kVarchar, 7},
    {"ecs-cluster-name", "ecs_cluster_name", kVarchar, 7},
    {"ecs-container-instance-arn", "ecs_container_instance_arn", kVarchar, 7},
    {"ecs-container-instance-id", "ecs_container_instance_id", kVarchar, 7},
    {"ecs-container-id", "ecs_container_id", kVarchar, 7},
    {"ecs-second-container-id", "ecs_second_container_id", kVarchar, 7},
    {"ecs-service-name", "ecs_service_name", kVarchar, 7},
    {"ecs-task-definition-arn", "ecs_task_definition_arn", kVarchar, 7},
    {"ecs-task-arn", "ecs_task_arn", kVarchar, 7},
    {"ecs-task-id", "ecs_task_id", kVarchar, 7},
    {"reject-reason", "reject_reason", kVarchar, 8},
    {"resource-id", "resource_id", kVarchar, 9},
    // AWS documents the codes 0 to 3 but not the type; text loses nothing.
    {"encryption-status", "encryption_status", kVarchar, 10},
    {"instance-tag", "instance_tag", kVarchar, 11},
    {"instance-tag-2", "instance_tag_2", kVarchar, 11},
    {"interface-tag", "interface_tag", kVarchar, 11},
    {"interface-tag-2", "interface_tag_2", kVarchar, 11},
    {"asg-tag", "asg_tag", kVarchar, 11},
    {"asg-tag-2", "asg_tag_2", kVarchar, 11},
    {"interface-type", "interface_type", kVarchar, 11},
    {"next-hop-interface-id", "next_hop_interface_id", kVarchar, 11},
    {"next-hop-subnet-id", "next_hop_subnet_id", kVarchar, 11},
    {"next-hop-az-id", "next_hop_az_id", kVarchar, 11},
    {"next-hop-vpc-id", "next_hop_vpc_id", kVarchar, 11},
    {"next-hop-interface-type", "next_hop_interface_type", kVarchar, 11},
}};

bool is_name(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' && std::ranges::all_of(text, [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
  });
}

}  // namespace

std::span<const FieldInfo> all_fields() {
  return kFields;
}

const FieldInfo* find_field(std::string_view name) {
  const auto* const found = std::ranges::find(kFields, name, &FieldInfo::name);
  return found == kFields.end() ? nullptr : found;
}

std::string_view type_name(FieldType type) {
  switch (type) {
    case kInt: return "int";
    case kBigint: return "bigint";
    case kVarchar: return "varchar";
  }
  return "varchar";
}

std::string field_name(std::string_view token) {
  if (token.starts_with("${") && token.ends_with('}')) token = token.substr(2, token.size() - 3);
  std::string name(token);
  std::ranges::replace(name, '_', '-');
  return name;
}

bool is_header(std::span<const std::string_view> tokens) {
  constexpr std::size_t kLongestName = 64;
  std::size_t known = 0;
  for (const std::string_view token : tokens) {
    if (token.size() > kLongestName) return false;
    const std::string name = field_name(token);
    if (!is_name(name)) return false;
    if (find_field(name) != nullptr || name.starts_with("tgw-") || name == "resource-type") ++known;
  }
  return known >= 4 || (known >= 1 && known * 2 >= tokens.size() && (known >= 2 || tokens.size() == 1));
}

bool is_transit_gateway(std::span<const std::string> names) {
  return std::ranges::any_of(
      names, [](const std::string& name) { return name.starts_with("tgw-") || name == "resource-type"; });
}

int version_of(std::span<const std::string> names) {
  int version = 2;
  for (const std::string& name : names) {
    if (const FieldInfo* field = find_field(name)) version = std::max(version, field->version);
  }
  return version;
}

}  // namespace flowtrail::flowlog
