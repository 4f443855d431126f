#include "trino/valid_text.h"

#include <algorithm>

#include "base/letters.h"

namespace flowtrail::trino {

std::string valid_text(std::string_view bytes, std::string_view replacement) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size();) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    std::size_t length = 1;
    if (first >= 0xc2 && first <= 0xdf) length = 2;
    if (first >= 0xe0 && first <= 0xef) length = 3;
    if (first >= 0xf0 && first <= 0xf4) length = 4;
    bool good = first < 0x80 || length > 1;
    std::size_t valid = 1;
    for (; good && valid < length; ++valid) {
      const auto next = i + valid < bytes.size() ? static_cast<unsigned char>(bytes[i + valid]) : 0U;
      const unsigned low = valid > 1 ? 0x80U : (first == 0xe0 ? 0xa0U : (first == 0xf0 ? 0x90U : 0x80U));
      const unsigned high = valid > 1 ? 0xbfU : (first == 0xed ? 0x9fU : (first == 0xf4 ? 0x8fU : 0xbfU));
      if (next < low || next > high) {
        good = false;
        break;
      }
    }
    if (good) {
      text += bytes.substr(i, length);
      i += length;
    } else {
      text += replacement;
      i += std::max<std::size_t>(1, valid);
    }
  }
  return text;
}

std::string_view first_letter(std::string_view text) {
  std::size_t end = std::min<std::size_t>(1, text.size());
  while (end < text.size() && !begins_code_point(text[end])) ++end;
  return text.substr(0, end);
}

std::uint32_t first_code_point(std::string_view text) {
  const std::string_view letter = first_letter(text);
  // The first byte has as many ones in front as there are bytes.
  const std::uint32_t first = static_cast<unsigned char>(letter[0]);
  std::uint32_t point = letter.size() == 1 ? first : first & (0x7fU >> letter.size());
  for (const char byte : letter.substr(1)) point = point << 6U | (static_cast<unsigned char>(byte) & 0x3fU);
  return point;
}

}  // namespace flowtrail::trino
