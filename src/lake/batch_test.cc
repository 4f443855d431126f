#include "lake/batch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "engine/database.h"
#include "engine/parquet_rows.h"
#include "lake/row_store.h"
#include "source/inventory.h"
#include "tables/parquet_reader.h"

namespace flowtrail::lake {
namespace {

namespace fs = std::filesystem;

using Row = std::vector<std::string>;
using Rows = std::vector<Row>;

constexpr std::string_view kHeader =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status "
    "vpc-id instance-id tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service flow-direction traffic-path "
    "novel-field\n";

/// Records with everything that a column can hold.
class RecordMaker {
 public:
  explicit RecordMaker(unsigned seed) : random_(seed) {}

  std::string record() {
    const std::string source = address(), target = address();
    const unsigned start = 1772359200 + below(300);
    if (below(40) == 0) {
      return fmt::format("5 unknown {} - - - - - - - {} {} - NODATA - - - - - - - - -\n", interface(), start,
                         start + 60);
    }
    return fmt::format("5 {} {} {} {} {} {} {} {} {} {}{} {} {} OK {} {} {} {} {} {} {} {} {}\n", account(),
                       interface(), source, target, below(65'536), 22, 6, 1 + below(9), std::uint64_t{1} << below(50),
                       start, below(50) == 0 ? "000" : "", start + below(90), below(5) == 0 ? "REJECT" : "ACCEPT",
                       below(3) == 0 ? "-" : "vpc-0123456789abcdef0", instance(), below(4),
                       below(4) == 0 ? address() : source, below(4) == 0 ? "-" : target, below(9) == 0 ? "S3" : "-",
                       below(2) == 0 ? "ingress" : "egress", below(3) == 0 ? "-" : "7",
                       below(2) == 0 ? std::string("x") : std::string(below(100) + 1, 'y'));
  }

  std::string file(std::size_t records) {
    std::string text(kHeader);
    for (std::size_t i = 0; i < records; ++i) text += record();
    return text;
  }

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  std::string interface() { return below(30) == 0 ? "-" : fmt::format("eni-{:017x}", below(20)); }
  std::string account() { return below(20) == 0 ? "unknown" : "111122223333"; }
  std::string instance() { return below(2) == 0 ? "-" : fmt::format("i-{:017x}", below(2'000)); }
  std::string address() {
    switch (below(8)) {
      case 0: return fmt::format("2001:db8::{:x}", 1 + below(5'000));
      case 1: return fmt::format("::ffff:10.0.0.{}", below(256));  // the same address as 10.0.0.x, and another text
      default: return fmt::format("10.0.{}.{}", below(4), below(256));
    }
  }
  std::mt19937 random_;
};

class BatchTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "batch_test_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directories(folder_ / "logs");
    fs::create_directories(folder_ / "out");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) const {
    std::ofstream{folder_ / "logs" / name, std::ios::binary} << text;
  }

  Written write_all(BatchOptions options) {
    inventory_ = source::list(std::vector{(folder_ / "logs").string()}, {}).value();
    std::vector<const source::Object*> objects;
    for (const source::Object& object : inventory_.objects) objects.push_back(&object);
    const auto written = write_batch(options, objects, path());
    EXPECT_TRUE(written) << written.error().to_string();
    return written.value_or(Written{});
  }
  [[nodiscard]] fs::path path() const { return folder_ / "out" / "batch.parquet"; }

  Rows ask(const std::string& sql) {
    const auto result = connection_.fetch_all(sql);
    EXPECT_TRUE(result) << result.error().to_string();
    Rows rows;
    if (!result) return rows;
    for (const auto& row : result->rows) {
      Row& texts = rows.emplace_back();
      for (const auto& value : row) texts.push_back(output::plain_value(value, "NULL"));
    }
    return rows;
  }
  [[nodiscard]] std::string bytes_of_file() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// In the file's order.
  Rows read_back(std::string_view columns = "*") {
    return ask(fmt::format("SELECT {} FROM read_parquet('{}')", columns, path().string()));
  }

  /// The rows that the texts of the logs say, read in the plainest way: in the order of files and lines.
  Rows expected(bool with_place = true) const {
    Rows rows;
    std::map<std::string, fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_ / "logs")) files[entry.path().filename()] = entry.path();
    for (const auto& [name, file] : files) {
      std::ifstream in(file);
      std::string line;
      std::getline(in, line);
      std::istringstream head(line);
      const Row names(std::istream_iterator<std::string>{head}, {});
      for (int number = 2; std::getline(in, line); ++number) {
        std::istringstream words(line);
        Row row(std::istream_iterator<std::string>{words}, {});
        for (std::size_t i = 0; i < row.size(); ++i) {
          if (row[i] == "-") row[i] = "NULL";
          if (names[i] == "start" && row[i].size() > 10) row[i].resize(10);  // milliseconds
        }
        if (with_place) row.insert(row.end(), {name, std::to_string(number)});
        rows.push_back(row);
      }
    }
    return rows;
  }
  static Rows sorted_by_interface_and_start(Rows rows) {
    const auto key = [](const Row& row) { return std::tuple(row[2] == "NULL", row[2], std::stoll(row[10])); };
    std::ranges::stable_sort(rows, {}, key);
    return rows;
  }

  fs::path folder_;
  source::Inventory inventory_;
  engine::Database database_ = engine::Database::open({}).value();
  engine::Connection connection_ = database_.connect().value();
};

TEST_F(BatchTest, RowsAreThoseOfTheLogsSortedWhateverTheThreadsAndTheMemory) {
  RecordMaker maker(1);
  for (const char* name : {"a.log", "b.log", "c.log", "d.log"}) write(name, maker.file(1'500));
  const Rows wanted = sorted_by_interface_and_start(expected());
  std::string first_bytes;
  for (const unsigned threads : {1U, 2U, 3U}) {
    for (const std::uint64_t memory : {std::uint64_t{1} << 27U, std::uint64_t{1} << 20U, std::uint64_t{1}}) {
      const Written written = write_all({.threads = threads, .memory_bytes = memory});
      EXPECT_EQ(written.records, 6'000U);
      EXPECT_TRUE(written.misfits.empty());
      ASSERT_EQ(read_back(), wanted) << threads << " threads, " << memory << " bytes";
      const std::string bytes = bytes_of_file();
      if (first_bytes.empty()) first_bytes = bytes;
      EXPECT_TRUE(bytes == first_bytes) << threads << " threads, " << memory << " bytes";
    }
  }
  // What was put aside is gone.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "out"), {}), 1);
}

TEST_F(BatchTest, MoreRowsThanARowGroupHasAreThere) {
  RecordMaker maker(2);
  write("a.log", maker.file(kGroupRows / 2));
  write("b.log", maker.file(kGroupRows / 2 + 1'000));
  const Rows wanted = sorted_by_interface_and_start(expected());
  for (const std::uint64_t memory : {std::uint64_t{1} << 27U, std::uint64_t{1} << 22U}) {
    write_all({.threads = 2, .memory_bytes = memory});
    EXPECT_TRUE(read_back() == wanted) << memory;
  }
  EXPECT_EQ(ask(fmt::format("SELECT count(DISTINCT row_group_id) FROM parquet_metadata('{}')", path().string())),
            (Rows{{"2"}}));
}

TEST_F(BatchTest, WithoutAnOrderAllRowsAreThere) {
  RecordMaker maker(3);
  for (const char* name : {"a.log", "b.log", "c.log"}) write(name, maker.file(21'000));
  Rows wanted = expected(false);
  std::ranges::sort(wanted);
  for (const unsigned threads : {1U, 2U}) {
    write_all({.threads = threads, .sorted = false, .with_place = false});
    Rows rows = read_back();
    std::ranges::sort(rows);
    EXPECT_TRUE(rows == wanted) << threads;
  }
}

TEST_F(BatchTest, ColumnsHaveTheNamesAndTypesOfSql) {
  write("a.log", RecordMaker(4).file(1));
  write_all({});
  const Rows columns =
      ask(fmt::format("SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet('{}'))", path().string()));
  const auto has = [&](const Row& column) { return std::ranges::find(columns, column) != columns.end(); };
  EXPECT_EQ(columns.size(), 25U);
  EXPECT_TRUE(has({"account_id", "VARCHAR"}));
  EXPECT_TRUE(has({"srcport", "INTEGER"}));
  EXPECT_TRUE(has({"protocol", "BIGINT"}));
  EXPECT_TRUE(has({"novel_field", "VARCHAR"}));
  EXPECT_TRUE(has({"source_key", "VARCHAR"}));
  EXPECT_TRUE(has({"source_line", "BIGINT"}));
}

TEST_F(BatchTest, AFormatWithoutInterfaceOrStartIsSortedByWhatItHas) {
  write("a.log", "srcaddr start end\n10.0.0.1 9 9\n10.0.0.2 - 8\n10.0.0.3 7 7\n");
  write_all({.threads = 1});
  EXPECT_EQ(read_back("srcaddr, start"), (Rows{{"10.0.0.3", "7"}, {"10.0.0.1", "9"}, {"10.0.0.2", "NULL"}}));
  write("a.log", "srcaddr interface-id\n10.0.0.1 eni-2\n10.0.0.2 -\n10.0.0.3 eni-1\n");
  write_all({.threads = 1});
  EXPECT_EQ(read_back("srcaddr"), (Rows{{"10.0.0.3"}, {"10.0.0.1"}, {"10.0.0.2"}}));
  write("a.log", "srcaddr dstaddr\n10.0.0.2 10.0.0.1\n10.0.0.1 10.0.0.2\n");
  write_all({.threads = 1});
  EXPECT_EQ(read_back("srcaddr"), (Rows{{"10.0.0.2"}, {"10.0.0.1"}}));
}

TEST_F(BatchTest, MisfitsAreToldInTheOrderOfTheObjects) {
  RecordMaker maker(5);
  write("a.log", maker.file(10));
  write("b.log", maker.file(10) + "5 cut off\n");
  write("c.log", "version interface-id srcaddr\n2 eni-1 10.0.0.1\n");
  std::string odd = maker.record();
  odd.replace(odd.rfind(' ', odd.rfind(' ') - 1), std::string::npos, " many x\n");
  write("d.log", maker.file(3) + odd);
  for (const unsigned threads : {1U, 4U}) {
    const Written written = write_all({.threads = threads});
    EXPECT_EQ(written.misfits, (std::vector<std::size_t>{1, 2, 3}));
    EXPECT_EQ(written.bad.total(), 2U);
    EXPECT_TRUE(written.bad.by_reason().contains("not a number in traffic-path"));
  }
}

TEST_F(BatchTest, ParquetFlowLogsBecomeRowsAsWell) {
  const auto made = connection_.execute(
      fmt::format("COPY (SELECT 2 AS version, 'eni-' || (9 - i) AS interface_id, '10.0.0.' || i AS srcaddr, "
                  "1772359200000 + i AS start, "
                  "1772359260 AS \"end\", NULL::INTEGER AS tcp_flags FROM range(5) t(i)) TO '{}' (FORMAT parquet)",
                  (folder_ / "logs" / "a.parquet").string()));
  ASSERT_TRUE(made);
  EXPECT_EQ(write_all({}).records, 5U);
  EXPECT_EQ(read_back("interface_id, srcaddr, start, tcp_flags, source_line").front(),
            (Row{"eni-5", "10.0.0.4", "1772359200", "NULL", "5"}));
}

TEST_F(BatchTest, WhatWasWrittenIsReadAsTheEngineReadsIt) {
  RecordMaker maker(7);
  write("a.log", maker.file(kGroupRows + 100) + maker.record().replace(0, 1, "7"));
  write_all({});
  Rows own, of_engine;
  const auto keep_in = [](Rows& rows) {
    return [&rows](const auto& names, std::span<const std::string_view> fields, std::uint64_t row) {
      ASSERT_EQ(names.size(), fields.size());
      Row& texts = rows.emplace_back(fields.begin(), fields.end());
      texts.push_back(std::to_string(row));
      texts.insert(texts.end(), names.begin(), names.end());
    };
  };
  ASSERT_TRUE(tables::ParquetConnection().read(path(), keep_in(own)));
  ASSERT_TRUE(engine::read_parquet_rows(connection_, path(), keep_in(of_engine)));
  EXPECT_EQ(own.size(), kGroupRows + 101);
  EXPECT_TRUE(own == of_engine);
}

TEST_F(BatchTest, AFileThatCannotBeWrittenIsToldWithItsPath) {
  write("a.log", RecordMaker(6).file(10));
  const auto listed = source::list(std::vector{(folder_ / "logs").string()}, {}).value();
  const auto nowhere = write_batch({}, {&listed.objects[0]}, folder_ / "nowhere" / "x.parquet");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().where, (folder_ / "nowhere" / "x.parquet").string());
  if (!fs::exists("/dev/full")) GTEST_SKIP();
  const auto full = write_batch({.threads = 1}, {&listed.objects[0]}, "/dev/full");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().to_string(), "/dev/full: cannot write: No space left on device");
}

}  // namespace
}  // namespace flowtrail::lake
