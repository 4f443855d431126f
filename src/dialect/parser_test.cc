#include "dialect/parser.h"

#include <gtest/gtest.h>

#include <string>

namespace flowtrail::dialect {
namespace {

std::string error_of(std::string_view sql) {
  const auto statement = parse_statement(sql);
  return statement ? "parsed" : statement.error().what.substr(0, statement.error().what.find(". Expecting"));
}

const Expression& first_item(const Statement& statement) {
  return *statement.query->body->select->items[0].expression;
}

TEST(Parser, StatementsOfTrinoAreRead) {
  for (const auto* sql : {
           "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) TABLE t",
           "SELECT DISTINCT a, t.*, b AS c FROM x.y.z AS t(a, b) WHERE a IS NOT NULL GROUP BY ROLLUP (a, (b, c)), 1",
           "SELECT * FROM a CROSS JOIN UNNEST(b, c) WITH ORDINALITY AS u(d, e, f) LEFT JOIN d USING (x, y)",
           "SELECT * FROM (a JOIN b ON a.x = b.x) JOIN (((SELECT 1))) c ON true, LATERAL (SELECT 2) TABLESAMPLE SYSTEM "
           "(5)",
           "((SELECT 1) UNION (VALUES 2, (3))) ORDER BY 1 NULLS FIRST OFFSET 1 ROW FETCH NEXT 2 ROWS WITH TIES",
           "SELECT ((SELECT 1) + 1), ((SELECT 2)), (1, 2), ROW(1), ARRAY[], MAP(ARRAY[1], ARRAY[2])[1]",
           "SELECT reduce(a, 0, (s, x) -> s + x, s -> s), transform(a, x -> -x), f(() -> 1)",
           "SELECT CAST(x AS ARRAY(MAP(VARCHAR, ROW(a int, \"B\" timestamp(3) with time zone)))), TRY_CAST(a AS "
           "array<int>)",
           "SELECT sum(x) FILTER (WHERE y) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t WINDOW w AS (ORDER "
           "BY a)",
           "SELECT listagg(a, ',' ON OVERFLOW TRUNCATE '..' WITH COUNT) WITHIN GROUP (ORDER BY b), array_agg(x ORDER "
           "BY y)",
           "SELECT EXTRACT(YEAR FROM a), a AT TIME ZONE 'UTC', INTERVAL '1' DAY, -INTERVAL '1-2' YEAR TO MONTH",
           "SELECT TRIM(BOTH 'x' FROM a), TRIM(a), POSITION('a' IN b), SUBSTRING(a FROM 2 FOR 3), NORMALIZE(a, NFD)",
           "SELECT json_value(a, 'lax $.b' RETURNING bigint DEFAULT 1 ON EMPTY ERROR ON ERROR), JSON_OBJECT('a': 1)",
           "SELECT a = ALL (SELECT 1), EXISTS (SELECT 1), a IN (1, 2), a NOT IN (SELECT 1), a LIKE 'b' ESCAPE '\\'",
           "SELECT CASE a WHEN 1 THEN 2 END, CASE WHEN a THEN b ELSE c END, if(a, b), lag(a) IGNORE NULLS OVER (ORDER "
           "BY b)",
           "SELECT current_date, current_timestamp(3), localtime, date '2024-01-01', DOUBLE PRECISION '1', timestamp "
           "FROM t",
           "EXPLAIN (TYPE VALIDATE, FORMAT JSON) SELECT 1",
           "SHOW TABLES FROM x LIKE 'a%'",
           "DESCRIBE a.b",
           "PREPARE p FROM SELECT ?",
           "EXECUTE IMMEDIATE 'SELECT ?' USING 1",
           "CREATE OR REPLACE VIEW v AS SELECT 1 AS a;",
           "CREATE TABLE t WITH (format = 'PARQUET', partitioned_by = ARRAY['a']) AS SELECT 1 AS a WITH NO DATA",
           "DROP TABLE IF EXISTS `a`.`b`",
       }) {
    EXPECT_EQ(error_of(sql), "parsed") << sql;
  }
}

TEST(Parser, ErrorsStandWhereTrinoPutsThem) {
  EXPECT_EQ(error_of("SELECT"), "line 1:7: mismatched input '<EOF>'");
  EXPECT_EQ(error_of("SELECT FROM t"), "line 1:8: mismatched input 'FROM'");
  EXPECT_EQ(error_of("SELECT (1"), "line 1:10: mismatched input '<EOF>'");
  EXPECT_EQ(error_of("SELECT * FORM t"), "line 1:10: mismatched input 'FORM'");
  EXPECT_EQ(error_of("SELECT 1 FROM"), "line 1:14: mismatched input '<EOF>'");
  EXPECT_EQ(error_of("SELECT a.b."), "line 1:12: mismatched input '<EOF>'");
  EXPECT_EQ(error_of("SELECT CAST(1 AS)"), "line 1:17: mismatched input ')'");
  EXPECT_EQ(error_of("SELECT x::integer FROM t"), "line 1:9: mismatched input ':'");
  EXPECT_EQ(error_of("SELECT 1 UNION"), "line 1:15: mismatched input '<EOF>'");
  EXPECT_EQ(error_of("SELECT 1; SELECT 2"), "line 1:11: mismatched input 'SELECT'");
  EXPECT_EQ(error_of("SELECT left('a', 2)"), "line 1:8: mismatched input 'left'");
  EXPECT_EQ(error_of("SELECT 9223372036854775808"), "line 1:8: Invalid numeric literal: 9223372036854775808");
  EXPECT_EQ(error_of("SELECT coalesce(1)"), "line 1:8: The 'coalesce' function must have at least two arguments");
  EXPECT_EQ(error_of("SELECT 1 AS 1a"),
            "line 1:13: identifiers must not start with a digit; surround the identifier with double quotes");
}

TEST(Parser, ProductsBindStrongerThanSumsAndSumsStrongerThanConcatenation) {
  const auto statement = parse_statement("SELECT a || b + c * -d");
  ASSERT_TRUE(statement);
  const Expression& concat = first_item(*statement);
  ASSERT_EQ(concat.kind, ExpressionKind::kConcat);
  ASSERT_EQ(concat.children[1]->text, "+");
  ASSERT_EQ(concat.children[1]->children[1]->text, "*");
  EXPECT_EQ(concat.children[1]->children[1]->children[1]->kind, ExpressionKind::kNegate);
}

TEST(Parser, OperatorsReportAtTheOperatorAndCarryTheirBytes) {
  const std::string_view sql = "SELECT x,  a.b = 5 FROM t";
  const auto statement = parse_statement(sql);
  ASSERT_TRUE(statement);
  const Expression& equal = *statement->query->body->select->items[1].expression;
  EXPECT_EQ(equal.position.column, 16);
  EXPECT_EQ(sql.substr(equal.begin, equal.end - equal.begin), "a.b = 5");
}

TEST(Parser, DeepNestingIsAnErrorAndNoCrash) {
  EXPECT_EQ(parse_statement("SELECT " + std::string(100'000, '(')).error().name, "STACK_OVERFLOW");
  std::string sum = "SELECT 1";
  for (int i = 0; i < 100'000; ++i) sum += "+1";
  EXPECT_EQ(parse_statement(sum).error().name, "STACK_OVERFLOW");
  std::string nots = "SELECT ";
  for (int i = 0; i < 100'000; ++i) nots += "NOT ";
  EXPECT_EQ(parse_statement(nots).error().name, "STACK_OVERFLOW");
}

TEST(Parser, EveryPrefixOfAStatementIsRefusedOrRead) {
  const std::string_view sql =
      "WITH a(b) AS (VALUES (1, 'x')) SELECT CASE WHEN b > 1 THEN x'00' ELSE CAST(c AS row(a int)) END, f(x -> x[1].y) "
      "OVER (PARTITION BY 1) FROM a JOIN UNNEST(b) AS u(c) ON true WHERE json_value(a, '$.b' NULL ON ERROR) = ANY "
      "(SELECT 1)";
  for (std::size_t length = 0; length <= sql.size(); ++length) {
    const auto statement = parse_statement(sql.substr(0, length));
    EXPECT_TRUE(statement || statement.error().line > 0) << sql.substr(0, length);
  }
  EXPECT_TRUE(parse_statement(sql));
}

}  // namespace
}  // namespace flowtrail::dialect
