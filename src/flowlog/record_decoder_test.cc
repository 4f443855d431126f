#include "flowlog/record_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "flowlog/reader.h"

namespace flowtrail::flowlog {
namespace {

/// A record as name=value pairs, so that a test shows only what matters to it.
class Line {
 public:
  Line(std::initializer_list<std::pair<std::string, std::string>> values) {
    for (const auto& [name, value] : values) set(name, value);
  }
  Line with(const std::string& name, const std::string& value) const {
    Line copy = *this;
    copy.set(name, value);
    return copy;
  }
  Line without(const std::string& name) const {
    Line copy = *this;
    const auto found = std::ranges::find(copy.names_, name);
    copy.values_.erase(copy.values_.begin() + (found - copy.names_.begin()));
    copy.names_.erase(found);
    return copy;
  }

  Result<FlowRecord> decode(SymbolTable& symbols, const source::Object* object = nullptr) const {
    const std::vector<std::string_view> fields(values_.begin(), values_.end());
    return flowlog::decode(RawRecord{&names_, fields, object, {3, 4}}, symbols);
  }

 private:
  void set(const std::string& name, const std::string& value) {
    const auto found = std::ranges::find(names_, name);
    if (found != names_.end()) {
      values_[static_cast<std::size_t>(found - names_.begin())] = value;
    } else {
      names_.push_back(name);
      values_.push_back(value);
    }
  }
  Header names_;
  std::vector<std::string> values_;
};

const Line& default_line() {
  static const Line kLine = {{"version", "2"},
                             {"account-id", "111122223333"},
                             {"interface-id", "eni-0a1b2c3d"},
                             {"srcaddr", "203.0.113.25"},
                             {"dstaddr", "10.0.1.20"},
                             {"srcport", "51544"},
                             {"dstport", "22"},
                             {"protocol", "6"},
                             {"packets", "18"},
                             {"bytes", "3120"},
                             {"start", "1788232200"},
                             {"end", "1788232260"},
                             {"action", "ACCEPT"},
                             {"log-status", "OK"}};
  return kLine;
}

class DecoderTest : public ::testing::Test {
 protected:
  FlowRecord good(const Line& line, const source::Object* object = nullptr) {
    auto record = line.decode(symbols_, object);
    EXPECT_TRUE(record.has_value()) << record.error().what;
    return record.value_or(FlowRecord{});
  }
  std::string bad(const Line& line, const source::Object* object = nullptr) {
    auto record = line.decode(symbols_, object);
    return record ? "" : record.error().what;
  }
  SymbolTable symbols_;
};

IpAddress address(std::string_view text) {
  return IpAddress::parse(text).value();
}

TEST_F(DecoderTest, ADefaultRecordHasItsValues) {
  const FlowRecord record = good(default_line());
  EXPECT_EQ(symbols_.text(record.interface), "eni-0a1b2c3d");
  EXPECT_EQ(symbols_.text(record.account), "111122223333");
  EXPECT_EQ(record.instance, SymbolTable::kAbsent);
  EXPECT_EQ(record.src, address("203.0.113.25"));
  EXPECT_EQ(record.dst, address("10.0.1.20"));
  EXPECT_TRUE(record.has_src && record.has_dst && record.has_time);
  EXPECT_FALSE(record.has_pkt_src || record.has_pkt_dst);
  EXPECT_EQ(record.pkt_src, record.src);
  EXPECT_EQ(record.pkt_dst, record.dst);
  EXPECT_EQ(record.src_port, 51544);
  EXPECT_EQ(record.dst_port, 22);
  EXPECT_EQ(record.protocol, 6);
  EXPECT_EQ(record.tcp_flags, -1);
  EXPECT_EQ(record.packets, 18);
  EXPECT_EQ(record.bytes, 3120);
  EXPECT_EQ(record.start, 1788232200);
  EXPECT_EQ(record.end, 1788232260);
  EXPECT_EQ(record.action, Action::kAccept);
  EXPECT_EQ(record.status, LogStatus::kOk);
  EXPECT_EQ(record.direction, FlowDirection::kAbsent);
  EXPECT_EQ(record.place, (SourcePlace{3, 4}));
}

TEST_F(DecoderTest, LaterFieldsHaveTheirValues) {
  const FlowRecord record = good(default_line()
                                     .with("vpc-id", "vpc-1")
                                     .with("instance-id", "i-1")
                                     .with("tcp-flags", "18")
                                     .with("pkt-srcaddr", "2001:db8::1")
                                     .with("pkt-dstaddr", "10.0.1.21")
                                     .with("pkt-src-aws-service", "S3")
                                     .with("pkt-dst-aws-service", "-")
                                     .with("flow-direction", "egress")
                                     .with("field-of-the-future", "anything at all"));
  EXPECT_EQ(symbols_.text(record.vpc), "vpc-1");
  EXPECT_EQ(symbols_.text(record.instance), "i-1");
  EXPECT_EQ(record.tcp_flags, 18);
  EXPECT_TRUE(record.has_pkt_src && record.has_pkt_dst);
  EXPECT_EQ(record.pkt_src, address("2001:db8::1"));
  EXPECT_EQ(record.pkt_dst, address("10.0.1.21"));
  EXPECT_EQ(symbols_.text(record.src_service), "S3");
  EXPECT_EQ(record.dst_service, SymbolTable::kAbsent);
  EXPECT_EQ(record.direction, FlowDirection::kEgress);
}

TEST_F(DecoderTest, ADashIsAbsentEverywhere) {
  Line line = default_line().with("log-status", "NODATA").with("tcp-flags", "-").with("flow-direction", "-");
  for (const char* name : {"srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "action"}) {
    line = line.with(name, "-");
  }
  const FlowRecord record = good(line);
  EXPECT_FALSE(record.has_src || record.has_dst || record.has_pkt_src || record.has_pkt_dst);
  EXPECT_EQ(record.src_port, -1);
  EXPECT_EQ(record.dst_port, -1);
  EXPECT_EQ(record.protocol, -1);
  EXPECT_EQ(record.tcp_flags, -1);
  EXPECT_EQ(record.packets, 0);
  EXPECT_EQ(record.action, Action::kAbsent);
  EXPECT_EQ(record.status, LogStatus::kNoData);
  EXPECT_EQ(good(line.with("log-status", "SKIPDATA")).status, LogStatus::kSkipData);
  EXPECT_TRUE(good(line.with("version", "-").with("account-id", "-").with("interface-id", "-")).has_time);
}

TEST_F(DecoderTest, NothingStandsForNullInParquet) {
  const FlowRecord record =
      good(default_line().with("srcaddr", "").with("srcport", "").with("action", "").with("bytes", ""));
  EXPECT_FALSE(record.has_src);
  EXPECT_EQ(record.src_port, -1);
  EXPECT_EQ(record.action, Action::kAbsent);
  EXPECT_EQ(record.bytes, 0);
}

TEST_F(DecoderTest, MissingColumnsAreAbsent) {
  const FlowRecord record = good(default_line().without("log-status").without("action").without("interface-id"));
  EXPECT_EQ(record.status, LogStatus::kOk);
  EXPECT_EQ(record.action, Action::kAbsent);
  EXPECT_EQ(record.interface, SymbolTable::kAbsent);
}

TEST_F(DecoderTest, WithoutStartOrEndARecordHasNoTime) {
  EXPECT_FALSE(good(default_line().without("start")).has_time);
  EXPECT_FALSE(good(default_line().without("end")).has_time);
  EXPECT_FALSE(good(default_line().with("start", "-")).has_time);
  EXPECT_FALSE(good(Line{{"srcaddr", "10.0.0.1"}, {"dstaddr", "10.0.0.2"}}).has_time);
}

TEST_F(DecoderTest, AResourceStandsInForAMissingInterface) {
  const Line line = default_line().with("resource-id", "nat-0123");
  EXPECT_EQ(symbols_.text(good(line).interface), "eni-0a1b2c3d");
  EXPECT_EQ(symbols_.text(good(line.with("interface-id", "-")).interface), "nat-0123");
  EXPECT_EQ(symbols_.text(good(line.without("interface-id")).interface), "nat-0123");
}

TEST_F(DecoderTest, AnUnknownAccountIsThatOfThePath) {
  source::Object object;
  object.account = "444455556666";
  EXPECT_EQ(symbols_.text(good(default_line(), &object).account), "111122223333");
  EXPECT_EQ(symbols_.text(good(default_line().with("account-id", "unknown"), &object).account), "444455556666");
  EXPECT_EQ(symbols_.text(good(default_line().without("account-id"), &object).account), "444455556666");
  EXPECT_EQ(good(default_line().with("account-id", "unknown")).account, SymbolTable::kAbsent);
}

TEST_F(DecoderTest, MillisecondsAreSeconds) {
  EXPECT_EQ(good(default_line().with("start", "1788232200123")).start, 1788232200);
  EXPECT_EQ(good(default_line().with("end", "2147483647999")).end, 2147483647);
  EXPECT_EQ(good(default_line().with("start", "2147483647")).start, 2147483647);
  EXPECT_EQ(good(default_line().with("start", "2147483648")).start, 2147483);
  EXPECT_EQ(good(default_line().with("start", "0")).start, 0);
}

TEST_F(DecoderTest, BadValuesHaveShortStableReasons) {
  struct Case {
    std::string name, value, reason;
  };
  const Case cases[] = {
      {"srcport", "65535", ""},
      {"srcport", "65536", "port out of range"},
      {"dstport", "-1", "port out of range"},
      {"dstport", "99999999999999999999999", "port out of range"},
      {"dstport", "22x", "not a number"},
      {"dstport", "0x16", "not a number"},
      {"dstport", "+22", "not a number"},
      {"dstport", "--", "not a number"},
      {"protocol", "255", ""},
      {"protocol", "256", "protocol out of range"},
      {"protocol", "tcp", "not a number"},
      {"packets", "-18", "negative number"},
      {"packets", "-x", "not a number"},
      {"bytes", "9223372036854775807", ""},
      {"bytes", "9223372036854775808", "number out of range"},
      {"bytes", "18446744073709551616", "number out of range"},
      {"bytes", "1e9", "not a number"},
      {"bytes", "3.5", "not a number"},
      {"start", "-5", "time out of range"},
      {"start", "2026-03-01T00:00:00Z", "not a number"},
      {"end", "2147483648000", "time out of range"},
      {"end", "999999999999999999999", "time out of range"},
      {"srcaddr", "10.0.0.256", "not an address"},
      {"srcaddr", "10.0.0", "not an address"},
      {"srcaddr", "10.0.0.1.2", "not an address"},
      {"srcaddr", "10..0.1", "not an address"},
      {"srcaddr", "10.0.0.01", "not an address"},
      {"srcaddr", ".10.0.0.1", "not an address"},
      {"srcaddr", "10.0.0.1.", "not an address"},
      {"srcaddr", "10.0.0.1/32", "not an address"},
      {"srcaddr", "eni-1", "not an address"},
      {"srcaddr", "0.0.0.0", ""},
      {"dstaddr", "255.255.255.255", ""},
      {"dstaddr", "2001:db8::", ""},
      {"dstaddr", "2001:db8:::1", "not an address"},
      {"dstaddr", "1:2:3:4:5:6:7:8:9", "not an address"},
      {"dstaddr", std::string(1000, ':'), "not an address"},
      {"action", "accept", "not an action"},
      {"action", "ACCEPTED", "not an action"},
      {"log-status", "ok", "not a log status"},
      {"log-status", "OKAY", "not a log status"},
      {"version", "two", "not a number"},
      {"version", "1000", "not a version"},
      {"flow-direction", "sideways", "not a flow direction"},
      {"tcp-flags", "SYN", "not a number"},
      {"tcp-flags", "65536", "tcp-flags out of range"},
      {"pkt-srcaddr", "x", "not an address"},
  };
  for (const Case& expected : cases) {
    EXPECT_EQ(bad(default_line().with(expected.name, expected.value)), expected.reason)
        << expected.name << "=" << expected.value;
  }
}

TEST_F(DecoderTest, ABadRecordLeavesNoSymbols) {
  EXPECT_EQ(bad(default_line().with("srcaddr", "x")), "not an address");
  EXPECT_EQ(symbols_.size(), 1U);
}

TEST_F(DecoderTest, ParquetKeepsAnyProtocolNumber) {
  source::Object object;
  object.kind = source::ObjectKind::kFlowLogParquet;
  EXPECT_EQ(good(default_line().with("protocol", "8080"), &object).protocol, 8080);
  EXPECT_EQ(bad(default_line().with("protocol", "2147483648"), &object), "protocol out of range");
  EXPECT_EQ(bad(default_line().with("protocol", "-1"), &object), "protocol out of range");
}

TEST_F(DecoderTest, FieldsAndColumnsMustBeAsMany) {
  const Header names = {"srcaddr", "dstaddr"};
  RecordDecoder decoder(names, symbols_);
  FlowRecord record;
  const std::vector<std::string_view> fields = {"10.0.0.1", "10.0.0.2", "10.0.0.3"};
  const std::span<const std::string_view> all(fields);
  EXPECT_EQ(decoder.decode(all.first(2), nullptr, {}, record), nullptr);
  EXPECT_STREQ(decoder.decode(all.first(1), nullptr, {}, record), "wrong number of fields");
  EXPECT_STREQ(decoder.decode(all, nullptr, {}, record), "wrong number of fields");
  EXPECT_STREQ(decoder.decode({}, nullptr, {}, record), "wrong number of fields");
}

TEST_F(DecoderTest, OfTwoEqualColumnsTheFirstCounts) {
  const Header names = {"srcport", "srcport"};
  RecordDecoder decoder(names, symbols_);
  FlowRecord record;
  const std::vector<std::string_view> fields = {"1", "2"};
  ASSERT_EQ(decoder.decode(fields, nullptr, {}, record), nullptr);
  EXPECT_EQ(record.src_port, 1);
}

}  // namespace
}  // namespace flowtrail::flowlog
