#include "dialect/pushdown.h"

#include <gtest/gtest.h>

#include <string>

#include "base/letters.h"
#include "dialect/translate.h"
#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

/// `logs` and `more` have readers that take filters, `plain` has none; `narrow`, `deep`, `first` and `counted`
/// are views over `logs`.
class Readers : public Tables {
 public:
  [[nodiscard]] engine::SqlResult<std::optional<Table>> find(std::string_view catalog, std::string_view schema,
                                                             std::string_view name) const override {
    Table table{std::string{catalog}, std::string{schema}, std::string{name}, {}, {}, {}};
    if (name == "logs" || name == "more" || name == "plain") {
      const auto column = [&](const char* of, const char* type) {
        table.columns.push_back({of, *trino::Type::parse(type), {}, false});
      };
      column("name", "varchar");
      column("short", "varchar(5)");
      column("fixed", "char(5)");
      column("size", "integer");
      column("big", "bigint");
      column("share", "double");
      column("day", "date");
      column("tags", "array(varchar)");
      table.relation = name == "plain" ? "plain" : "scan({filter})";
      return table;
    }
    if (name == "narrow") table.view_text = "SELECT name AS n, size + 1 AS size1, size FROM logs WHERE big > 5";
    if (name == "deep") table.view_text = "SELECT n AS m, size FROM narrow";
    if (name == "first") table.view_text = "SELECT * FROM logs LIMIT 10";
    if (name == "counted") table.view_text = "SELECT name, count(*) AS times FROM logs GROUP BY name";
    if (table.view_text) return table;
    return std::nullopt;
  }
};

/// `table: filter` of each reader, in the order of the statement.
std::string pushed(std::string_view sql, bool enabled = true) {
  TranslateOptions options;
  options.pushdown = enabled;
  const auto translation = translate(sql, Readers{}, options);
  if (!translation) return translation.error().name + ": " + translation.error().what;
  EXPECT_EQ(translation->sql.find('\x02'), std::string::npos) << "a place of a filter is left in " << translation->sql;
  std::string text;
  for (const PushedFilter& filter : translation->pushed) {
    text += (text.empty() ? "" : "; ") + filter.table + ": " + filter.filter;
    const std::string argument = "filter := " + engine::quote_literal(filter.filter);
    EXPECT_EQ(translation->sql.find(argument) != std::string::npos, !filter.filter.empty()) << translation->sql;
  }
  return text;
}

/// Of `SELECT * FROM logs WHERE condition`: the filter alone.
std::string filter_of(const std::string& condition) {
  const std::string text = pushed("SELECT 1 FROM logs WHERE " + condition);
  return text.starts_with("logs: ") ? text.substr(6) : text;
}

constexpr const char* kName = R"([{"column":"name","one_of":["a"]}])";

// What a condition becomes.

TEST(Pushdown, ComparisonsWithConstants) {
  EXPECT_EQ(filter_of("name = 'a'"), kName);
  EXPECT_EQ(filter_of("size = 22"), R"([{"column":"size","one_of":[22]}])");
  EXPECT_EQ(filter_of("size < 22"), R"([{"column":"size","below":22}])");
  EXPECT_EQ(filter_of("size <= 22"), R"([{"column":"size","greatest":22}])");
  EXPECT_EQ(filter_of("size > 22"), R"([{"column":"size","above":22}])");
  EXPECT_EQ(filter_of("size >= 22"), R"([{"column":"size","least":22}])");
  EXPECT_EQ(filter_of("big = -5"), R"([{"column":"big","one_of":[-5]}])");
  EXPECT_EQ(filter_of("name >= 'a\"b'"), R"([{"column":"name","least":"a\"b"}])");
  EXPECT_EQ(filter_of("name = 'it''s'"), R"([{"column":"name","one_of":["it's"]}])");
}

TEST(Pushdown, ComparisonsTheOtherWayRound) {
  EXPECT_EQ(filter_of("'a' = name"), kName);
  EXPECT_EQ(filter_of("22 < size"), R"([{"column":"size","above":22}])");
  EXPECT_EQ(filter_of("22 >= size"), R"([{"column":"size","greatest":22}])");
}

