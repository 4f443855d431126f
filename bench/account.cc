#include "bench/account.h"

#include "bench/events.h"
#include "bench/files.h"
#include "bench/random.h"

namespace flowtrail::bench {
namespace {

constexpr int kInterfaces = 2000;
constexpr int kBases = 8;
constexpr int kTiers = 100;
constexpr int kOwns = 500;
constexpr std::array kServicePorts = {443, 8080, 5432, 6379, 8443, 3306, 9092, 80, 9200, 5672};

constexpr std::uint32_t block(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return (a << 24U) | (b << 16U) | (c << 8U) | d;
}

constexpr std::uint32_t last_of(std::uint32_t first, int bits) {
  return bits == 0 ? 0xffffffffU : first | ((1U << static_cast<unsigned>(32 - bits)) - 1U);
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}
std::string member(const char* key, const std::string& text) {
  return quoted(key) + ":" + quoted(text);
}

std::string protocol_text(int protocol) {
  return protocol == kTcp ? "tcp" : "udp";
}

std::string source_text(const Rule& rule) {
  return rule.source == Source::kAnyIpv6 ? "::/0" : ipv4_text(rule.block) + "/" + std::to_string(rule.bits);
}

// Joins with commas what `make` returns for each item that is wanted (not empty).
template <typename Items, typename Make>
std::string joined(const Items& items, const Make& make) {
  std::string all;
  for (const auto& item : items) {
    const std::string text = make(item);
    if (!text.empty()) (all += all.empty() ? "\n" : ",\n") += text;
  }
  return all;
}

std::string response_rule(const Account& account, const Rule& rule) {
  return "{" + member("groupOwnerId", kAccount) + "," + member("groupId", account.groups[rule.group].id) + "," +
         member("securityGroupRuleId", rule.id) + ",\"isEgress\":false," +
         member("ipProtocol", protocol_text(rule.protocol)) + ",\"fromPort\":" + std::to_string(rule.from_port) +
         ",\"toPort\":" + std::to_string(rule.to_port) + "," + member("cidrIpv4", source_text(rule)) + "}";
}

}  // namespace

std::string ipv4_text(std::uint32_t address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    (text += std::to_string((address >> static_cast<unsigned>(shift)) & 255U)) += shift > 0 ? "." : "";
  }
  return text;
}

Account::Account(std::uint64_t seed, std::int64_t deployed) : deployment(deployed), seed_(seed) {
  Random random(mixed(seed, 1));
  for (int i = 0; i < kBases; ++i) add_group("sg-" + random.hex(17), "base-" + std::to_string(i));
  for (int i = 0; i < kTiers; ++i) add_group("sg-" + random.hex(17), "tier-" + std::to_string(i));
  for (int i = 0; i < kOwns; ++i) add_group("sg-" + random.hex(17), "service-" + std::to_string(i));
  for (int i = 0; i < kBases; ++i) add_base_rules(i);
  for (int i = 0; i < kTiers; ++i) add_tier_rules(i);
  for (int i = 0; i < kOwns; ++i) add_own_rules(i);
  for (Rule& rule : rules) rule.id = "sgr-" + random.hex(17);
  for (int i = 0; i < kInterfaces; ++i) {
    Interface interface;
    interface.id = "eni-" + random.hex(17);
    interface.instance_id = "i-" + random.hex(17);
    interface.subnet_id = "subnet-" + std::to_string(i / 250) + std::string(16, 'a');
    interface.address = block(10, static_cast<std::uint32_t>(i / 250), static_cast<std::uint32_t>(i % 250), 20);
    if (i % 3 == 0 || i % 10 == 0) {
      interface.ipv6 = "2001:db8:0:" + std::to_string(i / 250 + 1) + "::" + std::to_string(1000 + i);
    }
    interface.base = i % kBases;
    interface.tier = i % kTiers;
    interface.own = i / (kInterfaces / kOwns);
    interfaces.push_back(std::move(interface));
  }
}

int Account::add_group(const std::string& id, const std::string& name) {
  groups.push_back({id, name, {}});
  return static_cast<int>(groups.size()) - 1;
}

void Account::add_rule(Rule rule) {
  groups[static_cast<std::size_t>(rule.group)].rules.push_back(static_cast<int>(rules.size()));
  rules.push_back(std::move(rule));
}

