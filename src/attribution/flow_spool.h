// All records of a run, stored compactly and read back by partition. Records of one pair of addresses on one interface
// share a partition.
//
// A stored record is a head of 48 bytes, which is all of it for IPv4 and numbers of usual size; what does not fit
// follows: addresses of 16 bytes, packet addresses that differ, wide numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "attribution/byte_spool.h"
#include "attribution/flow.h"
#include "attribution/flow_context.h"
#include "base/error.h"

namespace flowtrail::attribution {

/// One stored record, still as bytes.
class StoredFlow {
 public:
  /// `contexts`: of the spool that stored it.
  StoredFlow(const std::byte* bytes, const ContextBook& contexts);

  [[nodiscard]] std::span<const std::byte> bytes() const { return {bytes_, size_}; }
  [[nodiscard]] std::int64_t start() const;
  /// `conversation_place` of the record.
  [[nodiscard]] std::uint64_t place() const;
  void decode(Flow& flow) const;

 private:
  const std::byte* bytes_;
  const ContextBook* contexts_;
  std::size_t size_;
};

class FlowSpool {
 public:
  static constexpr std::size_t kPartitions = 512;

  /// As ByteSpool.
  FlowSpool(std::size_t memory_budget_bytes, std::filesystem::path folder);

  /// `context`: the number of the record's context in `contexts()`. Errors: kIo when the temporary file cannot be made
  /// or written.
  [[nodiscard]] Status add(const flowlog::FlowRecord& record, Side side, std::uint32_t context);
  /// Calls `visit(const StoredFlow&)` for every record of a partition; its bytes are there during the call. Errors:
  /// kIo.
  template <typename Visit>
  [[nodiscard]] Status for_each(std::size_t partition, Visit visit) const {
    return spool_.for_each_chunk(partition, [&](std::span<const std::byte> bytes) {
      while (!bytes.empty()) {
        const StoredFlow stored(bytes.data(), contexts_);
        visit(stored);
        bytes = bytes.subspan(stored.bytes().size());
      }
    });
  }
  /// Number of records in a partition.
  [[nodiscard]] std::size_t records(std::size_t partition) const { return spool_.pieces(partition); }

  [[nodiscard]] ContextBook& contexts() { return contexts_; }
  [[nodiscard]] const ContextBook& contexts() const { return contexts_; }

 private:
  ByteSpool spool_;
  ContextBook contexts_;
};

}  // namespace flowtrail::attribution
