// Sums of peers, stored compactly and read back by partition. All keys of one peer address share a partition: grade,
// kind and what a rule was used for are decided by address, so that one partition at a time can be brought to its end.
//
// A stored sum is 50 to 100 bytes. Sums with very many rules or attempts are stored in several pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>

#include "attribution/byte_spool.h"
#include "attribution/peer_sum.h"
#include "base/error.h"

namespace flowtrail::attribution {

/// One piece of a stored sum, still as bytes.
class StoredPeer {
 public:
  explicit StoredPeer(const std::byte* bytes) : bytes_(bytes) {}

  [[nodiscard]] std::span<const std::byte> bytes() const { return {bytes_, head().bytes}; }
  /// The same for all pieces of one address, and for few others of its partition.
  [[nodiscard]] std::uint32_t address_hash() const { return head().address_hash; }
  /// Everything of `sum` is replaced, but what only a finished peer has.
  void decode(PeerSum& sum) const;

 private:
  friend class PeerSpool;

  struct Head {
    std::uint32_t address_hash = 0;
    std::uint32_t bytes = 0;  // with the head
  };
  [[nodiscard]] Head head() const {
    Head head;
    std::memcpy(&head, bytes_, sizeof head);
    return head;
  }

  const std::byte* bytes_;
};

class PeerSpool {
 public:
  static constexpr std::size_t kPartitions = 256;

  /// As ByteSpool. `most_of_pool`: bytes that it takes of the pool.
  PeerSpool(ChunkPool& pool, std::size_t most_of_pool, std::filesystem::path folder);

  /// Errors: kIo when the temporary file cannot be made or written.
  [[nodiscard]] Status add(const PeerSum& sum);
  /// Calls `visit(const StoredPeer&)` for every piece of a partition; its bytes are there during the call. Errors: kIo.
  template <typename Visit>
  [[nodiscard]] Status for_each(std::size_t partition, Visit visit) const {
    return spool_.for_each_chunk(partition, [&visit](std::span<const std::byte> bytes) {
      while (!bytes.empty()) {
        const StoredPeer stored(bytes.data());
        visit(stored);
        bytes = bytes.subspan(stored.bytes().size());
      }
    });
  }

 private:
  [[nodiscard]] Status put(const PeerSum& piece);

  ByteSpool spool_;
};

}  // namespace flowtrail::attribution
