// Sets of seconds as sorted, disjoint, half-open spans, and the few operations that coverage needs on them.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/utc_time.h"

namespace flowtrail::attribution {

using Span = std::pair<std::int64_t, std::int64_t>;  // [first, second)
using Spans = std::vector<Span>;                     // sorted, disjoint, none empty, none touching

/// Stand for "not known, so unbounded"; far enough from the limits to be added to.
constexpr std::int64_t kBeginningOfTime = INT64_MIN / 4;
constexpr std::int64_t kEndOfTime = INT64_MAX / 4;

[[nodiscard]] Span span_of(const Interval& interval);
[[nodiscard]] Span overlap(const Span& a, const Span& b);  // empty (first >= second) when there is none

/// Sorts; drops empty spans; joins those that overlap or touch.
[[nodiscard]] Spans normalized(std::vector<Span> spans);
[[nodiscard]] Spans intersection(const Spans& a, const Spans& b);
[[nodiscard]] Spans difference(const Spans& a, const Spans& b);
[[nodiscard]] std::int64_t total(const Spans& spans);

/// Spans that join on the way in when they lie at most `tolerance` apart. The outcome does not depend on the order.
class GrowingSpans {
 public:
  explicit GrowingSpans(std::int64_t tolerance) : tolerance_(tolerance) {}

  /// Amortized O(log n); O(1) when the last span touched already holds [from, to).
  void add(std::int64_t from, std::int64_t to);
  [[nodiscard]] Spans spans() const { return {spans_.begin(), spans_.end()}; }
  [[nodiscard]] bool empty() const { return spans_.empty(); }

 private:
  std::int64_t tolerance_;
  std::map<std::int64_t, std::int64_t> spans_;
  Span latest_{0, 0};
};

}  // namespace flowtrail::attribution
