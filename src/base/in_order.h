// Work on many things with several threads, results in the order of the things: what comes out does not depend on the
// number of threads.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/threads.h"

namespace flowtrail {

/// Calls `work(thread, index)` for every index below `count`, on `threads` threads (`thread` is below `threads`, so
/// that each may have things of its own), and `deliver(index, result)` on the calling thread, in the order of the
/// indices. At most two results a thread wait undelivered; the threads wait for the caller beyond that. The first
/// exception of either function ends everything and is thrown to the caller. With one thread nothing runs beside the
/// caller.
template <typename Work, typename Deliver>
void for_each_in_order(std::size_t count, unsigned threads, const Work& work, const Deliver& deliver) {
  using Item = decltype(work(0U, std::size_t{}));
  if (threads <= 1 || count <= 1) {
    for (std::size_t index = 0; index < count; ++index) deliver(index, work(0U, index));
    return;
  }
  threads = static_cast<unsigned>(std::min<std::size_t>(threads, count));

  std::mutex mutex;
  std::condition_variable may_begin;  // room for one more result, or the end
  std::condition_variable is_done;    // a result, or an exception
  std::vector<std::optional<Item>> waiting(std::size_t{2} * threads);
  std::size_t next = 0;
  std::size_t delivered = 0;
  bool stopped = false;
  std::exception_ptr fault;

  const auto run = [&](unsigned thread) {
    std::unique_lock lock{mutex};
    while (true) {
      may_begin.wait(lock, [&] { return stopped || next == count || next < delivered + waiting.size(); });
      if (stopped || next == count) return;
      const std::size_t index = next++;
      lock.unlock();
      std::optional<Item> item;
      std::exception_ptr thrown;
      try {
        item.emplace(work(thread, index));
      } catch (...) {
        thrown = std::current_exception();
      }
      lock.lock();
      if (thrown && !fault) fault = thrown;
      if (thrown) stopped = true;
      waiting[index % waiting.size()] = std::move(item);
      is_done.notify_one();
      if (stopped) may_begin.notify_all();
    }
  };

  std::vector<std::jthread> running;
  running.reserve(threads);
  try {
    for (unsigned thread = 0; thread < threads; ++thread) running.emplace_back(run, thread);
    for (std::size_t index = 0; index < count; ++index) {
      std::optional<Item>& place = waiting[index % waiting.size()];
      std::unique_lock lock{mutex};
      is_done.wait(lock, [&] { return place.has_value() || fault != nullptr; });
      if (fault) std::rethrow_exception(fault);
      Item item = *std::exchange(place, std::nullopt);
      ++delivered;
      lock.unlock();
      may_begin.notify_one();
      deliver(index, std::move(item));
    }
  } catch (...) {
    const std::scoped_lock lock{mutex};
    stopped = true;
    may_begin.notify_all();
    throw;
  }
}

}  // namespace flowtrail
