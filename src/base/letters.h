// Letters of ASCII and code points of UTF-8, whatever the locale.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace flowtrail {

/// A to Z in lower case; every other byte as it is.
[[nodiscard]] constexpr char lower_letter(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// With every letter of ASCII in lower case.
[[nodiscard]] inline std::string lower(std::string_view text) {
  std::string lowered{text};
  std::ranges::transform(lowered, lowered.begin(), lower_letter);
  return lowered;
}

/// False for the bytes of UTF-8 that continue a code point.
[[nodiscard]] constexpr bool begins_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U;
}

/// Of a text that is UTF-8.
[[nodiscard]] constexpr std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_code_point));
}

/// Its first code points, `most` of them if there are so many.
[[nodiscard]] constexpr std::string_view first_code_points(std::string_view text, std::size_t most) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (begins_code_point(text[at]) && seen++ == most) break;
  }
  return text.substr(0, at);
}

/// `code_point`: 0 to 0x10FFFF.
inline void append_utf8(std::uint32_t code_point, std::string& to) {
  const auto put = [&to](std::uint32_t byte) { to += static_cast<char>(byte); };
  const auto tail = [&](unsigned shift) { put(0x80U | (code_point >> shift & 0x3fU)); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xc0U | code_point >> 6U);
  } else if (code_point < 0x10000) {
    put(0xe0U | code_point >> 12U);
    tail(6);
  } else {
    put(0xf0U | code_point >> 18U);
    tail(12);
    tail(6);
  }
  tail(0);
}

}  // namespace flowtrail
