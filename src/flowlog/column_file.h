// Flow records that a file holds by column, each value once: how the files of a lake are handed to the reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "source/inventory.h"

namespace flowtrail::flowlog {

/// The values of one column of a row group: a code for each row, and what it stands for, a text or a number. Code 0 is
/// NULL, and has a value, too (empty, 0).
struct ColumnValues {
  std::span<const std::uint32_t> codes;     // by row
  std::span<const std::string_view> texts;  // by code; empty for a column of numbers
  std::span<const std::int64_t> numbers;    // by code; empty for a column of texts
};

/// Not thread-safe.
class ColumnFile {
 public:
  ColumnFile() = default;
  virtual ~ColumnFile() = default;
  ColumnFile(const ColumnFile&) = delete;
  ColumnFile& operator=(const ColumnFile&) = delete;

  /// Of all columns, dashed.
  [[nodiscard]] virtual const std::vector<std::string>& names() const = 0;
  [[nodiscard]] virtual std::size_t groups() const = 0;
  [[nodiscard]] virtual std::size_t rows(std::size_t group) const = 0;
  /// Good until the same column is read again. Errors: kCorrupt, kIo.
  [[nodiscard]] virtual Result<ColumnValues> read(std::size_t group, std::size_t column) = 0;
};

/// Opens an object; nullptr if it is no such file, or none that can be read: reading its rows tells why. Called by
/// several threads at a time.
using ColumnFileOpener = std::function<std::unique_ptr<ColumnFile>(const source::Object& object)>;

}  // namespace flowtrail::flowlog
