#include "athena/raw_table.h"

#include "athena/test_session.h"

namespace flowtrail::athena {
namespace {

/// `columns`, and what stands between them and LOCATION.
std::string table(std::string_view columns, std::string_view middle, std::string_view location = "s3://logs/t/",
                  std::string_view properties = "") {
  return fmt::format("CREATE EXTERNAL TABLE t ({}) {} LOCATION '{}'{}", columns, middle, location,
                     properties.empty() ? "" : fmt::format(" TBLPROPERTIES ({})", properties));
}

constexpr std::string_view kSpaced = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '";
constexpr std::string_view kByDay = "PARTITIONED BY (day string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '";

class RawTableTest : public SessionFixture {
 protected:
  std::uint64_t bad_total() { return session_->bad_input().total(); }
};

// Formats.

TEST_F(RawTableTest, DelimitedTextWithoutTheHeaderOfEachObject) {
  write("t/a.log", "name size\nx 1\ny 2\n");
  write("t/b.log", "name size\nz -\n");
  run(table("name string, size int", kSpaced, "s3://logs/t/", "'skip.header.line.count'='1'"));
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1])", R"(["y",2])", R"(["z",null])"}));
  EXPECT_EQ(rows("SELECT sum(size), count(*), count(size) FROM t"), (Rows{"[3,3,2]"}));
}

TEST_F(RawTableTest, CompressedObjectsBesidePlainOnes) {
  write_gzip("t/a.log.gz", "x 1\n");
  write("t/b.log", "y 2\n");
  run(table("name string, size int", kSpaced));
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1])", R"(["y",2])"}));
}

TEST_F(RawTableTest, EventsOfCloudTrailDuplicatesIncluded) {
  const std::string events =
      R"({"Records":[{"eventTime":"2026-03-01T10:00:05Z","eventName":"RunInstances","userIdentity":{"type":"IAMUser","userName":"jane"},"requestParameters":{"a": [1]}},)"
      R"({"eventTime":"2026-03-01T10:00:06Z","eventName":"Other","requestParameters":null}]})";
  write("t/a.json", events);
  write_gzip("t/b.json.gz", events);
  run(
      table("eventtime string, useridentity struct<type:string,username:string>, eventname string, requestparameters "
            "string",
            "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe' STORED AS INPUTFORMAT "
            "'com.amazon.emr.cloudtrail.CloudTrailInputFormat' OUTPUTFORMAT "
            "'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'"));
  EXPECT_EQ(rows("SELECT eventname, useridentity.username, json_extract_scalar(requestparameters, '$.a[0]') FROM t"),
            (Rows{R"(["Other",null,null])", R"(["Other",null,null])", R"(["RunInstances","jane","1"])",
                  R"(["RunInstances","jane","1"])"}));
}

TEST_F(RawTableTest, LinesOfJson) {
  write("t/a.json", "{\"name\":\"x\",\"tags\":[\"a\",\"b\"],\"at\":{\"port\":22}}\n{\"name\":\"y\"}\n");
  run(table("name string, tags array<string>, `at` struct<port:int>",
            "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"));
  EXPECT_EQ(rows(R"(SELECT name, tags, "at".port FROM t)"), (Rows{R"(["x",["a","b"],22])", R"(["y",null,null])"}));
  EXPECT_EQ(rows("SELECT name, tag FROM t CROSS JOIN UNNEST(tags) AS u(tag)"), (Rows{R"(["x","a"])", R"(["x","b"])"}));
}

TEST_F(RawTableTest, LinesByARegularExpression) {
  write("t/a.log", "[x] 1\n[y] 2\n");
  run(table(
      "name string, size int",
      R"(ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe' WITH SERDEPROPERTIES ('input.regex'='\\[(.*)\\] (\\d+)'))"));
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1])", R"(["y",2])"}));
}

TEST_F(RawTableTest, QuotedCsv) {
  write("t/a.csv", "\"a,b\",1\nc,2\n");
  run(table("name string, size string", "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"));
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["a,b","1"])", R"(["c","2"])"}));
}

class ParquetTableTest : public RawTableTest {
 protected:
  void copy(const std::string& query, const std::string& name) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    const auto copied = connection_.execute(
        fmt::format("COPY ({}) TO {} (FORMAT parquet)", query, engine::quote_literal((folder_ / name).string())));
    ASSERT_TRUE(copied) << copied.error().to_string();
  }
};

