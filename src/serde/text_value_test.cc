#include "serde/text_value.h"

#include <gtest/gtest.h>

#include "serde/test_reading.h"

namespace flowtrail::serde {
namespace {

std::string read(std::string_view text, std::string_view type_name, Spelling spelling) {
  const trino::Type type = trino::Type::parse(type_name).value();
  const auto value = value_of(text, type, TextRules{spelling, {}});
  return value ? show(*value, type) : "none";
}

TEST(TextValue, ReadsIntegersWithinTheirRange) {
  EXPECT_EQ(read("127", "tinyint", Spelling::kHive), "127");
  EXPECT_EQ(read("-128", "tinyint", Spelling::kHive), "-128");
  EXPECT_EQ(read("128", "tinyint", Spelling::kHive), "none");
  EXPECT_EQ(read("-32769", "smallint", Spelling::kHive), "none");
  EXPECT_EQ(read("2147483648", "integer", Spelling::kHive), "none");
  EXPECT_EQ(read("-9223372036854775808", "bigint", Spelling::kHive), "-9223372036854775808");
  EXPECT_EQ(read("9223372036854775808", "bigint", Spelling::kHive), "none");
  EXPECT_EQ(read("+7", "integer", Spelling::kHive), "7");
  for (const std::string_view bad : {"", "-", "+", "+-7", " 7", "7 ", "0x10", "7a", "1,000"}) {
    EXPECT_EQ(read(bad, "integer", Spelling::kHive), "none") << bad;
    EXPECT_EQ(read(bad, "integer", Spelling::kJava), "none") << bad;
    EXPECT_EQ(read(bad, "integer", Spelling::kJson), "none") << bad;
  }
}

TEST(TextValue, CutsOffWhatStandsBehindThePointOfAnIntegerWhereHiveDoes) {
  EXPECT_EQ(read("12.9", "integer", Spelling::kHive), "12");
  EXPECT_EQ(read("-12.9", "integer", Spelling::kJson), "-12");
  EXPECT_EQ(read("1.5e3", "integer", Spelling::kJson), "1500");
  EXPECT_EQ(read("1e400000000", "bigint", Spelling::kJson), "none");
  EXPECT_EQ(read("1e3", "integer", Spelling::kHive), "none");
  EXPECT_EQ(read("12.9", "integer", Spelling::kJava), "none");
  EXPECT_EQ(read("12.9", "integer", Spelling::kCsv), "none");
}

TEST(TextValue, ReadsDoublesAsJavaDoes) {
  EXPECT_EQ(read("2.5", "double", Spelling::kHive), "2.5");
  EXPECT_EQ(read(" .5 ", "double", Spelling::kHive), "0.5");
  EXPECT_EQ(read("1.", "double", Spelling::kJava), "1");
  EXPECT_EQ(read("1e400", "double", Spelling::kHive), "inf");
  EXPECT_EQ(read("-Infinity", "double", Spelling::kHive), "-inf");
  EXPECT_EQ(read("NaN", "double", Spelling::kHive), "nan");
  EXPECT_EQ(read("2d", "double", Spelling::kHive), "2");
  EXPECT_EQ(read("0.1", "real", Spelling::kHive), "0.10000000149011612");
  for (const std::string_view bad : {"", "-", ".", "e5", "inf", "nan", "1e", "0x1p3", "-", "1 2"}) {
    EXPECT_EQ(read(bad, "double", Spelling::kHive), "none") << bad;
  }
}

TEST(TextValue, RoundsDecimalsToTheirScale) {
  EXPECT_EQ(read("1.005", "decimal(5,2)", Spelling::kHive), "101e-2");
  EXPECT_EQ(read("-1.004", "decimal(5,2)", Spelling::kHive), "-100e-2");
  EXPECT_EQ(read("0.005", "decimal(5,2)", Spelling::kHive), "1e-2");
  EXPECT_EQ(read("0.0004", "decimal(5,2)", Spelling::kHive), "0e-2");
  EXPECT_EQ(read("12e1", "decimal(5,2)", Spelling::kHive), "12000e-2");
  EXPECT_EQ(read("999.994", "decimal(5,2)", Spelling::kHive), "99999e-2");
  EXPECT_EQ(read("999.995", "decimal(5,2)", Spelling::kHive), "none");
  EXPECT_EQ(read("1000", "decimal(5,2)", Spelling::kHive), "none");
  EXPECT_EQ(read("000000.10", "decimal(5,2)", Spelling::kHive), "10e-2");
  EXPECT_EQ(read("1e2147483647", "decimal(38,0)", Spelling::kHive), "none");
  EXPECT_EQ(read("1e-2147483647", "decimal(38,0)", Spelling::kHive), "0e-0");
  EXPECT_EQ(read("x", "decimal(5,2)", Spelling::kHive), "none");
}

TEST(TextValue, ReadsDecimalsOf38Digits) {
  const auto value = value_of(std::string(38, '9'), trino::Type::parse("decimal(38,0)").value(), {});
  ASSERT_TRUE(value.has_value());
  trino::Int128 expected = 0;
  for (int i = 0; i < 38; ++i) expected = expected * 10 + 9;
  EXPECT_TRUE(value->decimal() == expected);
}

TEST(TextValue, TakesABooleanInTheWayOfTheSerDe) {
  EXPECT_EQ(read("TRUE", "boolean", Spelling::kHive), "true");
  EXPECT_EQ(read("False", "boolean", Spelling::kHive), "false");
  EXPECT_EQ(read("1", "boolean", Spelling::kHive), "none");
  EXPECT_EQ(read("yes", "boolean", Spelling::kCsv), "none");
  EXPECT_EQ(read("yes", "boolean", Spelling::kJava), "false");
  EXPECT_EQ(read("1", "boolean", Spelling::kJson), "false");
}

TEST(TextValue, ReadsDates) {
  EXPECT_EQ(read("2024-02-29", "date", Spelling::kHive), "2024-02-29");
  EXPECT_EQ(read("2024-02-29 10:00:00", "date", Spelling::kHive), "2024-02-29");
  EXPECT_EQ(read("2023-02-29", "date", Spelling::kHive), "none");
  EXPECT_EQ(read("18276", "date", Spelling::kHive), "none");
  EXPECT_EQ(read("18276", "date", Spelling::kCsv), "2020-01-15");
  EXPECT_EQ(read("-1", "date", Spelling::kCsv), "1969-12-31");
  EXPECT_EQ(read("2020-01-15", "date", Spelling::kCsv), "none");
  EXPECT_EQ(read("99999999999", "date", Spelling::kCsv), "none");
  EXPECT_EQ(read("2020-01-15T10:00:00Z", "date", Spelling::kJson), "2020-01-15");
}

TEST(TextValue, ReadsTimestampsOfHive) {
  EXPECT_EQ(read("2024-01-02 03:04:05", "timestamp", Spelling::kHive), "2024-01-02 03:04:05.000");
  EXPECT_EQ(read("2024-01-02T03:04:05.6785", "timestamp", Spelling::kHive), "2024-01-02 03:04:05.679");
  EXPECT_EQ(read("2024-01-02 03:04:05.123456789", "timestamp(6)", Spelling::kHive), "2024-01-02 03:04:05.123457");
  EXPECT_EQ(read("2024-01-02", "timestamp", Spelling::kHive), "2024-01-02 00:00:00.000");
  EXPECT_EQ(read("1969-12-31 23:59:59.999", "timestamp", Spelling::kHive), "1969-12-31 23:59:59.999");
  for (const std::string_view bad : {"", "2024-01-02T03:04:05Z", "2024-13-02 03:04:05", "2024-02-30 03:04:05",
                                     "2024-01-02 24:00:00", "2024-01-02 03:04", "1700000000"}) {
    EXPECT_EQ(read(bad, "timestamp", Spelling::kHive), "none") << bad;
  }
}

TEST(TextValue, ReadsTimestampsOfJsonWithAZoneOrAsANumber) {
  EXPECT_EQ(read("2024-01-02T03:04:05Z", "timestamp", Spelling::kJson), "2024-01-02 03:04:05.000");
  EXPECT_EQ(read("2024-01-02T03:04:05.5+01:30", "timestamp", Spelling::kJson), "2024-01-02 01:34:05.500");
  EXPECT_EQ(read("2024-01-02T03:04:05-0800", "timestamp", Spelling::kJson), "2024-01-02 11:04:05.000");
  EXPECT_EQ(read("2024-01-02T03:04:05+99:00", "timestamp", Spelling::kJson), "none");
  EXPECT_EQ(read("1700000000", "timestamp", Spelling::kJson), "2023-11-14 22:13:20.000");
  EXPECT_EQ(read("1700000000123", "timestamp", Spelling::kJson), "2023-11-14 22:13:20.123");
  EXPECT_EQ(read("1700000000.25", "timestamp", Spelling::kJson), "2023-11-14 22:13:20.250");
  EXPECT_EQ(read("99999999999999999999", "timestamp", Spelling::kJson), "none");
}

TEST(TextValue, ReadsTimestampsOfCsvAsMilliseconds) {
  EXPECT_EQ(read("1579059880000", "timestamp", Spelling::kCsv), "2020-01-15 03:44:40.000");
  EXPECT_EQ(read("2020-01-15 03:44:40", "timestamp", Spelling::kCsv), "none");
}

TEST(TextValue, TriesTheTablesTimestampFormatsFirst) {
  TextRules rules{Spelling::kHive, {}};
  rules.timestamp_formats.push_back(scalar::DatePattern::joda("dd/MMM/yyyy:HH:mm:ss Z").value());
  const trino::Type type{trino::TypeKind::kTimestamp, 3};
  EXPECT_EQ(show(value_of("02/Jan/2024:03:04:05 +0100", type, rules).value(), type), "2024-01-02 02:04:05.000");
  EXPECT_EQ(show(value_of("2024-01-02 03:04:05", type, rules).value(), type), "2024-01-02 03:04:05.000");
}

TEST(TextValue, CutsTextAfterItsCharactersNotBytes) {
  EXPECT_EQ(read("\xc3\xa4\xc3\xb6\xc3\xbc", "varchar(2)", Spelling::kHive), "'\xc3\xa4\xc3\xb6'");
  EXPECT_EQ(read("abc", "varchar(3)", Spelling::kHive), "'abc'");
  EXPECT_EQ(read("a   x", "char(3)", Spelling::kHive), "'a'");
}

TEST(TextValue, DecodesBase64) {
  EXPECT_EQ(read("aGk=", "varbinary", Spelling::kHive), "'hi'");
  EXPECT_EQ(read("", "varbinary", Spelling::kHive), "''");
  EXPECT_EQ(read("aGk*", "varbinary", Spelling::kHive), "none");
  EXPECT_EQ(read("a", "varbinary", Spelling::kHive), "none");
}

TEST(TextValue, ReplacesWhatIsNoUtf8AsJavaDoes) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(valid_utf8("a\xff"
                       "b"),
            "a" + bad + "b");
  EXPECT_EQ(valid_utf8("\xe2\x82"), bad) << "the beginning of a character is one";
  EXPECT_EQ(valid_utf8("\xe2\x82z"), bad + "z");
  EXPECT_EQ(valid_utf8("\xc0\xaf"), bad + bad) << "an overlong form";
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), bad + bad + bad) << "a surrogate";
  EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80"), bad + bad + bad + bad) << "beyond Unicode";
  EXPECT_EQ(valid_utf8("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(valid_utf8(std::string("a\0b", 3)), std::string("a\0b", 3));
}

}  // namespace
}  // namespace flowtrail::serde
