#include "tables/row_stream.h"

#include <exception>
#include <utility>

namespace flowtrail::tables {
namespace {

constexpr std::size_t kBuffersWaiting = 4;

/// The queue between the two threads; `mutex_` guards all but `filling_`, which is the producer's alone.
class StreamCursor : public engine::Cursor, private RowStream {
 public:
  StreamCursor(std::vector<engine::ColumnType> types, RowProducer produce)
      : types_(std::move(types)), produce_(std::move(produce)), filling_(types_) {
    thread_ = std::jthread{[this](std::stop_token stop) { run(std::move(stop)); }};
  }
  ~StreamCursor() override {
    thread_ = {};  // stops and joins
    // Rows are taken by a thread of the engine's and the cursor is given up by another; that the one comes before the
    // other must not hang on how the engine tells its threads.
    const std::scoped_lock lock{mutex_};
  }
  StreamCursor(const StreamCursor&) = delete;
  StreamCursor& operator=(const StreamCursor&) = delete;

  Result<std::size_t> fill(engine::RowWriter& rows) override {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !waiting_.empty() || finished_; });
    if (waiting_.empty()) {
      FT_CHECK(outcome_);
      return 0;
    }
    const RowBuffer buffer = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    changed_.notify_all();
    buffer.write(rows);
    return buffer.size();
  }

 private:
  void run(std::stop_token stop) {
    stop_ = std::move(stop);
    Status outcome;
    try {
      outcome = produce_(*this);
    } catch (const std::exception& exception) {  // a bug must not end the process from a thread
      outcome = failure(ErrorCode::kIo, "{}", exception.what());
    }
    if (filling_.size() > 0) pass_on();
    const std::scoped_lock lock{mutex_};
    outcome_ = std::move(outcome);
    finished_ = true;
    changed_.notify_all();
  }

  RowBuffer& row() override { return filling_; }

  void end_row() override {
    filling_.end_row();
    if (filling_.size() == engine::RowWriter::kCapacity) pass_on();
  }

  [[nodiscard]] bool stopped() const override { return stop_.stop_requested(); }

  void pass_on() {
    RowBuffer full = std::exchange(filling_, RowBuffer{types_});
    std::unique_lock lock{mutex_};
    if (!changed_.wait(lock, stop_, [this] { return waiting_.size() < kBuffersWaiting; })) return;
    waiting_.push_back(std::move(full));
    changed_.notify_all();
  }

  std::vector<engine::ColumnType> types_;
  RowProducer produce_;
  RowBuffer filling_;
  std::stop_token stop_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<RowBuffer> waiting_;
  bool finished_ = false;
  Status outcome_;
  std::jthread thread_;
};

}  // namespace

RowBuffer::RowBuffer(const std::vector<engine::ColumnType>& types) {
  for (const engine::ColumnType type : types) {
    Column& column = columns_.emplace_back(Column{type, {}, {}, {}});
    column.numbers.reserve(engine::RowWriter::kCapacity);
    column.nulls.reserve(engine::RowWriter::kCapacity);
  }
}

void RowBuffer::add_null(std::size_t column) {
  Column& c = columns_[column];
  c.numbers.push_back(c.type == engine::ColumnType::kVarchar ? static_cast<std::int64_t>(c.texts.size()) : 0);
  c.nulls.push_back(1);
}

void RowBuffer::add_number(std::size_t column, std::int64_t value) {
  columns_[column].numbers.push_back(value);
  columns_[column].nulls.push_back(0);
}

void RowBuffer::add_text(std::size_t column, std::string_view value) {
  Column& c = columns_[column];
  c.texts += value;
  c.numbers.push_back(static_cast<std::int64_t>(c.texts.size()));
  c.nulls.push_back(0);
}

void RowBuffer::add_row(const RowBuffer& from, std::size_t row) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = from.columns_[i];
    const std::int64_t number = column.numbers[row];
    if (column.nulls[row] != 0) {
      add_null(i);
    } else if (column.type == engine::ColumnType::kVarchar) {
      const auto begin = static_cast<std::size_t>(row == 0 ? 0 : column.numbers[row - 1]);
      add_text(i, std::string_view{column.texts}.substr(begin, static_cast<std::size_t>(number) - begin));
    } else {
      add_number(i, number);
    }
  }
}

void RowBuffer::write(engine::RowWriter& rows) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) write_column(columns_[i], rows.columns[i]);
}

void RowBuffer::write_column(const Column& column, engine::ColumnWriter& writer) const {
  std::size_t text_start = 0;
  for (std::size_t row = 0; row < size_; ++row) {
    const std::int64_t number = column.numbers[row];
    if (column.nulls[row] != 0) {
      writer.null(row);
      continue;
    }
    switch (column.type) {
      case engine::ColumnType::kBoolean: writer.boolean(row, number != 0); break;
      case engine::ColumnType::kInteger: writer.integer(row, static_cast<std::int32_t>(number)); break;
      case engine::ColumnType::kVarchar: {
        const auto end = static_cast<std::size_t>(number);
        writer.text(row, std::string_view{column.texts}.substr(text_start, end - text_start));
        text_start = end;
        break;
      }
      default: writer.bigint(row, number); break;
    }
  }
}

std::unique_ptr<engine::Cursor> stream_rows(std::vector<engine::ColumnType> types, RowProducer produce) {
  return std::make_unique<StreamCursor>(std::move(types), std::move(produce));
}

}  // namespace flowtrail::tables
