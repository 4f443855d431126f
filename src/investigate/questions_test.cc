#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "investigate/test_evidence.h"
#include "output/display_text.h"

namespace flowtrail::investigate {
namespace {

using attribution::Grade;
using history::RuleChange;
using Texts = std::vector<std::string>;

bool has(const Texts& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

RuleChange change(RuleChange::Kind kind, std::uint32_t event, std::uint32_t group,
                  std::optional<firewall::RuleSpec> before, std::optional<firewall::RuleSpec> after,
                  std::string rule_id = "sgr-1") {
  RuleChange change;
  change.kind = kind;
  change.event = event;
  change.group = group;
  change.before = std::move(before);
  change.after = std::move(after);
  change.rule_id = std::move(rule_id);
  return change;
}

// access

TEST(Access, RowsAreOrderedByGradeThenAttemptsThenAddress) {
  TestEvidence test;
  test.peer("pay", "i-1", "eni-1", "203.0.113.10", 22, Grade::kProbe, 5);
  test.peer("pay", "i-1", "eni-1", "203.0.113.9", 22, Grade::kProbe, 5);
  test.peer("pay", "i-1", "eni-1", "203.0.113.200", 22, Grade::kProbe, 9);
  test.peer("pay", "i-1", "eni-1", "203.0.113.1", 22, Grade::kSession, 1);
  const Report report = test.ask("access");
  EXPECT_EQ(column(report, "peer_address"), (Texts{"203.0.113.1", "203.0.113.200", "203.0.113.9", "203.0.113.10"}));
  EXPECT_EQ(column(report, "grade"), (Texts{"session", "probe", "probe", "probe"}));
}

TEST(Access, FiltersByFleetPortProtocolAndInterface) {
  TestEvidence test;
  test.peer("payment", "i-1", "eni-1", "203.0.113.1", 22, Grade::kProbe, 1);
  test.peer("web", "i-2", "eni-2", "203.0.113.2", 443, Grade::kProbe, 1);
  test.peer("", "", "eni-3", "203.0.113.3", 8080, Grade::kProbe, 1);
  test.peer("payment", "i-1", "eni-1", "203.0.113.4", -1, Grade::kProbe, 1).protocol = 1;
  EXPECT_EQ(column(test.ask("access", {{"fleet", "pay*"}}), "peer_address"), (Texts{"203.0.113.1"}));
  EXPECT_EQ(column(test.ask("access", {{"port", "22,8000-8080"}}), "peer_address"),
            (Texts{"203.0.113.1", "203.0.113.3"}));
  EXPECT_EQ(column(test.ask("access", {{"interface", "eni-3"}}), "fleet"), (Texts{"NULL"}));
  EXPECT_EQ(column(test.ask("access", {{"protocol", "icmp"}}), "service_port"), (Texts{"NULL"}));
  EXPECT_EQ(test.ask("access").rows->size(), 3U);
  EXPECT_EQ(test.ask("access", {{"protocol", "all"}}).rows->size(), 4U);
}

TEST(Access, EgressIsNoRowAndUnknownDirectionIsARowWithoutAPort) {
  TestEvidence test;
  test.peer("pay", "i-1", "eni-1", "203.0.113.1", 443, Grade::kSession, 1).direction =
      attribution::ConnectionDirection::kEgress;
  test.peer("pay", "i-1", "eni-1", "203.0.113.2", -1, Grade::kUnknown, 3).direction =
      attribution::ConnectionDirection::kUnknown;
  const Report all = test.ask("access");
  EXPECT_EQ(column(all, "grade"), (Texts{"unknown"}));
  EXPECT_TRUE(has(warning_codes(all), "direction-unknown"));
  const Report with_port = test.ask("access", {{"port", "443"}});
  EXPECT_EQ(with_port.rows->size(), 0U);
  EXPECT_TRUE(has(warning_codes(with_port), "direction-unknown"));
}

TEST(Access, RulesAreNamedWithWhoOpenedTheFirst) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  const auto opened = test.event("open", hour(1));
  const auto narrow = test.rule(group, "sgr-9", TestEvidence::spec("203.0.113.0/24", 22, 22), {hour(1), {}});
  test.history().rules[narrow].from = {history::Proof::Kind::kEvent, opened};
  const auto wide = test.rule(group, "", TestEvidence::spec("0.0.0.0/0", 22, 22));
  auto& peer = test.peer("pay", "i-1", "eni-1", "203.0.113.1", 22, Grade::kSession, 1);
  peer.rules = {{narrow, 1, 0, 0, 0, 0, 0}, {wide, 0, 1, 0, 0, 0, 0}};
  const Report report = test.ask("access");
  EXPECT_EQ(column(report, "rules"), (Texts{"sgr-9 sg-1/ingress tcp 22 from 0.0.0.0/0"}));
  EXPECT_EQ(column(report, "rule_added_by"), (Texts{"arn:aws:iam::111122223333:user/alice"}));
  EXPECT_EQ(column(report, "rule_added_at"), (Texts{"2026-03-01T01:00:00Z"}));
  EXPECT_EQ(column(report, "evidence"), (Texts{"trail.json:7"}));
}

TEST(Access, AcceptedWithoutARuleIsAWarningWithTheReason) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  const auto interface = test.interface("eni-1");
  test.attach(interface, group, {hour(0), {}});
  test.rule(group, "sgr-1", TestEvidence::spec("203.0.113.0/24", 22, 22), {hour(0), hour(1)});
  test.peer("pay", "i-1", "eni-1", "203.0.113.1", 22, Grade::kSession, 1).unexplained = 2;
  test.peer("pay", "i-9", "eni-9", "203.0.113.2", 22, Grade::kSession, 1).unexplained = 1;
  const Report report = test.ask("access");
  Texts reasons;
  for (const Warning& warning : report.warnings) {
    if (warning.code == "unexplained-accept") reasons.push_back(warning.text);
  }
  ASSERT_EQ(reasons.size(), 2U);
  EXPECT_NE(reasons[0].find("no history"), std::string::npos);
  EXPECT_NE(reasons[1].find("survive a revoke"), std::string::npos);
}

TEST(Access, InstancesWithoutARecordAreNamedWithTheReason) {
  TestEvidence test;
  test.attribution();
  history::Instance instance;
  instance.instance_id = "i-quiet";
  test.history().instances.push_back(instance);
  const auto interface = test.interface("eni-quiet");
  test.history().attachments.push_back({interface, 0, 0, {}});
  test.history().names.push_back({"i-quiet", "payment", {}});
  attribution::InterfaceCoverage coverage;
  coverage.interface_id = "eni-quiet";
  coverage.nodata = 4;
  test.attribution().coverage.push_back(coverage);
  const Report report = test.ask("access", {{"fleet", "payment"}});
  const auto warning = std::ranges::find(report.warnings, "silent-instance", &Warning::code);
  ASSERT_NE(warning, report.warnings.end());
  EXPECT_NE(warning->text.find("NODATA"), std::string::npos);
  EXPECT_EQ(warning->example, "i-quiet");
  EXPECT_FALSE(has(warning_codes(test.ask("access", {{"fleet", "other"}})), "silent-instance"));
}

TEST(Access, ByFleetAddsUpAndKeepsWhatAllRowsShare) {
  TestEvidence test;
  test.peer("pay", "i-1", "eni-1", "203.0.113.1", 22, Grade::kProbe, 2);
  test.peer("pay", "i-2", "eni-2", "203.0.113.2", 22, Grade::kSession, 3);
  test.peer("web", "i-3", "eni-3", "203.0.113.3", 443, Grade::kRejected, 4);
  const Report report = test.ask("access", {{"by", "fleet"}});
  EXPECT_EQ(column(report, "fleet"), (Texts{"pay", "web"}));
  EXPECT_EQ(column(report, "attempts"), (Texts{"5", "4"}));
  EXPECT_EQ(column(report, "grade"), (Texts{"session", "rejected"}));
  EXPECT_EQ(column(report, "service_port"), (Texts{"22", "443"}));
  EXPECT_EQ(column(report, "peer_address"), (Texts{"NULL", "203.0.113.3"}));
  EXPECT_EQ(column(test.ask("access", {{"by", "instance"}}), "instance_id"), (Texts{"i-2", "i-1", "i-3"}));
}

TEST(Access, AnEmptyAnswerSaysWhichNameWasMeant) {
  TestEvidence test;
  test.peer("payment", "i-1", "eni-1", "203.0.113.1", 22, Grade::kProbe, 1);
  const Report report = test.ask("access", {{"fleet", "paymnt"}});
  ASSERT_EQ(report.rows->size(), 0U);
  std::string texts;
  for (const Warning& warning : report.warnings) texts += warning.text + '\n';
  EXPECT_NE(texts.find("did you mean payment?"), std::string::npos) << texts;
}

// sg-changes

TEST(SgChanges, EachRuleIsARowInOrderOfTimeEventAndRule) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  const auto second = test.event("b", hour(2));
  const auto first = test.event("a", hour(2));
  auto& changes = test.history().rule_changes;
  changes.push_back(
      change(RuleChange::Kind::kRuleAdded, second, group, {}, TestEvidence::spec("10.0.0.0/8", 22, 22), "sgr-1"));
  changes.push_back(
      change(RuleChange::Kind::kRuleAdded, first, group, {}, TestEvidence::spec("10.0.0.0/24", 22, 22), "sgr-3"));
  changes.push_back(
      change(RuleChange::Kind::kRuleRemoved, first, group, TestEvidence::spec("10.1.0.0/16", 5432, 5432), {}, "sgr-2"));
  const Report report = test.ask("sg-changes");
  EXPECT_EQ(column(report, "rule_id"), (Texts{"sgr-2", "sgr-3", "sgr-1"}));
  EXPECT_EQ(column(report, "change"), (Texts{"rule-removed", "rule-added", "rule-added"}));
  EXPECT_EQ(column(report, "before"), (Texts{"ingress tcp 5432 from 10.1.0.0/16", "NULL", "NULL"}));
  EXPECT_EQ(column(report, "opens_to"), (Texts{"NULL", "peer", "wide"}));
  EXPECT_EQ(column(report, "port_class"), (Texts{"database", "admin", "admin"}));
  EXPECT_EQ(column(report, "interfaces_affected"), (Texts{"0", "0", "0"}));
  EXPECT_EQ(column(report, "mfa"), (Texts{"true", "true", "true"}));
  EXPECT_EQ(column(report, "evidence")[2], "b trail.json:2");
}

