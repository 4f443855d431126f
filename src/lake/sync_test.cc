#include "lake/sync.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "engine/database.h"
#include "lake/files.h"
#include "source/inventory.h"

namespace flowtrail::lake {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kVersion2 =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status\n";
constexpr std::string_view kTrail = R"({"Records":[{"eventVersion":"1.08","eventName":"X","eventID":"1"}]})";

std::string record(int interface, int start) {
  return fmt::format("2 111122223333 eni-{:02} 203.0.113.5 10.0.0.1 4000 22 6 1 40 {} {} ACCEPT OK\n", interface, start,
                     start + 60);
}

class SyncTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "sync_test_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    options_.sources = {(folder_ / "bucket").string()};
    options_.folder = folder_ / "lake";
    options_.threads = 1;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& key, std::string_view text) const {
    const fs::path path = folder_ / "bucket" / key;
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
  }
  static std::string flow_key(std::string_view day, std::string_view time,
                              std::string_view id = "fl-0123456789abcdef0") {
    return fmt::format(
        "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/{}/"
        "111122223333_vpcflowlogs_eu-west-1_{}_202603{}T{}Z_0a.log",
        day, id, day, time);
  }
  void write_flows(std::string_view day, std::string_view time, int records) const {
    std::string text(kVersion2);
    for (int i = 0; i < records; ++i) text += record(i % 5, 1772359200 + (i * 37) % 300);
    write(flow_key(day, time), text);
  }

  Summary sync_all() const {
    auto summary = sync(options_);
    EXPECT_TRUE(summary) << summary.error().to_string();
    return summary.value_or(Summary{});
  }

  /// What is in the lake, each record by its place, and each raw file.
  std::multiset<std::string> contents() const {
    std::multiset<std::string> all;
    auto database = engine::Database::open({.memory_limit = "100MB", .temporary_folder = {}, .threads = 1}).value();
    auto connection = database.connect().value();
    const std::string files = (options_.folder / "flow_logs" / "**" / "*.parquet").string();
    const auto rows = connection.fetch_all("SELECT source_key || ':' || source_line FROM read_parquet(" +
                                           engine::quote_literal(files) + ")");
    if (rows) {
      for (const auto& row : rows->rows) all.insert(output::plain_value(row[0], "NULL"));
    }
    if (!fs::exists(options_.folder / "raw")) return all;
    for (const auto& entry : fs::recursive_directory_iterator(options_.folder / "raw")) {
      if (entry.is_regular_file()) all.insert(entry.path().lexically_relative(options_.folder / "raw").string());
    }
    return all;
  }

  /// Runs in a process of its own that ends, without any cleaning up, before step number `last`. True: it came to its
  /// end.
  bool run_until(int last) const {
    const pid_t child = ::fork();
    if (child == 0) {
      Options options = options_;
      int steps = 0;
      options.before_step = [&](std::string_view) {
        if (steps++ == last) ::_exit(9);
      };
      const bool done = sync(options).has_value();
      ::_exit(done ? 0 : 1);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_NE(WEXITSTATUS(status), 1);
    return WEXITSTATUS(status) == 0;
  }

  fs::path folder_;
  Options options_;
};

TEST_F(SyncTest, EachObjectIsInTheLakeOnce) {
  write_flows("01", "1000", 20);
  write_flows("01", "1005", 30);
  write_flows("02", "1000", 40);
  write("trail.json", kTrail);
  Summary summary = sync_all();
  EXPECT_EQ(summary.new_objects, 4U);
  EXPECT_EQ(summary.new_records, 90U);
  EXPECT_EQ(summary.new_files, 2U);
  EXPECT_EQ(summary.raw_objects, 1U);
  EXPECT_EQ(contents().size(), 91U);

  write_flows("02", "1005", 10);
  summary = sync_all();
  EXPECT_EQ(summary.new_objects, 1U);
  EXPECT_EQ(summary.known_objects, 4U);
  EXPECT_EQ(contents().size(), 101U);
  EXPECT_EQ(sync_all().new_objects, 0U);
}

TEST_F(SyncTest, FilesAreSortedAndTellAccountRegionAndDay) {
  write_flows("01", "1000", 50);
  sync_all();
  auto database = engine::Database::open({}).value();
  auto connection = database.connect().value();
  const auto row = connection.fetch_all(fmt::format(
      "SELECT list(interface_id || start) = list_sort(list(interface_id || start)), any_value(aws_account_id), "
      "any_value(aws_region), any_value(day) FROM read_parquet('{}/flow_logs/**/*.parquet')",
      options_.folder.string()));
  ASSERT_TRUE(row) << row.error().what;
  EXPECT_EQ(output::plain_value(row->rows[0][0], ""), "true");
  EXPECT_EQ(output::plain_value(row->rows[0][1], ""), "111122223333");
  EXPECT_EQ(output::plain_value(row->rows[0][2], ""), "eu-west-1");
  EXPECT_EQ(output::plain_value(row->rows[0][3], "").substr(0, 10), "2026-03-01");
  const auto listed = source::list(std::vector{options_.folder.string()}, {});
  ASSERT_TRUE(listed);
  const auto parquet = std::ranges::find(listed->objects, source::ObjectKind::kFlowLogParquet, &source::Object::kind);
  ASSERT_NE(parquet, listed->objects.end());
  EXPECT_EQ(parquet->account, "111122223333");
  EXPECT_EQ(parquet->flow_log_id, "fl-0123456789abcdef0");
  EXPECT_EQ(format_utc(*parquet->last_slot), "2026-03-01T23:59:00Z");
}

