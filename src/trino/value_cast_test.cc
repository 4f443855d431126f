#include "trino/value_cast.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "trino/test_values.h"

namespace flowtrail::trino {
namespace {

const std::vector<Type>& types() {
  static const std::vector<Type> kTypes = [] {
    std::vector<Type> list;
    for (const std::string_view name : {"boolean",
                                        "tinyint",
                                        "smallint",
                                        "integer",
                                        "bigint",
                                        "real",
                                        "double",
                                        "decimal(1, 1)",
                                        "decimal(6, 2)",
                                        "decimal(18, 0)",
                                        "decimal(38, 0)",
                                        "decimal(38, 38)",
                                        "varchar",
                                        "varchar(3)",
                                        "char(1)",
                                        "char(8)",
                                        "varbinary",
                                        "json",
                                        "date",
                                        "time(0)",
                                        "time(3)",
                                        "time(6)",
                                        "timestamp(0)",
                                        "timestamp(3)",
                                        "timestamp(6)",
                                        "timestamp(0) with time zone",
                                        "timestamp(6) with time zone",
                                        "interval day to second",
                                        "interval year to month",
                                        "ipaddress",
                                        "uuid",
                                        "array(integer)",
                                        "array(varchar)",
                                        "array(json)",
                                        "array(array(double))",
                                        "map(varchar, varchar)",
                                        "map(varchar, bigint)",
                                        "map(bigint, date)",
                                        "map(boolean, array(real))",
                                        "map(double, json)",
                                        "row(a bigint, b varchar)",
                                        "row(a varchar, b bigint)",
                                        "row(bigint, varchar)",
                                        "row(x row(y array(decimal(4, 1))))"}) {
      list.push_back(type_of(name));
    }
    return list;
  }();
  return kTypes;
}

/// What a statement that Trino takes can still fail with.
bool is_known(const scalar::ScalarError& error) {
  return error.name == "INVALID_CAST_ARGUMENT" || error.name == "NUMERIC_VALUE_OUT_OF_RANGE" ||
         error.name == "GENERIC_INTERNAL_ERROR" || error.name == "NOT_SUPPORTED";
}

std::string cast_text(std::string_view from, std::string_view notation, std::string_view to) {
  const Type source = type_of(from);
  const Type target = type_of(to);
  EXPECT_TRUE(castable(source, target)) << from << " to " << to;
  const auto answer = cast_value(value_of(source, notation), source, target);
  return answer ? shown(*answer) : std::string{answer.error().name} + ": " + answer.error().message;
}
/// As the notation of `to` says it.
std::string value_text(std::string_view to, std::string_view notation) {
  return shown(value_of(to, notation));
}

TEST(ValueCast, EveryCastableValueBecomesOneOfTheTypeOrAKnownError) {
  RandomValues random{11};
  int answers = 0;
  int errors = 0;
  for (const Type& from : types()) {
    for (const Type& to : types()) {
      if (!castable(from, to)) continue;
      for (int i = 0; i < 25; ++i) {
        const Value value = random.value(from);
        const auto answer = cast_value(value, from, to);
        if (answer) {
          ++answers;
          ASSERT_TRUE(is_of(to, *answer))
              << from.to_string() << " " << shown(value) << " to " << to.to_string() << ": " << shown(*answer);
        } else {
          ++errors;
          ASSERT_TRUE(is_known(answer.error())) << answer.error().name;
          ASSERT_FALSE(answer.error().message.empty());
        }
      }
    }
  }
  EXPECT_GT(answers, 5000);
  EXPECT_GT(errors, 1000);
}

TEST(ValueCast, NullStaysNullInEveryType) {
  for (const Type& from : types()) {
    for (const Type& to : types()) {
      if (!castable(from, to)) continue;
      const auto answer = cast_value(Value{}, from, to);
      ASSERT_TRUE(answer && answer->is_null()) << from.to_string() << " to " << to.to_string();
    }
  }
  EXPECT_TRUE(castable(Type{}, type_of("array(date)")));
}

TEST(ValueCast, ACastToTheSameTypeChangesNothing) {
  RandomValues random{12};
  for (const Type& type : types()) {
    EXPECT_TRUE(castable(type, type)) << type.to_string();
    for (int i = 0; i < 20; ++i) {
      const Value value = random.value(type);
      const auto answer = cast_value(value, type, type);
      ASSERT_TRUE(answer && identical(type, *answer, value)) << type.to_string() << " " << shown(value);
    }
  }
}

TEST(ValueCast, WhatTrinoRefusesIsNotCastable) {
  const auto refused = [](std::string_view from, std::string_view to) { return !castable(type_of(from), type_of(to)); };
  EXPECT_TRUE(refused("integer", "date"));
  EXPECT_TRUE(refused("boolean", "date"));
  EXPECT_TRUE(refused("date", "bigint"));
  EXPECT_TRUE(refused("time(3)", "date"));
  EXPECT_TRUE(refused("time(3)", "json"));
  EXPECT_TRUE(refused("varbinary", "varchar"));
  EXPECT_TRUE(refused("varchar", "interval day to second"));
  EXPECT_TRUE(refused("varchar", "array(varchar)"));
  EXPECT_TRUE(refused("array(varchar)", "varchar"));
  EXPECT_TRUE(refused("array(integer)", "array(date)"));
  EXPECT_TRUE(refused("row(a bigint)", "row(a bigint, b bigint)"));
  EXPECT_TRUE(refused("json", "date"));
  EXPECT_TRUE(refused("json", "map(date, varchar)"));
  EXPECT_TRUE(refused("map(array(integer), varchar)", "json"));
  EXPECT_TRUE(refused("varbinary", "json"));
  EXPECT_TRUE(refused("char(3)", "bigint"));
  EXPECT_TRUE(refused("uuid", "varchar(40)"));
}

TEST(ValueCast, ScalarValuesReadBackFromTheirText) {
  RandomValues random{13};
  const Type varchar{TypeKind::kVarchar};
  for (const std::string_view name :
       {"boolean",   "tinyint",      "smallint",      "integer",        "bigint",
        "real",      "double",       "decimal(6, 2)", "decimal(38, 0)", "decimal(38, 38)",
        "varchar",   "char(8)",      "date",          "time(0)",        "time(3)",
        "time(6)",   "timestamp(0)", "timestamp(3)",  "timestamp(6)",   "timestamp(3) with time zone",
        "ipaddress", "uuid"}) {
    const Type type = type_of(name);
    for (int i = 0; i < 300; ++i) {
      const Value value = random.value(type);
      // Digits beyond the type's precision are not in the text.
      const bool times = type.kind() >= TypeKind::kTime && type.kind() <= TypeKind::kTimestampZoned;
      const auto cut = cast_value(Value{text_of(value, type)}, varchar, type);
      ASSERT_TRUE(cut) << name << " " << shown(value) << ": " << cut.error().message;
      const Value& kept = times ? *cut : value;
      const auto text = cast_value(kept, type, varchar);
      ASSERT_TRUE(text) << name << " " << shown(kept);
      ASSERT_EQ(text->text(), text_of(kept, type));
      const auto back = cast_value(*text, varchar, type);
      ASSERT_TRUE(back) << name << " " << shown(kept) << ": " << back.error().message;
      ASSERT_TRUE(identical(type, *back, kept))
          << name << " " << shown(kept) << " " << text->text() << " " << shown(*back);
      ASSERT_EQ(text_of(*back, type), text->text()) << name;
    }
  }
}

TEST(ValueCast, ValuesReadBackFromTheirJson) {
  RandomValues random{14};
  const Type json{TypeKind::kJson};
  for (const std::string_view name :
       {"boolean", "tinyint", "smallint", "integer", "bigint", "double", "decimal(18, 0)", "varchar", "array(bigint)",
        "array(array(varchar))", "map(varchar, array(boolean))", "map(bigint, double)",
        "row(a bigint, b array(varchar))", "array(row(x varchar, y map(varchar, bigint)))"}) {
    const Type type = type_of(name);
    for (int i = 0; i < 200; ++i) {
      const Value value = random.value(type);
      const auto text = cast_value(value, type, json);
      ASSERT_TRUE(text) << name << " " << shown(value);
      const auto back = cast_value(*text, json, type);
      ASSERT_TRUE(back) << name << " " << text->text() << ": " << back.error().message;
      ASSERT_TRUE(identical(type, *back, value))
          << name << " " << shown(value) << " " << text->text() << " " << shown(*back);
    }
  }
}

/// Texts that break what reads them carelessly.
std::vector<std::string> hostile_texts() {
  std::vector<std::string> texts;
  for (const std::string_view text : {"",
                                      " ",
                                      "-",
                                      "+",
                                      ".",
                                      "+-1",
                                      "--1",
                                      "1e",
                                      "1e-2147483648",
                                      "1e2147483647",
                                      "1e99999999999999999999",
                                      "-0",
                                      "0x10",
                                      "1_000",
                                      "1,5",
                                      "1d",
                                      "1f",
                                      "Infinity",
                                      "-Infinity",
                                      "+NaN",
                                      "inf",
                                      "nan(1)",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "-9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999999999999999999",
                                      "100000000000000000000000000000000000000",
                                      "\xd9\xa3",
                                      "0000-00-00",
                                      "2024-02-30",
                                      "2023-02-29",
                                      "290000-12-31",
                                      "999999-01-01",
                                      "-0001-01-01",
                                      "2024-1-1",
                                      " 2024-01-01 ",
                                      "2024-01-01 24:00:00",
                                      "2024-01-01 23:59:60",
                                      "2024-01-01 00:00:00.9999999999999",
                                      "2024-01-01 00:00 +99:99",
                                      "2024-01-01 00:00 Europe/Nowhere",
                                      "2024-03-31 02:30:00 Europe/Berlin",
                                      "290000-12-31 12:59:59.999999 -14:00",
                                      "23:59:59.9999999",
                                      "24:00:00",
                                      "1:2",
                                      "::",
                                      "::ffff:1.2.3.4",
                                      "1.2.3",
                                      "1.2.3.256",
                                      "1.2.3.4/32",
                                      ":::",
                                      "1:2:3:4:5:6:7:8:9",
                                      "12151fd2-7586-11e9-8f9e-2a86e4085a59",
                                      "12151fd275861-1e9-8f9e-2a86e4085a59-",
                                      "{",
                                      "[",
                                      "[1,]",
                                      "{\"a\"}",
                                      "{\"a\":1,\"a\":2}",
                                      "[null]",
                                      "\"\\ud800\"",
                                      "\"\\",
                                      "nul",
                                      "1 2",
                                      "1e400",
                                      "-0.0e-0"}) {
    texts.emplace_back(text);
  }
  texts.emplace_back("\xff\xfe\x80");
  texts.emplace_back("\xe2\x82");
  texts.emplace_back("a\0b", 3);
  texts.emplace_back(100'000, '9');
  texts.emplace_back("0." + std::string(100'000, '0') + "1");
  texts.emplace_back(100'000, '[');
  texts.emplace_back(std::string(50'000, '[') + std::string(50'000, ']'));
  texts.emplace_back(100'000, ' ');
  texts.emplace_back(100'000, ':');
  return texts;
}

TEST(ValueCast, HostileTextsAreReadOrRefused) {
  const Type varchar{TypeKind::kVarchar};
  for (const std::string& text : hostile_texts()) {
    for (const Type& to : types()) {
      if (!castable(varchar, to)) continue;
      const auto answer = cast_value(Value{text}, varchar, to);
      if (!answer) {
        ASSERT_TRUE(is_known(answer.error())) << answer.error().name;
        continue;
      }
      ASSERT_TRUE(is_of(to, *answer)) << shown(Value{text}) << " to " << to.to_string() << ": " << shown(*answer);
      // What was read once is read again from its own text.
      if (to.kind() == TypeKind::kVarbinary || to.kind() == TypeKind::kJson) continue;
      const auto again = cast_value(Value{text_of(*answer, to)}, varchar, to);
      ASSERT_TRUE(again) << shown(Value{text}) << " to " << to.to_string() << ": " << again.error().message;
      ASSERT_TRUE(identical(to, *again, *answer)) << shown(Value{text}) << " to " << to.to_string();
    }
  }
}

TEST(ValueCast, HostileJsonIsReadOrRefused) {
  const Type json{TypeKind::kJson};
  for (const std::string& text : hostile_texts()) {
    for (const Type& to : types()) {
      if (!castable(json, to)) continue;
      const auto answer = cast_value(Value{text}, json, to);
      if (answer) {
        ASSERT_TRUE(is_of(to, *answer)) << shown(Value{text}) << " to " << to.to_string() << ": " << shown(*answer);
      } else {
        ASSERT_TRUE(is_known(answer.error())) << answer.error().name;
      }
    }
  }
}

struct Example {
  std::string_view from, value, to, result;
};

TEST(ValueCast, NumbersAreRoundedAndKeptInRange) {
  for (const Example& x : std::to_array<Example>({
           {"double", "2.5", "bigint", "3"},
           {"double", "-2.5", "integer", "-3"},
           {"decimal(2, 1)", "1.5", "bigint", "2"},
           {"decimal(3, 1)", "-2.5", "tinyint", "-3"},
           {"double", "0.3333333333333333", "decimal(10, 4)", "0.3333"},
           {"real", "0.1", "decimal(10, 4)", "0.1000"},
           {"double", "0.1", "decimal(20, 18)", "0.100000000000000000"},
           {"varchar", "' 12'", "integer", "12"},
           {"decimal(6, 2)", "1234.56", "decimal(5, 1)", "1234.6"},
           {"decimal(6, 2)", "0.00", "boolean", "false"},
           {"double", "NaN", "boolean", "true"},
           {"boolean", "true", "decimal(6, 2)", "1.00"},
           {"bigint", "300", "real", "300"},
           {"integer", "-1", "boolean", "true"},
           {"varchar", "'1e3'", "decimal(6, 2)", "1000.00"},
           {"varchar", "' 1.5e0 '", "double", "1.5"},
           {"varchar", "'+7'", "tinyint", "7"},
       })) {
    EXPECT_EQ(cast_text(x.from, x.value, x.to), value_text(x.to, x.result)) << x.from << " " << x.value;
  }
  EXPECT_EQ(cast_text("integer", "128", "tinyint"), "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for tinyint: 128");
  EXPECT_EQ(cast_text("double", "NaN", "bigint"), "INVALID_CAST_ARGUMENT: Unable to cast NaN to bigint");
  EXPECT_EQ(cast_text("real", "NaN", "bigint"), "INVALID_CAST_ARGUMENT: Cannot cast real NaN to bigint");
  EXPECT_EQ(cast_text("double", "1e20", "bigint"), "INVALID_CAST_ARGUMENT: Unable to cast 1.0E20 to bigint");
  EXPECT_EQ(cast_text("varchar", "''", "bigint"), "INVALID_CAST_ARGUMENT: Cannot cast '' to BIGINT");
  EXPECT_EQ(cast_text("varchar", "'128'", "tinyint"), "INVALID_CAST_ARGUMENT: Cannot cast '128' to TINYINT");
  EXPECT_EQ(cast_text("integer", "10000", "decimal(6, 2)"),
            "INVALID_CAST_ARGUMENT: Cannot cast INTEGER '10000' to DECIMAL(6, 2)");
}

TEST(ValueCast, TextsOfValuesAreThoseOfTrino) {
  for (const Example& x : std::to_array<Example>({
           {"double", "1", "varchar", "'1.0E0'"},
           {"double", "12345678", "varchar", "'1.2345678E7'"},
           {"double", "1e300", "varchar", "'1.0E300'"},
           {"double", "NaN", "varchar", "'NaN'"},
           {"double", "-Infinity", "varchar", "'-Infinity'"},
           {"double", "0.30000000000000004", "varchar", "'3.0000000000000004E-1'"},
           {"real", "3.14", "varchar", "'3.14E0'"},
           {"boolean", "true", "varchar", "'true'"},
           {"decimal(2, 2)", "0.10", "varchar", "'0.10'"},
           {"varchar", "'abc'", "char(2)", "'ab'"},
           {"varchar", "'a'", "char(3)", "'a  '"},
           {"char(3)", "'a  '", "varchar", "'a  '"},
           {"varchar", "'\xe6\x97\xa5\xe6\x9c\xac'", "varchar(1)", "'\xe6\x97\xa5'"},
           {"varchar", "'abc'", "varbinary", "x'616263'"},
           {"date", "'2024-02-29'", "varchar", "'2024-02-29'"},
           {"ipaddress", "'10.0.0.1'", "varchar", "'10.0.0.1'"},
           {"ipaddress", "'2001:DB8:0:0::1'", "varchar", "'2001:db8::1'"},
           {"uuid", "x'12151fd2758611e98f9e2a86e4085a59'", "varchar", "'12151fd2-7586-11e9-8f9e-2a86e4085a59'"},
           {"interval day to second", "129600000", "varchar", "'1 12:00:00.000'"},
           {"interval year to month", "14", "varchar", "'1-2'"},
       })) {
    EXPECT_EQ(cast_text(x.from, x.value, x.to), value_text(x.to, x.result)) << x.from << " " << x.value;
  }
  EXPECT_EQ(cast_text("integer", "12345", "varchar(3)"),
            "INVALID_CAST_ARGUMENT: Value 12345 cannot be represented as varchar(3)");
  EXPECT_EQ(cast_text("varchar", "' true '", "boolean"), "INVALID_CAST_ARGUMENT: Cannot cast ' true ' to BOOLEAN");
  EXPECT_EQ(cast_text("varchar", "'bad'", "uuid"), "INVALID_CAST_ARGUMENT: Cannot cast value to UUID: bad");
  EXPECT_EQ(cast_text("varbinary", "x'0102'", "uuid"), "INVALID_CAST_ARGUMENT: Invalid UUID binary length: 2");
}

TEST(ValueCast, TimesAreRoundedToTheirPrecisionAndTakenInTheirZone) {
  constexpr std::string_view kZoned = "timestamp(3) with time zone";
  for (const Example& x : std::to_array<Example>({
           {"varchar", "'2024-01-02 03:04:05.9999'", "timestamp(3)", "'2024-01-02 03:04:06.000'"},
           {"varchar", "'2024-01-02'", "timestamp(3)", "'2024-01-02 00:00:00.000'"},
           {"varchar", "'2024-01-02 03:04:05'", kZoned, "'2024-01-02 03:04:05.000 UTC'"},
           {"timestamp(6)", "'2024-01-02 03:04:05.123456'", "timestamp(0)", "'2024-01-02 03:04:05'"},
           {"timestamp(3)", "'1969-12-31 23:59:59.999'", "date", "'1969-12-31'"},
           {"timestamp(3)", "'2024-01-02 23:59:59.999'", "time(0)", "'00:00:00'"},
           {kZoned, "'2024-07-01 00:30:00.000 Europe/Berlin'", "date", "'2024-07-01'"},
           {kZoned, "'2024-07-01 00:30:00.000 Europe/Berlin'", "timestamp(3)", "'2024-07-01 00:30:00.000'"},
           {kZoned, "'2024-07-01 00:30:00.000 Europe/Berlin'", "time(3)", "'00:30:00.000'"},
           {"date", "'2024-02-29'", kZoned, "'2024-02-29 00:00:00.000 UTC'"},
           {"time(3)", "'13:14:15.678'", "time(0)", "'13:14:16'"},
       })) {
    EXPECT_EQ(cast_text(x.from, x.value, x.to), value_text(x.to, x.result)) << x.from << " " << x.value;
  }
  EXPECT_EQ(cast_text(kZoned, "'2024-07-01 00:30:00.000 Europe/Berlin'", "varchar"),
            "'2024-07-01 00:30:00.000 Europe/Berlin'");
  EXPECT_EQ(cast_text("varchar", "'2024-01-02T03:04:05'", "timestamp(3)"),
            "INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 2024-01-02T03:04:05");
  EXPECT_EQ(cast_text("time(3)", "'13:14:15.678'", "varchar(3)"),
            "GENERIC_INTERNAL_ERROR: Character count exceeds length limit 3: 13:14:15.678");
}

TEST(ValueCast, ATimeIsOfNoDay) {
  for (const std::string_view to : {"timestamp(3)", "timestamp(3) with time zone"}) {
    EXPECT_EQ(cast_text("time(3)", "'01:02:03'", to).substr(0, 13), "NOT_SUPPORTED") << to;
  }
}

TEST(ValueCast, NestedValuesAreCastPartByPart) {
  for (const Example& x : std::to_array<Example>({
           {"array(varchar)", "['1', null, '2']", "array(integer)", "[1, null, 2]"},
           {"array(decimal(2, 1))", "[1.5, 2.5]", "array(integer)", "[2, 3]"},
           {"map(varchar, integer)", "{'1': 2}", "map(bigint, varchar)", "{1: '2'}"},
           {"row(a bigint, b varchar)", "(1, '2')", "row(x varchar, y bigint)", "('1', 2)"},
           {"json", "'{\"b\":\"x\",\"a\":1}'", "row(a bigint, b varchar)", "(1, 'x')"},
           {"json", "'[1,2]'", "row(a bigint, b varchar)", "(1, '2')"},
           {"json", "'{\"a\":[1,null]}'", "map(varchar, array(bigint))", "{'a': [1, null]}"},
           {"json", "'null'", "array(bigint)", "null"},
           {"map(varchar, array(bigint))", "{'b': [1], 'a': null}", "json", "'{\"a\":null,\"b\":[1]}'"},
           {"row(a bigint, b varchar)", "(1, 'x\"y')", "json", "'{\"a\":1,\"b\":\"x\\\"y\"}'"},
           {"array(double)", "[1, NaN]", "json", "'[1.0,\"NaN\"]'"},
       })) {
    EXPECT_EQ(cast_text(x.from, x.value, x.to), value_text(x.to, x.result)) << x.from << " " << x.value;
  }
  EXPECT_EQ(cast_text("array(varchar)", "['1', 'x']", "array(integer)"),
            "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT");
}

TEST(ValueCast, CharIsFilledUpByCodePoints) {
  EXPECT_EQ(padded_char("\xc3\xa4", 3), "\xc3\xa4  ");
  EXPECT_EQ(padded_char("\xc3\xa4\xc3\xa4\xc3\xa4", 2), "\xc3\xa4\xc3\xa4");
  EXPECT_EQ(padded_char("", 0), "");
}

TEST(ValueCast, AddressesAreSixteenBytes) {
  RandomValues random{15};
  const Type type{TypeKind::kIpAddress};
  for (int i = 0; i < 500; ++i) {
    const Value address = random.value(type);
    ASSERT_EQ(ip_bytes(ip_text(address.text())), address.text()) << ip_text(address.text());
  }
  EXPECT_EQ(ip_bytes("1.2.3.4"), std::string("\0\0\0\0\0\0\0\0\0\0\xff\xff\x01\x02\x03\x04", 16));
  for (const std::string_view text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.4/8", "::1%eth0", "g::"}) {
    EXPECT_EQ(ip_bytes(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace flowtrail::trino