TEST(SgChanges, WorldIsAlsoTwoHalvesTogetherAndNothingIsOpenedByNarrowing) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  const auto low = TestEvidence::spec("0.0.0.0/1", 22, 22);
  const auto high = TestEvidence::spec("128.0.0.0/1", 22, 22);
  test.rule(group, "sgr-1", low, {hour(1), {}});
  test.rule(group, "sgr-2", high, {hour(2), {}});
  auto& changes = test.history().rule_changes;
  changes.push_back(change(RuleChange::Kind::kRuleAdded, test.event("e1", hour(1)), group, {}, low));
  changes.push_back(change(RuleChange::Kind::kRuleAdded, test.event("e2", hour(2)), group, {}, high));
  changes.push_back(change(RuleChange::Kind::kRuleModified, test.event("e3", hour(3)), group,
                           TestEvidence::spec("0.0.0.0/0", 80, 90), TestEvidence::spec("10.0.0.0/8", 80, 80)));
  changes.push_back(change(RuleChange::Kind::kRuleModified, test.event("e4", hour(4)), group,
                           TestEvidence::spec("10.0.0.0/8", 80, 80), TestEvidence::spec("::/0", 80, 80)));
  const Report report = test.ask("sg-changes");
  EXPECT_EQ(column(report, "opens_to"), (Texts{"wide", "world", "NULL", "world"}));
  EXPECT_EQ(test.ask("sg-changes", {{"opens-to", "world"}}).rows->size(), 2U);
  EXPECT_EQ(rows_failing(report, "world"), 2U);
  EXPECT_EQ(rows_failing(report, "any"), 4U);
}

