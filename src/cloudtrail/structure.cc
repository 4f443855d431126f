#include "cloudtrail/structure.h"

#include <algorithm>

namespace flowtrail::cloudtrail {

namespace {

constexpr std::size_t kSmallestCapacity = std::size_t{1} << 16U;
constexpr std::size_t kDepth = 1;  // of the second stage, which is not used

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

/// The code unit of `\uXXXX` at `position`, or -1.
int code_unit(std::string_view text, std::size_t position) {
  if (position + 6 > text.size() || text[position] != '\\' || text[position + 1] != 'u') return -1;
  int unit = 0;
  for (std::size_t index = position + 2; index < position + 6; ++index) {
    const int digit = hex_digit(text[index]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/// The length of the escape at `position`; 0 where it is wrong.
std::size_t escape_length(std::string_view text, std::size_t position) {
  if (position + 1 >= text.size()) return 0;
  constexpr std::string_view kShort = "\"\\/bfnrt";
  if (kShort.find(text[position + 1]) != std::string_view::npos) return 2;
  const int unit = code_unit(text, position);
  if (unit < 0) return 0;
  const bool surrogate = unit >= 0xd800 && unit <= 0xdfff;
  if (!surrogate) return 6;
  const int low = unit < 0xdc00 ? code_unit(text, position + 6) : -1;
  return low >= 0xdc00 && low <= 0xdfff ? 12 : 0;
}

bool escapes_are_valid(std::string_view text, std::size_t first) {
  for (std::size_t position = first; position != std::string_view::npos; position = text.find('\\', position)) {
    const std::size_t length = escape_length(text, position);
    if (length == 0) return false;
    position += length;
  }
  return true;
}

}  // namespace

bool Structure::find(std::string_view text) {
  size_ = 0;
  if (text.empty()) return false;
  if (!scanner_ || scanner_->capacity() < text.size()) {
    const std::size_t capacity = std::max(text.size() + text.size() / 4, kSmallestCapacity);
    scanner_.reset();
    const auto code =
        simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, kDepth, scanner_);
    if (code != simdjson::SUCCESS) {
      scanner_.reset();
      return false;
    }
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  if (scanner_->stage1(bytes, text.size(), simdjson::stage1_mode::regular) != simdjson::SUCCESS) return false;
  places_ = scanner_->structural_indexes.get();
  size_ = scanner_->n_structural_indexes;
  first_escape_ = text.find('\\');
  return escapes_are_valid(text, first_escape_);
}

}  // namespace flowtrail::cloudtrail
