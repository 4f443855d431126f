#include "tables/tables.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/database.h"

namespace flowtrail::tables {
namespace {

constexpr std::string_view kVersion2 =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status\n";

class TablesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path{testing::TempDir()} /
              fmt::format("tables_{}", testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream{folder_ / name, std::ios::binary} << text;
  }

  static std::string flow_log_key(const std::string& id, const std::string& time) {
    return fmt::format(
        "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/01/111122223333_vpcflowlogs_eu-west-1_{}_"
        "20260301T{}Z_0a1b2c3d.log",
        id, time);
  }

  void open() {
    ingest::Options options;
    options.sources = {folder_.string()};
    auto report = register_tables(connection_, options);
    ASSERT_TRUE(report) << report.error().to_string();
    report_ = *report;
  }

  std::vector<std::string> rows(const std::string& sql) {
    std::vector<std::string> texts;
    const auto table = connection_.fetch_all(sql);
    if (!table) {
      ADD_FAILURE() << sql << ": " << table.error().to_string();
      return texts;
    }
    for (const auto& row : table->rows) {
      std::string& text = texts.emplace_back();
      for (const auto& value : row) text += (text.empty() ? "" : "|") + output::plain_value(value, "NULL");
    }
    return texts;
  }

  using Texts = std::vector<std::string>;
  std::filesystem::path folder_;
  engine::Database database_ = engine::Database::open({}).value();
  engine::Connection connection_ = database_.connect().value();
  std::shared_ptr<const ScanReport> report_;
};

TEST_F(TablesTest, FlowRecordsHaveAwsNamesTypesAndTheirPlace) {
  write(flow_log_key("fl-0aaa", "1000"),
        std::string{kVersion2} +
            "2 111122223333 eni-0a 203.0.113.25 10.0.1.20 51544 22 6 18 3120 1772359205 1772359260 ACCEPT OK\n"
            "2 111122223333 eni-0a - - - - - - - 1772359260 1772359320 - NODATA\n");
  open();
  EXPECT_EQ(
      rows("SELECT version, account_id, interface_id, srcaddr, dstport, protocol, packets, bytes, \"end\" - start, "
           "action, log_status, tcp_flags, vpc_id FROM vpc_flow_logs"),
      (Texts{"2|111122223333|eni-0a|203.0.113.25|22|6|18|3120|55|ACCEPT|OK|NULL|NULL",
             "2|111122223333|eni-0a|NULL|NULL|NULL|NULL|NULL|60|NULL|NODATA|NULL|NULL"}));
  EXPECT_EQ(rows("SELECT \"$path\", \"$line\", aws_account_id, aws_region, day FROM vpc_flow_logs LIMIT 1"),
            (Texts{flow_log_key("fl-0aaa", "1000") + "|2|111122223333|eu-west-1|2026-03-01"}));
  EXPECT_EQ(report_->bad_total(), 0U);
}

TEST_F(TablesTest, ColumnsOfDifferentFormatsAreUnited) {
  write(flow_log_key("fl-0aaa", "1000"),
        std::string{kVersion2} +
            "2 111122223333 eni-0a 203.0.113.25 10.0.1.20 51544 22 6 18 3120 1772359205 1772359260 ACCEPT OK\n");
  write(flow_log_key("fl-0bbb", "1000"),
        "interface-id srcaddr dstaddr srcport dstport protocol start end packets bytes action tcp-flags reject-reason\n"
        "eni-0b 203.0.113.25 10.0.1.21 51544 22 6 1772359205 1772359260 1 40 REJECT 2 BPA\n");
  open();
  EXPECT_EQ(rows("SELECT interface_id, version, tcp_flags, reject_reason, log_status FROM vpc_flow_logs ORDER BY 1"),
            (Texts{"eni-0a|2|NULL|NULL|OK", "eni-0b|NULL|2|BPA|NULL"}));
}

TEST_F(TablesTest, CopiesOfRecordsCountOnceAndAreTold) {
  const std::string line =
      "2 111122223333 eni-0a 203.0.113.25 10.0.1.20 51544 22 6 18 3120 1772359205 1772359260 ACCEPT OK\n";
  write(flow_log_key("fl-0aaa", "1000"), std::string{kVersion2} + line + line);
  write(flow_log_key("fl-0bbb", "1000"), std::string{kVersion2} + line);
  open();
  EXPECT_EQ(rows("SELECT count(*), min(\"$path\") FROM vpc_flow_logs"),
            (Texts{"1|" + flow_log_key("fl-0aaa", "1000")}));
  EXPECT_EQ(rows("SELECT count(*) FROM vpc_flow_logs a JOIN vpc_flow_logs b USING (interface_id)"), (Texts{"1"}));
  const auto warnings = report_->warnings();
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, "duplicate-records");
  EXPECT_EQ(warnings[0].count, 2U) << "two scans do not count twice";
}

