#include "engine/table_function.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace flowtrail::engine {
namespace {

/// Counts from 0 to `rows` - 1 in every column type; fails at `fail_at` if that is below `rows`.
class CountingCursor : public Cursor {
 public:
  CountingCursor(std::span<const std::size_t> columns, std::size_t rows, std::size_t fail_at)
      : columns_(columns.begin(), columns.end()), rows_(rows), fail_at_(fail_at) {}

  Result<std::size_t> fill(RowWriter& rows) override {
    std::size_t count = 0;
    for (; count < RowWriter::kCapacity && next_ < rows_; ++count, ++next_) {
      if (next_ == fail_at_) {
        return std::unexpected(Error{ErrorCode::kDenied, "row refused: 7", "file.log:7", "ask for access"});
      }
      for (std::size_t i = 0; i < columns_.size(); ++i) write(rows.columns[i], columns_[i], count);
    }
    return count;
  }

 private:
  void write(ColumnWriter& writer, std::size_t column, std::size_t row) const {
    const auto number = static_cast<std::int64_t>(next_);
    switch (column) {
      case 0: writer.bigint(row, number); break;
      case 1: writer.integer(row, static_cast<std::int32_t>(number)); break;
      case 2: writer.boolean(row, number % 2 == 0); break;
      case 3: writer.real(row, static_cast<double>(number) / 2); break;
      case 4: writer.text(row, fmt::format("a text that is not inlined {}", number)); break;
      case 5: writer.timestamp(row, utc_from_seconds(number)); break;
      case 6: writer.list(row, std::vector<std::string>(next_ % 3, std::to_string(number))); break;
      default: writer.null(row); break;
    }
  }

  std::vector<std::size_t> columns_;
  std::size_t rows_, fail_at_;
  std::size_t next_ = 0;
};

class TableFunctionTest : public testing::Test {
 protected:
  void add_counter(const std::string& name, std::size_t rows, std::size_t fail_at = ~std::size_t{0}) {
    TableFunction function;
    function.name = name;
    function.columns = {{"b", ColumnType::kBigint},      {"i", ColumnType::kInteger}, {"o", ColumnType::kBoolean},
                        {"d", ColumnType::kDouble},      {"v", ColumnType::kVarchar}, {"t", ColumnType::kTimestamp},
                        {"l", ColumnType::kVarcharList}, {"n", ColumnType::kVarchar}};
    function.on_bind = [this] { ++binds_; };
    function.open = [this, rows, fail_at](std::span<const std::size_t> columns) -> Result<std::unique_ptr<Cursor>> {
      asked_.assign(columns.begin(), columns.end());
      return std::make_unique<CountingCursor>(columns, rows, fail_at);
    };
    ASSERT_TRUE(register_table_function(connection_, std::move(function)));
  }

  output::Table rows(const std::string& sql) {
    auto table = connection_.fetch_all(sql);
    if (!table) ADD_FAILURE() << sql << ": " << table.error().to_string();
    return table ? *std::move(table) : output::Table{};
  }

