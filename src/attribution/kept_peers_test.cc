#include "attribution/kept_peers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>

namespace flowtrail::attribution {
namespace {

// A few values each, so that every part of an order decides some comparisons; and all of 64 bits in the numbers.
class RandomPeers {
 public:
  RandomPeers() {
    for (const auto* id : {"eni-2", "eni-10", "eni-1", ""}) interfaces_.push_back(symbols_.code(id));
    owners_ = {{"", ""}, {"", "pay"}, {"i-1", ""}, {"i-1", "pay"}, {"i-2", "pay"}};
  }

  Peer peer() {
    Peer peer;
    peer.interface = interfaces_[below(interfaces_.size())];
    peer.owner = static_cast<std::uint32_t>(below(owners_.size()));
    peer.account = static_cast<std::uint32_t>(random_());
    peer.direction = static_cast<ConnectionDirection>(below(3));
    peer.address = below(2) == 0 ? IpAddress::from_v4(static_cast<std::uint32_t>(below(3))) : IpAddress{1, below(3)};
    peer.protocol = below(2) == 0 ? 6 : 17;
    peer.service_port = static_cast<int>(below(3)) - 1;
    peer.grade = static_cast<Grade>(below(5));
    peer.kind = static_cast<PeerKind>(below(7));
    if (below(2) == 0) peer.name = std::string(below(40), 'n');
    peer.counters.attempts = static_cast<std::int64_t>(below(2) == 0 ? below(3) : random_() >> 1U);
    peer.counters.bytes_in = any();
    peer.counters.first = any();
    peer.counters.last = any();
    for (std::size_t i = below(4); i > 0; --i) {
      peer.evidence.add(any(), {static_cast<std::uint32_t>(random_()), static_cast<std::uint32_t>(random_())});
    }
    for (std::size_t i = below(3) * below(40); i > 0; --i) {
      peer.rules.push_back({static_cast<std::uint32_t>(random_()), any(), any(), any(), any(), any(), any()});
    }
    peer.unexplained = any();
    return peer;
  }

  [[nodiscard]] PeerKeys keys(PeerOrder order) const { return {order, symbols_, interfaces_, owners_}; }

  // The order as its description says it.
  [[nodiscard]] auto by_interface(const Peer& p) const {
    return std::tuple{symbols_.text(p.interface), p.direction, p.address, p.protocol, p.service_port, p.owner};
  }
  [[nodiscard]] auto by_success(const Peer& p) const {
    const auto or_last = [](const std::string& text) { return std::pair{text.empty(), text}; };
    return std::tuple{p.grade,
                      -p.counters.attempts,
                      p.address,
                      or_last(symbols_.text(p.interface)),
                      std::pair{p.service_port < 0, p.service_port},
                      p.protocol,
                      or_last(owners_[p.owner].fleet),
                      or_last(owners_[p.owner].instance_id)};
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::int64_t any() { return static_cast<std::int64_t>(random_() >> below(64)); }

  std::mt19937_64 random_{11};
  flowlog::SymbolTable symbols_;
  std::vector<std::uint32_t> interfaces_;
  std::vector<Owner> owners_;
};

auto everything(const Peer& p) {
  std::vector<std::int64_t> numbers{p.interface,
                                    p.owner,
                                    p.account,
                                    static_cast<std::int64_t>(p.direction),
                                    p.protocol,
                                    p.service_port,
                                    static_cast<std::int64_t>(p.grade),
                                    static_cast<std::int64_t>(p.kind),
                                    p.counters.attempts,
                                    p.counters.bytes_in,
                                    p.counters.first,
                                    p.counters.last,
                                    p.unexplained};
  for (std::size_t i = 0; i < p.evidence.size; ++i) {
    const Evidence::Entry& entry = p.evidence.first[i];
    numbers.insert(numbers.end(), {entry.start, entry.place.object, entry.place.line});
  }
  for (const RuleHits& h : p.rules) {
    numbers.insert(numbers.end(), {h.rule, h.sole, h.shared, h.covered, h.bytes, h.first, h.last});
  }
  return std::tuple{p.address, p.name, numbers};
}

KeptPeers kept(const std::vector<Peer>& peers, const PeerKeys& keys, std::size_t keepers, std::size_t budget) {
  std::vector<PeerKeeper> parts;
  for (std::size_t part = 0; part < keepers; ++part) {
    PeerKeeper& keeper = parts.emplace_back(keys, SpillOptions{budget, testing::TempDir()});
    for (std::size_t i = peers.size() * part / keepers; i < peers.size() * (part + 1) / keepers; ++i) {
      keeper.keep(peers[i]);
    }
    EXPECT_TRUE(keeper.status());
  }
  return joined(std::move(parts));
}

void expect_peers(const KeptPeers& found, const std::vector<Peer>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  KeptPeers::Cursor cursor = found.open();
  for (const Peer& wanted : expected) {
    const auto peer = cursor.next();
    ASSERT_TRUE(peer && *peer != nullptr);
    ASSERT_EQ(everything(**peer), everything(wanted));
  }
  const auto end = cursor.next();
  ASSERT_TRUE(end && *end == nullptr);
}

TEST(KeptPeers, ComeBackWholeAndInOrderWhateverTheBudget) {
  RandomPeers random;
  std::vector<Peer> peers;
  for (int i = 0; i < 1000; ++i) peers.push_back(random.peer());
  for (const PeerOrder order : {PeerOrder::kInterface, PeerOrder::kSuccess}) {
    std::vector<Peer> expected = peers;
    if (order == PeerOrder::kInterface) {
      std::ranges::stable_sort(expected, {}, [&](const Peer& peer) { return random.by_interface(peer); });
    } else {
      std::ranges::stable_sort(expected, {}, [&](const Peer& peer) { return random.by_success(peer); });
    }
    const PeerKeys keys = random.keys(order);
    for (const std::size_t budget : {std::size_t{0}, std::size_t{20'000}, std::size_t{1} << 30U}) {
      SCOPED_TRACE(budget);
      const KeptPeers found = kept(peers, keys, budget % 3 + 1, budget);
      expect_peers(found, expected);
      expect_peers(found, expected);  // again
    }
  }
}

TEST(KeptPeers, AFolderThatCannotBeWrittenIsSaid) {
  RandomPeers random;
  const PeerKeys keys = random.keys(PeerOrder::kSuccess);
  PeerKeeper keeper{keys, SpillOptions{0, "/nowhere/at/all"}};
  for (int i = 0; i < 3; ++i) keeper.keep(random.peer());
  ASSERT_FALSE(keeper.status());
  EXPECT_EQ(keeper.status().error().code, ErrorCode::kIo);
  EXPECT_EQ(keeper.status().error().where, "/nowhere/at/all");
}

}  // namespace
}  // namespace flowtrail::attribution
