#include "flowlog/filter.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "flowlog/reader.h"

namespace flowtrail::flowlog {
namespace {

namespace fs = std::filesystem;

Filter filter(std::string column, decltype(Predicate::test) test) {
  return Filter{{{std::move(column), std::move(test)}}};
}

bool passes(const Filter& wanted, const std::vector<std::string>& names, std::vector<std::string_view> fields) {
  return LineFilter(wanted, names).passes(fields);
}

Cidr block(std::string_view text) {
  return Cidr::parse(text).value();
}

source::Object object_with_slot(std::string_view time) {
  source::Object object;
  object.account = "111122223333";
  object.region = "eu-west-1";
  object.key = "a/b.log.gz";
  object.slot = parse_utc(time).value();
  return object;
}

TEST(Filter, NumbersAreComparedByValue) {
  const Filter ssh = filter("dstport", OneOfNumbers{{22}});
  EXPECT_TRUE(passes(ssh, {"dstport"}, {"22"}));
  EXPECT_TRUE(passes(ssh, {"dstport"}, {"0022"}));
  EXPECT_FALSE(passes(ssh, {"dstport"}, {"220"}));
  const Filter range = filter("bytes", NumberRange{100, std::nullopt});
  EXPECT_TRUE(passes(range, {"bytes"}, {"100"}));
  EXPECT_TRUE(passes(range, {"bytes"}, {"9223372036854775807"}));
  EXPECT_FALSE(passes(range, {"bytes"}, {"99"}));
}

TEST(Filter, AbsentValuesMeetNoTest) {
  const Filter not_ssh = filter("dstport", NumberRange{std::nullopt, 100});
  EXPECT_FALSE(passes(not_ssh, {"dstport"}, {"-"}));
  EXPECT_FALSE(passes(not_ssh, {"dstport"}, {""}));
  EXPECT_FALSE(passes(not_ssh, {"srcport"}, {"22"}));
}

TEST(Filter, TextOfAnotherKindIsLeftToTheDecoder) {
  EXPECT_TRUE(passes(filter("dstport", OneOfNumbers{{22}}), {"dstport"}, {"ssh"}));
  EXPECT_TRUE(passes(filter("srcaddr", InBlocks{{block("10.0.0.0/8")}}), {"srcaddr"}, {"10.0.0"}));
  EXPECT_TRUE(passes(filter("dstport", OneOfTexts{{"22"}}), {"dstport"}, {"0022"}));
}

TEST(Filter, ColumnsAreNamedWithEitherSign) {
  const Filter service = filter("pkt_src_aws_service", OneOfTexts{{"S3"}});
  EXPECT_TRUE(passes(service, {"pkt-src-aws-service"}, {"S3"}));
  EXPECT_FALSE(passes(service, {"pkt-src-aws-service"}, {"EC2"}));
}

TEST(Filter, TimesAreSecondsEvenWhereTheFileHasMilliseconds) {
  const Filter window = filter("start", NumberRange{1788232200, 1788232259});
  EXPECT_TRUE(passes(window, {"start"}, {"1788232200"}));
  EXPECT_TRUE(passes(window, {"start"}, {"1788232259999"}));
  EXPECT_FALSE(passes(window, {"start"}, {"1788232260000"}));
}

TEST(Filter, BlocksHoldAddressesOfTheirFamily) {
  const Filter inside = filter("srcaddr", InBlocks{{block("10.0.0.0/8"), block("2001:db8::/32")}});
  EXPECT_TRUE(passes(inside, {"srcaddr"}, {"10.255.0.1"}));
  EXPECT_FALSE(passes(inside, {"srcaddr"}, {"11.0.0.1"}));
  EXPECT_TRUE(passes(inside, {"srcaddr"}, {"2001:db8::7"}));
  EXPECT_FALSE(passes(filter("srcaddr", InBlocks{{block("0.0.0.0/0")}}), {"srcaddr"}, {"2001:db8::7"}));
}

TEST(Filter, TextRangesAndPrefixesGoByBytes) {
  const Filter range = filter("interface-id", TextRange{"eni-b", "eni-d", false, false});
  EXPECT_TRUE(passes(range, {"interface-id"}, {"eni-b0"}));
  EXPECT_FALSE(passes(range, {"interface-id"}, {"eni-b"}));
  EXPECT_FALSE(passes(range, {"interface-id"}, {"eni-d"}));
  EXPECT_TRUE(passes(filter("interface-id", TextPrefix{"eni-0"}), {"interface-id"}, {"eni-0a"}));
  EXPECT_FALSE(passes(filter("interface-id", TextPrefix{"eni-0"}), {"interface-id"}, {"eni-"}));
}

TEST(Filter, OfTwoEqualNamesTheFirstCounts) {
  EXPECT_TRUE(passes(filter("dstport", OneOfNumbers{{1}}), {"dstport", "dstport"}, {"1", "2"}));
}

TEST(Filter, KeysLeaveOutObjects) {
  const source::Object object = object_with_slot("2026-03-01T10:05Z");
  EXPECT_TRUE(may_hold(filter("aws_region", OneOfTexts{{"eu-west-1"}}), object));
  EXPECT_FALSE(may_hold(filter("aws_region", OneOfTexts{{"us-east-1"}}), object));
  EXPECT_FALSE(may_hold(filter("aws_account_id", TextPrefix{"2"}), object));
  EXPECT_TRUE(may_hold(filter("day", TextRange{"2026-02-28", "2026-03-01"}), object));
  EXPECT_FALSE(may_hold(filter("day", TextRange{"2026-03-02", std::nullopt}), object));
  EXPECT_FALSE(may_hold(filter("day", OneOfTexts{{"2026-03-01"}}), source::Object{}));
}

TEST(Filter, RecordsOwnAccountAndRegionLeaveOutNoObject) {
  const source::Object object = object_with_slot("2026-03-01T10:05Z");
  EXPECT_TRUE(may_hold(filter("account_id", OneOfTexts{{"999999999999"}}), object));
  EXPECT_TRUE(may_hold(filter("region", OneOfTexts{{"us-east-1"}}), object));
}

TEST(Filter, TimesLeaveOutObjectsMoreThanADayAway) {
  const source::Object object = object_with_slot("2026-03-02T00:00Z");
  const auto from = [&](std::string_view time) {
    return may_hold(filter("start", NumberRange{to_seconds(parse_utc(time).value()), std::nullopt}), object);
  };
  EXPECT_TRUE(from("2026-03-03T00:00Z"));
  EXPECT_FALSE(from("2026-03-03T00:01Z"));
  EXPECT_TRUE(may_hold(filter("end", NumberRange{std::nullopt, 0}), source::Object{}));
  EXPECT_FALSE(may_hold(filter("end", NumberRange{std::nullopt, 0}), object));
}

// ---- at the reader: the same as afterwards

using Rows = std::multiset<std::string>;

std::string row_text(const FlowRecord& record) {
  return fmt::format("{}:{} {} {} {} {} {} {}", record.place.object, record.place.line, record.src.to_string(),
                     record.dst_port, record.bytes, record.start, static_cast<int>(record.action), record.interface);
}

/// One of `what`, as the whole of a text column of a log.
class RandomLogs {
 public:
  explicit RandomLogs(unsigned seed) : random_(seed) {}

  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  std::string log() {
    std::vector<std::string> columns = {"dstport", "interface-id", "srcaddr",      "start", "end",
                                        "bytes",   "action",       "traffic-path", "vpc-id"};
    std::ranges::shuffle(columns, random_);
    columns.resize(4 + below(6));
    std::string text = header(columns);
    for (unsigned i = 0; i < 400; ++i) {
      if (below(150) == 0) {  // another format from here on, of as many columns
        std::ranges::shuffle(columns, random_);
        text += header(columns);
      }
      std::string line;
      for (const std::string& column : columns) line += (line.empty() ? "" : " ") + value(column);
      if (below(60) == 0) line[below(static_cast<unsigned>(line.size()))] = static_cast<char>(random_());
      if (below(80) == 0) line.insert(line.find(' '), " ");
      text += line + (below(40) == 0 ? "\r\n" : "\n");
    }
    return text;
  }

