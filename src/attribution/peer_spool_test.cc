#include "attribution/peer_spool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>
#include <vector>

namespace flowtrail::attribution {
namespace {

class Sums {
 public:
  explicit Sums(unsigned seed) : random_(seed) {}

  PeerSum next(std::size_t rules, std::size_t attempts) {
    PeerSum sum{{.address = address(),
                 .interface = below(50),
                 .direction = static_cast<ConnectionDirection>(below(3)),
                 .protocol = static_cast<int>(below(256)),
                 .service_port = static_cast<int>(below(65537)) - 1,
                 .owner = below(9)}};
    Peer& peer = sum.peer;
    peer.counters = {.records = count(),
                     .accepted = count(),
                     .rejected = count(),
                     .attempts = count(),
                     .replies = count(),
                     .replies_rejected = count(),
                     .reply_resets = count(),
                     .payload_in = count(),
                     .payload_out = count(),
                     .bytes_in = count(),
                     .bytes_out = INT64_MAX,
                     .packets_in = count(),
                     .packets_out = count(),
                     .first = time(),
                     .last = time()};
    peer.counters.records += 1;
    peer.unexplained = count();
    for (std::uint32_t i = below(4); i > 0; --i) peer.evidence.add(time(), {below(9), below(1000)});
    sum.service = {{time(), {1, 2}}, below(3)};
    sum.account = {{time(), {3, 4}}, below(3)};
    if (sum.service.symbol == 0) sum.service = {};
    if (sum.account.symbol == 0) sum.account = {};
    for (std::uint32_t i = 0; i < rules; ++i) {
      peer.rules.push_back({.rule = i,
                            .sole = count(),
                            .shared = count(),
                            .bytes = count(),
                            .first = time(),
                            .last = time(),
                            .covered = count()});
    }
    for (std::size_t i = 0; i < attempts; ++i) sum.attempts.push_back(time());
    return sum;
  }

 private:
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
  std::int64_t count() { return below(2) == 0 ? 0 : static_cast<std::int64_t>(random_() >> below(60) >> 4U); }
  std::int64_t time() { return below(9) == 0 ? -1'000'000'000'000'000 : 1'700'000'000 + below(100'000); }
  IpAddress address() {
    return below(2) == 0 ? IpAddress::from_v4(static_cast<std::uint32_t>(random_())) : IpAddress{random_(), random_()};
  }

  std::mt19937_64 random_;
};

auto in_full(const PeerCounters& c) {
  return std::tuple{c.records,          c.accepted,     c.rejected,    c.attempts,    c.replies,
                    c.replies_rejected, c.reply_resets, c.payload_in,  c.payload_out, c.bytes_in,
                    c.bytes_out,        c.packets_in,   c.packets_out, c.first,       c.last};
}

void expect_same(const PeerSum& read, const PeerSum& written) {
  EXPECT_EQ(in_full(read.peer.counters), in_full(written.peer.counters));
  EXPECT_EQ(read.peer.unexplained, written.peer.unexplained);
  ASSERT_EQ(read.peer.evidence.size, written.peer.evidence.size);
  for (std::size_t i = 0; i < written.peer.evidence.size; ++i) {
    EXPECT_EQ(read.peer.evidence.first.at(i), written.peer.evidence.first.at(i));
  }
  EXPECT_EQ(read.service.symbol, written.service.symbol);
  EXPECT_EQ(read.service.when, written.service.when);
  EXPECT_EQ(read.account.symbol, written.account.symbol);
  EXPECT_EQ(read.account.when, written.account.when);
  std::map<std::uint32_t, RuleHits> hits;
  for (const RuleHits& rule : read.peer.rules) hits[rule.rule] = rule;
  ASSERT_EQ(hits.size(), written.peer.rules.size());
  for (const RuleHits& rule : written.peer.rules) {
    const RuleHits& found = hits.at(rule.rule);
    EXPECT_EQ(found.sole, rule.sole);
    EXPECT_EQ(found.shared, rule.shared);
    EXPECT_EQ(found.covered, rule.covered);
    EXPECT_EQ(found.bytes, rule.bytes);
    EXPECT_EQ(found.first, rule.first);
    EXPECT_EQ(found.last, rule.last);
  }
  std::vector<std::int64_t> a = read.attempts;
  std::vector<std::int64_t> b = written.attempts;
  std::ranges::sort(a);
  std::ranges::sort(b);
  EXPECT_EQ(a, b);
}

TEST(PeerSpool, GivesBackEverySumWholeFromMemoryAndFromTheFile) {
  for (const std::size_t budget : {std::size_t{0}, std::size_t{200'000}, std::size_t{64} << 20U}) {
    SCOPED_TRACE(budget);
    Sums sums{7};
    ChunkPool pool{budget, 4096};
    PeerSpool spool{pool, budget / 2, {}};
    std::map<PeerKey, PeerSum> written;
    for (std::size_t i = 0; i < 5000; ++i) {
      const PeerSum sum = sums.next(i % 50 == 0 ? 40 : i % 3, i % 70 == 0 ? 300 : i % 2);
      if (!written.emplace(key_of(sum.peer), sum).second) continue;
      ASSERT_TRUE(spool.add(sum));
    }
    std::map<PeerKey, PeerSum> read;
    for (std::size_t partition = 0; partition < PeerSpool::kPartitions; ++partition) {
      PeerSum piece;  // the same for all: nothing of the one before must stay
      ASSERT_TRUE(spool.for_each(partition, [&](const StoredPeer& stored) {
        stored.decode(piece);
        const auto [place, is_new] = read.try_emplace(key_of(piece.peer), piece);
        if (!is_new) place->second.merge(piece);
      }));
    }
    ASSERT_EQ(read.size(), written.size());
    for (const auto& [key, sum] : written) expect_same(read.at(key), sum);
  }
}

TEST(PeerSpool, KeepsAllKeysOfAnAddressInOnePartition) {
  ChunkPool pool{1 << 20U, 4096};
  PeerSpool spool{pool, 1 << 20U, {}};
  const IpAddress address = IpAddress::from_v4(0xc6336407);
  for (std::uint32_t i = 0; i < 100; ++i) {
    PeerSum sum{{.address = address, .interface = i, .protocol = 6, .service_port = static_cast<int>(i)}};
    sum.peer.counters.records = 1;
    ASSERT_TRUE(spool.add(sum));
  }
  std::vector<std::size_t> sizes;
  for (std::size_t partition = 0; partition < PeerSpool::kPartitions; ++partition) {
    std::size_t size = 0;
    ASSERT_TRUE(spool.for_each(partition, [&](const StoredPeer&) { ++size; }));
    if (size > 0) sizes.push_back(size);
  }
  EXPECT_EQ(sizes, std::vector<std::size_t>{100});
}

}  // namespace
}  // namespace flowtrail::attribution
