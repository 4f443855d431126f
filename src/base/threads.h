// How many threads, and the same work on each of them.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace flowtrail {

/// The number of threads to use: `asked`, or one per core where that is 0; at least 1.
[[nodiscard]] inline unsigned thread_count(unsigned asked) {
  return asked > 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

/// Calls `run(thread)` for every number below `threads`, each on a thread of its own, 0 on the caller's. Returns when
/// all are done. `run` must not throw beside the caller.
template <typename Run>
void run_on_threads(unsigned threads, const Run& run) {
  std::vector<std::jthread> running;
  for (unsigned thread = 1; thread < threads; ++thread) running.emplace_back([&run, thread] { run(thread); });
  run(0U);
}

/// Calls `visit(thread, i)` for every `i` below `count`, neighbours mostly on one thread. `thread` is below `threads`.
/// `visit` must not throw.
template <typename Visit>
void for_each_on_threads(unsigned threads, std::size_t count, const Visit& visit) {
  constexpr std::size_t kAtOnce = 64;
  const std::size_t useful = (count + kAtOnce - 1) / kAtOnce;
  std::atomic<std::size_t> next = 0;
  run_on_threads(std::max(1U, static_cast<unsigned>(std::min<std::size_t>(threads, useful))), [&](unsigned thread) {
    for (std::size_t begin = next.fetch_add(kAtOnce); begin < count; begin = next.fetch_add(kAtOnce)) {
      for (std::size_t i = begin; i < std::min(begin + kAtOnce, count); ++i) visit(thread, i);
    }
  });
}

}  // namespace flowtrail
