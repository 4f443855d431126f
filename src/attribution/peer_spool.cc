#include "attribution/peer_spool.h"

#include <algorithm>
#include <array>
#include <cstring>
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
constexpr std::size_t kMostBytes = 32 + kMostVarints * kMostVarintBytes;

constexpr std::array kCounters = {
    &PeerCounters::records,         &PeerCounters::accepted,   &PeerCounters::rejected,    &PeerCounters::attempts,
    &PeerCounters::replies,         &PeerCounters::payload_in, &PeerCounters::payload_out, &PeerCounters::bytes_in,
    &PeerCounters::bytes_out,       &PeerCounters::packets_in, &PeerCounters::packets_out, &PeerCounters::reply_resets,
    &PeerCounters::replies_rejected};

// The bits of a piece, from the lowest: a counter is there (in their order), then these.
constexpr unsigned kV4 = kCounters.size();
constexpr unsigned kUnexplained = kV4 + 1;
constexpr unsigned kDirection = kUnexplained + 1;  // two bits
constexpr unsigned kEvidence = kDirection + 2;     // two bits: how many
// A symbol is there; it is that of the first record of the evidence.
constexpr unsigned kService = kEvidence + 2;
constexpr unsigned kServiceFirst = kService + 1;
constexpr unsigned kAccount = kServiceFirst + 1;
constexpr unsigned kAccountFirst = kAccount + 1;

// Behind the head. What follows are varints.
struct Fixed {
  std::uint32_t bits = 0;
  std::uint32_t interface = 0, owner = 0;
  std::uint32_t address = 0;  // kV4
  std::int64_t first = 0;
};

void put_symbol(VarintWriter& out, const EarliestSymbol& symbol, bool is_first, std::int64_t first) {
  if (symbol.symbol == 0) return;
  out.put(symbol.symbol);
  if (!is_first) put_entry(out, symbol.when, first);
}
EarliestSymbol get_symbol(VarintReader& in, bool is_first, const Peer& peer) {
  EarliestSymbol symbol;
  symbol.symbol = in.get32();
  symbol.when = is_first ? peer.evidence.first[0] : get_entry(in, peer.counters.first);
  return symbol;
}

bool is_of_first(const EarliestSymbol& symbol, const Evidence& evidence) {
  return symbol.symbol != 0 && evidence.size > 0 && symbol.when == evidence.first[0];
}

std::uint32_t bits_of(const PeerSum& sum) {
  const Peer& peer = sum.peer;
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < kCounters.size(); ++i) bits |= std::uint32_t{peer.counters.*kCounters[i] != 0} << i;
  bits |= std::uint32_t{peer.address.is_v4()} << kV4;
  bits |= std::uint32_t{peer.unexplained != 0} << kUnexplained;
  bits |= static_cast<std::uint32_t>(peer.direction) << kDirection;
  bits |= std::uint32_t{peer.evidence.size} << kEvidence;
  bits |= std::uint32_t{sum.service.symbol != 0} << kService;
  bits |= std::uint32_t{is_of_first(sum.service, peer.evidence)} << kServiceFirst;
  bits |= std::uint32_t{sum.account.symbol != 0} << kAccount;
  bits |= std::uint32_t{is_of_first(sum.account, peer.evidence)} << kAccountFirst;
  return bits;
}

std::byte* encode(const PeerSum& sum, std::byte* to) {
  const Peer& peer = sum.peer;
  const PeerCounters& counters = peer.counters;
  const std::int64_t first = counters.first;
  const std::uint32_t bits = bits_of(sum);
  const Fixed fixed{bits, peer.interface, peer.owner, peer.address.v4(), first};
  std::memcpy(to, &fixed, sizeof fixed);
  VarintWriter out{to + sizeof fixed};
  if (!peer.address.is_v4()) {
    out.put(peer.address.high());
    out.put(peer.address.low());
  }
  out.put_signed(peer.protocol);
  out.put_signed(peer.service_port);
  put_time(out, counters.last, first);
  for (unsigned i = 0; i < kCounters.size(); ++i) {
    if ((bits >> i & 1U) != 0) out.put_signed(counters.*kCounters[i]);
  }
  if (peer.unexplained != 0) out.put_signed(peer.unexplained);
  for (std::size_t i = 0; i < peer.evidence.size; ++i) put_entry(out, peer.evidence.first[i], first);
  put_symbol(out, sum.service, (bits >> kServiceFirst & 1U) != 0, first);
  put_symbol(out, sum.account, (bits >> kAccountFirst & 1U) != 0, first);
  put_rules(out, peer.rules, counters);
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

PeerSpool::PeerSpool(ChunkPool& pool, std::size_t most_of_pool, std::filesystem::path folder)
    : spool_({.partitions = kPartitions,
              .chunk_bytes = std::clamp(most_of_pool / (2 * kPartitions), kMostBytes, kChunkBytes),
              .most_bytes = kMostBytes,
              .most_of_pool = most_of_pool},
             pool, std::move(folder)) {}

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
  Fixed fixed;
  std::memcpy(&fixed, bytes_ + sizeof(Head), sizeof fixed);
  const auto has = [&fixed](unsigned bit) { return (fixed.bits >> bit & 1U) != 0; };
  VarintReader in{bytes_ + sizeof(Head) + sizeof fixed};
  peer.address = IpAddress::from_v4(fixed.address);
  if (!has(kV4)) {
    const std::uint64_t high = in.get();
    peer.address = {high, in.get()};
  }
  peer.direction = static_cast<ConnectionDirection>(fixed.bits >> kDirection & 3U);
  peer.interface = fixed.interface;
  peer.owner = fixed.owner;
  peer.protocol = static_cast<int>(in.get_signed());
  peer.service_port = static_cast<int>(in.get_signed());
  const std::int64_t first = peer.counters.first = fixed.first;
  peer.counters.last = get_time(in, first);
  for (unsigned i = 0; i < kCounters.size(); ++i) {
    peer.counters.*kCounters[i] = has(i) ? in.get_signed() : 0;
  }
  peer.unexplained = has(kUnexplained) ? in.get_signed() : 0;
  peer.evidence.size = static_cast<std::uint8_t>(fixed.bits >> kEvidence & 3U);
  for (std::size_t i = 0; i < peer.evidence.size; ++i) peer.evidence.first[i] = get_entry(in, first);
  sum.service = has(kService) ? get_symbol(in, has(kServiceFirst), peer) : EarliestSymbol{};
  sum.account = has(kAccount) ? get_symbol(in, has(kAccountFirst), peer) : EarliestSymbol{};
  get_rules(in, peer.counters, peer.rules);
  sum.attempts.resize(in.get());
  for (std::int64_t& start : sum.attempts) start = get_time(in, first);
}

}  // namespace flowtrail::attribution
