#include "tables/row_stream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "engine/database.h"

namespace flowtrail::tables {
namespace {

using engine::ColumnType;

class RowStreamTest : public testing::Test {
 protected:
  void add(const std::string& name, const RowProducer& produce) {
    engine::TableFunction function;
    function.name = name;
    function.columns = {{"n", ColumnType::kBigint},
                        {"t", ColumnType::kVarchar},
                        {"i", ColumnType::kInteger},
                        {"b", ColumnType::kBoolean}};
    function.open = [produce](std::span<const std::size_t> columns) -> Result<std::unique_ptr<engine::Cursor>> {
      const std::vector<std::size_t> asked{columns.begin(), columns.end()};
      static constexpr ColumnType kTypes[] = {ColumnType::kBigint, ColumnType::kVarchar, ColumnType::kInteger,
                                              ColumnType::kBoolean};
      std::vector<ColumnType> types;
      for (const std::size_t column : asked) types.push_back(kTypes[column]);
      return stream_rows(types, [produce, asked](RowStream& stream) { return produce(stream); });
    };
    ASSERT_TRUE(engine::register_table_function(connection_, std::move(function)));
  }

  engine::Database database_ = engine::Database::open({}).value();
  engine::Connection connection_ = database_.connect().value();
};

/// All four columns, in order.
void push(RowStream& stream, std::int64_t i) {
  RowBuffer& row = stream.row();
  row.add_number(0, i);
  if (i % 3 == 0) {
    row.add_null(1);
  } else {
    row.add_text(1, fmt::format("text number {}", i));
  }
  row.add_number(2, i % 100);
  row.add_number(3, i % 2);
  stream.end_row();
}

TEST_F(RowStreamTest, EveryRowArrivesOnceAndInOrder) {
  for (const std::int64_t rows : {0, 1, 2047, 2048, 2049, 50'000}) {
    add(fmt::format("rows_{}", rows), [rows](RowStream& stream) -> Status {
      for (std::int64_t i = 0; i < rows; ++i) push(stream, i);
      return {};
    });
    const auto table = connection_.fetch_all(fmt::format("SELECT n, t, i, b FROM rows_{}()", rows));
    ASSERT_TRUE(table) << table.error().to_string();
    ASSERT_EQ(table->rows.size(), static_cast<std::size_t>(rows));
    for (std::int64_t i = 0; i < rows; ++i) {
      const auto& row = table->rows[static_cast<std::size_t>(i)];
      ASSERT_EQ(row[0], output::Value{i});
      ASSERT_EQ(row[1], i % 3 == 0 ? output::Value{} : output::Value{fmt::format("text number {}", i)});
      ASSERT_EQ(row[2], output::Value{i % 100});
      ASSERT_EQ(row[3], output::Value{i % 2 == 1});
    }
  }
}

TEST_F(RowStreamTest, AReaderThatLeavesStopsTheProducer) {
  std::atomic<std::int64_t> produced = 0;
  std::atomic<bool> ended = false;
  add("endless", [&](RowStream& stream) -> Status {
    while (!stream.stopped()) push(stream, produced++);
    ended = true;
    return {};
  });
  {
    const auto table = connection_.fetch_all("SELECT n, t, i, b FROM endless() LIMIT 10");
    ASSERT_TRUE(table) << table.error().to_string();
    EXPECT_EQ(table->rows.size(), 10U);
  }
  EXPECT_TRUE(ended) << "the cursor's end waits for the producer";
  EXPECT_LT(produced, 200'000) << "the queue is bounded";
}

TEST_F(RowStreamTest, AnErrorOfTheProducerEndsTheStatement) {
  add("broken", [](RowStream& stream) -> Status {
    for (std::int64_t i = 0; i < 5'000; ++i) push(stream, i);
    return failure(ErrorCode::kDenied, "no access to the rest");
  });
  const auto table = connection_.fetch_all("SELECT n, t, i, b FROM broken()");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::kDenied);
  EXPECT_EQ(table.error().what, "no access to the rest");
}

TEST_F(RowStreamTest, AnExceptionOfTheProducerIsAnErrorNotTheEndOfTheProcess) {
  add("thrower", [](RowStream&) -> Status { throw std::runtime_error{"a bug"}; });
  const auto table = connection_.fetch_all("SELECT n, t, i, b FROM thrower()");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().what, "a bug");
}

}  // namespace
}  // namespace flowtrail::tables
