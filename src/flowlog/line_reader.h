// Lines of a decompressed object through one buffer: no copy per line, and a line of any length costs no memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "codec/input_stream.h"

namespace flowtrail::flowlog {

/// Lines beyond this many bytes are reported as too long and skipped to their end.
inline constexpr std::size_t kLongestLine = std::size_t{64} << 10U;

struct Line {
  std::string_view text;     // without its end (LF, CRLF) and blanks around it; valid until the next call
  std::uint64_t number = 0;  // from 1
  bool too_long = false;     // `text` is only its first kLongestLine bytes
};

/// Not thread-safe.
class LineReader {
 public:
  explicit LineReader(codec::InputStream& stream)
      : stream_(stream), buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes + kReadableBehind)) {}

  /// Whole lines that wait in the buffer, with their line feeds: those that end in the first `about` bytes, or one
  /// longer line; none when the next line is not there as a whole. At least kReadableBehind bytes behind them may be
  /// read. Valid until the next call of any member.
  [[nodiscard]] std::string_view waiting_lines(std::size_t about) const;
  /// The first `lines` lines of `waiting_lines()`, `bytes` bytes, are done with.
  void skip(std::size_t bytes, std::uint64_t lines) {
    begin_ += bytes;
    number_ += lines;
  }
  /// The number of the last line that was handed out or skipped.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  static constexpr std::size_t kReadableBehind = 32;

  /// False: the object ended. A last line without an end counts, but what stands before a fault without a line end does
  /// not: nobody knows what it would have become. Errors: as codec::InputStream.
  [[nodiscard]] Result<bool> next(Line& line);

 private:
  static constexpr std::size_t kBufferBytes = 4 * kLongestLine;

  /// Reads on behind the unread bytes. False at the end.
  [[nodiscard]] Result<bool> fill();
  /// Drops the rest of a line that was too long. False at the end.
  [[nodiscard]] Result<bool> skip_rest();
  void take(std::size_t size, bool too_long, Line& line);

  codec::InputStream& stream_;
  std::unique_ptr<char[]> buffer_;  // not cleared: for small objects that would be most of the work
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t number_ = 0;
  bool in_long_line_ = false;
};

/// Without CR, blanks and tabs at both ends.
[[nodiscard]] std::string_view trim_line(std::string_view line);

enum class LineBytes : std::uint8_t { kText, kControlBytes, kNotUtf8 };

/// Whether the line is text at all: UTF-8 without control bytes other than tabs.
[[nodiscard]] LineBytes inspect(std::string_view line);

}  // namespace flowtrail::flowlog
