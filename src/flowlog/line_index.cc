#include "flowlog/line_index.h"

#include <immintrin.h>

#include <array>
#include <bit>
#include <cstring>

namespace flowtrail::flowlog {
namespace {

constexpr std::size_t kWord = 64;  // bytes of text for a word of each mask

LineMasks portable_masks(const char* text) {
  LineMasks masks;
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

void write_masks_portably(const char* text, std::size_t words, LineMasks* masks) {
  for (std::size_t i = 0; i < words; ++i) masks[i] = portable_masks(text + i * kWord);
}

__attribute__((target("avx2"))) std::uint64_t bits_of(__m256i low, __m256i high) {
  const auto low_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(low));
  const auto high_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(high));
  return low_bits | (std::uint64_t{high_bits} << 32U);
}

__attribute__((target("avx2"))) void write_masks_with_avx2(const char* text, std::size_t words, LineMasks* masks) {
  const __m256i blank = _mm256_set1_epi8(' ');
  const __m256i feed = _mm256_set1_epi8('\n');
  for (std::size_t i = 0; i < words; ++i) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + i * kWord));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + i * kWord + 32));
    const std::uint64_t feeds = bits_of(_mm256_cmpeq_epi8(low, feed), _mm256_cmpeq_epi8(high, feed));
    const std::uint64_t blanks = bits_of(_mm256_cmpeq_epi8(low, blank), _mm256_cmpeq_epi8(high, blank));
    // As signed bytes, those from 0x80 on are negative, so that one comparison finds both kinds.
    const std::uint64_t small = bits_of(_mm256_cmpgt_epi8(blank, low), _mm256_cmpgt_epi8(blank, high));
    masks[i] = {feeds | blanks, feeds, small & ~feeds};
  }
}

__attribute__((target("avx512f,avx512bw"))) void write_masks_with_avx512(const char* text, std::size_t words,
                                                                         LineMasks* masks) {
  const __m512i blank = _mm512_set1_epi8(' ');
  const __m512i feed = _mm512_set1_epi8('\n');
  for (std::size_t i = 0; i < words; ++i) {
    const __m512i bytes = _mm512_loadu_si512(text + i * kWord);
    const std::uint64_t feeds = _mm512_cmpeq_epi8_mask(bytes, feed);
    const std::uint64_t blanks = _mm512_cmpeq_epi8_mask(bytes, blank);
    const std::uint64_t small = _mm512_cmplt_epi8_mask(bytes, blank);
    masks[i] = {feeds | blanks, feeds, small & ~feeds};
  }
}

bool has_avx2_path() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
         __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("popcnt") != 0;
}

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0;
}

/// Writes the places of the bits of `bits` to `ends`, and what may be there up to the next multiple of eight.
[[gnu::always_inline]] inline void write_places(std::uint64_t bits, std::uint32_t base, std::uint32_t count,
                                                std::uint32_t* ends) {
  for (std::uint32_t written = 0; written < count; written += 8) {
    for (std::uint32_t i = 0; i < 8; ++i) {
      ends[written + i] = base + static_cast<std::uint32_t>(std::countr_zero(bits));
      bits &= bits - 1;
    }
  }
}

/// Up to 64 places more than the line has may be written.
[[gnu::always_inline]] inline void write_ends(const LineMasks* masks, const LineIndex::Line& line,
                                              std::uint32_t* ends) {
  std::size_t w = line.begin / kWord;
  std::uint64_t bits = masks[w].ends & (~std::uint64_t{0} << line.begin % kWord);
  for (std::uint32_t written = 0;;) {
    const auto count = static_cast<std::uint32_t>(std::popcount(bits));
    write_places(bits, static_cast<std::uint32_t>(w * kWord), count, ends + written);
    written += count;
    if (written >= line.fields) return;
    bits = masks[++w].ends;
  }
}

void write_ends_portably(const LineMasks* masks, const LineIndex::Line& line, std::uint32_t* ends) {
  write_ends(masks, line, ends);
}

__attribute__((target("bmi,popcnt"))) void write_ends_with_bit_instructions(const LineMasks* masks,
                                                                            const LineIndex::Line& line,
                                                                            std::uint32_t* ends) {
  write_ends(masks, line, ends);
}

[[gnu::always_inline]] inline void find_lines(const LineMasks* masks, std::size_t words,
                                              std::vector<LineIndex::Line>& lines) {
  std::size_t feeds_in_all = 0;
  for (std::size_t w = 0; w < words; ++w) feeds_in_all += static_cast<std::size_t>(std::popcount(masks[w].feeds));
  lines.resize(feeds_in_all);
  LineIndex::Line* next = lines.data();
  std::uint32_t count = 0;    // fields so far in the line that is open
  std::uint64_t carry = 1;    // the byte before this word ended a field
  std::uint64_t unusual = 0;  // so far in the line that is open
  LineIndex::Line line;
  for (std::size_t w = 0; w < words; ++w) {
    const auto base = static_cast<std::uint32_t>(w * kWord);
    const std::uint64_t word_ends = masks[w].ends;
    const std::uint64_t odd = masks[w].unusual | (word_ends & (word_ends << 1U | carry));
    carry = word_ends >> 63U;
    std::uint64_t passed = 0;  // bits up to the last line feed
    for (std::uint64_t feeds = masks[w].feeds; feeds != 0; feeds &= feeds - 1) {
      const std::uint64_t up_to = feeds ^ (feeds - 1);
      line.end = base + static_cast<std::uint32_t>(std::countr_zero(feeds));
      line.fields = count + static_cast<std::uint32_t>(std::popcount(word_ends & up_to & ~passed));
      line.plain = (unusual | (odd & up_to & ~passed)) == 0;
      *next++ = line;
      line.begin = line.end + 1;
      count = 0;
      passed = up_to;
      unusual = 0;
    }
    unusual |= odd & ~passed;
    count += static_cast<std::uint32_t>(std::popcount(word_ends & ~passed));
  }
}