TEST(SgChanges, InterfacesAreNotKnownForOldGroupsNobodySawAttached) {
  TestEvidence test;
  const auto known = test.group("sg-1", hour(0));
  const auto unknown = test.group("sg-2", {}, history::Baseline::kUnknown);
  const auto interface = test.interface("eni-1");
  test.attach(interface, known, {hour(0), hour(5)});
  auto& changes = test.history().rule_changes;
  changes.push_back(change(RuleChange::Kind::kRuleAdded, test.event("e1", hour(1)), known, {},
                           TestEvidence::spec("10.0.0.1/32", 1, 1)));
  changes.push_back(change(RuleChange::Kind::kRuleAdded, test.event("e2", hour(2)), unknown, {},
                           TestEvidence::spec("10.0.0.1/32", 1, 1)));
  changes.push_back(change(RuleChange::Kind::kRuleAdded, test.event("e3", hour(5)), known, {},
                           TestEvidence::spec("10.0.0.1/32", 1, 1)));
  EXPECT_EQ(column(test.ask("sg-changes"), "interfaces_affected"), (Texts{"1", "NULL", "0"}));
}

TEST(SgChanges, FailedCallsOnlyOnRequestWithTheirError) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  const auto event = test.event("e1", hour(1));
  test.history().events[event].error_code = "Client.UnauthorizedOperation";
  test.history().rule_changes.push_back(
      change(RuleChange::Kind::kFailed, event, group, {}, TestEvidence::spec("0.0.0.0/0", 22, 22)));
  const Report hidden = test.ask("sg-changes");
  EXPECT_EQ(hidden.rows->size(), 0U);
  EXPECT_TRUE(has(warning_codes(hidden), "failed-calls"));
  const Report shown = test.ask("sg-changes", {{"include-failed", "true"}});
  EXPECT_EQ(column(shown, "change"), (Texts{"failed"}));
  EXPECT_EQ(column(shown, "error_code"), (Texts{"Client.UnauthorizedOperation"}));
  EXPECT_EQ(column(shown, "opens_to"), (Texts{"NULL"}));
}

