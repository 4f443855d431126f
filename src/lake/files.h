// Files of a lake: written under another name, synced, renamed; and the lock that keeps a second run out.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "base/utc_time.h"

namespace flowtrail::lake {

/// Held until the end of the process that holds it, or of this object.
class Lock {
 public:
  /// Errors: kUsage if another process has it, kIo, kDenied.
  [[nodiscard]] static Result<Lock> take(const std::filesystem::path& path);
  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&& other) noexcept;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock();

 private:
  explicit Lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// Errors: kIo, kDenied.
[[nodiscard]] Status make_folder(const std::filesystem::path& path);

/// Copies the bytes, with the time of modification. Errors: kIo, kDenied, kNotFound.
[[nodiscard]] Status copy_file(const std::filesystem::path& from, const std::filesystem::path& to, UtcSeconds modified);

/// Gives a file that is complete its name: on disk, as a whole, when it returns. Replaces a file of that name. Errors:
/// kIo, kDenied.
[[nodiscard]] Status publish(const std::filesystem::path& temporary, const std::filesystem::path& path);

}  // namespace flowtrail::lake
