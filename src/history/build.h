// Builds the history from events and snapshots (design, counting rules 1-3).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/bad_input.h"
#include "cloudtrail/event.h"
#include "cloudtrail/reader.h"
#include "history/history.h"
#include "source/inventory.h"

namespace flowtrail::history {

struct BuildOptions {
  std::optional<UtcSeconds> snapshot_time;  // capture time of describe-* files that carry none; else the file's mtime
  unsigned threads = 0;                     // that many snapshots are read at a time; 0: one per core
};

/// Collects events (in any order, duplicates already removed), then builds.
class HistoryBuilder {
 public:
  explicit HistoryBuilder(BuildOptions options);
  ~HistoryBuilder();
  HistoryBuilder(const HistoryBuilder&) = delete;
  HistoryBuilder& operator=(const HistoryBuilder&) = delete;

  /// Keeps the event if it can matter (`cloudtrail::may_change_state`), else forgets it at once.
  void add(cloudtrail::Event&& event);

  /// Likewise, for an event that is interpreted already.
  void add(cloudtrail::InterpretedEvent&& interpreted);

  /// Reads every kSnapshot object of the inventory. Bad files are counted in `bad` with place and reason. Call it after
  /// the events of the same inventory, so that bad events get the keys of their objects.
  void add_snapshots(const source::Inventory& inventory, BadInput& bad);

  /// Sorts by time, tie rank and place; replays; joins with the snapshots in both directions of time. The result is
  /// indexed. Bad events (known name, unusable body) are counted in `bad`. The builder is empty afterwards.
  [[nodiscard]] History build(BadInput& bad);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace flowtrail::history
