#include "catalog/catalog.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <latch>
#include <thread>

#include "catalog/definition.h"

namespace flowtrail::catalog {
namespace {

Entry table(std::string name, std::string database = "default") {
  return {.database = std::move(database),
          .name = std::move(name),
          .text = "CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (region string, day string) LOCATION 's3://b/p/'",
          .canonical = {},
          .data = {},
          .created = "2026-03-01T10:00:05Z"};
}

Entry view(std::string name, std::string text = "SELECT 1") {
  return {"default", std::move(name), EntryKind::kView, std::move(text), "", "", "2026-03-01T10:00:05Z"};
}

Partition partition(std::string region, std::string day, std::string location = "s3://b/x/") {
  return {{{"region", std::move(region)}, {"day", std::move(day)}}, std::move(location)};
}

std::vector<std::string> names(const std::vector<Entry>& entries) {
  std::vector<std::string> result;
  for (const Entry& entry : entries) result.push_back(entry.name);
  return result;
}

class CatalogTest : public testing::Test {
 protected:
  void SetUp() override { TearDown(); }
  void TearDown() override { std::filesystem::remove(path_); }
  Catalog open() const {
    auto catalog = Catalog::open(path_);
    if (!catalog) ADD_FAILURE() << catalog.error().to_string();
    return *std::move(catalog);
  }
  void change_file(const char* sql) const {
    const auto database = sqlite::Database::open(path_.string(), {.name = "test"});
    ASSERT_TRUE(database);
    const Status changed = (*database)->execute(sql);
    EXPECT_TRUE(changed) << changed.error().what;
  }
  std::filesystem::path path_ =
      std::filesystem::path{testing::TempDir()} /
      fmt::format("catalog_test_{}_{}.sqlite", testing::UnitTest::GetInstance()->current_test_info()->name(), getpid());
};

TEST_F(CatalogTest, EverythingIsThereAfterReopening) {
  const DatabaseInfo logs{"logs", "raw logs", "s3://b/", {{"owner", "sec"}, {"K", "it's"}}, "2026-03-01T10:00:05Z"};
  const Entry made{"logs", "sums",           EntryKind::kMadeTable, "CREATE TABLE sums AS SELECT 1",
                   "",     "data/1.parquet", "2026-03-01T10:00:06Z"};
  {
    auto catalog = open();
    ASSERT_TRUE(catalog.create_database(logs, false).value());
    ASSERT_TRUE(catalog.create(table("trail", "logs"), false, false).value());
    ASSERT_TRUE(catalog.create(made, false, false).value());
    ASSERT_TRUE(catalog.create(view("v", "SELECT 'it''s'\n"), false, false).value());
    const std::vector partitions{partition("eu", "2"), partition("ap", "1")};
    ASSERT_EQ(catalog.add_partitions("logs", "trail", partitions, false), 2U);
  }
  const auto catalog = open();
  const auto databases = catalog.databases().value();
  ASSERT_EQ(databases.size(), 2U);
  EXPECT_EQ(databases[0].name, "default");
  EXPECT_FALSE(databases[0].created.empty());
  EXPECT_EQ(databases[1], logs);
  EXPECT_EQ(catalog.find_database("logs").value(), logs);
  EXPECT_EQ(catalog.find_database("nope").value(), std::nullopt);
  EXPECT_EQ(names(catalog.entries("logs").value()), (std::vector<std::string>{"sums", "trail"}));
  EXPECT_EQ(catalog.find("logs", "sums").value(), made);
  EXPECT_EQ(catalog.find("default", "v").value(), view("v", "SELECT 'it''s'\n"));
  const Entry trail = catalog.find("logs", "trail").value().value();
  EXPECT_EQ(trail.text, table("trail").text);
  EXPECT_EQ(definition(trail)->location, "s3://b/p/");
  EXPECT_TRUE(trail.canonical.starts_with("CREATE EXTERNAL TABLE `logs.trail`(")) << trail.canonical;
  EXPECT_EQ(catalog.partitions("logs", "trail").value(), (std::vector{partition("ap", "1"), partition("eu", "2")}));
}

TEST_F(CatalogTest, WithoutAFileItIsInMemory) {
  auto catalog = Catalog::open(std::nullopt).value();
  ASSERT_TRUE(catalog.create(table("t"), false, false).value());
  EXPECT_TRUE(catalog.find("default", "t").value());
  EXPECT_EQ(Catalog::open(std::nullopt)->entries("default")->size(), 0U);
  EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

TEST_F(CatalogTest, ATimeOfCreationIsFilledIn) {
  auto catalog = open();
  Entry entry = view("v");
  entry.created.clear();
  ASSERT_TRUE(catalog.create(entry, false, false).value());
  EXPECT_EQ(catalog.find("default", "v").value()->created.size(), view("v").created.size());
}

TEST_F(CatalogTest, ANameThatIsTakenIsAnErrorUnlessToldOtherwise) {
  auto catalog = open();
  ASSERT_TRUE(catalog.create(table("t"), false, false).value());
  ASSERT_TRUE(catalog.create(view("v", "SELECT 1"), false, false).value());

  const auto again = catalog.create(table("t"), false, false);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kUsage);
  EXPECT_EQ(again.error().to_string(),
            "table exists already: default.t (say CREATE TABLE IF NOT EXISTS, or drop it first)");
  EXPECT_EQ(catalog.create(view("v"), false, false).error().to_string(),
            "view exists already: default.v (say CREATE OR REPLACE VIEW)");
  EXPECT_EQ(catalog.create(view("t"), true, false).error().to_string(),
            "table exists already: default.t (drop it first)");
  EXPECT_FALSE(catalog.create(table("t"), false, true).value());
  EXPECT_TRUE(catalog.create(view("v", "SELECT 2"), true, false).value());
  EXPECT_EQ(catalog.find("default", "v").value()->text, "SELECT 2");
}

TEST_F(CatalogTest, AReplacedTableHasNoPartitions) {
  auto catalog = open();
  ASSERT_TRUE(catalog.create(table("t"), false, false).value());
  ASSERT_TRUE(catalog.add_partitions("default", "t", std::vector{partition("eu", "1")}, false));
  ASSERT_TRUE(catalog.create(table("t"), true, false).value());
  EXPECT_EQ(catalog.partitions("default", "t")->size(), 0U);
}

TEST_F(CatalogTest, WhatIsNotThereIsNamed) {
  auto catalog = open();
  EXPECT_EQ(catalog.find("default", "t").value(), std::nullopt);
  EXPECT_EQ(catalog.find("nope", "t").value(), std::nullopt);
  const auto no_database = catalog.create(table("t", "nope"), false, false);
  ASSERT_FALSE(no_database);
  EXPECT_EQ(no_database.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(no_database.error().what, "no such database: nope");
  EXPECT_EQ(catalog.entries("nope").error().what, "no such database: nope");
  EXPECT_EQ(catalog.set_database_properties("nope", {}).error().what, "no such database: nope");
  EXPECT_EQ(catalog.drop("default", "t", EntryKind::kView).error().what, "no such table or view: default.t");
  EXPECT_EQ(catalog.partitions("default", "t").error().code, ErrorCode::kNotFound);
}

TEST_F(CatalogTest, DropTellsTablesFromViews) {
  auto catalog = open();
  const Entry made{"default", "m", EntryKind::kMadeTable, "CREATE TABLE m AS SELECT 1", "", "m.parquet", "x"};
  ASSERT_TRUE(catalog.create(made, false, false).value());
  ASSERT_TRUE(catalog.create(view("v"), false, false).value());
  EXPECT_EQ(catalog.drop("default", "v", EntryKind::kExternalTable).error().to_string(),
            "default.v is a view (say DROP VIEW)");
  EXPECT_EQ(catalog.drop("default", "m", EntryKind::kView).error().hint, "say DROP TABLE");
  EXPECT_EQ(catalog.drop("default", "m", EntryKind::kExternalTable).value(), made);
  EXPECT_EQ(names(catalog.entries("default").value()), std::vector<std::string>{"v"});
}

TEST_F(CatalogTest, AMadeTablesFileStaysInTheCatalogsFolder) {
  auto catalog = open();
  for (const std::string_view path : {"", "/etc/passwd", "../x", "a/../../x"}) {
    const Entry made{"default", "m", EntryKind::kMadeTable, "CREATE TABLE m AS SELECT 1", "", std::string{path}, "x"};
    EXPECT_FALSE(catalog.create(made, false, false)) << path;
  }
  const Entry made{"default", "m", EntryKind::kMadeTable, "CREATE TABLE m AS SELECT 1", "", "data/..m", "x"};
  EXPECT_TRUE(catalog.create(made, false, false));
  change_file("UPDATE entries SET data = '../m'");
  EXPECT_EQ(catalog.find("default", "m").error().code, ErrorCode::kCorrupt);
  change_file("UPDATE entries SET data = 'm', kind = 9");
  EXPECT_EQ(catalog.entries("default").error().code, ErrorCode::kCorrupt);
}

TEST_F(CatalogTest, DatabasesAreMadeAndDropped) {
  auto catalog = open();
  const DatabaseInfo info{"d", "", "", {{"a", "1"}}, ""};
  ASSERT_TRUE(catalog.create_database(info, false).value());
  EXPECT_FALSE(catalog.create_database(info, true).value());
  EXPECT_EQ(catalog.create_database(info, false).error().to_string(),
            "database exists already: d (say CREATE DATABASE IF NOT EXISTS)");
  ASSERT_TRUE(catalog.set_database_properties("d", {{"b", "2"}, {"a", "3"}}));
  EXPECT_EQ(catalog.find_database("d").value()->properties, (hive::Properties{{"a", "3"}, {"b", "2"}}));

  ASSERT_TRUE(catalog.create(table("t", "d"), false, false).value());
  ASSERT_TRUE(catalog.add_partitions("d", "t", std::vector{partition("eu", "1")}, false));
  EXPECT_EQ(catalog.drop_database("d", false, false).error().to_string(),
            "database d is not empty: it has 1 tables and views (drop them first, or say DROP DATABASE ... CASCADE)");
  EXPECT_EQ(names(catalog.drop_database("d", false, true).value()), std::vector<std::string>{"t"});
  EXPECT_EQ(catalog.databases()->size(), 1U);
  EXPECT_EQ(catalog.drop_database("d", true, false).value(), std::vector<Entry>{});
  EXPECT_EQ(catalog.drop_database("d", false, false).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalog.drop_database("default", true, true).error().code, ErrorCode::kUsage);

  ASSERT_TRUE(catalog.create_database({"d", "", "", {}, ""}, false).value());
  EXPECT_EQ(catalog.find_database("d").value()->properties.size(), 0U);
  ASSERT_TRUE(catalog.create(table("t", "d"), false, false).value());
  EXPECT_EQ(catalog.partitions("d", "t")->size(), 0U);
}

TEST_F(CatalogTest, AlterChangesTheDefinitionAndKeepsTheTextAsGiven) {
  auto catalog = open();
  ASSERT_TRUE(catalog.create(table("t"), false, false).value());
  ASSERT_TRUE(catalog.alter("default", "t", [](hive::CreateExternalTable& present) {
    return apply(hive::AlterTableSetLocation{{}, {}, "s3://new/"}, present);
  }));
  const Entry entry = catalog.find("default", "t").value().value();
  EXPECT_EQ(definition(entry)->location, "s3://new/");
  EXPECT_EQ(entry.text, table("t").text);
  EXPECT_EQ(entry.created, table("t").created);

  const Status refused = catalog.alter("default", "t", [](hive::CreateExternalTable& present) -> Status {
    present.location = "s3://never/";
    return failure(ErrorCode::kUsage, "no");
  });
  EXPECT_EQ(refused.error().what, "no");
  EXPECT_EQ(catalog.find("default", "t").value(), entry);
}

TEST_F(CatalogTest, RewriteKeepsPartitionsAndSoTheirColumns) {
  auto catalog = open();
  ASSERT_TRUE(catalog.create(table("t"), false, false).value());
  ASSERT_TRUE(catalog.create(view("v"), false, false).value());
  ASSERT_TRUE(catalog.add_partitions("default", "t", std::vector{partition("eu", "1")}, false));
  ASSERT_TRUE(catalog.rewrite("default", "t",
                              "CREATE EXTERNAL TABLE other (b string) PARTITIONED BY (region string, day date)"));
  const auto present = definition(catalog.find("default", "t").value().value());
  EXPECT_EQ(present->columns.at(0).name, "b");
  EXPECT_EQ(present->table.name, "t");
  EXPECT_EQ(catalog.partitions("default", "t")->size(), 1U);
  EXPECT_EQ(
      catalog.rewrite("default", "t", "CREATE EXTERNAL TABLE t (b string) PARTITIONED BY (day date)").error().what,
      "the partition columns of default.t cannot be changed");
  EXPECT_EQ(catalog.rewrite("default", "v", table("t").text).error().what, "default.v is not an external table");
  EXPECT_EQ(catalog.rewrite("default", "t", "SELECT 1").error().code, ErrorCode::kUsage);
}

TEST_F(CatalogTest, PartitionsAreInOrderOfTheirValuesWhateverIsInThem) {
  auto catalog = open();
  ASSERT_TRUE(catalog.create(table("t"), false, false).value());
  const std::string zero(1, '\0');
  const std::vector<Partition> sorted{
      partition("", ""),           partition("", "\1"),      partition(zero, "b"), partition(zero + zero, ""),
      partition(zero + "a", "a"),  partition("\1", ""),      partition("\2", "z"), partition("a", "b=c/d, e"),
      partition("a" + zero, "\1"), partition("a\1\1", zero), partition("ab", ""),  partition("ab", "\xff"),
      partition("\xc3\xa9", "'")};
  std::vector<Partition> mixed{sorted.rbegin(), sorted.rend()};
  std::swap(mixed[1], mixed[5]);
  ASSERT_EQ(catalog.add_partitions("default", "t", mixed, false).value(), sorted.size());
  EXPECT_EQ(catalog.partitions("default", "t").value(), sorted);
  for (const Partition& one : sorted) {
    EXPECT_EQ(catalog.drop_partitions("default", "t", std::span(&one.values, 1), false).value(), 1U);
  }
  EXPECT_EQ(catalog.partitions("default", "t")->size(), 0U);
}

TEST_F(CatalogTest, AFailingAddLeavesNothing) {
  auto catalog = open();
  ASSERT_TRUE(catalog.create(table("t"), false, false).value());
  ASSERT_TRUE(catalog.add_partitions("default", "t", std::vector{partition("eu", "2", "old")}, false));
  const std::vector more{partition("eu", "1"), partition("eu", "2", "new"), partition("eu", "3")};
  EXPECT_EQ(catalog.add_partitions("default", "t", more, false).error().to_string(),
            "partition exists already: default.t (region=eu, day=2) (say ADD IF NOT EXISTS, or drop it first)");
  EXPECT_EQ(catalog.partitions("default", "t").value(), std::vector{partition("eu", "2", "old")});
  EXPECT_EQ(catalog.add_partitions("default", "t", more, true).value(), 2U);
  EXPECT_EQ(catalog.partitions("default", "t").value(),
            (std::vector{partition("eu", "1"), partition("eu", "2", "old"), partition("eu", "3")}));

  const std::vector gone{more[0].values, partition("us", "1").values};
  EXPECT_EQ(catalog.drop_partitions("default", "t", gone, false).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalog.partitions("default", "t")->size(), 3U);
  EXPECT_EQ(catalog.drop_partitions("default", "t", gone, true).value(), 1U);
  EXPECT_EQ(catalog.partitions("default", "t")->size(), 2U);
}

TEST_F(CatalogTest, PartitionValuesMustBeThoseOfTheTable) {
  auto catalog = open();
  ASSERT_TRUE(catalog.create(table("t"), false, false).value());
  Entry plain = table("plain");
  plain.text = "CREATE EXTERNAL TABLE plain (a int) LOCATION 's3://b/'";
  ASSERT_TRUE(catalog.create(plain, false, false).value());
  ASSERT_TRUE(catalog.create(view("v"), false, false).value());
  const auto add = [&](std::string_view name, hive::PartitionValues values) {
    const auto added = catalog.add_partitions("default", name, std::vector{Partition{std::move(values), ""}}, false);
    return added ? "added" : added.error().what;
  };
  EXPECT_EQ(add("t", {{"day", "1"}}), "default.t is partitioned by (region, day), not as in (day=1)");
  EXPECT_EQ(add("t", {{"day", "1"}, {"day", "2"}}),
            "default.t is partitioned by (region, day), not as in (day=1, day=2)");
  EXPECT_EQ(add("t", {{"region", "eu"}, {"day", "1"}, {"hour", "2"}}),
            "default.t is partitioned by (region, day), not as in (region=eu, day=1, hour=2)");
  EXPECT_EQ(add("plain", {{"day", "1"}}), "default.plain has no partition columns");
  EXPECT_EQ(add("v", {{"day", "1"}}), "default.v is not an external table");
  EXPECT_EQ(add("t", {{"day", "1"}, {"region", "eu"}}), "added");
  EXPECT_EQ(catalog.partitions("default", "t").value(), std::vector{partition("eu", "1", "")});
}

TEST_F(CatalogTest, APartitionIsRenamedOrMovedAsAWhole) {
  auto catalog = open();
  ASSERT_TRUE(catalog.create(table("t"), false, false).value());
  const std::vector both{partition("eu", "1"), partition("eu", "2")};
  ASSERT_TRUE(catalog.add_partitions("default", "t", both, false));
  ASSERT_TRUE(catalog.replace_partition("default", "t", both[0].values, partition("eu", "1", "moved")));
  EXPECT_EQ(catalog.replace_partition("default", "t", both[0].values, both[1]).error().code, ErrorCode::kUsage);
  EXPECT_EQ(catalog.replace_partition("default", "t", partition("us", "1").values, both[1]).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(catalog.partitions("default", "t").value(), (std::vector{partition("eu", "1", "moved"), both[1]}));
  ASSERT_TRUE(catalog.replace_partition("default", "t", both[0].values, partition("us", "9")));
  EXPECT_EQ(catalog.partitions("default", "t").value(), (std::vector{both[1], partition("us", "9")}));
}

TEST_F(CatalogTest, NamesMayHaveOddLetters) {
  auto catalog = open();
  for (const std::string name : {"it's", "a`b", "a.b", "a\"b; DROP TABLE entries", "\xc3\xa9", "%", "a\nb", "\xff"}) {
    ASSERT_TRUE(catalog.create_database({name, name, "", {{name, name}}, ""}, false).value()) << name;
    const auto made = catalog.create(table(name, name), false, false);
    ASSERT_TRUE(made) << name << ": " << made.error().what;
    const auto present = definition(catalog.find(name, name).value().value());
    ASSERT_TRUE(present) << name << ": " << present.error().what;
    EXPECT_EQ(present->table, (hive::TableName{name, name}));
    ASSERT_TRUE(catalog.add_partitions(name, name, std::vector{partition(name, name)}, false));
    EXPECT_EQ(catalog.partitions(name, name).value(), std::vector{partition(name, name)});
    EXPECT_EQ(catalog.entries(name)->size(), 1U);
  }
  EXPECT_EQ(catalog.create(view(""), false, false).error().code, ErrorCode::kUsage);
  EXPECT_EQ(catalog.create_database({}, false).error().code, ErrorCode::kUsage);
}

TEST_F(CatalogTest, AFileThatIsNoDatabaseIsCorrupt) {
  std::ofstream(path_) << std::string(5000, 'x');
  const auto catalog = Catalog::open(path_);
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(catalog.error().where, path_.string());
}

TEST_F(CatalogTest, ADamagedFileIsToldWhereItIsRead) {
  {
    auto catalog = open();
    ASSERT_TRUE(catalog.create(table("t"), false, false).value());
  }
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path_));
  {
    // All but the first page, which has the schema.
    std::fstream file{path_, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(4096);
    file << std::string(static_cast<std::size_t>(size - 4096), 'x');
  }
  const auto catalog = Catalog::open(path_);
  ASSERT_TRUE(catalog) << catalog.error().to_string();
  EXPECT_EQ(catalog->databases().error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(catalog->find("default", "t").error().code, ErrorCode::kCorrupt);
}

TEST_F(CatalogTest, ACatalogOfALaterVersionIsLeftAlone) {
  (void)open();
  change_file("PRAGMA user_version = 2");
  const auto catalog = Catalog::open(path_);
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(catalog.error().what, "the catalog was made by a later flowtrail");
}

TEST_F(CatalogTest, ADatabaseOfSomethingElseIsLeftAlone) {
  change_file("CREATE TABLE entries (mine TEXT)");
  const auto catalog = Catalog::open(path_);
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(catalog.error().what, "an SQLite file, but not a catalog of flowtrail");
}

TEST_F(CatalogTest, AFolderThatIsMissingIsToldSo) {
  const auto catalog = Catalog::open(path_ / "no" / "catalog");
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.error().code, ErrorCode::kNotFound);
}

TEST_F(CatalogTest, WhatOneObjectChangesTheOtherSees) {
  auto first = open();
  auto second = open();
  ASSERT_TRUE(first.create(table("t"), false, false).value());
  EXPECT_TRUE(second.find("default", "t").value());
  EXPECT_FALSE(second.create(table("t"), false, false));
  ASSERT_TRUE(second.drop("default", "t", EntryKind::kExternalTable));
  EXPECT_FALSE(first.find("default", "t").value());
}

TEST_F(CatalogTest, WritersAtTheSameTimeWaitForEachOther) {
  constexpr int kWriters = 4;
  constexpr int kEach = 10;
  std::vector<std::string> errors(kWriters);
  std::latch start{kWriters};
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([&, writer] {
        const auto note = [&](const auto& result) {
          if (!result) errors[static_cast<std::size_t>(writer)] = result.error().to_string();
          return result.has_value();
        };
        start.arrive_and_wait();
        // Any of them may find no file.
        auto catalog = Catalog::open(path_);
        if (!note(catalog) || !note(catalog->create(table("shared"), false, true))) return;
        for (int i = 0; i < kEach; ++i) {
          const std::string name = fmt::format("t{}_{}", writer, i);
          if (!note(catalog->create(view(name), false, false))) return;
          if (!note(catalog->add_partitions("default", "shared", std::vector{partition(name, "1")}, false))) return;
          // Each adds a property to what it finds, so none may be lost.
          if (!note(catalog->alter("default", "shared", [&](hive::CreateExternalTable& present) {
                return apply(hive::AlterTableSetTblProperties{{}, {{name, "1"}}}, present);
              }))) {
            return;
          }
          if (!note(catalog->entries("default"))) return;
        }
      });
    }
  }
  for (const std::string& error : errors) EXPECT_EQ(error, "");
  const auto catalog = open();
  EXPECT_EQ(catalog.entries("default")->size(), kWriters * kEach + 1U);
  EXPECT_EQ(catalog.partitions("default", "shared")->size(), kWriters * kEach + 0U);
  EXPECT_EQ(definition(catalog.find("default", "shared").value().value())->properties.size(), kWriters * kEach + 0U);
}

}  // namespace
}  // namespace flowtrail::catalog
