#include "shell/interrupt_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace flowtrail::shell {
namespace {

constexpr int kRepeatMs = 50;
constexpr char kPressed = 'c';
constexpr char kEnd = 'e';

/// The pipe's write end; -1 while nobody watches. A handler may use nothing but lock-free atomics and write(2).
std::atomic<int> write_end = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void handle(int /*signal*/) {
  const int number = errno;
  [[maybe_unused]] const ssize_t written = ::write(write_end, &kPressed, 1);
  errno = number;
}

}  // namespace

struct InterruptWatch::Handler {
  struct sigaction action{};
};

InterruptWatch::InterruptWatch(std::function<void(int)> on_interrupt) : on_interrupt_(std::move(on_interrupt)) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;  // out of descriptors: Ctrl-C does what it did before
  read_end_ = ends[0];
  write_end = ends[1];
  before_ = std::make_unique<Handler>();
  thread_ = std::thread{[this] { watch(); }};
  struct sigaction ours{};
  ours.sa_handler = handle;
  ours.sa_flags = SA_RESTART;
  sigemptyset(&ours.sa_mask);
  sigaction(SIGINT, &ours, &before_->action);
}

InterruptWatch::~InterruptWatch() {
  if (read_end_ < 0) return;
  sigaction(SIGINT, &before_->action, nullptr);
  const int end = write_end.exchange(-1);
  [[maybe_unused]] const ssize_t written = ::write(end, &kEnd, 1);
  thread_.join();
  ::close(end);
  ::close(read_end_);
}

void InterruptWatch::watch() {
  pollfd waiting{read_end_, POLLIN, 0};
  while (true) {
    const int ready = ::poll(&waiting, 1, presses_ == 0 ? -1 : kRepeatMs);
    if (ready < 0) continue;  // a signal came
    char byte = 0;
    if (ready > 0) {
      if (::read(read_end_, &byte, 1) != 1) continue;
      if (byte == kEnd) return;
      ++presses_;
    }
    on_interrupt_(presses_);
  }
}

}  // namespace flowtrail::shell