TEST(SgChanges, PortFilterMeetsRangesAndAllProtocols) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  const auto event = test.event("e1", hour(1));
  auto& changes = test.history().rule_changes;
  changes.push_back(
      change(RuleChange::Kind::kRuleAdded, event, group, {}, TestEvidence::spec("10.0.0.0/24", 20, 30), "sgr-1"));
  changes.push_back(
      change(RuleChange::Kind::kRuleAdded, event, group, {}, TestEvidence::spec("10.0.0.0/24", 80, 80), "sgr-2"));
  changes.push_back(
      change(RuleChange::Kind::kRuleAdded, event, group, {}, TestEvidence::spec("10.0.0.0/24", -1, -1, -1), "sgr-3"));
  changes.push_back(change(RuleChange::Kind::kGroupCreated, event, group, {}, {}, "x"));
  EXPECT_EQ(column(test.ask("sg-changes", {{"port", "22"}}), "rule_id"), (Texts{"sgr-1", "sgr-3"}));
}

// sg-attachments

TEST(SgAttachments, DifferencesAreNullWhenTheSetBeforeIsNotKnown) {
  TestEvidence test;
  test.group("sg-1", hour(0));
  const auto interface = test.interface("eni-1");
  const auto add = [&](const std::string& id, history::AttachmentChange::Kind kind, std::optional<Texts> before,
                       Texts after) {
    history::AttachmentChange made;
    made.kind = kind;
    made.event = test.event(id, hour(1), "ModifyNetworkInterfaceAttribute");
    made.interface = interface;
    if (before) made.before = std::make_shared<const Texts>(*std::move(before));
    made.after = std::make_shared<const Texts>(std::move(after));
    test.history().attachment_changes.push_back(made);
  };
  using Kind = history::AttachmentChange::Kind;
  add("e1", Kind::kCreatedWith, {}, {"sg-2", "sg-1"});
  add("e2", Kind::kChanged, Texts{"sg-1", "sg-2"}, {"sg-2", "sg-3"});
  add("e3", Kind::kChanged, {}, {"sg-1"});
  add("e4", Kind::kRemovedWith, Texts{"sg-1"}, {});
  const Report report = test.ask("sg-attachments");
  EXPECT_EQ(column(report, "before_groups"), (Texts{"", "sg-1 sg-2", "NULL", "sg-1"}));
  EXPECT_EQ(column(report, "after_groups"), (Texts{"sg-1 sg-2", "sg-2 sg-3", "sg-1", ""}));
  EXPECT_EQ(column(report, "added"), (Texts{"sg-1 sg-2", "sg-3", "NULL", ""}));
  EXPECT_EQ(column(report, "removed"), (Texts{"", "sg-1", "NULL", "sg-1"}));
  EXPECT_EQ(column(test.ask("sg-attachments", {{"changed-only", "true"}}), "event_id"), (Texts{"e2", "e3", "e4"}));
  EXPECT_EQ(column(test.ask("sg-attachments", {{"group", "sg-3"}}), "event_id"), (Texts{"e2"}));
  EXPECT_EQ(column(test.ask("sg-attachments", {{"group", "name-sg-1"}}), "event_id"), (Texts{"e1", "e2", "e3", "e4"}));
}

