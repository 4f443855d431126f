#include "trino/value_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "trino/test_values.h"

namespace flowtrail::trino {
namespace {

std::string_view unpadded(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// IS NOT DISTINCT FROM, value by value.
bool same(const Type& type, const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  switch (type.kind()) {
    case TypeKind::kReal:
    case TypeKind::kDouble: return a.real() == b.real() || (std::isnan(a.real()) && std::isnan(b.real()));
    case TypeKind::kChar: return unpadded(a.text()) == unpadded(b.text());
    case TypeKind::kTimestampZoned: return a.parts()[0] == b.parts()[0];
    case TypeKind::kArray:
      return std::ranges::equal(a.parts(), b.parts(),
                                [&](const Value& x, const Value& y) { return same(type.children()[0], x, y); });
    case TypeKind::kRow:
      return same(type.children()[0], a.parts()[0], b.parts()[0]) &&
             same(type.children()[1], a.parts()[1], b.parts()[1]);
    case TypeKind::kMap: {
      std::size_t found = 0;
      for (std::size_t i = 0; i < a.parts().size(); i += 2) {
        for (std::size_t j = 0; j < b.parts().size(); j += 2) {
          found += same(type.children()[0], a.parts()[i], b.parts()[j]) &&
                           same(type.children()[1], a.parts()[i + 1], b.parts()[j + 1])
                       ? 2
                       : 0;
        }
      }
      return a.parts().size() == b.parts().size() && found == a.parts().size();
    }
    default: return a == b;
  }
}

/// Whether any value inside of it, or itself, is one.
template <typename Predicate>
bool has(const Type& type, const Value& value, const Predicate& predicate) {
  if (predicate(value)) return true;
  const auto* parts = std::get_if<Values>(&value.content);
  if (parts == nullptr || type.children().empty()) return false;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const std::size_t child = type.kind() == TypeKind::kArray ? 0 : i % 2;
    if (has(type.children()[child], (*parts)[i], predicate)) return true;
  }
  return false;
}
bool has_null(const Type& type, const Value& value) {
  return has(type, value, [](const Value& v) { return v.is_null(); });
}
bool has_nan(const Type& type, const Value& value) {
  return has(type, value, [](const Value& v) {
    const auto* number = std::get_if<double>(&v.content);
    return number != nullptr && std::isnan(*number);
  });
}

/// Calls `check(type, values)` for many types, with a handful of values that are often equal.
template <typename Check>
void for_many(const Check& check) {
  RandomValues narrow{7, true};
  RandomValues wild{8};
  for (int round = 0; round < 600; ++round) {
    const Type type = narrow.type(2);
    Values values;
    for (int i = 0; i < 6; ++i) values.push_back(narrow.nullable(type));
    for (int i = 0; i < 3; ++i) values.push_back(wild.nullable(type));
    check(type, values);
  }
}

TEST(ValueOrder, ValuesAreIdenticalIfTheirPartsAre) {
  int identical_pairs = 0;
  for_many([&](const Type& type, const Values& values) {
    for (const Value& a : values) {
      for (const Value& b : values) {
        ASSERT_EQ(identical(type, a, b), same(type, a, b)) << type.to_string() << " " << shown(a) << " " << shown(b);
        identical_pairs += &a != &b && same(type, a, b) ? 1 : 0;
      }
    }
  });
  EXPECT_GT(identical_pairs, 1000);
}

TEST(ValueOrder, KeysAreEqualExactlyForIdenticalValues) {
  for_many([](const Type& type, const Values& values) {
    for (const Value& a : values) {
      for (const Value& b : values) {
        ASSERT_EQ(key_of(type, a) == key_of(type, b), same(type, a, b))
            << type.to_string() << " " << shown(a) << " " << shown(b);
      }
    }
  });
}

TEST(ValueOrder, EqualityIsSymmetricAndOpenOnlyForNulls) {
  for_many([](const Type& type, const Values& values) {
    for (const Value& a : values) {
      for (const Value& b : values) {
        const auto found = equal(type, a, b);
        ASSERT_EQ(found, equal(type, b, a)) << type.to_string() << " " << shown(a) << " " << shown(b);
        if (!found) {
          ASSERT_TRUE(has_null(type, a) || has_null(type, b)) << shown(a) << " " << shown(b);
        }
        if (found == true) {
          ASSERT_TRUE(same(type, a, b)) << type.to_string() << " " << shown(a) << " " << shown(b);
        }
        if (found == false) {
          ASSERT_TRUE(!same(type, a, b) || has_nan(type, a)) << type.to_string() << " " << shown(a) << " " << shown(b);
        }
      }
      if (!has_null(type, a) && !has_nan(type, a)) {
        ASSERT_EQ(equal(type, a, a), true) << shown(a);
      }
    }
  });
}

TEST(ValueOrder, OrderTurnsAroundAndIsZeroForIdenticalValuesOnly) {
  for_many([](const Type& type, const Values& values) {
    for (const Value& a : values) {
      for (const Value& b : values) {
        if (a.is_null() || b.is_null()) continue;
        const auto order = compare(type, a, b);
        const auto turned = compare(type, b, a);
        ASSERT_EQ(order.has_value(), turned.has_value()) << type.to_string() << " " << shown(a) << " " << shown(b);
        if (!order) {
          ASSERT_TRUE(has_null(type, a) || has_null(type, b)) << shown(a) << " " << shown(b);
          continue;
        }
        ASSERT_EQ(*order, -*turned) << type.to_string() << " " << shown(a) << " " << shown(b);
        ASSERT_EQ(*order == 0, same(type, a, b)) << type.to_string() << " " << shown(a) << " " << shown(b);
      }
    }
  });
}

TEST(ValueOrder, OrderIsTransitive) {
  for_many([](const Type& type, const Values& values) {
    const auto above = [&](const Value& x, const Value& y) {
      return !x.is_null() && !y.is_null() && compare(type, x, y).value_or(0) > 0;
    };
    for (const Value& a : values) {
      for (const Value& b : values) {
        if (!above(a, b)) continue;
        for (const Value& c : values) {
          if (!above(b, c) || !compare(type, a, c)) continue;
          ASSERT_TRUE(above(a, c)) << type.to_string() << " " << shown(a) << " " << shown(b) << " " << shown(c);
        }
      }
    }
  });
}

TEST(ValueOrder, NanEqualsNothingButIsItselfAndTheGreatest) {
  for (const std::string_view name : {"real", "double"}) {
    const Type type = type_of(name);
    const Value nan{std::nan("")};
    EXPECT_EQ(equal(type, nan, nan), false);
    EXPECT_TRUE(identical(type, nan, nan));
    EXPECT_TRUE(identical(type, nan, Value{-std::nan("")}));
    EXPECT_EQ(compare(type, nan, Value{HUGE_VAL}), 1);
    EXPECT_EQ(compare(type, Value{-HUGE_VAL}, nan), -1);
    EXPECT_EQ(compare(type, nan, nan), 0);
  }
}

TEST(ValueOrder, ZeroHasNoSign) {
  const Type type = type_of("double");
  EXPECT_EQ(equal(type, Value{0.0}, Value{-0.0}), true);
  EXPECT_TRUE(identical(type, Value{0.0}, Value{-0.0}));
  EXPECT_EQ(compare(type, Value{-0.0}, Value{0.0}), 0);
}

TEST(ValueOrder, MapsAreTheSameInAnyOrder) {
  const Type type = type_of("map(varchar, array(bigint))");
  const Value a = value_of(type, "{'x': [1], 'y': [2, 3], 'z': []}");
  const Value b = value_of(type, "{'z': [], 'y': [2, 3], 'x': [1]}");
  EXPECT_EQ(equal(type, a, b), true);
  EXPECT_TRUE(identical(type, a, b));
  EXPECT_EQ(key_of(type, a), key_of(type, b));
  EXPECT_EQ(equal(type, a, value_of(type, "{'z': [], 'y': [3, 2], 'x': [1]}")), false);
  EXPECT_EQ(equal(type, a, value_of(type, "{'z': [], 'y': [2, 3], 'w': [1]}")), false);
  EXPECT_EQ(equal(type, a, value_of(type, "{'z': [], 'y': null, 'x': [1]}")), std::nullopt);
  EXPECT_EQ(equal(type, a, value_of(type, "{'z': [], 'y': null, 'x': [2]}")), false);
}

TEST(ValueOrder, BlanksAtTheEndCountInVarcharOnly) {
  const Value a{std::string{"ab"}};
  const Value b{std::string{"ab  "}};
  EXPECT_EQ(equal(type_of("char(4)"), a, b), true);
  EXPECT_EQ(key_of(type_of("char(4)"), a), key_of(type_of("char(4)"), b));
  EXPECT_EQ(compare(type_of("char(4)"), a, b), 0);
  EXPECT_EQ(equal(type_of("varchar"), a, b), false);
  EXPECT_EQ(compare(type_of("varchar"), a, b), -1);
}

TEST(ValueOrder, TextsAreOrderedByTheirBytes) {
  const Type type = type_of("varchar");
  EXPECT_EQ(compare(type, Value{std::string{"z"}}, Value{std::string{"\xc3\xa4"}}), -1);
  EXPECT_EQ(compare(type, Value{std::string{"\xef\xbf\xbf"}}, Value{std::string{"\xf0\x9f\x99\x82"}}), -1);
  EXPECT_EQ(compare(type, Value{std::string{"a"}}, Value{std::string{"a\0", 2}}), -1);
}

TEST(ValueOrder, AnInstantIsTheSameInEveryZone) {
  const Type type = type_of("timestamp(3) with time zone");
  const Value berlin = value_of(type, "'2024-07-01 14:00:00.000 Europe/Berlin'");
  const Value utc = value_of(type, "'2024-07-01 12:00:00.000 UTC'");
  EXPECT_EQ(equal(type, berlin, utc), true);
  EXPECT_EQ(key_of(type, berlin), key_of(type, utc));
  EXPECT_EQ(compare(type, berlin, value_of(type, "'2024-07-01 13:00:00.000 UTC'")), -1);
}

TEST(ValueOrder, NullsLeaveEqualityOpenUnlessAnotherPartDiffers) {
  const Type type = type_of("array(integer)");
  EXPECT_EQ(equal(type, value_of(type, "[1, null]"), value_of(type, "[1, null]")), std::nullopt);
  EXPECT_EQ(equal(type, value_of(type, "[null, 1]"), value_of(type, "[null, 2]")), false);
  EXPECT_EQ(equal(type, value_of(type, "[null]"), value_of(type, "[null, 2]")), false);
  EXPECT_EQ(equal(type, Value{}, value_of(type, "[]")), std::nullopt);
  EXPECT_TRUE(identical(type, value_of(type, "[1, null]"), value_of(type, "[1, null]")));
  EXPECT_FALSE(identical(type, Value{}, value_of(type, "[]")));
}

TEST(ValueOrder, ArraysAreOrderedLikeWordsUntilANullDecides) {
  const Type type = type_of("array(integer)");
  const auto order = [&](std::string_view a, std::string_view b) {
    return compare(type, value_of(type, a), value_of(type, b));
  };
  EXPECT_EQ(order("[1, 2]", "[1, 3]"), -1);
  EXPECT_EQ(order("[1]", "[1, 0]"), -1);
  EXPECT_EQ(order("[2]", "[1, 0]"), 1);
  EXPECT_EQ(order("[]", "[]"), 0);
  EXPECT_EQ(order("[2, null]", "[1, null]"), 1);
  EXPECT_EQ(order("[1, null]", "[1, 2]"), std::nullopt);
}

TEST(ValueOrder, KeysTellPartsApart) {
  const Type type = type_of("array(varchar)");
  EXPECT_NE(key_of(type, value_of(type, "['a', 'b']")), key_of(type, value_of(type, "['ab']")));
  EXPECT_NE(key_of(type, value_of(type, "['1:a']")), key_of(type, value_of(type, "['a', 'a']")));
  EXPECT_NE(key_of(type, value_of(type, "[null]")), key_of(type, value_of(type, "['~']")));
  EXPECT_NE(key_of(type, value_of(type, "[]")), key_of(type, value_of(type, "['']")));
}

}  // namespace
}  // namespace flowtrail::trino
