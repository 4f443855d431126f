#include "flowlog/symbol_cache.h"

#include <algorithm>
#include <cstring>
#include <ranges>
#include <utility>

namespace flowtrail::flowlog {

std::uint32_t SymbolCache::code(std::string_view text) {
  if (text.empty()) return SymbolTable::kAbsent;
  if (text.size() > SymbolKey::kLongest || text.find('\0') != std::string_view::npos) {
    const TextKey key = TextKey::of(text);
    return long_texts_.code(
        key, [&](std::uint32_t code) { return symbols_.text(code) == text; }, [&] { return symbols_.code(text); });
  }
  std::array<char, 32> padded{};
  std::ranges::copy(text, padded.begin());
  const SymbolKey key = SymbolKey::of({padded.data(), text.size()});
  if (const std::uint32_t known = find(key); known != SymbolTable::kAbsent) return known;
  const std::uint32_t code = symbols_.code(text);
  keep(key, code);
  if (++used_ > buckets_.size()) grow();
  return code;
}

void SymbolCache::keep(const SymbolKey& key, std::uint32_t code) {
  std::size_t at = place_of(key);
  while (buckets_[at][1].code != 0) at = (at + 1) & (buckets_.size() - 1);
  Slot& slot = buckets_[at][buckets_[at][0].code == 0 ? 0 : 1];
  std::memcpy(slot.text.data(), &key.low, 16);
  std::memcpy(slot.text.data() + 16, &key.high, slot.text.size() - 16);
  slot.code = code;
}

void SymbolCache::grow() {
  const std::vector<Bucket> smaller = std::exchange(buckets_, std::vector<Bucket>(buckets_.size() * 2));
  --shift_;
  for (const Slot& slot : std::views::join(smaller)) {
    if (slot.code == 0) continue;
    std::array<char, 32> text{};
    std::ranges::copy(slot.text, text.begin());
    keep({SymbolKey::load(text.data()), SymbolKey::load(text.data() + 16)}, slot.code);
  }
}

}  // namespace flowtrail::flowlog
