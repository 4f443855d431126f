// Statements of tests/athena/live over small logs of each kind, declared by Athena's DDL: the columns, types and rows
// that a real Trino gave over the same files.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>

#include "athena/session.h"
#include "tables/script_runner.h"

namespace flowtrail::athena {
namespace {

using nlohmann::json;

const std::string kFolder = std::string{FLOWTRAIL_SOURCE_DIR} + "/tests/athena/live/";

std::string text_of(const std::string& name) {
  std::ifstream file{kFolder + name};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Whether an ORDER BY stands outside of all parentheses; such a statement of queries.sql leaves no ties open.
bool is_ordered(std::string_view sql) {
  int depth = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    depth += sql[i] == '(' ? 1 : sql[i] == ')' ? -1 : 0;
    if (depth == 0 && sql.substr(i).starts_with("ORDER BY")) return true;
  }
  return false;
}

json in_order(json rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

class LiveTest : public testing::Test {
 protected:
  void SetUp() override { open(true); }

  void open(bool pushdown) {
    session_.reset();
    connection_.reset();
    connection_.emplace(database_.emplace(engine::Database::open({}).value()).connect().value());
    SessionOptions options;
    options.strict = true;
    options.pushdown = pushdown;
    ASSERT_TRUE(options.places.add("s3://live-bucket/=" + kFolder + "data"));
    session_ = Session::open(*connection_, std::move(options)).value();
    const json made = run(text_of("tables.sql"));
    ASSERT_FALSE(made.contains("error")) << made.dump();
  }

  json run(const std::string& sql) {
    std::string text;
    tables::ScriptOutput output;
    output.format = output::Format::kJson;
    output.write = [&text](std::string_view piece) { text += piece; };
    const auto status = session_->run(sql, output);
    return json::parse(status ? text : tables::error_json(status.error()), nullptr, false);
  }

  void expect_answer(const json& expected) {
    const std::string sql = expected.at("sql");
    SCOPED_TRACE(sql);
    const json actual = run(sql);
    ASSERT_TRUE(actual.is_object());
    if (expected.contains("error")) {
      ASSERT_TRUE(actual.contains("error"));
      EXPECT_EQ(actual["error"]["name"], expected["error"]["name"]);
      EXPECT_EQ(actual["error"]["line"], expected["error"]["line"]);
      EXPECT_EQ(actual["error"]["column"], expected["error"]["column"]);
      return;
    }
    ASSERT_FALSE(actual.contains("error")) << actual.dump();
    EXPECT_EQ(actual.at("columns"), expected.at("columns"));
    if (is_ordered(sql)) {
      EXPECT_EQ(actual.at("rows"), expected.at("rows"));
    } else {
      EXPECT_EQ(in_order(actual.at("rows")), in_order(expected.at("rows")));
    }
  }

  std::optional<engine::Database> database_;
  std::optional<engine::Connection> connection_;
  std::unique_ptr<Session> session_;
};

TEST_F(LiveTest, StatementsOverLogsOfEachKindHaveTheAnswersOfTrino) {
  std::istringstream answers{text_of("answers.jsonl")};
  std::string line;
  int statements = 0;
  while (std::getline(answers, line)) {
    expect_answer(json::parse(line));
    ++statements;
  }
  EXPECT_GT(statements, 300);
}

TEST_F(LiveTest, AnswersAreTheSameWhenTheEngineFilters) {
  const char* sql =
      "SELECT day, srcaddr, count(*) FROM flow5 WHERE day = date '2024-05-02' AND action = 'REJECT' GROUP BY 1, 2 "
      "ORDER BY 1, 2";
  const json with = run(sql);
  ASSERT_TRUE(with.contains("rows")) << with.dump();
  EXPECT_GT(with.at("rows").size(), 2U);
  open(false);
  EXPECT_EQ(run(sql), with);
}

}  // namespace
}  // namespace flowtrail::athena
