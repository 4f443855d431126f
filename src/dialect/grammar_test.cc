// Statements over AWS's logs (tests/athena): the grammar takes what a real Trino's takes, and refuses the rest.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "dialect/parser.h"

namespace flowtrail::dialect {
namespace {

TEST(Grammar, TakesTheStatementsThatTrinoTakes) {
  std::ifstream file{std::string{FLOWTRAIL_SOURCE_DIR} + "/tests/athena/answers.jsonl"};
  std::string line;
  int statements = 0;
  while (std::getline(file, line)) {
    const auto recorded = nlohmann::json::parse(line);
    const bool refused = recorded.contains("error") && recorded["error"]["name"] == "SYNTAX_ERROR";
    const std::string sql = recorded.at("sql");
    const auto parsed = parse_statement(sql);
    EXPECT_EQ(parsed.has_value(), !refused) << sql << "\n" << (parsed ? "" : parsed.error().what);
    if (refused && !parsed) {
      EXPECT_EQ(parsed.error().line, recorded["error"]["line"]) << sql;
      EXPECT_EQ(parsed.error().column, recorded["error"]["column"]) << sql;
    }
    ++statements;
  }
  EXPECT_GT(statements, 100);
}

}  // namespace
}  // namespace flowtrail::dialect
