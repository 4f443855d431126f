#include "attribution/byte_spool.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace flowtrail::attribution {
namespace {

constexpr std::size_t kAlignment = alignof(std::max_align_t);

ByteSpool::Shape fitted(ByteSpool::Shape shape, std::size_t memory_budget_bytes) {
  const std::size_t most = std::max(shape.chunk_bytes, shape.most_bytes);
  shape.chunk_bytes = std::clamp(memory_budget_bytes / (2 * shape.partitions), shape.most_bytes, most);
  shape.chunk_bytes = (shape.chunk_bytes + kAlignment - 1) / kAlignment * kAlignment;
  return shape;
}

}  // namespace

ByteSpool::ByteSpool(const Shape& shape, std::size_t memory_budget_bytes, std::filesystem::path folder)
    : shape_(fitted(shape, memory_budget_bytes)),
      chunks_left_(memory_budget_bytes / shape_.chunk_bytes),
      memory_(std::make_unique_for_overwrite<std::byte[]>(  // NOLINT(modernize-avoid-c-arrays)
          (chunks_left_ + shape_.partitions) * shape_.chunk_bytes)),
      next_chunk_(memory_.get()),
      file_(std::move(folder)),
      open_(shape_.partitions),
      partitions_(shape_.partitions) {}

Status ByteSpool::put_away(std::size_t partition) {
  Chunk& open = open_[partition];
  if (open.bytes != nullptr) {
    if (chunks_left_ == 0) return write(partition);
    --chunks_left_;
    partitions_[partition].full.emplace_back(open.bytes, open.used);
  }
  open.bytes = next_chunk_;
  open.used = 0;
  next_chunk_ += shape_.chunk_bytes;
  return {};
}

Status ByteSpool::write(std::size_t partition) {
  Chunk& open = open_[partition];
  FT_TRY(const std::uint64_t offset, file_.append({open.bytes, open.used}));
  partitions_[partition].on_disk.push_back({offset, open.used});
  open.used = 0;
  return {};
}

Status ByteSpool::for_each_chunk(std::size_t partition,
                                 const std::function<void(std::span<const std::byte>)>& visit) const {
  const Partition& of = partitions_[partition];
  for (const std::span<const std::byte> chunk : of.full) visit(chunk);
  std::vector<std::byte> bytes(of.on_disk.empty() ? 0 : shape_.chunk_bytes);
  for (const Stored& chunk : of.on_disk) {
    FT_CHECK(file_.read(chunk.offset, {bytes.data(), chunk.length}));
    visit({bytes.data(), chunk.length});
  }
  visit({open_[partition].bytes, open_[partition].used});
  return {};
}

}  // namespace flowtrail::attribution
