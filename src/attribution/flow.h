// A flow record on its way through attribution: the decoded record, which side is the interface's, and the order that
// brings copies of one record and the records of one conversation together.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

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
/// Bits of `pair_hash`, then the lesser port, then the greater one: in its order, pairs stay together, and so do the
/// conversations of a service. Copies of one record, and all records of one conversation, agree in it.
[[nodiscard]] std::uint64_t conversation_place(const flowlog::FlowRecord& record);

/// Orders by (interface, protocol, both endpoints whichever sends).
[[nodiscard]] std::strong_ordering compare_conversations(const flowlog::FlowRecord& a, const flowlog::FlowRecord& b);
/// Within one conversation: by start, then by the rest of a record's identity. Equal means: copies of one record.
[[nodiscard]] std::strong_ordering compare_identities(const flowlog::FlowRecord& a, const flowlog::FlowRecord& b);

/// Records by conversation, each ordered by start; conversations of a pair of addresses mostly follow each other. They
/// point into a vector of flows.
struct Conversations {
  std::vector<Flow*> flows;
  std::vector<std::size_t> ends;  // conversation i is [ends[i - 1], ends[i]) of `flows`
};

/// Leaves copies out: the copy with the least place stays, and takes from the next ones what it lacks itself (a flow
/// log of version 2 has no flags, one of version 5 has). Returns the number of copies left out.
std::int64_t leave_out_copies(std::vector<Flow>& flows, Conversations& distinct);

}  // namespace flowtrail::attribution
