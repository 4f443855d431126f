// Rows that do not fit into memory: sorted parts of them ("runs") in a temporary file, and all runs merged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "lake/row_order.h"
#include "parquet/column.h"

namespace flowtrail::lake {

/// One value of a row that was read back.
struct StoredValue {
  bool is_null = true;
  std::int64_t number = 0;
  std::string_view text;  // valid during the call
};

struct StoredRow {
  std::uint32_t object = 0;
  std::vector<StoredValue> values;  // by column
};

/// A file without a name: it is gone with this object or with the process. Not thread-safe.
class RunFile {
 public:
  struct Run {
    std::int64_t begin = 0, end = 0;  // bytes
  };

  /// `path`: a name that nothing else has, for a moment. Errors: kIo, kDenied, kNotFound, with the path.
  [[nodiscard]] static Result<RunFile> create(const std::filesystem::path& path);
  RunFile(RunFile&& other) noexcept;
  RunFile& operator=(RunFile&& other) noexcept;
  RunFile(const RunFile&) = delete;
  RunFile& operator=(const RunFile&) = delete;
  ~RunFile();

  /// Writes all rows of `store` as one run, sorted by `columns`. `segments` are those of the store, one behind the
  /// other. Errors: kIo.
  [[nodiscard]] Status append(const RowStore& store, std::span<const Segment> segments, const SortColumns& columns);

  [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  RunFile(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::filesystem::path path_;  // as it was, for messages
  std::vector<Run> runs_;
};

/// Passes the rows of all runs of all files to `sink` in one order: by `columns`, then by object, then as they came in
/// each object, whose rows have to be in one file. Memory: 32 MiB, or 16 KiB a run if that is more. Errors: kIo, and
/// those of `sink`.
[[nodiscard]] Status merge_runs(std::span<const RunFile> files, const std::vector<parquet::Type>& types,
                                const SortColumns& columns, const std::function<Status(const StoredRow& row)>& sink);

}  // namespace flowtrail::lake
