// A path for what a test writes. For tests only.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

namespace flowtrail {

/// In the folder for temporary files; of this process alone, since tests run side by side.
[[nodiscard]] inline std::filesystem::path test_path(std::string_view name) {
  return std::filesystem::path{testing::TempDir()} / fmt::format("flowtrail-{}-{}", ::getpid(), name);
}

}  // namespace flowtrail
