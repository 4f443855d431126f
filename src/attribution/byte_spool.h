// Bytes by partition, written piece by piece and read back partition by partition, so that the work on them needs
// memory for one partition only. Each partition fills chunks; what exceeds the memory budget goes, chunk by chunk, to a
// temporary file that is unlinked as soon as it is open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/temporary_file.h"

namespace flowtrail::attribution {

class ByteSpool {
 public:
  struct Shape {
    std::size_t partitions = 1;
    std::size_t chunk_bytes = 1;  // or less, when the budget is small
    std::size_t most_bytes = 1;   // of one piece; a chunk always has room for one
  };

  /// `memory_budget_bytes` bounds the full chunks in memory; those being filled come on top. `folder` empty: the
  /// system's.
  ByteSpool(const Shape& shape, std::size_t memory_budget_bytes, std::filesystem::path folder);

  /// Where the next piece of a partition goes: room for `most_bytes`, aligned for anything where all pieces before it
  /// have a length that keeps it so. Errors: kIo when the temporary file cannot be
  /// made or written.
  [[nodiscard]] Result<std::byte*> room(std::size_t partition) {
    Chunk& open = open_[partition];
    if (open.bytes == nullptr || open.used + shape_.most_bytes > shape_.chunk_bytes) FT_CHECK(put_away(partition));
    return open.bytes + open.used;
  }
  /// Keeps what was written from `room` up to `end`.
  void keep(std::size_t partition, const std::byte* end) {
    Chunk& open = open_[partition];
    open.used = static_cast<std::size_t>(end - open.bytes);
    ++open.pieces;
  }
  /// Number of pieces kept in a partition.
  [[nodiscard]] std::size_t pieces(std::size_t partition) const { return open_[partition].pieces; }

  /// Hands out the bytes of a partition in spans of whole pieces, in the order of writing. May be called from several
  /// threads once all is written. Errors: kIo.
  [[nodiscard]] Status for_each_chunk(std::size_t partition,
                                      const std::function<void(std::span<const std::byte>)>& visit) const;

 private:
  struct Chunk {                 // being filled
    std::byte* bytes = nullptr;  // in `memory_`
    std::size_t used = 0;
    std::size_t pieces = 0;  // of the whole partition so far
  };
  struct Stored {  // a chunk in the file
    std::uint64_t offset = 0, length = 0;
  };
  struct Partition {
    std::vector<std::span<const std::byte>> full;  // chunks in `memory_`
    std::vector<Stored> on_disk;
  };

  // Makes room in the partition's open chunk.
  [[nodiscard]] Status put_away(std::size_t partition);
  [[nodiscard]] Status write(std::size_t partition);

  Shape shape_;
  std::size_t chunks_left_;  // in memory, beyond one for each partition
  // Left uninitialized, so that untouched pages cost nothing; given back as a whole.
  std::unique_ptr<std::byte[]> memory_;  // NOLINT(modernize-avoid-c-arrays)
  std::byte* next_chunk_;
  TemporaryFile file_;
  std::vector<Chunk> open_;  // by partition; by itself, since every piece touches one
  std::vector<Partition> partitions_;
};

}  // namespace flowtrail::attribution
