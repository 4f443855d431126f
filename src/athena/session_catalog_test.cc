// What sessions keep: databases, views and tables, in memory and in a file.
#include "athena/test_session.h"

namespace flowtrail::athena {
namespace {

constexpr std::string_view kTable =
    "CREATE EXTERNAL TABLE t (name string, size int) ROW FORMAT DELIMITED FIELDS "
    "TERMINATED BY ' ' LOCATION 's3://logs/t/'";

class SessionCatalogTest : public SessionFixture {
 protected:
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder_}) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(".parquet")) names.push_back(name);
    }
    return names;
  }
};

// Sessions.

TEST_F(SessionCatalogTest, ACatalogInAFileOutlivesItsSession) {
  write("t/a.log", "x 1\ny 2\n");
  open_catalog();
  run(kTable);
  run("CREATE DATABASE own COMMENT 'mine'; CREATE VIEW v AS SELECT name FROM t WHERE size > 1");
  run("CREATE TABLE made AS SELECT size * 2 AS twice FROM t");
  open_catalog();
  EXPECT_EQ(ordered_rows("SHOW DATABASES"), (Rows{R"(["default"])", R"(["own"])"}));
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1])", R"(["y",2])"}));
  EXPECT_EQ(rows("SELECT * FROM v"), (Rows{R"(["y"])"}));
  EXPECT_EQ(rows("SELECT * FROM made"), (Rows{"[2]", "[4]"}));
}

TEST_F(SessionCatalogTest, ACatalogInMemoryDoesNot) {
  run("CREATE VIEW v AS SELECT 1 AS a");
  EXPECT_EQ(rows("SELECT * FROM v"), Rows{"[1]"});
  open();
  EXPECT_TRUE(error("SELECT * FROM v").starts_with("TABLE_NOT_FOUND at 1:15")) << error("SELECT * FROM v");
}

TEST_F(SessionCatalogTest, TwoSessionsShareAFile) {
  write("t/a.log", "x 1\n");
  open_catalog();
  SessionOptions options;
  options.catalog = folder_ / "catalog.db";
  const auto other = Session::open(connection_, options).value();
  run(kTable);
  tables::ScriptOutput output;
  output.format = output::Format::kTsv;
  std::string text;
  output.write = [&text](std::string_view piece) { text += piece; };
  ASSERT_TRUE(other->run("SHOW TABLES; DROP TABLE t", output));
  EXPECT_NE(text.find('t'), std::string::npos);
  EXPECT_TRUE(error("SELECT * FROM t").starts_with("TABLE_NOT_FOUND"));
}

TEST_F(SessionCatalogTest, TwoSessionsOverOneEngineReadTheirOwnTables) {
  write("t/a.log", "x 1\n");
  write("u/a.log", "y 2\n");
  run(kTable);
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1])"}));
  const std::unique_ptr<Session> first = std::move(session_);
  open();
  run("CREATE EXTERNAL TABLE t (name string, size int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION "
      "'s3://logs/u/'");
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["y",2])"}));
  session_.reset();
  tables::ScriptOutput output;
  output.format = output::Format::kTsv;
  std::string text;
  output.write = [&text](std::string_view piece) { text += piece; };
  ASSERT_TRUE(first->run("SELECT name FROM t", output));
  EXPECT_NE(text.find('x'), std::string::npos) << text;
}

TEST_F(SessionCatalogTest, ANameOfAnyLettersIsAnExternalTables) {
  write("t/a.log", "x 1\n");
  run("CREATE EXTERNAL TABLE `a-b 1` (`na me` string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION "
      "'s3://logs/t/'");
  EXPECT_EQ(rows("SELECT \"na me\" FROM \"a-b 1\""), (Rows{R"(["x"])"}));
}

// Views.

TEST_F(SessionCatalogTest, ViewsOverViewsOverTables) {
  write("t/a.log", "x 1\ny 2\nz 3\n");
  run(kTable);
  run("CREATE VIEW a AS SELECT name AS n, size AS s FROM t WHERE size > 1");
  run("CREATE VIEW b AS SELECT n, s * 10 AS s10 FROM a");
  EXPECT_EQ(rows("SELECT * FROM b WHERE s10 < 30"), (Rows{R"(["y",20])"}));
  run("CREATE OR REPLACE VIEW a AS SELECT name AS n, size AS s FROM t");
  EXPECT_EQ(rows("SELECT count(*) FROM b"), Rows{"[3]"}) << "a view is what its parts are now";
  run("DROP VIEW a");
  EXPECT_TRUE(error("SELECT * FROM b").starts_with("INVALID_VIEW at 1:15")) << error("SELECT * FROM b");
}

