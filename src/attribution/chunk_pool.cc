#include "attribution/chunk_pool.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace flowtrail::attribution {
namespace {

constexpr std::size_t kAlignment = alignof(std::max_align_t);
constexpr std::size_t kAtOnce = std::size_t{1} << 20U;

// For the pages that lie wholly inside. Only for speed and thrift: where the system does not know the advice, all works
// without.
void advise(std::span<std::byte> bytes, int advice) {
  static const auto kPage = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
  const std::uintptr_t first = (begin + kPage - 1) / kPage * kPage;
  const std::uintptr_t last = (begin + bytes.size()) / kPage * kPage;
  if (first < last) (void)madvise(bytes.data() + (first - begin), last - first, advice);
}

// Many pages at once cost less than a fault for each when it is touched first. Linux has this since 5.14.
void put_into_memory([[maybe_unused]] std::span<std::byte> bytes) {
#ifdef MADV_POPULATE_WRITE
  advise(bytes, MADV_POPULATE_WRITE);
#endif
}

}  // namespace

ChunkPool::ChunkPool(std::size_t memory_budget_bytes, std::size_t chunk_bytes)
    : chunk_bytes_((chunk_bytes + kAlignment - 1) / kAlignment * kAlignment),
      bytes_(memory_budget_bytes / chunk_bytes_ * chunk_bytes_),
      memory_(std::make_unique_for_overwrite<std::byte[]>(bytes_)) {}  // NOLINT(modernize-avoid-c-arrays)

ChunkPool::Chunk ChunkPool::take(std::size_t least_bytes) {
  if (chunk_bytes_ < least_bytes) return {};
  Chunk chunk, untouched;
  {
    const std::lock_guard lock(mutex_);
    if (!returned_.empty()) {
      chunk = returned_.back();
      returned_.pop_back();
      return chunk;
    }
    if (handed_out_ == bytes_) return {};
    chunk = {memory_.get() + handed_out_, chunk_bytes_};
    handed_out_ += chunk_bytes_;
    // Little is stored in many runs, and spread over chunks that stay nearly empty.
    if (handed_out_ > bytes_ / 8 && handed_out_ > present_) {
      present_ = std::max(present_, handed_out_ - chunk_bytes_);
      const std::size_t end = std::min(std::max(present_ + kAtOnce, handed_out_), bytes_);
      untouched = {memory_.get() + present_, end - present_};
      present_ = end;
    }
  }
  if (!untouched.empty()) put_into_memory(untouched);  // others need not wait for it
  return chunk;
}

void ChunkPool::give_back(Chunk chunk) {
  const std::lock_guard lock(mutex_);
  returned_.push_back(chunk);
}

void ChunkPool::release() {
  const std::lock_guard lock(mutex_);
  std::ranges::sort(returned_, {}, &Chunk::data);
  for (std::size_t i = 0; i < returned_.size();) {
    Chunk run = returned_[i++];
    while (i < returned_.size() && returned_[i].data() == run.data() + run.size()) {
      run = {run.data(), run.size() + returned_[i++].size()};
    }
    advise(run, MADV_DONTNEED);
  }
}

}  // namespace flowtrail::attribution
