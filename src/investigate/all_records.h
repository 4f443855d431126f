// `--evidence all` for `access`: a second pass over the flow logs that finds every record behind every row, since the
// first pass keeps three for each.
#pragma once

#include <memory>

#include "base/sorted_records.h"
#include "base/utc_time.h"
#include "flowlog/reader.h"
#include "ingest/ingest.h"
#include "output/rows.h"

namespace flowtrail::investigate {

/// The rows of `access` with, as evidence of those with one interface and one peer, the places of all records of their
/// key in the window, copies included. `evidence` must outlive them. Cost: reads the flow logs again; 56 bytes for each
/// row, while the places are put away beyond a budget. Errors: kIo, and those of the rows.
[[nodiscard]] Result<std::unique_ptr<const output::Rows>> with_all_records(std::unique_ptr<const output::Rows> rows,
                                                                           ingest::Evidence& evidence,
                                                                           const Interval& window,
                                                                           const flowlog::ParquetReader& parquet,
                                                                           const SpillOptions& spill);

}  // namespace flowtrail::investigate
