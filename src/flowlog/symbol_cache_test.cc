#include "flowlog/symbol_cache.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

namespace flowtrail::flowlog {
namespace {

SymbolKey key_of(std::string_view text) {
  std::array<char, 64> bytes;
  bytes.fill('x');
  std::memcpy(bytes.data(), text.data(), text.size());
  return SymbolKey::of({bytes.data(), text.size()});
}

TEST(SymbolCache, CodesAreThoseOfTheTable) {
  SymbolTable symbols;
  SymbolCache cache(symbols);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 5000; ++i) {
      const std::string text = fmt::format("eni-{:017x}", i);
      const std::uint32_t code = cache.code(text);
      EXPECT_EQ(symbols.find(text), code);
      EXPECT_EQ(cache.find(key_of(text)), code);
    }
  }
  EXPECT_EQ(symbols.size(), 5001U);
}

TEST(SymbolCache, TextsOfEveryLengthAreKeptApart) {
  SymbolTable symbols;
  SymbolCache cache(symbols);
  for (std::size_t size = 0; size < 100; ++size) {
    for (const char byte : {'a', 'b', '\0'}) {
      const std::string text(size, byte);
      EXPECT_EQ(cache.code(text), symbols.code(text)) << size;
      EXPECT_EQ(symbols.text(cache.code(text)), text);
    }
  }
}

TEST(SymbolCache, ATextNobodyAskedForIsNotFound) {
  SymbolTable symbols;
  SymbolCache cache(symbols);
  static_cast<void>(symbols.code("vpc-1"));
  EXPECT_EQ(cache.find(key_of("vpc-1")), SymbolTable::kAbsent);
  EXPECT_NE(cache.code("vpc-1"), SymbolTable::kAbsent);
  EXPECT_NE(cache.find(key_of("vpc-1")), SymbolTable::kAbsent);
  EXPECT_EQ(cache.find(key_of("vpc-")), SymbolTable::kAbsent);
  EXPECT_EQ(cache.find(key_of("vpc-11")), SymbolTable::kAbsent);
}

TEST(SymbolKey, DiffersInEachByte) {
  const std::string text = "eni-0123456789abcdef0-xyz123";
  ASSERT_EQ(text.size(), SymbolKey::kLongest);
  EXPECT_TRUE(key_of(text) == key_of(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = '!';
    EXPECT_FALSE(key_of(text) == key_of(other)) << i;
    EXPECT_FALSE(key_of(text) == key_of(text.substr(0, i))) << i;
  }
}

}  // namespace
}  // namespace flowtrail::flowlog
