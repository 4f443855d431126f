// Arrays and maps.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "scalar/calendar.h"
#include "trino/function.h"
#include "trino/value_cast.h"
#include "trino/value_order.h"

namespace flowtrail::trino {
namespace {

using scalar::invalid_argument;
using scalar::ScalarError;

std::unexpected<ScalarError> null_elements() {
  return std::unexpected(ScalarError{"NOT_SUPPORTED", "ARRAY comparison not supported for arrays with null elements"});
}

Answer array_distinct(const Call& call) {
  std::unordered_set<std::string> seen;
  Values kept;
  for (const Value& value : call.parts(0)) {
    if (seen.insert(key_of(call.element(0), value)).second) kept.push_back(value);
  }
  return Value{std::move(kept)};
}

std::unordered_set<std::string> keys_of(const Call& call, std::size_t index) {
  std::unordered_set<std::string> keys;
  for (const Value& value : call.parts(index)) keys.insert(key_of(call.element(index), value));
  return keys;
}

/// The distinct elements of the first array that are, or are not, in the second.
Answer chosen(const Call& call, bool inside) {
  const auto others = keys_of(call, 1);
  std::unordered_set<std::string> seen;
  Values kept;
  for (const Value& value : call.parts(0)) {
    const std::string key = key_of(call.element(0), value);
    if (others.contains(key) == inside && seen.insert(key).second) kept.push_back(value);
  }
  return Value{std::move(kept)};
}
Answer array_except(const Call& call) {
  return chosen(call, false);
}
Answer array_intersect(const Call& call) {
  return chosen(call, true);
}

Answer array_union(const Call& call) {
  std::unordered_set<std::string> seen;
  Values kept;
  for (std::size_t i = 0; i < 2; ++i) {
    for (const Value& value : call.parts(i)) {
      if (seen.insert(key_of(call.element(i), value)).second) kept.push_back(value);
    }
  }
  return Value{std::move(kept)};
}

Answer arrays_overlap(const Call& call) {
  const auto others = keys_of(call, 1);
  bool open = false;
  for (const Value& value : call.parts(0)) {
    if (value.is_null()) {
      open = open || !call.parts(1).empty();
    } else if (others.contains(key_of(call.element(0), value))) {
      return Value{true};
    }
  }
  const bool other_nulls = std::ranges::any_of(call.parts(1), &Value::is_null) && !call.parts(0).empty();
  if (open || other_nulls) return Value{};
  return Value{false};
}

Answer array_remove(const Call& call) {
  Values kept;
  for (const Value& value : call.parts(0)) {
    const auto same = equal(call.element(0), value, call[1]);
    if (value.is_null() || same != true) kept.push_back(value);
  }
  return Value{std::move(kept)};
}

Answer array_position(const Call& call) {
  const std::int64_t instance = call.arguments.size() > 2 ? call.integer(2) : 1;
  if (instance == 0) return invalid_argument("array_position cannot take a 0-valued instance argument.");
  const Values& values = call.parts(0);
  std::int64_t found = 0;
  const auto count = static_cast<std::int64_t>(values.size());
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t at = instance > 0 ? i : count - 1 - i;
    if (equal(call.element(0), values[static_cast<std::size_t>(at)], call[1]) != true) continue;
    ++found;
    if ((instance > 0 ? found : -found) == instance) return Value{at + 1};
  }
  return Value{std::int64_t{0}};
}

Answer contains(const Call& call) {
  bool open = false;
  for (const Value& value : call.parts(0)) {
    const auto same = equal(call.element(0), value, call[1]);
    if (same == true) return Value{true};
    open = open || !same;
  }
  return open ? Value{} : Value{false};
}

Answer contains_sequence(const Call& call) {
  const Values& all = call.parts(0);
  const Values& wanted = call.parts(1);
  const auto same = [&](const Value& a, const Value& b) { return identical(call.element(0), a, b); };
  return Value{std::ranges::search(all, wanted, same).begin() != all.end() || wanted.empty()};
}

/// NULLs last. False: values that do not compare.
bool sort_values(const Type& type, Values& values) {
  bool comparable = true;
  std::ranges::stable_sort(values, [&](const Value& a, const Value& b) {
    if (a.is_null() || b.is_null()) return !a.is_null() && b.is_null();
    const auto order = compare(type, a, b);
    comparable = comparable && order.has_value();
    return order.value_or(0) < 0;
  });
  return comparable;
}

Answer array_sort(const Call& call) {
  Values values = call.parts(0);
  if (!sort_values(call.element(0), values)) return null_elements();
  return Value{std::move(values)};
}

/// Elements and, row by row, what the comparator says of each pair of them.
Answer array_sort_by(const Call& call) {
  const Values& values = call.parts(0);
  const Values& matrix = call.parts(1);
  const std::size_t count = values.size();
  if (matrix.size() != count * count) return invalid_argument("the comparator has not seen every pair of elements");
  std::vector<std::size_t> places(count);
  std::iota(places.begin(), places.end(), std::size_t{0});
  bool bad = false;
  std::ranges::stable_sort(places, [&](std::size_t a, std::size_t b) {
    const Value& order = matrix[a * count + b];
    if (order.is_null() || order.integer() < -1 || order.integer() > 1) {
      bad = true;
      return false;
    }
    return order.integer() < 0;
  });
  if (bad) return invalid_argument("Lambda comparator must return either -1, 0, or 1");
  Values sorted;
  for (const std::size_t place : places) sorted.push_back(values[place]);
  return Value{std::move(sorted)};
}

/// NULL if one element is; NaN only if there is no other number.
Answer array_extreme(const Call& call, int sign) {
  const Value* best = nullptr;
  for (const Value& value : call.parts(0)) {
    if (value.is_null()) return Value{};
    if (best == nullptr || is_nan(*best)) {
      best = &value;
      continue;
    }
    const auto order = compare(call.element(0), value, *best);
    if (!order) return null_elements();
    if (*order * sign > 0 && !is_nan(value)) best = &value;
  }
  return best == nullptr ? Value{} : *best;
}
Answer array_max(const Call& call) {
  return array_extreme(call, 1);
}
Answer array_min(const Call& call) {
  return array_extreme(call, -1);
}

Answer array_join(const Call& call) {
  std::string result;
  bool first = true;
  const bool replaces = call.arguments.size() > 2;
  for (const Value& value : call.parts(0)) {
    if (value.is_null() && !replaces) continue;
    if (!first) result += call.text(1);
    first = false;
    if (value.is_null()) {
      result += call.text(2);
      continue;
    }
    const auto text = cast_value(value, call.element(0), Type{TypeKind::kVarchar});
    if (!text) return text;
    if (!text->is_null()) result += text->text();
  }
  return Value{std::move(result)};
}

Answer slice(const Call& call) {
  const Values& values = call.parts(0);
  const auto count = static_cast<std::int64_t>(values.size());
  std::int64_t start = call.integer(1);
  const std::int64_t length = call.integer(2);
  if (length < 0) return invalid_argument("length must be greater than or equal to 0");
  if (start == 0) return invalid_argument("SQL array indices start at 1");
  if (start < 0) start = count + start + 1;
  Values kept;
  if (start <= 0 || start > count) return Value{std::move(kept)};
  const std::int64_t end = length > count ? count : std::min(count, start - 1 + length);
  for (std::int64_t i = start - 1; i < end; ++i) kept.push_back(values[static_cast<std::size_t>(i)]);
  return Value{std::move(kept)};
}

Answer trim_array(const Call& call) {
  const std::int64_t drop = call.integer(1);
  const auto count = static_cast<std::int64_t>(call.parts(0).size());
  if (drop < 0) return invalid_argument(fmt::format("size must not be negative: {}", drop));
  if (drop > count) return invalid_argument(fmt::format("size must not exceed array cardinality {}: {}", count, drop));
  Values kept = call.parts(0);
  kept.resize(static_cast<std::size_t>(count - drop));
  return Value{std::move(kept)};
}

Answer flatten(const Call& call) {
  Values all;
  for (const Value& part : call.parts(0)) {
    if (!part.is_null()) all.insert(all.end(), part.parts().begin(), part.parts().end());
  }
  return Value{std::move(all)};
}

Answer repeat(const Call& call) {
  if (call[1].is_null()) return Value{};
  const std::int64_t count = call.integer(1);
  if (count > 10'000) return invalid_argument("count argument of repeat function must be less than or equal to 10000");
  if (count < 0) return invalid_argument("count argument of repeat function must be greater than or equal to 0");
  return Value{Values(static_cast<std::size_t>(count), call[0])};
}

Answer combinations(const Call& call) {
  const Values& values = call.parts(0);
  const std::int64_t size = call.integer(1);
  if (size < 0) return invalid_argument(fmt::format("combination size must not be negative: {}", size));
  if (size > 5) return invalid_argument(fmt::format("combination size must not exceed 5: {}", size));
  const auto n = static_cast<std::size_t>(size);
  Values all;
  if (n > values.size()) return Value{std::move(all)};
  std::vector<std::size_t> picked(n);
  std::iota(picked.begin(), picked.end(), std::size_t{0});
  while (true) {
    if (all.size() >= 100'000) return invalid_argument("combinations exceed max size");
    Values one;
    for (const std::size_t place : picked) one.push_back(values[place]);
    all.emplace_back(std::move(one));
    // The least change comes first, as if counted from the left.
    std::size_t i = n;
    while (i > 0 && picked[i - 1] == values.size() - n + i - 1) --i;
    if (i == 0) break;
    ++picked[i - 1];
    for (std::size_t j = i; j < n; ++j) picked[j] = picked[j - 1] + 1;
  }
  return Value{std::move(all)};
}

Answer ngrams(const Call& call) {
  const Values& values = call.parts(0);
  if (call.integer(1) <= 0) return invalid_argument("N must be positive");
  const auto n = static_cast<std::size_t>(call.integer(1));
  Values all;
  if (n >= values.size()) {
    all.emplace_back(Values{values});
    return Value{std::move(all)};
  }
  for (std::size_t i = 0; i + n <= values.size(); ++i) {
    all.emplace_back(
        Values(values.begin() + static_cast<std::ptrdiff_t>(i), values.begin() + static_cast<std::ptrdiff_t>(i + n)));
  }
  return Value{std::move(all)};
}

Answer zip(const Call& call) {
  std::size_t longest = 0;
  for (const Value& array : call.arguments) longest = std::max(longest, array.parts().size());
  Values rows;
  for (std::size_t i = 0; i < longest; ++i) {
    Values row;
    for (const Value& array : call.arguments) row.push_back(i < array.parts().size() ? array.parts()[i] : Value{});
    rows.emplace_back(std::move(row));
  }
  return Value{std::move(rows)};
}

Answer array_histogram(const Call& call) {
  std::unordered_map<std::string, std::size_t> places;
  Values map;
  for (const Value& value : call.parts(0)) {
    if (value.is_null()) continue;
    const auto [place, fresh] = places.emplace(key_of(call.element(0), value), map.size() + 1);
    if (fresh) {
      map.push_back(value);
      map.emplace_back(std::int64_t{0});
    }
    map[place->second] = Value{map[place->second].integer() + 1};
  }
  return Value{std::move(map)};
}

/// Numbers of both arrays; nothing if one of them is NULL.
scalar::Answer<std::optional<std::pair<std::vector<double>, std::vector<double>>>> vectors(const Call& call) {
  if (call.parts(0).size() != call.parts(1).size()) return invalid_argument("The arguments must have the same length");
  std::pair<std::vector<double>, std::vector<double>> both;
  for (std::size_t i = 0; i < call.parts(0).size(); ++i) {
    if (call.parts(0)[i].is_null() || call.parts(1)[i].is_null()) return std::nullopt;
    both.first.push_back(call.parts(0)[i].real());
    both.second.push_back(call.parts(1)[i].real());
  }
  return both;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

Answer dot_product(const Call& call) {
  if (call.parts(0).size() != call.parts(1).size()) return invalid_argument("The arguments must have the same length");
  double sum = 0;
  for (std::size_t i = 0; i < call.parts(0).size(); ++i) {
    if (!call.parts(0)[i].is_null() && !call.parts(1)[i].is_null()) {
      sum += call.parts(0)[i].real() * call.parts(1)[i].real();
    }
  }
  return Value{sum};
}

Answer euclidean_distance(const Call& call) {
  if (call.parts(0).size() != call.parts(1).size()) return invalid_argument("The arguments must have the same length");
  double sum = 0;
  for (std::size_t i = 0; i < call.parts(0).size(); ++i) {
    const auto number = [&](std::size_t side) {
      const Value& value = call.parts(side)[i];
      return value.is_null() ? 0.0 : value.real();
    };
    sum += (number(0) - number(1)) * (number(0) - number(1));
  }
  return Value{std::sqrt(sum)};
}

Answer cosine_similarity(const Call& call) {
  std::vector<double> a;
  std::vector<double> b;
  if (call.types[0].kind() == TypeKind::kMap) {
    for (std::size_t side = 0; side < 2; ++side) {
      for (std::size_t i = 1; i < call.parts(side).size(); i += 2) {
        if (call.parts(side)[i].is_null()) return Value{};
      }
    }
    double product = 0;
    for (std::size_t i = 0; i < call.parts(0).size(); i += 2) {
      a.push_back(call.parts(0)[i + 1].real());
      for (std::size_t j = 0; j < call.parts(1).size(); j += 2) {
        if (call.parts(0)[i] == call.parts(1)[j]) product += call.parts(0)[i + 1].real() * call.parts(1)[j + 1].real();
      }
    }
    for (std::size_t j = 1; j < call.parts(1).size(); j += 2) b.push_back(call.parts(1)[j].real());
    return Value{product / (std::sqrt(dot(a, a)) * std::sqrt(dot(b, b)))};
  }
  auto both = vectors(call);
  if (!both) return std::unexpected(both.error());
  if (!*both) return Value{};
  a = (*both)->first;
  b = (*both)->second;
  const double sizes = std::sqrt(dot(a, a)) * std::sqrt(dot(b, b));
  if (sizes == 0) return invalid_argument("Vector magnitude cannot be zero");
  return Value{dot(a, b) / sizes};
}

Answer cosine_distance(const Call& call) {
  auto similarity = cosine_similarity(call);
  if (similarity && !similarity->is_null()) similarity = Value{1 - similarity->real()};
  return similarity;
}

/// The answers of a predicate: TRUE if one is; else NULL if one is NULL.
Answer any_match(const Call& call) {
  bool open = false;
  for (const Value& answer : call.parts(0)) {
    if (answer.is_null()) {
      open = true;
    } else if (answer.boolean()) {
      return Value{true};
    }
  }
  return open ? Value{} : Value{false};
}
Answer all_match(const Call& call) {
  bool open = false;
  for (const Value& answer : call.parts(0)) {
    if (answer.is_null()) {
      open = true;
    } else if (!answer.boolean()) {
      return Value{false};
    }
  }
  return open ? Value{} : Value{true};
}
Answer none_match(const Call& call) {
  auto any = any_match(call);
  if (any && !any->is_null()) any = Value{!any->boolean()};
  return any;
}

// Maps.

Answer make_map(const Call& call) {
  const Values& keys = call.parts(0);
  const Values& values = call.parts(1);
  if (keys.size() != values.size()) return invalid_argument("Key and value arrays must be the same length");
  std::unordered_set<std::string> seen;
  Values map;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].is_null()) return invalid_argument("map key cannot be null");
    if (!seen.insert(key_of(call.element(0), keys[i])).second) {
      return invalid_argument(fmt::format(
          "Duplicate map keys ({}) are not allowed",
          call.element(0).children().empty() ? text_of(keys[i], call.element(0)) : json_of(keys[i], call.element(0))));
    }
    map.push_back(keys[i]);
    map.push_back(values[i]);
  }
  return Value{std::move(map)};
}

Answer map_from_entries(const Call& call) {
  const Type& key_type = call.element(0).children()[0];
  std::unordered_set<std::string> seen;
  Values map;
  for (const Value& entry : call.parts(0)) {
    if (entry.is_null()) return invalid_argument("map entry cannot be null");
    const Value& key = entry.parts()[0];
    if (key.is_null()) return invalid_argument("map key cannot be null");
    if (!seen.insert(key_of(key_type, key)).second) {
      return invalid_argument(fmt::format("Duplicate map keys ({}) are not allowed", key_type.children().empty()
                                                                                         ? text_of(key, key_type)
                                                                                         : json_of(key, key_type)));
    }
    map.push_back(key);
    map.push_back(entry.parts()[1]);
  }
  return Value{std::move(map)};
}

Answer multimap_from_entries(const Call& call) {
  const Type& key_type = call.element(0).children()[0];
  std::unordered_map<std::string, std::size_t> places;
  Values map;
  for (const Value& entry : call.parts(0)) {
    if (entry.is_null()) return invalid_argument("map entry cannot be null");
    if (entry.parts()[0].is_null()) return invalid_argument("map key cannot be null");
    const auto [place, fresh] = places.emplace(key_of(key_type, entry.parts()[0]), map.size() + 1);
    if (fresh) {
      map.push_back(entry.parts()[0]);
      map.emplace_back(Values{});
    }
    map[place->second].parts().push_back(entry.parts()[1]);
  }
  return Value{std::move(map)};
}

Answer map_entries(const Call& call) {
  Values entries;
  for (std::size_t i = 0; i < call.parts(0).size(); i += 2) {
    entries.emplace_back(Values{call.parts(0)[i], call.parts(0)[i + 1]});
  }
  return Value{std::move(entries)};
}

Answer map_concat(const Call& call) {
  if (call.arguments.size() < 2) {
    return invalid_argument("There must be two or more concatenation arguments to map_concat");
  }
  const Type& key_type = call.types[0].children()[0];
  std::unordered_map<std::string, std::size_t> places;
  Values map;
  for (const Value& part : call.arguments) {
    for (std::size_t i = 0; i < part.parts().size(); i += 2) {
      const auto [place, fresh] = places.emplace(key_of(key_type, part.parts()[i]), map.size());
      if (!fresh) {
        map[place->second + 1] = part.parts()[i + 1];
        continue;
      }
      map.push_back(part.parts()[i]);
      map.push_back(part.parts()[i + 1]);
    }
  }
  return Value{std::move(map)};
}

Answer map_element(const Call& call, bool must_exist) {
  for (std::size_t i = 0; i < call.parts(0).size(); i += 2) {
    if (equal(call.types[0].children()[0], call.parts(0)[i], call[1]) == true) return call.parts(0)[i + 1];
  }
  if (!must_exist) return Value{};
  return invalid_argument(fmt::format("Key not present in map: {}", call.types[1].children().empty()
                                                                        ? text_of(call[1], call.types[1])
                                                                        : json_of(call[1], call.types[1])));
}
Answer map_element_at(const Call& call) {
  return map_element(call, false);
}
Answer map_subscript(const Call& call) {
  return map_element(call, true);
}

/// The index that is none, and the number of elements.
Answer array_subscript_fault(const Call& call) {
  const std::int64_t index = call.integer(0);
  if (index == 0) return invalid_argument("SQL array indices start at 1");
  if (index < 0) return invalid_argument(fmt::format("Array subscript is negative: {}", index));
  return invalid_argument(
      fmt::format("Array subscript must be less than or equal to array length: {} > {}", index, call.integer(1)));
}

Answer array_element_at(const Call& call) {
  const std::int64_t index = call.integer(1);
  const auto count = static_cast<std::int64_t>(call.parts(0).size());
  if (index == 0) return invalid_argument("SQL array indices start at 1");
  const std::int64_t at = index > 0 ? index - 1 : count + index;
  if (at < 0 || at >= count) return Value{};
  return call.parts(0)[static_cast<std::size_t>(at)];
}

/// Keys, values of the first map, values of the second: what map_zip_with goes through.
Answer map_zip(const Call& call) {
  const Type& key_type = call.types[0].children()[0];
  Values rows;
  const auto find = [&](const Values& map, const Value& key) {
    for (std::size_t i = 0; i < map.size(); i += 2) {
      if (identical(key_type, map[i], key)) return map[i + 1];
    }
    return Value{};
  };
  const auto has = [&](const Values& map, const Value& key) {
    for (std::size_t i = 0; i < map.size(); i += 2) {
      if (identical(key_type, map[i], key)) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < call.parts(0).size(); i += 2) {
    const Value& key = call.parts(0)[i];
    rows.emplace_back(Values{key, call.parts(0)[i + 1], find(call.parts(1), key)});
  }
  for (std::size_t i = 0; i < call.parts(1).size(); i += 2) {
    const Value& key = call.parts(1)[i];
    if (!has(call.parts(0), key)) rows.emplace_back(Values{key, Value{}, call.parts(1)[i + 1]});
  }
  return Value{std::move(rows)};
}

// sequence().

/// In units of the values, or in months.
scalar::Answer<Int128> step_of(const Call& call) {
  if (call.arguments.size() < 3) return call.integer(1) >= call.integer(0) ? 1 : -1;
  const Int128 step = call.integer(2);
  const TypeKind kind = call.types[0].kind();
  constexpr std::int64_t kMillisPerDay = scalar::kMicrosPerDay / 1000;
  if (step == 0) {
    return invalid_argument(kind == TypeKind::kBigint ? "step must not be zero" : "interval must not be zero");
  }
  if (call.types[2].kind() != TypeKind::kIntervalDay) return step;
  if (kind == TypeKind::kTimestamp) return step * 1000;
  if (step % kMillisPerDay == 0) return step / kMillisPerDay;
  return invalid_argument("sequence step must be a day interval if start and end values are dates");
}

/// A date or timestamp, so many months later.
scalar::Answer<Int128> months_later(TypeKind kind, std::int64_t start, std::int64_t months) {
  const std::int64_t unit = kind == TypeKind::kDate ? scalar::kMicrosPerDay : 1;
  const auto moved = scalar::added(scalar::TimeUnit::kMonth, months, start * unit);
  if (!moved) return std::unexpected(moved.error());
  return *moved / unit - (*moved % unit < 0 ? 1 : 0);
}

Answer sequence(const Call& call) {
  const TypeKind kind = call.types[0].kind();
  const bool months = call.arguments.size() > 2 && call.types[2].kind() == TypeKind::kIntervalYear;
  const std::int64_t start = call.integer(0);
  const std::int64_t stop = call.integer(1);
  const auto step = step_of(call);
  if (!step) return std::unexpected(step.error());
  if ((*step > 0 && start > stop) || (*step < 0 && start < stop)) {
    return invalid_argument(
        "sequence stop value should be greater than or equal to start value if step is greater "
        "than zero otherwise stop should be less than or equal to start");
  }
  Values values;
  for (std::int64_t i = 0;; ++i) {
    const scalar::Answer<Int128> next =
        months ? months_later(kind, start, static_cast<std::int64_t>(*step) * i) : start + *step * i;
    if (!next) return std::unexpected(next.error());
    if (*step > 0 ? *next > stop : *next < stop) break;
    if (values.size() >= 10'000) {
      return invalid_argument("result of sequence function must not have more than 10000 entries");
    }
    values.emplace_back(static_cast<std::int64_t>(*next));
  }
  return Value{std::move(values)};
}

constexpr auto kFunctions = std::to_array<Function>({
    {"array_distinct", array_distinct},
    {"array_except", array_except},
    {"array_intersect", array_intersect},
    {"array_union", array_union},
    {"arrays_overlap", arrays_overlap},
    {"array_remove", array_remove},
    {"array_position", array_position},
    {"contains", contains},
    {"contains_sequence", contains_sequence},
    {"array_sort", array_sort},
    {"array_sort_by", array_sort_by},
    {"array_max", array_max},
    {"array_min", array_min},
    {"array_join", array_join},
    {"slice", slice},
    {"trim_array", trim_array},
    {"flatten", flatten},
    {"repeat", repeat, true},
    {"combinations", combinations},
    {"ngrams", ngrams},
    {"zip", zip},
    {"array_histogram", array_histogram},
    {"dot_product", dot_product},
    {"euclidean_distance", euclidean_distance},
    {"cosine_similarity", cosine_similarity},
    {"cosine_distance", cosine_distance},
    {"any_match", any_match},
    {"all_match", all_match},
    {"none_match", none_match},
    {"map", make_map},
    {"map_from_entries", map_from_entries},
    {"multimap_from_entries", multimap_from_entries},
    {"map_entries", map_entries},
    {"map_concat", map_concat},
    {"map_element_at", map_element_at},
    {"map_subscript", map_subscript},
    {"array_element_at", array_element_at},
    {"array_subscript_fault", array_subscript_fault},
    {"map_zip", map_zip},
    {"sequence", sequence},
});

}  // namespace

std::span<const Function> array_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
