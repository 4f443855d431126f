// Where the peers of a result go while they are made: stored compactly, with a key for their order, on disk beyond a
// budget.
//
// A stored peer is about a hundred bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "attribution/attribution.h"
#include "base/error.h"
#include "base/sort_key.h"
#include "base/sorted_records.h"

namespace flowtrail::attribution {

/// Gives peers their place in an order.
class PeerKeys {
 public:
  /// `interfaces`: the symbols that peers may have there.
  PeerKeys(PeerOrder order, const flowlog::SymbolTable& symbols, std::vector<std::uint32_t> interfaces,
           std::span<const Owner> owners);

  /// Puts the key of `peer` into `key`. May be called from several threads.
  void put(const Peer& peer, SortKey& key) const;

 private:
  PeerOrder order_;
  std::vector<std::uint32_t> interface_ranks_;  // by symbol
  std::vector<std::uint32_t> owner_ranks_;
};

/// Takes the peers of one thread.
class PeerKeeper {
 public:
  /// `keys` must outlive it.
  PeerKeeper(const PeerKeys& keys, SpillOptions options) : keys_(&keys), sorter_(std::move(options)) {}

  /// After a failure nothing more is taken.
  void keep(const Peer& peer);
  /// Errors: kIo when a peer could not be put away.
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  friend KeptPeers joined(std::vector<PeerKeeper> keepers);

  const PeerKeys* keys_;
  RecordSorter sorter_;
  Status status_;
  SortKey key_;
  std::vector<std::byte> bytes_;
};

[[nodiscard]] KeptPeers joined(std::vector<PeerKeeper> keepers);

}  // namespace flowtrail::attribution
