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

/// Writes a file that must not exist yet, unless `force`. Errors: kUsage if it exists, kIo, kDenied.
[[nodiscard]] Status write_file(const std::string& path, std::string_view text, bool force);

/// Columns for tables: at most 100, less on a narrower terminal.
[[nodiscard]] int table_width();

}  // namespace flowtrail::cli
