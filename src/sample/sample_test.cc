#include "sample/sample.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace flowtrail::sample {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class SampleFolder {
 public:
  explicit SampleFolder(const std::string& name)
      : path_(fs::temp_directory_path() / ("flowtrail-sample-test-" + name + std::to_string(::getpid()))) {
    fs::remove_all(path_);
  }
  ~SampleFolder() { fs::remove_all(path_); }
  SampleFolder(const SampleFolder&) = delete;
  SampleFolder& operator=(const SampleFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Options options_for(const SampleFolder& folder, std::uint64_t seed, int days) {
  Options options;
  options.folder = folder.path();
  options.seed = seed;
  options.days = days;
  return options;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::map<std::string, std::string> files_below(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), folder).string()] = bytes_of(entry.path());
  }
  return files;
}

/// The text of a gzip file; empty when it is damaged or ends early.
std::string unpacked(const fs::path& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  std::string text;
  std::array<char, 65536> buffer{};
  int count = 0;
  while ((count = gzread(file, buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(count));
  const bool whole = count == 0;
  return gzclose(file) == Z_OK && whole ? text : std::string{};
}

Json truth_of(const SampleFolder& folder) {
  return Json::parse(bytes_of(folder.path() / "truth.json"));
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream{line};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

TEST(Sample, SameOptionsGiveTheSameBytes) {
  const SampleFolder one("same-a"), two("same-b");
  ASSERT_TRUE(write_sample(options_for(one, 7, 2)));
  ASSERT_TRUE(write_sample(options_for(two, 7, 2)));
  EXPECT_TRUE(files_below(one.path()) == files_below(two.path()));
}

TEST(Sample, AnotherSeedGivesAnotherAccount) {
  const SampleFolder one("seed-a"), two("seed-b");
  ASSERT_TRUE(write_sample(options_for(one, 1, 1)));
  ASSERT_TRUE(write_sample(options_for(two, 2, 1)));
  EXPECT_NE(bytes_of(one.path() / "truth.json"), bytes_of(two.path() / "truth.json"));
}

TEST(Sample, RefusesAFolderThatIsNotEmptyUnlessForced) {
  const SampleFolder folder("full");
  fs::create_directories(folder.path());
  std::ofstream(folder.path() / "mine.txt") << "keep";
  Options options = options_for(folder, 1, 1);
  const Result<Summary> refused = write_sample(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  options.force = true;
  EXPECT_TRUE(write_sample(options));
  EXPECT_EQ(bytes_of(folder.path() / "mine.txt"), "keep");
}

TEST(Sample, RefusesWindowsOutsideOneToFourHundredDays) {
  const SampleFolder folder("days");
  for (const int days : {0, -3, 401}) {
    const Result<Summary> refused = write_sample(options_for(folder, 1, days));
    ASSERT_FALSE(refused) << days;
    EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  }
}

TEST(Sample, SnapshotsCarryTheirCaptureTimeAsTheFilesTime) {
  const SampleFolder folder("mtime");
  ASSERT_TRUE(write_sample(options_for(folder, 3, 4)));
  const auto time = [&](const char* name) {
    const auto moment = fs::last_write_time(folder.path() / "snapshots" / name);
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::file_clock::to_sys(moment).time_since_epoch())
        .count();
  };
  constexpr std::int64_t kMiddle = 1772323200 + 2 * 86400;
  EXPECT_NEAR(static_cast<double>(time("describe-security-groups.json")), static_cast<double>(kMiddle), 700);
  EXPECT_EQ(time("describe-security-groups.json"), time("describe-network-interfaces.json"));
}

class StandardSample : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new SampleFolder("standard");
    const auto written = write_sample(options_for(*folder_, 5, 14));
    ASSERT_TRUE(written);
    summary_ = *written;
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }
  static SampleFolder* folder_;
  static Summary summary_;
};
SampleFolder* StandardSample::folder_ = nullptr;
Summary StandardSample::summary_;

TEST_F(StandardSample, IsSmallEnoughForADemo) {
  EXPECT_GE(summary_.flow_records, 50'000U);
  EXPECT_LE(summary_.flow_records, 150'000U);
  EXPECT_LE(summary_.events, 3'000U);
  EXPECT_LE(summary_.bytes, 20'000'000U);
}

TEST_F(StandardSample, EveryFlowLogReadsWholeAndEveryLineHasItsHeadersFields) {
  std::set<std::string> headers;
  std::uint64_t lines = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_->path() / "AWSLogs/111122223333/vpcflowlogs")) {
    if (!entry.is_regular_file()) continue;
    std::istringstream text{unpacked(entry.path())};
    std::string line;
    ASSERT_TRUE(std::getline(text, line)) << entry.path();
    headers.insert(line);
    const std::size_t fields = words_of(line).size();
    while (std::getline(text, line)) {
      ++lines;
      ASSERT_EQ(words_of(line).size(), fields) << entry.path() << ": " << line;
    }
  }
  EXPECT_EQ(lines, summary_.flow_records);
  std::set<std::size_t> widths;
  for (const std::string& header : headers) widths.insert(words_of(header).size());
  EXPECT_EQ(widths, (std::set<std::size_t>{14, 29})) << "default format and 29 fields side by side";
  EXPECT_EQ(headers.size(), 3U) << "two column orders of the wide format";
}

TEST_F(StandardSample, EveryTrailFileIsJsonAndSomeEventsAreDeliveredTwice) {
  std::map<std::string, int> seen;
  int failed = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_->path() / "AWSLogs/111122223333/CloudTrail")) {
    if (!entry.is_regular_file()) continue;
    const Json body = Json::parse(unpacked(entry.path()), nullptr, false);
    ASSERT_FALSE(body.is_discarded()) << entry.path();
    for (const Json& record : body.at("Records")) {
      ++seen[record.at("eventID")];
      if (record.contains("errorCode")) {
        ++failed;
        EXPECT_TRUE(record.at("responseElements").is_null());
      }
    }
  }
  EXPECT_EQ(seen.size(), summary_.events);
  EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [](const auto& entry) { return entry.second == 2; }));
  EXPECT_GT(failed, 5);
}

