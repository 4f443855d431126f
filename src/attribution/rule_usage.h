// What all peers did with each rule: the hits of the peers summed by rule, once grades and kinds are known.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/peer_sum.h"
#include "base/code_table.h"
#include "flowlog/flow_record.h"

namespace flowtrail::attribution {

/// Sums by rule of the keys of some addresses. Tallies of different addresses add up, whatever the order.
class RuleTally {
 public:
  explicit RuleTally(std::size_t rules) : rules_(rules) {}

  /// Adds the peers of one key (its owners): graded, kinds decided. The keys of an address follow each other.
  void add(std::span<PeerSum* const> key);
  /// Adds a tally of other addresses, which is used up.
  void merge(RuleTally&& other);
  /// Fills everything of `usage`, one per rule, but the evidence. The tally is used up.
  void move_to(const flowlog::SymbolTable& symbols, unsigned threads, std::vector<RuleUsage>& usage);

 private:
  struct Rule {
    RuleUsage usage;  // `interfaces`, `used_sources`: distinct, not yet sorted; `used_ports`: still to come
    std::vector<std::uint32_t> ports;
    IpAddress last_address;  // of those counted in `peers`
  };

  void add_key(const Peer& peer, std::uint32_t rule);

  /// Values of a rule, each once. Few are compared with each other, many are looked up.
  class Distinct {
   public:
    void add(std::uint32_t rule, std::uint32_t value, std::vector<std::uint32_t>& values);

   private:
    CodeTable<NumberPair> seen_{1024};  // rule and value, of rules with many
  };

  std::vector<Rule> rules_;
  Distinct interfaces_, ports_;
};

/// Puts a peer's rules into the order of the reports: narrowest first.
void order_rules(const history::History& history, Peer& peer);

}  // namespace flowtrail::attribution