TEST_F(SessionCatalogTest, AViewThatNamesItselfIsToldAsSuch) {
  run("CREATE VIEW a AS SELECT 1 AS x");
  run("CREATE VIEW b AS SELECT * FROM a");
  run("CREATE OR REPLACE VIEW a AS SELECT * FROM b");
  EXPECT_TRUE(error("SELECT * FROM a").starts_with("VIEW_IS_RECURSIVE")) << error("SELECT * FROM a");
}

TEST_F(SessionCatalogTest, AViewsNamesAreThoseOfItsDatabase) {
  run("CREATE DATABASE own; USE own; CREATE VIEW base AS SELECT 5 AS x; CREATE VIEW v AS SELECT * FROM base");
  EXPECT_EQ(rows("SELECT * FROM v"), Rows{"[5]"});
  run("USE \"default\"");
  EXPECT_EQ(rows("SELECT * FROM own.v"), Rows{"[5]"});
  run("CREATE VIEW base AS SELECT 6 AS x");
  EXPECT_EQ(rows("SELECT * FROM own.v"), Rows{"[5]"});
}

TEST_F(SessionCatalogTest, AStatementsOwnNamesAreNotAViews) {
  run("CREATE VIEW base AS SELECT 5 AS x; CREATE VIEW v AS SELECT * FROM base");
  EXPECT_EQ(rows("WITH base AS (SELECT 9 AS x) SELECT v.x, base.x FROM v, base"), Rows{"[5,9]"});
}

TEST_F(SessionCatalogTest, ShowCreateViewIsAViewAgain) {
  run("CREATE VIEW v AS SELECT 1 AS a,\n 'x' AS b");
  std::string text;
  for (const std::string& row : ordered_rows("SHOW CREATE VIEW v")) {
    text += nlohmann::json::parse(row)[0].get<std::string>() + "\n";
  }
  run("DROP VIEW v");
  run(text);
  EXPECT_EQ(rows("SELECT * FROM v"), (Rows{R"([1,"x"])"}));
}

// CREATE TABLE AS.

constexpr std::string_view kEveryType =
    "SELECT true AS boolean_, TINYINT '1' AS tinyint_, SMALLINT '2' AS smallint_, 3 AS integer_, BIGINT '4' AS "
    "bigint_, "
    "REAL '1.5' AS real_, DOUBLE '2.5' AS double_, DECIMAL '12.34' AS decimal_, DECIMAL "
    "'123456789012345678901234567890.12345678' AS long_, CAST('abc' AS varchar) AS varchar_, CAST('ab' AS varchar(5)) "
    "AS "
    "varchar5, CAST('ab' AS char(5)) AS char5, X'00ff' AS varbinary_, DATE '2026-03-01' AS date_, TIMESTAMP "
    "'2026-03-01 10:00:05.123' AS timestamp3, TIMESTAMP '2026-03-01 10:00:05' AS timestamp0, TIMESTAMP '2026-03-01 "
    "10:00:05.123456' AS timestamp6, ARRAY[1, NULL, 3] AS array_, MAP(ARRAY['a', 'b'], ARRAY[1, 2]) AS map_, "
    "CAST(ROW(1, 'x') AS ROW(a integer, b varchar)) AS row_, ARRAY[CAST(ROW(MAP(ARRAY['k'], ARRAY[DATE "
    "'2026-03-01'])) AS ROW(m map(varchar, date)))] AS nested";

constexpr std::string_view kDeepTypes =
    "SELECT JSON '{\"a\":[1]}' AS json_, IPADDRESS '10.0.0.1' AS ipaddress_, UUID "
    "'12151fd2-7586-11e9-8f9e-2a86e4085a59' AS uuid_, TIMESTAMP '2026-03-01 10:00:05.123 UTC' AS timestamptz_, TIME "
    "'10:00:05' AS time_, INTERVAL '1' DAY AS day_, INTERVAL '2' MONTH AS month_";

