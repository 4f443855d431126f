#include "attribution/peers.h"

#include <algorithm>
#include <utility>

namespace flowtrail::attribution {
namespace {

using flowlog::Action;
using flowlog::FlowRecord;

constexpr std::size_t kFirstSlots = 1024;

std::size_t hash_of(const PeerKey& key) {
  std::uint64_t mixed = std::hash<IpAddress>{}(key.address);
  const auto mix = [&](std::uint64_t value) {
    mixed = (mixed ^ value) * 0x9e3779b97f4a7c15U;
    mixed ^= mixed >> 29U;
  };
  mix(std::uint64_t{key.interface} << 32U | key.owner);
  mix(static_cast<std::uint64_t>(static_cast<std::uint32_t>(key.service_port)) << 32U |
      static_cast<std::uint64_t>(static_cast<std::uint32_t>(key.protocol)) << 2U |
      static_cast<std::uint64_t>(key.direction));
  return static_cast<std::size_t>(mixed);
}

bool has_service_port(int protocol) {
  return protocol == kTcp || protocol == kUdp || protocol == kSctp;
}

// More bytes than headers alone can make; for anything but TCP every packet carries something.
bool proves_payload(const FlowRecord& record, bool v4) {
  if (record.protocol != kTcp) return true;
  if (record.packets < 0 || record.bytes < 0) return false;
  const std::int64_t header = v4 ? 60 : 80;
  return record.packets < record.bytes / header + (record.bytes % header != 0 ? 1 : 0);
}

// Hostile logs may hold counts whose sum does not fit; it stays at the largest number then. -1 stands for "not in the
// log".
void add_count(std::int64_t& sum, std::int64_t value) {
  if (value > 0 && __builtin_add_overflow(sum, value, &sum)) sum = INT64_MAX;
}

void credit(std::vector<RuleHits>& hits, const FlowRecord& record, const Matcher::Answer& admitted) {
  const bool sole = admitted.rules.size() == 1;
  for (std::size_t i = 0; i < admitted.rules.size(); ++i) {
    auto place = std::ranges::find(hits, admitted.rules[i], &RuleHits::rule);
    if (place == hits.end()) {
      hits.push_back({.rule = admitted.rules[i], .first = record.start, .last = record.end});
      place = std::prev(hits.end());
    }
    ++(sole ? place->sole : place->shared);
    if (admitted.covered[i]) ++place->covered;
    add_count(place->bytes, record.bytes);
    place->first = std::min(place->first, record.start);
    place->last = std::max(place->last, record.end);
  }
}

}  // namespace

PeerKey key_of(const Peer& peer) {
  return {peer.interface, peer.owner, peer.direction, peer.address, peer.protocol, peer.service_port};
}

PeerKey key_of(const Flow& flow, Initiator initiator) {
  PeerKey key{.interface = flow.record.interface, .address = flow.peer().address, .protocol = flow.record.protocol};
  if (initiator == Initiator::kUnknown) return key;
  const bool ingress = initiator == Initiator::kPeer;
  key.direction = ingress ? ConnectionDirection::kIngress : ConnectionDirection::kEgress;
  if (has_service_port(key.protocol)) key.service_port = ingress ? flow.own().port : flow.peer().port;
  return key;
}

void count_record(const FlowRecord& record, ConnectionDirection direction, bool from_initiator, bool peer_is_v4,
                  PeerCounters& counters) {
  counters.first = counters.records == 0 ? record.start : std::min(counters.first, record.start);
  counters.last = counters.records == 0 ? record.end : std::max(counters.last, record.end);
  ++counters.records;
  if (direction == ConnectionDirection::kUnknown) return;
  const bool accepted = record.action == Action::kAccept;
  const bool rejected = record.action == Action::kReject;
  if (from_initiator) {
    counters.accepted += accepted ? 1 : 0;
    counters.rejected += rejected ? 1 : 0;
    const bool flags_known = record.protocol == kTcp && record.tcp_flags >= 0;
    counters.attempts += !flags_known || opens_connection(record) ? 1 : 0;
  } else {
    counters.replies += accepted ? 1 : 0;
    counters.replies_rejected += rejected ? 1 : 0;
    const bool reset = record.tcp_flags >= 0 && (record.tcp_flags & kRst) != 0 && (record.tcp_flags & kSyn) == 0;
    counters.reply_resets += accepted && reset ? 1 : 0;
  }
  if (!accepted) return;
  if (proves_payload(record, peer_is_v4)) ++(from_initiator ? counters.payload_in : counters.payload_out);
  add_count(from_initiator ? counters.bytes_in : counters.bytes_out, record.bytes);
  add_count(from_initiator ? counters.packets_in : counters.packets_out, record.packets);
}

Grade grade_of(ConnectionDirection direction, int protocol, const PeerCounters& counters) {
  if (direction == ConnectionDirection::kUnknown) return Grade::kUnknown;
  if (counters.replies - counters.reply_resets > 0) {
    const bool data = protocol == kTcp ? counters.payload_in + counters.payload_out > 0
                                       : counters.payload_in > 0 && counters.payload_out > 0;
    return data ? Grade::kSession : Grade::kHandshake;
  }
  if (counters.accepted > 0) return Grade::kProbe;
  if (counters.rejected > 0) return Grade::kRejected;
  if (counters.reply_resets > 0)
    return Grade::kProbe;  // the opening record lies before the window; only a reset was seen
  return counters.replies_rejected > 0 ? Grade::kRejected : Grade::kUnknown;
}

void EarliestSymbol::add(std::uint32_t candidate, const Evidence::Entry& entry) {
  if (candidate == 0 || (symbol != 0 && when <= entry)) return;
  symbol = candidate;
  when = entry;
}

std::size_t PeerTable::entry(const PeerKey& key) {
  if (slots_.size() < 2 * (size_ + 1)) grow();
  std::size_t slot = hash_of(key) & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    const std::size_t index = slots_[slot] - 1;
    if (key_of(at(index).peer) == key) return index;
  }
  if (size_ % kBlockEntries == 0) blocks_.emplace_back().reserve(kBlockEntries);
  Peer& peer = blocks_.back().emplace_back().peer;
  peer.interface = key.interface;
  peer.owner = key.owner;
  peer.direction = key.direction;
  peer.address = key.address;
  peer.protocol = key.protocol;
  peer.service_port = key.service_port;
  slots_[slot] = static_cast<std::uint32_t>(++size_);
  return size_ - 1;
}

