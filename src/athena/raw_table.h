// A table of Hive's DDL over its objects, raw as on Athena: every line and event as it was delivered, duplicates
// included. Objects are listed anew by each statement, so that new ones and new partitions are seen.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "athena/place_map.h"
#include "base/bad_input.h"
#include "base/error.h"
#include "catalog/entry.h"
#include "engine/database.h"
#include "hive/statement.h"

namespace flowtrail::athena {

/// What reading raw objects noticed: broken lines and the like, of all statements so far. Thread-safe.
class RawReport {
 public:
  void add(const BadInput& bad);
  [[nodiscard]] BadInput bad() const;

 private:
  mutable std::mutex mutex_;
  BadInput bad_;
};

struct RawTable {
  hive::CreateExternalTable definition;
  PlaceMap places;
  /// The partitions that the catalog knows.
  std::function<Result<std::vector<catalog::Partition>>()> partitions;
  std::shared_ptr<RawReport> report;
};

/// A property of a table that Athena does not have: its partitions are the folders below its LOCATION, so many levels
/// deep as it has partition columns, whatever they are called (`2026/03/01` as well as `day=01`).
constexpr std::string_view kFolderPartitions = "flowtrail.partitions";  // = 'folders'

/// What stands behind FROM in DuckDB's SQL: the data columns, the partition columns, and `$path`. For formats with a
/// SerDe it is a call of a table function, registered here under `name`, that takes a filter (tables/filter_text.h) for
/// `{filter}`; for Parquet a query. Errors: kUnsupported for formats that are not read, kUsage for a definition that
/// makes no sense.
[[nodiscard]] Result<std::string> relation_of(engine::Connection& connection, RawTable table, const std::string& name);

/// Which objects a statement with this filter reads, in order; for EXPLAIN.
struct RawObjects {
  std::size_t partitions = 0;
  std::size_t objects = 0;
  std::uint64_t bytes = 0;
};
[[nodiscard]] Result<RawObjects> objects_of(const RawTable& table, std::string_view filter);

/// `a=1/b=2` of each partition that there is, in order; of projected ones those that have a value now.
[[nodiscard]] Result<std::vector<std::string>> partition_names(const RawTable& table);

/// For MSCK REPAIR TABLE: the folders `column=value` below the table's LOCATION, as partitions.
[[nodiscard]] Result<std::vector<catalog::Partition>> hive_folders(const RawTable& table);

}  // namespace flowtrail::athena
