#include "athena/session.h"

#include <gtest/gtest.h>

#include <utility>

#include <filesystem>

#include "base/test_path.h"
#include "tables/script_runner.h"

namespace flowtrail::athena {
namespace {

class SessionTest : public testing::Test {
 protected:
  std::string run(std::string_view sql, output::Format format = output::Format::kTsv, SessionOptions options = {}) {
    std::string text;
    tables::ScriptOutput output;
    output.format = format;
    output.write = [&text](std::string_view piece) { text += piece; };
    const auto session = Session::open(connection_, std::move(options));
    const auto status = (*session)->run(sql, output);
    std::erase(text, '\r');
    return status ? text : text + tables::error_json(status.error()) + "\n";
  }

  engine::Database database_ = engine::Database::open({}).value();
  engine::Connection connection_ = database_.connect().value();
};

TEST_F(SessionTest, JsonIsTrinosProtocol) {
  EXPECT_EQ(
      run("SELECT 1/2, DATE '2024-01-02', (1, 'a') AS r", output::Format::kJson),
      R"json({"columns":[{"name":"_col0","type":"integer"},{"name":"_col1","type":"date"},)json"
      R"json({"name":"r","type":"row(integer, varchar(1))"}],"rows":[[0,"2024-01-02",[1,"a"]]],"warnings":[]})json"
      "\n");
}

TEST_F(SessionTest, TextPrintsArraysAsAthenaDoes) {
  EXPECT_EQ(run("SELECT ARRAY['a','b'] AS x"), "x\n[a, b]\n");
}

TEST_F(SessionTest, ViewsTablesAndPreparedStatementsLiveInTheScript) {
  EXPECT_EQ(run("CREATE VIEW v AS SELECT 2 AS n; SELECT n + 1 AS m FROM v"), "m\n3\n");
  EXPECT_EQ(run("CREATE TABLE t AS SELECT 'x' AS \"A b\"; SELECT * FROM default.t; DROP TABLE t"), "a b\nx\n");
  EXPECT_EQ(run("PREPARE p FROM SELECT ? AS a; EXECUTE p USING 'x'"), "a\nx\n");
  EXPECT_EQ(run("CREATE VIEW v AS SELECT 2 AS n; DESCRIBE v"), "Column\tType\tExtra\tComment\nn\tinteger\t\t\n");
}

TEST_F(SessionTest, ErrorsStandInTheWholeScript) {
  EXPECT_EQ(run("SELECT 1 AS a;\n  SELECT nope"),
            "a\n1\n{\"error\":{\"name\":\"COLUMN_NOT_FOUND\",\"message\":\"line 2:10: Column 'nope' cannot be "
            "resolved\",\"line\":2,\"column\":10}}\n");
}

TEST_F(SessionTest, CheckRunsNothing) {
  EXPECT_EQ(run("SELECT 1", output::Format::kJson,
                {.strict = true, .check = true, .pushdown = true, .catalog = {}, .places = {}}),
            "{\"ok\":true}\n");
  EXPECT_EQ(run("SELECT a FROM elsewhere", output::Format::kJson,
                {.strict = true, .check = true, .pushdown = true, .catalog = {}, .places = {}}),
            "{\"ok\":true}\n");
  EXPECT_TRUE(run("SELECT FROM elsewhere", output::Format::kJson,
                  {.strict = false, .check = true, .pushdown = true, .catalog = {}, .places = {}})
                  .starts_with("{\"error\""));
  EXPECT_TRUE(run("SELECT '1' = 1", output::Format::kJson,
                  {.strict = true, .check = true, .pushdown = true, .catalog = {}, .places = {}})
                  .starts_with("{\"error\""));
}

TEST_F(SessionTest, CheckLeavesTheCatalogAsItIs) {
  const std::filesystem::path file = test_path("session_test_check.db");
  std::filesystem::remove(file);
  SessionOptions options;
  options.catalog = file;
  EXPECT_EQ(run("CREATE EXTERNAL TABLE old (a int) LOCATION '/nowhere/'; ALTER TABLE old ADD COLUMNS (b int)",
                output::Format::kTsv, options),
            "");
  SessionOptions check = options;
  check.check = true;
  EXPECT_EQ(run("CREATE EXTERNAL TABLE fresh (c int) LOCATION '/nowhere/'; CREATE DATABASE d; "
                "CREATE VIEW v AS SELECT b, c FROM old CROSS JOIN fresh; SELECT b + c FROM v",
                output::Format::kJson, check),
            "{\"ok\":true}\n");
  EXPECT_EQ(run("SHOW TABLES; SHOW DATABASES", output::Format::kTsv, options), "Table\nold\nSchema\ndefault\n");
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace flowtrail::athena
