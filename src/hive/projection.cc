// A column's values are a sequence of which each member can be made from its index. Where the sequence rises in the
// order that the column's type compares by, constraints are searched in it; else all of it is walked through.
#include "hive/projection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <limits>
#include <ranges>
#include <unordered_set>

#include "base/letters.h"
#include "hive/lexer.h"
#include "scalar/time_zone.h"

namespace flowtrail::hive {
namespace {

using scalar::TimeUnit;
using trino::TypeKind;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// Properties by names without case.
class PropertyReader {
 public:
  explicit PropertyReader(const Properties& properties) {
    for (const auto& [name, value] : properties) values_[lower(name)] = value;
  }

  [[nodiscard]] const std::string* find(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
  }

  [[nodiscard]] Result<std::string> required(const std::string& name) const {
    const std::string* value = find(name);
    if (value == nullptr) return failure(ErrorCode::kUsage, "table property {} is missing", name);
    return *value;
  }

  /// 1 where it is missing.
  [[nodiscard]] Result<std::int64_t> positive(const std::string& name, std::int64_t most) const {
    const std::string* text = find(name);
    if (text == nullptr) return 1;
    const auto value = integer_of(trimmed(*text));
    if (!value || *value < 1 || *value > most) {
      return failure(ErrorCode::kUsage, "table property {}: not a number from 1 to {}: {}", name, most, *text);
    }
    return *value;
  }

  /// Two values with a comma between them.
  [[nodiscard]] Result<std::pair<std::string, std::string>> range(const std::string& name) const {
    FT_TRY(const std::string text, required(name));
    const std::size_t comma = text.find(',');
    if (comma == std::string::npos || text.find(',', comma + 1) != std::string::npos) {
      return failure(ErrorCode::kUsage, "table property {}: not two values with a comma between them: {}", name, text);
    }
    return std::pair{text.substr(0, comma), text.substr(comma + 1)};
  }

