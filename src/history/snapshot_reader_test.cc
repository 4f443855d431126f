#include "history/snapshot_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "history/test_account.h"

namespace flowtrail::history {
namespace {

struct Read {
  std::vector<SnapshotInfo> infos;
  std::vector<SnapshotFacts> facts;
  BadInput bad;
  [[nodiscard]] History history() const { return replay({}, infos, facts); }
};

Read read(std::string_view text, const std::string& path = "snapshots/file.json",
          std::optional<UtcSeconds> given = std::nullopt) {
  Read result;
  read_snapshot(text, {path, "111122223333", "eu-west-1", given, at(500)}, result.infos, result.facts, result.bad);
  return result;
}

constexpr std::string_view kGroups = R"({"SecurityGroups":[{"GroupId":"sg-1","GroupName":"web","Description":"web tier",
  "OwnerId":"111122223333","VpcId":"vpc-1","SecurityGroupArn":"arn:aws:ec2:eu-central-1:111122223333:security-group/sg-1",
  "IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,
     "IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"any"},{"CidrIp":"10.1.2.3/8"}],"Ipv6Ranges":[{"CidrIpv6":"::/0"}],
     "PrefixListIds":[{"PrefixListId":"pl-1"}],"UserIdGroupPairs":[{"UserId":"444455556666","GroupId":"sg-2"}]}],
  "IpPermissionsEgress":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}],"Ipv6Ranges":[],"PrefixListIds":[],
     "UserIdGroupPairs":[]}],
  "Tags":[{"Key":"Name","Value":"web-name"}]}]})";

TEST(SnapshotReader, DescribeSecurityGroupsGivesOneRulePerSource) {
  const Read result = read(kGroups);
  EXPECT_EQ(result.bad.total(), 0U);
  const History history = result.history();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"- ingress tcp 443 from 0.0.0.0/0 [-, -)", "- ingress tcp 443 from 10.0.0.0/8 [-, -)",
                   "- ingress tcp 443 from ::/0 [-, -)", "- ingress tcp 443 from pl-1 [-, -)",
                   "- ingress tcp 443 from sg-2 (444455556666) [-, -)", "- egress all to 0.0.0.0/0 [-, -)"}));
  const Group& group = history.groups[*history.find_group("sg-1")];
  EXPECT_EQ(group.name, "web");
  EXPECT_EQ(group.description, "web tier");
  EXPECT_EQ(group.region, "eu-central-1");
  EXPECT_EQ(group.vpc_id, "vpc-1");
  EXPECT_EQ(group.rules_baseline, Baseline::kSnapshot);
  EXPECT_EQ(*history.name_of("sg-1", at(0)), "web-name");
  EXPECT_EQ(history.rules[0].description, "any");
  EXPECT_EQ(history.groups[*history.find_group("sg-2")].account, "444455556666");
}

TEST(SnapshotReader, TheTimeOfAListingIsItsOwnElseTheUsersElseTheFiles) {
  EXPECT_EQ(read(kGroups).infos[0].as_of, at(500));
  EXPECT_EQ(read(kGroups, "f.json", at(400)).infos[0].as_of, at(400));
  EXPECT_EQ(read(R"({"SecurityGroups":[],"SnapshotTime":"2026-03-01T00:05:00Z"})", "f.json", at(400)).infos[0].as_of,
            at(300));
}

TEST(SnapshotReader, DescribeSecurityGroupRulesGivesIds) {
  const History history = read(R"({"SecurityGroupRules":[
    {"SecurityGroupRuleId":"sgr-1","GroupId":"sg-1","GroupOwnerId":"111122223333","IsEgress":false,"IpProtocol":"tcp",
     "FromPort":443,"ToPort":443,"CidrIpv4":"0.0.0.0/0","Description":"any","Tags":[]},
    {"SecurityGroupRuleId":"sgr-2","GroupId":"sg-1","GroupOwnerId":"111122223333","IsEgress":true,"IpProtocol":"-1",
     "FromPort":-1,"ToPort":-1,"ReferencedGroupInfo":{"GroupId":"sg-1","UserId":"111122223333"},"Tags":[]},
    {"SecurityGroupRuleId":"sgr-3","GroupId":"sg-1","GroupOwnerId":"111122223333","IsEgress":false,"IpProtocol":"tcp",
     "FromPort":22,"ToPort":22,"PrefixListId":"pl-1","Tags":[]}]})")
                              .history();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"sgr-1 ingress tcp 443 from 0.0.0.0/0 [-, -)", "sgr-2 egress all to sg-1 (111122223333) [-, -)",
                   "sgr-3 ingress tcp 22 from pl-1 [-, -)"}));
}