TEST_F(TablesTest, BadLinesAreCountedWithTheirPlace) {
  const std::string key = flow_log_key("fl-0aaa", "1000");
  write(key, std::string{kVersion2} +
                 "2 111122223333 eni-0a 203.0.113.25 10.0.1.20 51544 22 6 18 3120 1772359205 1772359260 ACCEPT OK\n"
                 "2 111122223333 eni-0a 203.0.113.25 10.0.1.20 51544\n"
                 "2 111122223333 eni-0a 203.0.113.26 10.0.1.20 51544 22 6 18 3120 1772359205 1772359260 ACCEPT OK\n");
  open();
  EXPECT_EQ(rows("SELECT count(*) FROM vpc_flow_logs"), (Texts{"2"}));
  EXPECT_EQ(report_->bad_total(), 1U);
  ASSERT_EQ(report_->warnings().size(), 1U);
  EXPECT_EQ(report_->warnings()[0].code, "bad-input");
  EXPECT_EQ(report_->warnings()[0].example, key + ":3");
}

TEST_F(TablesTest, ParquetFlowLogsAreTheSameTable) {
  const std::filesystem::path path = folder_ / (flow_log_key("fl-0ccc", "1005") + ".parquet");
  std::filesystem::create_directories(path.parent_path());
  ASSERT_TRUE(connection_.execute(fmt::format(
      "COPY (SELECT 5::INTEGER AS version, '111122223333' AS account_id, 'eni-0c' AS interface_id, '203.0.113.25' AS "
      "srcaddr, '10.0.1.20' AS dstaddr, 51544 AS srcport, 22 AS dstport, 6 AS protocol, 18::BIGINT AS packets, "
      "3120::BIGINT AS bytes, 1772359205::BIGINT AS start, 1772359260::BIGINT AS \"end\", 'ACCEPT' AS action, 'OK' AS "
      "log_status, NULL::INTEGER AS traffic_path, 'ingress' AS flow_direction) TO {} (FORMAT parquet)",
      engine::quote_literal(path.string()))));
  open();
  EXPECT_EQ(rows("SELECT interface_id, dstport, traffic_path, flow_direction, \"$line\" FROM vpc_flow_logs"),
            (Texts{"eni-0c|22|NULL|ingress|1"}));
}

TEST_F(TablesTest, TwoScansOfOneParquetFileDoNotWaitForEachOther) {
  const std::filesystem::path path = folder_ / (flow_log_key("fl-0ccc", "1005") + ".parquet");
  std::filesystem::create_directories(path.parent_path());
  ASSERT_TRUE(connection_.execute(fmt::format(
      "COPY (SELECT 2::INTEGER AS version, '111122223333' AS account_id, 'eni-0c' AS interface_id, '203.0.113.25' AS "
      "srcaddr, '10.0.1.20' AS dstaddr, range % 60000 AS srcport, 22 AS dstport, 6 AS protocol, range AS packets, "
      "3120::BIGINT AS bytes, 1772359205::BIGINT AS start, 1772359260::BIGINT AS \"end\", 'ACCEPT' AS action, 'OK' AS "
      "log_status FROM range(1, 40001)) TO {} (FORMAT parquet)",
      engine::quote_literal(path.string()))));
  open();
  EXPECT_EQ(rows("SELECT count(*) FROM vpc_flow_logs a JOIN vpc_flow_logs b USING (packets)"), (Texts{"40000"}));
  EXPECT_EQ(rows("SELECT count(*) FROM (FROM vpc_flow_logs UNION ALL FROM vpc_flow_logs)"), (Texts{"80000"}));
}

