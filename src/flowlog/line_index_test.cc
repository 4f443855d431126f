#include "flowlog/line_index.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace flowtrail::flowlog {
namespace {

/// The obvious way, byte by byte.
void expect_right_on(LineIndex::Path path, const std::string& block) {
  LineIndex index(path);
  index.build(block);
  std::size_t at = 0;
  for (std::size_t number = 0; number < index.lines(); ++number) {
    const LineIndex::Line line = index.line(number);
    const std::size_t end = block.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    ASSERT_EQ(line.begin, at);
    ASSERT_EQ(line.end, end);
    bool plain = end > at;
    std::vector<std::size_t> ends;
    for (std::size_t i = at; i <= end; ++i) {
      const auto byte = static_cast<unsigned char>(block[i]);
      const bool ends_field = byte == ' ' || byte == '\n';
      if (ends_field) ends.push_back(i);
      if (ends_field && (i == at || block[i - 1] == ' ')) plain = false;
      if (byte >= 0x80 || (byte < 0x20 && byte != '\n')) plain = false;
    }
    ASSERT_EQ(line.plain, plain) << block.substr(at, end - at);
    ASSERT_EQ(line.fields, ends.size());
    for (std::size_t i = 0; i < ends.size(); ++i) {
      ASSERT_EQ(line.ends[i], ends[i]);
      const LineIndex::Field field = line.field(i);
      ASSERT_EQ(field.begin, i == 0 ? at : ends[i - 1] + 1);
      ASSERT_EQ(field.end, ends[i]);
    }
    at = end + 1;
  }
  ASSERT_EQ(at, block.size()) << "a line is missing";
}

void expect_right(const std::string& block) {
  for (const auto path : {LineIndex::Path::kBest, LineIndex::Path::kAvx2, LineIndex::Path::kPortable}) {
    expect_right_on(path, block);
  }
}

TEST(LineIndex, FindsWhatALoopFindsOnEveryPath) {
  std::mt19937_64 random(7);
  const std::string usual = "abc 0.9:-";
  const std::string rare = std::string("\n\n\n  \t\r\x7f\x80\xff\x1f") + '\0';
  for (int round = 0; round < 3000; ++round) {
    std::string block;
    const std::size_t size = random() % 400;
    const unsigned rarity = 2 + static_cast<unsigned>(random() % 60);
    for (std::size_t i = 0; i < size; ++i) {
      block += random() % rarity == 0 ? rare[random() % rare.size()] : usual[random() % usual.size()];
    }
    block += '\n';
    expect_right(block);
  }
}

TEST(LineIndex, LinesOfEveryLengthAroundAWordAreFound) {
  for (std::size_t length = 0; length < 200; ++length) {
    const std::string line(length, 'x');
    expect_right(line + '\n');
    expect_right(line + '\n' + line + " y\n");
  }
}

TEST(LineIndex, AUsedIndexForgetsTheBlockBefore) {
  LineIndex index;
  index.build(std::string(10'000, 'x') + " a b c\n");
  index.build("a b\n");
  ASSERT_EQ(index.lines(), 1U);
  EXPECT_EQ(index.line(0).fields, 2U);
  EXPECT_TRUE(index.line(0).plain);
}

}  // namespace
}  // namespace flowtrail::flowlog
