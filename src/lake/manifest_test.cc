#include "lake/manifest.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/test_path.h"

namespace flowtrail::lake {
namespace {

class ManifestTest : public testing::Test {
 protected:
  void SetUp() override { TearDown(); }
  void TearDown() override { std::filesystem::remove(path_); }
  std::filesystem::path path_ = test_path("manifest_test.sqlite");
};

TEST_F(ManifestTest, WhatWasCommittedIsThereAfterwards) {
  {
    auto manifest = Manifest::open(path_).value();
    EXPECT_EQ(manifest.next_file().value(), 1);
    ASSERT_TRUE(
        manifest.commit(std::vector<NewFile>{{"flow_logs/a.parquet", 7, {{"k1", {10, 100}}, {"k'2", {20, 200}}}}}));
    EXPECT_EQ(manifest.next_file().value(), 2);
  }
  auto manifest = Manifest::open(path_).value();
  const auto objects = manifest.objects().value();
  ASSERT_EQ(objects.size(), 2U);
  EXPECT_EQ(objects.at("k'2").size, 20U);
  EXPECT_EQ(objects.at("k'2").modified, 200);
  EXPECT_TRUE(manifest.files().value().contains("flow_logs/a.parquet"));
}

TEST_F(ManifestTest, AFileThatIsWrittenAgainKeepsItsNumber) {
  auto manifest = Manifest::open(path_).value();
  ASSERT_TRUE(manifest.commit(std::vector<NewFile>{{"raw/s.json", 0, {{"s.json", {10, 100}}}}}));
  ASSERT_TRUE(manifest.commit(std::vector<NewFile>{{"raw/s.json", 0, {{"s.json", {11, 101}}}}}));
  EXPECT_EQ(manifest.files().value().size(), 1U);
  EXPECT_EQ(manifest.objects().value().at("s.json").size, 11U);
  EXPECT_EQ(manifest.next_file().value(), 2);
}

TEST_F(ManifestTest, AFileThatIsNoManifestIsAnError) {
  std::ofstream(path_) << std::string(5000, 'x');
  const auto manifest = Manifest::open(path_);
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace flowtrail::lake