void find_lines_portably(const LineMasks* masks, std::size_t words, std::vector<LineIndex::Line>& lines) {
  find_lines(masks, words, lines);
}

__attribute__((target("bmi,popcnt"))) void find_lines_with_bit_instructions(const LineMasks* masks, std::size_t words,
                                                                            std::vector<LineIndex::Line>& lines) {
  find_lines(masks, words, lines);
}

LineIndex::Field field_portably(const LineMasks* masks, const LineIndex::Line& line, std::size_t number) {
  const LineMasks* mask = masks + line.begin / kWord;
  std::uint64_t bits = mask->ends & (~std::uint64_t{0} << line.begin % kWord);
  const auto next = [&] {
    while (bits == 0) bits = (++mask)->ends;
    const auto end =
        static_cast<std::uint32_t>((mask - masks) * static_cast<std::ptrdiff_t>(kWord) + std::countr_zero(bits));
    bits &= bits - 1;
    return end;
  };
  LineIndex::Field field{line.begin, next()};
  for (; number > 0; --number) field = {field.end + 1, next()};
  return field;
}

__attribute__((target("bmi,bmi2,popcnt"))) LineIndex::Field field_with_bit_instructions(const LineMasks* masks,
                                                                                        const LineIndex::Line& line,
                                                                                        std::size_t number) {
  std::size_t w = line.begin / kWord;
  std::uint64_t bits = masks[w].ends & (~std::uint64_t{0} << line.begin % kWord);
  LineIndex::Field field{line.begin, 0};
  if (number > 0) {
    std::size_t before = number - 1;  // ends in front of the one that this field begins behind
    for (std::size_t count = 0; (count = static_cast<std::size_t>(std::popcount(bits))) <= before; before -= count) {
      bits = masks[++w].ends;
    }
    const std::uint64_t end = _pdep_u64(std::uint64_t{1} << before, bits);
    field.begin = static_cast<std::uint32_t>(w * kWord) + static_cast<std::uint32_t>(std::countr_zero(end)) + 1;
    bits &= ~(end | (end - 1));
  }
  while (bits == 0) bits = masks[++w].ends;
  field.end = static_cast<std::uint32_t>(w * kWord) + static_cast<std::uint32_t>(std::countr_zero(bits));
  return field;
}

}  // namespace

void LineIndex::build(std::string_view block) {
  static const bool kHasAvx2 = has_avx2_path(), kHasAvx512 = has_avx512();
  has_bits_ = path_ != Path::kPortable && kHasAvx2;
  const bool is_wide = has_bits_ && path_ == Path::kBest && kHasAvx512;
  const auto write_masks = is_wide ? write_masks_with_avx512 : has_bits_ ? write_masks_with_avx2 : write_masks_portably;
  const std::size_t whole = block.size() / kWord;
  const std::size_t words = (block.size() + kWord - 1) / kWord;
  if (masks_.size() <= words) masks_.resize(words + 1);  // `field` looks one word ahead
  LineMasks* const masks = masks_.data();
  write_masks(block.data(), whole, masks);
  if (whole < words) {
    std::array<char, kWord> rest{};
    std::memcpy(rest.data(), block.data() + whole * kWord, block.size() - whole * kWord);
    write_masks(rest.data(), 1, masks + whole);  // the zeros behind the last line feed belong to no line
  }
  ends_known_for_ = kNoLine;
  if (has_bits_) {
    find_lines_with_bit_instructions(masks, words, lines_);
  } else {
    find_lines_portably(masks, words, lines_);
  }
}

const std::uint32_t* LineIndex::field_ends(const Line& line) {
  if (line.begin == ends_known_for_) return field_ends_.data();
  ends_known_for_ = line.begin;
  if (field_ends_.size() < line.fields + kWord) field_ends_.resize(line.fields + kWord);
  if (has_bits_) {
    write_ends_with_bit_instructions(masks_.data(), line, field_ends_.data());
  } else {
    write_ends_portably(masks_.data(), line, field_ends_.data());
  }
  return field_ends_.data();
}

LineIndex::Field LineIndex::field(const Line& line, std::size_t number) const {
  return has_bits_ ? field_with_bit_instructions(masks_.data(), line, number)
                   : field_portably(masks_.data(), line, number);
}

}  // namespace flowtrail::flowlog
