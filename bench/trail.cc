// The trail of the CloudTrail job: calls that a busy account makes, most of them of no interest, and among them those
// that make, change and delete security groups, in an order that AWS would have accepted.
#include <array>
#include <map>
#include <vector>

#include "bench/account.h"
#include "bench/events.h"
#include "bench/files.h"

namespace flowtrail::bench {
namespace {

constexpr int kGroupEventsPerThousand = 30;
constexpr std::int64_t kWindowSeconds = 7 * 86400;

std::string pair(const char* key, const std::string& text) {
  return std::string("\"") + key + "\":\"" + text + "\"";
}

struct TrailRule {
  std::string id, protocol, source;
  bool egress = false;
  int from_port = 0, to_port = 0;
};
struct TrailGroup {
  std::string id, name;
  std::vector<TrailRule> rules;
};

/// The calls of interest, one after the other; `next` keeps the state that they lead to.
class GroupCalls {
 public:
  explicit GroupCalls(std::uint64_t seed) : random_(mixed(seed, 50)) {}

  std::string next(std::int64_t time) {
    Event event{.time = time};
    const std::uint32_t draw = random_.below(100);
    if (groups_.size() < 3 || draw < 8)
      create(event);
    else if (draw < 48)
      authorize(event);
    else if (draw < 60)
      revoke(event);
    else if (draw < 68)
      modify(event);
    else if (draw < 72)
      describe(event);
    else if (draw < 74)
      erase(event);
    else if (draw < 76)
      refuse(event);
    else if (draw < 86)
      run_instance(event);
    else if (draw < 92)
      create_interface(event);
    else
      change_interface(event);
    return event_text(event, random_);
  }

 private:
  TrailGroup& any_group() { return groups_[random_.below(static_cast<std::uint32_t>(groups_.size()))]; }
  TrailGroup* group_with_rules() {
    for (int i = 0; i < 20; ++i) {
      if (TrailGroup& group = any_group(); !group.rules.empty()) return &group;
    }
    return nullptr;
  }

  void create(Event& event) {
    TrailGroup group{"sg-" + random_.hex(17), "group-" + std::to_string(++serial_), {}};
    event.name = "CreateSecurityGroup";
    event.request = "{" + pair("groupName", group.name) + "," + pair("groupDescription", "made by a program") + "," +
                    pair("vpcId", kVpc) + "}";
    event.response = "{\"_return\":true," + pair("groupId", group.id) + "}";
    groups_.push_back(std::move(group));
  }

  // Every rule has a block of its own, so that none is a copy of another.
  TrailRule new_rule(bool egress) {
    TrailRule rule{.id = "sgr-" + random_.hex(17),
                   .protocol = random_.chance(900) ? "tcp" : "udp",
                   .source = new_block(),
                   .egress = egress};
    rule.from_port = static_cast<int>(random_.between(1, 9000));
    rule.to_port = rule.from_port + static_cast<int>(random_.below(3)) * 10;
    return rule;
  }
  std::string new_block() {
    const std::uint32_t number = ++serial_;
    return ipv4_text((20U << 24U) + number * 256U) + "/24";
  }

  static std::string item(const TrailGroup& group, const TrailRule& rule) {
    return "{" + pair("groupOwnerId", kAccount) + "," + pair("groupId", group.id) + "," +
           pair("securityGroupRuleId", rule.id) + ",\"isEgress\":" + (rule.egress ? "true" : "false") + "," +
           pair("ipProtocol", rule.protocol) + ",\"fromPort\":" + std::to_string(rule.from_port) +
           ",\"toPort\":" + std::to_string(rule.to_port) + "," + pair("cidrIpv4", rule.source) + "}";
  }

  void authorize(Event& event) {
    TrailGroup& group = any_group();
    const bool egress = random_.chance(150);
    std::string asked, made;
    for (std::uint32_t count = random_.between(1, 3); count > 0; --count) {
      const TrailRule rule = new_rule(egress);
      const char* comma = made.empty() ? "" : ",";
      asked += comma + ("{" + pair("ipProtocol", rule.protocol)) + ",\"fromPort\":" + std::to_string(rule.from_port) +
               ",\"toPort\":" + std::to_string(rule.to_port) + ",\"groups\":{},\"ipRanges\":{\"items\":[{" +
               pair("cidrIp", rule.source) + "}]},\"ipv6Ranges\":{},\"prefixListIds\":{}}";
      made += comma + item(group, rule);
      group.rules.push_back(rule);
    }
    event.name = egress ? "AuthorizeSecurityGroupEgress" : "AuthorizeSecurityGroupIngress";
    event.request = "{" + pair("groupId", group.id) + ",\"ipPermissions\":{\"items\":[" + asked + "]}}";
    event.response = "{\"_return\":true,\"securityGroupRuleSet\":{\"items\":[" + made + "]}}";
  }

