// Sets of seconds as sorted, disjoint, half-open spans, and the few operations that coverage needs on them.
#pragma once

#include <algorithm>
#include <cstdint>
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

/// Joins spans that lie at most `tolerance` apart, in place.
void join_near(std::int64_t tolerance, std::vector<Span>& spans);

/// Spans that join when they lie at most `Tolerance` apart. The outcome does not depend on the order.
template <std::int64_t Tolerance>
class GrowingSpans {
 public:
  /// Amortized O(log n); O(1), and without a look at other memory, when the span touched last holds `from`.
  void add(std::int64_t from, std::int64_t to) {
    if (from >= latest_.first && from - Tolerance <= latest_.second) {
      latest_.second = std::max(latest_.second, to);
    } else {
      turn_to({from, to});
    }
  }

  /// No more than a little will be added: gives spare memory back.
  void settle() {
    join_near(Tolerance, others_);
    others_.shrink_to_fit();
  }

  [[nodiscard]] Spans spans() const {
    Spans all = others_;
    if (latest_.first < latest_.second) all.push_back(latest_);
    join_near(Tolerance, all);
    return all;
  }

 private:
  static constexpr std::uint32_t kFew = 16;

  void turn_to(Span span) {
    if (span.first - Tolerance <= latest_.second && latest_.first - Tolerance <= span.second) {
      span = {std::min(span.first, latest_.first), std::max(span.second, latest_.second)};
    } else if (latest_.first < latest_.second) {
      put_away(latest_);
    }
    latest_ = span;
  }

  // There is a list for each of many interfaces, so that it is not doubled when it grows.
  void put_away(const Span& span) {
    if (others_.size() >= join_at_) {
      join_near(Tolerance, others_);
      join_at_ = static_cast<std::uint32_t>(2 * others_.size()) + kFew;
    }
    if (others_.size() == others_.capacity()) others_.reserve(others_.size() + others_.size() / 4 + 1);
    others_.push_back(span);
  }

  Span latest_{kEndOfTime, 0};  // the span touched last
  std::vector<Span> others_;    // in any order, some of them not yet joined
  std::uint32_t join_at_ = kFew;
};

}  // namespace flowtrail::attribution
