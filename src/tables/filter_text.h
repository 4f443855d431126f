// A filter of flow records as a text that fits into a statement: `vpc_flow_logs`' scan takes it as `filter := '...'`.
// It is a JSON list of predicates, each with the name of a column and one test:
//
//   {"column": "dstport", "one_of": [22, 3389]}              numbers, or texts
//   {"column": "start", "least": 1788232200, "below": 1788235800}   also "above", "greatest"; numbers, or texts
//   {"column": "interface_id", "prefix": "eni-"}
//   {"column": "srcaddr", "in_blocks": ["10.0.0.0/8"]}
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "flowlog/filter.h"

namespace flowtrail::tables {

/// Nothing is a filter that everything passes. Errors: kUsage for text that is not as above.
[[nodiscard]] Result<flowlog::Filter> read_filter(std::string_view text);

/// What `read_filter` reads.
[[nodiscard]] std::string filter_text(const flowlog::Filter& filter);

}  // namespace flowtrail::tables
