#include "tables/fingerprint_set.h"

#include <algorithm>
#include <cstring>

namespace flowtrail::tables {
namespace {

__extension__ using UInt128 = unsigned __int128;

/// The two halves of the product, folded: every bit of both inputs reaches every bit of the result.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const UInt128 product = static_cast<UInt128>(a ^ 0x9e3779b97f4a7c15U) * (b ^ 0xd6e8feb86659fd93U);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t pair(std::int32_t a, std::int32_t b) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32U) | static_cast<std::uint32_t>(b);
}

std::uint64_t add(std::uint64_t seed, const IpAddress& address) {
  return mix(mix(seed, address.high()) + 1, address.low());
}

}  // namespace

bool FingerprintSet::insert(std::uint64_t fingerprint) {
  if (fingerprint == 0) fingerprint = 1;
  if ((size_ + 1) * 4 > slots_.size() * 3) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = fingerprint & mask;
  while (slots_[slot] != 0) {
    if (slots_[slot] == fingerprint) return false;
    slot = (slot + 1) & mask;
  }
  slots_[slot] = fingerprint;
  ++size_;
  return true;
}

void FingerprintSet::grow() {
  const std::vector<std::uint64_t> old =
      std::exchange(slots_, std::vector<std::uint64_t>(std::max<std::size_t>(1024, slots_.size() * 2)));
  size_ = 0;
  for (const std::uint64_t fingerprint : old) {
    if (fingerprint != 0) insert(fingerprint);
  }
}

std::uint64_t fingerprint(const flowlog::FlowRecord& record) {
  std::uint64_t hash = mix(record.interface, pair(record.src_port, record.dst_port));
  hash = add(hash, record.src);
  hash = add(hash, record.dst);
  hash = add(hash, record.pkt_src);
  hash = add(hash, record.pkt_dst);
  hash = mix(hash, static_cast<std::uint64_t>(record.start));
  hash = mix(hash, static_cast<std::uint64_t>(record.end));
  hash = mix(hash, static_cast<std::uint64_t>(record.packets));
  hash = mix(hash, static_cast<std::uint64_t>(record.bytes));
  return mix(hash, pair(record.protocol,
                        static_cast<std::int32_t>(record.action) * 256 + static_cast<std::int32_t>(record.status)));
}

std::uint64_t fingerprint(std::string_view text) {
  std::uint64_t hash = text.size();
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t length = std::min(text.size(), sizeof word);
    std::memcpy(&word, text.data(), length);
    hash = mix(hash, word);
    text.remove_prefix(length);
  }
  return mix(hash, 0);
}

}  // namespace flowtrail::tables
