#include "engine/database.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "output/result_table.h"

namespace flowtrail::engine {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  Database database_ = Database::open({}).value();
  Connection connection_ = database_.connect().value();

  output::Value one(const std::string& expression) {
    auto table = connection_.fetch_all("SELECT " + expression);
    if (!table) return std::string{"error: " + table.error().to_string()};
    return table->rows.at(0).at(0);
  }
  std::string type(const std::string& expression) {
    return connection_.fetch_all("SELECT " + expression).value().columns.at(0).type;
  }
};

TEST_F(DatabaseTest, EveryTypeIsReadAsItIsPrinted) {
  struct Case {
    const char* expression;
    const char* type;
    const char* json;
  };
  const Case cases[] = {
      {"NULL", "integer", "null"},
      {"true", "boolean", "true"},
      {"7::TINYINT", "tinyint", "7"},
      {"(-7)::SMALLINT", "smallint", "-7"},
      {"2147483647", "integer", "2147483647"},
      {"-9223372036854775808", "bigint", "\"-9223372036854775808\""},
      {"255::UTINYINT", "smallint", "255"},
      {"65535::USMALLINT", "integer", "65535"},
      {"4294967295::UINTEGER", "bigint", "4294967295"},
      {"18446744073709551615::UBIGINT", "decimal(20,0)", "\"18446744073709551615\""},
      {"sum(x) FROM range(4) t(x)", "decimal(38,0)", "6"},
      {"170141183460469231731687303715884105727::HUGEINT", "decimal(38,0)",
       "\"170141183460469231731687303715884105727\""},
      {"(-170141183460469231731687303715884105728)::HUGEINT", "decimal(38,0)",
       "\"-170141183460469231731687303715884105728\""},
      {"0.1::DOUBLE", "double", "0.1"},
      {"1e300", "double", "1e+300"},
      {"'nan'::DOUBLE", "double", "\"NaN\""},
      {"'-inf'::DOUBLE", "double", "\"-Infinity\""},
      {"0.25::FLOAT", "real", "0.25"},
      {"1.50", "decimal(3,2)", "\"1.50\""},
      {"(-0.05)::DECIMAL(4,2)", "decimal(4,2)", "\"-0.05\""},
      {"123456789012345678901234567.89::DECIMAL(38,2)", "decimal(38,2)", "\"123456789012345678901234567.89\""},
      {"'a\"b'", "varchar", "\"a\\\"b\""},
      {"''", "varchar", "\"\""},
      {"'a long text beyond twelve bytes'", "varchar", "\"a long text beyond twelve bytes\""},
      {"'\\x00\\xFFab'::BLOB", "varbinary", "\"AP9hYg==\""},
      {"DATE '2026-03-01'", "date", "\"2026-03-01\""},
      {"TIME '03:04:05.1'", "time(6)", "\"03:04:05.1\""},
      {"TIMESTAMP '2026-03-01 10:00:05'", "timestamp(6)", "\"2026-03-01T10:00:05Z\""},
      {"TIMESTAMP '1969-12-31 23:59:59.5'", "timestamp(6)", "\"1969-12-31T23:59:59.5Z\""},
      {"TIMESTAMPTZ '2026-03-01 10:00:05+02:00'", "timestamp(6) with time zone", "\"2026-03-01T08:00:05Z\""},
      {"TIMESTAMP_S '2026-03-01 10:00:05'", "timestamp(0)", "\"2026-03-01T10:00:05Z\""},
      {"TIMESTAMP_NS '2026-03-01 10:00:05.000000001'", "timestamp(9)", "\"2026-03-01T10:00:05.000000001Z\""},
      {"INTERVAL '14 months 3 days 90 seconds'", "interval", "\"1 year 2 months 3 days 00:01:30\""},
      {"'6f1a2b3c-0000-4000-8000-00000000000a'::UUID", "uuid", "\"6f1a2b3c-0000-4000-8000-00000000000a\""},
      {"'b'::ENUM('a', 'b')", "varchar", "\"b\""},
      {"['x', 'y z']", "array(varchar)", "[\"x\",\"y z\"]"},
      {"['x', NULL]", "array(varchar)", "[\"x\",null]"},
      {"[]::VARCHAR[]", "array(varchar)", "[]"},
      {"[1, 2]", "array(integer)", "[1,2]"},
      {"[1, 2]::INTEGER[2]", "array(integer)", "[1,2]"},
      {"[[1], []]", "array(array(integer))", "[[1],[]]"},
      {"{'a': 1, 'b': ['x']}", "row(a integer, b array(varchar))", "{\"a\":1,\"b\":[\"x\"]}"},
      {"MAP {'k': 1}", "map(varchar, integer)", "{\"k\":1}"},
      {"[{'t': TIMESTAMP '2026-03-01 10:00:05'}]", "array(row(t timestamp(6)))", "[{\"t\":\"2026-03-01T10:00:05Z\"}]"},
      {"union_value(n := 5)", "union", "5"},
      {"json('{\"a\": 1}')", "json", "{\"a\":1}"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(output::json_value(one(c.expression)), c.json) << c.expression;
    EXPECT_EQ(type(c.expression), c.type) << c.expression;
  }
}

TEST_F(DatabaseTest, ListsOfTextsStayLists) {
  EXPECT_EQ(one("['a', 'b']"), output::Value{(output::TextList{"a", "b"})});
}

TEST_F(DatabaseTest, ValuesOfLaterRowsAndChunksAreTheirOwn) {
  auto table = connection_.fetch_all(
      "SELECT range, 'row number ' || range, [range::VARCHAR], CASE WHEN range % 2 = 0 THEN range END FROM "
      "range(5000)");
  ASSERT_TRUE(table) << table.error().to_string();
  ASSERT_EQ(table->rows.size(), 5000U);
  for (std::int64_t i = 0; i < 5000; ++i) {
    const auto& row = table->rows[static_cast<std::size_t>(i)];
    ASSERT_EQ(row[0], output::Value{i});
    ASSERT_EQ(row[1], output::Value{fmt::format("row number {}", i)});
    ASSERT_EQ(row[2], output::Value{output::TextList{std::to_string(i)}});
    ASSERT_EQ(row[3], i % 2 == 0 ? output::Value{i} : output::Value{});
  }
}

TEST_F(DatabaseTest, TypesWithoutAReaderAreRefusedWithAdvice) {
  const auto result = connection_.fetch_all("SELECT '101'::BIT AS b");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(result.error().hint, "CAST it to VARCHAR");
}

TEST_F(DatabaseTest, ErrorsNameThePlaceInTheWholeScript) {
  struct Case {
    const char* sql;
    const char* name;
    int line, column;
  };
  const Case cases[] = {
      {"SELECT * FORM x", "SYNTAX_ERROR", 1, 15},
      {"SELECT 1;\n\nSELECT 1,\n  nope FROM range(3)", "COLUMN_NOT_FOUND", 4, 3},
      {"SELECT 'äöü', nope", "COLUMN_NOT_FOUND", 1, 15},
      {"SELECT 1; SELECT * FROM nowhere", "TABLE_NOT_FOUND", 1, 25},
      {"SELECT nofunction(1)", "FUNCTION_NOT_FOUND", 1, 8},
      {"SELECT sum('a')", "FUNCTION_NOT_FOUND", 1, 8},
      {"SELECT\n  CAST('a' AS INTEGER)", "INVALID_CAST_ARGUMENT", 2, 3},
  };
  for (const Case& c : cases) {
    const auto result = connection_.execute(c.sql);
    ASSERT_FALSE(result) << c.sql;
    EXPECT_EQ(result.error().name, c.name) << c.sql;
    EXPECT_EQ(result.error().line, c.line) << c.sql;
    EXPECT_EQ(result.error().column, c.column) << c.sql;
    EXPECT_EQ(result.error().where, fmt::format("line {}, column {}", c.line, c.column)) << c.sql;
    EXPECT_EQ(result.error().what.find('{'), std::string::npos) << result.error().what;
  }
}

TEST_F(DatabaseTest, AnErrorInTheMiddleOfARunningResultIsReported) {
  auto result = connection_.query(
      "SELECT CASE WHEN range > 3000000 THEN error('late ' || range) ELSE '' END FROM range(4000000)");
  ASSERT_TRUE(result);
  std::size_t rows = 0;
  while (true) {
    auto chunk = result->next();
    if (!chunk) {
      EXPECT_TRUE(chunk.error().what.starts_with("late 3")) << chunk.error().what;
      break;
    }
    ASSERT_TRUE(*chunk) << "the error was lost after " << rows << " rows";
    rows += (*chunk)->row_count();
  }
  EXPECT_GT(rows, 0U);
}

TEST_F(DatabaseTest, AnInterruptedStatementSaysSo) {
  std::jthread interrupter{[this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      connection_.interrupt();
      std::this_thread::yield();
    }
  }};
  const auto result =
      connection_.execute("SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE hash(a, b) = 1");
  interrupter.request_stop();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(result.error().name, "USER_CANCELED");
}

