// Sums of peers, stored compactly and read back by partition. All keys of one peer address share a partition: grade,
// kind and what a rule was used for are decided by address, so that one partition at a time can be brought to its end.
//
// A stored sum is 50 to 100 bytes. Sums with very many rules or attempts are stored in several pieces.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "attribution/byte_spool.h"
#include "attribution/peer_sum.h"
#include "base/error.h"

namespace flowtrail::attribution {

class PeerSpool {
 public:
  static constexpr std::size_t kPartitions = 256;

  /// As ByteSpool.
  PeerSpool(std::size_t memory_budget_bytes, std::filesystem::path folder);

  /// Errors: kIo when the temporary file cannot be made or written.
  [[nodiscard]] Status add(const PeerSum& sum);
  /// Calls `visit(PeerSum&&)` for every piece of a partition. Errors: kIo.
  template <typename Visit>
  [[nodiscard]] Status for_each(std::size_t partition, Visit visit) const {
    return spool_.for_each_chunk(partition, [&visit](std::span<const std::byte> bytes) {
      const std::byte* at = bytes.data();
      while (at != bytes.data() + bytes.size()) {
        PeerSum sum;
        at = decode(at, sum);
        visit(std::move(sum));
      }
    });
  }

 private:
  // Returns where the next piece begins. `sum`: as made.
  static const std::byte* decode(const std::byte* from, PeerSum& sum);

  ByteSpool spool_;
};

}  // namespace flowtrail::attribution
