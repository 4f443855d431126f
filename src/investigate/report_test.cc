#include "investigate/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "investigate/test_evidence.h"

namespace flowtrail::investigate {
namespace {

using nlohmann::json;

TEST(Report, TheEnvelopeIsThatOfTheContract) {
  TestEvidence test;
  test.group("sg-1", hour(0));
  test.peer("pay", "i-1", "eni-1", "203.0.113.1", 22, attribution::Grade::kSession, 1);
  test.attribution().gaps.push_back({"", to_seconds(hour(3)), to_seconds(hour(4))});
  for (const Question& question : questions()) {
    const Report report = test.ask(question.name);
    const json object = json::parse(printed(report, output::Format::kJson));
    const std::vector<std::string> members{"columns", "coverage", "flowtrail", "investigation", "parameters",
                                           "rows",    "sql",      "warnings",  "window"};
    std::vector<std::string> found;
    for (const auto& [name, value] : object.items()) found.push_back(name);
    EXPECT_EQ(found, members) << question.name;
    EXPECT_EQ(object["investigation"], std::string{question.name});
    EXPECT_EQ(object["window"], (json{{"from", "2026-03-01T00:00:00Z"}, {"to", "2026-03-31T00:00:00Z"}}));
    for (const auto* name : {"from", "to", "objects", "bytes", "records", "bad_records", "nodata", "skipdata",
                             "formats", "missing_fields", "action_seen", "gaps"}) {
      EXPECT_TRUE(object["coverage"]["flow_logs"].contains(name)) << name;
    }
    for (const auto* name :
         {"from", "to", "objects", "events", "bad_events", "duplicate_events", "failed_calls", "regions", "accounts"}) {
      EXPECT_TRUE(object["coverage"]["cloudtrail"].contains(name)) << name;
    }
    EXPECT_EQ(object["coverage"]["flow_logs"]["gaps"][0]["interface_id"], "all");
    EXPECT_TRUE(object["coverage"]["snapshots"].is_array());
    EXPECT_TRUE(object["coverage"]["baseline"].contains("groups_known_from_start"));
    EXPECT_EQ(object["columns"].size(), report.rows->columns().size());
    for (const auto& row : object["rows"]) EXPECT_EQ(row.size(), report.rows->columns().size());
    for (const auto& warning : object["warnings"]) {
      EXPECT_TRUE(warning.contains("code") && warning.contains("count") && warning.contains("text") &&
                  warning.contains("example"));
    }
    EXPECT_TRUE(object["sql"].contains("trino") && object["sql"].contains("duckdb"));
  }
}

TEST(Report, LimitCutsRowsAndSaysHowMany) {
  TestEvidence test;
  for (int i = 1; i <= 5; ++i) {
    test.peer("pay", "i-1", "eni-1", "203.0.113." + std::to_string(i), 22, attribution::Grade::kProbe, 1);
  }
  const Report report = test.ask("access");
  PrintOptions options;
  options.limit = 2;
  const json object = json::parse(printed(report, output::Format::kJson, options));
  EXPECT_EQ(object["rows"].size(), 2U);
  EXPECT_EQ(object["warnings"].back()["code"], "rows-left-out");
  EXPECT_EQ(object["warnings"].back()["count"], 3);
  EXPECT_NE(printed(report, output::Format::kTable, options).find("3 more rows left out"), std::string::npos);
  EXPECT_EQ(std::ranges::count(printed(report, output::Format::kCsv, options), '\n'), 3);  // with the names
}

TEST(Report, PartsOfRulesAreJsonOnly) {
  TestEvidence test;
  const auto group = test.group("sg-1", hour(0));
  history::RuleChange change;
  change.event = test.event("e1", hour(1));
  change.group = group;
  change.after = TestEvidence::spec("10.0.0.0/8", 22, 22);
  change.after_description = "ours";
  test.history().rule_changes.push_back(change);
  const Report report = test.ask("sg-changes");
  const json object = json::parse(printed(report, output::Format::kJson));
  EXPECT_EQ(object["rows"][0]["after_rule"], (json{{"protocol", "tcp"},
                                                   {"from_port", 22},
                                                   {"to_port", 22},
                                                   {"source_kind", "cidr_ipv4"},
                                                   {"source", "10.0.0.0/8"},
                                                   {"description", "ours"}}));
  EXPECT_TRUE(object["rows"][0]["before_rule"].is_null());
  EXPECT_EQ(printed(report, output::Format::kCsv).find("after_rule"), std::string::npos);
  EXPECT_NE(printed(report, output::Format::kNdjson).find("after_rule"), std::string::npos);
}

TEST(Report, BadInputIsSaidWithReasonAndPlace) {
  TestEvidence test;
  test.attribution();
  test.evidence().flow_stats.bad.add("wrong number of fields", "a/b.log.gz", 12);
  const Report report = test.ask("access");
  EXPECT_EQ(report.bad_total, 1U);
  const auto warning = std::ranges::find(report.warnings, "bad-input", &Warning::code);
  ASSERT_NE(warning, report.warnings.end());
  EXPECT_EQ(warning->example, "a/b.log.gz:12");
  EXPECT_NE(warning->text.find("wrong number of fields"), std::string::npos);
}

TEST(Report, MissingKindsOfRecordsAndFieldsAreSaid) {
  TestEvidence test;
  test.attribution();
  test.evidence().flow_stats.saw_reject = false;
  test.evidence().flow_stats.missing_fields = {"tcp-flags"};
  test.attribution().skipdata = 2;
  test.attribution().duplicate_records = 3;
  test.history().contradictions.push_back({"event and snapshot disagree", "e1"});
  test.history().logging_changes.emplace_back(hour(1), "DeleteFlowLogs fl-1");
  test.rule(test.group("sg-1", {}, history::Baseline::kUnknown), "sgr-1", TestEvidence::spec("pl-1", 22, 22));
  const auto codes = warning_codes(test.ask("access"));
  for (const auto* code :
       {"accept-only", "missing-fields", "skipdata", "duplicate-records", "contradiction", "logging-changed",
        "unknown-prefix-list", "unknown-rules", "unknown-attachments", "empty-answer"}) {
    EXPECT_NE(std::ranges::find(codes, code), codes.end()) << code;
  }
  EXPECT_EQ(std::ranges::find(codes, "reject-only"), codes.end());
}

TEST(Report, FailWordsAreThoseOfTheQuestion) {
  const Question& access = **find_question("access");
  EXPECT_TRUE(check_fail_word(access, "any"));
  EXPECT_TRUE(check_fail_word(access, "session"));
  const auto typo = check_fail_word(access, "sesion");
  ASSERT_FALSE(typo);
  EXPECT_EQ(typo.error().code, ErrorCode::kUsage);
  EXPECT_NE(typo.error().hint.find("session"), std::string::npos);
  EXPECT_FALSE(check_fail_word(access, "no-hits"));
  EXPECT_TRUE(check_fail_word(**find_question("sg-changes"), "listed:office"));
}

TEST(Report, UnknownQuestionsNameTheNearest) {
  const auto found = find_question("unused-rule");
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().hint.find("unused-rules"), std::string::npos);
}

}  // namespace
}  // namespace flowtrail::investigate
