#include "base/file_error.h"

#include <unistd.h>

#include <cerrno>

namespace flowtrail {
namespace {

ErrorCode code_of(const std::error_code& reason) {
  if (reason == std::errc::permission_denied || reason == std::errc::operation_not_permitted) return ErrorCode::kDenied;
  if (reason == std::errc::no_such_file_or_directory || reason == std::errc::not_a_directory) {
    return ErrorCode::kNotFound;
  }
  return ErrorCode::kIo;
}

}  // namespace

Error file_error(std::string_view what, const std::filesystem::path& path, const std::error_code& reason) {
  return {code_of(reason), fmt::format("{}: {}", what, reason.message()), path.string(), {}};
}

Error errno_error(std::string_view what, const std::filesystem::path& path) {
  return file_error(what, path, std::error_code(errno, std::generic_category()));
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ::ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace flowtrail
