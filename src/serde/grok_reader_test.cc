#include <gtest/gtest.h>

#include "scalar/regexp.h"
#include "serde/grok_pattern.h"
#include "serde/test_reading.h"

namespace flowtrail::serde {
namespace {

TestTable grok(const std::string& format, const std::vector<std::string>& columns, const std::string& custom = "") {
  std::map<std::string, std::string> properties{{"input.format", format}};
  if (!custom.empty()) properties["input.grokCustomPatterns"] = custom;
  return {{.serde_class = "com.amazonaws.glue.serde.GrokSerDe", .properties = std::move(properties)},
          TestTable::typed(columns)};
}

/// Whether the pattern takes the whole text.
bool takes(const std::string& pattern, const std::string& text) {
  const auto expanded = expand_grok("%{" + pattern + "}", "");
  EXPECT_TRUE(expanded.has_value()) << pattern;
  const auto regexp = scalar::Regexp::compile(expanded->regex);
  EXPECT_TRUE(regexp.has_value()) << pattern << ": " << expanded->regex;
  return regexp->groups_of(text)->has_value();
}

TEST(GrokReader, ReadsALineOfSyslog) {
  TestTable table = grok("%{SYSLOGBASE} %{POSTFIX_QUEUEID:queue_id}: %{GREEDYDATA:syslog_message}",
                         {"syslogbase", "queue_id", "syslog_message"}, "POSTFIX_QUEUEID [0-9A-F]{7,12}");
  EXPECT_EQ(table.rows("Feb  9 07:15:00 mail.example.com postfix/smtpd[19305]: B88C4120838: connect from "
                       "unknown[192.0.2.4]\nsomething else\n"),
            (Rows{"'Feb  9 07:15:00 mail.example.com postfix/smtpd[19305]:' | 'B88C4120838' | 'connect from "
                  "unknown[192.0.2.4]'",
                  "NULL | NULL | NULL"}));
  EXPECT_EQ(table.bad_rows(), (Rows{"line that does not match input.format: 1 at 2"}));
}

TEST(GrokReader, ReadsAccessLogsOfS3WithTheTablesOwnPatterns) {
  TestTable table = grok(
      "%{NOTSPACE:bucket_owner} %{NOTSPACE:bucket} \\[%{INSIDE_BRACKETS:time}\\] "
      "%{IPORHOST:remote_ip} %{NOTSPACE:operation} \"%{INSIDE_QS:request_uri}\" "
      "%{INT:http_status:int} %{NUMBER:bytes}",
      {"bucket_owner", "bucket", "time", "remote_ip", "operation", "request_uri", "http_status integer",
       "bytes bigint"},
      "INSIDE_QS ([^\\\"]*)\\nINSIDE_BRACKETS ([^\\]]*)");
  EXPECT_EQ(table.rows("79aexample bucket1 [06/Feb/2024:00:00:38 +0000] 192.0.2.3 REST.GET \"GET /x HTTP/1.1\" 200 "
                       "113\n"),
            (Rows{"'79aexample' | 'bucket1' | '06/Feb/2024:00:00:38 +0000' | '192.0.2.3' | 'REST.GET' | "
                  "'GET /x HTTP/1.1' | 200 | 113"}));
}

TEST(GrokReader, ReadsACombinedApacheLog) {
  TestTable table = grok("%{COMBINEDAPACHELOG}", {"clientip", "auth", "timestamp", "verb", "request",
                                                  "response integer", "bytes bigint", "agent", "nothing"});
  EXPECT_EQ(table.rows("203.0.113.5 - alice [10/Oct/2024:13:55:36 -0700] \"GET /a?b=c HTTP/1.1\" 200 2326 "
                       "\"http://www.example.com/\" \"Mozilla/5.0 (X11)\"\n"),
            (Rows{"'203.0.113.5' | 'alice' | '10/Oct/2024:13:55:36 -0700' | 'GET' | '/a?b=c' | 200 | 2326 | "
                  "'\"Mozilla/5.0 (X11)\"' | NULL"}));
}

TEST(GrokReader, GivesColumnsOfOtherNamesTheCapturesInTheirOrder) {
  TestTable table = grok("%{IP:client} (x) (?:%{WORD:verb}|-) %{NUMBER}", {"a", "b", "c double"});
  EXPECT_EQ(table.rows("192.0.2.1 x GET 1.5\n192.0.2.1 x - 2\n"),
            (Rows{"'192.0.2.1' | 'GET' | 1.5", "'192.0.2.1' | NULL | 2"}));
}

TEST(GrokReader, TakesNamedGroupsOfTheExpressionItself) {
  TestTable table = grok("(?<queue_id>[0-9A-F]+): (?<=: )%{WORD:w}", {"queue_id", "w"});
  EXPECT_EQ(table.rows("BEEF: hi\n"), (Rows{"'BEEF' | 'hi'"}));
}

TEST(GrokReader, CountsNoGroupInsideAClassOrBehindAnEscape) {
  TestTable table = grok(R"([(]\(%{INT:a}\)[])]%{INT:b})", {"a integer", "b integer"});
  EXPECT_EQ(table.rows("((1)]2\n"), (Rows{"1 | 2"}));
}

TEST(GrokReader, RefusesPatternsThatAreUnknownEndlessOrInACircle) {
  EXPECT_EQ(grok("%{NOSUCH:a}", {"a"}).rows(""), (Rows{"error: unknown Grok pattern: NOSUCH"}));
  EXPECT_EQ(grok("%{A}", {"a"}, "A x%{B}\nB %{A}").rows(""),
            (Rows{"error: Grok patterns more than 40 deep, or in a circle"}));
  EXPECT_EQ(grok("%{INT", {"a"}).rows(""), (Rows{"error: Grok pattern without its end: %{INT"}));
  std::string bomb = "A0 xxxxxxxxxx";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format("\nA{} ", i);
    for (int copy = 0; copy < 10; ++copy) bomb += fmt::format("%{{A{}}}", i - 1);
  }
  EXPECT_EQ(grok("%{A11}", {"a"}, bomb).rows(""), (Rows{"error: the Grok pattern grows beyond 1 MiB"}));
  TestTable without{{.serde_class = "GrokSerDe"}, TestTable::typed({"a"})};
  EXPECT_EQ(without.rows(""), (Rows{"error: GrokSerDe needs the property input.format"}));
}

TEST(GrokPattern, KnowsTheUsualPatterns) {
  struct Case {
    std::string pattern;
    std::vector<std::string> yes;
    std::vector<std::string> no;
  };
  const std::vector<Case> cases{
      {"USERNAME", {"alice", "a.b-c_d"}, {"a b", ""}},
      {"INT", {"7", "-12", "+3"}, {"1.5", "x"}},
      {"BASE10NUM", {"7", "-1.5", ".5"}, {"1.2.3", "x"}},
      {"NUMBER", {"0.001"}, {"0x10"}},
      {"BASE16NUM", {"0xDEAD", "ff"}, {"xyz"}},
      {"BASE16FLOAT", {"0x1.8"}, {"z"}},
      {"POSINT", {"10"}, {"0", "-1"}},
      {"NONNEGINT", {"0", "10"}, {"-1"}},
      {"WORD", {"hello_1"}, {"a b"}},
      {"NOTSPACE", {"a,b"}, {"a b"}},
      {"SPACE", {"", "  "}, {"x"}},
      {"DATA", {"", "a b"}, {}},
      {"GREEDYDATA", {"", "a b"}, {}},
      {"QUOTEDSTRING", {R"("a \" b")", "'x'"}, {"\"a", "a"}},
      {"UUID", {"123e4567-e89b-12d3-a456-426614174000"}, {"123e4567"}},
      {"URN", {"urn:isbn:0451450523"}, {"isbn:1"}},
      {"MAC", {"00:1a:2B:3c:4d:5e", "001a.2b3c.4d5e", "00-1a-2b-3c-4d-5e"}, {"00:1a"}},
      {"IPV4", {"192.0.2.1", "0.0.0.0", "255.255.255.255"}, {"256.0.0.1", "1.2.3", "192.0.2.1.5"}},
      {"IPV6",
       {"2001:db8::1", "::", "::1", "fe80::1%eth0", "2001:db8:0:0:0:0:0:1", "::ffff:192.0.2.1",
        "2001:db8::", "1:2:3:4:5:6:192.0.2.1"},
       {"2001:db8", ":::", "1:2:3:4:5:6:7:8:9", "g::1"}},
      {"IP", {"192.0.2.1", "2001:db8::1"}, {"host"}},
      {"HOSTNAME", {"www.example.com", "a-b", "h"}, {"-a", "a..b"}},
      {"HOST", {"www.example.com"}, {"a b"}},
      {"IPORHOST", {"192.0.2.1", "2001:db8::1", "ip-10-0-0-1"}, {"a b"}},
      {"HOSTPORT", {"www.example.com:443"}, {"www.example.com", "h:0"}},
      {"UNIXPATH", {"/var/log/x.log", "/"}, {"var"}},
      {"WINPATH", {"C:\\Windows\\x.txt"}, {"/x"}},
      {"PATH", {"/var", "C:\\x"}, {"x"}},
      {"URIPROTO", {"https", "git+ssh"}, {"1x"}},
      {"URIHOST", {"example.com:8080", "192.0.2.1"}, {"a b"}},
      {"URIPATH", {"/a/b.html", "/"}, {"a"}},
      {"URIPARAM", {"?a=b&c[]=d"}, {"a=b"}},
      {"URIPATHPARAM", {"/a?b=c", "/a"}, {"?b"}},
      {"URI", {"https://www.example.com:443/a?b=c", "ftp://alice:secret@example.com/x"}, {"www.example.com"}},
      {"EMAILADDRESS", {"alice@example.com"}, {"alice"}},
      {"MONTH", {"Jan", "September", "Dec"}, {"Foo"}},
      {"MONTHNUM", {"1", "01", "12"}, {"13", "0"}},
      {"MONTHDAY", {"1", "01", "31"}, {"32", "0"}},
      {"DAY", {"Mon", "Sunday"}, {"Foo"}},
      {"YEAR", {"2024", "24"}, {"024"}},
      {"HOUR", {"0", "09", "23"}, {"24"}},
      {"MINUTE", {"00", "59"}, {"60", "5"}},
      {"SECOND", {"59", "60", "5.123", "05,5"}, {"61"}},
      {"TIME", {"10:00:05", "10:00"}, {"25:00:00"}},
      {"DATE_US", {"12/31/2024", "1-2-24"}, {"31/12/2024"}},
      {"DATE_EU", {"31.12.2024", "31/12/2024"}, {"12/31/2024"}},
      {"DATESTAMP", {"12/31/2024 10:00:00"}, {"10:00"}},
      {"TIMESTAMP_ISO8601",
       {"2024-01-02T03:04:05Z", "2024-01-02 03:04:05.678", "2024-01-02T03:04+01:00", "2024-01-02T030405Z"},
       {"2024-01-02", "02/01/2024 03:04"}},
      {"HTTPDATE", {"10/Oct/2024:13:55:36 -0700"}, {"10/10/2024:13:55:36 -0700"}},
      {"SYSLOGTIMESTAMP", {"Feb  9 07:15:00"}, {"2024-02-09"}},
      {"LOGLEVEL", {"INFO", "warn", "Warning", "ERROR", "fatal"}, {"loud"}},
      {"DATESTAMP_RFC2822", {"Mon, 02 Jan 2024 03:04:05 +0000"}, {"x"}},
      {"COMMONAPACHELOG",
       {"192.0.2.1 - - [10/Oct/2024:13:55:36 -0700] \"GET / HTTP/1.0\" 200 -",
        "h - bob [10/Oct/2024:13:55:36 -0700] \"garbage\" 400 0"},
       {"192.0.2.1"}},
      {"COMBINEDAPACHELOG", {"h - - [10/Oct/2024:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5 \"-\" \"curl\""}, {"h"}},
  };
  for (const Case& known : cases) {
    for (const std::string& text : known.yes) EXPECT_TRUE(takes(known.pattern, text)) << known.pattern << ' ' << text;
    for (const std::string& text : known.no) EXPECT_FALSE(takes(known.pattern, text)) << known.pattern << ' ' << text;
  }
}

}  // namespace
}  // namespace flowtrail::serde
