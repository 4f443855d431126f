#include "scalar/date_pattern.h"

#include <fmt/format.h>
#include <unicode/locid.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <utility>

#include "base/letters.h"
#include "scalar/calendar.h"

namespace flowtrail::scalar {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};
constexpr std::size_t kShort = 3;

bool takes_word(std::string_view& rest, std::string_view word) {
  if (rest.size() < word.size()) return false;
  if (!std::ranges::equal(rest.substr(0, word.size()), word, {}, lower_letter, lower_letter)) return false;
  rest.remove_prefix(word.size());
  return true;
}

// The number of the name from 1, full names first.
template <std::size_t N>
std::optional<int> takes_name(std::string_view& rest, const std::array<std::string_view, N>& names) {
  for (const std::size_t length : {std::string_view::npos, kShort}) {
    for (std::size_t i = 0; i < N; ++i) {
      if (takes_word(rest, names.at(i).substr(0, length))) return static_cast<int>(i) + 1;
    }
  }
  return std::nullopt;
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

std::optional<int> takes_number(std::string_view& rest, int most, bool with_sign = false) {
  bool negative = false;
  std::string_view digits = rest;
  if (with_sign && !digits.empty() && (digits.front() == '-' || digits.front() == '+')) {
    negative = digits.front() == '-';
    digits.remove_prefix(1);
  }
  int value = 0;
  int count = 0;
  while (count < most && !digits.empty() && is_digit(digits.front())) {
    value = value * 10 + (digits.front() - '0');
    digits.remove_prefix(1);
    ++count;
  }
  if (count == 0) return std::nullopt;
  rest = digits;
  return negative ? -value : value;
}

// Digits of a fraction as microseconds; digits beyond are dropped.
int takes_fraction(std::string_view& rest, int most) {
  int micros = 0;
  int unit = 100'000;
  for (int count = 0; count < most && !rest.empty() && is_digit(rest.front()); ++count, rest.remove_prefix(1)) {
    micros += (rest.front() - '0') * unit;
    unit /= 10;
  }
  return micros;
}

// `Z`, `-08`, `-0800`, `-08:00`; minutes.
std::optional<int> takes_offset(std::string_view& rest) {
  if (takes_word(rest, "Z")) return 0;
  if (rest.empty() || (rest.front() != '+' && rest.front() != '-')) return std::nullopt;
  const bool west = rest.front() == '-';
  std::string_view digits = rest.substr(1);
  const auto hours = digits.size() >= 2 && is_digit(digits[1]) ? takes_number(digits, 2) : std::nullopt;
  if (!hours || *hours > 23) return std::nullopt;
  int minutes = 0;
  std::string_view further = digits;
  if (further.starts_with(':')) further.remove_prefix(1);
  if (further.size() >= 2 && is_digit(further[0]) && is_digit(further[1])) {
    minutes = *takes_number(further, 2);
    digits = further;
  }
  if (minutes > 59) return std::nullopt;
  rest = digits;
  const int total = *hours * 60 + minutes;
  return west ? -total : total;
}

std::unexpected<ScalarError> malformed(std::string_view text, std::string_view rest) {
  if (rest.size() == text.size()) return invalid_argument(fmt::format("Invalid format: \"{}\"", text));
  if (rest.empty()) return invalid_argument(fmt::format("Invalid format: \"{}\" is too short", text));
  return invalid_argument(fmt::format("Invalid format: \"{}\" is malformed at \"{}\"", text, rest));
}

std::unexpected<ScalarError> outside(std::string_view text, int value, std::string_view field, int least, int most) {
  return invalid_argument(fmt::format("Cannot parse \"{}\": Value {} for {} must be in the range [{},{}]", text, value,
                                      field, least, most));
}

std::string zone_text(const TimeZone& zone, bool full, std::int64_t offset_seconds) {
  const std::unique_ptr<icu::TimeZone> known{icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone.name()))};
  if (!known || *known == icu::TimeZone::getUnknown()) return zone.name();
  const bool daylight = known->getRawOffset() / 1000 != offset_seconds;
  icu::UnicodeString name;
  known->getDisplayName(static_cast<UBool>(daylight), full ? icu::TimeZone::LONG : icu::TimeZone::SHORT,
                        icu::Locale::getUS(), name);
  std::string text;
  name.toUTF8String(text);
  return zone.name() == "UTC" && full ? "Coordinated Universal Time" : text;
}

}  // namespace

