#include "attribution/peer_worker.h"

#include <algorithm>
#include <utility>

namespace flowtrail::attribution {
namespace {

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

void PeerWorker::order(std::vector<PeerSum>& pieces) {
  by_hash_.clear();
  for (PeerSum& piece : pieces) by_hash_.emplace_back(std::hash<IpAddress>{}(piece.peer.address), &piece);
  std::ranges::sort(by_hash_, [](const Hashed& a, const Hashed& b) {
    return a.first != b.first ? a.first < b.first : key_of(a.second->peer) < key_of(b.second->peer);
  });
  ordered_.clear();
  for (const auto& [hash, piece] : by_hash_) ordered_.push_back(piece);
}

Status PeerWorker::finish(std::vector<PeerSum>& pieces) {
  order(pieces);
  // Several pieces: more rules than fit one, sums closed early, or two workers that met addresses of one interface.
  std::size_t joined = 0;
  for (PeerSum* piece : ordered_) {
    if (joined > 0 && key_of(ordered_[joined - 1]->peer) == key_of(piece->peer)) {
      ordered_[joined - 1]->merge(*piece);
    } else {
      ordered_[joined++] = piece;
    }
  }
  ordered_.resize(joined);
  const auto same_address = [](const Peer& a, const Peer& b) { return a.address == b.address; };
  for_each_run(ordered_, same_address, [this](Sums peers) { finish_address(peers); });
  return kept_.status();
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
  const KindJudge::Kind kind = judge_.decide(first, interface.known, summed(key), service.symbol, attempts_,
                                             symbols_.text(interface.vpc), facts);
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
