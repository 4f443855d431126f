// Which rules admit a packet: for one interface, moment, direction, protocol, port and peer address, every rule of
// every group on the interface (AWS keeps no order; groups are a union).
//
// The rules of each group are compiled once, for all threads, into one list for each direction, short enough to be
// walked: numbers to compare with, side by side. Recent answers are remembered together with the span of time in which
// they cannot change, since the records of a conversation ask the same again.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "attribution/spans.h"
#include "history/history.h"

namespace flowtrail::attribution {

/// The rules of all groups as the matchers of all threads use them. Does not change once it is made.
class CompiledRules {
 public:
  /// `history` must be indexed and outlive it. Cost: O(n log n) in rules, memberships and addresses.
  explicit CompiledRules(const history::History& history);

 private:
  friend class Matcher;

  // Whose addresses a rule admits.
  enum class Source : std::uint8_t { kIpv4Block, kIpv6Block, kGroup, kPrefixList };
  struct Rule {
    std::uint32_t rule = 0;                                    // index into History::rules
    std::optional<std::uint32_t> source_group = std::nullopt;  // of kGroup, if history knows it
    Span valid;
    int protocol = 0;                         // or kAllProtocols
    int from_port = 0, to_port = 0;           // as queries ask: -1 is below all ports
    std::uint32_t first_v4 = 0, last_v4 = 0;  // of kIpv4Block
    Source source = Source::kIpv4Block;
  };
  struct Rules {
    std::vector<Rule> rules;
    std::vector<std::int64_t> changes;  // moments at which one of them begins or ends; sorted
    bool has_changing_source = false;   // a group's or prefix list's
  };
  struct Group {
    Rules ingress, egress;
  };

  [[nodiscard]] Group compile(std::uint32_t group) const;
  [[nodiscard]] Rule compiled(std::uint32_t rule) const;
  void find_source_changes();

  const history::History& history_;
  std::vector<Group> groups_;                 // as History::groups
  std::vector<std::int64_t> source_changes_;  // moments at which a group's or prefix list's addresses can change
};

class Matcher {
 public:
  struct Query {
    std::uint32_t interface = 0;  // index into History::interfaces
    history::Direction direction = history::Direction::kIngress;
    int protocol = 0;
    int port = -1;      // the responder's; -1: none or not known, which only a rule for all ports admits
    IpAddress address;  // the initiator's for ingress, the responder's for egress
    std::int64_t time = 0;

    friend bool operator==(const Query&, const Query&) = default;
  };
  struct Answer {
    std::vector<std::uint32_t> rules;  // indices into History::rules, ascending
    std::vector<bool> covered;         // of equal length: another one of `rules` covers it (see counts_as_covered)
  };

  /// `rules`: of `history`; both must outlive the matcher.
  Matcher(const history::History& history, const CompiledRules& rules);

  /// The reference is good until the next call. Not thread-safe. Cost: O(1) for a remembered question, else the
  /// rules of the interface's groups.
  [[nodiscard]] const Answer& match(const Query& query);

 private:
  struct Remembered {
    Query query;
    Span valid{0, 0};  // the answer holds for these moments
    Answer answer;
  };

  void answer(const Query& query, Remembered& to);
  void add_admitting(const CompiledRules::Rules& rules, const Query& query, Remembered& to) const;
  [[nodiscard]] bool admits_source(const CompiledRules::Rule& rule, const Query& query) const;
  [[nodiscard]] bool in_group(const IpAddress& address, std::uint32_t group, UtcSeconds time) const;
  void mark_covered(UtcSeconds time, Answer& answer) const;

  const history::History& history_;
  const CompiledRules& rules_;
  std::vector<Remembered> remembered_;
};

}  // namespace flowtrail::attribution
