// All records of a run, stored compactly and read back by partition, so that the work on them needs memory for one
// partition only. Records of one pair of addresses on one interface share a partition. Each partition fills chunks;
// what exceeds the memory budget goes, chunk by chunk, to a temporary file that is unlinked as soon as it is open.
//
// A stored record is a byte of length, 32 bits that tell which fields follow and how wide they are, and the fields: 40
// to 60 bytes for IPv4, at most 160.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "attribution/flow.h"
#include "base/error.h"

namespace flowtrail::attribution {

class Spool {
 public:
  static constexpr std::size_t kPartitions = 256;

  /// `memory_budget_bytes` bounds the full chunks in memory; those being filled (32 KiB, or less when the budget is
  /// small) come on top. `folder` empty: the system's.
  Spool(std::size_t memory_budget_bytes, std::filesystem::path folder);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// Errors: kIo when the temporary file cannot be made or written.
  [[nodiscard]] Status add(const Flow& flow);
  /// Hands out every record of a partition; the order is that of `add`. Errors: kIo.
  [[nodiscard]] Status for_each(std::size_t partition, const std::function<void(const Flow&)>& visit) const;
  /// Number of records in a partition.
  [[nodiscard]] std::size_t records(std::size_t partition) const { return partitions_[partition].records; }

 private:
  struct Chunk {
    std::byte* bytes = nullptr;  // in `memory_`
    std::size_t used = 0;
  };
  struct Stored {  // a chunk in the file
    std::uint64_t offset = 0, length = 0;
  };
  struct Partition {
    Chunk open;
    std::vector<Chunk> full;
    std::vector<Stored> on_disk;
    std::size_t records = 0;
  };

  // Makes room in the partition's open chunk.
  [[nodiscard]] Status put_away(Partition& partition);
  [[nodiscard]] Status write(Partition& partition);
  [[nodiscard]] Status open_file();

  std::size_t chunk_bytes_;
  std::size_t chunks_left_;  // in memory, beyond one for each partition
  // Left uninitialized, so that untouched pages cost nothing; given back as a whole.
  std::unique_ptr<std::byte[]> memory_;  // NOLINT(modernize-avoid-c-arrays)
  std::byte* next_chunk_;
  std::filesystem::path folder_;
  int file_ = -1;
  std::uint64_t file_size_ = 0;
  std::vector<Partition> partitions_ = std::vector<Partition>(kPartitions);
};

}  // namespace flowtrail::attribution