// unused-groups

TEST(UnusedGroups, TheFirstVerdictThatHoldsIsTaken) {
  TestEvidence test;
  const auto interface = test.interface("eni-1");
  const auto used = test.group("sg-a", hour(0));
  test.attach(interface, used, {hour(1), {}});
  const auto referenced = test.group("sg-b", hour(0));
  test.rule(used, "sgr-1", TestEvidence::spec("sg-b", 22, 22), {hour(1), {}});
  const auto self_only = test.group("sg-c", hour(0));
  test.rule(self_only, "sgr-2", TestEvidence::spec("sg-c", 22, 22), {hour(1), {}});
  test.history().groups[test.group("sg-d", hour(0))].is_default = true;
  test.history().groups[test.group("sg-e", hour(0))].managed_by = "eks";
  test.group("sg-f", {}, history::Baseline::kUnknown);
  const auto detached = test.group("sg-g", hour(0));
  test.attach(interface, detached, {hour(2), hour(48)});
  const auto deleted = test.group("sg-h", hour(0));
  test.history().groups[deleted].life.to = hour(5);
  const auto launch = test.group("sg-i", hour(0));
  test.history().references.push_back({"launch-template/lt1", launch, {hour(1), {}}, {}, {}, false});
  const auto mentioned = test.group("sg-j", hour(0));
  test.history().references.push_back({"glue/job", mentioned, {hour(1), {}}, {}, {}, true});
  static_cast<void>(referenced);
  const Report all = test.ask("unused-groups", {{"all", "true"}});
  EXPECT_EQ(column(all, "group_id"), (Texts{"sg-a", "sg-b", "sg-i", "sg-d", "sg-e", "sg-f", "sg-g", "sg-c", "sg-j"}));
  EXPECT_EQ(column(all, "verdict"), (Texts{"in-use", "referenced", "referenced", "default-group", "managed", "unknown",
                                           "detached-since", "never-attached", "never-attached"}));
  EXPECT_EQ(column(all, "references"),
            (Texts{"", "group/sg-a", "launch-template/lt1", "", "", "", "", "", "mention/glue/job"}));
  EXPECT_EQ(column(all, "deletable"),
            (Texts{"false", "false", "false", "false", "false", "false", "true", "true", "false"}));
  EXPECT_EQ(column(all, "days_unused"), (Texts{"NULL", "NULL", "NULL", "NULL", "NULL", "30", "28", "30", "30"}));
  EXPECT_TRUE(has(warning_codes(all), "deleted-groups"));
  EXPECT_EQ(column(test.ask("unused-groups"), "group_id"), (Texts{"sg-f", "sg-g", "sg-c", "sg-j"}));
}

