#include "serde/line_source.h"

#include <gtest/gtest.h>

#include "serde/test_reading.h"

namespace flowtrail::serde {
namespace {

struct Lines {
  std::vector<std::string> lines;  // `number text`
  std::string error;
};

Lines lines_of(const std::string& text, std::size_t piece, LineSource::Skipped skipped = {}, char line_end = '\n',
               bool faulty = false) {
  TextStream stream(text, piece, faulty);
  LineSource source(stream, skipped, line_end);
  Lines all;
  TextLine line;
  while (true) {
    const Result<bool> more = source.next(line);
    if (!more) all.error = more.error().what;
    if (!more || !*more) return all;
    all.lines.push_back(std::to_string(line.number) + " " + (line.too_long ? "TOO LONG" : std::string{line.text}));
  }
}

TEST(LineSource, EndsLinesWithLfCrLfAndCrWhateverThePieces) {
  for (const std::size_t piece : {1, 2, 3, 100}) {
    EXPECT_EQ(lines_of("a\nb\r\nc\rd\n\n\r\r\ne", piece).lines,
              (Rows{"1 a", "2 b", "3 c", "4 d", "5 ", "6 ", "7 ", "8 e"}))
        << piece;
    EXPECT_EQ(lines_of("a\r\n", piece).lines, (Rows{"1 a"}));
    EXPECT_EQ(lines_of("a\r", piece).lines, (Rows{"1 a"}));
    EXPECT_EQ(lines_of("", piece).lines, Rows{});
  }
}

TEST(LineSource, EndsLinesAtAnotherCharacterAlone) {
  EXPECT_EQ(lines_of("a\nb;c\r;", 2, {}, ';').lines, (Rows{"1 a\nb", "2 c\r"}));
}

TEST(LineSource, LeavesOutAByteOrderMark) {
  for (const std::size_t piece : {1, 100}) {
    EXPECT_EQ(lines_of("\xef\xbb\xbf"
                       "a\nb",
                       piece)
                  .lines,
              (Rows{"1 a", "2 b"}));
    EXPECT_EQ(lines_of("\xef\xbb", piece).lines, (Rows{"1 \xef\xbb"}));
  }
}

TEST(LineSource, SkipsLinesAtBothEndsOfEachObject) {
  EXPECT_EQ(lines_of("h\na\nb\nf", 3, {1, 1}).lines, (Rows{"2 a", "3 b"}));
  EXPECT_EQ(lines_of("h\n", 3, {2, 0}).lines, Rows{});
  EXPECT_EQ(lines_of("a\nf\ng\n", 3, {0, 2}).lines, (Rows{"1 a"}));
  EXPECT_EQ(lines_of("a\n", 3, {0, 2}).lines, Rows{});
}

TEST(LineSource, NamesALineThatIsTooLongAndGoesOn) {
  const std::string longest(kLongestLine, 'x');
  const Lines read = lines_of("a\n" + longest + "y\r\n" + longest + "\nb", std::size_t{1} << 20U);
  ASSERT_EQ(read.lines.size(), 4U);
  EXPECT_EQ(read.lines[0], "1 a");
  EXPECT_EQ(read.lines[1], "2 TOO LONG");
  EXPECT_EQ(read.lines[2].size(), 2 + kLongestLine);
  EXPECT_EQ(read.lines[3], "4 b");
}

TEST(LineSource, NeedsNoMemoryForALineWithoutAnEnd) {
  EXPECT_EQ(lines_of(std::string(4 * kLongestLine, 'x'), std::size_t{1} << 20U).lines, (Rows{"1 TOO LONG"}));
}

TEST(LineSource, GivesWholeLinesBeforeAFaultAndThenTheFault) {
  for (const std::size_t piece : {1, 100}) {
    const Lines read = lines_of("a\r\nb\r\nhalf", piece, {}, '\n', true);
    EXPECT_EQ(read.lines, (Rows{"1 a", "2 b"}));
    EXPECT_EQ(read.error, "truncated gzip");
  }
  EXPECT_EQ(lines_of("a\r", 1, {}, '\n', true).lines, (Rows{"1 a"}));
}

}  // namespace
}  // namespace flowtrail::serde
