// The tables of `flowtrail sql` over the given SOURCEs: flow logs and CloudTrail as AWS names them, the history, and
// what rules and peers were used for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/database.h"
#include "ingest/ingest.h"
#include "tables/parquet_reader.h"
#include "tables/scan_report.h"

namespace flowtrail::tables {

/// All names, in the order in which they are told to people.
[[nodiscard]] std::vector<std::string> table_names();

/// Makes the tables known to `connection`'s database as views. Lists the SOURCEs and opens one object of each flow log
/// for its columns; everything else is read when a statement needs it: vpc_flow_logs and cloudtrail_logs are streamed
/// by each statement, the other tables are built once and kept. `options.flows` and `options.parquet` are set here.
/// The report fills while statements run. Errors: of source::list.
[[nodiscard]] Result<std::shared_ptr<const ScanReport>> register_tables(engine::Connection& connection,
                                                                        ingest::Options options);

}  // namespace flowtrail::tables