TEST_F(SyncTest, ARunThatIsEndedAnywhereIsMadeGoodByTheNext) {
  options_.batch_bytes = 1;  // a file for each object
  for (const char* time : {"1000", "1005", "1010"}) write_flows("01", time, 7);
  write("trail.json", kTrail);
  write("odd.log", "version account-id interface-id srcaddr\n2 x\n2 1 eni-1 10.0.0.1\n");
  const auto expected = [&] {
    sync_all();
    auto all = contents();
    fs::remove_all(options_.folder);
    return all;
  }();
  ASSERT_EQ(expected.size(), 23U);
  int ended = 0;
  for (int last = 0;; ++last, ++ended) {
    fs::remove_all(options_.folder);
    const bool done = run_until(last);
    sync_all();
    EXPECT_EQ(contents(), expected) << "ended before step " << last;
    if (done) break;
  }
  EXPECT_GT(ended, 10);
  // And one that is ended again and again gets on.
  fs::remove_all(options_.folder);
  int runs = 0;
  while (!run_until(4)) ASSERT_LT(++runs, 20);
  EXPECT_EQ(contents(), expected);
}

TEST_F(SyncTest, AnEndedRunsFileIsSwept) {
  write_flows("01", "1000", 7);
  EXPECT_FALSE(run_until(2));  // written and renamed, not committed
  EXPECT_EQ(contents().size(), 7U);
  const Summary summary = sync_all();
  EXPECT_EQ(summary.swept_files, 1U);
  EXPECT_EQ(summary.new_records, 7U);
  EXPECT_EQ(contents().size(), 7U);
}

TEST_F(SyncTest, WhatAnEndedRunPutAsideIsRemoved) {
  write_flows("01", "1000", 7);
  sync_all();
  const fs::path left = options_.folder / "_flowtrail" / "unfinished.run-0";
  std::ofstream(left) << "rows";
  sync_all();
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(options_.folder / "_flowtrail" / "manifest.sqlite"));
}

TEST_F(SyncTest, ASecondRunAtTheSameTimeIsRefused) {
  write_flows("01", "1000", 7);
  sync_all();
  const auto lock = Lock::take(options_.folder / "_flowtrail" / "lock");
  ASSERT_TRUE(lock);
  const auto second = sync(options_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().what, "another sync is at work on this lake");
}

TEST_F(SyncTest, ObjectsWithBadInputOrOfAnotherFormatStayAsTheyWere) {
  write_flows("01", "1000", 7);
  write(flow_key("01", "1005"), std::string{kVersion2} + record(1, 1772359200) + "2 cut off\n");
  write(flow_key("01", "1010"), "version interface-id start end\n2 eni-1 1772359200 1772359260\n");
  const Summary summary = sync_all();
  EXPECT_EQ(summary.raw_objects, 2U);
  EXPECT_EQ(summary.new_records, 7U);
  EXPECT_EQ(summary.bad.total(), 1U);
  std::ifstream kept(options_.folder / "raw" / flow_key("01", "1010"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}),
            "version interface-id start end\n2 eni-1 1772359200 1772359260\n");
}

TEST_F(SyncTest, ObjectsThatChangeOrVanishAreTold) {
  write_flows("01", "1000", 7);
  write_flows("01", "1005", 7);
  write("trail.json", kTrail);
  sync_all();
  write_flows("01", "1000", 9);
  fs::remove(folder_ / "bucket" / flow_key("01", "1005"));
  write("trail.json", std::string{kTrail} + " ");
  const Summary summary = sync_all();
  EXPECT_EQ(summary.changed, std::vector{flow_key("01", "1000")});
  EXPECT_EQ(summary.vanished, std::vector{flow_key("01", "1005")});
  EXPECT_EQ(contents().size(), 15U);
  EXPECT_EQ(fs::file_size(options_.folder / "raw" / "trail.json"), kTrail.size() + 1);
}

TEST_F(SyncTest, RawFilesKeepTheirTimes) {
  write("trail.json", kTrail);
  const auto then = fs::file_time_type::clock::now() - std::chrono::hours{240};
  fs::last_write_time(folder_ / "bucket" / "trail.json", then);
  sync_all();
  const auto kept = fs::last_write_time(options_.folder / "raw" / "trail.json");
  EXPECT_LT(std::chrono::abs(kept - then), std::chrono::seconds{1});
}

TEST_F(SyncTest, AFolderWithOtherThingsIsNoLake) {
  write_flows("01", "1000", 7);
  fs::create_directories(options_.folder);
  std::ofstream(options_.folder / "letter.txt") << "x";
  const auto refused = sync(options_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
}

TEST_F(SyncTest, ALakeInItsOwnSourceIsRefused) {
  write_flows("01", "1000", 7);
  options_.folder = folder_ / "bucket" / "lake";
  const auto refused = sync(options_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "the lake would lie in the SOURCE");
  EXPECT_FALSE(fs::exists(options_.folder));
}

TEST_F(SyncTest, TwoSourcesWithOneKeyAreRefused) {
  write("a/1.log", std::string{kVersion2} + record(1, 1772359200));
  write("b/1.log", std::string{kVersion2} + record(1, 1772359200));
  options_.sources = {(folder_ / "bucket/a").string(), (folder_ / "bucket/b").string()};
  const auto refused = sync(options_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "two SOURCEs hold the same key");
}

}  // namespace
}  // namespace flowtrail::lake