 private:
  std::map<std::string, std::string> values_;
};

constexpr std::int64_t kMostInterval = std::numeric_limits<std::int32_t>::max();

// DAYS or DAY, in any case.
std::optional<TimeUnit> unit_of(std::string_view text) {
  std::string name = lower(text);
  if (name.ends_with('s')) name.pop_back();
  if (name == "milli") return TimeUnit::kMillisecond;
  const auto unit = scalar::find_time_unit(name);
  if (!unit || *unit == TimeUnit::kMillisecond || *unit == TimeUnit::kQuarter) return std::nullopt;
  return unit;
}

// NOW, NOW-3YEARS, NOW + 1 DAY. nullopt: no such distance.
std::optional<DateBound> distance_of(std::string_view text) {
  text = trimmed(text);
  if (lower(text.substr(0, 3)) != "now") return std::nullopt;
  DateBound bound;
  bound.from_now = true;
  text = trimmed(text.substr(3));
  if (text.empty()) return bound;
  const char sign = text.front();
  text = trimmed(text.substr(1));
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto amount = integer_of(text.substr(0, digits));
  const auto unit = unit_of(trimmed(text.substr(digits)));
  if ((sign != '+' && sign != '-') || !amount || !unit) return std::nullopt;
  bound.amount = sign == '-' ? -*amount : *amount;
  bound.unit = *unit;
  return bound;
}

Result<DateBound> date_bound(const std::string& property, std::string_view text, const DateFormat& format,
                             std::string_view pattern) {
  if (const auto distance = distance_of(text)) return *distance;
  auto micros = format.read(text);
  if (!micros) micros = format.read(trimmed(text));
  if (!micros) {
    return failure(ErrorCode::kUsage, "table property {}: neither a date of the format {} nor NOW[+-]N UNITS: {}",
                   property, pattern, text);
  }
  DateBound bound;
  bound.micros = *micros;
  return bound;
}

Result<EnumProjection> enum_projection(const PropertyReader& properties, const std::string& prefix) {
  FT_TRY(const std::string text, properties.required(prefix + "values"));
  EnumProjection made;
  std::unordered_set<std::string> seen;
  for (const auto part : std::views::split(text, ',')) {
    std::string value{part.begin(), part.end()};  // blanks belong to it
    if (seen.insert(value).second) made.values.push_back(std::move(value));
  }
  if (text.empty()) return failure(ErrorCode::kUsage, "table property {}values is empty", prefix);
  return made;
}

Result<IntegerProjection> integer_projection(const PropertyReader& properties, const std::string& prefix) {
  const std::string range = prefix + "range";
  FT_TRY(const auto ends, properties.range(range));
  const auto first = integer_of(trimmed(ends.first));
  const auto last = integer_of(trimmed(ends.second));
  if (!first || !last) {
    return failure(ErrorCode::kUsage, "table property {}: not two whole numbers: {},{}", range, ends.first,
                   ends.second);
  }
  if (*first > *last) {
    return failure(ErrorCode::kUsage, "table property {} runs backwards: {},{}", range, ends.first, ends.second);
  }
  constexpr std::int64_t kMostDigits = 1000;
  IntegerProjection made{*first, *last, 1, 0};
  FT_TRY(made.interval, properties.positive(prefix + "interval", std::numeric_limits<std::int64_t>::max()));
  FT_TRY(const std::int64_t digits, properties.positive(prefix + "digits", kMostDigits));
  made.digits = static_cast<int>(digits);
  return made;
}

Result<DateProjection> date_projection(const PropertyReader& properties, const std::string& prefix) {
  FT_TRY(const std::string pattern, properties.required(prefix + "format"));
  auto format = DateFormat::parse(pattern);
  if (!format) return failure(ErrorCode::kUsage, "table property {}format: {}", prefix, format.error().what);
  const std::string range = prefix + "range";
  FT_TRY(const auto ends, properties.range(range));
  DateProjection made{*std::move(format), {}, {}, 1, TimeUnit::kDay};
  FT_TRY(made.first, date_bound(range, ends.first, made.format, pattern));
  FT_TRY(made.last, date_bound(range, ends.second, made.format, pattern));
  if (!made.first.from_now && !made.last.from_now && made.first.micros > made.last.micros) {
    return failure(ErrorCode::kUsage, "table property {} runs backwards: {},{}", range, ends.first, ends.second);
  }
  FT_TRY(made.interval, properties.positive(prefix + "interval", kMostInterval));
  made.unit = made.format.finest();
  if (const std::string* text = properties.find(prefix + "interval.unit")) {
    const auto unit = unit_of(trimmed(*text));
    if (!unit) {
      return failure(ErrorCode::kUsage,
                     "table property {}interval.unit: not one of YEARS, MONTHS, WEEKS, DAYS, HOURS, MINUTES, SECONDS, "
                     "MILLIS: {}",
                     prefix, *text);
    }
    made.unit = *unit;
  }
  return made;
}

Result<ProjectedColumn> projected_column(const PropertyReader& properties, const Column& column) {
  const std::string prefix = "projection." + lower(column.name) + ".";
  FT_TRY(const std::string text, properties.required(prefix + "type"));
  const std::string type = lower(trimmed(text));
  ProjectedColumn made{column.name, column.type, InjectedProjection{}};
  if (type == "enum") {
    FT_TRY(made.values, enum_projection(properties, prefix));
  } else if (type == "integer") {
    FT_TRY(made.values, integer_projection(properties, prefix));
  } else if (type == "date") {
    FT_TRY(made.values, date_projection(properties, prefix));
  } else if (type != "injected") {
    return failure(ErrorCode::kUsage, "table property {}type: not one of enum, integer, date, injected: {}", prefix,
                   text);
  }
  return made;
}

enum class Order : std::uint8_t { kText, kNumber, kNone };

Order order_of(const trino::Type& type) {
  switch (type.kind()) {
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint: return Order::kNumber;
    case TypeKind::kVarchar:
    case TypeKind::kDate: return Order::kText;
    default: return Order::kNone;
  }
}

// A constraint, made ready to compare with values of one column.
class Filter {
 public:
  Filter(const Constraint& constraint, Order order) : order_(order) {
    if (order_ == Order::kNone) return;
    if (constraint.lower && is_value(*constraint.lower)) lower_ = *constraint.lower;
    if (constraint.upper && is_value(*constraint.upper)) upper_ = *constraint.upper;
    if (!constraint.allowed) return;
    allowed_.emplace();
    std::ranges::copy_if(*constraint.allowed, std::back_inserter(*allowed_),
                         [&](const auto& v) { return is_value(v); });
  }

