// A file without a name: what a computation puts away beyond its memory budget. It is unlinked as soon as it is open,
// so that nothing is left behind, however the program ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/error.h"

namespace flowtrail {

class TemporaryFile {
 public:
  /// Makes nothing yet. `folder` empty: the system's (TMPDIR).
  explicit TemporaryFile(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// Writes behind all that was written before, and returns where that is. Errors: kIo when the file cannot be made
  /// or written; the hint names TMPDIR.
  [[nodiscard]] Result<std::uint64_t> append(std::span<const std::byte> bytes);

  /// Fills `bytes` from `offset` on; all of that must have been written. May be called from several threads. Errors:
  /// kIo.
  [[nodiscard]] Status read(std::uint64_t offset, std::span<std::byte> bytes) const;

 private:
  [[nodiscard]] Status open();

  std::filesystem::path folder_;
  int file_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace flowtrail