TEST_F(SessionCatalogTest, TypesOfAMadeTableComeBack) {
  for (const bool in_file : {false, true}) {
    if (in_file) open_catalog();
    for (const std::string_view query : {kEveryType, kDeepTypes}) {
      const nlohmann::json direct = answer(query);
      ASSERT_FALSE(direct.contains("error")) << direct.dump();
      run(fmt::format("CREATE TABLE made AS {}", query));
      if (in_file) open_catalog();
      const nlohmann::json again = answer("SELECT * FROM made");
      EXPECT_EQ(again["columns"], direct["columns"]) << in_file;
      EXPECT_EQ(again["rows"], direct["rows"]) << in_file;
      run("DROP TABLE made");
    }
  }
}

TEST_F(SessionCatalogTest, MadeTablesOfOtherDatabases) {
  for (const bool in_file : {false, true}) {
    if (in_file) open_catalog();
    run("CREATE DATABASE own; CREATE TABLE own.made AS SELECT 1 AS x; CREATE TABLE made AS SELECT 2 AS x");
    EXPECT_EQ(rows("SELECT a.x, b.x FROM own.made a, made b"), Rows{"[1,2]"}) << in_file;
    EXPECT_EQ(ordered_rows("SHOW TABLES IN own"), (Rows{R"(["made"])"}));
    run("DROP TABLE own.made");
    EXPECT_TRUE(error("SELECT * FROM own.made").starts_with("TABLE_NOT_FOUND"));
    EXPECT_EQ(rows("SELECT x FROM made"), Rows{"[2]"});
  }
}

TEST_F(SessionCatalogTest, TheFileOfAMadeTableGoesWithIt) {
  open_catalog();
  run("CREATE TABLE made AS SELECT 1 AS x");
  EXPECT_EQ(files().size(), 1U);
  run("DROP TABLE made");
  EXPECT_EQ(files().size(), 0U);
  run("CREATE DATABASE own; CREATE TABLE own.a AS SELECT 1 AS x; CREATE TABLE own.b AS SELECT 1 AS x");
  EXPECT_EQ(files().size(), 2U);
  EXPECT_FALSE(error("DROP DATABASE own").starts_with("no error"));
  EXPECT_EQ(files().size(), 2U);
  run("DROP DATABASE own CASCADE");
  EXPECT_EQ(files().size(), 0U);
}

TEST_F(SessionCatalogTest, NoFileStaysOfATableThatWasNotMade) {
  open_catalog();
  EXPECT_TRUE(error("CREATE TABLE nowhere.made AS SELECT 1 AS x").starts_with("SCHEMA_NOT_FOUND at 1:"))
      << error("CREATE TABLE nowhere.made AS SELECT 1 AS x");
  EXPECT_FALSE(error("CREATE TABLE made AS SELECT 1 / x AS x FROM (VALUES 1, 0) AS v(x)").starts_with("no error"));
  EXPECT_EQ(files().size(), 0U);
  EXPECT_TRUE(error("SELECT * FROM made").starts_with("TABLE_NOT_FOUND"));
}

TEST_F(SessionCatalogTest, AMadeTableIsMadeOnce) {
  for (const bool in_file : {false, true}) {
    if (in_file) open_catalog();
    run("CREATE TABLE made AS SELECT 1 AS x");
    EXPECT_TRUE(error("CREATE TABLE made AS SELECT 2 AS x").starts_with("TABLE_ALREADY_EXISTS"))
        << error("CREATE TABLE made AS SELECT 2 AS x");
    run("CREATE TABLE IF NOT EXISTS made AS SELECT 2 AS x");
    EXPECT_EQ(rows("SELECT * FROM made"), Rows{"[1]"});
    run("CREATE TABLE empty AS SELECT 1 AS x WITH NO DATA");
    EXPECT_EQ(rows("SELECT * FROM empty"), Rows{});
    EXPECT_TRUE(error("CREATE VIEW made AS SELECT 1 AS x").starts_with("TABLE_ALREADY_EXISTS"))
        << error("CREATE VIEW made AS SELECT 1 AS x");
    run("DROP TABLE made; DROP TABLE empty");
  }
}

