// The peers while records are folded into them: one entry per key of the contract and owner, found by hash; and what
// only the decision of the kind needs (services, starts of attempts), which is dropped afterwards.
#pragma once

#include <cstdint>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/conversation.h"
#include "attribution/flow.h"
#include "attribution/matcher.h"

namespace flowtrail::attribution {

/// What a peer is found by. `interface`, `owner`: as in `Peer`.
struct PeerKey {
  std::uint32_t interface = 0;
  std::uint32_t owner = 0;
  ConnectionDirection direction = ConnectionDirection::kUnknown;
  IpAddress address;
  int protocol = 0;
  int service_port = -1;

  friend bool operator==(const PeerKey&, const PeerKey&) = default;
};

[[nodiscard]] PeerKey key_of(const Peer& peer);

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
  void add(std::uint32_t candidate, const Evidence::Entry& entry);
};

struct PeerTrace {
  EarliestSymbol service;  // of the peer's side
  EarliestSymbol account;
  std::vector<std::int64_t> attempts;  // starts, for private peers only (health checks)
  void merge(const PeerTrace& other);
};

class PeerTable {
 public:
  /// The index of the key's entry, made when new. Cost: O(1) on average.
  [[nodiscard]] std::size_t entry(const PeerKey& key);

  /// Counts a record and credits the rules that admitted it (nullptr: not an accepted record from the initiator).
  void fold(std::size_t index, const Flow& flow, bool from_initiator, const Matcher::Answer* admitted);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Appends all entries, and has none afterwards. Reserve first: both are large.
  void move_to(std::vector<Peer>& peers, std::vector<PeerTrace>& traces);

 private:
  struct Entry {
    Peer peer;
    PeerTrace trace;
  };
  // Blocks are large enough for the system to take each one back, so that the table can be emptied into another place
  // without holding everything twice.
  static constexpr std::size_t kBlockEntries = 1024;
  using Block = std::vector<Entry>;

  [[nodiscard]] Entry& at(std::size_t index) { return blocks_[index / kBlockEntries][index % kBlockEntries]; }
  void grow();

  std::vector<Block> blocks_;
  std::size_t size_ = 0;
  std::vector<std::uint32_t> slots_;  // index + 1 into peers_; 0 = free; a power of two, at most half full
};

}  // namespace flowtrail::attribution
