#include <gtest/gtest.h>

#include "serde/test_reading.h"

namespace flowtrail::serde {
namespace {

TEST(DelimitedReader, ReadsAFieldPerColumn) {
  TestTable table{{.fields_terminated_by = ","}, TestTable::typed({"a", "b integer", "c double"})};
  EXPECT_EQ(table.rows("x,1,2.5\ny,,\n,-7,1e3"), (Rows{"'x' | 1 | 2.5", "'y' | NULL | NULL", "'' | -7 | 1000"}));
  EXPECT_EQ(table.lines, (std::vector<std::uint64_t>{1, 2, 3}));
}

}  // namespace
}  // namespace flowtrail::serde
