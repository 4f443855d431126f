#include <gtest/gtest.h>

#include <random>

#include "serde/test_reading.h"

namespace flowtrail::serde {
namespace {

constexpr const char* kInput = "com.amazon.emr.cloudtrail.CloudTrailInputFormat";

constexpr const char* kIdentity =
    "useridentity row(type varchar, principalid varchar, arn varchar, accountid varchar, sessioncontext "
    "row(attributes row(mfaauthenticated varchar, creationdate varchar), sessionissuer row(type varchar, username "
    "varchar)))";

TestTable cloudtrail(const std::vector<std::string>& columns,
                     const std::string& serde = "com.amazon.emr.hive.serde.CloudTrailSerde") {
  return {{.serde_class = serde, .input_format = kInput}, TestTable::typed(columns)};
}

std::string record(int number, const std::string& more = "") {
  return fmt::format(R"({{"eventVersion":"1.08","eventID":"e{}"{}}})", number, more);
}

TEST(CloudTrailReader, ReadsTheTableOfAthenasPage) {
  TestTable table =
      cloudtrail({"eventversion", kIdentity, "eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress",
                  "errorcode", "requestparameters", "responseelements", "additionaleventdata", "readonly",
                  "resources array(row(arn varchar, accountid varchar, type varchar))", "recipientaccountid"});
  EXPECT_EQ(
      table.rows(
          R"({"Records":[{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:alice",)"
          R"("arn":"arn:aws:sts::111122223333:assumed-role/admin/alice","accountId":"111122223333","sessionContext":)"
          R"({"sessionIssuer":{"type":"Role","userName":"admin"},"webIdFederationData":{},"attributes":)"
          R"({"creationDate":"2024-03-01T09:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"2024-03-01T10:00:00Z",)"
          R"("eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress","awsRegion":"us-east-1",)"
          R"("sourceIPAddress":"192.0.2.1","requestParameters":{"groupId": "sg-1", "ipPermissions":{"items":[]}},)"
          R"("responseElements":null,"readOnly":false,"resources":[{"ARN":"arn:aws:s3:::b","accountId":"111122223333"}],)"
          R"("recipientAccountId":"111122223333"}]})"),
      (Rows{R"('1.08' | ('AssumedRole', 'AROAEXAMPLE:alice', 'arn:aws:sts::111122223333:assumed-role/admin/alice', )"
            R"('111122223333', (('false', '2024-03-01T09:00:00Z'), ('Role', 'admin'))) | '2024-03-01T10:00:00Z' | )"
            R"('ec2.amazonaws.com' | 'AuthorizeSecurityGroupIngress' | 'us-east-1' | '192.0.2.1' | NULL | )"
            R"('{"groupId": "sg-1", "ipPermissions":{"items":[]}}' | NULL | NULL | 'false' | )"
            R"([('arn:aws:s3:::b', '111122223333', NULL)] | '111122223333')"}));
  EXPECT_EQ(table.bad.total(), 0U);
}

TEST(CloudTrailReader, KeepsRawTextWithHivesSerDesAndNoBlanksWithOpenX) {
  const std::string text = "{\"Records\":[{\"eventName\":\"a\",\"requestParameters\":{ \"x\" :\n [1, 2] }}]}";
  const std::vector<std::string> columns{"requestparameters"};
  EXPECT_EQ(cloudtrail(columns).rows(text), (Rows{"'{ \"x\" :\n [1, 2] }'"}));
  EXPECT_EQ(cloudtrail(columns, "org.apache.hive.hcatalog.data.JsonSerDe").rows(text),
            (Rows{"'{ \"x\" :\n [1, 2] }'"}));
  EXPECT_EQ(cloudtrail(columns, "org.openx.data.jsonserde.JsonSerDe").rows(text), (Rows{"'{\"x\":[1,2]}'"}));
}

TEST(CloudTrailReader, GivesDuplicatesAsDelivered) {
  TestTable table = cloudtrail({"eventid"});
  EXPECT_EQ(table.rows("{\"Records\":[" + record(1) + "," + record(1) + "]}"), (Rows{"'e1'", "'e1'"}));
  EXPECT_EQ(table.lines, (std::vector<std::uint64_t>{1, 2})) << "the number of the record";
}

