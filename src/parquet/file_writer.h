// A Parquet file that is written row group by row group. Format: README.md and parquet.thrift of apache/parquet-format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/error.h"
#include "parquet/chunk_encoder.h"
#include "parquet/column.h"

namespace flowtrail::parquet {

/// Not thread-safe. Memory: about 100 bytes for each column of each row group, which the footer tells. A file that is
/// not finished is no Parquet file, and stays.
class FileWriter {
 public:
  /// Makes the file, or empties it. `created_by`: `PROGRAM version NUMBER`; some readers trust the statistics of texts
  /// only where it has this form. Errors: kIo, kDenied, kNotFound, with the path; so do the others.
  [[nodiscard]] static Result<FileWriter> create(const std::filesystem::path& path, Schema schema,
                                                 std::string created_by);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&& other) noexcept;
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  ~FileWriter();

  /// `group` has a chunk for each column of the schema, and at least one row.
  [[nodiscard]] Status append(const RowGroup& group);
  /// Writes the footer and closes the file; nothing may be appended behind it. It is not yet on the disk.
  [[nodiscard]] Status finish();

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] const Schema& schema() const { return schema_; }

 private:
  FileWriter(int descriptor, std::filesystem::path path, Schema schema, std::string created_by);
  [[nodiscard]] Status write(std::string_view bytes);
  [[nodiscard]] Status close();

  int descriptor_;
  std::filesystem::path path_;
  Schema schema_;
  std::string created_by_;
  std::int64_t offset_ = 0, rows_ = 0;
  std::string entries_;  // of the row groups so far
  std::size_t entry_count_ = 0;
};

}  // namespace flowtrail::parquet
