#include "attribution/kept_peers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <string>
#include <utility>

#include "attribution/peer_fields.h"
#include "attribution/varint.h"

namespace flowtrail::attribution {
namespace {

constexpr std::size_t kMostVarints = 48;  // of a peer without rules and name

constexpr std::array kCounters = {
    &PeerCounters::records,     &PeerCounters::accepted,         &PeerCounters::rejected,     &PeerCounters::attempts,
    &PeerCounters::replies,     &PeerCounters::replies_rejected, &PeerCounters::reply_resets, &PeerCounters::payload_in,
    &PeerCounters::payload_out, &PeerCounters::bytes_in,         &PeerCounters::bytes_out,    &PeerCounters::packets_in,
    &PeerCounters::packets_out};

// Returns the bytes of `peer`, which lie in `bytes`.
std::span<const std::byte> encode(const Peer& peer, std::vector<std::byte>& bytes) {
  const std::size_t most = (kMostVarints + kVarintsOfHits * peer.rules.size()) * kMostVarintBytes + peer.name.size();
  if (bytes.size() < most) bytes.resize(most);
  const std::int64_t first = peer.counters.first;
  VarintWriter out{bytes.data()};
  out.put(peer.interface);
  out.put(peer.owner);
  out.put(peer.account);
  out.put(static_cast<std::uint64_t>(peer.direction));
  out.put(static_cast<std::uint64_t>(peer.grade));
  out.put(static_cast<std::uint64_t>(peer.kind));
  out.put(peer.address.high());
  out.put(peer.address.low());
  out.put_signed(peer.protocol);
  out.put_signed(peer.service_port);
  for (const auto counter : kCounters) out.put_signed(peer.counters.*counter);
  out.put_signed(first);
  put_time(out, peer.counters.last, first);
  out.put_signed(peer.unexplained);
  out.put(peer.evidence.size);
  for (std::size_t i = 0; i < peer.evidence.size; ++i) put_entry(out, peer.evidence.first[i], first);
  put_rules(out, peer.rules, peer.counters);
  out.put(peer.name.size());
  const auto name = std::as_bytes(std::span{peer.name});
  const std::byte* const end = std::ranges::copy(name, out.position()).out;
  return {bytes.data(), end};
}

// Everything of `peer` is replaced.
void decode(const std::byte* from, Peer& peer) {
  VarintReader in{from};
  peer.interface = in.get32();
  peer.owner = in.get32();
  peer.account = in.get32();
  peer.direction = static_cast<ConnectionDirection>(in.get());
  peer.grade = static_cast<Grade>(in.get());
  peer.kind = static_cast<PeerKind>(in.get());
  const std::uint64_t high = in.get();
  peer.address = {high, in.get()};
  peer.protocol = static_cast<int>(in.get_signed());
  peer.service_port = static_cast<int>(in.get_signed());
  for (const auto counter : kCounters) peer.counters.*counter = in.get_signed();
  const std::int64_t first = peer.counters.first = in.get_signed();
  peer.counters.last = get_time(in, first);
  peer.unexplained = in.get_signed();
  peer.evidence.size = static_cast<std::uint8_t>(in.get());
  for (std::size_t i = 0; i < peer.evidence.size; ++i) peer.evidence.first[i] = get_entry(in, first);
  get_rules(in, peer.counters, peer.rules);
  peer.name.resize(in.get());
  if (!peer.name.empty()) std::memcpy(peer.name.data(), in.position(), peer.name.size());
}

// Place i of the answer: the place of thing i when all are in the order of their texts.
template <typename Text>
std::vector<std::uint32_t> ranks(std::size_t size, const Text& text_of) {
  std::vector<std::uint32_t> order(size), rank(size);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, text_of);
  for (std::uint32_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
  return rank;
}

// What is not known comes last.
std::string_view known_first(std::string_view text) {
  return text.empty() ? std::string_view{"\x7f"} : text;
}

// -1 is "none".
std::uint64_t number(int value) {
  return static_cast<std::uint64_t>(std::int64_t{value} + 1);
}
std::uint64_t number_or_last(int value) {
  return value < 0 ? 65536 : static_cast<std::uint64_t>(value);
}

}  // namespace

PeerKeys::PeerKeys(PeerOrder order, const flowlog::SymbolTable& symbols, std::vector<std::uint32_t> interfaces,
                   std::span<const Owner> owners)
    : order_(order) {
  std::ranges::sort(interfaces);
  const auto id_of = [&](std::uint32_t i) -> std::string_view {
    const std::string_view id = symbols.text(interfaces[i]);
    return order == PeerOrder::kSuccess ? known_first(id) : id;
  };
  const std::vector<std::uint32_t> rank_of = ranks(interfaces.size(), id_of);
  interface_ranks_.resize(interfaces.empty() ? 0 : interfaces.back() + std::size_t{1});
  for (std::size_t i = 0; i < interfaces.size(); ++i) interface_ranks_[interfaces[i]] = rank_of[i];
  owner_ranks_ = ranks(owners.size(), [&](std::uint32_t i) {
    return std::pair{known_first(owners[i].fleet), known_first(owners[i].instance_id)};
  });
}

void PeerKeys::put(const Peer& peer, SortKey& key) const {
  const std::uint32_t interface = interface_ranks_[peer.interface];
  switch (order_) {
    case PeerOrder::kInterface:
      key.put(interface);
      key.put(static_cast<std::uint64_t>(peer.direction));
      key.put(peer.address);
      key.put(number(peer.protocol));
      key.put(number(peer.service_port));
      key.put(peer.owner);
      return;
    case PeerOrder::kSuccess:
      key.put(static_cast<std::uint64_t>(peer.grade));
      key.put_descending(static_cast<std::uint64_t>(peer.counters.attempts));
      key.put(peer.address);
      key.put(interface);
      key.put(number_or_last(peer.service_port));
      key.put(number(peer.protocol));
      key.put(owner_ranks_[peer.owner]);
      return;
  }
}

void PeerKeeper::keep(const Peer& peer) {
  if (!status_) return;
  key_.clear();
  keys_->put(peer, key_);
  status_ = sorter_.add(key_.bytes(), encode(peer, bytes_));
}

KeptPeers joined(std::vector<PeerKeeper> keepers) {
  std::vector<RecordSorter> sorters;
  for (PeerKeeper& keeper : keepers) sorters.push_back(std::move(keeper.sorter_));
  return KeptPeers{SortedRecords{std::move(sorters)}};
}

KeptPeers::Cursor KeptPeers::open() const {
  Cursor cursor;
  if (records_ != nullptr) cursor.records_ = records_->open();
  return cursor;
}

Result<const Peer*> KeptPeers::Cursor::next() {
  if (!records_) return nullptr;
  FT_TRY(const SortedRecords::Record* const record, records_->next());
  if (record == nullptr) return nullptr;
  decode(record->value.data(), peer_);
  return &peer_;
}

}  // namespace flowtrail::attribution
