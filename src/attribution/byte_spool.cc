#include "attribution/byte_spool.h"

#include <algorithm>
#include <utility>

namespace flowtrail::attribution {

ByteSpool::ByteSpool(const Shape& shape, ChunkPool& pool, std::filesystem::path folder)
    : shape_(shape), pool_(pool), file_(std::move(folder)), open_(shape.partitions), partitions_(shape.partitions) {
  shape_.chunk_bytes = std::max(shape.chunk_bytes, shape.most_bytes);
}

Status ByteSpool::put_away(std::size_t partition) {
  Open& open = open_[partition];
  Partition& of = partitions_[partition];
  ChunkPool::Chunk next;
  if (of_pool_ < shape_.most_of_pool) next = pool_.take(shape_.most_bytes);
  of_pool_ += next.size();
  if (open.bytes == nullptr) {
    if (next.empty()) {
      of.own = std::make_unique_for_overwrite<std::byte[]>(shape_.chunk_bytes);  // NOLINT(modernize-avoid-c-arrays)
      next = {of.own.get(), shape_.chunk_bytes};
    }
  } else if (next.empty()) {
    return write(partition);
  } else {
    of.full.push_back({{open.bytes, open.size}, open.used});
  }
  open.bytes = next.data();
  open.size = static_cast<std::uint32_t>(next.size());
  open.used = 0;
  return {};
}

Status ByteSpool::write(std::size_t partition) {
  Open& open = open_[partition];
  FT_TRY(const std::uint64_t offset, file_.append({open.bytes, open.used}));
  partitions_[partition].on_disk.push_back({offset, open.used});
  open.used = 0;
  return {};
}

Status ByteSpool::for_each_chunk(std::size_t partition,
                                 const std::function<void(std::span<const std::byte>)>& visit) const {
  const Partition& of = partitions_[partition];
  for (const Full& full : of.full) visit(full.chunk.first(full.used));
  std::size_t longest = 0;
  for (const Stored& chunk : of.on_disk) longest = std::max(longest, chunk.length);
  std::vector<std::byte> bytes(longest);
  for (const Stored& chunk : of.on_disk) {
    FT_CHECK(file_.read(chunk.offset, {bytes.data(), chunk.length}));
    visit({bytes.data(), chunk.length});
  }
  visit({open_[partition].bytes, open_[partition].used});
  return {};
}

void ByteSpool::clear(std::size_t partition) {
  Open& open = open_[partition];
  Partition& of = partitions_[partition];
  const auto give_back = [&](ChunkPool::Chunk chunk) {
    if (!chunk.empty() && chunk.data() != of.own.get()) pool_.give_back(chunk);
  };
  for (const Full& full : of.full) give_back(full.chunk);
  give_back({open.bytes, open.size});
  open = {};
  of = {};
}

}  // namespace flowtrail::attribution
