#include <gtest/gtest.h>

#include "serde/test_reading.h"

namespace flowtrail::serde {
namespace {

TestTable openx(const std::vector<std::string>& columns, std::map<std::string, std::string> properties = {}) {
  return {{.serde_class = "org.openx.data.jsonserde.JsonSerDe", .properties = std::move(properties)},
          TestTable::typed(columns)};
}

TestTable hive(const std::vector<std::string>& columns, std::map<std::string, std::string> properties = {}) {
  return {{.serde_class = "org.apache.hive.hcatalog.data.JsonSerDe", .properties = std::move(properties)},
          TestTable::typed(columns)};
}

constexpr const char* kInvalid = "HIVE_CURSOR_ERROR: Row is not a valid JSON Object";

TEST(JsonLineReader, ReadsLogsOfWaf) {
  constexpr const char* kRuleGroups =
      "rulegrouplist array(row(rulegroupid varchar, terminatingrule row(ruleid varchar, action varchar)))";
  constexpr const char* kRequest =
      "httprequest row(clientip varchar, country varchar, headers array(row(name varchar, value varchar)), uri "
      "varchar, "
      "httpmethod varchar)";
  TestTable table = openx({"timestamp bigint", "formatversion integer", "webaclid", "action", "terminatingruleid",
                           kRuleGroups, kRequest, "labels array(row(name varchar))"});
  EXPECT_EQ(
      table.rows(
          R"({"timestamp":1700000000123,"formatVersion":1,"webaclId":"arn:aws:wafv2:us-east-1:111122223333:regional/webacl/w/1",)"
          R"("terminatingRuleId":"Default_Action","action":"ALLOW","ruleGroupList":[{"ruleGroupId":"AWS#Common",)"
          R"("terminatingRule":null}],"httpRequest":{"clientIp":"192.0.2.44","country":"US","headers":[{"name":"Host",)"
          R"("value":"www.example.com"},{"name":"accept","value":"*/*"}],"uri":"/","httpMethod":"GET"}})"
          "\n"),
      (Rows{"1700000000123 | 1 | 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/w/1' | 'ALLOW' | "
            "'Default_Action' | [('AWS#Common', NULL)] | ('192.0.2.44', 'US', [('Host', 'www.example.com'), ('accept', "
            "'*/*')], '/', 'GET') | NULL"}));
}

TEST(JsonLineReader, ReadsQueryLogsOfRoute53Resolver) {
  TestTable table = openx({"version", "account_id", "region", "vpc_id", "query_timestamp", "query_name", "query_type",
                           "answers array(row(rdata varchar, type varchar, class varchar))", "srcport integer",
                           "srcids row(instance varchar, resolver_endpoint varchar)"});
  EXPECT_EQ(
      table.rows(R"({"version":"1.100000","account_id":"111122223333","region":"us-east-2","vpc_id":"vpc-00112233",)"
                 R"("query_timestamp":"2024-02-05T17:51:55Z","query_name":"db.example.com.","query_type":"A",)"
                 R"("answers":[{"Rdata":"198.51.100.5","Type":"A","Class":"IN"}],"srcport":"37894",)"
                 R"("srcids":{"instance":"i-0a1b2c3d"}})"
                 "\n"),
      (Rows{"'1.100000' | '111122223333' | 'us-east-2' | 'vpc-00112233' | '2024-02-05T17:51:55Z' | "
            "'db.example.com.' | 'A' | [('198.51.100.5', 'A', 'IN')] | 37894 | ('i-0a1b2c3d', NULL)"}));
}

TEST(JsonLineReader, WritesScalarsIntoTextAsTheyStandAndObjectsWithoutBlanks) {
  for (TestTable table : {openx({"a", "b", "c", "d"}), hive({"a", "b", "c", "d"})}) {
    EXPECT_EQ(table.rows(R"({"a": 1.50, "b": true, "c": { "x" : [ 1.10, "a b\n", null ], "y": {} }, "d": [ ]})"),
              (Rows{R"('1.50' | 'true' | '{"x":[1.10,"a b\n",null],"y":{}}' | '[]')"}));
  }
}

TEST(JsonLineReader, MatchesNamesWithoutRegardToCase) {
  TestTable table = openx({"accountid", "inner row(clientip varchar)"});
  EXPECT_EQ(table.rows(R"({"accountId":"1","Inner":{"CLIENTIP":"192.0.2.1"}})"), (Rows{"'1' | ('192.0.2.1')"}));
  TestTable exact = openx({"accountid", "other"}, {{"case.insensitive", "FALSE"}, {"mapping.other", "accountId"}});
  EXPECT_EQ(exact.rows(R"({"accountId":"1"})"), (Rows{"NULL | '1'"}));
}

TEST(JsonLineReader, ReadsAColumnFromTheKeyItIsMappedTo) {
  TestTable table = openx({"ts", "again", "ts2"}, {{"mapping.ts", "timestamp"}, {"mapping.again", "Timestamp"}});
  EXPECT_EQ(table.rows(R"({"timestamp":"t","ts":"x","ts2":"y"})"), (Rows{"'t' | 't' | 'y'"}));
}

TEST(JsonLineReader, ReplacesDotsInKeysIfTold) {
  EXPECT_EQ(openx({"a_b"}).rows(R"({"a.b":1})"), (Rows{"NULL"}));
  EXPECT_EQ(openx({"a_b"}, {{"dots.in.keys", "true"}}).rows(R"({"a.b":1})"), (Rows{"'1'"}));
}

TEST(JsonLineReader, TakesTheLastOfEqualKeys) {
  EXPECT_EQ(openx({"url"}).rows(R"({"URL":"a","Url":"b"})"), (Rows{"'b'"}));
  EXPECT_EQ(openx({"m map(varchar, integer)"}).rows(R"({"m":{"k":1,"l":2,"k":3}})"), (Rows{"{'k': 3, 'l': 2}"}));
}

TEST(JsonLineReader, MakesAnArrayOfOneValueWhereOpenXDoes) {
  const std::vector<std::string> columns{"a array(varchar)", "m map(varchar, varchar)", "r row(x varchar)"};
  EXPECT_EQ(openx(columns).rows(R"({"a":"x","m":"","r":" "})"), (Rows{"['x'] | NULL | NULL"}));
  EXPECT_EQ(hive(columns).rows(R"({"a":"x"})"),
            (Rows{"error: logs/a line 1: HIVE_BAD_DATA: Error parsing field value '\"x\"' for field 0: a is a "
                  "array(varchar)"}));
}

TEST(JsonLineReader, ReadsNumbersDatesAndTimestamps) {
  TestTable table = openx({"i integer", "d double", "p decimal(5,2)", "b boolean", "day date", "t timestamp(3)"});
  EXPECT_EQ(table.rows(R"({"i":"12","d":1e3,"p":1.005,"b":"TRUE","day":"2024-01-02","t":"2024-01-02T03:04:05Z"})"
                       "\n"
                       R"({"i":12.9,"d":"0.5","p":"7","b":0,"day":1,"t":1700000000123})"),
            (Rows{"12 | 1000 | 101e-2 | true | 2024-01-02 | 2024-01-02 03:04:05.000",
                  "12 | 0.5 | 700e-2 | false | 1970-01-02 | 2023-11-14 22:13:20.123"}));
}

TEST(JsonLineReader, FailsForALineThatIsNoJson) {
  for (const char* const line : {"{\"a\":1", "{\"a\":\"x", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"b\":tru}", "{'a':1}",
                                 "{\"b\":[1,2}", "{", "{\"a\":\"\\x\"}"}) {
    TestTable table = openx({"a"});
    EXPECT_EQ(table.rows(std::string{"{\"a\":0}\n"} + line + "\n{\"a\":2}\n"),
              (Rows{"'0'", fmt::format("error: logs/a line 2: {}", kInvalid)}))
        << line;
    EXPECT_EQ(table.rows_of(line, {}), (Rows{fmt::format("error: logs/a line 1: {}", kInvalid)}))
        << "whatever columns are wanted";
  }
}

TEST(JsonLineReader, ReadsSuchALineAsNullsIfTold) {
  TestTable table = openx({"a", "b"}, {{"ignore.malformed.json", "true"}});
  EXPECT_EQ(table.rows("{\"a\":1,\"b\":\n{\"a\":2,\"b\":3}\n"), (Rows{"NULL | NULL", "'2' | '3'"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"not a JSON object: 1 at 1"}));
}

TEST(JsonLineReader, ReadsBlankLinesAsNullsWhereOpenXDoes) {
  TestTable table = openx({"a"});
  EXPECT_EQ(table.rows("\n  \n{}\nhello\n"), (Rows{"NULL", "NULL", "NULL", "NULL"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"not a JSON object: 1 at 4"}));
  EXPECT_EQ(hive({"a"}).rows("\n"), (Rows{fmt::format("error: logs/a line 1: {}", kInvalid)}));
}

TEST(JsonLineReader, ReadsTheFirstObjectOfALineAndCountsTheRest) {
  TestTable table = openx({"a"});
  EXPECT_EQ(table.rows("{\"a\":1}{\"a\":2}\n{\"a\":3} \t\n"), (Rows{"'1'", "'3'"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"text after the JSON object: 1 at 1"}));
}

TEST(JsonLineReader, FailsForAValueThatIsNoneOfItsColumnsType) {
  TestTable table = openx({"x", "n integer"});
  EXPECT_EQ(table.rows(R"({"n":"abc"})"),
            (Rows{"error: logs/a line 1: HIVE_BAD_DATA: Error parsing field value 'abc' for field 1: n is a integer"}));
  EXPECT_TRUE(table.rows(R"({"n":{"y":1}})")[0].starts_with("error"));
  TestTable null = openx({"x", "n integer", "r row(n integer)"}, {{"use.null.for.invalid.data", "true"}});
  EXPECT_EQ(null.rows(R"({"n":"abc","x":1,"r":{"n":[]}})"), (Rows{"'1' | NULL | (NULL)"}));
  EXPECT_EQ(null.bad_rows(), (Rows{"value that is none of its column's type: 1 at 1"}));
}

TEST(JsonLineReader, TakesInvalidUtf8AndLoneSurrogates) {
  TestTable table = openx({"a", "b"});
  EXPECT_EQ(table.rows("{\"a\":\"x\xff\",\"b\":\"\\ud800\\u00e4\"}"), (Rows{"'x\xef\xbf\xbd' | '?\xc3\xa4'"}));
}

TEST(JsonLineReader, RefusesNulsInsideStrings) {
  TestTable table = openx({"a"});
  EXPECT_EQ(table.rows(std::string("{\"a\":\"\0\"}", 9)), (Rows{fmt::format("error: logs/a line 1: {}", kInvalid)}));
  EXPECT_EQ(table.rows(std::string("\0", 1)), (Rows{"NULL"}));
}

TEST(JsonLineReader, SurvivesDeepNesting) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(openx({"a"}).rows("{\"a\":" + deep, 1U << 20U), (Rows{fmt::format("error: logs/a line 1: {}", kInvalid)}));
}

}  // namespace
}  // namespace flowtrail::serde
