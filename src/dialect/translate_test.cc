#include "dialect/translate.h"

#include <gtest/gtest.h>

#include <string>

#include "dialect/natives.h"
#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

/// default.flows(srcaddr varchar, dstport integer, "$path" varchar hidden) and a view over it.
class FewTables : public Tables {
 public:
  [[nodiscard]] engine::SqlResult<std::optional<Table>> find(std::string_view catalog, std::string_view schema,
                                                             std::string_view name) const override {
    if (catalog != "awsdatacatalog" || schema != "default") return std::nullopt;
    Table table{"awsdatacatalog", "default", std::string{name}, {}, {}, {}};
    if (name == "flows") {
      table.relation = "(VALUES ('10.0.0.1', 22, 'a'), ('10.0.0.2', 443, 'b')) AS f(srcaddr, dstport, path)";
      table.relation = "(SELECT * FROM " + table.relation + ")";
      table.columns = {{"srcaddr", *trino::Type::parse("varchar"), {}, false},
                       {"dstport", *trino::Type::parse("integer"), {}, false},
                       {"$path", *trino::Type::parse("varchar"), "path", true}};
      return table;
    }
    if (name == "ports") {
      table.view_text = "SELECT dstport AS port FROM flows";
      return table;
    }
    if (name == "endless") {
      table.view_text = "SELECT * FROM endless";
      return table;
    }
    return std::nullopt;
  }
};

engine::SqlResult<Translation> translated(std::string_view sql, bool strict = true) {
  TranslateOptions options;
  options.strict = strict;
  return translate(sql, FewTables{}, options);
}

std::string error_of(std::string_view sql) {
  const auto translation = translated(sql);
  return translation ? "accepted: " + translation->sql : translation.error().name + " " + translation.error().what;
}

std::string columns_of(std::string_view sql) {
  const auto translation = translated(sql);
  if (!translation) return translation.error().what;
  std::string text;
  for (const OutputColumn& column : translation->columns) {
    text += (text.empty() ? "" : ", ") + column.name + " " + column.type.to_string();
  }
  return text;
}

std::string answer(std::string_view sql, bool strict = true) {
  const auto translation = translated(sql, strict);
  if (!translation) return translation.error().name + " " + translation.error().what;
  auto database = engine::Database::open({});
  auto connection = database->connect();
  Natives natives;
  EXPECT_TRUE(natives.update(*connection));
  const auto table = connection->fetch_all(translation->sql);
  if (!table) return table.error().what + " IN " + translation->sql;
  std::string text;
  for (const auto& row : table->rows) {
    if (!text.empty()) text += " | ";
    for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ",") + output::plain_value(row[i], "null");
  }
  return text;
}

TEST(Translate, ColumnsCarryTrinosLabelsAndTypes) {
  EXPECT_EQ(columns_of("SELECT ID, -x, x AS \"X\" FROM (VALUES (1, 2.5)) t(id, x)"),
            "ID integer, _col1 decimal(2, 1), X decimal(2, 1)");
  EXPECT_EQ(columns_of("SELECT * FROM (SELECT 1, 'a' AS b)"), "_col0 integer, b varchar(1)");
  EXPECT_EQ(columns_of("VALUES 1, 2.5"), "_col0 decimal(11, 1)");
}

TEST(Translate, NamesAreFoundAsTrinoFindsThem) {
  EXPECT_EQ(answer("SELECT srcaddr, F.DSTPORT, \"$path\" FROM flows f WHERE dstport < 100"), "10.0.0.1,22,a");
  EXPECT_EQ(answer("SELECT * FROM awsdatacatalog.default.flows ORDER BY dstport DESC"), "10.0.0.2,443 | 10.0.0.1,22");
  EXPECT_EQ(answer("SELECT port FROM ports ORDER BY 1"), "22 | 443");
  EXPECT_EQ(error_of("SELECT t.nope FROM (VALUES 1) t(x)"),
            "COLUMN_NOT_FOUND line 1:8: Column 't.nope' cannot be resolved");
  EXPECT_EQ(error_of("SELECT id FROM (VALUES 1) a(id), (VALUES 1) b(id)"),
            "AMBIGUOUS_NAME line 1:8: Column 'id' is ambiguous");
  EXPECT_EQ(error_of("SELECT * FROM nosuch.nosuch"), "SCHEMA_NOT_FOUND line 1:15: Schema 'nosuch' does not exist");
  EXPECT_EQ(error_of("SELECT * FROM nosuch"),
            "TABLE_NOT_FOUND line 1:15: Table 'awsdatacatalog.default.nosuch' does not exist");
  EXPECT_EQ(error_of("SELECT _col0 FROM (SELECT 1)"), "COLUMN_NOT_FOUND line 1:8: Column '_col0' cannot be resolved");
  EXPECT_TRUE(error_of("SELECT * FROM endless").starts_with("VIEW_IS_RECURSIVE"));
}

