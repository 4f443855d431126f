// The statements and commands of earlier shells: a file of lines, one entry each, in which a line feed is written \n
// and a backslash \\. Entries are added at once, so that several shells can write to it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace flowtrail::shell {

class HistoryFile {
 public:
  /// An empty `path` keeps nothing. The file has at most twice `limit` entries.
  explicit HistoryFile(std::filesystem::path path, std::size_t limit = 1000) : path_(std::move(path)), limit_(limit) {}

  /// $XDG_STATE_HOME/flowtrail/history, or below ~/.local/state; empty without a home.
  [[nodiscard]] static std::filesystem::path default_path();

  /// The latest `limit` entries, the oldest first. A file that is not there has none. A long file is cut.
  [[nodiscard]] std::vector<std::string> load();
  /// Makes folder and file (0600) if need be. Errors: kIo, kDenied.
  [[nodiscard]] Status append(std::string_view entry);

 private:
  std::filesystem::path path_;
  std::size_t limit_;
};

}  // namespace flowtrail::shell
