// Tables of any of Trino's types whose rows our own code makes, value by value, on several threads. Where flat columns
// and speed are wanted, see table_function.h.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/database.h"
#include "trino/type.h"
#include "trino/value.h"

namespace flowtrail::engine {

struct ValueColumn {
  std::string name;
  trino::Type type;
};

/// Used by one thread.
class ValueCursor {
 public:
  virtual ~ValueCursor() = default;
  /// Fills one value per asked column; false at the end. An error ends the statement.
  [[nodiscard]] virtual Result<bool> next(std::span<trino::Value> row) = 0;
};

/// One reading of the table, shared by all of its threads.
class ValueScan {
 public:
  virtual ~ValueScan() = default;
  /// How many cursors can be of use.
  [[nodiscard]] virtual std::size_t most_cursors() const = 0;
  /// The cursors together give every row once. Thread-safe.
  [[nodiscard]] virtual Result<std::unique_ptr<ValueCursor>> open_cursor() = 0;
};

struct ValueTable {
  std::string name;
  std::vector<ValueColumn> columns;
  /// Begins a reading of `columns` (indices into `columns` above; maybe none) with the text of
  /// `name(filter := 'text')`, else an empty one.
  std::function<Result<std::shared_ptr<ValueScan>>(std::vector<std::size_t> columns, std::string_view filter)> open;
};

/// Makes `SELECT ... FROM name()` work in the database of `connection`. Errors: kUsage if the name is taken.
[[nodiscard]] Status register_value_table(Connection& connection, ValueTable table);

}  // namespace flowtrail::engine
