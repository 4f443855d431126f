#include "attribution/peer_sum.h"

#include <algorithm>

namespace flowtrail::attribution {
namespace {

using flowlog::Action;
using flowlog::FlowRecord;

bool has_service_port(int protocol) {
  return protocol == kTcp || protocol == kUdp || protocol == kSctp;
}

// More bytes than headers alone can make; for anything but TCP every packet carries something.
bool proves_payload(const FlowRecord& record, bool v4) {
  if (record.protocol != kTcp) return true;
  if (record.packets < 0 || record.bytes < 0) return false;
  const std::int64_t header = v4 ? 60 : 80;
  std::int64_t headers = 0;
  return !__builtin_mul_overflow(record.packets, header, &headers) && headers < record.bytes;
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

PeerKey key_of(const Flow& flow, Initiator initiator) {
  PeerKey key{.address = flow.peer().address, .interface = flow.record.interface, .protocol = flow.record.protocol};
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

void PeerSum::begin(const PeerKey& key) {
  peer.interface = key.interface;
  peer.owner = key.owner;
  peer.direction = key.direction;
  peer.address = key.address;
  peer.protocol = key.protocol;
  peer.service_port = key.service_port;
  peer.counters = {};
  peer.rules.clear();
  peer.unexplained = 0;
  peer.evidence.size = 0;
  service = {};
  account = {};
  attempts.clear();
}

void PeerSum::fold(const Flow& flow, bool from_initiator, const Matcher::Answer* admitted) {
  const FlowRecord& record = flow.record;
  const Evidence::Entry entry{record.start, record.place};
  const std::int64_t attempts_before = peer.counters.attempts;
  count_record(record, peer.direction, from_initiator, peer.address.is_v4(), peer.counters);
  peer.evidence.add(record.start, record.place);
  account.add(record.account, entry);
  service.add(flow.from_peer() ? record.src_service : record.dst_service, entry);
  if (peer.counters.attempts != attempts_before && is_private(peer.address)) {
    if (attempts.empty() || attempts.back() != record.start) attempts.push_back(record.start);
  }
  if (admitted == nullptr) return;
  if (admitted->rules.empty()) {
    ++peer.unexplained;
  } else {
    credit(peer.rules, record, *admitted);
  }
}

void PeerSum::merge(const PeerSum& other) {
  peer.merge(other.peer);
  service.add(other.service.symbol, other.service.when);
  account.add(other.account.symbol, other.account.when);
  attempts.insert(attempts.end(), other.attempts.begin(), other.attempts.end());
}

}  // namespace flowtrail::attribution
