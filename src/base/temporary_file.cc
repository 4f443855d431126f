#include "base/temporary_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace flowtrail {
namespace {

Error io_error(const char* doing, const std::filesystem::path& folder) {
  return {ErrorCode::kIo,
          fmt::format("{} the temporary file failed: {}", doing, std::generic_category().message(errno)),
          folder.string(), "set TMPDIR to a folder with free space"};
}

}  // namespace

TemporaryFile::~TemporaryFile() {
  if (file_ >= 0) ::close(file_);
}

Status TemporaryFile::open() {
  std::error_code ignored;
  if (folder_.empty()) folder_ = std::filesystem::temp_directory_path(ignored);
  std::string path = (folder_ / "flowtrail-spool-XXXXXX").string();
  file_ = ::mkostemp(path.data(), O_CLOEXEC);
  if (file_ < 0) return std::unexpected(io_error("opening", folder_));
  ::unlink(path.c_str());
  return {};
}

Result<std::uint64_t> TemporaryFile::append(std::span<const std::byte> bytes) {
  if (file_ < 0) FT_CHECK(open());
  const std::uint64_t begin = size_;
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::unexpected(io_error("writing", folder_));
    size_ += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return begin;
}

Status TemporaryFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::unexpected(io_error("reading", folder_));
    offset += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace flowtrail
