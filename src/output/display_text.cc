#include "output/display_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/letters.h"

namespace flowtrail::output {
namespace {

struct Range {
  char32_t first, last;
};

constexpr bool in(const auto& ranges, char32_t value) {
  return std::any_of(ranges.begin(), ranges.end(), [value](Range r) { return r.first <= value && value <= r.last; });
}

// Combining marks of the scripts that names are likely to be written in.
constexpr std::array<Range, 14> kZeroWidth{{{0x0300, 0x036f},
                                            {0x0483, 0x0489},
                                            {0x0591, 0x05bd},
                                            {0x0610, 0x061a},
                                            {0x064b, 0x065f},
                                            {0x0900, 0x0902},
                                            {0x093c, 0x093c},
                                            {0x0e34, 0x0e3a},
                                            {0x0e47, 0x0e4e},
                                            {0x1ab0, 0x1aff},
                                            {0x1dc0, 0x1dff},
                                            {0x20d0, 0x20ff},
                                            {0xfe00, 0xfe0f},
                                            {0xfe20, 0xfe2f}}};

constexpr std::array<Range, 12> kDoubleWidth{{{0x1100, 0x115f},
                                              {0x2e80, 0x303e},
                                              {0x3041, 0x33ff},
                                              {0x3400, 0x4dbf},
                                              {0x4e00, 0x9fff},
                                              {0xa000, 0xa4cf},
                                              {0xac00, 0xd7a3},
                                              {0xf900, 0xfaff},
                                              {0xfe30, 0xfe6f},
                                              {0xff00, 0xff60},
                                              {0x1f300, 0x1faff},
                                              {0x20000, 0x3fffd}}};

// Invisible characters and those that reorder text: they could make a line read as something else.
constexpr std::array<Range, 7> kTreacherous{{{0x00ad, 0x00ad},
                                             {0x061c, 0x061c},
                                             {0x200b, 0x200f},
                                             {0x2028, 0x202e},
                                             {0x2060, 0x206f},
                                             {0xfeff, 0xfeff},
                                             {0xe0000, 0xe0fff}}};

std::size_t width_of(char32_t value) {
  if (value < 0x300) return 1;
  if (in(kZeroWidth, value)) return 0;
  return in(kDoubleWidth, value) ? 2 : 1;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1, true};
  std::size_t size = 0;
  char32_t value = 0;
  char32_t least = 0;
  if (lead >= 0xc2 && lead <= 0xdf) {
    size = 2, value = lead & 0x1fU, least = 0x80;
  } else if ((lead & 0xf0U) == 0xe0U) {
    size = 3, value = lead & 0x0fU, least = 0x800;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    size = 4, value = lead & 0x07U, least = 0x10000;
  } else {
    return {lead, 1, false};
  }
  if (text.size() < size) return {lead, 1, false};
  for (std::size_t i = 1; i < size; ++i) {
    if (begins_code_point(text[i])) return {lead, 1, false};
    value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < least || value > 0x10ffff || surrogate) return {lead, 1, false};
  return {value, size, true};
}

std::string visible(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (!point.valid) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
    } else if (point.value == '\n') {
      result += "\\n";
    } else if (point.value == '\t') {
      result += "\\t";
    } else if (point.value == '\r') {
      result += "\\r";
    } else if (point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0)) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
    } else if (in(kTreacherous, point.value)) {
      result += fmt::format("\\u{{{:04x}}}", static_cast<unsigned>(point.value));
    } else {
      result += text.substr(0, point.size);
    }
    text.remove_prefix(point.size);
  }
  return result;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    width += point.valid ? width_of(point.value) : 1;
    text.remove_prefix(point.size);
  }
  return width;
}

std::string elide_middle(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string{text};
  if (width == 0) return {};
  const std::size_t head_room = width / 2;
  const std::size_t tail_room = width - 1 - head_room;
  std::size_t used = 0;
  std::size_t head_end = 0;
  while (head_end < text.size()) {
    const CodePoint point = first_code_point(text.substr(head_end));
    const std::size_t step = point.valid ? width_of(point.value) : 1;
    if (used + step > head_room) break;
    used += step;
    head_end += point.size;
  }
  // The tail: the longest suffix that fits and starts at a character.
  std::vector<std::pair<std::size_t, std::size_t>> steps;  // offset, width
  for (std::size_t at = head_end; at < text.size();) {
    const CodePoint point = first_code_point(text.substr(at));
    steps.emplace_back(at, point.valid ? width_of(point.value) : 1);
    at += point.size;
  }
  std::size_t tail_begin = text.size();
  used = 0;
  for (auto step = steps.rbegin(); step != steps.rend() && used + step->second <= tail_room; ++step) {
    used += step->second;
    tail_begin = step->first;
  }
  return fmt::format("{}…{}", text.substr(0, head_end), text.substr(tail_begin));
}

std::string pad_right(std::string text, std::size_t width) {
  const std::size_t have = display_width(text);
  if (have < width) text.append(width - have, ' ');
  return text;
}

std::string pad_left(std::string text, std::size_t width) {
  const std::size_t have = display_width(text);
  if (have < width) text.insert(0, width - have, ' ');
  return text;
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  width = std::max<std::size_t>(width, 8);
  std::string result;
  while (display_width(text) > width) {
    std::size_t used = 0;
    std::size_t end = 0;
    std::size_t last_blank = 0;
    while (end < text.size()) {
      const CodePoint point = first_code_point(text.substr(end));
      const std::size_t step = point.valid ? width_of(point.value) : 1;
      if (point.value == ' ' && used <= width) last_blank = end;
      if (used + step > width) break;
      used += step;
      end += point.size;
    }
    const bool at_blank = last_blank > 0;
    result += text.substr(0, at_blank ? last_blank : end);
    result += '\n';
    result.append(indent, ' ');
    text.remove_prefix(at_blank ? last_blank + 1 : end);
  }
  result += text;
  return result;
}

}  // namespace flowtrail::output
