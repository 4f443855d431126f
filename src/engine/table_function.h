// Tables whose rows our own code makes: a cursor fills typed columns, up to 2048 rows at a time, and only the columns
// that the statement asks for. Cursors are called from one DuckDB thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/utc_time.h"
#include "engine/database.h"

namespace flowtrail::engine {

enum class ColumnType : std::uint8_t { kBoolean, kInteger, kBigint, kDouble, kVarchar, kTimestamp, kVarcharList };

struct TableColumn {
  std::string name;
  ColumnType type = ColumnType::kVarchar;
};

/// Writes one column of the rows being filled. Each row must be written once (`null` counts); texts need not be UTF-8:
/// bad bytes become U+FFFD.
class ColumnWriter {
 public:
  explicit ColumnWriter(void* vector) : vector_(vector) {}

  void null(std::size_t row);
  void boolean(std::size_t row, bool value);
  void integer(std::size_t row, std::int32_t value);
  void bigint(std::size_t row, std::int64_t value);
  void real(std::size_t row, double value);
  void text(std::size_t row, std::string_view value);
  /// NULL for an empty text, which in AWS's records means "absent".
  void text_or_null(std::size_t row, std::string_view value);
  void timestamp(std::size_t row, UtcSeconds value);
  void timestamp(std::size_t row, const std::optional<UtcSeconds>& value);
  void list(std::size_t row, std::span<const std::string> values);

 private:
  void* vector_;  // duckdb_vector
};

/// The rows being filled: one writer per asked column.
struct RowWriter {
  static constexpr std::size_t kCapacity = 2048;
  /// One per entry of the `columns` that the cursor was opened with.
  std::vector<ColumnWriter> columns;
};

class Cursor {
 public:
  virtual ~Cursor() = default;
  /// Writes up to RowWriter::kCapacity rows, numbered from 0, and returns how many; 0 means the end. An error ends the
  /// statement.
  [[nodiscard]] virtual Result<std::size_t> fill(RowWriter& rows) = 0;
};

struct TableFunction {
  std::string name;
  std::vector<TableColumn> columns;
  /// Called whenever a statement names the table, before it runs; may be empty.
  std::function<void()> on_bind;
  /// Opens a cursor over `columns` (indices into `columns` above, ascending or not, maybe none).
  std::function<Result<std::unique_ptr<Cursor>>(std::span<const std::size_t> columns)> open;
  /// Called in place of `open`, where it is given, with the text of `name(filter := 'text')`; without it the text is
  /// empty. DuckDB hands no conditions of a statement to functions, so whoever writes the statement has to repeat what
  /// the cursor should leave out; the conditions themselves are still checked by DuckDB.
  std::function<Result<std::unique_ptr<Cursor>>(std::span<const std::size_t> columns, std::string_view filter)>
      open_filtered{};
};

/// Makes `SELECT ... FROM name()` work in the database of `connection`. No exception of a callback passes into DuckDB:
/// it becomes the error of the statement. Errors: kUsage if the name is taken.
[[nodiscard]] Status register_table_function(Connection& connection, TableFunction function);

}  // namespace flowtrail::engine
