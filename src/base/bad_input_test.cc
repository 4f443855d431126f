#include "base/bad_input.h"

#include <gtest/gtest.h>

namespace flowtrail {
namespace {

TEST(BadInput, CountsEverythingAndKeepsTheFirstThreePlaces) {
  BadInput bad;
  for (std::uint64_t line = 1; line <= 5; ++line) bad.add("wrong number of fields", "a.log", line);
  BadInput other;
  other.add("wrong number of fields", "b.log", 1);
  other.add("truncated gzip", "c.gz", 0);
  bad.merge(other);
  EXPECT_EQ(bad.total(), 7U);
  const auto& fields = bad.by_reason().at("wrong number of fields");
  EXPECT_EQ(fields.count, 6U);
  ASSERT_EQ(fields.first.size(), 3U);
  EXPECT_EQ(fields.first[2].line, 3U);
  EXPECT_EQ(bad.by_reason().at("truncated gzip").first[0].object, "c.gz");
}

}  // namespace
}  // namespace flowtrail