  Filter filter() {
    Filter wanted;
    const unsigned count = 1 + below(3);
    for (unsigned i = 0; i < count; ++i) wanted.predicates.push_back(predicate());
    return wanted;
  }

 private:
  static std::string header(const std::vector<std::string>& columns) {
    std::string text;
    for (const std::string& column : columns) text += (text.empty() ? "" : " ") + column;
    return text + '\n';
  }

  std::string value(std::string_view column) {
    if (below(15) == 0) return "-";
    if (column == "dstport") return std::array{"22", "0022", "443", "65535", "8080"}[below(5)];
    if (column == "interface-id") return fmt::format("eni-{:x}", below(12));
    if (column == "srcaddr") return below(5) == 0 ? "2001:db8::1" : fmt::format("10.{}.0.1", below(4));
    if (column == "start" || column == "end") return fmt::format("{}{}", 1788232200 + below(60), below(9) ? "" : "123");
    if (column == "bytes") return fmt::format("{}", random_() >> (1 + below(60)));
    if (column == "action") return below(2) == 0 ? "ACCEPT" : "REJECT";
    if (column == "traffic-path") return fmt::format("{}", below(9));
    return fmt::format("vpc-{}", below(3));
  }

  Predicate predicate() {
    switch (below(9)) {
      case 0: return {"dstport", OneOfNumbers{{22, 443}}};
      case 1: return {"bytes", NumberRange{1000, below(2) ? std::optional<std::int64_t>{} : 1'000'000}};
      case 2: return {"start", NumberRange{1788232210, 1788232240}};
      case 3: return {"interface_id", OneOfTexts{{"eni-1", "eni-2", "eni-3", "eni-5", "eni-8", "eni-b"}}};
      case 4: return {"action", OneOfTexts{{"REJECT"}}};
      case 5: return {"srcaddr", InBlocks{{block("10.1.0.0/16"), block("2001:db8::/32")}}};
      case 6: return {"vpc_id", TextPrefix{"vpc-1"}};
      case 7: return {"interface-id", TextRange{"eni-3", "eni-9", below(2) == 0, true}};
      default: return {"traffic_path", NumberRange{2, 5}};
    }
  }

