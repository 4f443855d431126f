#include "athena/glue_tables.h"

#include <map>

#include "athena/test_session.h"
#include "hive/create_table_text.h"
#include "source/inventory.h"

namespace flowtrail::athena {
namespace {

constexpr const char* kVersion2 =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status\n";
constexpr const char* kRecord =
    "2 111122223333 eni-0a 203.0.113.25 10.0.1.20 51544 22 6 18 3120 1772359205 1772359260 ACCEPT OK\n";
constexpr const char* kNoData = "2 111122223333 eni-0a - - - - - - - 1772359260 1772359320 - NODATA\n";
constexpr const char* kEvent =
    R"({"Records":[{"eventVersion":"1.08","eventTime":"2026-03-01T10:00:05Z","eventSource":"ec2.amazonaws.com",)"
    R"("eventName":"RunInstances","awsRegion":"eu-west-1","eventID":"1"}]})";

class GlueTablesTest : public SessionFixture {
 protected:
  void flow_log(const std::string& place, const std::string& day, const std::string& text = "") {
    std::string compact = day;
    std::erase(compact, '/');
    write(fmt::format("{}/{}/111122223333_vpcflowlogs_eu-west-1_fl-0aaa_{}T1000Z_0a1b2c3d.log", place, day, compact),
          text.empty() ? std::string{kVersion2} + kRecord : text);
  }
  void trail(const std::string& place, const std::string& day) {
    std::string compact = day;
    std::erase(compact, '/');
    write(fmt::format("{}/{}/111122223333_CloudTrail_eu-west-1_{}T1005Z_AbCdEfGhIjKlMnOp.json", place, day, compact),
          kEvent);
  }

  std::vector<FoundTable> found(const std::string& prefix = "") {
    const std::vector<std::string> sources{folder_.string()};
    const auto inventory = source::list(sources, {});
    EXPECT_TRUE(inventory);
    auto tables = find_tables(*inventory, prefix);
    EXPECT_TRUE(tables);
    return *std::move(tables);
  }
  std::vector<std::string> names(const std::string& prefix = "") {
    std::vector<std::string> list;
    for (const FoundTable& table : found(prefix)) list.push_back(table.definition.table.name);
    return list;
  }
  static std::string partitions_of(const FoundTable& table) {
    std::string list;
    for (const hive::Column& column : table.definition.partition_columns) {
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", column.name, column.type.to_string());
    }
    return list;
  }
  /// As `flowtrail crawl --register` does.
  void make(const std::string& prefix = "") {
    for (const FoundTable& table : found(prefix)) run(hive::create_table_text(table.definition));
  }
};

TEST_F(GlueTablesTest, OneTableForEachKindOfLogAndRegion) {
  flow_log("AWSLogs/111122223333/vpcflowlogs/eu-west-1", "2026/03/01");
  flow_log("AWSLogs/111122223333/vpcflowlogs/eu-west-1", "2026/03/02");
  flow_log("AWSLogs/111122223333/vpcflowlogs/us-east-1", "2026/03/02");
  trail("AWSLogs/111122223333/CloudTrail/ap-south-1", "2026/03/05");
  const auto tables = found();
  ASSERT_EQ(tables.size(), 3U);
  EXPECT_EQ(names(), (std::vector<std::string>{"eu_west_1", "us_east_1", "ap_south_1"}));
  EXPECT_EQ(tables[0].kind, "VPC flow logs");
  EXPECT_EQ(tables[0].format, "text");
  EXPECT_EQ(tables[0].objects, 2U);
  EXPECT_EQ(tables[0].bytes, 2 * (std::string{kVersion2} + kRecord).size());
  EXPECT_EQ(format_utc(*tables[0].first), "2026-03-01T10:00:00Z");
  EXPECT_EQ(format_utc(*tables[0].last), "2026-03-02T10:00:00Z");
  EXPECT_EQ(tables[0].definition.location, (folder_ / "AWSLogs/111122223333/vpcflowlogs/eu-west-1").string() + "/");
  EXPECT_EQ(partitions_of(tables[0]), "partition_0 varchar, partition_1 varchar, partition_2 varchar");
  EXPECT_EQ(tables[2].kind, "CloudTrail");
  EXPECT_EQ(tables[2].format, "JSON");
}

TEST_F(GlueTablesTest, NamesHaveThePrefixAndNoOtherLetters) {
  flow_log("My Logs-2", "2026/03/01");
  EXPECT_EQ(names("VPC."), (std::vector<std::string>{"vpc_my_logs_2"}));
}

TEST_F(GlueTablesTest, EqualNamesGetTheFoldersAbove) {
  flow_log("a/vpcflowlogs/eu-west-1", "2026/03/01");
  flow_log("b/vpcflowlogs/eu-west-1", "2026/03/01");
  trail("a/CloudTrail/eu-west-1", "2026/03/01");
  EXPECT_EQ(names("x_"),
            (std::vector<std::string>{"x_eu_west_1", "x_eu_west_1_vpcflowlogs", "x_eu_west_1_cloudtrail"}));
  trail("b/CloudTrail/eu-west-1", "2026/03/01");
  EXPECT_EQ(names(), (std::vector<std::string>{"eu_west_1", "eu_west_1_vpcflowlogs", "eu_west_1_cloudtrail",
                                               "eu_west_1_cloudtrail_b"}));
}

TEST_F(GlueTablesTest, FoldersOfHivesFormNameTheirPartitions) {
  const std::string place = "AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1";
  flow_log(place + "/year=2026/month=03", "day=01", std::string{kVersion2} + kRecord);
  const auto tables = found();
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0].definition.table.name, "awslogs");
  EXPECT_EQ(
      partitions_of(tables[0]),
      "aws_account_id varchar, aws_service varchar, aws_region varchar, year varchar, month varchar, day varchar");
  make();
  EXPECT_EQ(rows("SELECT aws_account_id, aws_service, aws_region, year, month, day, dstport FROM awslogs"),
            (Rows{R"(["111122223333","vpcflowlogs","eu-west-1","2026","03","01",22])"}));
}

