// Records that AWS wrote (or its documentation shows), read with the values that their sources state.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "flowlog/reader.h"
#include "source/inventory.h"

namespace flowtrail::flowlog {
namespace {

namespace fs = std::filesystem;
using Row = std::map<std::string, std::string>;
using Rows = std::vector<Row>;

class CorpusTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(FLOWTRAIL_SOURCE_DIR) / "../shared/corpus/vpcflow";
    if (!fs::exists(folder_)) GTEST_SKIP() << "CORPUS ABSENT: " << folder_;
  }

  /// Reads one file as the program would: listed, classified, read. A row has the present fields, dashed.
  void read(const std::string& name, const ParquetReader& parquet = nullptr) {
    const std::vector<std::string> sources = {(folder_ / name).string()};
    auto inventory = source::list(sources, {});
    ASSERT_TRUE(inventory.has_value());
    inventory_ = *std::move(inventory);
    read_records(
        inventory_, {}, {}, symbols_,
        [&](const FlowRecord& record, const RawRecord& raw) {
          records_.push_back(record);
          Row& row = rows_.emplace_back();
          for (std::size_t i = 0; i < raw.fields.size(); ++i) {
            if (raw.fields[i] != "-") row[(*raw.header)[i]] = raw.fields[i];
          }
        },
        stats_, parquet);
  }

  fs::path folder_;
  source::Inventory inventory_;
  SymbolTable symbols_;
  std::vector<FlowRecord> records_;
  Rows rows_;
  ReadStats stats_;
};

TEST_F(CorpusTest, HeaderlessDefaultRecords) {
  read("flowlogs-reader/v2_records.log");
  ASSERT_EQ(rows_.size(), 5U);
  EXPECT_EQ(rows_[0], (Row{{"version", "2"},
                           {"account-id", "123456789010"},
                           {"interface-id", "eni-102010ab"},
                           {"srcaddr", "198.51.100.1"},
                           {"dstaddr", "192.0.2.1"},
                           {"srcport", "443"},
                           {"dstport", "49152"},
                           {"protocol", "6"},
                           {"packets", "10"},
                           {"bytes", "840"},
                           {"start", "1439387263"},
                           {"end", "1439387264"},
                           {"action", "ACCEPT"},
                           {"log-status", "OK"}}));
  EXPECT_EQ(format_utc(utc_from_seconds(records_[0].start)), "2015-08-12T13:47:43Z");
  EXPECT_EQ(records_[2].action, Action::kReject);
  EXPECT_EQ(records_[3].status, LogStatus::kNoData);
  EXPECT_EQ(records_[4].status, LogStatus::kSkipData);
  EXPECT_EQ(rows_[3].size(), 6U);
  EXPECT_EQ(stats_.bad.total(), 0U);
}

TEST_F(CorpusTest, AlphabeticalColumnsWithoutInterfaceActionAndStatus) {
  for (const auto& [file, format] : {std::pair{"v3_file.log", "text v3"}, std::pair{"v4_file.log", "text v4"}}) {
    records_.clear();
    rows_.clear();
    stats_ = {};
    read(std::string("flowlogs-reader/") + file);
    ASSERT_EQ(records_.size(), 2U);
    const FlowRecord& record = records_[0];
    EXPECT_EQ(symbols_.text(record.account), "000000000000");
    EXPECT_EQ(record.src.to_string(), "172.18.160.68");
    EXPECT_EQ(record.dst.to_string(), "172.18.160.93");
    EXPECT_EQ(record.pkt_src.to_string(), "192.168.0.1");
    EXPECT_EQ(record.pkt_dst.to_string(), "172.18.160.93");
    EXPECT_EQ(record.src_port, 443);
    EXPECT_EQ(record.dst_port, 47460);
    EXPECT_EQ(record.packets, 10);
    EXPECT_EQ(record.bytes, 6392);
    EXPECT_EQ(record.tcp_flags, 19);
    EXPECT_EQ(format_utc(utc_from_seconds(record.start)), "2019-09-12T14:59:27Z");
    EXPECT_EQ(format_utc(utc_from_seconds(record.end)), "2019-09-12T15:00:25Z");
    EXPECT_EQ(symbols_.text(record.vpc), "vpc-0461a061");
    EXPECT_EQ(symbols_.text(record.instance), "i-06f9249b");
    EXPECT_EQ(record.interface, SymbolTable::kAbsent);
    EXPECT_EQ(record.action, Action::kAbsent);
    EXPECT_EQ(record.status, LogStatus::kOk);
    EXPECT_EQ(records_[1].src_port, 8088);
    EXPECT_EQ(records_[1].bytes, 1698);
    EXPECT_EQ(records_[1].tcp_flags, 3);
    EXPECT_EQ(stats_.formats, (std::set<std::string>{format}));
    EXPECT_EQ(stats_.bad.total(), 0U);
    EXPECT_TRUE(stats_.missing_fields.contains("action") && stats_.missing_fields.contains("log-status"));
  }
  EXPECT_EQ(rows_[0].at("sublocation-type"), "wavelength");
  EXPECT_EQ(rows_[1].at("sublocation-id"), "outpostid04");
}

