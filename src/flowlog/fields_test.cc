#include "flowlog/fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace flowtrail::flowlog {
namespace {

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> tokens;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    tokens.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return tokens;
}

TEST(Fields, NamesAreUniqueAndSqlNamesAreTheSameWithUnderscores) {
  std::set<std::string_view> names;
  for (const FieldInfo& field : all_fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_EQ(field_name(field.sql_name), field.name);
    EXPECT_EQ(field.sql_name.find('-'), std::string_view::npos) << field.sql_name;
    EXPECT_EQ(find_field(field.name), &field);
  }
}

TEST(Fields, EveryVersionHasAsManyFieldsAsTheGuideLists) {
  std::map<int, int> counts;
  for (const FieldInfo& field : all_fields()) ++counts[field.version];
  const std::map<int, int> expected = {{2, 14}, {3, 7}, {4, 4}, {5, 4}, {7, 10}, {8, 1}, {9, 1}, {10, 1}, {11, 12}};
  EXPECT_EQ(counts, expected);
}

TEST(Fields, TheFirstFieldsAreTheDefaultFormat) {
  std::string names;
  for (const FieldInfo& field : all_fields().first(kDefaultFields)) names += std::string(field.name) + " ";
  EXPECT_EQ(names,
            "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
            "log-status ");
}

TEST(Fields, TypesAreThoseOfTheAthenaTable) {
  const auto type = [](std::string_view name) { return type_name(find_field(name)->type); };
  for (const char* name : {"version", "srcport", "dstport", "tcp-flags", "traffic-path"}) EXPECT_EQ(type(name), "int");
  for (const char* name : {"protocol", "packets", "bytes", "start", "end"}) EXPECT_EQ(type(name), "bigint");
  for (const char* name : {"account-id", "srcaddr", "resource-id", "asg-tag-2"}) EXPECT_EQ(type(name), "varchar");
}

TEST(Fields, HeaderTokensOfAllSpellingsAreOneName) {
  for (const char* token : {"pkt-srcaddr", "pkt_srcaddr", "${pkt-srcaddr}", "${pkt_srcaddr}"}) {
    EXPECT_EQ(field_name(token), "pkt-srcaddr");
  }
  EXPECT_EQ(field_name("${"), "${");
  EXPECT_EQ(field_name(""), "");
}

TEST(Fields, HeadersAreToldFromRecordsAndProse) {
  for (const char* header :
       {"srcaddr dstaddr", "srcaddr", "${version} ${account-id}", "interface_id some-future-field start",
        "resource-type tgw-id tgw-attachment-id", "version start end action"}) {
    EXPECT_TRUE(is_header(split(header))) << header;
  }
  for (const char* line :
       {"", "bogus line", "the start and end of it", "2 111122223333 eni-1 - - - - - - - 1 2 - NODATA",
        "start 1788232200 end", "Version account-id srcaddr", "some-field", "srcaddr unknown_ä end"}) {
    EXPECT_FALSE(is_header(split(line))) << line;
  }
}

TEST(Fields, TransitGatewayColumnsAreTold) {
  const std::vector<std::string> vpc = {"version", "resource-id", "srcaddr"};
  const std::vector<std::string> gateway = {"version", "resource-type", "srcaddr"};
  const std::vector<std::string> other = {"tgw-attachment-id", "srcaddr"};
  EXPECT_FALSE(is_transit_gateway(vpc));
  EXPECT_TRUE(is_transit_gateway(gateway));
  EXPECT_TRUE(is_transit_gateway(other));
}

TEST(Fields, TheVersionIsTheHighestOfTheKnownColumns) {
  const auto version = [](std::vector<std::string> names) { return version_of(names); };
  EXPECT_EQ(version({"srcaddr"}), 2);
  EXPECT_EQ(version({"srcaddr", "tcp-flags"}), 3);
  EXPECT_EQ(version({"flow-direction", "vpc-id", "brand-new"}), 5);
  EXPECT_EQ(version({"next-hop-interface-type", "version"}), 11);
}

}  // namespace
}  // namespace flowtrail::flowlog
