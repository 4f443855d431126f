// Parquet flow logs for the flow-log reader: those of a lake by our own reader, others through a database that is
// opened when the first of them comes.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/database.h"
#include "flowlog/reader.h"

namespace flowtrail::tables {

/// The rows of Parquet files. Thread-safe. Without conditions, files that flowtrail wrote are read by its own reader,
/// any number at a time; all others by a database, one at a time, with at most 256 MB. Rows that cannot pass `filter`
/// may be left out, by the statistics of their row group or one by one. Of a damaged file of flowtrail the row groups
/// are read that can be.
[[nodiscard]] flowlog::ParquetReader parquet_reader(const flowlog::Filter& filter = {});

/// What `ingest::Options::parquet` wants: all rows, and for files that flowtrail wrote their columns. Thread-safe.
[[nodiscard]] flowlog::ParquetFiles parquet_files();

/// A connection for Parquet files that opens on first use.
class ParquetConnection {
 public:
  [[nodiscard]] Status read(
      const std::filesystem::path& path,
      const std::function<void(const flowlog::Header&, std::span<const std::string_view>, std::uint64_t row)>& sink,
      const flowlog::Filter& filter = {});
  [[nodiscard]] Result<std::vector<std::string>> column_names(const std::filesystem::path& path);

 private:
  Result<engine::Connection*> connection();

  std::mutex mutex_;
  std::optional<engine::Database> database_;
  std::optional<engine::Connection> connection_;
};

}  // namespace flowtrail::tables