struct DatePattern::Found {
  std::optional<int> year, weekyear, month, week, day_of_year, day, weekday, hour, half_hour, minute, second, micros;
  std::optional<int> century;
  bool before_christ = false;
  std::optional<bool> afternoon;
  std::optional<TimeZone> zone;
  int pivot = 2020;
};

void DatePattern::add(Field field, int least, int most) {
  elements_.push_back({.field = field, .least = least, .most = most, .text = {}});
}

void DatePattern::add_literal(std::string_view text) {
  if (text.empty()) return;
  if (!elements_.empty() && elements_.back().field == Field::kLiteral) {
    elements_.back().text += text;
  } else {
    elements_.push_back({.field = Field::kLiteral, .least = 1, .most = 9, .text = std::string{text}});
  }
}

Answer<DatePattern> DatePattern::mysql(std::string_view pattern) {
  DatePattern made;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      made.add_literal(pattern.substr(i, 1));
      continue;
    }
    switch (const char letter = pattern[++i]) {
      case 'a': made.add(Field::kWeekdayShortName); break;
      case 'b': made.add(Field::kMonthShortName); break;
      case 'c': made.add(Field::kMonth, 1, 2); break;
      case 'd': made.add(Field::kDay, 2, 2); break;
      case 'e': made.add(Field::kDay, 1, 2); break;
      case 'f': made.add(Field::kFraction, 6, 9); break;
      case 'H': made.add(Field::kHour, 2, 2); break;
      case 'h':
      case 'I': made.add(Field::kClockHalfHour, 2, 2); break;
      case 'i': made.add(Field::kMinute, 2, 2); break;
      case 'j': made.add(Field::kDayOfYear, 3, 3); break;
      case 'k': made.add(Field::kHour, 1, 2); break;
      case 'l': made.add(Field::kClockHalfHour, 1, 2); break;
      case 'M': made.add(Field::kMonthName); break;
      case 'm': made.add(Field::kMonth, 2, 2); break;
      case 'p': made.add(Field::kHalfday); break;
      case 'r':
        made.add(Field::kClockHalfHour, 2, 2);
        made.add_literal(":");
        made.add(Field::kMinute, 2, 2);
        made.add_literal(":");
        made.add(Field::kSecond, 2, 2);
        made.add_literal(" ");
        made.add(Field::kHalfday);
        break;
      case 'S':
      case 's': made.add(Field::kSecond, 2, 2); break;
      case 'T':
        made.add(Field::kHour, 2, 2);
        made.add_literal(":");
        made.add(Field::kMinute, 2, 2);
        made.add_literal(":");
        made.add(Field::kSecond, 2, 2);
        break;
      case 'v': made.add(Field::kWeek, 2, 2); break;
      case 'x': made.add(Field::kWeekyear, 4, 4); break;
      case 'W': made.add(Field::kWeekdayName); break;
      case 'Y': made.add(Field::kYear, 4, 4); break;
      case 'y': made.add(Field::kTwoDigitYear, 2, 2); break;
      case 'w':
      case 'U':
      case 'u':
      case 'V':
      case 'X':
      case 'D': return invalid_argument(fmt::format("%{} not supported in date format string", letter));
      default: made.add_literal(pattern.substr(i, 1));
    }
  }
  if (made.elements_.empty() && !pattern.empty()) return invalid_argument("Invalid date format");
  return made;
}

