// The eight numbers of a flow record at a time, for processors with AVX2. Internal to the reader.
#pragma once

#include <immintrin.h>

#include <array>
#include <cstdint>
#include <span>

namespace flowtrail::flowlog {

/// Where the numbers of a record begin, in an order that suits the instructions: each text is one to eight bytes, but
/// those of times have two more, which are not read.
struct NumberTexts {
  const char *src_port, *dst_port, *packets, *bytes, *protocol, *tcp_flags, *start, *end;
};

/// What the instructions need, one after the other as they need it. In memory: a compiler that knows the values would
/// make most of them anew for each record.
struct alignas(32) NumberConstants {
  using Sizes = std::array<std::int32_t, 8>;  // in the order of NumberTexts
  Sizes cut_off = {0, 0, 0, 0, 0, 0, 2, 2};
  Sizes least = {1, 1, 1, 1, 1, 1, 8, 8};
  Sizes eight = {8, 8, 8, 8, 8, 8, 8, 8};
  std::array<std::int32_t, 8> largest = {65'535, 65'535, 255, 65'535, 99'999'999, 99'999'999, 99'999'999, 99'999'999};
  std::array<std::uint64_t, 4> zeros{}, dash{}, nine{}, tens{}, hundreds{}, myriads{};

  constexpr NumberConstants() {
    zeros.fill(0x3030303030303030U);
    dash.fill(std::uint64_t{'-'} << 56U);
    nine.fill(0x0909090909090909U);
    tens.fill(0x010a010a010a010aU);
    hundreds.fill(0x0001006400010064U);
    myriads.fill(0x0001271000012710U);
  }
};
extern const NumberConstants kNumberConstants;

namespace avx2 {

template <typename Array>
__attribute__((target("avx2"), always_inline)) inline __m256i vector(const Array& array) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(array.data()));
}

__attribute__((target("avx2"), always_inline)) inline __m128i two_words(const char* first, const char* second) {
  const __m128d half = _mm_castsi128_pd(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(first)));
  return _mm_castpd_si128(_mm_loadh_pd(half, reinterpret_cast<const double*>(second)));
}

/// Four digits each of texts of eight.
__attribute__((target("avx2"), always_inline)) inline __m256i fours_of(__m256i digits) {
  const __m256i twos = _mm256_maddubs_epi16(digits, vector(kNumberConstants.tens));
  return _mm256_madd_epi16(twos, vector(kNumberConstants.hundreds));
}

}  // namespace avx2

/// Ports, protocol and flags to `small`, in the order of FlowRecord, -1 for `-`; packets and bytes, 0 for `-`, and the
/// last eight digits of start and end, each with its `base` added, to `large`. `sizes`: of the texts, in the order of
/// NumberTexts. False: some text is longer than eight bytes (but ten for times), is no number, or is out of range.
__attribute__((target("avx2"), always_inline)) inline bool read_eight_numbers(const NumberTexts& texts, __m256i sizes,
                                                                              const std::array<std::int64_t, 4>& base,
                                                                              std::int32_t* small,
                                                                              std::int64_t* large) {
  using avx2::fours_of, avx2::two_words, avx2::vector;
  const NumberConstants& constants = kNumberConstants;
  const __m256i read = _mm256_sub_epi32(sizes, vector(constants.cut_off));
  const __m256i wrong_size = _mm256_or_si256(_mm256_cmpgt_epi32(read, vector(constants.eight)),
                                             _mm256_cmpgt_epi32(vector(constants.least), read));
  // Each text is moved to the end of its eight bytes; a `-` there is told by all of them.
  const __m256i missing = _mm256_slli_epi32(_mm256_sub_epi32(vector(constants.eight), read), 3);
  const __m256i missing_low = _mm256_cvtepu32_epi64(_mm256_castsi256_si128(missing));
  const __m256i missing_high = _mm256_cvtepu32_epi64(_mm256_extracti128_si256(missing, 1));
  const __m256i low = _mm256_sllv_epi64(
      _mm256_set_m128i(two_words(texts.packets, texts.bytes), two_words(texts.src_port, texts.dst_port)), missing_low);
  const __m256i high = _mm256_sllv_epi64(
      _mm256_set_m128i(two_words(texts.start + 2, texts.end + 2), two_words(texts.protocol, texts.tcp_flags)),
      missing_high);
  const __m256i low_absent = _mm256_cmpeq_epi64(low, vector(constants.dash));
  const __m256i high_absent = _mm256_cmpeq_epi64(high, vector(constants.dash));
  const __m256i low_values = _mm256_xor_si256(low, _mm256_sllv_epi64(vector(constants.zeros), missing_low));
  const __m256i high_values = _mm256_xor_si256(high, _mm256_sllv_epi64(vector(constants.zeros), missing_high));
  const __m256i no_digits =
      _mm256_or_si256(_mm256_andnot_si256(low_absent, _mm256_subs_epu8(low_values, vector(constants.nine))),
                      _mm256_andnot_si256(high_absent, _mm256_subs_epu8(high_values, vector(constants.nine))));
  const __m256i eights =
      _mm256_madd_epi16(_mm256_packus_epi32(fours_of(low_values), fours_of(high_values)), vector(constants.myriads));
  const __m256i absent = _mm256_castps_si256(
      _mm256_shuffle_ps(_mm256_castsi256_ps(low_absent), _mm256_castsi256_ps(high_absent), _MM_SHUFFLE(2, 0, 2, 0)));
  const __m256i values = _mm256_andnot_si256(absent, eights);
  const __m256i out_of_range = _mm256_cmpgt_epi32(values, vector(constants.largest));
  const __m128i small_values = _mm256_castsi256_si128(_mm256_or_si256(values, absent));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(small), small_values);
  const __m256i large_values = _mm256_cvtepu32_epi64(_mm256_extracti128_si256(values, 1));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(large), _mm256_add_epi64(large_values, vector(base)));
  const __m256i faults = _mm256_or_si256(_mm256_or_si256(wrong_size, out_of_range), no_digits);
  return _mm256_testz_si256(faults, faults) != 0;
}

}  // namespace flowtrail::flowlog
