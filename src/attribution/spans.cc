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

void join_near(std::int64_t tolerance, std::vector<Span>& spans) {
  std::ranges::sort(spans);
  std::size_t joined = 0;
  for (const Span& span : spans) {
    if (joined > 0 && span.first - tolerance <= spans[joined - 1].second) {
      spans[joined - 1].second = std::max(spans[joined - 1].second, span.second);
    } else {
      spans[joined++] = span;
    }
  }
  spans.resize(joined);
}

Spans normalized(std::vector<Span> spans) {
  std::erase_if(spans, [](const Span& span) { return span.first >= span.second; });
  join_near(0, spans);
  return spans;
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

}  // namespace flowtrail::attribution
