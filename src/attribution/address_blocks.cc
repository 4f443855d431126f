#include "attribution/address_blocks.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace flowtrail::attribution {
namespace {

int address_bits(bool v4) {
  return v4 ? 32 : 128;
}

Cidr single(const IpAddress& address) {
  return {address, address_bits(address.is_v4())};
}

std::pair<Cidr, Cidr> halves(const Cidr& block) {
  const Cidr low{block.network(), block.prefix_length() + 1};
  return {low, Cidr{block.last(), block.prefix_length() + 1}};
}

// A block and the used addresses in it.
struct Node {
  Cidr block;
  std::span<const IpAddress> used;
};

std::span<const IpAddress> inside(std::span<const IpAddress> used, const Cidr& block) {
  const auto begin = std::ranges::lower_bound(used, block.network());
  const auto end = std::ranges::upper_bound(used, block.last());
  return begin < end ? std::span(begin, end) : std::span<const IpAddress>{};
}

// The number of leading bits, in the 128-bit form, in which two addresses agree.
int common_bits(const IpAddress& a, const IpAddress& b) {
  if (a.high() != b.high()) return std::countl_zero(a.high() ^ b.high());
  return 64 + std::countl_zero(a.low() ^ b.low());
}

// The smallest block that holds both, which are of one family.
Cidr enclosing(const IpAddress& first, const IpAddress& last) {
  const int bits = common_bits(first, last);
  return {first, first.is_v4() ? bits - 96 : bits};
}

// IPv4 addresses share 96 bits with one another and may share up to 95 with IPv6 ones: families never join.
int closeness(const IpAddress& a, const IpAddress& b) {
  return a.is_v4() == b.is_v4() ? common_bits(a, b) : -1;
}

// Joins blocks that are the two halves of one, as long as there are any.
std::vector<Cidr> join_halves(const std::vector<Cidr>& blocks) {
  std::vector<Cidr> joined;
  for (const Cidr& block : blocks) {
    joined.push_back(block);
    while (joined.size() >= 2) {
      const Cidr& low = joined[joined.size() - 2];
      const Cidr& high = joined.back();
      if (low.is_v4() != high.is_v4() || low.prefix_length() != high.prefix_length() || low.prefix_length() == 0) break;
      const Cidr parent{low.network(), low.prefix_length() - 1};
      if (!parent.contains(high) || low == high) break;
      joined.pop_back();
      joined.back() = parent;
    }
  }
  return joined;
}

}  // namespace

std::vector<Cidr> unused_blocks(const Cidr& whole, std::span<const IpAddress> used, std::size_t most) {
  std::vector<Cidr> blocks;
  std::vector<Node> level{{whole, inside(used, whole)}};
  while (!level.empty() && blocks.size() < most) {
    std::vector<Node> next;
    for (const Node& node : level) {
      if (node.used.empty()) {
        blocks.push_back(node.block);
      } else if (node.block.prefix_length() < address_bits(node.block.is_v4())) {
        const auto [low, high] = halves(node.block);
        next.push_back({low, inside(node.used, low)});
        next.push_back({high, inside(node.used, high)});
      }
    }
    level = std::move(next);
  }
  if (blocks.size() > most) blocks.resize(most);
  return blocks;
}

std::vector<Cidr> enclosing_blocks(std::span<const IpAddress> used, std::size_t most) {
  if (used.empty()) return {};
  // Addresses in order are the leaves of a binary trie, and the bits that two neighbours share tell the node that parts
  // them. Joining the closest first leaves the partings at the fewest shared bits.
  std::vector<std::size_t> partings;  // i parts used[i - 1] from used[i]
  for (std::size_t i = 1; i < used.size(); ++i) partings.push_back(i);
  if (partings.size() >= most) {
    const auto shared = [&](std::size_t i) { return std::pair{closeness(used[i - 1], used[i]), i}; };
    std::ranges::nth_element(partings, partings.begin() + static_cast<std::ptrdiff_t>(most - 1), {}, shared);
    partings.resize(most - 1);
    std::ranges::sort(partings);
  }
  partings.push_back(used.size());
  std::vector<Cidr> blocks;
  std::size_t begin = 0;
  for (const std::size_t end : partings) {
    blocks.push_back(end - begin == 1 ? single(used[begin]) : enclosing(used[begin], used[end - 1]));
    begin = end;
  }
  std::ranges::stable_sort(blocks, [](const Cidr& a, const Cidr& b) { return a.is_v4() && !b.is_v4(); });
  return join_halves(blocks);
}

}  // namespace flowtrail::attribution
