#include "base/short_text.h"

#include <gtest/gtest.h>

#include <string>

namespace flowtrail {
namespace {

TEST(ShortText, TextsAreEqualInEveryByteOrNot) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string text(size, 'x');
    EXPECT_TRUE(is_same(text, std::string(size, 'x')));
    EXPECT_FALSE(is_same(text, std::string(size + 1, 'x')));
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = '\0';
      EXPECT_FALSE(is_same(text, other)) << size << ' ' << i;
      EXPECT_FALSE(is_same(other, text)) << size << ' ' << i;
    }
  }
}

TEST(ShortText, KeysTellShortTextsApartInEveryByteAndSize) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string text(size, 'x');
    EXPECT_EQ(TextKey::of(text), TextKey::of(std::string(size, 'x')));
    EXPECT_FALSE(TextKey::of(text) == TextKey::of(std::string(size + 1, 'x')));
    EXPECT_EQ(TextKey::of(text).is_whole(), size <= 24);
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = '\0';
      EXPECT_FALSE(TextKey::of(text) == TextKey::of(other)) << size << ' ' << i;
      EXPECT_NE(TextKey::of(text).hash(), TextKey::of(other).hash()) << size << ' ' << i;
    }
  }
}

}  // namespace
}  // namespace flowtrail
