// Sets of seconds as sorted, disjoint, half-open spans, and the few operations that coverage needs on them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
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

/// Spans that join on the way in when they lie at most `Tolerance` apart. The outcome does not depend on the order.
template <std::int64_t Tolerance>
class GrowingSpans {
 public:
  /// Amortized O(log n); O(1), and without a look at other memory, when the span touched last holds [from, to) or only
  /// grows at its end.
  void add(std::int64_t from, std::int64_t to) {
    if (from >= latest_.first && from - Tolerance <= latest_.second && to < next_begin_) {
      latest_.second = std::max(latest_.second, to);
    } else {
      join(from, to);
    }
  }

  [[nodiscard]] Spans spans() const {
    Spans spans(spans_.begin(), spans_.end());
    const auto latest = std::ranges::find(spans, latest_.first, &Span::first);
    if (latest != spans.end()) latest->second = latest_.second;
    return spans;
  }

 private:
  void join(std::int64_t from, std::int64_t to) {
    // Mostly it comes after all others, which need no search then.
    if (!spans_.empty()) span_from(latest_.first)->second = latest_.second;
    auto next = spans_.empty() || std::prev(spans_.end())->first <= from ? spans_.end() : spans_.upper_bound(from);
    if (next != spans_.begin() && std::prev(next)->second + Tolerance >= from) {
      --next;
    } else {
      next = spans_.emplace_hint(next, from, to);
    }
    next->second = std::max(next->second, to);
    auto after = std::next(next);
    while (after != spans_.end() && after->first - Tolerance <= next->second) {
      next->second = std::max(next->second, after->second);
      after = spans_.erase(after);
    }
    latest_ = *next;
    next_begin_ = after == spans_.end() ? kEndOfTime : after->first - Tolerance;
  }

  std::map<std::int64_t, std::int64_t>::iterator span_from(std::int64_t begin) {
    const auto last = std::prev(spans_.end());
    return last->first == begin ? last : spans_.find(begin);
  }

  Span latest_{kEndOfTime, 0};   // the span touched last; its end in `spans_` may lag behind
  std::int64_t next_begin_ = 0;  // where the next one, less the tolerance, begins
  std::map<std::int64_t, std::int64_t> spans_;
};

}  // namespace flowtrail::attribution
