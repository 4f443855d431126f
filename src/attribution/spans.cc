#include "attribution/spans.h"

#include <algorithm>

namespace flowtrail::attribution {

Span span_of(const Interval& interval) {
  return {interval.from ? to_seconds(*interval.from) : kBeginningOfTime,
          interval.to ? to_seconds(*interval.to) : kEndOfTime};
}

Span overlap(const Span& a, const Span& b) {
  return {std::max(a.first, b.first), std::min(a.second, b.second)};
}

Spans normalized(std::vector<Span> spans) {
  std::erase_if(spans, [](const Span& span) { return span.first >= span.second; });
  std::ranges::sort(spans);
  Spans joined;
  for (const Span& span : spans) {
    if (!joined.empty() && span.first <= joined.back().second) {
      joined.back().second = std::max(joined.back().second, span.second);
    } else {
      joined.push_back(span);
    }
  }
  return joined;
}

Spans intersection(const Spans& a, const Spans& b) {
  Spans common;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Span both = overlap(a[i], b[j]);
    if (both.first < both.second) common.push_back(both);
    if (a[i].second < b[j].second) {
      ++i;
    } else {
      ++j;
    }
  }
  return common;
}

Spans difference(const Spans& a, const Spans& b) {
  Spans rest;
  std::size_t j = 0;
  for (Span span : a) {
    while (j < b.size() && b[j].second <= span.first) ++j;
    for (std::size_t k = j; k < b.size() && b[k].first < span.second; ++k) {
      if (span.first < b[k].first) rest.emplace_back(span.first, b[k].first);
      span.first = std::max(span.first, b[k].second);
    }
    if (span.first < span.second) rest.push_back(span);
  }
  return rest;
}

std::int64_t total(const Spans& spans) {
  std::int64_t sum = 0;
  for (const auto& [from, to] : spans) sum += to - from;
  return sum;
}

void GrowingSpans::add(std::int64_t from, std::int64_t to) {
  if (latest_.first <= from && to <= latest_.second) return;
  auto next = spans_.upper_bound(from);
  if (next != spans_.begin() && std::prev(next)->second + tolerance_ >= from) {
    --next;
  } else {
    next = spans_.emplace_hint(next, from, to);
  }
  // Mostly the span only grows at its end, which moves nothing.
  next->second = std::max(next->second, to);
  for (auto after = std::next(next); after != spans_.end() && after->first - tolerance_ <= next->second;) {
    next->second = std::max(next->second, after->second);
    after = spans_.erase(after);
  }
  latest_ = *next;
}

}  // namespace flowtrail::attribution
