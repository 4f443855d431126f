#include "parquet/text_dictionary.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace flowtrail::parquet {
namespace {

TEST(TextDictionary, TheEmptyTextIsNotNull) {
  TextDictionary dictionary;
  const std::uint32_t empty = dictionary.code("");
  EXPECT_NE(empty, TextDictionary::kNull);
  EXPECT_EQ(dictionary.code(""), empty);
  EXPECT_NE(dictionary.code("a"), empty);
  EXPECT_EQ(dictionary.text(empty), "");
}

TEST(TextDictionary, TextsOfEveryLengthAreToldApart) {
  std::minstd_rand random(7);
  TextDictionary dictionary;
  std::map<std::string, std::uint32_t> known;
  for (int i = 0; i < 200'000; ++i) {
    std::string text(random() % 40, 'a');
    for (char& letter : text) letter = static_cast<char>('a' + random() % 3);
    const std::uint32_t code = dictionary.code(text);
    const auto [at, is_new] = known.emplace(text, code);
    ASSERT_EQ(at->second, code) << text;
    ASSERT_TRUE(!is_new || code == known.size());
    ASSERT_EQ(dictionary.text(code), text);
  }
  for (const auto& [text, code] : known) EXPECT_EQ(dictionary.text(code), text);
}

TEST(TextDictionary, TextsThatDifferInAnyOneByteAreToldApart) {
  for (std::size_t size = 1; size <= 40; ++size) {
    TextDictionary dictionary;
    std::string text(size, 'x');
    EXPECT_EQ(dictionary.code(text), 1U);
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = 'y';
      EXPECT_EQ(dictionary.code(other), i + 2) << size;
    }
  }
}

TEST(TextDictionary, LongTextsAndClearing) {
  TextDictionary dictionary;
  const std::string large(200'000, 'l');
  EXPECT_EQ(dictionary.code("first"), 1U);
  EXPECT_EQ(dictionary.code(large), 2U);
  EXPECT_EQ(dictionary.code("last"), 3U);
  EXPECT_EQ(dictionary.text(1), "first");
  EXPECT_EQ(dictionary.text(2), large);
  EXPECT_EQ(dictionary.text(3), "last");
  EXPECT_GT(dictionary.bytes(), large.size());
  dictionary.clear();
  EXPECT_LT(dictionary.bytes(), large.size());
  EXPECT_EQ(dictionary.code("last"), 1U);
}

}  // namespace
}  // namespace flowtrail::parquet
