#include "parquet/file_reader.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <random>

#include "engine/database.h"
#include "parquet/file_writer.h"

namespace flowtrail::parquet {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class FileReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path{testing::TempDir()} /
            fmt::format("file_reader_{}.parquet", testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  void TearDown() override { std::filesystem::remove(path_); }

  /// Two row groups of three columns, with few or many distinct values; returns the rows as texts.
  Rows write(std::size_t rows, unsigned distinct, unsigned nulls_of_ten,
             PageLimits limits = {.rows = 100, .bytes = 500}) {
    Rows expected;
    auto writer = FileWriter::create(path_, {{{"a", Type::kInt32}, {"b", Type::kInt64}, {"c", Type::kText}}, {}},
                                     "flowtrail version 7");
    EXPECT_TRUE(writer);
    ChunkEncoder encoder(limits);
    for (int group = 0; group < 2; ++group) {
      TextDictionary dictionary;
      std::vector<std::int32_t> narrow;
      std::vector<std::int64_t> wide;
      std::vector<std::uint32_t> codes;
      std::vector<std::uint8_t> nulls;
      for (std::size_t i = 0; i < rows; ++i) {
        const auto number = static_cast<std::int64_t>(random_() % distinct);
        nulls.push_back(random_() % 10 < nulls_of_ten ? 1 : 0);
        narrow.push_back(number == 1 ? std::numeric_limits<std::int32_t>::min() : static_cast<std::int32_t>(number));
        wide.push_back(number == 2 ? std::numeric_limits<std::int64_t>::min() : number << 30);
        codes.push_back(nulls.back() != 0 ? 0 : dictionary.code(number == 0 ? "" : "t" + std::to_string(number)));
        if (nulls.back() != 0) {
          expected.push_back({"-", "-", "-"});
        } else {
          expected.push_back({std::to_string(narrow.back()), std::to_string(wide.back()),
                              number == 0 ? "" : "t" + std::to_string(number)});
        }
      }
      RowGroup encoded;
      encoder.add(Int32Values{narrow, nulls}, encoded);
      encoder.add(Int64Values{wide, nulls}, encoded);
      encoder.add(TextValues{codes, &dictionary}, encoded);
      EXPECT_TRUE(writer->append(encoded));
    }
    EXPECT_TRUE(writer->finish());
    return expected;
  }

  Result<Rows> read() {
    FT_TRY(FileReader reader, FileReader::open(path_));
    Rows rows;
    for (std::size_t group = 0; group < reader.groups(); ++group) {
      std::vector<CodedColumn>& columns = columns_;  // of the group before, with what it left
      columns.resize(reader.columns().size());
      for (std::size_t i = 0; i < columns.size(); ++i) FT_CHECK(reader.read(group, i, columns[i]));
      for (std::size_t row = 0; row < reader.rows(group); ++row) {
        for (auto& values = rows.emplace_back(); const CodedColumn& column : columns) {
          const std::uint32_t code = column.codes()[row];
          values.push_back(code == 0                ? "-"
                           : column.texts().empty() ? std::to_string(column.numbers()[code])
                                                    : std::string{column.texts()[code]});
        }
      }
    }
    return rows;
  }

  std::filesystem::path path_;
  std::vector<CodedColumn> columns_;
  std::mt19937 random_{9};
};

TEST_F(FileReaderTest, WhatTheWriterWroteComesBack) {
  for (const std::size_t rows : {1U, 8U, 100U, 101U, 2'000U}) {
    for (const unsigned distinct : {1U, 5U, 300U, 1'000'000U}) {
      for (const unsigned nulls : {0U, 3U, 10U}) {
        const Rows expected = write(rows, distinct, nulls);
        const auto found = read();
        ASSERT_TRUE(found) << found.error().to_string();
        ASSERT_EQ(*found, expected) << rows << ' ' << distinct << ' ' << nulls;
      }
    }
  }
}

TEST_F(FileReaderTest, FilesOfOthersAreLeftToTheEngine) {
  auto database = engine::Database::open({}).value();
  auto connection = database.connect().value();
  ASSERT_TRUE(connection.execute(fmt::format("COPY (SELECT 1 AS a) TO '{}' (FORMAT parquet)", path_.string())));
  EXPECT_EQ(read().error().code, ErrorCode::kUnsupported);
  std::ofstream(path_) << "no Parquet at all, but long enough to be one";
  EXPECT_EQ(read().error().code, ErrorCode::kUnsupported);
  std::filesystem::remove(path_);
  EXPECT_EQ(read().error().code, ErrorCode::kNotFound);
}

TEST_F(FileReaderTest, DamagedFilesAreAnErrorOrOtherValuesButNoCrash) {
  for (const unsigned distinct : {5U, 1'000'000U}) {
    write(300, distinct, 2);
    std::ifstream in(path_, std::ios::binary);
    const std::string whole(std::istreambuf_iterator<char>(in), {});
    in.close();
    int errors = 0;
    for (int round = 0; round < 3'000; ++round) {
      std::string damaged = whole;
      for (int i = 0; i < 1 + round % 3; ++i) damaged[random_() % damaged.size()] = static_cast<char>(random_());
      if (round % 10 == 0) damaged.resize(random_() % damaged.size());
      std::ofstream(path_, std::ios::binary) << damaged;
      if (!read()) ++errors;
    }
    EXPECT_GT(errors, 1'000);
  }
}

}  // namespace
}  // namespace flowtrail::parquet
