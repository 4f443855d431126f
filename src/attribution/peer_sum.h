// A peer's sums while records are folded into them: one entry per key of the contract and owner, and what only the
// decision of the kind needs (services, starts of attempts). Sums of one key may be in several pieces, which add up in
// any order.
#pragma once

#include <cstdint>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/conversation.h"
#include "attribution/flow.h"
#include "attribution/matcher.h"

namespace flowtrail::attribution {

/// What a peer is found by. `interface`, `owner`: as in `Peer`. The order brings the keys of an address together, and
/// the owners of a key of the contract.
struct PeerKey {
  IpAddress address;
  std::uint32_t interface = 0;
  ConnectionDirection direction = ConnectionDirection::kUnknown;
  int protocol = 0;
  int service_port = -1;
  std::uint32_t owner = 0;

  friend auto operator<=>(const PeerKey&, const PeerKey&) = default;
};

[[nodiscard]] inline PeerKey key_of(const Peer& peer) {
  return {peer.address, peer.interface, peer.direction, peer.protocol, peer.service_port, peer.owner};
}
/// True if the two differ in their owner only, so belong to one key of the contract.
[[nodiscard]] inline bool same_key(const Peer& a, const Peer& b) {
  return a.interface == b.interface && a.direction == b.direction && a.address == b.address &&
         a.protocol == b.protocol && a.service_port == b.service_port;
}

/// The key of a record, less its owner: the service port is the responder's, for protocols that have ports.
[[nodiscard]] PeerKey key_of(const Flow& flow, Initiator initiator);

/// Counts one record into the counters of its key. `from_initiator` has no meaning for direction kUnknown.
void count_record(const flowlog::FlowRecord& record, ConnectionDirection direction, bool from_initiator,
                  bool peer_is_v4, PeerCounters& counters);

/// The first that holds of session, handshake, probe, rejected, unknown.
[[nodiscard]] Grade grade_of(ConnectionDirection direction, int protocol, const PeerCounters& counters);

/// A symbol of the record that comes first by (start, place) among those that have it.
struct EarliestSymbol {
  Evidence::Entry when;
  std::uint32_t symbol = 0;
  void add(std::uint32_t candidate, const Evidence::Entry& entry) {
    if (candidate == 0 || (symbol != 0 && when <= entry)) return;
    symbol = candidate;
    when = entry;
  }
};

struct PeerSum {
  Peer peer;               // grade, kind, name and account are still to come
  EarliestSymbol service;  // of the peer's side
  EarliestSymbol account;
  std::vector<std::int64_t> attempts;  // starts, for private peers only (health checks); any order, may repeat

  PeerSum() = default;
  explicit PeerSum(const PeerKey& key) { begin(key); }

  /// Nothing counted yet, of this key; the memory of its lists stays.
  void begin(const PeerKey& key);

  /// Counts a record and credits the rules that admitted it (nullptr: not an accepted record from the initiator).
  void fold(const Flow& flow, bool from_initiator, const Matcher::Answer* admitted);
  /// Adds another piece of the same key and owner.
  void merge(const PeerSum& other);
};

}  // namespace flowtrail::attribution
