// Whatever a statement's conditions tell the readers, its rows are those of readers that deliver everything: random
// statements over a partitioned table of raw objects, and over `vpc_flow_logs` with copies and odd records.
#include <array>
#include <functional>
#include <random>

#include "athena/test_session.h"
#include "ingest/ingest.h"
#include "tables/tables.h"

namespace flowtrail::athena {
namespace {

/// The columns of a source under the alias it has in a statement; all sources have the same five.
struct Source {
  std::string sql;
  std::string key, number, text, part, big;  // text, integer, address, partition, bigint
};

class Statements {
 public:
  explicit Statements(std::uint32_t seed) : random_(seed) {}

  std::string next() {
    with_.clear();
    names_ = 0;
    std::string sql;
    switch (below(8)) {
      case 0: sql = grouped(); break;
      case 1: sql = united(); break;
      case 2: sql = windowed(); break;
      default: sql = query(); break;
    }
    std::string with;
    for (const std::string& one : with_) with += (with.empty() ? "WITH " : ", ") + one;
    return with.empty() ? sql : with + " " + sql;
  }

 private:
  int below(int end) { return std::uniform_int_distribution<int>{0, end - 1}(random_); }
  bool chance(int percent) { return below(100) < percent; }
  std::string name() { return fmt::format("x{}", names_++); }
  template <std::size_t N>
  std::string one_of(const std::array<const char*, N>& texts) {
    return texts.at(static_cast<std::size_t>(below(static_cast<int>(N))));
  }

  std::string key() {
    return one_of(std::array{"'eni-0a'", "'eni-0b'", "'eni-0c'", "'eni-1'", "'ENI-0A'", "''", "'-'"});
  }
  std::string number() { return one_of(std::array{"22", "443", "3389", "0", "-1", "60000", "99999999999"}); }
  std::string part() {
    return one_of(std::array{"'2026-03-01'", "'2026-03-02'", "'2026-03-03'", "'2026-03'", "'2027'", "''"});
  }
  std::string address() {
    return one_of(std::array{"'10.0.0.1'", "'10.0.1.20'", "'203.0.113.5'", "'2001:db8::1'", "'2001:DB8::1'", "'10'"});
  }
  std::string big() { return one_of(std::array{"1772359205", "1772445605", "5", "7", "0", "1772532000"}); }
  std::string compared() { return one_of(std::array{"=", "<", "<=", ">", ">=", "<>"}); }

  std::string test(const std::string& column, const std::function<std::string()>& constant) {
    switch (below(6)) {
      case 0: return column + " = " + constant();
      case 1: return column + " " + compared() + " " + constant();
      case 2: return constant() + " " + compared() + " " + column;
      case 3: return fmt::format("{} {}IN ({}, {})", column, chance(15) ? "NOT " : "", constant(), constant());
      case 4: return fmt::format("{} BETWEEN {} AND {}", column, constant(), constant());
      default: return column + (chance(50) ? " IS NOT NULL" : " IS NULL");
    }
  }
  std::string conjunct(const Source& of) {
    switch (below(9)) {
      case 0: return test(of.key, [this] { return key(); });
      case 1: return test(of.number, [this] { return number(); });
      case 2: return test(of.text, [this] { return address(); });
      case 3: return test(of.part, [this] { return part(); });
      case 4: return test(of.big, [this] { return big(); });
      case 5:
        return of.key + one_of(std::array{" LIKE 'eni-0%'", " LIKE 'eni-0a'", " LIKE 'e_i%'", " NOT LIKE 'eni-0a%'"});
      case 6:
        return of.part + one_of(std::array{" LIKE '2026-03-0%'", " LIKE '2026%1'", " LIKE '%02'", " LIKE '2027%'"});
      case 7:
        return fmt::format("contains('{}', CAST({} AS ipaddress))",
                           one_of(std::array{"10.0.0.0/8", "10.0.1.0/24", "0.0.0.0/0", "2001:db8::/32", "::/0"}),
                           of.text);
      default: return fmt::format("({} OR {})", conjunct(of), conjunct(of));
    }
  }
  std::string condition(const std::vector<const Source*>& of) {
    std::string text;
    for (int i = 1 + below(3); i > 0; --i) {
      const Source& source = *of[static_cast<std::size_t>(below(static_cast<int>(of.size())))];
      std::string one = conjunct(source);
      if (chance(8)) one = "NOT (" + one + ")";
      text += (text.empty() ? "" : " AND ") + one;
    }
    return text;
  }

