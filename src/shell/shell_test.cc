#include "shell/shell.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/test_path.h"
#include "shell/messages.h"

namespace flowtrail::shell {
namespace {

class TextSink : public Sink {
 public:
  void write(std::string_view text) override { answers += text; }
  void note(std::string_view lines) override { notes += lines; }
  std::string answers;
  std::string notes;
};

/// A person's lines; `^C` stands for Ctrl-C.
class PersonLines : public LineSource {
 public:
  explicit PersonLines(std::vector<std::string> lines) : lines_(std::move(lines)) {}
  Line next(std::string_view prompt, std::string_view /*unended*/) override {
    prompts.emplace_back(prompt);
    if (at_ == lines_.size()) return {};
    const std::string& text = lines_[at_++];
    return text == "^C" ? Line{Line::Kind::kInterrupted, {}} : Line{Line::Kind::kText, text};
  }
  [[nodiscard]] bool is_person() const override { return true; }
  void remember(std::string_view text) override { remembered.emplace_back(text); }
  std::vector<std::string> prompts;
  std::vector<std::string> remembered;

 private:
  std::vector<std::string> lines_;
  std::size_t at_ = 0;
};

class ShellTest : public testing::Test {
 protected:
  Status run(const std::string& text, ShellOptions options) {
    std::istringstream stream{text};
    StreamLines lines{stream};
    return run(lines, std::move(options));
  }
  Status run(const std::string& text) { return run(text, tsv()); }
  Status run(LineSource& lines, ShellOptions options) {
    Shell shell{session_, sink_, std::move(options)};
    Status status = shell.run(lines);
    std::erase(sink_.answers, '\r');
    return status;
  }
  static ShellOptions tsv() {
    ShellOptions options;
    options.format = output::Format::kTsv;
    return options;
  }

