// Flow-log objects that become one Parquet file of a lake: those of one flow log in one partition.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/bad_input.h"
#include "base/error.h"
#include "source/inventory.h"

namespace flowtrail::lake {

struct Written {
  std::uint64_t records = 0;
  /// Objects (by index) that a table cannot hold as they are: their format is not that of the first one or changes
  /// half-way, or something in them is bad input. Then nothing of use was written: the batch is to be tried without
  /// them.
  std::vector<std::size_t> misfits;
  BadInput bad;  // of the misfits
};

struct BatchOptions {
  unsigned threads = 0;                                    // 0: one per core
  bool sorted = true;                                      // by interface and start, else in no order at all
  bool with_place = true;                                  // `source_key`, `source_line`
  std::uint64_t memory_bytes = std::uint64_t{176} << 20U;  // of rows that wait to be sorted; beyond, they go to disk
};

/// Writes the records of `objects` to `path`, and beside it, under names that begin with it, what does not fit into
/// memory. Columns: those of the first object's format under their SQL names and types, and the place. Rows that are
/// equal in interface and start are in the order of the objects and their lines, whatever the number of threads.
/// Without any record nothing is written. Memory: `memory_bytes` and about 10 MB a thread, whatever the objects hold.
/// Errors: kIo, kDenied.
[[nodiscard]] Result<Written> write_batch(const BatchOptions& options,
                                          const std::vector<const source::Object*>& objects,
                                          const std::filesystem::path& path);

}  // namespace flowtrail::lake
