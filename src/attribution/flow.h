// A flow record on its way through attribution: the decoded record, which side is the interface's, and the order that
// brings copies of one record and the records of one conversation together.
#pragma once

#include <compare>
#include <cstdint>

#include "flowlog/flow_record.h"

namespace flowtrail::attribution {

/// Which end of a record the interface is.
enum class Side : std::uint8_t { kUndecided, kSource, kDestination };

struct Endpoint {
  IpAddress address;  // the packet address where the log has it
  std::int32_t port = -1;
  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

struct Flow {
  flowlog::FlowRecord record;
  Side side = Side::kUndecided;

  [[nodiscard]] Endpoint source() const { return {record.pkt_src, record.src_port}; }
  [[nodiscard]] Endpoint destination() const { return {record.pkt_dst, record.dst_port}; }
  [[nodiscard]] Endpoint own() const { return side == Side::kSource ? source() : destination(); }
  /// An undecided record has no peer side; its peer is `srcaddr`.
  [[nodiscard]] Endpoint peer() const {
    if (side == Side::kUndecided) return {record.src, record.src_port};
    return side == Side::kSource ? destination() : source();
  }
  [[nodiscard]] bool from_peer() const { return side != Side::kSource; }
};

/// Equal for all records between the same two packet addresses (in either direction) with one protocol on one
/// interface.
[[nodiscard]] std::uint64_t pair_hash(const flowlog::FlowRecord& record);
/// True for records between the same two endpoints, whichever sends, with one protocol on one interface.
[[nodiscard]] inline bool same_conversation(const flowlog::FlowRecord& a, const flowlog::FlowRecord& b) {
  if (a.interface != b.interface || a.protocol != b.protocol) return false;
  const bool one_way =
      a.src_port == b.src_port && a.dst_port == b.dst_port && a.pkt_src == b.pkt_src && a.pkt_dst == b.pkt_dst;
  return one_way ||
         (a.src_port == b.dst_port && a.dst_port == b.src_port && a.pkt_src == b.pkt_dst && a.pkt_dst == b.pkt_src);
}
/// Orders by (interface, protocol, both endpoints whichever sends).
[[nodiscard]] std::strong_ordering compare_conversations(const flowlog::FlowRecord& a, const flowlog::FlowRecord& b);
/// Within one conversation: by start, then by the rest of a record's identity. Equal means: copies of one record.
[[nodiscard]] std::strong_ordering compare_identities(const flowlog::FlowRecord& a, const flowlog::FlowRecord& b);

}  // namespace flowtrail::attribution
