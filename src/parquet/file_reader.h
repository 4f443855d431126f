// Reads the files of FileWriter, and nothing else: whole columns of row groups, as codes of their distinct values.
// Files of other programs are for the embedded engine.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "parquet/column.h"

struct ZSTD_DCtx_s;

namespace flowtrail::parquet {

/// The values of one column of a row group: most values repeat, so each row has a code, and each code a value. Two
/// codes may have the same value.
class CodedColumn {
 public:
  /// Of each row; 0 for NULL.
  [[nodiscard]] std::span<const std::uint32_t> codes() const { return codes_; }
  /// By code, if the column is of texts; the first one is empty. Good until the next row group is read into this.
  [[nodiscard]] std::span<const std::string_view> texts() const { return texts_; }
  /// By code, if the column is of numbers; the first one is 0.
  [[nodiscard]] std::span<const std::int64_t> numbers() const { return numbers_; }

 private:
  friend class FileReader;
  void clear();
  [[nodiscard]] std::size_t values() const { return std::max(texts_.size(), numbers_.size()); }

  std::vector<std::uint32_t> codes_;
  std::vector<std::string_view> texts_;
  std::vector<std::int64_t> numbers_;
  std::size_t distinct_ = 0;       // values of the dictionary
  std::deque<std::string> pages_;  // the first `used_pages_` of them hold the texts; they never move
  std::size_t used_pages_ = 0;
};

/// Not thread-safe. Memory: that of a row group.
class FileReader {
 public:
  /// Errors: kNotFound, kDenied, kIo; kUnsupported for a file that FileWriter did not make; kCorrupt.
  [[nodiscard]] static Result<FileReader> open(const std::filesystem::path& path);
  FileReader(FileReader&& other) noexcept;
  FileReader& operator=(FileReader&& other) noexcept;
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;
  ~FileReader();

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  [[nodiscard]] std::size_t groups() const { return groups_.size(); }
  [[nodiscard]] std::size_t rows(std::size_t group) const { return groups_[group].rows; }

  /// Reads one column of a row group. Errors: kCorrupt, kIo.
  [[nodiscard]] Status read(std::size_t group, std::size_t column, CodedColumn& values);

 private:
  struct Chunk {
    Type type = Type::kText;
    std::uint64_t begin = 0, size = 0;  // of its pages in the file
    std::uint64_t values = 0;
  };
  struct Group {
    std::size_t rows = 0;
    std::vector<Chunk> chunks;
  };
  struct Page;
  struct ContextDeleter {
    void operator()(ZSTD_DCtx_s* context) const;
  };

  explicit FileReader(int descriptor);
  [[nodiscard]] Status read_footer();
  [[nodiscard]] Status parse_footer(std::string_view footer, std::uint64_t pages_end);
  [[nodiscard]] Status read_bytes(std::uint64_t offset, std::size_t size, std::string& bytes) const;
  [[nodiscard]] static Status read_page_head(std::string_view bytes, std::size_t& at, Page& page);
  [[nodiscard]] Status decompress(std::string_view bytes, std::size_t size, std::string& page);
  [[nodiscard]] Status add_data(std::string_view bytes, const Page& page, Type type, CodedColumn& column);
  [[nodiscard]] static Status add_codes(std::string_view bytes, bool is_coded, Type type,
                                        std::span<std::uint32_t> codes, CodedColumn& column);

  int descriptor_;
  std::unique_ptr<ZSTD_DCtx_s, ContextDeleter> context_;
  std::vector<Column> columns_;
  std::vector<Group> groups_;
  // Kept for their memory.
  std::string bytes_;  // of a chunk
  std::string page_;
  std::vector<std::uint32_t> levels_;  // of a page
  std::vector<std::uint32_t> codes_;
};

}  // namespace flowtrail::parquet
