#include "engine/value_function.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "output/result_table.h"
#include "trino/test_values.h"

namespace flowtrail::engine {
namespace {

using trino::RandomValues;
using trino::type_of;
using trino::Value;
using trino::value_of;
using trino::Values;

using Arguments = std::span<const Value>;
using Fault = std::optional<std::string>;

/// The same bits, but for NaN.
bool exactly(const Value& a, const Value& b) {
  const auto* x = std::get_if<double>(&a.content);
  const auto* y = std::get_if<double>(&b.content);
  if (x != nullptr && y != nullptr) return *x == *y || (std::isnan(*x) && std::isnan(*y));
  const auto* parts = std::get_if<Values>(&a.content);
  if (parts == nullptr || !std::holds_alternative<Values>(b.content)) return a == b;
  return std::ranges::equal(*parts, b.parts(), exactly);
}

class ValueFunctionTest : public testing::Test {
 protected:
  void add(ValueFunction function) {
    const Status status = register_value_function(connection_, std::move(function));
    ASSERT_TRUE(status) << status.error().to_string();
  }
  void add(std::string name, const std::vector<std::string_view>& parameters, std::string_view result, bool takes_null,
           std::function<Fault(Arguments, Value&)> call) {
    std::vector<trino::Type> types;
    for (const std::string_view parameter : parameters) types.push_back(type_of(parameter));
    add({std::move(name), std::move(types), type_of(result), takes_null, std::move(call)});
  }
  /// The rows as JSON, or the error.
  std::string rows(const std::string& sql) {
    const auto table = connection_.fetch_all(sql);
    if (!table) return "error: " + table.error().what;
    std::string text;
    for (const auto& row : table->rows) {
      for (const output::Value& value : row) text += output::json_value(value) + " ";
    }
    return text.substr(0, text.size() - (text.empty() ? 0 : 1));
  }

  /// Makes `name_make(row)`, which gives a value, and `name_see(row, value)`, which says whether it is that one.
  void add_pair(const std::string& name, const trino::Type& type, const std::shared_ptr<const Values>& values) {
    const auto pick = [values](const Value& row) -> const Value& {
      return (*values)[static_cast<std::size_t>(row.integer()) % values->size()];
    };
    const trino::Type bigint{trino::TypeKind::kBigint};
    add({name + "_make", {bigint}, type, false, [pick](Arguments arguments, Value& result) -> Fault {
           result = pick(arguments[0]);
           return std::nullopt;
         }});
    add({name + "_see",
         {bigint, type},
         trino::Type{trino::TypeKind::kBoolean},
         true,
         [pick](Arguments arguments, Value& result) -> Fault {
           if (!exactly(arguments[1], pick(arguments[0]))) return "got " + trino::shown(arguments[1]);
           result = Value{true};
           return std::nullopt;
         }});
  }

