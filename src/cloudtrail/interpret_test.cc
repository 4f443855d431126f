#include "cloudtrail/interpret.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cloudtrail/reader.h"

namespace flowtrail::cloudtrail {
namespace {

// One line for each change, so that an expectation reads like a story.

template <typename... Printers>
struct Overloaded : Printers... {
  using Printers::operator()...;
};

std::string list(const std::vector<std::string>& texts) {
  return fmt::format("[{}]", fmt::join(texts, " "));
}

std::string print(const GroupName& group) {
  std::string text = group.id;
  if (!group.name.empty()) text += "'" + group.name + "'";
  if (!group.vpc_id.empty()) text += "@" + group.vpc_id;
  return text;
}

std::string print(const std::vector<RuleItem>& rules) {
  std::string text;
  for (const RuleItem& rule : rules) {
    text += "\n  " + (rule.rule_id.empty() ? "-" : rule.rule_id) + " " + (rule.spec ? rule.spec->to_string() : "-");
    if (rule.description) text += " '" + *rule.description + "'";
  }
  return text;
}

std::string print(const InterfaceDescription& interface) {
  std::string text = interface.interface_id + " " + interface.vpc_id + " " + interface.subnet_id;
  text += " groups=" + (interface.groups ? list(*interface.groups) : "?");
  for (const auto& [address, primary] : interface.addresses) text += " " + address.to_string() + (primary ? "*" : "");
  if (!interface.owner.empty()) text += " owner=" + interface.owner;
  if (!interface.requester_id.empty()) text += " requester=" + interface.requester_id;
  if (!interface.type.empty()) text += " type=" + interface.type;
  if (!interface.description.empty()) text += " '" + interface.description + "'";
  if (interface.requester_managed) text += " managed";
  if (!interface.attachment_id.empty()) text += fmt::format(" {}#{}", interface.attachment_id, interface.device_index);
  if (!interface.delete_on_termination) text += " survives";
  return text;
}

std::string print(const std::vector<Cidr>& cidrs) {
  std::string text;
  for (const Cidr& cidr : cidrs) text += " " + cidr.to_string();
  return text;
}

std::string print(const Change& change) {
  return std::visit(
      Overloaded{
          [](const GroupCreated& c) {
            return fmt::format("group {} '{}' '{}' {} {}", c.group_id, c.name, c.description, c.vpc_id, c.owner);
          },
          [](const GroupDeleted& c) { return "group deleted " + print(c.group); },
          [](const RulesAuthorized& c) { return "authorize " + print(c.group) + print(c.rules); },
          [](const RulesRevoked& c) {
            std::string text =
                fmt::format("revoke {} {}", firewall::direction_name(c.direction), print(c.group)) + print(c.rules);
            for (const firewall::RuleSpec& spec : c.unknown) text += "\n  unknown " + spec.to_string();
            return text;
          },
          [](const RulesModified& c) { return "modify " + print(c.group) + print(c.rules); },
          [](const RuleDescriptionsUpdated& c) { return "describe " + print(c.group) + print(c.rules); },
          [](const GroupVpcAssociation& c) {
            return fmt::format("{} {} {}", c.associated ? "associate" : "disassociate", print(c.group), c.vpc_id);
          },
          [](const TagChange& c) {
            return fmt::format("tag {} {}{}", c.resource_id, c.key, c.value ? "='" + *c.value + "'" : " removed");
          },
          [](const InterfaceCreated& c) { return "interface " + print(c.interface); },
          [](const InterfaceDeleted& c) { return "interface deleted " + c.interface_id; },
          [](const InterfaceAttached& c) {
            return fmt::format("attach {} {} {}#{}", c.interface_id, c.instance_id, c.attachment_id, c.device_index);
          },
          [](const InterfaceDetached& c) { return fmt::format("detach {} {}", c.attachment_id, c.interface_id); },
          [](const DeleteOnTerminationSet& c) {
            return fmt::format("delete-on-termination {} {} {}", c.interface_id, c.attachment_id, c.value);
          },
          [](const InterfaceGroupsSet& c) { return c.interface_id + " groups=" + list(c.groups); },
          [](const InstanceGroupsSet& c) { return c.instance_id + " groups=" + list(c.groups); },
          [](const AddressesAssigned& c) {
            std::string text = c.interface_id + (c.assigned ? " assigned" : " unassigned");
            for (const IpAddress& address : c.addresses) text += " " + address.to_string();
            return text;
          },
          [](const InstanceLaunched& c) {
            std::string text = fmt::format("launch {} {} {} owner={}", c.instance_id, c.vpc_id, c.subnet_id, c.owner);
            if (!c.groups.empty()) text += " groups=" + list(c.groups);
            for (const InterfaceDescription& interface : c.interfaces) text += "\n  " + print(interface);
            return text;
          },
          [](const InstanceTerminated& c) { return "terminate " + c.instance_id; },
          [](const PrefixListChanged& c) {
            return fmt::format("{} v{}{}{}{} +{} -{}", c.prefix_list_id, c.version.value_or(-1),
                               c.created ? " created" : "", c.deleted ? " deleted" : "", c.restored ? " restored" : "",
                               print(c.added), print(c.removed));
          },
          [](const ResourceGroups& c) {
            std::string text = c.resource + (c.created ? " created" : "");
            if (c.set) text += " =" + list(*c.set);
            if (!c.added.empty()) text += " +" + list(c.added);
            if (!c.removed.empty()) text += " -" + list(c.removed);
            if (!c.interface_ids.empty()) text += " interfaces" + list(c.interface_ids);
            return text;
          },
          [](const ResourceDeleted& c) { return c.resource + " deleted"; },
          [](const GroupsMentioned& c) {
            return fmt::format("mention {} {} at {}", c.resource, list(c.group_ids), c.json_path);
          },
          [](const VpcDeleted& c) { return "vpc deleted " + c.vpc_id; },
          [](const LoggingChanged& c) { return "logging: " + c.text; },
      },
      change);
}

std::string print(const Result<std::vector<Change>>& changes) {
  if (!changes) return "error: " + changes.error().what;
  std::string text;
  for (const Change& change : *changes) text += (text.empty() ? "" : "\n") + print(change);
  return text;
}

Event event_of(std::string_view source, std::string_view name, std::string_view request,
               std::string_view response = {}) {
  Event event;
  event.source = source;
  event.name = name;
  event.account = "111122223333";
  event.request_parameters = request;
  event.response_elements = response;
  return event;
}

struct InterpretCase {
  std::string_view source, name, request, response, expected;
};

void check(const std::vector<InterpretCase>& cases) {
  for (const InterpretCase& c : cases) {
    const std::string source = std::string(c.source) + ".amazonaws.com";
    const Event event = event_of(source, c.name, c.request, c.response);
    const std::string context = fmt::format("{} {} {}", c.name, c.request, c.response);
    EXPECT_EQ(print(interpret(event)), c.expected) << context;
    if (!c.expected.empty()) {
      EXPECT_TRUE(may_change_state(event)) << context;
    }
  }
}

TEST(Interpret, GroupsAreCreatedAndDeleted) {
  check({
      {"ec2", "CreateSecurityGroup",
       R"({"groupName":"web","groupDescription":"web tier","vpcId":"vpc-1","tagSpecificationSet":{"items":[
          {"resourceType":"security-group","tags":[{"key":"Name","value":"from request"}]}]}})",
       R"({"_return":true,"groupId":"sg-0aaaaaaaaaaaaaaa1","tagSet":{"items":[{"key":"Name","value":"web"},{"key":"n","value":7}]}})",
       "group sg-0aaaaaaaaaaaaaaa1 'web' 'web tier' vpc-1 111122223333\n"
       "tag sg-0aaaaaaaaaaaaaaa1 Name='web'\ntag sg-0aaaaaaaaaaaaaaa1 n='7'"},
      {"ec2", "CreateSecurityGroup",
       R"({"groupName":"web","groupDescription":"d","tagSpecificationSet":{"items":[
          {"resourceType":"security-group","tags":[{"key":"Name","value":"from request"}]},
          {"resourceType":"instance","tags":[{"key":"Name","value":"other"}]}]}})",
       R"({"_return":true,"groupId":"sg-1"})", "group sg-1 'web' 'd'  111122223333\ntag sg-1 Name='from request'"},
      {"ec2", "CreateSecurityGroup", R"({"groupName":"web","groupDescription":"d"})", R"({"_return":false})", ""},
      {"ec2", "DeleteSecurityGroup", R"({"groupId":"sg-1"})", R"({"_return":true})", "group deleted sg-1"},
      {"ec2", "DeleteSecurityGroup", R"({"groupName":"web"})", R"({"_return":true})", "group deleted 'web'"},
      {"ec2", "DeleteSecurityGroup", R"({"groupName":"web"})", R"({"_return":true,"groupId":"sg-1"})",
       "group deleted sg-1'web'"},
      {"ec2", "DeleteSecurityGroup", R"({"groupName":"sg-12345678"})", R"({"_return":true})",
       "group deleted sg-12345678"},
      {"ec2", "AssociateSecurityGroupVpc", R"({"AssociateSecurityGroupVpcRequest":{"GroupId":"sg-1","VpcId":"vpc-2"}})",
       R"({"AssociateSecurityGroupVpcResponse":{"state":"associating"}})", "associate sg-1 vpc-2"},
      {"ec2", "DisassociateSecurityGroupVpc", R"({"groupId":"sg-1","vpcId":"vpc-2"})", "", "disassociate sg-1 vpc-2"},
      {"ec2", "DeleteVpc", R"({"vpcId":"vpc-1"})", R"({"_return":true})", "vpc deleted vpc-1"},
      {"ec2", "CreateVpc", R"({"cidrBlock":"10.0.0.0/16"})", R"({"vpc":{"vpcId":"vpc-1"}})", ""},
  });
}

