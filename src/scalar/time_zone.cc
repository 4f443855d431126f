#include "scalar/time_zone.h"

#include <fmt/format.h>
#include <unicode/strenum.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <mutex>
#include <utility>

#include "base/letters.h"

namespace flowtrail::scalar {
namespace {

constexpr std::int64_t kMicros = 1'000'000;
constexpr int kMostMinutes = 14 * 60;

std::int64_t floor_divided(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

// `+5`, `+05`, `+0530`, `+05:30`.
std::optional<int> read_offset(std::string_view text) {
  if (text.size() < 2 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const bool west = text.front() == '-';
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  const auto number = [](std::string_view digits) {
    int value = 0;
    for (const char digit : digits) value = value * 10 + (digit - '0');
    return value;
  };
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':' && i == 2 && text.size() == 5) continue;
    if (!is_digit(text[i])) return std::nullopt;
    digits += text[i];
  }
  if (digits.size() != 1 && digits.size() != 2 && digits.size() != 4) return std::nullopt;
  hours = number(std::string_view{digits}.substr(0, digits.size() == 1 ? 1 : 2));
  if (digits.size() == 4) minutes = number(std::string_view{digits}.substr(2));
  const int total = hours * 60 + minutes;
  if (minutes > 59 || total > kMostMinutes) return std::nullopt;
  return west ? -total : total;
}

constexpr std::array<std::string_view, 10> kUtcNames = {"utc",  "z",       "ut",        "uct",      "zulu",
                                                        "gmt0", "etc/utc", "universal", "etc/zulu", "etc/uct"};

// The database's spelling, by the lower-case name.
const std::map<std::string, std::string, std::less<>>& region_names() {
  static const auto kNames = [] {
    std::map<std::string, std::string, std::less<>> found;
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::StringEnumeration> all{icu::TimeZone::createEnumeration(status)};
    if (U_FAILURE(status) || !all) return found;
    while (const char* name = all->next(nullptr, status)) found.emplace(lower(name), name);
    return found;
  }();
  return kNames;
}

}  // namespace

struct TimeZone::Region {
  std::unique_ptr<icu::TimeZone> zone;
};

TimeZone TimeZone::utc() {
  TimeZone zone;
  zone.name_ = "UTC";
  return zone;
}

TimeZone TimeZone::fixed(int minutes) {
  if (minutes == 0) return utc();
  TimeZone zone;
  zone.name_ = fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60, std::abs(minutes) % 60);
  zone.fixed_seconds_ = std::int64_t{minutes} * 60;
  return zone;
}

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  const std::string lowered = lower(name);
  if (std::ranges::find(kUtcNames, lowered) != kUtcNames.end()) return utc();
  if (const auto offset = read_offset(lowered)) return fixed(*offset);
  for (const std::string_view prefix : {"utc", "gmt", "ut"}) {
    if (!lowered.starts_with(prefix)) continue;
    if (const auto offset = read_offset(std::string_view{lowered}.substr(prefix.size()))) return fixed(*offset);
  }
  static std::mutex mutex;
  static std::map<std::string, TimeZone, std::less<>> known;
  const std::scoped_lock lock{mutex};
  if (const auto found = known.find(lowered); found != known.end()) return found->second;
  const auto spelled = region_names().find(lowered);
  if (spelled == region_names().end()) return std::nullopt;
  auto region = std::make_shared<Region>();
  region->zone.reset(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(spelled->second)));
  if (!region->zone) return std::nullopt;
  TimeZone zone;
  zone.name_ = spelled->second;
  zone.region_ = std::move(region);
  return known.emplace(lowered, std::move(zone)).first->second;
}

std::int64_t TimeZone::offset_seconds(std::int64_t utc_micros) const {
  if (!region_) return fixed_seconds_;
  std::int32_t raw = 0;
  std::int32_t daylight = 0;
  UErrorCode status = U_ZERO_ERROR;
  region_->zone->getOffset(static_cast<UDate>(floor_divided(utc_micros, 1000)), 0, raw, daylight, status);
  return (raw + daylight) / 1000;
}

std::int64_t TimeZone::to_utc(std::int64_t local_micros) const {
  // Both offsets that may hold around the local time; where the clock went back, the one of before, too.
  const std::int64_t before = offset_seconds(local_micros - 86'400 * kMicros);
  const std::int64_t after = offset_seconds(local_micros + 86'400 * kMicros);
  for (const std::int64_t offset : {before, after}) {
    const std::int64_t instant = local_micros - offset * kMicros;
    if (offset_seconds(instant) == offset) return instant;
  }
  return local_micros - before * kMicros;
}

}  // namespace flowtrail::scalar
