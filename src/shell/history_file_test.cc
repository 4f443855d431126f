#include "shell/history_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/test_path.h"

namespace flowtrail::shell {
namespace {

class HistoryFileTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_ = test_path("history_file");
  std::filesystem::path path_ = folder_ / "deep" / "history";
};

TEST_F(HistoryFileTest, KeepsEntriesOfSeveralLines) {
  HistoryFile history{path_};
  EXPECT_TRUE(history.load().empty());
  ASSERT_TRUE(history.append("SELECT\n'a\\n'").has_value());
  ASSERT_TRUE(history.append("b").has_value());
  EXPECT_EQ(HistoryFile{path_}.load(), (std::vector<std::string>{"SELECT\n'a\\n'", "b"}));
}

TEST_F(HistoryFileTest, IsForItsOwnerAlone) {
  ASSERT_TRUE(HistoryFile{path_}.append("a").has_value());
  std::filesystem::permissions(path_, std::filesystem::perms::all);
  ASSERT_TRUE(HistoryFile{path_}.append("b").has_value());
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(path_).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(HistoryFileTest, IsCutWhenItHasTwiceTheLimit) {
  HistoryFile history{path_, 2};
  for (const auto* entry : {"a", "b", "c", "d"}) ASSERT_TRUE(history.append(entry).has_value());
  EXPECT_EQ(history.load(), (std::vector<std::string>{"c", "d"}));
  ASSERT_TRUE(history.append("e").has_value());
  EXPECT_EQ(history.load(), (std::vector<std::string>{"d", "e"}));
  std::ifstream file{path_};
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>{file}, {}}), "d\ne\n");
}

TEST_F(HistoryFileTest, APlaceThatCannotBeWrittenIsAnError) {
  std::filesystem::create_directories(path_);
  EXPECT_FALSE(HistoryFile{path_}.append("a").has_value());
  EXPECT_TRUE(HistoryFile{{}}.append("a").has_value());
}

TEST_F(HistoryFileTest, ItsPlaceFollowsTheXdgDirectories) {
  setenv("HOME", "/home/x", 1);
  setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(HistoryFile::default_path(), "/state/flowtrail/history");
  setenv("XDG_STATE_HOME", "relative", 1);
  EXPECT_EQ(HistoryFile::default_path(), "/home/x/.local/state/flowtrail/history");
  unsetenv("XDG_STATE_HOME");
  unsetenv("HOME");
  EXPECT_EQ(HistoryFile::default_path(), "");
}

}  // namespace
}  // namespace flowtrail::shell