void Account::add_base_rules(int group) {
  const auto base = static_cast<std::uint32_t>(group);
  add_rule({.group = group, .from_port = 22, .to_port = 22, .block = block(10, 200, 0, 0), .bits = 16});
  add_rule({.group = group, .from_port = 9100, .to_port = 9100, .block = block(10, 210, base, 0), .bits = 24});
  add_rule({.group = group, .egress = true, .from_port = 443, .to_port = 443, .block = 0, .bits = 0});
  add_rule({.group = group, .egress = true, .from_port = 443, .to_port = 443, .source = Source::kAnyIpv6});
  add_rule({.group = group,
            .egress = true,
            .protocol = kUdp,
            .from_port = 53,
            .to_port = 53,
            .block = block(10, 220, 0, 0),
            .bits = 16});
  add_rule(
      {.group = group, .egress = true, .from_port = 5432, .to_port = 5432, .block = block(10, 0, 0, 0), .bits = 8});
}

int Account::client_tier(int tier) {
  return tier % 10 != 0 && tier % 3 == 0 ? (tier + 37) % kTiers : -1;
}

int Account::service_port(int tier) {
  return tier % 10 == 0 ? 443 : kServicePorts[static_cast<std::size_t>(tier / 10)];
}

std::uint32_t Account::partner_block(int own) {
  return block(198, 18, 0, 0) + static_cast<std::uint32_t>(own) * 256U;
}

void Account::add_tier_rules(int tier) {
  const int group = kBases + tier;
  const int port = service_port(tier);
  const int client = client_tier(tier);
  if (tier % 10 == 0) {
    add_rule({.group = group, .from_port = port, .to_port = port, .block = 0, .bits = 0});
    add_rule({.group = group, .from_port = port, .to_port = port, .source = Source::kAnyIpv6});
  } else if (client >= 0) {
    add_rule({.group = group,
              .from_port = port,
              .to_port = port,
              .source = Source::kGroup,
              .source_group = kBases + client});
  } else {
    add_rule({.group = group, .from_port = port, .to_port = port, .block = block(10, 128, 0, 0), .bits = 10});
  }
  add_rule({.group = group, .from_port = 0, .to_port = 65535, .block = block(10, 140, 0, 0), .bits = 14});
  add_rule({.group = group, .from_port = 22, .to_port = 22, .block = block(10, 200, 0, 0), .bits = 25});
  add_rule(
      {.group = group, .protocol = kUdp, .from_port = 161, .to_port = 162, .block = block(10, 210, 0, 0), .bits = 16});
}

void Account::add_own_rules(int own) {
  const int group = kBases + kTiers + own;
  add_rule({.group = group,
            .from_port = 8000,
            .to_port = 8100,
            .block = block(10, 128, 0, 0),
            .bits = 9,
            .before = own % 5 != 0});
  add_rule({.group = group,
            .from_port = 8443,
            .to_port = 8443,
            .block = partner_block(own),
            .bits = 24,
            .after = own % 5 != 1});
  add_rule({.group = group, .from_port = 3389, .to_port = 3389, .block = block(192, 0, 2, 0), .bits = 24});
}

std::vector<Service> Account::services(const Interface& interface) const {
  const int port = service_port(interface.tier);
  const Peers clients = facing(interface)                  ? Peers::kClients
                        : client_tier(interface.tier) >= 0 ? Peers::kMembers
                                                           : Peers::kHosts;
  return {{.from_port = port, .to_port = port, .peers = clients, .weight = 38, .ipv6 = facing(interface)},
          {.from_port = 22, .to_port = 22, .peers = Peers::kAdmins, .weight = 6},
          {.from_port = 9100, .to_port = 9100, .peers = Peers::kMonitors, .weight = 5},
          {.egress = true, .from_port = 443, .to_port = 443, .peers = Peers::kServers, .weight = 26, .ipv6 = true},
          {.egress = true, .protocol = kUdp, .from_port = 53, .to_port = 53, .peers = Peers::kResolvers, .weight = 8},
          {.egress = true, .from_port = 5432, .to_port = 5432, .peers = Peers::kHosts, .weight = 10},
          {.from_port = 8000, .to_port = 8100, .peers = Peers::kHosts, .weight = 5, .before = interface.own % 5 != 0},
          {.from_port = 8443, .to_port = 8443, .peers = Peers::kPartner, .weight = 2, .after = interface.own % 5 != 1}};
}

std::array<int, 3> Account::groups_of(const Interface& interface) const {
  return {interface.base, kBases + interface.tier, kBases + kTiers + interface.own};
}

