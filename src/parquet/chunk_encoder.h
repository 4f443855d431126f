// Encodes the columns of a row group: codes of a dictionary where values repeat, else the values as they are;
// definition levels, least and greatest values, zstd. Format: Encodings.md and README.md of apache/parquet-format; what
// is written is of version 1, which all readers know.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "parquet/column.h"
#include "parquet/metadata.h"

struct ZSTD_CCtx_s;

namespace flowtrail::parquet {

struct PageLimits {
  std::size_t rows = 65'536;
  std::size_t bytes = std::size_t{1} << 20U;  // of texts as they are; a page has at least one row
};

/// The pages of one row group, in the order of the columns.
struct RowGroup {
  std::int64_t rows = 0;
  std::string bytes;
  std::vector<ChunkMetadata> chunks;
};

/// Not thread-safe: one for each thread, and for many row groups, because it keeps its memory. Besides the result that
/// is about 20 bytes a row and 4 bytes a text of the dictionary.
class ChunkEncoder {
 public:
  explicit ChunkEncoder(PageLimits limits = {});
  ~ChunkEncoder();
  ChunkEncoder(const ChunkEncoder&) = delete;
  ChunkEncoder& operator=(const ChunkEncoder&) = delete;

  /// Appends the next column to `group`; all columns of a group have the same number of rows, which is below 2^31.
  /// Cost: 5 to 10 ns a value.
  void add(const ColumnValues& values, RowGroup& group);

 private:
  struct Chunk {
    RowGroup& group;
    ChunkMetadata metadata;
  };
  struct Slot {
    std::int64_t number = 0;
    std::uint32_t code = kFree;
  };
  static constexpr std::uint32_t kFree = 0xffffffff;
  template <typename Number>
  using Numbers = std::vector<Number>;
  using NumbersOfEachType = std::tuple<Numbers<std::int32_t>, Numbers<std::int64_t>>;
  struct ContextDeleter {
    void operator()(ZSTD_CCtx_s* context) const;
  };

  void add_values(const TextValues& values, Chunk& chunk);
  template <typename Number>
  void add_values(const NumberValues<Number>& values, Chunk& chunk);

  void find_text_codes(const TextValues& values);
  [[nodiscard]] std::size_t note_texts(const TextDictionary& dictionary, Statistics& statistics);
  template <typename Number>
  [[nodiscard]] std::span<const Number> without_nulls(const NumberValues<Number>& values);
  template <typename Number>
  [[nodiscard]] bool find_number_codes(std::span<const Number> numbers);
  template <typename Number>
  void grow_slots(const Numbers<Number>& distinct);

  void write_dictionary(Chunk& chunk, std::size_t distinct);
  template <typename AppendValues>
  void write_pages(Chunk& chunk, const AppendValues& append_values);
  void write_coded_pages(Chunk& chunk, std::size_t distinct);
  void set_page_ends(std::size_t rows);
  void set_page_ends(std::size_t rows, const TextDictionary& dictionary);
  void append_levels(std::size_t begin, std::size_t end);
  void finish_page(Chunk& chunk, std::size_t values, bool is_dictionary);

  PageLimits limits_;
  std::unique_ptr<ZSTD_CCtx_s, ContextDeleter> context_;
  std::string page_;  // that is being made
  std::string compressed_;
  std::vector<std::size_t> page_ends_;      // in rows
  std::vector<std::uint32_t> levels_;       // of each row: 1 for a value, 0 for NULL; empty if there is no NULL
  std::vector<std::uint32_t> codes_;        // of each value that is not NULL: its place among the distinct ones
  std::vector<std::uint32_t> distinct_;     // texts, as codes in their dictionary
  std::vector<std::uint32_t> chunk_codes_;  // of each text of the dictionary: one more than its place, or 0
  NumbersOfEachType distinct_numbers_;
  NumbersOfEachType dense_numbers_;
  std::vector<Slot> slots_;  // places of distinct numbers; a power of two, at most half full
};

}  // namespace flowtrail::parquet
