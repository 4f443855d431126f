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

}  // namespace

std::unique_ptr<RowCursor> TableRows::open() const {
  return std::make_unique<TableCursor>(table_.rows);
}

std::unique_ptr<const Rows> rows_of(Table table) {
  return std::make_unique<OwnRows>(std::move(table));
}

}  // namespace flowtrail::output