  Source renamed(const std::string& sql) {
    const std::string alias = name();
    return {sql + " AS " + alias, alias + ".k", alias + ".n", alias + ".s", alias + ".p", alias + ".b"};
  }
  static std::string columns(const Source& of) {
    return fmt::format("{} AS k, {} AS n, {} AS s, {} AS p, {} AS b", of.key, of.number, of.text, of.part, of.big);
  }
  std::string where(const Source& of, int percent = 40) { return chance(percent) ? " WHERE " + condition({&of}) : ""; }

  Source table() {
    const std::string alias = name();
    const auto column = [&](const char* of) { return alias + "." + of; };
    switch (below(5)) {
      case 0:
        return {"vpc_flow_logs AS " + alias, column("interface_id"), column("dstport"),
                column("srcaddr"),           column("day"),          column("start")};
      case 1: return {"flows AS " + alias, column("k"), column("n"), column("s"), column("p"), column("b")};
      case 2: return {"lines AS " + alias, column("k"), column("n"), column("s"), column("p"), column("b")};
      case 3:
        return {fmt::format("logs AS {}(k, n, s, region, p, b)", alias),
                column("k"),
                column("n"),
                column("s"),
                chance(50) ? column("region") : column("p"),
                column("b")};
      default:
        return {"logs AS " + alias, column("name"), column("size"), column("peer"), column("day"), column("hour")};
    }
  }
  Source source(int depth = 0) {
    const int kind = depth > 2 ? 0 : below(14);
    if (kind < 5) return table();
    const Source inner = source(depth + 1);
    const std::string from = fmt::format(" FROM {}{}", inner.sql, where(inner));
    switch (kind) {
      case 5: return renamed(fmt::format("(SELECT DISTINCT {}{})", columns(inner), from));
      case 6:
        return renamed(
            fmt::format("(SELECT {}{} ORDER BY 1, 2, 3, 4, 5 LIMIT {})", columns(inner), from, 3 + below(9)));
      case 7:
        return renamed(
            fmt::format("(SELECT {}, count(*) OVER (PARTITION BY {}) AS w{})", columns(inner), inner.key, from));
      case 8:
        return renamed(
            fmt::format("(SELECT {0} AS k, {1} AS n, max({2}) AS s, min({3}) AS p, count(*) AS b{4} GROUP BY {0}, {1})",
                        inner.key, inner.number, inner.text, inner.part, from));
      case 9: {
        const Source other = source(depth + 1);
        return renamed(fmt::format("(SELECT {}{} {} SELECT {} FROM {}{})", columns(inner), from,
                                   one_of(std::array{"UNION ALL", "UNION", "EXCEPT", "INTERSECT"}), columns(other),
                                   other.sql, where(other)));
      }
      case 10:
      case 11: {
        const std::string common = fmt::format("w{}", with_.size());
        with_.push_back(fmt::format("{} AS (SELECT {}{})", common, columns(inner), from));
        if (chance(40)) {
          const Source again = renamed(common);
          return renamed(fmt::format("(SELECT {} FROM {}{} UNION ALL SELECT * FROM {})", columns(again), again.sql,
                                     where(again, 80), common));
        }
        return renamed(common);
      }
      default: return renamed(fmt::format("(SELECT {}{})", columns(inner), from));
    }
  }

