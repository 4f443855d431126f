// The fast way must give what the plain way gives, whatever the bytes.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <vector>

#include "base/test_path.h"
#include "cloudtrail/interpret.h"
#include "cloudtrail/reader.h"

namespace flowtrail::cloudtrail {
namespace {

std::string text_of(const Event& e) {
  const Identity& i = e.identity;
  std::string text = fmt::format("{}:{} {}", e.place.object, e.place.line, format_utc(e.time));
  for (const std::string* member : {&e.version,
                                    &e.source,
                                    &e.name,
                                    &e.region,
                                    &e.source_ip,
                                    &e.user_agent,
                                    &e.error_code,
                                    &e.error_message,
                                    &e.event_id,
                                    &e.request_id,
                                    &e.event_type,
                                    &e.event_category,
                                    &e.api_version,
                                    &e.shared_event_id,
                                    &e.vpc_endpoint_id,
                                    &e.account,
                                    &i.type,
                                    &i.principal_id,
                                    &i.arn,
                                    &i.account,
                                    &i.user_name,
                                    &i.access_key_id,
                                    &i.invoked_by,
                                    &i.issuer_arn,
                                    &i.issuer_user_name,
                                    &e.resources,
                                    &i.mfa_authenticated,
                                    &e.identity_json,
                                    &e.request_parameters,
                                    &e.response_elements,
                                    &e.tls_details,
                                    &e.additional_event_data,
                                    &e.service_event_details}) {
    text += "|" + *member;
  }
  const std::string read_only = e.read_only ? fmt::format("{}", *e.read_only) : "?";
  return text + fmt::format("|{}{}\n", read_only, e.session_from_console);
}

std::string text_of(const BadInput& bad) {
  std::string text;
  for (const auto& [reason, entry] : bad.by_reason()) {
    text += fmt::format("bad {}: {}", reason, entry.count);
    for (const auto& place : entry.first) text += fmt::format(" {}:{}", place.object, place.line);
    text += '\n';
  }
  return text;
}

std::string text_of(const ReadStats& stats) {
  std::string text = fmt::format("{} {} {} {} {}", stats.objects, stats.bytes, stats.events, stats.duplicate_events,
                                 stats.failed_calls);
  if (stats.from) text += " from " + format_utc(*stats.from) + " to " + format_utc(*stats.to);
  for (const std::string& region : stats.regions) text += " " + region;
  for (const std::string& account : stats.accounts) text += " " + account;
  return text + "\n" + text_of(stats.bad);
}

source::Object an_object() {
  source::Object object;
  object.key = "trail.json";
  object.account = "444455556666";
  object.region = "eu-north-1";
  return object;
}

std::string read(std::string_view text, bool plain) {
  const source::Object object = an_object();
  std::string result;
  BadInput bad;
  read_text(text, object, 7, [&](Event&& event) { result += text_of(event); }, bad, plain);
  return result + text_of(bad);
}

void expect_same(const std::string& text) {
  ASSERT_EQ(read(text, false), read(text, true)) << text;
}

/// One file after the other of a folder of their own.
class Files {
 public:
  explicit Files(const std::string& name) : folder_(test_path(name)) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~Files() { std::filesystem::remove_all(folder_); }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  void add(const std::string& bytes) {
    source::Object object = an_object();
    object.key = fmt::format("{:04}.json.gz", inventory.objects.size());
    object.path = folder_ / object.key;
    object.kind = source::ObjectKind::kCloudTrail;
    object.size = bytes.size();
    std::ofstream(object.path, std::ios::binary) << bytes;
    inventory.objects.push_back(std::move(object));
  }

  [[nodiscard]] std::string events(const ReadOptions& options) const {
    ReadStats stats;
    std::string result;
    read_events(inventory, options, [&](Event&& event) { result += text_of(event); }, stats);
    return result + text_of(stats);
  }

  [[nodiscard]] std::string changes(const ReadOptions& options) const {
    ReadStats stats;
    std::string result;
    read_changes(
        inventory, options,
        [&](InterpretedEvent&& event) {
          result += text_of(event.event);
          result += event.changes ? "changes" : event.changes.error().what;
          for (std::size_t i = 0; event.changes && i < event.changes->size(); ++i) {
            result += fmt::format(" {}", (*event.changes)[i].index());
          }
          result += '\n';
        },
        stats);
    return result + text_of(stats);
  }