  engine::Database database_ = engine::Database::open({}).value();
  engine::Connection connection_ = database_.connect().value();
  std::unique_ptr<Session> opened_ = Session::open(connection_, Dialect::kAthena, {}).value();
  Session& session_ = *opened_;
  TextSink sink_;
};

TEST_F(ShellTest, RunsStatementsAndTheUnendedRest) {
  EXPECT_TRUE(run("SELECT 1 AS a;\nSELECT\n 2 AS b; SELECT 3 AS c").has_value());
  EXPECT_EQ(sink_.answers, "a\n1\nb\n2\nc\n3\n");
  EXPECT_EQ(sink_.notes, "");
}

TEST_F(ShellTest, SpeaksDuckdbToo) {
  const auto opened = Session::open(connection_, Dialect::kDuckdb, {});
  Session& session = **opened;
  Shell shell{session, sink_, tsv()};
  std::istringstream stream{"CREATE TABLE t(a INTEGER, \"B c\" VARCHAR);\n.tables\n.inspect t\nSELECT 1::int AS x;"};
  StreamLines lines{stream};
  EXPECT_TRUE(shell.run(lines).has_value());
  std::erase(sink_.answers, '\r');
  EXPECT_EQ(sink_.answers, "table\nt\ncolumn\ttype\na\tINTEGER\nB c\tVARCHAR\nx\n1\n");
}

TEST_F(ShellTest, StopsAtTheFirstErrorAndGivesIt) {
  const Status status = run("SELECT 1 AS a;\nSELECT nope;\nSELECT 2 AS b;");
  EXPECT_EQ(status.error().code, ErrorCode::kUsage);
  EXPECT_EQ(sink_.answers, "a\n1\n");
  EXPECT_EQ(sink_.notes,
            "flowtrail: in the statement at line 2:\n"
            "flowtrail: line 1:8: Column 'nope' cannot be resolved\n"
            "SELECT nope\n       ^\n");
}

TEST_F(ShellTest, KeepsGoingWhenTold) {
  ShellOptions options = tsv();
  options.keep_going = true;
  EXPECT_FALSE(run("SELECT nope; SELECT 2 AS b;\n.nope\nSELECT 3 AS c", options).has_value());
  EXPECT_EQ(sink_.answers, "b\n2\nc\n3\n");
}

TEST_F(ShellTest, NothingKeepsGoingAfterCtrlC) {
  ShellOptions options = tsv();
  options.keep_going = true;
  options.guard = [](const auto& /*body*/) -> engine::SqlResult<void> { return std::unexpected(cancelled()); };
  const Status status = run("SELECT 1; SELECT 2;\nSELECT 3", options);
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(sink_.answers, "");
  EXPECT_EQ(sink_.notes, "flowtrail: cancelled\n");
}

TEST_F(ShellTest, APersonGoesOnAfterAnError) {
  PersonLines lines{{"SELECT nope;", ".nope", "SELECT 2 AS b;", "SELECT unended"}};
  EXPECT_TRUE(run(lines, tsv()).has_value());
  EXPECT_EQ(sink_.answers, "b\n2\n");
  EXPECT_TRUE(sink_.notes.starts_with("flowtrail: line 1:8: Column"));
}

TEST_F(ShellTest, CtrlCDropsWhatIsUnended) {
  PersonLines lines{{"SELECT 'open", "^C", "SELECT 2 AS b;"}};
  EXPECT_TRUE(run(lines, tsv()).has_value());
  EXPECT_EQ(sink_.answers, "b\n2\n");
  EXPECT_EQ(lines.prompts, (std::vector<std::string>{"flowtrail> ", "      ...> ", "flowtrail> ", "flowtrail> "}));
}

TEST_F(ShellTest, RemembersWholeStatementsAndCommands) {
  PersonLines lines{{"SELECT 1;", ".mode csv", "SELECT", "2;", "SELECT 3"}};
  EXPECT_TRUE(run(lines, tsv()).has_value());
  EXPECT_EQ(lines.remembered, (std::vector<std::string>{"SELECT 1;", ".mode csv", "SELECT\n2;"}));
}

TEST_F(ShellTest, ListsTablesAndViewsByPattern) {
  EXPECT_TRUE(run("CREATE TABLE abc AS SELECT 1 AS n; CREATE VIEW bcd AS SELECT 'x' AS v;\n"
                  ".tables\n.tables a\n.tables *D\n.inspect bcd\n")
                  .has_value());
  EXPECT_EQ(sink_.answers, "table\nabc\nbcd\ntable\nabc\ntable\nbcd\ncolumn\ttype\nv\tvarchar(1)\n");
}

TEST_F(ShellTest, AMissingTableTellsTheNearest) {
  EXPECT_FALSE(run("CREATE TABLE flows AS SELECT 1 AS n;\n.inspect flovs\n").has_value());
  EXPECT_EQ(sink_.notes, "flowtrail: line 2: no such table: flovs (did you mean flows?)\n");
  sink_.notes.clear();
  EXPECT_FALSE(run("SELECT * FROM flovs").has_value());
  EXPECT_NE(sink_.notes.find("did you mean flows?"), std::string::npos);
}

TEST_F(ShellTest, ModeChangesTheFormat) {
  EXPECT_TRUE(run(".mode\n.mode csv\nSELECT 1 AS a, 2 AS b;\n.mode jsonl\nSELECT 1 AS a;\n.mode\n").has_value());
  EXPECT_EQ(sink_.answers, "tsv\na,b\n1,2\n{\"a\":1}\nndjson\n");
  EXPECT_FALSE(run(".mode xml\n").has_value());
  EXPECT_TRUE(sink_.notes.starts_with("flowtrail: line 1: not an output format: xml"));
}

TEST_F(ShellTest, JsonHoldsErrorsToo) {
  EXPECT_FALSE(run(".mode json\nSELECT nope;").has_value());
  EXPECT_TRUE(sink_.answers.starts_with(R"({"error":{"name":"COLUMN_NOT_FOUND")")) << sink_.answers;
}

TEST_F(ShellTest, TheTimerTellsSecondsAndRows) {
  ShellOptions options = tsv();
  double now = 0;
  options.clock = [&now] { return now += 0.25; };
  EXPECT_TRUE(run(".timer on\nVALUES 1, 2, 3;\n.timer off\nSELECT 1;", options).has_value());
  EXPECT_EQ(sink_.notes, "flowtrail: 0.250 s, 3 rows\n");
}

TEST_F(ShellTest, ExplainShowsAPlanAndErrors) {
  EXPECT_TRUE(run(".explain SELECT 1 AS a;").has_value());
  EXPECT_FALSE(sink_.answers.empty());
  EXPECT_FALSE(run(".explain SELECT nope").has_value());
  EXPECT_NE(sink_.notes.find("Column 'nope' cannot be resolved"), std::string::npos);
}

class ShellFiles : public ShellTest {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream{folder_ / name} << text;
    return (folder_ / name).string();
  }
  std::filesystem::path folder_ = test_path("shell_files");
};

TEST_F(ShellFiles, ReadRunsAFileWithItsCommands) {
  const std::string path = write("a.sql", ".mode csv\nSELECT 1 AS a,\n 2 AS b;\nSELECT 3 AS c");
  EXPECT_TRUE(run("SELECT 0 AS z;\n.read '" + path + "'\nSELECT 4 AS d;").has_value());
  EXPECT_EQ(sink_.answers, "z\n0\na,b\n1,2\nc\n3\nd\n4\n");
}

TEST_F(ShellFiles, AnErrorInAFileTellsFileAndLineOnce) {
  const std::string path = write("a.sql", "\n\nSELECT nope;\nSELECT 1 AS a;");
  EXPECT_FALSE(run(".read " + path + "\nSELECT 2 AS b;").has_value());
  EXPECT_EQ(sink_.answers, "");
  EXPECT_EQ(sink_.notes, "flowtrail: in the statement at " + path +
                             ":3:\nflowtrail: line 1:8: Column 'nope' cannot be resolved\nSELECT nope\n       ^\n");
}

TEST_F(ShellFiles, QuitInAFileEndsTheShell) {
  const std::string path = write("a.sql", "SELECT 1 AS a;\n.quit\nSELECT 2 AS b;");
  EXPECT_TRUE(run(".read " + path + "\nSELECT 3 AS c;").has_value());
  EXPECT_EQ(sink_.answers, "a\n1\n");
}

TEST_F(ShellFiles, AFileThatReadsItselfEnds) {
  const std::string path = write("a.sql", ".read " + (folder_ / "a.sql").string());
  EXPECT_FALSE(run(".read " + path).has_value());
  EXPECT_NE(sink_.notes.find(".read is 16 files deep"), std::string::npos);
  EXPECT_FALSE(run(".read " + path + ".none").has_value());
}

}  // namespace
}  // namespace flowtrail::shell