TEST(UnusedGroups, WhatCouldNotBeSeenForbidsDeletion) {
  TestEvidence test;
  test.group("sg-old", {}, history::Baseline::kSnapshot);
  test.history().snapshots.push_back({"network-interfaces", hour(0), "eni.json"});
  const Report report = test.ask("unused-groups");
  EXPECT_EQ(column(report, "verdict"), (Texts{"never-attached"}));
  EXPECT_EQ(column(report, "not_visible"), (Texts{"group-rules launch-templates services"}));
  EXPECT_EQ(column(report, "deletable"), (Texts{"false"}));
  EXPECT_TRUE(report.remedies.empty());
}

TEST(UnusedGroups, GroupsThatOnlyARuleNamesAreNoRows) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  test.rule(group, "sgr-1", TestEvidence::spec("sg-far", 443, 443), {hour(1), {}});
  test.history().groups[test.group("sg-far", {}, history::Baseline::kUnknown)].name.clear();
  const Report report = test.ask("unused-groups", {{"all", "true"}});
  EXPECT_EQ(column(report, "group_id"), (Texts{"sg-1"}));
  EXPECT_FALSE(has(warning_codes(report), "unknown-rules"));
}

TEST(UnusedGroups, YoungGroupsAreNotDeletable) {
  TestEvidence test;
  test.group("sg-1", hour(24 * 25));
  EXPECT_EQ(column(test.ask("unused-groups"), "deletable"), (Texts{"false"}));
  EXPECT_EQ(column(test.ask("unused-groups", {{"min-observed", "5d"}}), "deletable"), (Texts{"true"}));
}

TEST(UnusedGroups, LastAttachmentIsTheOneThatEndedLast) {
  TestEvidence test;
  const auto first = test.interface("eni-1");
  const auto second = test.interface("eni-2");
  const auto group = test.group("sg-1", hour(0));
  test.attach(first, group, {hour(1), hour(50)});
  test.attach(second, group, {hour(2), hour(10)});
  const Report report = test.ask("unused-groups");
  EXPECT_EQ(column(report, "last_attached_to"), (Texts{"eni-1"}));
  EXPECT_EQ(column(report, "last_attached_at"), (Texts{"2026-03-01T01:00:00Z"}));
  EXPECT_EQ(column(report, "last_detached_at"), (Texts{"2026-03-03T02:00:00Z"}));
}

TEST(UnusedGroups, RulesThatReferToDeletedGroupsAreStale) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  const auto gone = test.group("sg-2", hour(0));
  test.history().groups[gone].life.to = hour(9);
  test.rule(group, "sgr-7", TestEvidence::spec("sg-2", 443, 443), {hour(1), {}});
  EXPECT_EQ(column(test.ask("unused-groups"), "stale_references"), (Texts{"sgr-7"}));
}

// unused-rules

