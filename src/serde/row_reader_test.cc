#include "serde/row_reader.h"

#include <gtest/gtest.h>

#include "serde/test_reading.h"

namespace flowtrail::serde {
namespace {

std::string fault_of(const Format& format, const std::vector<std::string>& columns = {"a"}) {
  auto reader = make_reader(format, TestTable::typed(columns), {0});
  return reader ? "" : reader.error().what;
}

TEST(RowReader, KnowsClassesWithAndWithoutTheirPackageInAnyCase) {
  for (const char* const name : {"org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "lazysimpleserde", "",
                                 "ORG.OPENX.DATA.JSONSERDE.JSONSERDE", "org.apache.hive.hcatalog.data.JsonSerDe",
                                 "JsonSerDe", "com.amazon.emr.hive.serde.CloudTrailSerde", "CloudTrailSerDe",
                                 "OpenCSVSerde", "org.apache.hadoop.hive.serde2.OpenCSVSerDe"}) {
    EXPECT_EQ(fault_of({.serde_class = name}), "") << name;
  }
}

TEST(RowReader, NamesAClassThatIsNotReadAndThoseThatAre) {
  auto reader = make_reader({.serde_class = "org.apache.hadoop.hive.serde2.avro.AvroSerDe"}, {}, {});
  ASSERT_FALSE(reader.has_value());
  EXPECT_EQ(reader.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(reader.error().what, "the SerDe org.apache.hadoop.hive.serde2.avro.AvroSerDe is not read here");
  for (const char* const part : {"CloudTrailSerde", "LazySimpleSerDe", "hcatalog.data.JsonSerDe", "openx", "RegexSerDe",
                                 "GrokSerDe", "OpenCSVSerde"}) {
    EXPECT_NE(reader.error().hint.find(part), std::string::npos) << part;
  }
}

TEST(RowReader, RefusesInputThatIsNoText) {
  EXPECT_EQ(fault_of({.input_format = "org.apache.hadoop.mapred.TextInputFormat"}), "");
  EXPECT_EQ(fault_of({.input_format = "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat"}),
            "the input format org.apache.hadoop.hive.ql.io.orc.OrcInputFormat is not read here");
  EXPECT_NE(
      fault_of({.serde_class = "OpenCSVSerde", .input_format = "com.amazon.emr.cloudtrail.CloudTrailInputFormat"}), "");
}

TEST(RowReader, RefusesColumnsOfTypesThatTheSerDeCannotHave) {
  EXPECT_EQ(fault_of({.serde_class = "OpenCSVSerde"}, {"a array(varchar)"}),
            "OpenCSVSerde cannot read column a of type array(varchar)");
  EXPECT_NE(fault_of({.serde_class = "JsonSerDe"}, {"a uuid"}), "");
  EXPECT_NE(fault_of({.serde_class = "JsonSerDe"}, {"a map(array(varchar), varchar)"}), "");
  EXPECT_NE(fault_of({}, {"a array(array(array(array(array(array(array(array(varchar))))))))"}), "");
}

TEST(RowReader, ReadsOnlyTheColumnsThatAreWanted) {
  TestTable table{{.fields_terminated_by = ","}, TestTable::typed({"a", "b", "c"})};
  EXPECT_EQ(table.rows_of("1,2,3\n4,5,6\n", {2, 0}), (Rows{"'3' | '1'", "'6' | '4'"}));
  EXPECT_EQ(table.rows_of("1,2,3\n4,5,6\n", {}), (Rows{"", ""})) << "rows are counted without any column";
  EXPECT_FALSE(make_reader({}, table.columns, {3}).has_value());
  EXPECT_FALSE(make_reader({}, table.columns, {1, 1}).has_value());
}

TEST(RowReader, ReadsOneObjectAfterTheOther) {
  auto reader = make_reader({.skip_header_lines = 1}, TestTable::typed({"a"}), {0});
  ASSERT_TRUE(reader.has_value());
  std::vector<trino::Value> row(1);
  EXPECT_FALSE((*reader)->next(row).value()) << "nothing is open";
  ASSERT_TRUE((*reader)->open(std::make_unique<TextStream>("head\na\nb\n"), "one").has_value());
  ASSERT_TRUE((*reader)->next(row).value());
  EXPECT_EQ(row[0].text(), "a");
  ASSERT_TRUE((*reader)->open(std::make_unique<TextStream>("head\nc\n"), "two").has_value());
  ASSERT_TRUE((*reader)->next(row).value());
  EXPECT_EQ(row[0].text(), "c") << "the header of each object is skipped";
  EXPECT_EQ((*reader)->line(), 2U);
  EXPECT_FALSE((*reader)->next(row).value());
}

TEST(RowReader, GivesTheRowsBeforeAFaultOfTheObject) {
  TestTable table{{}, TestTable::typed({"a"})};
  EXPECT_EQ(table.rows("a\nb\nhal", 7, true), (Rows{"'a'", "'b'", "error: : truncated gzip"}));
}

TEST(RowReader, CountsALineThatIsTooLongAndGoesOn) {
  TestTable table{{}, TestTable::typed({"a"})};
  EXPECT_EQ(table.rows("a\n" + std::string(kLongestLine + 1, 'x') + "\nb\n", 1U << 20U), (Rows{"'a'", "'b'"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"line longer than 10 MiB: 1 at 2"}));
}

TEST(RowReader, ReadsAnEmptyObjectAsNoRows) {
  for (const char* const name : {"", "org.openx.data.jsonserde.JsonSerDe", "OpenCSVSerde"}) {
    TestTable table{{.serde_class = name}, TestTable::typed({"a"})};
    EXPECT_EQ(table.rows(""), Rows{}) << name;
  }
}

TEST(RowReader, RefusesLinesToSkipThatMakeNoSense) {
  EXPECT_NE(fault_of({.skip_header_lines = -1}), "");
  EXPECT_NE(fault_of({.skip_footer_lines = 101}), "");
}

}  // namespace
}  // namespace flowtrail::serde
