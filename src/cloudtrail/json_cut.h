// Finds where JSON values begin and end, by structure alone and without recursion: text nested 100,000 deep costs a
// byte a level on the heap. Strings are respected and brackets must match; what stands inside numbers, literals and
// strings (escapes, UTF-8) is left to the parser of the cut piece. A fault stays in the piece where it is found.
// Format: RFC 8259.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::cloudtrail {

enum class Cut : std::uint8_t {
  kWhole,   // a complete value; the position is behind it
  kEnds,    // the text ends inside the value
  kBroken,  // a character that cannot stand here; the position is at it
};

/// A member of an object, as slices of the text: the key without its quotes and with its escapes, the value as written.
struct CutMember {
  std::string_view key;
  std::string_view value;
};

[[nodiscard]] constexpr bool is_blank(char letter) {
  return letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
}
[[nodiscard]] constexpr bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}
/// What numbers, true, false and null are written with.
[[nodiscard]] constexpr bool is_scalar_letter(char letter) {
  return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '+' ||
         letter == '-' || letter == '.';
}

/// Tells of eight letters which of them end a string, begin an escape or break the string, by the highest bit of each.
/// Only the lowest bit that is set is sure: a borrow may have set those above it.
[[nodiscard]] constexpr std::uint64_t special_letters(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighs = 0x8080808080808080U;
  const auto below = [](std::uint64_t letters, std::uint64_t least) { return (letters - kOnes * least) & ~letters; };
  return (below(word, ' ') | below(word ^ (kOnes * '"'), 1) | below(word ^ (kOnes * '\\'), 1)) & kHighs;
}

[[nodiscard]] std::size_t skip_blanks(std::string_view text, std::size_t position);

/// Moves `position`, which stands at a quote, behind the string. Control characters break it, so that a lost quote
/// costs one line at most.
[[nodiscard]] Cut cut_string(std::string_view text, std::size_t& position);

/// Moves `position`, which stands at the first character of any value, behind the value.
[[nodiscard]] Cut cut_value(std::string_view text, std::size_t& position);

/// Moves `position` behind key and colon, to the first character of the member's value.
[[nodiscard]] Cut cut_key(std::string_view text, std::size_t& position, std::string_view& key);

/// The members of the object that `text` is, in the order written; empty where `text` is no whole object.
[[nodiscard]] std::vector<CutMember> cut_members(std::string_view text);

}  // namespace flowtrail::cloudtrail