constexpr std::string_view kEvents = R"({"Records":[
{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROA:jane","arn":"arn:aws:sts::111122223333:assumed-role/Admin/jane","accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","userName":"Admin"},"attributes":{"mfaAuthenticated":"true","creationDate":"2026-03-01T09:00:00Z"}}},"eventTime":"2026-03-01T10:00:05Z","eventSource":"ec2.amazonaws.com","eventName":"CreateSecurityGroup","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2","requestParameters":{"groupName":"web","groupDescription":"web","vpcId":"vpc-0a"},"responseElements":{"_return":true,"groupId":"sg-0a"},"requestID":"r1","eventID":"11111111-0000-4000-8000-000000000001","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111122223333","resources":[{"ARN":"arn:aws:ec2:x","accountId":"111122223333","type":"AWS::EC2::SecurityGroup"}],"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"c","clientProvidedHostHeader":"h"}},
{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/joe","accountId":"111122223333","userName":"joe"},"eventTime":"2026-03-01T10:01:00Z","eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2","requestParameters":{"groupId":"sg-0a"},"responseElements":{"_return":true,"securityGroupRuleSet":{"items":[{"groupOwnerId":"111122223333","groupId":"sg-0a","securityGroupRuleId":"sgr-0a","isEgress":false,"ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIpv4":"203.0.113.0/24"}]}},"requestID":"r2","eventID":"11111111-0000-4000-8000-000000000002","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111122223333"}
]})";

constexpr std::string_view kTrailKey =
    "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/01/111122223333_CloudTrail_eu-west-1_20260301T1005Z_"
    "AbCdEfGhIjKlMnOp.json";

TEST_F(TablesTest, EventsHaveTheColumnsOfAthenasDdl) {
  write(std::string{kTrailKey}, kEvents);
  open();
  EXPECT_EQ(rows("SELECT eventname, useridentity.sessioncontext.sessionissuer.username, "
                 "useridentity.sessioncontext.attributes.mfaauthenticated, resources[1].arn, tlsdetails.tlsversion, "
                 "json_extract_string(responseelements, '$.groupId'), readonly, eventtime FROM cloudtrail_logs "
                 "WHERE useridentity.type = 'AssumedRole'"),
            (Texts{"CreateSecurityGroup|Admin|true|arn:aws:ec2:x|TLSv1.3|sg-0a|false|2026-03-01T10:00:05Z"}));
  EXPECT_EQ(rows("SELECT useridentity.username, resources, tlsdetails, errorcode, \"$record\" FROM cloudtrail_logs "
                 "WHERE eventname LIKE 'Authorize%'"),
            (Texts{"joe|NULL|NULL|NULL|2"}));
}

TEST_F(TablesTest, CopiesOfEventsCountOnceAndAreTold) {
  write(std::string{kTrailKey}, kEvents);
  write("copy/" + std::string{kTrailKey}, kEvents);
  open();
  EXPECT_EQ(rows("SELECT count(*), count(DISTINCT eventid) FROM cloudtrail_logs"), (Texts{"2|2"}));
  ASSERT_EQ(report_->warnings().size(), 1U);
  EXPECT_EQ(report_->warnings()[0].code, "duplicate-events");
  EXPECT_EQ(report_->warnings()[0].count, 2U);
}

TEST_F(TablesTest, TheHistoryHasIntervalsAndTheEventsThatProveThem) {
  write(std::string{kTrailKey}, kEvents);
  open();
  EXPECT_EQ(rows("SELECT rule_id, group_name, direction, protocol, from_port, source, valid_from, valid_to, "
                 "right(from_event_id, 1), to_event_id FROM security_group_rules WHERE direction = 'ingress'"),
            (Texts{"sgr-0a|web|ingress|6|22|203.0.113.0/24|2026-03-01T10:01:00Z|NULL|2|NULL"}));
  EXPECT_EQ(rows("SELECT group_id, group_name, vpc_id, valid_from, rules_baseline FROM security_groups"),
            (Texts{"sg-0a|web|vpc-0a|2026-03-01T10:00:05Z|created"}));
}

TEST_F(TablesTest, UsageJoinsTheHistoryInOneStatement) {
  write(std::string{kTrailKey}, kEvents);
  write(flow_log_key("fl-0aaa", "1010"),
        std::string{kVersion2} +
            "2 111122223333 eni-0a 203.0.113.25 10.0.1.20 51544 22 6 18 3120 1772359805 1772359860 ACCEPT OK\n"
            "2 111122223333 eni-0a 10.0.1.20 203.0.113.25 22 51544 6 18 3120 1772359806 1772359860 ACCEPT OK\n");
  open();
  EXPECT_EQ(rows("SELECT r.rule_id, u.sole_hits + u.shared_hits, u.used FROM security_group_rules r JOIN rule_usage u "
                 "USING (rule) WHERE r.rule_id = 'sgr-0a'"),
            (Texts{"sgr-0a|0|false"}));
  EXPECT_EQ(rows("SELECT sum(records), count(DISTINCT interface_id) FROM peer_usage"), (Texts{"2|1"}));
}