  [[nodiscard]] Order order() const { return order_; }
  [[nodiscard]] const std::optional<std::string>& lower() const { return lower_; }
  [[nodiscard]] const std::optional<std::string>& upper() const { return upper_; }
  [[nodiscard]] const std::optional<std::vector<std::string>>& allowed() const { return allowed_; }

  /// Negative, 0 or positive. Both are values.
  [[nodiscard]] int compare(std::string_view a, std::string_view b) const {
    if (order_ == Order::kText) return a.compare(b);
    const std::int64_t left = *integer_of(a);
    const std::int64_t right = *integer_of(b);
    return left < right ? -1 : left > right ? 1 : 0;
  }

  [[nodiscard]] bool passes(std::string_view value) const {
    if (!is_value(value)) return true;  // no value of the column's type; that is for the reader to say
    if (lower_ && compare(value, *lower_) < 0) return false;
    if (upper_ && compare(value, *upper_) > 0) return false;
    return !allowed_ || std::ranges::any_of(*allowed_, [&](const auto& a) { return compare(value, a) == 0; });
  }

 private:
  [[nodiscard]] bool is_value(std::string_view text) const { return order_ != Order::kNumber || integer_of(text); }

  Order order_;
  std::optional<std::string> lower_;
  std::optional<std::string> upper_;
  std::optional<std::vector<std::string>> allowed_;
};

struct Sequence {
  std::optional<std::uint64_t> last;  // the greatest index; nullopt: it is empty
  std::function<std::string(std::uint64_t)> text;
  bool rises_as_text = false;
  bool rises_as_number = false;
  /// The index of a value, if it is not to be searched for; may be of another value.
  std::function<std::optional<std::uint64_t>(std::string_view)> index;
};

std::string padded(std::int64_t value, int digits) {
  return fmt::format("{:0{}}", value, digits);
}

Sequence integers(const IntegerProjection& range) {
  const auto first = static_cast<std::uint64_t>(range.first);
  const auto interval = static_cast<std::uint64_t>(range.interval);
  const auto value = [=](std::uint64_t index) { return static_cast<std::int64_t>(first + index * interval); };
  const int digits = range.digits;
  const auto text = [=](std::uint64_t index) { return padded(value(index), digits); };
  const std::uint64_t last = (static_cast<std::uint64_t>(range.last) - first) / interval;
  Sequence made;
  made.last = last;
  made.text = text;
  made.rises_as_number = true;
  made.rises_as_text = range.first >= 0 && text(0).size() == text(last).size();
  made.index = [=](std::string_view wanted) -> std::optional<std::uint64_t> {
    const auto number = integer_of(wanted);
    if (!number || *number < range.first || *number > range.last) return std::nullopt;
    return (static_cast<std::uint64_t>(*number) - first) / interval;
  };
  return made;
}

constexpr std::int64_t kMicros = scalar::kMicrosPerSecond;

Result<std::int64_t> micros_of(const DateBound& bound, const DateFormat& format, UtcSeconds now,
                               const std::string& column) {
  std::int64_t micros = bound.micros;
  if (bound.from_now) {
    const auto sum = scalar::added(bound.unit, bound.amount, to_seconds(now) * kMicros);
    constexpr std::int64_t kEnd = std::int64_t{scalar::kLastYear} * 365 * scalar::kMicrosPerDay;
    if (!sum || *sum > kEnd || *sum < -kEnd) {
      return failure(ErrorCode::kUsage, "table property projection.{}.range is too far from now", column);
    }
    micros = *sum;
  }
  return scalar::truncated(format.finest(), micros);
}

Result<Sequence> dates(const DateProjection& range, UtcSeconds now, const std::string& column) {
  FT_TRY(const std::int64_t first, micros_of(range.first, range.format, now, column));
  FT_TRY(const std::int64_t end, micros_of(range.last, range.format, now, column));
  Sequence made;
  if (first > end) return made;
  // Each counts from the first, so that 31 January and a month, and a month, is 31 March.
  const auto at = [first, unit = range.unit, interval = range.interval](std::int64_t index) {
    return scalar::added(unit, index * interval, first);
  };
  std::int64_t last = scalar::difference(range.unit, first, end) / range.interval;
  while (last > 0 && at(last).value_or(end + 1) > end) --last;
  while (at(last + 1).value_or(end + 1) <= end) ++last;
  made.last = static_cast<std::uint64_t>(last);
  made.text = [at, format = range.format, end](std::uint64_t index) {
    return format.format(at(static_cast<std::int64_t>(index)).value_or(end));
  };
  constexpr int kLastOfFourDigits = 9999;
  const bool four_digits = scalar::civil_of(first).year >= 0 && scalar::civil_of(end).year <= kLastOfFourDigits;
  made.rises_as_text = range.format.is_ordered() && four_digits;
  made.rises_as_number = made.rises_as_text && range.format.is_number();
  return made;
}

std::unexpected<Error> too_many(std::string_view of_what, std::size_t most) {
  Error error{ErrorCode::kUsage, fmt::format("partition projection: {} more than {}", of_what, most), {}, {}};
  error.hint = "constrain the partition columns in WHERE, or narrow the ranges of the table's properties";
  return std::unexpected(std::move(error));
}

// The first index up to `last` at which `holds` holds; it holds at all later ones. nullopt: at none.
template <typename Holds>
std::optional<std::uint64_t> first_index(std::uint64_t last, Holds holds) {
  std::uint64_t low = 0;
  std::uint64_t count = last;
  if (!holds(last)) return std::nullopt;
  while (count > 0) {
    const std::uint64_t step = count / 2;
    if (holds(low + step)) {
      count = step;
    } else {
      low += step + 1;
      count -= step + 1;
    }
  }
  return low;
}

// The members of a rising sequence that are allowed, in its order.
std::vector<std::string> found_in(const Sequence& sequence, bool rises, const Filter& filter) {
  std::set<std::uint64_t> indexes;
  for (const std::string& wanted : *filter.allowed()) {
    std::optional<std::uint64_t> index;
    if (sequence.index) {
      index = sequence.index(wanted);
    } else if (rises) {
      index =
          first_index(*sequence.last, [&](std::uint64_t i) { return filter.compare(sequence.text(i), wanted) >= 0; });
    }
    if (index && *index <= *sequence.last && filter.passes(sequence.text(*index))) indexes.insert(*index);
  }
  std::vector<std::string> values;
  for (const std::uint64_t index : indexes) values.push_back(sequence.text(index));
  return values;
}

Result<std::vector<std::string>> members(const Sequence& sequence, const Filter& filter, const std::string& column,
                                         std::size_t most) {
  std::vector<std::string> values;
  if (!sequence.last) return values;
  const bool rises = (filter.order() == Order::kText && sequence.rises_as_text) ||
                     (filter.order() == Order::kNumber && sequence.rises_as_number);
  if (filter.allowed() && (rises || sequence.index)) return found_in(sequence, rises, filter);
  std::uint64_t first = 0;
  std::uint64_t last = *sequence.last;
  if (rises && filter.upper()) {
    const auto behind =
        first_index(last, [&](std::uint64_t i) { return filter.compare(sequence.text(i), *filter.upper()) > 0; });
    if (behind == 0) return values;
    if (behind) last = *behind - 1;
  }
  if (rises && filter.lower()) {
    const auto from =
        first_index(last, [&](std::uint64_t i) { return filter.compare(sequence.text(i), *filter.lower()) >= 0; });
    if (!from) return values;
    first = *from;
  }
  if (last - first >= most) return too_many(fmt::format("the values of column {} are", column), most);
  std::unordered_set<std::string> seen;
  for (std::uint64_t i = 0; i <= last - first; ++i) {  // not up to `last`, which may be the greatest number there is
    std::string value = sequence.text(first + i);
    if (filter.passes(value) && seen.insert(value).second) values.push_back(std::move(value));
  }
  return values;
}

// The values of a column that a constraint leaves.
struct ValuesOf {
  const ProjectedColumn& column;
  const Constraint& constraint;
  UtcSeconds now;
  std::size_t most;

