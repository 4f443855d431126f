#include "scalar/json_reader.h"

#include "base/letters.h"

namespace flowtrail::scalar {
namespace {

constexpr std::size_t kDeepest = 1000;

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

int hex_digit(char letter) {
  if (is_digit(letter)) return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

}  // namespace

JsonToken JsonReader::fault() {
  at_ = text_.size();
  value_ = {};
  return token_ = JsonToken::kFault;
}

void JsonReader::skip_blanks() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
    ++at_;
  }
}

void JsonReader::after_value() {
  expect_ = open_.empty() ? Expect::kNothing : Expect::kCommaOrEnd;
}

JsonToken JsonReader::next() {
  if (token_ == JsonToken::kFault || token_ == JsonToken::kEnd) return token_;
  while (true) {
    skip_blanks();
    if (expect_ == Expect::kNothing) {
      if (at_ < text_.size()) return fault();
      value_ = {};
      return token_ = JsonToken::kEnd;
    }
    if (at_ == text_.size()) return fault();
    begin_ = at_;
    const char letter = text_[at_];
    switch (expect_) {
      case Expect::kColon:
        if (letter != ':') return fault();
        ++at_;
        expect_ = Expect::kValue;
        continue;
      case Expect::kCommaOrEnd:
        if (letter == ',') {
          ++at_;
          expect_ = open_.back() ? Expect::kKey : Expect::kValue;
          continue;
        }
        if (letter == '}' && open_.back()) return close(JsonToken::kObjectEnd);
        if (letter == ']' && !open_.back()) return close(JsonToken::kArrayEnd);
        return fault();
      case Expect::kKeyOrEnd:
        if (letter == '}') return close(JsonToken::kObjectEnd);
        [[fallthrough]];
      case Expect::kKey:
        if (letter != '"') return fault();
        return read_string(JsonToken::kKey);
      case Expect::kValueOrEnd:
        if (letter == ']') return close(JsonToken::kArrayEnd);
        [[fallthrough]];
      case Expect::kValue: return read_value();
      case Expect::kNothing: return fault();
    }
  }
}

JsonToken JsonReader::read_value() {
  switch (text_[at_]) {
    case '{': return open(JsonToken::kObjectBegin, true);
    case '[': return open(JsonToken::kArrayBegin, false);
    case '"': return read_string(JsonToken::kString);
    case 't': return read_word("true", JsonToken::kTrue);
    case 'f': return read_word("false", JsonToken::kFalse);
    case 'n': return read_word("null", JsonToken::kNull);
    default: return read_number();
  }
}

JsonToken JsonReader::open(JsonToken token, bool object) {
  if (open_.size() == kDeepest) return fault();
  ++at_;
  open_.push_back(object);
  expect_ = object ? Expect::kKeyOrEnd : Expect::kValueOrEnd;
  value_ = {};
  return token_ = token;
}

JsonToken JsonReader::close(JsonToken token) {
  ++at_;
  open_.pop_back();
  after_value();
  value_ = {};
  return token_ = token;
}

JsonToken JsonReader::read_word(std::string_view word, JsonToken token) {
  if (text_.substr(at_, word.size()) != word) return fault();
  value_ = text_.substr(at_, word.size());
  at_ += word.size();
  after_value();
  return token_ = token;
}

bool JsonReader::read_digits() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  return at_ > begin;
}

JsonToken JsonReader::read_number() {
  const std::size_t begin = at_;
  if (text_[at_] == '-') ++at_;
  const std::size_t digits = at_;
  if (!read_digits()) return fault();
  if (text_[digits] == '0' && at_ - digits > 1) return fault();
  JsonToken kind = JsonToken::kInteger;
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    kind = JsonToken::kFloat;
    if (!read_digits()) return fault();
  }
  if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    ++at_;
    kind = JsonToken::kFloat;
    if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    if (!read_digits()) return fault();
  }
  value_ = text_.substr(begin, at_ - begin);
  after_value();
  return token_ = kind;
}

bool JsonReader::read_code_unit(std::uint32_t& unit) {
  if (text_.size() - at_ < 4) return false;
  unit = 0;
  for (const std::size_t end = at_ + 4; at_ < end; ++at_) {
    const int digit = hex_digit(text_[at_]);
    if (digit < 0) return false;
    unit = unit << 4U | static_cast<std::uint32_t>(digit);
  }
  return true;
}

// Stands behind the backslash.
bool JsonReader::read_escape() {
  if (at_ == text_.size()) return false;
  switch (const char letter = text_[at_++]) {
    case '"':
    case '\\':
    case '/': decoded_ += letter; return true;
    case 'b': decoded_ += '\b'; return true;
    case 'f': decoded_ += '\f'; return true;
    case 'n': decoded_ += '\n'; return true;
    case 'r': decoded_ += '\r'; return true;
    case 't': decoded_ += '\t'; return true;
    case 'u': break;
    default: return false;
  }
  std::uint32_t unit = 0;
  if (!read_code_unit(unit)) return false;
  if (is_high_surrogate(unit) && text_.substr(at_, 2) == "\\u") {
    const std::size_t before = at_;
    at_ += 2;
    std::uint32_t low = 0;
    if (!read_code_unit(low)) return false;
    if (is_low_surrogate(low)) {
      unit = 0x10000 + ((unit - 0xd800) << 10U) + (low - 0xdc00);
    } else {
      at_ = before;
    }
  }
  // Half a pair is no character.
  append_utf8(is_high_surrogate(unit) || is_low_surrogate(unit) ? '?' : unit, decoded_);
  return true;
}

JsonToken JsonReader::read_string(JsonToken kind) {
  ++at_;
  std::size_t begin = at_;
  bool escaped = false;
  while (true) {
    if (at_ == text_.size()) return fault();
    const char letter = text_[at_];
    if (letter == '"') break;
    if (static_cast<unsigned char>(letter) < 0x20) return fault();
    if (letter != '\\') {
      ++at_;
      continue;
    }
    if (!escaped) decoded_.clear();
    escaped = true;
    decoded_.append(text_, begin, at_ - begin);
    ++at_;
    if (!read_escape()) return fault();
    begin = at_;
  }
  const std::string_view rest = text_.substr(begin, at_ - begin);
  ++at_;
  if (escaped) {
    decoded_ += rest;
    value_ = decoded_;
  } else {
    value_ = rest;
  }
  if (kind == JsonToken::kKey) {
    expect_ = Expect::kColon;
  } else {
    after_value();
  }
  return token_ = kind;
}

bool JsonReader::skip_value() {
  if (token_ != JsonToken::kObjectBegin && token_ != JsonToken::kArrayBegin) return token_ != JsonToken::kFault;
  const std::size_t outside = open_.size() - 1;
  while (open_.size() > outside) {
    if (next() == JsonToken::kFault) return false;
  }
  return true;
}

}  // namespace flowtrail::scalar
