#include "shell/interrupt_watch.h"

#include <gtest/gtest.h>

#include <csignal>
#include <future>

#include "engine/database.h"

namespace flowtrail::shell {
namespace {

volatile std::sig_atomic_t outside = 0;

TEST(InterruptWatch, TellsPressesOnAThreadOfItsOwn) {
  std::promise<std::pair<int, std::thread::id>> told;
  bool first = true;
  InterruptWatch watch{[&](int presses) {
    if (std::exchange(first, false)) told.set_value({presses, std::this_thread::get_id()});
  }};
  EXPECT_EQ(watch.presses(), 0);
  std::raise(SIGINT);
  const auto [presses, thread] = told.get_future().get();
  EXPECT_EQ(presses, 1);
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST(InterruptWatch, RepeatsUntilItsEnd) {
  std::promise<void> third;
  int calls = 0;
  InterruptWatch watch{[&](int presses) {
    EXPECT_EQ(presses, 1);
    if (++calls == 3) third.set_value();
  }};
  std::raise(SIGINT);
  third.get_future().wait();
}

TEST(InterruptWatch, RestoresWhatWasBefore) {
  const auto before = std::signal(SIGINT, [](int) { outside = outside + 1; });
  {
    const InterruptWatch watch{[](int) {}};
  }
  std::raise(SIGINT);
  std::signal(SIGINT, before);
  EXPECT_EQ(outside, 1);
}

TEST(InterruptWatch, CancelsAStatement) {
  engine::Database database = engine::Database::open({}).value();
  engine::Connection connection = database.connect().value();
  const InterruptWatch watch{[&](int) { connection.interrupt(); }};
  std::raise(SIGINT);  // before the statement even begins
  const auto result = connection.execute("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().name, "USER_CANCELED");
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace flowtrail::shell
