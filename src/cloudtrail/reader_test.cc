#include "cloudtrail/reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <vector>

#include "base/test_path.h"

namespace flowtrail::cloudtrail {
namespace {

struct Read {
  std::vector<Event> events;
  BadInput bad;

  [[nodiscard]] std::string names() const {
    std::string all;
    for (const Event& event : events) all += (all.empty() ? "" : " ") + event.name;
    return all;
  }
  [[nodiscard]] std::string reasons() const {
    std::string all;
    for (const auto& [reason, entry] : bad.by_reason()) {
      all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", reason, entry.count);
    }
    return all;
  }
};

Read read(std::string_view text) {
  source::Object object;
  object.key = "trail.json";
  object.account = "444455556666";
  Read result;
  read_text(text, object, 7, [&result](Event&& event) { result.events.push_back(std::move(event)); }, result.bad);
  return result;
}

std::string record(std::string_view name, std::string_view more = {}) {
  return fmt::format(R"({{"eventVersion":"1.08","eventTime":"2026-03-01T10:00:05Z","eventName":"{}"{}}})", name, more);
}

std::string json_text(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + '"';
}

std::string pretty(std::string_view name) {
  return fmt::format(
      "{{\n  \"eventVersion\" : \"1.08\",\n  \"eventTime\": \"2026-03-01T10:00:05Z\",\n  \"eventName\": \"{}\"\n}}",
      name);
}

std::string event_bridge(std::string_view name) {
  return fmt::format(R"({{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":{},"account":"1"}})",
                     record(name));
}

std::string looked_up(std::string_view name, std::string_view key = "CloudTrailEvent") {
  return fmt::format(R"({{"EventId":"x","EventName":"{}","Resources":[{{"ResourceName":"r"}}],"{}":{}}})", name, key,
                     json_text(record(name)));
}

TEST(CloudTrailReader, FindsRecordsInEveryEnvelope) {
  const std::pair<std::string, std::string> cases[] = {
      {"records", R"({"Records":[)" + record("A") + "," + record("B") + "]}"},
      {"records with other members",
       R"({"x":[1,{"y":2}],"Records": [ )" + record("A") + " ,\n" + record("B") + R"( ],"z":{}})"},
      {"lower-case records", R"({"records":[)" + record("A") + "," + record("B") + "]}"},
      {"array", "[" + record("A") + "," + record("B") + "]"},
      {"pretty array", "[\n" + pretty("A") + ",\n" + pretty("B") + "\n]\n"},
      {"one a line", record("A") + "\n" + record("B") + "\n"},
      {"one a line, Windows ends, blank lines", record("A") + "\r\n\r\n" + record("B")},
      {"pretty, one after another", pretty("A") + "\n" + pretty("B") + "\n"},
      {"byte order mark", "\xef\xbb\xbf" + record("A") + record("B")},
      {"lookup", R"({"Events":[)" + looked_up("A") + "," + looked_up("B") + R"(],"NextToken":"t"})"},
      {"lookup, lower case", R"({"events":[)" + looked_up("A", "cloudTrailEvent") + "," + looked_up("B") + "]}"},
      {"lookup, array", "[" + looked_up("A") + "," + looked_up("B") + "]"},
      {"lookup, one a line", looked_up("A") + "\n" + looked_up("B")},
      {"event bridge, one a line", event_bridge("A") + "\n" + event_bridge("B")},
      {"event bridge, array", "[" + event_bridge("A") + "," + event_bridge("B") + "]"},
      {"event bridge inside records", R"({"Records":[)" + event_bridge("A") + "," + event_bridge("B") + "]}"},
      {"arrays in an array", "[[" + record("A") + "],[" + record("B") + "]]"},
      {"files one after another", R"({"Records":[)" + record("A") + "]}\n" + R"({"Records":[)" + record("B") + "]}"},
      {"CloudWatch Logs subscription", R"({"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":)" +
                                           json_text(record("A")) + R"(},{"id":"2","message":)" +
                                           json_text(record("B")) + "}]}"},
      {"CloudWatch Logs export",
       "2026-03-01T10:00:06.000Z " + record("A") + "\n2026-03-01T10:00:06.000Z " + record("B")},
  };
  for (const auto& [name, text] : cases) {
    const Read result = read(text);
    EXPECT_EQ(result.names(), "A B") << name;
    EXPECT_EQ(result.reasons(), "") << name;
  }
  EXPECT_EQ(read(event_bridge("A")).names(), "A");
  EXPECT_EQ(read(record("A")).names(), "A");
}

