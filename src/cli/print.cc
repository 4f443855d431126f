#include "cli/print.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/file_error.h"
#include "output/display_text.h"

namespace flowtrail::cli {
namespace {

constexpr int kWidest = 100;
constexpr int kNarrowest = 40;
constexpr std::size_t kGathered = std::size_t{64} << 10U;  // before a file is written to

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

Status print_piece(std::string_view text) {
  if (text.empty()) return {};  // of no bytes, there may be no place to point to
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (whole || errno == EPIPE) return {};  // a reader that has seen enough is no failure
  return std::unexpected(io_error("standard output"));
}

Status print_result(std::string_view text) {
  FT_CHECK(print_piece(text));
  if (std::fflush(stdout) == 0 || errno == EPIPE) return {};
  return std::unexpected(io_error("standard output"));
}

Result<OutputFile> OutputFile::create(const std::string& path, bool force) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  const bool exists = std::filesystem::exists(status);
  if (exists && !force) {
    errno = EEXIST;
    return std::unexpected(io_error(path));
  }
  OutputFile file;
  file.path_ = path;
  file.force_ = force;
  int flags = O_WRONLY | O_CLOEXEC;
  if (!exists || std::filesystem::is_regular_file(status)) {
    // Where a link leads to is replaced, not the link.
    if (exists) file.path_ = std::filesystem::canonical(path, ignored).string();
    file.part_ = fmt::format("{}.part-{}", file.path_, ::getpid());
    flags |= O_CREAT | O_EXCL;
  }
  file.descriptor_ = ::open(file.part_.empty() ? path.c_str() : file.part_.c_str(), flags, 0644);
  if (file.descriptor_ < 0) {
    file.part_.clear();
    return std::unexpected(io_error(path));
  }
  if (exists && !file.part_.empty()) ::fchmod(file.descriptor_, static_cast<mode_t>(status.permissions()));
  return file;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      part_(std::exchange(other.part_, {})),
      force_(other.force_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      waiting_(std::move(other.waiting_)) {}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!part_.empty()) ::unlink(part_.c_str());
}

Status OutputFile::flush() {
  if (!write_all(descriptor_, waiting_)) return std::unexpected(io_error(path_));
  waiting_.clear();
  return {};
}

Status OutputFile::write(std::string_view text) {
  waiting_ += text;
  return waiting_.size() < kGathered ? Status{} : flush();
}

Status OutputFile::finish() {
  FT_CHECK(flush());
  if (::close(std::exchange(descriptor_, -1)) != 0) return std::unexpected(io_error(path_));
  if (part_.empty()) return {};
  // A link, unlike a rename, never replaces what somebody else has written meanwhile; not every file system has links.
  const bool linked = !force_ && ::link(part_.c_str(), path_.c_str()) == 0;
  if (!linked && !force_ && errno == EEXIST) return std::unexpected(io_error(path_));
  if (!linked && ::rename(part_.c_str(), path_.c_str()) != 0) return std::unexpected(io_error(path_));
  if (linked) ::unlink(part_.c_str());
  part_.clear();
  return {};
}

int table_width() {
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? std::clamp(static_cast<int>(size.ws_col), kNarrowest, kWidest) : kWidest;
}

}  // namespace flowtrail::cli