TEST(Interpret, AuthorizedRulesComeFromTheResponseWhereItHasThem) {
  check({
      {"ec2", "AuthorizeSecurityGroupIngress",
       R"({"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":443,"toPort":443,
          "groups":{"items":[{"userId":"444455556666","groupId":"sg-2","description":"peers"}]},
          "ipRanges":{"items":[{"cidrIp":"198.51.100.7/24","description":"office"}]},"ipv6Ranges":{},"prefixListIds":{}}]}})",
       R"({"requestId":"r","_return":true,"securityGroupRuleSet":{"items":[
          {"groupOwnerId":"111122223333","groupId":"sg-1","securityGroupRuleId":"sgr-02","isEgress":false,"ipProtocol":"tcp","fromPort":443,"toPort":443,"referencedGroupInfo":{"groupId":"sg-2"}},
          {"groupOwnerId":"111122223333","groupId":"sg-1","securityGroupRuleId":"sgr-01","isEgress":false,"ipProtocol":"tcp","fromPort":443,"toPort":443,"cidrIpv4":"198.51.100.0/24","description":"office"}]}})",
       "authorize sg-1\n  sgr-02 ingress tcp 443 from sg-2 (444455556666) 'peers'\n"
       "  sgr-01 ingress tcp 443 from 198.51.100.0/24 'office'"},
      // A single rule as the wrapped dialect would write it; the request named the group by name only.
      {"ec2", "AuthorizeSecurityGroupEgress", R"({"groupName":"web"})",
       R"({"AuthorizeSecurityGroupEgressResponse":{"return":true,"securityGroupRuleSet":{"item":
          {"groupId":"sg-1","securityGroupRuleId":"sgr-1","isEgress":true,"ipProtocol":-1,"fromPort":-1,"toPort":-1,"prefixListId":"pl-1"}}}})",
       "authorize sg-1'web'\n  sgr-1 egress all to pl-1"},
      {"ec2", "AuthorizeSecurityGroupIngress", R"({"groupId":"sg-1"})", R"({"_return":false})", ""},
  });
}

TEST(Interpret, AuthorizedRulesComeFromTheRequestBeforeRulesHadIds) {
  check({
      {"ec2", "AuthorizeSecurityGroupIngress",
       R"({"groupId":"sg-1","ipPermissions":{"items":[
          {"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"203.0.113.9/32"},{"cidrIp":"1.2.3.4/0"}]},"ipv6Ranges":{"items":[{"cidrIpv6":"2001:db8::1/32","description":""}]},"prefixListIds":{}},
          {"ipProtocol":"-1","groups":{"items":[{"groupId":"sg-1","userId":"111122223333"}]},"ipRanges":{},"prefixListIds":{"items":[{"prefixListId":"pl-1","description":"s3"}]}},
          {"ipProtocol":"icmp","fromPort":8,"toPort":-1,"ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"}]}},
          {"ipProtocol":"50","ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"}]}}]}})",
       R"({"_return":true})",
       "authorize sg-1\n  - ingress tcp 22 from 203.0.113.9/32\n  - ingress tcp 22 from 0.0.0.0/0\n"
       "  - ingress tcp 22 from 2001:db8::/32 ''\n  - ingress all from sg-1 (111122223333)\n  - ingress all from pl-1 "
       "'s3'\n"
       "  - ingress icmp type 8 from 10.0.0.0/8\n  - ingress protocol 50 from 10.0.0.0/8"},
      {"ec2", "AuthorizeSecurityGroupIngress",
       R"({"groupId":"sg-1","ipPermissions":{},"ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIp":"203.0.113.9/32"})",
       R"({"_return":true})", "authorize sg-1\n  - ingress tcp 22 from 203.0.113.9/32"},
      {"ec2", "AuthorizeSecurityGroupIngress",
       R"({"groupName":"default","ipPermissions":{},"ipProtocol":"6","fromPort":"80","toPort":"81","cidrIp":"0.0.0.0/0"})",
       R"({"_return":true})", "authorize 'default'\n  - ingress tcp 80-81 from 0.0.0.0/0"},
      {"ec2", "AuthorizeSecurityGroupIngress",
       R"({"groupId":"sg-1","ipProtocol":"udp","fromPort":53,"toPort":53,"cidrIpv6":"::/0"})", R"({"_return":true})",
       "authorize sg-1\n  - ingress udp 53 from ::/0"},
      {"ec2", "AuthorizeSecurityGroupIngress",
       R"({"groupName":"app","ipPermissions":{},"sourceSecurityGroupName":"web","sourceSecurityGroupOwnerId":"111122223333"})",
       R"({"_return":true})",
       "authorize 'app'\n  - ingress tcp all ports from web (111122223333)\n  - ingress udp all ports from web "
       "(111122223333)\n"
       "  - ingress icmp from web (111122223333)"},
      {"ec2", "AuthorizeSecurityGroupIngress",
       R"({"groupId":"sg-1","ipPermissions":{},"ipProtocol":"tcp","fromPort":1,"toPort":2,"sourceSecurityGroupId":"sg-2"})",
       R"({"_return":true})", "authorize sg-1\n  - ingress tcp 1-2 from sg-2"},
      {"ec2", "AuthorizeSecurityGroupIngress",
       R"({"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":1,"toPort":1,"groups":{"items":[{"groupName":"default"}]}}]}})",
       R"({"_return":true})", "authorize sg-1\n  - ingress tcp 1 from default"},
      // The wrapped dialect: one element is a bare object, several are an array.
      {"ec2", "AuthorizeSecurityGroupEgress",
       R"({"AuthorizeSecurityGroupEgressRequest":{"GroupId":"sg-1","IpPermissions":{"tag":1,"IpProtocol":"tcp","FromPort":443,"ToPort":443,
          "IpRanges":[{"tag":1,"CidrIp":"10.0.0.0/8","Description":"a"},{"tag":2,"CidrIp":"192.0.2.0/24"}],
          "Ipv6Ranges":{"tag":1,"CidrIpv6":"::/0"},"Groups":{"tag":1,"GroupId":"sg-2"},"PrefixListIds":{"tag":1,"PrefixListId":"pl-1"}}}})",
       R"({"AuthorizeSecurityGroupEgressResponse":{"return":true}})",
       "authorize sg-1\n  - egress tcp 443 to sg-2\n  - egress tcp 443 to 10.0.0.0/8 'a'\n  - egress tcp 443 to "
       "192.0.2.0/24\n"
       "  - egress tcp 443 to ::/0\n  - egress tcp 443 to pl-1"},
      {"ec2", "AuthorizeSecurityGroupIngress",
       R"({"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"what","ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"}]}},{"ipProtocol":"tcp","ipRanges":{"items":[{"cidrIp":"nonsense"}]}}]}})",
       R"({"_return":true})", ""},
  });
}

TEST(Interpret, RevokedRulesByValueAndById) {
  check({
      {"ec2", "RevokeSecurityGroupEgress",
       R"({"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"-1","fromPort":0,"toPort":0,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{},"prefixListIds":{}}]}})",
       R"({"_return":true})", "revoke egress sg-1\n  - egress all to 0.0.0.0/0"},
      {"ec2", "RevokeSecurityGroupIngress",
       R"({"groupId":"sg-1","ipPermissions":{},"ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIp":"203.0.113.9/32"})",
       R"({"_return":true})", "revoke ingress sg-1\n  - ingress tcp 22 from 203.0.113.9/32"},
      {"ec2", "RevokeSecurityGroupIngress",
       R"({"groupId":"sg-1","ipPermissions":{},"securityGroupRuleIds":{"items":[{"securityGroupRuleId":"sgr-1"},{"securityGroupRuleId":"sgr-2"}]}})",
       R"({"_return":true})", "revoke ingress sg-1\n  sgr-1 -\n  sgr-2 -"},
      {"ec2", "RevokeSecurityGroupIngress",
       R"({"groupId":"sg-1","securityGroupRuleIds":{"items":[{"securityGroupRuleId":"sgr-1"}]}})",
       R"({"_return":true,"revokedSecurityGroupRuleSet":{"items":[{"securityGroupRuleId":"sgr-1","groupId":"sg-1","isEgress":false,"ipProtocol":"tcp","fromPort":443,"toPort":443,"cidrIpv4":"198.51.100.0/24"}]}})",
       "revoke ingress sg-1\n  sgr-1 ingress tcp 443 from 198.51.100.0/24"},
      {"ec2", "RevokeSecurityGroupIngress",
       R"({"RevokeSecurityGroupIngressRequest":{"GroupId":"sg-1","SecurityGroupRuleId":[{"tag":1,"content":"sgr-1"},{"tag":2,"content":"sgr-2"}]}})",
       R"({"RevokeSecurityGroupIngressResponse":{"return":true}})", "revoke ingress sg-1\n  sgr-1 -\n  sgr-2 -"},
      {"ec2", "RevokeSecurityGroupIngress",
       R"({"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":1,"toPort":1,"ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"},{"cidrIp":"192.0.2.0/24"}]}}]}})",
       R"({"_return":true,"unknownIpPermissionSet":{"items":[{"ipProtocol":"tcp","fromPort":1,"toPort":1,"groups":{},"ipRanges":{"items":[{"cidrIp":"192.0.2.0/24"}]}}]}})",
       "revoke ingress sg-1\n  - ingress tcp 1 from 10.0.0.0/8\n  unknown ingress tcp 1 from 192.0.2.0/24"},
      {"ec2", "RevokeSecurityGroupIngress",
       R"({"groupName":"web","sourceSecurityGroupName":"app","ipProtocol":"tcp","fromPort":1,"toPort":1})",
       R"({"_return":true,"revokedSecurityGroupRuleSet":{"items":[{"securityGroupRuleId":"sgr-1","groupId":"sg-1","isEgress":false,"ipProtocol":"tcp","fromPort":1,"toPort":1,"referencedGroupId":"sg-2"}]}})",
       "revoke ingress sg-1'web'\n  sgr-1 ingress tcp 1 from sg-2"},
  });
}