TEST_F(GlueTablesTest, RowsOfFlowLogsAreThoseOfTheFiles) {
  flow_log("flow/eu-west-1", "2026/03/01", std::string{kVersion2} + kRecord + kNoData);
  flow_log("flow/eu-west-1", "2026/03/02");
  make("logs_");
  EXPECT_EQ(rows("SELECT interface_id, srcaddr, dstport, start, action, log_status, partition_2 FROM logs_eu_west_1"),
            (Rows{R"(["eni-0a","-",null,1772359260,"-","NODATA","01"])",
                  R"(["eni-0a","203.0.113.25",22,1772359205,"ACCEPT","OK","01"])",
                  R"(["eni-0a","203.0.113.25",22,1772359205,"ACCEPT","OK","02"])"}))
      << "as they were delivered: duplicates, and `-` in texts";
  EXPECT_EQ(rows("SELECT count(*) FROM logs_eu_west_1 WHERE partition_0 = '2026' AND partition_2 = '02'"),
            (Rows{"[1]"}));
}

TEST_F(GlueTablesTest, TheColumnsAreThoseOfTheHeader) {
  flow_log("flow", "2026/03/01", "interface-id tcp-flags end vpc-id unheard-of\neni-0a 2 1772359260 vpc-1 x\n");
  make();
  EXPECT_EQ(rows("SELECT * FROM flow"), (Rows{R"(["eni-0a",2,1772359260,"vpc-1","x","2026","03","01"])"}));
}

TEST_F(GlueTablesTest, EventsHaveTheColumnsOfAthenasPage) {
  trail("AWSLogs/111122223333/CloudTrail/eu-west-1", "2026/03/01");
  make();
  EXPECT_EQ(rows("SELECT eventname, useridentity.type, requestparameters, partition_1 FROM eu_west_1"),
            (Rows{R"(["RunInstances",null,null,"03"])"}));
}

TEST_F(GlueTablesTest, ParquetFlowLogs) {
  const std::filesystem::path file =
      folder_ / "flow/2026/03/01/111122223333_vpcflowlogs_eu-west-1_fl-0ccc_20260301T1000Z_0a1b2c3d.log.parquet";
  std::filesystem::create_directories(file.parent_path());
  ASSERT_TRUE(connection_.execute(fmt::format(
      "COPY (SELECT 2::INTEGER AS version, 'eni-0c' AS interface_id, '10.0.1.20' AS srcaddr, 22 AS dstport, "
      "1772359205::BIGINT AS start, 'OK' AS log_status) TO {} (FORMAT parquet)",
      engine::quote_literal(file.string()))));
  const auto tables = found();
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0].format, "Parquet");
  make();
  EXPECT_EQ(rows("SELECT version, interface_id, dstport, start, partition_2 FROM flow WHERE partition_0 = '2026'"),
            (Rows{R"([2,"eni-0c",22,1772359205,"01"])"}));
}

TEST_F(GlueTablesTest, OtherFilesMakeNoTables) {
  write("notes/readme.txt", "nothing\n");
  write("state/describe-security-groups.json", R"({"SecurityGroups":[]})");
  EXPECT_EQ(names(), std::vector<std::string>{});
}

TEST_F(GlueTablesTest, NewFoldersAreSeenWithoutCrawlingAgain) {
  flow_log("flow", "2026/03/01");
  make();
  flow_log("flow", "2026/03/02");
  EXPECT_EQ(rows("SELECT partition_2, count(*) FROM flow GROUP BY 1"), (Rows{R"(["01",1])", R"(["02",1])"}));
}

}  // namespace
}  // namespace flowtrail::athena
