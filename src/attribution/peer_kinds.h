// What a peer is: itself, a member of the account, a health check, an AWS service, a scanner, or just private or
// public.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/peers.h"
#include "flowlog/flow_record.h"
#include "history/history.h"

namespace flowtrail::attribution {

/// Addresses that behave like scanners, over all keys: `peers` in the order of AttributionResult, graded.
[[nodiscard]] std::unordered_set<IpAddress> scanners_by_behaviour(std::span<const Peer> peers, int scanner_targets);

/// Decides kind and name, key by key.
class KindJudge {
 public:
  /// All must outlive it. `peers`: every peer of the run, ordered and graded.
  KindJudge(const history::History& history, const flowlog::SymbolTable& symbols, const AttributionOptions& options,
            std::span<const Peer> peers);

  struct Kind {
    PeerKind kind = PeerKind::kPublic;
    std::string name;
  };
  /// `key`: the peers of one key (its owners), at least one; `counters`: their sum; `service`: the symbol of the key's
  /// first service, 0 for none; `attempts`: the starts of its attempts (sorted in place); `vpc`: what the records say,
  /// where history does not know the interface.
  [[nodiscard]] Kind decide(std::span<const Peer> key, const PeerCounters& counters, std::uint32_t service,
                            std::span<std::int64_t> attempts, const std::string& vpc) const;

 private:
  [[nodiscard]] std::optional<Kind> member(std::optional<std::uint32_t> interface, const IpAddress& address,
                                           const std::string& vpc, UtcSeconds first) const;
  [[nodiscard]] std::optional<Kind> scanner(const IpAddress& address) const;

  const history::History& history_;
  const flowlog::SymbolTable& symbols_;
  const AttributionOptions& options_;
  std::unordered_set<IpAddress> scanners_;
  std::unordered_set<IpAddress> with_session_;  // only filled when there is a list
};

}  // namespace flowtrail::attribution
