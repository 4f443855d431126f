#include "scalar/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/letters.h"

namespace flowtrail::scalar {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

std::int64_t floor_divided(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// std::chrono's years end at 32767; days beyond are counted in cycles of 400 years.
constexpr std::int64_t kDaysPerCycle = 146'097;

std::string year_text(int year) {
  if (year < 0) return fmt::format("-{:04}", -year);
  return fmt::format("{:04}", year);
}

// Reads a text from the left.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool take(char letter) {
    if (rest_.empty() || rest_.front() != letter) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<int> digits(std::size_t least, std::size_t most) {
    std::size_t size = 0;
    while (size < rest_.size() && size < most && rest_[size] >= '0' && rest_[size] <= '9') ++size;
    if (size < least) return std::nullopt;
    int value = 0;
    for (const char digit : rest_.substr(0, size)) value = value * 10 + (digit - '0');
    rest_.remove_prefix(size);
    return value;
  }
  // All digits of a fraction of a second.
  bool fraction(ParsedTimestamp& to) {
    int seen = 0;
    std::int64_t micros = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1), ++seen) {
      const int digit = rest_.front() - '0';
      if (seen < 6) micros = micros * 10 + digit;
      if (seen == 6) to.beyond_micros = digit;
    }
    if (seen == 0 || seen > 12) return false;
    to.micros += micros * power_of_ten(std::max(0, 6 - seen));
    to.precision = seen;
    return true;
  }
  void blanks() {
    while (take(' ')) {
    }
  }
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char letter) { return letter == ' ' || (letter >= '\t' && letter <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::int32_t> scan_date(Scanner& scanner) {
  const bool negative = scanner.take('-');
  if (!negative) scanner.take('+');
  const auto year_number = scanner.digits(4, 6);
  if (!year_number || !scanner.take('-')) return std::nullopt;
  const auto month_number = scanner.digits(1, 2);
  if (!month_number || !scanner.take('-')) return std::nullopt;
  const auto day_number = scanner.digits(1, 2);
  if (!day_number || *month_number < 1 || *month_number > 12) return std::nullopt;
  if (*year_number > kLastYear) return std::nullopt;
  const int signed_year = negative ? -*year_number : *year_number;
  if (*day_number < 1 || *day_number > days_in_month(signed_year, *month_number)) return std::nullopt;
  return days_of(signed_year, *month_number, *day_number);
}

// `3:04[:05[.678]]`, added to `to`.
bool scan_time(Scanner& scanner, ParsedTimestamp& to) {
  const auto hour = scanner.digits(1, 2);
  if (!hour || *hour > 23 || !scanner.take(':')) return false;
  const auto minute = scanner.digits(1, 2);
  if (!minute || *minute > 59) return false;
  int second = 0;
  if (scanner.take(':')) {
    const auto seconds = scanner.digits(1, 2);
    if (!seconds || *seconds > 59) return false;
    second = *seconds;
    if (scanner.take('.') && !scanner.fraction(to)) return false;
  }
  to.micros += ((*hour * 60 + *minute) * std::int64_t{60} + second) * kMicrosPerSecond;
  return true;
}

std::int64_t unit_micros(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMillisecond: return 1000;
    case TimeUnit::kSecond: return kMicrosPerSecond;
    case TimeUnit::kMinute: return 60 * kMicrosPerSecond;
    case TimeUnit::kHour: return 3600 * kMicrosPerSecond;
    case TimeUnit::kDay: return kMicrosPerDay;
    case TimeUnit::kWeek: return 7 * kMicrosPerDay;
    default: return 0;  // months differ in length
  }
}

int unit_months(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMonth: return 1;
    case TimeUnit::kQuarter: return 3;
    case TimeUnit::kYear: return 12;
    default: return 0;
  }
}

std::int64_t with_months(std::int64_t months, std::int64_t micros) {
  CivilTime civil = civil_of(micros);
  const std::int64_t all = civil.year * std::int64_t{12} + civil.month - 1 + months;
  civil.year = static_cast<int>(floor_divided(all, 12));
  civil.month = static_cast<int>(all - civil.year * std::int64_t{12}) + 1;
  civil.day = std::min(civil.day, days_in_month(civil.year, civil.month));
  return micros_of(civil);
}

}  // namespace

std::int32_t days_of(int year_number, int month_number, int day_number) {
  const int cycles = static_cast<int>(floor_divided(year_number, 400));
  const year_month_day date{year{year_number - cycles * 400}, month{static_cast<unsigned>(month_number)},
                            day{static_cast<unsigned>(day_number)}};
  return static_cast<std::int32_t>(sys_days{date}.time_since_epoch().count() + cycles * kDaysPerCycle);
}

