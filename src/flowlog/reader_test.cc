#include "flowlog/reader.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "flowlog/fields.h"
#include "flowlog/test_columns.h"

namespace flowtrail::flowlog {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefaultHeader =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status\n";

std::string default_line(int port) {
  return fmt::format(
      "2 111122223333 eni-0a1b2c3d 203.0.113.25 10.0.1.20 {} 22 6 18 3120 1788232200 1788232260 ACCEPT OK", port);
}

std::string gzip(const std::string& text) {
  z_stream state{};
  EXPECT_EQ(deflateInit2(&state, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(text.size() + 1000, '\0');
  std::string input = text;
  state.next_in = reinterpret_cast<Bytef*>(input.data());
  state.avail_in = static_cast<uInt>(input.size());
  state.next_out = reinterpret_cast<Bytef*>(packed.data());
  state.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&state, Z_FINISH), Z_STREAM_END);
  packed.resize(state.total_out);
  deflateEnd(&state);
  return packed;
}

/// Reasons with their counts and first lines: "not a number x2 @3 @5".
std::vector<std::string> bad_of(const ReadStats& stats) {
  std::vector<std::string> result;
  for (const auto& [reason, entry] : stats.bad.by_reason()) {
    std::string text = fmt::format("{} x{}", reason, entry.count);
    for (const BadInput::Place& place : entry.first) text += fmt::format(" @{}", place.line);
    result.push_back(text);
  }
  return result;
}

using Bad = std::vector<std::string>;

class ReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "flowlog_test_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void add(const std::string& key, const std::string& bytes,
           source::ObjectKind kind = source::ObjectKind::kFlowLogText) {
    source::Object object;
    object.key = key;
    object.path = folder_ / fmt::format("{}", inventory_.objects.size());
    object.kind = kind;
    object.size = bytes.size();
    std::ofstream(object.path, std::ios::binary | std::ios::trunc) << bytes;
    inventory_.objects.push_back(object);
  }

  void read(const ParquetReader& parquet = nullptr, std::optional<UtcSeconds> from = {},
            std::optional<UtcSeconds> to = {}, const ColumnFileOpener& columns = nullptr) {
    records_.clear();
    raw_.clear();
    stats_ = {};
    read_records(
        inventory_, from, to, symbols_,
        [&](const FlowRecord& record, const RawRecord& raw) {
          records_.push_back(record);
          EXPECT_EQ(raw.header->size(), raw.fields.size());
          EXPECT_EQ(raw.place, record.place);
          EXPECT_EQ(raw.object, &inventory_.objects[record.place.object]);
          std::string text;
          for (std::size_t i = 0; i < raw.fields.size(); ++i) {
            text += fmt::format("{}{}={}", i == 0 ? "" : " ", (*raw.header)[i], raw.fields[i]);
          }
          raw_.push_back(text);
        },
        stats_, parquet);
    EXPECT_EQ(records_.size(), stats_.records);
    for (const unsigned threads : {1U, 2U, 3U}) expect_scan_agrees({from, to, threads, false}, {parquet, columns});
    expect_scan_agrees({from, to, 2, true}, {parquet, columns});
  }

  /// The other way to read gives the same records and counts.
  void expect_scan_agrees(const ReadOptions& options, const ParquetFiles& parquet) {
    struct Lane : RecordLane {
      explicit Lane(std::vector<FlowRecord>& to_in) : to(to_in) {}
      Status take(std::span<const FlowRecord> records, std::uint32_t object) override {
        EXPECT_FALSE(records.empty());
        for (const FlowRecord& record : records) EXPECT_EQ(record.place.object, object);
        to.insert(to.end(), records.begin(), records.end());
        return {};
      }
      std::vector<FlowRecord>& to;
    };
    std::array<std::vector<FlowRecord>, 3> of_lanes;
    std::size_t lanes = 0;
    ReadStats stats;
    EXPECT_TRUE(scan_records(
        inventory_, options, symbols_, [&] { return std::make_unique<Lane>(of_lanes[lanes++]); }, stats, parquet));
    EXPECT_LE(lanes, options.threads);
    std::vector<FlowRecord> records;
    for (const auto& of_lane : of_lanes) records.insert(records.end(), of_lane.begin(), of_lane.end());
    std::ranges::stable_sort(records, {}, &FlowRecord::place);
    EXPECT_TRUE(records == records_) << records.size() << " records instead of " << records_.size();
    EXPECT_EQ(bad_of(stats), bad_of(stats_));
    EXPECT_EQ(stats.objects, stats_.objects);
    EXPECT_EQ(stats.bytes, stats_.bytes);
    EXPECT_EQ(stats.records, stats_.records);
    EXPECT_EQ(stats.nodata, stats_.nodata);
    EXPECT_EQ(stats.skipdata, stats_.skipdata);
    EXPECT_EQ(stats.transit_gateway_objects, stats_.transit_gateway_objects);
    EXPECT_EQ(stats.from, stats_.from);
    EXPECT_EQ(stats.to, stats_.to);
    EXPECT_EQ(stats.formats, stats_.formats);
    EXPECT_EQ(stats.missing_fields, stats_.missing_fields);
    EXPECT_EQ(stats.saw_accept, stats_.saw_accept);
    EXPECT_EQ(stats.saw_reject, stats_.saw_reject);
    EXPECT_EQ(stats.longest_interval, stats_.longest_interval);
  }

  void read_text(const std::string& text) {
    inventory_ = {};
    add("flows.log", text);
    read();
  }

  /// Source ports of the records, which the tests use as names.
  std::vector<int> ports() const {
    std::vector<int> result;
    for (const FlowRecord& record : records_) result.push_back(record.src_port);
    return result;
  }
  std::vector<std::uint32_t> lines() const {
    std::vector<std::uint32_t> result;
    for (const FlowRecord& record : records_) result.push_back(record.place.line);
    return result;
  }

  fs::path folder_;
  source::Inventory inventory_;
  SymbolTable symbols_;
  std::vector<FlowRecord> records_;
  std::vector<std::string> raw_;
  ReadStats stats_;
};

