// `--evidence all` for `access`: a second pass over the flow logs that finds every record behind every row, since the
// first pass keeps three for each.
#pragma once

#include "base/utc_time.h"
#include "flowlog/reader.h"
#include "ingest/ingest.h"
#include "output/result_table.h"

namespace flowtrail::investigate {

/// Replaces the evidence of the rows of `access` (those with one interface and one peer) by the places of all records
/// of their key in the window, copies included. Cost: reads the flow logs again.
void list_all_records(ingest::Evidence& evidence, const Interval& window, const flowlog::ParquetReader& parquet,
                      output::Table& table);

}  // namespace flowtrail::investigate