constexpr std::string_view kInterface =
    R"({"NetworkInterfaceId":"eni-1","InterfaceType":"interface","Status":"in-use","VpcId":"vpc-1",
 "SubnetId":"subnet-01","AvailabilityZone":"eu-west-1a","OwnerId":"111122223333","RequesterId":"amazon-rds",
 "RequesterManaged":true,"Description":"RDSNetworkInterface","PrivateIpAddress":"10.0.1.20",
 "PrivateIpAddresses":[{"PrivateIpAddress":"10.0.1.20","Primary":true,"Association":{"PublicIp":"203.0.113.80"}},
 {"PrivateIpAddress":"10.0.1.21","Primary":false}],"Ipv6Addresses":[{"Ipv6Address":"2001:db8::20"}],
 "Groups":[{"GroupId":"sg-1","GroupName":"web"}],"Attachment":{"AttachmentId":"eni-attach-01","InstanceId":"i-1",
 "DeviceIndex":0,"Status":"attached","DeleteOnTermination":true},"TagSet":[{"Key":"Name","Value":"web-1"}]})";

TEST(SnapshotReader, DescribeNetworkInterfacesGivesGroupsAddressesAndInstance) {
  const History history = read(fmt::format(R"({{"NetworkInterfaces":[{}]}})", kInterface)).history();
  EXPECT_EQ(memberships_text(history), Lines{"eni-1 sg-1 [-, -)"});
  ASSERT_EQ(history.addresses.size(), 3U) << "public addresses are none of the interface's own";
  const Interface& interface = history.interfaces[0];
  EXPECT_EQ(interface.region, "eu-west-1");
  EXPECT_EQ(interface.requester_id, "amazon-rds");
  EXPECT_TRUE(interface.requester_managed);
  EXPECT_EQ(interface.type, "interface");
  EXPECT_EQ(history.instances[*history.instance_of(0, at(0))].instance_id, "i-1");
  EXPECT_EQ(*history.name_of("eni-1", at(0)), "web-1");
  EXPECT_EQ(history.groups[0].attachments_baseline, Baseline::kSnapshot);
}

TEST(SnapshotReader, DescribeInstancesGivesInterfacesNamesAndTheEndOfTerminatedOnes) {
  const History history = read(R"({"Reservations":[{"OwnerId":"111122223333","Instances":[
    {"InstanceId":"i-1","VpcId":"vpc-1","SubnetId":"subnet-1","State":{"Name":"running"},
     "Placement":{"AvailabilityZone":"eu-west-1b"},"Tags":[{"Key":"Name","Value":"web-1"}],
     "SecurityGroups":[{"GroupId":"sg-1"}],"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","Groups":[{"GroupId":"sg-1"}],
     "PrivateIpAddresses":[{"PrivateIpAddress":"10.0.0.5","Primary":true}],"Attachment":{"DeviceIndex":0}}]},
    {"InstanceId":"i-2","State":{"Name":"terminated"}}]}]})")
                              .history();
  ASSERT_EQ(history.instances.size(), 1U);
  EXPECT_EQ(history.instances[0].region, "eu-west-1");
  EXPECT_EQ(memberships_text(history), Lines{"eni-1 sg-1 [-, -)"});
  EXPECT_EQ(*history.name_of("i-1", at(0)), "web-1");
  EXPECT_EQ(history.instance_of(0, at(0)), 0U);
  EXPECT_EQ(history.groups[0].attachments_baseline, Baseline::kUnknown) << "instances are not all that has interfaces";
}

TEST(SnapshotReader, EntriesOfAPrefixListAreKnownByAMemberOrByTheFilesName) {
  for (const auto& [path, text] :
       {std::pair{"entries-pl-0ab1.json", R"({"Entries":[{"Cidr":"192.0.2.0/24"}]})"},
        std::pair{"x.json", R"({"PrefixListId":"pl-0ab1","Entries":[{"Cidr":"192.0.2.0/24"}]})"}}) {
    const History history = read(text, path).history();
    ASSERT_EQ(history.versions_of_prefix_list("pl-0ab1").size(), 1U) << path;
    EXPECT_TRUE(history.prefix_lists[0].complete);
  }
  EXPECT_EQ(read(R"({"Entries":[{"Cidr":"192.0.2.0/24"}]})", "x.json").bad.total(), 1U);
}

