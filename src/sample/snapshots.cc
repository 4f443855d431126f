// `aws ec2 describe-*` output as the account stands at a moment (facts sheet, section 5). Only things alive then are in
// it, and their state then; the files' modification time is the capture time.
#include <algorithm>
#include <tuple>

#include "base/utc_time.h"
#include "sample/simulation.h"

namespace flowtrail::sample {
namespace {

Json tags(const std::string& name) {
  Json list = Json::array();
  if (!name.empty()) list.push_back(Json{{"Key", "Name"}, {"Value", name}});
  return list;
}

std::string protocol_text(const RuleSpec& spec) {
  return spec.protocol == firewall::kAllProtocols ? "-1" : firewall::protocol_name(spec.protocol);
}

/// `IpPermissions`: one entry per protocol and ports, with all its sources.
Json permissions(const Account& account, int group, Direction direction, std::int64_t time) {
  Json list = Json::array();
  for (const int index : account.rules_of_group[static_cast<std::size_t>(group)]) {
    const RuleState& rule = account.rule(index);
    if (!rule.span.contains(time) || rule.spec.direction != direction) continue;
    Json key{{"IpProtocol", protocol_text(rule.spec)}};
    if (rule.spec.protocol != firewall::kAllProtocols) {
      key["FromPort"] = rule.spec.from_port;
      key["ToPort"] = rule.spec.to_port;
    }
    auto entry = std::find_if(list.begin(), list.end(), [&](const Json& other) {
      return other["IpProtocol"] == key["IpProtocol"] && other.value("FromPort", -1) == key.value("FromPort", -1) &&
             other.value("ToPort", -1) == key.value("ToPort", -1);
    });
    if (entry == list.end()) {
      for (const char* member : {"IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"}) {
        key[member] = Json::array();
      }
      list.push_back(std::move(key));
      entry = list.end() - 1;
    }
    Json source;
    const char* member = "IpRanges";
    switch (rule.spec.source_kind) {
      case firewall::SourceKind::kCidrIpv4: source["CidrIp"] = rule.spec.source_text(); break;
      case firewall::SourceKind::kCidrIpv6:
        member = "Ipv6Ranges";
        source["CidrIpv6"] = rule.spec.source_text();
        break;
      case firewall::SourceKind::kPrefixList:
        member = "PrefixListIds";
        source["PrefixListId"] = rule.spec.source_id;
        break;
      case firewall::SourceKind::kGroup:
        member = "UserIdGroupPairs";
        source["UserId"] = rule.spec.source_account.empty() ? account.number : rule.spec.source_account;
        source["GroupId"] = rule.spec.source_id;
        break;
    }
    if (!rule.description.empty()) source["Description"] = rule.description;
    (*entry)[member].push_back(std::move(source));
  }
  return list;
}

Json describe_groups(const Account& account, std::int64_t time) {
  Json list = Json::array();
  for (int index = 0; index < static_cast<int>(account.groups.size()); ++index) {
    const GroupState& group = account.group(index);
    if (!group.life.contains(time)) continue;
    list.push_back(Json{{"GroupId", group.id},
                        {"GroupName", group.name},
                        {"Description", group.description},
                        {"OwnerId", account.number},
                        {"VpcId", group.vpc},
                        {"IpPermissions", permissions(account, index, Direction::kIngress, time)},
                        {"IpPermissionsEgress", permissions(account, index, Direction::kEgress, time)},
                        {"Tags", group.created_event >= 0 ? tags(group.name) : Json::array()}});
  }
  return Json{{"SecurityGroups", std::move(list)}};
}

Json describe_rules(const Account& account, std::int64_t time) {
  Json list = Json::array();
  for (const RuleState& rule : account.rules) {
    if (!rule.span.contains(time)) continue;
    Json out{{"SecurityGroupRuleId", rule.id},
             {"GroupId", account.group(rule.group).id},
             {"GroupOwnerId", account.number},
             {"IsEgress", rule.spec.direction == Direction::kEgress},
             {"IpProtocol", protocol_text(rule.spec)},
             {"FromPort", rule.spec.from_port},
             {"ToPort", rule.spec.to_port}};
    switch (rule.spec.source_kind) {
      case firewall::SourceKind::kCidrIpv4: out["CidrIpv4"] = rule.spec.source_text(); break;
      case firewall::SourceKind::kCidrIpv6: out["CidrIpv6"] = rule.spec.source_text(); break;
      case firewall::SourceKind::kPrefixList: out["PrefixListId"] = rule.spec.source_id; break;
      case firewall::SourceKind::kGroup:
        out["ReferencedGroupInfo"] =
            Json{{"GroupId", rule.spec.source_id},
                 {"UserId", rule.spec.source_account.empty() ? account.number : rule.spec.source_account}};
        break;
    }
    if (!rule.description.empty()) out["Description"] = rule.description;
    out["Tags"] = Json::array();
    list.push_back(std::move(out));
  }
  return Json{{"SecurityGroupRules", std::move(list)}};
}

Json groups_json(const Account& account, int interface, std::int64_t time) {
  Json list = Json::array();
  for (const int group : account.groups_at(interface, time)) {
    list.push_back(Json{{"GroupId", account.group(group).id}, {"GroupName", account.group(group).name}});
  }
  return list;
}

void put_addresses(const InterfaceState& state, std::int64_t time, Json& out) {
  Json privates = Json::array(), ipv6 = Json::array();
  for (const AddressState& address : state.addresses) {
    if (!address.span.contains(time)) continue;
    if (address.address.is_v4()) {
      privates.push_back(Json{{"PrivateIpAddress", address.address.to_string()}, {"Primary", address.primary}});
    } else {
      ipv6.push_back(Json{{"Ipv6Address", address.address.to_string()}});
    }
  }
  out["PrivateIpAddress"] = state.addresses.front().address.to_string();
  out["PrivateIpAddresses"] = std::move(privates);
  out["Ipv6Addresses"] = std::move(ipv6);
}

Json link_json(const Account& account, const InterfaceState& state, std::int64_t time) {
  for (const InstanceLink& link : state.links) {
    if (!link.span.contains(time)) continue;
    return Json{{"AttachmentId", link.attachment_id},
                {"InstanceId", account.instance(link.instance).id},
                {"InstanceOwnerId", account.number},
                {"DeviceIndex", link.device_index},
                {"Status", "attached"},
                {"DeleteOnTermination", state.delete_on_termination}};
  }
  return nullptr;
}

Json describe_interfaces(const Account& account, std::int64_t time) {
  Json list = Json::array();
  for (int index = 0; index < static_cast<int>(account.interfaces.size()); ++index) {
    const InterfaceState& state = account.interface(index);
    if (!state.life.contains(time)) continue;
    const Subnet& subnet = account.subnets[static_cast<std::size_t>(state.subnet)];
    Json link = link_json(account, state, time);
    Json out{{"NetworkInterfaceId", state.id},
             {"InterfaceType", state.type},
             {"Status", link.is_null() && state.requester_id.empty() ? "available" : "in-use"},
             {"VpcId", subnet.vpc},
             {"SubnetId", subnet.id},
             {"OwnerId", account.number},
             {"Description", state.description},
             {"RequesterManaged", !state.requester_id.empty()}};
    if (!state.requester_id.empty()) out["RequesterId"] = state.requester_id;
    put_addresses(state, time, out);
    out["Groups"] = groups_json(account, index, time);
    if (!link.is_null()) out["Attachment"] = std::move(link);
    out["TagSet"] = Json::array();
    list.push_back(std::move(out));
  }
  return Json{{"NetworkInterfaces", std::move(list)}};
}

Json describe_instances(const Account& account, std::int64_t time) {
  Json list = Json::array();
  for (int index = 0; index < static_cast<int>(account.instances.size()); ++index) {
    const InstanceState& state = account.instance(index);
    if (!state.life.contains(time)) continue;
    const Subnet& subnet = account.subnets[static_cast<std::size_t>(state.subnet)];
    Json networks = Json::array();
    for (int other = 0; other < static_cast<int>(account.interfaces.size()); ++other) {
      if (!account.interface(other).life.contains(time) || account.instance_of(other, time) != index) continue;
      Json network{{"NetworkInterfaceId", account.interface(other).id}};
      put_addresses(account.interface(other), time, network);
      network["Groups"] = groups_json(account, other, time);
      network["Attachment"] = link_json(account, account.interface(other), time);
      networks.push_back(std::move(network));
    }
    const std::int64_t launched = state.life.from == kBeforeTrail ? time - 90 * 86400 : state.life.from;
    Json instance{{"InstanceId", state.id},
                  {"PrivateIpAddress", account.primary_address(state.primary_interface).to_string()},
                  {"VpcId", subnet.vpc},
                  {"SubnetId", subnet.id},
                  {"LaunchTime", format_utc(utc_from_seconds(launched))},
                  {"State", Json{{"Code", 16}, {"Name", "running"}}},
                  {"Tags", tags(account.instance_name(index, time))},
                  {"SecurityGroups", groups_json(account, state.primary_interface, time)},
                  {"NetworkInterfaces", std::move(networks)}};
    list.push_back(Json{{"Instances", Json::array({std::move(instance)})}, {"OwnerId", account.number}});
  }
  return Json{{"Reservations", std::move(list)}};
}

}  // namespace

Result<std::uint64_t> write_snapshots(Simulation& simulation, std::int64_t time) {
  Account& account = simulation.account;
  account.mark_snapshot(time);
  const std::vector<std::pair<std::string, Json>> files{
      {"snapshots/describe-security-groups.json", describe_groups(account, time)},
      {"snapshots/describe-security-group-rules.json", describe_rules(account, time)},
      {"snapshots/describe-network-interfaces.json", describe_interfaces(account, time)},
      {"snapshots/describe-instances.json", describe_instances(account, time)}};
  for (const auto& [key, content] : files) {
    FT_CHECK(simulation.writer.write_plain(key, content.dump(1) + "\n"));
    FT_CHECK(simulation.writer.set_time(key, time));
  }
  return files.size();
}

}  // namespace flowtrail::sample
