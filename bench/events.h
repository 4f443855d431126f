// CloudTrail records as text, and the key of the file they come in.
#pragma once

#include <cstdint>
#include <string>

#include "bench/random.h"

namespace flowtrail::bench {

struct Event {
  std::int64_t time = 0;
  std::string source = "ec2.amazonaws.com";
  std::string name{};
  std::string request = "null";   // JSON
  std::string response = "null";  // JSON
  std::string error_code{};       // empty: it succeeded
  bool read_only = false;
};

/// One record, about 1.5 KB, by one of 40 callers. Ids come from `random`.
[[nodiscard]] std::string event_text(const Event& event, Random& random);

[[nodiscard]] std::string trail_key(std::int64_t delivered, std::uint64_t unique);

/// A trail of `events` events in `files` files below `folder`: 3 % change security groups, interfaces and instances.
void write_trail(const std::string& folder, std::uint64_t seed, std::int64_t events, int files);

}  // namespace flowtrail::bench
