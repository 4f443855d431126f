#include "shell/statement_buffer.h"

#include <gtest/gtest.h>

namespace flowtrail::shell {
namespace {

std::vector<std::string> texts(const std::vector<Statement>& statements) {
  std::vector<std::string> texts;
  for (const Statement& statement : statements) texts.push_back(statement.text);
  return texts;
}

using Texts = std::vector<std::string>;

TEST(StatementBuffer, EndsAStatementAtASemicolon) {
  StatementBuffer buffer;
  EXPECT_EQ(texts(buffer.add_line("SELECT 1 ;")), Texts{"SELECT 1"});
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(texts(buffer.add_line("a; b; c")), (Texts{"a", "b"}));
  EXPECT_FALSE(buffer.empty());
  EXPECT_EQ(texts(buffer.add_line(";")), Texts{"c"});
}

TEST(StatementBuffer, GoesOnOverLinesAndEmptyLines) {
  StatementBuffer buffer;
  EXPECT_TRUE(buffer.add_line("SELECT").empty());
  EXPECT_TRUE(buffer.add_line("").empty());
  EXPECT_EQ(texts(buffer.add_line("1;")), Texts{"SELECT\n\n1"});
}

TEST(StatementBuffer, SemicolonsInStringsNamesCommentsAndDollarBodiesEndNothing) {
  for (const std::string text : {"SELECT 'a;''b;'", "SELECT \"a;\"\";\"", "SELECT `a;b`", "SELECT 1 -- a;",
                                 "SELECT /* a; ' */ 1", "SELECT $$a;'b$$", "SELECT $x$a;$$;$x$"}) {
    StatementBuffer buffer;
    EXPECT_TRUE(buffer.add_line(text).empty()) << text;
    EXPECT_EQ(texts(buffer.add_line(";")), Texts{text}) << text;
  }
}

TEST(StatementBuffer, StringsAndCommentsGoOnInTheNextLine) {
  StatementBuffer buffer;
  EXPECT_TRUE(buffer.add_line("SELECT 'a;").empty());
  EXPECT_TRUE(buffer.add_line("b' /* ;").empty());
  EXPECT_TRUE(buffer.add_line(".quit; */ -- ;").empty());
  EXPECT_EQ(texts(buffer.add_line(", 2;")), Texts{"SELECT 'a;\nb' /* ;\n.quit; */ -- ;\n, 2"});
}

TEST(StatementBuffer, BackslashesKeepQuotesInHiveDdlAlone) {
  StatementBuffer buffer;
  EXPECT_EQ(texts(buffer.add_line("SELECT 'a\\';")), Texts{"SELECT 'a\\'"});
  EXPECT_EQ(texts(buffer.add_line("CREATE EXTERNAL TABLE t (a int) COMMENT 'a\\';b';")),
            Texts{"CREATE EXTERNAL TABLE t (a int) COMMENT 'a\\';b'"});
  EXPECT_EQ(texts(buffer.add_line("SELECT e'a\\';b';")), Texts{"SELECT e'a\\';b'"});
}

TEST(StatementBuffer, LeavesOutWhatHasNoWords) {
  StatementBuffer buffer;
  EXPECT_TRUE(buffer.add_line(";; -- nothing").empty());
  EXPECT_TRUE(buffer.empty());
  EXPECT_TRUE(buffer.add_line("/* nothing */;").empty());
  EXPECT_FALSE(buffer.take_rest().has_value());
}

TEST(StatementBuffer, AnOpenCommentIsNotEmpty) {
  StatementBuffer buffer;
  EXPECT_TRUE(buffer.add_line("/* open").empty());
  EXPECT_FALSE(buffer.empty());
}

TEST(StatementBuffer, GivesTheUnendedRestOnce) {
  StatementBuffer buffer;
  EXPECT_EQ(texts(buffer.add_line("a; b")), Texts{"a"});
  EXPECT_EQ(buffer.take_rest().value().text, "b");
  EXPECT_FALSE(buffer.take_rest().has_value());
}

TEST(StatementBuffer, ClearForgetsAnOpenString) {
  StatementBuffer buffer;
  EXPECT_TRUE(buffer.add_line("SELECT 'open").empty());
  buffer.clear();
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(texts(buffer.add_line("b;")), Texts{"b"});
}

TEST(StatementBuffer, KnowsTheLineOfEachStatement) {
  StatementBuffer buffer;
  EXPECT_TRUE(buffer.add_line("").empty());
  buffer.skip_line();
  EXPECT_EQ(buffer.add_line("a;")[0].first_line, 3);
  EXPECT_EQ(buffer.add_line("b; c")[0].first_line, 4);
  EXPECT_TRUE(buffer.add_line("").empty());
  EXPECT_EQ(buffer.add_line("; d;")[1].first_line, 6);
  EXPECT_TRUE(buffer.add_line("e; ").size() == 1);
  EXPECT_TRUE(buffer.add_line("").empty());
  EXPECT_EQ(buffer.add_line("f;")[0].first_line, 9);
}

}  // namespace
}  // namespace flowtrail::shell