  std::mt19937_64 random_;
};

/// What a filter means, said once more, over a whole record.
bool is_met(const Predicate& predicate, const FlowRecord& record, const RawRecord& raw) {
  std::string name = predicate.column;
  std::ranges::replace(name, '_', '-');
  const auto found = std::ranges::find(*raw.header, name);
  if (found == raw.header->end()) return false;
  const std::string text(raw.fields[static_cast<std::size_t>(found - raw.header->begin())]);
  if (text == "-") return false;
  const bool is_number = text.find_first_not_of("0123456789") == std::string::npos && text.size() < 20;
  const auto number = [&] {
    return name == "start" ? record.start : name == "end" ? record.end : static_cast<std::int64_t>(std::stoull(text));
  };
  if (const auto* one = std::get_if<OneOfNumbers>(&predicate.test)) {
    return !is_number || std::ranges::count(one->values, number()) > 0;
  }
  if (const auto* range = std::get_if<NumberRange>(&predicate.test)) {
    return !is_number || (number() >= range->least.value_or(0) && number() <= range->greatest.value_or(INT64_MAX));
  }
  if (const auto* one = std::get_if<OneOfTexts>(&predicate.test)) return std::ranges::count(one->values, text) > 0;
  if (const auto* range = std::get_if<TextRange>(&predicate.test)) {
    return text >= *range->least && text <= *range->greatest && (range->with_least || text != *range->least);
  }
  if (const auto* prefix = std::get_if<TextPrefix>(&predicate.test)) return text.starts_with(prefix->prefix);
  return std::ranges::any_of(std::get<InBlocks>(predicate.test).blocks,
                             [&](const Cidr& wanted) { return wanted.contains(record.src); });
}

class FilterAtTheReader : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "filter_test_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void add(const std::string& text) {
    source::Object object;
    object.key = fmt::format("{}.log", inventory_.objects.size());
    object.path = folder_ / object.key;
    object.kind = source::ObjectKind::kFlowLogText;
    object.size = text.size();
    std::ofstream(object.path, std::ios::binary) << text;
    inventory_.objects.push_back(object);
  }

  Rows filtered_afterwards(const Filter& wanted) {
    Rows rows;
    ReadStats stats;
    read_records(
        inventory_, {}, {}, symbols_,
        [&](const FlowRecord& record, const RawRecord& raw) {
          const bool all = std::ranges::all_of(
              wanted.predicates, [&](const Predicate& predicate) { return is_met(predicate, record, raw); });
          if (all) rows.insert(row_text(record));
        },
        stats);
    return rows;
  }

