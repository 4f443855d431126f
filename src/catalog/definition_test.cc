#include "catalog/definition.h"

#include <gtest/gtest.h>

#include "hive/create_table_text.h"
#include "hive/parse.h"

namespace flowtrail::catalog {
namespace {

constexpr std::string_view kTable =
    "CREATE EXTERNAL TABLE IF NOT EXISTS t (a int COMMENT 'it''s', b string) PARTITIONED BY (day string) "
    "STORED AS PARQUET LOCATION 's3://b/old/' TBLPROPERTIES ('k'='1', 'other'='2', 'k'='3')";

hive::CreateExternalTable table() {
  return parse_table(kTable).value();
}

/// Applies an ALTER TABLE statement of type `Statement`.
template <typename Statement>
Status alter(std::string_view text, hive::CreateExternalTable& table) {
  const auto statement = hive::parse(text);
  if (!statement || !*statement || !std::holds_alternative<Statement>(**statement)) {
    ADD_FAILURE() << text;
    return {};
  }
  return apply(std::get<Statement>(**statement), table);
}

std::string names(const std::vector<hive::Column>& columns) {
  std::string text;
  for (const hive::Column& column : columns) text += column.name + ":" + hive::to_hive(column.type) + " ";
  return text;
}

TEST(Definition, IsReadFromTheCanonicalTextAndNamedAfterTheEntry) {
  Entry entry{"x.y", "z`w", EntryKind::kExternalTable, std::string{kTable}, "", "", ""};
  EXPECT_EQ(definition(entry)->location, "s3://b/old/");
  auto moved = table();
  moved.location = "s3://b/new/";
  entry.canonical = canonical_text(moved).value();
  const auto present = definition(entry);
  ASSERT_TRUE(present);
  EXPECT_EQ(present->location, "s3://b/new/");
  EXPECT_EQ(present->table, (hive::TableName{"x.y", "z`w"}));
  EXPECT_EQ(canonical_text(*present).value(), hive::create_table_text(*present));
}

TEST(Definition, OfWhatIsNoExternalTableIsAnError) {
  Entry entry{"d", "v", EntryKind::kView, "SELECT 1", "", "", ""};
  EXPECT_EQ(definition(entry).error().what, "d.v is not an external table");
  entry.kind = EntryKind::kExternalTable;
  EXPECT_EQ(definition(entry).error().what, "not a CREATE EXTERNAL TABLE statement: SELECT 1");
  entry.text = "CREATE EXTERNAL TABLE t (a int,)";
  EXPECT_EQ(definition(entry).error().where, "line 1, column 32");
}

TEST(CanonicalText, RefusesWhatWouldComeBackOtherwise) {
  auto odd = table();
  odd.partition_transforms = {"bucket(4"};
  const auto text = canonical_text(odd);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kUnsupported);
}

TEST(Apply, SetsTheLocation) {
  auto changed = table();
  ASSERT_TRUE(alter<hive::AlterTableSetLocation>("ALTER TABLE t SET LOCATION 's3://b/new/'", changed));
  EXPECT_EQ(changed.location, "s3://b/new/");
}

TEST(Apply, APropertyThatIsThereGetsItsNewValueAndIsThereOnce) {
  auto changed = table();
  ASSERT_TRUE(alter<hive::AlterTableSetTblProperties>("ALTER TABLE t SET TBLPROPERTIES ('k'='9', 'new'='8', 'K'='7')",
                                                      changed));
  EXPECT_EQ(changed.properties, (hive::Properties{{"k", "9"}, {"other", "2"}, {"new", "8"}, {"K", "7"}}));
}

TEST(Apply, AddsAndReplacesColumnsButKeepsThePartitions) {
  auto changed = table();
  ASSERT_TRUE(alter<hive::AlterTableAddColumns>("ALTER TABLE t ADD COLUMNS (c array<int>)", changed));
  EXPECT_EQ(names(changed.columns), "a:int b:string c:array<int> ");
  ASSERT_TRUE(alter<hive::AlterTableReplaceColumns>("ALTER TABLE t REPLACE COLUMNS (x bigint, b date)", changed));
  EXPECT_EQ(names(changed.columns), "x:bigint b:date ");
  EXPECT_EQ(names(changed.partition_columns), "day:string ");
}

TEST(Apply, TwoColumnsOfOneNameAreRefusedAndChangeNothing) {
  auto changed = table();
  EXPECT_EQ(alter<hive::AlterTableAddColumns>("ALTER TABLE t ADD COLUMNS (c int, a int)", changed).error().what,
            "two columns have the name a");
  EXPECT_EQ(alter<hive::AlterTableReplaceColumns>("ALTER TABLE t REPLACE COLUMNS (day int)", changed).error().what,
            "two columns have the name day");
  EXPECT_EQ(changed, table());
}

TEST(Apply, OnePartitionHasNoDefinitionOfItsOwn) {
  auto changed = table();
  EXPECT_EQ(alter<hive::AlterTableSetLocation>("ALTER TABLE t PARTITION (day='1') SET LOCATION 's3://x/'", changed)
                .error()
                .code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(changed, table());
}

}  // namespace
}  // namespace flowtrail::catalog
