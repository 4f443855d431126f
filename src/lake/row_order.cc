#include "lake/row_order.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace flowtrail::lake {

using parquet::Type;

RowOrder::RowOrder(std::span<const RowStore* const> stores, std::span<const Segment> segments,
                   const SortColumns& columns)
    : stores_(stores.begin(), stores.end()) {
  for (const RowStore* store : stores_) {
    first_block_.push_back(static_cast<std::uint32_t>(blocks_.size()));
    for (const RowStore::Block& block : store->blocks()) blocks_.push_back(&block);
  }
  for (const Segment& segment : segments) {
    for (std::size_t row = segment.begin; row < segment.end; ++row) {
      const std::size_t block = first_block_[segment.store] + row / kGroupRows;
      rows_.push_back(static_cast<Row>(block << kRowBits | row % kGroupRows));
    }
  }
  std::vector<std::size_t> ends{rows_.size()};
  if (columns.interface) ends = sort_by_text(*columns.interface);
  if (!columns.start) return;
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    sort_by_number(std::span(rows_).subspan(begin, end - begin), *columns.start);
    begin = end;
  }
}

/// Returns where the rows of each text end.
std::vector<std::size_t> RowOrder::sort_by_text(std::size_t column) {
  if (stores_.empty()) return {};
  const parquet::TextDictionary& dictionary = stores_.front()->dictionary();
  const auto code_of = [&](Row row) { return cells(row, column).codes[in_block(row)]; };
  std::vector<std::size_t> counts(dictionary.size());
  for (const Row row : rows_) ++counts[code_of(row)];
  std::vector<std::uint32_t> codes;
  for (std::uint32_t code = 1; code < counts.size(); ++code) {
    if (counts[code] > 0) codes.push_back(code);
  }
  std::ranges::sort(codes, {}, [&](std::uint32_t code) { return dictionary.text(code); });
  codes.push_back(parquet::TextDictionary::kNull);
  std::vector<std::size_t> ends;
  std::size_t next = 0;
  for (const std::uint32_t code : codes) {
    next += std::exchange(counts[code], next);  // from here on: where the next row of this text goes
    ends.push_back(next);
  }
  std::vector<Row> sorted(rows_.size());
  for (const Row row : rows_) sorted[counts[code_of(row)]++] = row;
  rows_ = std::move(sorted);
  return ends;
}

void RowOrder::sort_by_number(std::span<Row> rows, std::size_t column) const {
  std::vector<std::pair<std::int64_t, Row>> keys;
  keys.reserve(rows.size());
  for (const Row row : rows) {
    const RowStore::Cells& at = cells(row, column);
    const bool is_null = at.nulls && at.nulls[in_block(row)] != 0;
    keys.emplace_back(is_null ? std::numeric_limits<std::int64_t>::max() : at.wide[in_block(row)], row);
  }
  if (std::ranges::is_sorted(keys, {}, &std::pair<std::int64_t, Row>::first)) return;
  std::ranges::stable_sort(keys, {}, &std::pair<std::int64_t, Row>::first);
  std::ranges::transform(keys, rows.begin(), &std::pair<std::int64_t, Row>::second);
}

RowOrder::Place RowOrder::place(std::size_t at) const {
  const std::uint32_t block = rows_[at] >> kRowBits;
  const auto store = static_cast<std::size_t>(std::ranges::upper_bound(first_block_, block) - first_block_.begin()) - 1;
  return {store, block - first_block_[store], in_block(rows_[at])};
}

parquet::RowGroup RowOrder::Encoder::encode(std::size_t begin, std::size_t end) {
  parquet::RowGroup group;
  const auto rows = std::span(order_.rows_).subspan(begin, end - begin);
  for (std::size_t column = 0; column < order_.stores_.front()->types().size(); ++column) {
    add_column(rows, column, group);
  }
  return group;
}

void RowOrder::Encoder::add_column(std::span<const Row> rows, std::size_t column, parquet::RowGroup& group) {
  const auto gather = [&](auto& to, auto RowStore::Cells::* array) {
    to.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) to[i] = (order_.cells(rows[i], column).*array)[in_block(rows[i])];
  };
  const Type type = order_.stores_.front()->types()[column];
  if (type == Type::kText) {
    gather(codes_, &RowStore::Cells::codes);
    return chunks_.add(parquet::TextValues{codes_, &order_.stores_.front()->dictionary()}, group);
  }
  nulls_.clear();
  const auto has_nulls = [&](const RowStore::Block* block) { return (*block)[column].nulls != nullptr; };
  if (std::ranges::any_of(order_.blocks_, has_nulls)) {
    for (const Row row : rows) {
      const auto& nulls = order_.cells(row, column).nulls;
      nulls_.push_back(nulls ? nulls[in_block(row)] : 0);
    }
  }
  if (type == Type::kInt32) {
    gather(narrow_, &RowStore::Cells::narrow);
    return chunks_.add(parquet::Int32Values{narrow_, nulls_}, group);
  }
  gather(wide_, &RowStore::Cells::wide);
  chunks_.add(parquet::Int64Values{wide_, nulls_}, group);
}

}  // namespace flowtrail::lake
