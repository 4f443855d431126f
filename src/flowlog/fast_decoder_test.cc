#include "flowlog/fast_decoder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "flowlog/fields.h"

namespace flowtrail::flowlog {
namespace {

using Names = std::vector<std::string>;

Names default_names() {
  Names names;
  for (const FieldInfo& field : all_fields().first(kDefaultFields)) names.emplace_back(field.name);
  return names;
}

Names many_names() {
  Names names = default_names();
  for (const char* name : {"vpc-id", "subnet-id", "instance-id", "tcp-flags", "type", "pkt-srcaddr", "pkt-dstaddr",
                           "pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "traffic-path"}) {
    names.emplace_back(name);
  }
  return names;
}

constexpr const char* kNumbers[] = {"0", "1", "6", "17", "22", "255", "256", "443", "999", "1000", "65535", "65536"};
constexpr const char* kOddNumbers[] = {"-",
                                       "--",
                                       "-1",
                                       "0-",
                                       "1-",
                                       "a",
                                       "2x",
                                       "+1",
                                       ":",
                                       "1/",
                                       "00022",
                                       "1234567",
                                       "12345678",
                                       "00000001",
                                       "123456789",
                                       "99999999",
                                       "000000000",
                                       "999999999",
                                       "16777216",
                                       "9999999999999999",
                                       "10000000000000000",
                                       "9223372036854775807",
                                       "9223372036854775808"};
constexpr const char* kAddresses[] = {"10.0.0.1", "203.0.113.250", "1.2.3.4", "255.255.255.255", "0.0.0.0", "-"};
constexpr const char* kOddAddresses[] = {"2001:db8::1", "::ffff:10.0.0.1", "10.0.0", "10.0.0.256",
                                         "010.0.0.1",   "10.0.0.1x",       ":",      "fe80::1%eth0"};
constexpr const char* kTimes[] = {"1788232200", "1788232260", "2147483647"};
constexpr const char* kOddTimes[] = {"2147483648", "9999999999", "999999999",     "-",
                                     "x788232200", "178823220-", "1788232200123", "01788232200"};
constexpr const char* kTexts[] = {"eni-0a1b2c3d4e5f60718",
                                  "eni-0a1b2c3d",
                                  "vpc-1",
                                  "-",
                                  "unknown",
                                  "111122223333",
                                  "S3",
                                  "twenty-eight-bytes-in-a-text",
                                  "twenty-nine-bytes-in-this-text",
                                  "a-text-that-is-longer-than-thirty-two-bytes-all-in-all"};
constexpr const char* kWords[] = {"ACCEPT", "REJECT", "OK",       "NODATA", "SKIPDATA", "ingress", "egress",
                                  "-",      "accept", "ACCEPTED", "ACCEP",  "O",        "A",       "ingresses"};

template <std::size_t N>
std::string one_of(const char* const (&texts)[N], std::mt19937& random) {
  return texts[random() % N];
}

/// What the column may hold; now and then what it may not.
std::string text_for(const std::string& name, bool odd, std::mt19937& random) {
  const bool is_time = name == "start" || name == "end";
  if (is_time) return odd ? one_of(kOddTimes, random) : one_of(kTimes, random);
  if (name.ends_with("addr")) return odd ? one_of(kOddAddresses, random) : one_of(kAddresses, random);
  if (name == "log-status") return odd ? one_of(kWords, random) : "OK";
  if (name == "action") return odd ? one_of(kWords, random) : "ACCEPT";
  if (name == "flow-direction") return odd ? one_of(kWords, random) : "egress";
  const FieldInfo* const field = find_field(name);
  if (field == nullptr || field->type == FieldType::kVarchar) return one_of(kTexts, random);
  return odd ? one_of(kOddNumbers, random) : one_of(kNumbers, random);
}

/// One line as a block, with no more bytes behind it than a decoder may read.
class Block {
 public:
  Block(const std::string& line, LineIndex::Path path)
      : size_(line.size() + 1), bytes_(new char[size_ + FastDecoder::kPadding]), index_(path) {
    std::memset(bytes_.get(), '1', size_ + FastDecoder::kPadding);
    std::memcpy(bytes_.get(), line.data(), line.size());
    bytes_[line.size()] = '\n';
    index_.build(text());
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.get(), size_}; }
  [[nodiscard]] LineIndex::Line line() const { return index_.line(0); }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
  LineIndex index_;
};

class FastDecoderTest : public ::testing::TestWithParam<LineIndex::Path> {
 protected:
  FastDecoderTest() { object_.account = "444455556666"; }

  struct Decoders {
    Decoders(const Names& names, SymbolCache& cache, SymbolTable& symbols)
        : fast(names, cache, GetParam()), careful(names, symbols) {}
    FastDecoder fast;
    RecordDecoder careful;
  };

  [[nodiscard]] Decoders decoders(const Names& names) { return {names, cache_, symbols_}; }