  [[nodiscard]] Filter filter() const { return {constraint, order_of(column.type)}; }

  Result<std::vector<std::string>> operator()(const EnumProjection& list) const {
    std::vector<std::string> values;
    std::ranges::copy_if(list.values, std::back_inserter(values),
                         [&, f = filter()](const std::string& value) { return f.passes(value); });
    return values;
  }

  Result<std::vector<std::string>> operator()(const IntegerProjection& range) const {
    return members(integers(range), filter(), column.name, most);
  }

  Result<std::vector<std::string>> operator()(const DateProjection& range) const {
    FT_TRY(const Sequence sequence, dates(range, now, column.name));
    return members(sequence, filter(), column.name, most);
  }

  Result<std::vector<std::string>> operator()(const InjectedProjection&) const {
    if (!constraint.allowed) {
      return failure(ErrorCode::kUsage,
                     "CONSTRAINT_VIOLATION: For the injected projected partition column {}, the WHERE clause must "
                     "contain only static equality conditions, and at least one such condition must be present.",
                     column.name);
    }
    std::vector<std::string> values;
    std::ranges::copy_if(*constraint.allowed, std::back_inserter(values),
                         [&, f = filter()](const std::string& value) { return f.passes(value); });
    return values;
  }
};

// As Hive writes values into the names of folders.
std::string escaped(std::string_view value) {
  constexpr std::string_view kEscaped = "\"#%'*/:=?\\{[]^\x7f";
  if (value.empty()) return "__HIVE_DEFAULT_PARTITION__";
  std::string text;
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < 0x20U || kEscaped.find(c) != std::string_view::npos) {
      text += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      text += c;
    }
  }
  return text;
}

