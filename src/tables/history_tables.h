// The history as tables: intervals `valid_from`, `valid_to` (NULL = not known, or still in force), and the event id or
// snapshot that proves each end.
#pragma once

#include <vector>

#include "tables/memory_table.h"

namespace flowtrail::tables {

/// security_groups, security_group_rules, interfaces, interface_addresses, interface_instances,
/// interface_security_groups, instances, name_tags, prefix_lists.
[[nodiscard]] std::vector<MemoryTable> history_tables();

/// `protocol` as the number, -1 = all; ports NULL where the rule has none.
[[nodiscard]] std::optional<std::int32_t> port_or_null(int port);

}  // namespace flowtrail::tables
