#include <stdexcept>

#include "flowlog/flow_record.h"

namespace flowtrail::flowlog {

SymbolTable::SymbolTable() {
  blocks_.reserve(kMostBlocks);
  blocks_.push_back(std::make_unique<Block>());  // its first text is that of kAbsent
}

std::uint32_t SymbolTable::code(std::string_view text) {
  if (text.empty()) return kAbsent;
  const std::lock_guard lock(mutex_);
  if (const auto known = codes_.find(text); known != codes_.end()) return known->second;
  if (size_ == kMostBlocks * kBlockTexts) throw std::length_error("more than 67 million different names in flow logs");
  if (size_ % kBlockTexts == 0) blocks_.push_back(std::make_unique<Block>());
  const auto code = static_cast<std::uint32_t>(size_++);
  std::string& place = (*blocks_[code / kBlockTexts])[code % kBlockTexts];
  place = text;
  codes_.emplace(place, code);
  return code;
}

std::uint32_t SymbolTable::find(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  const auto known = codes_.find(text);
  return known == codes_.end() ? kAbsent : known->second;
}

std::size_t SymbolTable::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

}  // namespace flowtrail::flowlog
