// `flowtrail sync`: keeps a lake, which is a folder that holds what its SOURCEs hold, made for questions over long
// times.
//
//   flow_logs/aws_account_id=A/aws_region=R/day=D/FLOWLOG_N.parquet   flow records, sorted by interface and start
//   raw/KEY                                                           events, snapshots and odd flow logs as they were
//   _flowtrail/manifest.sqlite                                        which objects are in, and in which file
//
// Account, region and day are those of the objects' keys, so a lake answers questions as its SOURCEs do. A Parquet file
// has the columns of one format, named as in SQL, and `source_key` and `source_line`: where each record came from.
// Athena, Trino, Spark and DuckDB read `flow_logs` as a Hive-partitioned table.
//
// Each object is in the lake exactly once, whenever a run ends or is ended: files are written under another name,
// synced and renamed, the manifest is committed after them, and a file that it does not know is swept by the next run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bad_input.h"
#include "base/error.h"

namespace flowtrail::lake {

struct Options {
  std::vector<std::string> sources;
  std::filesystem::path folder;                          // made when it is missing
  unsigned threads = 0;                                  // 0: one per core
  std::uint64_t batch_bytes = std::uint64_t{24} << 20U;  // stored bytes of objects that become one file
  /// Called before each step that changes the lake; for tests, which end the program there.
  std::function<void(std::string_view step)> before_step;
};

struct Summary {
  std::uint64_t new_objects = 0, known_objects = 0;
  std::uint64_t new_records = 0, new_files = 0;
  std::uint64_t raw_objects = 0;      // of the new ones: kept as they were
  std::uint64_t left_objects = 0;     // nothing that flowtrail reads
  std::uint64_t swept_files = 0;      // left over from a run that was ended
  std::vector<std::string> changed;   // keys of flow logs that differ from what was read; the lake keeps what it has
  std::vector<std::string> vanished;  // keys that are in the lake and no longer below the SOURCEs
  BadInput bad;                       // of the new objects
};

/// Brings everything new below the SOURCEs into the lake. Memory: bounded, below 300 MB with a few threads, besides the
/// list of objects; disk: the lake, and for a file whose rows are more than 176 MB as many bytes as they have, while
/// they are sorted. Errors: those of listing; kUsage if another run is at work on the lake, if the folder holds other
/// things than a lake, or if two SOURCEs hold the same key; kIo.
[[nodiscard]] Result<Summary> sync(const Options& options);

}  // namespace flowtrail::lake
