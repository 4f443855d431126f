// Which rules admit a packet: for one interface, moment, direction, protocol, port and peer address, every rule of
// every group on the interface (AWS keeps no order; groups are a union).
//
// The plain matcher: it walks the interface's rules, and remembers recent answers together with the span of time in
// which they cannot change. A compiled one can take its place behind the same question.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "attribution/spans.h"
#include "history/history.h"

namespace flowtrail::attribution {

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

  /// `history` must be indexed and outlive the matcher.
  explicit Matcher(const history::History& history);

  /// The reference is good until the next call. Not thread-safe. Cost: O(1) for a remembered question, else the
  /// interface's rules.
  [[nodiscard]] const Answer& match(const Query& query);

 private:
  // A rule on an interface, while both the rule and the group's membership hold.
  struct Attached {
    std::uint32_t rule = 0;
    Span valid;
  };
  struct InterfaceRules {
    std::vector<Attached> ingress, egress;
  };
  struct Remembered {
    Query query;
    Span valid{0, 0};  // the answer holds for these moments
    Answer answer;
  };

  [[nodiscard]] const InterfaceRules& rules_of(std::uint32_t interface);
  [[nodiscard]] bool admits(std::uint32_t rule, const Query& query) const;
  [[nodiscard]] bool admits_source(std::uint32_t rule, const Query& query) const;
  [[nodiscard]] bool in_group(const IpAddress& address, std::uint32_t group, UtcSeconds time) const;
  void answer(const Query& query, Remembered& to);
  [[nodiscard]] Span steady_sources(std::int64_t time) const;

  const history::History& history_;
  std::unordered_map<std::uint32_t, InterfaceRules> interfaces_;
  std::vector<std::optional<std::uint32_t>> source_groups_;  // by rule: the group it refers to, where history knows it
  std::vector<std::int64_t> source_changes_;  // moments at which a group's or prefix list's addresses can change
  std::vector<Remembered> remembered_;
};

}  // namespace flowtrail::attribution
