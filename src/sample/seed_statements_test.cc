// The published statements that flowtrail began with, as they were published, over the account that the simulator makes
// for them: their rows are those that it states.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "athena/glue_tables.h"
#include "athena/test_session.h"
#include "hive/create_table_text.h"
#include "sample/sample.h"
#include "source/inventory.h"

namespace flowtrail::athena {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string text_of(const fs::path& path) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class SeedStatementsTest : public SessionFixture, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    if (!fs::exists(statements_)) GTEST_SKIP() << "SEED STATEMENTS ABSENT: " << statements_;
    folder_ = fs::path{testing::TempDir()} / fmt::format("flowtrail_seed_statements_{}_{}", GetParam(), ::getpid());
    sample::Options sample;
    sample.folder = folder_;
    sample.seed = static_cast<std::uint64_t>(GetParam());
    sample.scenario = sample::Scenario::kBlog;
    sample.force = true;
    const auto written = sample::write_sample(sample);
    ASSERT_TRUE(written) << written.error().to_string();
  }

  /// As `flowtrail crawl --register --table-prefix vpc_flow_logs` makes them.
  void crawl(const fs::path& catalog) {
    const std::vector<std::string> sources{folder_.string()};
    const auto inventory = source::list(sources, {});
    ASSERT_TRUE(inventory);
    const auto tables = find_tables(*inventory, "vpc_flow_logs");
    ASSERT_TRUE(tables);
    auto opened = catalog::Catalog::open(catalog);
    ASSERT_TRUE(opened);
    for (const FoundTable& table : *tables) {
      const std::string& name = table.definition.table.name;
      ASSERT_TRUE(opened->create(
          {"default", name, catalog::EntryKind::kExternalTable, hive::create_table_text(table.definition), {}, {}, {}},
          true, false));
    }
  }

  const fs::path statements_ = fs::path{FLOWTRAIL_SOURCE_DIR} / "../shared/seed/queries";
};

TEST_P(SeedStatementsTest, AnswerWhatTheSimulatorStates) {
  SessionOptions options;
  options.strict = true;
  options.catalog = folder_ / "catalog.db";
  crawl(*options.catalog);
  ASSERT_TRUE(options.places.add("s3://security-investigation-xxxxxxx/=" + folder_.string()));
  for (const bool pushdown : {true, false}) {
    options.pushdown = pushdown;
    open(options);
    if (!pushdown) {
      run("DROP VIEW sg_rules_and_eni_v");
      run("DROP TABLE cloudtrail_logs_security_investigation");
    }
    const json truth = json::parse(text_of(folder_ / "truth.json"));
    int asked = 0;
    for (const json& one : truth.at("statements")) {
      const std::string file = one.at("file");
      const std::string sql = text_of(statements_ / file);
      ASSERT_FALSE(sql.empty()) << file;
      const json answered = answer(sql);
      ASSERT_TRUE(answered.is_object() && !answered.contains("error")) << file << "\n" << answered.dump();
      ++asked;
      if (one.at("columns").empty()) continue;
      std::vector<std::string> columns;
      for (const json& column : answered.at("columns")) columns.push_back(column.at("name"));
      EXPECT_EQ(json(columns), one.at("columns")) << file;
      json actual = answered.at("rows");
      json expected = one.at("rows");
      EXPECT_FALSE(expected.empty()) << file;
      if (sql.find("order by") == std::string::npos) {
        std::sort(actual.begin(), actual.end());
        std::sort(expected.begin(), expected.end());
      }
      EXPECT_EQ(actual, expected) << file;
    }
    EXPECT_EQ(asked, 7);
    EXPECT_EQ(session_->bad_input().total(), 0U);
    EXPECT_TRUE(session_->warnings().empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SeedStatementsTest, testing::Values(1, 2, 7));

}  // namespace
}  // namespace flowtrail::athena
