#include "source/inventory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace flowtrail::source {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeader = "version account-id interface-id srcaddr dstaddr\n";

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

class InventoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "source_test_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const fs::path& name, std::string_view bytes) {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    return path;
  }

  static Inventory list_places(std::vector<std::string> sources, std::vector<std::string> snapshots = {}) {
    auto inventory = list(sources, snapshots);
    EXPECT_TRUE(inventory.has_value()) << inventory.error().to_string();
    return inventory ? *std::move(inventory) : Inventory{};
  }
  static std::vector<std::string> keys(const Inventory& inventory) {
    std::vector<std::string> result;
    for (const Object& object : inventory.objects) result.push_back(object.key);
    return result;
  }

  fs::path folder_;
};

using Keys = std::vector<std::string>;

TEST_F(InventoryTest, ObjectsComeOrderedByKeyWithSizeAndTime) {
  write("b/2.log", kHeader);
  write("b.log", kHeader);
  write("a b/\xff.log", kHeader);
  const Inventory inventory = list_places({folder_.string()});
  EXPECT_EQ(keys(inventory), (Keys{"a b/\xff.log", "b.log", "b/2.log"}));
  for (const Object& object : inventory.objects) {
    EXPECT_EQ(object.kind, ObjectKind::kFlowLogText);
    EXPECT_EQ(object.size, kHeader.size());
    EXPECT_GT(to_seconds(object.modified), 1'500'000'000);
    EXPECT_TRUE(fs::equivalent(object.path, folder_ / object.key));
  }
  EXPECT_EQ(inventory.unreadable.total(), 0U);
}

TEST_F(InventoryTest, ASourceMayBeAFileOrATrailingSlash) {
  const fs::path file = write("in/one.log", kHeader);
  EXPECT_EQ(keys(list_places({file.string()})), (Keys{"one.log"}));
  EXPECT_EQ(keys(list_places({(folder_ / "in").string() + "/"})), (Keys{"one.log"}));
  EXPECT_EQ(keys(list_places({(folder_ / "in/../in/.").string()})), (Keys{"one.log"}));
}

TEST_F(InventoryTest, KeysTellKindsWithoutOpening) {
  const std::string name = "111122223333_vpcflowlogs_eu-west-1_fl-0123456789abcdef0_20260301T1005Z_1a2b3c4d.log.gz";
  write("AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/01/" + name, "no gzip at all");
  const Object object = list_places({folder_.string()}).objects.at(0);
  EXPECT_EQ(object.kind, ObjectKind::kFlowLogText);
  EXPECT_EQ(object.account, "111122223333");
  EXPECT_EQ(object.region, "eu-west-1");
  EXPECT_EQ(object.flow_log_id, "fl-0123456789abcdef0");
  EXPECT_EQ(format_utc(*object.slot), "2026-03-01T10:05:00Z");
}

TEST_F(InventoryTest, ContentTellsTheRestAfterDecompression) {
  write("compressed", gzip(std::string(kHeader)));
  write("events.json", R"({"Records":[]})");
  write("groups", gzip(R"({"SecurityGroups":[]})"));
  write("notes.txt", "Just notes.\n");
  write("empty.log", "");
  write("nothing.gz", gzip(""));
  write("truth.json", "{}");
  write("flows.parquet", "PAR1 columns: interface_id srcaddr \x20\x00\x00\x00PAR1");
  write("prices.parquet", "PAR1 columns: product price xxxxxx PAR1");
  write("cut.parquet", "PAR1 columns: product");
  std::map<std::string, std::pair<ObjectKind, std::string>> found;
  const Inventory inventory = list_places({folder_.string()});
  for (const Object& object : inventory.objects) found[object.key] = {object.kind, object.skip_reason};
  const std::map<std::string, std::pair<ObjectKind, std::string>> expected = {
      {"compressed", {ObjectKind::kFlowLogText, ""}},
      {"events.json", {ObjectKind::kCloudTrail, ""}},
      {"groups", {ObjectKind::kSnapshot, ""}},
      {"notes.txt", {ObjectKind::kUnknown, "not a log that flowtrail reads"}},
      {"empty.log", {ObjectKind::kSkipped, "empty"}},
      {"nothing.gz", {ObjectKind::kSkipped, "empty"}},
      {"truth.json", {ObjectKind::kSkipped, "answers of flowtrail sample"}},
      {"flows.parquet", {ObjectKind::kFlowLogParquet, ""}},
      {"prices.parquet", {ObjectKind::kUnknown, "Parquet without columns of a flow log"}},
      {"cut.parquet", {ObjectKind::kFlowLogParquet, ""}},
  };
  EXPECT_EQ(found, expected);
  EXPECT_EQ(inventory.unreadable.total(), 0U) << "what is not a log is no bad input";
}

TEST_F(InventoryTest, DamageThatHidesTheKindIsCounted) {
  write("cut.gz", gzip("Just some notes, long enough to be cut.").substr(0, 14));
  std::string long_log(kHeader);
  for (int i = 0; i < 3000; ++i) long_log += fmt::format("2 111122223333 eni-{} 10.0.0.1 10.0.0.2\n", i * 7919);
  const std::string packed = gzip(long_log);
  write("readable-start.gz", packed.substr(0, packed.size() / 2));
  const Inventory inventory = list_places({folder_.string()});
  EXPECT_EQ(inventory.objects.at(0).kind, ObjectKind::kUnknown);
  EXPECT_EQ(inventory.objects.at(1).kind, ObjectKind::kFlowLogText);
  ASSERT_EQ(inventory.unreadable.total(), 1U);
  EXPECT_EQ(inventory.unreadable.by_reason().begin()->first, "truncated gzip");
  EXPECT_EQ(inventory.unreadable.by_reason().begin()->second.first.at(0).object, "cut.gz");
}

TEST_F(InventoryTest, LinksAreFollowedOnceAndLoopsEnd) {
  write("real/a.log", kHeader);
  write("elsewhere/b.log", kHeader);
  fs::create_directory_symlink(folder_ / "real", folder_ / "real" / "self");
  fs::create_directory_symlink(folder_, folder_ / "real" / "up");
  fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "real" / "aside");
  fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "real" / "aside2");
  fs::create_symlink(folder_ / "real" / "a.log", folder_ / "real" / "0-link.log");
  EXPECT_EQ(keys(list_places({(folder_ / "real").string()})), (Keys{"a.log", "aside/b.log"}));
}

