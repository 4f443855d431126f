#include "parquet/text_dictionary.h"

#include <algorithm>

namespace flowtrail::parquet {
namespace {

constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kBlockBytes = std::size_t{64} << 10U;

}  // namespace

TextDictionary::TextDictionary() : slots_(kFirstSlots), texts_(1) {}

std::uint32_t TextDictionary::code(std::string_view text) {
  const TextKey key = TextKey::of(text);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = key.hash() & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.code == kNull) {
      const std::uint32_t code = add(text);
      slot = {key, code};
      if (texts_.size() * 2 > slots_.size()) grow();
      return code;
    }
    if (slot.key == key && (key.is_whole() || texts_[slot.code] == text)) return slot.code;
  }
}

std::uint32_t TextDictionary::add(std::string_view text) {
  if (blocks_.empty() || text.size() > room_) {
    room_ = std::max(kBlockBytes, text.size());
    text_bytes_ += room_;
    free_ = blocks_.emplace_back(std::make_unique_for_overwrite<char[]>(room_)).get();
  }
  std::ranges::copy(text, free_);
  texts_.emplace_back(free_, text.size());
  free_ += text.size();
  room_ -= text.size();
  return static_cast<std::uint32_t>(texts_.size() - 1);
}

void TextDictionary::grow() {
  std::vector<Slot> larger(slots_.size() * 2);
  const std::size_t mask = larger.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.code == kNull) continue;
    std::size_t at = slot.key.hash() & mask;
    while (larger[at].code != kNull) at = (at + 1) & mask;
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

std::size_t TextDictionary::bytes() const {
  return slots_.capacity() * sizeof(Slot) + texts_.capacity() * sizeof(std::string_view) + text_bytes_;
}

void TextDictionary::clear() {
  *this = TextDictionary();
}

}  // namespace flowtrail::parquet
