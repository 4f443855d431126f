#include "investigate/remedy.h"

#include <gtest/gtest.h>

#include "investigate/test_evidence.h"

namespace flowtrail::investigate {
namespace {

TEST(Remedy, TextsFromLogsCannotLeaveTheirQuotes) {
  EXPECT_EQ(shell_quoted("sg-0abc"), "sg-0abc");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("x'; rm -rf /; '"), R"('x'\''; rm -rf /; '\''')");
  EXPECT_EQ(shell_quoted("$(id)"), "'$(id)'");
  EXPECT_EQ(shell_quoted("--force"), "'--force'");
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(hcl_quoted("a\"b${c}"), R"("a\"b$${c}")");
}

TEST(Remedy, EveryStepHasTheOneThatUndoesIt) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  const auto rule = test.rule(group, "sgr-1", TestEvidence::spec("10.0.0.0/8", 22, 22), {hour(0), {}});
  test.history().rules[rule].description = "it's ours";
  test.history().index();
  const Remedy remove = remove_rule(test.history(), rule, "why");
  EXPECT_EQ(remove.cli,
            "aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-1 --security-group-rule-ids sgr-1");
  EXPECT_EQ(
      remove.cli_undo,
      "aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-1 --ip-permissions "
      R"('[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"10.0.0.0/8","Description":"it'\''s ours"}]}]')");
  const Remedy gone = delete_group(test.history(), group, hour(9), "why");
  EXPECT_EQ(gone.cli, "aws ec2 delete-security-group --region eu-west-1 --group-id sg-1");
  EXPECT_NE(gone.cli_undo.find("create-security-group"), std::string::npos);
  EXPECT_NE(gone.cli_undo.find("\"$GROUP_ID\" --ip-permissions"), std::string::npos);
}

TEST(Remedy, AllTrafficHasNoPortsAndTypesOfIcmpStay) {
  EXPECT_EQ(ip_permissions(TestEvidence::spec("0.0.0.0/0", -1, -1, -1), ""),
            R"('[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]')");
  EXPECT_EQ(ip_permissions(TestEvidence::spec("sg-2", 8, 0, 1), ""),
            R"('[{"IpProtocol":"icmp","FromPort":8,"ToPort":0,"UserIdGroupPairs":[{"GroupId":"sg-2"}]}]')");
}

}  // namespace
}  // namespace flowtrail::investigate
