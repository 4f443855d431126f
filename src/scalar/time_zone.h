// Time zones by the names that Trino knows: regions of the IANA database (through ICU), `UTC` and its synonyms, and
// fixed offsets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace flowtrail::scalar {

class TimeZone {
 public:
  /// nullopt: no such zone. Case does not count.
  [[nodiscard]] static std::optional<TimeZone> find(std::string_view name);
  [[nodiscard]] static TimeZone utc();
  /// `minutes` east of Greenwich, within 14 hours.
  [[nodiscard]] static TimeZone fixed(int minutes);

  /// As Trino prints it: `UTC`, `+05:30`, `America/New_York`.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Seconds to add to UTC at an instant (microseconds since 1970). Cost: O(log of transitions).
  [[nodiscard]] std::int64_t offset_seconds(std::int64_t utc_micros) const;
  /// The instant of a local time. A time that occurs twice is the earlier one; one that a clock change left out is
  /// moved forward by as much.
  [[nodiscard]] std::int64_t to_utc(std::int64_t local_micros) const;
  [[nodiscard]] std::int64_t to_local(std::int64_t utc_micros) const {
    return utc_micros + offset_seconds(utc_micros) * 1'000'000;
  }

 private:
  struct Region;
  std::string name_;
  std::int64_t fixed_seconds_ = 0;
  std::shared_ptr<const Region> region_;  // null: a fixed offset
};

}  // namespace flowtrail::scalar
