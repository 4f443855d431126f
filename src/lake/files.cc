#include "lake/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/file_error.h"

namespace flowtrail::lake {
namespace {

namespace fs = std::filesystem;

/// Puts a file's bytes, or a folder's names, onto the disk.
Status sync_to_disk(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(errno_error("cannot open", path));
  const bool synced = ::fsync(descriptor) == 0;
  const int fault = errno;
  ::close(descriptor);
  errno = fault;
  if (!synced) return std::unexpected(errno_error("cannot write", path));
  return {};
}

}  // namespace

Result<Lock> Lock::take(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return std::unexpected(errno_error("cannot open", path));
  Lock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return std::unexpected(errno_error("cannot lock", path));
  return std::unexpected(
      Error{ErrorCode::kUsage, "another sync is at work on this lake", path.string(), "wait until it is done"});
}

Lock::Lock(Lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
Lock& Lock::operator=(Lock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}
Lock::~Lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return std::unexpected(file_error("cannot make folder", path, error));
  return {};
}

Status copy_file(const fs::path& from, const fs::path& to, UtcSeconds modified) {
  std::error_code error;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  if (error) return std::unexpected(file_error("cannot copy", from, error));
  const timespec times[2] = {{to_seconds(modified), 0}, {to_seconds(modified), 0}};
  if (::utimensat(AT_FDCWD, to.c_str(), times, 0) != 0)
    return std::unexpected(errno_error("cannot set the time of", to));
  return {};
}

Status publish(const fs::path& temporary, const fs::path& path) {
  FT_CHECK(sync_to_disk(temporary));
  FT_CHECK(make_folder(path.parent_path()));
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) return std::unexpected(file_error("cannot rename", temporary, error));
  return sync_to_disk(path.parent_path());
}

}  // namespace flowtrail::lake
