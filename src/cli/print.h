// Where text goes: results to standard output or a file, everything else to standard error.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "base/error.h"

namespace flowtrail::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;
inline constexpr int kFindings = 3;
inline constexpr int kDenied = 4;
inline constexpr int kPartialInput = 5;
inline constexpr int kInterrupted = 130;

[[nodiscard]] int exit_code_of(const Error& error);
/// SQL that is wrong is a failure, not a wrong use of the command line.
[[nodiscard]] int exit_code_of_sql(const Error& error);

/// `flowtrail: WHERE: WHAT (HINT)` to standard error; what came from files or logs is made safe for a terminal.
void print_error(const Error& error);
void print_note(std::string_view text);

/// Writes to standard output. Errors: kIo.
[[nodiscard]] Status print_result(std::string_view text);
/// The same, piece by piece; the last ones may wait until `print_result`.
[[nodiscard]] Status print_piece(std::string_view text);

/// A file that is written piece by piece and appears as a whole or not at all: until `finish` it has another name
/// beside its own. What is no plain file (a device, a pipe) is written directly.
class OutputFile {
 public:
  /// The file must not exist yet, unless `force`. Errors: kUsage if it exists, kIo, kDenied.
  [[nodiscard]] static Result<OutputFile> create(const std::string& path, bool force);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Errors: kIo.
  [[nodiscard]] Status write(std::string_view text);
  /// Gives the file its name. Errors: kUsage if there is one now, kIo, kDenied.
  [[nodiscard]] Status finish();

 private:
  OutputFile() = default;
  [[nodiscard]] Status flush();

  std::string path_;
  std::string part_;  // the name until then; empty: written directly, or there is nothing to remove any more
  bool force_ = false;
  int descriptor_ = -1;
  std::string waiting_;
};

/// Columns for tables: at most 100, less on a narrower terminal.
[[nodiscard]] int table_width();

}  // namespace flowtrail::cli
