#include "flowlog/line_index.h"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace flowtrail::flowlog {
namespace {

constexpr std::size_t kWord = 64;  // bytes of text for a word of each mask

/// What 64 bytes of text are; bit i of each mask stands for byte i.
struct Masks {
  std::uint64_t ends = 0;     // blanks and line feeds
  std::uint64_t feeds = 0;    // line feeds
  std::uint64_t unusual = 0;  // below 0x20 but no line feed, or from 0x80 on
};

/// Where an index is written to, word by word.
struct Target {
  std::uint32_t* ends = nullptr;       // the next one goes here
  std::uint32_t* last_ends = nullptr;  // likewise
  std::uint64_t* odd_bytes = nullptr;  // likewise
  std::uint32_t base = 0;              // of the next word in the block
  std::uint32_t ends_before = 1;       // in front of `ends`, the one before the block among them
  std::uint64_t carry = 1;             // the byte before the next word ended a field
  std::uint64_t any_odd = 0;
};

// More than a word has may be written behind the last end, and behind the last line.
constexpr std::size_t kSlack = kWord;

/// Writes the places of the bits of `bits`, and what may be there up to the next multiple of eight.
[[gnu::always_inline]] inline void write_places(std::uint64_t bits, std::uint32_t count, const Target& to) {
  for (std::uint32_t written = 0; written < count; written += 8) {
    for (std::uint32_t i = 0; i < 8; ++i) {
      to.ends[written + i] = to.base + static_cast<std::uint32_t>(std::countr_zero(bits));
      bits &= bits - 1;
    }
  }
}

[[gnu::always_inline]] inline std::uint32_t ends_before_first(std::uint64_t feeds, std::uint64_t ends) {
  return static_cast<std::uint32_t>(std::popcount(ends & (feeds ^ (feeds - 1)) >> 1U));
}

/// Writes the last ends of the lines behind the first one of a word.
[[gnu::noinline]] void add_more_lines(std::uint64_t feeds, std::uint64_t ends, std::uint32_t ends_before,
                                      std::uint32_t* last_ends) {
  for (; feeds != 0; feeds &= feeds - 1) *last_ends++ = ends_before + ends_before_first(feeds, ends);
}

/// All that is to be known of a word but the places of its ends, of which there are `count`.
[[gnu::always_inline]] inline void add_word(const Masks& masks, std::uint32_t count, Target& to) {
  // Without a branch on whether there is a line feed, which nobody can guess: what is written for a word without one is
  // overwritten.
  to.last_ends[0] = to.ends_before + ends_before_first(masks.feeds, masks.ends);
  const std::uint64_t more = masks.feeds & (masks.feeds - 1);
  if (more != 0) [[unlikely]]
    add_more_lines(more, masks.ends, to.ends_before, to.last_ends + 1);
  to.last_ends += std::popcount(masks.feeds);
  const std::uint64_t odd = masks.unusual | (masks.ends & (masks.ends << 1U | to.carry));
  *to.odd_bytes++ = odd;
  to.any_odd |= odd;
  to.carry = masks.ends >> 63U;
  to.ends += count;
  to.ends_before += count;
  to.base += kWord;
}

Masks portable_masks(const char* text) {
  Masks masks;
  for (std::size_t i = 0; i < kWord; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::uint64_t bit = std::uint64_t{1} << i;
    if (byte == '\n') {
      masks.feeds |= bit;
      masks.ends |= bit;
    } else if (byte == ' ') {
      masks.ends |= bit;
    } else if (byte < 0x20 || byte >= 0x80) {
      masks.unusual |= bit;
    }
  }
  return masks;
}

void add_portably(const char* text, std::size_t words, Target& to) {
  for (std::size_t i = 0; i < words; ++i) {
    const Masks masks = portable_masks(text + i * kWord);
    const auto count = static_cast<std::uint32_t>(std::popcount(masks.ends));
    write_places(masks.ends, count, to);
    add_word(masks, count, to);
  }
}

__attribute__((target("avx2"))) std::uint64_t bits_of(__m256i low, __m256i high) {
  const auto low_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(low));
  const auto high_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(high));
  return low_bits | (std::uint64_t{high_bits} << 32U);
}

__attribute__((target("avx2,bmi,popcnt"))) void add_with_avx2(const char* text, std::size_t words, Target& target) {
  const __m256i blank = _mm256_set1_epi8(' ');
  const __m256i feed = _mm256_set1_epi8('\n');
  Target to = target;
  for (std::size_t i = 0; i < words; ++i) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + i * kWord));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + i * kWord + 32));
    const std::uint64_t feeds = bits_of(_mm256_cmpeq_epi8(low, feed), _mm256_cmpeq_epi8(high, feed));
    const std::uint64_t blanks = bits_of(_mm256_cmpeq_epi8(low, blank), _mm256_cmpeq_epi8(high, blank));
    // As signed bytes, those from 0x80 on are negative, so that one comparison finds both kinds.
    const std::uint64_t small = bits_of(_mm256_cmpgt_epi8(blank, low), _mm256_cmpgt_epi8(blank, high));
    const Masks masks{feeds | blanks, feeds, small & ~feeds};
    const auto count = static_cast<std::uint32_t>(std::popcount(masks.ends));
    write_places(masks.ends, count, to);
    add_word(masks, count, to);
  }
  target = to;
}

