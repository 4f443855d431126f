// What to say of one rule: never attached, not enough seen, not observable, shadowed, used, noise only, no hits; with
// the numbers behind it and the part of a used rule that nobody used. The first that holds, in the order of the
// enumerators.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/rule_cover.h"
#include "history/history.h"

namespace flowtrail::attribution {

enum class Verdict : std::uint8_t {
  kNeverAttached,
  kInsufficientCoverage,
  kNotObservable,
  kShadowed,
  kUsed,
  kNoiseOnly,
  kNoHits,
};

/// never-attached, insufficient-coverage, not-observable, shadowed, used, noise-only, no-hits.
[[nodiscard]] std::string_view verdict_name(Verdict verdict);

struct RuleVerdict {
  Verdict verdict = Verdict::kNoHits;
  std::int64_t lifetime_seconds = 0;  // of the rule, inside the window
  std::int64_t expected_seconds = 0,
               observed_seconds = 0;                     // summed over the interfaces; see AttributionResult::rule_time
  std::optional<double> coverage;                        // observed / expected; missing when nothing was expected
  std::vector<std::uint32_t> wider_rules;                // whatever the verdict; see WiderRules
  std::string why;                                       // one sentence with the numbers
  std::optional<std::vector<std::string>> unused_ports;  // `lo-hi` or `port`; missing: does not apply
  std::optional<std::vector<std::string>> unused_sources;  // CIDR blocks; missing: does not apply
  std::vector<Cidr> proposal;  // used rules: at most 8 blocks that admit all sessions and handshakes of non-scanners
};

/// Judges the rules of one result. It remembers what it found out of a group: it is best to ask for the rules of one
/// group after another. Not thread-safe.
class RuleJudge {
 public:
  /// `result` must be of `history`; both must outlive it. `min_coverage` is a fraction, `min_observed_seconds` the
  /// least lifetime inside the window that allows a verdict.
  RuleJudge(const history::History& history, const AttributionResult& result, double min_coverage,
            std::int64_t min_observed_seconds);

  /// `rule` is an index into History::rules. Cost: that of WiderRules, and O(n log n) for n used sources.
  [[nodiscard]] RuleVerdict judge(std::uint32_t rule);

 private:
  const history::History& history_;
  const AttributionResult& result_;
  double min_coverage_;
  std::int64_t min_observed_seconds_;
  WiderRules wider_rules_;
};

/// True if the rule serves only what flow logs leave out: a source inside 169.254.0.0/16 or fd00:ec2::/32, or UDP ports
/// inside 67-68. Source: facts sheet, 1.8.
[[nodiscard]] bool serves_unlogged_traffic(const history::RuleSpec& spec);

}  // namespace flowtrail::attribution
