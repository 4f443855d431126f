#include "cloudtrail/event_ids.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace flowtrail::cloudtrail {
namespace {

TEST(EventIds, AreNewOnceHoweverManyThereAre) {
  EventIds ids;
  constexpr int kCount = 250'000;  // beyond the size from which the table lies on large pages
  for (int i = 0; i < kCount; ++i) ASSERT_TRUE(ids.insert(event_id_of(fmt::format("{:08x}-0000", i)))) << i;
  for (int i = 0; i < kCount; i += 7) ASSERT_FALSE(ids.insert(event_id_of(fmt::format("{:08x}-0000", i)))) << i;
  EXPECT_TRUE(ids.insert(event_id_of("another")));
}

TEST(EventIds, AreKeptWhenManyMoreAreForeseen) {
  EventIds ids;
  ids.foresee(0);
  EXPECT_TRUE(ids.insert(event_id_of("first")));
  for (const std::size_t count : {std::size_t{1}, std::size_t{50'000}, std::size_t{7}}) {
    ids.foresee(count);
    EXPECT_FALSE(ids.insert(event_id_of("first")));
  }
  for (int i = 0; i < 60'000; ++i) ASSERT_TRUE(ids.insert(event_id_of(fmt::format("{:08x}", i)))) << i;
}

TEST(EventIds, OfNoTextIsNoId) {
  EXPECT_EQ(event_id_of(""), EventId{});
  EXPECT_NE(event_id_of("a"), EventId{});
  EXPECT_NE(event_id_of("a"), event_id_of("b"));
}

}  // namespace
}  // namespace flowtrail::cloudtrail
