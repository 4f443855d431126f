#include "shell/history_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>

namespace flowtrail::shell {
namespace {

std::string escaped(std::string_view entry) {
  std::string line;
  for (const char c : entry) {
    if (c == '\n') {
      line += "\\n";
    } else {
      if (c == '\\') line += '\\';
      line += c;
    }
  }
  return line + '\n';
}

std::string unescaped(std::string_view line) {
  std::string entry;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      ++i;
      entry += line[i] == 'n' ? '\n' : line[i];
    } else {
      entry += line[i];
    }
  }
  return entry;
}

Status write_lines(const std::filesystem::path& path, int flags, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, S_IRUSR | S_IWUSR);
  bool whole = descriptor >= 0 && ::fchmod(descriptor, S_IRUSR | S_IWUSR) == 0;
  // One write, so that two shells do not mix their entries.
  whole = whole && ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int number = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (whole) return {};
  const ErrorCode code = number == EACCES || number == EPERM ? ErrorCode::kDenied : ErrorCode::kIo;
  return failure(code, "history cannot be kept in {}: {}", path.string(), std::strerror(number));
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string{} : value;
}

}  // namespace

std::filesystem::path HistoryFile::default_path() {
  const std::string state = variable("XDG_STATE_HOME");
  // The XDG base directory specification has relative paths ignored.
  if (state.starts_with('/')) return std::filesystem::path{state} / "flowtrail" / "history";
  const std::string home = variable("HOME");
  return home.empty() ? std::filesystem::path{} : std::filesystem::path{home} / ".local/state/flowtrail/history";
}

std::vector<std::string> HistoryFile::load() {
  std::vector<std::string> lines;
  if (path_.empty()) return lines;
  std::ifstream file{path_};
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  const bool is_long = lines.size() > 2 * limit_;
  if (lines.size() > limit_) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(limit_));
  if (is_long) {
    std::string text;
    for (const std::string& line : lines) text += line + '\n';
    const std::filesystem::path fresh = path_.string() + fmt::format(".{}", ::getpid());
    std::error_code ignored;  // a history that cannot be cut is still a history
    if (write_lines(fresh, O_TRUNC, text)) std::filesystem::rename(fresh, path_, ignored);
  }
  for (std::string& line : lines) line = unescaped(line);
  return lines;
}

Status HistoryFile::append(std::string_view entry) {
  if (path_.empty()) return {};
  std::error_code error;
  std::filesystem::create_directories(path_.parent_path(), error);
  return write_lines(path_, O_APPEND, escaped(entry));
}

}  // namespace flowtrail::shell
