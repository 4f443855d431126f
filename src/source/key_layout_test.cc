#include "source/key_layout.h"

#include <gtest/gtest.h>

#include <string>

namespace flowtrail::source {
namespace {

constexpr auto kNoKind = std::optional<ObjectKind>{};

struct Case {
  std::string key;
  std::optional<ObjectKind> kind;
  std::string account, region, flow_log_id;
  std::string slot;  // empty: none
  std::string skip_reason = {};
};

TEST(KeyLayout, AwsLayoutsTellKindAndPartitionValues) {
  const std::string flow_name =
      "111122223333_vpcflowlogs_eu-west-1_fl-0123456789abcdef0_20260301T1005Z_1a2b3c4d.log.gz";
  const std::string trail_name = "111122223333_CloudTrail_us-gov-east-1_20260301T1000Z_AbCdEfGhIjKlMnOp.json.gz";
  const std::string flow_id = "fl-0123456789abcdef0";
  const Case cases[] = {
      {"AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/01/" + flow_name, ObjectKind::kFlowLogText, "111122223333",
       "eu-west-1", flow_id, "2026-03-01T10:05:00Z"},
      {"my/prefix/AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/01/10/" + flow_name, ObjectKind::kFlowLogText,
       "111122223333", "eu-west-1", flow_id, "2026-03-01T10:05:00Z"},
      {"AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=03/day=01/"
       "hour=10/111122223333_vpcflowlogs_eu-west-1_fl-0123456789abcdef0_20260301T1005Z_1a2b3c4d.log.parquet",
       ObjectKind::kFlowLogParquet, "111122223333", "eu-west-1", flow_id, "2026-03-01T10:05:00Z"},
      {flow_name, ObjectKind::kFlowLogText, "111122223333", "eu-west-1", flow_id, "2026-03-01T10:05:00Z"},
      {"AWSLogs/o-exampleorgid/111122223333/CloudTrail/us-gov-east-1/2026/03/01/" + trail_name, ObjectKind::kCloudTrail,
       "111122223333", "us-gov-east-1", "", "2026-03-01T10:00:00Z"},
      {trail_name, ObjectKind::kCloudTrail, "111122223333", "us-gov-east-1", "", "2026-03-01T10:00:00Z"},
      {"AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/01/"
       "111122223333_CloudTrail-Digest_eu-west-1_trail_eu-west-1_20260301T100000Z.json.gz",
       ObjectKind::kSkipped, "111122223333", "eu-west-1", "", "", "CloudTrail digest"},
      {"AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/03/01/"
       "111122223333_CloudTrail-Insight_eu-west-1_20260301T1000Z_AbCdEfGhIjKlMnOp.json.gz",
       ObjectKind::kSkipped, "111122223333", "eu-west-1", "", "", "CloudTrail Insight"},
      {"AWSLogs/111122223333/Config/eu-west-1/2026/3/1/ConfigHistory/"
       "111122223333_Config_eu-west-1_ConfigHistory_AWS::EC2::SecurityGroup_20260301T100000Z_20260301T110000Z_1.json."
       "gz",
       ObjectKind::kSnapshot, "111122223333", "eu-west-1", "", ""},
      {"AWSLogs/111122223333/Config/eu-west-1/2026/3/1/ConfigSnapshot/other.json.gz", ObjectKind::kSnapshot,
       "111122223333", "eu-west-1", "", ""},
      {"AWSLogs/111122223333/Config/ConfigWritabilityCheckFile", ObjectKind::kSkipped, "111122223333", "", "", "",
       "AWS Config check file"},
      {"sample/truth.json", ObjectKind::kSkipped, "", "", "", "", "answers of flowtrail sample"},
  };
  for (const Case& expected : cases) {
    const KeyFacts facts = read_key(expected.key);
    EXPECT_EQ(facts.kind, expected.kind) << expected.key;
    EXPECT_EQ(facts.account, expected.account) << expected.key;
    EXPECT_EQ(facts.region, expected.region) << expected.key;
    EXPECT_EQ(facts.flow_log_id, expected.flow_log_id) << expected.key;
    EXPECT_EQ(facts.slot ? format_utc(*facts.slot) : "", expected.slot) << expected.key;
    EXPECT_EQ(facts.skip_reason, expected.skip_reason) << expected.key;
  }
}

TEST(KeyLayout, OtherNamesLeaveTheKindToTheContent) {
  const Case cases[] = {
      {"", kNoKind, "", "", "", ""},
      {"flows.log", kNoKind, "", "", "", ""},
      {"AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/01/renamed.gz", kNoKind, "111122223333", "eu-west-1", "",
       ""},
      {"AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/part-0.parquet", kNoKind,
       "111122223333", "eu-west-1", "", ""},
      {"copy_fl-0123456789abcdef0.log", kNoKind, "", "", "fl-0123456789abcdef0", ""},
      // AWS's name, but not AWS's ending: a download that was cut, a checksum.
      {"111122223333_vpcflowlogs_eu-west-1_fl-0123456789abcdef0_20260301T1005Z_1a2b.log.gz.md5", kNoKind,
       "111122223333", "eu-west-1", "fl-0123456789abcdef0", "2026-03-01T10:05:00Z"},
      // No such day: the name still tells the kind, but no slot that could prune it.
      {"111122223333_vpcflowlogs_eu-west-1_fl-0123456789abcdef0_20260231T1005Z_1a2b.log.gz", ObjectKind::kFlowLogText,
       "111122223333", "eu-west-1", "fl-0123456789abcdef0", ""},
      {"CloudTrail/eu-west-1", kNoKind, "", "", "", ""},
      {"\xff\xfe/\x80\x81.log", kNoKind, "", "", "", ""},
  };
  for (const Case& expected : cases) {
    const KeyFacts facts = read_key(expected.key);
    EXPECT_EQ(facts.kind, expected.kind) << expected.key;
    EXPECT_EQ(facts.account, expected.account) << expected.key;
    EXPECT_EQ(facts.region, expected.region) << expected.key;
    EXPECT_EQ(facts.flow_log_id, expected.flow_log_id) << expected.key;
    EXPECT_EQ(facts.slot ? format_utc(*facts.slot) : "", expected.slot) << expected.key;
  }
}

TEST(KeyLayout, FilesOfALakeTellTheirPartition) {
  const KeyFacts facts = read_key(
      "lake/flow_logs/aws_account_id=111122223333/aws_region=eu-west-1/day=2026-03-01/fl-0123456789abcdef0_12.parquet");
  EXPECT_EQ(facts.kind, ObjectKind::kFlowLogParquet);
  EXPECT_EQ(facts.account, "111122223333");
  EXPECT_EQ(facts.region, "eu-west-1");
  EXPECT_EQ(facts.flow_log_id, "fl-0123456789abcdef0");
  EXPECT_EQ(format_utc(facts.slot.value()), "2026-03-01T00:00:00Z");
  EXPECT_EQ(format_utc(facts.last_slot.value()), "2026-03-01T23:59:00Z");
  const std::string null = "__HIVE_DEFAULT_PARTITION__";
  const KeyFacts untold = read_key(
      fmt::format("flow_logs/aws_account_id={0}/aws_region={0}/day={0}/folder-0123456789abcdef_3.parquet", null));
  EXPECT_EQ(untold.kind, ObjectKind::kFlowLogParquet);
  EXPECT_EQ(untold.account, "");
  EXPECT_EQ(untold.region, "");
  EXPECT_FALSE(untold.slot);
  EXPECT_EQ(read_key("_flowtrail/manifest.sqlite").kind, ObjectKind::kSkipped);
}

}  // namespace
}  // namespace flowtrail::source
