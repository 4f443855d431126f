#include "cloudtrail/json_tree.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace flowtrail::cloudtrail {
namespace {

std::string print(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return value.flag() ? "true" : "false";
  if (value.is_unsigned()) return fmt::format("u{}", value.unsigned_number());
  if (value.is_integer()) return fmt::format("i{}", value.integer());
  if (value.is_float()) return fmt::format("f{}", value.real());
  if (value.is_text()) return fmt::format("'{}'", value.text());
  std::string text = value.is_object() ? "{" : "[";
  for (const auto& [key, inner] : value.members()) text += fmt::format("'{}':{} ", key, print(inner));
  for (const Json& inner : value.elements()) text += print(inner) + " ";
  return text + (value.is_object() ? "}" : "]");
}

std::string read(std::string_view text, JsonParser parse = parse_json) {
  JsonArena arena;
  const auto tree = parse(text, arena);
  return tree ? print(*tree) : tree.error().what;
}

void expect_same(const std::string& text) {
  ASSERT_EQ(read(text), read(text, parse_json_plainly)) << text;
}

TEST(JsonTree, HoldsWhatTheTextSays) {
  EXPECT_EQ(read(""), "null");
  EXPECT_EQ(read(" null "), "null");
  EXPECT_EQ(read(R"({"b":[1,-2,2.5,true,false,null,"x"],"a":{}})"), "{'a':{} 'b':[u1 i-2 f2.5 true false null 'x' ] }");
  EXPECT_EQ(read(R"("a\"\\\/\b\f\n\r\tA\u00e9\ud83d\ude00é")"), "'a\"\\/\b\f\n\r\tA\u00e9\U0001f600\u00e9'");
  EXPECT_EQ(read(R"({"\u0061":1})"), "{'a':u1 }");
  EXPECT_EQ(read("[18446744073709551615,18446744073709551616,-9223372036854775808,-0]"),
            "[u18446744073709551615 f1.8446744073709552e+19 i-9223372036854775808 i0 ]");
}

TEST(JsonTree, MembersAreInTheOrderOfTheirKeysAndTheLastOfEqualOnesCounts) {
  EXPECT_EQ(read(R"({"b":1,"a":2,"b":{"c":3},"A":4,"a":5})"), "{'A':u4 'a':u5 'b':{'c':u3 } }");
}

TEST(JsonTree, WhatIsNoJsonIsRefused) {
  for (const std::string text : {"{",
                                 "[1,]",
                                 "{\"a\":1,}",
                                 "{\"a\" 1}",
                                 "{a:1}",
                                 "01",
                                 "-",
                                 "1.",
                                 ".5",
                                 "1e",
                                 "+1",
                                 "1e999",
                                 "nul",
                                 "\"a",
                                 "\"\\x\"",
                                 "\"\\ud800\"",
                                 "\"\\udc00\"",
                                 "\"\\ud800\\u0041\"",
                                 "\"\\u00g0\"",
                                 "\"\t\"",
                                 "\"\xff\"",
                                 "\"\xc0\x80\"",
                                 "\"\xed\xa0\x80\"",
                                 "\"\xf4\x90\x80\x80\"",
                                 "\"\xe2\x82\"",
                                 "{} {}",
                                 "[1 2]",
                                 "\xef\xbb",
                                 " "}) {
    EXPECT_EQ(read(text), "not JSON") << text;
  }
  EXPECT_EQ(read(std::string(200, '[') + std::string(200, ']')).substr(0, 1), "[");
  EXPECT_EQ(read(std::string(201, '[') + std::string(201, ']')), "JSON nested too deeply");
}

/// Text that is JSON nearly always, with all that strings, numbers and keys may look like.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string value(int depth) {
    const std::size_t kind = below(depth > 4 ? 5 : 8);
    if (kind <= 1) return string();
    if (kind == 2) return number();
    if (kind == 3) return one_of({"true", "false", "null"});
    if (kind == 4) return one_of({"{}", "[]", "[ ]", "{ }", "\"\""});
    std::string text = kind == 5 ? "[" : "{";
    for (std::size_t count = below(6), i = 0; i < count; ++i) {
      if (i > 0) text += one_of({",", " , ", ",\n"});
      if (kind != 5) text += string() + one_of({":", " : ", ":\t"});
      text += value(depth + 1);
    }
    return text + (kind == 5 ? "]" : "}");
  }

  /// One to three bytes changed, added or taken away.
  std::string damaged(std::string text) {
    for (std::size_t count = 1 + below(3), i = 0; i < count && !text.empty(); ++i) {
      const std::size_t at = below(text.size());
      using namespace std::string_view_literals;
      constexpr std::string_view kBytes = "\"\\{}[]:,0e-.u\0\n\x1f \xc3\xa9\xed\xff/"sv;
      const char byte = kBytes[below(kBytes.size())];
      const std::size_t how = below(3);
      if (how == 0) text[at] = byte;
      if (how == 1) text.insert(at, 1, byte);
      if (how == 2) text.erase(at, 1 + below(3));
    }
    return text;
  }

 private:
  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }

  std::string one_of(std::initializer_list<const char*> choices) { return *(choices.begin() + below(choices.size())); }

  std::string string() {
    std::string text = "\"";
    for (std::size_t count = below(4), i = 0; i < count; ++i) {
      text += one_of({"groupId", "a", "B", "b", "sg-0a1b2c3d", "a somewhat longer text of plain letters", "\\n", "\\\"",
                      "\\u0041", "\\ud83d\\ude00", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\x7f", "/", " "});
    }
    return text + '"';
  }

  std::string number() {
    return one_of({"0", "-0", "1", "-1", "443", "1.5", "-2.25e3", "1E-2", "9223372036854775807", "9223372036854775808",
                   "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e308", "1e400", "1e-400",
                   "123456789012345678901234567890"});
  }

  std::mt19937 random_;
};

TEST(JsonTree, OfRandomTextsIsTheSameTreeByBothWays) {
  Generator generator(20260301);
  for (int i = 0; i < 5000; ++i) expect_same(generator.value(0));
}

TEST(JsonTree, OfDamagedTextsIsTheSameTreeByBothWays) {
  Generator generator(7);
  for (int i = 0; i < 20000; ++i) expect_same(generator.damaged(generator.value(0)));
}

TEST(JsonTree, OfTextsCutAtEveryPlaceIsTheSameTreeByBothWays) {
  Generator generator(11);
  for (int i = 0; i < 100; ++i) {
    const std::string text = generator.value(0);
    for (std::size_t size = 0; size < text.size(); ++size) expect_same(text.substr(0, size));
  }
}

}  // namespace
}  // namespace flowtrail::cloudtrail
