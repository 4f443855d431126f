#include "shell/completer.h"

#include <gtest/gtest.h>

namespace flowtrail::shell {
namespace {

using Texts = std::vector<std::string>;

Names names() {
  return {{"cloudtrail_logs", "vpc_flow_logs"}, {"count", "count_if"}, [](const std::string& table) {
            if (table == "vpc_flow_logs") return Texts{"srcaddr", "srcport", "dstport"};
            if (table == "cloudtrail_logs") return Texts{"eventname", "Odd name"};
            return Texts{};
          }};
}

Texts candidates(std::string_view before, std::string_view after = "") {
  return complete(before, after, names()).candidates;
}

TEST(Completer, OffersTablesBehindFromAndJoin) {
  EXPECT_EQ(candidates("SELECT * FROM "), (Texts{"cloudtrail_logs", "vpc_flow_logs"}));
  EXPECT_EQ(candidates("SELECT * FROM a JOIN vp"), Texts{"vpc_flow_logs"});
  EXPECT_EQ(complete("SELECT * FROM vp", "", names()).begin, 14U);
}

TEST(Completer, OffersColumnsOfTheTablesThatTheStatementNames) {
  EXPECT_EQ(candidates("SELECT src", " FROM vpc_flow_logs"), (Texts{"srcaddr", "srcport"}));
  EXPECT_EQ(candidates("SELECT ", " FROM cloudtrail_logs"), (Texts{"eventname", "\"Odd name\""}));
  EXPECT_EQ(candidates("SELECT * FROM a, vpc_flow_logs WHERE DST"), Texts{"dstport"});
}

TEST(Completer, OffersColumnsBehindATableOrItsAlias) {
  EXPECT_EQ(candidates("SELECT f.d", " FROM vpc_flow_logs f JOIN cloudtrail_logs AS c"), Texts{"dstport"});
  EXPECT_EQ(candidates("SELECT * FROM default.vpc_flow_logs AS f JOIN cloudtrail_logs AS c ON c."),
            (Texts{"eventname", "\"Odd name\""}));
  EXPECT_EQ(candidates("SELECT vpc_flow_logs.srcp", " FROM vpc_flow_logs"), Texts{"srcport"});
  EXPECT_EQ(candidates("SELECT nothing."), Texts{});
}

TEST(Completer, OtherStatementsDoNotMatter) {
  EXPECT_EQ(candidates("SELECT * FROM vpc_flow_logs; SELECT src"), Texts{});
  EXPECT_EQ(candidates("SELECT src", "; SELECT * FROM vpc_flow_logs"), Texts{});
}

TEST(Completer, OffersFunctionsAndKeywordsInTheCaseOfTheWord) {
  EXPECT_EQ(candidates("SELECT cou"), (Texts{"count(", "count_if("}));
  EXPECT_EQ(candidates("SEL"), Texts{"SELECT"});
  EXPECT_EQ(candidates("sel"), Texts{"select"});
  EXPECT_EQ(candidates(""), Texts{});
}

TEST(Completer, OffersNothingInStringsAndComments) {
  EXPECT_EQ(candidates("SELECT 'sel"), Texts{});
  EXPECT_EQ(candidates("SELECT 1 -- sel"), Texts{});
  EXPECT_EQ(candidates("SELECT /* sel"), Texts{});
  EXPECT_EQ(candidates("SELECT 'a' sel"), Texts{"select"});
}

TEST(Completer, KnowsDotCommandsAndTheirArguments) {
  EXPECT_EQ(candidates(".t"), (Texts{".tables", ".timer"}));
  EXPECT_EQ(complete("  .t", "", names()).begin, 2U);
  EXPECT_EQ(candidates(".inspect v"), Texts{"vpc_flow_logs"});
  EXPECT_EQ(candidates(".mode t"), (Texts{"table", "tsv"}));
  EXPECT_EQ(candidates(".timer o"), (Texts{"on", "off"}));
  EXPECT_EQ(candidates(".help q"), Texts{"quit"});
  EXPECT_EQ(candidates(".explain SELECT * FROM v"), Texts{"vpc_flow_logs"});
  EXPECT_EQ(candidates(".nope v"), Texts{});
}

TEST(Completer, TheCommonBeginningIgnoresCase) {
  EXPECT_EQ(common_beginning({"srcaddr", "SRCport"}), "src");
  EXPECT_EQ(common_beginning({"one"}), "one");
  EXPECT_EQ(common_beginning({}), "");
}

}  // namespace
}  // namespace flowtrail::shell
