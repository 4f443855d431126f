#include "parquet/hybrid_encoding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace flowtrail::parquet {
namespace {

using namespace std::string_literals;
using Values = std::vector<std::uint32_t>;

std::uint64_t read_varint(std::string_view& text) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
}

/// The plainest reader of the format.
Values decode(std::string_view text, std::size_t count, unsigned width) {
  Values values;
  while (values.size() < count) {
    const std::uint64_t header = read_varint(text);
    if (header % 2 == 0) {
      std::uint32_t value = 0;
      for (std::size_t i = 0; i < (width + 7) / 8; ++i) {
        value |= std::uint32_t{static_cast<unsigned char>(text[i])} << (i * 8);
      }
      text.remove_prefix((width + 7) / 8);
      values.insert(values.end(), header / 2, value);
      continue;
    }
    for (std::size_t i = 0; i < header / 2 * 8; ++i) {
      std::uint32_t value = 0;
      for (unsigned bit = 0; bit < width; ++bit) {
        const std::size_t at = i * width + bit;
        const unsigned byte = static_cast<unsigned char>(text[at / 8]);
        value |= (byte >> at % 8 & 1U) << bit;
      }
      values.push_back(value);
    }
    text.remove_prefix(header / 2 * width);
  }
  EXPECT_TRUE(text.empty());
  EXPECT_LT(values.size(), count + 8);
  values.resize(count);
  return values;
}

std::string encoded(const Values& values, unsigned width) {
  std::string out;
  append_hybrid(out, values, width);
  return out;
}

TEST(HybridEncoding, TheExampleOfTheFormat) {
  // "The numbers 0 through 7 using bit width 3": one group, its bytes as the format's page shows them.
  EXPECT_EQ(encoded({0, 1, 2, 3, 4, 5, 6, 7}, 3), "\x03\x88\xc6\xfa");
  EXPECT_EQ(encoded(Values(100, 4), 3), "\xc8\x01\x04"s);
}

TEST(HybridEncoding, AWidthIsWhatTheLargestNeedsAndNeverNothing) {
  EXPECT_EQ(bit_width_of(0), 1U);
  EXPECT_EQ(bit_width_of(1), 1U);
  EXPECT_EQ(bit_width_of(2), 2U);
  EXPECT_EQ(bit_width_of(255), 8U);
  EXPECT_EQ(bit_width_of(256), 9U);
  EXPECT_EQ(bit_width_of(0xffffffff), 32U);
}

TEST(HybridEncoding, RandomValuesWithRunsComeBackAtEveryWidth) {
  std::minstd_rand random(3);
  for (unsigned width = 1; width <= 32; ++width) {
    for (int round = 0; round < 20; ++round) {
      Values values;
      const std::size_t size = random() % 300;
      while (values.size() < size) {
        const std::uint32_t value = static_cast<std::uint32_t>(random() << 8U ^ random()) & (~0U >> (32 - width));
        values.insert(values.end(), random() % 3 == 0 ? 1 + random() % 60 : 1, value);
      }
      const std::string bytes = encoded(values, width);
      ASSERT_EQ(decode(bytes, values.size(), width), values) << width;
      Values read(values.size());
      ASSERT_TRUE(read_hybrid(bytes, width, 0, read)) << width;
      ASSERT_EQ(read, values) << width;
      ASSERT_TRUE(read_hybrid(bytes, width, 7, read));
      for (std::uint32_t& value : read) value -= 7;
      ASSERT_EQ(read, values) << width;
      ASSERT_TRUE(bytes.empty() || !read_hybrid(std::string_view{bytes}.substr(0, bytes.size() - 1), width, 0, read));
    }
  }
}

TEST(HybridEncoding, ARunIsWhatManyEqualValuesAre) {
  std::string out;
  append_run(out, 1, 61'440, 1);
  EXPECT_EQ(out, encoded(Values(61'440, 1), 1));
  EXPECT_TRUE(begins_with_run(out, 1, 61'440, 1));
  EXPECT_TRUE(begins_with_run(out, 1, 8, 1));
  EXPECT_FALSE(begins_with_run(out, 1, 61'441, 1));
  EXPECT_FALSE(begins_with_run(out, 0, 61'440, 1));
  EXPECT_FALSE(begins_with_run(out.substr(0, out.size() - 1), 1, 8, 1));
  EXPECT_FALSE(begins_with_run(encoded({1, 1, 1, 1, 1, 1, 1, 0}, 1), 1, 7, 1));
  std::string none;
  append_run(none, 1, 0, 1);
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace flowtrail::parquet
