// `flowtrail sample`: a simulated account written as AWS writes its logs, with the answers in truth.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/error.h"

namespace flowtrail::sample {

enum class Size : std::uint8_t { kSmall, kMedium, kLarge };
enum class Scenario : std::uint8_t {
  kStandard,  // a shop; every event and verdict that the story tells
  kBlog,      // the account of seven published statements
  kRandom,    // a small account where random things happen, for property tests
};

struct Options {
  std::filesystem::path folder;
  std::uint64_t seed = 1;
  int days = 14;
  Size size = Size::kSmall;
  Scenario scenario = Scenario::kStandard;
  bool force = false;  // write into a folder that is not empty
};

struct Summary {
  std::uint64_t flow_log_objects = 0, flow_records = 0, cloudtrail_objects = 0, events = 0, snapshots = 0, cases = 0,
                bytes = 0;
};

/// Writes the account. The same options give the same bytes. Errors: kUsage for a folder that is not empty without
/// `force`, days outside 1-400; kIo.
[[nodiscard]] Result<Summary> write_sample(const Options& options);

}  // namespace flowtrail::sample
