#include "attribution/byte_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace flowtrail::attribution {
namespace {

Error io_error(const char* doing, const std::filesystem::path& folder) {
  return {ErrorCode::kIo,
          fmt::format("{} the temporary file failed: {}", doing, std::generic_category().message(errno)),
          folder.string(), "set TMPDIR to a folder with free space"};
}

ByteSpool::Shape fitted(ByteSpool::Shape shape, std::size_t memory_budget_bytes) {
  const std::size_t most = std::max(shape.chunk_bytes, shape.most_bytes);
  shape.chunk_bytes = std::clamp(memory_budget_bytes / (2 * shape.partitions), shape.most_bytes, most);
  return shape;
}

}  // namespace

ByteSpool::ByteSpool(const Shape& shape, std::size_t memory_budget_bytes, std::filesystem::path folder)
    : shape_(fitted(shape, memory_budget_bytes)),
      chunks_left_(memory_budget_bytes / shape_.chunk_bytes),
      memory_(std::make_unique_for_overwrite<std::byte[]>(  // NOLINT(modernize-avoid-c-arrays)
          (chunks_left_ + shape_.partitions) * shape_.chunk_bytes)),
      next_chunk_(memory_.get()),
      folder_(std::move(folder)),
      open_(shape_.partitions),
      partitions_(shape_.partitions) {}

ByteSpool::~ByteSpool() {
  if (file_ >= 0) ::close(file_);
}

Status ByteSpool::put_away(std::size_t partition) {
  Chunk& open = open_[partition];
  if (open.bytes != nullptr) {
    if (chunks_left_ == 0) return write(partition);
    --chunks_left_;
    partitions_[partition].full.push_back(open);
  }
  open.bytes = next_chunk_;
  open.used = 0;
  next_chunk_ += shape_.chunk_bytes;
  return {};
}

Status ByteSpool::open_file() {
  std::error_code ignored;
  if (folder_.empty()) folder_ = std::filesystem::temp_directory_path(ignored);
  std::string path = (folder_ / "flowtrail-spool-XXXXXX").string();
  file_ = ::mkostemp(path.data(), O_CLOEXEC);
  if (file_ < 0) return std::unexpected(io_error("opening", folder_));
  ::unlink(path.c_str());
  return {};
}

Status ByteSpool::write(std::size_t partition) {
  if (file_ < 0) FT_CHECK(open_file());
  Chunk& open = open_[partition];
  for (std::size_t written = 0; written < open.used;) {
    const ssize_t count =
        ::pwrite(file_, open.bytes + written, open.used - written, static_cast<off_t>(file_size_ + written));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::unexpected(io_error("writing", folder_));
    written += static_cast<std::size_t>(count);
  }
  partitions_[partition].on_disk.push_back({file_size_, open.used});
  file_size_ += open.used;
  open.used = 0;
  return {};
}

Status ByteSpool::for_each_chunk(std::size_t partition,
                                 const std::function<void(std::span<const std::byte>)>& visit) const {
  const Partition& of = partitions_[partition];
  for (const Chunk& chunk : of.full) visit({chunk.bytes, chunk.used});
  std::vector<std::byte> bytes(of.on_disk.empty() ? 0 : shape_.chunk_bytes);
  for (const Stored& chunk : of.on_disk) {
    for (std::size_t held = 0; held < chunk.length;) {
      const ssize_t count =
          ::pread(file_, bytes.data() + held, chunk.length - held, static_cast<off_t>(chunk.offset + held));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return std::unexpected(io_error("reading", folder_));
      held += static_cast<std::size_t>(count);
    }
    visit({bytes.data(), chunk.length});
  }
  visit({open_[partition].bytes, open_[partition].used});
  return {};
}

}  // namespace flowtrail::attribution