std::optional<std::string> DatePattern::add_joda(char letter, int count, bool number_follows) {
  const int most_of_year = number_follows ? count : 9;
  switch (letter) {
    case 'G': add(Field::kEra); break;
    case 'C': add(Field::kCentury, count, count); break;
    case 'y':
      if (count == 2) {
        add(Field::kTwoDigitYear, 2, number_follows ? 2 : 9);
      } else {
        add(Field::kYear, count, most_of_year);
      }
      break;
    case 'Y': add(Field::kYearOfEra, count, most_of_year); break;
    case 'x':
      if (count == 2) {
        add(Field::kTwoDigitWeekyear, 2, number_follows ? 2 : 9);
      } else {
        add(Field::kWeekyear, count, most_of_year);
      }
      break;
    case 'w': add(Field::kWeek, count, std::max(count, 2)); break;
    case 'e': add(Field::kWeekday, count, std::max(count, 1)); break;
    case 'E': add(count >= 4 ? Field::kWeekdayName : Field::kWeekdayShortName); break;
    case 'D': add(Field::kDayOfYear, count, std::max(count, 3)); break;
    case 'M':
      if (count >= 3) {
        add(count >= 4 ? Field::kMonthName : Field::kMonthShortName);
      } else {
        add(Field::kMonth, count, 2);
      }
      break;
    case 'd': add(Field::kDay, count, std::max(count, 2)); break;
    case 'a': add(Field::kHalfday); break;
    case 'K': add(Field::kHalfHour, count, std::max(count, 2)); break;
    case 'h': add(Field::kClockHalfHour, count, std::max(count, 2)); break;
    case 'H': add(Field::kHour, count, std::max(count, 2)); break;
    case 'k': add(Field::kClockHour, count, std::max(count, 2)); break;
    case 'm': add(Field::kMinute, count, std::max(count, 2)); break;
    case 's': add(Field::kSecond, count, std::max(count, 2)); break;
    case 'S': add(Field::kFraction, count, count); break;
    case 'z': add(Field::kZoneName, count); break;
    case 'Z': add(count == 1 ? Field::kOffset : count == 2 ? Field::kColonOffset : Field::kZoneId); break;
    default: return fmt::format("Illegal pattern component: {}", std::string(static_cast<std::size_t>(count), letter));
  }
  return std::nullopt;
}

Answer<DatePattern> DatePattern::joda(std::string_view pattern) {
  if (pattern.empty()) return invalid_argument("Invalid pattern specification");
  static constexpr std::string_view kNumbers = "CyYxwedDFHkKhmsS";
  DatePattern made;
  made.pivot_ = civil_of(std::chrono::duration_cast<std::chrono::microseconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count())
                    .year -
                30;
  const auto is_letter = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
  };
  for (std::size_t i = 0; i < pattern.size();) {
    const char letter = pattern[i];
    if (letter == '\'') {
      // Between quotes; two quotes are one.
      if (pattern.substr(i, 2) == "''") {
        made.add_literal("'");
        i += 2;
        continue;
      }
      for (++i; i < pattern.size(); ++i) {
        if (pattern[i] == '\'') {
          if (pattern.substr(i, 2) != "''") break;
          ++i;
        }
        made.add_literal(pattern.substr(i, 1));
      }
      ++i;
      continue;
    }
    if (!is_letter(letter)) {
      made.add_literal(pattern.substr(i, 1));
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < pattern.size() && pattern[end] == letter) ++end;
    std::size_t next_end = end;
    while (next_end < pattern.size() && end < pattern.size() && pattern[next_end] == pattern[end]) ++next_end;
    const bool number_follows = end < pattern.size() && (kNumbers.find(pattern[end]) != std::string_view::npos ||
                                                         (pattern[end] == 'M' && next_end - end <= 2));
    if (const auto fault = made.add_joda(letter, static_cast<int>(end - i), number_follows)) {
      return invalid_argument(*fault);
    }
    i = end;
  }
  return made;
}