TEST_F(TablesTest, EveryNameThatIsToldIsATable) {
  write(std::string{kTrailKey}, kEvents);
  open();
  for (const std::string& name : table_names()) {
    EXPECT_EQ(rows("SELECT count(*) >= 0 FROM " + name), (Texts{"true"})) << name;
    EXPECT_FALSE(rows("DESCRIBE " + name).empty()) << name;
  }
  EXPECT_EQ(rows("SHOW TABLES").size(), table_names().size());
}

TEST_F(TablesTest, ASourceThatDoesNotExistIsAnError) {
  ingest::Options options;
  options.sources = {(folder_ / "absent").string()};
  const auto report = register_tables(connection_, options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kNotFound);
}

TEST_F(TablesTest, AFilterGivenToTheScanLeavesOutRecordsAndFiles) {
  const auto line = [](int port, const char* action) {
    return fmt::format("2 111122223333 eni-1 203.0.113.5 10.0.0.1 4000 {} 6 1 40 1772359200 1772359260 {} OK\n", port,
                       action);
  };
  write(flow_log_key("fl-0aaa", "1000"), std::string{kVersion2} + line(22, "ACCEPT") + line(80, "REJECT"));
  write(flow_log_key("fl-0aaa", "1005"), std::string{kVersion2} + line(22, "REJECT") + line(22, "ACCEPT"));
  open();
  const std::string scan = "SELECT action FROM flowtrail_scan_vpc_flow_logs(filter := '{}') ORDER BY action";
  EXPECT_EQ(rows(fmt::format(fmt::runtime(scan), R"([{"column":"dstport","one_of":[22]}])")),
            (Texts{"ACCEPT", "REJECT"}));
  EXPECT_EQ(rows(fmt::format(fmt::runtime(scan), R"([{"column":"aws_region","one_of":["us-east-1"]}])")), Texts{});
  EXPECT_FALSE(connection_.execute("FROM flowtrail_scan_vpc_flow_logs(filter := 'port 22')"));
}

TEST_F(TablesTest, WhichCopyIsKeptDoesNotDependOnTheFilter) {
  const std::string record = "2 111122223333 eni-1 203.0.113.5 10.0.0.1 4000 22 6 1 40 1772359200 1772359260 ACCEPT OK";
  write(flow_log_key("fl-0aaa", "1000"), std::string{kVersion2} + record + "\n");
  write(flow_log_key("fl-0bbb", "1000"),
        std::string{kVersion2.substr(0, kVersion2.size() - 1)} + " vpc-id\n" + record + " vpc-1\n");
  open();
  EXPECT_EQ(
      rows(R"(SELECT vpc_id FROM flowtrail_scan_vpc_flow_logs(filter := '[{"column":"vpc_id","one_of":["vpc-1"]}]'))"),
      Texts{"NULL"});
}

TEST_F(TablesTest, AFilterOverParquetKeepsTheNumbersOfRows) {
  const std::string file = (folder_ / "flows.parquet").string();
  ASSERT_TRUE(connection_.execute(fmt::format(
      "COPY (SELECT 2 AS version, 'eni-' || i % 7 AS interface_id, '10.0.0.1' AS srcaddr, '10.0.0.2' AS dstaddr, "
      "i AS srcport, i % 100 AS dstport, 1772359200::BIGINT + i AS start, 1772359260::BIGINT + i AS \"end\", "
      "'k' AS source_key FROM range(20000) t(i)) TO '{}' (FORMAT parquet, ROW_GROUP_SIZE 2048)",
      file)));
  open();
  const auto both = [&](const std::string& condition, const std::string& filter) {
    const std::string columns = "SELECT srcport, \"$line\" FROM ";
    const Texts expected = rows(columns + "vpc_flow_logs WHERE " + condition + " ORDER BY ALL");
    EXPECT_FALSE(expected.empty());
    const std::string scan = columns + "flowtrail_scan_vpc_flow_logs(filter := '[" + filter + "]') ORDER BY ALL";
    EXPECT_EQ(rows(scan), expected) << condition;
  };
  both("dstport IN (22, 23)", R"({"column":"dstport","one_of":[22,23]})");
  both("start BETWEEN 1772362000 AND 1772362100", R"({"column":"start","least":1772362000,"greatest":1772362100})");
  both("interface_id = 'eni-3' AND dstport < 5",
       R"({"column":"interface_id","one_of":["eni-3"]},{"column":"dstport","below":5})");
  both("interface_id LIKE 'eni-6%'", R"({"column":"interface-id","prefix":"eni-6"})");
}

}  // namespace
}  // namespace flowtrail::tables
