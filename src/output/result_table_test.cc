#include "output/result_table.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "output/display_text.h"

namespace flowtrail::output {
namespace {

Table sample() {
  Table table;
  table.columns = {{"name", "varchar", "", ""}, {"hits", "bigint", "", ""}, {"groups", "array(varchar)", "", ""}};
  table.rows = {{std::string{"a,b"}, std::int64_t{12}, TextList{"sg-1", "sg-2"}},
                {std::string{"say \"hi\"\nthere"}, std::monostate{}, TextList{}}};
  return table;
}

TEST(ResultTable, ValuesAsJson) {
  const std::vector<std::pair<Value, std::string>> cases{
      {std::monostate{}, "null"},
      {true, "true"},
      {std::int64_t{-5}, "-5"},
      {std::int64_t{9007199254740992}, "9007199254740992"},
      {std::int64_t{9007199254740993}, "\"9007199254740993\""},
      {std::numeric_limits<std::int64_t>::min(), "\"-9223372036854775808\""},
      {Decimal{12.5, 2}, "12.5"},
      {Decimal{12, 2}, "12"},
      {Decimal{0.98766, 4}, "0.9877"},
      {Decimal{-0.001, 2}, "0"},
      {Decimal{100, 0}, "100"},
      {std::string{"a\"b\\c\n\x01\xff"}, R"("a\"b\\c\n\u0001\ufffd")"},
      {TextList{}, "[]"},
      {TextList{"x", "y"}, R"(["x","y"])"},
      {Json{R"({"a":1})"}, R"({"a":1})"},
  };
  for (const auto& [value, expected] : cases) EXPECT_EQ(json_value(value), expected);
}

TEST(ResultTable, ValuesAsPlainText) {
  EXPECT_EQ(plain_value(std::monostate{}, "-"), "-");
  EXPECT_EQ(plain_value(Decimal{12, 2}), "12.00");
  EXPECT_EQ(plain_value(TextList{"a", "b"}), "a b");
  EXPECT_EQ(plain_value(false), "false");
}

TEST(ResultTable, CsvQuotesAsRfc4180Says) {
  EXPECT_EQ(render(sample(), Format::kCsv),
            "name,hits,groups\r\n\"a,b\",12,sg-1 sg-2\r\n\"say \"\"hi\"\"\nthere\",,\r\n");
}

TEST(ResultTable, TsvQuotesTabsOnly) {
  EXPECT_EQ(render(sample(), Format::kTsv),
            "name\thits\tgroups\r\na,b\t12\tsg-1 sg-2\r\n\"say \"\"hi\"\"\nthere\"\t\t\r\n");
}

TEST(ResultTable, NdjsonIsOneObjectALine) {
  EXPECT_EQ(render(sample(), Format::kNdjson),
            "{\"name\":\"a,b\",\"hits\":12,\"groups\":[\"sg-1\",\"sg-2\"]}\n"
            "{\"name\":\"say \\\"hi\\\"\\nthere\",\"hits\":null,\"groups\":[]}\n");
}

TEST(ResultTable, EmptyJsonIsAnEmptyArray) {
  Table table = sample();
  table.rows.clear();
  EXPECT_EQ(render(table, Format::kJson), "[]\n");
}

TEST(ResultTable, MarkdownEscapesBarsAndMarkup) {
  Table table;
  table.columns = {{"a", "varchar", "", ""}, {"n", "bigint", "", ""}};
  table.rows = {{std::string{"x|y<b>\n"}, std::int64_t{1}}};
  EXPECT_EQ(render(table, Format::kMarkdown), "| a | n |\n| --- | ---: |\n| x\\|y&lt;b>\\\\n | 1 |\n");
}

TEST(ResultTable, TableAlignsByColumnsOfTheTerminal) {
  Table table;
  table.columns = {{"name", "varchar", "", ""}, {"n", "bigint", "", ""}};
  table.rows = {{std::string{"東京"}, std::int64_t{5}}, {std::string{"paris"}, std::int64_t{12}}};
  EXPECT_EQ(render(table, Format::kTable), "name    n\n─────  ──\n東京    5\nparis  12\n");
}

TEST(ResultTable, EveryLineOfATableFitsHoweverManyAndWideTheColumns) {
  for (const std::size_t columns : {1U, 4U, 8U, 30U}) {
    Table table;
    for (std::size_t c = 0; c < columns; ++c)
      table.columns.push_back({"column_" + std::to_string(c), "varchar", "", ""});
    std::vector<Value> row;
    for (std::size_t c = 0; c < columns; ++c) row.emplace_back(std::string(70 + c, 'x'));
    table.rows = {row, row};
    for (const int width : {40, 100}) {
      std::istringstream lines(render(table, Format::kTable, width));
      for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << columns << ": " << line;
      }
    }
  }
}

TEST(ResultTable, UnknownFormatsNameTheKnownOnes) {
  EXPECT_EQ(parse_format("ndjson").value(), Format::kNdjson);
  const auto bad = parse_format("xml");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kUsage);
  EXPECT_NE(bad.error().hint.find("markdown"), std::string::npos);
}

}  // namespace
}  // namespace flowtrail::output
