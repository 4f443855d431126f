// Which rules admit a packet: for one interface, moment, direction, protocol, port and peer address, every rule of
// every group on the interface (AWS keeps no order; groups are a union).
//
// The rules that an interface carries are compiled into one list for each direction, short enough to be walked: numbers
// to compare with, side by side. Recent answers are remembered together with the span of time in which they cannot
// change, since the records of a conversation ask the same again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
  // Whose addresses a rule admits.
  enum class Source : std::uint8_t { kIpv4Block, kIpv6Block, kGroup, kPrefixList };
  // A rule on an interface, while both the rule and the group's membership hold.
  struct Attached {
    std::uint32_t rule = 0;
    Span valid;
    int protocol = 0;                         // or kAllProtocols
    int from_port = 0, to_port = 0;           // as queries ask: -1 is below all ports
    std::uint32_t first_v4 = 0, last_v4 = 0;  // of kIpv4Block
    Source source = Source::kIpv4Block;
  };
  struct AttachedRules {
    std::vector<Attached> rules;
    std::vector<std::int64_t> changes;  // moments at which one of them begins or ends; sorted
    bool has_changing_source = false;   // a group's or prefix list's
  };
  struct InterfaceRules {
    AttachedRules ingress, egress;
  };
  struct Remembered {
    Query query;
    Span valid{0, 0};  // the answer holds for these moments
    Answer answer;
  };

  [[nodiscard]] const InterfaceRules& rules_of(std::uint32_t interface);
  [[nodiscard]] InterfaceRules compile(std::uint32_t interface) const;
  [[nodiscard]] Attached attached(std::uint32_t rule, const Span& valid) const;
  [[nodiscard]] bool admits_source(const Attached& attached, const Query& query) const;
  [[nodiscard]] bool in_group(const IpAddress& address, std::uint32_t group, UtcSeconds time) const;
  void answer(const Query& query, Remembered& to);
  void mark_covered(UtcSeconds time, Answer& answer) const;

  const history::History& history_;
  std::vector<std::unique_ptr<const InterfaceRules>> interfaces_;  // by index; nullptr: not yet asked for
  std::vector<std::optional<std::uint32_t>> source_groups_;  // by rule: the group it refers to, if history knows it
  std::vector<std::int64_t> source_changes_;  // moments at which a group's or prefix list's addresses can change
  std::vector<Remembered> remembered_;
};

}  // namespace flowtrail::attribution