using Ports = std::vector<int>;
using Lines = std::vector<std::uint32_t>;
using Names = std::set<std::string>;

TEST_F(ReaderTest, DefaultFormatIsReadWithAndWithoutHeader) {
  const std::string records = default_line(1) + "\n" + default_line(2) + "\n";
  read_text(std::string(kDefaultHeader) + records);
  EXPECT_EQ(ports(), (Ports{1, 2}));
  EXPECT_EQ(lines(), (Lines{2, 3}));
  EXPECT_EQ(stats_.formats, (Names{"text v2 default"}));
  read_text(records);
  EXPECT_EQ(ports(), (Ports{1, 2}));
  EXPECT_EQ(lines(), (Lines{1, 2}));
  EXPECT_EQ(stats_.formats, (Names{"text v2 default"}));
  EXPECT_EQ(stats_.bad.total(), 0U);
  EXPECT_EQ(raw_[0].substr(0, 45), "version=2 account-id=111122223333 interface-i");
}

TEST_F(ReaderTest, HeadersOfAnySpellingAndOrderAreRead) {
  for (const char* header : {"srcport dstaddr srcaddr new-field", "srcport dstaddr srcaddr new_field",
                             "${srcport}  ${dstaddr}\t${srcaddr} ${new-field}"}) {
    read_text(std::string(header) + "\n7 10.0.0.1 10.0.0.2 anything\n");
    ASSERT_EQ(ports(), (Ports{7})) << header;
    EXPECT_EQ(records_[0].dst.to_string(), "10.0.0.1");
    EXPECT_EQ(raw_[0], "srcport=7 dstaddr=10.0.0.1 srcaddr=10.0.0.2 new-field=anything");
    EXPECT_EQ(stats_.formats, (Names{"text v2"}));
    EXPECT_TRUE(stats_.missing_fields.contains("start"));
    EXPECT_FALSE(stats_.missing_fields.contains("srcaddr"));
    EXPECT_FALSE(records_[0].has_time);
    EXPECT_FALSE(stats_.from.has_value());
    EXPECT_TRUE(stats_.longest_interval.empty());
  }
}

TEST_F(ReaderTest, AHeaderInTheMiddleAppliesFromThere) {
  read_text(
      "srcport dstport srcaddr dstaddr\n1 2 10.0.0.1 10.0.0.2\nsrcport dstport srcaddr dstaddr\n"
      "3 4 10.0.0.1 10.0.0.2\ndstport srcaddr srcport\n5 10.0.0.1 6\n");
  EXPECT_EQ(ports(), (Ports{1, 3, 6}));
  EXPECT_EQ(lines(), (Lines{2, 4, 6}));
  EXPECT_EQ(raw_[2], "dstport=5 srcaddr=10.0.0.1 srcport=6");
  read_text(default_line(1) + "\nsrcport srcaddr\n2 10.0.0.1\n");
  EXPECT_EQ(ports(), (Ports{1, 2}));
  EXPECT_EQ(stats_.bad.total(), 0U);
}