TEST(SnapshotReader, OtherListingsAreKeptAsInformation) {
  EXPECT_EQ(read(R"({"FlowLogs":[{"FlowLogId":"fl-1"}]})").infos.at(0).kind, "flow-logs");
  EXPECT_EQ(read(R"({"PrefixLists":[]})").infos.at(0).kind, "prefix-lists");
  const History history =
      read(R"({"SecurityGroupVpcAssociations":[{"GroupId":"sg-1","VpcId":"vpc-2","State":"associated"}]})").history();
  EXPECT_EQ(history.groups.at(0).associated_vpcs, Lines{"vpc-2"});
}

std::string config_item(const std::string& time, const std::string& status, const std::string& configuration) {
  return fmt::format(
      R"({{"resourceType":"AWS::EC2::SecurityGroup","resourceId":"sg-1","accountId":"111122223333","awsRegion":"eu-west-1",)"
      R"("configurationItemCaptureTime":{},"configurationItemStatus":"{}","configuration":{}}})",
      time, status, configuration);
}
std::string as_json_text(const std::string& json) {
  std::string text = "\"";
  for (const char c : json) text += c == '"' ? std::string("\\\"") : std::string(1, c);
  return text + "\"";
}
std::string config_group(const std::string& ranges) {
  return R"({"groupId":"sg-1","groupName":"web","description":"d","ownerId":"111122223333","vpcId":"vpc-1","ipPermissions":)"
         R"([{"ipProtocol":"tcp","fromPort":22,"toPort":22,"userIdGroupPairs":[],)" +
         ranges + R"(}],"ipPermissionsEgress":[]})";
}

TEST(SnapshotReader, ConfigItemsAreReadInBothFormsAndSpellings) {
  for (const std::string& ranges :
       {std::string(R"("ipRanges":["10.0.0.0/8"])"), std::string(R"("ipv4Ranges":[{"cidrIp":"10.0.0.0/8"}])"),
        std::string(R"("ipRanges":["10.0.0.0/8"],"ipv4Ranges":[{"cidrIp":"10.0.0.0/8"}])")}) {
    for (const bool quoted : {true, false}) {
      for (const char* time : {R"("2026-03-01T00:01:40.000Z")", "1772323300.5"}) {
        const std::string configuration = quoted ? as_json_text(config_group(ranges)) : config_group(ranges);
        const Read result =
            read(R"({"fileVersion":"1.0","configurationItems":[)" + config_item(time, "OK", configuration) + "]}");
        EXPECT_EQ(result.bad.total(), 0U);
        ASSERT_EQ(result.infos.size(), 1U);
        EXPECT_EQ(result.infos[0].kind, "config");
        EXPECT_EQ(result.infos[0].as_of, at(100));
        EXPECT_EQ(rules_text(result.history(), "sg-1"), Lines{"- ingress tcp 22 from 10.0.0.0/8 [-, -)"}) << ranges;
      }
    }
  }
}

TEST(SnapshotReader, ConfigItemsInTimeTellAChangeAndADeletion) {
  const History history =
      read(
          R"({"configurationItems":[)" + config_item(R"("2026-03-01T03:00:00Z")", "ResourceDeleted", "null") + "," +
          config_item(R"("2026-03-01T01:00:00Z")", "ResourceDiscovered", config_group(R"("ipRanges":["10.0.0.0/8"])")) +
          "," + config_item(R"("2026-03-01T02:00:00Z")", "OK", config_group(R"("ipRanges":["192.0.2.0/24"])")) + "]}")
          .history();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"- ingress tcp 22 from 10.0.0.0/8 [-, 7200)", "- ingress tcp 22 from 192.0.2.0/24 [7200, 10800)"}));
  EXPECT_EQ(interval_text(history.groups[0].life), "[-, 10800)");
  EXPECT_EQ(history.groups[0].deleted.kind, Proof::Kind::kSnapshot);
  EXPECT_EQ(history.contradictions.size(), 2U) << "no event explains the change";
}

TEST(SnapshotReader, ConfigInterfacesGiveMemberships) {
  std::string lower(kInterface);
  for (std::size_t i = 0; i + 1 < lower.size(); ++i) {
    if (lower[i] == '"' && (lower[i + 1] >= 'A' && lower[i + 1] <= 'Z') && lower[i + 2] != 'D') {
      lower[i + 1] = static_cast<char>(lower[i + 1] - 'A' + 'a');
    }
  }
  const History history =
      read(R"({"configurationItems":[{"resourceType":"AWS::EC2::NetworkInterface","resourceId":"eni-1",)"
           R"("configurationItemCaptureTime":"2026-03-01T01:00:00Z","configurationItemStatus":"OK","configuration":)" +
           lower + "}]}")
          .history();
  EXPECT_EQ(memberships_text(history), Lines{"eni-1 sg-1 [-, -)"});
  EXPECT_EQ(history.addresses.size(), 3U);
}