  void revoke(Event& event) {
    TrailGroup* group = group_with_rules();
    if (group == nullptr) return create(event);
    const TrailRule rule = group->rules.back();
    group->rules.pop_back();
    event.name = rule.egress ? "RevokeSecurityGroupEgress" : "RevokeSecurityGroupIngress";
    event.request = "{" + pair("groupId", group->id) + ",\"ipPermissions\":{},\"securityGroupRuleIds\":{\"items\":[{" +
                    pair("securityGroupRuleId", rule.id) + "}]}}";
    event.response = "{\"_return\":true,\"revokedSecurityGroupRuleSet\":{\"items\":[" + item(*group, rule) + "]}}";
  }

  void modify(Event& event) {
    TrailGroup* group = group_with_rules();
    if (group == nullptr) return create(event);
    TrailRule& rule = group->rules[random_.below(static_cast<std::uint32_t>(group->rules.size()))];
    rule.source = new_block();
    event.name = "ModifySecurityGroupRules";
    event.request = "{\"ModifySecurityGroupRulesRequest\":{" + pair("GroupId", group->id) +
                    ",\"SecurityGroupRule\":{\"tag\":1," + pair("SecurityGroupRuleId", rule.id) +
                    ",\"SecurityGroupRule\":{" + pair("IpProtocol", rule.protocol) +
                    ",\"FromPort\":" + std::to_string(rule.from_port) + ",\"ToPort\":" + std::to_string(rule.to_port) +
                    "," + pair("CidrIpv4", rule.source) + "}}}}";
    event.response = "{\"ModifySecurityGroupRulesResponse\":{\"return\":true}}";
  }

  void describe(Event& event) {
    TrailGroup* group = group_with_rules();
    if (group == nullptr) return create(event);
    const TrailRule& rule = group->rules.front();
    const std::string words =
        rule.egress ? "UpdateSecurityGroupRuleDescriptionsEgress" : "UpdateSecurityGroupRuleDescriptionsIngress";
    event.name = words;
    event.request = "{\"" + words + "Request\":{" + pair("GroupId", group->id) +
                    ",\"SecurityGroupRuleDescription\":{\"tag\":1," + pair("SecurityGroupRuleId", rule.id) + "," +
                    pair("Description", "note " + std::to_string(++serial_)) + "}}}";
    event.response = "{\"" + words + "Response\":{\"return\":true}}";
  }

