// What an object is, told by its first bytes after decompression: Parquet by its magic and column names, JSON by the
// names of its members, flow-log text by its header or by a first line in the default format.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"
#include "source/inventory.h"

namespace flowtrail::source {

struct ContentKind {
  ObjectKind kind = ObjectKind::kUnknown;
  std::string reason;  // for kUnknown and kSkipped
};

/// `text` is the beginning of the decompressed content (4 KB are enough for text, 64 KB for JSON).
[[nodiscard]] ContentKind kind_of_text(std::string_view text);

/// Opens the file and reads at most 64 KB of it. Errors: as codec::InputStream when nothing could be told from the
/// bytes before the fault.
[[nodiscard]] Result<ContentKind> kind_of_file(const std::filesystem::path& path);

}  // namespace flowtrail::source
