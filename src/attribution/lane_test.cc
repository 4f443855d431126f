#include "attribution/lane.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace flowtrail::attribution {
namespace {

TEST(GrowingSpans, HoldWhatJoiningAllAtOnceGives) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 500; ++round) {
    GrowingSpans<5> growing;
    std::vector<Span> all;
    for (std::size_t count = 1 + random() % 40; count > 0; --count) {
      const auto from = static_cast<std::int64_t>(random() % 300);
      const auto to = from + 1 + static_cast<std::int64_t>(random() % 20);
      growing.add(from, to);
      all.emplace_back(from, to + 5);  // those at most so far apart touch
    }
    Spans joined = normalized(all);
    for (Span& span : joined) span.second -= 5;
    EXPECT_EQ(growing.spans(), joined);
  }
}

TEST(AnsweringStarts, KnowTheFirstAndTheLastStartOfEachPort) {
  std::mt19937 random(4);
  AnsweringStarts answering;
  std::map<std::int32_t, std::set<std::int64_t>> starts;
  for (int i = 0; i < 2'000; ++i) {
    const auto port = static_cast<std::int32_t>(random() % 7);
    const auto start = static_cast<std::int64_t>(random() % 100'000);
    answering.add(port, start);
    starts[port].insert(start);
    if (i % 100 != 0) continue;
    const std::vector<AnsweringStarts::Port> ports = answering.ports();
    ASSERT_EQ(ports.size(), starts.size());
    for (const AnsweringStarts::Port& each : ports) {
      EXPECT_EQ(each.starts.first, *starts.at(each.port).begin());
      EXPECT_EQ(each.starts.second, *starts.at(each.port).rbegin() + 1);
    }
  }
}

TEST(ContextBook, EqualContextsHaveOneNumber) {
  std::mt19937 random(5);
  ContextBook book;
  EXPECT_EQ(book.number_of({}), 0U);
  std::map<std::vector<std::uint32_t>, std::uint32_t> numbers;
  for (int i = 0; i < 20'000; ++i) {
    FlowContext context;
    context.interface = static_cast<std::uint32_t>(random() % 300);
    context.instance = static_cast<std::uint32_t>(random() % 3);
    context.dst_service = static_cast<std::uint32_t>(random() % 3);
    const std::uint32_t number = book.number_of(context);
    EXPECT_EQ(book.at(number), context);
    const std::vector<std::uint32_t> key{context.interface, context.instance, context.dst_service};
    EXPECT_EQ(numbers.try_emplace(key, number).first->second, number);
  }
}

}  // namespace
}  // namespace flowtrail::attribution
