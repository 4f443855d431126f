// Moments in whole seconds since 1970, UTC only. Flow logs carry seconds and CloudTrail's eventTime has a resolution of
// one second, so nothing finer is kept. Text is ISO 8601 with a `Z`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace flowtrail {

using UtcSeconds = std::chrono::sys_seconds;

constexpr UtcSeconds utc_from_seconds(std::int64_t seconds) {
  return UtcSeconds{std::chrono::seconds{seconds}};
}
constexpr std::int64_t to_seconds(UtcSeconds time) {
  return time.time_since_epoch().count();
}

/// `2026-03-01T10:00:05Z`.
[[nodiscard]] std::string format_utc(UtcSeconds time);

/// Reads `2026-03-01`, `2026-03-01T10:00[:05[.123]]` with `Z`, an offset such as `+00:00`, or nothing (UTC); a blank
/// may stand for the `T`. Fractions are cut off. Errors: kUsage.
[[nodiscard]] Result<UtcSeconds> parse_utc(std::string_view text);

/// Reads `90s`, `15m`, `24h`, `7d`, `2w`. Errors: kUsage.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);

/// `[from, to)`; a missing end means "not known", which the caller reads as unbounded.
struct Interval {
  std::optional<UtcSeconds> from;
  std::optional<UtcSeconds> to;

  [[nodiscard]] bool contains(UtcSeconds time) const { return (!from || *from <= time) && (!to || time < *to); }
  [[nodiscard]] bool overlaps(const Interval& other) const {
    return (!from || !other.to || *from < *other.to) && (!to || !other.from || *other.from < *to);
  }
  friend bool operator==(const Interval&, const Interval&) = default;
};

}  // namespace flowtrail
