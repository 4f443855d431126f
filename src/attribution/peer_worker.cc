#include "attribution/peer_worker.h"

#include <algorithm>
#include <utility>

namespace flowtrail::attribution {
namespace {

// Memory of stored pieces is asked for so many pieces ahead.
constexpr std::size_t kAhead = 8;

// Calls `visit` for each run of neighbours that `same` says belong together.
template <typename Same, typename Visit>
void for_each_run(std::span<PeerSum* const> sums, Same same, Visit visit) {
  for (std::size_t begin = 0, end = 0; begin < sums.size(); begin = end) {
    while (end < sums.size() && same(sums[begin]->peer, sums[end]->peer)) ++end;
    visit(sums.subspan(begin, end - begin));
  }
}

PeerCounters summed(std::span<PeerSum* const> key) {
  PeerCounters sum = key.front()->peer.counters;
  for (const PeerSum* other : key.subspan(1)) sum.merge(other->peer.counters);
  return sum;
}

void grade(std::span<PeerSum* const> key) {
  const Peer& first = key.front()->peer;
  const Grade common = grade_of(first.direction, first.protocol, summed(key));
  for (PeerSum* sum : key) sum->peer.grade = common;
}

}  // namespace

void PeerWorker::add(const StoredPeer& piece, std::span<const std::uint32_t> owners) {
  places_.push_back({std::uint64_t{piece.address_hash()} << 32U, bytes_.size(), owners.data()});
  bytes_.insert(bytes_.end(), piece.bytes().begin(), piece.bytes().end());
}

Status PeerWorker::finish() {
  sorter_.sort(
      places_, [](const Place& place) { return place.hash; },
      [](const Place& a, const Place& b) { return a.hash < b.hash; });
  const auto same_address = [](const Peer& a, const Peer& b) { return a.address == b.address; };
  for (std::size_t begin = 0, end = 0; begin < places_.size(); begin = end) {
    while (end < places_.size() && places_[end].hash == places_[begin].hash) ++end;
    for (std::size_t i = begin + kAhead; i < std::min(end + kAhead, places_.size()); ++i) {
      __builtin_prefetch(bytes_.data() + places_[i].at);
    }
    const Sums sums = decode(std::span(places_).subspan(begin, end - begin));
    for_each_run(sums, same_address, [this](Sums peers) { finish_address(peers); });
  }
  places_.clear();
  bytes_.clear();
  return kept_.status();
}

std::span<PeerSum*> PeerWorker::decode(std::span<const Place> places) {
  if (sums_.size() < places.size()) sums_.resize(std::max(places.size(), 2 * sums_.size()));
  ordered_.clear();
  for (std::size_t i = 0; i < places.size(); ++i) {
    StoredPeer(bytes_.data() + places[i].at).decode(sums_[i]);
    sums_[i].peer.owner = places[i].owners[sums_[i].peer.owner];
    ordered_.push_back(&sums_[i]);
  }
  if (ordered_.size() < 2) return ordered_;
  std::ranges::sort(ordered_, [](const PeerSum* a, const PeerSum* b) { return key_of(a->peer) < key_of(b->peer); });
  // Several pieces: more rules than fit one, sums closed early, or two workers that met addresses of one interface.
  std::size_t joined = 0;
  for (PeerSum* piece : ordered_) {
    if (joined > 0 && key_of(ordered_[joined - 1]->peer) == key_of(piece->peer)) {
      ordered_[joined - 1]->merge(*piece);
    } else {
      ordered_[joined++] = piece;
    }
  }
  return std::span(ordered_).first(joined);
}

void PeerWorker::finish_address(Sums peers) {
  for_each_run(peers, same_key, grade);
  const AddressFacts facts = judge_.facts_of(peers);
  for_each_run(peers, same_key, [&](Sums key) { finish_key(key, facts); });
}

void PeerWorker::finish_key(Sums key, const AddressFacts& facts) {
  EarliestSymbol service;
  attempts_.clear();
  for (const PeerSum* sum : key) {
    service.add(sum->service.symbol, sum->service.when);
    attempts_.insert(attempts_.end(), sum->attempts.begin(), sum->attempts.end());
  }
  const Peer& first = key.front()->peer;
  const RecordedInterface& interface = *interfaces_.find(first.interface);
  const KindJudge::Kind kind = judge_.decide(first, interface, summed(key), service.symbol, attempts_, facts);
  for (PeerSum* sum : key) {
    sum->peer.kind = kind.kind;
    sum->peer.name = kind.name;
    sum->peer.account = sum->account.symbol;
  }
  tally_.add(key);
  for (PeerSum* sum : key) {
    if (options_.keep && !options_.keep(sum->peer, owners_[sum->peer.owner])) continue;
    order_rules(history_, sum->peer);
    kept_.keep(sum->peer);
  }
}

}  // namespace flowtrail::attribution
