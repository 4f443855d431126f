// The statements of tests/athena, in the manner of those that people publish over AWS's logs: their tables are made by
// their DDL, and each statement has the columns, types and rows that a real Trino gave over empty tables.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "athena/session.h"
#include "base/test_path.h"
#include "tables/script_runner.h"

namespace flowtrail::athena {
namespace {

using nlohmann::json;

std::string text_of(const std::string& name) {
  std::ifstream file{std::string{FLOWTRAIL_SOURCE_DIR} + "/tests/athena/" + name};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// ORDER BY leaves ties open.
json in_order(json rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

class PublishedTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_);
    SessionOptions options;
    options.strict = true;
    for (const char* bucket : {"flow", "trail", "access-log", "alb", "waf", "dns", "cdn", "anfw", "findings", "cur",
                               "inventory", "assets", "syslog"}) {
      ASSERT_TRUE(options.places.add("s3://" + std::string{bucket} + "-bucket/=" + folder_.string()));
    }
    session_ = Session::open(connection_, std::move(options)).value();
    const json made = run(text_of("tables.sql"));
    ASSERT_FALSE(made.contains("error")) << made.dump();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  json run(const std::string& sql) {
    std::string text;
    tables::ScriptOutput output;
    output.format = output::Format::kJson;
    output.write = [&text](std::string_view piece) { text += piece; };
    const auto status = session_->run(sql, output);
    if (!status) return json::parse(tables::error_json(status.error()));
    return json::parse(text, nullptr, false);
  }

  std::filesystem::path folder_ = test_path("published_test");
  engine::Database database_ = engine::Database::open({}).value();
  engine::Connection connection_ = database_.connect().value();
  std::unique_ptr<Session> session_;
};

TEST_F(PublishedTest, StatementsBindOverTheTablesOfTheirDdlWithTheTypesOfTrino) {
  std::istringstream answers{text_of("answers.jsonl")};
  std::string line;
  int statements = 0;
  while (std::getline(answers, line)) {
    const json expected = json::parse(line);
    const json actual = run(expected.at("sql"));
    ++statements;
    if (expected.contains("error")) {
      EXPECT_TRUE(actual.contains("error")) << expected.at("sql");
      if (actual.contains("error")) {
        EXPECT_EQ(actual["error"]["name"], expected["error"]["name"]) << expected.at("sql");
      }
      continue;
    }
    ASSERT_TRUE(actual.is_object()) << expected.at("sql");
    EXPECT_FALSE(actual.contains("error")) << expected.at("sql") << "\n" << actual.dump();
    if (actual.contains("error")) continue;
    EXPECT_EQ(actual.at("columns"), expected.at("columns")) << expected.at("sql");
    EXPECT_EQ(in_order(actual.at("rows")), in_order(expected.at("rows"))) << expected.at("sql");
  }
  EXPECT_GT(statements, 100);
}

}  // namespace
}  // namespace flowtrail::athena
