#include "tables/filter_text.h"

#include <gtest/gtest.h>

namespace flowtrail::tables {
namespace {

TEST(FilterText, ComesBackAsItWasWritten) {
  const std::string text =
      R"([{"column":"dstport","one_of":[22,3389]},{"column":"action","one_of":["REJECT"]},)"
      R"({"column":"start","greatest":20,"least":10},{"above":"eni-1","column":"interface_id","greatest":"eni-9"},)"
      R"({"column":"interface_id","prefix":"eni-"},{"column":"srcaddr","in_blocks":["10.0.0.0/8"]}])";
  const auto filter = read_filter(text);
  ASSERT_TRUE(filter) << filter.error().to_string();
  EXPECT_EQ(filter->predicates.size(), 6U);
  EXPECT_EQ(filter_text(*filter), text);
}

TEST(FilterText, OpenBoundsOfNumbersAreClosedOnes) {
  const auto filter = read_filter(R"([{"column":"start","above":10,"below":20}])");
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter_text(*filter), R"([{"column":"start","greatest":19,"least":11}])");
}

TEST(FilterText, NothingIsAFilterThatEverythingPasses) {
  EXPECT_TRUE(read_filter("").value().empty());
  EXPECT_EQ(filter_text({}), "[]");
}

TEST(FilterText, OtherTextIsAnError) {
  for (const char* text :
       {"{", "{}", "[1]", R"([{"one_of":[1]}])", R"([{"column":"a"}])", R"([{"column":"a","one_of":[1,"b"]}])",
        R"([{"column":"a","least":1,"greatest":"b"}])", R"([{"column":"a","least":1.5}])",
        R"([{"column":"a","prefix":1}])", R"([{"column":"a","in_blocks":["10.0.0.0/99"]}])"}) {
    EXPECT_FALSE(read_filter(text)) << text;
  }
}

}  // namespace
}  // namespace flowtrail::tables
