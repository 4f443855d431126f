// Flow-log objects that become one Parquet file of a lake: those of one flow log in one partition.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/bad_input.h"
#include "base/error.h"
#include "engine/database.h"
#include "source/inventory.h"

namespace flowtrail::lake {

struct Written {
  std::uint64_t records = 0;
  /// Objects (by index) that a table cannot hold as they are: their format is not that of the first one or changes
  /// half-way, or something in them is bad input. Then nothing was written: the batch is to be tried without them.
  std::vector<std::size_t> misfits;
  BadInput bad;  // of the misfits
};

struct BatchOptions {
  std::int64_t number = 0;  // has to differ between all calls on one database
  bool sorted = true;       // by interface and start
  bool with_place = true;   // `source_key`, `source_line`
};

/// Writes the records of `objects` to `path`. Columns: those of the first object's format under their SQL names and
/// types, and the place. Without any record nothing is written. Errors: kIo.
[[nodiscard]] Result<Written> write_batch(engine::Connection& connection, const BatchOptions& options,
                                          const std::vector<const source::Object*>& objects,
                                          const std::filesystem::path& path);

}  // namespace flowtrail::lake
