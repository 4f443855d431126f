// Brings peers to their end, address by address: pieces are joined, keys graded, kinds decided, the hits of the rules
// tallied; and those peers that somebody asks for are kept. One worker per thread.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/kept_peers.h"
#include "attribution/lane.h"
#include "attribution/peer_kinds.h"
#include "attribution/peer_sum.h"
#include "attribution/rule_usage.h"

namespace flowtrail::attribution {

class PeerWorker {
 public:
  /// All must outlive it and stay as they are. `owners`: those that the sums' numbers count in. `for_kept`: for the
  /// peers it keeps, which go to `keys` for their order.
  PeerWorker(const history::History& history, const flowlog::SymbolTable& symbols, const InterfaceBook& interfaces,
             const AttributionOptions& options, std::span<const Owner> owners, const PeerKeys& keys,
             SpillOptions for_kept)
      : history_(history),
        symbols_(symbols),
        interfaces_(interfaces),
        options_(options),
        owners_(owners),
        judge_(history, symbols, options),
        tally_(history.rules.size()),
        kept_(keys, std::move(for_kept)) {}

  /// All pieces of some addresses, in any order; used up. Errors: kIo when a kept peer cannot be put away.
  [[nodiscard]] Status finish(std::vector<PeerSum>& pieces);

  /// Those that AttributionOptions::keep wants.
  [[nodiscard]] PeerKeeper& kept() { return kept_; }
  [[nodiscard]] RuleTally& tally() { return tally_; }

 private:
  using Sums = std::span<PeerSum* const>;

  using Hashed = std::pair<std::size_t, PeerSum*>;  // by a hash of its address

  // Fills `ordered_`: pieces of an address together, those of a key together among them.
  void order(std::vector<PeerSum>& pieces);
  void finish_address(Sums peers);
  void finish_key(Sums key, const AddressFacts& facts);

  const history::History& history_;
  const flowlog::SymbolTable& symbols_;
  const InterfaceBook& interfaces_;
  const AttributionOptions& options_;
  std::span<const Owner> owners_;
  KindJudge judge_;
  RuleTally tally_;
  PeerKeeper kept_;
  std::vector<Hashed> by_hash_;  // held for their memory, as the next ones
  std::vector<PeerSum*> ordered_;
  std::vector<std::int64_t> attempts_;
};

}  // namespace flowtrail::attribution