int days_in_month(int year_number, int month_number) {
  static constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year_number % 4 == 0 && (year_number % 100 != 0 || year_number % 400 == 0);
  return month_number == 2 && leap ? 29 : kDays.at(static_cast<std::size_t>(month_number - 1));
}

CivilTime civil_of(std::int64_t micros) {
  const std::int64_t days = floor_divided(micros, kMicrosPerDay);
  std::int64_t rest = micros - days * kMicrosPerDay;
  const std::int64_t cycles = floor_divided(days, kDaysPerCycle);
  const year_month_day date{sys_days{std::chrono::days{days - cycles * kDaysPerCycle}}};
  CivilTime civil;
  civil.year = static_cast<int>(date.year()) + static_cast<int>(cycles) * 400;
  civil.month = static_cast<int>(static_cast<unsigned>(date.month()));
  civil.day = static_cast<int>(static_cast<unsigned>(date.day()));
  civil.micros = static_cast<int>(rest % kMicrosPerSecond);
  rest /= kMicrosPerSecond;
  civil.second = static_cast<int>(rest % 60);
  civil.minute = static_cast<int>(rest / 60 % 60);
  civil.hour = static_cast<int>(rest / 3600);
  return civil;
}

std::int64_t micros_of(const CivilTime& civil) {
  return days_of(civil.year, civil.month, civil.day) * kMicrosPerDay +
         ((civil.hour * 60 + civil.minute) * std::int64_t{60} + civil.second) * kMicrosPerSecond + civil.micros;
}

int day_of_week(std::int32_t days) {
  return static_cast<int>((days + std::int64_t{3}) - floor_divided(days + std::int64_t{3}, 7) * 7) + 1;
}

int day_of_year(const CivilTime& civil) {
  return days_of(civil.year, civil.month, civil.day) - days_of(civil.year, 1, 1) + 1;
}

IsoWeek iso_week_of(std::int32_t days) {
  // The week belongs to the year of its Thursday.
  const std::int32_t thursday = days + 4 - day_of_week(days);
  const int year_number = civil_of(thursday * kMicrosPerDay).year;
  return {year_number, (thursday - days_of(year_number, 1, 1)) / 7 + 1};
}

std::int32_t days_of_iso_week(int year_number, int week, int weekday) {
  const std::int32_t fourth = days_of(year_number, 1, 4);  // always in week 1
  return fourth - day_of_week(fourth) + 1 + (week - 1) * 7 + weekday - 1;
}

std::string date_text(std::int32_t days) {
  const CivilTime civil = civil_of(days * kMicrosPerDay);
  return fmt::format("{}-{:02}-{:02}", year_text(civil.year), civil.month, civil.day);
}

std::string time_text(std::int64_t micros, int precision) {
  const CivilTime civil = civil_of(micros);
  std::string text = fmt::format("{:02}:{:02}:{:02}", civil.hour, civil.minute, civil.second);
  if (precision > 0) text += '.' + fmt::format("{:06}", civil.micros).substr(0, static_cast<std::size_t>(precision));
  return text;
}

std::string timestamp_text(std::int64_t micros, int precision) {
  const std::int64_t days = floor_divided(micros, kMicrosPerDay);
  return date_text(static_cast<std::int32_t>(days)) + ' ' + time_text(micros - days * kMicrosPerDay, precision);
}

