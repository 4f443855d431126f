// Memory for spools, shared by all of them: what records no longer need goes to the sums that they were folded into.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace flowtrail::attribution {

/// Thread-safe; a chunk is much work for whoever takes it.
class ChunkPool {
 public:
  using Chunk = std::span<std::byte>;  // aligned for anything

  /// `chunk_bytes` is rounded up to keep chunks aligned.
  ChunkPool(std::size_t memory_budget_bytes, std::size_t chunk_bytes);

  /// A chunk of the pool's size; empty when none is left, or when its size is below `least_bytes`.
  [[nodiscard]] Chunk take(std::size_t least_bytes);
  /// For chunks that were taken here.
  void give_back(Chunk chunk);
  /// Gives the memory of returned chunks back to the system until they are taken again. Cost: O(n log n) for n chunks.
  void release();

 private:
  std::size_t chunk_bytes_;
  std::size_t bytes_;  // of `memory_`
  // Left uninitialized, so that untouched pages cost nothing; given back as a whole.
  std::unique_ptr<std::byte[]> memory_;  // NOLINT(modernize-avoid-c-arrays)
  std::mutex mutex_;
  std::size_t handed_out_ = 0;  // bytes from the beginning that were taken at some time
  std::size_t present_ = 0;     // bytes from the beginning that the system was asked to put into memory
  std::vector<Chunk> returned_;
};

}  // namespace flowtrail::attribution
