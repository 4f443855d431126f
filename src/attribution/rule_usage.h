// What all peers did with each rule: the peers' hits summed by rule, once grades and kinds are known.
#pragma once

#include <span>
#include <vector>

#include "attribution/attribution.h"
#include "flowlog/flow_record.h"

namespace flowtrail::attribution {

/// Fills everything of `usage` but the evidence. `peers`: in the order of AttributionResult, graded, kinds decided.
void sum_up_rules(std::span<const Peer> peers, const flowlog::SymbolTable& symbols, std::vector<RuleUsage>& usage);

/// Puts a peer's rules into the order of the reports: narrowest first.
void order_rules(const history::History& history, Peer& peer);

/// True if two neighbours in the result's order belong to one key of the contract, so differ in their owner only.
[[nodiscard]] bool same_key(const Peer& a, const Peer& b);

}  // namespace flowtrail::attribution
