#include "output/write_rows.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace flowtrail::output {
namespace {

constexpr std::array kFormats{Format::kTable, Format::kCsv,    Format::kTsv,
                              Format::kJson,  Format::kNdjson, Format::kMarkdown};

Table numbers(int count) {
  Table table{{{"n", "bigint", "", ""}, {"text", "varchar", "", ""}}, {}};
  for (int i = 0; i < count; ++i)
    table.rows.push_back({std::int64_t{i}, std::string(static_cast<std::size_t>(i), 'x')});
  return table;
}

/// Rows that break off after two.
class BrokenRows : public Rows {
 public:
  [[nodiscard]] const std::vector<Column>& columns() const override { return table_.columns; }
  [[nodiscard]] std::uint64_t size() const override { return 3; }
  [[nodiscard]] std::unique_ptr<RowCursor> open() const override {
    class Cursor : public RowCursor {
     public:
      explicit Cursor(const Table& table) : table_(table) {}
      Result<const Row*> next() override {
        if (next_ == table_.rows.size()) return failure(ErrorCode::kIo, "gone");
        return &table_.rows[next_++];
      }

     private:
      const Table& table_;
      std::size_t next_ = 0;
    };
    return std::make_unique<Cursor>(table_);
  }

 private:
  Table table_ = numbers(2);
};

TEST(WriteRows, TheLimitGivesTheTextOfFewerRows) {
  const Table all = numbers(5), some = numbers(3);
  for (const Format format : kFormats) {
    std::string text;
    ASSERT_TRUE(write_rows(TableRows{all}, format, {.limit = 3}, append_to(text)));
    EXPECT_EQ(text, render(some, format));
  }
}

TEST(WriteRows, RowsCanBePrintedAgain) {
  const auto rows = rows_of(numbers(4));
  EXPECT_EQ(rows->size(), 4U);
  for (int i = 0; i < 2; ++i) {
    std::string text;
    ASSERT_TRUE(write_rows(*rows, Format::kTsv, {}, append_to(text)));
    EXPECT_EQ(text, render(numbers(4), Format::kTsv));
  }
}

TEST(WriteRows, AnErrorOfTheRowsEndsThePrinting) {
  for (const Format format : kFormats) {
    std::string text;
    const Status written = write_rows(BrokenRows{}, format, {}, append_to(text));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().what, "gone");
    EXPECT_TRUE(write_rows(BrokenRows{}, format, {.limit = 2}, append_to(text)));
  }
}

TEST(WriteRows, AnErrorOfTheSinkEndsThePrinting) {
  const Table table = numbers(5);
  for (const Format format : kFormats) {
    int pieces = 0;
    const TextSink full = [&pieces](std::string_view) -> Status {
      return ++pieces < 3 ? Status{} : failure(ErrorCode::kIo, "full");
    };
    const Status written = write_rows(TableRows{table}, format, {}, full);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().what, "full");
    EXPECT_EQ(pieces, 3);
  }
}

std::unique_ptr<const Rows> many_rows(std::uint64_t count) {
  return rows_made({{"n", "bigint", "", ""}, {"text", "varchar", "", ""}}, count, [](std::uint64_t number) {
    return Row{static_cast<std::int64_t>(number), std::string(number % 7, 'x')};
  });
}

TEST(WriteRows, SeveralThreadsPrintWhatOneDoes) {
  for (const std::uint64_t count : {0U, 1U, 512U, 513U, 5000U}) {
    for (const std::uint64_t limit : {0U, 1000U}) {
      for (const Format format : kFormats) {
        std::string by_one, by_four;
        ASSERT_TRUE(write_rows(*many_rows(count), format, {.limit = limit, .threads = 1}, append_to(by_one)));
        ASSERT_TRUE(write_rows(*many_rows(count), format, {.limit = limit, .threads = 4}, append_to(by_four)));
        EXPECT_EQ(by_one, by_four);
      }
    }
  }
}

TEST(WriteRows, AnErrorOfTheSinkEndsThePrintingBySeveralThreads) {
  int pieces = 0;
  const TextSink full = [&pieces](std::string_view) -> Status {
    return ++pieces < 3 ? Status{} : failure(ErrorCode::kIo, "full");
  };
  const Status written = write_rows(*many_rows(100'000), Format::kCsv, {.threads = 4}, full);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().what, "full");
  EXPECT_EQ(pieces, 3);
}

TEST(WriteRows, TheArrayOfAnEnvelopeHasNoNewlineAtItsEnd) {
  std::string none, two;
  ASSERT_TRUE(write_json_array(TableRows{numbers(0)}, {}, append_to(none)));
  EXPECT_EQ(none, "[]");
  ASSERT_TRUE(write_json_array(TableRows{numbers(3)}, {.limit = 2}, append_to(two)));
  EXPECT_EQ(two, "[\n{\"n\":0,\"text\":\"\"},\n{\"n\":1,\"text\":\"x\"}\n]");
}

}  // namespace
}  // namespace flowtrail::output
