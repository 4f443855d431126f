// The rows of several stores in one order, and row groups encoded in it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "lake/row_store.h"
#include "parquet/chunk_encoder.h"

namespace flowtrail::lake {

/// The rows of one object, or of a part of it: [begin, end) of a store.
struct Segment {
  std::uint32_t object = 0;
  std::uint32_t store = 0;
  std::size_t begin = 0, end = 0;
};

/// Columns to sort by, ascending, NULL last.
struct SortColumns {
  std::optional<std::size_t> interface;  // a text
  std::optional<std::size_t> start;      // a wide number
};

class RowOrder {
 public:
  /// `stores` share the dictionary of the first (RowStore::recode) and outlive the order. Rows that are equal in the
  /// columns stay in the order of `segments`. Cost: about 50 ns a row; memory 8 bytes a row.
  RowOrder(std::span<const RowStore* const> stores, std::span<const Segment> segments, const SortColumns& columns);

  [[nodiscard]] std::size_t rows() const { return rows_.size(); }

  /// Where row `at` of the order is.
  struct Place {
    std::size_t store, block, row;
  };
  [[nodiscard]] Place place(std::size_t at) const;

  /// Encodes rows [begin, end) of the order. One for each thread.
  class Encoder {
   public:
    explicit Encoder(const RowOrder& order) : order_(order) {}
    [[nodiscard]] parquet::RowGroup encode(std::size_t begin, std::size_t end);

   private:
    void add_column(std::span<const std::uint32_t> rows, std::size_t column, parquet::RowGroup& group);

    const RowOrder& order_;
    parquet::ChunkEncoder chunks_;
    std::vector<std::uint32_t> codes_;
    std::vector<std::int32_t> narrow_;
    std::vector<std::int64_t> wide_;
    std::vector<std::uint8_t> nulls_;
  };

 private:
  /// A row: the number of its block among those of all stores, and its number there.
  static constexpr unsigned kRowBits = 16;
  static_assert(kGroupRows <= std::size_t{1} << kRowBits);
  using Row = std::uint32_t;

  [[nodiscard]] const RowStore::Cells& cells(Row row, std::size_t column) const {
    return (*blocks_[row >> kRowBits])[column];
  }
  static std::size_t in_block(Row row) { return row & ((Row{1} << kRowBits) - 1); }
  [[nodiscard]] std::vector<std::size_t> sort_by_text(std::size_t column);
  void sort_by_number(std::span<Row> rows, std::size_t column) const;

  std::vector<const RowStore*> stores_;
  std::vector<const RowStore::Block*> blocks_;
  std::vector<std::uint32_t> first_block_;  // of each store
  std::vector<Row> rows_;
};

}  // namespace flowtrail::lake
