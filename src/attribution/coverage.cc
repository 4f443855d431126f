#include "attribution/coverage.h"

#include <algorithm>

namespace flowtrail::attribution {
namespace {

constexpr std::int64_t kShortAggregation = 60;
constexpr std::int64_t kLongAggregation = 600;
constexpr std::int64_t kLongestShortRecord = 90;
constexpr std::int64_t kSilentIntervals = 3;

struct Measured {
  Spans expected;  // one span, or none
  Spans gaps;
};

Spans clipped(const Spans& spans, const Span& to) {
  if (to.first >= to.second) return {};
  return intersection(spans, {to});
}

Span expected_span(const CoverageInput& input, const Span& window) {
  return overlap(input.known != nullptr ? span_of(input.known->life) : input.recorded, window);
}

Spans silence(const Spans& heard, const Spans& expected, std::int64_t aggregation) {
  Spans silent = difference(expected, heard);
  std::erase_if(silent, [&](const Span& span) { return span.second - span.first <= kSilentIntervals * aggregation; });
  return silent;
}

std::int64_t aggregation_of(const CoverageInput& input, const std::map<std::uint32_t, std::int64_t>& longest_records) {
  std::int64_t longest = 0;
  if (input.heard != nullptr) {
    for (const std::uint32_t flow_log : input.heard->flow_logs()) {
      const auto found = longest_records.find(flow_log);
      if (found != longest_records.end()) longest = std::max(longest, found->second);
    }
  }
  return aggregation_seconds(longest);
}

// The times in which at least one interface was expected and all that were had a gap.
Spans common_gaps(const std::vector<Measured>& measured) {
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> changes;  // time -> change of (expected, silent)
  for (const Measured& one : measured) {
    for (const Span& span : one.expected) ++changes[span.first].first, --changes[span.second].first;
    for (const Span& span : one.gaps) ++changes[span.first].second, --changes[span.second].second;
  }
  std::vector<Span> common;
  std::int64_t expected = 0;
  std::int64_t silent = 0;
  std::int64_t since = 0;
  for (const auto& [time, change] : changes) {
    if (expected > 0 && expected == silent) common.emplace_back(since, time);
    expected += change.first;
    silent += change.second;
    since = time;
  }
  return normalized(std::move(common));
}

}  // namespace

void HeardInterface::add_flow_log(std::uint32_t flow_log) {
  if (flow_log_ == kNoFlowLog) flow_log_ = flow_log;
  if (flow_log_ == flow_log) return;
  std::vector<std::uint32_t>& more = rare().more_flow_logs;
  if (std::ranges::find(more, flow_log) == more.end()) more.push_back(flow_log);
}

std::vector<std::uint32_t> HeardInterface::flow_logs() const {
  std::vector<std::uint32_t> all;
  if (flow_log_ != kNoFlowLog) all.push_back(flow_log_);
  if (rare_ != nullptr) all.insert(all.end(), rare_->more_flow_logs.begin(), rare_->more_flow_logs.end());
  return all;
}

void HeardInterface::merge(const HeardInterface& other) {
  for (const auto& [from, to] : other.heard()) heard_.add(from, to);
  for (const auto& [from, to] : other.skipped()) rare().skipped.add(from, to);
  for (const std::uint32_t flow_log : other.flow_logs()) add_flow_log(flow_log);
  heard_.settle();
}

std::int64_t aggregation_seconds(std::int64_t longest_record) {
  return longest_record <= kLongestShortRecord ? kShortAggregation : kLongAggregation;
}

CoverageOutcome measure_coverage(std::vector<CoverageInput> interfaces,
                                 const std::map<std::uint32_t, std::int64_t>& longest_records, std::int64_t window_from,
                                 std::int64_t window_to) {
  std::ranges::sort(interfaces, {}, &CoverageInput::interface_id);
  const Span window{window_from, window_to};
  CoverageOutcome outcome;
  std::vector<Measured> measured;
  for (const CoverageInput& input : interfaces) {
    InterfaceCoverage coverage;
    coverage.interface = input.symbol;
    coverage.interface_id = input.interface_id;
    coverage.aggregation_seconds = aggregation_of(input, longest_records);
    const Spans heard = input.heard == nullptr ? Spans{} : clipped(input.heard->heard(), window);
    if (input.heard != nullptr) coverage.skipped = clipped(input.heard->skipped(), window);
    const Span expected = expected_span(input, window);
    Measured one;
    if (expected.first < expected.second) one.expected = {expected};
    one.gaps = silence(heard, one.expected, coverage.aggregation_seconds);
    coverage.expected = one.expected;
    coverage.observed = difference(difference(one.expected, one.gaps), coverage.skipped);
    outcome.coverage.push_back(std::move(coverage));
    measured.push_back(std::move(one));
  }
  const Spans common = common_gaps(measured);
  for (const Span& span : common) outcome.gaps.push_back({{}, span.first, span.second});
  for (std::size_t i = 0; i < measured.size(); ++i) {
    for (const Span& span : difference(measured[i].gaps, common)) {
      outcome.gaps.push_back({outcome.coverage[i].interface_id, span.first, span.second});
    }
  }
  return outcome;
}

}  // namespace flowtrail::attribution
