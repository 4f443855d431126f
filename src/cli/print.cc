#include "cli/print.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "output/display_text.h"

namespace flowtrail::cli {
namespace {

constexpr int kWidest = 100;
constexpr int kNarrowest = 40;

Error io_error(const std::string& path) {
  const int number = errno;
  const ErrorCode code = number == EACCES || number == EPERM ? ErrorCode::kDenied
                         : number == EEXIST                  ? ErrorCode::kUsage
                                                             : ErrorCode::kIo;
  return {code, fmt::format("cannot write: {}", std::strerror(number)), path,  // NOLINT: one thread
          number == EEXIST ? "--force overwrites" : ""};
}

}  // namespace

int exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUsage: return kUsage;
    case ErrorCode::kDenied: return kDenied;
    case ErrorCode::kCancelled: return kInterrupted;
    default: return kFailed;
  }
}

int exit_code_of_sql(const Error& error) {
  return error.code == ErrorCode::kUsage ? kFailed : exit_code_of(error);
}

void print_error(const Error& error) {
  print_note(error.to_string());
}

void print_note(std::string_view text) {
  const std::string line = fmt::format("flowtrail: {}\n", output::visible(text));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

Status print_result(std::string_view text) {
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (whole || errno == EPIPE) return {};  // a reader that has seen enough is no failure
  return std::unexpected(io_error("standard output"));
}

Status write_file(const std::string& path, std::string_view text, bool force) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), 0644);
  if (descriptor < 0) return std::unexpected(io_error(path));
  Status status;
  while (!text.empty() && status) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      status = std::unexpected(io_error(path));
    } else {
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  if (::close(descriptor) != 0 && status) status = std::unexpected(io_error(path));
  return status;
}

int table_width() {
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? std::clamp(static_cast<int>(size.ws_col), kNarrowest, kWidest) : kWidest;
}

}  // namespace flowtrail::cli
