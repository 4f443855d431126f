#include "attribution/flow.h"

#include <tuple>
#include <utility>

namespace flowtrail::attribution {
namespace {

using flowlog::FlowRecord;

constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15U;

std::uint64_t mix(std::uint64_t value) {
  value *= 0xd6e8feb86659fd93U;
  return value ^ value >> 32U;
}

std::uint64_t hash_of(const IpAddress& address) {
  return mix(address.low() ^ address.high() * kOdd);
}

std::pair<Endpoint, Endpoint> sorted_ends(const FlowRecord& record) {
  std::pair ends{Endpoint{record.pkt_src, record.src_port}, Endpoint{record.pkt_dst, record.dst_port}};
  if (ends.second < ends.first) std::swap(ends.first, ends.second);
  return ends;
}

auto identity(const FlowRecord& record) {
  return std::tie(record.start, record.end, record.packets, record.bytes, record.src, record.dst, record.pkt_src,
                  record.pkt_dst, record.src_port, record.dst_port, record.action, record.status);
}

}  // namespace

std::uint64_t pair_hash(const FlowRecord& record) {
  // Addition forgets which of the two sends.
  const std::uint64_t both = hash_of(record.pkt_src) + hash_of(record.pkt_dst);
  const std::uint64_t where = std::uint64_t{record.interface} << 32U | static_cast<std::uint32_t>(record.protocol);
  return mix(mix(both) + where * kOdd);
}

std::strong_ordering compare_conversations(const FlowRecord& a, const FlowRecord& b) {
  if (const auto order = a.interface <=> b.interface; order != 0) return order;
  if (const auto order = a.protocol <=> b.protocol; order != 0) return order;
  return sorted_ends(a) <=> sorted_ends(b);
}

std::strong_ordering compare_identities(const FlowRecord& a, const FlowRecord& b) {
  return identity(a) <=> identity(b);
}

}  // namespace flowtrail::attribution