std::string DatePattern::format(std::int64_t local_micros, const TimeZone& zone, std::int64_t offset_seconds) const {
  std::string text;
  for (const Element& element : elements_) write(element, local_micros, zone, offset_seconds, text);
  return text;
}

void DatePattern::write(const Element& element, std::int64_t local_micros, const TimeZone& zone,
                        std::int64_t offset_seconds, std::string& to) const {
  const CivilTime civil = civil_of(local_micros);
  const std::int32_t days = days_of(civil.year, civil.month, civil.day);
  const auto number = [&](int value) {
    if (value < 0) to += '-';
    to += fmt::format("{:0{}}", std::abs(value), element.least);
  };
  const auto offset = [&](std::string_view separator) {
    const std::int64_t minutes = std::abs(offset_seconds) / 60;
    to += fmt::format("{}{:02}{}{:02}", offset_seconds < 0 ? '-' : '+', minutes / 60, separator, minutes % 60);
  };
  const auto weekday = static_cast<std::size_t>(day_of_week(days) - 1);
  const auto month = static_cast<std::size_t>(civil.month - 1);
  switch (element.field) {
    case Field::kLiteral: to += element.text; break;
    case Field::kEra: to += civil.year > 0 ? "AD" : "BC"; break;
    case Field::kCentury: number(civil.year / 100); break;
    case Field::kYear: number(civil.year); break;
    case Field::kYearOfEra: number(civil.year > 0 ? civil.year : 1 - civil.year); break;
    case Field::kTwoDigitYear: number(((civil.year % 100) + 100) % 100); break;
    case Field::kWeekyear: number(iso_week_of(days).year); break;
    case Field::kTwoDigitWeekyear: number(((iso_week_of(days).year % 100) + 100) % 100); break;
    case Field::kMonth: number(civil.month); break;
    case Field::kMonthName: to += kMonths.at(month); break;
    case Field::kMonthShortName: to += kMonths.at(month).substr(0, kShort); break;
    case Field::kWeek: number(iso_week_of(days).week); break;
    case Field::kDayOfYear: number(day_of_year(civil)); break;
    case Field::kDay: number(civil.day); break;
    case Field::kWeekday: number(day_of_week(days)); break;
    case Field::kWeekdayName: to += kWeekdays.at(weekday); break;
    case Field::kWeekdayShortName: to += kWeekdays.at(weekday).substr(0, kShort); break;
    case Field::kHalfday: to += civil.hour < 12 ? "AM" : "PM"; break;
    case Field::kHour: number(civil.hour); break;
    case Field::kClockHour: number(civil.hour == 0 ? 24 : civil.hour); break;
    case Field::kHalfHour: number(civil.hour % 12); break;
    case Field::kClockHalfHour: number(civil.hour % 12 == 0 ? 12 : civil.hour % 12); break;
    case Field::kMinute: number(civil.minute); break;
    case Field::kSecond: number(civil.second); break;
    case Field::kFraction: {
      const std::string digits = fmt::format("{:06}", civil.micros) + "000";
      to += digits.substr(0, static_cast<std::size_t>(std::min(element.least, 9)));
      if (element.least > 9) to += std::string(static_cast<std::size_t>(element.least - 9), '0');
      break;
    }
    case Field::kZoneName: to += zone_text(zone, element.least >= 4, offset_seconds); break;
    case Field::kOffset: offset(""); break;
    case Field::kColonOffset: offset(":"); break;
    case Field::kZoneId: to += zone.name(); break;
  }
}

