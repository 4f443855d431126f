// A hash of short texts for tables inside the program, such as names and ids: a few instructions for eight letters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace flowtrail {

/// For unordered containers; lets those of std::string be searched for a std::string_view. Whoever chooses the texts
/// can choose equal hashes, as with that of the standard library.
struct TextHash {
  using is_transparent = void;

  std::size_t operator()(std::string_view text) const {
    std::uint64_t hash = text.size();
    if (text.size() < sizeof(std::uint64_t)) return mixed(hash, few_letters(text));
    const char* const last = text.data() + text.size() - sizeof(std::uint64_t);
    for (const char* at = text.data(); at < last; at += sizeof(std::uint64_t))
      hash = mixed(hash, load<std::uint64_t>(at));
    return mixed(hash, load<std::uint64_t>(last));  // letters before it may count twice
  }

 private:
  template <typename Word>
  static Word load(const char* from) {
    Word word{};
    std::memcpy(&word, from, sizeof word);
    return word;
  }
  static std::uint64_t few_letters(std::string_view text) {
    if (text.size() >= sizeof(std::uint32_t)) {
      const std::uint64_t first = load<std::uint32_t>(text.data());
      return first << 32U | load<std::uint32_t>(text.data() + text.size() - sizeof(std::uint32_t));
    }
    std::uint64_t word = 0;
    for (const char letter : text) word = word << 8U | static_cast<unsigned char>(letter);
    return word;
  }
  static std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
    return hash ^ hash >> 32U;
  }
};

}  // namespace flowtrail
