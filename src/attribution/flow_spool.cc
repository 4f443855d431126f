#include "attribution/flow_spool.h"

#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

namespace flowtrail::attribution {
namespace {

using flowlog::FlowRecord;

constexpr std::size_t kChunkBytes = std::size_t{16} << 10U;

constexpr unsigned kStatusShift = 2;
constexpr unsigned kDirectionShift = 4;
constexpr unsigned kSideShift = 6;

struct WideAddress {
  std::uint64_t high = 0, low = 0;
};
struct WideNumbers {
  std::int64_t start = 0, end = 0, packets = 0, bytes = 0;
  std::int32_t source_port = 0, destination_port = 0, protocol = 0, flags = 0;
};
// Source and destination twice.
constexpr std::size_t kMostBytes = StoredFlow::kUsualBytes + 4 * sizeof(WideAddress) + sizeof(WideNumbers);

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

bool fits_head(const FlowRecord& r) {
  const auto wide = [](auto value) { return std::uint64_t{static_cast<std::make_unsigned_t<decltype(value)>>(value)}; };
  const std::uint64_t of_32_bits = wide(r.start) | wide(r.packets) | wide(r.bytes);
  const std::uint64_t of_16_bits = (wide(r.end) - wide(r.start)) | wide(r.src_port) | wide(r.dst_port);
  return of_32_bits >> 32U == 0 && of_16_bits >> 16U == 0 && wide(r.protocol) <= UINT8_MAX && r.tcp_flags <= UINT8_MAX;
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

std::uint16_t StoredFlow::bits_of(const FlowRecord& r, Side side) {
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

std::size_t StoredFlow::address_bytes(std::uint16_t bits) {
  const bool wide = (bits & kWideAddresses) != 0;
  const std::size_t of_packet = 2 * (wide ? sizeof(WideAddress) : sizeof(std::uint32_t));
  return (wide ? 2 * sizeof(WideAddress) : 0) + ((bits & kOtherPacket) != 0 ? of_packet : 0);
}

std::size_t StoredFlow::tail_bytes_of(std::uint16_t bits) {
  return address_bytes(bits) + ((bits & kWideNumbers) != 0 ? sizeof(WideNumbers) : 0);
}

std::byte* StoredFlow::write_tail(const FlowRecord& r, std::uint16_t bits, std::byte* to) {
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
  return to;
}

void StoredFlow::read_tail(FlowRecord& r) const {
  const std::uint16_t bits = head().bits;
  const std::byte* at = bytes_ + sizeof(Head);
  const bool wide = (bits & kWideAddresses) != 0;
  if (wide) {
    r.src = r.pkt_src = read_address(at, wide);
    r.dst = r.pkt_dst = read_address(at, wide);
  }
  if ((bits & kOtherPacket) != 0) {
    r.pkt_src = read_address(at, wide);
    r.pkt_dst = read_address(at, wide);
  }
  if ((bits & kWideNumbers) != 0) {
    const auto numbers = read_at<WideNumbers>(at);
    r.start = numbers.start;
    r.end = numbers.end;
    r.packets = numbers.packets;
    r.bytes = numbers.bytes;
    r.src_port = numbers.source_port;
    r.dst_port = numbers.destination_port;
    r.protocol = numbers.protocol;
    r.tcp_flags = numbers.flags;
  }
}

std::int64_t StoredFlow::wide_start() const {
  return read_at<WideNumbers>(bytes_ + sizeof(Head) + address_bytes(head().bits)).start;
}

void StoredFlow::decode(Flow& flow) const {
  const Head& head = this->head();
  FlowRecord& r = flow.record;
  contexts_->at(head.context).put_into(r);
  r.vpc = flowlog::SymbolTable::kAbsent;
  r.has_time = true;
  r.place = {head.object, head.line};
  // Each made anew: a copy out of narrow writes makes the processor wait.
  r.src = IpAddress::from_v4(head.source);
  r.dst = IpAddress::from_v4(head.destination);
  r.pkt_src = IpAddress::from_v4(head.source);
  r.pkt_dst = IpAddress::from_v4(head.destination);
  r.start = head.start;
  r.end = std::int64_t{head.start} + head.duration;
  r.packets = head.packets;
  r.bytes = head.bytes;
  r.src_port = head.source_port;
  r.dst_port = head.destination_port;
  r.protocol = head.protocol;
  r.tcp_flags = (head.bits & kHasFlags) != 0 ? head.flags : -1;
  r.has_src = (head.bits & kHasSource) != 0;
  r.has_dst = (head.bits & kHasDestination) != 0;
  r.has_pkt_src = (head.bits & kHasPacketSource) != 0;
  r.has_pkt_dst = (head.bits & kHasPacketDestination) != 0;
  r.action = static_cast<flowlog::Action>(head.bits & 3U);
  r.status = static_cast<flowlog::LogStatus>(head.bits >> kStatusShift & 3U);
  r.direction = static_cast<flowlog::FlowDirection>(head.bits >> kDirectionShift & 3U);
  flow.side = static_cast<Side>(head.bits >> kSideShift & 3U);
  if (tail_bytes(head.bits) != 0) read_tail(r);
}

FlowSpool::FlowSpool(ChunkPool& pool, std::filesystem::path folder)
    : spool_({.partitions = kPartitions, .chunk_bytes = kMostBytes, .most_bytes = kMostBytes}, pool,
             std::move(folder)) {}

// Little memory is better used as small chunks of all partitions.
ChunkPool FlowSpool::make_pool(std::size_t memory_budget_bytes, std::size_t spools) {
  const std::size_t fair = memory_budget_bytes / (2 * kPartitions * std::max<std::size_t>(spools, 1));
  return {memory_budget_bytes, std::clamp(fair, kMostBytes, kChunkBytes)};
}

Status FlowSpool::add(const FlowRecord& record, Side side, std::uint32_t context) {
  const std::uint64_t pair = pair_hash(record);
  const std::size_t partition = partition_of(record.interface, pair);
  FT_TRY(std::byte* const at, spool_.room(partition));
  const std::uint16_t bits = StoredFlow::bits_of(record, side);
  // Made in its place: a copy out of narrow writes makes the processor wait.
  auto* const head = std::construct_at(reinterpret_cast<StoredFlow::Head*>(at));
  head->context = context;
  head->pair = place_of_pair(record.interface, pair);
  head->object = record.place.object;
  head->line = record.place.line;
  head->source = record.src.v4();
  head->destination = record.dst.v4();
  head->start = static_cast<std::uint32_t>(record.start);
  head->packets = static_cast<std::uint32_t>(record.packets);
  head->bytes = static_cast<std::uint32_t>(record.bytes);
  head->source_port = static_cast<std::uint16_t>(record.src_port);
  head->destination_port = static_cast<std::uint16_t>(record.dst_port);
  head->duration = static_cast<std::uint16_t>(record.end - record.start);
  head->bits = bits;
  head->protocol = static_cast<std::uint8_t>(record.protocol);
  head->flags = static_cast<std::uint8_t>(record.tcp_flags);
  std::byte* end = at + sizeof *head;
  if (StoredFlow::tail_bytes(bits) != 0) end = StoredFlow::write_tail(record, bits, end);
  spool_.keep(partition, end);
  // The partition's next record comes when the others' records have pushed this memory out of the cache.
  __builtin_prefetch(end + sizeof *head, 1);
  return {};
}

}  // namespace flowtrail::attribution