TEST_F(SessionCatalogTest, ANameOfAnyLettersIsAMadeTables) {
  open_catalog();
  run("CREATE TABLE \"a/../b c\" AS SELECT 1 AS \"x y\"");
  open_catalog();
  EXPECT_EQ(rows("SELECT \"x y\" FROM \"a/../b c\""), Rows{"[1]"});
  EXPECT_EQ(files().size(), 1U) << "beside the catalog and nowhere else";
}

// Databases and what shows things.

TEST_F(SessionCatalogTest, DatabasesAreMadeUsedAndDropped) {
  run("CREATE DATABASE own; CREATE DATABASE IF NOT EXISTS own");
  EXPECT_TRUE(error("CREATE DATABASE own").starts_with("SCHEMA_ALREADY_EXISTS"));
  run("USE own");
  run("CREATE VIEW v AS SELECT 1 AS x");
  EXPECT_EQ(ordered_rows("SHOW TABLES"), (Rows{R"(["v"])"}));
  EXPECT_TRUE(error("SELECT * FROM \"default\".v").starts_with("TABLE_NOT_FOUND"));
  EXPECT_TRUE(error("USE nowhere").starts_with("SCHEMA_NOT_FOUND at 1:")) << error("USE nowhere");
  run("DROP DATABASE own CASCADE");
  EXPECT_TRUE(error("SELECT * FROM own.v").starts_with("SCHEMA_NOT_FOUND"));
  run("DROP DATABASE IF EXISTS own");
  EXPECT_FALSE(error("DROP DATABASE own").starts_with("no error"));
  EXPECT_FALSE(error("DROP DATABASE \"default\"").starts_with("no error"));
}

TEST_F(SessionCatalogTest, ShowNamesWhatThereIs) {
  run(kTable);
  run("CREATE VIEW tv AS SELECT 1 AS x; CREATE TABLE tm AS SELECT 1 AS x");
  EXPECT_EQ(ordered_rows("SHOW TABLES"), (Rows{R"(["t"])", R"(["tm"])", R"(["tv"])"}));
  EXPECT_EQ(ordered_rows("SHOW TABLES 't?*|x'"), Rows{});
  EXPECT_EQ(ordered_rows("SHOW TABLES 'tm|tv'"), (Rows{R"(["tm"])", R"(["tv"])"}));
  EXPECT_EQ(ordered_rows("SHOW TABLES LIKE 't*'"), (Rows{R"(["t"])", R"(["tm"])", R"(["tv"])"}));
  EXPECT_EQ(ordered_rows("SHOW VIEWS"), (Rows{R"(["tv"])"}));
  EXPECT_TRUE(error("SHOW TABLES IN nowhere").starts_with("SCHEMA_NOT_FOUND"));
}

TEST_F(SessionCatalogTest, DescribeAndShowColumnsTellTypesKeysAndComments) {
  run("CREATE EXTERNAL TABLE p (name string COMMENT 'who', tags array<struct<k:string,v:int>>) PARTITIONED BY (day "
      "date) "
      "LOCATION 's3://logs/p/' TBLPROPERTIES ('a'='1')");
  const Rows columns{R"(["name","varchar","","who"])", R"x(["tags","array(row(k varchar, v integer))","",""])x",
                     R"(["day","date","partition key",""])"};
  EXPECT_EQ(ordered_rows("DESCRIBE p"), columns);
  EXPECT_EQ(ordered_rows("SHOW COLUMNS IN p"), columns);
  EXPECT_EQ(ordered_rows("SHOW TBLPROPERTIES p"), (Rows{R"(["a","1"])"}));
  run("ALTER TABLE p SET TBLPROPERTIES ('b'='2'); ALTER TABLE p ADD COLUMNS (added bigint)");
  EXPECT_EQ(ordered_rows("SHOW TBLPROPERTIES p('b')"), (Rows{R"(["b","2"])"}));
  EXPECT_EQ(ordered_rows("DESCRIBE p").size(), 4U);
}

TEST_F(SessionCatalogTest, ShowCreateTableIsTheTableAgain) {
  write("t/a.log", "x 1\n");
  run(kTable);
  std::string text;
  for (const std::string& row : ordered_rows("SHOW CREATE TABLE t")) {
    text += nlohmann::json::parse(row)[0].get<std::string>() + "\n";
  }
  run("DROP TABLE t");
  run(text);
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1])"}));
}

