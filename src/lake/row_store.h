// Rows that one thread has collected, as columns in blocks; texts are codes of one dictionary. Row groups are encoded
// from it, as they came or in an order.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/short_text.h"
#include "parquet/chunk_encoder.h"
#include "parquet/column.h"
#include "parquet/text_dictionary.h"

namespace flowtrail::lake {

/// Rows of a row group, and of a block: a file of a hundred megabytes has a few dozen, so that readers have something
/// to leave out and something to share among threads.
inline constexpr std::size_t kGroupRows = 61'440;

/// Not thread-safe.
class RowStore {
 public:
  /// One column of one block: the array of its type, with room for kGroupRows values.
  struct Cells {
    std::unique_ptr<std::uint32_t[]> codes;
    std::unique_ptr<std::int32_t[]> narrow;
    std::unique_ptr<std::int64_t[]> wide;
    std::unique_ptr<std::uint8_t[]> nulls;  // of numbers; made with the first NULL of the block
  };
  using Block = std::vector<Cells>;  // by column

  explicit RowStore(std::vector<parquet::Type> types);

  /// Each row gets one value a column, then `end_row`.
  void add_null(std::size_t column);
  void add_number(std::size_t column, std::int64_t value) {
    const Writing& to = writing_[column];
    if (to.narrow != nullptr) {
      to.narrow[row_] = static_cast<std::int32_t>(value);
    } else {
      to.wide[row_] = value;
    }
  }
  void add_text(std::size_t column, std::string_view text) {
    Writing& to = writing_[column];
    if (to.last_code == parquet::TextDictionary::kNull || !is_same(text, to.last_text)) note_text(to, text);
    to.codes[row_] = to.last_code;
  }
  /// A text by its code.
  void add_code(std::size_t column, std::uint32_t code) { writing_[column].codes[row_] = code; }
  /// The code that the row has got in a column of texts.
  [[nodiscard]] std::uint32_t code_in_row(std::size_t column) const { return writing_[column].codes[row_]; }
  void end_row() {
    if (++row_ == kGroupRows) row_ = kNoBlock;
  }
  /// Before the first value of a row.
  void begin_row() {
    if (row_ == kNoBlock) add_block();
  }

  [[nodiscard]] std::size_t rows() const;
  /// Memory that its rows and texts take.
  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] const std::vector<parquet::Type>& types() const { return types_; }
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  [[nodiscard]] const parquet::TextDictionary& dictionary() const { return dictionary_; }
  /// The values of a column of one block.
  [[nodiscard]] parquet::ColumnValues values(std::size_t block, std::size_t column) const;

  /// The code of a text, which is kept if it is new. It is good until `forgotten` changes.
  [[nodiscard]] std::uint32_t code(std::string_view text) { return dictionary_.code(text); }
  /// How often the texts were forgotten.
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }
  /// Makes all codes those of the other store: `codes` has for each of the own codes the one there.
  /// The own texts are forgotten, and no rows can be added.
  void recode(std::span<const std::uint32_t> codes);

  /// Forgets the rows but keeps a block; the texts as well, if they take more than `texts` bytes.
  void clear(std::size_t texts);

 private:
  struct Writing {
    std::uint32_t* codes = nullptr;
    std::int32_t* narrow = nullptr;
    std::int64_t* wide = nullptr;
    std::uint32_t last_code = parquet::TextDictionary::kNull;
    std::string_view last_text;  // of the dictionary
  };
  static constexpr std::size_t kNoBlock = kGroupRows;

  void add_block();
  void write_to(const Block& block);
  void note_text(Writing& to, std::string_view text);
  void forget_texts();

  std::vector<parquet::Type> types_;
  std::size_t row_bytes_ = 0;
  std::vector<Block> blocks_;
  std::vector<Writing> writing_;  // by column, in the last block
  std::size_t row_ = kNoBlock;    // in the last block
  parquet::TextDictionary dictionary_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace flowtrail::lake
