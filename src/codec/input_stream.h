// Bytes of a stored object, decompressed while they are read: plain, gzip (RFC 1952, several members) or zstd (RFC
// 8878, several frames), told apart by their first bytes, never by their name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"

namespace flowtrail::codec {

enum class Compression : std::uint8_t { kNone, kGzip, kZstd };

/// Not thread-safe; memory bounded (about 256 KiB, and a zstd frame's window of at most 128 MiB) whatever the file's
/// size. Zero bytes after the last member or frame are padding and no fault.
class InputStream {
 public:
  /// Errors: kNotFound, kDenied, kIo.
  [[nodiscard]] static Result<std::unique_ptr<InputStream>> open(const std::filesystem::path& path);
  virtual ~InputStream() = default;

  /// Fills up to `buffer.size()` bytes and returns how many; 0 means the end. Bytes before a fault are always delivered
  /// first (but for the last 1 KiB before a code that cannot be: what of it is text cannot be told); the fault is
  /// returned by the next call and by every later one. Errors: kCorrupt ("truncated gzip", "bad gzip data", "bytes
  /// after gzip end", the same for zstd), kIo.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> buffer) = 0;
  [[nodiscard]] virtual Compression compression() const = 0;
};

/// Appends the whole decompressed object to `text`, at most `max_bytes` (a guard against compression bombs). What could
/// be read stays in `text` even when an error is returned. Errors: as InputStream, and kUnsupported beyond `max_bytes`.
[[nodiscard]] Status read_all(const std::filesystem::path& path, std::uint64_t max_bytes, std::string& text);

}  // namespace flowtrail::codec