TEST(Interpret, RulesAreModifiedAndRedescribed) {
  check({
      {"ec2", "ModifySecurityGroupRules",
       R"({"ModifySecurityGroupRulesRequest":{"GroupId":"sg-1","SecurityGroupRule":{"tag":1,"SecurityGroupRuleId":"sgr-02","SecurityGroupRule":{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"CidrIpv4":"0.0.0.0/0","Description":"all"}}}})",
       R"({"ModifySecurityGroupRulesResponse":{"return":true,"requestId":"r"}})",
       "modify sg-1\n  sgr-02 ingress tcp 443 from 0.0.0.0/0 'all'"},
      {"ec2", "ModifySecurityGroupRules",
       R"({"ModifySecurityGroupRulesRequest":{"GroupId":"sg-1","SecurityGroupRule":[
          {"tag":1,"SecurityGroupRuleId":"sgr-02","SecurityGroupRule":{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"CidrIpv6":"2001:db8::/32"}},
          {"tag":2,"SecurityGroupRuleId":"sgr-03","SecurityGroupRule":{"IpProtocol":-1,"FromPort":-1,"ToPort":-1,"ReferencedGroupId":"sg-2"}},
          {"tag":3,"SecurityGroupRuleId":"sgr-04","SecurityGroupRule":{"IpProtocol":"udp","FromPort":1,"ToPort":2,"PrefixListId":"pl-1"}}]}})",
       "",
       "modify sg-1\n  sgr-02 ingress tcp 80 from 2001:db8::/32 ''\n  sgr-03 ingress all from sg-2 ''\n"
       "  sgr-04 ingress udp 1-2 from pl-1 ''"},
      {"ec2", "ModifySecurityGroupRules",
       R"({"ModifySecurityGroupRulesRequest":"{\"GroupId\":\"sg-1\",\"SecurityGroupRule\":{\"SecurityGroupRuleId\":\"sgr-1\",\"SecurityGroupRule\":{\"IpProtocol\":\"tcp\",\"FromPort\":1,\"ToPort\":1,\"CidrIpv4\":\"10.0.0.0/8\"}}}"})",
       "", "modify sg-1\n  sgr-1 ingress tcp 1 from 10.0.0.0/8 ''"},
      {"ec2", "ModifySecurityGroupRules", R"({"ModifySecurityGroupRulesRequest":{"GroupId":"sg-1"}})",
       R"({"ModifySecurityGroupRulesResponse":{"return":false}})", ""},
      {"ec2", "UpdateSecurityGroupRuleDescriptionsIngress",
       R"({"UpdateSecurityGroupRuleDescriptionsIngressRequest":{"GroupId":"sg-1","IpPermissions":{"tag":1,"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":{"tag":1,"CidrIp":"10.0.0.0/8","Description":"new"}}}})",
       R"({"UpdateSecurityGroupRuleDescriptionsIngressResponse":{"return":true}})",
       "describe sg-1\n  - ingress tcp 22 from 10.0.0.0/8 'new'"},
      {"ec2", "UpdateSecurityGroupRuleDescriptionsEgress",
       R"({"UpdateSecurityGroupRuleDescriptionsEgressRequest":{"GroupId":"sg-1","SecurityGroupRuleDescription":[{"tag":1,"SecurityGroupRuleId":"sgr-1","Description":"x"},{"tag":2,"SecurityGroupRuleId":"sgr-2"}]}})",
       "", "describe sg-1\n  sgr-1 - 'x'\n  sgr-2 - ''"},
      {"ec2", "UpdateSecurityGroupRuleDescriptionsIngress",
       R"({"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"}]}}]}})",
       R"({"_return":true})", "describe sg-1\n  - ingress tcp 22 from 10.0.0.0/8 ''"},
  });
}

TEST(Interpret, TagsAreSetAndRemoved) {
  check({
      {"ec2", "CreateTags",
       R"({"resourcesSet":{"items":[{"resourceId":"i-1"},{"resourceId":"sg-1"}]},"tagSet":{"items":[{"key":"Name","value":"web"},{"key":"empty"}]}})",
       R"({"_return":true})", "tag i-1 Name='web'\ntag i-1 empty=''\ntag sg-1 Name='web'\ntag sg-1 empty=''"},
      {"ec2", "DeleteTags",
       R"({"resourcesSet":{"items":[{"resourceId":"i-1"}]},"tagSet":{"items":[{"key":"Name","value":"web"},{"key":"k"}]}})",
       R"({"_return":true})", "tag i-1 Name removed\ntag i-1 k removed"},
      {"ec2", "DeleteTags", R"({"resourcesSet":{"items":[{"resourceId":"i-1"}]},"tagSet":{}})", R"({"_return":true})",
       "tag i-1 Name removed"},
  });
}

TEST(Interpret, InstancesAreLaunchedWithTheirInterfaces) {
  check({
      {"ec2", "RunInstances",
       R"({"instancesSet":{"items":[{"imageId":"ami-1","minCount":1,"maxCount":1}]},"tagSpecificationSet":{"items":[
          {"resourceType":"network-interface","tags":[{"key":"Name","value":"nic"}]},{"resourceType":"instance","tags":[{"key":"Name","value":"ignored"}]}]}})",
       R"({"reservationId":"r-1","ownerId":"111122223333","groupSet":{},"instancesSet":{"items":[{"instanceId":"i-1","vpcId":"vpc-1","subnetId":"subnet-1","privateIpAddress":"10.0.1.20","launchTime":1788232200000,
          "groupSet":{"items":[{"groupId":"sg-1","groupName":"web"}]},"tagSet":{"items":[{"key":"Name","value":"web-1"}]},
          "networkInterfaceSet":{"items":[{"networkInterfaceId":"eni-1","privateIpAddress":"10.0.1.20","attachment":{"attachmentId":"eni-attach-1","deviceIndex":0,"deleteOnTermination":true},
            "groupSet":{"items":[{"groupId":"sg-1","groupName":"web"},{"groupId":"sg-2","groupName":"ssh"}]},"privateIpAddressesSet":{"item":[{"privateIpAddress":"10.0.1.20","primary":true},{"privateIpAddress":"10.0.1.21","primary":false}]},
            "ipv6AddressesSet":{"item":[{"ipv6Address":"2001:db8::20"}]},"tagSet":{}},
           {"networkInterfaceId":"eni-2","vpcId":"vpc-1","subnetId":"subnet-2","ownerId":"444455556666","privateIpAddress":"10.0.2.20","attachment":{"attachmentId":"eni-attach-2","deviceIndex":1,"deleteOnTermination":false},"groupSet":{}}]}}]}})",
       "launch i-1 vpc-1 subnet-1 owner=111122223333\n"
       "  eni-1 vpc-1 subnet-1 groups=[sg-1 sg-2] 10.0.1.20* 10.0.1.21 2001:db8::20 owner=111122223333 eni-attach-1#0\n"
       "  eni-2 vpc-1 subnet-2 groups=? 10.0.2.20* owner=444455556666 eni-attach-2#1 survives\n"
       "tag i-1 Name='web-1'\ntag eni-1 Name='nic'\ntag eni-2 Name='nic'"},
      {"ec2", "RunInstances",
       R"({"groupSet":{"items":[{"groupId":"sg-1"}]},"tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"Name","value":"w"}]}]}})",
       R"({"instancesSet":{"items":[{"instanceId":"i-1","groupSet":{"items":[{"groupId":"sg-1"}]}},{"instanceId":"i-2","vpcId":"vpc-1","groupSet":{"items":[{"groupId":"sg-1"}]},
          "networkInterfaceSet":{"items":[{"networkInterfaceId":"eni-2","privateIpAddress":"10.0.0.2"}]}}]}})",
       "launch i-1   owner=111122223333 groups=[sg-1]\ntag i-1 Name='w'\n"
       "launch i-2 vpc-1  owner=111122223333\n  eni-2 vpc-1  groups=[sg-1] 10.0.0.2* owner=111122223333\ntag i-2 "
       "Name='w'"},
      {"ec2", "RunInstances", R"({"groupSet":{"items":[{"groupId":"sg-1"}]}})", "", ""},
      {"ec2", "TerminateInstances", R"({"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}})",
       R"({"instancesSet":{"items":[{"instanceId":"i-1","currentState":{"code":32,"name":"shutting-down"}},{"instanceId":"i-2"}]}})",
       "terminate i-1\nterminate i-2"},
      {"ec2", "TerminateInstances", R"({"instancesSet":{"items":[{"instanceId":"i-1"}]}})", "", "terminate i-1"},
      {"ec2", "StopInstances", R"({"instancesSet":{"items":[{"instanceId":"i-1"}]}})", "", ""},
      {"ec2", "ModifyInstanceAttribute",
       R"({"instanceId":"i-1","groupSet":{"items":[{"groupId":"sg-1"},{"groupId":"sg-2"}]}})", R"({"_return":true})",
       "i-1 groups=[sg-1 sg-2]"},
      {"ec2", "ModifyInstanceAttribute", R"({"instanceId":"i-1","disableApiTermination":{"value":false}})",
       R"({"_return":true})", ""},
      {"ec2", "ModifyInstanceAttribute",
       R"({"instanceId":"i-1","blockDeviceMapping":{"items":[{"deviceName":"/dev/xvda","ebs":{"deleteOnTermination":true}}]}})",
       R"({"_return":true})", ""},
  });
  Event evicted = event_of("ec2.amazonaws.com", "BidEvictedEvent", "");
  evicted.service_event_details = R"({"instanceIdSet":["i-1","i-2"]})";
  EXPECT_EQ(print(interpret(evicted)), "terminate i-1\nterminate i-2");
}

