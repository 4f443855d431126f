// All records of a run, stored compactly and read back by partition. Records of one pair of addresses on one interface
// share a partition.
//
// A stored record is a head of 48 bytes, which is all of it for IPv4 and numbers of usual size; what does not fit
// follows: addresses of 16 bytes, packet addresses that differ, wide numbers.
#pragma once

#include <algorithm>
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
  static constexpr std::size_t kUsualBytes = 48;  // of a record without a tail

  /// `bytes`: aligned as the spool hands them out. `contexts`: of the spool that stored it.
  StoredFlow(const std::byte* bytes, const ContextBook& contexts) : bytes_(bytes), contexts_(&contexts) {}

  [[nodiscard]] std::span<const std::byte> bytes() const { return {bytes_, sizeof(Head) + tail_bytes(head().bits)}; }
  [[nodiscard]] std::int64_t start() const {
    const Head& head = this->head();
    return (head.bits & kWideNumbers) == 0 ? std::int64_t{head.start} : wide_start();
  }
  /// The same for all records of one conversation, and for few others: upper bits tell the pair of addresses (interface
  /// first, mostly), lower bits the ports.
  [[nodiscard]] std::uint64_t place() const {
    const Head& head = this->head();
    // A port that does not fit is cut to its low bits in the head.
    const auto [lesser, greater] = std::minmax(head.source_port, head.destination_port);
    return std::uint64_t{head.pair} << 32U | std::uint64_t{lesser} << 16U | greater;
  }
  void decode(Flow& flow) const;

 private:
  friend class FlowSpool;

  // What is true of a stored record, from the lowest bit of Head::bits; below them lie action, status, direction and
  // side, two bits each.
  enum Bit : std::uint16_t {
    kHasSource = 1U << 8U,
    kHasDestination = 1U << 9U,
    kHasPacketSource = 1U << 10U,
    kHasPacketDestination = 1U << 11U,
    kHasFlags = 1U << 12U,
    kWideAddresses = 1U << 13U,  // some address is not IPv4: all follow the head
    kOtherPacket = 1U << 14U,    // a packet address differs from the record's: both follow
    kWideNumbers = 1U << 15U,    // some number does not fit into the head: all follow
  };

  struct alignas(8) Head {
    std::uint32_t context = 0;
    std::uint32_t pair = 0;  // of `place`
    std::uint32_t object = 0, line = 0;
    std::uint32_t source = 0, destination = 0;
    std::uint32_t start = 0, packets = 0, bytes = 0;
    std::uint16_t source_port = 0, destination_port = 0;
    std::uint16_t duration = 0;
    std::uint16_t bits = 0;
    std::uint8_t protocol = 0, flags = 0;
    std::uint16_t unused = 0;
  };
  static_assert(sizeof(Head) == kUsualBytes);

  [[nodiscard]] static std::uint16_t bits_of(const flowlog::FlowRecord& record, Side side);
  [[nodiscard]] static std::size_t tail_bytes(std::uint16_t bits) {
    return (bits & (kWideAddresses | kOtherPacket | kWideNumbers)) == 0 ? 0 : tail_bytes_of(bits);
  }
  [[nodiscard]] static std::size_t tail_bytes_of(std::uint16_t bits);
  [[nodiscard]] static std::size_t address_bytes(std::uint16_t bits);  // of the tail
  // Returns where the tail ends.
  static std::byte* write_tail(const flowlog::FlowRecord& record, std::uint16_t bits, std::byte* to);

  [[nodiscard]] const Head& head() const { return *reinterpret_cast<const Head*>(bytes_); }
  [[nodiscard]] std::int64_t wide_start() const;
  void read_tail(flowlog::FlowRecord& record) const;

  const std::byte* bytes_;
  const ContextBook* contexts_;
};

class FlowSpool {
 public:
  static constexpr std::size_t kPartitions = 512;

  /// As ByteSpool.
  FlowSpool(ChunkPool& pool, std::filesystem::path folder);

  /// A pool for this many spools, which together keep so much in memory.
  [[nodiscard]] static ChunkPool make_pool(std::size_t memory_budget_bytes, std::size_t spools);

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
  /// The records of a partition are not needed any more. May be called from several threads for different partitions.
  void clear(std::size_t partition) { spool_.clear(partition); }
  /// Number of records in a partition.
  [[nodiscard]] std::size_t records(std::size_t partition) const { return spool_.pieces(partition); }

  [[nodiscard]] ContextBook& contexts() { return contexts_; }
  [[nodiscard]] const ContextBook& contexts() const { return contexts_; }

 private:
  ByteSpool spool_;
  ContextBook contexts_;
};

}  // namespace flowtrail::attribution