TEST(Translate, CommonTablesAndRecursion) {
  EXPECT_EQ(answer("WITH a(p, q) AS (SELECT 1, 2), b AS (SELECT q FROM a) SELECT b.q, p FROM a, b"), "2,1");
  EXPECT_EQ(answer("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n * 2 FROM t WHERE n < 50) SELECT sum(n) FROM t"),
            "127");
  EXPECT_TRUE(
      error_of("WITH a AS (SELECT 1), a AS (SELECT 2) SELECT 1").starts_with("DUPLICATE_NAMED_QUERY line 1:23"));
}

TEST(Translate, JoinsUnnestAndLateral) {
  EXPECT_EQ(answer("SELECT id, v, w FROM (VALUES (1,'a'),(2,'b')) t(id,v) FULL JOIN (VALUES (1,'x'),(3,'z')) u(id,w) "
                   "USING (id) ORDER BY id"),
            "1,a,x | 2,b,null | 3,null,z");
  EXPECT_EQ(answer("SELECT id, x, n FROM (VALUES (1, ARRAY[5,6]), (2, NULL)) t(id, a) LEFT JOIN UNNEST(a) WITH "
                   "ORDINALITY u(x, n) ON true ORDER BY 1, 2"),
            "1,5,1 | 1,6,2 | 2,null,null");
  EXPECT_EQ(answer("SELECT n, s FROM UNNEST(ARRAY[1,2], ARRAY['a','b','c']) AS t(n, s) ORDER BY 1"),
            "1,a | 2,b | null,c");
  EXPECT_EQ(answer("SELECT * FROM UNNEST(ARRAY[ROW(1,'a'),ROW(2,'b')]) WITH ORDINALITY AS t(n, s, o) ORDER BY 1"),
            "1,a,1 | 2,b,2");
  EXPECT_EQ(answer("SELECT x, y FROM (VALUES 1,2) t(x), LATERAL (SELECT x + 1) u(y) ORDER BY x"), "1,2 | 2,3");
  EXPECT_TRUE(error_of("SELECT * FROM (VALUES (1,2)) AS t(a)").starts_with("MISMATCHED_COLUMN_ALIASES line 1:15"));
}

TEST(Translate, GroupedQueriesAreChecked) {
  EXPECT_EQ(
      answer(
          "SELECT g, sum(v) FROM (VALUES ('a',1),('a',2),('b',5)) t(g,v) GROUP BY 1 HAVING sum(v) > 0 ORDER BY 2 DESC"),
      "b,5 | a,3");
  EXPECT_EQ(answer("SELECT g, count(*) FROM (VALUES 'a','b') t(g) GROUP BY ROLLUP (g) ORDER BY g"),
            "a,1 | b,1 | null,2");
  EXPECT_EQ(error_of("SELECT x, count(*) FROM (VALUES 1) t(x)"),
            "EXPRESSION_NOT_AGGREGATE line 1:8: 'x' must be an aggregate expression or appear in GROUP BY clause");
  EXPECT_EQ(error_of("SELECT x FROM (VALUES 1) t(x) WHERE sum(x) > 0"),
            "EXPRESSION_NOT_SCALAR line 1:44: WHERE clause cannot contain aggregations, window functions or grouping "
            "operations: [sum(x)]");
  EXPECT_EQ(error_of("SELECT * FROM (VALUES (1,2)) t(x,y) GROUP BY x"),
            "EXPRESSION_NOT_AGGREGATE Column 't.y' not in GROUP BY clause");
  EXPECT_EQ(error_of("SELECT count(*) FROM (VALUES 1) t(x) GROUP BY 2"),
            "INVALID_COLUMN_REFERENCE line 1:47: GROUP BY position 2 is not in select list");
  EXPECT_TRUE(
      error_of("SELECT x AS y, count(*) FROM (VALUES 1) t(x) GROUP BY y").starts_with("COLUMN_NOT_FOUND line 1:55"));
}

