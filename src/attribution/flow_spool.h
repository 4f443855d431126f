// All records of a run, stored compactly and read back by partition. Records of one pair of addresses on one interface
// share a partition.
//
// A stored record is 32 bits that tell which fields follow and how wide they are, and the fields: 40 to 60 bytes for
// IPv4, at most 160.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "attribution/byte_spool.h"
#include "attribution/flow.h"
#include "base/error.h"

namespace flowtrail::attribution {

class FlowSpool {
 public:
  static constexpr std::size_t kPartitions = 512;

  /// As ByteSpool.
  FlowSpool(std::size_t memory_budget_bytes, std::filesystem::path folder);

  /// Errors: kIo when the temporary file cannot be made or written.
  [[nodiscard]] Status add(const Flow& flow);
  /// Calls `visit(const Flow&)` for every record of a partition. Errors: kIo.
  template <typename Visit>
  [[nodiscard]] Status for_each(std::size_t partition, Visit visit) const {
    return spool_.for_each_chunk(partition, [&visit](std::span<const std::byte> bytes) {
      const std::byte* at = bytes.data();
      while (at != bytes.data() + bytes.size()) {
        Flow flow;
        at = decode(at, flow);
        visit(flow);
      }
    });
  }
  /// Number of records in a partition.
  [[nodiscard]] std::size_t records(std::size_t partition) const { return records_[partition]; }

 private:
  // Returns where the next record begins. `flow`: as made.
  static const std::byte* decode(const std::byte* from, Flow& flow);

  ByteSpool spool_;
  std::vector<std::size_t> records_;
};

}  // namespace flowtrail::attribution