TEST_F(DatabaseTest, StatementsRunInOrderAndEmptyScriptsAreEmpty) {
  EXPECT_TRUE(connection_.execute("CREATE TABLE t(a INTEGER); INSERT INTO t VALUES (1), (2);"));
  EXPECT_EQ(one("count(*) FROM t"), output::Value{std::int64_t{2}});
  EXPECT_EQ(connection_.parse("").value().size(), 0U);
  EXPECT_EQ(connection_.parse(" -- nothing\n").value().size(), 0U);
  EXPECT_FALSE(connection_.query("SELECT 1; SELECT 2"));
  EXPECT_FALSE(connection_.parse(std::string{"SELECT 1\0 2", 11}));
}

TEST_F(DatabaseTest, OnlyStatementsThatReturnRowsHaveThem) {
  EXPECT_FALSE(connection_.query("CREATE TABLE u(a INTEGER)").value().has_rows());
  EXPECT_FALSE(connection_.query("INSERT INTO u VALUES (1)").value().has_rows());
  EXPECT_TRUE(connection_.query("SELECT * FROM u").value().has_rows());
  EXPECT_TRUE(connection_.query("SHOW TABLES").value().has_rows());
}

TEST_F(DatabaseTest, TheNetworkAndTheHomeFolderAreLeftAlone) {
  EXPECT_EQ(one("current_setting('autoinstall_known_extensions')"), output::Value{false});
  EXPECT_EQ(one("current_setting('autoload_known_extensions')"), output::Value{false});
  EXPECT_EQ(one("current_setting('allow_persistent_secrets')"), output::Value{false});
  EXPECT_EQ(one("current_setting('TimeZone')"), output::Value{std::string{"UTC"}});
}

