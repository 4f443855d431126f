// The short texts that logs are full of: comparing them, and keys of hash tables that hold them whole.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace flowtrail {

namespace short_text {

template <typename Word>
[[nodiscard]] inline std::uint64_t load(const char* from) {
  Word word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

[[nodiscard]] inline std::uint64_t mix(std::uint64_t hash) {
  hash ^= hash >> 32U;
  hash *= 0xd6e8feb86659fd93U;
  return hash ^ hash >> 32U;
}

}  // namespace short_text

/// Whether two texts are equal, as `==` says, but without a call: faster for fields of up to about 40 bytes.
[[nodiscard]] inline bool is_same(std::string_view a, std::string_view b) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  const auto word = [](const char* from) { return short_text::load<std::uint64_t>(from); };
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size < kWord) {
    for (std::size_t i = 0; i < size; ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }
  for (std::size_t at = 0; at + kWord < size; at += kWord) {
    if (word(a.data() + at) != word(b.data() + at)) return false;
  }
  return word(a.data() + size - kWord) == word(b.data() + size - kWord);
}

/// A text of up to 24 bytes as a whole - every id and IPv4 address of AWS's logs -, of a longer one its size and hash:
/// a table of keys finds most texts without a look at them.
struct TextKey {
  static constexpr std::size_t kWhole = 24;

  std::uint64_t words[3] = {};
  std::uint32_t size = 0;

  [[nodiscard]] static TextKey of(std::string_view text);
  [[nodiscard]] bool is_whole() const { return size <= kWhole; }
  [[nodiscard]] std::uint64_t hash() const;

  friend bool operator==(const TextKey& a, const TextKey& b) {
    return ((a.words[0] ^ b.words[0]) | (a.words[1] ^ b.words[1]) | (a.words[2] ^ b.words[2]) | (a.size ^ b.size)) == 0;
  }
};

/// Words overlap where the text is no multiple of them; with the size they still tell one text from another.
inline TextKey TextKey::of(std::string_view text) {
  using short_text::load;
  TextKey key;
  const char* const begin = text.data();
  const std::size_t size = text.size();
  key.size = static_cast<std::uint32_t>(size);
  if (size > kWhole) {
    std::uint64_t hash = size;
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      hash = (std::rotl(hash, 25) ^ load<std::uint64_t>(begin + at)) * 0x9e3779b97f4a7c15U;
    }
    key.words[0] = short_text::mix((std::rotl(hash, 25) ^ load<std::uint64_t>(begin + size - 8)) * 0x9e3779b97f4a7c15U);
  } else if (size >= 8) {
    key.words[0] = load<std::uint64_t>(begin);
    key.words[1] = load<std::uint64_t>(begin + size - 8);
    if (size > 16) key.words[2] = load<std::uint64_t>(begin + 8);
  } else if (size >= 4) {
    key.words[0] = load<std::uint32_t>(begin) | load<std::uint32_t>(begin + size - 4) << 32U;
  } else if (size > 0) {
    key.words[0] = load<std::uint8_t>(begin) | load<std::uint8_t>(begin + size / 2) << 8U |
                   load<std::uint8_t>(begin + size - 1) << 16U;
  }
  return key;
}

inline std::uint64_t TextKey::hash() const {
  return short_text::mix((words[0] + size) * 0x9e3779b97f4a7c15U ^ std::rotl(words[1] * 0xc2b2ae3d27d4eb4fU, 31) ^
                         std::rotl(words[2] * 0x165667b19e3779f9U, 17));
}

}  // namespace flowtrail