  std::string subquery(const Source& outer) {
    const Source inner = source(1);
    switch (below(3)) {
      case 0:
        return fmt::format("{}EXISTS (SELECT 1 FROM {} WHERE {} = {} AND {})", chance(40) ? "NOT " : "", inner.sql,
                           inner.key, outer.key, condition({&inner, &inner, &outer}));
      case 1:
        return fmt::format("{} IN (SELECT {} FROM {} WHERE {})", outer.key, inner.key, inner.sql, condition({&inner}));
      default:
        return fmt::format("{} < (SELECT max({}) FROM {} WHERE {})", outer.number, inner.number, inner.sql,
                           condition({&inner}));
    }
  }
  std::string query() {
    const Source a = source();
    const std::string list = fmt::format("{}, {}, {}, {}, {}", a.key, a.number, a.text, a.part, a.big);
    const std::string more = chance(30) ? " AND " + subquery(a) : "";
    if (chance(15)) {
      const bool outer = chance(50);
      return fmt::format("SELECT {}, u FROM {} {} UNNEST(ARRAY[{}, 7]) AS un(u){} WHERE {} AND u > 1{}", list, a.sql,
                         outer ? "LEFT JOIN" : "CROSS JOIN", a.number, outer ? " ON true" : "", condition({&a}), more);
    }
    if (chance(45)) return fmt::format("SELECT {} FROM {} WHERE {}{}", list, a.sql, condition({&a}), more);
    const Source b = source(1);
    const std::string join = one_of(std::array{"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"});
    std::string on = fmt::format("{} = {}", a.key, b.key);
    if (join != "FULL JOIN" && chance(70)) on += " AND " + condition({&a, &b});
    return fmt::format("SELECT {}, {}, {} FROM {} {} {} ON {}{}{}", list, b.number, b.part, a.sql, join, b.sql, on,
                       chance(60) ? " WHERE " + condition({&a, &b}) : (more.empty() ? "" : " WHERE true"), more);
  }
  std::string grouped() {
    const Source a = source();
    return fmt::format("SELECT {0}, count(*), sum({1}), min({2}) FROM {3} WHERE {4} GROUP BY {0}{5}", a.key, a.number,
                       a.text, a.sql, condition({&a}),
                       chance(50) ? " HAVING " + test(a.key, [this] { return key(); }) : "");
  }
  std::string united() {
    const Source a = source();
    const Source b = source();
    return fmt::format("SELECT {}, {} FROM {} WHERE {} {} SELECT {}, {} FROM {} WHERE {}", a.key, a.part, a.sql,
                       condition({&a}), one_of(std::array{"UNION ALL", "UNION", "EXCEPT", "INTERSECT"}), b.key, b.part,
                       b.sql, condition({&b}));
  }
  std::string windowed() {
    const Source a = source();
    return fmt::format("SELECT {}, {}, count(*) OVER (PARTITION BY {}) FROM {} WHERE {}", a.key, a.big, a.part, a.sql,
                       condition({&a}));
  }

  std::mt19937 random_;
  std::vector<std::string> with_;
  int names_ = 0;
};

class PushdownPropertyTest : public SessionFixture {
 protected:
  void SetUp() override {
    SessionFixture::SetUp();
    write_lines();
    write_flows();
    ingest::Options logs;
    logs.sources = {(folder_ / "AWSLogs").string()};
    for (engine::Connection* connection : {&connection_, &plain_connection_}) {
      ASSERT_TRUE(connection->execute("SET threads = 2"));
      ASSERT_TRUE(tables::register_tables(*connection, logs));
    }
    SessionOptions options;
    options.pushdown = false;
    ASSERT_TRUE(options.places.add("s3://logs/=" + folder_.string()));
    plain_ = Session::open(plain_connection_, options).value();
    for (const char* sql :
         {"CREATE EXTERNAL TABLE logs (name string, size int, peer string) PARTITIONED BY (region string, day string, "
          "hour int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://logs/t/' TBLPROPERTIES "
          "('flowtrail.partitions'='folders')",
          "CREATE VIEW lines AS SELECT name AS k, size AS n, peer AS s, day AS p, hour AS b FROM logs",
          "CREATE VIEW flows AS SELECT interface_id AS k, dstport AS n, srcaddr AS s, day AS p, start AS b FROM "
          "vpc_flow_logs"}) {
      run(sql);
      swap();
      run(sql);
      swap();
    }
  }
  void TearDown() override {
    plain_.reset();
    SessionFixture::TearDown();
  }
  void swap() { session_.swap(plain_); }

