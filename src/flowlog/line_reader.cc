#include "flowlog/line_reader.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace flowtrail::flowlog {
namespace {

bool is_blank(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\r';
}

/// Number of bytes of the UTF-8 sequence at the front of `text` (RFC 3629), 0 when it is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second > 0x9f;
  const bool too_large = first == 0xf4 && second > 0x8f;
  return overlong || surrogate || too_large ? 0 : length;
}

LineBytes inspect_slowly(std::string_view line) {
  while (!line.empty()) {
    const auto byte = static_cast<unsigned char>(line.front());
    if (byte < 0x20 && byte != '\t') return LineBytes::kControlBytes;
    const std::size_t length = sequence_length(line);
    if (length == 0) return LineBytes::kNotUtf8;
    line.remove_prefix(length);
  }
  return LineBytes::kText;
}

}  // namespace

std::string_view trim_line(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

LineBytes inspect(std::string_view line) {
  // Eight bytes at a time: all of them from 0x20 to 0x7f is what nearly every line is made of.
  constexpr std::uint64_t kHighBits = 0x8080808080808080U, kSpaces = 0x2020202020202020U;
  std::size_t at = 0;
  std::uint64_t unusual = 0;
  for (; at + 8 <= line.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, line.data() + at, 8);
    unusual |= (word | (word - kSpaces)) & kHighBits;
  }
  for (; at < line.size(); ++at) {
    const auto byte = static_cast<unsigned char>(line[at]);
    if (byte < 0x20 || byte >= 0x80) unusual = 1;
  }
  return unusual == 0 ? LineBytes::kText : inspect_slowly(line);
}

Result<bool> LineReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  FT_TRY(const std::size_t size, stream_.read(std::span(buffer_.get() + end_, kBufferBytes - end_)));
  end_ += size;
  return size > 0;
}

std::string_view LineReader::waiting_lines(std::size_t about) const {
  if (in_long_line_) return {};
  const char* const begin = buffer_.get() + begin_;
  const std::size_t size = end_ - begin_;
  const void* last = ::memrchr(begin, '\n', std::min(size, about));
  if (last == nullptr) last = std::memchr(begin, '\n', size);
  return last == nullptr ? std::string_view{} : std::string_view(begin, static_cast<const char*>(last) + 1);
}

Result<bool> LineReader::skip_rest() {
  while (true) {
    const void* const found = std::memchr(buffer_.get() + begin_, '\n', end_ - begin_);
    if (found != nullptr) {
      begin_ = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.get()) + 1;
      in_long_line_ = false;
      return true;
    }
    begin_ = end_ = 0;
    FT_TRY(const bool more, fill());
    if (!more) return false;
  }
}

void LineReader::take(std::size_t size, bool too_long, Line& line) {
  line.text = trim_line(std::string_view(buffer_.get() + begin_, std::min(size, kLongestLine)));
  line.number = ++number_;
  line.too_long = too_long;
}

Result<bool> LineReader::next(Line& line) {
  if (in_long_line_) {
    FT_TRY(const bool more, skip_rest());
    if (!more) return false;
  }
  std::size_t searched = 0;
  while (true) {
    const std::size_t waiting = end_ - begin_;
    const void* const found = std::memchr(buffer_.get() + begin_ + searched, '\n', waiting - searched);
    if (found != nullptr) {
      const auto size = static_cast<std::size_t>(static_cast<const char*>(found) - (buffer_.get() + begin_));
      take(size, size > kLongestLine, line);
      begin_ += size + 1;
      return true;
    }
    if (waiting > kLongestLine) {
      take(kLongestLine, true, line);
      in_long_line_ = true;
      return true;
    }
    searched = waiting;
    FT_TRY(const bool more, fill());
    if (more) continue;
    if (waiting == 0) return false;
    take(waiting, false, line);
    begin_ = end_;
    return true;
  }
}

}  // namespace flowtrail::flowlog