  std::vector<std::size_t> asked_;
  int binds_ = 0;
  Database database_ = Database::open({}).value();
  Connection connection_ = database_.connect().value();
};

TEST_F(TableFunctionTest, EveryColumnTypeArrivesOverManyChunks) {
  add_counter("counter", 10'000);
  const auto table = rows(
      "SELECT count(*), sum(b), sum(i), count(*) FILTER (o), sum(d), count(DISTINCT v), max(epoch(t)), sum(len(l)), "
      "count(n), count(*) FILTER (list_contains(l, b::VARCHAR)) FROM counter()");
  ASSERT_EQ(table.rows.size(), 1U);
  std::vector<std::string> texts;
  for (const auto& value : table.rows[0]) texts.push_back(output::plain_value(value));
  EXPECT_EQ(texts, (std::vector<std::string>{"10000", "49995000", "49995000", "5000", "24997500", "10000", "9999",
                                             "9999", "0", "6666"}));
}

TEST_F(TableFunctionTest, OnlyAskedColumnsAreProduced) {
  add_counter("counter", 10);
  EXPECT_EQ(rows("SELECT v, b FROM counter() WHERE d > 2").rows.size(), 5U);
  std::ranges::sort(asked_);
  EXPECT_EQ(asked_, (std::vector<std::size_t>{0, 3, 4}));
}

TEST_F(TableFunctionTest, CountingRowsNeedsNoColumnOfImportance) {
  add_counter("counter", 5'000);
  EXPECT_EQ(rows("SELECT count(*) FROM counter()").rows[0][0], output::Value{std::int64_t{5'000}});
  EXPECT_LE(asked_.size(), 1U);
}

TEST_F(TableFunctionTest, ViewsAndJoinsOverTheSameFunctionWork) {
  add_counter("counter", 3'000);
  ASSERT_TRUE(connection_.execute("CREATE VIEW c AS SELECT * FROM counter()"));
  binds_ = 0;
  EXPECT_EQ(rows("SELECT count(*) FROM c x JOIN c y USING (b)").rows[0][0], output::Value{std::int64_t{3'000}});
  EXPECT_EQ(binds_, 2);
  EXPECT_EQ(rows("SELECT v FROM c LIMIT 1").rows.size(), 1U);
}

TEST_F(TableFunctionTest, ACursorsErrorIsTheStatementsErrorInFull) {
  add_counter("broken", 10'000, 7'000);
  const auto result = connection_.execute("SELECT sum(b) FROM broken()");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kDenied);
  EXPECT_EQ(result.error().what, "row refused: 7");
  EXPECT_EQ(result.error().where, "file.log:7");
  EXPECT_EQ(result.error().hint, "ask for access");
  EXPECT_TRUE(connection_.execute("SELECT 1")) << "the connection stays usable";
}

TEST_F(TableFunctionTest, AnErrorOfOpenIsTheStatementsError) {
  TableFunction function{"shut", {{"a", ColumnType::kBigint}}, {}, {}};
  function.open = [](std::span<const std::size_t>) -> Result<std::unique_ptr<Cursor>> {
    return failure(ErrorCode::kNotFound, "no logs found");
  };
  ASSERT_TRUE(register_table_function(connection_, std::move(function)));
  const auto result = connection_.execute("SELECT * FROM shut()");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(result.error().what, "no logs found");
}

TEST_F(TableFunctionTest, ExceptionsStopAtTheBorder) {
  TableFunction function{"thrower", {{"a", ColumnType::kBigint}}, {}, {}};
  function.open = [](std::span<const std::size_t>) -> Result<std::unique_ptr<Cursor>> {
    throw std::runtime_error("a bug");
  };
  ASSERT_TRUE(register_table_function(connection_, std::move(function)));
  const auto result = connection_.execute("SELECT * FROM thrower()");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().what.find("a bug"), std::string::npos);
}

TEST_F(TableFunctionTest, AResultThatIsLeftHalfReadTakesNoFunctionWithIt) {
  for (const std::string name : {"first", "second"}) {
    auto half_read = connection_.query("SELECT * FROM range(100000)");
    ASSERT_TRUE(half_read) << half_read.error().to_string();
    ASSERT_TRUE(half_read->next().value());
    add_counter(name, 3);
  }
  EXPECT_EQ(output::json_value(rows("SELECT count(*) FROM first() JOIN second() USING (b)").rows.at(0).at(0)), "3");
}

TEST_F(TableFunctionTest, BytesThatAreNoUtf8AreReplacedNotLost) {
  struct TextCursor : Cursor {
    bool done = false;
    Result<std::size_t> fill(RowWriter& out) override {
      if (std::exchange(done, true)) return 0;
      if (out.columns.empty()) return 1;
      out.columns[0].text(0, "a\xff\xc3\xa4\xc3z\xe2\x82");
      return 1;
    }
  };
  TableFunction function{"hostile", {{"a", ColumnType::kVarchar}}, {}, {}};
  function.open = [](std::span<const std::size_t>) -> Result<std::unique_ptr<Cursor>> {
    return std::make_unique<TextCursor>();
  };
  ASSERT_TRUE(register_table_function(connection_, std::move(function)));
  EXPECT_EQ(rows("SELECT a FROM hostile()").rows.at(0).at(0),
            output::Value{std::string{"a\xef\xbf\xbd\xc3\xa4\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd"}});
}

}  // namespace
}  // namespace flowtrail::engine
