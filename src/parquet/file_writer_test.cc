// What was written is read by DuckDB and compared value by value.
#include "parquet/file_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <random>

#include "engine/database.h"

namespace flowtrail::parquet {
namespace {

using Texts = std::vector<std::optional<std::string>>;
using Integers = std::vector<std::optional<std::int64_t>>;
using Rows = std::vector<std::vector<std::string>>;

/// The values of one column of a row group, with what its spans show.
struct Values {
  Type type = Type::kText;
  std::vector<std::uint32_t> codes;
  std::vector<std::int32_t> narrow;
  std::vector<std::int64_t> wide;
  std::vector<std::uint8_t> nulls;
  std::vector<std::string> expected;

  [[nodiscard]] ColumnValues view(const TextDictionary& dictionary) const {
    if (type == Type::kText) return TextValues{codes, &dictionary};
    const bool has_nulls = std::ranges::find(nulls, 1) != nulls.end();
    const std::span<const std::uint8_t> shown = has_nulls ? std::span(nulls) : std::span<const std::uint8_t>{};
    if (type == Type::kInt32) return Int32Values{narrow, shown};
    return Int64Values{wide, shown};
  }
};

Values column_of(const Texts& texts, TextDictionary& dictionary) {
  Values values;
  for (const auto& text : texts) {
    values.codes.push_back(text ? dictionary.code(*text) : TextDictionary::kNull);
    values.expected.push_back(text.value_or("NULL"));
  }
  return values;
}

Values column_of(Type type, const Integers& numbers) {
  Values values;
  values.type = type;
  for (const auto& number : numbers) {
    values.narrow.push_back(static_cast<std::int32_t>(number.value_or(77)));
    values.wide.push_back(number.value_or(77));
    values.nulls.push_back(number ? 0 : 1);
    values.expected.push_back(number ? std::to_string(*number) : "NULL");
  }
  return values;
}

class FileWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path{testing::TempDir()} /
            fmt::format("file_writer_{}.parquet", testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  void TearDown() override { std::filesystem::remove(path_); }

  /// Writes groups of columns of equal types.
  void write(const std::vector<std::vector<Values>>& groups, std::vector<Column> columns, PageLimits limits = {}) {
    auto writer = FileWriter::create(path_, {std::move(columns), {}}, "flowtrail version 1");
    ASSERT_TRUE(writer) << writer.error().to_string();
    ChunkEncoder encoder(limits);
    for (const auto& group : groups) {
      RowGroup encoded;
      for (const Values& values : group) encoder.add(values.view(dictionary_), encoded);
      ASSERT_TRUE(writer->append(encoded));
    }
    ASSERT_TRUE(writer->finish());
  }
  void write(const std::vector<Values>& columns, PageLimits limits = {}) {
    std::vector<Column> named;
    for (const Values& values : columns) named.push_back({fmt::format("c{}", named.size()), values.type});
    write({columns}, named, limits);
  }

  Rows ask(const std::string& select, const std::string& rest = {}) {
    auto result = connection_.fetch_all(
        fmt::format("{} FROM read_parquet({}) {}", select, engine::quote_literal(path_.string()), rest));
    EXPECT_TRUE(result) << result.error().to_string();
    return result ? rows_of(*result) : Rows{};
  }
  Rows metadata(const std::string& select) {
    auto result = connection_.fetch_all(
        fmt::format("{} FROM parquet_metadata({})", select, engine::quote_literal(path_.string())));
    EXPECT_TRUE(result) << result.error().to_string();
    return result ? rows_of(*result) : Rows{};
  }
  static Rows rows_of(const output::Table& table) {
    Rows rows;
    for (const auto& row : table.rows) {
      for (auto& texts = rows.emplace_back(); const auto& value : row) {
        texts.push_back(output::plain_value(value, "NULL"));
      }
    }
    return rows;
  }

  void expect_same(const std::vector<Values>& columns) {
    const Rows rows = ask("SELECT *");
    ASSERT_EQ(rows.size(), columns.front().expected.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        ASSERT_EQ(rows[row][i], columns[i].expected[row]) << "row " << row << ", column " << i;
      }
    }
  }

