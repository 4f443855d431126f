#include "shell/progress_line.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace flowtrail::shell {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kDelay{500};
constexpr std::chrono::milliseconds kPause{100};
constexpr std::string_view kTakeAway = "\r\x1b[K";

std::string with_commas(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

}  // namespace

std::string progress_text(double seconds, std::size_t rows, std::size_t frame) {
  constexpr auto kFrames = std::to_array<std::string_view>({"⠋", "⠙", "⠸", "⠴", "⠦", "⠇"});
  return fmt::format("{} {:.1f} s, {} row{}", kFrames[frame % kFrames.size()], seconds, with_commas(rows),
                     rows == 1 ? "" : "s");
}

void ProgressLine::start() {
  stop();
  rows_ = 0;
  stopping_ = false;
  thread_ = std::thread{[this] { tick(); }};
}

void ProgressLine::stop() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

void ProgressLine::tick() {
  const Clock::time_point begin = Clock::now();
  std::unique_lock lock{mutex_};
  std::size_t frame = 0;
  for (auto pause = kDelay; !stopped_.wait_for(lock, pause, [this] { return stopping_; }); pause = kPause) {
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    print_(fmt::format("{}{}", kTakeAway, progress_text(seconds, rows_, frame++)));
  }
  if (frame > 0) print_(kTakeAway);
}

}  // namespace flowtrail::shell
