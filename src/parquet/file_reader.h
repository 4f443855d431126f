// Reads the files of FileWriter, and nothing else: whole row groups, every value as text. Files of other programs are
// for the embedded engine.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "parquet/column.h"

struct ZSTD_DCtx_s;

namespace flowtrail::parquet {

/// The values of one column of a row group.
class ColumnTexts {
 public:
  /// The text of a row; numbers in decimal digits, and `null` for NULL. Good until the next row group is read into
  /// this.
  [[nodiscard]] std::string_view text(std::size_t row) const { return texts_[codes_[row]]; }

 private:
  friend class FileReader;
  std::vector<std::uint32_t> codes_;     // of each row: 0 for NULL
  std::vector<std::string_view> texts_;  // by code
  std::deque<std::string> pages_;        // that the texts are in; they never move
  std::vector<char> digits_;             // of numbers
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

  /// Reads one column of a row group. `null` outlives `texts`. Errors: kCorrupt, kIo.
  [[nodiscard]] Status read(std::size_t group, std::size_t column, std::string_view null, ColumnTexts& texts);

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
  [[nodiscard]] Status next_page(std::string_view bytes, std::size_t& at, Page& page);
  [[nodiscard]] static Status add_dictionary(const Page& page, Type type, ColumnTexts& texts);
  [[nodiscard]] Status add_data(const Page& page, Type type, ColumnTexts& texts);

  int descriptor_;
  std::unique_ptr<ZSTD_DCtx_s, ContextDeleter> context_;
  std::vector<Column> columns_;
  std::vector<Group> groups_;
  std::string bytes_;                  // of a chunk
  std::vector<std::uint32_t> levels_;  // of a page
  std::vector<std::uint32_t> codes_;
};

}  // namespace flowtrail::parquet
