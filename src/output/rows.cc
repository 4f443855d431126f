#include "output/rows.h"

#include <span>
#include <utility>

namespace flowtrail::output {
namespace {

class TableCursor : public RowCursor {
 public:
  explicit TableCursor(std::span<const Row> rows) : rows_(rows) {}
  Result<const Row*> next() override {
    if (rows_.empty()) return nullptr;
    const Row* const row = &rows_.front();
    rows_ = rows_.subspan(1);
    return row;
  }

 private:
  std::span<const Row> rows_;
};

struct HeldTable {
  Table table;
};

class OwnRows : HeldTable, public TableRows {  // the table is there before its rows
 public:
  explicit OwnRows(Table held) : HeldTable{std::move(held)}, TableRows(table) {}
};

class MadeRows : public Rows {
 public:
  MadeRows(std::vector<Column> columns, std::uint64_t size, std::function<Row(std::uint64_t)> make)
      : columns_(std::move(columns)), size_(size), make_(std::move(make)) {}
  [[nodiscard]] const std::vector<Column>& columns() const override { return columns_; }
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] std::unique_ptr<RowCursor> open() const override { return open_part(0, size_); }
  [[nodiscard]] std::unique_ptr<RowCursor> open_part(std::uint64_t first, std::uint64_t last) const override {
    return std::make_unique<Cursor>(*this, first, last);
  }

 private:
  class Cursor : public RowCursor {
   public:
    Cursor(const MadeRows& of, std::uint64_t first, std::uint64_t last) : of_(of), number_(first), last_(last) {}
    Result<const Row*> next() override {
      if (number_ == last_) return nullptr;
      row_ = of_.make_(number_++);
      return &row_;
    }

   private:
    const MadeRows& of_;
    std::uint64_t number_, last_;
    Row row_;
  };

  std::vector<Column> columns_;
  std::uint64_t size_;
  std::function<Row(std::uint64_t)> make_;
};

}  // namespace

std::unique_ptr<RowCursor> TableRows::open() const {
  return std::make_unique<TableCursor>(table_.rows);
}

std::unique_ptr<const Rows> rows_of(Table table) {
  return std::make_unique<OwnRows>(std::move(table));
}

std::unique_ptr<const Rows> rows_made(std::vector<Column> columns, std::uint64_t size,
                                      std::function<Row(std::uint64_t number)> make) {
  return std::make_unique<MadeRows>(std::move(columns), size, std::move(make));
}

}  // namespace flowtrail::output