TEST(SnapshotReader, BadItemsAreCountedAndDoNotPassAsCompleteListings) {
  const Read result = read(R"({"SecurityGroups":[{"GroupId":"sg-1","IpPermissions":[
      {"IpProtocol":"tcp","FromPort":22,"ToPort":99999999999999999999,"IpRanges":[{"CidrIp":"10.0.0.0/8"}]},
      {"IpProtocol":"quic","IpRanges":[{"CidrIp":"10.0.0.0/8"}]},
      {"IpProtocol":"tcp","FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"10.0.0.0/64"},{"CidrIp":"10.0.0.0/8"}]}],
      "IpPermissionsEgress":[]},7,{"GroupId":9},{"GroupName":"x"}]})");
  EXPECT_EQ(result.bad.total(), 6U);
  const History history = result.history();
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"- ingress tcp 80 from 10.0.0.0/8 [-, -)"});
  EXPECT_EQ(history.groups[0].rules_baseline, Baseline::kUnknown);
}

TEST(SnapshotReader, HostileTextIsCountedNeverACrash) {
  for (
      const std::string& text :
      {std::string(), std::string("{"), std::string(kGroups.substr(0, kGroups.size() / 2)),
       std::string("\xff\xfe\x00", 3), std::string("[]"), std::string("null"), std::string("42"),
       std::string(R"({"SecurityGroups":{"a":1}})"), std::string(R"({"SecurityGroups":"x"})"),
       std::string(R"({"configurationItems":[1,null,"x",{},[]]})"),
       std::string(
           R"({"configurationItems":[{"resourceType":"AWS::EC2::Instance","configurationItemCaptureTime":1e300}]})"),
       std::string(
           R"({"configurationItems":[{"resourceType":"AWS::EC2::Instance","configurationItemCaptureTime":1772323300,"configuration":"{"}]})"),
       std::string(200'000, '['), R"({"SecurityGroups":[{"GroupId":")" + std::string(1'000'000, 'x') + R"("}]})"}) {
    const Read result = read(text);
    EXPECT_GT(result.bad.total(), 0U) << text.substr(0, 60);
    EXPECT_TRUE(result.history().rules.empty());
  }
}

TEST(SnapshotReader, ATextOfTwoHundredLevelsIsReadAndADeeperOneIsBad) {
  // The object, the list and the group are three levels.
  const auto group_with_levels_inside = [](std::size_t levels) {
    return R"({"SecurityGroups":[{"GroupId":"sg-1","Tags":)" + std::string(levels, '[') + std::string(levels, ']') +
           "}]}";
  };
  const Read deepest = read(group_with_levels_inside(197));
  EXPECT_EQ(deepest.bad.total(), 0U);
  EXPECT_TRUE(deepest.history().find_group("sg-1"));
  const Read deeper = read(group_with_levels_inside(198));
  EXPECT_EQ(deeper.bad.total(), 1U);
  EXPECT_FALSE(deeper.history().find_group("sg-1"));
}

TEST(SnapshotReader, OfMembersWithOneNameTheLastCountsAndTheListingsOwnSpellingBeforeConfigs) {
  const Read result = read(R"({"SecurityGroups":[{"GroupId":"sg-1","GroupId":"sg-2","groupId":"sg-3",
    "groupName":"small","GroupName":"web","VpcId":null,"vpcId":"vpc-1","Descri\u0070tion":"escaped","OwnerId":42}]})");
  ASSERT_EQ(result.bad.total(), 0U);
  const ListedGroup& group = result.facts.at(0).groups.at(0);
  EXPECT_EQ(group.group_id, "sg-2");
  EXPECT_EQ(group.name, "web");
  EXPECT_EQ(group.vpc_id, "");
  EXPECT_EQ(group.description, "escaped");
  EXPECT_EQ(group.account, "42");
}

TEST(SnapshotReader, RandomDamageNeverCrashes) {
  std::mt19937 random(7);
  const std::string whole = fmt::format(R"({{"NetworkInterfaces":[{}],{})", kInterface, kGroups.substr(1));
  for (int i = 0; i < 2000; ++i) {
    std::string text = whole;
    for (int k = 0; k < 3; ++k) {
      static constexpr std::string_view kBytes = "{}[]\",:0-1eE\\nullxA";
      text[random() % text.size()] = kBytes[random() % kBytes.size()];
    }
    const Read result = read(text);
    (void)result.history();
  }
}

}  // namespace
}  // namespace flowtrail::history