  /// Whether the fast way takes the line; if so, to the same end as the careful one.
  bool takes(Decoders& decoders, const std::vector<std::string>& fields) {
    const Block block(fmt::format("{}", fmt::join(fields, " ")), GetParam());
    if (!decoders.fast.is_record(block.text(), block.line())) return false;
    const SourcePlace place{3, ++lines_};
    const std::size_t symbols = symbols_.size();
    if (!decoders.fast.decode(block.text().data(), block.line(), object_, place, fast_)) {
      EXPECT_EQ(symbols_.size(), symbols) << "a bad line left symbols: " << block.text();
      return false;
    }
    FlowRecord careful;
    const std::vector<std::string_view> views(fields.begin(), fields.end());
    const char* const reason = decoders.careful.decode(views, &object_, place, careful);
    EXPECT_EQ(reason, nullptr) << reason << " in " << block.text();
    EXPECT_TRUE(reason != nullptr || fast_ == careful) << block.text();
    return true;
  }

  source::Object object_;
  SymbolTable symbols_;
  SymbolCache cache_{symbols_};
  FlowRecord fast_;  // as in a batch: with what the line before left in it
  std::uint32_t lines_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Paths, FastDecoderTest,
                         ::testing::Values(LineIndex::Path::kBest, LineIndex::Path::kAvx2, LineIndex::Path::kPortable));

TEST_P(FastDecoderTest, TakesWhatLogsConsistOf) {
  Decoders of_default = decoders(default_names()), of_many = decoders(many_names());
  const std::vector<std::string> usual = {
      "2", "111122223333", "eni-0a1b2c3d4e5f60718", "203.0.113.25", "10.0.1.20",  "22",     "32771",
      "6", "18",           "31207654321",           "1788232200",   "1788232260", "ACCEPT", "OK"};
  std::vector<std::string> empty = {
      "2", "111122223333", "eni-0a1b2c3d4e5f60718", "-", "-", "-", "-", "-", "-", "-", "1788232200", "1788232260",
      "-", "NODATA"};
  EXPECT_TRUE(takes(of_default, usual));
  EXPECT_TRUE(takes(of_default, empty));
  std::vector<std::string> six = usual;
  six[3] = "2001:db8::1";
  six[4] = "2001:db8::2";
  EXPECT_TRUE(takes(of_default, six));
  for (const std::vector<std::string>& packet : {std::vector<std::string>{"203.0.113.25", "10.0.1.20"},
                                                 {"203.0.113.26", "10.0.1.20"},
                                                 {"10.0.1.20", "203.0.113.25"},
                                                 {"-", "-"},
                                                 {"-", "10.0.1.21"},
                                                 {"2001:db8::1", "10.0.1.20"}}) {
    std::vector<std::string> fields = usual;
    fields.insert(fields.end(), {"vpc-1", "subnet-1", "i-0a1b2c3d4e5f60718", "19", "IPv4", packet[0], packet[1], "-",
                                 "S3", "ingress", "-"});
    EXPECT_TRUE(takes(of_many, fields)) << packet[0] << ' ' << packet[1];
  }
}

TEST_P(FastDecoderTest, TheAccountOfTheObjectStandsForOneThatIsNotKnown) {
  Decoders of_default = decoders(default_names());
  std::vector<std::string> fields = {"2", "unknown", "eni-1", "10.0.0.1",   "10.0.0.2",   "1",      "2",
                                     "6", "1",       "1",     "1788232200", "1788232260", "ACCEPT", "OK"};
  for (const char* account : {"unknown", "-", "unknown", "111122223333", "-"}) {
    fields[1] = account;
    ASSERT_TRUE(takes(of_default, fields));
    EXPECT_EQ(symbols_.text(fast_.account), fields[1] == "111122223333" ? fields[1] : object_.account);
  }
  EXPECT_EQ(symbols_.find("unknown"), SymbolTable::kAbsent);
}

TEST_P(FastDecoderTest, AgreesWithTheCarefulWayOnAnyText) {
  std::mt19937 random(11);
  std::vector<Names> headers = {default_names(), many_names(), {"start", "end", "resource-id", "interface-id"}};
  headers.push_back(many_names());
  std::ranges::shuffle(headers.back(), random);
  headers.push_back({"end", "start", "srcaddr", "pkt-dstaddr", "dstport", "log-status"});
  headers.push_back({"version", "interface-id", "srcaddr"});  // no time: never taken, never wrong
  int taken = 0;
  for (const Names& names : headers) {
    Decoders both = decoders(names);
    for (int round = 0; round < 20'000; ++round) {
      std::vector<std::string> fields;
      const unsigned rarity = round % 2 == 0 ? 200 : 12;
      for (const std::string& name : names) fields.push_back(text_for(name, random() % rarity == 0, random));
      if (random() % 8 == 0) {
        std::string& field = fields[random() % fields.size()];
        field[random() % field.size()] = static_cast<char>('!' + random() % 94);
      }
      taken += takes(both, fields) ? 1 : 0;
    }
  }
  EXPECT_GT(taken, 20'000);
}

}  // namespace
}  // namespace flowtrail::flowlog
