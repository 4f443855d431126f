#include "lake/row_store.h"

#include <algorithm>
#include <utility>

namespace flowtrail::lake {

using parquet::Type;

RowStore::RowStore(std::vector<Type> types) : types_(std::move(types)), writing_(types_.size()) {
  for (const Type type : types_) row_bytes_ += type == Type::kInt64 ? sizeof(std::int64_t) : sizeof(std::uint32_t);
}

void RowStore::add_null(std::size_t column) {
  if (types_[column] == Type::kText) {
    writing_[column].codes[row_] = parquet::TextDictionary::kNull;
    return;
  }
  add_number(column, 0);
  std::unique_ptr<std::uint8_t[]>& nulls = blocks_.back()[column].nulls;
  if (!nulls) nulls = std::make_unique<std::uint8_t[]>(kGroupRows);
  nulls[row_] = 1;
}

void RowStore::note_text(Writing& to, std::string_view text) {
  to.last_code = dictionary_.code(text);
  to.last_text = dictionary_.text(to.last_code);
}

void RowStore::add_block() {
  Block& block = blocks_.emplace_back(types_.size());
  for (std::size_t i = 0; i < types_.size(); ++i) {
    switch (types_[i]) {
      case Type::kText: block[i].codes = std::make_unique_for_overwrite<std::uint32_t[]>(kGroupRows); break;
      case Type::kInt32: block[i].narrow = std::make_unique_for_overwrite<std::int32_t[]>(kGroupRows); break;
      case Type::kInt64: block[i].wide = std::make_unique_for_overwrite<std::int64_t[]>(kGroupRows); break;
    }
  }
  write_to(block);
}

void RowStore::write_to(const Block& block) {
  for (std::size_t i = 0; i < types_.size(); ++i) {
    writing_[i].codes = block[i].codes.get();
    writing_[i].narrow = block[i].narrow.get();
    writing_[i].wide = block[i].wide.get();
  }
  row_ = 0;
}

std::size_t RowStore::rows() const {
  return blocks_.empty() ? 0 : (blocks_.size() - 1) * kGroupRows + row_;
}

std::size_t RowStore::bytes() const {
  return rows() * row_bytes_ + dictionary_.bytes();
}

parquet::ColumnValues RowStore::values(std::size_t block, std::size_t column) const {
  const Cells& cells = blocks_[block][column];
  const std::size_t rows = block + 1 < blocks_.size() ? kGroupRows : row_;
  const std::span<const std::uint8_t> nulls(cells.nulls.get(), cells.nulls ? rows : 0);
  switch (types_[column]) {
    case Type::kInt32: return parquet::Int32Values{{cells.narrow.get(), rows}, nulls};
    case Type::kInt64: return parquet::Int64Values{{cells.wide.get(), rows}, nulls};
    case Type::kText: break;
  }
  return parquet::TextValues{{cells.codes.get(), rows}, &dictionary_};
}

void RowStore::recode(std::span<const std::uint32_t> codes) {
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    const std::size_t rows = block + 1 < blocks_.size() ? kGroupRows : row_;
    for (const Cells& cells : blocks_[block]) {
      if (!cells.codes) continue;
      for (std::uint32_t& code : std::span(cells.codes.get(), rows)) code = codes[code];
    }
  }
  forget_texts();
}

void RowStore::clear(std::size_t texts) {
  if (blocks_.size() > 1) blocks_.resize(1);
  for (Block& block : blocks_) {
    for (Cells& cells : block) cells.nulls.reset();
    write_to(block);
  }
  if (dictionary_.bytes() > texts) forget_texts();
}

void RowStore::forget_texts() {
  dictionary_.clear();
  ++forgotten_;
  for (Writing& to : writing_) to.last_code = parquet::TextDictionary::kNull;
}

}  // namespace flowtrail::lake