TEST_F(ReaderTest, ValuesThatLookLikeNamesAreNoHeader) {
  read_text("interface-id vpc-id flow-direction\neni-1 vpc-1 ingress\neni-2 vpc-1 egress\n");
  EXPECT_EQ(stats_.records, 2U);
  EXPECT_EQ(stats_.bad.total(), 0U);
}

TEST_F(ReaderTest, BlanksTabsCrLfAndEmptyLinesDoNotMatter) {
  std::string spaced = default_line(2);
  spaced.replace(spaced.find(' '), 1, "  \t ");
  read_text("\xef\xbb\xbf" + std::string(kDefaultHeader) + "\r\n\n" + default_line(1) + "\r\n  " + spaced +
            " \t\r\n   \n" + default_line(3));
  EXPECT_EQ(ports(), (Ports{1, 2, 3}));
  EXPECT_EQ(lines(), (Lines{4, 5, 7}));
  EXPECT_EQ(stats_.bad.total(), 0U);
}

TEST_F(ReaderTest, CloudWatchExportsHaveATimeBeforeEachLine) {
  read_text("2026-03-01T10:00:05.000Z " + default_line(1) + "\n2026-03-01T10:00:06.000Z " + default_line(2) + "\n");
  EXPECT_EQ(ports(), (Ports{1, 2}));
  EXPECT_EQ(stats_.formats, (Names{"cloudwatch v2"}));
  EXPECT_TRUE(raw_[0].starts_with("version=2 "));
}

TEST_F(ReaderTest, TransitGatewayLogsAreSetAsideAndCounted) {
  add("header.log", "resource-type tgw-id srcaddr dstaddr\nTransitGateway tgw-1 10.0.0.1 10.0.0.2\n");
  add("default.log", "6 TransitGateway 111122223333 tgw-1 tgw-attach-1\n");
  add("known.log", "", source::ObjectKind::kTransitGatewayFlowLog);
  add("flows.log", default_line(1) + "\n");
  read();
  EXPECT_EQ(stats_.transit_gateway_objects, 3U);
  EXPECT_EQ(stats_.objects, 1U);
  EXPECT_EQ(ports(), (Ports{1}));
  EXPECT_EQ(stats_.bad.total(), 0U);
  EXPECT_EQ(stats_.formats, (Names{"text v2 default"}));
}

TEST_F(ReaderTest, BadLinesAreCountedWithPlaceAndTheRestIsRead) {
  std::string text(kDefaultHeader);
  text += default_line(1) + "\n";
  text += "bogus line\n";
  text += default_line(70'000) + "\n";
  text += default_line(2) + " extra\n";
  text += default_line(3).substr(2) + "\n";
  text += default_line(4) + std::string(1, '\0') + "\n";
  text += default_line(5) + "\xff\n";
  text += default_line(6) + "\x01\n";
  text += default_line(7) + "\n";
  read_text(text);
  EXPECT_EQ(ports(), (Ports{1, 7}));
  EXPECT_EQ(lines(), (Lines{2, 10}));
  EXPECT_EQ(bad_of(stats_), (Bad{"control bytes in a line x2 @7 @9", "not UTF-8 x1 @8", "port out of range x1 @4",
                                 "wrong number of fields x3 @3 @5 @6"}));
}

TEST_F(ReaderTest, TagsInOtherAlphabetsAreText) {
  read_text("srcport srcaddr instance-tag\n1 10.0.0.1 gr\xc3\xbc\xc3\x9f\xe2\x82\xac\xf0\x9f\x98\x80\n");
  EXPECT_EQ(ports(), (Ports{1}));
  for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xf8\x88\x80\x80\x80"}) {
    read_text(std::string("srcport srcaddr instance-tag\n1 10.0.0.1 ") + bad + "\n2 10.0.0.1 x\n");
    EXPECT_EQ(bad_of(stats_), (Bad{"not UTF-8 x1 @2"}));
    EXPECT_EQ(ports(), (Ports{2}));
  }
}

