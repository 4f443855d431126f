#include "dialect/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flowtrail::dialect {
namespace {

std::vector<std::string> texts(std::string_view sql, StringStyle style = StringStyle::kTrino) {
  std::vector<std::string> result;
  for (const Token& token : tokenize(sql, style)) result.emplace_back(token.text);
  result.pop_back();  // kEnd
  return result;
}

TokenKind kind_of(std::string_view sql) {
  return tokenize(sql).front().kind;
}

using Texts = std::vector<std::string>;

TEST(Lexer, OperatorsOfTwoCharactersStayTogether) {
  EXPECT_EQ(texts("a->b=>c||d<>e!=f<=g>=h"),
            (Texts{"a", "->", "b", "=>", "c", "||", "d", "<>", "e", "!=", "f", "<=", "g", ">=", "h"}));
}

TEST(Lexer, CommentsAreNoTokens) {
  EXPECT_EQ(texts("a -- b 'c\n/* d ; */ e"), (Texts{"a", "e"}));
  EXPECT_EQ(texts("a /* b"), (Texts{"a", "/", "*", "b"}));
}

TEST(Lexer, NumbersAreIntegersDecimalsOrDoubles) {
  for (const auto* text : {"12", "1_000", "0x1F", "0b101", "0o17"})
    EXPECT_EQ(kind_of(text), TokenKind::kInteger) << text;
  for (const auto* text : {"1.5", ".5", "1."}) EXPECT_EQ(kind_of(text), TokenKind::kDecimal) << text;
  for (const auto* text : {"1E5", "1.5e-3", ".5E0"}) EXPECT_EQ(kind_of(text), TokenKind::kDouble) << text;
  EXPECT_EQ(kind_of("1a"), TokenKind::kDigitIdentifier);
  EXPECT_EQ(texts("x[1].y"), (Texts{"x", "[", "1", "]", ".", "y"}));
}

TEST(Lexer, StringsKeepDoubledQuotesAndBackslashes) {
  EXPECT_EQ(string_value(tokenize("'it''s \\'")[0]), "it's \\");
  EXPECT_EQ(name_of(tokenize(R"("a""b")")[0]), "a\"b");
  EXPECT_EQ(kind_of("U&'\\00e9'"), TokenKind::kUnicodeString);
  EXPECT_EQ(kind_of("x'0a'"), TokenKind::kBinary);
}

TEST(Lexer, UnclosedQuoteIsATokenOfItsOwn) {
  const auto tokens = tokenize("SELECT \"open");
  EXPECT_EQ(tokens[1].kind, TokenKind::kUnknown);
  EXPECT_EQ(tokens[1].text, "\"");
}

TEST(Lexer, PositionsCountCodePoints) {
  const auto tokens = tokenize("'äö' a\n  b");
  EXPECT_EQ(tokens[1].position.column, 6);
  EXPECT_EQ(tokens[2].position.line, 2);
  EXPECT_EQ(tokens[2].position.column, 3);
  EXPECT_EQ(tokens[3].kind, TokenKind::kEnd);
  EXPECT_EQ(tokens[3].begin, 12U);
}

TEST(Lexer, HiveStringsKnowBackslashes) {
  const auto tokens = tokenize(R"('a\'b' "c\"d" '\001\t\u0041\\')", StringStyle::kHive);
  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_EQ(hive_string_value(tokens[0]), "a'b");
  EXPECT_EQ(hive_string_value(tokens[1]), "c\"d");
  EXPECT_EQ(hive_string_value(tokens[2]), "\001\tA\\");
}

TEST(Lexer, ScriptIsSplitAtSemicolonsOutsideOfTexts) {
  const auto statements = split_statements("select ';' ;; -- a;\n  values 1; ");
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0].text, "select ';'");
  EXPECT_EQ(statements[1].text, "values 1");
  EXPECT_EQ(statements[1].position.line, 2);
  EXPECT_EQ(statements[1].position.column, 3);
}

TEST(Lexer, HiveStatementIsSplitWithItsOwnStrings) {
  const auto statements = split_statements("create external table t (a string) escaped by '\\'';select 1");
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[1].text, "select 1");
}

TEST(Lexer, HiveDdlIsToldFromTrinos) {
  EXPECT_TRUE(is_hive_ddl("CREATE EXTERNAL TABLE t (a int)"));
  EXPECT_TRUE(is_hive_ddl("create table t (a int) location 's3://b/'"));
  EXPECT_TRUE(is_hive_ddl("ALTER TABLE t ADD PARTITION (d='1')"));
  EXPECT_FALSE(is_hive_ddl("create table t as select 1"));
  EXPECT_FALSE(is_hive_ddl("create table t with (format = 'PARQUET') as select 1"));
  EXPECT_FALSE(is_hive_ddl("create or replace view v as select 1"));
}

TEST(Lexer, MismatchedInputIsToldInTrinosWords) {
  const auto tokens = tokenize("SELECT FROM t");
  const auto error = mismatched_input(tokens[1], "<expression>");
  EXPECT_EQ(error.what, "line 1:8: mismatched input 'FROM'. Expecting: <expression>");
  EXPECT_EQ(error.name, "SYNTAX_ERROR");
  EXPECT_EQ(error.column, 8);
}

}  // namespace
}  // namespace flowtrail::dialect
