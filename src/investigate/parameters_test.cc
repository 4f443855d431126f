#include "investigate/parameters.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "investigate/question.h"

namespace flowtrail::investigate {
namespace {

std::vector<std::string_view> accepted_by(std::string_view question) {
  return find_question(question).value()->parameters;
}

TEST(Parameters, PortsAreListsAndRanges) {
  EXPECT_EQ(parse_ports("22,8000-8080").value(), (std::vector<PortRange>{{22, 22}, {8000, 8080}}));
  for (const auto* bad : {"", "ssh", "65536", "-1", "80-22", "22,,23", "22-", "2 2"}) {
    const auto ports = parse_ports(bad);
    ASSERT_FALSE(ports) << bad;
    EXPECT_EQ(ports.error().code, ErrorCode::kUsage);
  }
}

TEST(Parameters, RepeatedValuesAddUp) {
  const auto accepted = accepted_by("access");
  Parameters parameters;
  ASSERT_TRUE(parameters.set("port", "22", accepted));
  ASSERT_TRUE(parameters.set("port", "80-90", accepted));
  ASSERT_TRUE(parameters.set("fleet", "pay*", accepted));
  ASSERT_TRUE(parameters.set("fleet", "web", accepted));
  EXPECT_TRUE(parameters.wants_port(22));
  EXPECT_TRUE(parameters.wants_port(85));
  EXPECT_FALSE(parameters.wants_port(443));
  EXPECT_EQ(parameters.fleet, (std::vector<std::string>{"pay*", "web"}));
}

TEST(Parameters, DashesAndUnderscoresNameTheSame) {
  Parameters parameters;
  ASSERT_TRUE(parameters.set("scanner_targets", "3", accepted_by("access")));
  EXPECT_EQ(parameters.scanner_targets, 3);
}

TEST(Parameters, UnknownNamesAndBadValuesAreUsageErrorsWithAHint) {
  const auto accepted = accepted_by("access");
  Parameters parameters;
  const auto typo = parameters.set("flet", "x", accepted);
  ASSERT_FALSE(typo);
  EXPECT_NE(typo.error().hint.find("fleet"), std::string::npos);
  EXPECT_FALSE(parameters.set("actor", "x", accepted));  // belongs to another question
  EXPECT_FALSE(parameters.set("port", "ssh", accepted));
  EXPECT_FALSE(parameters.set("protocol", "quic", accepted));
  EXPECT_FALSE(parameters.set("by", "peers", accepted));
  EXPECT_FALSE(parameters.set("scanner-targets", "0", accepted));
  EXPECT_FALSE(parameters.set("fleet", "", accepted));
  const auto rules = accepted_by("unused-rules");
  EXPECT_FALSE(parameters.set("min-coverage", "1.5", rules));
  EXPECT_FALSE(parameters.set("min-coverage", "nan", rules));
  EXPECT_FALSE(parameters.set("min-observed", "soon", rules));
}

TEST(Parameters, TrafficIsTcpAndUdpUnlessToldOtherwise) {
  const auto accepted = accepted_by("access");
  Parameters plain;
  plain.finish(accepted);
  EXPECT_TRUE(plain.wants_protocol(6));
  EXPECT_TRUE(plain.wants_protocol(17));
  EXPECT_FALSE(plain.wants_protocol(1));
  Parameters every;
  ASSERT_TRUE(every.set("protocol", "all", accepted));
  every.finish(accepted);
  EXPECT_TRUE(every.wants_protocol(50));
  Parameters rules;
  rules.finish(accepted_by("unused-rules"));
  EXPECT_TRUE(rules.wants_protocol(1));
}

TEST(Parameters, JsonShowsTheValuesUsed) {
  const auto accepted = accepted_by("unused-rules");
  Parameters parameters;
  ASSERT_TRUE(parameters.set("group", "sg-1", accepted));
  ASSERT_TRUE(parameters.set("min-coverage", "0.5", accepted));
  const auto json = nlohmann::json::parse(parameters.json(accepted));
  EXPECT_EQ(json.size(), accepted.size());
  EXPECT_EQ(json["group"], nlohmann::json::array({"sg-1"}));
  EXPECT_EQ(json["min_coverage"], 0.5);
  EXPECT_EQ(json["min_observed"], "7d");
  EXPECT_EQ(json["all"], false);
  EXPECT_EQ(json["port"], nlohmann::json::array());
}

TEST(Parameters, WatchFilesNameRanges) {
  const auto ranges =
      parse_watch_ranges("# ours\ncidr,name\n203.0.113.0/24,office\n\n2001:db8::/32, lab ,2026-01-01\n", "w.csv");
  ASSERT_TRUE(ranges);
  ASSERT_EQ(ranges->size(), 2U);
  EXPECT_EQ((*ranges)[0].name, "office");
  EXPECT_EQ((*ranges)[1].name, "lab");
  const auto bad = parse_watch_ranges("203.0.113.0/24,office\nnonsense\n", "w.csv");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().where, "w.csv:2");
}

TEST(Parameters, EveryQuestionNamesOnlyParametersThatExist) {
  for (const Question& question : questions()) {
    for (const auto name : question.parameters)
      EXPECT_NE(find_parameter(name), nullptr) << question.name << ' ' << name;
  }
}

}  // namespace
}  // namespace flowtrail::investigate