std::string day_interval_text(std::int64_t millis) {
  const std::uint64_t size = millis < 0 ? 0 - static_cast<std::uint64_t>(millis) : static_cast<std::uint64_t>(millis);
  return fmt::format("{}{} {:02}:{:02}:{:02}.{:03}", millis < 0 ? "-" : "", size / 86'400'000, size / 3'600'000 % 24,
                     size / 60'000 % 60, size / 1000 % 60, size % 1000);
}

std::string year_interval_text(std::int64_t months) {
  const std::int64_t size = months < 0 ? -months : months;
  return fmt::format("{}{}-{}", months < 0 ? "-" : "", size / 12, size % 12);
}

std::optional<std::int32_t> parse_date(std::string_view text) {
  Scanner scanner{trimmed(text)};
  const auto days = scan_date(scanner);
  return scanner.empty() ? days : std::nullopt;
}

std::optional<ParsedTimestamp> parse_timestamp(std::string_view text) {
  Scanner scanner{trimmed(text)};
  const auto days = scan_date(scanner);
  if (!days) return std::nullopt;
  ParsedTimestamp parsed;
  parsed.micros = *days * kMicrosPerDay;
  if (scanner.empty()) return parsed;
  if (!scanner.take(' ')) return std::nullopt;
  if (!scanner.empty() && scanner.rest().front() >= '0' && scanner.rest().front() <= '9' &&
      !scan_time(scanner, parsed)) {
    return std::nullopt;
  }
  scanner.blanks();
  parsed.zone = scanner.rest();
  return parsed;
}

std::optional<ParsedTimestamp> parse_time(std::string_view text) {
  Scanner scanner{trimmed(text)};
  ParsedTimestamp parsed;
  if (!scan_time(scanner, parsed)) return std::nullopt;
  scanner.blanks();
  parsed.zone = scanner.rest();
  return parsed;
}

std::int64_t rounded_to_precision(std::int64_t micros, int precision) {
  if (precision >= 6) return micros;
  const std::int64_t unit = power_of_ten(6 - precision);
  const std::int64_t down = floor_divided(micros, unit) * unit;
  return micros - down >= unit / 2 ? down + unit : down;
}

std::int64_t whole_millis(std::int64_t micros) {
  return floor_divided(micros, 1000) * 1000;
}

std::optional<TimeUnit> find_time_unit(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, TimeUnit>, 9> kUnits = {
      {{"millisecond", TimeUnit::kMillisecond},
       {"second", TimeUnit::kSecond},
       {"minute", TimeUnit::kMinute},
       {"hour", TimeUnit::kHour},
       {"day", TimeUnit::kDay},
       {"week", TimeUnit::kWeek},
       {"month", TimeUnit::kMonth},
       {"quarter", TimeUnit::kQuarter},
       {"year", TimeUnit::kYear}}};
  const auto found = std::ranges::find_if(
      kUnits, [&](const auto& unit) { return std::ranges::equal(unit.first, name, {}, {}, lower_letter); });
  if (found == kUnits.end()) return std::nullopt;
  return found->second;
}

std::int64_t truncated(TimeUnit unit, std::int64_t micros) {
  if (unit == TimeUnit::kWeek) {
    const auto days = static_cast<std::int32_t>(floor_divided(micros, kMicrosPerDay));
    return (days - day_of_week(days) + 1) * kMicrosPerDay;
  }
  if (const std::int64_t length = unit_micros(unit); length > 0) return floor_divided(micros, length) * length;
  const CivilTime civil = civil_of(micros);
  const int months = unit_months(unit);
  return days_of(civil.year, (civil.month - 1) / months * months + 1, 1) * kMicrosPerDay;
}

Answer<std::int64_t> added(TimeUnit unit, std::int64_t amount, std::int64_t micros) {
  // Trino's dates go to the year 292277026 or so, DuckDB's timestamps to 294247.
  constexpr std::int64_t kMostMonths = std::int64_t{12} * 290'000;
  if (const std::int64_t length = unit_micros(unit); length > 0) {
    std::int64_t sum = 0;
    if (__builtin_mul_overflow(amount, length, &sum) || __builtin_add_overflow(sum, micros, &sum)) {
      return out_of_range("the sum of a time and an amount is too far away");
    }
    return sum;
  }
  std::int64_t months = 0;
  if (__builtin_mul_overflow(amount, std::int64_t{unit_months(unit)}, &months) || months > kMostMonths ||
      months < -kMostMonths) {
    return out_of_range("the sum of a time and an amount is too far away");
  }
  return with_months(months, micros);
}

std::int64_t difference(TimeUnit unit, std::int64_t from, std::int64_t to) {
  if (const std::int64_t length = unit_micros(unit); length > 0) {
    __extension__ using Wide = __int128;
    return static_cast<std::int64_t>((static_cast<Wide>(to) - from) / length);
  }
  const bool backwards = to < from;
  const std::int64_t early = backwards ? to : from;
  const std::int64_t late = backwards ? from : to;
  const CivilTime a = civil_of(early);
  const CivilTime b = civil_of(late);
  std::int64_t months = (b.year - a.year) * std::int64_t{12} + b.month - a.month;
  // A month is complete on its day, or on the last day where that does not exist.
  if (months > 0 && with_months(months, early) > late) --months;
  const std::int64_t whole = months / unit_months(unit);
  return backwards ? -whole : whole;
}

}  // namespace flowtrail::scalar
