// The way from SOURCEs to evidence, in one place: list, read events and snapshots, build the history, read flow
// records, attribute them. `investigate`, `sql` and later the web call this and nothing below it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attribution/attribution.h"
#include "base/bad_input.h"
#include "base/error.h"
#include "base/utc_time.h"
#include "cloudtrail/reader.h"
#include "flowlog/reader.h"
#include "history/history.h"
#include "source/inventory.h"

namespace flowtrail::ingest {

/// A window as the user gave it. At most one of `from`/`to` and `last` is used.
struct Window {
  std::optional<UtcSeconds> from, to;
  std::optional<std::chrono::seconds> last;
};

struct Evidence;

struct Options {
  std::vector<std::string> sources;
  std::vector<std::string> snapshots;       // --snapshot
  std::optional<UtcSeconds> snapshot_time;  // --snapshot-time
  Window window;
  bool flows = true;          // false: flow logs are listed, not read (sg-changes, sg-attachments)
  unsigned threads = 0;       // 0: one per core
  bool plain_reader = false;  // the slow readers, oracles of the fast ones
  int scanner_targets = 8;
  const attribution::ScannerList* scanners = nullptr;
  /// Which peers to keep in the attribution; empty: all. `Evidence` lacks the attribution then. See AttributionOptions.
  std::function<bool(const Evidence&, const attribution::Peer&, const attribution::Owner&)> keep_peer;
  attribution::PeerOrder peer_order = attribution::PeerOrder::kInterface;
  std::size_t memory_budget_bytes = attribution::AttributionOptions{}.memory_budget_bytes;  // of the attribution
  std::filesystem::path temporary_folder;                                                   // empty: the system's
  flowlog::ParquetFiles parquet;  // tables::parquet_files(); without it Parquet objects are counted as bad
};

/// Everything that was learned from the SOURCEs.
struct Evidence {
  source::Inventory inventory;
  cloudtrail::ReadStats event_stats;
  flowlog::ReadStats flow_stats;
  flowlog::SymbolTable symbols;
  history::History history;
  std::optional<attribution::AttributionResult> attribution;  // missing when flows were not read
  BadInput bad_snapshots, bad_events;                         // beyond those in event_stats.bad and flow_stats.bad

  /// Number of bad lines, events, objects and folders, of every kind: > 0 makes the exit code 5.
  [[nodiscard]] std::uint64_t bad_total() const;
  /// Default windows of docs/how-it-counts.md; missing when there is nothing of the kind.
  [[nodiscard]] std::optional<Interval> covered_by_flows() const;
  [[nodiscard]] std::optional<Interval> covered_by_events() const;
  [[nodiscard]] std::optional<Interval> covered_by_all() const;
};

/// `window` applied to what the sources cover: both ends known. `--last` counts back from the end of `covered`.
[[nodiscard]] Interval resolve(const Window& window, const std::optional<Interval>& covered);

/// Reads everything the options ask for. Bad input is counted, not an error.
/// Errors: kNotFound for a SOURCE that does not exist, kNotFound ("no logs found") for sources without any log, kIo for
/// the spool.
[[nodiscard]] Result<std::unique_ptr<Evidence>> ingest(const Options& options);

/// Place of a record for people and for evidence: `KEY:LINE`.
[[nodiscard]] std::string place_text(const source::Inventory& inventory, const SourcePlace& place);

}  // namespace flowtrail::ingest