void PeerTable::grow() {
  slots_.assign(std::max(kFirstSlots, slots_.size() * 2), 0);
  for (std::size_t index = 0; index < size_; ++index) {
    std::size_t slot = hash_of(key_of(at(index).peer)) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<std::uint32_t>(index + 1);
  }
}

void PeerTable::fold(std::size_t index, const Flow& flow, bool from_initiator, const Matcher::Answer* admitted) {
  const FlowRecord& record = flow.record;
  const Evidence::Entry entry{record.start, record.place};
  auto& [peer, trace] = at(index);
  const std::int64_t attempts_before = peer.counters.attempts;
  count_record(record, peer.direction, from_initiator, peer.address.is_v4(), peer.counters);
  peer.evidence.add(record.start, record.place);
  trace.account.add(record.account, entry);
  trace.service.add(flow.from_peer() ? record.src_service : record.dst_service, entry);
  if (peer.counters.attempts != attempts_before && is_private(peer.address)) trace.attempts.push_back(record.start);
  if (admitted == nullptr) return;
  if (admitted->rules.empty()) {
    ++peer.unexplained;
  } else {
    credit(peer.rules, record, *admitted);
  }
}

void PeerTable::move_to(std::vector<Peer>& peers, std::vector<PeerTrace>& traces) {
  slots_ = {};
  for (Block& block : blocks_) {
    for (Entry& entry : block) {
      peers.push_back(std::move(entry.peer));
      traces.push_back(std::move(entry.trace));
    }
    block = {};
  }
  blocks_ = {};
  size_ = 0;
}

void PeerTrace::merge(const PeerTrace& other) {
  service.add(other.service.symbol, other.service.when);
  account.add(other.account.symbol, other.account.when);
  attempts.insert(attempts.end(), other.attempts.begin(), other.attempts.end());
}

}  // namespace flowtrail::attribution
