// Evidence of the sources, read when the first statement needs it: the history alone, or with the attribution of flows.
#pragma once

#include <memory>
#include <mutex>

#include "ingest/ingest.h"
#include "tables/scan_report.h"

namespace flowtrail::tables {

/// Thread-safe.
class LazyEvidence {
 public:
  LazyEvidence(ingest::Options options, std::shared_ptr<ScanReport> report);

  /// Says, before the statement runs, that it names a table that needs the flows: then the sources are read once.
  void announce_flows();
  void forget_announcements();

  /// The evidence, with attribution if `flows` (or if announced). Shared: it is replaced when flows are needed later,
  /// while cursors may still read the former one. Errors: of ingest.
  [[nodiscard]] Result<std::shared_ptr<const ingest::Evidence>> get(bool flows);

 private:
  std::mutex mutex_;
  ingest::Options options_;
  std::shared_ptr<ScanReport> report_;
  bool announced_ = false;
  std::shared_ptr<const ingest::Evidence> evidence_;
};

}  // namespace flowtrail::tables
