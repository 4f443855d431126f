#include "shell/pager.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace flowtrail::shell {

std::string pager_command() {
  const char* const chosen = std::getenv("PAGER");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  return "if command -v less >/dev/null; then exec less -SRFX; else exec cat; fi";
}

Result<std::unique_ptr<Pager>> Pager::open(const std::string& command) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failure(ErrorCode::kIo, "no pipe: {}", std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  // The pager has Ctrl-C to itself, as if nobody had changed what it does.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t restored;
  sigemptyset(&restored);
  sigaddset(&restored, SIGINT);
  sigaddset(&restored, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &restored);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::array<std::string, 3> words{"sh", "-c", command};
  std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t process = 0;
  const int number = posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(ends[0]);
  if (number != 0) {
    ::close(ends[1]);
    return failure(ErrorCode::kIo, "the pager does not start: {}", std::strerror(number));
  }
  return std::unique_ptr<Pager>{new Pager{ends[1], process}};
}

Pager::~Pager() {
  if (descriptor_ >= 0) ::close(descriptor_);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Pager::write(std::string_view text) {
  while (!text.empty() && descriptor_ >= 0) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      ::close(descriptor_);
      descriptor_ = -1;
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace flowtrail::shell
