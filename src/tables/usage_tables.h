// `rule_usage` and `peer_usage`: what peers did, and through which rules (the counters of the investigations'
// contract).
#pragma once

#include <vector>

#include "tables/memory_table.h"

namespace flowtrail::tables {

/// Both need the flows. `rule_usage` has one row per version of a rule, in the order of `security_group_rules`.
[[nodiscard]] std::vector<MemoryTable> usage_tables();

}  // namespace flowtrail::tables
