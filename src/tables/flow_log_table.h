// The table `vpc_flow_logs`: every record of the sources' flow logs, copies left out, streamed object by object.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/table_function.h"
#include "source/inventory.h"
#include "tables/flow_log_columns.h"
#include "tables/scan_report.h"

namespace flowtrail::tables {

/// Rows come in the order of (object key, line); of copies the first stays (docs/how-it-counts.md). `-` is NULL.
/// `inventory` and `report` are shared with every scan, which may run after the caller is gone.
[[nodiscard]] engine::TableFunction flow_log_table(std::string name, std::vector<FlowLogColumn> columns,
                                                   std::shared_ptr<const source::Inventory> inventory,
                                                   std::shared_ptr<ScanReport> report);

}  // namespace flowtrail::tables
