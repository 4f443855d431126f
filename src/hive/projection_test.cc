#include "hive/projection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>

#include "hive/parse.h"

namespace flowtrail::hive {
namespace {

using Texts = std::vector<std::string>;
using Constraints = std::map<std::string, Constraint>;

const trino::Type kString{trino::TypeKind::kVarchar};
const trino::Type kInt{trino::TypeKind::kInteger};

UtcSeconds at(std::string_view text) {
  return parse_utc(text).value();
}

Constraint between(std::optional<std::string> lower, std::optional<std::string> upper) {
  return {std::nullopt, std::move(lower), std::move(upper)};
}

Constraint one_of(std::set<std::string> values) {
  return {std::move(values), std::nullopt, std::nullopt};
}

// The properties of a projected column `c`.
Properties of_column(Properties properties) {
  for (auto& [name, value] : properties) name = "projection.c." + name;
  return properties;
}

Result<Projection> projection_of(Properties properties, const trino::Type& type = kString) {
  return Projection::of(of_column(std::move(properties)), {{"c", type, ""}}, "s3://b/");
}

std::string fault_of(Properties properties) {
  const auto made = projection_of(std::move(properties));
  return made ? "" : made.error().what;
}

// The values of a column `c`.
Texts values(Properties properties, const Constraint& constraint = {}, std::string_view now = "2024-03-10T15:30:00Z",
             const trino::Type& type = kString) {
  const auto made = projection_of(std::move(properties), type);
  if (!made) {
    ADD_FAILURE() << made.error().what;
    return {};
  }
  const auto partitions = made->expand({{"c", constraint}}, at(now));
  if (!partitions) return {partitions.error().what};
  Texts result;
  for (const Partition& partition : *partitions) result.push_back(partition.values.at(0));
  return result;
}

Properties date(std::string range, std::string format) {
  return {{"type", "date"}, {"range", std::move(range)}, {"format", std::move(format)}};
}

Properties integer(std::string range, std::string interval = "1", std::string digits = "1") {
  return {{"type", "integer"},
          {"range", std::move(range)},
          {"interval", std::move(interval)},
          {"digits", std::move(digits)}};
}

// The table of this name in the AWS log tables.
CreateExternalTable aws_table(std::string_view name) {
  std::ifstream file{std::filesystem::path{FLOWTRAIL_SOURCE_DIR} / "tests/athena/tables.sql"};
  const std::string script{std::istreambuf_iterator<char>{file}, {}};
  const std::size_t begin = script.find("CREATE EXTERNAL TABLE " + std::string{name} + " ");
  if (begin == std::string::npos) {
    ADD_FAILURE() << "no table " << name;
    return {};
  }
  const auto statement = parse(std::string_view{script}.substr(begin, script.find(";\n", begin) - begin));
  return std::get<CreateExternalTable>(**statement);
}

Result<std::vector<Partition>> expand(const CreateExternalTable& table, const Constraints& constraints,
                                      std::string_view now, std::size_t most = kMostPartitions) {
  FT_TRY(const Projection made, Projection::of(table.properties, table.partition_columns, table.location));
  return made.expand(constraints, at(now), most);
}

TEST(EnumProjection, ListsItsValuesBlanksIncluded) {
  EXPECT_EQ(values({{"type", " Enum "}, {"values", "A,B, C,A,Unknown"}}), (Texts{"A", "B", " C", "Unknown"}));
}

TEST(EnumProjection, IsNarrowedByValuesAndBounds) {
  const Properties list{{"type", "enum"}, {"values", "us-east-1,eu-west-1,eu-central-1"}};
  EXPECT_EQ(values(list, one_of({"eu-west-1", "mars-north-1"})), (Texts{"eu-west-1"}));
  EXPECT_EQ(values(list, between("eu-d", std::nullopt)), (Texts{"us-east-1", "eu-west-1"}));
  EXPECT_EQ(values(list, one_of({})), Texts{});
}

TEST(EnumProjection, OfANumberColumnComparesAsNumbers) {
  const Properties list{{"type", "enum"}, {"values", "9,10,011"}};
  EXPECT_EQ(values(list, between("10", std::nullopt), "2024-01-01", kInt), (Texts{"10", "011"}));
  EXPECT_EQ(values(list, one_of({"11"}), "2024-01-01", kInt), (Texts{"011"}));
  EXPECT_EQ(values(list, between("10", std::nullopt)), (Texts{"9", "10"}));  // as texts
}

TEST(IntegerProjection, RunsThroughItsRange) {
  EXPECT_EQ(values({{"type", "integer"}, {"range", "1,3"}}), (Texts{"1", "2", "3"}));
  EXPECT_EQ(values(integer("1,3", "2")), (Texts{"1", "3"}));
  EXPECT_EQ(values(integer("1,4", " 2 ")), (Texts{"1", "3"}));
  EXPECT_EQ(values(integer(" -1 , 1 ")), (Texts{"-1", "0", "1"}));
  EXPECT_EQ(values(integer("0009,0010")), (Texts{"9", "10"}));
}

TEST(IntegerProjection, DigitsAreFilledUpWithZeros) {
  EXPECT_EQ(values(integer("1,3", "1", "2")), (Texts{"01", "02", "03"}));
  EXPECT_EQ(values(integer("8,12", "2", "2")), (Texts{"08", "10", "12"}));
  EXPECT_EQ(values(integer("99,100", "1", "2")), (Texts{"99", "100"}));
}

TEST(IntegerProjection, IsSearchedAndNotWalkedThrough) {
  const Properties whole = integer("-9223372036854775808,9223372036854775807");
  const trino::Type bigint{trino::TypeKind::kBigint};
  EXPECT_EQ(values(whole, between("41", "43"), "2024-01-01", bigint), (Texts{"41", "42", "43"}));
  EXPECT_EQ(values(whole, between("9223372036854775806", std::nullopt), "2024-01-01", bigint),
            (Texts{"9223372036854775806", "9223372036854775807"}));
  EXPECT_EQ(values(whole, between(std::nullopt, "-9223372036854775808"), "2024-01-01", bigint),
            (Texts{"-9223372036854775808"}));
  EXPECT_EQ(values(whole, one_of({"-5", "007", "x"}), "2024-01-01", bigint), (Texts{"-5", "7"}));
  EXPECT_EQ(values(whole, one_of({"-5", "007", "x"})), (Texts{"-5"}));
  EXPECT_EQ(values(integer("0,999999999999", "10", "12"), between("000000000015", "000000000031")),
            (Texts{"000000000020", "000000000030"}));
}

TEST(IntegerProjection, ComparesAsItsColumnDoes) {
  EXPECT_EQ(values(integer("8,11"), between("9", std::nullopt), "2024-01-01", kInt), (Texts{"9", "10", "11"}));
  EXPECT_EQ(values(integer("8,11"), between("9", std::nullopt)), (Texts{"9"}));
  EXPECT_EQ(values(integer("8,11"), between("9.5", "ten"), "2024-01-01", kInt), (Texts{"8", "9", "10", "11"}));
}

TEST(DateProjection, RunsThroughDaysByDefaultOfItsFormat) {
  EXPECT_EQ(values(date("2024/02/27,2024/03/01", "yyyy/MM/dd")),
            (Texts{"2024/02/27", "2024/02/28", "2024/02/29", "2024/03/01"}));
  EXPECT_EQ(values(date("201711,201802", "yyyyMM")), (Texts{"201711", "201712", "201801", "201802"}));
  EXPECT_EQ(values(date("2022,2024", "yyyy")), (Texts{"2022", "2023", "2024"}));
  EXPECT_EQ(values(date("31-12-2023,02-01-2024", "dd-MM-yyyy")), (Texts{"31-12-2023", "01-01-2024", "02-01-2024"}));
  EXPECT_EQ(values(date("2024-03-10-22,2024-03-11-01", "yyyy-MM-dd-HH")),
            (Texts{"2024-03-10-22", "2024-03-10-23", "2024-03-11-00", "2024-03-11-01"}));
  EXPECT_EQ(values(date("23:59:58,23:59:59", "HH:mm:ss")), (Texts{"23:59:58", "23:59:59"}));
}

TEST(DateProjection, TextBetweenQuotesIsItself) {
  EXPECT_EQ(values(date("year=2024/month=1,year=2024/month=2", "'year='yyyy'/month='M")),
            (Texts{"year=2024/month=1", "year=2024/month=2"}));
  EXPECT_EQ(values(date("2024-01-01T00,2024-01-01T01", "uuuu-MM-dd'T'HH")), (Texts{"2024-01-01T00", "2024-01-01T01"}));
}

TEST(DateProjection, StepsByItsInterval) {
  Properties properties = date("2024-01-31,2024-05-31", "yyyy-MM-dd");
  properties.emplace_back("interval", "1");
  properties.emplace_back("interval.unit", "months");
  EXPECT_EQ(values(properties), (Texts{"2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"}));
  properties[3].second = "2";
  properties[4].second = "WEEKS";
  EXPECT_EQ(values(properties, between(std::nullopt, "2024-03")), (Texts{"2024-01-31", "2024-02-14", "2024-02-28"}));
  properties = date("2024-01-01-00,2024-01-01-23", "yyyy-MM-dd-HH");
  properties.emplace_back("interval", "6");
  EXPECT_EQ(values(properties), (Texts{"2024-01-01-00", "2024-01-01-06", "2024-01-01-12", "2024-01-01-18"}));
}

TEST(DateProjection, StepsFinerThanTheFormatGiveEachValueOnce) {
  Properties properties = date("2024-01,2024-03", "yyyy-MM");
  properties.emplace_back("interval.unit", "DAYS");
  EXPECT_EQ(values(properties), (Texts{"2024-01", "2024-02", "2024-03"}));
  EXPECT_EQ(values(properties, one_of({"2024-02"})), (Texts{"2024-02"}));
}

TEST(DateProjection, NowIsTheMomentOfTheQuery) {
  EXPECT_EQ(values(date("2024/03/09,NOW", "yyyy/MM/dd")), (Texts{"2024/03/09", "2024/03/10"}));
  EXPECT_EQ(values(date("NOW-1DAYS,NOW+1DAY", "yyyy/MM/dd")), (Texts{"2024/03/09", "2024/03/10", "2024/03/11"}));
  EXPECT_EQ(values(date("now - 1 month , now", "yyyy-MM")), (Texts{"2024-02", "2024-03"}));
  EXPECT_EQ(values(date("NOW-3YEARS,NOW", "yyyy")), (Texts{"2021", "2022", "2023", "2024"}));
  EXPECT_EQ(values(date("NOW-2HOURS,NOW", "yyyy-MM-dd-HH")),
            (Texts{"2024-03-10-13", "2024-03-10-14", "2024-03-10-15"}));
  EXPECT_EQ(values(date("NOW,2024/03/12", "yyyy/MM/dd")), (Texts{"2024/03/10", "2024/03/11", "2024/03/12"}));
  EXPECT_EQ(values(date("NOW-1WEEK,NOW-6DAYS", "yyyy/MM/dd")), (Texts{"2024/03/03", "2024/03/04"}));
  EXPECT_EQ(values(date("NOW-1MONTHS,NOW-1MONTHS", "yyyy-MM-dd"), {}, "2023-03-31T00:00:00Z"), (Texts{"2023-02-28"}));
  EXPECT_EQ(values(date("NOW-3YEARS,NOW+1DAY", "yyyy/MM/dd")).size(), 365 * 3 + 1 + 2);
}

TEST(DateProjection, ARangeThatHasNotBegunIsEmpty) {
  EXPECT_EQ(values(date("2030/01/01,NOW", "yyyy/MM/dd")), Texts{});
}

TEST(DateProjection, IsSearchedAndNotWalkedThrough) {
  const Properties seconds = date("2000-01-01-00-00-00,NOW", "yyyy-MM-dd-HH-mm-ss");
  EXPECT_EQ(values(seconds, between("2024-03-10-15-29-59", "2024-03-10-15-31")),
            (Texts{"2024-03-10-15-29-59", "2024-03-10-15-30-00"}));
  EXPECT_EQ(values(seconds, one_of({"2010-10-10-10-10-10", "2030-10-10-10-10-10", "x"})),
            (Texts{"2010-10-10-10-10-10"}));
  EXPECT_EQ(values(date("2000010100,NOW", "yyyyMMddHH"), between("2024031014", "2024031100"), "2024-03-10T15:30:00Z",
                   trino::Type{trino::TypeKind::kBigint}),
            (Texts{"2024031014", "2024031015"}));
}

TEST(DateProjection, BoundsMayBePartsOfADateOrOtherTexts) {
  const Properties days = date("2024/01/30,2024/02/02", "yyyy/MM/dd");
  EXPECT_EQ(values(days, between("2024/02", std::nullopt)), (Texts{"2024/02/01", "2024/02/02"}));
  EXPECT_EQ(values(days, between(std::nullopt, "2024/02")), (Texts{"2024/01/30", "2024/01/31"}));
  EXPECT_EQ(values(days, between("", "zzz")).size(), 4);
  EXPECT_EQ(values(days, between("zzz", "")), Texts{});
  EXPECT_EQ(values(days, one_of({"2024/2/1"})), Texts{});
}

TEST(DateProjection, BoundsLeaveWhatAFilterOfAllValuesWould) {
  std::mt19937 random{11};
  for (const std::string format :
       {"yyyy/MM/dd", "dd-MM-yyyy", "yyyy-M-d", "yyyyMMdd", "MMM yyyy dd", "yyyy-MM-dd-HH"}) {
    const auto made = DateFormat::parse(format);
    ASSERT_TRUE(made.has_value()) << format;
    const auto text_of_day = [&](std::int64_t day) { return made->format(day * scalar::kMicrosPerDay); };
    for (int round = 0; round < 40; ++round) {
      const std::int64_t first = 19'000 + static_cast<std::int64_t>(random() % 300);
      Properties properties = date(text_of_day(first) + "," + text_of_day(first + 90), format);
      properties.emplace_back("interval", std::to_string(1 + random() % 3));
      const std::string lower = text_of_day(19'000 + static_cast<std::int64_t>(random() % 400));
      const std::string upper = text_of_day(19'000 + static_cast<std::int64_t>(random() % 400));
      Texts filtered;
      for (const std::string& value : values(properties)) {
        if (value >= lower && value <= upper) filtered.push_back(value);
      }
      EXPECT_EQ(values(properties, between(lower, upper)), filtered) << format << " " << lower << " " << upper;
      std::erase_if(filtered, [&](const std::string& value) { return value != lower && value != upper; });
      if (lower > upper) continue;
      EXPECT_EQ(values(properties, one_of({lower, upper})), filtered);
    }
  }
}

TEST(InjectedProjection, NeedsItsValues) {
  const Properties injected{{"type", "injected"}};
  EXPECT_EQ(values(injected, one_of({"vpc-2", "vpc-1"})), (Texts{"vpc-1", "vpc-2"}));
  const std::string fault =
      "CONSTRAINT_VIOLATION: For the injected projected partition column c, the WHERE clause must contain only static "
      "equality conditions, and at least one such condition must be present.";
  EXPECT_EQ(values(injected), (Texts{fault}));
  EXPECT_EQ(values(injected, between("a", "b")), (Texts{fault}));
  EXPECT_EQ(values(injected, one_of({})), Texts{});
}

TEST(Projection, ConstraintsOnOtherTypesNarrowNothing) {
  const trino::Type stamp{trino::TypeKind::kTimestamp, 3};
  EXPECT_EQ(
      values(date("2024-01-01,2024-01-02", "yyyy-MM-dd"), one_of({"2024-01-01 00:00:00.000"}), "2024-01-01", stamp),
      (Texts{"2024-01-01", "2024-01-02"}));
}

TEST(Projection, IsOnlyWhereItIsEnabled) {
  EXPECT_TRUE(is_projected({{"projection.enabled", "true"}}));
  EXPECT_TRUE(is_projected({{"Projection.Enabled", " TRUE "}}));
  EXPECT_FALSE(is_projected({{"projection.enabled", "false"}}));
  EXPECT_FALSE(is_projected({{"projection.day.type", "enum"}}));
}

TEST(Projection, FaultsNameTheProperty) {
  EXPECT_EQ(fault_of({}), "table property projection.c.type is missing");
  EXPECT_EQ(fault_of({{"type", "list"}}),
            "table property projection.c.type: not one of enum, integer, date, injected: list");
  EXPECT_EQ(fault_of({{"type", "enum"}}), "table property projection.c.values is missing");
  EXPECT_EQ(fault_of({{"type", "enum"}, {"values", ""}}), "table property projection.c.values is empty");
  EXPECT_EQ(fault_of({{"type", "integer"}, {"range", "1-3"}}),
            "table property projection.c.range: not two values with a comma between them: 1-3");
  EXPECT_EQ(fault_of({{"type", "integer"}, {"range", "1,b"}}),
            "table property projection.c.range: not two whole numbers: 1,b");
  EXPECT_EQ(fault_of({{"type", "integer"}, {"range", "3,1"}}), "table property projection.c.range runs backwards: 3,1");
  EXPECT_EQ(fault_of(integer("1,3", "0")),
            "table property projection.c.interval: not a number from 1 to 9223372036854775807: 0");
  EXPECT_EQ(fault_of(integer("1,3", "1", "x")), "table property projection.c.digits: not a number from 1 to 1000: x");
  EXPECT_EQ(fault_of({{"type", "date"}, {"range", "2024,NOW"}}), "table property projection.c.format is missing");
  EXPECT_EQ(
      fault_of(date("2024/01/01,NOW", "yyyy-MM-dd")),
      "table property projection.c.range: neither a date of the format yyyy-MM-dd nor NOW[+-]N UNITS: 2024/01/01");
  EXPECT_EQ(fault_of(date("NOW-3EONS,NOW", "yyyy")),
            "table property projection.c.range: neither a date of the format yyyy nor NOW[+-]N UNITS: NOW-3EONS");
  EXPECT_EQ(fault_of(date("2024,2023", "yyyy")), "table property projection.c.range runs backwards: 2024,2023");
  EXPECT_EQ(
      fault_of(date("2024,NOW", "YYYY")),
      "table property projection.c.format: the letter Y is none of y, u, M, d, H, m, s, S, D, E, a, h, K, k: YYYY");
  EXPECT_EQ(fault_of(date("2024,NOW", "yyyy'")), "table property projection.c.format: a quote has no end: yyyy'");
  EXPECT_EQ(fault_of(date("2024,NOW", "-")), "table property projection.c.format: a pattern without a field: '-'");
  Properties properties = date("2024,NOW", "yyyy");
  properties.emplace_back("interval.unit", "FORTNIGHTS");
  EXPECT_TRUE(fault_of(properties).starts_with("table property projection.c.interval.unit: not one of YEARS, "));
  EXPECT_EQ(values(date("NOW-999999999999YEARS,NOW", "yyyy")),
            (Texts{"table property projection.c.range is too far from now"}));
  EXPECT_EQ(values(date("NOW,NOW+9223372036854775807DAYS", "yyyy")),
            (Texts{"table property projection.c.range is too far from now"}));
}

TEST(Projection, ATemplateHasToNameAllColumnsAndNoOthers) {
  Properties properties = of_column({{"type", "enum"}, {"values", "x"}});
  const std::vector<Column> columns{{"c", kString, ""}};
  properties.emplace_back("storage.location.template", "s3://b/${d}/");
  EXPECT_EQ(Projection::of(properties, columns, "s3://b/").error().what,
            "table property storage.location.template: no partition column d");
  properties.back().second = "s3://b/";
  EXPECT_EQ(Projection::of(properties, columns, "s3://b/").error().what,
            "table property storage.location.template: without ${c}: s3://b/");
  properties.back().second = "s3://b/${C}-${c}/${";
  const auto made = Projection::of(properties, columns, "s3://b/").value().expand({}, at("2024-01-01"));
  EXPECT_EQ(made.value().at(0).location, "s3://b/x-x/${/");
}

TEST(Projection, WithoutATemplateFoldersAreHives) {
  const Properties properties{{"projection.a.type", "enum"},
                              {"projection.a.values", "x,1/2"},
                              {"projection.b.type", "integer"},
                              {"projection.b.range", "7,8"}};
  const auto made = Projection::of(properties, {{"a", kString, ""}, {"b", kInt, ""}}, "s3://b/t");
  const std::vector<Partition> expected{{{"x", "7"}, "s3://b/t/a=x/b=7/"},
                                        {{"x", "8"}, "s3://b/t/a=x/b=8/"},
                                        {{"1/2", "7"}, "s3://b/t/a=1%2F2/b=7/"},
                                        {{"1/2", "8"}, "s3://b/t/a=1%2F2/b=8/"}};
  EXPECT_EQ(made.value().expand({}, at("2024-01-01")).value(), expected);
}

TEST(Projection, OfVpcFlowLogsHasAFolderForEachRegionAndDay) {
  const CreateExternalTable table = aws_table("vpc_flow_logs_v5");
  const auto all = expand(table, {}, "2021-12-31T23:59:59Z");
  ASSERT_TRUE(all.has_value()) << all.error().what;
  EXPECT_EQ(all->size(), 3 * 365);
  EXPECT_EQ(all->front().location, "s3://flow-bucket/AWSLogs/123456789012/vpcflowlogs/us-east-1/2021/01/01/");
  EXPECT_EQ(all->back().values, (Texts{"ap-southeast-2", "2021/12/31"}));
  const auto some =
      expand(table, {{"aws_region", one_of({"eu-central-1"})}, {"day", between("2024/02/28", "2024/03/01")}},
             "2024-06-01T00:00:00Z");
  const std::string folder = "s3://flow-bucket/AWSLogs/123456789012/vpcflowlogs/eu-central-1/";
  const std::vector<Partition> expected{{{"eu-central-1", "2024/02/28"}, folder + "2024/02/28/"},
                                        {{"eu-central-1", "2024/02/29"}, folder + "2024/02/29/"},
                                        {{"eu-central-1", "2024/03/01"}, folder + "2024/03/01/"}};
  EXPECT_EQ(some.value(), expected);
}

TEST(Projection, OfCloudTrailHasAFolderForEachDayUntilToday) {
  const CreateExternalTable table = aws_table("cloudtrail_projected");
  const auto all = expand(table, {}, "2020-01-03T00:00:00Z");
  ASSERT_EQ(all.value().size(), 3);
  EXPECT_EQ(all->back().location, "s3://trail-bucket/AWSLogs/123456789012/CloudTrail/eu-central-1/2020/01/03/");
}

TEST(Projection, OfResolverLogsAsksForTheVpc) {
  const CreateExternalTable table = aws_table("r53_resolver_logs");
  EXPECT_TRUE(expand(table, {}, "2024-01-01")
                  .error()
                  .what.starts_with("CONSTRAINT_VIOLATION: For the injected projected partition column vpc,"));
  const auto one = expand(table, {{"vpc", one_of({"vpc-1"})}, {"date", between("2024/01/01", std::nullopt)}},
                          "2024-01-01T12:00:00Z");
  ASSERT_EQ(one.value().size(), 2);
  EXPECT_EQ(one->front().location, "s3://dns-bucket/AWSLogs/123456789012/vpcdnsquerylogs/vpc-1/2024/01/01/");
  EXPECT_EQ(one->back().values, (Texts{"2024/01/02", "vpc-1"}));
}

TEST(Projection, TooManyPartitionsAreAnError) {
  const CreateExternalTable table = aws_table("vpc_flow_logs_v5");
  EXPECT_EQ(expand(table, {}, "2021-01-03T00:00:00Z", 9).value().size(), 9);
  EXPECT_EQ(expand(table, {}, "2021-01-03T00:00:00Z", 8).error().what, "partition projection: there are more than 8");
  EXPECT_EQ(expand(table, {}, "2021-01-03T00:00:00Z", 2).error().what,
            "partition projection: the values of column day are more than 2");
  EXPECT_EQ(values(integer("1,9223372036854775807")),
            (Texts{"partition projection: the values of column c are more than 1000000"}));
}

}  // namespace
}  // namespace flowtrail::hive