std::string Account::describe_groups() const {
  const auto permission = [&](int index, bool egress) -> std::string {
    const Rule& rule = rules[static_cast<std::size_t>(index)];
    if (rule.egress != egress || !rule.before) return {};
    const std::string source = source_text(rule);
    return "{" + member("IpProtocol", protocol_text(rule.protocol)) +
           ",\"FromPort\":" + std::to_string(rule.from_port) + ",\"ToPort\":" + std::to_string(rule.to_port) +
           ",\"IpRanges\":[" + (rule.source == Source::kIpv4 ? "{" + member("CidrIp", source) + "}" : "") +
           "],\"Ipv6Ranges\":[" + (rule.source == Source::kAnyIpv6 ? "{" + member("CidrIpv6", source) + "}" : "") +
           "],\"PrefixListIds\":[],\"UserIdGroupPairs\":[" +
           (rule.source == Source::kGroup
                ? "{" + member("UserId", kAccount) + "," +
                      member("GroupId", groups[static_cast<std::size_t>(rule.source_group)].id) + "}"
                : "") +
           "]}";
  };
  return "{\"SecurityGroups\":[" +
         joined(groups,
                [&](const Group& group) {
                  return "{" + member("GroupId", group.id) + "," + member("GroupName", group.name) + "," +
                         member("Description", group.name) + "," + member("OwnerId", kAccount) + "," +
                         member("VpcId", kVpc) + ",\"IpPermissions\":[" +
                         joined(group.rules, [&](int i) { return permission(i, false); }) +
                         "],\"IpPermissionsEgress\":[" +
                         joined(group.rules, [&](int i) { return permission(i, true); }) + "],\"Tags\":[]}";
                }) +
         "]}\n";
}

std::string Account::describe_rules() const {
  return "{\"SecurityGroupRules\":[" +
         joined(rules,
                [&](const Rule& rule) -> std::string {
                  if (!rule.before) return {};
                  const std::string source =
                      rule.source == Source::kIpv4 ? member("CidrIpv4", source_text(rule))
                      : rule.source == Source::kAnyIpv6
                          ? member("CidrIpv6", source_text(rule))
                          : "\"ReferencedGroupInfo\":{" +
                                member("GroupId", groups[static_cast<std::size_t>(rule.source_group)].id) + "," +
                                member("UserId", kAccount) + "}";
                  return "{" + member("SecurityGroupRuleId", rule.id) + "," +
                         member("GroupId", groups[static_cast<std::size_t>(rule.group)].id) + "," +
                         member("GroupOwnerId", kAccount) + ",\"IsEgress\":" + (rule.egress ? "true" : "false") + "," +
                         member("IpProtocol", protocol_text(rule.protocol)) +
                         ",\"FromPort\":" + std::to_string(rule.from_port) +
                         ",\"ToPort\":" + std::to_string(rule.to_port) + "," + source + ",\"Tags\":[]}";
                }) +
         "]}\n";
}

namespace {

std::string addresses(const Interface& interface) {
  return member("PrivateIpAddress", ipv4_text(interface.address)) + ",\"PrivateIpAddresses\":[{" +
         member("PrivateIpAddress", ipv4_text(interface.address)) + ",\"Primary\":true}],\"Ipv6Addresses\":[" +
         (interface.ipv6.empty() ? "" : "{" + member("Ipv6Address", interface.ipv6) + "}") + "]";
}

std::string attachment(const Interface& interface) {
  return "\"Attachment\":{" + member("AttachmentId", "eni-attach-" + interface.instance_id.substr(2)) + "," +
         member("InstanceId", interface.instance_id) + "," + member("InstanceOwnerId", kAccount) +
         ",\"DeviceIndex\":0,\"Status\":\"attached\",\"DeleteOnTermination\":true}";
}

}  // namespace

std::string Account::describe_interfaces() const {
  return "{\"NetworkInterfaces\":[" +
         joined(interfaces,
                [&](const Interface& interface) {
                  return "{" + member("NetworkInterfaceId", interface.id) + "," + member("InterfaceType", "interface") +
                         "," + member("Status", "in-use") + "," + member("VpcId", kVpc) + "," +
                         member("SubnetId", interface.subnet_id) + "," + member("OwnerId", kAccount) +
                         ",\"Description\":\"\",\"RequesterManaged\":false," + addresses(interface) + ",\"Groups\":[" +
                         joined(groups_of(interface),
                                [&](int group) {
                                  const Group& carried = groups[static_cast<std::size_t>(group)];
                                  return "{" + member("GroupId", carried.id) + "," + member("GroupName", carried.name) +
                                         "}";
                                }) +
                         "]," + attachment(interface) + ",\"TagSet\":[]}";
                }) +
         "]}\n";
}