TEST_F(ParquetTableTest, ColumnsByNameWhateverTheirOrderAndCase) {
  copy("SELECT 'x' AS name, 1 AS size", "t/a.parquet");
  copy("SELECT 2::BIGINT AS \"SIZE\", 'y' AS \"Name\"", "t/b.parquet");
  copy("SELECT 'z' AS name, 9 AS other", "t/c.parquet");
  run(table("name string, size int", "STORED AS PARQUET"));
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1])", R"(["y",2])", R"(["z",null])"}));
}

TEST_F(ParquetTableTest, PartitionsWithTypedColumns) {
  copy("SELECT 'x' AS name", "t/year=2026/month=3/a.parquet");
  copy("SELECT 'y' AS name", "t/year=2026/month=12/a.parquet");
  copy("SELECT 'z' AS name", "t/year=2025/month=3/a.parquet");
  run(table("name string", "PARTITIONED BY (year int, month int) STORED AS PARQUET"));
  EXPECT_EQ(rows("SELECT * FROM t"), Rows{});
  run("MSCK REPAIR TABLE t");
  EXPECT_EQ(rows("SELECT name, year, month FROM t WHERE year = 2026 AND month > 3"), (Rows{R"(["y",2026,12])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE month = 3"), (Rows{R"(["x"])", R"(["z"])"}));
  EXPECT_EQ(rows(R"(SELECT "$path" FROM t WHERE year = 2025)"),
            (Rows{R"(["s3://logs/t/year=2025/month=3/a.parquet"])"}));
}

TEST_F(ParquetTableTest, NewFilesAreSeenAndNoneAreNoRows) {
  run(table("name string, size int, tags array<string>", "STORED AS PARQUET"));
  EXPECT_EQ(rows("SELECT * FROM t"), Rows{});
  copy("SELECT 'x' AS name, 1 AS size, ['a'] AS tags", "t/a.parquet");
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1,["a"]])"}));
  copy("SELECT 'y' AS name, 2 AS size, NULL::VARCHAR[] AS tags", "t/below/b.parquet");
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1,["a"]])", R"(["y",2,null])"}));
}

TEST_F(ParquetTableTest, FoldersOfHivesFormAreNoColumnsUnlessTold) {
  copy("SELECT 'x' AS name", "t/size=5/a.parquet");
  copy("SELECT 'y' AS name, 1 AS size", "t/size=7/a.parquet");
  run(table("name string, size int", "STORED AS PARQUET"));
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",null])", R"(["y",1])"}));
}

TEST_F(ParquetTableTest, NamesOfFilesAreNoPatterns) {
  copy("SELECT 'x' AS name", "t/ä[1]*?.parquet");
  copy("SELECT 'y' AS name", "t/ä11b.parquet");
  run(table("name string", "STORED AS PARQUET"));
  EXPECT_EQ(rows(R"(SELECT name, "$path" FROM t)"),
            (Rows{R"(["x","s3://logs/t/ä[1]*?.parquet"])", R"(["y","s3://logs/t/ä11b.parquet"])"}));
}

// Where objects are.

TEST_F(RawTableTest, ObjectsOfFoldersBelowCountAndHiddenOnesDoNot) {
  write("t/a.log", "x 1\n");
  write("t/below/deeper/b.log", "y 2\n");
  write("t/_SUCCESS", "hidden 1\n");
  write("t/.a.log.crc", "hidden 2\n");
  write("t/_temporary/c.log", "hidden 3\n");
  write("t/.staging/c.log", "hidden 4\n");
  run(table("name string, size int", kSpaced));
  EXPECT_EQ(rows("SELECT name FROM t"), (Rows{R"(["x"])", R"(["y"])"}));
}

TEST_F(RawTableTest, AMissingFolderHasNoRows) {
  run(table("name string, size int", kSpaced, "s3://logs/nothing-here/"));
  EXPECT_EQ(rows("SELECT * FROM t"), Rows{});
  EXPECT_EQ(rows("SELECT count(*) FROM t"), (Rows{"[0]"}));
  write("nothing-here/a.log", "x 1\n");
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1])"})) << "objects are listed anew by each statement";
}

TEST_F(RawTableTest, AnObjectWithoutALineHasNoRows) {
  write("t/a.log", "");
  write("t/b.log", "x 1\n");
  run(table("name string, size int", kSpaced));
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1])"}));
}

