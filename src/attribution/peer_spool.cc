#include "attribution/peer_spool.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "attribution/peer_fields.h"
#include "attribution/varint.h"

namespace flowtrail::attribution {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{16} << 10U;
constexpr std::ptrdiff_t kUsualBytes = 64;
// Of one piece.
constexpr std::size_t kMostRules = 16;
constexpr std::size_t kMostAttempts = 64;
constexpr std::size_t kMostVarints = 64 + kVarintsOfHits * kMostRules + kMostAttempts;
constexpr std::size_t kMostBytes = 2 * sizeof(std::uint32_t) + kMostVarints * kMostVarintBytes;

constexpr std::array kCounters = {
    &PeerCounters::records,         &PeerCounters::accepted,   &PeerCounters::rejected,    &PeerCounters::attempts,
    &PeerCounters::replies,         &PeerCounters::payload_in, &PeerCounters::payload_out, &PeerCounters::bytes_in,
    &PeerCounters::bytes_out,       &PeerCounters::packets_in, &PeerCounters::packets_out, &PeerCounters::reply_resets,
    &PeerCounters::replies_rejected};

// The bits of a piece's first number, from the lowest: a counter is there (in their order), then these.
constexpr unsigned kV4 = kCounters.size();
constexpr unsigned kUnexplained = kV4 + 1;
constexpr unsigned kDirection = kUnexplained + 1;  // two bits
constexpr unsigned kEvidence = kDirection + 2;     // two bits: how many

void put_symbol(VarintWriter& out, const EarliestSymbol& symbol, std::int64_t first) {
  out.put(symbol.symbol);
  if (symbol.symbol != 0) put_entry(out, symbol.when, first);
}
EarliestSymbol get_symbol(VarintReader& in, std::int64_t first) {
  EarliestSymbol symbol;
  symbol.symbol = in.get32();
  if (symbol.symbol != 0) symbol.when = get_entry(in, first);
  return symbol;
}

std::byte* encode(const PeerSum& sum, std::byte* to) {
  const Peer& peer = sum.peer;
  const PeerCounters& counters = peer.counters;
  const std::int64_t first = counters.first;
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < kCounters.size(); ++i) bits |= std::uint64_t{counters.*kCounters[i] != 0} << i;
  bits |= std::uint64_t{peer.address.is_v4()} << kV4;
  bits |= std::uint64_t{peer.unexplained != 0} << kUnexplained;
  bits |= static_cast<std::uint64_t>(peer.direction) << kDirection;
  bits |= static_cast<std::uint64_t>(peer.evidence.size) << kEvidence;
  VarintWriter out{to};
  out.put(bits);
  if (peer.address.is_v4()) {
    out.put(peer.address.v4());
  } else {
    out.put(peer.address.high());
    out.put(peer.address.low());
  }
  out.put(peer.interface);
  out.put(peer.owner);
  out.put_signed(peer.protocol);
  out.put_signed(peer.service_port);
  out.put_signed(first);
  put_time(out, counters.last, first);
  for (const auto counter : kCounters) {
    if (counters.*counter != 0) out.put_signed(counters.*counter);
  }
  if (peer.unexplained != 0) out.put_signed(peer.unexplained);
  for (std::size_t i = 0; i < peer.evidence.size; ++i) put_entry(out, peer.evidence.first[i], first);
  put_symbol(out, sum.service, first);
  put_symbol(out, sum.account, first);
  put_rules(out, peer.rules, first);
  out.put(sum.attempts.size());
  for (const std::int64_t start : sum.attempts) put_time(out, start, first);
  return out.position();
}

// A piece of the key with nothing counted: it adds nothing but what is put into it.
PeerSum empty_piece(const PeerSum& sum) {
  PeerSum piece{key_of(sum.peer)};
  piece.peer.counters.first = sum.peer.counters.first;
  return piece;
}

// Takes up to `most` values from the end of `from`.
template <typename T>
std::vector<T> taken(std::vector<T>& from, std::size_t most) {
  const std::size_t count = std::min(most, from.size());
  std::vector<T> values(from.end() - static_cast<std::ptrdiff_t>(count), from.end());
  from.resize(from.size() - count);
  return values;
}

}  // namespace

PeerSpool::PeerSpool(std::size_t memory_budget_bytes, std::filesystem::path folder)
    : spool_({.partitions = kPartitions, .chunk_bytes = kChunkBytes, .most_bytes = kMostBytes}, memory_budget_bytes,
             std::move(folder)) {}

Status PeerSpool::add(const PeerSum& sum) {
  if (sum.peer.rules.size() <= kMostRules && sum.attempts.size() <= kMostAttempts) return put(sum);
  PeerSum rest = sum;
  while (rest.peer.rules.size() > kMostRules || rest.attempts.size() > kMostAttempts) {
    PeerSum piece = empty_piece(sum);
    piece.peer.rules = taken(rest.peer.rules, kMostRules);
    piece.attempts = taken(rest.attempts, kMostAttempts);
    FT_CHECK(put(piece));
  }
  return put(rest);
}

Status PeerSpool::put(const PeerSum& piece) {
  const std::size_t hash = std::hash<IpAddress>{}(piece.peer.address);
  const std::size_t partition = hash % kPartitions;
  FT_TRY(std::byte* const begin, spool_.room(partition));
  std::byte* const end = encode(piece, begin + sizeof(StoredPeer::Head));
  const StoredPeer::Head head{static_cast<std::uint32_t>(hash >> 32U), static_cast<std::uint32_t>(end - begin)};
  std::memcpy(begin, &head, sizeof head);
  spool_.keep(partition, end);
  __builtin_prefetch(end + kUsualBytes, 1);  // see FlowSpool::add
  return {};
}

void StoredPeer::decode(PeerSum& sum) const {
  Peer& peer = sum.peer;
  VarintReader in{bytes_ + sizeof(Head)};
  const std::uint64_t bits = in.get();
  const auto has = [bits](unsigned bit) { return (bits >> bit & 1U) != 0; };
  if (has(kV4)) {
    peer.address = IpAddress::from_v4(in.get32());
  } else {
    const std::uint64_t high = in.get();
    peer.address = {high, in.get()};
  }
  peer.direction = static_cast<ConnectionDirection>(bits >> kDirection & 3U);
  peer.interface = in.get32();
  peer.owner = in.get32();
  peer.protocol = static_cast<int>(in.get_signed());
  peer.service_port = static_cast<int>(in.get_signed());
  const std::int64_t first = peer.counters.first = in.get_signed();
  peer.counters.last = get_time(in, first);
  for (unsigned i = 0; i < kCounters.size(); ++i) {
    peer.counters.*kCounters[i] = has(i) ? in.get_signed() : 0;
  }
  peer.unexplained = has(kUnexplained) ? in.get_signed() : 0;
  peer.evidence.size = static_cast<std::uint8_t>(bits >> kEvidence & 3U);
  for (std::size_t i = 0; i < peer.evidence.size; ++i) peer.evidence.first[i] = get_entry(in, first);
  sum.service = get_symbol(in, first);
  sum.account = get_symbol(in, first);
  get_rules(in, first, peer.rules);
  sum.attempts.resize(in.get());
  for (std::int64_t& start : sum.attempts) start = get_time(in, first);
}

}  // namespace flowtrail::attribution
