// Bytes by partition, written piece by piece and read back partition by partition, so that the work on them needs
// memory for one partition only. Each partition fills chunks; what the pool has no more memory for goes, chunk by
// chunk, to a temporary file that is unlinked as soon as it is open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "attribution/chunk_pool.h"
#include "base/error.h"
#include "base/temporary_file.h"

namespace flowtrail::attribution {

class ByteSpool {
 public:
  struct Shape {
    std::size_t partitions = 1;
    std::size_t chunk_bytes = 1;          // of a partition's only chunk, where the pool has none
    std::size_t most_bytes = 1;           // of one piece
    std::size_t most_of_pool = SIZE_MAX;  // bytes
  };

  /// `pool` must outlive it. One chunk for each partition comes on top of what the pool has. `folder` empty: the
  /// system's.
  ByteSpool(const Shape& shape, ChunkPool& pool, std::filesystem::path folder);

  /// Where the next piece of a partition goes: room for `most_bytes`, aligned for anything where all pieces before it
  /// have a length that keeps it so. Errors: kIo when the temporary file cannot be made or written.
  [[nodiscard]] Result<std::byte*> room(std::size_t partition) {
    Open& open = open_[partition];
    if (open.used + shape_.most_bytes > open.size) FT_CHECK(put_away(partition));
    return open.bytes + open.used;
  }
  /// Keeps what was written from `room` up to `end`.
  void keep(std::size_t partition, const std::byte* end) {
    Open& open = open_[partition];
    open.used = static_cast<std::uint32_t>(end - open.bytes);
    ++open.pieces;
  }
  /// Number of pieces kept in a partition.
  [[nodiscard]] std::size_t pieces(std::size_t partition) const { return open_[partition].pieces; }

  /// Hands out the bytes of a partition in spans of whole pieces, in the order of writing. May be called from several
  /// threads once all is written. Errors: kIo.
  [[nodiscard]] Status for_each_chunk(std::size_t partition,
                                      const std::function<void(std::span<const std::byte>)>& visit) const;

  /// Gives the memory of a partition back to the pool: its pieces are gone. Partitions may be cleared, and others read,
  /// by several threads.
  void clear(std::size_t partition);

 private:
  struct Open {  // the chunk being filled
    std::byte* bytes = nullptr;
    std::uint32_t used = 0, size = 0;
    std::size_t pieces = 0;  // of the whole partition so far
  };
  struct Stored {  // a chunk in the file
    std::uint64_t offset = 0;
    std::size_t length = 0;
  };
  struct Full {
    ChunkPool::Chunk chunk;
    std::size_t used = 0;
  };
  struct Partition {
    std::vector<Full> full;
    std::vector<Stored> on_disk;
    std::unique_ptr<std::byte[]> own;  // NOLINT(modernize-avoid-c-arrays): its first chunk, where the pool had none
  };

  // Makes room in the partition's open chunk.
  [[nodiscard]] Status put_away(std::size_t partition);
  [[nodiscard]] Status write(std::size_t partition);

  Shape shape_;
  ChunkPool& pool_;
  std::size_t of_pool_ = 0;  // bytes
  TemporaryFile file_;
  std::vector<Open> open_;  // by partition; by itself, since every piece touches one
  std::vector<Partition> partitions_;
};

}  // namespace flowtrail::attribution