TEST_F(RawTableTest, APlaceThatNoMappingCoversIsAnErrorWithAHint) {
  run(table("name string", kSpaced, "s3://elsewhere/t/"));
  const std::string told = error("SELECT * FROM t");
  EXPECT_NE(told.find("objects in S3 are not read from here"), std::string::npos) << told;
}

TEST_F(RawTableTest, ThePathIsTheOneInS3AndNotPartOfTheStar) {
  write("t/a.log", "x 1\n");
  write("t/b/c.log", "y 2\n");
  run(table("name string, size int", kSpaced));
  EXPECT_EQ(rows(R"(SELECT name, "$path" FROM t)"),
            (Rows{R"(["x","s3://logs/t/a.log"])", R"(["y","s3://logs/t/b/c.log"])"}));
  EXPECT_EQ(rows(R"(SELECT name FROM t WHERE "$path" LIKE '%/b/%')"), (Rows{R"(["y"])"}));
  EXPECT_EQ(rows(R"(SELECT "$path" FROM t WHERE size = 1)"), (Rows{R"(["s3://logs/t/a.log"])"}))
      << "a column that is only compared is read, too";
}

TEST_F(RawTableTest, AFormatThatIsNotReadIsToldWhenTheTableIsNamed) {
  run(table("name string", "STORED AS ORC"));
  EXPECT_TRUE(error("SELECT * FROM t").starts_with("NOT_SUPPORTED")) << error("SELECT * FROM t");
}

// Broken input.

TEST_F(RawTableTest, BrokenLinesAreCountedAndLoseNoOthers) {
  write("t/a.log", "[x] 1\nbroken\n[y] 2\n");
  write("t/b.log", "also broken\n[z] 3\n");
  run(table(
      "name string, size int",
      R"(ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe' WITH SERDEPROPERTIES ('input.regex'='\\[(.*)\\] (\\d+)'))"));
  EXPECT_EQ(rows("SELECT name, size FROM t"),
            (Rows{R"(["x",1])", R"(["y",2])", R"(["z",3])", "[null,null]", "[null,null]"}));
  EXPECT_EQ(bad_total(), 2U);
  const BadInput bad = session_->bad_input();
  ASSERT_EQ(bad.by_reason().size(), 1U);
  EXPECT_EQ(bad.by_reason().begin()->first, "line that does not match input.regex");
  std::vector<std::string> places;
  for (const auto& place : bad.by_reason().begin()->second.first) {
    places.push_back(fmt::format("{}:{}", place.object, place.line));
  }
  std::ranges::sort(places);
  EXPECT_EQ(places, (std::vector<std::string>{"s3://logs/t/a.log:2", "s3://logs/t/b.log:1"}));
}

TEST_F(RawTableTest, ABrokenEventIsCountedAndLosesNoOthers) {
  write("t/a.json", R"({"Records":[{"eventVersion":"1","eventName":"A"},{"eventVersion":"1","eventName":,},)"
                    R"({"eventVersion":"1","eventName":"C"}]})");
  write("t/b.json", R"({"Records":[{"eventVersion":"1","eventName":"D"}]})");
  run(table("eventname string",
            "ROW FORMAT SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde' STORED AS INPUTFORMAT "
            "'com.amazon.emr.cloudtrail.CloudTrailInputFormat' OUTPUTFORMAT "
            "'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'"));
  const Rows names = rows("SELECT eventname FROM t WHERE eventname IS NOT NULL");
  EXPECT_EQ(names, (Rows{R"(["A"])", R"(["C"])", R"(["D"])"}));
  EXPECT_EQ(bad_total(), 1U);
}

TEST_F(RawTableTest, ALineThatFailsTheStatementIsToldWithItsPlace) {
  write("t/a.json", "{\"name\":\"x\",\"size\":1}\n{\"name\":\"y\",\"size\":\"many\"}\n");
  run(table("name string, size int", "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"));
  const std::string told = error("SELECT * FROM t");
  EXPECT_TRUE(told.starts_with("HIVE_BAD_DATA: s3://logs/t/a.json line 2: Error parsing field value")) << told;
  EXPECT_EQ(rows("SELECT name FROM t"), (Rows{R"(["x"])", R"(["y"])"})) << "a column that is not asked for";
}

TEST_F(RawTableTest, ADamagedObjectIsAnErrorThatNamesIt) {
  write_gzip("t/a.log.gz", "x 1\ny 2\n");
  std::filesystem::resize_file(folder_ / "t/a.log.gz", std::filesystem::file_size(folder_ / "t/a.log.gz") - 6);
  run(table("name string, size int", kSpaced));
  const std::string told = error("SELECT * FROM t");
  EXPECT_NE(told.find("a.log.gz"), std::string::npos) << told;
}

// Partitions.

TEST_F(RawTableTest, PartitionsAreThoseThatWereAdded) {
  write("t/day=1/a.log", "x 1\n");
  write("t/day=2/a.log", "y 2\n");
  write("elsewhere/a.log", "z 3\n");
  run(table("name string, size int", kByDay));
  EXPECT_EQ(rows("SELECT * FROM t"), Rows{});
  run("ALTER TABLE t ADD PARTITION (day='2') PARTITION (day='3') LOCATION 's3://logs/elsewhere/'");
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["y",2,"2"])", R"(["z",3,"3"])"}));
  EXPECT_EQ(ordered_rows("SHOW PARTITIONS t"), (Rows{R"(["day=2"])", R"(["day=3"])"}));
  EXPECT_NE(error("ALTER TABLE t ADD PARTITION (day='2')").find("day"), std::string::npos);
  run("ALTER TABLE t ADD IF NOT EXISTS PARTITION (day='2') PARTITION (day='1')");
  EXPECT_EQ(rows("SELECT name FROM t WHERE day < '3'"), (Rows{R"(["x"])", R"(["y"])"}));
  run("ALTER TABLE t DROP PARTITION (day<'3')");
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["z",3,"3"])"}));
  run("ALTER TABLE t PARTITION (day='3') RENAME TO PARTITION (day='4')");
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["z",3,"4"])"})) << "the objects stay where they are";
  run("ALTER TABLE t PARTITION (day='4') SET LOCATION 's3://logs/t/day=1/'");
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1,"4"])"}));
}

TEST_F(RawTableTest, MsckRepairAddsTheFoldersOfThatForm) {
  write("t/year=2026/month=03/a.log", "x 1\n");
  write("t/year=2026/month=a%2Fb/a.log", "y 2\n");
  write("t/year=2026/04/a.log", "z 3\n");
  write("t/2026/month=03/a.log", "z 4\n");
  run(table("name string, size int",
            "PARTITIONED BY (year int, month string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '"));
  EXPECT_EQ(ordered_rows("MSCK REPAIR TABLE t").size(), 4U);
  EXPECT_EQ(rows("SELECT name, year, month FROM t"), (Rows{R"(["x",2026,"03"])", R"(["y",2026,"a/b"])"}));
  EXPECT_EQ(ordered_rows("MSCK REPAIR TABLE t"), Rows{}) << "nothing is new";
  write("t/year=2027/month=01/a.log", "w 5\n");
  EXPECT_EQ(ordered_rows("MSCK REPAIR TABLE t").size(), 2U);
  EXPECT_EQ(rows("SELECT name FROM t WHERE year > 2026"), (Rows{R"(["w"])"}));
}

TEST_F(RawTableTest, FoldersAsPartitionsByDate) {
  write("t/2026/03/01/a.log", "x 1\n");
  write("t/2026/03/02/a.log", "y 2\n");
  write("t/2025/12/31/a.log", "z 3\n");
  write("t/2026/a.log", "not deep enough 4\n");
  run(table("name string, size int",
            "PARTITIONED BY (year string, month string, day string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '",
            "s3://logs/t/", "'flowtrail.partitions'='folders'"));
  EXPECT_EQ(rows("SELECT * FROM t"),
            (Rows{R"(["x",1,"2026","03","01"])", R"(["y",2,"2026","03","02"])", R"(["z",3,"2025","12","31"])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE year = '2026' AND day = '02'"), (Rows{R"(["y"])"}));
  write("t/2026/03/03/a.log", "new 5\n");
  EXPECT_EQ(rows("SELECT name FROM t WHERE day = '03'"), (Rows{R"(["new"])"})) << "without any statement";
  EXPECT_EQ(ordered_rows("SHOW PARTITIONS t"),
            (Rows{R"(["year=2025/month=12/day=31"])", R"(["year=2026/month=03/day=01"])",
                  R"(["year=2026/month=03/day=02"])", R"(["year=2026/month=03/day=03"])"}));
}

TEST_F(RawTableTest, FoldersAsPartitionsWithKeys) {
  write("t/region=eu-west-1/day=2026-03-01/a.log", "x 1\n");
  write("t/region=us-east-1/day=2026-03-01/a.log", "y 2\n");
  run(table("name string, size int",
            "PARTITIONED BY (region string, day date) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '", "s3://logs/t/",
            "'flowtrail.partitions'='folders'"));
  EXPECT_EQ(rows("SELECT * FROM t"),
            (Rows{R"(["x",1,"eu-west-1","2026-03-01"])", R"(["y",2,"us-east-1","2026-03-01"])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE region LIKE 'eu-%' AND day = DATE '2026-03-01'"), (Rows{R"(["x"])"}));
}

TEST_F(RawTableTest, PartitionColumnsHaveTheirTypes) {
  write("t/a.log", "x\n");
  run(table("name string",
            "PARTITIONED BY (i int, b bigint, d date, f double, o boolean, s varchar(3), n decimal(5,2)) ROW FORMAT "
            "DELIMITED FIELDS TERMINATED BY ' '"));
  run("ALTER TABLE t ADD PARTITION (i='007', b='-5', d='2026-03-01', f='1.5', o='true', s='abc', n='1.25') LOCATION "
      "'s3://logs/t/'");
  EXPECT_EQ(rows("SELECT i, b, d, f, o, s, n FROM t"), (Rows{R"([7,-5,"2026-03-01",1.5,true,"abc","1.25"])"}));
  EXPECT_EQ(rows("SELECT count(*) FROM t WHERE i = 7 AND b < 0 AND d = DATE '2026-03-01' AND f > 1 AND o AND s = 'abc' "
                 "AND n = DECIMAL '1.25'"),
            (Rows{"[1]"}));
}

TEST_F(RawTableTest, HivesNameForNullIsNull) {
  write("t/day=__HIVE_DEFAULT_PARTITION__/a.log", "x 1\n");
  write("t/day=1/a.log", "y 2\n");
  run(table("name string, size int", kByDay, "s3://logs/t/"));
  run("MSCK REPAIR TABLE t");
  EXPECT_EQ(rows("SELECT name, day FROM t"), (Rows{R"(["x",null])", R"(["y","1"])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE day IS NULL"), (Rows{R"(["x"])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE day = '__HIVE_DEFAULT_PARTITION__'"), Rows{});
}

// Projection.

TEST_F(RawTableTest, ProjectedDatesIntegersAndNames) {
  write("t/eu-west-1/2026/03/01/05/a.log", "x 1\n");
  write("t/eu-west-1/2026/03/02/11/a.log", "y 2\n");
  write("t/us-east-1/2026/03/01/05/a.log", "z 3\n");
  write("t/ap-south-1/2026/03/01/05/a.log", "not a value of the enum 4\n");
  write("t/eu-west-1/2026/03/09/05/a.log", "outside of the range 5\n");
  run(table("name string, size int",
            "PARTITIONED BY (region string, day string, hour int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '",
            "s3://logs/elsewhere/",
            "'projection.enabled'='true', 'projection.region.type'='enum', "
            "'projection.region.values'='eu-west-1,us-east-1', 'projection.day.type'='date', "
            "'projection.day.format'='yyyy/MM/dd', 'projection.day.range'='2026/02/27,2026/03/05', "
            "'projection.hour.type'='integer', 'projection.hour.range'='0,23', 'projection.hour.digits'='2', "
            "'storage.location.template'='s3://logs/t/${region}/${day}/${hour}/'"));
  EXPECT_EQ(rows("SELECT * FROM t"),
            (Rows{R"(["x",1,"eu-west-1","2026/03/01",5])", R"(["y",2,"eu-west-1","2026/03/02",11])",
                  R"(["z",3,"us-east-1","2026/03/01",5])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE day = '2026/03/01' AND hour = 5"), (Rows{R"(["x"])", R"(["z"])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE day BETWEEN '2026/03/02' AND '2026/03/04'"), (Rows{R"(["y"])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE region IN ('us-east-1', 'nowhere') AND hour < 10"), (Rows{R"(["z"])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE day >= '2026/02' AND day > '2026/03/01'"), (Rows{R"(["y"])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE day = '2026/03/09'"), Rows{}) << "not in the range";
}

TEST_F(RawTableTest, ProjectionWithoutATemplateIsOverHivesFolders) {
  write("t/year=2026/month=3/a.log", "x 1\n");
  run(table("name string, size int",
            "PARTITIONED BY (year int, month int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '", "s3://logs/t/",
            "'projection.enabled'='true', 'projection.year.type'='integer', 'projection.year.range'='2020,2030', "
            "'projection.month.type'='integer', 'projection.month.range'='1,12'"));
  EXPECT_EQ(rows("SELECT * FROM t"), (Rows{R"(["x",1,2026,3])"}));
  EXPECT_EQ(rows("SELECT count(*) FROM t WHERE year > 2026"), (Rows{"[0]"}));
}

TEST_F(RawTableTest, AnInjectedColumnWantsItsValuesInTheStatement) {
  write("t/a/1.log", "x 1\n");
  write("t/b/1.log", "y 2\n");
  run(table("name string, size int", "PARTITIONED BY (device string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '",
            "s3://logs/t/",
            "'projection.enabled'='true', 'projection.device.type'='injected', "
            "'storage.location.template'='s3://logs/t/${device}/'"));
  EXPECT_EQ(rows("SELECT * FROM t WHERE device = 'b'"), (Rows{R"(["y",2,"b"])"}));
  EXPECT_EQ(rows("SELECT name FROM t WHERE device IN ('a', 'b')"), (Rows{R"(["x"])", R"(["y"])"}));
  EXPECT_NE(error("SELECT * FROM t").find("device"), std::string::npos);
  EXPECT_NE(error("SELECT * FROM t WHERE device > 'a'").find("device"), std::string::npos);
}

TEST_F(RawTableTest, ABadProjectionIsToldWhenTheTableIsMade) {
  const std::string told =
      error(table("name string", kByDay, "s3://logs/t/",
                  "'projection.enabled'='true', 'projection.day.type'='date', 'projection.day.format'='yyyy/MM/dd'"));
  EXPECT_NE(told.find("projection.day.range"), std::string::npos) << told;
}

// What a statement reads.

TEST_F(RawTableTest, ExplainTellsWhichObjectsAreLeft) {
  for (int day = 1; day <= 9; ++day) {
    write(fmt::format("t/day={}/a.log", day), "x 1\n");
    write(fmt::format("t/day={}/b.log", day), "y 22\n");
  }
  run(table("name string, size int", kByDay));
  run("MSCK REPAIR TABLE t");
  const auto plan_of = [&](const std::string& condition) {
    std::string text;
    for (const std::string& line : ordered_rows("EXPLAIN SELECT * FROM t" + condition)) text += line + "\n";
    return text;
  };
  EXPECT_NE(plan_of("").find("18 objects in 9 partitions, 81 bytes"), std::string::npos) << plan_of("");
  EXPECT_NE(plan_of(" WHERE day > '7'").find("4 objects in 2 partitions, 18 bytes"), std::string::npos);
  EXPECT_NE(plan_of(" WHERE day = 'x'").find("0 objects in 0 partitions, 0 bytes"), std::string::npos);
  EXPECT_NE(plan_of(" WHERE size = 1").find("18 objects in 9 partitions"), std::string::npos)
      << "a data column leaves out no object";
}

TEST_F(RawTableTest, SeveralThreadsGiveEveryRowOnce) {
  std::uint64_t sum = 0;
  int lines = 0;
  for (int file = 0; file < 40; ++file) {
    std::string text;
    for (int line = 0; line < 100 + 37 * file; ++line) {
      text += fmt::format("n{} {}\n", line % 7, lines);
      sum += static_cast<std::uint64_t>(lines++);
    }
    if (file % 3 == 0) {
      write_gzip(fmt::format("t/{}/a.log.gz", file), text);
    } else {
      write(fmt::format("t/{}/a.log", file), text);
    }
  }
  run(table("name string, size bigint", kSpaced));
  const std::string all = fmt::format("[{},{},{}]", lines, lines, sum);
  for (const int threads : {1, 2, 8}) {
    ASSERT_TRUE(connection_.execute(fmt::format("SET threads = {}", threads)));
    EXPECT_EQ(rows("SELECT count(*), count(DISTINCT size), sum(size) FROM t"), (Rows{all}));
    EXPECT_EQ(rows(R"(SELECT count(DISTINCT "$path") FROM t)"), (Rows{"[40]"}));
    EXPECT_EQ(rows("SELECT count(*) FROM t a JOIN t b ON a.size = b.size"), (Rows{fmt::format("[{}]", lines)}));
  }
  EXPECT_EQ(rows("SELECT count(*) FROM (SELECT * FROM t LIMIT 5)"), (Rows{"[5]"})) << "a scan that is left early";
}

}  // namespace
}  // namespace flowtrail::athena
