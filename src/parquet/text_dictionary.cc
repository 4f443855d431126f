#include "parquet/text_dictionary.h"

#include <algorithm>

namespace flowtrail::parquet {
namespace {

constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kBlockBytes = std::size_t{64} << 10U;

}  // namespace

TextDictionary::TextDictionary() : codes_(kFirstSlots), texts_(1) {}

std::uint32_t TextDictionary::code(std::string_view text) {
  const TextKey key = TextKey::of(text);
  return codes_.code(
      key, [&](std::uint32_t code) { return key.is_whole() || texts_[code] == text; }, [&] { return add(text); });
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

std::size_t TextDictionary::bytes() const {
  return codes_.bytes() + texts_.capacity() * sizeof(std::string_view) + text_bytes_;
}

void TextDictionary::clear() {
  *this = TextDictionary();
}

}  // namespace flowtrail::parquet