TEST(CloudTrailReader, EmptyListsAreNotBad) {
  EXPECT_EQ(read(R"({"Records":[]})").reasons(), "");
  EXPECT_EQ(read("[]").reasons(), "");
  EXPECT_EQ(read("").reasons(), "empty object: 1");
  EXPECT_EQ(read(" \n ").reasons(), "empty object: 1");
}

TEST(CloudTrailReader, TakesEveryMember) {
  const Read result =
      read(R"({"Records":[{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROA:bob",
    "arn":"arn:aws:sts::111122223333:assumed-role/admin/bob","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","userName":"u",
    "invokedBy":"autoscaling.amazonaws.com","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/admin","userName":"admin"},
    "attributes":{"mfaAuthenticated":"true"}}},"eventTime":"2026-03-01T10:00:05Z","eventSource":"ec2.amazonaws.com","eventName":"X",
    "awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.9","userAgent":"a \"b\" \u00e9","errorCode":"Client.X","errorMessage":"no",
    "requestParameters":{"a" : 1.50,"b":"\u00e9"},"responseElements":null,"additionalEventData":{"k":1},"requestID":"r","eventID":"e",
    "readOnly":false,"resources":[{"ARN":"x"}],"eventType":"AwsApiCall","apiVersion":20161115,"recipientAccountId":"111122223333",
    "sharedEventID":"s","vpcEndpointId":"vpce-1","eventCategory":"Management","sessionCredentialFromConsole":"true",
    "serviceEventDetails":{"d":2},"tlsDetails":{"tlsVersion":"TLSv1.3"},"somethingNew":[1,2,{"x":[]}]}]})");
  ASSERT_EQ(result.events.size(), 1U) << result.reasons();
  const Event& event = result.events[0];
  EXPECT_EQ(format_utc(event.time), "2026-03-01T10:00:05Z");
  EXPECT_EQ(event.version, "1.11");
  EXPECT_EQ(event.source, "ec2.amazonaws.com");
  EXPECT_EQ(event.region, "eu-west-1");
  EXPECT_EQ(event.source_ip, "203.0.113.9");
  EXPECT_EQ(event.user_agent, "a \"b\" \xc3\xa9");
  EXPECT_EQ(event.error_code, "Client.X");
  EXPECT_TRUE(event.failed());
  EXPECT_EQ(event.request_parameters, R"({"a" : 1.50,"b":"\u00e9"})");
  EXPECT_EQ(event.response_elements, "");
  EXPECT_EQ(event.additional_event_data, R"({"k":1})");
  EXPECT_EQ(event.resources, R"([{"ARN":"x"}])");
  EXPECT_EQ(event.service_event_details, R"({"d":2})");
  EXPECT_EQ(event.tls_details, R"({"tlsVersion":"TLSv1.3"})");
  EXPECT_EQ(event.request_id + event.event_id + event.shared_event_id + event.vpc_endpoint_id, "resvpce-1");
  EXPECT_EQ(event.api_version, "20161115");
  EXPECT_EQ(event.account, "111122223333");
  EXPECT_EQ(event.read_only, std::optional<bool>(false));
  EXPECT_TRUE(event.session_from_console);
  EXPECT_EQ(event.identity.type, "AssumedRole");
  EXPECT_EQ(event.identity.arn, "arn:aws:sts::111122223333:assumed-role/admin/bob");
  EXPECT_EQ(event.identity.invoked_by, "autoscaling.amazonaws.com");
  EXPECT_EQ(event.identity.issuer_user_name, "admin");
  EXPECT_EQ(event.identity.issuer_arn, "arn:aws:iam::111122223333:role/admin");
  EXPECT_EQ(event.identity.mfa_authenticated, "true");
  EXPECT_EQ(event.place, (SourcePlace{7, 1}));
}