// A letter of Java's patterns. `rank` counts the fields that sort as text, from the coarsest; -1: none of them.
struct PatternLetter {
  char letter;
  TimeUnit unit;
  int rank;
  std::size_t width;  // letters for which the text has a fixed length; 0: any number
};
constexpr std::array kPatternLetters{
    PatternLetter{'y', TimeUnit::kYear, 0, 4},        PatternLetter{'M', TimeUnit::kMonth, 1, 2},
    PatternLetter{'d', TimeUnit::kDay, 2, 2},         PatternLetter{'H', TimeUnit::kHour, 3, 2},
    PatternLetter{'m', TimeUnit::kMinute, 4, 2},      PatternLetter{'s', TimeUnit::kSecond, 5, 2},
    PatternLetter{'D', TimeUnit::kDay, -1, 0},        PatternLetter{'E', TimeUnit::kDay, -1, 0},
    PatternLetter{'a', TimeUnit::kHour, -1, 0},       PatternLetter{'h', TimeUnit::kHour, -1, 0},
    PatternLetter{'K', TimeUnit::kHour, -1, 0},       PatternLetter{'k', TimeUnit::kHour, -1, 0},
    PatternLetter{'S', TimeUnit::kMillisecond, 6, 0},
};

}  // namespace

Result<DateFormat> DateFormat::parse(std::string_view pattern) {
  std::string joda;  // the same in the letters of Joda, which lacks u
  TimeUnit finest = TimeUnit::kYear;
  bool any = false;
  bool ordered = true;
  bool number = true;
  int next_rank = 0;
  for (std::size_t i = 0; i < pattern.size();) {
    const char letter = pattern[i];
    const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    if (!is_letter) {
      std::size_t end = i + 1;
      if (letter == '\'') {
        end = pattern.find('\'', i + 1);
        if (end == std::string_view::npos) return failure(ErrorCode::kUsage, "a quote has no end: {}", pattern);
        ++end;
      }
      joda += pattern.substr(i, end - i);
      number = number && letter >= '0' && letter <= '9';
      i = end;
      continue;
    }
    const std::size_t count = std::min(pattern.find_first_not_of(letter, i), pattern.size()) - i;
    const char same = letter == 'u' ? 'y' : letter;
    const auto* found = std::ranges::find(kPatternLetters, same, &PatternLetter::letter);
    if (found == kPatternLetters.end()) {
      return failure(ErrorCode::kUsage, "the letter {} is none of y, u, M, d, H, m, s, S, D, E, a, h, K, k: {}", letter,
                     pattern);
    }
    joda.append(count, same);
    any = true;
    finest = std::min(finest, found->unit);  // units are declared from the finest
    ordered = ordered && found->rank >= 0 && found->rank <= next_rank && (found->width == 0 || found->width == count);
    if (found->rank == next_rank) ++next_rank;
    number = number && (same != 'M' || count < 3) && same != 'E' && same != 'a';
    i += count;
  }
  if (!any) return failure(ErrorCode::kUsage, "a pattern without a field: '{}'", pattern);
  auto made = scalar::DatePattern::joda(joda);
  if (!made) return failure(ErrorCode::kUsage, "{}", made.error().message);
  DateFormat format{*std::move(made)};
  format.finest_ = finest;
  format.ordered_ = ordered;
  format.number_ = number;
  return format;
}