TEST(Interpret, InterfacesLiveAndChange) {
  check({
      {"ec2", "CreateNetworkInterface",
       R"({"subnetId":"subnet-1","description":"d","groupSet":{"items":[{"groupId":"sg-1"}]},"privateIpAddressesSet":{}})",
       R"({"networkInterface":{"networkInterfaceId":"eni-1","subnetId":"subnet-1","vpcId":"vpc-1","ownerId":"111122223333","requesterId":"amazon-rds","requesterManaged":true,
          "status":"pending","privateIpAddress":"10.0.0.5","interfaceType":"interface","description":"RDSNetworkInterface","groupSet":{"items":[{"groupId":"sg-1","groupName":"db"}]},
          "privateIpAddressesSet":{"item":[{"privateIpAddress":"10.0.0.5","primary":true}]},"ipv6AddressesSet":{},"tagSet":{"items":[{"key":"Name","value":"n"}]}}})",
       "interface eni-1 vpc-1 subnet-1 groups=[sg-1] 10.0.0.5* owner=111122223333 requester=amazon-rds type=interface "
       "'RDSNetworkInterface' managed survives\ntag eni-1 Name='n'"},
      {"ec2", "CreateNetworkInterface", R"({"subnetId":"subnet-1","groupSet":{}})",
       R"({"networkInterface":{"networkInterfaceId":"eni-1","vpcId":"vpc-1","groupSet":{}}})",
       "interface eni-1 vpc-1  groups=? survives"},
      {"ec2", "CreateNetworkInterface", R"({"subnetId":"subnet-1","groupSet":{}})",
       R"({"networkInterface":{"networkInterfaceId":"eni-1","vpcId":"vpc-1","interfaceType":"nat_gateway","groupSet":{}}})",
       "interface eni-1 vpc-1  groups=[] type=nat_gateway survives"},
      {"ec2", "CreateNetworkInterface",
       R"({"CreateNetworkInterfaceRequest":{"SubnetId":"subnet-1","SecurityGroupId":{"tag":1,"content":"sg-1"}}})",
       R"({"CreateNetworkInterfaceResponse":{"networkInterface":{"networkInterfaceId":"eni-1","vpcId":"vpc-1","privateIpAddressesSet":{"item":{"privateIpAddress":"10.0.0.5","primary":true}}}}})",
       "interface eni-1 vpc-1  groups=[sg-1] 10.0.0.5* survives"},
      {"ec2", "DeleteNetworkInterface", R"({"networkInterfaceId":"eni-1"})", R"({"_return":true})",
       "interface deleted eni-1"},
      {"ec2", "AttachNetworkInterface", R"({"networkInterfaceId":"eni-1","instanceId":"i-1","deviceIndex":1})",
       R"({"attachmentId":"eni-attach-1"})", "attach eni-1 i-1 eni-attach-1#1"},
      {"ec2", "DetachNetworkInterface", R"({"attachmentId":"eni-attach-1","force":false})", R"({"_return":true})",
       "detach eni-attach-1 "},
      {"ec2", "ModifyNetworkInterfaceAttribute",
       R"({"networkInterfaceId":"eni-1","groupSet":{"items":[{"groupId":"sg-1"},{"groupId":"sg-2"}]}})",
       R"({"_return":true})", "eni-1 groups=[sg-1 sg-2]"},
      {"ec2", "ModifyNetworkInterfaceAttribute",
       R"({"networkInterfaceId":"eni-1","attachment":{"attachmentId":"eni-attach-1","deleteOnTermination":true}})",
       R"({"_return":true})", "delete-on-termination eni-1 eni-attach-1 true"},
      {"ec2", "ModifyNetworkInterfaceAttribute",
       R"({"networkInterfaceId":"eni-1","groupSet":{},"description":{"value":"sg-12345678"}})", R"({"_return":true})",
       ""},
      {"ec2", "AssignPrivateIpAddresses",
       R"({"networkInterfaceId":"eni-1","privateIpAddressesSet":{"items":[{"privateIpAddress":"10.0.0.6"}]},"allowReassignment":false})",
       R"({"_return":true,"assignedPrivateIpAddressesSet":{"assignedPrivateIpAddressSetType":[{"privateIpAddress":"10.0.0.6"},{"privateIpAddress":"10.0.0.7"}]}})",
       "eni-1 assigned 10.0.0.6 10.0.0.7"},
      {"ec2", "UnassignPrivateIpAddresses",
       R"({"networkInterfaceId":"eni-1","privateIpAddressesSet":{"items":[{"privateIpAddress":"10.0.0.6"}]}})",
       R"({"_return":true})", "eni-1 unassigned 10.0.0.6"},
      {"ec2", "AssignIpv6Addresses",
       R"({"AssignIpv6AddressesRequest":{"NetworkInterfaceId":"eni-1","Ipv6AddressCount":1}})",
       R"({"AssignIpv6AddressesResponse":{"networkInterfaceId":"eni-1","assignedIpv6Addresses":{"item":"2001:db8::5"}}})",
       "eni-1 assigned 2001:db8::5"},
      {"ec2", "UnassignIpv6Addresses",
       R"({"UnassignIpv6AddressesRequest":{"NetworkInterfaceId":"eni-1","Ipv6Addresses":[{"tag":1,"content":"2001:db8::5"},{"tag":2,"content":"2001:db8::6"}]}})",
       "", "eni-1 unassigned 2001:db8::5 2001:db8::6"},
      {"ec2", "AssignPrivateIpAddresses", R"({"networkInterfaceId":"eni-1","secondaryPrivateIpAddressCount":1})",
       R"({"_return":true})", ""},
  });
}

TEST(Interpret, PrefixListsAreVersioned) {
  check({
      {"ec2", "CreateManagedPrefixList",
       R"({"CreateManagedPrefixListRequest":{"PrefixListName":"n","MaxEntries":5,"AddressFamily":"IPv4","Entry":[{"tag":1,"Cidr":"10.0.0.0/8"},{"tag":2,"Cidr":"192.0.2.0/24","Description":"x"}]}})",
       R"({"CreateManagedPrefixListResponse":{"prefixList":{"prefixListId":"pl-1","version":1,"state":"create-in-progress"}}})",
       "pl-1 v1 created + 10.0.0.0/8 192.0.2.0/24 -"},
      {"ec2", "ModifyManagedPrefixList",
       R"({"ModifyManagedPrefixListRequest":{"PrefixListId":"pl-1","CurrentVersion":3,"AddEntry":{"tag":1,"Cidr":"198.51.100.0/24","Description":"branch"}}})",
       R"({"ModifyManagedPrefixListResponse":{"prefixList":{"prefixListId":"pl-1","version":3,"state":"modify-in-progress"}}})",
       "pl-1 v4 + 198.51.100.0/24 -"},
      {"ec2", "ModifyManagedPrefixList",
       R"({"ModifyManagedPrefixListRequest":{"PrefixListId":"pl-1","CurrentVersion":"3","AddEntry":[{"tag":"1","cidr":"198.51.100.0/24"}],"RemoveEntry":{"tag":1,"Cidr":"2001:db8::/32"}}})",
       "", "pl-1 v4 + 198.51.100.0/24 - 2001:db8::/32"},
      {"ec2", "ModifyManagedPrefixList",
       R"({"ModifyManagedPrefixListRequest":{"PrefixListId":"pl-1","PrefixListName":"new"}})", "", ""},
      {"ec2", "DeleteManagedPrefixList", R"({"DeleteManagedPrefixListRequest":{"PrefixListId":"pl-1"}})", "",
       "pl-1 v-1 deleted + -"},
      {"ec2", "RestoreManagedPrefixListVersion",
       R"({"RestoreManagedPrefixListVersionRequest":{"PrefixListId":"pl-1","PreviousVersion":2,"CurrentVersion":5}})",
       "", "pl-1 v2 restored + -"},
  });
}

