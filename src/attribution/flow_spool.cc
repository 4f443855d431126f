#include "attribution/flow_spool.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace flowtrail::attribution {
namespace {

using flowlog::FlowRecord;

constexpr std::size_t kChunkBytes = std::size_t{16} << 10U;

// What is true of a stored record, from the lowest bit of Head::bits; below them lie action, status, direction and
// side, two bits each.
enum Bit : std::uint16_t {
  kHasSource = 1U << 8U,
  kHasDestination = 1U << 9U,
  kHasPacketSource = 1U << 10U,
  kHasPacketDestination = 1U << 11U,
  kHasFlags = 1U << 12U,
  kWideAddresses = 1U << 13U,  // some address is not IPv4: all follow the head
  kOtherPacket = 1U << 14U,    // a packet address differs from the record's: both follow
  kWideNumbers = 1U << 15U,    // some number does not fit into the head: all follow
};
constexpr unsigned kStatusShift = 2;
constexpr unsigned kDirectionShift = 4;
constexpr unsigned kSideShift = 6;

struct Head {
  std::uint32_t context = 0;
  std::uint32_t pair = 0;  // see place_of_pair
  std::uint32_t object = 0, line = 0;
  std::uint32_t source = 0, destination = 0;
  std::uint32_t start = 0, packets = 0, bytes = 0;
  std::uint16_t source_port = 0, destination_port = 0;
  std::uint16_t duration = 0;
  std::uint16_t bits = 0;
  std::uint8_t protocol = 0, flags = 0;
  std::uint16_t unused = 0;
};
static_assert(sizeof(Head) == 48);

struct WideAddress {
  std::uint64_t high = 0, low = 0;
};
struct WideNumbers {
  std::int64_t start = 0, end = 0, packets = 0, bytes = 0;
  std::int32_t source_port = 0, destination_port = 0, protocol = 0, flags = 0;
};
// Source and destination twice.
constexpr std::size_t kMostBytes = sizeof(Head) + 4 * sizeof(WideAddress) + sizeof(WideNumbers);

template <typename T>
T read_at(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

template <typename T>
void write(const T& value, std::byte*& to) {
  std::memcpy(to, &value, sizeof value);
  to += sizeof value;
}

std::size_t packet_bytes(std::uint16_t bits) {
  if ((bits & kOtherPacket) == 0) return 0;
  return 2 * ((bits & kWideAddresses) != 0 ? sizeof(WideAddress) : sizeof(std::uint32_t));
}

std::size_t address_bytes(std::uint16_t bits) {
  return ((bits & kWideAddresses) != 0 ? 2 * sizeof(WideAddress) : 0) + packet_bytes(bits);
}

bool fits_head(const FlowRecord& r) {
  const std::uint64_t duration = static_cast<std::uint64_t>(r.end) - static_cast<std::uint64_t>(r.start);
  return std::in_range<std::uint32_t>(r.start) && duration <= UINT16_MAX && std::in_range<std::uint32_t>(r.packets) &&
         std::in_range<std::uint32_t>(r.bytes) && std::in_range<std::uint16_t>(r.src_port) &&
         std::in_range<std::uint16_t>(r.dst_port) && std::in_range<std::uint8_t>(r.protocol) && r.tcp_flags <= 0xff;
}

std::uint16_t bits_of(const FlowRecord& r, Side side) {
  unsigned bits = static_cast<unsigned>(r.action) | static_cast<unsigned>(r.status) << kStatusShift |
                  static_cast<unsigned>(r.direction) << kDirectionShift | static_cast<unsigned>(side) << kSideShift;
  const auto set = [&](bool condition, Bit bit) { bits |= condition ? static_cast<unsigned>(bit) : 0U; };
  set(r.has_src, kHasSource);
  set(r.has_dst, kHasDestination);
  set(r.has_pkt_src, kHasPacketSource);
  set(r.has_pkt_dst, kHasPacketDestination);
  set(r.tcp_flags >= 0, kHasFlags);
  const bool other_packet = r.pkt_src != r.src || r.pkt_dst != r.dst;
  const bool v4 = r.src.is_v4() && r.dst.is_v4() && (!other_packet || (r.pkt_src.is_v4() && r.pkt_dst.is_v4()));
  set(other_packet, kOtherPacket);
  set(!v4, kWideAddresses);
  set(!fits_head(r), kWideNumbers);
  return static_cast<std::uint16_t>(bits);
}

void write_address(const IpAddress& address, bool wide, std::byte*& to) {
  if (wide) {
    write(WideAddress{address.high(), address.low()}, to);
  } else {
    write(address.v4(), to);
  }
}

IpAddress read_address(const std::byte*& from, bool wide) {
  if (wide) {
    const auto address = read_at<WideAddress>(from);
    from += sizeof address;
    return {address.high, address.low};
  }
  const auto address = read_at<std::uint32_t>(from);
  from += sizeof address;
  return IpAddress::from_v4(address);
}

void write_tail(const FlowRecord& r, std::uint16_t bits, std::byte*& to) {
  const bool wide = (bits & kWideAddresses) != 0;
  if (wide) {
    write_address(r.src, wide, to);
    write_address(r.dst, wide, to);
  }
  if ((bits & kOtherPacket) != 0) {
    write_address(r.pkt_src, wide, to);
    write_address(r.pkt_dst, wide, to);
  }
  if ((bits & kWideNumbers) != 0) {
    write(WideNumbers{r.start, r.end, r.packets, r.bytes, r.src_port, r.dst_port, r.protocol, r.tcp_flags}, to);
  }
}

void read_addresses(const Head& head, const std::byte* tail, FlowRecord& r) {
  const bool wide = (head.bits & kWideAddresses) != 0;
  r.src = wide ? read_address(tail, wide) : IpAddress::from_v4(head.source);
  r.dst = wide ? read_address(tail, wide) : IpAddress::from_v4(head.destination);
  const bool other = (head.bits & kOtherPacket) != 0;
  r.pkt_src = other ? read_address(tail, wide) : r.src;
  r.pkt_dst = other ? read_address(tail, wide) : r.dst;
}

void read_numbers(const Head& head, const std::byte* tail, FlowRecord& r) {
  if ((head.bits & kWideNumbers) != 0) {
    const auto wide = read_at<WideNumbers>(tail + address_bytes(head.bits));
    r.start = wide.start;
    r.end = wide.end;
    r.packets = wide.packets;
    r.bytes = wide.bytes;
    r.src_port = wide.source_port;
    r.dst_port = wide.destination_port;
    r.protocol = wide.protocol;
    r.tcp_flags = wide.flags;
    return;
  }
  r.start = head.start;
  r.end = std::int64_t{head.start} + head.duration;
  r.packets = head.packets;
  r.bytes = head.bytes;
  r.src_port = head.source_port;
  r.dst_port = head.destination_port;
  r.protocol = head.protocol;
  r.tcp_flags = (head.bits & kHasFlags) != 0 ? head.flags : -1;
}

// Interfaces of a hash go to a row of partitions, their pairs of addresses to any partition of the row: what is known
// of an interface is asked again while it is at hand, and a busy interface still is work for several threads.
constexpr std::size_t kRow = 16;

std::uint32_t interface_hash(std::uint32_t interface) {
  return static_cast<std::uint32_t>(interface * 0x9e3779b97f4a7c15U >> 32U);
}

std::size_t partition_of(std::uint32_t interface, std::uint64_t pair) {
  return interface_hash(interface) % (FlowSpool::kPartitions / kRow) * kRow + pair % kRow;
}

// Orders pairs by interface first, mostly.
std::uint32_t place_of_pair(std::uint32_t interface, std::uint64_t pair) {
  return (interface_hash(interface) & 0xff000000U) | static_cast<std::uint32_t>(pair >> 40U);
}

}  // namespace

StoredFlow::StoredFlow(const std::byte* bytes, const ContextBook& contexts) : bytes_(bytes), contexts_(&contexts) {
  const auto bits = read_at<std::uint16_t>(bytes + offsetof(Head, bits));
  size_ = sizeof(Head) + address_bytes(bits) + ((bits & kWideNumbers) != 0 ? sizeof(WideNumbers) : 0);
}

std::int64_t StoredFlow::start() const {
  const auto head = read_at<Head>(bytes_);
  if ((head.bits & kWideNumbers) == 0) return head.start;
  return read_at<WideNumbers>(bytes_ + sizeof(Head) + address_bytes(head.bits)).start;
}

std::uint64_t StoredFlow::place() const {
  const auto head = read_at<Head>(bytes_);
  // A port that does not fit is cut to its low bits in the head.
  const auto [lesser, greater] = std::minmax(head.source_port, head.destination_port);
  return std::uint64_t{head.pair} << 32U | std::uint64_t{lesser} << 16U | greater;
}

void StoredFlow::decode(Flow& flow) const {
  const auto head = read_at<Head>(bytes_);
  const std::byte* const tail = bytes_ + sizeof(Head);
  FlowRecord& r = flow.record;
  contexts_->at(head.context).put_into(r);
  r.vpc = flowlog::SymbolTable::kAbsent;
  r.has_time = true;
  r.place = {head.object, head.line};
  read_addresses(head, tail, r);
  read_numbers(head, tail, r);
  r.has_src = (head.bits & kHasSource) != 0;
  r.has_dst = (head.bits & kHasDestination) != 0;
  r.has_pkt_src = (head.bits & kHasPacketSource) != 0;
  r.has_pkt_dst = (head.bits & kHasPacketDestination) != 0;
  r.action = static_cast<flowlog::Action>(head.bits & 3U);
  r.status = static_cast<flowlog::LogStatus>(head.bits >> kStatusShift & 3U);
  r.direction = static_cast<flowlog::FlowDirection>(head.bits >> kDirectionShift & 3U);
  flow.side = static_cast<Side>(head.bits >> kSideShift & 3U);
}

FlowSpool::FlowSpool(std::size_t memory_budget_bytes, std::filesystem::path folder)
    : spool_({.partitions = kPartitions, .chunk_bytes = kChunkBytes, .most_bytes = kMostBytes}, memory_budget_bytes,
             std::move(folder)) {}

Status FlowSpool::add(const FlowRecord& record, Side side, std::uint32_t context) {
  const std::uint64_t pair = pair_hash(record);
  const std::size_t partition = partition_of(record.interface, pair);
  FT_TRY(std::byte * at, spool_.room(partition));
  const std::uint16_t bits = bits_of(record, side);
  write(Head{.context = context,
             .pair = place_of_pair(record.interface, pair),
             .object = record.place.object,
             .line = record.place.line,
             .source = record.src.v4(),
             .destination = record.dst.v4(),
             .start = static_cast<std::uint32_t>(record.start),
             .packets = static_cast<std::uint32_t>(record.packets),
             .bytes = static_cast<std::uint32_t>(record.bytes),
             .source_port = static_cast<std::uint16_t>(record.src_port),
             .destination_port = static_cast<std::uint16_t>(record.dst_port),
             .duration = static_cast<std::uint16_t>(record.end - record.start),
             .bits = bits,
             .protocol = static_cast<std::uint8_t>(record.protocol),
             .flags = static_cast<std::uint8_t>(record.tcp_flags)},
        at);
  write_tail(record, bits, at);
  spool_.keep(partition, at);
  return {};
}

}  // namespace flowtrail::attribution
