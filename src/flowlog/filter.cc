#include "flowlog/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

#include "base/short_text.h"
#include "base/utc_time.h"
#include "flowlog/fast_text.h"
#include "flowlog/fields.h"

namespace flowtrail::flowlog {
namespace {

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};

using AnyTest = decltype(Predicate::test);

constexpr std::size_t kFewTexts = 4;  // compared one by one
constexpr std::int64_t kLargestSeconds = 2'147'483'647;

bool tests_numbers(const AnyTest& test) {
  return std::holds_alternative<OneOfNumbers>(test) || std::holds_alternative<NumberRange>(test);
}

/// `padded`: eight bytes from any byte of `text` on can be read.
std::optional<std::int64_t> read_number(std::string_view text, bool padded) {
  std::uint64_t digits = 0;
  if (padded && read_digits(text, digits)) return static_cast<std::int64_t>(digits);
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool meets(const OneOfNumbers& test, std::int64_t number) {
  return std::ranges::find(test.values, number) != test.values.end();
}

bool meets(const NumberRange& test, std::int64_t number) {
  return (!test.least || *test.least <= number) && (!test.greatest || number <= *test.greatest);
}

bool meets(const TextRange& test, std::string_view text) {
  if (test.least && (test.with_least ? text < *test.least : text <= *test.least)) return false;
  return !test.greatest || (test.with_greatest ? text <= *test.greatest : text < *test.greatest);
}

bool meets(const InBlocks& test, std::string_view text) {
  std::uint32_t v4 = 0;
  IpAddress address;
  if (read_v4(text, v4)) {
    address = IpAddress::from_v4(v4);
  } else {
    const auto parsed = IpAddress::parse(text);
    if (!parsed) return true;
    address = *parsed;
  }
  return std::ranges::any_of(test.blocks, [&](const Cidr& block) { return block.contains(address); });
}

std::string dashed(std::string_view column) {
  std::string name(column);
  std::ranges::replace(name, '_', '-');
  return name;
}

bool is_time_column(std::string_view name) {
  return name == "start" || name == "end";
}

/// What a test costs, as an order.
int cost_of(const AnyTest& test) {
  return std::visit(Overloaded{[](const OneOfNumbers& numbers) { return numbers.values.size() <= 4 ? 0 : 2; },
                               [](const NumberRange&) { return 1; }, [](const TextPrefix&) { return 2; },
                               [](const OneOfTexts& texts) { return texts.values.size() <= kFewTexts ? 2 : 4; },
                               [](const TextRange&) { return 3; }, [](const InBlocks&) { return 5; }},
                    test);
}

/// A column of numbers compared with texts: the engine knows what that means, the reader does not.
bool is_beyond_us(const Predicate& predicate) {
  const FieldInfo* field = find_field(dashed(predicate.column));
  return field != nullptr && field->type != FieldType::kVarchar && !tests_numbers(predicate.test);
}

/// What the key tells about a column of its own; empty: nothing.
std::string key_value(const source::Object& object, std::string_view column) {
  if (column == "aws_account_id") return object.account;
  if (column == "aws_region") return object.region;
  if (column == "$path") return object.key;
  return object.slot ? format_utc(*object.slot).substr(0, 10) : std::string{};
}

bool meets_by_key(const Predicate& predicate, const source::Object& object) {
  const std::string value = key_value(object, predicate.column);
  return !value.empty() && may_meet(predicate, value);
}

/// The name of a file tells the five minutes that its records belong to; a day is far more than any delay that was
/// seen.
bool meets_by_slot(const Predicate& predicate, UtcSeconds slot, UtcSeconds last_slot) {
  constexpr std::int64_t kMargin = 86'400;
  const std::int64_t earliest = to_seconds(slot) - kMargin;
  const std::int64_t latest = to_seconds(last_slot) + kMargin;
  if (const auto* range = std::get_if<NumberRange>(&predicate.test)) {
    return (!range->least || *range->least <= latest) && (!range->greatest || *range->greatest >= earliest);
  }
  if (const auto* numbers = std::get_if<OneOfNumbers>(&predicate.test)) {
    return std::ranges::any_of(numbers->values,
                               [&](std::int64_t value) { return value >= earliest && value <= latest; });
  }
  return true;
}

/// A number as eight digits; 0: it is none of so many.
std::uint64_t digits_of(std::int64_t number) {
  if (number < 0 || number > 99'999'999) return 0;
  return word_at(fmt::format("{:08}", number).data());
}

}  // namespace

bool is_key_column(std::string_view column) {
  return column == "aws_account_id" || column == "aws_region" || column == "day" || column == "$path";
}

bool may_meet(const Predicate& predicate, std::string_view value) {
  return std::visit(
      Overloaded{[&](const OneOfTexts& texts) { return std::ranges::find(texts.values, value) != texts.values.end(); },
                 [&](const TextRange& range) { return meets(range, value); },
                 [&](const TextPrefix& prefix) { return value.starts_with(prefix.prefix); },
                 [&](const InBlocks&) { return true; },
                 [&](const auto& numbers) {
                   const auto number = read_number(value, false);
                   return !number || meets(numbers, *number);
                 }},
      predicate.test);
}

bool may_hold(const Filter& filter, const source::Object& object) {
  return std::ranges::all_of(filter.predicates, [&](const Predicate& predicate) {
    if (is_key_column(predicate.column)) return meets_by_key(predicate, object);
    return !is_time_column(predicate.column) || !object.slot ||
           meets_by_slot(predicate, *object.slot, object.last_slot.value_or(*object.slot));
  });
}

LineFilter::LineFilter(const Filter& filter, std::span<const std::string> names) {
  for (const Predicate& predicate : filter.predicates) {
    if (is_key_column(predicate.column)) continue;
    const std::string name = dashed(predicate.column);
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) passes_nothing_ = true;
    if (found == names.end() || is_beyond_us(predicate)) continue;
    Test& test = tests_.emplace_back();
    test.position = static_cast<std::size_t>(found - names.begin());
    test.cost = cost_of(predicate.test);
    test.is_time = is_time_column(name);
    test.test = predicate.test;
    if (const auto* texts = std::get_if<OneOfTexts>(&predicate.test); texts != nullptr) {
      if (texts->values.size() > kFewTexts) test.texts.insert(texts->values.begin(), texts->values.end());
    }
  }
  std::ranges::stable_sort(tests_, {}, &Test::cost);
  if (tests_.empty()) return;
  const Test& first = tests_.front();
  first_position_ = first.position;
  const auto* numbers = std::get_if<OneOfNumbers>(&first.test);
  if (numbers != nullptr && numbers->values.size() == 1) first_digits_ = digits_of(numbers->values.front());
}