std::string DateFormat::format(std::int64_t micros) const {
  static const scalar::TimeZone kUtc = scalar::TimeZone::utc();
  return pattern_.format(micros, kUtc, 0);
}

std::optional<std::int64_t> DateFormat::read(std::string_view text) const {
  const auto parsed = pattern_.parse(text);
  if (!parsed) return std::nullopt;
  return parsed->local_micros;
}

bool is_projected(const Properties& properties) {
  const PropertyReader reader{properties};
  const std::string* enabled = reader.find("projection.enabled");
  return enabled != nullptr && lower(trimmed(*enabled)) == "true";
}

Result<Projection> Projection::of(const Properties& properties, const std::vector<Column>& partition_columns,
                                  std::string_view location) {
  const PropertyReader reader{properties};
  Projection made;
  for (const Column& column : partition_columns) {
    FT_TRY(ProjectedColumn projected, projected_column(reader, column));
    made.columns_.push_back(std::move(projected));
  }
  if (const std::string* text = reader.find("storage.location.template")) {
    FT_CHECK(made.set_template(trimmed(*text)));
  } else {
    made.set_default_location(location);
  }
  return made;
}

Status Projection::set_template(std::string_view text) {
  constexpr std::string_view kProperty = "storage.location.template";
  std::set<std::size_t> used;
  std::string_view rest = text;
  while (true) {
    const std::size_t open = rest.find("${");
    const std::size_t close = open == std::string_view::npos ? open : rest.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string name = lower(rest.substr(open + 2, close - open - 2));
    const auto found = std::ranges::find_if(columns_, [&](const auto& column) { return lower(column.name) == name; });
    if (found == columns_.end()) {
      return failure(ErrorCode::kUsage, "table property {}: no partition column {}", kProperty, name);
    }
    const auto index = static_cast<std::size_t>(found - columns_.begin());
    pieces_.push_back({std::string{rest.substr(0, open)}, index});
    used.insert(index);
    rest.remove_prefix(close + 1);
  }
  pieces_.push_back({std::string{rest}, std::nullopt});
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (used.contains(i)) continue;
    return failure(ErrorCode::kUsage, "table property {}: without ${{{}}}: {}", kProperty, columns_[i].name, text);
  }
  return {};
}

void Projection::set_default_location(std::string_view location) {
  escaped_ = true;
  std::string text{location};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!text.ends_with('/')) text += '/';
    pieces_.push_back({text + escaped(columns_[i].name) + "=", i});
    text.clear();
  }
  pieces_.push_back({std::move(text), std::nullopt});
}

std::string Projection::location_of(const std::vector<std::string>& values) const {
  std::string location;
  for (const Piece& piece : pieces_) {
    location += piece.text;
    if (piece.column) location += escaped_ ? escaped(values[*piece.column]) : values[*piece.column];
  }
  if (!location.ends_with('/')) location += '/';
  return location;
}

Result<std::vector<Partition>> Projection::expand(const std::map<std::string, Constraint>& constraints, UtcSeconds now,
                                                  std::size_t most) const {
  static const Constraint kFree;
  std::vector<std::vector<std::string>> values;
  for (const ProjectedColumn& column : columns_) {
    const auto found = constraints.find(column.name);
    const Constraint& constraint = found == constraints.end() ? kFree : found->second;
    FT_TRY(auto list, std::visit(ValuesOf{column, constraint, now, most}, column.values));
    values.push_back(std::move(list));
  }
  std::size_t count = 1;
  if (std::ranges::any_of(values, &std::vector<std::string>::empty)) count = 0;
  for (const auto& list : values) {
    if (count > 0 && list.size() > most / count) return too_many("there are", most);
    count *= list.size();
  }
  std::vector<Partition> partitions;
  partitions.reserve(count);
  for (std::size_t number = 0; number < count; ++number) {
    Partition& partition = partitions.emplace_back();
    partition.values.resize(columns_.size());
    std::size_t rest = number;
    for (std::size_t i = columns_.size(); i-- > 0;) {
      partition.values[i] = values[i][rest % values[i].size()];
      rest /= values[i].size();
    }
    partition.location = location_of(partition.values);
  }
  return partitions;
}

}  // namespace flowtrail::hive
