#include "history/replay.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "history/test_account.h"

namespace flowtrail::history {
namespace {

constexpr auto kEgress = Direction::kEgress;

// ---- groups -------------------------------------------------------------------------------------------------------

TEST(Replay, ANewGroupLetsEverythingOutWithoutAnEventAndWithoutAnId) {
  Account account;
  account.create(10, create("sg-1"));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"- egress all to 0.0.0.0/0 [10, -)"});
  EXPECT_TRUE(history.rules[0].default_egress);
  EXPECT_EQ(history.rules[0].from.kind, Proof::Kind::kEvent);
  EXPECT_EQ(history.rules[0].label(history.groups[0]), "sg-1/egress all to 0.0.0.0/0");
  EXPECT_EQ(history.groups[0].rules_baseline, Baseline::kCreated);
  EXPECT_EQ(history.groups[0].attachments_baseline, Baseline::kCreated);
  EXPECT_EQ(changes_text(history), Lines{"10 created - ? -> ?"});
}

TEST(Replay, RevokingTheDefaultEgressEndsItAndIsARowOfItsOwn) {
  Account account;
  account.create(10, create("sg-1"));
  account.remove(20, revoke("sg-1", {item("", all_out())}, kEgress));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"- egress all to 0.0.0.0/0 [10, 20)"});
  EXPECT_EQ(changes_text(history), (Lines{"10 created - ? -> ?", "20 removed - egress all to 0.0.0.0/0 -> ?"}));
  EXPECT_TRUE(history.contradictions.empty());
}

TEST(Replay, ADefaultEgressRevokedInItsFirstSecondLeavesNoVersionButARow) {
  Account account;
  account.remove(10, revoke("sg-1", {item("", all_out())}, kEgress));
  account.create(10, create("sg-1"));
  const History history = account.replay();
  EXPECT_TRUE(rules_text(history, "sg-1").empty());
  EXPECT_EQ(history.rule_changes.size(), 2U);
  EXPECT_TRUE(history.contradictions.empty());
}

TEST(Replay, TheIpv6DefaultEgressOfAVpcWithIpv6IsNoContradiction) {
  Account account;
  account.create(10, create("sg-1"));
  account.remove(20, revoke("sg-1", {item("", all_out("::/0"))}, kEgress));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1")[1], "- egress all to ::/0 [10, 20)");
  EXPECT_TRUE(history.contradictions.empty());
}

TEST(Replay, DeletingAGroupEndsItsRulesWithoutRowsOfTheirOwn) {
  Account account;
  account.create(10, create("sg-1"));
  account.add(20, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.destroy(30, cloudtrail::GroupDeleted{group_name("sg-1")});
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"- egress all to 0.0.0.0/0 [10, 30)", "sgr-1 ingress tcp 22 from 10.0.0.0/8 [20, 30)"}));
  EXPECT_EQ(interval_text(history.groups[0].life), "[10, 30)");
  EXPECT_EQ(changes_text(history), (Lines{"10 created - ? -> ?", "20 added sgr-1 ? -> ingress tcp 22 from 10.0.0.0/8",
                                          "30 deleted - ? -> ?"}));
}

TEST(Replay, AGroupSeenOnlyThroughEventsHasAFirstKnownTimeAndAnUnknownBaseline) {
  Account account;
  account.add(20, authorize("sg-1", {item("sgr-1", tcp(22, "sg-2"))}));
  const History history = account.replay();
  ASSERT_EQ(history.groups.size(), 2U);
  for (const Group& group : history.groups) {
    EXPECT_EQ(group.first_known, at(20));
    EXPECT_EQ(group.rules_baseline, Baseline::kUnknown);
    EXPECT_FALSE(group.life.from);
  }
}

TEST(Replay, AGroupNamedWithoutIdIsFoundByNameAndVpc) {
  Account account;
  account.create(1, create("sg-1", "web", "vpc-1"));
  account.create(2, create("sg-2", "web", "vpc-2"));
  account.add(10, cloudtrail::RulesAuthorized{{"", "web", "vpc-2"}, {item("", tcp(22, "10.0.0.0/8"))}});
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1").size(), 1U);
  EXPECT_EQ(rules_text(history, "sg-2")[1], "- ingress tcp 22 from 10.0.0.0/8 [10, -)");
}

TEST(Replay, ANameIsLookedUpAmongTheGroupsOfItsTime) {
  Account account;
  account.create(1, create("sg-1", "web"));
  account.destroy(5, cloudtrail::GroupDeleted{group_name("sg-1")});
  account.create(9, create("sg-2", "web"));
  account.add(3, cloudtrail::RulesAuthorized{{"", "web", ""}, {item("", tcp(22, "10.0.0.0/8"))}});
  account.add(10, cloudtrail::RulesAuthorized{{"", "web", ""}, {item("", tcp(80, "10.0.0.0/8"))}});
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1")[1], "- ingress tcp 22 from 10.0.0.0/8 [3, 5)");
  EXPECT_EQ(rules_text(history, "sg-2")[1], "- ingress tcp 80 from 10.0.0.0/8 [10, -)");
}

