// Reads VPC flow logs as text: plain, gzip (several members) or zstd; every version 2-11 by header, any column order,
// headerless default format, repeated header lines, runs of blanks, CloudWatch exports. Two ways with equal outcome:
// record by record with its texts (`read_records`), and in batches at the speed of decompression (`scan_records`).
// Format: AWS VPC User Guide, "Flow log records".
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bad_input.h"
#include "base/error.h"
#include "base/utc_time.h"
#include "flowlog/column_file.h"
#include "flowlog/filter.h"
#include "flowlog/flow_record.h"
#include "source/inventory.h"

namespace flowtrail::flowlog {

/// The column names of one file, dashed as AWS writes them, in file order.
using Header = std::vector<std::string>;

/// One line before decoding: N fields as text, named by `header`. `-` (or nothing, from Parquet) is "absent".
struct RawRecord {
  const Header* header = nullptr;
  std::span<const std::string_view> fields;
  const source::Object* object = nullptr;
  SourcePlace place;
};

struct ReadStats {
  std::uint64_t objects = 0, bytes = 0;
  std::uint64_t records = 0;   // well-formed records of any log-status that passed the filter
  std::uint64_t left_out = 0;  // lines that the filter left out; what else is wrong with them nobody looked at
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

  void merge(const ReadStats& other);
};

struct ReadOptions {
  std::optional<UtcSeconds> from{}, to{};  // files that cannot hold records of [from, to) are left out
  unsigned threads = 0;                    // 0: one per core
  bool plain = false;                      // only the careful reader: slow, the oracle of the fast one
  bool portable = false;                   // without the instructions that only some processors have
  Filter filter{};                         // leaves out files, then records
};

/// Where the records of one thread go.
class RecordLane {
 public:
  RecordLane() = default;
  virtual ~RecordLane() = default;
  RecordLane(const RecordLane&) = delete;
  RecordLane& operator=(const RecordLane&) = delete;
  /// Records of one object (an index into Inventory::objects), in the order of its lines. An error ends the reading.
  [[nodiscard]] virtual Status take(std::span<const FlowRecord> records, std::uint32_t object) = 0;
};

/// Makes the lane of one more thread; called before the threads start.
using LaneFactory = std::function<std::unique_ptr<RecordLane>()>;

/// Receives each well-formed record, decoded and raw. Not called for bad lines.
using RecordSink = std::function<void(const FlowRecord&, const RawRecord&)>;

/// The same, and says whether to go on: false ends the object.
using RowSink = std::function<bool(const FlowRecord&, const RawRecord&)>;

/// Receives one row of a Parquet file: the names of its columns (dashed or underscored, the same object for all rows of
/// a file), one text for each (`-` or nothing for NULL), and the row's number from 1. Views are valid during the call.
using ParquetRowSink =
    std::function<void(const Header& names, std::span<const std::string_view> fields, std::uint64_t row)>;

/// Reads all rows of one Parquet object into the sink. This module knows no Parquet: the embedded engine does.
using ParquetReader =
    std::function<Status(const source::Object& object, std::uint32_t object_index, const ParquetRowSink& row_sink)>;

/// The two ways to a Parquet object: its rows as texts, whatever wrote it; and its columns, for files of a lake.
struct ParquetFiles {
  ParquetReader rows;
  ColumnFileOpener columns;  // may be missing
};

/// The flow log that an object belongs to: its fl- id, else the folder of its key ("." for the topmost).
[[nodiscard]] std::string flow_log_of(const source::Object& object);

/// Reads every flow-log object (text here; Parquet through `parquet`) whose records can lie in [from, to) - pruned by
/// the object's slot with a margin of a day, never wrongly - in the order of the inventory. Records outside the window
/// are still passed on: the caller filters by `start`. Bad lines are counted in `stats.bad` with place and reason;
/// without `parquet`, so is each Parquet object. Memory: one buffer, whatever the size of objects and lines.
///
/// Not every line can be trusted to be text: binary data is one bad object, not a million bad lines, and so is an
/// object that has neither a header nor the default format (it is given up after 1,000 lines).
void read_records(const source::Inventory& inventory, std::optional<UtcSeconds> from, std::optional<UtcSeconds> to,
                  SymbolTable& symbols, const RecordSink& sink, ReadStats& stats,
                  const ParquetReader& parquet = nullptr);

/// Records with their texts, as fast as `scan_records`, object by object. One for each thread.
class RowReader {
 public:
  /// `symbols` must outlive the reader.
  RowReader(SymbolTable& symbols, Filter filter, ParquetReader parquet);
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  /// Passes the records of one flow-log object that the filter lets through to `sink`, in the order of its lines; other
  /// objects are nothing. `index` is for the records' places. Bad lines are counted as by `read_records`.
  void read(const source::Object& object, std::uint32_t index, const RowSink& sink, ReadStats& stats);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same records at the speed of decompression, without their texts: several objects at a time, one thread each,
/// each thread with a lane of its own. Lanes get the objects in no fixed order; `stats` does not depend on the number
/// of threads. Where there are fewer objects left than threads, a second thread inflates a big one. The row groups of
/// Parquet objects that have columns are shared by all threads too (without a filter; of these objects only the columns
/// are read that records are made of, so that damage elsewhere is not seen); rows of the others come last, on the
/// calling thread. Memory: about 2 MiB per thread, and that of a row group. Errors: those of lanes.
[[nodiscard]] Status scan_records(const source::Inventory& inventory, const ReadOptions& options, SymbolTable& symbols,
                                  const LaneFactory& make_lane, ReadStats& stats, const ParquetFiles& parquet = {});

/// Decodes one raw record. Errors: kCorrupt with a short stable reason ("port out of range", "not an address", ...).
/// It works out the columns anew each time; for many records of one header see record_decoder.h.
[[nodiscard]] Result<FlowRecord> decode(const RawRecord& raw, SymbolTable& symbols);

}  // namespace flowtrail::flowlog
