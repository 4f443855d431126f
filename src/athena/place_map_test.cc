#include "athena/place_map.h"

#include <gtest/gtest.h>

#include <string>

namespace flowtrail::athena {
namespace {

std::string found(const PlaceMap& map, std::string_view location) {
  const auto path = map.find(location);
  return path ? path->string() : path.error().to_string();
}

TEST(PlaceMap, FindsWhatIsBelowAPrefix) {
  PlaceMap map;
  ASSERT_TRUE(map.add("s3://logs/AWSLogs/=/data/logs"));
  EXPECT_EQ(found(map, "s3://logs/AWSLogs/111122223333/vpcflowlogs/"), "/data/logs/111122223333/vpcflowlogs/");
  EXPECT_EQ(found(map, "s3://logs/AWSLogs/a.log.gz"), "/data/logs/a.log.gz");
  EXPECT_EQ(found(map, "s3://logs/AWSLogs/"), "/data/logs/");
  EXPECT_EQ(found(map, "s3://logs/AWSLogs"), "/data/logs") << "with or without the slash at its end";
}

TEST(PlaceMap, TakesTheLongestPrefixInWhateverOrderTheyWereGiven) {
  PlaceMap map;
  ASSERT_TRUE(map.add("s3://logs/=/all"));
  ASSERT_TRUE(map.add("s3://logs/trail/eu=/eu"));
  ASSERT_TRUE(map.add("s3://logs/trail/=/trail"));
  EXPECT_EQ(found(map, "s3://logs/trail/eu/1"), "/eu/1");
  EXPECT_EQ(found(map, "s3://logs/trail/us/1"), "/trail/us/1");
  EXPECT_EQ(found(map, "s3://logs/flow/1"), "/all/flow/1");
}

TEST(PlaceMap, EndsPrefixesAtSlashes) {
  PlaceMap map;
  ASSERT_TRUE(map.add("s3://logs=/data"));
  const auto other = map.find("s3://logs-of-others/a");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(other.error().where, "s3://logs-of-others/a");
  EXPECT_NE(other.error().hint.find("--map"), std::string::npos);
}

TEST(PlaceMap, TakesPlacesOutsideOfS3AsTheyStand) {
  const PlaceMap map;
  EXPECT_EQ(found(map, "/var/log/flow"), "/var/log/flow");
  EXPECT_EQ(found(map, "logs/flow"), "logs/flow");
  EXPECT_EQ(found(map, "file:///var/log/flow"), "/var/log/flow");
}

TEST(PlaceMap, KnowsAllNamesOfS3) {
  PlaceMap map;
  for (const char* place : {"s3://b/x", "s3a://b/x", "s3n://b/x"}) EXPECT_FALSE(map.find(place)) << place;
  ASSERT_TRUE(map.add("s3a://b/=/data"));
  EXPECT_EQ(found(map, "s3a://b/x"), "/data/x");
}

TEST(PlaceMap, RefusesWhatIsNoMapping) {
  PlaceMap map;
  for (const char* text : {"", "s3://logs/", "s3://logs/=", "=/data", "/data=/other", "logs=/data"}) {
    const auto added = map.add(text);
    ASSERT_FALSE(added) << text;
    EXPECT_EQ(added.error().code, ErrorCode::kUsage) << text;
  }
}

TEST(PlaceMap, TakesAFolderWithAnEqualsSign) {
  PlaceMap map;
  ASSERT_TRUE(map.add("s3://logs/=/data/day=1"));
  EXPECT_EQ(found(map, "s3://logs/a"), "/data/day=1/a");
}

TEST(PlaceMap, TellsThePlaceInS3OfAPath) {
  PlaceMap map;
  ASSERT_TRUE(map.add("s3://logs/AWSLogs/=/data/logs/"));
  EXPECT_EQ(map.location_of("/data/logs/a/b.log"), "s3://logs/AWSLogs/a/b.log");
  EXPECT_EQ(map.location_of("/data/./logs/a//b.log"), "s3://logs/AWSLogs/a/b.log");
  EXPECT_EQ(map.location_of("/data/logs-2/a.log"), "/data/logs-2/a.log");
  EXPECT_EQ(map.location_of("/elsewhere/a.log"), "/elsewhere/a.log");
}

TEST(PlaceMap, FindsAgainWhatItTold) {
  PlaceMap map;
  ASSERT_TRUE(map.add("s3://logs/=/data"));
  ASSERT_TRUE(map.add("s3://logs/trail/=/data/trail"));
  ASSERT_TRUE(map.add("s3://other/=/other"));
  for (const char* path : {"/data/a", "/data/trail/b", "/other/c/d", "/none/e"}) {
    EXPECT_EQ(found(map, map.location_of(path)), path);
  }
}

TEST(PlaceMap, TellsThePlaceOfTheInnermostFolder) {
  PlaceMap map;
  ASSERT_TRUE(map.add("s3://a-long-name-of-a-bucket/=/data"));
  ASSERT_TRUE(map.add("s3://b/=/data/trail"));
  EXPECT_EQ(map.location_of("/data/trail/x"), "s3://b/x");
  EXPECT_EQ(map.location_of("/data/x"), "s3://a-long-name-of-a-bucket/x");
}

}  // namespace
}  // namespace flowtrail::athena
