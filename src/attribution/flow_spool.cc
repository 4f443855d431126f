#include "attribution/flow_spool.h"

#include <cstring>

namespace flowtrail::attribution {
namespace {

using flowlog::FlowRecord;

constexpr std::size_t kChunkBytes = std::size_t{16} << 10U;
constexpr std::size_t kMostBytes = 192;  // an encoded record is never longer

// What an encoded record holds. Fields follow in the order of `write_fields`.
enum Bit : std::uint32_t {
  kHasSource = 1U << 0U,
  kHasDestination = 1U << 1U,
  kHasPacketSource = 1U << 2U,
  kHasPacketDestination = 1U << 3U,
  kSourceV4 = 1U << 4U,
  kDestinationV4 = 1U << 5U,
  kOtherPacketSource = 1U << 6U,  // differs from `src`
  kOtherPacketDestination = 1U << 7U,
  kPacketSourceV4 = 1U << 8U,
  kPacketDestinationV4 = 1U << 9U,
  kHasInstance = 1U << 10U,
  kHasServices = 1U << 11U,
  kWideEnd = 1U << 12U,
  kWideCounts = 1U << 13U,
  kWidePorts = 1U << 14U,
  kWideProtocol = 1U << 15U,
  kHasFlags = 1U << 16U,
};
constexpr unsigned kActionShift = 20;
constexpr unsigned kStatusShift = 22;
constexpr unsigned kDirectionShift = 24;
constexpr unsigned kSideShift = 26;

class Writer {
 public:
  explicit Writer(std::byte* to) : to_(to) {}
  template <typename T>
  void put(T value) {
    std::memcpy(to_, &value, sizeof value);
    to_ += sizeof value;
  }
  void put_address(const IpAddress& address) {
    if (address.is_v4()) return put(address.v4());
    put(address.high());
    put(address.low());
  }
  [[nodiscard]] std::byte* position() const { return to_; }

 private:
  std::byte* to_;
};

class Reader {
 public:
  explicit Reader(const std::byte* from) : from_(from) {}
  template <typename T>
  [[nodiscard]] T get() {
    T value;
    std::memcpy(&value, from_, sizeof value);
    from_ += sizeof value;
    return value;
  }
  [[nodiscard]] IpAddress get_address(bool v4) {
    if (v4) return IpAddress::from_v4(get<std::uint32_t>());
    const auto high = get<std::uint64_t>();
    const auto low = get<std::uint64_t>();
    return {high, low};
  }
  [[nodiscard]] const std::byte* position() const { return from_; }