TEST(Pushdown, ListsRangesPrefixesAndBlocks) {
  EXPECT_EQ(filter_of("name IN ('a', 'b')"), R"([{"column":"name","one_of":["a","b"]}])");
  EXPECT_EQ(filter_of("size IN (1, -2)"), R"([{"column":"size","one_of":[1,-2]}])");
  EXPECT_EQ(filter_of("size BETWEEN 1 AND 5"), R"([{"column":"size","least":1},{"column":"size","greatest":5}])");
  EXPECT_EQ(filter_of("size BETWEEN 1 AND big"), R"([{"column":"size","least":1}])");
  EXPECT_EQ(filter_of("name LIKE 'eni-%'"), R"([{"column":"name","prefix":"eni-"}])");
  EXPECT_EQ(filter_of("name LIKE 'a_c%'"), R"([{"column":"name","prefix":"a"}])");
  EXPECT_EQ(filter_of("name LIKE 'a'"), kName);
  EXPECT_EQ(filter_of("contains('10.0.0.0/8', CAST(name AS ipaddress))"),
            R"([{"column":"name","in_blocks":["10.0.0.0/8"]}])");
}

TEST(Pushdown, EachOfSeveralConjunctsOnce) {
  EXPECT_EQ(filter_of("name = 'a' AND (size > 1 AND name = 'a') AND share > 1"),
            R"([{"column":"name","one_of":["a"]},{"column":"size","above":1}])");
}

TEST(Pushdown, WhatIsNoTestOfOneColumnStays) {
  for (const char* condition : {"name = 'a' OR size = 1",
                                "NOT name = 'a'",
                                "NOT (name = 'a' AND size = 1)",
                                "name <> 'a'",
                                "name NOT IN ('a')",
                                "size NOT BETWEEN 1 AND 2",
                                "name NOT LIKE 'a%'",
                                "name IS NULL",
                                "name IS NOT NULL",
                                "name = short",
                                "size = big",
                                "size + 1 = 2",
                                "lower(name) = 'a'",
                                "CAST(size AS varchar) = '1'",
                                "name IN ('a', short)",
                                "size IN (1, NULL)",
                                "name = NULL",
                                "name LIKE '%a'",
                                "name LIKE '_a'",
                                "name LIKE 'a!%' ESCAPE '!'",
                                "name LIKE short",
                                "size = 1.5",
                                "size = 1e0",
                                "share = 1",
                                "share > 1.5",
                                "day = DATE '2026-03-01'",
                                "big = 1234567890123456789",
                                "name IS DISTINCT FROM 'a'",
                                "contains(tags, 'a')",
                                "contains('2001:db8::/32', CAST(name AS ipaddress))",
                                "coalesce(name, 'a') = 'a'",
                                "(CASE WHEN name = 'a' THEN true END)",
                                "name IN (SELECT name FROM plain)"}) {
    EXPECT_EQ(filter_of(condition), "") << condition;
  }
}

TEST(Pushdown, CharactersThatArePaddedStay) {
  EXPECT_EQ(filter_of("fixed = 'ab'"), "");
  EXPECT_EQ(filter_of("short = 'ab'"), R"([{"column":"short","one_of":["ab"]}])");
}

TEST(Pushdown, NothingIsPushedIfNotWanted) {
  EXPECT_EQ(pushed("SELECT 1 FROM logs WHERE name = 'a'", false), "logs: ");
}

TEST(Pushdown, TablesWithoutAReaderGetNone) {
  EXPECT_EQ(pushed("SELECT 1 FROM plain WHERE name = 'a'"), "");
}

// Ways that a column takes.

