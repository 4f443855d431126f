#include "cloudtrail/json_cut.h"

#include <bit>
#include <cstring>

namespace flowtrail::cloudtrail {

namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);

/// How many of the eight letters at `from` come before one that ends a string, begins an escape or breaks the string.
std::size_t count_plain(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, kWord);
  if constexpr (std::endian::native == std::endian::big) word = std::byteswap(word);
  return static_cast<std::size_t>(std::countr_zero(special_letters(word))) / 8;
}

Cut cut_scalar(std::string_view text, std::size_t& position) {
  const std::size_t start = position;
  while (position < text.size() && is_scalar_letter(text[position])) ++position;
  return position == start ? Cut::kBroken : Cut::kWhole;
}

/// What may come next inside the innermost open bracket.
enum class Expect : std::uint8_t { kFirstMember, kMember, kFirstElement, kValue, kCommaOrClose };

class NestedCutter {
 public:
  explicit NestedCutter(std::string_view text) : text_(text) {}

  Cut run(std::size_t& position) {
    do {
      position = skip_blanks(text_, position);
      if (position >= text_.size()) return Cut::kEnds;
      const Cut step = expect_ == Expect::kCommaOrClose                                ? comma_or_close(position)
                       : expect_ == Expect::kFirstMember || expect_ == Expect::kMember ? member(position)
                                                                                       : value(position);
      if (step != Cut::kWhole) return step;
    } while (!open_.empty());
    return Cut::kWhole;
  }

 private:
  Cut comma_or_close(std::size_t& position) {
    const bool in_object = open_.back() == '{';
    if (text_[position] == ',') {
      expect_ = in_object ? Expect::kMember : Expect::kValue;
    } else if (text_[position] == (in_object ? '}' : ']')) {
      open_.pop_back();
    } else {
      return Cut::kBroken;
    }
    ++position;
    return Cut::kWhole;
  }

  Cut member(std::size_t& position) {
    if (text_[position] == '}' && expect_ == Expect::kFirstMember) return close(position);
    std::string_view key;
    const Cut cut = cut_key(text_, position, key);
    expect_ = Expect::kValue;
    return cut;
  }

  Cut value(std::size_t& position) {
    const char letter = text_[position];
    if (letter == ']' && expect_ == Expect::kFirstElement) return close(position);
    if (letter == '{' || letter == '[') {
      open_.push_back(letter);
      expect_ = letter == '{' ? Expect::kFirstMember : Expect::kFirstElement;
      ++position;
      return Cut::kWhole;
    }
    expect_ = Expect::kCommaOrClose;
    return letter == '"' ? cut_string(text_, position) : cut_scalar(text_, position);
  }

  Cut close(std::size_t& position) {
    open_.pop_back();
    expect_ = Expect::kCommaOrClose;
    ++position;
    return Cut::kWhole;
  }

  std::string_view text_;
  std::string open_;  // the open brackets, innermost last
  Expect expect_ = Expect::kValue;
};

}  // namespace

std::size_t skip_blanks(std::string_view text, std::size_t position) {
  while (position < text.size() && is_blank(text[position])) ++position;
  return position;
}

Cut cut_string(std::string_view text, std::size_t& position) {
  if (text[position] != '"') return Cut::kBroken;
  for (++position; position < text.size(); ++position) {
    while (position + kWord <= text.size()) {
      const std::size_t plain = count_plain(text.data() + position);
      position += plain;
      if (plain < kWord) break;
    }
    if (position == text.size()) break;
    const auto letter = static_cast<unsigned char>(text[position]);
    if (letter == '"') {
      ++position;
      return Cut::kWhole;
    }
    if (letter < 0x20) return Cut::kBroken;
    if (letter == '\\') ++position;
  }
  position = text.size();
  return Cut::kEnds;
}

Cut cut_value(std::string_view text, std::size_t& position) {
  if (position >= text.size()) return Cut::kEnds;
  if (text[position] == '"') return cut_string(text, position);
  if (text[position] != '{' && text[position] != '[') return cut_scalar(text, position);
  return NestedCutter(text).run(position);
}

Cut cut_key(std::string_view text, std::size_t& position, std::string_view& key) {
  const std::size_t start = position;
  if (const Cut cut = cut_string(text, position); cut != Cut::kWhole) return cut;
  key = text.substr(start + 1, position - start - 2);
  position = skip_blanks(text, position);
  if (position >= text.size()) return Cut::kEnds;
  if (text[position] != ':') return Cut::kBroken;
  position = skip_blanks(text, position + 1);
  return position >= text.size() ? Cut::kEnds : Cut::kWhole;
}

std::vector<CutMember> cut_members(std::string_view text) {
  std::vector<CutMember> members;
  std::size_t position = skip_blanks(text, 0);
  if (position >= text.size() || text[position] != '{') return {};
  position = skip_blanks(text, position + 1);
  while (position < text.size() && text[position] != '}') {
    CutMember member;
    if (cut_key(text, position, member.key) != Cut::kWhole) return {};
    const std::size_t start = position;
    if (cut_value(text, position) != Cut::kWhole) return {};
    member.value = text.substr(start, position - start);
    members.push_back(member);
    position = skip_blanks(text, position);
    if (position < text.size() && text[position] == ',') position = skip_blanks(text, position + 1);
  }
  return members;
}

}  // namespace flowtrail::cloudtrail