bool DatePattern::read(const Element& element, std::string_view& rest, Found& found) {
  const auto number = [&](std::optional<int>& to, bool with_sign = false) {
    const auto value = takes_number(rest, element.most, with_sign);
    if (value) to = value;
    return value.has_value();
  };
  const auto two_digits = [&](std::optional<int>& to) {
    const std::size_t before = rest.size();
    const auto value = takes_number(rest, element.most, element.most > 2);
    if (!value) return false;
    if (before - rest.size() != 2) {
      if (element.most == 2) return false;
      to = value;
      return true;
    }
    // The year of the hundred around the pivot.
    const int low = found.pivot - 50;
    const int century = low - ((low % 100) + 100) % 100;
    to = century + *value + (*value < low - century ? 100 : 0);
    return true;
  };
  switch (element.field) {
    case Field::kLiteral: return takes_word(rest, element.text);
    case Field::kEra:
      if (takes_word(rest, "BC")) {
        found.before_christ = true;
        return true;
      }
      return takes_word(rest, "AD");
    case Field::kCentury: return number(found.century);
    case Field::kYear:
    case Field::kYearOfEra: return number(found.year, element.field == Field::kYear);
    case Field::kTwoDigitYear: return two_digits(found.year);
    case Field::kWeekyear: return number(found.weekyear, true);
    case Field::kTwoDigitWeekyear: return two_digits(found.weekyear);
    case Field::kMonth: return number(found.month);
    case Field::kMonthName:
    case Field::kMonthShortName: return (found.month = takes_name(rest, kMonths)).has_value();
    case Field::kWeek: return number(found.week);
    case Field::kDayOfYear: return number(found.day_of_year);
    case Field::kDay: return number(found.day);
    case Field::kWeekday: return number(found.weekday);
    case Field::kWeekdayName:
    case Field::kWeekdayShortName: return (found.weekday = takes_name(rest, kWeekdays)).has_value();
    case Field::kHalfday:
      if (takes_word(rest, "AM")) {
        found.afternoon = false;
        return true;
      }
      found.afternoon = true;
      return takes_word(rest, "PM");
    case Field::kHour: return number(found.hour);
    case Field::kClockHour:
      if (!number(found.hour)) return false;
      if (*found.hour == 24) found.hour = 0;
      return true;
    case Field::kHalfHour: return number(found.half_hour);
    case Field::kClockHalfHour:
      if (!number(found.half_hour) || *found.half_hour < 1) return false;
      if (*found.half_hour == 12) found.half_hour = 0;
      return true;
    case Field::kMinute: return number(found.minute);
    case Field::kSecond: return number(found.second);
    case Field::kFraction: found.micros = takes_fraction(rest, element.most); return true;
    case Field::kZoneName:
    case Field::kZoneId:
    case Field::kOffset:
    case Field::kColonOffset: {
      if (const auto minutes = takes_offset(rest)) {
        found.zone = TimeZone::fixed(*minutes);
        return true;
      }
      // The longest name that is a zone.
      for (std::size_t size = std::min<std::size_t>(rest.size(), 40); size > 0; --size) {
        if (auto zone = TimeZone::find(rest.substr(0, size))) {
          found.zone = std::move(zone);
          rest.remove_prefix(size);
          return true;
        }
      }
      return false;
    }
  }
  return false;
}

