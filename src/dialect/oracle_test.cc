// The statements of tests/oracle, with the answers of a real Trino 476: how many this dialect answers equally, family
// by family. The floors are what has been reached; they only go up.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "codec/input_stream.h"
#include "dialect/natives.h"
#include "dialect/runner.h"
#include "dialect/translate.h"
#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

using nlohmann::json;

class NoTables : public Tables {
 public:
  [[nodiscard]] engine::SqlResult<std::optional<Table>> find(std::string_view /*catalog*/, std::string_view /*schema*/,
                                                             std::string_view /*name*/) const override {
    return std::nullopt;
  }
};

/// What became of the statements of a family. Those that Trino answers are equal, different or refused; those that it
/// refuses are refused with its name, refused with another, or answered.
struct Tally {
  int answers = 0, equal = 0, different = 0, refused = 0;
  int errors = 0, named = 0, renamed = 0, answered = 0;
};

/// The least that a family must reach.
struct Floor {
  std::string_view family;
  int equal;
  int named;
  int different;  // at most
};

json answer_to(engine::Connection& connection, Natives& natives, const std::string& sql) {
  TranslateOptions options;
  options.strict = true;
  const auto refusal = [](const engine::SqlError& error) {
    return json{
        {"error", {{"name", error.name}, {"message", error.what}, {"line", error.line}, {"column", error.column}}}};
  };
  const auto translation = translate(sql, NoTables{}, options);
  if (!translation) return refusal(translation.error());
  json columns = json::array();
  for (const OutputColumn& column : translation->columns) {
    columns.push_back({{"name", column.name}, {"type", result_type_name(column.type)}});
  }
  json rows = json::array();
  const auto ran = run(connection, natives, *translation, ValueForm::kProtocol, [&rows](const auto& values) {
    for (const auto& row : values) {
      json cells = json::array();
      for (const output::Value& value : row) cells.push_back(json::parse(output::json_value(value), nullptr, false));
      rows.push_back(std::move(cells));
    }
  });
  if (!ran) {
    json answer = refusal(ran.error());
    answer["sql"] = translation->sql;
    return answer;
  }
  return {{"columns", columns}, {"rows", rows}, {"sql", translation->sql}};
}

bool same_number(double a, double b) {
  return a == b || std::abs(a - b) <= 1e-12 * std::max(std::abs(a), std::abs(b));
}

bool same(const json& a, const json& b) {
  if (a.is_number() && b.is_number()) return same_number(a.get<double>(), b.get<double>());
  if (a.type() != b.type()) return false;
  if (a.is_array()) return std::ranges::equal(a, b, same);
  if (!a.is_object()) return a == b;
  return a.size() == b.size() && std::ranges::all_of(a.items(), [&](const auto& item) {
           return b.contains(item.key()) && same(item.value(), b.at(item.key()));
         });
}

bool same_answer(const json& expected, const json& actual, const std::string& sql) {
  if (expected.at("columns") != actual.at("columns")) return false;
  json a = expected.at("rows");
  json b = actual.at("rows");
  if (sql.find("ORDER BY") == std::string::npos) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
  }
  return same(a, b);
}

void count(const json& expected, const json& actual, Tally& tally) {
  const bool refused = actual.contains("error");
  if (expected.contains("error")) {
    ++tally.errors;
    if (!refused) {
      ++tally.answered;
    } else if (actual["error"]["name"] == expected["error"]["name"]) {
      ++tally.named;
    } else {
      ++tally.renamed;
    }
    return;
  }
  ++tally.answers;
  if (refused) {
    ++tally.refused;
  } else if (same_answer(expected, actual, expected.at("sql"))) {
    ++tally.equal;
  } else {
    ++tally.different;
  }
}

