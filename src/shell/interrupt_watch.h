// Ctrl-C while something runs: it is told on a thread of its own, where everything may be called.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

namespace flowtrail::shell {

/// From its construction to its end SIGINT calls `on_interrupt` with the number of presses so far, and then again every
/// 50 ms: an interrupt that comes between two steps of a statement is lost on DuckDB. What SIGINT did before is
/// restored at the end, after which `on_interrupt` is not called any more. One at a time in a process.
class InterruptWatch {
 public:
  explicit InterruptWatch(std::function<void(int presses)> on_interrupt);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  [[nodiscard]] int presses() const { return presses_; }

 private:
  void watch();

  struct Handler;
  std::function<void(int)> on_interrupt_;
  std::atomic<int> presses_ = 0;
  std::unique_ptr<Handler> before_;
  std::thread thread_;
};

}  // namespace flowtrail::shell
