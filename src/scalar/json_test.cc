#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>

#include "scalar/json_cast.h"
#include "scalar/json_extract.h"
#include "scalar/json_path.h"
#include "scalar/json_reader.h"
#include "scalar/json_text.h"

namespace flowtrail::scalar {
namespace {

// The answers are those of a real Trino (tests/oracle).

std::optional<std::string> extract(std::string_view json, std::string_view path) {
  const auto steps = JsonSteps::parse(path);
  EXPECT_TRUE(steps) << path;
  return json_extract(json, *steps);
}

std::optional<std::string> extract_scalar(std::string_view json, std::string_view path) {
  return json_extract_scalar(json, *JsonSteps::parse(path));
}

TEST(JavaText, WritesDoublesAsJavaDoes) {
  EXPECT_EQ(java_text(1000.0), "1000.0");
  EXPECT_EQ(java_text(1e20), "1.0E20");
  EXPECT_EQ(java_text(-0.0), "-0.0");
  EXPECT_EQ(java_text(1.5e-7), "1.5E-7");
  EXPECT_EQ(java_text(0.001), "0.001");
  EXPECT_EQ(java_text(1234567.875), "1234567.875");
  EXPECT_EQ(java_text(12345678.5), "1.23456785E7");
  EXPECT_EQ(java_text(std::nan("")), "NaN");
  EXPECT_EQ(java_text(0.1F), "0.1");
}

TEST(JsonReader, TellsWhereATokenStands) {
  const std::string text = R"( {"a\n" : [ 1.50, "x" ] })";
  JsonReader reader{text};
  std::string written;
  while (reader.next() != JsonToken::kEnd) {
    ASSERT_NE(reader.token(), JsonToken::kFault);
    written += text.substr(reader.begin(), reader.end() - reader.begin()) + ' ';
  }
  EXPECT_EQ(written, R"({ "a\n" [ 1.50 "x" ] } )");
}

TEST(JsonParse, SortsKeysDropsBlanksAndKeepsTheLastOfEqualKeys) {
  EXPECT_EQ(json_parse(R"({"b":2,"a":1})"), R"({"a":1,"b":2})");
  EXPECT_EQ(json_parse("  [1, 2,   3] "), "[1,2,3]");
  EXPECT_EQ(json_parse(R"({"a":1,"a":2})"), R"({"a":2})");
  EXPECT_EQ(json_parse("1.10"), "1.1");
  EXPECT_EQ(json_parse("-0"), "0");
  EXPECT_EQ(json_parse("123456789012345678901234567890"), "123456789012345678901234567890");
  EXPECT_EQ(json_parse(R"("\u00e9\u0001\/")"), "\"\u00e9\\u0001/\"");
}

TEST(JsonParse, RefusesWhatIsNoJson) {
  for (const std::string_view text :
       {"", "x", "[1,]", "{\"a\"}", "01", "1 2", "[", "\"a", "{\"a\":1,}", "nul", "[1}", "+1", "1."}) {
    EXPECT_FALSE(json_parse(text)) << text;
  }
  EXPECT_FALSE(json_parse(std::string(100'000, '[')));
}

TEST(JsonExtract, FollowsNamesAndNumbersAndKeepsTheOrderOfKeys) {
  EXPECT_EQ(extract(R"({"b":1,"a":2})", "$"), R"({"b":1,"a":2})");
  EXPECT_EQ(extract(R"({"a":[1,{"b":2}]})", "$.a[1].b"), "2");
  EXPECT_EQ(extract(R"({"a b":1})", R"($["a b"])"), "1");
  EXPECT_EQ(extract(R"({"a":null})", "$.a"), "null");
  EXPECT_EQ(extract(R"({"a":[1]})", "$.a[3]"), std::nullopt);
  EXPECT_EQ(extract(R"({"a":1,"a":2})", "$.a"), "1");
  EXPECT_EQ(extract(R"({"0":"zero"})", "$.0"), "\"zero\"");
  EXPECT_EQ(extract(R"({"a":1e3})", "$.a"), "1000.0");
  EXPECT_EQ(extract("bad", "$.a"), std::nullopt);
}

TEST(JsonExtract, AnswersBeforeTheTextIsCut) {
  EXPECT_EQ(extract(R"({"a":[1,2],"b":{"c)", "$.a"), "[1,2]");
  EXPECT_EQ(extract(R"({"a":[1,2)", "$.a"), std::nullopt);
}

TEST(JsonExtract, RefusesPathsThatItDoesNotKnow) {
  for (const std::string_view path :
       {"$.a[*]", "$..x", "a", "$.", "$.x-y", "$[", "$[]", "", "$.a.", "$[-1]", "$['a']"}) {
    const auto steps = JsonSteps::parse(path);
    ASSERT_FALSE(steps) << path;
    EXPECT_EQ(steps.error().message, "Invalid JSON path: '" + std::string{path} + "'");
  }
}

TEST(JsonExtractScalar, KeepsNumbersAsWrittenAndHasNothingForObjects) {
  EXPECT_EQ(extract_scalar(R"({"a":1.50})", "$.a"), "1.50");
  EXPECT_EQ(extract_scalar(R"({"a":1E-7})", "$.a"), "1E-7");
  EXPECT_EQ(extract_scalar(R"({"a":"\ud83d\ude00"})", "$.a"), "\U0001F600");
  EXPECT_EQ(extract_scalar(R"({"a":{"b":1}})", "$.a"), std::nullopt);
  EXPECT_EQ(extract_scalar(R"({"a":null})", "$.a"), std::nullopt);
  EXPECT_EQ(extract_scalar("42", "$"), "42");
}

TEST(JsonArrays, AreCountedSearchedAndTakenApart) {
  EXPECT_EQ(json_array_length("[1,[2,3]]"), 2);
  EXPECT_EQ(json_array_length(R"({"a":1})"), std::nullopt);
  EXPECT_EQ(json_array_get(R"(["a","b"])", -1), "b");
  EXPECT_EQ(json_array_get(R"([{"a":1}])", 0), R"({"a":1})");
  EXPECT_EQ(json_array_get("[1]", 1), std::nullopt);
  EXPECT_EQ(json_array_get("[1]", -2), std::nullopt);
  EXPECT_EQ(json_array_contains("[1,2]", std::int64_t{2}), true);
  EXPECT_EQ(json_array_contains(R"(["2"])", std::int64_t{2}), false);
  EXPECT_EQ(json_array_contains("{}", std::string_view{"a"}), std::nullopt);
}

TEST(JsonCast, GivesScalarsWithTriosRules) {
  EXPECT_EQ(*json_to_integer("\"12\"", 64), 12);
  EXPECT_EQ(*json_to_integer("true", 64), 1);
  EXPECT_EQ(*json_to_integer("null", 64), std::nullopt);
  EXPECT_FALSE(json_to_integer("300", 8));
  EXPECT_EQ(json_to_integer("\"t\"", 64).error().message, "Cannot cast 't' to BIGINT");
  EXPECT_EQ(json_to_varchar("[1,2]").error().message, "Cannot cast '[1,2]' to varchar");
  EXPECT_EQ(*json_to_varchar("\"x\""), "x");
  EXPECT_EQ(*json_to_boolean("0"), false);
  EXPECT_EQ(*json_to_double("\"1.25\""), 1.25);
}

TEST(JsonCast, TakesArraysObjectsAndRowsApart) {
  EXPECT_EQ(**json_elements(R"([1,{"a":2},null])", "array(json)"),
            (std::vector<std::string>{"1", R"({"a":2})", "null"}));
  EXPECT_EQ(json_elements(R"({"a":1})", "array(varchar)").error().message,
            "Cannot cast to array(varchar). Expected a json array, but got {\n{\"a\":1}");
  EXPECT_EQ((**json_members(R"({"x":1,"y":[2]})", "map(varchar, json)"))[1].second, "[2]");
  EXPECT_EQ(**json_fields(R"({"NAME":"bob","id":5,"extra":1})", {"id", "name", "none"}, "row(...)"),
            (std::vector<std::string>{"5", "\"bob\"", "null"}));
  EXPECT_FALSE(json_fields("[5]", {"id", "name"}, "row(...)"));
  EXPECT_EQ(**json_fields(R"({"fromPort":22})", {"fromport"}, "row(...)"), std::vector<std::string>{"22"});
  EXPECT_EQ(**json_fields(R"({"fromPort":22})", {"fromPort"}, "row(...)"), std::vector<std::string>{"null"});
  EXPECT_FALSE(json_fields(R"({"id":1,"ID":2})", {"id"}, "row(...)"));
  EXPECT_FALSE(json_members(R"({"id":1,"id":2})", "map(...)"));
}

std::string value(std::string_view json, std::string_view path) {
  const auto parsed = JsonPath::parse(path);
  if (!parsed) return "!" + parsed.error().message;
  const auto item = read_json_item(json);
  if (!item) return "bad";
  const JsonResult result = json_query_of(parsed->evaluate(*item, {}), ArrayWrapper::kConditional, false);
  switch (result.outcome) {
    case JsonOutcome::kValue: return result.value;
    case JsonOutcome::kEmpty: return "empty";
    case JsonOutcome::kNull: return "null";
    case JsonOutcome::kError: return "error";
  }
  return {};
}

TEST(JsonPath, WalksInLaxAndStrictMode) {
  EXPECT_EQ(value(R"({"a":[{"b":1},{"b":2}]})", "lax $.a.b"), "[1,2]");
  EXPECT_EQ(value(R"({"a":[{"b":1},{"b":2}]})", "strict $.a.b"), "error");
  EXPECT_EQ(value(R"({"a":[{"b":1},{"b":2}]})", "lax $.a[last].b"), "[2]");
  EXPECT_EQ(value(R"({"a":[1,2,3,4]})", "lax $.a[1 to last - 1]"), "[2,3]");
  EXPECT_EQ(value(R"({"a":1})", "lax $.b"), "empty");
  EXPECT_EQ(value(R"({"a":1})", "strict $.b"), "error");
  EXPECT_EQ(value(R"({"x":{"k":1},"y":[{"k":2}]})", "lax $..k"), "[1,2]");
  EXPECT_EQ(value(R"({"a":1,"b":"x"})", "lax $.*"), R"([1,"x"])");
}

TEST(JsonPath, FiltersAndComputes) {
  EXPECT_EQ(value(R"({"a":[1,5,9]})", "lax $.a?(@ > 4)"), "[5,9]");
  EXPECT_EQ(value(R"({"n":"s3.amazonaws.com"})", R"(lax $.n?(@ starts with "s3"))"), R"(["s3.amazonaws.com"])");
  EXPECT_EQ(value(R"({"n":"Hello"})", R"(lax $.n?(@ like_regex "^h" flag "i"))"), R"(["Hello"])");
  EXPECT_EQ(value(R"([{"p":22,"c":"x"},{"p":80}])", "lax $?(@.p == 22 && exists(@.c)).c"), R"(["x"])");
  EXPECT_EQ(value(R"({"a":7})", "lax $.a / 2"), "[3]");
  EXPECT_EQ(value(R"({"a":-3})", "lax $.a.abs()"), "[3]");
  EXPECT_EQ(value(R"({"a":"abc"})", "lax $.a.type()"), R"(["string"])");
  EXPECT_EQ(value(R"({"a":1})", "lax $.a / 0"), "error");
}

TEST(JsonPath, SaysWhatIsWrongWithAPath) {
  for (const std::string_view path :
       {"$.a", "lax", "lax $.", "lax $[", "lax $?(@)", "lax $.nosuch()", "lax $ x", "bad path $."}) {
    EXPECT_TRUE(value("{}", path).starts_with("!line 1:")) << path;
  }
  EXPECT_TRUE(value("{}", "lax " + std::string(100'000, '(')).starts_with("!"));
}

}  // namespace
}  // namespace flowtrail::scalar