TEST(Replay, ANameThatOnlyALaterSnapshotTellsIsFoundAllTheSame) {
  Account account;
  account.add(10, cloudtrail::RulesAuthorized{{"", "web", ""}, {item("", tcp(22, "10.0.0.0/8"))}});
  account.listed(50, "sg-1", {{tcp(22, "10.0.0.0/8"), "sgr-1", {}}}).name = "web";
  EXPECT_EQ(rules_text(account.replay(), "sg-1"), Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [10, -)"});
}

TEST(Replay, ANameNobodyKnowsKeepsItsRowsOnADoubtfulGroup) {
  Account account;
  account.add(10, cloudtrail::RulesAuthorized{{"", "legacy", ""}, {item("", tcp(22, "10.0.0.0/8"))}});
  const History history = account.replay();
  ASSERT_EQ(history.groups.size(), 1U);
  EXPECT_TRUE(history.groups[0].doubtful);
  EXPECT_EQ(history.groups[0].name, "legacy");
  EXPECT_EQ(history.rule_changes.size(), 1U);
  EXPECT_FALSE(history.find_group(""));
}

TEST(Replay, GroupsOfServicesAreMarkedAsManaged) {
  struct Case {
    const char* name;
    const char* tag;
    const char* arn;
    const char* managed_by;
  };
  for (const Case& one :
       {Case{"web", "", "", ""}, Case{"eks-cluster-sg-prod-1", "", "", "eks"},
        Case{"eks-remoteAccess-1", "", "", "eks"}, Case{"k8s-elb-a1", "", "", "elb"},
        Case{"x", "aws:eks:cluster-name", "", "eks"}, Case{"x", "elbv2.k8s.aws/cluster", "", "elb"},
        Case{"x", "kubernetes.io/cluster/prod", "", "kubernetes"}, Case{"x", "aws:cloudformation:stack-name", "", ""},
        Case{"x", "", "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAmazonEKS/s", "amazoneks"}}) {
    Account account;
    account.create(1, create("sg-1", one.name)).info.actor_arn = one.arn;
    account.change(2, cloudtrail::TagChange{"sg-1", one.tag, "owned"});
    EXPECT_EQ(account.replay().groups[0].managed_by, one.managed_by) << one.name << one.tag << one.arn;
  }
}

TEST(Replay, TheDefaultGroupGoesWithItsVpc) {
  Account account;
  account.add(1, cloudtrail::RulesAuthorized{{"sg-1", "default", "vpc-1"}, {item("sgr-1", tcp(22, "10.0.0.0/8"))}});
  account.destroy(9, cloudtrail::VpcDeleted{"vpc-1"});
  const History history = account.replay();
  EXPECT_TRUE(history.groups[0].is_default);
  EXPECT_EQ(interval_text(history.groups[0].life), "[-, 9)");
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [1, 9)"});
}

TEST(Replay, VpcAssociationsAreRowsWithTheVpc) {
  Account account;
  account.change(1, cloudtrail::GroupVpcAssociation{group_name("sg-1"), "vpc-2", true});
  account.change(2, cloudtrail::GroupVpcAssociation{group_name("sg-1"), "vpc-3", true});
  account.change(3, cloudtrail::GroupVpcAssociation{group_name("sg-1"), "vpc-2", false});
  const History history = account.replay();
  EXPECT_EQ(history.groups[0].associated_vpcs, Lines{"vpc-3"});
  ASSERT_EQ(history.rule_changes.size(), 3U);
  EXPECT_EQ(history.rule_changes[0].kind, RuleChange::Kind::kVpcAssociated);
  EXPECT_EQ(history.rule_changes[0].after_description, "vpc-2");
  EXPECT_EQ(history.rule_changes[2].before_description, "vpc-2");
}

// ---- rules --------------------------------------------------------------------------------------------------------

TEST(Replay, RevokesEndRulesByIdByValueAndBySeveralSources) {
  Account account;
  account.create(1, create("sg-1"));
  account.add(2, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8")), item("sgr-2", tcp(22, "192.0.2.0/24")),
                                    item("sgr-3", tcp(22, "sg-9")), item("sgr-4", tcp(80, "10.0.0.0/8"))}));
  account.remove(5, revoke("sg-1", {item("sgr-1", std::nullopt)}));
  account.remove(6, revoke("sg-1", {item("", tcp(22, "192.0.2.0/24")), item("", tcp(22, "sg-9"))}));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"- egress all to 0.0.0.0/0 [1, -)", "sgr-1 ingress tcp 22 from 10.0.0.0/8 [2, 5)",
                   "sgr-2 ingress tcp 22 from 192.0.2.0/24 [2, 6)", "sgr-3 ingress tcp 22 from sg-9 [2, 6)",
                   "sgr-4 ingress tcp 80 from 10.0.0.0/8 [2, -)"}));
  EXPECT_EQ(history.rule_changes.back().rule_id, "sgr-3") << "a revoke by value gives the id that the rule had";
  EXPECT_EQ(history.rule_changes.back().before->to_string(), "ingress tcp 22 from sg-9");
}

