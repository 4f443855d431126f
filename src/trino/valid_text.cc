#include "trino/valid_text.h"

#include <algorithm>

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

}  // namespace flowtrail::trino
