#include "flowlog/flow_columns.h"

namespace flowtrail::flowlog {
namespace {

constexpr unsigned kSrcBit = 1, kDstBit = 2, kPktSrcBit = 4, kPktDstBit = 8, kTimeBit = 16;

std::uint8_t presence_bits(const FlowRecord& record) {
  unsigned bits = 0;
  if (record.has_src) bits |= kSrcBit;
  if (record.has_dst) bits |= kDstBit;
  if (record.has_pkt_src) bits |= kPktSrcBit;
  if (record.has_pkt_dst) bits |= kPktDstBit;
  if (record.has_time) bits |= kTimeBit;
  return static_cast<std::uint8_t>(bits);
}

/// Calls `apply` with every column, so that no operation can forget one.
template <typename Columns, typename Apply>
void for_each_column(Columns& columns, const Apply& apply) {
  apply(columns.interface), apply(columns.account), apply(columns.instance), apply(columns.vpc);
  apply(columns.src_service), apply(columns.dst_service);
  apply(columns.src), apply(columns.dst), apply(columns.pkt_src), apply(columns.pkt_dst);
  apply(columns.address_presence);
  apply(columns.src_port), apply(columns.dst_port), apply(columns.protocol), apply(columns.tcp_flags);
  apply(columns.packets), apply(columns.bytes), apply(columns.start), apply(columns.end);
  apply(columns.action), apply(columns.status), apply(columns.direction), apply(columns.place);
}

}  // namespace

std::uint32_t SymbolTable::code(std::string_view text) {
  if (text.empty()) return kAbsent;
  if (const auto known = codes_.find(text); known != codes_.end()) return known->second;
  const auto code = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text);
  codes_.emplace(text, code);
  return code;
}

std::uint32_t SymbolTable::find(std::string_view text) const {
  const auto known = codes_.find(text);
  return known == codes_.end() ? kAbsent : known->second;
}

void FlowColumns::clear() {
  for_each_column(*this, [](auto& column) { column.clear(); });
}

void FlowColumns::reserve(std::size_t records) {
  for_each_column(*this, [records](auto& column) { column.reserve(records); });
}

void FlowColumns::push_back(const FlowRecord& record) {
  interface.push_back(record.interface);
  account.push_back(record.account);
  instance.push_back(record.instance);
  vpc.push_back(record.vpc);
  src_service.push_back(record.src_service);
  dst_service.push_back(record.dst_service);
  src.push_back(record.src);
  dst.push_back(record.dst);
  pkt_src.push_back(record.pkt_src);
  pkt_dst.push_back(record.pkt_dst);
  address_presence.push_back(presence_bits(record));
  src_port.push_back(record.src_port);
  dst_port.push_back(record.dst_port);
  protocol.push_back(record.protocol);
  tcp_flags.push_back(record.tcp_flags);
  packets.push_back(record.packets);
  bytes.push_back(record.bytes);
  start.push_back(record.start);
  end.push_back(record.end);
  action.push_back(record.action);
  status.push_back(record.status);
  direction.push_back(record.direction);
  place.push_back(record.place);
}

FlowRecord FlowColumns::at(std::size_t row) const {
  const unsigned bits = address_presence[row];
  return FlowRecord{
      .interface = interface[row],
      .account = account[row],
      .instance = instance[row],
      .vpc = vpc[row],
      .src_service = src_service[row],
      .dst_service = dst_service[row],
      .src = src[row],
      .dst = dst[row],
      .pkt_src = pkt_src[row],
      .pkt_dst = pkt_dst[row],
      .has_src = (bits & kSrcBit) != 0,
      .has_dst = (bits & kDstBit) != 0,
      .has_pkt_src = (bits & kPktSrcBit) != 0,
      .has_pkt_dst = (bits & kPktDstBit) != 0,
      .has_time = (bits & kTimeBit) != 0,
      .src_port = src_port[row],
      .dst_port = dst_port[row],
      .protocol = protocol[row],
      .tcp_flags = tcp_flags[row],
      .packets = packets[row],
      .bytes = bytes[row],
      .start = start[row],
      .end = end[row],
      .action = action[row],
      .status = status[row],
      .direction = direction[row],
      .place = place[row],
  };
}

}  // namespace flowtrail::flowlog
