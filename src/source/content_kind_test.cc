#include "source/content_kind.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace flowtrail::source {
namespace {

constexpr std::string_view kRecord =
    "2 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.25 10.0.1.20 51544 22 6 18 3120 1788232200 1788232260 ACCEPT OK";

struct Case {
  std::string text;
  ObjectKind kind;
  std::string reason = {};
};

void expect_kinds(std::span<const Case> cases) {
  for (const Case& expected : cases) {
    const ContentKind content = kind_of_text(expected.text);
    EXPECT_EQ(content.kind, expected.kind) << expected.text.substr(0, 100);
    if (!expected.reason.empty()) {
      EXPECT_EQ(content.reason, expected.reason);
    }
    const bool read = content.kind != ObjectKind::kUnknown && content.kind != ObjectKind::kSkipped;
    EXPECT_EQ(content.reason.empty(), read) << "what is not read says why: " << expected.text.substr(0, 100);
  }
}

TEST(ContentKind, FlowLogTextIsToldByItsFirstLine) {
  const std::string record(kRecord);
  const Case cases[] = {
      {"version account-id interface-id srcaddr dstaddr\n", ObjectKind::kFlowLogText},
      {"${version} ${account-id} ${interface-id} ${srcaddr}\r\n", ObjectKind::kFlowLogText},
      {"interface_id\tsrcaddr\tdstaddr", ObjectKind::kFlowLogText},
      {"srcaddr  dstaddr  some-column-of-the-future", ObjectKind::kFlowLogText},
      {record, ObjectKind::kFlowLogText},
      {"\n\n" + record + "\n", ObjectKind::kFlowLogText},
      {"2026-03-01T10:00:05.000Z " + record + "\n", ObjectKind::kFlowLogText},
      {"2 111122223333 eni-0a1b2c3d - - - - - - - 1788232440 1788232500 - NODATA\n", ObjectKind::kFlowLogText},
      {"ni-0a1b2c3d4e5f60718 203.0.113.25 ACCEPT OK\n" + record + "\n" + record + "\n", ObjectKind::kFlowLogText},
      {"version resource-type account-id tgw-id tgw-attachment-id\n", ObjectKind::kTransitGatewayFlowLog},
      {"tgw-id tgw-attachment-id srcaddr dstaddr", ObjectKind::kTransitGatewayFlowLog},
      {"6 TransitGateway 111122223333 tgw-0123 tgw-attach-1 - - -", ObjectKind::kTransitGatewayFlowLog},
  };
  expect_kinds(cases);
}

TEST(ContentKind, TextThatOnlySpeaksOfFlowLogsIsNone) {
  const std::string record(kRecord);
  const Case cases[] = {
      {"Repository: example/flows\nWhat: version 2 records\n", ObjectKind::kUnknown},
      {"A record looks like this:\n" + record + "\nand nothing else.\n", ObjectKind::kUnknown},
      {"version 2\n", ObjectKind::kUnknown},
      {"the start and end of it\n", ObjectKind::kUnknown},
      {"start end\nof the story", ObjectKind::kFlowLogText},  // two column names: the reader will say what is wrong
      {"UEFSMRUEFfwGFfAGTBUGFQAA", ObjectKind::kUnknown},
      {"1 111122223333 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1788232200 1788232260 ACCEPT OK", ObjectKind::kUnknown},
  };
  expect_kinds(cases);
}

TEST(ContentKind, EventsAreToldInEveryEnvelope) {
  const std::string event = R"({"eventVersion":"1.08","eventName":"RunInstances","eventTime":"2026-03-01T10:00:00Z"})";
  const std::string large = R"({"additionalEventData":{"text":")" + std::string(27'000, 'x') +
                            R"(","list":[{"a":1}]},"awsRegion":"eu-west-1","eventID":"e-1")";
  const Case cases[] = {
      {R"({"Records":[)" + event + "]}", ObjectKind::kCloudTrail},
      {R"({"Records":[]})", ObjectKind::kCloudTrail},
      {"\xef\xbb\xbf \n\t { \"Records\" : [ " + event, ObjectKind::kCloudTrail},
      {event + "\n" + event + "\n", ObjectKind::kCloudTrail},
      {"[\n  " + event + "]", ObjectKind::kCloudTrail},
      {"[" + large, ObjectKind::kCloudTrail},
      {R"({"Records":[)" + large, ObjectKind::kCloudTrail},
      {R"({"Events":[{"EventId":"e","CloudTrailEvent":"{\"eventName\":\"x\"}"}]})", ObjectKind::kCloudTrail},
      {R"({"Events":[]})", ObjectKind::kCloudTrail},
      {R"({"version":"0","detail-type":"AWS API Call via CloudTrail","detail":)" + event + "}",
       ObjectKind::kCloudTrail},
      {R"({"awsAccountId":"111122223333","digestS3Bucket":"b","logFiles":[]})", ObjectKind::kSkipped,
       "CloudTrail digest"},
  };
  expect_kinds(cases);
}

