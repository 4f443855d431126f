// The lines of an object as Hadoop's text input has them: ended by LF, CRLF or CR, without a byte order mark, less the
// lines that the table skips at both ends.
// Source: Apache Hadoop, LineRecordReader; Amazon Athena User Guide, "Table properties".
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "codec/input_stream.h"

namespace flowtrail::serde {

inline constexpr std::size_t kLongestLine = 10 * (std::size_t{1} << 20U);

struct TextLine {
  std::string_view text;     // without its end; valid until the next call
  std::uint64_t number = 0;  // from 1, skipped lines included
  bool too_long = false;     // `text` is empty
};

/// Not thread-safe. Memory: the longest line, at most kLongestLine, and the lines of the footer.
class LineSource {
 public:
  struct Skipped {
    int header = 0;
    int footer = 0;
  };
  /// `line_end`: LF, or the one character that ends a line. `object` must outlive the source.
  LineSource(codec::InputStream& object, Skipped skipped, char line_end = '\n');

  /// False: the object ended. The lines before a fault come first, but not what stands before it without an end: nobody
  /// knows what it would have become. Errors: as codec::InputStream.
  [[nodiscard]] Result<bool> next(TextLine& line);

 private:
  struct KeptLine {
    std::string text;
    std::uint64_t number = 0;
    bool too_long = false;
  };

  [[nodiscard]] Result<bool> read(TextLine& line);
  [[nodiscard]] Result<bool> fill();
  /// The place behind `from` where the line ends; end_ when it does not, as far as is known.
  [[nodiscard]] std::size_t find_end(std::size_t from) const;
  [[nodiscard]] Result<bool> skip_rest();
  void pass_line_end();

  codec::InputStream& object_;
  Skipped skipped_;
  char line_end_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t number_ = 0;
  bool started_ = false;
  bool after_carriage_ = false;  // an LF at begin_ belongs to the line before
  bool ended_ = false;
  std::deque<KeptLine> kept_;  // may be the footer
  KeptLine handed_out_;
};

}  // namespace flowtrail::serde