  std::filesystem::path path_;
  TextDictionary dictionary_;
  engine::Database database_ = engine::Database::open({}).value();
  engine::Connection connection_ = database_.connect().value();
};

/// Numbers and texts in many manners: few and many distinct ones, runs, NULLs, extremes.
class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  Integers integers(std::size_t rows, Type type) {
    const std::uint64_t distinct = below(3) == 0 ? ~std::uint64_t{0} : 1 + below(2) * below(5'000);
    const unsigned nulls = static_cast<unsigned>(below(3) * below(60));
    const std::uint64_t longest_run = 1 + below(2) * below(50);
    Integers values;
    while (values.size() < rows) {
      std::optional<std::int64_t> value;
      if (below(100) >= nulls) value = integer(type, distinct);
      const std::size_t run = 1 + below(longest_run);
      for (std::size_t i = 0; i < run && values.size() < rows; ++i) values.push_back(value);
    }
    return values;
  }

  Texts texts(std::size_t rows) {
    const std::uint64_t distinct = below(3) == 0 ? 1'000'000'000 : 1 + below(2) * below(5'000);
    const std::uint64_t longest = below(4) == 0 ? 2'000 : 20;
    const unsigned nulls = static_cast<unsigned>(below(3) * below(60));
    Texts values;
    for (std::size_t i = 0; i < rows; ++i) {
      const std::uint64_t number = below(distinct);
      if (below(100) < nulls) {
        values.emplace_back();
      } else if (number % 7 == 3) {
        values.emplace_back("");
      } else {
        values.emplace_back(std::string(number % longest, static_cast<char>('a' + number % 26)) +
                            std::to_string(number) + "\xc3\xbc");
      }
    }
    return values;
  }

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

 private:
  std::int64_t integer(Type type, std::uint64_t distinct) {
    if (type == Type::kInt32) {
      using Limits = std::numeric_limits<std::int32_t>;
      if (below(50) == 0) return below(2) == 0 ? Limits::min() : Limits::max();
      return static_cast<std::int32_t>(below(distinct));
    }
    using Limits = std::numeric_limits<std::int64_t>;
    if (below(50) == 0) return below(2) == 0 ? Limits::min() : Limits::max();
    return static_cast<std::int64_t>(below(distinct));
  }
  std::mt19937_64 random_;
};

