// Reads CloudTrail objects: `{"Records":[...]}`, JSON arrays, one record a line, LookupEvents output, EventBridge
// envelopes; plain, gzip or zstd. One bad record, or a file that ends in the middle, costs only what is really lost.
// Format: AWS CloudTrail User Guide, "CloudTrail log file examples"; CloudTrail API, LookupEvents; EventBridge, "AWS
// API Call via CloudTrail".
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/bad_input.h"
#include "base/error.h"
#include "base/utc_time.h"
#include "cloudtrail/change.h"
#include "cloudtrail/event.h"
#include "source/inventory.h"

namespace flowtrail::cloudtrail {

struct ReadOptions {
  bool deduplicate = true;  // events with an eventID already seen are counted and not passed on
  unsigned threads = 0;     // 0: one per core; the result is the same for any number
  bool plain = false;       // every object by the slow way that bad input takes: the same result, for comparison
};

struct ReadStats {
  std::uint64_t objects = 0, bytes = 0, events = 0, duplicate_events = 0, failed_calls = 0;
  std::optional<UtcSeconds> from, to;
  std::set<std::string> regions, accounts;
  BadInput bad;  // bad records and objects
};

/// Called once per event, on the caller's thread, in the order of the inventory; the event is the callee's to move
/// from.
using EventSink = std::function<void(Event&&)>;

/// Reads every kCloudTrail object. Never fails for bad input: it is counted in `stats.bad` with place and reason.
/// Memory: for each thread one object's text and the events of three objects (with one thread: of none), and about 32
/// bytes for each id seen.
void read_events(const source::Inventory& inventory, const ReadOptions& options, const EventSink& sink,
                 ReadStats& stats);

/// An event for which `may_change_state` holds, with what `interpret` says about it. The event's members that are JSON
/// are empty: they are in the changes.
struct InterpretedEvent {
  Event event;
  Result<std::vector<Change>> changes;
};
using ChangeSink = std::function<void(InterpretedEvent&&)>;

/// Likewise, but passes on only events that may change something, interpreted. `stats` counts all. Cost of the others:
/// about a microsecond an event, no allocation.
void read_changes(const source::Inventory& inventory, const ReadOptions& options, const ChangeSink& sink,
                  ReadStats& stats);

/// Reads the records of one object's text (already decompressed). For tests.
void read_text(std::string_view text, const source::Object& object, std::uint32_t object_index, const EventSink& sink,
               BadInput& bad, bool plain = false);

}  // namespace flowtrail::cloudtrail