TEST(Translate, OrderKnowsAliasesFirstAndColumnsThen) {
  EXPECT_EQ(answer("SELECT -x AS x FROM (VALUES 1,2) t(x) ORDER BY x + 0"), "-2 | -1");
  EXPECT_EQ(answer("SELECT x FROM (VALUES (2,1),(1,2)) t(x,y) ORDER BY y"), "2 | 1");
  EXPECT_EQ(answer("SELECT x FROM (VALUES 'b', NULL, 'a') t(x) ORDER BY 1 DESC"), "b | a | null");
  EXPECT_EQ(answer("SELECT 1 UNION SELECT 2 INTERSECT SELECT 2 ORDER BY 1 DESC LIMIT 1"), "2");
  EXPECT_EQ(answer("SELECT x FROM (VALUES 1, 1, 2) t(x) ORDER BY x FETCH FIRST 1 ROW WITH TIES"), "1 | 1");
  EXPECT_TRUE(
      error_of("SELECT DISTINCT x FROM (VALUES (1, 2)) t(x, y) ORDER BY y").starts_with("EXPRESSION_NOT_IN_DISTINCT"));
}

TEST(Translate, AggregatesOfOrderByNameNoOutputColumn) {
  EXPECT_TRUE(error_of("SELECT x, max(y) AS y FROM (VALUES (1, 2)) t(x, y) GROUP BY x ORDER BY sum(y)")
                  .starts_with("COLUMN_NOT_FOUND line 1:76"));
  EXPECT_EQ(answer("SELECT x AS z, max(y) FROM (VALUES (1, 3), (2, 2)) t(x, y) GROUP BY x ORDER BY sum(y)"),
            "2,2 | 1,3");
}

TEST(Translate, EqualLambdasAreOneKey) {
  EXPECT_EQ(answer("SELECT transform(x, e -> e + 1)[1], count(*) FROM (VALUES ARRAY[1], ARRAY[1], ARRAY[5]) t(x) "
                   "GROUP BY transform(x, e -> e + 1) ORDER BY cardinality(transform(x, e -> e + 1)), 1"),
            "2,2 | 6,1");
  EXPECT_EQ(answer("SELECT transform(ARRAY[1, 2], a -> reduce(transform(ARRAY[10], b -> a + b), 0, (s, c) -> s + c, "
                   "s -> s + a))[2]"),
            "14");
}

TEST(Translate, SubqueriesSeeTheQueryAroundThem) {
  EXPECT_EQ(
      answer("SELECT x, (SELECT count(*) FROM (VALUES 1,2,3) u(y) WHERE y <= x) FROM (VALUES 1,2) t(x) ORDER BY x"),
      "1,1 | 2,2");
  EXPECT_EQ(answer("SELECT x FROM (VALUES 1,2) t(x) WHERE EXISTS (SELECT 1 FROM (VALUES 2) u(y) WHERE y = x)"), "2");
  EXPECT_EQ(answer("SELECT 5 = ANY (VALUES 1, 5), 3 IN (SELECT 4), 1 NOT IN (2, 3)"), "true,false,true");
}

TEST(Translate, LenientModeAnswersAndWarns) {
  EXPECT_EQ(answer("SELECT dstport FROM flows WHERE dstport = '22'", false), "22");
  EXPECT_TRUE(error_of("SELECT dstport FROM flows WHERE dstport = '22'").starts_with("TYPE_MISMATCH line 1:41"));
  EXPECT_EQ(answer("SELECT dstport AS p FROM flows WHERE p = 22", false), "22");
  const auto translation = translated("SELECT dstport AS p FROM flows WHERE p = 22", false);
  ASSERT_TRUE(translation);
  ASSERT_EQ(translation->warnings.size(), 1U);
  EXPECT_EQ(translation->warnings[0].position.column, 38);
}

TEST(Translate, OtherStatementsAreCheckedToo) {
  EXPECT_EQ(answer("EXECUTE IMMEDIATE 'SELECT ? + 1' USING 2"), "3");
  EXPECT_TRUE(error_of("SELECT ?").starts_with("INVALID_PARAMETER_USAGE"));
  EXPECT_EQ(columns_of("EXPLAIN (TYPE VALIDATE) SELECT 1"), "Valid boolean");
  EXPECT_TRUE(error_of("EXPLAIN (TYPE VALIDATE) SELECT nope").starts_with("COLUMN_NOT_FOUND line 1:32"));
  EXPECT_TRUE(error_of("CREATE VIEW v AS SELECT 1 AS a, 2 AS A").starts_with("DUPLICATE_COLUMN_NAME"));
  EXPECT_TRUE(error_of("CREATE VIEW v AS SELECT 1").starts_with("MISSING_COLUMN_NAME"));
  EXPECT_TRUE(error_of("INSERT INTO nosuch VALUES 1").starts_with("TABLE_NOT_FOUND line 1:1"));
}

}  // namespace
}  // namespace flowtrail::dialect