/// The numbers 0 to 63, as bytes.
constexpr std::array<char, kWord> kPlaces = [] {
  std::array<char, kWord> places{};
  for (std::size_t i = 0; i < kWord; ++i) places[i] = static_cast<char>(i);
  return places;
}();

#define FLOWTRAIL_AVX512_TARGET "avx512f,avx512bw,avx512vbmi2,bmi,bmi2,popcnt"

/// The places from the sixteenth on.
__attribute__((target(FLOWTRAIL_AVX512_TARGET), noinline)) void write_more_places(std::uint64_t bits,
                                                                                  std::uint32_t base,
                                                                                  std::uint32_t* ends) {
  for (int i = 0; i < 16; ++i) bits &= bits - 1;
  for (ends += 16; bits != 0; bits &= bits - 1) *ends++ = base + static_cast<std::uint32_t>(std::countr_zero(bits));
}

__attribute__((target(FLOWTRAIL_AVX512_TARGET))) void add_with_avx512(const char* text, std::size_t words,
                                                                      Target& target) {
  const __m512i blank = _mm512_set1_epi8(' ');
  const __m512i feed = _mm512_set1_epi8('\n');
  const __m512i places = _mm512_loadu_si512(kPlaces.data());
  Target to = target;
  for (std::size_t i = 0; i < words; ++i) {
    const __m512i bytes = _mm512_loadu_si512(text + i * kWord);
    const std::uint64_t feeds = _mm512_cmpeq_epi8_mask(bytes, feed);
    const std::uint64_t blanks = _mm512_cmpeq_epi8_mask(bytes, blank);
    const std::uint64_t small = _mm512_cmplt_epi8_mask(bytes, blank);
    const Masks masks{feeds | blanks, feeds, small & ~feeds};
    const auto count = static_cast<std::uint32_t>(std::popcount(masks.ends));
    // To a register and on from there: some processors are slow at storing what they squeeze. Few words have more
    // ends than one store takes.
    const __m128i squeezed = _mm512_castsi512_si128(_mm512_maskz_compress_epi8(masks.ends, places));
    const __m512i base = _mm512_set1_epi32(static_cast<int>(to.base));
    _mm512_storeu_si512(to.ends, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(squeezed)));
    if (count > 16) [[unlikely]]
      write_more_places(masks.ends, to.base, to.ends);
    add_word(masks, count, to);
  }
  target = to;
}

#undef FLOWTRAIL_AVX512_TARGET

using AddWords = void (*)(const char* text, std::size_t words, Target& to);

AddWords best_way(LineIndex::Path path) {
  static const bool kHasAvx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                               __builtin_cpu_supports("popcnt") != 0;
  static const bool kHasAvx512 = kHasAvx2 && __builtin_cpu_supports("bmi2") != 0 &&
                                 __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                                 __builtin_cpu_supports("avx512vbmi2") != 0;
  if (path == LineIndex::Path::kBest && kHasAvx512) return add_with_avx512;
  return path != LineIndex::Path::kPortable && kHasAvx2 ? add_with_avx2 : add_portably;
}

}  // namespace

void LineIndex::build(std::string_view block) {
  const AddWords add = best_way(path_);
  const std::size_t whole = block.size() / kWord;
  const std::size_t needed = block.size() + kSlack + 1;
  if (ends_.size() < needed) {
    ends_.resize(needed);
    last_ends_.resize(needed);
    odd_bytes_.resize(whole + 1);
    ends_.front() = 0xffffffff;
  }
  Target to{.ends = ends_.data() + 1, .last_ends = last_ends_.data() + 1, .odd_bytes = odd_bytes_.data()};
  add(block.data(), whole, to);
  if (whole * kWord < block.size()) {
    std::array<char, kWord> rest;
    rest.fill('x');  // belongs to no line
    std::memcpy(rest.data(), block.data() + whole * kWord, block.size() - whole * kWord);
    add(rest.data(), 1, to);
  }
  has_odd_bytes_ = to.any_odd != 0;
  lines_ = static_cast<std::size_t>(to.last_ends - last_ends_.data()) - 1;
}

bool LineIndex::is_plain(std::uint32_t begin, std::uint32_t end) const {
  const std::size_t first = begin / kWord, last = end / kWord;
  const auto odd_in = [&](std::size_t word) {
    std::uint64_t bits = odd_bytes_[word];
    if (word == first) bits &= ~std::uint64_t{0} << begin % kWord;
    if (word == last) bits &= ~std::uint64_t{0} >> (kWord - 1 - end % kWord);
    return bits;
  };
  for (std::size_t word = first; word <= last; ++word) {
    if (odd_in(word) != 0) return false;
  }
  return true;
}

}  // namespace flowtrail::flowlog