  std::string pick(const std::vector<std::string>& texts) {
    return texts[std::uniform_int_distribution<std::size_t>{0, texts.size() - 1}(random_)];
  }
  void write_lines() {
    for (const char* region : {"eu-west-1", "us-east-1", "__HIVE_DEFAULT_PARTITION__"}) {
      for (const char* day : {"2026-03-01", "2026-03-02", "2026-03-03"}) {
        for (const char* hour : {"5", "07", "x"}) {
          std::string text;
          for (int i = 0; i < 3; ++i) {
            text += fmt::format("{} {} {}\n", pick({"eni-0a", "eni-0b", "eni-0c", "eni-1", "\\N"}),
                                pick({"22", "443", "3389", "", "0"}),
                                pick({"10.0.0.1", "10.0.1.20", "203.0.113.5", "2001:db8::1", "2001:DB8::1", "\\N"}));
          }
          write(fmt::format("t/region={}/day={}/{}/a.log", region, day, hour), text);
        }
      }
    }
  }
  void write_flows() {
    const std::vector<std::vector<std::string>> starts{
        {"1772359205", "1772359206", "1772409605"}, {"1772445605", "1772409606"}, {"1772532000", "1772495605"}};
    for (int file = 0; file < 6; ++file) {
      std::string text =
          "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
          "log-status\n";
      for (int i = 0; i < 12; ++i) {
        // Copies of a record lie in objects of one day. Within a day of the time in the object's name, as AWS delivers
        // them: readers leave objects out by it.
        const std::string start = pick(starts[static_cast<std::size_t>(file / 2)]);
        if (i % 5 == 4) {
          text +=
              fmt::format("2 111122223333 {} - - - - - - - {} {} - NODATA\n", pick({"eni-0a", "eni-0b"}), start, start);
          continue;
        }
        text += fmt::format("2 111122223333 {} {} 10.0.1.20 51544 {} 6 1 40 {} {} {} OK\n",
                            pick({"eni-0a", "eni-0b", "eni-0c"}),
                            pick({"10.0.0.1", "10.0.1.20", "203.0.113.5", "2001:db8::1"}),  // AWS writes small letters
                            pick({"22", "443", "3389", "0"}), start, start, pick({"ACCEPT", "REJECT"}));
      }
      const int day = 1 + file / 2;
      write(fmt::format("AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/{0:02}/111122223333_vpcflowlogs_eu-west-1_"
                        "fl-0aaa_202603{0:02}T10{1:02}Z_0a1b2c3d.log",
                        day, 5 * (file % 2)),
            text);
    }
  }

  std::mt19937 random_{5};
  engine::Database plain_database_ = engine::Database::open({}).value();
  engine::Connection plain_connection_ = plain_database_.connect().value();
  std::unique_ptr<Session> plain_;
};

TEST_F(PushdownPropertyTest, RowsAreTheSameWithFiltersAndWithout) {
  Statements statements{1};
  int with_rows = 0;
  int filtered = 0;
  for (int i = 0; i < 1500; ++i) {
    const std::string sql = statements.next();
    nlohmann::json on = answer(sql);
    swap();
    nlohmann::json off = answer(sql);
    swap();
    ASSERT_TRUE(on.is_object() && off.is_object()) << sql;
    ASSERT_FALSE(off.contains("error")) << sql << "\n" << off.dump();
    ASSERT_FALSE(on.contains("error")) << sql << "\n" << on.dump();
    std::sort(on["rows"].begin(), on["rows"].end());
    std::sort(off["rows"].begin(), off["rows"].end());
    ASSERT_EQ(on["rows"], off["rows"]) << sql;
    with_rows += off["rows"].empty() ? 0 : 1;
    if (i % 20 == 0) {
      const nlohmann::json plan = answer("EXPLAIN " + sql);
      filtered += plan.dump().find("read with") != std::string::npos ? 1 : 0;
    }
  }
  EXPECT_GT(with_rows, 500) << "statements without rows show nothing";
  EXPECT_GT(filtered, 30) << "of 75: statements without filters show nothing";
}

}  // namespace
}  // namespace flowtrail::athena