TEST(Replay, AuthorizingARuleThatIsThereChangesNothing) {
  Account account;
  account.add(2, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.add(3, authorize("sg-1", {item("", tcp(22, "10.0.0.0/8"))}));
  account.add(4, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [2, -)"});
  EXPECT_EQ(history.rule_changes.size(), 1U);
}

TEST(Replay, AnEqualRuleAddedAgainIsANewVersionWithItsOwnId) {
  Account account;
  account.add(2, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.remove(5, revoke("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.add(9, authorize("sg-1", {item("sgr-2", tcp(22, "10.0.0.0/8"))}));
  EXPECT_EQ(rules_text(account.replay(), "sg-1"),
            (Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [2, 5)", "sgr-2 ingress tcp 22 from 10.0.0.0/8 [9, -)"}));
}

TEST(Replay, ARevokedRuleNeverSeenWasThereBefore) {
  Account account;
  account.remove(5, revoke("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [-, 5)"});
  EXPECT_EQ(history.rules[0].from.kind, Proof::Kind::kNone);
  EXPECT_EQ(changes_text(history), Lines{"5 removed sgr-1 ingress tcp 22 from 10.0.0.0/8 -> ?"});
  EXPECT_TRUE(history.contradictions.empty());
}

TEST(Replay, AnUnknownIdRevokedIsARowWithoutContent) {
  Account account;
  account.remove(5, revoke("sg-1", {item("sgr-1", std::nullopt)}));
  const History history = account.replay();
  EXPECT_TRUE(history.rules.empty());
  EXPECT_EQ(changes_text(history), Lines{"5 removed sgr-1 ? -> ?"});
}

TEST(Replay, AnUnknownIdMustBeTheOnlyRuleWithoutOne) {
  Account account;
  account.create(1, create("sg-1"));
  account.add(2, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.remove(5, revoke("sg-1", {item("sgr-7", std::nullopt)}, kEgress));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1")[1], "sgr-7 egress all to 0.0.0.0/0 [1, 5)");
  EXPECT_EQ(changes_text(history).back(), "5 removed sgr-7 egress all to 0.0.0.0/0 -> ?");
}

TEST(Replay, WhatARevokeDidNotFindChangesNothing) {
  Account account;
  account.create(1, create("sg-1"));
  account.add(2, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  cloudtrail::RulesRevoked partly = revoke("sg-1", {item("", tcp(22, "10.0.0.0/8")), item("", tcp(23, "10.0.0.0/8"))});
  partly.unknown = {tcp(23, "10.0.0.0/8")};
  account.remove(5, partly);
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1").size(), 2U);
  EXPECT_EQ(history.rule_changes.size(), 3U);
  EXPECT_TRUE(history.contradictions.empty());
}

TEST(Replay, ModifyKeepsTheIdAndMakesANewVersion) {
  Account account;
  account.add(2, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"), "office")}));
  account.change(5, modify("sg-1", {item("sgr-1", tcp(22, "0.0.0.0/0"), "all")}));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [2, 5)", "sgr-1 ingress tcp 22 from 0.0.0.0/0 [5, -)"}));
  EXPECT_EQ(changes_text(history).back(),
            "5 modified sgr-1 ingress tcp 22 from 10.0.0.0/8 -> ingress tcp 22 from 0.0.0.0/0");
  EXPECT_EQ(history.rule_changes.back().before_description, "office");
  EXPECT_EQ(history.rule_changes.back().after_description, "all");
}

TEST(Replay, ModifyKeepsTheDirectionThatItsRequestDoesNotTell) {
  Account account;
  account.add(2, authorize("sg-1", {item("sgr-1", rule(kEgress, 6, 443, 443, "10.0.0.0/8"))}));
  account.change(5, modify("sg-1", {item("sgr-1", tcp(443, "192.0.2.0/24"))}));
  EXPECT_EQ(rules_text(account.replay(), "sg-1")[1], "sgr-1 egress tcp 443 to 192.0.2.0/24 [5, -)");
}

TEST(Replay, TheDirectionOfAModifiedRuleMayComeFromALaterListing) {
  Account account;
  account.change(5, modify("sg-1", {item("sgr-1", tcp(443, "192.0.2.0/24"))}));
  account.listed(9, "sg-1", {{rule(kEgress, 6, 443, 443, "192.0.2.0/24"), "sgr-1", {}}});
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"sgr-1 egress tcp 443 to 192.0.2.0/24 [5, -)"});
  EXPECT_TRUE(history.contradictions.empty());
}

TEST(Replay, ModifyingARuleNeverSeenLeavesItsPastUnknown) {
  Account account;
  account.change(5, modify("sg-1", {item("sgr-1", tcp(22, "0.0.0.0/0"))}));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"sgr-1 ingress tcp 22 from 0.0.0.0/0 [5, -)"});
  EXPECT_EQ(changes_text(history), Lines{"5 modified sgr-1 ? -> ingress tcp 22 from 0.0.0.0/0"});
}

TEST(Replay, ModifyThatChangesOnlyTheDescriptionMakesNoVersion) {
  Account account;
  account.add(2, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"), "office")}));
  account.change(5, modify("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1").size(), 1U);
  EXPECT_EQ(history.rules[0].description, "") << "a description left out is cleared";
  EXPECT_EQ(history.rule_changes.back().kind, RuleChange::Kind::kDescriptionChanged);
}

TEST(Replay, DescriptionUpdatesDoNotSplitAVersion) {
  Account account;
  account.add(2, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"), "office")}));
  account.change(5, cloudtrail::RuleDescriptionsUpdated{group_name("sg-1"), {item("sgr-1", std::nullopt, "branch")}});
  account.change(6,
                 cloudtrail::RuleDescriptionsUpdated{group_name("sg-1"), {item("", tcp(22, "10.0.0.0/8"), "branch")}});
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [2, -)"});
  EXPECT_EQ(history.rules[0].description, "branch");
  ASSERT_EQ(history.rule_changes.size(), 2U) << "the second update changed nothing";
  EXPECT_EQ(history.rule_changes[1].before_description, "office");
  EXPECT_EQ(history.rule_changes[1].after_description, "branch");
}

TEST(Replay, ADescribedRuleNeverSeenWasThereBefore) {
  Account account;
  account.change(5, cloudtrail::RuleDescriptionsUpdated{group_name("sg-1"), {item("", tcp(22, "10.0.0.0/8"), "x")}});
  EXPECT_EQ(rules_text(account.replay(), "sg-1"), Lines{"- ingress tcp 22 from 10.0.0.0/8 [-, -)"});
}

TEST(Replay, InOneSecondTheSameIdIsAuthorizedBeforeItIsRevoked) {
  Account account;
  account.remove(5, revoke("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.add(5, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  const History history = account.replay();
  EXPECT_TRUE(history.rules.empty());
  EXPECT_EQ(changes_text(history)[0], "5 added sgr-1 ? -> ingress tcp 22 from 10.0.0.0/8");
}

TEST(Replay, InOneSecondAnEqualRuleInForceIsRevokedBeforeItsSuccessorIsAuthorized) {
  for (const bool by_id : {true, false}) {
    Account account;
    account.add(1, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
    account.add(5, authorize("sg-1", {item("sgr-2", tcp(22, "10.0.0.0/8"))}));
    account.remove(
        5, by_id ? revoke("sg-1", {item("sgr-1", std::nullopt)}) : revoke("sg-1", {item("", tcp(22, "10.0.0.0/8"))}));
    const History history = account.replay();
    EXPECT_EQ(rules_text(history, "sg-1"),
              (Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [1, 5)", "sgr-2 ingress tcp 22 from 10.0.0.0/8 [5, -)"}));
    EXPECT_TRUE(history.contradictions.empty());
  }
}

TEST(Replay, TwoRevokesOfOneRuleContradictEachOther) {
  Account account;
  account.create(1, create("sg-1"));
  account.add(2, authorize("sg-1", {item("", tcp(22, "10.0.0.0/8"))}));
  account.remove(5, revoke("sg-1", {item("", tcp(22, "10.0.0.0/8"))}));
  account.remove(9, revoke("sg-1", {item("", tcp(22, "10.0.0.0/8"))}));
  const History history = account.replay();
  EXPECT_EQ(history.contradictions.size(), 1U);
  EXPECT_EQ(history.contradictions[0].example, "e0004");
  EXPECT_EQ(rules_text(history, "sg-1")[2], "- ingress tcp 22 from 10.0.0.0/8 [5, 9)")
      << "it was there at 9, and not at 5";
}

TEST(Replay, FailedCallsChangeNothingAndAreKeptAsSuch) {
  Account account;
  account.create(1, create("sg-1"));
  ReplayEvent& denied = account.add(2, authorize("sg-1", {item("", tcp(22, "0.0.0.0/0"))}));
  denied.failed = true;
  denied.info.error_code = "Client.UnauthorizedOperation";
  account.create(3, create("", "nobody")).failed = true;
  account.destroy(4, cloudtrail::GroupDeleted{group_name("sg-404")}).failed = true;
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1").size(), 1U);
  EXPECT_EQ(changes_text(history), (Lines{"1 created - ? -> ?", "2 failed - ? -> ingress tcp 22 from 0.0.0.0/0",
                                          "3 failed - ? -> ?", "4 failed - ? -> ?"}));
  EXPECT_EQ(history.events[history.rule_changes[1].event].error_code, "Client.UnauthorizedOperation");
  EXPECT_TRUE(history.groups[history.rule_changes[2].group].doubtful);
  EXPECT_TRUE(history.groups[*history.find_group("sg-404")].doubtful);
  EXPECT_FALSE(history.groups[*history.find_group("sg-1")].doubtful);
}

// ---- interfaces and instances -------------------------------------------------------------------------------------

TEST(Replay, ALaunchCreatesInterfacesWithTheirGroupsAddressesAndAttachment) {
  Account account;
  account.event(10, 2,
                {launch("i-1", {interface_with("eni-1", {"sg-2", "sg-1"}, "10.0.0.5")}),
                 cloudtrail::TagChange{"i-1", "Name", "web-1"}});
  const History history = account.replay();
  EXPECT_EQ(memberships_text(history), (Lines{"eni-1 sg-1 [10, -)", "eni-1 sg-2 [10, -)"}));
  EXPECT_EQ(attachment_changes_text(history), Lines{"10 created-with eni-1 instance/i-1  -> sg-1+sg-2"});
  EXPECT_EQ(history.instance_of(0, at(10)), 0U);
  EXPECT_FALSE(history.instance_of(0, at(9)));
  EXPECT_EQ(history.addresses_equal_to(*IpAddress::parse("10.0.0.5")).size(), 1U);
  EXPECT_TRUE(history.interfaces[0].groups_known);
  EXPECT_FALSE(history.interfaces[0].groups_known_from);
  ASSERT_NE(history.name_of("i-1", at(11)), nullptr);
  EXPECT_EQ(*history.name_of("i-1", at(11)), "web-1");
}

TEST(Replay, TerminationEndsInterfacesUnlessTheyAreKept) {
  Account account;
  cloudtrail::InterfaceDescription kept = interface_with("eni-2", {"sg-2"});
  kept.delete_on_termination = false;
  kept.device_index = 1;
  account.change(10, launch("i-1", {interface_with("eni-1", {"sg-1"}, "10.0.0.5"), kept}));
  account.change(20, cloudtrail::InstanceTerminated{"i-1"});
  account.change(30, cloudtrail::InstanceTerminated{"i-1"});
  const History history = account.replay();
  EXPECT_EQ(memberships_text(history), (Lines{"eni-1 sg-1 [10, 20)", "eni-2 sg-2 [10, -)"}));
  EXPECT_EQ(interval_text(history.interfaces[0].life), "[10, 20)");
  EXPECT_EQ(interval_text(history.interfaces[1].life), "[10, -)");
  EXPECT_EQ(interval_text(history.addresses[0].valid), "[10, 20)");
  EXPECT_FALSE(history.instance_of(1, at(20)));
  EXPECT_EQ(attachment_changes_text(history).back(), "20 removed-with eni-1 instance/i-1 sg-1 -> ");
  EXPECT_EQ(interval_text(history.instances[0].life), "[10, 20)");
}

TEST(Replay, AnInterfaceAttachedLaterOutlivesItsInstanceUnlessToldOtherwise) {
  for (const bool told : {false, true}) {
    Account account;
    account.create(1, cloudtrail::InterfaceCreated{interface_with("eni-1", {"sg-1"})});
    account.add(5, cloudtrail::InterfaceAttached{"eni-1", "i-1", "attach-9", 1});
    if (told) account.change(6, cloudtrail::DeleteOnTerminationSet{"", "attach-9", "", -1, true});
    account.change(9, cloudtrail::InstanceTerminated{"i-1"});
    EXPECT_EQ(interval_text(account.replay().interfaces[0].life), told ? "[1, 9)" : "[1, -)");
  }
}

TEST(Replay, DetachFindsItsInterfaceByTheAttachment) {
  Account account;
  account.create(1, cloudtrail::InterfaceCreated{interface_with("eni-1", {"sg-1"})});
  account.add(5, cloudtrail::InterfaceAttached{"eni-1", "i-1", "attach-9", 1});
  account.remove(8, cloudtrail::InterfaceDetached{"attach-9", ""});
  const History history = account.replay();
  ASSERT_EQ(history.attachments.size(), 1U);
  EXPECT_EQ(interval_text(history.attachments[0].valid), "[5, 8)");
  EXPECT_EQ(history.attachments[0].device_index, 1);
}

TEST(Replay, SettingGroupsReplacesTheWholeSet) {
  Account account;
  account.create(1, cloudtrail::InterfaceCreated{interface_with("eni-1", {"sg-1", "sg-2"})});
  account.change(5, cloudtrail::InterfaceGroupsSet{"eni-1", {"sg-2", "sg-3"}});
  account.change(6, cloudtrail::InterfaceGroupsSet{"eni-1", {"sg-3", "sg-2"}});
  account.destroy(9, cloudtrail::InterfaceDeleted{"eni-1"});
  const History history = account.replay();
  EXPECT_EQ(memberships_text(history), (Lines{"eni-1 sg-1 [1, 5)", "eni-1 sg-2 [1, 9)", "eni-1 sg-3 [5, 9)"}));
  EXPECT_EQ(attachment_changes_text(history),
            (Lines{"1 created-with eni-1   -> sg-1+sg-2", "5 changed eni-1  sg-1+sg-2 -> sg-2+sg-3",
                   "9 removed-with eni-1  sg-2+sg-3 -> "}))
      << "setting the same set again is no row";
}

TEST(Replay, TheSetBeforeTheFirstEventOfAnInterfaceIsUnknown) {
  Account account;
  account.change(5, cloudtrail::InterfaceGroupsSet{"eni-1", {"sg-2"}});
  account.destroy(9, cloudtrail::InterfaceDeleted{"eni-7"});
  const History history = account.replay();
  EXPECT_EQ(attachment_changes_text(history), (Lines{"5 changed eni-1  ? -> sg-2", "9 removed-with eni-7  ? -> "}));
  EXPECT_EQ(history.interfaces[0].groups_known_from, at(5));
}

TEST(Replay, GroupsOfAnInstanceAreThoseOfItsPrimaryInterface) {
  Account account;
  cloudtrail::InterfaceDescription second = interface_with("eni-2", {"sg-2"});
  second.device_index = 1;
  account.change(1, launch("i-1", {second, interface_with("eni-1", {"sg-1"})}));
  account.change(5, cloudtrail::InstanceGroupsSet{"i-1", {"sg-3"}});
  EXPECT_EQ(memberships_text(account.replay()), (Lines{"eni-1 sg-1 [1, 5)", "eni-1 sg-3 [5, -)", "eni-2 sg-2 [1, -)"}));
}

TEST(Replay, GroupsOfAnInstanceWithoutKnownInterfaceAreAReferenceUntilAListingTellsTheInterface) {
  Account account;
  account.change(5, cloudtrail::InstanceGroupsSet{"i-1", {"sg-3"}});
  const History alone = account.replay();
  ASSERT_EQ(alone.references.size(), 1U);
  EXPECT_EQ(alone.references[0].resource, "instance/i-1");
  EXPECT_EQ(attachment_changes_text(alone), Lines{"5 changed - instance/i-1 ? -> sg-3"});
  account.listed_interface(50, interface_with("eni-1", {"sg-3"})).instance_id = "i-1";
  const History history = account.replay();
  EXPECT_TRUE(history.references.empty());
  EXPECT_EQ(memberships_text(history), Lines{"eni-1 sg-3 [5, -)"});
}

TEST(Replay, AddressesComeAndGo) {
  Account account;
  account.create(1, cloudtrail::InterfaceCreated{interface_with("eni-1", {"sg-1"}, "10.0.0.5")});
  account.change(5, cloudtrail::AddressesAssigned{"eni-1", {*IpAddress::parse("2001:db8::5")}, true});
  account.change(7, cloudtrail::AddressesAssigned{"eni-1", {*IpAddress::parse("2001:db8::5")}, false});
  account.change(8, cloudtrail::AddressesAssigned{"eni-2", {*IpAddress::parse("10.0.0.9")}, false});
  const History history = account.replay();
  Lines lines;
  for (const Address& address : history.addresses) {
    lines.push_back(address.address.to_string() + " " + interval_text(address.valid));
  }
  EXPECT_EQ(lines, (Lines{"10.0.0.5 [1, -)", "2001:db8::5 [5, 7)", "10.0.0.9 [-, 8)"}));
}

TEST(Replay, NamesChangeWithTagsAndAreReadAheadOfTheFirst) {
  Account account;
  account.change(5, cloudtrail::TagChange{"i-1", "Name", "blue"});
  account.change(8, cloudtrail::TagChange{"i-1", "Name", "green"});
  account.change(9, cloudtrail::TagChange{"i-1", "Name", std::nullopt});
  account.change(9, cloudtrail::TagChange{"vol-1", "Name", "disk"});
  const History history = account.replay();
  EXPECT_EQ(*history.name_of("i-1", at(1)), "blue");
  EXPECT_EQ(*history.name_of("i-1", at(8)), "green");
  EXPECT_EQ(history.name_of("i-1", at(9)), nullptr);
  EXPECT_EQ(history.name_of("vol-1", at(9)), nullptr);
}

// ---- resources, mentions, prefix lists ----------------------------------------------------------------------------

cloudtrail::ResourceGroups resource(const std::string& name, std::optional<std::vector<std::string>> set,
                                    bool created) {
  return {name, std::move(set), {}, {}, {}, created};
}

TEST(Replay, ServiceResourcesReferToTheirGroups) {
  Account account;
  account.create(1, resource("lambda/orders", Lines{"sg-1"}, true));
  account.change(5, resource("lambda/orders", Lines{"sg-2"}, false));
  cloudtrail::ResourceGroups difference{"vpc-endpoint/vpce-1", std::nullopt, {"sg-3"}, {"sg-4"}, {}, false};
  account.change(6, difference);
  account.destroy(9, cloudtrail::ResourceDeleted{"lambda/orders"});
  account.destroy(9, cloudtrail::ResourceDeleted{"lambda/never-heard-of"});
  const History history = account.replay();
  Lines lines;
  for (const Reference& one : history.references) {
    lines.push_back(one.resource + " " + history.groups[one.group].group_id + " " + interval_text(one.valid));
  }
  EXPECT_EQ(lines, (Lines{"lambda/orders sg-1 [1, 5)", "lambda/orders sg-2 [5, 9)", "vpc-endpoint/vpce-1 sg-3 [6, -)",
                          "vpc-endpoint/vpce-1 sg-4 [-, 6)"}));
  EXPECT_EQ(attachment_changes_text(history),
            (Lines{"1 created-with - lambda/orders  -> sg-1", "5 changed - lambda/orders sg-1 -> sg-2",
                   "6 changed - vpc-endpoint/vpce-1 ? -> sg-3", "9 removed-with - lambda/orders sg-2 -> "}));
}

TEST(Replay, InterfacesThatAServiceMadeCarryItsGroups) {
  Account account;
  cloudtrail::ResourceGroups target = resource("elasticfilesystem/fsmt-1", Lines{"sg-1"}, true);
  target.interface_ids = {"eni-1"};
  account.create(1, target);
  account.change(5, resource("elasticfilesystem/fsmt-1", Lines{"sg-2"}, false));
  account.destroy(9, cloudtrail::ResourceDeleted{"elasticfilesystem/fsmt-1"});
  const History history = account.replay();
  EXPECT_EQ(memberships_text(history), (Lines{"eni-1 sg-1 [1, 5)", "eni-1 sg-2 [5, 9)"}));
  EXPECT_EQ(interval_text(history.interfaces[0].life), "[1, 9)");
}

TEST(Replay, AMentionIsAReferenceThatProvesNoUse) {
  Account account;
  account.change(5, cloudtrail::GroupsMentioned{"glue/conn", {"sg-1"}, "$.x"});
  account.change(6, cloudtrail::GroupsMentioned{"glue/conn", {"sg-1"}, "$.x"});
  const History history = account.replay();
  ASSERT_EQ(history.references.size(), 1U);
  EXPECT_TRUE(history.references[0].mention_only);
  EXPECT_TRUE(history.attachment_changes.empty());
}

Lines prefix_lists_text(const History& history) {
  Lines lines;
  for (const PrefixListVersion& version : history.prefix_lists) {
    Lines entries;
    for (const Cidr& entry : version.entries) entries.push_back(entry.to_string());
    lines.push_back(fmt::format("{} {} {}", fmt::join(entries, "+"), version.complete ? "all" : "some",
                                interval_text(version.valid)));
  }
  return lines;
}

cloudtrail::PrefixListChanged prefix_list(const Lines& added, const Lines& removed, std::optional<int> version = {}) {
  cloudtrail::PrefixListChanged change;
  change.prefix_list_id = "pl-1";
  change.version = version;
  for (const std::string& text : added) change.added.push_back(*Cidr::parse(text));
  for (const std::string& text : removed) change.removed.push_back(*Cidr::parse(text));
  return change;
}

TEST(Replay, PrefixListsHaveVersions) {
  Account account;
  cloudtrail::PrefixListChanged created = prefix_list({"10.0.0.0/8"}, {}, 1);
  created.created = true;
  account.create(1, created);
  account.change(5, prefix_list({"192.0.2.0/24"}, {"10.0.0.0/8"}, 2));
  cloudtrail::PrefixListChanged restored = prefix_list({}, {}, 1);
  restored.restored = true;
  account.change(7, restored);
  cloudtrail::PrefixListChanged deleted = prefix_list({}, {});
  deleted.deleted = true;
  account.destroy(9, deleted);
  EXPECT_EQ(prefix_lists_text(account.replay()),
            (Lines{"10.0.0.0/8 all [1, 5)", "192.0.2.0/24 all [5, 7)", "10.0.0.0/8 all [7, 9)"}));
}

TEST(Replay, AListingOfAPrefixListIsUndoneBackwards) {
  Account account;
  account.change(5, prefix_list({"192.0.2.0/24"}, {"10.0.0.0/8"}));
  EXPECT_EQ(prefix_lists_text(account.replay()), (Lines{"10.0.0.0/8 some [-, 5)", "192.0.2.0/24 some [5, -)"}));
  account.snapshot(9).prefix_lists = {{"pl-1", {*Cidr::parse("192.0.2.0/24"), *Cidr::parse("198.51.100.0/24")}}};
  EXPECT_EQ(prefix_lists_text(account.replay()),
            (Lines{"10.0.0.0/8+198.51.100.0/24 all [-, 5)", "192.0.2.0/24+198.51.100.0/24 all [5, -)"}));
}

// ---- listings -----------------------------------------------------------------------------------------------------

TEST(Snapshot, AListedRuleThatNoEventAddedWasThereBefore) {
  Account account;
  account.remove(5, revoke("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.add(6, authorize("sg-1", {item("sgr-2", tcp(80, "10.0.0.0/8"))}));
  account.listed(50, "sg-1", {{tcp(80, "10.0.0.0/8"), "", {}}, {tcp(443, "0.0.0.0/0"), "", {}}});
  account.remove(60, revoke("sg-1", {item("", tcp(443, "0.0.0.0/0"))}));
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"- ingress tcp 443 from 0.0.0.0/0 [-, 60)", "sgr-1 ingress tcp 22 from 10.0.0.0/8 [-, 5)",
                   "sgr-2 ingress tcp 80 from 10.0.0.0/8 [6, -)"}));
  EXPECT_EQ(history.groups[0].rules_baseline, Baseline::kSnapshot);
  EXPECT_EQ(history.groups[0].attachments_baseline, Baseline::kUnknown);
  EXPECT_TRUE(history.contradictions.empty());
}

TEST(Snapshot, IdsOfOneListingJoinTheContentsOfAnotherAndOfEvents) {
  Account account;
  account.add(5, authorize("sg-1", {item("", tcp(22, "10.0.0.0/8"))}));
  account.listed(50, "sg-1", {{tcp(22, "10.0.0.0/8"), "", {}}, {tcp(80, "10.0.0.0/8"), "", "web"}});
  account.listed(50, "sg-1", {{tcp(22, "10.0.0.0/8"), "sgr-1", {}}, {tcp(80, "10.0.0.0/8"), "sgr-2", {}}});
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [5, -)", "sgr-2 ingress tcp 80 from 10.0.0.0/8 [-, -)"}));
  EXPECT_EQ(history.rules[1].description, "web");
}

TEST(Snapshot, ARuleInForceByTheEventsButNotListedIsAContradictionAndEndsThere) {
  Account account;
  account.add(5, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.listed(50, "sg-1", {});
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [5, 50)"});
  EXPECT_EQ(history.rules[0].to.kind, Proof::Kind::kSnapshot);
  ASSERT_EQ(history.contradictions.size(), 1U);
  EXPECT_EQ(history.contradictions[0].example, "snapshot-1.json");
  EXPECT_NE(history.contradictions[0].text.find("sgr-1"), std::string::npos);
}

TEST(Snapshot, BetweenTwoListingsAnUnexplainedDifferenceBeginsAndEndsAtTheLater) {
  Account account;
  account.listed(10, "sg-1", {{tcp(22, "10.0.0.0/8"), "", {}}});
  account.listed(50, "sg-1", {{tcp(80, "10.0.0.0/8"), "", {}}});
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"- ingress tcp 22 from 10.0.0.0/8 [-, 50)", "- ingress tcp 80 from 10.0.0.0/8 [50, -)"}));
  EXPECT_EQ(history.rules[1].from.kind, Proof::Kind::kSnapshot);
  EXPECT_EQ(history.snapshots[history.rules[1].from.index].path, "snapshot-2.json");
  EXPECT_EQ(history.contradictions.size(), 2U);
}

TEST(Snapshot, AnUnexplainedModifyEndsTheOldVersionAtTheListing) {
  Account account;
  account.add(5, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.listed(50, "sg-1", {{tcp(22, "0.0.0.0/0"), "sgr-1", {}}});
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"sgr-1 ingress tcp 22 from 10.0.0.0/8 [5, 50)", "sgr-1 ingress tcp 22 from 0.0.0.0/0 [50, -)"}));
  EXPECT_EQ(history.contradictions.size(), 1U);
}

TEST(Snapshot, ALaterListingTellsWhatAnUnresolvedIdWas) {
  Account account;
  account.listed(1, "sg-1", {{tcp(22, "10.0.0.0/8"), "", {}}, {tcp(80, "10.0.0.0/8"), "", {}}});
  account.remove(5, revoke("sg-1", {item("sgr-1", std::nullopt)}));
  account.listed(9, "sg-1", {{tcp(80, "10.0.0.0/8"), "", {}}});
  const History history = account.replay();
  EXPECT_EQ(rules_text(history, "sg-1"),
            (Lines{"- ingress tcp 80 from 10.0.0.0/8 [-, -)", "sgr-1 ingress tcp 22 from 10.0.0.0/8 [-, 5)"}));
  EXPECT_EQ(changes_text(history), Lines{"5 removed sgr-1 ingress tcp 22 from 10.0.0.0/8 -> ?"});
  EXPECT_TRUE(history.contradictions.empty());
}

TEST(Snapshot, ADeletedGroupThatIsListedStaysDeletedAndIsReported) {
  Account account;
  account.create(1, create("sg-1"));
  account.destroy(5, cloudtrail::GroupDeleted{group_name("sg-1")});
  account.listed(9, "sg-1", {{tcp(80, "10.0.0.0/8"), "", {}}});
  const History history = account.replay();
  EXPECT_EQ(interval_text(history.groups[0].life), "[1, 5)");
  EXPECT_EQ(rules_text(history, "sg-1"), Lines{"- egress all to 0.0.0.0/0 [1, 5)"});
  EXPECT_EQ(history.contradictions.size(), 1U);
}

TEST(Snapshot, AGroupMissingAmongTheListedOnesOfItsVpcIsReportedButNotEnded) {
  Account account;
  account.create(1, create("sg-1"));
  SnapshotFacts& facts = account.snapshot(9);
  facts.lists_all_groups = true;
  ListedGroup group;
  group.group_id = "sg-2";
  group.name = "default";
  group.vpc_id = "vpc-1";
  facts.groups = {group};
  const History history = account.replay();
  ASSERT_EQ(history.contradictions.size(), 1U);
  EXPECT_NE(history.contradictions[0].text.find("sg-1"), std::string::npos);
  EXPECT_FALSE(history.groups[*history.find_group("sg-1")].life.to);
}

TEST(Snapshot, AListedInterfaceHasHadItsGroupsSinceEver) {
  Account account;
  account.listed_interface(50, interface_with("eni-1", {"sg-1"}, "10.0.0.5")).instance_id = "i-1";
  account.change(60, cloudtrail::InterfaceGroupsSet{"eni-1", {"sg-2"}});
  const History history = account.replay();
  EXPECT_EQ(memberships_text(history), (Lines{"eni-1 sg-1 [-, 60)", "eni-1 sg-2 [60, -)"}));
  EXPECT_EQ(attachment_changes_text(history), Lines{"60 changed eni-1 instance/i-1 sg-1 -> sg-2"});
  EXPECT_TRUE(history.interfaces[0].groups_known);
  EXPECT_FALSE(history.interfaces[0].groups_known_from);
  EXPECT_TRUE(history.instance_of(0, at(0)));
  EXPECT_EQ(history.groups[0].attachments_baseline, Baseline::kSnapshot);
  EXPECT_EQ(interval_text(history.addresses[0].valid), "[-, -)");
}

TEST(Snapshot, AnInterfaceWithOtherGroupsThanTheEventsSayIsReported) {
  Account account;
  account.create(1, cloudtrail::InterfaceCreated{interface_with("eni-1", {"sg-1"})});
  account.listed_interface(50, interface_with("eni-1", {"sg-2"}));
  const History history = account.replay();
  EXPECT_EQ(memberships_text(history), (Lines{"eni-1 sg-1 [1, 50)", "eni-1 sg-2 [50, -)"}));
  EXPECT_EQ(history.contradictions.size(), 1U);
}

TEST(Snapshot, AChangeJustBeforeAListingWithSlackIsNotHeldAgainstIt) {
  for (const int slack : {0, 120}) {
    Account account;
    account.listed(1, "sg-1", {{tcp(80, "10.0.0.0/8"), "", {}}});
    account.add(1000, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
    account.remove(1001, revoke("sg-1", {item("", tcp(80, "10.0.0.0/8"))}));
    account.listed(1010, "sg-1", {{tcp(80, "10.0.0.0/8"), "", {}}});
    account.facts.back().slack = std::chrono::seconds(slack);
    EXPECT_EQ(account.replay().contradictions.size(), slack == 0 ? 2U : 0U);
  }
}

TEST(Replay, OnlyEventsThatProveSomethingAreKept) {
  Account account;
  account.add(1, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.add(2, authorize("sg-1", {item("sgr-1", tcp(22, "10.0.0.0/8"))}));
  account.remove(3, revoke("sg-1", {item("sgr-1", std::nullopt)}));
  const History history = account.replay();
  ASSERT_EQ(history.events.size(), 2U);
  EXPECT_EQ(history.events[history.rules[0].to.index].event_id, "e0003");
}

}  // namespace
}  // namespace flowtrail::history