  void expect_same_any_way() const {
    for (const bool deduplicate : {true, false}) {
      const ReadOptions slow{.deduplicate = deduplicate, .threads = 1, .plain = true};
      const std::string all = events(slow);
      const std::string changing = changes(slow);
      for (const unsigned threads : {1U, 2U, 5U}) {
        for (const bool plain : {false, true}) {
          const ReadOptions options{.deduplicate = deduplicate, .threads = threads, .plain = plain};
          ASSERT_EQ(events(options), all) << threads << plain;
          ASSERT_EQ(changes(options), changing) << threads << plain;
        }
      }
    }
  }

  source::Inventory inventory;

 private:
  std::filesystem::path folder_;
};

std::string gzip(const std::string& text) {
  std::string bytes(text.size() + text.size() / 100 + 64, '\0');
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  deflate(&stream, Z_FINISH);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

/// Random records, most of them right, in random envelopes.
class Writer {
 public:
  explicit Writer(std::uint32_t seed) : random_(seed) {}

  std::string document() {
    const std::string gap = one_of({"", "", "", " ", "\n"});
    std::string list;
    const unsigned records = below(6);
    for (unsigned index = 0; index < records; ++index) list += (index > 0 ? "," + gap : gap) + enveloped();
    switch (below(8)) {
      case 0: return "[" + list + gap + "]";
      case 1: return lines();
      case 2: return R"({"x":{"y":[1,"2"]},"Records":[)" + list + R"(],"z":null})" + gap;
      case 3: return R"({"Events":[)" + list + "]}\n" + R"({"Records":[)" + enveloped() + "]}";
      case 4: return "\xef\xbb\xbf" + gap + R"({"records":[)" + list + "]}";
      default: return R"({"Records":[)" + list + "]}" + gap;
    }
  }

  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

 private:
  std::string one_of(std::initializer_list<std::string_view> texts) {
    return std::string(*(texts.begin() + below(static_cast<unsigned>(texts.size()))));
  }

  std::string lines() {
    std::string text;
    for (unsigned index = below(6); index > 0; --index)
      text += enveloped() + one_of({"\n", "\n", "\r\n", "", ",", "\x1e"});
    return text;
  }

  std::string enveloped() {
    switch (below(24)) {
      case 0: return R"({"version":"0","detail":)" + record() + R"(,"account":"1"})";
      case 1: return R"({"EventId":"x","CloudTrailEvent":)" + quoted(record()) + "}";
      case 2: return "[" + record() + "]";
      case 3: return one_of({"7", "{}", "null", R"({"foo":1})", "[]", R"({"detail":{}})", R"({"message":"{"})"});
      default: return record();
    }
  }

  static std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char letter : text) {
      if (letter == '"' || letter == '\\') result += '\\';
      result += letter;
    }
    return result + '"';
  }

  std::string value() {
    switch (below(16)) {
      case 0:
        return one_of({"null", "true", "false", "0", "-1.5", "1e5", "12345678901234567890123", "01", "tru", "-", "1."});
      case 1:
        return one_of(
            {R"("\u00e9")", R"("\ud83d\ude00")", R"("\ud83d")", R"("\\")", R"("a\"b")", R"("\x")", R"("\u12")"});
      case 2: return "{" + quoted(one_of({"groupId", "a", "", "\\u0061"})) + ":" + value() + "}";
      case 3: return "[" + value() + "," + value() + "]";
      case 4:
        return one_of({"{}", "[]", R"("")", R"("sg-0123456789abcdef0")", "\"\xc3\xa9\"", "\"\xff\"", "{\"a\":1,}"});
      case 5: return std::string(below(80), '[') + "1" + std::string(below(80), ']');
      default:
        return quoted(one_of({"x", "sg-0123456789abcdef0", "i-1", "10.0.0.1", "text with words", "true", "null"}));
    }
  }

  std::string flag() { return one_of({"true", "false", "true", "false", R"("true")", R"("no")", "null", "1"}); }

  std::string text(std::initializer_list<std::string_view> usual) {
    return below(25) == 0 ? value() : quoted(one_of(usual));
  }

  std::string identity() {
    switch (below(11)) {
      case 0: return value();
      case 8: return R"({"type":"A","type":"B","arn":)" + value() + R"(,"accountId":"1","userName":null})";
      case 9: return R"({"invokedBy":true,"sessionContext":)" + value() + R"(,"sessionContext":{}})";
      case 10:
        return R"({"sessionContext":{"sessionIssuer":{"arn":"x","userName":false,"arn":"y"},)"
               R"("attributes": {"mfaAuthenticated" : )" +
               value() + "}}}";
      case 1: return R"({"type":"Root"})";
      case 2: return R"({"acc\u006funtId":"777788889999","accountId":"111122223333"})";
      case 3: return R"({"accountId":)" + value() + "}";
      default:
        return R"({"type":"AssumedRole", "principalId":"AROA:bob","arn":"arn:aws:sts::1:x/bob","accountId":"111122223333",)"
               R"("sessionContext":{"attributes":{"mfaAuthenticated":"true"},"sessionIssuer":{"userName":"admin"}}})";
    }
  }

  std::string record() {
    std::string text_so_far = "{";
    const auto add = [&](std::string_view key, const std::string& written) {
      if (text_so_far.size() > 1) text_so_far += ',';
      text_so_far += fmt::format("\"{}\":{}", key, written);
    };
    if (below(10) > 0) add("eventVersion", text({"1.08", "1.11"}));
    if (below(6) > 0) add("userIdentity", identity());
    if (below(30) > 0) {
      add("eventTime", text({"2026-03-01T10:00:05Z", "2026-03-01T10:00:06Z", "2026-03-02T00:00:00+01:00", "soon"}));
    }
    if (below(10) > 0) {
      add("eventSource", text({"ec2.amazonaws.com", "rds.amazonaws.com", "s3.amazonaws.com", "logs.amazonaws.com"}));
    }
    if (below(30) > 0) {
      add("eventName", text({"AuthorizeSecurityGroupIngress", "DescribeInstances", "CreateDBInstance", "PutObject",
                             "ModifyNetworkInterfaceAttribute", "DoSomething20150331"}));
    }
    if (below(4) > 0) add("awsRegion", text({"eu-west-1", "us-east-1", ""}));
    if (below(6) == 0) add("errorCode", text({"AccessDenied", "Success", ""}));
    if (below(6) > 0) add("requestParameters", value());
    if (below(6) > 0) add("responseElements", value());
    if (below(4) > 0) add("eventID", text({"id-1", "id-2", "id-3", "id-4", "id-5", "id-6"}));
    if (below(3) > 0) add("readOnly", flag());
    if (below(3) > 0) add("recipientAccountId", text({"111122223333", "222233334444"}));
    if (below(12) == 0) add("eventID", text({"id-7"}));
    if (below(12) == 0) add(one_of({"detail", "Records", "message", "resources"}), value());
    return text_so_far + "}";
  }

  std::mt19937 random_;
};

std::string damaged(std::string text, std::mt19937& random) {
  const unsigned faults = 1 + static_cast<unsigned>(random() % 3);
  for (unsigned fault = 0; fault < faults && !text.empty(); ++fault) {
    const std::size_t position = random() % text.size();
    constexpr std::string_view kLikely = "{}[]\",:\\ \n\t1ae\x01\xff\xc3";
    const char letter = random() % 3 == 0 ? static_cast<char>(random() % 256) : kLikely[random() % kLikely.size()];
    switch (random() % 4) {
      case 0: text.erase(position, 1 + random() % 3); break;
      case 1: text.insert(position, 1, letter); break;
      case 2: text.resize(position); break;
      default: text[position] = letter;
    }
  }
  return text;
}

TEST(SameReading, OfRandomDocuments) {
  Writer writer(20260301);
  std::size_t events = 0;
  for (int round = 0; round < 8'000; ++round) {
    const std::string text = writer.document();
    expect_same(text);
    if (HasFatalFailure()) return;
    events += read(text, false).find("1.08") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(events, 2'000U) << "mostly bad documents prove little";
}

TEST(SameReading, OfDamagedDocuments) {
  Writer writer(7);
  std::mt19937 random(8);
  for (int round = 0; round < 8'000; ++round) {
    expect_same(damaged(writer.document(), random));
    if (HasFatalFailure()) return;
  }
}

TEST(SameReading, OfDocumentsCutAtEveryPlace) {
  Writer writer(9);
  for (int round = 0; round < 40; ++round) {
    const std::string text = writer.document();
    for (std::size_t size = 0; size <= text.size(); ++size) {
      expect_same(text.substr(0, size));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(SameReading, OfRandomBytes) {
  std::mt19937 random(10);
  constexpr std::string_view kAlphabet = "{}[]\",:\\ 1aR\n";
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t size = random() % 60; size > 0; --size) text += kAlphabet[random() % kAlphabet.size()];
    expect_same(text);
    if (HasFatalFailure()) return;
  }
}

TEST(SameReading, OfDeepNestingAndHugeStrings) {
  const std::string start =
      R"({"eventTime":"2026-03-01T10:00:05Z","eventName":"X","eventSource":"s3","requestParameters":)";
  for (const std::size_t depth : {10U, 59U, 60U, 61U, 64U, 200U, 1'000U, 1'022U, 1'023U, 1'024U, 1'025U, 100'000U}) {
    expect_same("[" + start + std::string(depth, '[') + std::string(depth, ']') + "}]");
    std::string objects;
    for (std::size_t level = 0; level < std::min<std::size_t>(depth, 2'000); ++level) objects += R"({"a":)";
    expect_same("[" + start + objects + "1" + std::string(std::min<std::size_t>(depth, 2'000), '}') + "}]");
    expect_same(std::string(depth, '[') + start + "1}" + std::string(depth, ']'));
  }
  expect_same("[" + start + '"' + std::string(3 << 20, 'x') + "\"}," + start + R"("sg-1"}])");
}

TEST(SameReading, OfManyFilesByAnyNumberOfThreads) {
  Files files("flowtrail_same_reading");
  Writer writer(11);
  std::mt19937 random(12);
  for (int file = 0; file < 150; ++file) {
    std::string text = writer.document();
    if (file % 5 == 0) text = damaged(text, random);
    if (file % 3 > 0) text = gzip(text);
    if (file % 7 == 0) text.resize(text.size() * 9 / 10);
    files.add(text);
    if (file % 11 == 0) files.inventory.objects.back().kind = source::ObjectKind::kFlowLogText;
    if (file % 13 == 0) files.inventory.objects.back().path += ".gone";
  }
  files.expect_same_any_way();
}

TEST(SameReading, OfEventsThatAreOnlyCounted) {
  Writer writer(13);
  Files files("flowtrail_same_reading_counted");
  for (int file = 0; file < 1'000; ++file) files.add(writer.document());
  for (const bool deduplicate : {true, false}) {
    const ReadOptions options{.deduplicate = deduplicate, .threads = 1};
    const ReadOptions slow{.deduplicate = deduplicate, .threads = 1, .plain = true};
    ASSERT_EQ(files.changes(options), files.changes(slow));
  }
  // Each alone, since regions, accounts and times of many files hide those of one.
  source::Inventory all = std::move(files.inventory);
  for (source::Object& object : all.objects) {
    files.inventory.objects = {object};
    ASSERT_EQ(files.changes({}), files.changes({.plain = true})) << object.path;
  }
}

TEST(SameReading, OfEventsThatAreOnlyCountedInDamagedDocuments) {
  Writer writer(14);
  std::mt19937 random(15);
  Files files("flowtrail_same_reading_damaged");
  for (int file = 0; file < 2'000; ++file) files.add(damaged(writer.document(), random));
  source::Inventory all = std::move(files.inventory);
  for (source::Object& object : all.objects) {
    files.inventory.objects = {object};
    ASSERT_EQ(files.changes({}), files.changes({.plain = true})) << object.path;
  }
}

TEST(SameReading, OfTheCorpus) {
  const std::filesystem::path folder = std::filesystem::path(FLOWTRAIL_SOURCE_DIR) / "../shared/corpus/cloudtrail";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "CORPUS ABSENT: " << folder << " - real records NOT compared";
  Files files("flowtrail_same_reading_corpus");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.file_size() > (std::uintmax_t{16} << 20U)) continue;
    std::stringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    files.add(text.str());
  }
  ASSERT_GT(files.inventory.objects.size(), 20U);
  files.expect_same_any_way();
}

}  // namespace
}  // namespace flowtrail::cloudtrail
