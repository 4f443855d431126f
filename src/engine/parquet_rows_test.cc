#include "engine/parquet_rows.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

namespace flowtrail::engine {
namespace {

class ParquetRowsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path{testing::TempDir()} /
              fmt::format("parquet_rows_{}", testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& select, const std::string& options = {}) {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    const auto status = connection_.execute(
        fmt::format("COPY ({}) TO {} (FORMAT parquet{})", select, quote_literal(path.string()), options));
    EXPECT_TRUE(status) << status.error().to_string();
    return path;
  }

  Status read(const std::filesystem::path& path) {
    rows_.clear();
    return read_parquet_rows(connection_, path, [this](const auto& names, auto fields, std::uint64_t row) {
      names_ = names;
      rows_.emplace_back(fields.begin(), fields.end());
      ASSERT_EQ(row, rows_.size());
    });
  }

  std::filesystem::path folder_;
  Database database_ = Database::open({}).value();
  Connection connection_ = database_.connect().value();
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> rows_;
};

using Rows = std::vector<std::vector<std::string>>;

TEST_F(ParquetRowsTest, NamesAreDashedAndNullIsADash) {
  const auto path = write("a.parquet",
                          "SELECT 3::INTEGER AS version, 'eni-0abc' AS interface_id, NULL::INTEGER AS tcp_flags, "
                          "4294967296::BIGINT AS bytes, '' AS pkt_srcaddr");
  ASSERT_TRUE(read(path));
  EXPECT_EQ(names_, (std::vector<std::string>{"version", "interface-id", "tcp-flags", "bytes", "pkt-srcaddr"}));
  EXPECT_EQ(rows_, (Rows{{"3", "eni-0abc", "-", "4294967296", "-"}}));
}

TEST_F(ParquetRowsTest, NumbersTextsAndTimesOfOtherWritersBecomeAwsText) {
  const auto path =
      write("a.parquet",
            "SELECT 22.0::DOUBLE AS dstport, 0.5::DOUBLE AS odd, 'nan'::DOUBLE AS none, "
            "TIMESTAMP '2026-03-01 10:00:05.9' AS start, '10.0.0.1'::BLOB AS srcaddr, 6::UTINYINT AS protocol");
  ASSERT_TRUE(read(path));
  EXPECT_EQ(rows_, (Rows{{"22", "0.5", "nan", "1772359205", "10.0.0.1", "6"}}));
}

TEST_F(ParquetRowsTest, RowsKeepTheirOrderOverRowGroups) {
  const auto path = write("a.parquet", "SELECT range AS start FROM range(300000)", ", ROW_GROUP_SIZE 4096");
  ASSERT_TRUE(read(path));
  ASSERT_EQ(rows_.size(), 300'000U);
  for (std::size_t i = 0; i < rows_.size(); ++i) ASSERT_EQ(rows_[i][0], std::to_string(i));
}

TEST_F(ParquetRowsTest, PartitionFoldersAndWildcardsInPathsAreOnlyNames) {
  for (const char* name : {"aws-region=eu-west-1/day=01/a.parquet", "a*b.parquet", "a[1]b.parquet", "a?b.parquet",
                           "it's.parquet", "no_suffix", "a b.log.parquet"}) {
    const auto path = write(name, "SELECT 1 AS version");
    const auto status = read(path);
    ASSERT_TRUE(status) << name << ": " << status.error().to_string();
    EXPECT_EQ(names_, (std::vector<std::string>{"version"})) << name;
    EXPECT_EQ(rows_, (Rows{{"1"}})) << name;
  }
}

TEST_F(ParquetRowsTest, AWildcardNeverReachesAnotherFile) {
  write("aXb.parquet", "SELECT 2 AS version");
  const auto path = write("a*b.parquet", "SELECT 1 AS version");
  ASSERT_TRUE(read(path));
  EXPECT_EQ(rows_, (Rows{{"1"}}));
}

TEST_F(ParquetRowsTest, DamagedAndMissingFilesAreErrorsNotCrashes) {
  const auto path = write("a.parquet", "SELECT range AS start, 'x' || range AS v FROM range(50000)");
  std::string bytes;
  {
    std::ifstream file{path, std::ios::binary};
    bytes.assign(std::istreambuf_iterator<char>{file}, {});
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{12}, bytes.size() / 2, bytes.size() - 1}) {
    std::ofstream{folder_ / "cut.parquet", std::ios::binary} << bytes.substr(0, size);
    const Status status = read(folder_ / "cut.parquet");
    ASSERT_FALSE(status) << size;
    EXPECT_EQ(status.error().code, ErrorCode::kCorrupt);
  }
  for (std::size_t i = 0; i < 60; ++i) {  // any outcome but a crash: some bytes are not looked at
    std::string damaged = bytes;
    damaged[(i * 7919) % damaged.size()] ^= static_cast<char>(1U << (i % 8));
    std::ofstream{folder_ / "damaged.parquet", std::ios::binary} << damaged;
    [[maybe_unused]] const Status any = read(folder_ / "damaged.parquet");
  }
  EXPECT_EQ(read(folder_ / "absent.parquet").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(read(path)) << "the connection stays usable";
}

std::string decode_base64(const std::string& text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value =
        std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"}.find(c);
    if (value == std::string_view::npos) continue;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xffU);
  }
  return bytes;
}

TEST_F(ParquetRowsTest, AFileThatAwsWroteIsReadAsItsOtherReadersDo) {
  const std::filesystem::path corpus =
      FLOWTRAIL_SOURCE_DIR "/../shared/corpus/vpcflow/flowlogs-reader/flows.parquet.base64";
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "NO CORPUS: " << corpus << " is absent, AWS's file is not read";
  std::ifstream file{corpus};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::ofstream{folder_ / "aws.parquet", std::ios::binary} << decode_base64(text);

  const Status status = read(folder_ / "aws.parquet");
  ASSERT_TRUE(status) << status.error().to_string();
  std::vector<std::map<std::string, std::string>> named;
  for (const auto& row : rows_) {
    auto& fields = named.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i] != "-") fields[names_[i]] = row[i];
    }
  }
  using Fields = std::map<std::string, std::string>;
  ASSERT_EQ(named.size(), 3U);
  EXPECT_EQ(named[0], (Fields{{"version", "2"},
                              {"account-id", "123456789010"},
                              {"interface-id", "eni-102010ab"},
                              {"srcaddr", "198.51.100.1"},
                              {"dstaddr", "192.0.2.1"},
                              {"srcport", "443"},
                              {"dstport", "49152"},
                              {"protocol", "6"},
                              {"packets", "10"},
                              {"bytes", "840"},
                              {"start", "1439387263"},
                              {"end", "1439387264"},
                              {"action", "ACCEPT"},
                              {"log-status", "OK"}}));
  EXPECT_EQ(named[1].at("log-status"), "NODATA");
  EXPECT_EQ(named[2].at("srcaddr"), "198.51.100.7");
}

}  // namespace
}  // namespace flowtrail::engine
