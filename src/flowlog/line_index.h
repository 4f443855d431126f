// Where fields and lines end in a block of text, found 64 bytes at a time. Lines that are not plainly what a flow log
// consists of (single blanks, printable ASCII) are marked, so that a careful reader can take them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace flowtrail::flowlog {

/// What 64 bytes of text are; bit i of each mask stands for byte i.
struct LineMasks {
  std::uint64_t ends = 0;     // blanks and line feeds
  std::uint64_t feeds = 0;    // line feeds
  std::uint64_t unusual = 0;  // below 0x20 but no line feed, or from 0x80 on
};

/// Reused from block to block; no allocation once it has grown.
class LineIndex {
 public:
  struct Line {
    std::uint32_t begin = 0, end = 0;  // [begin, end) without the line feed
    std::uint32_t fields = 0;          // number of fields when the line is plain
    bool plain = false;                // only bytes 0x20 to 0x7f, and no blank at an end or beside another
  };

  enum class Path : std::uint8_t { kBest, kAvx2, kPortable };  // the next one where the machine lacks it

  LineIndex() = default;
  explicit LineIndex(Path path) : path_(path) {}

  /// `block` ends with a line feed and is shorter than 4 GiB. Cost: about 0.1 ns a byte with AVX2 or AVX-512, which are
  /// used when the machine has them, unless the path forbids it.
  void build(std::string_view block);

  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  /// The ends of all fields of a line (positions of blanks, the last one of the line feed), ascending. Good until the
  /// next call; asked for twice in a row, a line is not looked at again.
  [[nodiscard]] const std::uint32_t* field_ends(const Line& line);

  struct Field {
    std::uint32_t begin = 0, end = 0;
  };
  /// One field, counted from 0, of a plain line that has so many.
  [[nodiscard]] Field field(const Line& line, std::size_t number) const;

 private:
  static constexpr std::uint32_t kNoLine = 0xffffffff;

  Path path_ = Path::kBest;
  std::vector<LineMasks> masks_;
  std::vector<std::uint32_t> field_ends_;   // of one line
  std::uint32_t ends_known_for_ = kNoLine;  // the begin of that line
  bool has_bits_ = false;                   // bit instructions, on a path other than the portable one
  std::vector<Line> lines_;
};

}  // namespace flowtrail::flowlog
