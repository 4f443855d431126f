#include "hive/create_table_text.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "hive/parse.h"

namespace flowtrail::hive {
namespace {

CreateExternalTable table(std::string_view text) {
  auto result = parse(text);
  if (result && *result && std::holds_alternative<CreateExternalTable>(**result)) {
    return std::get<CreateExternalTable>(**std::move(result));
  }
  ADD_FAILURE() << text << ": " << (result ? "no table" : result.error().what);
  return {};
}

std::string hive_of(std::string_view type) {
  return to_hive(table("CREATE EXTERNAL TABLE t (c " + std::string{type} + ")").columns.at(0).type);
}

TEST(ToHive, NamesTypesAsHiveDoes) {
  for (const std::string_view type :
       {"tinyint", "smallint", "int", "bigint", "boolean", "float", "double", "decimal(18,6)", "string", "char(3)",
        "varchar(20)", "binary", "date", "timestamp", "array<map<string,int>>",
        "struct<a:int,b_1:struct<`x y`:array<string>>>", "struct<`a``b`:int,`1`:int>"}) {
    EXPECT_EQ(hive_of(type), type);
  }
  EXPECT_EQ(to_hive(trino::Type{trino::TypeKind::kTimestamp, 6}), "timestamp");
  EXPECT_EQ(
      to_hive(trino::Type::row({"", "b"}, {trino::Type{trino::TypeKind::kDate}, trino::Type{trino::TypeKind::kJson}})),
      "struct<field0:date,b:json>");
}

TEST(StorageClasses, ComeFromTheFormatsNameOrAreTold) {
  const auto serde = [](std::string_view clauses) {
    return storage_classes(table("CREATE EXTERNAL TABLE t (c int) " + std::string{clauses})).serde;
  };
  EXPECT_EQ(serde(""), "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe");
  EXPECT_EQ(serde("STORED AS parquet"), "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe");
  EXPECT_EQ(serde("ROW FORMAT SERDE 'x.Y' STORED AS ORC"), "x.Y");
  EXPECT_EQ(serde("STORED AS CARVED"), "");
  EXPECT_EQ(storage_classes(table("CREATE EXTERNAL TABLE t (c int) STORED AS ORC")).formats.input,
            "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat");
}

TEST(CreateTableText, IsAthenas) {
  EXPECT_EQ(create_table_text(table(R"(
      CREATE EXTERNAL TABLE IF NOT EXISTS logs.trail (a STRING, b ARRAY<INT> COMMENT 'it''s')
      COMMENT 'calls' PARTITIONED BY (region STRING, day DATE)
      ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES ('x'='\\[', 'y'='2')
      LOCATION 's3://b/p/' TBLPROPERTIES ('classification'='json', 'k'='v'))")),
            "CREATE EXTERNAL TABLE `logs.trail`(\n"
            "  `a` string COMMENT '', \n"
            "  `b` array<int> COMMENT 'it\\'s')\n"
            "COMMENT 'calls'\n"
            "PARTITIONED BY ( \n"
            "  `region` string COMMENT '', \n"
            "  `day` date COMMENT '')\n"
            "ROW FORMAT SERDE \n"
            "  'org.openx.data.jsonserde.JsonSerDe' \n"
            "WITH SERDEPROPERTIES ( \n"
            "  'x'='\\\\[', \n"
            "  'y'='2') \n"
            "STORED AS INPUTFORMAT \n"
            "  'org.apache.hadoop.mapred.TextInputFormat' \n"
            "OUTPUTFORMAT \n"
            "  'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\n"
            "LOCATION\n"
            "  's3://b/p/'\n"
            "TBLPROPERTIES (\n"
            "  'classification'='json', \n"
            "  'k'='v')");
}

TEST(CreateTableText, TellsTheSeparatorsOfDelimitedText) {
  const std::string text = create_table_text(
      table("CREATE EXTERNAL TABLE t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\001' NULL DEFINED AS '-'"));
  EXPECT_NE(text.find("ROW FORMAT DELIMITED \n  FIELDS TERMINATED BY '\\u0001' \n  NULL DEFINED AS '-' \nSTORED AS"),
            std::string::npos)
      << text;
}

TEST(CreateTableText, OfIcebergHasNoFormat) {
  EXPECT_EQ(create_table_text(table("CREATE TABLE t (a int) PARTITIONED BY (bucket(4, a)) LOCATION 's3://x/' "
                                    "TBLPROPERTIES ('table_type'='ICEBERG')")),
            "CREATE TABLE `t`(\n  `a` int COMMENT '')\nPARTITIONED BY ( \n  bucket(4, a))\nLOCATION\n  's3://x/'\n"
            "TBLPROPERTIES (\n  'table_type'='ICEBERG')");
}

TEST(CreateTableText, ParsesIntoTheSameTable) {
  std::ifstream file{std::filesystem::path{FLOWTRAIL_SOURCE_DIR} / "tests/athena/tables.sql"};
  std::string statement;
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    statement += line + "\n";
    if (!line.ends_with(';')) continue;
    CreateExternalTable first = table(statement);
    const CreateExternalTable second = table(create_table_text(first));
    EXPECT_EQ(create_table_text(second), create_table_text(first));
    // What the text tells otherwise.
    const StorageClasses classes = storage_classes(first);
    first.if_not_exists = false;
    first.stored_as = classes.formats;
    if (first.row_format.index() == 0) first.row_format = SerdeFormat{classes.serde};
    EXPECT_EQ(second, first) << statement;
    statement.clear();
    ++count;
  }
  EXPECT_EQ(count, 14);
}

}  // namespace
}  // namespace flowtrail::hive
