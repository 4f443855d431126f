#include "attribution/side.h"

#include <algorithm>

namespace flowtrail::attribution {

using flowlog::FlowDirection;
using flowlog::FlowRecord;

bool is_own_address(const history::History& history, std::uint32_t interface, const IpAddress& address,
                    std::int64_t time) {
  return std::ranges::any_of(history.addresses_of_interface(interface), [&](std::uint32_t index) {
    const history::Address& own = history.addresses[index];
    return own.address == address && own.valid.contains(utc_from_seconds(time));
  });
}

Side side_by_knowledge(const history::History& history, std::optional<std::uint32_t> interface,
                       const FlowRecord& record) {
  if (record.direction == FlowDirection::kIngress) return Side::kDestination;
  if (record.direction == FlowDirection::kEgress) return Side::kSource;
  if (!interface) return Side::kUndecided;
  const bool own_source = is_own_address(history, *interface, record.src, record.start);
  const bool own_destination = is_own_address(history, *interface, record.dst, record.start);
  if (own_source != own_destination) return own_source ? Side::kSource : Side::kDestination;
  const bool own_packet_source = is_own_address(history, *interface, record.pkt_src, record.start);
  const bool own_packet_destination = is_own_address(history, *interface, record.pkt_dst, record.start);
  if (own_packet_source != own_packet_destination) return own_packet_source ? Side::kSource : Side::kDestination;
  return own_source ? Side::kDestination : Side::kUndecided;  // both its own: the source side is the peer
}

void CommonAddress::propose(const FlowRecord& record) {
  propose(record.src, 1);
  if (record.dst != record.src) propose(record.dst, 1);
}

void CommonAddress::propose(const IpAddress& address, std::int64_t weight) {
  const auto known = std::ranges::find(candidates_, address, &Candidate::address);
  if (known != candidates_.end()) {
    known->weight += weight;
    return;
  }
  if (candidates_.size() < kSlots) {
    candidates_.push_back({address, weight, 0});
    return;
  }
  std::int64_t least = weight;
  for (const Candidate& candidate : candidates_) least = std::min(least, candidate.weight);
  for (Candidate& candidate : candidates_) candidate.weight -= least;
  std::erase_if(candidates_, [](const Candidate& candidate) { return candidate.weight == 0; });
  if (weight > least) candidates_.push_back({address, weight - least, 0});
}

void CommonAddress::merge_proposals(const CommonAddress& other) {
  for (const Candidate& candidate : other.candidates_) propose(candidate.address, candidate.weight);
}

void CommonAddress::count(const FlowRecord& record) {
  ++records_;
  for (Candidate& candidate : candidates_) {
    if (candidate.address == record.src || candidate.address == record.dst) ++candidate.count;
  }
}

std::optional<IpAddress> CommonAddress::decided() const {
  std::vector<IpAddress> common;
  for (const Candidate& candidate : candidates_) {
    if (candidate.count > 0 && candidate.count * 10 >= records_ * 9) common.push_back(candidate.address);
  }
  if (common.size() == 1) return common.front();
  if (common.size() == 2 && is_private(common[0]) != is_private(common[1])) {
    return is_private(common[0]) ? common[0] : common[1];
  }
  return std::nullopt;
}

Side side_by_address(const FlowRecord& record, const std::optional<IpAddress>& own) {
  if (!own || (record.src == *own) == (record.dst == *own)) return Side::kUndecided;
  return record.src == *own ? Side::kSource : Side::kDestination;
}

}  // namespace flowtrail::attribution
