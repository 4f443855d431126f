// One line on a terminal that tells how long a statement has been running and how many rows came. It appears after half
// a second and leaves nothing behind.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace flowtrail::shell {

/// What the line says: `⠋ 12.3 s, 4,567 rows`. `frame` counts up from 0 and moves the spinner.
[[nodiscard]] std::string progress_text(double seconds, std::size_t rows, std::size_t frame);

class ProgressLine {
 public:
  /// `print` gets escape sequences and text, on a thread of its own.
  explicit ProgressLine(std::function<void(std::string_view)> print) : print_(std::move(print)) {}
  ~ProgressLine() { stop(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void start();
  void rows_came(std::size_t rows) { rows_ += rows; }
  /// Takes the line away; nothing is printed after that. May be called when it is not started.
  void stop();

 private:
  void tick();

  std::function<void(std::string_view)> print_;
  std::atomic<std::size_t> rows_ = 0;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace flowtrail::shell
