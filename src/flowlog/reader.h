// Reads VPC flow logs as text: plain, gzip (several members) or zstd; every version 2-11 by header, any column order,
// headerless default format, repeated header lines, runs of blanks, CloudWatch exports. The plain reader: obvious
// first, and the oracle of any faster one. Format: AWS VPC User Guide, "Flow log records".
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bad_input.h"
#include "base/error.h"
#include "base/utc_time.h"
#include "flowlog/flow_columns.h"
#include "source/inventory.h"

namespace flowtrail::flowlog {

/// The column names of one file, dashed as AWS writes them, in file order.
using Header = std::vector<std::string>;

/// One line before decoding: N fields as text, named by `header`.
struct RawRecord {
  const Header* header = nullptr;
  std::span<const std::string_view> fields;
  const source::Object* object = nullptr;
  SourcePlace place;
};

struct ReadStats {
  std::uint64_t objects = 0, bytes = 0;
  std::uint64_t records = 0;  // well-formed records of any log-status
  std::uint64_t nodata = 0, skipdata = 0;
  std::uint64_t transit_gateway_objects = 0;
  std::optional<std::int64_t> from, to;  // least start, greatest end
  std::set<std::string> formats;         // `text v2 default`, `text v5`, `parquet v3`, `cloudwatch v2`, ...
  std::set<std::string> missing_fields;  // of tcp-flags, pkt-srcaddr, pkt-dstaddr, flow-direction, log-status, action,
                                         // ...: absent from some format read
  bool saw_accept = false, saw_reject = false;
  /// Largest end - start + 1 seconds per flow log (its fl- id, else the folder of its objects).
  std::map<std::string, std::int64_t> longest_interval;
  BadInput bad;
};

/// Receives each well-formed record, decoded and raw. Not called for bad lines.
using RecordSink = std::function<void(const FlowRecord&, const RawRecord&)>;

/// Reads every flow-log object (text here; Parquet through `engine`, see parquet_reader.h) whose records can lie in
/// [from, to) - pruned by the object's slot with a margin of a day, never wrongly - in the order of the inventory.
/// Records outside the window are still passed on: the caller filters by `start`. Bad lines are counted in `stats.bad`
/// with place and reason.
void read_records(const source::Inventory& inventory, std::optional<UtcSeconds> from, std::optional<UtcSeconds> to,
                  SymbolTable& symbols, const RecordSink& sink, ReadStats& stats);

/// Decodes one raw record. Errors: kCorrupt with a short stable reason ("port out of range", "not an address", ...).
[[nodiscard]] Result<FlowRecord> decode(const RawRecord& raw, SymbolTable& symbols);

}  // namespace flowtrail::flowlog
