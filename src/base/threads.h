// How many threads, and the same work on each of them.
#pragma once

#include <algorithm>
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

}  // namespace flowtrail
