// The parts of a peer that both its stored forms have: the pieces of its sums, and the finished peer.
#pragma once

#include <cstdint>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/varint.h"

namespace flowtrail::attribution {

constexpr std::size_t kVarintsOfHits = 8;

/// Times lie near a first one; the difference may wrap, and wraps back.
inline void put_time(VarintWriter& out, std::int64_t time, std::int64_t first) {
  out.put_signed(static_cast<std::int64_t>(static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(first)));
}
[[nodiscard]] inline std::int64_t get_time(VarintReader& in, std::int64_t first) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(first) + static_cast<std::uint64_t>(in.get_signed()));
}

inline void put_entry(VarintWriter& out, const Evidence::Entry& entry, std::int64_t first) {
  put_time(out, entry.start, first);
  out.put(entry.place.object);
  out.put(entry.place.line);
}
[[nodiscard]] inline Evidence::Entry get_entry(VarintReader& in, std::int64_t first) {
  Evidence::Entry entry;
  entry.start = get_time(in, first);
  entry.place.object = in.get32();
  entry.place.line = in.get32();
  return entry;
}

/// What is said of a rule's hits in the byte before them; most of it is what the peer's counters say already.
enum HitsBit : std::uint8_t {
  kSoleAsAccepted = 1U << 0U,
  kHasSole = 1U << 1U,
  kHasShared = 1U << 2U,
  kHasCovered = 1U << 3U,
  kOtherBytes = 1U << 4U,  // than the initiator's
  kOtherFirst = 1U << 5U,
  kOtherLast = 1U << 6U,
};

inline void put_hits(VarintWriter& out, const RuleHits& hits, const PeerCounters& counters) {
  unsigned bits = 0;
  const auto set = [&bits](bool condition, HitsBit bit) { bits |= condition ? static_cast<unsigned>(bit) : 0U; };
  set(hits.sole == counters.accepted, kSoleAsAccepted);
  set(hits.sole != counters.accepted && hits.sole != 0, kHasSole);
  set(hits.shared != 0, kHasShared);
  set(hits.covered != 0, kHasCovered);
  set(hits.bytes != counters.bytes_in, kOtherBytes);
  set(hits.first != counters.first, kOtherFirst);
  set(hits.last != counters.last, kOtherLast);
  out.put(hits.rule);
  out.put(bits);
  if ((bits & kHasSole) != 0) out.put_signed(hits.sole);
  if ((bits & kHasShared) != 0) out.put_signed(hits.shared);
  if ((bits & kHasCovered) != 0) out.put_signed(hits.covered);
  if ((bits & kOtherBytes) != 0) out.put_signed(hits.bytes);
  if ((bits & kOtherFirst) != 0) put_time(out, hits.first, counters.first);
  if ((bits & kOtherLast) != 0) put_time(out, hits.last, counters.first);
}
inline void get_hits(VarintReader& in, const PeerCounters& counters, RuleHits& hits) {
  hits.rule = in.get32();
  const std::uint64_t bits = in.get();
  const auto has = [bits](HitsBit bit) { return (bits & bit) != 0; };
  hits.sole = has(kSoleAsAccepted) ? counters.accepted : has(kHasSole) ? in.get_signed() : 0;
  hits.shared = has(kHasShared) ? in.get_signed() : 0;
  hits.covered = has(kHasCovered) ? in.get_signed() : 0;
  hits.bytes = has(kOtherBytes) ? in.get_signed() : counters.bytes_in;
  hits.first = has(kOtherFirst) ? get_time(in, counters.first) : counters.first;
  hits.last = has(kOtherLast) ? get_time(in, counters.first) : counters.last;
}

inline void put_rules(VarintWriter& out, const std::vector<RuleHits>& rules, const PeerCounters& counters) {
  out.put(rules.size());
  for (const RuleHits& hits : rules) put_hits(out, hits, counters);
}
/// `counters`: as they were put. Everything of `rules` is replaced.
inline void get_rules(VarintReader& in, const PeerCounters& counters, std::vector<RuleHits>& rules) {
  rules.resize(in.get());
  for (RuleHits& hits : rules) get_hits(in, counters, hits);
}

}  // namespace flowtrail::attribution
