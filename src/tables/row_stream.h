// Turns code that pushes rows into a cursor that DuckDB pulls from: the producer runs on its own thread and writes rows
// into buffers; at most a few full buffers wait at any time, so memory is bounded however slow the reader is.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "engine/table_function.h"

namespace flowtrail::tables {

/// Rows as typed columns (what is written at once: up to RowWriter::kCapacity): BOOLEAN, INTEGER, BIGINT and VARCHAR.
/// Each row writes each column once.
class RowBuffer {
 public:
  explicit RowBuffer(const std::vector<engine::ColumnType>& types);

  void add_null(std::size_t column);
  void add_number(std::size_t column, std::int64_t value);
  void add_text(std::size_t column, std::string_view value);
  void end_row() { ++size_; }
  /// All columns of a row of a buffer of the same types; without ending the row.
  void add_row(const RowBuffer& from, std::size_t row);

  [[nodiscard]] std::size_t size() const { return size_; }
  void write(engine::RowWriter& rows) const;

 private:
  struct Column {
    engine::ColumnType type;
    std::vector<std::int64_t> numbers;  // the value; for texts where they end in `texts`
    std::vector<std::uint8_t> nulls;
    std::string texts;
  };
  void write_column(const Column& column, engine::ColumnWriter& writer) const;

  std::vector<Column> columns_;
  std::size_t size_ = 0;
};

/// The producer's end.
class RowStream {
 public:
  virtual ~RowStream() = default;
  /// Where the next row goes.
  [[nodiscard]] virtual RowBuffer& row() = 0;
  /// Ends the row; waits while too many rows are unread.
  virtual void end_row() = 0;
  /// True when nobody will read further rows: the producer should return soon.
  [[nodiscard]] virtual bool stopped() const = 0;
};

/// Runs to the end of the rows, or until `stopped`. An error ends the statement after the rows before it.
using RowProducer = std::function<Status(RowStream&)>;

/// A cursor over what `produce` pushes. Its thread starts at once and is joined by the destructor.
[[nodiscard]] std::unique_ptr<engine::Cursor> stream_rows(std::vector<engine::ColumnType> types, RowProducer produce);

}  // namespace flowtrail::tables
