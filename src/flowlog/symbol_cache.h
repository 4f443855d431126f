// Codes of a shared SymbolTable by text, for one thread: most lookups touch no lock, call nothing and copy nothing.
#pragma once

#include <emmintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/code_table.h"
#include "base/short_text.h"
#include "flowlog/flow_record.h"

namespace flowtrail::flowlog {

/// A text of up to 28 bytes without zeros - every id of AWS's logs -, padded with zeros. An empty one is no text.
struct SymbolKey {
  static constexpr std::size_t kLongest = 28;

  __m128i low = _mm_setzero_si128();
  __m128i high = _mm_setzero_si128();  // of which the last four bytes are zero

  /// `text` is not longer than kLongest; 32 bytes from its begin on can be read.
  [[nodiscard]] static SymbolKey of(std::string_view text) {
    const char* const mask = kMask.data() + kMask.size() / 2 - text.size();
    return {_mm_and_si128(load(text.data()), load(mask)), _mm_and_si128(load(text.data() + 16), load(mask + 16))};
  }

  [[nodiscard]] static __m128i load(const char* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }

  friend bool operator==(const SymbolKey& a, const SymbolKey& b) {
    const __m128i same = _mm_and_si128(_mm_cmpeq_epi8(a.low, b.low), _mm_cmpeq_epi8(a.high, b.high));
    return _mm_movemask_epi8(same) == 0xffff;
  }

 private:
  /// Ones, then as many zeros: from the right place on, a mask for any size.
  static constexpr std::array<char, 64> kMask = [] {
    std::array<char, 64> mask{};
    for (std::size_t i = 0; i < mask.size() / 2; ++i) mask[i] = '\xff';
    return mask;
  }();
};

class SymbolCache {
 public:
  explicit SymbolCache(SymbolTable& symbols) : symbols_(symbols) {}

  /// The code of a text; kAbsent if it was never asked for with `code`. Cost: a few nanoseconds.
  [[nodiscard]] std::uint32_t find(const SymbolKey& key) const {
    for (std::size_t at = place_of(key);; at = (at + 1) & (buckets_.size() - 1)) {
      const Bucket& bucket = buckets_[at];
      // Without a branch on which of them it is: most lookups end here.
      const std::uint32_t code = code_if_held(bucket[0], key) | code_if_held(bucket[1], key);
      if (code != 0 || bucket[1].code == 0) return code;
    }
  }

  /// The code of a text of any length, which need not be readable beyond its end.
  [[nodiscard]] std::uint32_t code(std::string_view text);

 private:
  /// A text as in a key, and its code instead of the key's last zeros. Half a cache line.
  struct alignas(32) Slot {
    std::array<char, SymbolKey::kLongest> text{};
    std::uint32_t code = 0;  // 0: free
  };

  using Bucket = std::array<Slot, 2>;  // of which the first is taken first

  [[nodiscard]] static std::uint32_t code_if_held(const Slot& slot, const SymbolKey& key) {
    const __m128i low = _mm_cmpeq_epi32(SymbolKey::load(slot.text.data()), key.low);
    const __m128i high = _mm_cmpeq_epi32(SymbolKey::load(slot.text.data() + 16), key.high);
    const int same = _mm_movemask_ps(_mm_castsi128_ps(low)) & (_mm_movemask_ps(_mm_castsi128_ps(high)) | 8);
    return slot.code & (std::uint32_t{0} - static_cast<std::uint32_t>(same == 15));
  }
  [[nodiscard]] std::size_t place_of(const SymbolKey& key) const {
    const __m128i folded = _mm_add_epi64(key.low, _mm_slli_epi64(key.high, 5));
    const auto first = static_cast<std::uint64_t>(_mm_cvtsi128_si64(folded));
    const auto second = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(folded, folded)));
    return static_cast<std::size_t>((first * 0x9e3779b97f4a7c15U + second * 0xc2b2ae3d27d4eb4fU) >> shift_);
  }
  void keep(const SymbolKey& key, std::uint32_t code);
  void grow();

  static constexpr unsigned kFirstBits = 7;

  SymbolTable& symbols_;
  std::vector<Bucket> buckets_ = std::vector<Bucket>(std::size_t{1} << kFirstBits);  // at most half full
  unsigned shift_ = 64 - kFirstBits;  // leaves as many bits as a place has
  std::size_t used_ = 0;
  CodeTable<TextKey> long_texts_{64};
};

}  // namespace flowtrail::flowlog
