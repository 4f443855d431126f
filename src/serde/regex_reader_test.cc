#include <gtest/gtest.h>

#include "serde/test_reading.h"

namespace flowtrail::serde {
namespace {

TestTable regex_table(const std::string& regex, const std::vector<std::string>& columns,
                      std::map<std::string, std::string> more = {}) {
  more["input.regex"] = regex;
  return {{.serde_class = "org.apache.hadoop.hive.serde2.RegexSerDe", .properties = std::move(more)},
          TestTable::typed(columns)};
}

TEST(RegexReader, ReadsAccessLogsOfS3) {
  TestTable table = regex_table(
      R"re(([^ ]*) ([^ ]*) \[(.*?)\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) )re"
      R"re(([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) ([^ ]*)(?: .*)?)re",
      {"bucketowner", "bucket", "requestdatetime", "remoteip", "requester", "requestid", "operation", "key",
       "request_uri", "httpstatus integer", "errorcode", "bytessent bigint", "objectsize bigint", "totaltime",
       "turnaroundtime", "referrer", "useragent"});
  EXPECT_EQ(table.rows("79a59df9example amzn-s3-demo-bucket [06/Feb/2024:00:00:38 +0000] 192.0.2.3 79a59df9example "
                       "3E57427F3EXAMPLE REST.GET.VERSIONING - \"GET /amzn-s3-demo-bucket?versioning HTTP/1.1\" 200 - "
                       "113 - 7 - \"-\" S3Console/0.4 - extra= SigV4\n"),
            (Rows{"'79a59df9example' | 'amzn-s3-demo-bucket' | '06/Feb/2024:00:00:38 +0000' | '192.0.2.3' | "
                  "'79a59df9example' | '3E57427F3EXAMPLE' | 'REST.GET.VERSIONING' | '-' | "
                  "'\"GET /amzn-s3-demo-bucket?versioning HTTP/1.1\"' | 200 | '-' | 113 | NULL | '7' | '-' | '\"-\"' | "
                  "'S3Console/0.4'"}));
  EXPECT_EQ(table.bad.total(), 0U);
}

TEST(RegexReader, ReadsAccessLogsOfLoadBalancers) {
  TestTable table = regex_table(
      R"re(([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) )re"
      R"re((-|[-0-9]*) ([-0-9]*) ([-0-9]*) \"([^ ]*) (.*) (- |[^ ]*)\" \"([^\"]*)\" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) .*)re",
      {"type",
       "time",
       "elb",
       "client_ip",
       "client_port integer",
       "target_ip",
       "target_port integer",
       "request_processing_time double",
       "target_processing_time double",
       "response_processing_time double",
       "elb_status_code integer",
       "target_status_code",
       "received_bytes bigint",
       "sent_bytes bigint",
       "request_verb",
       "request_url",
       "request_proto",
       "user_agent",
       "ssl_cipher",
       "ssl_protocol"});
  EXPECT_EQ(
      table.rows(
          "https 2024-07-02T22:23:00.186641Z app/my-lb/50dc6c495c0c9188 203.0.113.131:2817 198.51.100.1:80 0.086 "
          "0.048 0.037 200 200 0 57 \"GET https://www.example.com:443/ HTTP/1.1\" \"curl/7.46.0\" "
          "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:111122223333:targetgroup/t\n"
          "not a line of a load balancer\n"),
      (Rows{"'https' | '2024-07-02T22:23:00.186641Z' | 'app/my-lb/50dc6c495c0c9188' | '203.0.113.131' | 2817 | "
            "'198.51.100.1' | 80 | 0.086 | 0.048 | 0.037 | 200 | '200' | 0 | 57 | 'GET' | "
            "'https://www.example.com:443/' | 'HTTP/1.1' | 'curl/7.46.0' | 'ECDHE-RSA-AES128-GCM-SHA256' | 'TLSv1.2'",
            "NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | "
            "NULL | NULL | NULL | NULL | NULL"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"line that does not match input.regex: 1 at 2"}));
}

TEST(RegexReader, NeedsTheWholeLineToMatch) {
  TestTable table = regex_table("(a+)(b)?", {"a", "b"});
  EXPECT_EQ(table.rows("aab\naa\naabx\nxaab\n"), (Rows{"'aa' | 'b'", "'aa' | NULL", "NULL | NULL", "NULL | NULL"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"line that does not match input.regex: 2 at 3 4"}));
}

TEST(RegexReader, IgnoresCaseIfTold) {
  EXPECT_EQ(regex_table("(get) .*", {"a"}).rows("GET x\n"), (Rows{"NULL"}));
  EXPECT_EQ(regex_table("(get) .*", {"a"}, {{"input.regex.case.insensitive", "true"}}).rows("GET x\n"),
            (Rows{"'GET'"}));
}

TEST(RegexReader, ReadsTextThatIsNoNumberAsNull) {
  TestTable table = regex_table("(.*) (.*) (.*)", {"n integer", "d double", "t timestamp(3)"});
  EXPECT_EQ(table.rows("7 0.5 2024-01-02T03:04:05\n- - -\n"),
            (Rows{"7 | 0.5 | 2024-01-02 03:04:05.000", "NULL | NULL | NULL"}));
}

TEST(RegexReader, NeedsAGroupPerColumn) {
  EXPECT_EQ(regex_table("(a)(?:b)", {"a", "b"}).rows(""), (Rows{"error: input.regex has 1 groups for 2 columns"}));
  EXPECT_EQ(regex_table("(a)(b)(c)", {"a", "b"}).rows("abc\n"), (Rows{"'a' | 'b'"}));
  EXPECT_TRUE(regex_table("(a", {"a"}).rows("")[0].starts_with("error: input.regex: "));
  TestTable without{{.serde_class = "RegexSerDe"}, TestTable::typed({"a"})};
  EXPECT_EQ(without.rows(""), (Rows{"error: RegexSerDe needs the property input.regex"}));
}

TEST(RegexReader, GivesUpOnALineThatTakesTooLong) {
  TestTable table = regex_table("(x+x+)+y", {"a"});
  EXPECT_EQ(table.rows(std::string(200, 'x') + "\nxxy\n"), (Rows{"NULL", "'xx'"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"input.regex takes too long on the line: 1 at 1"}));
}

TEST(RegexReader, TakesAnyBytes) {
  TestTable table = regex_table("(.*) (.*)", {"a", "b"});
  EXPECT_EQ(table.rows(std::string("\xff x\0y\n", 6)), (Rows{std::string("'\xef\xbf\xbd' | 'x\0y'", 13)}));
}

}  // namespace
}  // namespace flowtrail::serde
