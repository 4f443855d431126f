// What a peer is: itself, a member of the account, a health check, an AWS service, a scanner, or just private or
// public.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/lane.h"
#include "attribution/peer_sum.h"
#include "attribution/scanner_list.h"
#include "flowlog/flow_record.h"
#include "history/history.h"

namespace flowtrail::attribution {

/// What is known of a peer address from all its keys.
struct AddressFacts {
  history::NumberLists::List holders;          // indices into History::addresses: who has or had the address
  const ScannerList::Entry* listed = nullptr;  // nullptr: in no scanner list
  bool has_session = false;
  bool behaves_like_scanner = false;
};

/// Decides kind and name, key by key. May be used from several threads.
class KindJudge {
 public:
  /// All must outlive it.
  KindJudge(const history::History& history, const flowlog::SymbolTable& symbols, const AttributionOptions& options)
      : history_(history), symbols_(symbols), options_(options) {}

  /// `peers`: all peers of one address, graded. Cost: O(n log n).
  [[nodiscard]] AddressFacts facts_of(std::span<PeerSum* const> peers) const;

  struct Kind {
    PeerKind kind = PeerKind::kPublic;
    std::string name;
  };
  /// `peer`: any owner of the key; `interface`: its own; `counters`: those of all its owners; `service`: the symbol of
  /// the key's first service, 0 for none; `attempts`: the starts of its attempts (sorted in place).
  [[nodiscard]] Kind decide(const Peer& peer, const RecordedInterface& interface, const PeerCounters& counters,
                            std::uint32_t service, std::span<std::int64_t> attempts, const AddressFacts& facts) const;

 private:
  // The interface itself, or another one of the account.
  [[nodiscard]] std::optional<Kind> member(const RecordedInterface& interface, UtcSeconds first,
                                           const AddressFacts& facts) const;

  const history::History& history_;
  const flowlog::SymbolTable& symbols_;
  const AttributionOptions& options_;
};

}  // namespace flowtrail::attribution