  void erase(Event& event) {
    const std::size_t index = random_.below(static_cast<std::uint32_t>(groups_.size()));
    event.name = "DeleteSecurityGroup";
    event.request = "{" + pair("groupId", groups_[index].id) + "}";
    event.response = "{\"_return\":true," + pair("groupId", groups_[index].id) + "}";
    groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  void refuse(Event& event) {
    event.name = "AuthorizeSecurityGroupIngress";
    event.error_code = "Client.UnauthorizedOperation";
    event.request = "{" + pair("groupId", any_group().id) + ",\"ipPermissions\":{\"items\":[{" +
                    pair("ipProtocol", "tcp") +
                    ",\"fromPort\":22,\"toPort\":22,\"groups\":{},\"ipRanges\":{\"items\":[{" +
                    pair("cidrIp", "0.0.0.0/0") + "}]},\"ipv6Ranges\":{},\"prefixListIds\":{}}]}}";
  }

  std::string new_address() {
    const std::uint32_t number = ++serial_;
    return ipv4_text((10U << 24U) + (number << 2U) + 5U);
  }
  std::string group_set(const TrailGroup& group) {
    return "\"groupSet\":{\"items\":[{" + pair("groupId", group.id) + "," + pair("groupName", group.name) + "}]}";
  }
  std::string new_interface(const TrailGroup& group) {
    interfaces_.push_back("eni-" + random_.hex(17));
    const std::string address = pair("privateIpAddress", new_address());
    return "{" + pair("networkInterfaceId", interfaces_.back()) + "," + pair("subnetId", "subnet-0aaaaaaaaaaaaaaa1") +
           "," + pair("vpcId", kVpc) + "," + pair("ownerId", kAccount) + "," + address + "," + group_set(group) +
           ",\"privateIpAddressesSet\":{\"item\":[{" + address +
           ",\"primary\":true}]},\"ipv6AddressesSet\":{},\"tagSet\":{}";
  }

  void run_instance(Event& event) {
    const TrailGroup& group = any_group();
    event.name = "RunInstances";
    event.request = "{\"instancesSet\":{\"items\":[{" + pair("imageId", "ami-0123456789abcdef0") +
                    ",\"minCount\":1,\"maxCount\":1}]},\"groupSet\":{\"items\":[{" + pair("groupId", group.id) + "}]}}";
    const std::string interface = new_interface(group) + ",\"attachment\":{" +
                                  pair("attachmentId", "eni-attach-" + random_.hex(17)) +
                                  ",\"deviceIndex\":0,\"deleteOnTermination\":true}}";
    event.response = "{" + pair("reservationId", "r-" + random_.hex(17)) + "," + pair("ownerId", kAccount) +
                     ",\"groupSet\":{},\"instancesSet\":{\"items\":[{" + pair("instanceId", "i-" + random_.hex(17)) +
                     "," + pair("vpcId", kVpc) + "," + pair("subnetId", "subnet-0aaaaaaaaaaaaaaa1") +
                     ",\"launchTime\":" + std::to_string(event.time * 1000) + "," + group_set(group) +
                     ",\"tagSet\":{\"items\":[{" + pair("key", "Name") + "," +
                     pair("value", "worker-" + std::to_string(serial_)) + "}]},\"networkInterfaceSet\":{\"items\":[" +
                     interface + "]}}]}}";
  }

  void create_interface(Event& event) {
    const TrailGroup& group = any_group();
    event.name = "CreateNetworkInterface";
    event.request = "{" + pair("subnetId", "subnet-0aaaaaaaaaaaaaaa1") + ",\"groupSet\":{\"items\":[{" +
                    pair("groupId", group.id) + "}]},\"privateIpAddressesSet\":{}}";
    event.response = "{\"_return\":true,\"networkInterface\":" + new_interface(group) + "," +
                     pair("status", "pending") + "," + pair("interfaceType", "interface") +
                     ",\"requesterManaged\":false}}";
  }

  void change_interface(Event& event) {
    if (interfaces_.empty()) return create_interface(event);
    const std::string& interface = interfaces_[random_.below(static_cast<std::uint32_t>(interfaces_.size()))];
    event.name = "ModifyNetworkInterfaceAttribute";
    event.request = "{" + pair("networkInterfaceId", interface) + ",\"groupSet\":{\"items\":[{" +
                    pair("groupId", any_group().id) + "}]}}";
    event.response = "{\"_return\":true}";
  }

  Random random_;
  std::uint32_t serial_ = 0;
  std::vector<TrailGroup> groups_;
  std::vector<std::string> interfaces_;
};

struct Call {
  const char* source;
  const char* name;
  bool read_only;
};
constexpr std::array kCalls = {Call{"sts.amazonaws.com", "AssumeRole", true},
                               Call{"ec2.amazonaws.com", "DescribeInstances", true},
                               Call{"kms.amazonaws.com", "Decrypt", true},
                               Call{"secretsmanager.amazonaws.com", "GetSecretValue", true},
                               Call{"logs.amazonaws.com", "CreateLogStream", false},
                               Call{"ssm.amazonaws.com", "UpdateInstanceInformation", false},
                               Call{"s3.amazonaws.com", "GetBucketAcl", true},
                               Call{"ec2.amazonaws.com", "DescribeSecurityGroups", true},
                               Call{"rds.amazonaws.com", "DescribeDBInstances", true},
                               Call{"dynamodb.amazonaws.com", "DescribeTable", true},
                               Call{"ec2.amazonaws.com", "DescribeNetworkInterfaces", true},
                               Call{"monitoring.amazonaws.com", "PutMetricAlarm", false}};

std::string other_call(std::int64_t time, Random& random) {
  const Call& call = kCalls[random.below(kCalls.size())];
  Event event{.time = time, .source = call.source, .name = call.name, .read_only = call.read_only};
  event.request =
      "{" +
      pair("resourceArn", std::string("arn:aws:service:") + kRegion + ":" + kAccount + ":resource/" + random.hex(12)) +
      "," + pair("clientToken", random.uuid()) + ",\"maxResults\":" + std::to_string(random.between(5, 1000)) +
      ",\"filterSet\":{\"items\":[{" + pair("name", "tag:Name") + ",\"valueSet\":{\"items\":[{" +
      pair("value", "worker-" + std::to_string(random.below(5000))) + "}]}}]}}";
  if (!call.read_only) {
    event.response = "{" + pair("requestId", random.uuid()) + ",\"tags\":[";
    for (int i = 0; i < 6; ++i) {
      event.response +=
          (i > 0 ? ",{" : "{") + pair("key", "tag-" + std::to_string(i)) + "," + pair("value", random.hex(24)) + "}";
    }
    event.response += "]}";
  }
  if (random.chance(10)) {
    event.error_code = "AccessDenied";
    event.response = "null";
  }
  return event_text(event, random);
}

}  // namespace

void write_trail(const std::string& folder, std::uint64_t seed, std::int64_t events, int files) {
  // The calls of interest depend on those before them, so they are told first, one for each step of the trail.
  const auto time_of = [&](std::int64_t event) { return kWindowStart + kWindowSeconds * event / events; };
  std::map<std::int64_t, std::string> of_interest;
  GroupCalls calls(seed);
  const std::int64_t step = 1000 / kGroupEventsPerThousand;
  for (std::int64_t event = 0; event < events; event += step) of_interest[event] = calls.next(time_of(event));

  for_each_file(files, [&](int file) {
    Random random(mixed(seed, static_cast<std::uint64_t>(file) + 2000));
    std::string text = "{\"Records\":[";
    const std::int64_t first = events * file / files, last = events * (file + 1) / files;
    for (std::int64_t event = first; event < last; ++event) {
      if (event > first) text += ',';
      const auto found = of_interest.find(event);
      text += found != of_interest.end() ? found->second : other_call(time_of(event), random);
    }
    write_gzip(
        folder + "/" + trail_key(time_of(last) / 300 * 300 + 300, mixed(seed, static_cast<std::uint64_t>(file) + 3000)),
        text + "]}");
  });
}

}  // namespace flowtrail::bench
