#include "attribution/side.h"

#include <algorithm>

namespace flowtrail::attribution {

using flowlog::FlowDirection;
using flowlog::FlowRecord;

OwnAddresses::OwnAddresses(const history::History& history, std::uint32_t interface) {
  std::vector<Own> more;
  for (const std::uint32_t index : history.addresses_of_interface(interface)) {
    const history::Address& known = history.addresses[index];
    const Own own{known.address, span_of(known.valid)};
    if (size_ < first_.size()) {
      first_[size_] = own;
    } else {
      more.push_back(own);
    }
    ++size_;
  }
  if (!more.empty()) more_ = std::make_unique<const std::vector<Own>>(std::move(more));
}

bool OwnAddresses::more_contain(const IpAddress& address, std::int64_t time) const {
  return std::ranges::any_of(*more_, [&](const Own& own) { return own.holds(address, time); });
}

Side side_by_knowledge(const OwnAddresses& own, const FlowRecord& record) {
  if (record.direction == FlowDirection::kIngress) return Side::kDestination;
  if (record.direction == FlowDirection::kEgress) return Side::kSource;
  if (own.empty()) return Side::kUndecided;
  const bool own_source = own.contain(record.src, record.start);
  const bool own_destination = own.contain(record.dst, record.start);
  if (own_source != own_destination) return own_source ? Side::kSource : Side::kDestination;
  const bool own_packet_source = own.contain(record.pkt_src, record.start);
  const bool own_packet_destination = own.contain(record.pkt_dst, record.start);
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
