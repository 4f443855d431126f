// Two dotted IPv4 addresses at a time, for processors with AVX2. Internal to the reader.
#pragma once

#include <immintrin.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace flowtrail::flowlog {

/// Where the dots of an address stand, and what follows from that.
struct alignas(32) DotPattern {
  std::array<std::uint8_t, 16> shuffle{};  // brings the digits of each octet to the end of four bytes
  std::array<std::uint8_t, 4> least{};     // of each octet, since there are no leading zeros
  std::uint32_t ends = 0;                  // bits: the dots and the end of the text; 0: no pattern
};

/// A perfect hash of `ends` for the 81 ways to write an address; found by trial.
[[nodiscard]] constexpr std::size_t dot_pattern_place(std::uint32_t ends) {
  return (ends * 0xe07bdb9fU) >> 24U;
}

[[nodiscard]] constexpr DotPattern dot_pattern(const std::array<unsigned, 4>& digits) {
  DotPattern pattern;
  unsigned at = 0;
  for (std::size_t octet = 0; octet < 4; ++octet) {
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t missing = 4 - digits[octet];
      pattern.shuffle[octet * 4 + i] = static_cast<std::uint8_t>(i < missing ? 0x80 : at + i - missing);
    }
    pattern.least[octet] = static_cast<std::uint8_t>(digits[octet] == 1 ? 0 : digits[octet] == 2 ? 10 : 100);
    at += digits[octet];
    pattern.ends |= 1U << at;
    ++at;
  }
  return pattern;
}

inline constexpr std::array<DotPattern, 256> kDotPatterns = [] {
  std::array<DotPattern, 256> patterns{};
  for (unsigned i = 0; i < 81; ++i) {
    const DotPattern pattern = dot_pattern({i % 3 + 1, i / 3 % 3 + 1, i / 9 % 3 + 1, i / 27 + 1});
    patterns[dot_pattern_place(pattern.ends)] = pattern;
  }
  return patterns;
}();

static_assert(
    [] {
      int found = 0;
      for (const DotPattern& pattern : kDotPatterns) found += pattern.ends != 0 ? 1 : 0;
      return found == 81;
    }(),
    "no two patterns share a place");

/// What read_v4 reads, from two texts; false if it would refuse one of them. 16 bytes from each begin on can be read.
__attribute__((target("avx2,bmi,bmi2"), always_inline)) inline bool read_two_v4(std::string_view first,
                                                                                std::string_view second,
                                                                                std::uint32_t& first_address,
                                                                                std::uint32_t& second_address) {
  const __m128i zero = _mm_set1_epi8('0'), dot = _mm_set1_epi8('.');
  const __m128i first_text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(first.data()));
  const __m128i second_text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(second.data()));
  const auto first_dots = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(first_text, dot)));
  const auto second_dots = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(second_text, dot)));
  const std::uint32_t first_end = 1U << (first.size() & 15U), second_end = 1U << (second.size() & 15U);
  const std::uint32_t first_ends = (first_dots & (first_end - 1)) | first_end;
  const std::uint32_t second_ends = (second_dots & (second_end - 1)) | second_end;
  const DotPattern& first_pattern = kDotPatterns[dot_pattern_place(first_ends)];
  const DotPattern& second_pattern = kDotPatterns[dot_pattern_place(second_ends)];
  const bool fits = ((first_ends ^ first_pattern.ends) | (second_ends ^ second_pattern.ends) |
                     static_cast<std::uint32_t>((first.size() | second.size()) >> 4U)) == 0;

  const auto shuffled = [](__m128i text, const DotPattern& pattern) __attribute__((target("avx2,bmi,bmi2"))) {
    return _mm_shuffle_epi8(text, _mm_load_si128(reinterpret_cast<const __m128i*>(pattern.shuffle.data())));
  };
  const __m256i digits = _mm256_set_m128i(shuffled(_mm_sub_epi8(second_text, zero), second_pattern),
                                          shuffled(_mm_sub_epi8(first_text, zero), first_pattern));
  const __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi32(0x010a6400));
  const __m256i octets = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010001));
  const auto leasts = [](const DotPattern& pattern) __attribute__((target("avx2,bmi,bmi2"))) {
    std::int32_t least = 0;
    std::memcpy(&least, pattern.least.data(), sizeof least);
    return least;
  };
  const __m256i least =
      _mm256_cvtepu8_epi32(_mm_insert_epi32(_mm_cvtsi32_si128(leasts(first_pattern)), leasts(second_pattern), 1));
  const __m256i out_of_range =
      _mm256_or_si256(_mm256_cmpgt_epi32(least, octets), _mm256_cmpgt_epi32(octets, _mm256_set1_epi32(255)));
  const __m256i faults = _mm256_or_si256(_mm256_subs_epu8(digits, _mm256_set1_epi8(9)), out_of_range);
  const __m256i packed = _mm256_shuffle_epi8(octets, _mm256_set1_epi32(0x0004080c));
  first_address = static_cast<std::uint32_t>(_mm256_cvtsi256_si32(packed));
  second_address = static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm256_extracti128_si256(packed, 1)));
  return fits && _mm256_testz_si256(faults, faults) != 0;
}

}  // namespace flowtrail::flowlog
