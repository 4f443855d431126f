#include "tables/script_runner.h"

#include <gtest/gtest.h>

namespace flowtrail::tables {
namespace {

class ScriptRunnerTest : public testing::Test {
 protected:
  std::string run(const std::string& sql, output::Format format) {
    std::string text;
    ScriptOutput output;
    output.format = format;
    output.write = [&text](std::string_view piece) { text += piece; };
    output.warnings = [] { return std::vector<Warning>{{"code", 3, "a \"text\"", "key:1"}}; };
    const auto status = run_script(connection_, sql, output);
    return status ? text : text + error_json(status.error()) + "\n";
  }

  engine::Database database_ = engine::Database::open({}).value();
  engine::Connection connection_ = database_.connect().value();
};

TEST_F(ScriptRunnerTest, JsonHasColumnsRowsAndWarnings) {
  EXPECT_EQ(run("SELECT 1 AS a, NULL AS b, ['x'] AS c UNION ALL SELECT 2, 3, []", output::Format::kJson),
            R"json({"columns":[{"name":"a","type":"integer"},{"name":"b","type":"integer"},)json"
            R"json({"name":"c","type":"array(varchar)"}],"rows":[[1,null,["x"]],[2,3,[]]],)json"
            R"json("warnings":[{"code":"code","count":3,"text":"a \"text\"","example":"key:1"}]})json"
            "\n");
}

TEST_F(ScriptRunnerTest, AScriptWithoutRowsIsStillJson) {
  EXPECT_TRUE(run("CREATE TABLE t(a INTEGER)", output::Format::kJson).starts_with(R"({"columns":[],"rows":[],)"));
  EXPECT_TRUE(run("", output::Format::kJson).starts_with(R"({"columns":[],"rows":[],)"));
}

TEST_F(ScriptRunnerTest, AnErrorTakesThePlaceOfTheJsonAnswer) {
  EXPECT_EQ(run("SELECT\n nope FROM range(3)", output::Format::kJson),
            "{\"error\":{\"name\":\"COLUMN_NOT_FOUND\",\"message\":\"Referenced column \\\"nope\\\" not found in FROM "
            "clause!\",\"line\":2,\"column\":2}}\n");
  const std::string late =
      run("SELECT CASE WHEN range > 900000 THEN error('late ' || range) ELSE '' END FROM range(1000000)",
          output::Format::kJson);
  EXPECT_TRUE(late.starts_with("{\"error\":{")) << late.substr(0, 100);
}

TEST_F(ScriptRunnerTest, StatementsAreWrittenInOrder) {
  EXPECT_EQ(run("CREATE TABLE t AS SELECT 7 AS x; SELECT x FROM t; SELECT x + 1 AS y FROM t;", output::Format::kNdjson),
            "{\"x\":7}\n{\"y\":8}\n");
}

TEST_F(ScriptRunnerTest, HeadersStandOnceOverManyChunks) {
  const std::string text = run("SELECT range AS \"n\nm\" FROM range(10000)", output::Format::kCsv);
  output::Table table;
  table.columns = {{"n\nm", "bigint", {}, {}}};
  for (std::int64_t i = 0; i < 10'000; ++i) table.rows.push_back({i});
  EXPECT_EQ(text, output::render(table, output::Format::kCsv));
}

TEST_F(ScriptRunnerTest, EmptyResultsKeepTheirHeader) {
  EXPECT_EQ(run("SELECT 1 AS one WHERE false", output::Format::kTsv),
            output::render({{{"one", "integer", {}, {}}}, {}}, output::Format::kTsv));
}

TEST_F(ScriptRunnerTest, WhatCameBeforeAnErrorIsWritten) {
  const std::string text = run("SELECT 1 AS a; SELECT nope", output::Format::kNdjson);
  EXPECT_TRUE(text.starts_with("{\"a\":1}\n{\"error\"")) << text;
}

}  // namespace
}  // namespace flowtrail::tables
