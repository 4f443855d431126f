// The tables that a Glue crawler would make of the logs below some folders, and under its names: unlike a crawler's,
// their partitions are looked up by each statement.
// Source: docs.aws.amazon.com/glue, "How does a crawler determine when to create partitions?" and "Crawler properties".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/utc_time.h"
#include "hive/statement.h"
#include "source/inventory.h"

namespace flowtrail::athena {

struct FoundTable {
  hive::CreateExternalTable definition;  // its name is Glue's: prefix and last folder before the partitions
  std::string kind;                      // "VPC flow logs", "CloudTrail"
  std::string format;                    // "text", "Parquet", "JSON"
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;
  std::optional<UtcSeconds> first, last;  // times in the objects' names
};

/// One table for each kind of log and folder of it, by location. Opens one object of each flow-log table for its
/// columns. Letters outside of [a-z0-9_] in names become `_`; of two tables of one name the later also gets its parent
/// folder's name, and so on upwards. Errors: none of single objects; they are left out.
[[nodiscard]] Result<std::vector<FoundTable>> find_tables(const source::Inventory& inventory, std::string_view prefix);

}  // namespace flowtrail::athena
