#include "base/utc_time.h"

#include <array>
#include <bit>
#include <charconv>

namespace flowtrail {
namespace {

// Takes exactly `digits` decimal digits off the front of `text`.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// `Z`, `+hh:mm`, `+hhmm` or nothing, to the end of the text.
bool take_zone(std::string_view& text, std::chrono::seconds& offset) {
  offset = {};
  if (text.empty()) return true;
  if (take(text, 'Z') || take(text, 'z')) return text.empty();
  const bool east = text.front() == '+';
  if (!east && text.front() != '-') return false;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!take_number(text, 2, hours)) return false;
  take(text, ':');
  if (!text.empty() && !take_number(text, 2, minutes)) return false;
  offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  if (!east) offset = -offset;
  return text.empty();
}

constexpr std::size_t kWord = sizeof(std::uint64_t);

/// Eight letters as one word, whatever the order of bytes is.
constexpr std::uint64_t word_of(std::string_view text, std::size_t at) {
  std::array<char, kWord> letters{};
  for (std::size_t i = 0; i < kWord; ++i) letters[i] = text[at + i];
  return std::bit_cast<std::uint64_t>(letters);
}

/// `2026-03-01T10:00:05Z`, as nearly all logs write it: a 0 stands for any digit.
constexpr std::string_view kUsualForm = "0000-00-00T00:00:00Z";

/// What added to the difference from the form makes the highest bit of a byte: ten where a digit stands, else one.
constexpr std::string_view kTooFar = "vvvv\x7fvv\x7fvv\x7fvv\x7fvv\x7fvv\x7f";  // 'v' is 0x80 - 10

/// The eight letters at `at`, where the form has a constant place.
template <std::size_t At>
bool fits_usual_form(std::string_view text) {
  constexpr std::uint64_t kHighs = 0x8080808080808080U;
  constexpr std::uint64_t kForm = word_of(kUsualForm, At);
  constexpr std::uint64_t kAdded = word_of(kTooFar, At);
  const std::uint64_t difference = word_of(text, At) ^ kForm;
  return ((((difference & ~kHighs) + kAdded) | difference) & kHighs) == 0;
}

/// Nothing for every other form.
std::optional<UtcSeconds> parse_usual(std::string_view text) {
  if (text.size() != kUsualForm.size()) return std::nullopt;
  const bool fits =
      fits_usual_form<0>(text) && fits_usual_form<kWord>(text) && fits_usual_form<kUsualForm.size() - kWord>(text);
  if (!fits) return std::nullopt;
  const auto two = [text](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  const std::chrono::year_month_day date{std::chrono::year{two(0) * 100 + two(2)},
                                         std::chrono::month{static_cast<unsigned>(two(5))},
                                         std::chrono::day{static_cast<unsigned>(two(8))}};
  const int hour = two(11);
  const int minute = two(14);
  const int second = two(17);
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::seconds{hour * 3600 + minute * 60 + second};
}

// Two digits; `fmt` takes ten times as long for the same.
void put_two(std::string& text, std::size_t at, int number) {
  text[at] = static_cast<char>('0' + number / 10);
  text[at + 1] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::string format_utc(UtcSeconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  const int year = static_cast<int>(date.year());
  if (year >= 0 && year <= 9999) {
    std::string text = "0000-00-00T00:00:00Z";
    put_two(text, 0, year / 100);
    put_two(text, 2, year % 100);
    put_two(text, 5, static_cast<int>(static_cast<unsigned>(date.month())));
    put_two(text, 8, static_cast<int>(static_cast<unsigned>(date.day())));
    put_two(text, 11, static_cast<int>(clock.hours().count()));
    put_two(text, 14, static_cast<int>(clock.minutes().count()));
    put_two(text, 17, static_cast<int>(clock.seconds().count()));
    return text;
  }
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", year, static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

Result<UtcSeconds> parse_utc(std::string_view text) {
  if (const auto usual = parse_usual(text)) return *usual;
  const std::string_view whole = text;
  const auto bad = [&] {
    return failure(ErrorCode::kUsage, "not a time: {} (expected for example 2026-03-01T10:00:00Z)", whole);
  };
  int year = 0;
  int month = 0;
  int day = 0;
  if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) || !take(text, '-') ||
      !take_number(text, 2, day)) {
    return bad();
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return bad();
  UtcSeconds time = std::chrono::sys_days{date};
  if (text.empty()) return time;
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return bad();
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute)) return bad();
  if (take(text, ':')) {
    if (!take_number(text, 2, second)) return bad();
    if (take(text, '.')) {
      if (text.empty() || text.front() < '0' || text.front() > '9') return bad();
      while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
    }
  }
  std::chrono::seconds offset{};
  if (hour > 23 || minute > 59 || second > 60 || !take_zone(text, offset)) return bad();
  return time + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second} - offset;
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  if (code == std::errc{} && count >= 0 && count <= 1'000'000'000 && unit.size() == 1) {
    switch (unit.front()) {
      case 's': return std::chrono::seconds{count};
      case 'm': return std::chrono::minutes{count};
      case 'h': return std::chrono::hours{count};
      case 'd': return std::chrono::days{count};
      case 'w': return std::chrono::weeks{count};
      default: break;
    }
  }
  return failure(ErrorCode::kUsage, "not a duration: {} (expected for example 24h or 7d)", text);
}

}  // namespace flowtrail
