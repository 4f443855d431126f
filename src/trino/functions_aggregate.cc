// Aggregates over all of their rows at once: the argument is an array of values, or of rows where a function takes more
// than one. NULL, where there are no rows at all.
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "trino/decimal.h"
#include "trino/function.h"
#include "trino/value_cast.h"
#include "trino/value_order.h"

namespace flowtrail::trino {
namespace {

using scalar::invalid_argument;

const Values& rows_of(const Call& call) {
  static const Values kNone;
  return call[0].is_null() ? kNone : call.parts(0);
}

/// The type of column `index` of the rows.
const Type& column_type(const Call& call, std::size_t index) {
  return call.element(0).children()[index];
}

Value null_if_empty(Values values) {
  return values.empty() ? Value{} : Value{std::move(values)};
}

Answer histogram(const Call& call) {
  if (call[0].is_null()) return Value{};
  auto map = find_function("array_histogram")->call(call);
  return map && map->parts().empty() ? Value{} : map;
}

Answer map_agg(const Call& call) {
  std::unordered_set<std::string> seen;
  Values map;
  for (const Value& row : rows_of(call)) {
    if (row.parts()[0].is_null() || !seen.insert(key_of(column_type(call, 0), row.parts()[0])).second) continue;
    map.push_back(row.parts()[0]);
    map.push_back(row.parts()[1]);
  }
  return null_if_empty(std::move(map));
}

Answer multimap_agg(const Call& call) {
  std::unordered_map<std::string, std::size_t> places;
  Values map;
  for (const Value& row : rows_of(call)) {
    if (row.parts()[0].is_null()) continue;
    const auto [place, fresh] = places.emplace(key_of(column_type(call, 0), row.parts()[0]), map.size() + 1);
    if (fresh) {
      map.push_back(row.parts()[0]);
      map.emplace_back(Values{});
    }
    map[place->second].parts().push_back(row.parts()[1]);
  }
  return null_if_empty(std::move(map));
}

Answer map_union(const Call& call) {
  std::unordered_set<std::string> seen;
  Values map;
  bool any = false;
  for (const Value& part : rows_of(call)) {
    if (part.is_null()) continue;
    any = true;
    for (std::size_t i = 0; i < part.parts().size(); i += 2) {
      if (!seen.insert(key_of(call.element(0).children()[0], part.parts()[i])).second) continue;
      map.push_back(part.parts()[i]);
      map.push_back(part.parts()[i + 1]);
    }
  }
  return any ? Value{std::move(map)} : Value{};
}

/// The rows ordered by a column, the best first; NULLs are left out.
std::vector<const Values*> ordered_rows(const Call& call, std::size_t key, int sign) {
  std::vector<const Values*> rows;
  for (const Value& row : rows_of(call)) {
    if (!row.parts()[key].is_null()) rows.push_back(&row.parts());
  }
  std::ranges::stable_sort(rows, [&](const Values* a, const Values* b) {
    return compare(column_type(call, key), (*a)[key], (*b)[key]).value_or(0) * sign < 0;
  });
  return rows;
}

std::optional<std::unexpected<scalar::ScalarError>> wrong_count(std::int64_t count, std::string_view which,
                                                                std::string_view name) {
  if (count <= 0) return invalid_argument(fmt::format("{} argument of {} must be a positive integer", which, name));
  if (count > 10'000) {
    return invalid_argument(
        fmt::format("{} argument of {} must be less than or equal to 10000; found {}", which, name, count));
  }
  return std::nullopt;
}

/// x, y: the x beside the greatest y; with a third column n, the n best of them.
Answer extreme_by(const Call& call, int sign, std::string_view name) {
  if (column_type(call, 0) == Type{} && rows_of(call).empty()) return Value{};
  const bool many = call.element(0).children().size() > 2;
  if (!many) {
    const Values* best = nullptr;
    for (const Value& row : rows_of(call)) {
      if (row.parts()[1].is_null()) continue;
      if (best == nullptr || compare(column_type(call, 1), row.parts()[1], (*best)[1]).value_or(0) * sign > 0) {
        best = &row.parts();
      }
    }
    return best == nullptr ? Value{} : (*best)[0];
  }
  if (rows_of(call).empty()) return Value{};
  const Value& count = rows_of(call)[0].parts()[2];
  if (count.is_null()) return invalid_argument(fmt::format("third argument of {} must be a positive integer", name));
  if (auto wrong = wrong_count(count.integer(), "third", name)) return *wrong;
  Values best;
  for (const Values* row : ordered_rows(call, 1, -sign)) {
    if (static_cast<std::int64_t>(best.size()) < count.integer()) best.push_back((*row)[0]);
  }
  return null_if_empty(std::move(best));
}
Answer max_by(const Call& call) {
  return extreme_by(call, 1, "max_by");
}
Answer min_by(const Call& call) {
  return extreme_by(call, -1, "min_by");
}

Answer extreme_n(const Call& call, int sign, std::string_view name) {
  if (rows_of(call).empty()) return Value{};
  const Value& count = rows_of(call)[0].parts()[1];
  if (count.is_null()) return invalid_argument(fmt::format("second argument of {} must be a positive integer", name));
  if (auto wrong = wrong_count(count.integer(), "second", name)) return *wrong;
  Values best;
  for (const Values* row : ordered_rows(call, 0, -sign)) {
    if (static_cast<std::int64_t>(best.size()) < count.integer()) best.push_back((*row)[0]);
  }
  return null_if_empty(std::move(best));
}
Answer max_n(const Call& call) {
  return extreme_n(call, 1, "max");
}
Answer min_n(const Call& call) {
  return extreme_n(call, -1, "min");
}

/// Sum and count: halves away from zero.
Answer average_of(const Call& call) {
  const bool decimal = call.types[0].kind() == TypeKind::kDecimal;
  if (call[0].is_null() || call[1].is_null() || call.integer(1) == 0) return Value{};
  const Int128 sum = decimal ? call[0].decimal() : Int128{call.integer(0)};
  const Int128 mean = *multiplied_and_divided(sum, 1, call.integer(1));
  return decimal ? Value{mean} : Value{static_cast<std::int64_t>(mean)};
}

std::vector<double> numbers_of(const Call& call) {
  std::vector<double> numbers;
  for (const Value& value : rows_of(call)) {
    if (!value.is_null()) numbers.push_back(value.real());
  }
  return numbers;
}

Answer geometric_mean(const Call& call) {
  const auto numbers = numbers_of(call);
  if (numbers.empty()) return Value{};
  double logs = 0;
  for (const double number : numbers) logs += std::log(number);
  return Value{std::exp(logs / static_cast<double>(numbers.size()))};
}

struct Moments {
  double count = 0, mean = 0, m2 = 0, m3 = 0, m4 = 0;
};

Moments moments_of(const Call& call) {
  Moments m;
  for (const double x : numbers_of(call)) {
    const double before = m.count;
    m.count += 1;
    const double delta = x - m.mean;
    const double delta_n = delta / m.count;
    const double delta_n2 = delta_n * delta_n;
    const double term = delta * delta_n * before;
    m.mean += delta_n;
    m.m4 += term * delta_n2 * (m.count * m.count - 3 * m.count + 3) + 6 * delta_n2 * m.m2 - 4 * delta_n * m.m3;
    m.m3 += term * delta_n * (m.count - 2) - 3 * delta_n * m.m2;
    m.m2 += term;
  }
  return m;
}

Answer skewness(const Call& call) {
  const Moments m = moments_of(call);
  return m.count < 3 ? Value{} : Value{std::sqrt(m.count) * m.m3 / std::pow(m.m2, 1.5)};
}

Answer kurtosis(const Call& call) {
  const Moments m = moments_of(call);
  const double n = m.count;
  if (n < 4) return Value{};
  const double below = (n - 2) * (n - 3);
  return Value{(n - 1) * n * (n + 1) / below * m.m4 / (m.m2 * m.m2) - 3 * (n - 1) * (n - 1) / below};
}

/// Pairs without NULLs: y, x.
struct Pairs {
  double count = 0, mean_x = 0, mean_y = 0, c2 = 0, m2x = 0, m2y = 0;  // co-moments, updated pair by pair
};

Pairs pairs_of(const Call& call) {
  Pairs p;
  for (const Value& row : rows_of(call)) {
    if (row.parts()[0].is_null() || row.parts()[1].is_null()) continue;
    const double y = row.parts()[0].real();
    const double x = row.parts()[1].real();
    p.count += 1;
    const double dx = x - p.mean_x;
    const double dy = y - p.mean_y;
    p.mean_x += dx / p.count;
    p.mean_y += dy / p.count;
    p.c2 += dx * (y - p.mean_y);
    p.m2x += dx * (x - p.mean_x);
    p.m2y += dy * (y - p.mean_y);
  }
  return p;
}

Answer finite_or_null(double number) {
  return std::isfinite(number) ? Value{number} : Value{};
}

Answer covar_pop(const Call& call) {
  const Pairs p = pairs_of(call);
  return p.count == 0 ? Value{} : Value{p.c2 / p.count};
}
Answer covar_samp(const Call& call) {
  const Pairs p = pairs_of(call);
  return p.count < 2 ? Value{} : Value{p.c2 / (p.count - 1)};
}
Answer corr(const Call& call) {
  const Pairs p = pairs_of(call);
  return finite_or_null(p.c2 / std::sqrt(p.m2x) / std::sqrt(p.m2y));
}
Answer regr_slope(const Call& call) {
  const Pairs p = pairs_of(call);
  return finite_or_null(p.c2 / p.m2x);
}
Answer regr_intercept(const Call& call) {
  const Pairs p = pairs_of(call);
  return finite_or_null(p.mean_y - p.c2 / p.m2x * p.mean_x);
}

/// The hash of a value as Trino's types have it; nothing: not known here.
std::optional<std::int64_t> hash_of(const Type& type, const Value& value) {
  const auto hashed = [](std::int64_t number) {
    return static_cast<std::int64_t>(XXH64(&number, sizeof number, 0));  // little-endian, as this machine is
  };
  switch (type.kind()) {
    case TypeKind::kBoolean: return value.boolean() ? 1231 : 1237;
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint:
    case TypeKind::kDate:
    case TypeKind::kTimestamp: return hashed(value.integer());
    case TypeKind::kDouble: return hashed(std::bit_cast<std::int64_t>(value.real() == 0 ? 0.0 : value.real()));
    case TypeKind::kDecimal:
      if (type.precision() > 18) return std::nullopt;
      return hashed(static_cast<std::int64_t>(value.decimal()));
    case TypeKind::kVarchar:
    case TypeKind::kVarbinary:
    case TypeKind::kJson: return static_cast<std::int64_t>(XXH64(value.text().data(), value.text().size(), 0));
    default: return std::nullopt;
  }
}

Answer checksum(const Call& call) {
  constexpr std::uint64_t kPrime = 0x9e3779b185ebca87U;
  if (rows_of(call).empty()) return Value{};
  std::uint64_t sum = 0;
  for (const Value& value : rows_of(call)) {
    const auto hash = value.is_null() ? std::optional<std::int64_t>{1} : hash_of(call.element(0), value);
    if (!hash) {
      return std::unexpected(scalar::ScalarError{
          "NOT_SUPPORTED", fmt::format("checksum of {} is not supported here", call.element(0).to_string())});
    }
    sum += static_cast<std::uint64_t>(*hash) * kPrime;
  }
  std::string bytes;
  for (unsigned i = 0; i < 8; ++i) bytes += static_cast<char>(sum >> (8 * i));
  return Value{std::move(bytes)};
}

/// Where the columns of approx_percentile are: x [, weight], percentage or percentages [, accuracy].
struct PercentileColumns {
  bool several = false;  // percentages in an array
  bool weighted = false;
  std::size_t percentage = 1;
};

PercentileColumns percentile_columns(const std::vector<Type>& types) {
  if (types.back().kind() == TypeKind::kArray) return {true, types.size() == 3, types.size() - 1};
  return {false, types.size() > 2, types.size() > 2 ? std::size_t{2} : std::size_t{1}};
}

/// A number and its weight, and the weight of all that are not greater.
struct WeightedPoint {
  double number = 0;
  double weight = 1;
  double reached = 0;
};

scalar::Answer<WeightedPoint> weighted_point(const Values& row, bool weighted) {
  const bool whole = std::holds_alternative<std::int64_t>(row[0].content);
  const double number = whole ? static_cast<double>(row[0].integer()) : row[0].real();
  if (whole && static_cast<Int128>(number) != row[0].integer()) {
    return invalid_argument(fmt::format("no exact double representation for long: {}", row[0].integer()));
  }
  if (std::isnan(number)) return invalid_argument("value must be finite; was NaN");
  const double weight = weighted ? row[1].real() : 1;
  if (!(weight >= 1)) return invalid_argument("percentile weight must be > 0");
  return WeightedPoint{number, weight, 0};
}

Answer percentile_of(const std::vector<WeightedPoint>& points, const Value& fraction, const Type& type) {
  if (fraction.is_null()) return invalid_argument("Percentile cannot be null");
  if (!(fraction.real() >= 0 && fraction.real() <= 1)) return invalid_argument("Percentile must be between 0 and 1");
  const double wanted = fraction.real() * points.back().reached;
  auto point = std::ranges::find_if(points, [&](const WeightedPoint& p) { return p.reached > wanted; });
  if (point == points.end()) --point;
  if (type.kind() == TypeKind::kBigint) return Value{static_cast<std::int64_t>(point->number)};
  return Value{point->number};
}

/// Exact, which is within what Trino promises.
Answer approx_percentile(const Call& call) {
  const PercentileColumns columns = percentile_columns(call.element(0).children());
  std::vector<WeightedPoint> points;
  const Value* wanted = nullptr;
  for (const Value& row : rows_of(call)) {
    const Values& parts = row.parts();
    if (parts[0].is_null() || (columns.weighted && parts[1].is_null())) continue;
    wanted = &parts[columns.percentage];
    if (wanted->is_null()) return invalid_argument("Percentile cannot be null");
    const auto point = weighted_point(parts, columns.weighted);
    if (!point) return std::unexpected(point.error());
    points.push_back(*point);
  }
  if (points.empty()) return Value{};
  std::ranges::stable_sort(points, {}, &WeightedPoint::number);
  double sum = 0;
  for (WeightedPoint& point : points) point.reached = sum += point.weight;
  const Type& type = column_type(call, 0);
  if (!columns.several) return percentile_of(points, *wanted, type);
  Values answers;
  for (const Value& fraction : wanted->parts()) {
    auto answer = percentile_of(points, fraction, type);
    if (!answer) return answer;
    answers.push_back(*std::move(answer));
  }
  return Value{std::move(answers)};
}

/// buckets, value, capacity.
Answer approx_most_frequent(const Call& call) {
  if (rows_of(call).empty()) return Value{};
  std::unordered_map<std::string, std::pair<Value, std::int64_t>> counts;
  std::int64_t buckets = 0;
  for (const Value& row : rows_of(call)) {
    const Values& parts = row.parts();
    if (parts[0].is_null() || parts[1].is_null() || parts[2].is_null()) continue;
    buckets = parts[0].integer();
    if (buckets < 2) return invalid_argument("approx_most_frequent bucket count must be greater than one");
    auto& entry = counts[key_of(column_type(call, 1), parts[1])];
    entry.first = parts[1];
    ++entry.second;
  }
  std::vector<std::pair<Value, std::int64_t>> all;
  for (auto& [key, entry] : counts) all.push_back(std::move(entry));
  std::ranges::stable_sort(all, [&](const auto& a, const auto& b) {
    if (a.second != b.second) return a.second > b.second;
    return compare(column_type(call, 1), a.first, b.first).value_or(0) < 0;
  });
  Values map;
  for (const auto& [value, count] : all) {
    if (static_cast<std::int64_t>(map.size() / 2) >= buckets) break;
    map.push_back(value);
    map.emplace_back(count);
  }
  return null_if_empty(std::move(map));
}

/// buckets, value [, weight]: the closest neighbours are merged until `buckets` are left (Ben-Haim and Tom-Tov, 2010).
Answer numeric_histogram(const Call& call) {
  std::map<double, double> points;
  std::int64_t buckets = 0;
  for (const Value& row : rows_of(call)) {
    const Values& parts = row.parts();
    if (parts[0].is_null() || parts[1].is_null() || (parts.size() > 2 && parts[2].is_null())) continue;
    buckets = parts[0].integer();
    if (buckets < 2) return invalid_argument("numeric_histogram bucket count must be greater than one");
    points[parts[1].real()] += parts.size() > 2 ? parts[2].real() : 1;
  }
  if (points.empty()) return Value{};
  while (static_cast<std::int64_t>(points.size()) > buckets) {
    auto closest = points.begin();
    for (auto point = points.begin(); std::next(point) != points.end(); ++point) {
      if (std::next(point)->first - point->first < std::next(closest)->first - closest->first) closest = point;
    }
    const auto next = std::next(closest);
    const double weight = closest->second + next->second;
    const double middle = (closest->first * closest->second + next->first * next->second) / weight;
    points.erase(next);
    points.erase(closest);
    points[middle] += weight;
  }
  const bool real = column_type(call, 1).kind() == TypeKind::kReal;
  const auto kept = [&](double number) { return real ? double{static_cast<float>(number)} : number; };
  Values map;
  for (const auto& [value, weight] : points) {
    map.emplace_back(kept(value));
    map.emplace_back(kept(weight));
  }
  return Value{std::move(map)};
}

/// Texts, separator, what to do beyond a million bytes (ERROR, TRUNCATE WITH COUNT or TRUNCATE WITHOUT COUNT), and what
/// then stands for the rest.
Answer listagg(const Call& call) {
  std::string result;
  bool any = false;
  std::size_t left = rows_of(call).size();
  constexpr std::size_t kLimit = std::size_t{1} << 20U;
  for (const Value& value : rows_of(call)) {
    --left;
    if (value.is_null()) continue;
    if (result.size() + value.text().size() + call.text(1).size() > kLimit) {
      if (call.text(2) == "ERROR") {
        return std::unexpected(scalar::ScalarError{"EXCEEDED_FUNCTION_MEMORY_LIMIT",
                                                   "Concatenated string has the length in bytes larger "
                                                   "than the maximum output length 1048576"});
      }
      result += call.text(1) + call.text(3);
      if (call.text(2) == "TRUNCATE WITH COUNT") result += fmt::format("({})", left + 1);
      break;
    }
    if (any) result += call.text(1);
    any = true;
    result += value.text();
  }
  return any ? Value{std::move(result)} : Value{};
}

constexpr auto kFunctions = std::to_array<Function>({
    {"agg_histogram", histogram, true},
    {"agg_map_agg", map_agg, true},
    {"agg_multimap_agg", multimap_agg, true},
    {"agg_map_union", map_union, true},
    {"agg_max_by", max_by, true},
    {"agg_min_by", min_by, true},
    {"agg_max_n", max_n, true},
    {"agg_min_n", min_n, true},
    {"average_of", average_of, true},
    {"agg_geometric_mean", geometric_mean, true},
    {"agg_skewness", skewness, true},
    {"agg_kurtosis", kurtosis, true},
    {"agg_covar_pop", covar_pop, true},
    {"agg_covar_samp", covar_samp, true},
    {"agg_corr", corr, true},
    {"agg_regr_slope", regr_slope, true},
    {"agg_regr_intercept", regr_intercept, true},
    {"agg_checksum", checksum, true},
    {"agg_approx_percentile", approx_percentile, true},
    {"agg_approx_most_frequent", approx_most_frequent, true},
    {"agg_numeric_histogram", numeric_histogram, true},
    {"agg_listagg", listagg, true},
});

}  // namespace

std::span<const Function> aggregate_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