TEST_F(CorpusTest, VersionFiveWithABogusLine) {
  read("flowlogs-reader/v5_file.log");
  ASSERT_EQ(records_.size(), 2U);
  EXPECT_EQ(records_[0].direction, FlowDirection::kIngress);
  EXPECT_EQ(records_[1].direction, FlowDirection::kEgress);
  EXPECT_EQ(symbols_.text(records_[0].src_service), "S3");
  EXPECT_EQ(records_[0].dst_service, SymbolTable::kAbsent);
  EXPECT_EQ(symbols_.text(records_[1].dst_service), "S3");
  EXPECT_EQ(records_[0].pkt_src.to_string(), "198.51.100.6");
  EXPECT_EQ(rows_[1].at("traffic-path"), "7");
  EXPECT_FALSE(rows_[0].contains("traffic-path"));
  EXPECT_EQ(stats_.formats, (std::set<std::string>{"text v5"}));
  ASSERT_EQ(stats_.bad.total(), 1U);
  const auto& [reason, entry] = *stats_.bad.by_reason().begin();
  EXPECT_EQ(reason, "wrong number of fields");
  EXPECT_EQ(entry.first.at(0).object, "v5_file.log");
  EXPECT_EQ(entry.first.at(0).line, 4U);
}

TEST_F(CorpusTest, TransitGatewayRecordsAreSetAside) {
  read("flowlogs-reader/v6_file.log");
  EXPECT_EQ(records_.size(), 0U);
  EXPECT_EQ(stats_.transit_gateway_objects, 1U);
  EXPECT_EQ(stats_.bad.total(), 0U);
}

TEST_F(CorpusTest, TheDocumentationsExamplesAreReadWithoutABadLine) {
  const std::map<std::string, std::size_t> expected = {{"01-accepted-and-rejected-traffic.log", 2},
                                                       {"02-no-data-and-skipped-records.log", 2},
                                                       {"03-security-group-and-network-acl-rules.log", 2},
                                                       {"04-ipv6-traffic.log", 1},
                                                       {"05-tcp-flag-sequence.log", 8},
                                                       {"06-traffic-through-a-nat-gateway.log", 6},
                                                       {"07-traffic-through-a-transit-gateway.log", 4},
                                                       {"08-service-name-traffic-path-and-flow-direction.log", 2}};
  read("aws-user-guide");
  std::map<std::string, std::size_t> counts;
  for (const FlowRecord& record : records_) ++counts[inventory_.objects[record.place.object].key];
  EXPECT_EQ(counts, expected);
  EXPECT_EQ(stats_.bad.total(), 0U);
  EXPECT_EQ(stats_.nodata, 1U);
  EXPECT_EQ(stats_.skipdata, 1U);
}

TEST_F(CorpusTest, FlagsOfTheDocumentedConnection) {
  read("aws-user-guide/05-tcp-flag-sequence.log");
  std::vector<int> flags;
  for (const FlowRecord& record : records_) flags.push_back(record.tcp_flags);
  EXPECT_EQ(flags, (std::vector<int>{2, 18, 2, 18, 1, 1, 3, 19}));
  EXPECT_EQ(records_[7].dst_port, 43638) << "the line with two blanks";
  EXPECT_EQ(records_[7].pkt_src.to_string(), "10.0.0.62");
}

TEST_F(CorpusTest, NatGatewayRecordsWithoutTimesAreReadAndSaySo) {
  read("aws-user-guide/06-traffic-through-a-nat-gateway.log");
  ASSERT_EQ(records_.size(), 6U);
  for (const FlowRecord& record : records_) EXPECT_FALSE(record.has_time);
  EXPECT_EQ(records_[0].dst.to_string(), "10.0.0.220");
  EXPECT_EQ(records_[0].pkt_dst.to_string(), "203.0.113.5");
  EXPECT_EQ(symbols_.text(records_[4].instance), "i-01234567890123456");
  EXPECT_FALSE(stats_.from.has_value());
}

TEST_F(CorpusTest, ServiceNamesAndIpv6) {
  read("aws-user-guide/08-service-name-traffic-path-and-flow-direction.log");
  EXPECT_EQ(symbols_.text(records_.at(0).src_service), "S3");
  EXPECT_EQ(rows_.at(1).at("traffic-path"), "8");
  read("aws-user-guide/04-ipv6-traffic.log");
  EXPECT_EQ(records_.at(2).src.to_string(), "2001:db8:1234:a100:8d6e:3477:df66:f105");
}

/// The rows of flows.parquet as its source states them; reading the file itself is tested with the embedded engine.
TEST_F(CorpusTest, ParquetRowsAreDecodedWithTheirOddValues) {
  const Header names = {"version",  "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport",
                        "protocol", "packets",    "bytes",        "start",   "end",     "action",  "log_status"};
  const std::array<std::array<std::string_view, 14>, 3> rows = {
      {{"2", "123456789010", "eni-102010ab", "198.51.100.1", "192.0.2.1", "443", "49152", "6", "10", "840",
        "1439387263", "1439387264", "ACCEPT", "OK"},
       {"2", "123456789010", "eni-202010ab", "-", "-", "-", "-", "-", "-", "-", "1439387263", "1439387264", "-",
        "NODATA"},
       {"2", "123456789010", "eni-202010ab", "198.51.100.7", "192.0.2.156", "80", "100", "8080", "-", "-", "1439387263",
        "1439387264", "-", "NODATA"}}};
  source::Object object;
  object.kind = source::ObjectKind::kFlowLogParquet;
  inventory_.objects = {object};
  std::vector<FlowRecord> records;
  read_records(
      inventory_, {}, {}, symbols_, [&](const FlowRecord& record, const RawRecord&) { records.push_back(record); },
      stats_,
      [&](const source::Object&, std::uint32_t, const ParquetRowSink& sink) -> Status {
        for (std::size_t i = 0; i < rows.size(); ++i) sink(names, rows[i], i + 1);
        return {};
      });
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(stats_.bad.total(), 0U);
  EXPECT_EQ(stats_.nodata, 2U);
  EXPECT_EQ(records[2].protocol, 8080);
  EXPECT_FALSE(records[1].has_src);
}

}  // namespace
}  // namespace flowtrail::flowlog
