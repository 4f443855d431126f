#include "flowlog/flow_columns.h"

#include <gtest/gtest.h>

namespace flowtrail::flowlog {
namespace {

TEST(SymbolTable, CodesAreDenseAndStable) {
  SymbolTable symbols;
  EXPECT_EQ(symbols.find("eni-1"), SymbolTable::kAbsent);
  EXPECT_EQ(symbols.code("eni-1"), 1U);
  EXPECT_EQ(symbols.code("eni-2"), 2U);
  EXPECT_EQ(symbols.code("eni-1"), 1U);
  EXPECT_EQ(symbols.find("eni-2"), 2U);
  EXPECT_EQ(symbols.text(2), "eni-2");
  EXPECT_EQ(symbols.size(), 3U);
}

TEST(SymbolTable, NoTextIsAbsent) {
  SymbolTable symbols;
  EXPECT_EQ(symbols.code(""), SymbolTable::kAbsent);
  EXPECT_EQ(symbols.find(""), SymbolTable::kAbsent);
  EXPECT_EQ(symbols.text(SymbolTable::kAbsent), "");
  EXPECT_EQ(symbols.size(), 1U);
}

FlowRecord full_record() {
  return FlowRecord{.interface = 1,
                    .account = 2,
                    .instance = 3,
                    .vpc = 4,
                    .src_service = 5,
                    .dst_service = 6,
                    .src = IpAddress::from_v4(7),
                    .dst = IpAddress::from_v4(8),
                    .pkt_src = IpAddress::from_v4(9),
                    .pkt_dst = IpAddress(10, 11),
                    .src_port = 12,
                    .dst_port = 13,
                    .protocol = 14,
                    .tcp_flags = 15,
                    .packets = 16,
                    .bytes = 17,
                    .start = 18,
                    .end = 19,
                    .action = Action::kReject,
                    .status = LogStatus::kSkipData,
                    .direction = FlowDirection::kEgress,
                    .place = {20, 21}};
}

void expect_equal(const FlowRecord& left, const FlowRecord& right) {
  EXPECT_EQ(left.interface, right.interface);
  EXPECT_EQ(left.account, right.account);
  EXPECT_EQ(left.instance, right.instance);
  EXPECT_EQ(left.vpc, right.vpc);
  EXPECT_EQ(left.src_service, right.src_service);
  EXPECT_EQ(left.dst_service, right.dst_service);
  EXPECT_EQ(left.src, right.src);
  EXPECT_EQ(left.dst, right.dst);
  EXPECT_EQ(left.pkt_src, right.pkt_src);
  EXPECT_EQ(left.pkt_dst, right.pkt_dst);
  EXPECT_EQ(left.has_src, right.has_src);
  EXPECT_EQ(left.has_dst, right.has_dst);
  EXPECT_EQ(left.has_pkt_src, right.has_pkt_src);
  EXPECT_EQ(left.has_pkt_dst, right.has_pkt_dst);
  EXPECT_EQ(left.has_time, right.has_time);
  EXPECT_EQ(left.src_port, right.src_port);
  EXPECT_EQ(left.dst_port, right.dst_port);
  EXPECT_EQ(left.protocol, right.protocol);
  EXPECT_EQ(left.tcp_flags, right.tcp_flags);
  EXPECT_EQ(left.packets, right.packets);
  EXPECT_EQ(left.bytes, right.bytes);
  EXPECT_EQ(left.start, right.start);
  EXPECT_EQ(left.end, right.end);
  EXPECT_EQ(left.action, right.action);
  EXPECT_EQ(left.status, right.status);
  EXPECT_EQ(left.direction, right.direction);
  EXPECT_EQ(left.place, right.place);
}

TEST(FlowColumns, ARecordComesBackAsItWentIn) {
  FlowColumns columns;
  columns.reserve(40);
  columns.push_back(FlowRecord{});
  for (unsigned bits = 0; bits < 32; ++bits) {
    FlowRecord record = full_record();
    record.has_src = (bits & 1U) != 0;
    record.has_dst = (bits & 2U) != 0;
    record.has_pkt_src = (bits & 4U) != 0;
    record.has_pkt_dst = (bits & 8U) != 0;
    record.has_time = (bits & 16U) != 0;
    columns.push_back(record);
    expect_equal(columns.at(columns.size() - 1), record);
  }
  expect_equal(columns.at(0), FlowRecord{});
  EXPECT_EQ(columns.size(), 33U);
  EXPECT_EQ(columns.address_presence[16] & 15U, 15U);
  columns.clear();
  EXPECT_EQ(columns.size(), 0U);
  EXPECT_TRUE(columns.place.empty());
}

}  // namespace
}  // namespace flowtrail::flowlog
