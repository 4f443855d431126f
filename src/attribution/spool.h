// All records of a run, stored compactly and read back by partition, so that the work on them needs memory for one
// partition only. Records of one pair of addresses on one interface share a partition. What exceeds the memory budget
// goes, sorted by partition, as one run after the other to a temporary file that is unlinked as soon as it is open.
//
// A stored record is a byte of length, a byte of partition, 32 bits that tell which fields follow and how wide they
// are, and the fields: 40 to 60 bytes for IPv4, at most 160.
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

  /// `memory_budget_bytes` bounds what the spool holds, buffers of a running `seal` included. `folder` empty: the
  /// system's.
  Spool(std::size_t memory_budget_bytes, std::filesystem::path folder);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// Errors: kIo when the temporary file cannot be made or written.
  [[nodiscard]] Status add(const Flow& flow);
  /// After the last `add`, before the first `for_each`.
  [[nodiscard]] Status seal();

  /// Hands out every record of a partition; the order is that of `add`. Errors: kIo.
  [[nodiscard]] Status for_each(std::size_t partition, const std::function<void(const Flow&)>& visit) const;
  /// Number of records in a partition.
  [[nodiscard]] std::size_t records(std::size_t partition) const { return records_[partition]; }
  [[nodiscard]] bool on_disk() const { return file_ >= 0; }

 private:
  struct Segment {
    std::size_t partition = 0;
    std::uint64_t offset = 0, length = 0;
  };

  // Sorts the buffer by partition into `sorted`, and tells where each partition lies.
  [[nodiscard]] std::vector<Segment> sort_buffer(std::vector<std::byte>& sorted) const;
  [[nodiscard]] Status flush();
  [[nodiscard]] Status open_file();
  [[nodiscard]] Status read_segment(const Segment& segment, const std::function<void(const Flow&)>& visit) const;

  std::size_t buffer_size_;
  std::filesystem::path folder_;
  std::unique_ptr<std::byte[]>
      buffer_;  // NOLINT(modernize-avoid-c-arrays): left uninitialized, so that untouched pages cost nothing
  std::size_t used_ = 0;
  int file_ = -1;
  std::uint64_t file_size_ = 0;
  std::vector<Segment> on_disk_;
  std::vector<std::byte> last_run_;  // sorted; what was not written
  std::vector<Segment> in_memory_;
  std::vector<std::size_t> records_ = std::vector<std::size_t>(kPartitions);
};

}  // namespace flowtrail::attribution