TEST(Interpret, LaunchDataAndEndpointsReferToGroups) {
  check({
      {"ec2", "CreateLaunchTemplate",
       R"({"CreateLaunchTemplateRequest":{"LaunchTemplateName":"lt1","LaunchTemplateData":{"InstanceType":"t3.micro","SecurityGroupId":[{"tag":1,"content":"sg-0aaaaaaaaaaaaaaa1"},{"tag":2,"content":"sg-0bbbbbbbbbbbbbbb2"}]}}})",
       R"({"CreateLaunchTemplateResponse":{"launchTemplate":{"launchTemplateId":"lt-0","launchTemplateName":"lt1"}}})",
       "launch-template/lt1 created =[sg-0aaaaaaaaaaaaaaa1 sg-0bbbbbbbbbbbbbbb2]"},
      {"ec2", "CreateLaunchTemplate",
       R"({"CreateLaunchTemplateRequest":{"LaunchTemplateName":"lt1","LaunchTemplateData":{"InstanceType":"t3.micro"}}})",
       "", ""},
      {"ec2", "CreateLaunchTemplateVersion",
       R"({"CreateLaunchTemplateVersionRequest":{"LaunchTemplateId":"lt-0","LaunchTemplateData":{"NetworkInterface":{"tag":1,"DeviceIndex":0,"SecurityGroupId":{"tag":1,"content":"sg-0aaaaaaaaaaaaaaa1"}}}}})",
       R"({"CreateLaunchTemplateVersionResponse":{"launchTemplateVersion":{"launchTemplateId":"lt-0","launchTemplateName":"lt1","launchTemplateData":{"networkInterfaceSet":{"item":{"groupSet":{"groupId":"sg-0aaaaaaaaaaaaaaa1"}}}}}}})",
       "launch-template/lt1 +[sg-0aaaaaaaaaaaaaaa1]"},
      {"ec2", "DeleteLaunchTemplate", R"({"DeleteLaunchTemplateRequest":{"LaunchTemplateName":"lt1"}})", "",
       "launch-template/lt1 deleted"},
      {"autoscaling", "CreateLaunchConfiguration",
       R"({"launchConfigurationName":"lc1","securityGroups":["sg-1","sg-2"]})", "",
       "launch-configuration/lc1 created =[sg-1 sg-2]"},
      {"autoscaling", "DeleteLaunchConfiguration", R"({"launchConfigurationName":"lc1"})", "",
       "launch-configuration/lc1 deleted"},
      {"ec2", "RequestSpotInstances",
       R"({"launchSpecification":{"imageId":"ami-1","groupSet":{"items":[{"groupId":"sg-0aaaaaaaaaaaaaaa1"}]}}})",
       R"({"spotInstanceRequestSet":{"items":[{"spotInstanceRequestId":"sir-1"},{"spotInstanceRequestId":"sir-2"}]}})",
       "spot-request/sir-1 created =[sg-0aaaaaaaaaaaaaaa1]\nspot-request/sir-2 created =[sg-0aaaaaaaaaaaaaaa1]"},
      {"ec2", "CancelSpotInstanceRequests",
       R"({"spotInstanceRequestIdSet":{"items":[{"spotInstanceRequestId":"sir-1"}]}})", "",
       "spot-request/sir-1 deleted"},
      {"ec2", "RequestSpotFleet",
       R"({"spotFleetRequestConfig":{"launchSpecifications":[{"securityGroups":[{"groupId":"sg-0aaaaaaaaaaaaaaa1"}]},{"networkInterfaceSet":{"items":[{"groupSet":{"items":[{"groupId":"sg-0bbbbbbbbbbbbbbb2"}]}}]}}]}})",
       R"({"spotFleetRequestId":"sfr-1"})", "spot-fleet/sfr-1 created =[sg-0aaaaaaaaaaaaaaa1 sg-0bbbbbbbbbbbbbbb2]"},
      {"ec2", "CreateFleet",
       R"({"CreateFleetRequest":{"LaunchTemplateConfigs":{"LaunchTemplateSpecification":{"LaunchTemplateId":"lt-0"},"tag":1}}})",
       R"({"CreateFleetResponse":{"fleetId":"fleet-1"}})", ""},
      {"ec2", "CreateVpcEndpoint",
       R"({"CreateVpcEndpointRequest":{"VpcId":"vpc-1","VpcEndpointType":"Interface","SecurityGroupId":{"tag":1,"content":"sg-1"}}})",
       R"({"CreateVpcEndpointResponse":{"vpcEndpoint":{"vpcEndpointId":"vpce-1","groupSet":{"item":{"groupId":"sg-1","groupName":"x"}},"networkInterfaceIdSet":{"item":["eni-1","eni-2"]}}}})",
       "vpc-endpoint/vpce-1 created =[sg-1] interfaces[eni-1 eni-2]"},
      {"ec2", "CreateVpcEndpoint",
       R"({"CreateVpcEndpointRequest":{"VpcId":"vpc-1","SecurityGroupId":[{"tag":1,"content":"sg-1"},{"tag":2,"content":"sg-2"}]}})",
       R"({"CreateVpcEndpointResponse":{"vpcEndpoint":{"vpcEndpointId":"vpce-1","groupSet":"","networkInterfaceIdSet":""}}})",
       "vpc-endpoint/vpce-1 created =[sg-1 sg-2]"},
      {"ec2", "ModifyVpcEndpoint",
       R"({"ModifyVpcEndpointRequest":{"VpcEndpointId":"vpce-1","AddSecurityGroupId":{"tag":1,"content":"sg-2"},"RemoveSecurityGroupId":[{"tag":1,"content":"sg-1"}]}})",
       R"({"ModifyVpcEndpointResponse":{"return":true}})", "vpc-endpoint/vpce-1 +[sg-2] -[sg-1]"},
      {"ec2", "DeleteVpcEndpoints",
       R"({"DeleteVpcEndpointsRequest":{"VpcEndpointId":[{"tag":1,"content":"vpce-1"},{"tag":2,"content":"vpce-2"}]}})",
       R"({"DeleteVpcEndpointsResponse":{"unsuccessful":{"item":{"resourceId":"vpce-2","error":{"code":"x"}}}}})",
       "vpc-endpoint/vpce-1 deleted"},
      {"ec2", "CreateInstanceConnectEndpoint",
       R"({"CreateInstanceConnectEndpointRequest":{"SubnetId":"subnet-1","SecurityGroupId":{"tag":1,"content":"sg-1"}}})",
       R"({"CreateInstanceConnectEndpointResponse":{"instanceConnectEndpoint":{"instanceConnectEndpointId":"eice-1","securityGroupIdSet":{"item":"sg-1"},"networkInterfaceIdSet":{"item":"eni-1"}}}})",
       "instance-connect-endpoint/eice-1 created =[sg-1] interfaces[eni-1]"},
      {"ec2", "ApplySecurityGroupsToClientVpnTargetNetwork",
       R"({"ApplySecurityGroupsToClientVpnTargetNetworkRequest":{"ClientVpnEndpointId":"cvpn-1","VpcId":"vpc-1","SecurityGroupId":{"tag":1,"content":"sg-1"}}})",
       "", "client-vpn/cvpn-1 =[sg-1]"},
      {"ec2", "CreateVerifiedAccessEndpoint",
       R"({"CreateVerifiedAccessEndpointRequest":{"SecurityGroupId":{"tag":1,"content":"sg-1"}}})",
       R"({"CreateVerifiedAccessEndpointResponse":{"verifiedAccessEndpoint":{"verifiedAccessEndpointId":"vae-1"}}})",
       "verified-access/vae-1 created =[sg-1]"},
  });
}