std::map<std::string, Tally> run_file(const std::string& name) {
  std::map<std::string, Tally> tallies;
  auto database = engine::Database::open({});
  auto connection = database->connect();
  Natives natives;
  // Plain or gzip.
  std::string text;
  EXPECT_TRUE(codec::read_all(std::string{FLOWTRAIL_SOURCE_DIR} + "/tests/oracle/" + name, 1U << 30U, text));
  std::istringstream file{text};
  // Every miss is printed when asked for: FLOWTRAIL_ORACLE_MISSES=1 dialect_test --gtest_filter='Oracle*'.
  const bool verbose = std::getenv("FLOWTRAIL_ORACLE_MISSES") != nullptr;
  std::string line;
  while (std::getline(file, line)) {
    const json expected = json::parse(line);
    const std::string sql = expected.at("sql");
    const json actual = answer_to(*connection, natives, sql);
    Tally& tally = tallies[expected.at("family")];
    const int good = tally.equal + tally.named;
    count(expected, actual, tally);
    if (!verbose || tally.equal + tally.named > good) continue;
    std::cout << "MISS " << std::string{expected.at("family")} << " " << sql << "\n  EXPECTED "
              << (expected.contains("error") ? expected["error"].dump()
                                             : expected["columns"].dump() + expected["rows"].dump())
              << "\n  ACTUAL " << actual.dump() << "\n";
  }
  return tallies;
}

constexpr Floor kFloors[] = {
    {"aggregate", 60, 4, 0},  {"array", 97, 9, 0},     {"cast", 65, 6, 0},       {"conditional", 39, 2, 0},
    {"datetime", 154, 28, 0}, {"errors", 0, 97, 0},    {"ip", 33, 21, 0},        {"json", 143, 17, 0},
    {"map_row", 52, 10, 0},   {"numeric", 113, 15, 0}, {"query", 83, 8, 0},      {"regexp", 50, 5, 0},
    {"string", 93, 12, 0},    {"unnest", 24, 4, 0},    {"url_binary", 46, 6, 0}, {"window", 28, 4, 0}};

// Every function on values of its argument types, every operator on two types, every cast.
constexpr Floor kGeneratedFloors[] = {
    {"aggregate", 126, 69, 0}, {"cast", 1060, 2013, 0}, {"function", 1800, 278, 10}, {"operator", 1058, 1753, 0}};

void print(const std::string& family, const Tally& t) {
  std::printf("%-12s %7d %6d %10d %8d | %6d %6d %8d %9d\n", family.c_str(), t.answers, t.equal, t.different, t.refused,
              t.errors, t.named, t.renamed, t.answered);
}

void expect_floors(const std::string& name, std::span<const Floor> floors) {
  auto tallies = run_file(name);
  ASSERT_FALSE(tallies.empty());
  std::printf("%-12s %7s %6s %10s %8s | %6s %6s %8s %9s\n", "family", "answers", "equal", "different", "refused",
              "errors", "named", "renamed", "answered");
  Tally total;
  for (const auto& [family, t] : tallies) {
    print(family, t);
    total.answers += t.answers;
    total.equal += t.equal;
    total.different += t.different;
    total.refused += t.refused;
    total.errors += t.errors;
    total.named += t.named;
    total.renamed += t.renamed;
    total.answered += t.answered;
  }
  print("all", total);
  for (const Floor& floor : floors) {
    const Tally& tally = tallies[std::string{floor.family}];
    EXPECT_GE(tally.equal, floor.equal) << floor.family;
    EXPECT_GE(tally.named, floor.named) << floor.family;
    EXPECT_LE(tally.different, floor.different) << floor.family;
  }
}

TEST(Oracle, AnswersOfTrinoAreReachedFamilyByFamily) {
  expect_floors("trino-476.jsonl", kFloors);
}

TEST(Oracle, GeneratedStatementsHaveTheAnswersOfTrino) {
  expect_floors("trino-476-generated.jsonl.gz", kGeneratedFloors);
}

}  // namespace
}  // namespace flowtrail::dialect
