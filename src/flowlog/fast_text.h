// Numbers and addresses out of short texts, eight bytes at a time. Texts stand in a block behind which kReadableBehind
// more bytes can be read; what is not plainly right is refused, and left to slower readers. Internal to the reader.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace flowtrail::flowlog {

static_assert(std::endian::native == std::endian::little, "numbers are read as little-endian words");

inline std::uint64_t word_at(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// The first `size` bytes (1 to 8) as a word; what follows is cut off.
inline std::uint64_t word_of(const char* bytes, std::size_t size) {
  return word_at(bytes) & (~std::uint64_t{0} >> (64 - size * 8));
}

inline bool is_eight_digits(std::uint64_t word) {
  return ((word & 0xf0f0f0f0f0f0f0f0U) | (((word + 0x0606060606060606U) & 0xf0f0f0f0f0f0f0f0U) >> 4U)) ==
         0x3333333333333333U;
}

inline std::uint64_t value_of_eight_digits(std::uint64_t word) {
  word = (word & 0x0f0f0f0f0f0f0f0fU) * 2561 >> 8U;
  word = (word & 0x00ff00ff00ff00ffU) * 6553601 >> 16U;
  return (word & 0x0000ffff0000ffffU) * 42949672960001U >> 32U;
}

/// 1 to 8 bytes as a word of eight, zeros (the digit) before them.
inline std::uint64_t eight_of(const char* bytes, std::size_t size) {
  const std::uint64_t word = word_at(bytes);
  if (size == 8) return word;
  const auto missing = static_cast<unsigned>(8 - size) * 8;
  return word << missing | 0x3030303030303030U >> (64 - missing);
}

/// Reads 1 to 8 digits.
inline bool read_short(const char* bytes, std::size_t size, std::uint64_t& value) {
  const std::uint64_t word = eight_of(bytes, size);
  value = value_of_eight_digits(word);
  return is_eight_digits(word);
}

/// Reads 1 to 16 digits.
inline bool read_digits(std::string_view text, std::uint64_t& value) {
  if (text.empty() || text.size() > 16) return false;
  if (text.size() <= 8) return read_short(text.data(), text.size(), value);
  std::uint64_t high = 0;
  const std::size_t head = text.size() - 8;
  const bool fine = read_short(text.data(), head, high) && read_short(text.data() + head, 8, value);
  value += high * 100'000'000;
  return fine;
}

inline bool is_absent(std::string_view text) {
  return text.size() == 1 && text.front() == '-';
}

/// Dotted IPv4 without leading zeros.
inline bool read_v4(std::string_view text, std::uint32_t& address) {
  if (text.size() < 7 || text.size() > 15) return false;
  std::uint32_t result = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int i = 0; i < 4; ++i) {
    std::uint32_t octet = static_cast<unsigned char>(*at) - std::uint32_t{'0'};
    if (octet > 9) return false;
    ++at;
    if (octet != 0) {
      for (int more = 0; more < 2 && at != end; ++more) {
        const std::uint32_t digit = static_cast<unsigned char>(*at) - std::uint32_t{'0'};
        if (digit > 9) break;
        octet = octet * 10 + digit;
        ++at;
      }
    }
    if (octet > 255) return false;
    result = result << 8U | octet;
    if (i < 3) {
      if (end - at < 2 || *at != '.') return false;
      ++at;
    }
  }
  address = result;
  return at == end;
}

}  // namespace flowtrail::flowlog