TEST(Interpret, DatabasesAndCachesUseGroups) {
  check({
      {"rds", "CreateDBInstance", R"({"dBInstanceIdentifier":"DB1","vpcSecurityGroupIds":["sg-1"]})",
       R"({"dBInstanceIdentifier":"db1","vpcSecurityGroups":[{"vpcSecurityGroupId":"sg-1","status":"active"}]})",
       "rds/db1 created =[sg-1]"},
      {"rds", "CreateDBInstance", R"({"dBInstanceIdentifier":"db1"})",
       R"({"vpcSecurityGroups":[{"vpcSecurityGroupId":"sg-9","status":"active"}]})", "rds/db1 created =[sg-9]"},
      {"rds", "ModifyDBInstance", R"({"dBInstanceIdentifier":"db1","vpcSecurityGroupIds":["sg-2"]})",
       R"({"vpcSecurityGroups":[{"vpcSecurityGroupId":"sg-1","status":"removing"},{"vpcSecurityGroupId":"sg-2","status":"adding"}]})",
       "rds/db1 =[sg-2]"},
      {"rds", "ModifyDBInstance", R"({"dBInstanceIdentifier":"db1","allocatedStorage":20})",
       R"({"vpcSecurityGroups":[{"vpcSecurityGroupId":"sg-1","status":"removing"},{"vpcSecurityGroupId":"sg-2","status":"active"}]})",
       "rds/db1 =[sg-2]"},
      {"rds", "ModifyDBInstance", R"({"dBInstanceIdentifier":"db1","allocatedStorage":20})", "", ""},
      {"rds", "DeleteDBInstance", R"({"dBInstanceIdentifier":"db1"})",
       R"({"vpcSecurityGroups":[{"vpcSecurityGroupId":"sg-1"}]})", "rds/db1 deleted"},
      {"rds", "RestoreDBInstanceToPointInTime",
       R"({"sourceDBInstanceIdentifier":"db1","targetDBInstanceIdentifier":"db2","vpcSecurityGroupIds":["sg-1"]})", "",
       "rds/db2 created =[sg-1]"},
      {"rds", "CreateDBCluster", R"({"dBClusterIdentifier":"c1","engine":"docdb","vpcSecurityGroupIds":["sg-1"]})", "",
       "rds-cluster/c1 created =[sg-1]"},
      {"rds", "ModifyDBCluster", R"({"dBClusterIdentifier":"c1","vpcSecurityGroupIds":["sg-1","sg-2"]})", "",
       "rds-cluster/c1 =[sg-1 sg-2]"},
      {"rds", "DeleteDBCluster", R"({"dBClusterIdentifier":"c1"})", "", "rds-cluster/c1 deleted"},
      {"rds", "ModifyDBProxy", R"({"dBProxyName":"p1","securityGroups":["sg-1"]})", "", "rds-proxy/p1 =[sg-1]"},
      {"elasticache", "CreateReplicationGroup", R"({"replicationGroupId":"r1","securityGroupIds":["sg-1"]})", "",
       "elasticache/r1 created =[sg-1]"},
      {"elasticache", "ModifyCacheCluster", R"({"cacheClusterId":"c1","securityGroupIds":["sg-1"]})", "",
       "elasticache/c1 =[sg-1]"},
      {"redshift", "CreateCluster", R"({"clusterIdentifier":"c1","vpcSecurityGroupIds":["sg-1"]})", "",
       "redshift/c1 created =[sg-1]"},
      {"memorydb", "CreateCluster", R"({"clusterName":"m1","securityGroupIds":["sg-1"]})", "",
       "memorydb/m1 created =[sg-1]"},
      {"dms", "ModifyReplicationInstance",
       R"({"replicationInstanceArn":"arn:aws:dms:eu-west-1:111122223333:rep:ABC","vpcSecurityGroupIds":["sg-1"]})",
       R"({"replicationInstance":{"replicationInstanceIdentifier":"rep1"}})", "dms/rep1 =[sg-1]"},
      {"es", "CreateElasticsearchDomain",
       R"({"domainName":"d1","vPCOptions":{"subnetIds":["s"],"securityGroupIds":["sg-1"]}})", "",
       "es/d1 created =[sg-1]"},
      {"es", "UpdateDomainConfig", R"({"domainName":"d1","vPCOptions":{"securityGroupIds":["sg-2"]}})", "",
       "es/d1 =[sg-2]"},
  });
}

TEST(Interpret, LoadBalancersFunctionsAndContainersUseGroups) {
  check({
      {"elasticloadbalancing", "CreateLoadBalancer",
       R"({"name":"app1","type":"application","securityGroups":["sg-1"]})",
       R"({"loadBalancers":[{"loadBalancerArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/app1/50dc","loadBalancerName":"app1","securityGroups":["sg-1"]}]})",
       "elbv2/app1 created =[sg-1]"},
      {"elasticloadbalancing", "CreateLoadBalancer",
       R"({"loadBalancerName":"old1","securityGroups":["sg-1"],"listeners":[]})", R"({"dNSName":"x"})",
       "elb/old1 created =[sg-1]"},
      {"elasticloadbalancing", "SetSecurityGroups",
       R"({"loadBalancerArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/app1/50dc","securityGroups":["sg-2"]})",
       R"({"securityGroupIds":["sg-2"]})", "elbv2/app1 =[sg-2]"},
      {"elasticloadbalancing", "ApplySecurityGroupsToLoadBalancer",
       R"({"loadBalancerName":"old1","securityGroups":["sg-2"]})", "", "elb/old1 =[sg-2]"},
      {"elasticloadbalancing", "DeleteLoadBalancer",
       R"({"loadBalancerArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/app1/50dc"})", "",
       "elbv2/app1 deleted"},
      {"elasticloadbalancing", "DeleteLoadBalancer", R"({"loadBalancerName":"old1"})", "", "elb/old1 deleted"},
      {"lambda", "CreateFunction20150331",
       R"({"functionName":"orders","vpcConfig":{"subnetIds":["s"],"securityGroupIds":["sg-1"]}})",
       R"({"functionName":"orders","vpcConfig":{"subnetIds":["s"],"securityGroupIds":["sg-1"],"vpcId":"vpc-1"}})",
       "lambda/orders created =[sg-1]"},
      {"lambda", "UpdateFunctionConfiguration20150331v2",
       R"({"functionName":"arn:aws:lambda:eu-west-1:111122223333:function:orders","vpcConfig":{"subnetIds":[],"securityGroupIds":[]}})",
       R"({"vpcConfig":{"subnetIds":[],"securityGroupIds":[],"vpcId":""}})", "lambda/orders =[]"},
      {"lambda", "UpdateFunctionConfiguration20150331v2",
       R"({"functionName":"111122223333:function:orders:live","vpcConfig":{}})", "", "lambda/orders =[]"},
      {"lambda", "UpdateFunctionConfiguration20150331v2", R"({"functionName":"orders","timeout":3})",
       R"({"vpcConfig":{"subnetIds":[],"securityGroupIds":[],"vpcId":""}})", ""},
      {"lambda", "UpdateFunctionConfiguration20150331v2", R"({"functionName":"orders","timeout":3})",
       R"({"vpcConfig":{"subnetIds":["s"],"securityGroupIds":["sg-1"],"vpcId":"vpc-1"}})", "lambda/orders =[sg-1]"},
      {"lambda", "DeleteFunction20150331", R"({"functionName":"orders"})", "", "lambda/orders deleted"},
      {"lambda", "DeleteFunction20150331", R"({"functionName":"orders","qualifier":"3"})", "", ""},
      {"ecs", "CreateService",
       R"({"cluster":"c1","serviceName":"web","networkConfiguration":{"awsvpcConfiguration":{"subnets":["s"],"securityGroups":["sg-1"],"assignPublicIp":"ENABLED"}}})",
       "", "ecs/c1/web created =[sg-1]"},
      {"ecs", "UpdateService",
       R"({"cluster":"arn:aws:ecs:eu-west-1:111122223333:cluster/c1","service":"arn:aws:ecs:eu-west-1:111122223333:service/c1/web","networkConfiguration":{"awsvpcConfiguration":{"securityGroups":["sg-2"]}}})",
       "", "ecs/c1/web =[sg-2]"},
      {"ecs", "UpdateService", R"({"service":"web","desiredCount":2})", "", ""},
      {"ecs", "DeleteService", R"({"service":"web"})", "", "ecs/default/web deleted"},
      {"ecs", "RunTask",
       R"({"taskDefinition":"arn:aws:ecs:eu-west-1:111122223333:task-definition/job:3","networkConfiguration":{"awsvpcConfiguration":{"securityGroups":["sg-0aaaaaaaaaaaaaaa1"]}}})",
       "",
       "mention ecs-task/job [sg-0aaaaaaaaaaaaaaa1] at "
       "requestParameters.networkConfiguration.awsvpcConfiguration.securityGroups"},
      {"eks", "CreateCluster", R"({"name":"k1","resourcesVpcConfig":{"subnetIds":["s"],"securityGroupIds":["sg-1"]}})",
       R"({"cluster":{"name":"k1","resourcesVpcConfig":{"clusterSecurityGroupId":"sg-9"}}})",
       "eks/k1 created =[sg-1]\neks-cluster-group/k1 created =[sg-9]"},
      {"eks", "UpdateClusterConfig", R"({"name":"k1","resourcesVpcConfig":{"endpointPublicAccess":true}})", "", ""},
      {"eks", "UpdateClusterConfig", R"({"name":"k1","resourcesVpcConfig":{"securityGroupIds":["sg-2"]}})", "",
       "eks/k1 =[sg-2]"},
      {"eks", "DeleteCluster", R"({"name":"k1"})", "", "eks/k1 deleted\neks-cluster-group/k1 deleted"},
      {"eks", "CreateNodegroup",
       R"({"clusterName":"k1","nodegroupName":"n1","remoteAccess":{"sourceSecurityGroups":["sg-1"]}})", "",
       "eks-nodegroup/k1/n1 created =[sg-1]"},
  });
}

