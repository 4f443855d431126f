#include "serde/line_source.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace flowtrail::serde {
namespace {

constexpr std::size_t kFirstBuffer = std::size_t{256} << 10U;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

LineSource::LineSource(codec::InputStream& object, Skipped skipped, char line_end)
    : object_(object), skipped_(skipped), line_end_(line_end), buffer_(kFirstBuffer) {}

Result<bool> LineSource::fill() {
  if (ended_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  FT_TRY(const std::size_t size, object_.read(std::span(buffer_).subspan(end_)));
  end_ += size;
  ended_ = size == 0;
  return size > 0;
}

std::size_t LineSource::find_end(std::size_t from) const {
  const char* const begin = buffer_.data() + from;
  const void* const found = std::memchr(begin, line_end_, end_ - from);
  const std::size_t end =
      found == nullptr ? end_ : static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
  if (line_end_ != '\n') return end;
  const void* const carriage = std::memchr(begin, '\r', end - from);
  return carriage == nullptr ? end : static_cast<std::size_t>(static_cast<const char*>(carriage) - buffer_.data());
}

void LineSource::pass_line_end() {
  after_carriage_ = line_end_ == '\n' && buffer_[begin_] == '\r';
  ++begin_;
}

Result<bool> LineSource::skip_rest() {
  while (true) {
    begin_ = find_end(begin_);
    if (begin_ < end_) {
      pass_line_end();
      return true;
    }
    FT_TRY(const bool more, fill());
    if (!more) return false;
  }
}

Result<bool> LineSource::read(TextLine& line) {
  if (!started_) {
    while (end_ - begin_ < kByteOrderMark.size()) {
      // A fault comes again with the next call, behind the bytes before it.
      if (const Result<bool> more = fill(); !more || !*more) break;
    }
    started_ = true;
    if (std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark)) begin_ = kByteOrderMark.size();
  }
  if (after_carriage_) {
    if (begin_ == end_) {
      FT_TRY(const bool more, fill());
      if (!more) return false;
    }
    if (buffer_[begin_] == '\n') ++begin_;
    after_carriage_ = false;
  }
  std::size_t searched = 0;
  while (true) {
    const std::size_t end = find_end(begin_ + searched);
    const std::size_t size = end - begin_;
    if (size > kLongestLine) {
      line = {{}, ++number_, true};
      begin_ = end;
      FT_TRY([[maybe_unused]] const bool more, skip_rest());
      return true;
    }
    if (end < end_) {
      line = {std::string_view(buffer_.data() + begin_, size), ++number_, false};
      begin_ += size;
      pass_line_end();
      return true;
    }
    searched = size;
    FT_TRY(const bool more, fill());
    if (more) continue;
    if (size == 0) return false;
    line = {std::string_view(buffer_.data() + begin_, size), ++number_, false};
    begin_ = end_;
    return true;
  }
}

Result<bool> LineSource::next(TextLine& line) {
  while (number_ < static_cast<std::uint64_t>(skipped_.header)) {
    FT_TRY(const bool more, read(line));
    if (!more) return false;
  }
  if (skipped_.footer == 0) return read(line);
  while (kept_.size() <= static_cast<std::size_t>(skipped_.footer)) {
    FT_TRY(const bool more, read(line));
    if (!more) return false;
    kept_.push_back({std::string{line.text}, line.number, line.too_long});
  }
  handed_out_ = std::move(kept_.front());
  kept_.pop_front();
  line = {handed_out_.text, handed_out_.number, handed_out_.too_long};
  return true;
}

}  // namespace flowtrail::serde