bool LineFilter::look_up(const Test& test, std::string_view text) {
  if (!test.texts.empty()) return test.texts.contains(text);
  const std::vector<std::string>& values = std::get<OneOfTexts>(test.test).values;
  return std::ranges::find(values, text) != values.end();
}

/// Interfaces come in runs: the text before is often the text now.
bool LineFilter::is_one_of(Test& test, std::string_view text) {
  if (text.size() > test.last.size()) return look_up(test, text);
  if (is_same(text, {test.last.data(), test.last_size})) return test.last_passed;
  test.last_passed = look_up(test, text);
  test.last_size = static_cast<std::uint32_t>(text.size());
  std::memcpy(test.last.data(), text.data(), text.size());
  return test.last_passed;
}

bool LineFilter::passes(Test& test, std::string_view text, bool padded) {
  if (text.empty() || is_absent(text)) return false;
  if (tests_numbers(test.test)) {
    std::optional<std::int64_t> number = read_number(text, padded);
    if (!number) return true;
    if (test.is_time && *number > kLargestSeconds) *number /= 1000;
    const auto* range = std::get_if<NumberRange>(&test.test);
    return range != nullptr ? meets(*range, *number) : meets(std::get<OneOfNumbers>(test.test), *number);
  }
  return std::visit(
      Overloaded{[&](const OneOfTexts&) { return is_one_of(test, text); },
                 [&](const TextRange& range) { return meets(range, text); },
                 [&](const TextPrefix& prefix) { return text.starts_with(prefix.prefix); },
                 [&](const InBlocks& blocks) { return meets(blocks, text); }, [](const auto&) { return true; }},
      test.test);
}

bool LineFilter::passes(std::span<const std::string_view> fields) {
  return !passes_nothing_ &&
         std::ranges::all_of(tests_, [&](Test& test) { return passes(test, fields[test.position], false); });
}

bool LineFilter::passes_tests(const char* block, const LineIndex::Line& line) {
  return !passes_nothing_ && std::ranges::all_of(tests_, [&](Test& test) {
    const auto [begin, end] = line.field(test.position);
    return passes(test, {block + begin, end - begin}, true);
  });
}

}  // namespace flowtrail::flowlog
