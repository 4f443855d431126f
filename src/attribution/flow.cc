#include "attribution/flow.h"

#include <algorithm>
#include <span>
#include <utility>

namespace flowtrail::attribution {
namespace {

using flowlog::FlowRecord;

std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {
  seed ^= value + 0x9e3779b97f4a7c15U + (seed << 6U) + (seed >> 2U);
  seed *= 0xd6e8feb86659fd93U;
  return seed ^ (seed >> 32U);
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

// Optional facts that are no part of a record's identity.
void complete(Flow& kept, const Flow& copy) {
  FlowRecord& record = kept.record;
  const FlowRecord& other = copy.record;
  if (record.tcp_flags < 0) record.tcp_flags = other.tcp_flags;
  if (record.account == 0) record.account = other.account;
  if (record.instance == 0) record.instance = other.instance;
  if (record.src_service == 0) record.src_service = other.src_service;
  if (record.dst_service == 0) record.dst_service = other.dst_service;
  if (record.direction == flowlog::FlowDirection::kAbsent && other.direction != flowlog::FlowDirection::kAbsent) {
    record.direction = other.direction;
    kept.side = copy.side;
  }
}

struct Position {
  std::uint64_t place;  // of its conversation
  std::int64_t start;
  std::uint32_t index;
};

bool same_conversation(const FlowRecord& a, const FlowRecord& b) {
  if (a.interface != b.interface || a.protocol != b.protocol) return false;
  const bool one_way =
      a.src_port == b.src_port && a.dst_port == b.dst_port && a.pkt_src == b.pkt_src && a.pkt_dst == b.pkt_dst;
  return one_way ||
         (a.src_port == b.dst_port && a.dst_port == b.src_port && a.pkt_src == b.pkt_dst && a.pkt_dst == b.pkt_src);
}

bool is_before(const FlowRecord& a, const FlowRecord& b) {
  if (const auto by_conversation = compare_conversations(a, b); by_conversation != 0) return by_conversation < 0;
  if (const auto by_identity = compare_identities(a, b); by_identity != 0) return by_identity < 0;
  return a.place < b.place;
}

}  // namespace

std::uint64_t pair_hash(const FlowRecord& record) {
  // Addition forgets which of the two sends.
  const std::uint64_t both =
      mix(record.pkt_src.high(), record.pkt_src.low()) + mix(record.pkt_dst.high(), record.pkt_dst.low());
  return mix(mix(both, record.interface), static_cast<std::uint32_t>(record.protocol));
}

std::uint64_t conversation_place(const FlowRecord& record) {
  const auto [lesser, greater] = std::minmax(record.src_port, record.dst_port);
  return (pair_hash(record) & 0xffffffff00000000U) | (static_cast<std::uint64_t>(lesser) & 0xffffU) << 16U |
         (static_cast<std::uint64_t>(greater) & 0xffffU);
}

std::strong_ordering compare_conversations(const FlowRecord& a, const FlowRecord& b) {
  if (const auto order = a.interface <=> b.interface; order != 0) return order;
  if (const auto order = a.protocol <=> b.protocol; order != 0) return order;
  return sorted_ends(a) <=> sorted_ends(b);
}

std::strong_ordering compare_identities(const FlowRecord& a, const FlowRecord& b) {
  return identity(a) <=> identity(b);
}

std::int64_t leave_out_copies(std::vector<Flow>& flows, Conversations& distinct) {
  std::vector<Position> order(flows.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    order[i] = {conversation_place(flows[i].record), flows[i].record.start, i};
  }
  std::ranges::sort(order, [&](const Position& x, const Position& y) {
    if (x.place != y.place) return x.place < y.place;
    if (x.start != y.start) return x.start < y.start;
    return is_before(flows[x.index].record, flows[y.index].record);
  });
  distinct.flows.clear();
  distinct.ends.clear();
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    const FlowRecord& first = flows[order[begin].index].record;
    bool alike = true;
    for (end = begin + 1; end < order.size() && order[end].place == order[begin].place; ++end) {
      alike = alike && same_conversation(first, flows[order[end].index].record);
    }
    if (!alike) {  // two conversations of one place
      std::ranges::sort(std::span(order).subspan(begin, end - begin), [&](const Position& x, const Position& y) {
        return is_before(flows[x.index].record, flows[y.index].record);
      });
    }
    for (std::size_t i = begin; i < end; ++i) {
      Flow& flow = flows[order[i].index];
      if (i > begin) {
        Flow& last = *distinct.flows.back();
        const bool together = alike || same_conversation(last.record, flow.record);
        if (together && last.record.start == flow.record.start && compare_identities(last.record, flow.record) == 0) {
          complete(last, flow);
          continue;
        }
        if (!together) distinct.ends.push_back(distinct.flows.size());
      }
      distinct.flows.push_back(&flow);
    }
    distinct.ends.push_back(distinct.flows.size());
  }
  return static_cast<std::int64_t>(flows.size() - distinct.flows.size());
}

}  // namespace flowtrail::attribution
