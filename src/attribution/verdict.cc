#include "attribution/verdict.h"

#include <algorithm>
#include <array>

#include "attribution/address_blocks.h"
#include "attribution/spans.h"

namespace flowtrail::attribution {
namespace {

using history::Baseline;
using history::History;
using history::RuleSpec;
using history::SourceKind;

constexpr std::size_t kMostBlocks = 8;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 86400;
constexpr int kUdpProtocol = 17;

std::int64_t lifetime_in_window(const history::Rule& rule, const AttributionResult& result) {
  const Span life = overlap(span_of(rule.valid), {result.window_from, result.window_to});
  return std::max<std::int64_t>(0, life.second - life.first);
}

std::int64_t hits_of(const RuleUsage& usage) {
  return usage.sole_hits + usage.shared_hits;
}

Verdict decide(const History& history, const RuleUsage& usage, const history::Rule& rule, const RuleVerdict& facts,
               double min_coverage, std::int64_t min_observed_seconds) {
  const bool attachments_known = history.groups[rule.group].attachments_baseline != Baseline::kUnknown;
  if (attachments_known && facts.expected_seconds == 0) return Verdict::kNeverAttached;
  if (!facts.coverage || *facts.coverage < min_coverage) return Verdict::kInsufficientCoverage;
  if (facts.lifetime_seconds < min_observed_seconds) return Verdict::kInsufficientCoverage;
  const std::int64_t hits = hits_of(usage);
  if (hits == 0) return serves_unlogged_traffic(rule.spec) ? Verdict::kNotObservable : Verdict::kNoHits;
  if (usage.covered_hits == hits) return Verdict::kShadowed;
  return usage.used ? Verdict::kUsed : Verdict::kNoiseOnly;
}

std::string range_text(int from, int to) {
  return from == to ? fmt::format("{}", from) : fmt::format("{}-{}", from, to);
}

std::vector<std::string> unused_port_ranges(const RuleSpec& spec, const std::vector<std::pair<int, int>>& used) {
  std::vector<std::string> ranges;
  int next = spec.from_port;
  for (const auto& [from, to] : used) {
    if (from > next) ranges.push_back(range_text(next, std::min(from - 1, spec.to_port)));
    next = std::max(next, to + 1);
    if (next > spec.to_port) break;
  }
  if (next <= spec.to_port) ranges.push_back(range_text(next, spec.to_port));
  return ranges;
}

// The contents of a rule's prefix list at the end of its life inside the window.
const history::PrefixListVersion* latest_version(const History& history, const history::Rule& rule,
                                                 const AttributionResult& result) {
  const Span life = overlap(span_of(rule.valid), {result.window_from, result.window_to});
  const history::PrefixListVersion* latest = nullptr;
  std::int64_t latest_from = 0;
  for (const std::uint32_t index : history.versions_of_prefix_list(rule.spec.source_id)) {
    const history::PrefixListVersion& version = history.prefix_lists[index];
    const Span valid = span_of(version.valid);
    const Span both = overlap(valid, life);
    if (both.first >= both.second || (latest != nullptr && valid.first < latest_from)) continue;
    latest = &version;
    latest_from = valid.first;
  }
  return latest;
}

std::optional<std::vector<std::string>> unused_source_blocks(const History& history, const history::Rule& rule,
                                                             const AttributionResult& result,
                                                             const std::vector<IpAddress>& used) {
  const RuleSpec& spec = rule.spec;
  std::vector<Cidr> blocks;
  if (spec.source_kind == SourceKind::kGroup) return std::nullopt;
  if (spec.source_kind == SourceKind::kPrefixList) {
    const history::PrefixListVersion* version = latest_version(history, rule, result);
    if (version == nullptr) return std::nullopt;
    std::ranges::copy_if(version->entries, std::back_inserter(blocks), [&](const Cidr& entry) {
      return std::ranges::none_of(used, [&](const IpAddress& address) { return entry.contains(address); });
    });
    std::ranges::sort(blocks, {}, [](const Cidr& block) { return std::pair{!block.is_v4(), block}; });
  } else {
    if (spec.cidr.prefix_length() == (spec.cidr.is_v4() ? 32 : 128)) return std::nullopt;
    blocks = unused_blocks(spec.cidr, used, kMostBlocks);
  }
  std::vector<std::string> texts;
  for (const Cidr& block : blocks) texts.push_back(block.to_string());
  return texts;
}

std::string hours_text(std::int64_t seconds) {
  return fmt::format("{:.2f} h", static_cast<double>(seconds) / static_cast<double>(kHour));
}

std::string days_text(std::int64_t seconds) {
  return fmt::format("{:.1f} days", static_cast<double>(seconds) / static_cast<double>(kDay));
}

std::string count_text(std::int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string logged_text(const RuleVerdict& facts) {
  return fmt::format("{} of {} of attached time were logged", hours_text(facts.observed_seconds),
                     hours_text(facts.expected_seconds));
}

std::string joined(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string proposal_text(const std::vector<Cidr>& proposal) {
  std::vector<std::string> texts;
  for (const Cidr& block : proposal) texts.push_back(block.to_string());
  return texts.empty() ? std::string{} : fmt::format("; {} would have admitted all of it", joined(texts));
}

std::string insufficient_text(const RuleVerdict& facts, double min_coverage, std::int64_t min_observed_seconds) {
  if (!facts.coverage) return "No attachment of the group was seen, and earlier ones cannot be excluded.";
  if (*facts.coverage < min_coverage) {
    return fmt::format("Only {} ({:.1f} %, at least {:.1f} % are wanted).", logged_text(facts), *facts.coverage * 100,
                       min_coverage * 100);
  }
  return fmt::format("The rule was in force for only {} of the window; at least {} are wanted.",
                     days_text(facts.lifetime_seconds), days_text(min_observed_seconds));
}

std::string shadowed_text(const History& history, const RuleVerdict& facts, std::int64_t hits) {
  std::vector<std::string> labels;
  for (const std::uint32_t rule : facts.wider_rules) labels.push_back(label_of(history, rule));
  return fmt::format("{} shared with a rule that admits all that this one does: {}.",
                     hits == 1 ? "Its only hit was" : fmt::format("Each of its {} hits was", hits), joined(labels));
}

std::string why_text(const History& history, const RuleUsage& usage, const RuleVerdict& facts, double min_coverage,
                     std::int64_t min_observed_seconds) {
  const std::int64_t hits = hits_of(usage);
  switch (facts.verdict) {
    case Verdict::kNeverAttached: return "Its group was on no interface while the rule was in force inside the window.";
    case Verdict::kInsufficientCoverage: return insufficient_text(facts, min_coverage, min_observed_seconds);
    case Verdict::kNotObservable:
      return "It admits only traffic that flow logs leave out, so that no hit proves nothing.";
    case Verdict::kShadowed: return shadowed_text(history, facts, hits);
    case Verdict::kUsed:
      return fmt::format("{} and {} by {}{}.", count_text(usage.sessions, "session", "sessions"),
                         count_text(usage.handshakes, "handshake", "handshakes"),
                         count_text(usage.peers, "peer", "peers"), proposal_text(facts.proposal));
    case Verdict::kNoiseOnly:
      return fmt::format("{} by {}, none of them use: {}, {} of scanners.", count_text(hits, "hit", "hits"),
                         count_text(usage.peers, "peer", "peers"), count_text(usage.probes, "probe", "probes"),
                         count_text(usage.scanner_sessions, "session", "sessions"));
    case Verdict::kNoHits: return fmt::format("Nothing came through it while {}.", logged_text(facts));
  }
  return {};
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNeverAttached: return "never-attached";
    case Verdict::kInsufficientCoverage: return "insufficient-coverage";
    case Verdict::kNotObservable: return "not-observable";
    case Verdict::kShadowed: return "shadowed";
    case Verdict::kUsed: return "used";
    case Verdict::kNoiseOnly: return "noise-only";
    case Verdict::kNoHits: return "no-hits";
  }
  return "no-hits";
}

bool serves_unlogged_traffic(const RuleSpec& spec) {
  static const std::array kUnlogged = {Cidr{IpAddress::from_v4(0xa9fe0000U), 16},     // 169.254.0.0/16
                                       Cidr{IpAddress{0xfd000ec200000000U, 0}, 32}};  // fd00:ec2::/32
  constexpr int kDhcpServer = 67;
  constexpr int kDhcpClient = 68;
  if (spec.protocol == kUdpProtocol && spec.from_port >= kDhcpServer && spec.to_port <= kDhcpClient) return true;
  if (spec.source_kind != SourceKind::kCidrIpv4 && spec.source_kind != SourceKind::kCidrIpv6) return false;
  return std::ranges::any_of(kUnlogged, [&](const Cidr& block) { return block.contains(spec.cidr); });
}

RuleJudge::RuleJudge(const History& history, const AttributionResult& result, double min_coverage,
                     std::int64_t min_observed_seconds)
    : history_(history),
      result_(result),
      min_coverage_(min_coverage),
      min_observed_seconds_(min_observed_seconds),
      wider_rules_(history, result.window_from, result.window_to) {}

RuleVerdict RuleJudge::judge(std::uint32_t rule) {
  const history::Rule& judged = history_.rules[rule];
  const RuleUsage& usage = result_.rules[rule];
  RuleVerdict verdict;
  verdict.lifetime_seconds = lifetime_in_window(judged, result_);
  const AttributionResult::RuleTime time = result_.rule_time(history_, rule);
  verdict.expected_seconds = time.expected;
  verdict.observed_seconds = time.observed;
  if (time.expected > 0) verdict.coverage = static_cast<double>(time.observed) / static_cast<double>(time.expected);
  verdict.wider_rules = wider_rules_.of(rule);
  verdict.verdict = decide(history_, usage, judged, verdict, min_coverage_, min_observed_seconds_);
  if (verdict.verdict == Verdict::kUsed) {
    if (judged.spec.has_ports() && judged.spec.from_port < judged.spec.to_port) {
      verdict.unused_ports = unused_port_ranges(judged.spec, usage.used_ports);
    }
    verdict.unused_sources = unused_source_blocks(history_, judged, result_, usage.used_sources);
    verdict.proposal = enclosing_blocks(usage.used_sources, kMostBlocks);
  }
  verdict.why = why_text(history_, usage, verdict, min_coverage_, min_observed_seconds_);
  return verdict;
}

}  // namespace flowtrail::attribution
