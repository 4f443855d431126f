// Comparing rules with one another: which admits all that another admits, and which of several that match is the
// narrowest. `covers` itself is declared in attribution.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/spans.h"
#include "history/history.h"

namespace flowtrail::attribution {

/// True if a hit that both rules admit counts as covered for `narrow`: `wide` covers it, and when they cover each other
/// (equal rules), `wide` is the one that stays - the elder, then the one whose label sorts first. Both are indices into
/// History::rules.
[[nodiscard]] bool counts_as_covered(const history::History& history, std::uint32_t wide, std::uint32_t narrow,
                                     UtcSeconds time);

/// The wider rules of rules of one window. It remembers what it found out of a group: it is best to ask for the rules
/// of one group after another. Not thread-safe.
class WiderRules {
 public:
  /// `history` must outlive it.
  WiderRules(const history::History& history, std::int64_t window_from, std::int64_t window_to)
      : history_(history), window_(window_from, window_to) {}

  /// The rules that cover `rule` (equal ones too) and were in force together with it on a common interface at some
  /// moment of the window. Sorted by label, distinct. Cost: the rules of all groups that share an interface with the
  /// rule's group.
  [[nodiscard]] std::vector<std::uint32_t> of(std::uint32_t rule);

 private:
  const history::History& history_;
  Span window_;
  std::optional<std::uint32_t> group_;  // whose companions are known
  std::map<std::uint32_t, Spans>
      companions_;  // groups carried by an interface that carries it, with the time they share
};

/// History's label of a rule.
[[nodiscard]] std::string label_of(const history::History& history, std::uint32_t rule);

/// How many ports a rule admits; every protocol is wider than all ports of one.
[[nodiscard]] std::int64_t port_count(const history::RuleSpec& spec);

/// The prefix length (IPv4 counted as +96) with which the rule's source holds `address` at `time`; 129 for a group
/// reference; -1 when it does not (then the rule sorts last).
[[nodiscard]] int match_prefix(const history::History& history, const history::RuleSpec& spec, const IpAddress& address,
                               UtcSeconds time);

/// The moments at which `rule` can be in force on an interface through its group: the group's memberships of
/// `interface`, joined. Shared by coverage, verdicts and the matcher.
[[nodiscard]] Spans membership_spans(const history::History& history, std::uint32_t interface, std::uint32_t group);

}  // namespace flowtrail::attribution