  Database database_ = Database::open({}).value();
  Connection connection_ = database_.connect().value();
};

TEST_F(ValueFunctionTest, ValuesOfEveryTypePassThroughUnchanged) {
  RandomValues random{31};
  std::vector<trino::Type> types;
  for (const std::string_view name :
       {"boolean",
        "tinyint",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double",
        "decimal(4, 1)",
        "decimal(9, 0)",
        "decimal(18, 9)",
        "decimal(38, 20)",
        "varchar",
        "char(3)",
        "varbinary",
        "json",
        "date",
        "time(3)",
        "timestamp(6)",
        "timestamp(3) with time zone",
        "interval day to second",
        "interval year to month",
        "ipaddress",
        "uuid",
        "row(a timestamp(3) with time zone, b array(uuid))",
        "array(timestamp(3) with time zone)",
        "map(timestamp(3) with time zone, map(uuid, array(row(decimal(38, 2), varchar))))",
        "row(bigint, row(varchar))"}) {
    types.push_back(type_of(name));
  }
  for (int i = 0; i < 20; ++i) types.push_back(random.type(3));
  for (std::size_t i = 0; i < types.size(); ++i) {
    SCOPED_TRACE(types[i].to_string());
    Values values;
    for (int j = 0; j < 257; ++j) values.push_back(random.nullable(types[i]));
    const std::string name = "f" + std::to_string(i);
    add_pair(name, types[i], std::make_shared<const Values>(std::move(values)));
    // Straight from one function to the other; and kept in a table, of which only some rows are read.
    EXPECT_EQ(rows("SELECT count(*) FROM range(3000) t(i) WHERE " + name + "_see(i, " + name + "_make(i))"), "3000");
    EXPECT_EQ(rows("CREATE TABLE " + name + " AS SELECT i, " + name + "_make(i) AS v FROM range(3000) t(i)"), "3000");
    EXPECT_EQ(rows("SELECT count(*) FROM " + name + " WHERE i % 3 = 1 AND " + name + "_see(i, v)"), "1000");
  }
}

TEST_F(ValueFunctionTest, TenThousandRowsOfNestedValuesGoThroughSeveralVectors) {
  RandomValues random{32};
  const trino::Type type = type_of("array(row(a varchar, b map(bigint, array(varchar))))");
  Values values;
  for (int i = 0; i < 1009; ++i) values.push_back(random.nullable(type));
  add_pair("nested", type, std::make_shared<const Values>(std::move(values)));
  EXPECT_EQ(rows("SELECT count(*) FROM range(10000) t(i) WHERE nested_see(i, nested_make(i))"), "10000");
  EXPECT_EQ(rows("CREATE TABLE n AS SELECT i, nested_make(i) AS v FROM range(10000) t(i)"), "10000");
  EXPECT_EQ(rows("SELECT count(*) FROM n WHERE nested_see(i, v)"), "10000");
  EXPECT_EQ(rows("SELECT count(*) FROM (SELECT i, v FROM n ORDER BY i DESC) WHERE nested_see(i, v)"), "10000");
}

TEST_F(ValueFunctionTest, ListsLongerThanAVectorKeepTheirNulls) {
  add("long_list", {"bigint"}, "array(row(x bigint, y array(bigint)))", false,
      [](Arguments arguments, Value& result) -> Fault {
        Values values;
        for (std::int64_t i = 0; i < arguments[0].integer(); ++i) {
          Values y;
          y.emplace_back(i);
          values.push_back(i % 5 == 0 ? Value{} : Value{Values{i % 7 == 0 ? Value{} : Value{i}, Value{std::move(y)}}});
        }
        result = Value{std::move(values)};
        return std::nullopt;
      });
  add("check_list", {"array(row(x bigint, y array(bigint)))"}, "bigint", false,
      [](Arguments arguments, Value& result) -> Fault {
        std::int64_t i = 0;
        for (const Value& row : arguments[0].parts()) {
          if (row.is_null() != (i % 5 == 0)) return "NULL row at " + std::to_string(i);
          if (!row.is_null() && row.parts()[0].is_null() != (i % 7 == 0)) return "NULL field at " + std::to_string(i);
          if (!row.is_null() && row.parts()[1].parts()[0].integer() != i) return "wrong at " + std::to_string(i);
          ++i;
        }
        result = Value{i};
        return std::nullopt;
      });
  EXPECT_EQ(rows("SELECT check_list(long_list(n)) FROM (VALUES (3), (50000), (0), (2049)) t(n)"), "3 50000 0 2049");
  EXPECT_EQ(rows("SELECT sum(check_list(long_list(i % 50))) FROM range(5000) t(i)"), "122500");
}

TEST_F(ValueFunctionTest, DuckDbReadsTheValuesAsItsOwn) {
  const auto constant = [this](const std::string& name, std::string_view type, std::string_view notation) {
    add(name, {}, type, false, [value = value_of(type, notation)](Arguments, Value& result) -> Fault {
      result = value;
      return std::nullopt;
    });
    return rows("SELECT CAST(" + name + "() AS VARCHAR)");
  };
  EXPECT_EQ(constant("a", "map(varchar, array(bigint))", "{'x': [1, null], 'y': null}"), R"("{x=[1, NULL], y=NULL}")");
  EXPECT_EQ(constant("b", "row(a date, decimal(4, 2))", "('2024-02-29', -0.05)"),
            R"("{'a': 2024-02-29, 'field1': -0.05}")");
  EXPECT_EQ(constant("c", "uuid", "x'12151fd2758611e98f9e2a86e4085a59'"), R"("12151fd2-7586-11e9-8f9e-2a86e4085a59")");
  EXPECT_EQ(constant("d", "timestamp(6)", "'2024-01-02 03:04:05.123456'"), R"("2024-01-02 03:04:05.123456")");
  EXPECT_EQ(constant("e", "timestamp(0) with time zone", "'2024-01-02 03:04:05 +02:00'"),
            R"("{'t': '2024-01-02 01:04:05', 'z': '+02:00'}")");
  EXPECT_EQ(constant("f", "decimal(38, 0)", "-99999999999999999999999999999999999999"),
            R"("-99999999999999999999999999999999999999")");
}

TEST_F(ValueFunctionTest, OurFunctionReadsDuckDbsValues) {
  add("print", {"row(a array(varchar), b map(varchar, decimal(4, 2)))"}, "varchar", false,
      [](Arguments arguments, Value& result) -> Fault {
        result = Value{trino::shown(arguments[0])};
        return std::nullopt;
      });
  EXPECT_EQ(rows("SELECT print({'a': ['x', NULL], 'b': MAP {'k': 1.5::DECIMAL(4,2)}})"),
            R"("[['x', null], ['k', 150d]]")");
  EXPECT_EQ(rows("SELECT print({'a': NULL, 'b': MAP {}::MAP(VARCHAR, DECIMAL(4,2))})"), R"("[null, []]")");
  EXPECT_EQ(rows("SELECT print(NULL)"), "null");
}

TEST_F(ValueFunctionTest, ANullArgumentMakesNullWithoutACall) {
  std::atomic<int> calls = 0;
  const auto count = [&calls](Arguments arguments, Value& result) -> Fault {
    ++calls;
    result = Value{std::int64_t{arguments[0].is_null() ? -1 : 1}};
    return std::nullopt;
  };
  add("strict", {"bigint", "varchar"}, "bigint", false, count);
  add("open", {"bigint", "varchar"}, "bigint", true, count);
  const std::string from = "FROM (VALUES (1, 'a'), (NULL, 'b'), (3, NULL), (NULL, NULL)) t(x, y)";
  EXPECT_EQ(rows("SELECT strict(x, y) " + from), "1 null null null");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(rows("SELECT open(x, y) " + from), "1 -1 1 -1");
  EXPECT_EQ(calls, 5);
  EXPECT_EQ(rows("SELECT strict(NULL, 'a'), open(NULL, 'a')"), "null -1");
}

TEST_F(ValueFunctionTest, AnErrorEndsTheStatementWithItsText) {
  add("refuse", {"bigint"}, "array(bigint)", false, [](Arguments arguments, Value& result) -> Fault {
    if (arguments[0].integer() == 5000) return "no: five thousand";
    result = Value{Values{arguments[0]}};
    return std::nullopt;
  });
  EXPECT_EQ(rows("SELECT count(refuse(i)) FROM range(5000) t(i)"), "5000");
  EXPECT_NE(rows("SELECT count(refuse(i)) FROM range(5001) t(i)").find("no: five thousand"), std::string::npos);
  // The connection is as good as before.
  EXPECT_EQ(rows("SELECT refuse(1)"), "[1]");
}

TEST_F(ValueFunctionTest, BelowTryAnErrorMakesItsRowNull) {
  add("odd_only", {"bigint"}, "row(a bigint, b array(varchar))", false,
      [](Arguments arguments, Value& result) -> Fault {
        if (arguments[0].integer() % 2 == 0) return "even";
        Values b;
        b.emplace_back(std::to_string(arguments[0].integer()));
        result = Value{Values{arguments[0], Value{std::move(b)}}};
        return std::nullopt;
      });
  EXPECT_EQ(rows("SELECT TRY(odd_only(i)) FROM range(4) t(i)"), R"(null {"a":1,"b":["1"]} null {"a":3,"b":["3"]})");
  EXPECT_EQ(
      rows("SELECT count(*), count(v), sum(v.a), sum(CAST(v.b[1] AS BIGINT)) FROM (SELECT TRY(odd_only(i)) AS v FROM "
           "range(10000) t(i))"),
      "10000 5000 25000000 25000000");
}

TEST_F(ValueFunctionTest, AnExceptionBecomesTheErrorOfTheStatement) {
  add("throws", {"bigint"}, "bigint", false,
      [](Arguments, Value&) -> Fault { throw std::runtime_error{"out of luck"}; });
  add("wrong_kind", {"bigint"}, "varchar", false, [](Arguments arguments, Value& result) -> Fault {
    result = arguments[0];
    return std::nullopt;
  });
  EXPECT_NE(rows("SELECT throws(1)").find("out of luck"), std::string::npos);
  EXPECT_EQ(rows("SELECT wrong_kind(1)").substr(0, 6), "error:");
  EXPECT_EQ(rows("SELECT 1"), "1");
}

TEST_F(ValueFunctionTest, OnlyTheRowsThatAreAskedForAreCalled) {
  std::atomic<int> calls = 0;
  add("counted", {"bigint"}, "bigint", false, [&calls](Arguments arguments, Value& result) -> Fault {
    ++calls;
    result = arguments[0];
    return std::nullopt;
  });
  EXPECT_EQ(rows("SELECT sum(CASE WHEN i % 10 = 0 THEN counted(i) ELSE 0 END) FROM range(10000) t(i)"), "4995000");
  EXPECT_EQ(calls, 1000);
}

TEST_F(ValueFunctionTest, AResultThatIsLeftHalfReadTakesNoFunctionWithIt) {
  const auto half_read = connection_.query("SELECT * FROM range(100000)");
  ASSERT_TRUE(half_read) << half_read.error().what;
  add("eight", {}, "bigint", false, [](Arguments, Value& result) -> Fault {
    result = Value{std::int64_t{8}};
    return std::nullopt;
  });
  EXPECT_EQ(rows("SELECT 1"), "1");
  EXPECT_EQ(rows("SELECT eight()"), "8");
}

TEST_F(ValueFunctionTest, AFunctionIsKnownToEveryConnectionOfItsDatabase) {
  add("seven", {}, "bigint", false, [](Arguments, Value& result) -> Fault {
    result = Value{std::int64_t{7}};
    return std::nullopt;
  });
  auto other = database_.connect().value();
  const auto table = other.fetch_all("SELECT seven()");
  ASSERT_TRUE(table) << table.error().what;
  EXPECT_EQ(output::json_value(table->rows.at(0).at(0)), "7");
}

}  // namespace
}  // namespace flowtrail::engine
