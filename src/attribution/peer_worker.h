// Brings peers to their end, address by address: pieces are joined, keys graded, kinds decided, the hits of the rules
// tallied; and those peers that somebody asks for are kept. One worker per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/kept_peers.h"
#include "attribution/lane.h"
#include "attribution/peer_kinds.h"
#include "attribution/peer_spool.h"
#include "attribution/peer_sum.h"
#include "attribution/rule_usage.h"
#include "attribution/spread_sort.h"

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

  /// A piece of a sum. `owners`: by the piece's number of an owner, the number in `owners` of the result; must be there
  /// until the next `finish`.
  void add(const StoredPeer& piece, std::span<const std::uint32_t> owners);
  /// Brings all that was added since the last time to its end: all pieces of some addresses. Errors: kIo when a kept
  /// peer cannot be put away.
  [[nodiscard]] Status finish();

  /// Those that AttributionOptions::keep wants.
  [[nodiscard]] PeerKeeper& kept() { return kept_; }
  [[nodiscard]] RuleTally& tally() { return tally_; }

 private:
  using Sums = std::span<PeerSum* const>;

  struct Place {
    std::uint64_t hash = 0;  // of the address, in the upper half
    std::size_t at = 0;      // into `bytes_`
    const std::uint32_t* owners = nullptr;
  };

  // Pieces of one hash: decoded, in order, those of a key and owner joined.
  [[nodiscard]] std::span<PeerSum*> decode(std::span<const Place> places);
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
  std::vector<Place> places_;
  std::vector<std::byte> bytes_;
  SpreadSorter<Place> sorter_;
  std::vector<PeerSum> sums_;  // held for their memory, as the next ones
  std::vector<PeerSum*> ordered_;
  std::vector<std::int64_t> attempts_;
};

}  // namespace flowtrail::attribution
