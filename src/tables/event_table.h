// The table `cloudtrail_logs`: the columns of AWS's Athena DDL (CloudTrail User Guide, "Querying AWS CloudTrail logs"),
// one row per event, copies (same eventID) left out.
#pragma once

#include <memory>
#include <string>

#include "engine/table_function.h"
#include "source/inventory.h"
#include "tables/scan_report.h"

namespace flowtrail::tables {

/// All columns are text here, nested ones as JSON; `event_view` gives them their types.
[[nodiscard]] engine::TableFunction event_table(std::string name, std::shared_ptr<const source::Inventory> inventory,
                                                std::shared_ptr<ScanReport> report);

/// SELECT list over the function's columns with `useridentity` and `tlsdetails` as STRUCT, `resources` as LIST.
[[nodiscard]] std::string event_view_columns();

}  // namespace flowtrail::tables
