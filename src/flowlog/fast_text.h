// Numbers and addresses out of short texts, eight bytes at a time. Texts stand in a block behind which more bytes can
// be read; what is not plainly right is refused, and left to slower readers. Internal to the reader.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/ip_address.h"

namespace flowtrail::flowlog {

static_assert(std::endian::native == std::endian::little, "numbers are read as little-endian words");

inline std::uint64_t word_at(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

inline std::uint16_t half_word_at(const char* bytes) {
  std::uint16_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// The first `size` bytes (1 to 8) as a word; what follows is cut off.
inline std::uint64_t word_of(const char* bytes, std::size_t size) {
  return word_at(bytes) & (~std::uint64_t{0} >> ((64 - size * 8) & 63U));
}

constexpr std::uint64_t kEightZeros = 0x3030303030303030U;  // the digit

/// `values` are the bytes of a word less '0': the highest bit of some byte is set if they are not all digits.
inline std::uint64_t no_digits(std::uint64_t values) {
  return (values + 0x7676767676767676U) | values;
}

constexpr std::uint64_t kHighBits = 0x8080808080808080U;

inline bool is_eight_digits(std::uint64_t word) {
  return (no_digits(word ^ kEightZeros) & kHighBits) == 0;
}

/// Of bytes from 0 to 9, the first one counting most.
inline std::uint64_t value_of_eight(std::uint64_t values) {
  values = values * 2561 >> 8U;
  values = (values & 0x00ff00ff00ff00ffU) * 6553601 >> 16U;
  return (values & 0x0000ffff0000ffffU) * 42949672960001U >> 32U;
}

/// 1 to 8 bytes as a word of eight, zeros (the digit) before them.
inline std::uint64_t eight_of(const char* bytes, std::size_t size) {
  const std::size_t missing = (64 - size * 8) & 63U;
  return ((word_at(bytes) ^ kEightZeros) << missing) ^ kEightZeros;
}

/// Reads 1 to 8 digits.
inline bool read_short(const char* bytes, std::size_t size, std::uint64_t& value) {
  const std::uint64_t word = eight_of(bytes, size);
  value = value_of_eight(word ^ kEightZeros);
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

/// A hexadecimal digit; 16 for another byte.
inline unsigned hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return static_cast<unsigned>(byte - '0');
  const char lower = static_cast<char>(byte | 0x20);
  return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a' + 10) : 16;
}

/// IPv6 without dots, as RFC 4291 has it: eight groups, of which `::` stands for one or more that are zero.
inline bool read_v6(std::string_view text, std::uint64_t& high, std::uint64_t& low) {
  constexpr std::size_t kGroups = 8, kNoGap = 9;
  std::array<std::uint16_t, kGroups> groups{};
  std::size_t count = 0;
  std::size_t gap = kNoGap;  // groups before `::`
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto take_gap = [&] {
    if (gap != kNoGap || end - at < 2 || at[0] != ':' || at[1] != ':') return false;
    gap = count;
    at += 2;
    return true;
  };
  take_gap();
  while (at != end) {
    const char* const begin = at;
    unsigned group = 0;
    for (unsigned digit = 0; at != end && at - begin < 4 && (digit = hex_digit(*at)) < 16; ++at) {
      group = group << 4U | digit;
    }
    if (at == begin || count == kGroups) return false;
    groups[count++] = static_cast<std::uint16_t>(group);
    if (at == end || take_gap()) continue;
    if (*at != ':' || ++at == end) return false;
  }
  if ((gap == kNoGap) != (count == kGroups)) return false;
  const std::size_t missing = kGroups - count;
  for (std::size_t i = 0; i < kGroups; ++i) {
    const bool is_missing = i >= gap && i < gap + missing;
    const std::uint64_t group = is_missing ? 0 : groups[i < gap ? i : i - missing];
    std::uint64_t& half = i < kGroups / 2 ? high : low;
    half = half << 16U | group;
  }
  return true;
}

/// An address of either family, in any of its forms. Nothing behind the text is read.
inline bool read_ip(std::string_view text, IpAddress& address) {
  if (std::uint32_t v4 = 0; read_v4(text, v4)) {
    address = IpAddress::from_v4(v4);
    return true;
  }
  if (std::uint64_t high = 0, low = 0; read_v6(text, high, low)) {
    address = IpAddress(high, low);
    return true;
  }
  constexpr std::size_t kLongestAddress = 45;
  if (text.size() > kLongestAddress || text.find(':') == std::string_view::npos) return false;
  const auto parsed = IpAddress::parse(text);
  if (parsed) address = *parsed;
  return parsed.has_value();
}

// ---- without a branch for each text
//
// What is wrong with some text of a line is gathered, to be looked at once. Texts are not empty and hold no zeros.

struct Faults {
  std::uint64_t digits = 0;  // counts where it has one of kHighBits
  std::uint64_t sizes = 0;   // of texts that must not have more than seven bytes, one on top of the other
  std::uint64_t others = 0;

  [[nodiscard]] bool any() const { return ((digits & kHighBits) | (sizes & ~std::uint64_t{7}) | others) != 0; }
};

/// 1 to 8 digits: their value; 0 for `-`, and then `absent` has all bits, else none.
[[gnu::always_inline]] inline std::uint64_t read_eight(std::string_view text, std::uint64_t& absent, Faults& faults) {
  const std::size_t missing = (64 - text.size() * 8) & 63U;
  const std::uint64_t word = word_at(text.data()) << missing;
  const std::uint64_t values = word ^ (kEightZeros << missing);
  absent = std::uint64_t{0} - static_cast<std::uint64_t>(word == std::uint64_t{'-'} << 56U);
  faults.digits |= no_digits(values) & ~absent;
  return value_of_eight(values) & ~absent;
}

/// An integer from 0 to `limit`, which is one less than a power of two; -1 for `-`.
[[gnu::always_inline]] inline std::int32_t read_small(std::string_view text, std::uint64_t limit, Faults& faults) {
  std::uint64_t absent = 0;
  const std::uint64_t value = read_eight(text, absent, faults);
  faults.sizes |= text.size();
  faults.others |= value & ~limit;
  return static_cast<std::int32_t>(value | absent);
}

/// 0 for `-`.
[[gnu::always_inline]] inline std::int64_t read_count(std::string_view text, Faults& faults) {
  std::uint64_t absent = 0;
  if (text.size() <= 8) return static_cast<std::int64_t>(read_eight(text, absent, faults));
  std::uint64_t value = 0;
  faults.others |= read_digits(text, value) ? 0U : 1U;
  return static_cast<std::int64_t>(value);
}

/// Seconds since 1970, from 2001 on: ten digits, up to 2^31 - 1.
[[gnu::always_inline]] inline std::int64_t read_seconds(std::string_view text, Faults& faults) {
  const std::uint64_t high = half_word_at(text.data()) ^ (kEightZeros & 0xffffU);
  const std::uint64_t low = word_at(text.data() + 2) ^ kEightZeros;
  faults.digits |= no_digits(high) | no_digits(low);
  const std::uint64_t value = ((high & 0xffU) * 10 + (high >> 8U)) * 100'000'000 + value_of_eight(low);
  faults.others |= (text.size() ^ 10U) | value >> 31U;
  return static_cast<std::int64_t>(value);
}

/// A word of up to eight letters, for comparison.
constexpr std::uint64_t letters(std::string_view text) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (i * 8);
  }
  return word;
}

/// The words of up to seven letters that a column can have, told apart by three bits of their first byte.
template <typename Value>
class WordTable {
 public:
  consteval WordTable(unsigned shift, std::initializer_list<std::pair<std::string_view, Value>> entries)
      : shift_(shift) {
    for (const auto& [word, value] : entries) {
      const std::size_t place = place_of(letters(word));
      if (words_[place] != 0 || word.size() > 7) throw "not told apart";
      words_[place] = letters(word);
      values_[place] = value;
    }
  }

  [[gnu::always_inline]] Value read(std::string_view text, Faults& faults) const {
    const std::uint64_t word = word_of(text.data(), text.size());
    const std::size_t place = place_of(word);
    faults.sizes |= text.size();
    faults.others |= word ^ words_[place];
    return values_[place];
  }

 private:
  [[nodiscard]] constexpr std::size_t place_of(std::uint64_t word) const { return word >> shift_ & 7U; }

  unsigned shift_;
  std::array<std::uint64_t, 8> words_{};
  std::array<Value, 8> values_{};
};

}  // namespace flowtrail::flowlog
