#include "flowlog/column_decoder.h"

#include <gtest/gtest.h>

#include "flowlog/test_columns.h"

namespace flowtrail::flowlog {
namespace {

class ColumnDecoderTest : public ::testing::Test {
 protected:
  ColumnDecoderTest() {
    object_.account = "444455556666";
    object_.kind = source::ObjectKind::kFlowLogParquet;
  }

  /// Decodes all rows by column and by row. Returns how many groups were plain.
  int expect_same(const TestTable& table) {
    TestColumnFile file(table);
    ColumnDecoder by_column(table.names, cache_);
    RecordDecoder by_row(table.names, symbols_);
    int plain = 0;
    for (std::size_t group = 0; group < file.groups(); ++group) {
      EXPECT_TRUE(by_column.load(file, group, object_));
      plain += by_column.is_plain() ? 1 : 0;
      TestTable one{table.names, {table.groups[group]}, {}};
      const Status status =
          one.read_rows([&](const Header&, std::span<const std::string_view> fields, std::uint64_t row) {
            const SourcePlace place{3, static_cast<std::uint32_t>(row)};
            FlowRecord expected;
            const char* const reason = by_row.decode(fields, &object_, place, expected);
            FlowRecord found;
            found.tcp_flags = 77;  // whatever was there before
            if (by_column.is_plain()) {
              EXPECT_EQ(reason, nullptr) << reason;
              by_column.decode(row - 1, place, found);
            } else {
              const char* const same_reason = by_row.decode(by_column.texts(row - 1), &object_, place, found);
              EXPECT_EQ(std::string_view{reason == nullptr ? "" : reason},
                        std::string_view{same_reason == nullptr ? "" : same_reason});
              if (reason != nullptr) return;
            }
            EXPECT_TRUE(found == expected) << "group " << group << ", row " << row;
          });
      EXPECT_TRUE(status);
    }
    return plain;
  }

  SymbolTable symbols_;
  SymbolCache cache_{symbols_};
  source::Object object_;
};

TEST_F(ColumnDecoderTest, RowsAreWhatTheirTextsSay) {
  std::mt19937 random(3);
  for (int round = 0; round < 100; ++round) EXPECT_EQ(expect_same(random_table(random, 3, 0)), 3);
}

TEST_F(ColumnDecoderTest, AGroupWithAnOddValueIsLeftToTheCarefulDecoder) {
  std::mt19937 random(5);
  int plain = 0;
  for (int round = 0; round < 300; ++round) plain += expect_same(random_table(random, 3, 400));
  EXPECT_GT(plain, 50);
  EXPECT_LT(plain, 850);
}

TEST_F(ColumnDecoderTest, WhereThereIsNoInterfaceTheResourceIsIt) {
  TestTable table{{"interface-id", "resource-id"}, {{{"eni-1", "nat-1"}, {std::nullopt, "nat-1"}, {"-", "nat-2"}}}, {}};
  EXPECT_EQ(expect_same(table), 1);
  TestColumnFile file(table);
  ColumnDecoder decoder(table.names, cache_);
  ASSERT_TRUE(decoder.load(file, 0, object_));
  FlowRecord record;
  decoder.decode(1, {}, record);
  EXPECT_EQ(symbols_.text(record.interface), "nat-1");
  EXPECT_EQ(symbols_.text(record.account), "444455556666");
}

TEST_F(ColumnDecoderTest, AColumnOfAnotherTypeIsNotPlain) {
  // Numbers as texts, as other programs write them.
  TestTable table{{"srcaddr", "dstaddr", "port-of-another"}, {{{"10.0.0.1", "10.0.0.2", "x"}}}, {}};
  EXPECT_EQ(expect_same(table), 1);
  class Texts final : public ColumnFile {
   public:
    [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
    [[nodiscard]] std::size_t groups() const override { return 1; }
    [[nodiscard]] std::size_t rows(std::size_t) const override { return 1; }
    [[nodiscard]] Result<ColumnValues> read(std::size_t, std::size_t) override {
      return ColumnValues{codes_, texts_, {}};
    }

   private:
    std::vector<std::string> names_ = {"srcport", "bytes"};
    std::vector<std::uint32_t> codes_ = {1};
    std::vector<std::string_view> texts_ = {"", "22"};
  } texts;
  ColumnDecoder decoder(texts.names(), cache_);
  ASSERT_TRUE(decoder.load(texts, 0, object_));
  EXPECT_FALSE(decoder.is_plain());
  EXPECT_EQ(decoder.texts(0)[0], "22");
}

TEST_F(ColumnDecoderTest, AGroupThatCannotBeReadIsAnError) {
  std::mt19937 random(3);
  TestTable table = random_table(random, 2, 0);
  table.damaged = {1};
  TestColumnFile file(table);
  ColumnDecoder decoder(table.names, cache_);
  EXPECT_TRUE(decoder.load(file, 0, object_));
  EXPECT_EQ(decoder.load(file, 1, object_).error().what, "damaged");
}

}  // namespace
}  // namespace flowtrail::flowlog
