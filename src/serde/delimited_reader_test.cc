#include <gtest/gtest.h>

#include "serde/test_reading.h"

namespace flowtrail::serde {
namespace {

TEST(DelimitedReader, ReadsVpcFlowLogsAsAthenasTableHasThem) {
  TestTable table{{.fields_terminated_by = " ", .skip_header_lines = 1},
                  TestTable::typed({"version integer", "account_id", "interface_id", "srcaddr", "dstaddr",
                                    "srcport integer", "dstport integer", "protocol bigint", "packets bigint",
                                    "bytes bigint", "start bigint", "end bigint", "action", "log_status"})};
  EXPECT_EQ(
      table.rows("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end "
                 "action log-status\n"
                 "2 111122223333 eni-0a1b2c3d 192.0.2.10 198.51.100.7 49152 443 6 10 840 1700000000 1700000060 ACCEPT "
                 "OK\n"
                 "2 111122223333 eni-0a1b2c3d - - - - - - - 1700000060 1700000120 - NODATA\n"),
      (Rows{"2 | '111122223333' | 'eni-0a1b2c3d' | '192.0.2.10' | '198.51.100.7' | 49152 | 443 | 6 | 10 | 840 | "
            "1700000000 | 1700000060 | 'ACCEPT' | 'OK'",
            "2 | '111122223333' | 'eni-0a1b2c3d' | '-' | '-' | NULL | NULL | NULL | NULL | NULL | 1700000060 | "
            "1700000120 | '-' | 'NODATA'"}));
  EXPECT_EQ(table.bad.total(), 0U) << "a dash in a number is Athena's NULL and no bad input";
}

TEST(DelimitedReader, ReadsCloudFrontsStandardLogs) {
  TestTable table{
      {.fields_terminated_by = "\\t", .skip_header_lines = 2},
      TestTable::typed({"date date", "time", "x_edge_location", "sc_bytes bigint", "c_ip", "time_taken real"})};
  EXPECT_EQ(table.rows("#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip time-taken\n"
                       "2024-05-06\t07:08:09\tFRA60-P1\t4711\t203.0.113.9\t0.5\n"),
            (Rows{"2024-05-06 | '07:08:09' | 'FRA60-P1' | 4711 | '203.0.113.9' | 0.5"}));
}

TEST(DelimitedReader, ReadsAFieldPerColumn) {
  TestTable table{{.fields_terminated_by = ","}, TestTable::typed({"a", "b integer", "c double"})};
  EXPECT_EQ(table.rows("x,1,2.5\ny,,\n,-7,1e3"), (Rows{"'x' | 1 | 2.5", "'y' | NULL | NULL", "'' | -7 | 1000"}));
  EXPECT_EQ(table.lines, (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST(DelimitedReader, DropsFieldsTooManyAndLacksFieldsTooFew) {
  TestTable table{{.fields_terminated_by = ","}, TestTable::typed({"a", "b"})};
  EXPECT_EQ(table.rows("1,2,3\n1\n\n1,\n"), (Rows{"'1' | '2'", "'1' | NULL", "'' | NULL", "'1' | ''"}));
}

TEST(DelimitedReader, SeparatesByControlAUnlessTold) {
  TestTable table{{}, TestTable::typed({"a", "b array(integer)", "c map(varchar, integer)"})};
  EXPECT_EQ(table.rows("x\0011\0022\001k\0037\002l\0038\n"), (Rows{"'x' | [1, 2] | {'k': 7, 'l': 8}"}));
}

TEST(DelimitedReader, TakesSeparatorsFromProperties) {
  TestTable table{{.properties = {{"field.delim", ";"},
                                  {"colelction.delim", ","},
                                  {"mapkey.delim", "="},
                                  {"serialization.null.format", "-"}}},
                  TestTable::typed({"a", "b array(varchar)", "c map(varchar, integer)"})};
  EXPECT_EQ(table.rows("-;x,-,y;k=1,l=-,m,k=2\n"), (Rows{"NULL | ['x', NULL, 'y'] | {'k': 1, 'l': NULL, 'm': NULL}"}));
}

TEST(DelimitedReader, UnderstandsEveryWayToWriteASeparator) {
  for (const char* const mark : {"\t", "\\t", "\\011", "\\u0009", "9"}) {
    TestTable table{{.fields_terminated_by = mark}, TestTable::typed({"a", "b"})};
    EXPECT_EQ(table.rows("1\t2\n"), (Rows{"'1' | '2'"})) << mark;
  }
  for (const char* const mark : {"ab", "\\999", ""}) {
    TestTable table{{.fields_terminated_by = mark}, TestTable::typed({"a"})};
    EXPECT_EQ(table.rows("1"), (Rows{fmt::format("error: field.delim is not one character: {}", mark)}));
  }
}

TEST(DelimitedReader, EscapesSeparators) {
  TestTable table{{.fields_terminated_by = ",", .escaped_by = "\\"}, TestTable::typed({"a", "b"})};
  EXPECT_EQ(table.rows("x\\,y,z\\\\\nx\\n,\\N\nq\\"), (Rows{"'x,y' | 'z\\'", "'xn' | NULL", "'q\\' | NULL"}));
}

TEST(DelimitedReader, TakesBackslashNForNullUnlessToldOtherwise) {
  TestTable usual{{.fields_terminated_by = ","}, TestTable::typed({"a", "b array(varchar)"})};
  EXPECT_EQ(usual.rows("\\N,\\N\n"), (Rows{"NULL | NULL"}));
  TestTable told{{.fields_terminated_by = ",", .null_defined_as = ""}, TestTable::typed({"a", "b"})};
  EXPECT_EQ(told.rows(",\\N\n"), (Rows{"NULL | '\\N'"}));
}

TEST(DelimitedReader, ReadsNestedTypesLevelByLevel) {
  TestTable table{{.fields_terminated_by = ",", .collection_items_terminated_by = ";", .map_keys_terminated_by = ":"},
                  TestTable::typed({"a array(row(x varchar, y integer))", "b row(p integer, q array(integer))",
                                    "c map(varchar, array(varchar))"})};
  EXPECT_EQ(table.rows("m:1;n:2,7;1:2,k:u\004v;l:w\n"),
            (Rows{"[('m', 1), ('n', 2)] | (7, [1, 2]) | {'k': ['u', 'v'], 'l': ['w']}"}));
  EXPECT_EQ(table.rows(",,\n"), (Rows{"[] | (NULL, NULL) | {}"}));
}

TEST(DelimitedReader, NeverKeepsTheCarriageReturnOfALineEnd) {
  TestTable table{{.fields_terminated_by = ","}, TestTable::typed({"a", "b integer"})};
  EXPECT_EQ(table.rows("x,1\r\ny,2\r\n"), (Rows{"'x' | 1", "'y' | 2"}));
}

TEST(DelimitedReader, EndsLinesWhereTold) {
  TestTable table{{.fields_terminated_by = ",", .lines_terminated_by = "|"}, TestTable::typed({"a", "b"})};
  EXPECT_EQ(table.rows("x,1\n|y,2"), (Rows{"'x' | '1\n'", "'y' | '2'"}));
}

TEST(DelimitedReader, GivesTheRestOfTheLineToTheLastColumnIfTold) {
  TestTable table{{.fields_terminated_by = ",", .properties = {{"serialization.last.column.takes.rest", "true"}}},
                  TestTable::typed({"a", "b"})};
  EXPECT_EQ(table.rows("1,2,3\n"), (Rows{"'1' | '2,3'"}));
}

TEST(DelimitedReader, ReadsDatesAndTimestampsByTheTablesFormats) {
  TestTable table{{.fields_terminated_by = ",", .properties = {{"timestamp.formats", "yyyy/MM/dd HH:mm,yyyyMMdd"}}},
                  TestTable::typed({"a timestamp(3)", "b date"})};
  EXPECT_EQ(table.rows("2024/01/02 03:04,2024-01-02\n20240102,x\n2024-01-02 03:04:05,\n"),
            (Rows{"2024-01-02 03:04:00.000 | 2024-01-02", "2024-01-02 00:00:00.000 | NULL",
                  "2024-01-02 03:04:05.000 | NULL"}));
}

TEST(DelimitedReader, TakesAnyBytes) {
  TestTable table{{.fields_terminated_by = ","}, TestTable::typed({"a", "b"})};
  EXPECT_EQ(table.rows(std::string("\xff,x\0y\n", 6)), (Rows{std::string("'\xef\xbf\xbd' | 'x\0y'", 13)}));
}

TEST(DelimitedReader, ReadsAMapOfManyEntriesInLinearTime) {
  TestTable table{{.collection_items_terminated_by = ",", .map_keys_terminated_by = ":"},
                  TestTable::typed({"a map(varchar, integer)"})};
  std::string line;
  for (int i = 0; i < 200'000; ++i) line += fmt::format("k{}:{},", i, i);
  EXPECT_EQ(table.rows(line, 1U << 20U).size(), 1U);
}

}  // namespace
}  // namespace flowtrail::serde
