// Was recording alive? What was heard of each interface while records are added, and, once the window is known, the
// spans in which each interface was expected, heard, silent, or skipped.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/spans.h"
#include "history/history.h"

namespace flowtrail::attribution {

/// What the records say of one interface, copies included.
class HeardInterface {
 public:
  /// [start, end] of a record of any status; an end before the start counts as the start.
  void add(std::int64_t start, std::int64_t end, bool skipdata) {
    const std::int64_t from = std::clamp(start, kBeginningOfTime, kEndOfTime - 1);
    const std::int64_t to = std::clamp(end, from, kEndOfTime - 1) + 1;
    heard_.add(from, to);
    if (skipdata) rare().skipped.add(from, to);
  }
  /// That delivered some of the records.
  void add_flow_log(std::uint32_t flow_log);

  /// Of a lane that is done.
  void merge(const HeardInterface& other);

  [[nodiscard]] Spans heard() const { return heard_.spans(); }
  [[nodiscard]] Spans skipped() const { return rare_ == nullptr ? Spans{} : rare_->skipped.spans(); }
  [[nodiscard]] std::vector<std::uint32_t> flow_logs() const;  // distinct

 private:
  static constexpr std::uint32_t kNoFlowLog = UINT32_MAX;
  // What few of the many interfaces have.
  struct Rare {
    GrowingSpans<0> skipped;
    std::vector<std::uint32_t> more_flow_logs;  // distinct
  };
  [[nodiscard]] Rare& rare() {
    if (rare_ == nullptr) rare_ = std::make_unique<Rare>();
    return *rare_;
  }

  // Silence up to three of the shortest aggregation intervals is never a gap, so it need not be remembered.
  GrowingSpans<180> heard_;
  std::uint32_t flow_log_ = kNoFlowLog;  // the first one
  std::unique_ptr<Rare> rare_;           // nullptr: nothing of it
};

/// 60 for flow logs whose records span at most 90 s, else 600.
[[nodiscard]] std::int64_t aggregation_seconds(std::int64_t longest_record);

/// One interface to be measured.
struct CoverageInput {
  std::uint32_t symbol = 0;                   // 0: no record names it
  std::string_view interface_id;              // of the history or the symbols
  const HeardInterface* heard = nullptr;      // nullptr: no record
  Span recorded{0, 0};                        // first start to last end + 1 of its records of the window; empty: none
  const history::Interface* known = nullptr;  // nullptr: history does not know it
};

struct CoverageOutcome {
  std::vector<InterfaceCoverage> coverage;  // ordered by interface id
  std::vector<Gap> gaps;                    // those of all interfaces first, then by interface id; each by time
};

/// `longest_records`: by flow log, the longest record in seconds.
[[nodiscard]] CoverageOutcome measure_coverage(std::vector<CoverageInput> interfaces,
                                               const std::map<std::uint32_t, std::int64_t>& longest_records,
                                               std::int64_t window_from, std::int64_t window_to);

}  // namespace flowtrail::attribution