TEST(Pushdown, ThroughAliasesSubqueriesAndViews) {
  const std::string expected = std::string{"logs: "} + kName;
  EXPECT_EQ(pushed("SELECT 1 FROM logs l WHERE l.name = 'a'"), expected);
  EXPECT_EQ(pushed("SELECT 1 FROM logs AS l(a, b, c, d, e, f, g, h) WHERE a = 'a'"), expected);
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT name AS other FROM logs) WHERE other = 'a'"), expected);
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT * FROM (SELECT * FROM logs) x) y WHERE y.name = 'a'"), expected);
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT DISTINCT name FROM logs) WHERE name = 'a'"), expected);
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT name FROM logs ORDER BY size) WHERE name = 'a'"), expected);
  EXPECT_EQ(pushed("SELECT 1 FROM deep WHERE m = 'a'"),
            R"(logs: [{"column":"big","above":5},{"column":"name","one_of":["a"]}])");
}

TEST(Pushdown, NotOfWhatIsComputed) {
  EXPECT_EQ(pushed("SELECT 1 FROM narrow WHERE size1 = 3"), R"(logs: [{"column":"big","above":5}])");
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT size * 2 AS size FROM logs) WHERE size = 4"), "logs: ");
}

TEST(Pushdown, NotBelowALimit) {
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT * FROM logs LIMIT 10) WHERE name = 'a'"), "logs: ");
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT * FROM logs ORDER BY size LIMIT 10) WHERE name = 'a'"), "logs: ");
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT * FROM logs OFFSET 10) WHERE name = 'a'"), "logs: ");
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT * FROM logs ORDER BY size FETCH FIRST 3 ROWS WITH TIES) WHERE name = 'a'"),
            "logs: ");
  EXPECT_EQ(pushed("SELECT 1 FROM first WHERE name = 'a'"), "logs: ");
  EXPECT_EQ(pushed("SELECT 1 FROM logs WHERE name = 'a' LIMIT 10"), std::string{"logs: "} + kName)
      << "a limit above changes nothing";
}

TEST(Pushdown, NotBelowAWindow) {
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT name, row_number() OVER (ORDER BY size) AS r FROM logs) WHERE name = 'a'"),
            "logs: ");
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT name, 1 + count(*) OVER () AS r FROM logs) WHERE name = 'a'"), "logs: ");
}

TEST(Pushdown, NotBelowAnAggregate) {
  EXPECT_EQ(pushed("SELECT 1 FROM counted WHERE name = 'a'"), "logs: ");
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT name FROM logs GROUP BY ROLLUP (name)) WHERE name = 'a'"), "logs: ");
  EXPECT_EQ(pushed("SELECT name FROM logs GROUP BY name HAVING name = 'a'"), "logs: ");
  EXPECT_EQ(pushed("SELECT count(*) FROM logs WHERE name = 'a'"), std::string{"logs: "} + kName);
}

TEST(Pushdown, NotBelowASample) {
  EXPECT_EQ(pushed("SELECT 1 FROM logs TABLESAMPLE BERNOULLI (50) WHERE name = 'a'"), "logs: ");
}

TEST(Pushdown, NotThroughSetOperations) {
  EXPECT_EQ(pushed("SELECT 1 FROM (SELECT name FROM logs UNION ALL SELECT name FROM more) WHERE name = 'a'"),
            "logs: ; more: ");
  EXPECT_EQ(pushed("SELECT name FROM logs WHERE name = 'a' EXCEPT SELECT name FROM more WHERE name = 'b'"),
            std::string{"logs: "} + kName + R"(; more: [{"column":"name","one_of":["b"]}])");
}

TEST(Pushdown, IntoWithQueriesThatAreNamedOnce) {
  EXPECT_EQ(pushed("WITH w AS (SELECT name FROM logs) SELECT 1 FROM w WHERE name = 'a'"),
            std::string{"logs: "} + kName);
  EXPECT_EQ(pushed("WITH w(x) AS (SELECT name FROM logs), v AS (SELECT x AS y FROM w) SELECT 1 FROM v WHERE y = 'a'"),
            std::string{"logs: "} + kName);
  EXPECT_EQ(pushed("WITH w AS (SELECT name FROM logs) SELECT 1 FROM w WHERE name = 'a' AND EXISTS (SELECT 1 FROM w)"),
            "logs: ");
  EXPECT_EQ(pushed("WITH w AS (SELECT name FROM logs) SELECT 1 FROM w WHERE name = 'a' UNION ALL SELECT 2 FROM w"),
            "logs: ");
  EXPECT_EQ(
      pushed("WITH w AS (SELECT name FROM logs), v AS (SELECT * FROM w) SELECT 1 FROM v a, v b WHERE a.name = 'a'"),
      "logs: ")
      << "named once, by one that is named twice";
}

