// Reads CloudTrail objects: `{"Records":[...]}`, JSON arrays, one record a line, LookupEvents output, EventBridge
// envelopes; plain, gzip or zstd. Records are cut out of the text first (strings respected), then parsed one by one, so
// that one bad record, or a file that ends in the middle, costs only what is really lost. Format: AWS CloudTrail User
// Guide, "CloudTrail log file examples"; CloudTrail API, LookupEvents; EventBridge, "AWS API Call via CloudTrail".
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "base/bad_input.h"
#include "base/error.h"
#include "base/utc_time.h"
#include "cloudtrail/event.h"
#include "source/inventory.h"

namespace flowtrail::cloudtrail {

struct ReadStats {
  std::uint64_t objects = 0, bytes = 0, events = 0, duplicate_events = 0, failed_calls = 0;
  std::optional<UtcSeconds> from, to;
  std::set<std::string> regions, accounts;
  BadInput bad;  // bad records and objects
};

/// Called once per event, in the order of the inventory; the event is the callee's to move from.
using EventSink = std::function<void(Event&&)>;

/// Reads every kCloudTrail object. Events with an eventID already seen are counted and not passed on (`deduplicate`).
/// Never fails for bad input: it is counted in `stats.bad` with place and reason. Memory: one object's text, and the
/// ids seen.
void read_events(const source::Inventory& inventory, bool deduplicate, const EventSink& sink, ReadStats& stats);

/// Reads the records of one object's text (already decompressed). For tests and `read_events`.
void read_text(std::string_view text, const source::Object& object, std::uint32_t object_index, const EventSink& sink,
               BadInput& bad);

}  // namespace flowtrail::cloudtrail
