// Writes the files of a data set: plain, or gzip at level 6 as AWS delivers them. Every failure ends the program with
// one sentence: a half-written set is of no use.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace flowtrail::bench {

[[noreturn]] void fail(const std::string& sentence);

/// Makes the folders above `path`, and writes. `modified`: the file's modification time (0: now).
void write_plain(const std::string& path, std::string_view text, std::int64_t modified = 0);
void write_gzip(const std::string& path, std::string_view text);

/// Calls `make(0)` to `make(count - 1)`, on two threads.
void for_each_file(int count, const std::function<void(int)>& make);

/// 2026-03-02T10:00:05Z, and the parts of S3 keys: 2026/03/02, 20260302T1000Z.
[[nodiscard]] std::string utc_text(std::int64_t time);
[[nodiscard]] std::string day_folder(std::int64_t time);
[[nodiscard]] std::string key_stamp(std::int64_t time);

}  // namespace flowtrail::bench