TEST(Pushdown, WithQueriesKeepTheirOwnConditionsHoweverOftenTheyAreNamed) {
  EXPECT_EQ(pushed("WITH w AS (SELECT name FROM logs WHERE name = 'a') SELECT 1 FROM w x, w y"),
            std::string{"logs: "} + kName);
}

TEST(Pushdown, NotIntoRecursiveOnes) {
  EXPECT_EQ(pushed("WITH RECURSIVE w(n) AS (SELECT size FROM logs UNION ALL SELECT n + 1 FROM w WHERE n < 5) "
                   "SELECT 1 FROM w WHERE n = 3"),
            "logs: ");
}

// Joins.

std::string both(const std::string& join) {
  return pushed("SELECT 1 FROM logs l " + join);
}

TEST(Pushdown, WhereBelowJoinsOfAllKinds) {
  const std::string expected = std::string{"logs: "} + kName + R"(; more: [{"column":"size","above":1}])";
  for (const char* join : {"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"}) {
    EXPECT_EQ(both(std::string{join} + " more m ON l.big = m.big WHERE l.name = 'a' AND m.size > 1"), expected) << join;
  }
  EXPECT_EQ(both("CROSS JOIN more m WHERE l.name = 'a' AND m.size > 1"), expected);
  EXPECT_EQ(both(", more m WHERE l.name = 'a' AND m.size > 1"), expected);
}

TEST(Pushdown, OnOnlyWhereARowThatFailsIsLost) {
  const std::string condition = " more m ON l.big = m.big AND l.name = 'a' AND m.name = 'a'";
  EXPECT_EQ(both("JOIN" + condition), std::string{"logs: "} + kName + "; more: " + kName);
  EXPECT_EQ(both("LEFT JOIN" + condition), std::string{"logs: ; more: "} + kName);
  EXPECT_EQ(both("RIGHT JOIN" + condition), std::string{"logs: "} + kName + "; more: ");
  EXPECT_EQ(both("FULL JOIN" + condition), "logs: ; more: ");
}

TEST(Pushdown, NotThroughJoinedColumnsOfUsing) {
  EXPECT_EQ(both("JOIN more m USING (name) WHERE name = 'a' AND m.size = 1"),
            R"(logs: ; more: [{"column":"size","one_of":[1]}])");
}

TEST(Pushdown, InsideOfSubqueriesButNotOfOuterColumns) {
  EXPECT_EQ(both("WHERE EXISTS (SELECT 1 FROM more m WHERE m.name = 'a' AND m.big = l.big)"),
            std::string{"logs: ; more: "} + kName);
  EXPECT_EQ(both("WHERE NOT EXISTS (SELECT 1 FROM more m WHERE m.big = l.big AND l.name = 'a')"), "logs: ; more: ");
  EXPECT_EQ(both("WHERE l.size = (SELECT max(size) FROM more m WHERE m.name = 'a')"),
            std::string{"logs: ; more: "} + kName);
}

TEST(Pushdown, BesideUnnest) {
  EXPECT_EQ(both("CROSS JOIN UNNEST(tags) AS u(tag) WHERE tag = 'x' AND l.name = 'a'"), std::string{"logs: "} + kName);
  EXPECT_EQ(both("LEFT JOIN UNNEST(tags) AS u(tag) ON true WHERE l.name = 'a'"), std::string{"logs: "} + kName);
}

TEST(Pushdown, EachReaderOfOneTableGetsItsOwn) {
  EXPECT_EQ(pushed("SELECT 1 FROM logs a JOIN logs b ON a.big = b.big WHERE a.name = 'a' AND b.size = 1"),
            std::string{"logs: "} + kName + R"(; logs: [{"column":"size","one_of":[1]}])");
}

}  // namespace
}  // namespace flowtrail::dialect
