// Statements of the oracle, mutated at random with a fixed seed: whatever comes, there is an error with a place or SQL
// that DuckDB's parser takes; never a crash or a hang.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "dialect/lexer.h"
#include "dialect/translate.h"
#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

class NoTables : public Tables {
 public:
  [[nodiscard]] engine::SqlResult<std::optional<Table>> find(std::string_view /*catalog*/, std::string_view /*schema*/,
                                                             std::string_view /*name*/) const override {
    return std::nullopt;
  }
};

std::vector<std::string> statements() {
  std::ifstream file{std::string{FLOWTRAIL_SOURCE_DIR} + "/tests/oracle/trino-476.jsonl"};
  std::vector<std::string> result;
  std::string line;
  while (std::getline(file, line)) result.push_back(nlohmann::json::parse(line).at("sql"));
  return result;
}

class Mutator {
 public:
  explicit Mutator(std::vector<std::string> seeds) : seeds_(std::move(seeds)) {}

  std::string next() {
    std::string sql = pick(seeds_);
    for (int i = number(1, 3); i > 0; --i) mutate(sql);
    return sql;
  }

 private:
  int number(int from, int to) { return std::uniform_int_distribution<int>{from, to}(random_); }
  const std::string& pick(const std::vector<std::string>& from) {
    return from[static_cast<std::size_t>(number(0, static_cast<int>(from.size()) - 1))];
  }
  std::size_t place(const std::string& text) {
    return static_cast<std::size_t>(number(0, static_cast<int>(text.size())));
  }
  /// A whole token of another statement.
  std::string token() {
    const std::string& source = pick(seeds_);
    const auto tokens = tokenize(source);
    return std::string{tokens[static_cast<std::size_t>(number(0, static_cast<int>(tokens.size()) - 1))].text};
  }
  void mutate(std::string& sql) {
    switch (number(0, 5)) {
      case 0: sql.erase(place(sql), static_cast<std::size_t>(number(1, 5))); break;
      case 1: sql.insert(place(sql), " " + token() + " "); break;
      case 2: sql.insert(place(sql), 1, static_cast<char>(number(0, 255))); break;
      case 3: sql.resize(place(sql)); break;
      case 4: replace_token(sql); break;
      default: {
        const std::string& other = pick(seeds_);
        sql = sql.substr(0, place(sql)) + other.substr(place(other));
      }
    }
  }
  void replace_token(std::string& sql) {
    const auto tokens = tokenize(sql);
    const Token& old = tokens[static_cast<std::size_t>(number(0, static_cast<int>(tokens.size()) - 1))];
    const std::size_t begin = old.begin;
    const std::size_t length = old.text.size();
    sql.replace(begin, length, token());
  }

  std::vector<std::string> seeds_;
  std::mt19937 random_{476};  // NOLINT(bugprone-random-generator-seed): the same statements at every run
};

TEST(Fuzz, MutatedStatementsAreRefusedWithAPlaceOrTranslatedIntoSqlThatParses) {
  auto database = engine::Database::open({});
  auto connection = database->connect();
  Mutator mutator{statements()};
  int translated = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string sql = mutator.next();
    TranslateOptions options;
    options.strict = i % 2 == 0;
    const auto translation = translate(sql, NoTables{}, options);
    if (!translation) {
      ASSERT_FALSE(translation.error().name.empty()) << sql;
      ASSERT_FALSE(translation.error().what.empty()) << sql;
      continue;
    }
    if (translation->sql.empty()) continue;
    ++translated;
    const auto parsed = connection->parse(translation->sql);
    ASSERT_TRUE(parsed) << sql << "\n" << translation->sql << "\n" << parsed.error().what;
    ASSERT_EQ(parsed->size(), 1U) << sql << "\n" << translation->sql;
  }
  EXPECT_GT(translated, 200);  // or the mutations say nothing
}

}  // namespace
}  // namespace flowtrail::dialect