TEST(SqlErrorTest, TheCaretStandsBelowTheFault) {
  const std::string sql = "SELECT 1,\n\tnope\nFROM t";
  SqlError error;
  error.line = 2;
  error.column = 2;
  EXPECT_EQ(excerpt(error, sql), " nope\n ^\n");
}

TEST(SqlErrorTest, LongLinesAreCutAroundTheCaret) {
  const std::string sql = std::string(500, 'a') + "X" + std::string(500, 'b');
  SqlError error;
  error.line = 1;
  error.column = 501;
  const std::string text = excerpt(error, sql, 20);
  EXPECT_EQ(text, "aaaaaaaaaaXbbbbbbbbb\n          ^\n");
}

TEST(SqlErrorTest, TextsThatAreNoJsonAreStillRead) {
  const SqlError error = read_sql_error("Catalog Error: something\nDid you mean that?", "SELECT 1");
  EXPECT_EQ(error.what, "something");
  EXPECT_EQ(error.hint, "Did you mean that?");
  EXPECT_EQ(error.line, 0);
  EXPECT_EQ(excerpt(error, "SELECT 1"), "");
}

TEST(SqlErrorTest, APlaceBeyondTheScriptIsIgnored) {
  const SqlError error =
      read_sql_error(R"({"exception_type":"Binder","exception_message":"m","position":"999"})", "SELECT 1");
  EXPECT_EQ(error.line, 0);
  EXPECT_EQ(error.what, "m");
}

TEST(QuotingTest, QuotesAreDoubled) {
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_identifier("a\"b"), "\"a\"\"b\"");
}

}  // namespace
}  // namespace flowtrail::engine