TEST(Interpret, OtherServicesUseGroups) {
  check({
      {"elasticfilesystem", "CreateMountTarget", R"({"fileSystemId":"fs-1","subnetId":"s","securityGroups":["sg-1"]})",
       R"({"mountTargetId":"fsmt-1","networkInterfaceId":"eni-1","ipAddress":"10.0.0.9"})",
       "efs/fsmt-1 created =[sg-1] interfaces[eni-1]"},
      {"elasticfilesystem", "ModifyMountTargetSecurityGroups",
       R"({"mountTargetId":"fsmt-1","securityGroups":["sg-2"]})", "", "efs/fsmt-1 =[sg-2]"},
      {"elasticfilesystem", "DeleteMountTarget", R"({"mountTargetId":"fsmt-1"})", "", "efs/fsmt-1 deleted"},
      {"fsx", "CreateFileSystem", R"({"fileSystemType":"LUSTRE","securityGroupIds":["sg-1"]})",
       R"({"fileSystem":{"fileSystemId":"fs-1","networkInterfaceIds":["eni-1"]}})",
       "fsx/fs-1 created =[sg-1] interfaces[eni-1]"},
      {"amazonmq", "CreateBroker", R"({"brokerName":"b","securityGroups":["sg-1"]})", R"({"brokerId":"b-1"})",
       "mq/b-1 created =[sg-1]"},
      {"amazonmq", "UpdateBroker", R"({"broker-id":"b-1","securityGroups":["sg-2"]})", "", "mq/b-1 =[sg-2]"},
      {"kafka", "CreateCluster", R"({"clusterName":"k","brokerNodeGroupInfo":{"securityGroups":["sg-1"]}})", "",
       "kafka/k created =[sg-1]"},
      {"kafka", "DeleteCluster",
       R"({"clusterArn":"arn%3Aaws%3Akafka%3Aeu-west-1%3A111122223333%3Acluster%2Fk%2F1234-5"})", "",
       "kafka/k deleted"},
      {"batch", "CreateComputeEnvironment",
       R"({"computeEnvironmentName":"e","computeResources":{"securityGroupIds":["sg-1"]}})", "",
       "batch/e created =[sg-1]"},
      {"glue", "CreateConnection",
       R"({"connectionInput":{"name":"g","physicalConnectionRequirements":{"securityGroupIdList":["sg-1"]}}})", "",
       "glue-connection/g created =[sg-1]"},
      {"sagemaker", "CreateNotebookInstance", R"({"notebookInstanceName":"n","securityGroupIds":["sg-1"]})", "",
       "sagemaker-notebook/n created =[sg-1]"},
      {"codebuild", "UpdateProject", R"({"name":"p","vpcConfig":{}})", "", "codebuild/p =[]"},
      {"apprunner", "DeleteVpcConnector",
       R"({"vpcConnectorArn":"arn:aws:apprunner:eu-west-1:111122223333:vpcconnector/v/1/abc"})", "",
       "apprunner-vpc-connector/v deleted"},
      {"elasticmapreduce", "RunJobFlow",
       R"({"instances":{"emrManagedMasterSecurityGroup":"sg-1","emrManagedSlaveSecurityGroup":"sg-2","additionalMasterSecurityGroups":["sg-3"]}})",
       R"({"jobFlowId":"j-1"})", "emr/j-1 created =[sg-1 sg-2 sg-3]"},
      {"elasticmapreduce", "TerminateJobFlows", R"({"jobFlowIds":["j-1","j-2"]})", "",
       "emr/j-1 deleted\nemr/j-2 deleted"},
      {"airflow", "CreateEnvironment", R"({"name":"m","networkConfiguration":{"securityGroupIds":["sg-1"]}})", "",
       "mwaa/m created =[sg-1]"},
      {"transfer", "CreateServer", R"({"endpointDetails":{"securityGroupIds":["sg-1"]}})", R"({"serverId":"s-1"})",
       "transfer/s-1 created =[sg-1]"},
      {"workspaces", "ModifyWorkspaceCreationProperties",
       R"({"resourceId":"d-1","workspaceCreationProperties":{"customSecurityGroupId":"sg-1"}})", "",
       "workspaces/d-1 =[sg-1]"},
  });
}

TEST(Interpret, UnknownEventsThatNameGroupsAreMentions) {
  check({
      {"newservice", "CreateThing",
       R"({"a":{"groups":["sg-0aaaaaaaaaaaaaaa1",{"id":"x sg-12345678,y"}]},"b":"sg-short sg-0aaaaaaaaaaaaaaa1"})",
       R"({"c":"arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0bbbbbbbbbbbbbbb2"})",
       "mention newservice/CreateThing [sg-0aaaaaaaaaaaaaaa1] at requestParameters.a.groups\n"
       "mention newservice/CreateThing [sg-12345678] at requestParameters.a.groups.id\n"
       "mention newservice/CreateThing [sg-0bbbbbbbbbbbbbbb2] at responseElements.c"},
      {"newservice", "DescribeThing", R"({"a":"sg-0aaaaaaaaaaaaaaa1"})", "", ""},
      {"newservice", "CreateThing", R"({"a":"msg-12345678 sg-123456789012345678 sg-1234567g"})", "", ""},
      {"config", "PutEvaluations", R"({"a":"sg-0aaaaaaaaaaaaaaa1"})", "", ""},
      {"newservice", "CreateThing", R"([["sg-0aaaaaaaaaaaaaaa1"]])", "",
       "mention newservice/CreateThing [sg-0aaaaaaaaaaaaaaa1] at requestParameters"},
      {"newservice", "CreateThing", "sg-0aaaaaaaaaaaaaaa1 is not JSON", "", ""},
  });
  Event reading = event_of("newservice.amazonaws.com", "ProbeThing", R"({"a":"sg-0aaaaaaaaaaaaaaa1"})");
  reading.read_only = true;
  EXPECT_EQ(print(interpret(reading)), "");
  EXPECT_FALSE(may_change_state(reading));
}

TEST(Interpret, LoggingChangesAreToldInASentence) {
  check({
      {"ec2", "DeleteFlowLogs", R"({"DeleteFlowLogsRequest":{"FlowLogId":{"content":"fl-1","tag":1}}})",
       R"({"DeleteFlowLogsResponse":{"unsuccessful":""}})", "logging: flow logs fl-1 deleted"},
      {"ec2", "CreateFlowLogs",
       R"({"CreateFlowLogsRequest":{"ResourceId":{"content":"vpc-1","tag":1},"TrafficType":"REJECT"}})",
       R"({"CreateFlowLogsResponse":{"flowLogIdSet":{"item":"fl-1"}}})",
       "logging: flow logs fl-1 created for vpc-1 (traffic: REJECT)"},
      {"cloudtrail", "StopLogging", R"({"name":"t"})", "", "logging: trail t stopped logging"},
      {"cloudtrail", "StartLogging", R"({"name":"t"})", "", "logging: trail t started logging"},
      {"cloudtrail", "DeleteTrail", R"({"name":"t"})", "", "logging: trail t deleted"},
      {"cloudtrail", "PutEventSelectors",
       R"({"trailName":"t","eventSelectors":[{"includeManagementEvents":false,"readWriteType":"ReadOnly"}]})", "",
       "logging: event selectors of trail t changed: management events off"},
  });
}

TEST(Interpret, BodiesThatAreNoObjectsAreErrorsOfKnownEvents) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string_view name = "AuthorizeSecurityGroupIngress";
  const auto interpreted = [name](std::string_view request, std::string_view response = {}) {
    return print(interpret(event_of("ec2.amazonaws.com", name, request, response)));
  };
  EXPECT_EQ(interpreted("5"), "error: requestParameters is not a JSON object");
  EXPECT_EQ(interpreted("[1]"), "error: requestParameters is not a JSON object");
  EXPECT_EQ(interpreted("\"text\""), "error: requestParameters is not a JSON object");
  EXPECT_EQ(interpreted("{\"groupId\":"), "error: requestParameters: not JSON");
  EXPECT_EQ(interpreted("{\"a\":" + deep + "}"), "error: requestParameters: JSON nested too deeply");
  EXPECT_EQ(interpreted("{}", "[]"), "error: responseElements is not a JSON object");
  EXPECT_EQ(interpreted(""), "");
  EXPECT_EQ(interpreted("null", "null"), "");
  EXPECT_EQ(interpreted("{}", "{}"), "");
}

TEST(Interpret, MembersOfTheWrongTypeReadAsAbsent) {
  for (const std::string_view value : {"5", "null", "\"\"", "\"x\"", "[]", "[[]]", "{}", "true", "[null,1,\"x\",{}]"}) {
    for (const std::string_view name :
         {"CreateSecurityGroup", "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupEgress",
          "ModifySecurityGroupRules", "UpdateSecurityGroupRuleDescriptionsIngress", "RunInstances",
          "TerminateInstances", "CreateTags", "DeleteTags", "CreateNetworkInterface", "ModifyNetworkInterfaceAttribute",
          "AssignIpv6Addresses", "CreateManagedPrefixList", "ModifyManagedPrefixList", "CreateVpcEndpoint",
          "CreateLaunchTemplate", "RequestSpotInstances"}) {
      const std::string body = fmt::format(
          R"({{"groupId":{0},"ipPermissions":{0},"tagSet":{0},"resourcesSet":{0},"instancesSet":{0},"networkInterface":{0},
              "securityGroupRuleSet":{0},"securityGroupRule":{0},"prefixList":{0},"entry":{0},"groupSet":{0},"vpcEndpoint":{0},
              "networkInterfaceId":{0},"attachment":{0},"launchTemplateData":{0},"spotInstanceRequestSet":{0}}})",
          value);
      EXPECT_TRUE(interpret(event_of("ec2.amazonaws.com", name, body, body)).has_value()) << name << " " << value;
    }
  }
}