TEST(CloudTrailReader, ReadsRecordsInAnyOfTheirForms) {
  const Rows both{"'e1'", "'e2'"};
  for (const std::string& text : {
           "{\"Records\":[" + record(1) + " ,\n" + record(2) + "]}",
           "{\"version\":1,\"records\":[" + record(1) + "," + record(2) + "],\"more\":{\"x\":[]}}",
           "{\"Records\":[" + record(1) + "]}\n{\"Records\":[" + record(2) + "]}\n",
           "[" + record(1) + "," + record(2) + "]",
           record(1) + "\n" + record(2) + "\n",
           record(1) + record(2),
           "\xef\xbb\xbf" + record(1) + "\r\n" + record(2),
       }) {
    TestTable table = cloudtrail({"eventid"});
    EXPECT_EQ(table.rows(text), both) << text;
    EXPECT_EQ(table.bad.total(), 0U) << text;
  }
}

TEST(CloudTrailReader, ReadsAFileWithoutRecordsAsNoRows) {
  TestTable table = cloudtrail({"eventid"});
  EXPECT_EQ(table.rows("{\"Records\":[]}"), Rows{});
  EXPECT_EQ(table.bad.total(), 0U);
  EXPECT_EQ(table.rows(""), Rows{});
  EXPECT_EQ(table.bad_rows(), (Rows{"empty object: 1 at 0"}));
  EXPECT_EQ(table.rows("{}"), Rows{});
  EXPECT_EQ(table.bad_rows(), (Rows{"not a CloudTrail record: 1 at 1"}));
  EXPECT_EQ(table.rows("{\"Records\":[1,\"x\",{}]}"), (Rows{"NULL"})) << "an object in the list is a row";
  EXPECT_EQ(table.bad_rows(), (Rows{"not a CloudTrail record: 2 at 1 2"}));
}

TEST(CloudTrailReader, CostsOneRecordForOneThatIsBroken) {
  TestTable table = cloudtrail({"eventid"});
  EXPECT_EQ(table.rows("{\"Records\":[" + record(1) + "," + record(2, ",\"x\":tru") + "," + record(3) + "," +
                       record(4) + "]}\n"),
            (Rows{"'e1'", "'e3'", "'e4'"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"not JSON: 1 at 2"}));
  EXPECT_EQ(table.lines, (std::vector<std::uint64_t>{1, 3, 4}));
  EXPECT_EQ(table.rows(record(1) + "\n{\"eventVersion\":\nrubbish\n" + record(2) + "\n"), (Rows{"'e1'", "'e2'"}));
}

TEST(CloudTrailReader, GivesTheRecordsBeforeASuddenEnd) {
  TestTable table = cloudtrail({"eventid"});
  const std::string whole = "{\"Records\":[" + record(1) + "," + record(2) + "]}";
  EXPECT_EQ(table.rows(whole.substr(0, whole.size() - 10)), (Rows{"'e1'"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"JSON ends inside a record: 1 at 2"}));
  EXPECT_EQ(table.rows(whole.substr(0, whole.size() - 10), 7, true), (Rows{"'e1'", "error: : truncated gzip"}));
  EXPECT_EQ(table.bad.total(), 0U) << "the fault of the object says it already";
}

TEST(CloudTrailReader, ReadsAValueThatIsNoneOfItsColumnsTypeAsNull) {
  TestTable table = cloudtrail({"eventid", "resources array(varchar)", "eventtime timestamp(3)"});
  EXPECT_EQ(table.rows("[" + record(1, R"(,"resources":{"a":1},"eventTime":"2024-03-01T10:00:00Z")") + "]"),
            (Rows{"'e1' | NULL | 2024-03-01 10:00:00.000"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"value that is none of its column's type: 1 at 1"}));
}

TEST(CloudTrailReader, EndsOnWhateverBytesInTimeLinearInThem) {
  std::string nested;
  for (int i = 0; i < 20'000; ++i) nested += "{\"eventVersion\":[1,1,1,1,";
  EXPECT_EQ(cloudtrail({"eventid"}).rows(nested, 1U << 20U), Rows{});

  std::mt19937_64 random(11);
  const std::string whole =
      "{\"Records\":[" + record(1, R"(,"x":{"y":["z",null,1.5e3,true]})") + "," + record(2) + "]}\n";
  const std::string letters = std::string("{}[]\",:\\ne1\xff", 12) + '\0';
  for (int round = 0; round < 3000; ++round) {
    std::string text = whole + whole;
    for (int change = 0; change < 3; ++change) text[random() % text.size()] = letters[random() % letters.size()];
    TestTable table = cloudtrail({"eventid", "x"});
    const Rows rows = table.rows(text, 64);
    EXPECT_LE(rows.size(), 8U) << text;
    if (rows.size() < 4) {
      EXPECT_GT(table.bad.total(), 0U) << text;
    }
  }
}

}  // namespace
}  // namespace flowtrail::serde