Answer<DatePattern::Parsed> DatePattern::put_together(const Found& found, std::string_view text) {
  struct Range {
    const std::optional<int>& value;
    std::string_view name;
    int least, most;
  };
  const std::array ranges = {
      Range{found.month, "monthOfYear", 1, 12},      Range{found.week, "weekOfWeekyear", 1, 53},
      Range{found.day_of_year, "dayOfYear", 1, 366}, Range{found.weekday, "dayOfWeek", 1, 7},
      Range{found.hour, "hourOfDay", 0, 23},         Range{found.half_hour, "hourOfHalfday", 0, 11},
      Range{found.minute, "minuteOfHour", 0, 59},    Range{found.second, "secondOfMinute", 0, 59}};
  for (const std::optional<int>& year : {found.year, found.weekyear}) {
    if (year && std::abs(*year) > kLastYear) return outside(text, *year, "year", -kLastYear, kLastYear);
  }
  if (found.century.value_or(0) > kLastYear / 100) return outside(text, *found.century, "century", 0, kLastYear / 100);
  for (const Range& range : ranges) {
    if (range.value && (*range.value < range.least || *range.value > range.most)) {
      return outside(text, *range.value, range.name, range.least, range.most);
    }
  }
  CivilTime civil;
  civil.year = found.year.value_or(found.century ? *found.century * 100 : 1970);
  if (found.before_christ) civil.year = 1 - civil.year;
  civil.month = found.month.value_or(1);
  const int last_day = days_in_month(civil.year, civil.month);
  civil.day = found.day.value_or(1);
  if (civil.day < 1 || civil.day > last_day) return outside(text, civil.day, "dayOfMonth", 1, last_day);
  std::int32_t days = days_of(civil.year, civil.month, civil.day);
  if (found.day_of_year) {
    const int in_year = days_of(civil.year + 1, 1, 1) - days_of(civil.year, 1, 1);
    if (*found.day_of_year > in_year) return outside(text, *found.day_of_year, "dayOfYear", 1, in_year);
    days = days_of(civil.year, 1, 1) + *found.day_of_year - 1;
  }
  if (found.weekyear || found.week) {
    const int weekyear = found.weekyear.value_or(iso_week_of(days).year);
    const int weekday = found.weekyear && !found.week ? day_of_week(days) : 1;
    days = days_of_iso_week(weekyear, found.week.value_or(1), found.weekday.value_or(weekday));
  } else if (found.weekday) {
    days += *found.weekday - day_of_week(days);
  }
  const int half = found.half_hour ? *found.half_hour + (found.afternoon.value_or(false) ? 12 : 0) : 0;
  int hour = found.hour.value_or(half);
  if (!found.half_hour && found.afternoon) hour = hour % 12 + (*found.afternoon ? 12 : 0);
  Parsed parsed;
  parsed.local_micros =
      days * kMicrosPerDay +
      ((hour * 60 + found.minute.value_or(0)) * std::int64_t{60} + found.second.value_or(0)) * kMicrosPerSecond +
      found.micros.value_or(0);
  parsed.zone = found.zone;
  return parsed;
}

Answer<DatePattern::Parsed> DatePattern::parse(std::string_view text) const {
  std::string_view rest = text;
  Found found;
  found.pivot = pivot_;
  for (const Element& element : elements_) {
    if (!read(element, rest, found)) return malformed(text, rest);
  }
  if (!rest.empty()) return malformed(text, rest);
  return put_together(found, text);
}

namespace {

// Reads an ISO 8601 text from the left.
class IsoReader {
 public:
  explicit IsoReader(std::string_view text) : text_(text), rest_(text) {}

  Answer<std::int32_t> date() {
    const auto year = takes_number(rest_, 9, true);
    if (!year) return malformed(text_, rest_);
    if (std::abs(*year) > kLastYear) return outside(text_, *year, "year", -kLastYear, kLastYear);
    if (!rest_.starts_with('-')) return days_of(*year, 1, 1);
    if (rest_.size() > 1 && (rest_[1] == 'W' || rest_[1] == 'w')) return week_date(*year);
    std::string_view digits = rest_.substr(1);
    std::size_t count = 0;
    while (count < digits.size() && is_digit(digits[count])) ++count;
    if (count == 0) return malformed(text_, rest_);
    rest_.remove_prefix(1);
    if (count >= 3) return ordinal_date(*year);
    const int month = *takes_number(rest_, 2);
    if (month < 1 || month > 12) return outside(text_, month, "monthOfYear", 1, 12);
    if (!(rest_.size() > 1 && rest_[0] == '-' && is_digit(rest_[1]))) return days_of(*year, month, 1);
    rest_.remove_prefix(1);
    const int day = *takes_number(rest_, 2);
    const int last = days_in_month(*year, month);
    if (day < 1 || day > last) return outside(text_, day, "dayOfMonth", 1, last);
    return days_of(*year, month, day);
  }