 private:
  const std::byte* from_;
};

template <typename Narrow, typename Wide>
bool fits(Wide value) {
  return static_cast<Wide>(static_cast<Narrow>(value)) == value;
}

std::uint32_t bits_of(const Flow& flow) {
  const FlowRecord& r = flow.record;
  std::uint32_t bits = 0;
  const auto set = [&](bool condition, Bit bit) { bits |= condition ? static_cast<std::uint32_t>(bit) : 0U; };
  set(r.has_src, kHasSource);
  set(r.has_dst, kHasDestination);
  set(r.has_pkt_src, kHasPacketSource);
  set(r.has_pkt_dst, kHasPacketDestination);
  set(r.src.is_v4(), kSourceV4);
  set(r.dst.is_v4(), kDestinationV4);
  set(r.pkt_src != r.src, kOtherPacketSource);
  set(r.pkt_dst != r.dst, kOtherPacketDestination);
  set(r.pkt_src.is_v4(), kPacketSourceV4);
  set(r.pkt_dst.is_v4(), kPacketDestinationV4);
  set(r.instance != 0, kHasInstance);
  set(r.src_service != 0 || r.dst_service != 0, kHasServices);
  // Unsigned, since hostile times may lie further apart than a signed difference can tell.
  set(!fits<std::uint32_t>(static_cast<std::uint64_t>(r.end) - static_cast<std::uint64_t>(r.start)), kWideEnd);
  set(!fits<std::uint32_t>(r.packets) || !fits<std::uint32_t>(r.bytes), kWideCounts);
  set(!fits<std::uint16_t>(r.src_port) || !fits<std::uint16_t>(r.dst_port), kWidePorts);
  set(!fits<std::uint8_t>(r.protocol), kWideProtocol);
  set(r.tcp_flags >= 0, kHasFlags);
  bits |= static_cast<std::uint32_t>(r.action) << kActionShift;
  bits |= static_cast<std::uint32_t>(r.status) << kStatusShift;
  bits |= static_cast<std::uint32_t>(r.direction) << kDirectionShift;
  bits |= static_cast<std::uint32_t>(flow.side) << kSideShift;
  return bits;
}

std::byte* write_fields(const Flow& flow, std::uint32_t bits, std::byte* to) {
  const FlowRecord& r = flow.record;
  Writer out{to};
  out.put(bits);
  out.put(r.interface);
  out.put(r.account);
  out.put(r.place.object);
  out.put(r.place.line);
  out.put(r.start);
  out.put_address(r.src);
  out.put_address(r.dst);
  if ((bits & kOtherPacketSource) != 0) out.put_address(r.pkt_src);
  if ((bits & kOtherPacketDestination) != 0) out.put_address(r.pkt_dst);
  if ((bits & kHasInstance) != 0) out.put(r.instance);
  if ((bits & kHasServices) != 0) {
    out.put(r.src_service);
    out.put(r.dst_service);
  }
  if ((bits & kWideEnd) != 0) {
    out.put(r.end);
  } else {
    out.put(static_cast<std::uint32_t>(static_cast<std::uint64_t>(r.end) - static_cast<std::uint64_t>(r.start)));
  }
  if ((bits & kWideCounts) != 0) {
    out.put(r.packets);
    out.put(r.bytes);
  } else {
    out.put(static_cast<std::uint32_t>(r.packets));
    out.put(static_cast<std::uint32_t>(r.bytes));
  }
  if ((bits & kWidePorts) != 0) {
    out.put(r.src_port);
    out.put(r.dst_port);
  } else {
    out.put(static_cast<std::uint16_t>(r.src_port));
    out.put(static_cast<std::uint16_t>(r.dst_port));
  }
  if ((bits & kWideProtocol) != 0) {
    out.put(r.protocol);
  } else {
    out.put(static_cast<std::uint8_t>(r.protocol));
  }
  if ((bits & kHasFlags) != 0) out.put(r.tcp_flags);
  return out.position();
}

}  // namespace

const std::byte* FlowSpool::decode(const std::byte* from, Flow& flow) {
  Reader in{from};
  FlowRecord& r = flow.record;
  const auto bits = in.get<std::uint32_t>();
  r.interface = in.get<std::uint32_t>();
  r.account = in.get<std::uint32_t>();
  r.place.object = in.get<std::uint32_t>();
  r.place.line = in.get<std::uint32_t>();
  r.start = in.get<std::int64_t>();
  r.src = in.get_address((bits & kSourceV4) != 0);
  r.dst = in.get_address((bits & kDestinationV4) != 0);
  r.pkt_src = (bits & kOtherPacketSource) != 0 ? in.get_address((bits & kPacketSourceV4) != 0) : r.src;
  r.pkt_dst = (bits & kOtherPacketDestination) != 0 ? in.get_address((bits & kPacketDestinationV4) != 0) : r.dst;
  if ((bits & kHasInstance) != 0) r.instance = in.get<std::uint32_t>();
  if ((bits & kHasServices) != 0) {
    r.src_service = in.get<std::uint32_t>();
    r.dst_service = in.get<std::uint32_t>();
  }
  r.end = (bits & kWideEnd) != 0
              ? in.get<std::int64_t>()
              : static_cast<std::int64_t>(static_cast<std::uint64_t>(r.start) + in.get<std::uint32_t>());
  const bool wide_counts = (bits & kWideCounts) != 0;
  r.packets = wide_counts ? in.get<std::int64_t>() : in.get<std::uint32_t>();
  r.bytes = wide_counts ? in.get<std::int64_t>() : in.get<std::uint32_t>();
  const bool wide_ports = (bits & kWidePorts) != 0;
  r.src_port = wide_ports ? in.get<std::int32_t>() : in.get<std::uint16_t>();
  r.dst_port = wide_ports ? in.get<std::int32_t>() : in.get<std::uint16_t>();
  r.protocol = (bits & kWideProtocol) != 0 ? in.get<std::int32_t>() : in.get<std::uint8_t>();
  if ((bits & kHasFlags) != 0) r.tcp_flags = in.get<std::int32_t>();
  r.has_src = (bits & kHasSource) != 0;
  r.has_dst = (bits & kHasDestination) != 0;
  r.has_pkt_src = (bits & kHasPacketSource) != 0;
  r.has_pkt_dst = (bits & kHasPacketDestination) != 0;
  r.action = static_cast<flowlog::Action>(bits >> kActionShift & 3U);
  r.status = static_cast<flowlog::LogStatus>(bits >> kStatusShift & 3U);
  r.direction = static_cast<flowlog::FlowDirection>(bits >> kDirectionShift & 3U);
  flow.side = static_cast<Side>(bits >> kSideShift & 3U);
  return in.position();
}

FlowSpool::FlowSpool(std::size_t memory_budget_bytes, std::filesystem::path folder)
    : spool_({.partitions = kPartitions, .chunk_bytes = kChunkBytes, .most_bytes = kMostBytes}, memory_budget_bytes,
             std::move(folder)),
      records_(kPartitions) {}

Status FlowSpool::add(const Flow& flow) {
  const std::size_t partition = pair_hash(flow.record) % kPartitions;
  FT_TRY(std::byte* const begin, spool_.room(partition));
  spool_.keep(partition, write_fields(flow, bits_of(flow), begin));
  ++records_[partition];
  return {};
}

}  // namespace flowtrail::attribution
