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

/// One for the life of the process, so that a handler that is late finds it open. Both are -1 where there is none.
struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

const Pipe& presses_pipe() {
  static const Pipe kPipe = [] {
    std::array<int, 2> ends{-1, -1};
    return ::pipe2(ends.data(), O_CLOEXEC) == 0 ? Pipe{ends[0], ends[1]} : Pipe{};
  }();
  return kPipe;
}

/// A handler may use nothing but lock-free atomics and write(2).
std::atomic<int> write_end = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void handle(int /*signal*/) {
  const int number = errno;
  [[maybe_unused]] const ssize_t written = ::write(write_end, &kPressed, 1);
  errno = number;
}

bool has_byte(int descriptor, int wait_ms) {
  pollfd waiting{descriptor, POLLIN, 0};
  return ::poll(&waiting, 1, wait_ms) > 0;
}

char read_byte(int descriptor) {
  char byte = 0;
  [[maybe_unused]] const ssize_t count = ::read(descriptor, &byte, 1);
  return byte;
}

}  // namespace

struct InterruptWatch::Handler {
  struct sigaction action{};
};

InterruptWatch::InterruptWatch(std::function<void(int)> on_interrupt) : on_interrupt_(std::move(on_interrupt)) {
  const Pipe& pipe = presses_pipe();
  if (pipe.read_end < 0) return;  // out of descriptors: Ctrl-C does what it did before
  while (has_byte(pipe.read_end, 0)) read_byte(pipe.read_end);
  write_end = pipe.write_end;
  before_ = std::make_unique<Handler>();
  thread_ = std::thread{[this] { watch(); }};
  struct sigaction ours{};
  ours.sa_handler = handle;
  ours.sa_flags = SA_RESTART;
  sigemptyset(&ours.sa_mask);
  sigaction(SIGINT, &ours, &before_->action);
}

InterruptWatch::~InterruptWatch() {
  if (!before_) return;
  sigaction(SIGINT, &before_->action, nullptr);
  [[maybe_unused]] const ssize_t written = ::write(write_end, &kEnd, 1);
  thread_.join();
}

void InterruptWatch::watch() {
  const int descriptor = presses_pipe().read_end;
  while (true) {
    if (has_byte(descriptor, presses_ == 0 ? -1 : kRepeatMs)) {
      const char byte = read_byte(descriptor);
      if (byte == kEnd) return;
      if (byte == kPressed) ++presses_;
    }
    if (presses_ > 0) on_interrupt_(presses_);
  }
}

}  // namespace flowtrail::shell