TEST(Interpret, FailedCallsAreInterpretedFromTheirRequest) {
  Event event = event_of(
      "ec2.amazonaws.com", "AuthorizeSecurityGroupIngress",
      R"({"groupId":"sg-1","ipPermissions":{},"ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIp":"0.0.0.0/0"})");
  event.error_code = "Client.UnauthorizedOperation";
  EXPECT_EQ(print(interpret(event)), "authorize sg-1\n  - ingress tcp 22 from 0.0.0.0/0");
}

TEST(Interpret, TieOrderPutsCreationsFirstAndDeletionsLast) {
  const std::pair<std::string_view, int> cases[] = {
      {"CreateSecurityGroup", 0},
      {"AuthorizeSecurityGroupIngress", 1},
      {"AttachNetworkInterface", 1},
      {"RunInstances", 1},
      {"ModifySecurityGroupRules", 2},
      {"UpdateSecurityGroupRuleDescriptionsIngress", 2},
      {"CreateTags", 2},
      {"RestoreManagedPrefixListVersion", 2},
      {"DeleteTags", 2},
      {"RevokeSecurityGroupEgress", 3},
      {"DetachNetworkInterface", 3},
      {"DeleteSecurityGroup", 4},
      {"TerminateInstances", 4},
      {"SomethingElse", 2},
  };
  for (const auto& [name, rank] : cases) EXPECT_EQ(tie_rank(event_of("ec2.amazonaws.com", name, "")), rank) << name;
}

/// Whole records in the forms of 2014 to 2021, through the reader.
std::string story_of(std::string_view records) {
  std::string story;
  BadInput bad;
  read_text(
      records, {}, 0,
      [&story](Event&& event) {
        if (!event.failed()) story += print(interpret(event)) + "\n";
      },
      bad);
  EXPECT_EQ(bad.total(), 0U);
  return story;
}

TEST(Interpret, RecordsOfTheFirstYearsTellTheSameStory) {
  EXPECT_EQ(story_of(R"({"Records":[
    {"eventVersion":"1.02","userIdentity":{"type":"Root","accountId":"111122223333"},"eventTime":"2015-03-01T10:00:00Z","eventSource":"ec2.amazonaws.com",
     "eventName":"CreateSecurityGroup","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","userAgent":"console.ec2.amazonaws.com",
     "requestParameters":{"groupName":"launch-wizard-1","groupDescription":"launch-wizard-1 created 2015-03-01","vpcId":"vpc-11223344"},
     "responseElements":{"_return":true,"groupId":"sg-11223344"},"requestID":"r","eventID":"e1","eventType":"AwsApiCall","recipientAccountId":"111122223333"},
    {"eventVersion":"1.02","eventTime":"2015-03-01T10:00:01Z","eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress",
     "requestParameters":{"groupId":"sg-11223344","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"prefixListIds":{}}]}},
     "responseElements":{"_return":true},"recipientAccountId":"111122223333"},
    {"eventVersion":"1.02","eventTime":"2015-03-01T10:00:02Z","eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress","errorCode":"Client.InvalidPermission.Duplicate",
     "requestParameters":{"groupId":"sg-11223344","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}},"responseElements":null},
    {"eventVersion":"1.02","eventTime":"2015-03-01T10:00:03Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances",
     "requestParameters":{"instancesSet":{"items":[{"imageId":"ami-11223344","minCount":1,"maxCount":1,"keyName":"k"}]},"groupSet":{"items":[{"groupId":"sg-11223344"}]},"userData":"<sensitiveDataRemoved>","instanceType":"t1.micro","blockDeviceMapping":{},"monitoring":{"enabled":false}},
     "responseElements":{"reservationId":"r-11223344","ownerId":"111122223333","groupSet":{},"instancesSet":{"items":[{"instanceId":"i-11223344","imageId":"ami-11223344","instanceState":{"code":0,"name":"pending"},"subnetId":"subnet-11223344","vpcId":"vpc-11223344","privateIpAddress":"172.31.0.10","sourceDestCheck":true,
       "groupSet":{"items":[{"groupId":"sg-11223344","groupName":"launch-wizard-1"}]},"networkInterfaceSet":{"items":[{"networkInterfaceId":"eni-11223344","subnetId":"subnet-11223344","vpcId":"vpc-11223344","ownerId":"111122223333","status":"in-use","privateIpAddress":"172.31.0.10",
       "groupSet":{"items":[{"groupId":"sg-11223344","groupName":"launch-wizard-1"}]},"attachment":{"attachmentId":"eni-attach-11223344","deviceIndex":0,"status":"attaching","attachTime":1425204003000,"deleteOnTermination":true},
       "privateIpAddressesSet":{"item":[{"privateIpAddress":"172.31.0.10","primary":true}]},"ipv6AddressesSet":{},"tagSet":{}}]}}]}}},
    {"eventVersion":"1.05","eventTime":"2019-03-01T10:00:04Z","eventSource":"ec2.amazonaws.com","eventName":"RevokeSecurityGroupIngress",
     "requestParameters":{"groupId":"sg-11223344","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{"items":[{"userId":"111122223333","groupId":"sg-aabbccdd","vpcPeeringConnectionId":"pcx-1"}]},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{},"prefixListIds":{}}]}},
     "responseElements":{"_return":true}},
    {"eventVersion":"1.05","eventTime":"2019-03-01T10:00:05Z","eventSource":"rds.amazonaws.com","eventName":"AuthorizeDBSecurityGroupIngress",
     "requestParameters":{"dBSecurityGroupName":"default","eC2SecurityGroupId":"sg-11223344","eC2SecurityGroupOwnerId":"111122223333"},"responseElements":null},
    {"eventVersion":"1.02","eventTime":"2015-03-01T10:00:06Z","eventSource":"autoscaling.amazonaws.com","eventName":"CreateLaunchConfiguration",
     "requestParameters":{"launchConfigurationName":"lc","securityGroups":["default","sg-11223344"]},"responseElements":null},
    {"eventVersion":"1.04","eventTime":"2016-03-01T10:00:07Z","eventSource":"lambda.amazonaws.com","eventName":"CreateFunction20141111",
     "requestParameters":{"functionName":"f","vpcConfig":{"subnetIds":["subnet-11223344"],"securityGroupIds":["sg-11223344"]}},"responseElements":{"functionName":"f"}}
  ]})"),
            "group sg-11223344 'launch-wizard-1' 'launch-wizard-1 created 2015-03-01' vpc-11223344 111122223333\n"
            "authorize sg-11223344\n  - ingress tcp 22 from 0.0.0.0/0\n"
            "launch i-11223344 vpc-11223344 subnet-11223344 owner=111122223333\n"
            "  eni-11223344 vpc-11223344 subnet-11223344 groups=[sg-11223344] 172.31.0.10* owner=111122223333 "
            "eni-attach-11223344#0\n"
            "revoke ingress sg-11223344\n  - ingress tcp 22 from sg-aabbccdd (111122223333)\n"
            "  - ingress tcp 22 from 0.0.0.0/0\n"
            "mention rds/AuthorizeDBSecurityGroupIngress [sg-11223344] at requestParameters.eC2SecurityGroupId\n"
            "launch-configuration/lc created =[sg-11223344]\n"
            "lambda/f created =[sg-11223344]\n");
}

std::vector<Event> corpus_events(std::string_view file) {
  const std::filesystem::path path =
      std::filesystem::path(FLOWTRAIL_SOURCE_DIR) / "../shared/corpus/cloudtrail/stratus-red-team" / file;
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::vector<Event> events;
  BadInput bad;
  read_text(text.str(), {}, 0, [&events](Event&& event) { events.push_back(std::move(event)); }, bad);
  return events;
}

std::string corpus_changes(std::string_view file) {
  std::string all;
  for (const Event& event : corpus_events(file)) {
    if (!event.failed()) all += print(interpret(event));
  }
  return all;
}

TEST(Interpret, TheCorpusOpensOnePortAndDeletesOneFlowLog) {
  const std::string port_22 = corpus_changes("aws.exfiltration.ec2-security-group-open-port-22-ingress.json");
  if (port_22.empty()) GTEST_SKIP() << "CORPUS ABSENT: real records NOT tested";
  EXPECT_EQ(port_22, "authorize sg-003dc7f1f1c686164\n  sgr-09b3e3d2ca1edf2a2 ingress tcp 22 from 0.0.0.0/0");
  EXPECT_EQ(corpus_changes("aws.defense-evasion.vpc-remove-flow-logs.json"),
            "logging: flow logs fl-0e17aa62a21d4bbfe deleted");
  EXPECT_TRUE(corpus_changes("aws.defense-evasion.cloudtrail-stop.json").find("stopped logging") != std::string::npos);
}

}  // namespace
}  // namespace flowtrail::cloudtrail