TEST(CloudTrailReader, AccountFallsBackToTheCallerThenToTheKey) {
  EXPECT_EQ(read(record("A", R"(,"userIdentity":{"accountId":"111122223333"})")).events.at(0).account, "111122223333");
  EXPECT_EQ(read(record("A")).events.at(0).account, "444455556666");
}

TEST(CloudTrailReader, ParametersGivenAsTextAreTheText) {
  const Read result = read(record("A", R"(,"requestParameters":"{\"groupId\":\"sg-1\"}","responseElements":"")"));
  EXPECT_EQ(result.events.at(0).request_parameters, R"({"groupId":"sg-1"})");
  EXPECT_EQ(result.events.at(0).response_elements, "");
}

TEST(CloudTrailReader, RequestParametersOfAnyTypeAreKept) {
  for (const std::string value : {"5", "[1,2]", "true", "-1.5e3"}) {
    EXPECT_EQ(read(record("A", R"(,"requestParameters":)" + value)).events.at(0).request_parameters, value);
  }
}

TEST(CloudTrailReader, NumbersBeyondSixtyFourBitsDoNotSpoilARecord) {
  const Read result = read(record("A", R"(,"requestParameters":{"t":123456789012345678901234567890,"u":1e999,"v":7})"));
  ASSERT_EQ(result.events.size(), 1U) << result.reasons();
  EXPECT_EQ(result.events[0].request_parameters, R"({"t":"123456789012345678901234567890","u":"1e999","v":7})");
}

struct BadCase {
  std::string text, names, reasons;
};

TEST(CloudTrailReader, ABadRecordCostsOnlyItself) {
  const std::string good_a = record("A");
  const std::string good_b = record("B");
  const auto around = [&](const std::string& bad) {
    return R"({"Records":[)" + good_a + "," + bad + "," + good_b + "]}";
  };
  const std::string deep =
      record("D", R"(,"requestParameters":)" + std::string(100'000, '[') + std::string(100'000, ']'));
  const BadCase cases[] = {
      {around(record("\xff\xfe")), "A B", "invalid UTF-8: 1"},
      {around(record("\\x")), "A B", "bad escape in a string: 1"},
      {around(R"({"eventVersion":"1.08","eventName":"C"})"), "A B", "event without eventTime: 1"},
      {around(R"({"eventVersion":"1.08","eventTime":"2026-03-01T10:00:05Z"})"), "A B", "event without eventName: 1"},
      {around(R"({"eventVersion":"1.08","eventTime":"yesterday","eventName":"C"})"), "A B", "unreadable eventTime: 1"},
      {around(R"({"foo":1})"), "A B", "not a CloudTrail record: 1"},
      {around("{}"), "A B", "not a CloudTrail record: 1"},
      {around("5"), "A B", "not a CloudTrail record: 1"},
      {around("\"text\""), "A B", "not a CloudTrail record: 1"},
      {around("null"), "A B", "not a CloudTrail record: 1"},
      {around(deep), "A B", "nested too deeply: 1"},
      {around(R"({"eventVersion":"1.08","eventName":C"})"), "A B", "not JSON: 1"},
      {around(R"({"eventVersion":"1.08,"eventName":"C"})"), "A B", "not JSON: 1"},
      {around(R"({"eventVersion":"1.08","eventName":"C)"), "A B", "not JSON: 1"},
      {around(R"({"eventVersion":"1.08","eventName":"C"]})"), "A B", "not JSON: 1"},
      {around(R"({"eventVersion":"1.08","eventName":tru})"), "A B", "not JSON: 1"},
      {good_a + "\n{\"eventVersion\":\"1.08\",\"ev\n" + good_b, "A B", "not JSON: 1"},
      {good_a + "\n{\"eventVersion\":\n" + good_b, "A B", "not JSON: 1"},
      {good_a + "\nnot json at all\n" + good_b, "A B", "not JSON: 1"},
      {good_a + "\n[1,2\n" + good_b, "A B", "JSON ends inside a list of records: 1; not a CloudTrail record: 2"},
      {R"({"Records":[)" + good_a + "," + good_b.substr(0, 30), "A", "JSON ends inside a record: 1"},
      {R"({"Records":[)" + good_a + ",", "A", "JSON ends inside a list of records: 1"},
      {R"({"Records":[)" + good_a + "]", "A", "JSON ends inside a list of records: 1"},
      {R"([)" + event_bridge("A") + "," + R"({"version":"0","detail":{"eventVersion":"1" "x"}},)" + event_bridge("B") +
           "]",
       "A B", "not JSON: 1"},
      {R"({"Events":[{"EventId":"x","CloudTrailEvent":"{\"a\":"},)" + looked_up("B") + "]}", "B", "not JSON: 1"},
      {"\x1f\x8b\x08 binary \x01\x02", "", "not JSON: 1"},
      {std::string(100'000, '['), "", "JSON ends inside a record: 1"},
  };
  for (const BadCase& expected : cases) {
    const Read result = read(expected.text);
    EXPECT_EQ(result.names(), expected.names) << expected.text.substr(0, 400);
    EXPECT_EQ(result.reasons(), expected.reasons) << expected.text.substr(0, 400);
  }
}

TEST(CloudTrailReader, BadRecordsAreNumberedAmongTheGoodOnes) {
  const Read result = read(R"({"Records":[)" + record("A") + R"(,{"foo":1},)" + record("B") + "]}");
  const auto& entry = result.bad.by_reason().at("not a CloudTrail record");
  ASSERT_EQ(entry.first.size(), 1U);
  EXPECT_EQ(entry.first[0].line, 2U);
  EXPECT_EQ(entry.first[0].object, "trail.json");
  EXPECT_EQ(result.events.at(1).place.line, 3U);
}

TEST(CloudTrailReader, AMegabyteOfTextInOneStringIsFine) {
  const Read result = read(record("A", R"(,"requestParameters":{"userData":")" + std::string(1 << 20, 'x') + "\"}"));
  ASSERT_EQ(result.events.size(), 1U);
  EXPECT_EQ(result.events[0].request_parameters.size(), (1U << 20U) + 15U);
}

TEST(CloudTrailReader, EveryPrefixGivesTheRecordsBeforeTheCut) {
  const std::string pieces[] = {R"({"Records":[)" + record("A", R"(,"requestParameters":{"x":["}{",{"y":"\\"}]})"),
                                "," + record("B"), "," + record("C"), "]}"};
  std::string whole;
  std::vector<std::size_t> ends;
  for (const std::string& piece : pieces) {
    whole += piece;
    ends.push_back(whole.size());
  }
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const Read result = read(std::string_view(whole).substr(0, size));
    std::size_t expected = 0;
    while (expected < 3 && ends[expected] <= size) ++expected;
    EXPECT_EQ(result.events.size(), expected) << size;
    EXPECT_EQ(result.bad.total(), size == whole.size() ? 0U : 1U) << size << " " << result.reasons();
  }
}

TEST(CloudTrailReader, RandomDamageNeverLosesMoreThanItMust) {
  std::string whole = R"({"Records":[)";
  constexpr int kRecords = 20;
  constexpr std::size_t kHead = 12;  // without the envelope's own name nothing says that there are records
  for (int index = 0; index < kRecords; ++index) {
    whole +=
        (index > 0 ? "," : "") + record(fmt::format("E{}", index), R"(,"requestParameters":{"a":["b",{"c":"d"}]})");
  }
  whole += "]}";
  std::mt19937 random(20260301);
  for (int round = 0; round < 500; ++round) {
    std::string damaged = whole;
    damaged[kHead + random() % (damaged.size() - kHead)] = static_cast<char>(random() % 256);
    const Read result = read(damaged);
    // One flip may hit the border of two records, never more.
    ASSERT_GE(result.events.size(), static_cast<std::size_t>(kRecords - 2)) << damaged;
    if (result.events.size() < kRecords) {
      ASSERT_GE(result.bad.total(), 1U) << damaged;
    }
  }
}

TEST(CloudTrailReader, RandomBytesNeverCrash) {
  std::mt19937 random(42);
  const std::string_view alphabet = "{}[]\",:\\ 1aR\n";
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    const std::size_t size = random() % 60;
    for (std::size_t index = 0; index < size; ++index) text += alphabet[random() % alphabet.size()];
    const Read result = read(text);
    EXPECT_TRUE(result.events.empty());
  }
}

TEST(CloudTrailReader, HostileNestingOfBrokenRecordsStaysLinear) {
  std::string text = "[";
  for (int index = 0; index < 20'000; ++index) text += R"({"eventVersion":[)";
  const Read result = read(text);
  EXPECT_TRUE(result.events.empty());
  EXPECT_GE(result.bad.total(), 1U);
}

source::Object written_object(const std::filesystem::path& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder / name, std::ios::binary) << text;
  source::Object object;
  object.key = name;
  object.path = folder / name;
  object.kind = source::ObjectKind::kCloudTrail;
  object.size = text.size();
  return object;
}

TEST(CloudTrailReader, EventIdsSeenBeforeAreCountedAndNotPassedOn) {
  const std::filesystem::path folder = test_path("reader_test");
  std::filesystem::create_directories(folder);
  const std::string first = record("A", R"(,"eventID":"00000000-0000-4000-8000-000000000001","awsRegion":"eu-west-1")");
  const std::string second = record("B", R"(,"eventID":"00000000-0000-4000-8000-000000000002","errorCode":"Client.X")");
  const std::string without = record("C");
  source::Inventory inventory;
  inventory.objects.push_back(written_object(folder, "1.json", "[" + first + "," + second + "," + without + "]"));
  inventory.objects.push_back(written_object(folder, "2.json", "[" + without + "," + first + ",{}]"));
  inventory.objects.push_back(written_object(folder, "3.json", "[" + first + "]"));
  inventory.objects.back().kind = source::ObjectKind::kFlowLogText;

  ReadStats stats;
  std::string names;
  read_events(inventory, {}, [&names](Event&& event) { names += event.name; }, stats);
  EXPECT_EQ(names, "ABCC");
  EXPECT_EQ(stats.objects, 2U);
  EXPECT_EQ(stats.events, 4U);
  EXPECT_EQ(stats.duplicate_events, 1U);
  EXPECT_EQ(stats.failed_calls, 1U);
  EXPECT_EQ(stats.bad.total(), 1U);
  EXPECT_EQ(stats.regions, std::set<std::string>{"eu-west-1"});
  EXPECT_TRUE(stats.from && stats.to && *stats.from == *stats.to);

  ReadStats all;
  names.clear();
  read_events(inventory, {.deduplicate = false}, [&names](Event&& event) { names += event.name; }, all);
  EXPECT_EQ(names, "ABCCA");
}

TEST(CloudTrailReader, FaultsOfTheStreamAreCountedOnceAndKeepWhatCameBefore) {
  source::Inventory inventory;
  inventory.objects.emplace_back();
  inventory.objects[0].key = "gone.json";
  inventory.objects[0].path = "/nonexistent/gone.json";
  inventory.objects[0].kind = source::ObjectKind::kCloudTrail;
  ReadStats stats;
  read_events(inventory, {}, [](Event&&) {}, stats);
  EXPECT_EQ(stats.bad.total(), 1U);
  EXPECT_TRUE(stats.bad.by_reason().contains("no such file"));
}

TEST(CloudTrailReader, ReadsEveryRecordOfTheCorpus) {
  const std::filesystem::path folder =
      std::filesystem::path(FLOWTRAIL_SOURCE_DIR) / "../shared/corpus/cloudtrail/stratus-red-team";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "CORPUS ABSENT: " << folder << " - real records NOT tested";
  std::size_t events = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const Read result = read(text.str());
    EXPECT_EQ(result.reasons(), "") << entry.path();
    events += result.events.size();
  }
  EXPECT_EQ(events, 310U);
}

}  // namespace
}  // namespace flowtrail::cloudtrail
