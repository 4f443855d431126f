// Rows of a result that may be larger than memory: they are made while they are gone through, each time anew.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/error.h"
#include "output/result_table.h"

namespace flowtrail::output {

/// One pass over rows.
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  /// The next row, valid until the next call; nullptr at the end. Errors: kIo, where rows were put away on disk.
  [[nodiscard]] virtual Result<const Row*> next() = 0;
};

class Rows {
 public:
  virtual ~Rows() = default;
  [[nodiscard]] virtual const std::vector<Column>& columns() const = 0;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// The rows must outlive it. Each pass gives the same rows in the same order.
  [[nodiscard]] virtual std::unique_ptr<RowCursor> open() const = 0;
  /// The rows from number `first` up to `last`, which are within `size`. May be asked for, and gone through, on several
  /// threads at once. Nothing where a row is only found by going through those before it.
  [[nodiscard]] virtual std::unique_ptr<RowCursor> open_part(std::uint64_t /*first*/, std::uint64_t /*last*/) const {
    return nullptr;
  }
};

/// The rows of a table that is there as a whole; it must outlive them and stay as it is.
class TableRows : public Rows {
 public:
  explicit TableRows(const Table& table) : table_(table) {}
  [[nodiscard]] const std::vector<Column>& columns() const override { return table_.columns; }
  [[nodiscard]] std::uint64_t size() const override { return table_.rows.size(); }
  [[nodiscard]] std::unique_ptr<RowCursor> open() const override;

 private:
  const Table& table_;
};

/// The same, with the table.
[[nodiscard]] std::unique_ptr<const Rows> rows_of(Table table);

/// `size` rows, each made by `make`, which gets its number from 0 on, while they are gone through. Several threads may
/// call `make` at once.
[[nodiscard]] std::unique_ptr<const Rows> rows_made(std::vector<Column> columns, std::uint64_t size,
                                                    std::function<Row(std::uint64_t number)> make);

}  // namespace flowtrail::output
