#include "shell/terminal_sink.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/test_path.h"

namespace flowtrail::shell {
namespace {

class TerminalSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    std::filesystem::remove(paged_);
    setenv("PAGER", ("cat >" + paged_.string()).c_str(), 1);
  }
  void TearDown() override { std::filesystem::remove(paged_); }
  [[nodiscard]] std::string paged() const {
    std::ifstream file{paged_};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  [[nodiscard]] TerminalSinkOptions screen_of(int lines) {
    TerminalSinkOptions options;
    options.print = [this](std::string_view text) -> Status {
      printed_ += text;
      return {};
    };
    options.screen_lines = [lines] { return lines; };
    return options;
  }
  std::string printed_;
  std::filesystem::path paged_ = test_path("terminal_sink.txt");
};

TEST_F(TerminalSinkTest, AnAnswerThatFitsTheScreenIsPrinted) {
  TerminalSink sink{screen_of(3)};
  sink.begin();
  sink.write("a\nb\n");
  sink.end();
  EXPECT_EQ(printed_, "a\nb\n");
  EXPECT_EQ(paged(), "");
}

TEST_F(TerminalSinkTest, ALongerOneIsPagedFromItsBeginning) {
  TerminalSink long_sink{screen_of(3)};
  long_sink.begin();
  long_sink.write("a\nb\n");
  long_sink.write("c\n");
  long_sink.write("d\n");
  long_sink.end();
  EXPECT_EQ(paged(), "a\nb\nc\nd\n");
}

TEST_F(TerminalSinkTest, PagerOffPrintsAll) {
  TerminalSink off{screen_of(1)};
  off.set_pager(false);
  off.begin();
  off.write("a\nb\n");
  off.end();
  EXPECT_EQ(printed_, "a\nb\n");
}

TEST_F(TerminalSinkTest, APagerThatEndsEarlyIsNoFailure) {
  setenv("PAGER", "true", 1);
  TerminalSink left{screen_of(1)};
  left.begin();
  for (int i = 0; i < 1000; ++i) left.write(std::string(1000, 'x') + "\n");
  left.end();
  EXPECT_TRUE(left.status().has_value());
}

}  // namespace
}  // namespace flowtrail::shell