TEST_F(SessionCatalogTest, AChangeOfTheTableChangesWhatItReads) {
  write("t/a.log", "x 1\n");
  write("u/a.log", "y 2 z\n");
  run(kTable);
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1])"}));
  run("ALTER TABLE t SET LOCATION 's3://logs/u/'; ALTER TABLE t ADD COLUMNS (more string)");
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["y",2,"z"])"}));
  run("ALTER TABLE t REPLACE COLUMNS (only string)");
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["y"])"}));
}

TEST_F(SessionCatalogTest, TheInformationSchemaKnowsTablesViewsAndColumns) {
  run(kTable);
  run("CREATE DATABASE own; CREATE VIEW own.v AS SELECT 'it''s' AS a, 1 AS b");
  EXPECT_EQ(rows("SELECT schema_name FROM information_schema.schemata WHERE schema_name <> 'information_schema'"),
            (Rows{R"(["default"])", R"(["own"])"}));
  EXPECT_EQ(rows("SELECT table_schema, table_name, table_type FROM information_schema.tables"),
            (Rows{R"(["default","t","BASE TABLE"])", R"(["own","v","VIEW"])"}));
  EXPECT_EQ(rows("SELECT table_name, column_name, ordinal_position, data_type FROM information_schema.columns WHERE "
                 "table_schema = 'default'"),
            (Rows{R"(["t","name",1,"varchar"])", R"(["t","size",2,"integer"])"}));
  EXPECT_EQ(rows("SELECT view_definition FROM information_schema.views"), (Rows{R"(["SELECT 'it''s' AS a, 1 AS b"])"}));
  EXPECT_EQ(rows("SELECT count(*) FROM information_schema.columns c JOIN information_schema.tables t ON t.table_name = "
                 "c.table_name WHERE t.table_type = 'VIEW'"),
            Rows{"[0]"})
      << "columns of views are known when they are used";
}

// Errors.

TEST_F(SessionCatalogTest, ErrorsNameTheirPlace) {
  run(kTable);
  EXPECT_TRUE(error("SELECT 1;\n DROP TABLE nowhere").starts_with("TABLE_NOT_FOUND at 2:2"))
      << error("SELECT 1;\n DROP TABLE nowhere");
  EXPECT_TRUE(error("\n\nDROP VIEW nowhere").starts_with("TABLE_NOT_FOUND at 3:"));
  run("DROP TABLE IF EXISTS nowhere; DROP VIEW IF EXISTS nowhere");
  EXPECT_FALSE(error("DROP VIEW t").starts_with("no error"));
  EXPECT_TRUE(error(kTable).starts_with("TABLE_ALREADY_EXISTS at 1:1"));
  EXPECT_TRUE(error("CREATE EXTERNAL TABLE x (a int, A string) LOCATION 's3://logs/x/'")
                  .starts_with("DUPLICATE_COLUMN_NAME at 1:1"));
  EXPECT_TRUE(error("CREATE EXTERNAL TABLE nowhere.x (a int) LOCATION 's3://logs/x/'").starts_with("SCHEMA_NOT_FOUND"));
  EXPECT_TRUE(error("CREATE EXTERNAL TABLE x (a int)").starts_with("INVALID_TABLE_PROPERTY"));
  EXPECT_TRUE(error("SHOW PARTITIONS nowhere").starts_with("TABLE_NOT_FOUND"));
  EXPECT_TRUE(error("MSCK REPAIR TABLE t").starts_with("NOT_SUPPORTED"));
  EXPECT_TRUE(error("SELECT name FROM t WHERE siz = 1").starts_with("COLUMN_NOT_FOUND at 1:26"));
}

TEST_F(SessionCatalogTest, StatementsAfterAnErrorDoNotRun) {
  EXPECT_FALSE(error("CREATE VIEW a AS SELECT 1 AS x; SELECT nope; CREATE VIEW b AS SELECT 1 AS x").starts_with("no"));
  EXPECT_EQ(ordered_rows("SHOW VIEWS"), (Rows{R"(["a"])"}));
}

}  // namespace
}  // namespace flowtrail::athena
