#include <gtest/gtest.h>

#include "serde/test_reading.h"

namespace flowtrail::serde {
namespace {

TestTable csv(const std::vector<std::string>& columns, std::map<std::string, std::string> properties = {}) {
  return {{.serde_class = "org.apache.hadoop.hive.serde2.OpenCSVSerde", .properties = std::move(properties)},
          TestTable::typed(columns)};
}

TEST(CsvReader, ReadsQuotedAndUnquotedFields) {
  TestTable table = csv({"a", "b", "c"});
  EXPECT_EQ(table.rows("1,\"x, y\",z\n\"\",,\"q\"\n\"a\",b\n"),
            (Rows{"'1' | 'x, y' | 'z'", "'' | '' | 'q'", "'a' | 'b' | NULL"}));
}

TEST(CsvReader, TakesDoubledAndEscapedQuotes) {
  TestTable table = csv({"a", "b"});
  EXPECT_EQ(table.rows("\"say \"\"hi\"\"\",\"a \\\"b\\\" c\"\n\"\"\"\",\"C:\\\\x\"\n"),
            (Rows{"'say \"hi\"' | 'a \"b\" c'", "'\"' | 'C:\\x'"}));
}

TEST(CsvReader, DropsAnEscapeBeforeAnyOtherCharacter) {
  TestTable table = csv({"a"});
  EXPECT_EQ(table.rows("a\\tb\n"), (Rows{"'atb'"}));
}

TEST(CsvReader, KeepsQuotesInsideAField) {
  TestTable table = csv({"a", "b", "c"});
  EXPECT_EQ(table.rows("x,bc\"d\"ef,z\n"), (Rows{"'x' | 'bc\"d\"ef' | 'z'"}));
}

TEST(CsvReader, TakesItsMarksFromTheTable) {
  TestTable table = csv({"a", "b"}, {{"separatorChar", "\\t"}, {"quoteChar", "`"}, {"escapeChar", "\\\\"}});
  EXPECT_EQ(table.rows("`a\tb`\tc\"d\n"), (Rows{"'a\tb' | 'c\"d'"}));
  EXPECT_EQ(csv({"a"}, {{"separatorChar", "\""}}).rows(""),
            (Rows{"error: separatorChar, quoteChar and escapeChar must differ"}));
  EXPECT_EQ(csv({"a"}, {{"quoteChar", "''"}}).rows(""), (Rows{"error: quoteChar is not one character: ''"}));
  EXPECT_EQ(csv({"a"}, {{"escapeChar", "\""}}).rows("\"a\"\"b\"\n"), (Rows{"'a\"b'"}));
}

TEST(CsvReader, EndsQuotesAtTheEndOfTheLine) {
  TestTable table = csv({"a", "b", "c"});
  EXPECT_EQ(table.rows("1,\"two\nlines\",3\n"), (Rows{"'1' | NULL | NULL", "NULL | NULL | NULL"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"quote that is not closed: 2 at 1 2"}));
}

TEST(CsvReader, ReadsTypesAsAthenasPageSays) {
  TestTable table = csv({"b boolean", "i integer", "l bigint", "d double", "day date", "t timestamp(3)"});
  EXPECT_EQ(
      table.rows("\"true\",\"1\",\"-2\",\"0.5\",\"18276\",\"1579059880000\"\n,,,,,\n"),
      (Rows{"true | 1 | -2 | 0.5 | 2020-01-15 | 2020-01-15 03:44:40.000", "NULL | NULL | NULL | NULL | NULL | NULL"}));
}

TEST(CsvReader, FailsForTextThatIsNoNumber) {
  TestTable table = csv({"a", "n integer"});
  EXPECT_EQ(table.rows("x,1\ny,two\nz,3\n"),
            (Rows{"'x' | 1",
                  "error: logs/a line 2: HIVE_BAD_DATA: Error parsing field value 'two' for field 1: n is a integer"}));
}

TEST(CsvReader, ReadsSuchTextAsNullIfTold) {
  TestTable table = csv({"a", "n integer"}, {{"use.null.for.invalid.data", "TRUE"}});
  EXPECT_EQ(table.rows("y,two\nz,3\n"), (Rows{"'y' | NULL", "'z' | 3"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"value that is none of its column's type: 1 at 1"}));
}

TEST(CsvReader, ReadsAnEmptyLineAsNulls) {
  TestTable table = csv({"a", "b"});
  EXPECT_EQ(table.rows("\n"), (Rows{"NULL | NULL"}));
}

TEST(CsvReader, TakesAnyBytes) {
  TestTable table = csv({"a", "b"});
  EXPECT_EQ(table.rows(std::string("\xc3,\"x\0\"\n", 7)), (Rows{std::string("'\xef\xbf\xbd' | 'x\0'", 12)}));
}

}  // namespace
}  // namespace flowtrail::serde
