// Writes the objects of the simulated bucket: gzip (RFC 1952) with an empty time field, so that equal text gives equal
// bytes, and plain files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace flowtrail::sample {

class ObjectWriter {
 public:
  explicit ObjectWriter(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// `key` is relative to the folder. Errors: kIo with the path.
  [[nodiscard]] Status write_gzip(const std::string& key, std::string_view text);
  [[nodiscard]] Status write_plain(const std::string& key, std::string_view text);
  /// Sets the file's modification time (seconds since 1970): `describe-*` output carries its capture time nowhere else.
  [[nodiscard]] Status set_time(const std::string& key, std::int64_t time);
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  std::filesystem::path folder_;
  std::filesystem::path last_parent_;
  std::uint64_t bytes_ = 0;
};

}  // namespace flowtrail::sample
