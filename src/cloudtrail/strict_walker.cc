#include "cloudtrail/strict_walker.h"

#include <algorithm>
#include <cstring>

#include "cloudtrail/envelope.h"

namespace flowtrail::cloudtrail {

namespace {

constexpr unsigned kMaxDepth = 60;   // of a member's value; deeper is left to the tolerant walker
constexpr std::size_t kDigits = 18;  // so many fit into any 64-bit number

std::size_t digits_at(std::string_view text, std::size_t position) {
  std::size_t end = position;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - position;
}

bool is_literal(std::string_view text) {
  const auto is = [text](const auto& name) {
    constexpr std::size_t kLength = sizeof name - 1;
    return text.size() == kLength && std::memcmp(text.data(), name, kLength) == 0;
  };
  return is("null") || is("true") || is("false");
}

/// Without exponents, and short.
bool is_simple_number(std::string_view text) {
  const std::size_t start = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_at(text, start);
  if (whole == 0 || (whole > 1 && text[start] == '0') || text.size() > kDigits) return false;
  const std::size_t point = start + whole;
  if (point == text.size()) return true;
  const std::size_t fraction = text[point] == '.' ? digits_at(text, point + 1) : 0;
  return fraction > 0 && point + 1 + fraction == text.size();
}

/// Does a member begin at `place` whose value is a string, and another one behind it? Behind the last place stand three
/// that mean the end of the text, where a zero byte is.
bool is_text_with_more(const char* text, const std::uint32_t* place) {
  if (text[place[0]] != '"') return false;
  const auto letter = [&](unsigned number) { return std::uint32_t{static_cast<unsigned char>(text[place[number]])}; };
  constexpr std::uint32_t kAsWanted = ':' | '"' << 8U | ',' << 16U;
  return (letter(1) | letter(2) << 8U | letter(3) << 16U) == kAsWanted;
}

}  // namespace

bool StrictWalker::run(std::string_view text, Receiver& receiver) {
  text_ = text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
  receiver_ = &receiver;
  next_ = 0;
  members_.clear();
  if (!structure_.find(text_)) return false;
  next_escape_ = structure_.first_escape();
  while (next_ < structure_.size()) {
    if (!value(0)) return false;
  }
  return true;
}

/// Behind the last letter of the string or scalar at `place`.
std::size_t StrictWalker::end_of_scalar(std::size_t place) const {
  std::size_t end = structure_[place + 1];
  while (is_blank(text_[end - 1])) --end;
  return end;
}

bool StrictWalker::value(int depth) {
  const char first = letter(next_);
  if (first == '{') return object(depth);
  return first == '[' && array(depth);
}

bool StrictWalker::array(int depth) {
  if (letter(++next_) == ']') {
    ++next_;
    return true;
  }
  while (depth < kMaxEnvelopes && value(depth + 1)) {
    const char behind = letter(next_++);
    if (behind == ']') return true;
    if (behind != ',') return false;
  }
  return false;
}

bool StrictWalker::object(int depth) {
  const std::size_t start = structure_[next_];
  const std::size_t outer = members_.size();
  bool envelope = false;
  certain_ = true;
  bool open = letter(++next_) != '}';
  if (!open) ++next_;
  while (open) {
    take_short_members();
    if (!member(depth, envelope)) return false;
    const char behind = letter(next_++);
    if (behind != ',' && behind != '}') return false;
    open = behind == ',';
  }
  if (!envelope) receiver_->record(record_at(start, outer));
  members_.resize(outer);
  return true;
}

/// The object that ends before the next place. No record lies in another.
StrictWalker::Record StrictWalker::record_at(std::size_t start, std::size_t outer) {
  const std::size_t end = structure_[next_ - 1] + 1;
  const bool has_escapes = next_escape_ < end;
  if (has_escapes) next_escape_ = text_.find('\\', end);
  return {text_.substr(start, end - start), std::span(members_).subspan(outer), certain_, has_escapes};
}

/// The same as `member` for those whose value is a string or a literal and behind which more follow: most of a record's
/// own members.
void StrictWalker::take_short_members() {
  const char* const text = text_.data();
  const auto behind_value = [text](std::uint32_t next) {
    while (is_blank(text[next - 1])) --next;
    return next;
  };
  const std::uint32_t* place = structure_.from(next_);
  while (text[place[0]] == '"' && text[place[1]] == ':' && text[place[3]] == ',') {
    const std::uint32_t start = place[0] + 1;
    const std::string_view key(text + start, behind_value(place[1]) - 1 - start);
    const std::string_view value(text + place[2], behind_value(place[3]) - place[2]);
    if (value.front() == '"' ? value[1] == '{' && is_text_key(key) : !is_literal(value)) break;
    members_.push_back({key, value});
    place += 4;
  }
  next_ = structure_.number_of(place);
}

bool StrictWalker::member(int depth, bool& envelope) {
  const std::size_t key_start = structure_[next_] + 1;
  if (!skip_key()) return false;
  const std::string_view key = text_.substr(key_start, end_of_scalar(next_ - 2) - key_start - 1);
  const std::size_t start = structure_[next_];
  const char first = letter(next_);
  if (holds_records(key, first) && depth < kMaxEnvelopes) {
    envelope = true;
    if (!value(depth + 1)) return false;
  } else {
    if (first == '"' && is_text_key(key) && text_.substr(start + 1).starts_with('{')) return false;
    if (!skip_value()) return false;
  }
  const bool container = first == '{' || first == '[';
  const std::size_t end = container ? structure_[next_ - 1] + 1 : end_of_scalar(next_ - 1);
  members_.push_back({key, text_.substr(start, end - start)});
  return true;
}

bool StrictWalker::skip_key() {
  if (letter(next_) != '"' || letter(next_ + 1) != ':') return false;
  next_ += 2;
  return true;
}

bool StrictWalker::skip_scalar() {
  const char first = letter(next_);
  if (first == '"') {
    ++next_;
    return true;
  }
  if (!is_scalar_letter(first)) return false;
  const std::size_t start = structure_[next_];
  const std::string_view text = text_.substr(start, end_of_scalar(next_) - start);
  ++next_;
  if (is_literal(text) || is_simple_number(text)) return true;
  certain_ = false;
  return std::ranges::all_of(text, is_scalar_letter);
}

/// The same as walking member by member, but with everything in registers: most of a record is here.
bool StrictWalker::skip_value() {
  const char* const text = text_.data();
  const std::uint32_t* place = structure_.from(next_);
  const auto letter_at = [text](const std::uint32_t* at) { return text[*at]; };
  const auto is_key = [&](const std::uint32_t* at) { return letter_at(at) == '"' && letter_at(at + 1) == ':'; };
  const auto skip_texts = [text](const std::uint32_t* at) {
    while (is_text_with_more(text, at)) at += 4;
    return at;
  };
  std::uint64_t objects = 0;  // one bit for each open bracket, the innermost lowest: is it an object?
  unsigned depth = 0;
  while (depth <= kMaxDepth) {
    const char first = letter_at(place);
    if (first == '"') {
      ++place;
    } else if (first == '{' || first == '[') {
      const bool is_object = first == '{';
      objects = (objects << 1U) | (is_object ? 1U : 0U);
      ++depth;
      ++place;
      if (letter_at(place) != (is_object ? '}' : ']')) {
        if (!is_object) continue;
        place = skip_texts(place);
        if (!is_key(place)) return false;
        place += 2;
        continue;
      }
    } else {
      next_ = structure_.number_of(place);
      if (!skip_scalar()) return false;
      ++place;
    }
    while (depth > 0) {
      const bool in_object = (objects & 1U) != 0;
      const char behind = letter_at(place++);
      if (behind == ',') {
        if (!in_object) break;
        place = skip_texts(place);
        if (!is_key(place)) return false;
        place += 2;
        break;
      }
      if (behind != (in_object ? '}' : ']')) return false;
      objects >>= 1U;
      --depth;
    }
    if (depth == 0) {
      next_ = structure_.number_of(place);
      return true;
    }
  }
  return false;
}

}  // namespace flowtrail::cloudtrail