TEST_F(FileWriterTest, RandomColumnsComeBackWhateverTheirNumberOfRowsAndPages) {
  Maker maker(11);
  for (const std::size_t rows : {1U, 7U, 8U, 9U, 99U, 100U, 101U, 3'000U}) {
    for (int round = 0; round < 6; ++round) {
      std::vector<Values> columns;
      for (int i = 0; i < 3; ++i) {
        columns.push_back(column_of(Type::kInt32, maker.integers(rows, Type::kInt32)));
        columns.push_back(column_of(Type::kInt64, maker.integers(rows, Type::kInt64)));
        columns.push_back(column_of(maker.texts(rows), dictionary_));
      }
      write(columns, {.rows = 100, .bytes = 1'000});
      expect_same(columns);
    }
  }
}

TEST_F(FileWriterTest, AWholePageOfTheUsualSizeAndOneRowMore) {
  Maker maker(5);
  for (const std::size_t rows : {PageLimits{}.rows, PageLimits{}.rows + 1}) {
    const std::vector<Values> columns{column_of(Type::kInt32, maker.integers(rows, Type::kInt32)),
                                      column_of(Type::kInt64, maker.integers(rows, Type::kInt64)),
                                      column_of(maker.texts(rows), dictionary_)};
    write(columns);
    expect_same(columns);
  }
}

TEST_F(FileWriterTest, RowGroupsFollowEachOther) {
  std::vector<std::vector<Values>> groups;
  for (int i = 0; i < 5; ++i) {
    groups.push_back({column_of(Type::kInt64, {i, std::nullopt}), column_of({"a", std::to_string(i)}, dictionary_)});
  }
  write(groups, {{"number", Type::kInt64}, {"text", Type::kText}});
  EXPECT_EQ(ask("SELECT count(*), count(number), sum(number), count(DISTINCT text)"), (Rows{{"10", "5", "10", "6"}}));
  EXPECT_EQ(metadata("SELECT count(DISTINCT row_group_id), max(row_group_num_rows)"), (Rows{{"5", "2"}}));
}

TEST_F(FileWriterTest, AFileWithoutRowsHasItsColumns) {
  write({}, {{"number", Type::kInt32}, {"text", Type::kText}});
  EXPECT_EQ(ask("SELECT *"), Rows{});
  EXPECT_EQ(ask("SELECT count(number), count(text)"), (Rows{{"0", "0"}}));
}

TEST_F(FileWriterTest, ColumnsOfNothingButNullComeBack) {
  const std::vector<Values> columns{column_of(Type::kInt32, Integers(50)), column_of(Texts(50), dictionary_),
                                    column_of(Type::kInt64, Integers(50))};
  write(columns);
  expect_same(columns);
  EXPECT_EQ(metadata("SELECT DISTINCT stats_null_count, stats_min_value"), (Rows{{"50", "NULL"}}));
}

TEST_F(FileWriterTest, StatisticsAreTheLeastAndGreatestValueAndTheNumberOfNulls) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min(),
                 kGreatest = std::numeric_limits<std::int64_t>::max();
  write({column_of(Type::kInt32, {5, std::nullopt, -3, 12}), column_of(Type::kInt64, {kGreatest, 0, kLeast, 1}),
         column_of({"b", "a\xc3\xbc", std::nullopt, "\xc3\xbc"}, dictionary_)});
  EXPECT_EQ(metadata("SELECT stats_min_value, stats_max_value, stats_null_count, min_is_exact, max_is_exact"),
            (Rows{{"-3", "12", "1", "true", "true"},
                  {std::to_string(kLeast), std::to_string(kGreatest), "0", "true", "true"},
                  {"a\xc3\xbc", "\xc3\xbc", "1", "true", "true"}}));
}

TEST_F(FileWriterTest, TextsTooLongForAStatisticHaveNone) {
  const std::vector<Values> columns{column_of({"a", std::string(100'000, 'z')}, dictionary_)};
  write(columns);
  expect_same(columns);
  EXPECT_EQ(metadata("SELECT stats_min_value, stats_max_value, stats_null_count"), (Rows{{"NULL", "NULL", "0"}}));
}

TEST_F(FileWriterTest, RepeatedValuesAreCodesAndOthersAreThemselves) {
  Integers repeated, different;
  Texts repeated_texts, different_texts;
  for (int i = 0; i < 10'000; ++i) {
    repeated.emplace_back(i % 10);
    different.emplace_back(i * 7);
    repeated_texts.emplace_back(std::to_string(i % 10));
    different_texts.emplace_back(std::to_string(i));
  }
  write({column_of(Type::kInt32, repeated), column_of(Type::kInt64, different), column_of(repeated_texts, dictionary_),
         column_of(different_texts, dictionary_)});
  EXPECT_EQ(metadata("SELECT contains(encodings, 'PLAIN_DICTIONARY'), dictionary_page_offset IS NOT NULL"),
            (Rows{{"true", "true"}, {"false", "false"}, {"true", "true"}, {"false", "false"}}));
}

TEST_F(FileWriterTest, ReadersLeaveOutRowGroupsByTheirStatistics) {
  const std::vector<Values> first{column_of(Type::kInt64, {1, 2, 3}), column_of({"a", "b", "c"}, dictionary_)};
  const std::vector<Values> second{column_of(Type::kInt64, {4, 5, 6}), column_of({"d", "e", "f"}, dictionary_)};
  write({first, second}, {{"number", Type::kInt64}, {"text", Type::kText}});
  // The first row group is destroyed: whoever reads it fails.
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4);
  file << std::string(30, '\xff');
  file.close();
  EXPECT_EQ(ask("SELECT text", "WHERE number >= 5"), (Rows{{"e"}, {"f"}}));
  EXPECT_EQ(ask("SELECT number", "WHERE text = 'd'"), (Rows{{"4"}}));
  EXPECT_FALSE(connection_.fetch_all(
      fmt::format("SELECT sum(number) FROM read_parquet('{}') WHERE number <= 3", path_.string())));
}

TEST_F(FileWriterTest, FaultsTellThePath) {
  const auto nowhere = FileWriter::create("/nonexistent/folder/a.parquet", {{{"a", Type::kText}}, {}}, "x");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(nowhere.error().where, "/nonexistent/folder/a.parquet");
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP();
  const auto full = FileWriter::create("/dev/full", {{{"a", Type::kText}}, {}}, "x");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::kIo);
  EXPECT_EQ(full.error().to_string(), "/dev/full: cannot write: No space left on device");
}

TEST_F(FileWriterTest, AFileThatIsNotFinishedIsNoParquetFile) {
  {
    auto writer = FileWriter::create(path_, {{{"a", Type::kInt32}}, {}}, "x");
    ASSERT_TRUE(writer);
    RowGroup group;
    ChunkEncoder().add(column_of(Type::kInt32, {1}).view(dictionary_), group);
    ASSERT_TRUE(writer->append(group));
  }
  EXPECT_FALSE(connection_.fetch_all(fmt::format("SELECT * FROM read_parquet('{}')", path_.string())));
}

}  // namespace
}  // namespace flowtrail::parquet
