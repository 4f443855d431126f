// What the scans behind the tables noticed on the way: bad input, copies left out, things set aside. A statement's
// answer is not complete without it, so it is kept while statements run and printed after them.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "base/bad_input.h"
#include "ingest/ingest.h"
#include "source/inventory.h"

namespace flowtrail::tables {

struct Warning {
  std::string code;  // bad-input, duplicate-records, ...
  std::uint64_t count = 0;
  std::string text;     // one sentence
  std::string example;  // KEY:LINE, or empty
};

/// A warning for each reason.
[[nodiscard]] std::vector<Warning> bad_input_warnings(const BadInput& bad);

/// What one scan of one table saw, to its end or to where the statement stopped reading.
struct ScanCounts {
  std::uint64_t records = 0;     // read, copies included
  std::uint64_t duplicates = 0;  // copies left out
  BadInput bad;
};

/// Thread-safe. Of several scans of one table the one that saw most is kept, so nothing counts twice.
class ScanReport {
 public:
  void set_inventory(const source::Inventory& inventory);
  void set_flow_scan(ScanCounts counts);
  void set_event_scan(ScanCounts counts);
  void set_evidence(const ingest::Evidence& evidence);

  [[nodiscard]] std::vector<Warning> warnings() const;
  /// Bad lines, events, objects and folders: > 0 makes the exit code 5.
  [[nodiscard]] std::uint64_t bad_total() const;

 private:
  mutable std::mutex mutex_;
  BadInput unreadable_, snapshots_, history_;
  ScanCounts flows_, events_;
  std::vector<Warning> about_objects_;
};

}  // namespace flowtrail::tables
