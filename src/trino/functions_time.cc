// Dates, times, zones and intervals.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "scalar/calendar.h"
#include "scalar/time_zone.h"
#include "trino/decimal.h"
#include "trino/function.h"

namespace flowtrail::trino {
namespace {

using scalar::invalid_argument;
using scalar::kMicrosPerDay;
using scalar::TimeUnit;
using scalar::TimeZone;

constexpr std::int64_t kMillisPerDay = kMicrosPerDay / 1000;

std::int64_t floor_day(std::int64_t micros) {
  return micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
}

Value zoned(std::int64_t instant, const std::string& zone) {
  return Value{Values{Value{instant}, Value{zone}}};
}

/// A point of time taken apart: local microseconds, and the zone if it has one.
struct Local {
  std::int64_t micros = 0;
  std::optional<TimeZone> zone;
};

Local local_of(const Value& value, const Type& type) {
  if (type.kind() == TypeKind::kDate) return {value.integer() * kMicrosPerDay, {}};
  if (type.kind() != TypeKind::kTimestampZoned) return {value.integer(), {}};
  auto zone = TimeZone::find(value.parts()[1].text());
  if (!zone) zone = TimeZone::utc();
  return {zone->to_local(value.parts()[0].integer()), zone};
}

Value value_of(const Local& local, const Type& type) {
  if (type.kind() == TypeKind::kDate) return Value{floor_day(local.micros)};
  if (type.kind() == TypeKind::kTime) return Value{local.micros - floor_day(local.micros) * kMicrosPerDay};
  if (local.zone) return zoned(local.zone->to_utc(local.micros), local.zone->name());
  return Value{local.micros};
}

std::string_view field_kind(const Type& type) {
  if (type.kind() == TypeKind::kDate) return "DATE";
  return type.kind() == TypeKind::kTime ? "TIME" : "Timestamp";
}

/// Dates have no hours, times no days.
scalar::Answer<TimeUnit> unit_for(const std::string& name, const Type& type) {
  const auto unit = scalar::find_time_unit(name);
  const bool day_or_more = unit && *unit >= TimeUnit::kDay;
  if (!unit || (type.kind() == TypeKind::kDate && !day_or_more) || (type.kind() == TypeKind::kTime && day_or_more)) {
    return invalid_argument(fmt::format("'{}' is not a valid {} field", name, field_kind(type)));
  }
  return *unit;
}

Answer date_trunc(const Call& call) {
  const auto unit = unit_for(call.text(0), call.types[1]);
  if (!unit) return std::unexpected(unit.error());
  Local local = local_of(call[1], call.types[1]);
  local.micros = scalar::truncated(*unit, local.micros);
  return value_of(local, call.types[1]);
}

/// Units below the day are added to the instant, so that a change of the clock counts.
Answer added_to(const Value& value, const Type& type, TimeUnit unit, std::int64_t amount) {
  Local local = local_of(value, type);
  if (type.kind() == TypeKind::kTime) amount %= kMillisPerDay;  // goes around a whole number of times
  if (local.zone && unit < TimeUnit::kDay) {
    const auto moved = scalar::added(unit, amount, value.parts()[0].integer());
    if (!moved) return std::unexpected(moved.error());
    return zoned(*moved, local.zone->name());
  }
  const auto moved = scalar::added(unit, amount, local.micros);
  if (!moved) return std::unexpected(moved.error());
  local.micros = *moved;
  if (type.kind() == TypeKind::kTimestamp || type.kind() == TypeKind::kTime) {
    local.micros = scalar::rounded_to_precision(local.micros, type.precision());
  }
  return value_of(local, type);
}

Answer date_add(const Call& call) {
  const auto unit = unit_for(call.text(0), call.types[2]);
  if (!unit) return std::unexpected(unit.error());
  return added_to(call[2], call.types[2], *unit, call.integer(1));
}

Answer date_diff(const Call& call) {
  const auto unit = unit_for(call.text(0), call.types[1]);
  if (!unit) return std::unexpected(unit.error());
  if (call.types[1].kind() == TypeKind::kTimestampZoned) {
    const Local from = local_of(call[1], call.types[1]);
    if (*unit < TimeUnit::kDay) {
      return Value{scalar::difference(*unit, call[1].parts()[0].integer(), call[2].parts()[0].integer())};
    }
    return Value{scalar::difference(*unit, from.micros, from.zone->to_local(call[2].parts()[0].integer()))};
  }
  return Value{
      scalar::difference(*unit, local_of(call[1], call.types[1]).micros, local_of(call[2], call.types[2]).micros)};
}

/// A date or time, and an interval; `sign` for subtraction.
Answer moved(const Call& call, int sign) {
  const Int128 amount = Int128{call.integer(1)} * sign;
  const TypeKind kind = call.types[0].kind();
  if (call.types[1].kind() == TypeKind::kIntervalYear) {
    return added_to(call[0], call.types[0], TimeUnit::kMonth, static_cast<std::int64_t>(amount));
  }
  if (kind == TypeKind::kTime) {
    const auto micros = static_cast<std::int64_t>(call.integer(0) + amount * 1000 % kMicrosPerDay);
    return Value{micros - floor_day(micros) * kMicrosPerDay};
  }
  if (kind == TypeKind::kDate && amount % kMillisPerDay != 0) {
    return invalid_argument("Cannot add hour, minutes or seconds to a date");
  }
  const Value& from = kind == TypeKind::kTimestampZoned ? call[0].parts()[0] : call[0];
  const Int128 micros = from.integer() * Int128{kind == TypeKind::kDate ? kMicrosPerDay : 1} + amount * 1000;
  if (micros > INT64_MAX || micros < INT64_MIN) {
    return scalar::out_of_range("the sum of a time and an interval is too far away");
  }
  if (kind == TypeKind::kDate) return Value{static_cast<std::int64_t>(micros / kMicrosPerDay)};
  if (kind == TypeKind::kTimestampZoned) {
    return zoned(static_cast<std::int64_t>(micros), call[0].parts()[1].text());
  }
  return Value{static_cast<std::int64_t>(micros)};
}
Answer add_interval(const Call& call) {
  return moved(call, 1);
}
Answer subtract_interval(const Call& call) {
  return moved(call, -1);
}

/// In milliseconds.
Answer between_times(const Call& call) {
  if (call.types[0].kind() == TypeKind::kDate) return Value{(call.integer(0) - call.integer(1)) * 86'400'000};
  const auto instant = [&](std::size_t i) {
    return call.types[i].kind() == TypeKind::kTimestampZoned ? call[i].parts()[0].integer() : call.integer(i);
  };
  return Value{static_cast<std::int64_t>((Int128{instant(0)} - instant(1)) / 1000)};
}

Answer interval_of(Int128 size, bool months) {
  const Int128 limit = months ? Int128{INT32_MAX} : Int128{INT64_MAX};
  if (size > limit || size < -limit - 1) {
    return std::unexpected(scalar::ScalarError{
        "GENERIC_INTERNAL_ERROR", fmt::format("Value {} is out of range for an interval", decimal_text(size, 0))});
  }
  return Value{static_cast<std::int64_t>(size)};
}

Int128 whole(double number) {
  return static_cast<Int128>(std::clamp(number, -1e30, 1e30));
}

Answer scale_interval(const Call& call) {
  const bool swapped =
      call.types[1].kind() == TypeKind::kIntervalDay || call.types[1].kind() == TypeKind::kIntervalYear;
  const std::size_t interval = swapped ? 1 : 0;
  const std::size_t number = swapped ? 0 : 1;
  const bool months = call.types[interval].kind() == TypeKind::kIntervalYear;
  if (call.types[number].kind() != TypeKind::kDouble) {
    return interval_of(Int128{call.integer(interval)} * call.integer(number), months);
  }
  if (std::isnan(call.real(number))) return invalid_argument("Cannot multiply by double NaN");
  return interval_of(whole(static_cast<double>(call.integer(interval)) * call.real(number)), months);
}

Answer divide_interval(const Call& call) {
  const double divisor = call.real(1);
  if (std::isnan(divisor) || divisor == 0) {
    return invalid_argument(fmt::format("Cannot divide by double {}", divisor == 0 ? "0.0" : "NaN"));
  }
  return interval_of(whole(static_cast<double>(call.integer(0)) / divisor),
                     call.types[0].kind() == TypeKind::kIntervalYear);
}

Answer at_timezone(const Call& call) {
  const auto zone = TimeZone::find(call.text(1));
  if (!zone) return invalid_argument(fmt::format("'{}' is not a valid time zone", call.text(1)));
  const bool has_zone = call.types[0].kind() == TypeKind::kTimestampZoned;
  return zoned(has_zone ? call[0].parts()[0].integer() : call.integer(0), zone->name());
}

Answer with_timezone(const Call& call) {
  const auto zone = TimeZone::find(call.text(1));
  if (!zone) return invalid_argument(fmt::format("'{}' is not a valid time zone", call.text(1)));
  return zoned(zone->to_utc(call.integer(0)), zone->name());
}

Answer zoned_seconds(double seconds, const std::string& zone) {
  const double millis = std::isnan(seconds) ? 0 : std::floor(seconds * 1000 + 0.5);
  constexpr double kLimit = 2'251'799'813'685'247.0;  // milliseconds have 52 bits beside a zone
  if (std::abs(millis) > kLimit) {
    return invalid_argument(
        fmt::format("Millis overflow: {}",
                    millis > 9.2e18 ? INT64_MAX : (millis < -9.2e18 ? INT64_MIN : static_cast<std::int64_t>(millis))));
  }
  return zoned(static_cast<std::int64_t>(millis) * 1000, zone);
}

Answer from_unixtime_zoned(const Call& call) {
  const auto zone = TimeZone::find(call.text(1));
  if (!zone) {
    return std::unexpected(
        scalar::ScalarError{"NOT_SUPPORTED", fmt::format("Time zone not supported: {}", call.text(1))});
  }
  return zoned_seconds(call.real(0), zone->name());
}

/// Seconds; hours and minutes of a fixed offset.
Answer from_unixtime_offset(const Call& call) {
  const Int128 minutes = Int128{call.integer(1)} * 60 + call.integer(2);
  if (minutes > 14 * 60 || minutes < -14 * 60) {
    return invalid_argument(fmt::format("Invalid offset minutes {}", decimal_text(minutes, 0)));
  }
  return zoned_seconds(call.real(0), TimeZone::fixed(static_cast<int>(minutes)).name());
}

Answer timezone_name(const Call& call) {
  return call[0].parts()[1];
}

std::int64_t offset_of(const Call& call) {
  const Local local = local_of(call[0], call.types[0]);
  return local.zone ? local.zone->offset_seconds(call[0].parts()[0].integer()) : 0;
}
Answer timezone_hour(const Call& call) {
  return Value{offset_of(call) / 3600};
}
Answer timezone_minute(const Call& call) {
  return Value{offset_of(call) / 60 % 60};
}

/// The name of the field is the first argument.
Answer field(const Call& call) {
  const std::string& name = call.text(0);
  const Type& type = call.types[1];
  if (type.kind() == TypeKind::kIntervalYear) {
    return Value{name == "year" ? call.integer(1) / 12 : call.integer(1) % 12};
  }
  if (type.kind() == TypeKind::kIntervalDay) {
    const std::int64_t millis = call.integer(1);
    if (name == "day") return Value{millis / 86'400'000};
    if (name == "hour") return Value{millis / 3'600'000 % 24};
    if (name == "minute") return Value{millis / 60'000 % 60};
    if (name == "second") return Value{millis / 1000 % 60};
    return Value{millis % 1000};
  }
  const Local local = local_of(call[1], type);
  const scalar::CivilTime civil = scalar::civil_of(local.micros);
  const auto days = static_cast<std::int32_t>(floor_day(local.micros));
  const auto of = [](int number) { return Value{std::int64_t{number}}; };
  if (name == "year") return of(civil.year);
  if (name == "quarter") return of((civil.month + 2) / 3);
  if (name == "month") return of(civil.month);
  if (name == "week") return of(scalar::iso_week_of(days).week);
  if (name == "year_of_week") return of(scalar::iso_week_of(days).year);
  if (name == "day") return of(civil.day);
  if (name == "day_of_week") return of(scalar::day_of_week(days));
  if (name == "day_of_year") return of(scalar::day_of_year(civil));
  if (name == "hour") return of(civil.hour);
  if (name == "minute") return of(civil.minute);
  if (name == "second") return of(civil.second);
  return of(civil.micros / 1000);
}

Answer last_day_of_month(const Call& call) {
  const scalar::CivilTime civil = scalar::civil_of(local_of(call[0], call.types[0]).micros);
  return Value{std::int64_t{scalar::days_of(civil.year, civil.month, scalar::days_in_month(civil.year, civil.month))}};
}

Answer to_iso8601(const Call& call) {
  const Type& type = call.types[0];
  const Local local = local_of(call[0], type);
  if (type.kind() == TypeKind::kDate) return Value{scalar::date_text(static_cast<std::int32_t>(call.integer(0)))};
  std::string text = scalar::timestamp_text(local.micros, type.precision());
  text[text.find(' ')] = 'T';
  if (!local.zone) return Value{std::move(text)};
  const std::int64_t offset = local.zone->offset_seconds(call[0].parts()[0].integer()) / 60;
  if (offset == 0) return Value{text + "Z"};
  return Value{
      fmt::format("{}{}{:02}:{:02}", text, offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60)};
}

Answer to_unixtime(const Call& call) {
  const Local local = local_of(call[0], call.types[0]);
  const std::int64_t instant = local.zone ? call[0].parts()[0].integer() : local.micros;
  return Value{static_cast<double>(instant) / 1e6};
}

Answer parse_duration(const Call& call) {
  const std::string_view text = call.text(0);
  std::size_t at = 0;
  while (at < text.size() && ((text[at] >= '0' && text[at] <= '9') || text[at] == '.')) ++at;
  std::size_t unit = at;
  while (unit < text.size() && text[unit] == ' ') ++unit;
  static constexpr std::array<std::pair<std::string_view, double>, 7> kUnits{
      {{"ns", 1e-6}, {"us", 1e-3}, {"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"h", 3.6e6}, {"d", 8.64e7}}};
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + at, number);
  for (const auto& [name, millis] : kUnits) {
    if (at == 0 || error != std::errc{} || end != text.data() + at || text.substr(unit) != name) continue;
    const double size = std::round(number * millis);
    if (size < 9.2e18) return Value{static_cast<std::int64_t>(size)};
  }
  return invalid_argument(fmt::format("Invalid duration: {}", text));
}

Answer same(const Call& call) {
  return call[0];
}

constexpr auto kFunctions = std::to_array<Function>({
    {"date_trunc", date_trunc},
    {"date_add", date_add},
    {"date_diff", date_diff},
    {"add_interval", add_interval},
    {"subtract_interval", subtract_interval},
    {"between_times", between_times},
    {"scale_interval", scale_interval},
    {"divide_interval", divide_interval},
    {"at_timezone", at_timezone},
    {"with_timezone", with_timezone},
    {"from_unixtime_zoned", from_unixtime_zoned},
    {"from_unixtime_offset", from_unixtime_offset},
    {"timezone", timezone_name},
    {"timezone_hour", timezone_hour},
    {"timezone_minute", timezone_minute},
    {"field", field},
    {"last_day_of_month", last_day_of_month},
    {"to_iso8601", to_iso8601},
    {"to_unixtime", to_unixtime},
    {"parse_duration", parse_duration},
    {"to_milliseconds", same},
});

}  // namespace

std::span<const Function> time_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