TEST(UnusedRules, UsedRulesAreHiddenUnlessAllAreAskedFor) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  const auto interface = test.interface("eni-1");
  test.attach(interface, group, {hour(0), {}});
  test.rule(group, "sgr-1", TestEvidence::spec("10.0.0.0/24", 22, 22), {hour(0), {}});
  test.rule(group, "sgr-2", TestEvidence::spec("192.0.2.0/24", 80, 90), {hour(0), {}});
  auto& result = test.attribution();
  result.rules.resize(2);
  result.rules[0].sole_hits = 3;
  result.rules[0].sessions = 1;
  result.rules[0].used = true;
  result.rules[0].last_hit = to_seconds(hour(24 * 28)) + 5;
  attribution::InterfaceCoverage coverage;
  coverage.interface_id = "eni-1";
  coverage.expected = {{result.window_from, result.window_to}};
  coverage.observed = coverage.expected;
  result.coverage.push_back(coverage);
  EXPECT_EQ(column(test.ask("unused-rules"), "rule_id"), (Texts{"sgr-2"}));
  const Report all = test.ask("unused-rules", {{"all", "true"}});
  EXPECT_EQ(column(all, "verdict"), (Texts{"used", "no-hits"}));
  EXPECT_EQ(column(all, "days_since_hit"), (Texts{"1", "NULL"}));
  EXPECT_EQ(column(all, "interfaces"), (Texts{"1", "1"}));
  EXPECT_EQ(column(all, "expected_hours"), (Texts{"720.00", "720.00"}));
  EXPECT_EQ(column(all, "coverage"), (Texts{"1.0000", "1.0000"}));
  EXPECT_EQ(column(all, "source"), (Texts{"10.0.0.0/24", "192.0.2.0/24"}));
  ASSERT_EQ(all.remedies.size(), 1U);
  EXPECT_NE(all.remedies[0].cli.find("--security-group-rule-ids sgr-2"), std::string::npos);
  EXPECT_NE(all.remedies[0].cli_undo.find("authorize-security-group-ingress"), std::string::npos);
}

// All of them

TEST(Questions, RowsAreAsLongAsTheColumns) {
  TestEvidence test;
  test.group("sg-1", hour(0));
  test.attribution();
  for (const Question& question : questions()) {
    const Report report = test.ask(question.name);
    for (const auto& row : rows_of(report)) EXPECT_EQ(row.size(), report.rows->columns().size()) << question.name;
    for (const ShownColumn& shown : question.shown) {
      EXPECT_TRUE(std::ranges::any_of(question.columns, [&](const auto& c) { return c.name == shown.name; }))
          << shown.name;
    }
    EXPECT_EQ(report.sql.trino.find('{'), std::string::npos) << question.name;
    EXPECT_EQ(report.sql.duckdb.find('{'), std::string::npos) << question.name;
  }
}

TEST(Questions, TheViewForPeopleKeepsTo100ColumnsAndNeverPrintsControlCharacters) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  test.history().groups[group].name = "evil\x1b[2J\nname" + std::string(200, 'x');
  const auto event = test.event("e1", hour(1));
  test.history().events[event].actor_name = "mallory\x1b]0;x\x07";
  test.history().rule_changes.push_back(
      change(RuleChange::Kind::kRuleAdded, event, group, {}, TestEvidence::spec("0.0.0.0/0", 22, 22)));
  test.peer("pay\x1b[31m", "i-1", "eni-1", "2001:db8:1111:2222:3333:4444:5555:6666", 22, Grade::kSession, 1);
  for (const Question& question : questions()) {
    std::istringstream lines(printed(test.ask(question.name), output::Format::kTable));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(output::display_width(line), 100U) << question.name << ": " << line;
      EXPECT_EQ(line.find('\x1b'), std::string::npos) << question.name;
    }
  }
}

TEST(Questions, SqlTakesParametersAsLiteralsThatCannotEnd) {
  TestEvidence test;
  test.attribution();
  const Report report = test.ask("access", {{"fleet", "x' OR 1=1 --"}, {"interface", "eni_*"}});
  EXPECT_NE(report.sql.trino.find("p.fleet = 'x'' OR 1=1 --'"), std::string::npos) << report.sql.trino;
  EXPECT_NE(report.sql.trino.find(R"(p.interface_id LIKE 'eni\_%' ESCAPE '\')"), std::string::npos);
  EXPECT_NE(report.sql.trino.find("TIMESTAMP '2026-03-01 00:00:00'"), std::string::npos);
}

}  // namespace
}  // namespace flowtrail::investigate
