#include "attribution/health_check.h"

#include <algorithm>
#include <vector>

namespace flowtrail::attribution {
namespace {

constexpr std::int64_t kLeastAttempts = 10;
constexpr std::int64_t kShortestStep = 5;
constexpr std::int64_t kLongestStep = 60;
constexpr std::int64_t kSlackSeconds = 2;
constexpr std::int64_t kMostPackets = 10;
constexpr std::int64_t kMostBytes = 1500;

}  // namespace

bool looks_like_health_check(std::span<std::int64_t> starts, const PeerCounters& counters) {
  if (counters.attempts < kLeastAttempts || counters.accepted == 0) return false;
  if (counters.packets_in > kMostPackets * counters.accepted) return false;
  if (counters.bytes_in > kMostBytes * counters.accepted) return false;
  std::ranges::sort(starts);
  std::vector<std::int64_t> steps;
  for (std::size_t i = 1; i < starts.size(); ++i) {
    if (starts[i] != starts[i - 1]) steps.push_back(starts[i] - starts[i - 1]);
  }
  if (steps.empty()) return false;
  std::ranges::sort(steps);
  // The median, doubled, so that an even number of steps needs no fraction.
  const std::int64_t median2 = steps[(steps.size() - 1) / 2] + steps[steps.size() / 2];
  if (median2 < 2 * kShortestStep || median2 > 2 * kLongestStep) return false;
  const auto near = std::ranges::count_if(steps, [&](std::int64_t step) {
    const std::int64_t off2 = std::abs(2 * step - median2);
    return off2 <= 2 * kSlackSeconds || off2 * 10 <= median2;
  });
  return near * 10 >= static_cast<std::int64_t>(steps.size()) * 9;
}

}  // namespace flowtrail::attribution