  // `03`, `03:04`, `03:04:05.6`, `03.5`; microseconds since midnight.
  Answer<std::int64_t> time() {
    std::int64_t micros = 0;
    std::int64_t unit = std::int64_t{3600} * kMicrosPerSecond;
    static constexpr std::array<std::pair<std::string_view, int>, 3> kParts = {
        {{"hourOfDay", 23}, {"minuteOfHour", 59}, {"secondOfMinute", 59}}};
    for (std::size_t part = 0; part < kParts.size(); ++part) {
      const auto value = takes_number(rest_, 2);
      if (!value) return malformed(text_, rest_);
      if (*value > kParts.at(part).second)
        return outside(text_, *value, kParts.at(part).first, 0, kParts.at(part).second);
      micros += *value * unit;
      if (rest_.size() > 1 && (rest_[0] == '.' || rest_[0] == ',') && is_digit(rest_[1])) {
        rest_.remove_prefix(1);
        return micros + fraction(unit);
      }
      if (part == 2 || !rest_.starts_with(':')) break;
      rest_.remove_prefix(1);
      unit /= 60;
    }
    return micros;
  }

  std::optional<TimeZone> offset() {
    const auto minutes = takes_offset(rest_);
    if (!minutes) return std::nullopt;
    return TimeZone::fixed(*minutes);
  }
  bool takes_t() { return takes_word(rest_, "T"); }
  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  Answer<std::int32_t> week_date(int year) {
    rest_.remove_prefix(2);
    const auto week = takes_number(rest_, 2);
    if (!week) return malformed(text_, rest_);
    if (*week < 1 || *week > 53) return outside(text_, *week, "weekOfWeekyear", 1, 53);
    int weekday = 1;
    if (rest_.size() > 1 && rest_[0] == '-' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      weekday = *takes_number(rest_, 1);
      if (weekday < 1 || weekday > 7) return outside(text_, weekday, "dayOfWeek", 1, 7);
    }
    return days_of_iso_week(year, *week, weekday);
  }
  Answer<std::int32_t> ordinal_date(int year) {
    const int day = *takes_number(rest_, 3);
    const int in_year = days_of(year + 1, 1, 1) - days_of(year, 1, 1);
    if (day < 1 || day > in_year) return outside(text_, day, "dayOfYear", 1, in_year);
    return days_of(year, 1, 1) + day - 1;
  }
  std::int64_t fraction(std::int64_t unit) {
    std::int64_t micros = 0;
    for (std::int64_t part = unit / 10; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), part /= 10) {
      micros += (rest_.front() - '0') * part;
    }
    return micros;
  }

  std::string_view text_;
  std::string_view rest_;
};

}  // namespace

Answer<DatePattern::Parsed> parse_iso8601_timestamp(std::string_view text) {
  IsoReader reader{text};
  DatePattern::Parsed parsed;
  const bool only_time = reader.takes_t();
  if (!only_time) {
    const auto days = reader.date();
    if (!days) return std::unexpected(days.error());
    parsed.local_micros = *days * kMicrosPerDay;
  }
  if (only_time || reader.takes_t()) {
    if (!reader.done() && is_digit(reader.rest().front())) {
      const auto micros = reader.time();
      if (!micros) return std::unexpected(micros.error());
      parsed.local_micros += *micros;
    }
    parsed.zone = reader.offset();
  }
  if (!reader.done()) return malformed(text, reader.rest());
  return parsed;
}

Answer<std::int32_t> parse_iso8601_date(std::string_view text) {
  IsoReader reader{text};
  auto days = reader.date();
  if (days && !reader.done()) return malformed(text, reader.rest());
  return days;
}

std::string iso8601_text(std::int64_t local_micros, int precision) {
  std::string text = timestamp_text(local_micros, precision);
  text[text.find(' ')] = 'T';
  return text;
}

std::string iso8601_offset(std::int64_t seconds) {
  if (seconds == 0) return "Z";
  const std::int64_t minutes = std::abs(seconds) / 60;
  return fmt::format("{}{:02}:{:02}", seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace flowtrail::scalar