  Rows filtered_at_the_scanner(const ReadOptions& options, ReadStats& stats) {
    struct Lane : RecordLane {
      explicit Lane(Rows& to_in) : to(to_in) {}
      Status take(std::span<const FlowRecord> records, std::uint32_t) override {
        for (const FlowRecord& record : records) to.insert(row_text(record));
        return {};
      }
      Rows& to;
    };
    std::vector<std::unique_ptr<Rows>> of_lanes;
    const auto make_lane = [&] {
      of_lanes.push_back(std::make_unique<Rows>());
      return std::make_unique<Lane>(*of_lanes.back());
    };
    EXPECT_TRUE(scan_records(inventory_, options, symbols_, make_lane, stats));
    Rows rows;
    for (const auto& lane : of_lanes) rows.merge(*lane);
    return rows;
  }

  Rows filtered_at_the_row_reader(const Filter& wanted) {
    Rows rows;
    ReadStats stats;
    RowReader reader(symbols_, wanted, nullptr);
    for (std::uint32_t i = 0; i < inventory_.objects.size(); ++i) {
      reader.read(
          inventory_.objects[i], i,
          [&](const FlowRecord& record, const RawRecord& raw) {
            EXPECT_EQ(raw.fields.size(), raw.header->size());
            EXPECT_TRUE(std::ranges::all_of(
                wanted.predicates, [&](const Predicate& predicate) { return is_met(predicate, record, raw); }));
            rows.insert(row_text(record));
            return true;
          },
          stats);
    }
    return rows;
  }

  fs::path folder_;
  source::Inventory inventory_;
  SymbolTable symbols_;
};

TEST_F(FilterAtTheReader, GivesWhatTheSameFilterGivesAfterwards) {
  std::size_t rows = 0;
  std::uint64_t left_out = 0;
  for (unsigned seed = 1; seed <= 80; ++seed) {
    RandomLogs random(seed);
    inventory_ = {};
    for (int i = 0; i < 3; ++i) add(random.log());
    const Filter wanted = random.filter();
    const Rows expected = filtered_afterwards(wanted);
    std::vector<std::uint64_t> bad, out;
    for (unsigned way = 0; way < 6; ++way) {
      ReadStats stats;
      const ReadOptions options{
          .threads = 1 + way % 2, .plain = way / 2 == 1, .portable = way / 2 == 2, .filter = wanted};
      EXPECT_EQ(filtered_at_the_scanner(options, stats), expected) << seed << ' ' << way;
      EXPECT_EQ(stats.records, expected.size());
      bad.push_back(stats.bad.total());
      out.push_back(stats.left_out);
    }
    EXPECT_EQ(filtered_at_the_row_reader(wanted), expected) << seed;
    EXPECT_EQ(std::ranges::count(bad, bad.front()), 6) << seed;
    EXPECT_EQ(std::ranges::count(out, out.front()), 6) << seed;
    rows += expected.size();
    left_out += out.front();
  }
  EXPECT_GT(rows, 5'000U);
  EXPECT_GT(left_out, 25'000U);
}

TEST_F(FilterAtTheReader, AnObjectWhoseFirstRecordsDoNotPassIsStillRead) {
  std::string text = "dstport start end action\n";
  for (int i = 0; i < 100; ++i) text += fmt::format("{} 1788232200 1788232260 ACCEPT\n", i);
  add(text);
  EXPECT_EQ(filtered_at_the_row_reader(filter("dstport", OneOfNumbers{{99}})).size(), 1U);
}

TEST_F(FilterAtTheReader, ASinkThatHasEnoughEndsTheObject) {
  std::string text = "dstport start end action\n";
  for (int i = 0; i < 1000; ++i) text += "22 1788232200 1788232260 ACCEPT\n";
  add(text);
  RowReader reader(symbols_, {}, nullptr);
  ReadStats stats;
  int rows = 0;
  reader.read(inventory_.objects[0], 0, [&](const FlowRecord&, const RawRecord&) { return ++rows < 10; }, stats);
  EXPECT_EQ(rows, 10);
}

}  // namespace
}  // namespace flowtrail::flowlog
