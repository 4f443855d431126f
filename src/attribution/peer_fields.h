// The parts of a peer that both its stored forms have: the pieces of its sums, and the finished peer.
#pragma once

#include <cstdint>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/varint.h"

namespace flowtrail::attribution {

constexpr std::size_t kVarintsOfHits = 7;

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

inline void put_rules(VarintWriter& out, const std::vector<RuleHits>& rules, std::int64_t first) {
  out.put(rules.size());
  for (const RuleHits& hits : rules) {
    out.put(hits.rule);
    out.put_signed(hits.sole);
    out.put_signed(hits.shared);
    out.put_signed(hits.covered);
    out.put_signed(hits.bytes);
    put_time(out, hits.first, first);
    put_time(out, hits.last, first);
  }
}
/// Everything of `rules` is replaced.
inline void get_rules(VarintReader& in, std::int64_t first, std::vector<RuleHits>& rules) {
  rules.resize(in.get());
  for (RuleHits& hits : rules) {
    hits.rule = in.get32();
    hits.sole = in.get_signed();
    hits.shared = in.get_signed();
    hits.covered = in.get_signed();
    hits.bytes = in.get_signed();
    hits.first = get_time(in, first);
    hits.last = get_time(in, first);
  }
}

}  // namespace flowtrail::attribution
