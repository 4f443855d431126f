#include "history/build.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/test_path.h"
#include "history/test_account.h"

namespace flowtrail::history {
namespace {

cloudtrail::Event event_of(std::int64_t second, const std::string& name, const std::string& request,
                           const std::string& response) {
  cloudtrail::Event event;
  event.time = at(second);
  event.source = "ec2.amazonaws.com";
  event.name = name;
  event.region = "eu-west-1";
  event.account = "111122223333";
  event.event_id = "e" + std::to_string(second) + name;
  event.identity.type = "IAMUser";
  event.identity.user_name = "alice";
  event.request_parameters = request;
  event.response_elements = response;
  event.place = {1, static_cast<std::uint32_t>(second)};
  return event;
}

std::vector<cloudtrail::Event> short_log() {
  std::vector<cloudtrail::Event> events;
  events.push_back(event_of(10, "CreateSecurityGroup",
                            R"({"groupName":"web","groupDescription":"web tier","vpcId":"vpc-1"})",
                            R"({"_return":true,"groupId":"sg-0aaaaaaaaaaaaaaa1"})"));
  events.push_back(event_of(
      20, "AuthorizeSecurityGroupIngress",
      R"({"groupId":"sg-0aaaaaaaaaaaaaaa1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"}]}}]}})",
      R"({"_return":true,"securityGroupRuleSet":{"items":[{"groupId":"sg-0aaaaaaaaaaaaaaa1","securityGroupRuleId":"sgr-01","isEgress":false,"ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIpv4":"10.0.0.0/8"}]}})"));
  events.push_back(event_of(
      30, "ModifySecurityGroupRules",
      R"({"ModifySecurityGroupRulesRequest":{"GroupId":"sg-0aaaaaaaaaaaaaaa1","SecurityGroupRule":{"tag":1,"SecurityGroupRuleId":"sgr-01","SecurityGroupRule":{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"CidrIpv4":"0.0.0.0/0"}}}})",
      R"({"ModifySecurityGroupRulesResponse":{"return":true}})"));
  // Terraform takes the default egress away with ports 0/0.
  events.push_back(event_of(
      31, "RevokeSecurityGroupEgress",
      R"({"groupId":"sg-0aaaaaaaaaaaaaaa1","ipPermissions":{"items":[{"ipProtocol":"-1","fromPort":0,"toPort":0,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}})",
      R"({"_return":true})"));
  events.push_back(event_of(
      40, "RunInstances", R"({"instancesSet":{"items":[{"imageId":"ami-0abc"}]}})",
      R"({"ownerId":"111122223333","instancesSet":{"items":[{"instanceId":"i-01","vpcId":"vpc-1","subnetId":"subnet-1","tagSet":{"items":[{"key":"Name","value":"web-1"}]},"networkInterfaceSet":{"items":[{"networkInterfaceId":"eni-01","privateIpAddress":"10.0.1.20","attachment":{"attachmentId":"eni-attach-01","deviceIndex":0,"deleteOnTermination":true},"groupSet":{"items":[{"groupId":"sg-0aaaaaaaaaaaaaaa1"}]},"privateIpAddressesSet":{"item":[{"privateIpAddress":"10.0.1.20","primary":true}]}}]}}]}})"));
  events.push_back(event_of(50, "TerminateInstances", R"({"instancesSet":{"items":[{"instanceId":"i-01"}]}})",
                            R"({"instancesSet":{"items":[{"instanceId":"i-01"}]}})"));
  cloudtrail::Event denied = events[1];
  denied.time = at(60);
  denied.event_id = "denied";
  denied.error_code = "Client.UnauthorizedOperation";
  denied.response_elements.clear();
  events.push_back(denied);
  events.push_back(event_of(70, "DescribeInstances", "{}", ""));
  return events;
}

History build(std::vector<cloudtrail::Event> events, BadInput& bad) {
  HistoryBuilder builder{{}};
  for (cloudtrail::Event& event : events) builder.add(std::move(event));
  return builder.build(bad);
}

TEST(HistoryBuilder, EventsInAnyOrderBecomeIntervalsWithTheirProof) {
  for (const bool reversed : {false, true}) {
    std::vector<cloudtrail::Event> events = short_log();
    if (reversed) std::ranges::reverse(events);
    BadInput bad;
    const History history = build(events, bad);
    EXPECT_EQ(bad.total(), 0U);
    EXPECT_EQ(rules_text(history, "sg-0aaaaaaaaaaaaaaa1"),
              (Lines{"- egress all to 0.0.0.0/0 [10, 31)", "sgr-01 ingress tcp 22 from 10.0.0.0/8 [20, 30)",
                     "sgr-01 ingress tcp 22 from 0.0.0.0/0 [30, -)"}));
    EXPECT_EQ(memberships_text(history), Lines{"eni-01 sg-0aaaaaaaaaaaaaaa1 [40, 50)"});
    EXPECT_EQ(*history.name_of("i-01", at(45)), "web-1");
    EXPECT_EQ(changes_text(history).back(), "60 failed - ? -> ingress tcp 22 from 10.0.0.0/8");
    EXPECT_EQ(history.events[history.rules[2].from.index].event_name, "ModifySecurityGroupRules");
    EXPECT_EQ(history.events[history.rules[2].from.index].actor_name, "alice");
    EXPECT_TRUE(history.contradictions.empty());
    EXPECT_EQ(history.coverage.events, 8U);
    EXPECT_EQ(history.coverage.failed_calls, 1U);
    EXPECT_EQ(history.coverage.to, at(70));
  }
}

TEST(HistoryBuilder, AnEventWithAnUnusableBodyIsCountedWithItsPlace) {
  std::vector<cloudtrail::Event> events = short_log();
  events[1].request_parameters = "[1,2";
  BadInput bad;
  const History history = build(events, bad);
  EXPECT_EQ(bad.total(), 1U);
  EXPECT_EQ(bad.by_reason().begin()->second.first[0].line, 20U);
  EXPECT_FALSE(history.groups.empty());
}

TEST(HistoryBuilder, SnapshotFilesJoinTheEvents) {
  const std::filesystem::path folder = test_path("history-build-test");
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "groups.json")
      << R"({"SecurityGroups":[{"GroupId":"sg-0bbbbbbbbbbbbbbb2","GroupName":"db","OwnerId":"111122223333","VpcId":"vpc-1",)"
      << R"("IpPermissions":[{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"IpRanges":[{"CidrIp":"10.0.0.0/8"}]}],)"
      << R"("IpPermissionsEgress":[]}]})";
  std::ofstream(folder / "cut.json") << R"({"SecurityGroups":[{"GroupId":)";
  source::Inventory inventory;
  for (const char* name : {"cut.json", "groups.json", "missing.json"}) {
    source::Object object;
    object.key = name;
    object.path = folder / name;
    object.kind = source::ObjectKind::kSnapshot;
    object.modified = at(100);
    inventory.objects.push_back(object);
  }
  HistoryBuilder builder{{.snapshot_time = at(90)}};
  for (cloudtrail::Event& event : short_log()) builder.add(std::move(event));
  BadInput bad;
  builder.add_snapshots(inventory, bad);
  EXPECT_EQ(bad.total(), 2U);
  const History history = builder.build(bad);
  std::filesystem::remove_all(folder);
  EXPECT_EQ(rules_text(history, "sg-0bbbbbbbbbbbbbbb2"), Lines{"- ingress tcp 5432 from 10.0.0.0/8 [-, -)"});
  ASSERT_EQ(history.snapshots.size(), 1U);
  EXPECT_EQ(history.snapshots[0].as_of, at(90));
  EXPECT_EQ(history.groups[*history.find_group("sg-0bbbbbbbbbbbbbbb2")].region, "eu-west-1")
      << "the events tell the region of its VPC";
}

}  // namespace
}  // namespace flowtrail::history
