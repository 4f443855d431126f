// Where fields and lines end in a block of text, found 64 bytes at a time. Lines that are not plainly what a flow log
// consists of (single blanks, printable ASCII) are marked, so that a careful reader can take them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace flowtrail::flowlog {

/// Reused from block to block; no allocation once it has grown. Memory: about eight times the longest block.
class LineIndex {
 public:
  struct Field {
    std::uint32_t begin = 0, end = 0;
  };

  /// Good until the index is built anew.
  struct Line {
    std::uint32_t begin = 0, end = 0;  // [begin, end) without the line feed
    std::uint32_t fields = 0;          // number of fields when the line is plain
    bool plain = false;                // only bytes 0x20 to 0x7f, and no blank at an end or beside another
    /// The ends of its fields (positions of blanks, the last one of the line feed), ascending. What stands before the
    /// first of them is the end of the line before, or -1: a field always begins behind the end before its own.
    const std::uint32_t* ends = nullptr;

    /// One field, counted from 0, of a plain line that has so many.
    [[nodiscard]] Field field(std::size_t number) const { return {*(ends + number - 1) + 1, ends[number]}; }
  };

  enum class Path : std::uint8_t { kBest, kAvx2, kPortable };  // the next one where the machine lacks it

  LineIndex() = default;
  explicit LineIndex(Path path) : path_(path) {}

  /// `block` ends with a line feed and is shorter than 4 GiB. Cost: about 0.1 ns a byte with AVX2 or AVX-512, which are
  /// used when the machine has them, unless the path forbids it.
  void build(std::string_view block);

  [[nodiscard]] std::size_t lines() const { return lines_; }
  /// Counted from 0.
  [[nodiscard]] Line line(std::size_t number) const {
    const std::uint32_t before = last_ends_[number], last = last_ends_[number + 1];
    const std::uint32_t begin = ends_[before] + 1, end = ends_[last];
    return {begin, end, last - before, !has_odd_bytes_ || is_plain(begin, end), ends_.data() + before + 1};
  }

 private:
  [[nodiscard]] bool is_plain(std::uint32_t begin, std::uint32_t end) const;

  Path path_ = Path::kBest;
  std::vector<std::uint32_t> ends_;       // of all fields, behind one that stands for the end of what was before
  std::vector<std::uint32_t> last_ends_;  // of each line, as an index into `ends_`, behind a 0
  std::vector<std::uint64_t> odd_bytes_;  // bit by bit: those that no plain line has
  bool has_odd_bytes_ = false;
  std::size_t lines_ = 0;
};

}  // namespace flowtrail::flowlog