TEST(ContentKind, SnapshotsAreToldByTheirList) {
  for (const std::string name :
       {"SecurityGroups", "SecurityGroupRules", "NetworkInterfaces", "Reservations", "configurationItems", "FlowLogs",
        "PrefixLists", "SecurityGroupVpcAssociations", "NetworkAcls"}) {
    EXPECT_EQ(kind_of_text("{\"" + name + "\":[]}").kind, ObjectKind::kSnapshot) << name;
    EXPECT_EQ(kind_of_text("{\n  \"NextToken\": \"t\",\n  \"" + name + "\" : [{\"A\":1").kind, ObjectKind::kSnapshot);
  }
  const Case cases[] = {
      {R"({"Entries":[{"Cidr":"192.0.2.0/24"}]})", ObjectKind::kSnapshot},
      {R"({"fileVersion":"1.0","configurationItems":[{"resourceType":"AWS::EC2::SecurityGroup"}]})",
       ObjectKind::kSnapshot},
  };
  expect_kinds(cases);
}

TEST(ContentKind, OtherJsonIsUnknown) {
  const Case cases[] = {
      {"{}", ObjectKind::kUnknown, "JSON that flowtrail does not read"},
      {"[1,2,3]", ObjectKind::kUnknown},
      {"[", ObjectKind::kUnknown},
      {R"({"Entries":[{"Key":1}]})", ObjectKind::kUnknown},
      {R"({"Records":[{"kinesis":{"data":""}}]})", ObjectKind::kUnknown},
      // Telling names as values, or too deep, tell nothing.
      {R"({"a":"SecurityGroups","b":{"c":{"SecurityGroups":[]}}})", ObjectKind::kUnknown},
      {R"({"a":"\"Records\":","b":"\\"})", ObjectKind::kUnknown},
      {R"({"eventName":"x"})", ObjectKind::kUnknown},
  };
  expect_kinds(cases);
}

TEST(ContentKind, EmptyAndBinaryContentSayWhatTheyAre) {
  const Case cases[] = {
      {"", ObjectKind::kSkipped, "empty"},
      {" \r\n\n", ObjectKind::kSkipped, "empty"},
      {std::string("ab\0cd", 5), ObjectKind::kUnknown, "binary data"},
      {"PK\x03\x04 more", ObjectKind::kUnknown, "a zip archive, which flowtrail does not read"},
  };
  expect_kinds(cases);
}

TEST(ContentKind, RandomBytesNeverCrash) {
  std::mt19937 random(11);
  const std::string alphabet = "{}[]\":,\\ \n\tabc-_$0123456789\xff";
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 64, ' ');
    for (char& byte : text) byte = alphabet[random() % alphabet.size()];
    (void)kind_of_text(text);
  }
}

}  // namespace
}  // namespace flowtrail::source