TEST_F(ReaderTest, ALineThatIsTooLongIsSkippedToItsEnd) {
  for (const std::size_t size : {65'537U, 262'143U, 262'144U, 262'145U, 1'000'000U, 3'000'000U}) {
    read_text(default_line(1) + "\n" + std::string(size, 'x') + "\n" + default_line(2) + "\n");
    EXPECT_EQ(ports(), (Ports{1, 2})) << size;
    EXPECT_EQ(lines(), (Lines{1, 3})) << size;
    EXPECT_EQ(bad_of(stats_), (Bad{"line too long x1 @2"})) << size;
    read_text(default_line(1) + "\n" + std::string(size, 'x'));
    EXPECT_EQ(bad_of(stats_), (Bad{"line too long x1 @2"})) << size;
  }
  read_text(default_line(1) + "\n" + std::string(65'536, 'x') + "\n");
  EXPECT_EQ(bad_of(stats_), (Bad{"wrong number of fields x1 @2"}));
}

TEST_F(ReaderTest, BinaryDataIsOneBadObject) {
  std::mt19937 random(5);
  std::string junk(2'000'000, '\0');
  for (char& byte : junk) byte = static_cast<char>(random());
  read_text(junk);
  EXPECT_EQ(bad_of(stats_), (Bad{"binary data x1 @0"}));
  read_text(std::string("\x00\x01\x02", 3));
  EXPECT_EQ(bad_of(stats_), (Bad{"binary data x1 @0"}));
  read_text(std::string(500'000, '\0'));
  EXPECT_EQ(bad_of(stats_), (Bad{"binary data x1 @0"}));
  EXPECT_TRUE(stats_.formats.empty());
}

TEST_F(ReaderTest, ADamagedFirstLineCostsOnlyItself) {
  read_text(std::string("\x00\x01\n", 3) + default_line(1) + "\n");
  EXPECT_EQ(bad_of(stats_), (Bad{"control bytes in a line x1 @1"}));
  EXPECT_EQ(ports(), (Ports{1}));
  read_text("ni-1 10.0.0.1 ACCEPT OK\n" + default_line(2) + "\n");
  EXPECT_EQ(bad_of(stats_), (Bad{"wrong number of fields x1 @1"}));
  EXPECT_EQ(ports(), (Ports{2}));
  read_text("junk of some kind\nnew-field srcport srcaddr\nx 3 10.0.0.1\n");
  EXPECT_EQ(ports(), (Ports{3}));
}

TEST_F(ReaderTest, BinaryDataAfterRecordsIsGivenUpAfterAThousandLines) {
  std::string text = default_line(1) + "\n";
  for (int i = 0; i < 5000; ++i) text += "\x01\x02\n";
  read_text(text + default_line(2) + "\n");
  EXPECT_EQ(ports(), (Ports{1}));
  EXPECT_EQ(bad_of(stats_),
            (Bad{"binary data, the rest was not read x1 @0", "control bytes in a line x1000 @2 @3 @4"}));
}

TEST_F(ReaderTest, TextWithoutAnyRecordIsGivenUpAfterAThousandLines) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "a custom format exported without its header\n";
  read_text(text);
  EXPECT_EQ(bad_of(stats_),
            (Bad{"neither a header nor the default format x1 @0", "wrong number of fields x1000 @1 @2 @3"}));
  // With a header it is known what the lines should be: every bad one counts.
  read_text(std::string(kDefaultHeader) + text + default_line(1) + "\n");
  EXPECT_EQ(ports(), (Ports{1}));
  EXPECT_EQ(stats_.bad.total(), 5000U);
}

TEST_F(ReaderTest, EmptyAndHeaderOnlyObjectsAreFine) {
  read_text("");
  EXPECT_EQ(stats_.objects, 1U);
  read_text("\n\n");
  read_text(gzip(""));
  EXPECT_TRUE(stats_.formats.empty());
  read_text(std::string(kDefaultHeader));
  EXPECT_EQ(stats_.formats, (Names{"text v2 default"}));
  EXPECT_EQ(stats_.records, 0U);
  EXPECT_EQ(stats_.bad.total(), 0U);
}

TEST_F(ReaderTest, EveryCutOfAGzipGivesTheRecordsBeforeItAndOneFault) {
  std::string text(kDefaultHeader);
  std::mt19937 random(9);
  for (int i = 1; i <= 40; ++i) text += default_line(static_cast<int>(random() % 60'000)) + "\n";
  read_text(text);
  const Ports all = ports();
  ASSERT_EQ(all.size(), 40U);
  const std::string packed = gzip(text);
  std::size_t most = 0;
  for (std::size_t cut = 2; cut < packed.size(); ++cut) {
    read_text(packed.substr(0, cut));
    EXPECT_EQ(bad_of(stats_), (Bad{"truncated gzip x1 @0"})) << cut;
    const Ports some = ports();
    EXPECT_TRUE(std::ranges::equal(some, std::span(all).first(some.size()))) << cut;
    most = std::max(most, some.size());
  }
  EXPECT_EQ(most, 40U);
}

TEST_F(ReaderTest, AnObjectThatCannotBeOpenedIsCounted) {
  add("gone.log", "x");
  fs::remove(inventory_.objects[0].path);
  add("flows.log", default_line(1));
  read();
  EXPECT_EQ(bad_of(stats_), (Bad{"cannot open x1 @0"}));
  EXPECT_EQ(ports(), (Ports{1}));
}

TEST_F(ReaderTest, SeveralObjectsAreReadInTheirOrder) {
  add("a.log", gzip(default_line(1) + "\n") + gzip(default_line(2) + "\n"));
  add("b.json", "{}", source::ObjectKind::kCloudTrail);
  add("c.log", default_line(3) + "\n");
  read();
  EXPECT_EQ(ports(), (Ports{1, 2, 3}));
  EXPECT_EQ(records_[2].place, (SourcePlace{2, 1}));
  EXPECT_EQ(stats_.objects, 2U);
  EXPECT_EQ(stats_.bytes, inventory_.objects[0].size + inventory_.objects[2].size);
}

TEST_F(ReaderTest, StatisticsDescribeWhatWasRead) {
  add("day/one.log", std::string(kDefaultHeader) +
                         "2 111122223333 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1788232200 1788232259 REJECT OK\n"
                         "2 111122223333 eni-1 - - - - - - - 1788232000 1788232010 - NODATA\n"
                         "2 111122223333 eni-2 - - - - - - - 1788233000 1788233599 - SKIPDATA\n");
  add("day/two.log",
      "srcaddr dstaddr start end tcp-flags\n10.0.0.1 10.0.0.2 1788232200 1788232200 2\n10.0.0.1 10.0.0.2 7 6 2\n");
  inventory_.objects[1].flow_log_id = "fl-1";
  read();
  EXPECT_EQ(stats_.records, 5U);
  EXPECT_EQ(stats_.nodata, 1U);
  EXPECT_EQ(stats_.skipdata, 1U);
  EXPECT_EQ(stats_.from, 7);
  EXPECT_EQ(stats_.to, 1788233599);
  EXPECT_FALSE(stats_.saw_accept);
  EXPECT_TRUE(stats_.saw_reject);
  EXPECT_EQ(stats_.formats, (Names{"text v2 default", "text v3"}));
  EXPECT_EQ(stats_.longest_interval, (std::map<std::string, std::int64_t>{{"day", 600}, {"fl-1", 1}}));
  EXPECT_EQ(stats_.missing_fields, (Names{"action", "bytes", "dstport", "flow-direction", "interface-id", "log-status",
                                          "packets", "pkt-dst-aws-service", "pkt-dstaddr", "pkt-src-aws-service",
                                          "pkt-srcaddr", "protocol", "srcport", "tcp-flags"}));
}

TEST_F(ReaderTest, FlowLogsAreToldByIdElseByFolder) {
  source::Object object;
  object.key = "AWSLogs/x/file.log";
  EXPECT_EQ(flow_log_of(object), "AWSLogs/x");
  object.key = "file.log";
  EXPECT_EQ(flow_log_of(object), ".");
  object.flow_log_id = "fl-1";
  EXPECT_EQ(flow_log_of(object), "fl-1");
}

TEST_F(ReaderTest, ObjectsFarOutsideTheWindowAreNotOpened) {
  const auto slot = utc_from_seconds(1'788'232'200);
  add("flows.log", default_line(1) + "\n");
  inventory_.objects[0].slot = slot;
  const auto count = [&](std::optional<UtcSeconds> from, std::optional<UtcSeconds> to) {
    read(nullptr, from, to);
    return stats_.objects;
  };
  using std::chrono::hours;
  EXPECT_EQ(count({}, {}), 1U);
  EXPECT_EQ(count(slot + hours(24), {}), 1U);
  EXPECT_EQ(count(slot + hours(25), {}), 0U);
  EXPECT_EQ(count({}, slot - hours(23)), 1U);
  EXPECT_EQ(count({}, slot - hours(24)), 0U);
  inventory_.objects[0].slot.reset();
  EXPECT_EQ(count(slot + hours(999), {}), 1U) << "no slot, no pruning";
}

TEST_F(ReaderTest, ParquetGoesThroughTheGivenReader) {
  add("flows.parquet", "PAR1", source::ObjectKind::kFlowLogParquet);
  add("gateway.parquet", "PAR1", source::ObjectKind::kFlowLogParquet);
  read();
  EXPECT_EQ(bad_of(stats_), (Bad{"Parquet needs the embedded engine x2 @0 @0"}));

  const Header names = {"srcport", "pkt_srcaddr", "log_status", "start", "end"};
  const Header gateway = {"tgw_id", "srcaddr"};
  const std::vector<std::string_view> good = {"1", "10.0.0.1", "", "5", "6"}, bad = {"99999", "", "-", "5", "6"};
  read([&](const source::Object& object, std::uint32_t index, const ParquetRowSink& sink) -> Status {
    EXPECT_EQ(&object, &inventory_.objects[index]);
    if (index == 1) {
      sink(gateway, std::vector<std::string_view>{"tgw-1", "10.0.0.1"}, 1);
      return {};
    }
    sink(names, good, 1);
    sink(names, bad, 2);
    sink(names, good, 3);
    return failure(ErrorCode::kCorrupt, "bad Parquet data");
  });
  EXPECT_EQ(lines(), (Lines{1, 3}));
  EXPECT_EQ(raw_[0], "srcport=1 pkt-srcaddr=10.0.0.1 log-status= start=5 end=6");
  EXPECT_EQ(bad_of(stats_), (Bad{"bad Parquet data x1 @0", "port out of range x1 @2"}));
  EXPECT_EQ(stats_.formats, (Names{"parquet v3"}));
  EXPECT_EQ(stats_.objects, 1U);
  EXPECT_EQ(stats_.transit_gateway_objects, 1U);
  EXPECT_EQ(stats_.longest_interval, (std::map<std::string, std::int64_t>{{".", 2}}));
}

// ---- property: what is written in any column order and spelling is what is read

/// One field's text and what of a record must equal it.
struct Written {
  std::map<std::string, std::string> fields;
};

class RandomLog {
 public:
  explicit RandomLog(unsigned seed) : random_(seed) {}

  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  std::string value(const FieldInfo& field) {
    if (below(12) == 0) return "-";
    const std::string_view name = field.name;
    if (name == "version") return fmt::format("{}", 2 + below(10));
    if (name.ends_with("srcaddr") || name.ends_with("dstaddr")) {
      return below(4) == 0 ? IpAddress(random_(), random_()).to_string()
                           : IpAddress::from_v4(static_cast<std::uint32_t>(random_())).to_string();
    }
    if (name == "srcport" || name == "dstport") return fmt::format("{}", below(65'536));
    if (name == "protocol") return fmt::format("{}", below(256));
    if (name == "tcp-flags") return fmt::format("{}", below(64));
    if (name == "start" || name == "end") return fmt::format("{}", below(2'000'000'000));
    if (name == "packets" || name == "bytes") return fmt::format("{}", random_() >> 1U);
    if (name == "action") return below(2) == 0 ? "ACCEPT" : "REJECT";
    if (name == "log-status") return std::array{"OK", "NODATA", "SKIPDATA"}[below(3)];
    if (name == "flow-direction") return below(2) == 0 ? "ingress" : "egress";
    return fmt::format("{}-{:x}", name.substr(0, 3), below(1000));
  }

  std::vector<FieldInfo> columns() {
    std::vector<FieldInfo> columns(all_fields().begin(), all_fields().end());
    std::ranges::shuffle(columns, random_);
    columns.resize(4 + below(static_cast<unsigned>(columns.size() - 4)));
    return columns;
  }

  std::string token(const FieldInfo& field) {
    const std::string name(below(2) == 0 ? field.name : field.sql_name);
    return below(4) == 0 ? "${" + name + "}" : name;
  }
  std::string blank() { return std::array{" ", " ", "  ", "\t"}[below(4)]; }
  std::string line_end() { return std::array{"\n", "\r\n", " \n"}[below(3)]; }

 private:
  std::mt19937_64 random_;
};

std::string number_text(std::int64_t value) {
  return value < 0 ? "-" : fmt::format("{}", value);
}

TEST_F(ReaderTest, WhatIsWrittenInAnyColumnOrderIsRead) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    RandomLog log(seed);
    std::vector<Written> written;
    std::string text;
    for (unsigned part = 0; part < 1 + log.below(3); ++part) {
      const std::vector<FieldInfo> columns = log.columns();
      for (const FieldInfo& column : columns) text += log.token(column) + log.blank();
      text += log.line_end();
      for (unsigned i = 0; i < 20; ++i) {
        written.emplace_back();
        for (const FieldInfo& column : columns) {
          const std::string value = log.value(column);
          written.back().fields[std::string(column.name)] = value;
          text += value + log.blank();
        }
        text += log.line_end();
      }
    }
    read_text(log.below(2) == 0 ? text : gzip(text));
    ASSERT_EQ(records_.size(), written.size()) << seed;
    ASSERT_EQ(stats_.bad.total(), 0U) << seed;
    for (std::size_t i = 0; i < written.size(); ++i) {
      const FlowRecord& record = records_[i];
      auto& fields = written[i].fields;
      const auto wanted = [&](const std::string& name) { return fields.contains(name) ? fields[name] : "-"; };
      const auto symbol = [&](std::uint32_t code) { return code == 0 ? "-" : symbols_.text(code); };
      const auto address = [](bool has, const IpAddress& value) { return has ? value.to_string() : "-"; };
      EXPECT_EQ(symbol(record.interface),
                wanted("interface-id") == "-" ? wanted("resource-id") : wanted("interface-id"));
      EXPECT_EQ(symbol(record.account), wanted("account-id"));
      EXPECT_EQ(symbol(record.instance), wanted("instance-id"));
      EXPECT_EQ(symbol(record.vpc), wanted("vpc-id"));
      EXPECT_EQ(symbol(record.src_service), wanted("pkt-src-aws-service"));
      EXPECT_EQ(symbol(record.dst_service), wanted("pkt-dst-aws-service"));
      EXPECT_EQ(address(record.has_src, record.src), wanted("srcaddr"));
      EXPECT_EQ(address(record.has_dst, record.dst), wanted("dstaddr"));
      EXPECT_EQ(address(record.has_pkt_src, record.pkt_src), wanted("pkt-srcaddr"));
      EXPECT_EQ(address(record.has_pkt_dst, record.pkt_dst), wanted("pkt-dstaddr"));
      EXPECT_EQ(number_text(record.src_port), wanted("srcport"));
      EXPECT_EQ(number_text(record.dst_port), wanted("dstport"));
      EXPECT_EQ(number_text(record.protocol), wanted("protocol"));
      EXPECT_EQ(number_text(record.tcp_flags), wanted("tcp-flags"));
      EXPECT_EQ(number_text(record.packets), wanted("packets") == "-" ? "0" : wanted("packets"));
      EXPECT_EQ(number_text(record.bytes), wanted("bytes") == "-" ? "0" : wanted("bytes"));
      EXPECT_EQ(record.has_time, wanted("start") != "-" && wanted("end") != "-");
      if (record.has_time) {
        EXPECT_EQ(number_text(record.start), wanted("start"));
        EXPECT_EQ(number_text(record.end), wanted("end"));
      }
      const std::array actions = {"-", "ACCEPT", "REJECT"};
      EXPECT_EQ(actions[static_cast<std::size_t>(record.action)], wanted("action"));
      const std::array states = {"OK", "NODATA", "SKIPDATA"};
      EXPECT_EQ(states[static_cast<std::size_t>(record.status)],
                wanted("log-status") == "-" ? "OK" : wanted("log-status"));
      const std::array directions = {"-", "ingress", "egress"};
      EXPECT_EQ(directions[static_cast<std::size_t>(record.direction)], wanted("flow-direction"));
    }
  }
}

TEST_F(ReaderTest, DamagedTextIsCountedAndNeverACrash) {
  std::string text(kDefaultHeader);
  for (int i = 0; i < 30; ++i) text += default_line(i) + "\n";
  std::mt19937 random(17);
  std::uint64_t bad = 0;
  for (int round = 0; round < 500; ++round) {
    std::string damaged = text;
    for (unsigned i = 0; i < 1 + random() % 8; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    read_text(damaged);
    bad += stats_.bad.total();
    EXPECT_LE(stats_.records, 40U);
  }
  EXPECT_GT(bad, 500U);
}

// ---- the fast reader, where the careful one takes over and gives back

/// Three thousand lines of a real shape: version 5 with all of its fields, now and then a line of another kind.
std::string long_log(unsigned seed, unsigned odd_lines_in_thousand) {
  RandomLog random(seed);
  std::string text =
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
      "log-status vpc-id tcp-flags pkt-srcaddr pkt-dstaddr flow-direction pkt-src-aws-service\n";
  for (int i = 0; i < 3000; ++i) {
    const std::string src = IpAddress::from_v4(0x0a000000U + random.below(5000)).to_string();
    const std::string dst = random.below(30) == 0 ? "2001:db8::1" : "10.0.0." + std::to_string(random.below(256));
    std::string line = fmt::format(
        "5 111122223333 eni-{:017x} {} {} {} {} 6 {} {} {} {} {} OK vpc-1 {} {} {} {} -", random.below(40), src, dst,
        random.below(65'536), random.below(65'536), random.below(1000), random.below(4'000'000'000),
        1788232200 + random.below(600), 1788232260 + random.below(600), random.below(5) == 0 ? "REJECT" : "ACCEPT",
        random.below(32), random.below(3) == 0 ? "10.9.8.7" : src, dst, random.below(2) == 0 ? "ingress" : "egress");
    if (random.below(1000) < odd_lines_in_thousand) {
      switch (random.below(9)) {
        case 0:
          line[random.below(static_cast<unsigned>(line.size()))] ^= static_cast<char>(1U << random.below(8));
          break;
        case 1: line.insert(random.below(static_cast<unsigned>(line.size())), " "); break;
        case 2: line.erase(random.below(static_cast<unsigned>(line.size())), 1 + random.below(20)); break;
        case 3: line += "\r"; break;
        case 4: line = text.substr(0, text.find('\n')); break;
        case 5: line = "5 111122223333 eni-1 - - - - - - - 1788232200 1788232260 - NODATA - - - - - -"; break;
        case 6: line = std::string(random.below(200'000), 'x'); break;
        case 7: line[line.find(' ')] = '\n'; break;
        default: line += line; break;
      }
    }
    text += line + '\n';
  }
  return text;
}

TEST_F(ReaderTest, PlainLinesTakeTheFastWayAndStillAgree) {
  for (unsigned seed = 0; seed < 3; ++seed) {
    read_text(gzip(long_log(seed, 0)));
    EXPECT_EQ(stats_.records, 3000U);
  }
}

TEST_F(ReaderTest, OddLinesAmongPlainOnesAreCountedAlike) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    inventory_ = {};
    add("a.log", long_log(seed, 20));
    add("b.log.gz", gzip(long_log(seed + 1000, 3)));
    add("c.log", long_log(seed + 2000, 300));
    read();
  }
}

TEST_F(ReaderTest, ABigObjectThatASecondThreadInflatesIsReadAlike) {
  std::string text;
  for (unsigned seed = 0; seed < 6; ++seed) text += long_log(seed, seed % 2 == 0 ? 10 : 0);
  const std::string packed = gzip(text);
  ASSERT_GT(packed.size(), std::size_t{256} << 10U);
  read_text(packed);
  EXPECT_GT(stats_.records, 15'000U);
  read_text(packed.substr(0, packed.size() / 2));
  EXPECT_GT(stats_.records, 5'000U);
  EXPECT_GT(stats_.bad.total(), 0U);
}

TEST_F(ReaderTest, FilesThatAreReadByColumnGiveTheRecordsOfTheirRows) {
  std::mt19937 random(17);
  for (int round = 0; round < 30; ++round) {
    inventory_.objects.clear();
    std::vector<TestTable> tables;
    for (int i = 0; i < 6; ++i) tables.push_back(random_table(random, random() % 7, i % 2 == 0 ? 0 : 300));
    for (const std::size_t group : {1U, 2U}) tables[1].damaged.insert(group < tables[1].groups.size() ? group : 0);
    if (tables[1].groups.empty()) tables[1].damaged.clear();
    tables[4].names.front() = "tgw-id";
    const auto table_of = [&](const source::Object& object) -> const TestTable* {
      const auto i = static_cast<std::size_t>(&object - inventory_.objects.data());
      return i < tables.size() ? &tables[i] : nullptr;
    };
    for (const TestTable& table : tables) {
      add(fmt::format("{}.parquet", table.names.size()), "PAR1", source::ObjectKind::kFlowLogParquet);
      inventory_.objects.back().account = "777788889999";
    }
    add("text.log", long_log(static_cast<unsigned>(round), 0));
    // What another program wrote has no columns that we can read.
    const auto has_columns = [&](const source::Object& object) { return &object != &inventory_.objects[2]; };
    read([&](const source::Object& object, std::uint32_t,
             const ParquetRowSink& sink) { return table_of(object)->read_rows(sink); },
         {}, {},
         [&](const source::Object& object) -> std::unique_ptr<ColumnFile> {
           if (!has_columns(object)) return nullptr;
           return std::make_unique<TestColumnFile>(*table_of(object));
         });
  }
}

TEST_F(ReaderTest, ALaneThatFailsEndsTheReading) {
  struct Full : RecordLane {
    Status take(std::span<const FlowRecord>, std::uint32_t) override { return failure(ErrorCode::kIo, "disk full"); }
  };
  for (int i = 0; i < 4; ++i) add(fmt::format("{}.log", i), long_log(static_cast<unsigned>(i), 0));
  ReadStats stats;
  const Status status =
      scan_records(inventory_, {{}, {}, 2, false}, symbols_, [] { return std::make_unique<Full>(); }, stats);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().what, "disk full");
}

}  // namespace
}  // namespace flowtrail::flowlog