TEST_F(InventoryTest, BrokenLinksAreCountedAndSpecialFilesNeverOpened) {
  write("a.log", kHeader);
  fs::create_symlink(folder_ / "gone", folder_ / "broken");
  fs::create_symlink("circle", folder_ / "circle");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  const Inventory inventory = list_places({folder_.string()});
  EXPECT_EQ(keys(inventory), (Keys{"a.log", "pipe"}));
  EXPECT_EQ(inventory.objects.at(1).skip_reason, "not a regular file");
  EXPECT_EQ(inventory.unreadable.by_reason().at("broken link").count, 2U);
}

/// Root may read everything, so a test of refusal lists as nobody.
class AsNobody {
 public:
  AsNobody() : was_root_(::geteuid() == 0), is_nobody_(was_root_ && ::seteuid(65'534) == 0) {}
  ~AsNobody() {
    if (is_nobody_) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  [[nodiscard]] bool may_be_refused() const { return !was_root_ || is_nobody_; }

 private:
  bool was_root_, is_nobody_;
};

TEST_F(InventoryTest, UnreadableFoldersAndFilesAreCountedAndTheRestIsListed) {
  write("closed/a.log", kHeader);
  const fs::path file = write("closed.log", kHeader);
  write("open.log", kHeader);
  fs::permissions(folder_, fs::perms{0755});
  fs::permissions(folder_ / "closed", fs::perms::none);
  fs::permissions(file, fs::perms::none);
  Inventory inventory;
  ErrorCode refused = ErrorCode::kUsage;
  {
    const AsNobody nobody;
    if (!nobody.may_be_refused()) GTEST_SKIP() << "root cannot become nobody here";
    inventory = list_places({folder_.string()});
    const std::vector<std::string> closed = {(folder_ / "closed").string()};
    refused = list(closed, {}).error().code;
  }
  fs::permissions(folder_ / "closed", fs::perms::owner_all);
  EXPECT_EQ(inventory.unreadable.by_reason().at("cannot list folder").count, 1U);
  EXPECT_EQ(inventory.unreadable.by_reason().at("cannot open").count, 1U);
  EXPECT_EQ(keys(inventory), (Keys{"closed.log", "open.log"}));
  EXPECT_EQ(inventory.objects.at(0).skip_reason, "cannot open");
  EXPECT_EQ(refused, ErrorCode::kDenied);
}

TEST_F(InventoryTest, OverlappingSourcesListAFileOnce) {
  const std::string sub = write("sub/a.log", kHeader).parent_path().string();
  EXPECT_EQ(keys(list_places({sub, folder_.string(), sub})), (Keys{"a.log"}));
}

TEST_F(InventoryTest, SnapshotFilesNeedNoTellingContentAndOverrideTheSource) {
  const fs::path inside = write("logs/state.json", "{}");
  const fs::path outside = write("outside.json", "[]");
  const Inventory inventory = list_places({(folder_ / "logs").string()}, {inside.string(), outside.string()});
  EXPECT_EQ(keys(inventory), (Keys{"outside.json", "state.json"}));
  for (const Object& object : inventory.objects) {
    EXPECT_EQ(object.kind, ObjectKind::kSnapshot) << object.key;
    EXPECT_EQ(object.skip_reason, "") << object.key;
  }
}

TEST_F(InventoryTest, PlacesThatCannotBeReadAreErrors) {
  const auto code = [](std::vector<std::string> sources, std::vector<std::string> snapshots) {
    const auto inventory = list(sources, snapshots);
    EXPECT_FALSE(inventory.has_value());
    return inventory.error().code;
  };
  EXPECT_EQ(code({(folder_ / "missing").string()}, {}), ErrorCode::kNotFound);
  EXPECT_EQ(code({""}, {}), ErrorCode::kNotFound);
  EXPECT_EQ(code({}, {(folder_ / "missing.json").string()}), ErrorCode::kNotFound);
  EXPECT_EQ(code({"s3://bucket/prefix"}, {}), ErrorCode::kUnsupported);
  EXPECT_TRUE(list_places({}, {}).objects.empty());
  EXPECT_TRUE(list_places({folder_.string()}).objects.empty()) << "an empty folder is no error here";
}

TEST_F(InventoryTest, TenThousandFilesAreListedQuickly) {
  for (int i = 0; i < 10'000; ++i) write(fmt::format("d{}/f{}.log", i % 100, i), "version account-id srcaddr\n");
  const std::clock_t begin = std::clock();  // processor time: a busy machine is no slow program
  EXPECT_EQ(list_places({folder_.string()}).objects.size(), 10'000U);
  // Far above what it takes even with sanitizers; a quadratic listing would not pass.
  EXPECT_LT(std::clock() - begin, std::clock_t{10} * CLOCKS_PER_SEC);
}

TEST(InventoryCorpus, EveryFileIsClassified) {
  const fs::path corpus = fs::path(FLOWTRAIL_SOURCE_DIR) / "../shared/corpus";
  if (!fs::exists(corpus)) GTEST_SKIP() << "CORPUS ABSENT: " << corpus;
  const std::vector<std::string> sources = {corpus.string()};
  const auto inventory = list(sources, {});
  ASSERT_TRUE(inventory.has_value());
  EXPECT_EQ(inventory->unreadable.total(), 0U);
  std::map<ObjectKind, int> kinds;
  for (const Object& object : inventory->objects) {
    ++kinds[object.kind];
    const bool is_event_file = object.key.starts_with("cloudtrail/") && object.key.ends_with(".json");
    if (is_event_file) {
      EXPECT_EQ(object.kind, ObjectKind::kCloudTrail) << object.key;
    }
    if (object.key.ends_with("v6_file.log")) {
      EXPECT_EQ(object.kind, ObjectKind::kTransitGatewayFlowLog);
    }
    const bool is_note = object.key.ends_with(".txt") || object.key.ends_with(".md");
    if (is_note) {
      EXPECT_EQ(object.kind, ObjectKind::kUnknown) << object.key;
    }
  }
  EXPECT_EQ(kinds[ObjectKind::kFlowLogText], 12);
  EXPECT_EQ(kinds[ObjectKind::kTransitGatewayFlowLog], 1);
  EXPECT_EQ(kinds[ObjectKind::kCloudTrail], 35);
}

}  // namespace
}  // namespace flowtrail::source