TEST_F(StandardSample, TruthHasThreeCasesOfEveryInvestigationAndOneWithAll) {
  const Json truth = truth_of(*folder_);
  std::map<std::string, int> cases, all, rows;
  for (const Json& one : truth.at("cases")) {
    const std::string name = one.at("investigation");
    ++cases[name];
    rows[name] += static_cast<int>(one.at("rows").size());
    for (const Json& argument : one.at("arguments")) all[name] += argument == "--all" ? 1 : 0;
  }
  for (const char* name : {"access", "sg-changes", "sg-attachments", "unused-groups", "unused-rules"}) {
    EXPECT_GE(cases[name], 3) << name;
    EXPECT_GT(rows[name], 0) << name;
  }
  EXPECT_GE(all["unused-groups"], 1);
  EXPECT_GE(all["unused-rules"], 1);
}

TEST_F(StandardSample, EveryVerdictGradeAndKindThatTheStoryHasShowsInTheTruth) {
  const Json truth = truth_of(*folder_);
  std::map<std::string, std::set<std::string>> values;
  for (const Json& one : truth.at("cases")) {
    for (const Json& row : one.at("rows")) {
      for (const char* column : {"verdict", "grade", "peer_kind", "change", "kind", "opens_to", "via"}) {
        if (row.contains(column) && row.at(column).is_string()) values[column].insert(row.at(column));
      }
    }
  }
  const std::map<std::string, std::set<std::string>> expected{
      {"verdict",
       {"never-attached", "insufficient-coverage", "not-observable", "shadowed", "used", "noise-only", "no-hits",
        "in-use", "referenced", "default-group", "detached-since"}},
      {"grade", {"session", "handshake", "probe", "rejected"}},
      {"peer_kind", {"group-member", "health-check", "aws-service", "scanner", "private", "public"}},
      {"change",
       {"rule-added", "rule-removed", "rule-modified", "description-changed", "group-created", "group-deleted",
        "failed"}},
      {"kind", {"created-with", "changed", "removed-with"}},
      {"opens_to", {"world", "wide", "peer"}},
      {"via", {"console", "cli", "sdk", "terraform", "cloudformation"}}};
  for (const auto& [column, wanted] : expected) {
    for (const std::string& value : wanted) EXPECT_TRUE(values[column].contains(value)) << column << " " << value;
  }
}

TEST(BlogSample, EveryStatementThatAsksSomethingHasRows) {
  const SampleFolder folder("blog");
  Options options = options_for(folder, 1, 14);
  options.scenario = Scenario::kBlog;
  ASSERT_TRUE(write_sample(options));
  const Json truth = truth_of(folder);
  ASSERT_EQ(truth.at("statements").size(), 7U);
  for (const Json& one : truth.at("statements")) {
    const std::string file = one.at("file");
    if (file.starts_with("00") || file.starts_with("05")) {
      EXPECT_TRUE(one.at("rows").empty()) << file;
      continue;
    }
    EXPECT_FALSE(one.at("rows").empty()) << file;
    for (const Json& row : one.at("rows")) EXPECT_EQ(row.size(), one.at("columns").size()) << file;
  }
  EXPECT_TRUE(fs::exists(folder.path() / "AWSLogs/621011111111/CloudTrail/eu-central-1"));
  EXPECT_TRUE(fs::exists(folder.path() / "AWSLogs/621011111111/vpcflowlogs/eu-central-1"));
}

TEST(BlogSample, NoEventIsDeliveredTwiceSinceTheStatementsWouldCountIt) {
  const SampleFolder folder("blog-once");
  Options options = options_for(folder, 2, 14);
  options.scenario = Scenario::kBlog;
  const auto written = write_sample(options);
  ASSERT_TRUE(written);
  std::uint64_t records = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "AWSLogs/621011111111/CloudTrail")) {
    if (entry.is_regular_file()) records += Json::parse(unpacked(entry.path())).at("Records").size();
  }
  EXPECT_EQ(records, written->events);
}

TEST(Sample, AccountsOfOneToFortyDaysAreWrittenForManySeeds) {
  for (std::uint64_t seed = 100; seed < 106; ++seed) {
    const SampleFolder folder("many");
    const int days = 1 + static_cast<int>(seed % 3);
    const auto written = write_sample(options_for(folder, seed, days));
    ASSERT_TRUE(written) << seed;
    EXPECT_GT(written->flow_records, 1000U);
    EXPECT_FALSE(truth_of(folder).at("cases").empty());
  }
}

}  // namespace
}  // namespace flowtrail::sample
