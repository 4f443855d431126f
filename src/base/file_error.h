// What the operating system says about a file, as an error; and writing that stops only for a reason.
#pragma once

#include <filesystem>
#include <string_view>
#include <system_error>

#include "base/error.h"

namespace flowtrail {

/// "PATH: WHAT: reason". kDenied, kNotFound or kIo, by the reason.
[[nodiscard]] Error file_error(std::string_view what, const std::filesystem::path& path, const std::error_code& reason);
/// The same, for the reason that `errno` holds.
[[nodiscard]] Error errno_error(std::string_view what, const std::filesystem::path& path);

/// Writes all of `bytes` to a descriptor, whatever interrupts it. False: `errno` tells why not.
[[nodiscard]] bool write_all(int descriptor, std::string_view bytes);

}  // namespace flowtrail