std::string Account::describe_instances() const {
  int index = 0;
  return "{\"Reservations\":[" +
         joined(interfaces,
                [&](const Interface& interface) {
                  const std::string carried =
                      "[" +
                      joined(groups_of(interface),
                             [&](int group) {
                               const Group& one = groups[static_cast<std::size_t>(group)];
                               return "{" + member("GroupId", one.id) + "," + member("GroupName", one.name) + "}";
                             }) +
                      "]";
                  return "{\"Instances\":[{" + member("InstanceId", interface.instance_id) + "," +
                         member("PrivateIpAddress", ipv4_text(interface.address)) + "," + member("VpcId", kVpc) + "," +
                         member("SubnetId", interface.subnet_id) + "," +
                         member("LaunchTime", utc_text(kWindowStart - 90 * 86400)) +
                         ",\"State\":{\"Code\":16,\"Name\":\"running\"},\"Tags\":[{\"Key\":\"Name\"," +
                         member("Value", "host-" + std::to_string(index++)) + "}],\"SecurityGroups\":" + carried +
                         ",\"NetworkInterfaces\":[{" + member("NetworkInterfaceId", interface.id) + "," +
                         addresses(interface) + ",\"Groups\":" + carried + "," + attachment(interface) + "}]}]," +
                         member("OwnerId", kAccount) + "}";
                }) +
         "]}\n";
}

std::string Account::deployment_events(std::uint64_t seed) const {
  Random random(mixed(seed, 2));
  const std::string events = joined(rules, [&](const Rule& rule) -> std::string {
    if (rule.before == rule.after) return {};
    const std::string group = member("groupId", groups[static_cast<std::size_t>(rule.group)].id);
    const std::string items = "\"items\":[" + response_rule(*this, rule) + "]";
    Event event{.time = deployment, .name = "AuthorizeSecurityGroupIngress"};
    if (rule.after) {
      event.request = "{" + group + ",\"ipPermissions\":{\"items\":[{" +
                      member("ipProtocol", protocol_text(rule.protocol)) +
                      ",\"fromPort\":" + std::to_string(rule.from_port) +
                      ",\"toPort\":" + std::to_string(rule.to_port) + ",\"groups\":{},\"ipRanges\":{\"items\":[{" +
                      member("cidrIp", source_text(rule)) + "}]},\"ipv6Ranges\":{},\"prefixListIds\":{}}]}}";
      event.response = "{\"_return\":true,\"securityGroupRuleSet\":{" + items + "}}";
    } else {
      event.name = "RevokeSecurityGroupIngress";
      event.request = "{" + group + ",\"ipPermissions\":{},\"securityGroupRuleIds\":{\"items\":[{" +
                      member("securityGroupRuleId", rule.id) + "}]}}";
      event.response = "{\"_return\":true,\"revokedSecurityGroupRuleSet\":{" + items + "}}";
    }
    return event_text(event, random);
  });
  return "{\"Records\":[" + events + "]}";
}

void Account::write_logs(const std::string& folder) const {
  const std::int64_t taken = kWindowStart - 3600;
  write_plain(folder + "/snapshots/describe-security-groups.json", describe_groups(), taken);
  write_plain(folder + "/snapshots/describe-security-group-rules.json", describe_rules(), taken);
  write_plain(folder + "/snapshots/describe-network-interfaces.json", describe_interfaces(), taken);
  write_plain(folder + "/snapshots/describe-instances.json", describe_instances(), taken);
  write_gzip(folder + "/" + trail_key(deployment + 300, mixed(seed_, 3)), deployment_events(seed_));
}

void Account::write_tables(const std::string& folder) const {
  std::string table = "interface_no,interface_id,ipv4,ipv6\n", attached = "interface_no,group_no\n";
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    const Interface& interface = interfaces[i];
    table += std::to_string(i) + "," + interface.id + "," + ipv4_text(interface.address) + "," + interface.ipv6 + "\n";
    for (const int group : groups_of(interface)) attached += std::to_string(i) + "," + std::to_string(group) + "\n";
  }
  write_plain(folder + "/interfaces.csv", table);
  write_plain(folder + "/attachments.csv", attached);

  table =
      "rule_id,group_no,egress,protocol,from_port,to_port,family,first_address,last_address,source_group,valid_from,"
      "valid_to\n";
  for (const Rule& rule : rules) {
    const bool ipv4 = rule.source == Source::kIpv4;
    table +=
        rule.id + "," + std::to_string(rule.group) + "," + (rule.egress ? "true" : "false") + "," +
        std::to_string(rule.protocol) + "," + std::to_string(rule.from_port) + "," + std::to_string(rule.to_port) +
        "," +
        (rule.source == Source::kGroup ? ""
         : ipv4                        ? "4"
                                       : "6") +
        "," + std::to_string(ipv4 ? rule.block : 0) + "," + std::to_string(ipv4 ? last_of(rule.block, rule.bits) : 0) +
        "," + (rule.source == Source::kGroup ? std::to_string(rule.source_group) : "") + "," +
        (rule.before ? "" : std::to_string(deployment)) + "," + (rule.after ? "" : std::to_string(deployment)) + "\n";
  }
  write_plain(folder + "/rules.csv", table);
}

}  // namespace flowtrail::bench
