#include "tables/scan_report.h"

#include <fmt/format.h>

#include <utility>

namespace flowtrail::tables {
namespace {

void keep_larger(ScanCounts& kept, ScanCounts counts) {
  if (counts.records + counts.bad.total() >= kept.records + kept.bad.total()) kept = std::move(counts);
}

std::string place_text(const BadInput::Place& place) {
  return place.line == 0 ? place.object : fmt::format("{}:{}", place.object, place.line);
}

void add_bad(const BadInput& bad, std::string_view what, std::vector<Warning>& warnings) {
  for (const auto& [reason, entry] : bad.by_reason()) {
    warnings.push_back({"bad-input", entry.count, fmt::format("{}: {}", what, reason),
                        entry.first.empty() ? std::string{} : place_text(entry.first.front())});
  }
}

/// Counts the objects of one kind and names the first.
void add_objects(const source::Inventory& inventory, source::ObjectKind kind, std::string code, std::string text,
                 std::vector<Warning>& warnings) {
  Warning warning{std::move(code), 0, std::move(text), {}};
  for (const source::Object& object : inventory.objects) {
    if (object.kind == kind && warning.count++ == 0) warning.example = object.key;
  }
  if (warning.count > 0) warnings.push_back(std::move(warning));
}

}  // namespace

std::vector<Warning> bad_input_warnings(const BadInput& bad) {
  std::vector<Warning> warnings;
  add_bad(bad, "tables", warnings);
  return warnings;
}

void ScanReport::set_inventory(const source::Inventory& inventory) {
  const std::scoped_lock lock{mutex_};
  unreadable_ = inventory.unreadable;
  about_objects_.clear();
  add_objects(inventory, source::ObjectKind::kUnknown, "unknown-objects", "objects that are no AWS logs were not read",
              about_objects_);
  add_objects(inventory, source::ObjectKind::kTransitGatewayFlowLog, "transit-gateway",
              "transit gateway flow logs were set aside", about_objects_);
}

void ScanReport::set_flow_scan(ScanCounts counts) {
  const std::scoped_lock lock{mutex_};
  keep_larger(flows_, std::move(counts));
}

void ScanReport::set_event_scan(ScanCounts counts) {
  const std::scoped_lock lock{mutex_};
  keep_larger(events_, std::move(counts));
}

void ScanReport::set_evidence(const ingest::Evidence& evidence) {
  const std::scoped_lock lock{mutex_};
  snapshots_ = evidence.bad_snapshots;
  history_ = evidence.bad_events;
  keep_larger(events_, {evidence.event_stats.events, evidence.event_stats.duplicate_events, evidence.event_stats.bad});
  if (!evidence.attribution) return;
  keep_larger(flows_, {evidence.flow_stats.records, static_cast<std::uint64_t>(evidence.attribution->duplicate_records),
                       evidence.flow_stats.bad});
}

std::vector<Warning> ScanReport::warnings() const {
  const std::scoped_lock lock{mutex_};
  std::vector<Warning> warnings;
  add_bad(unreadable_, "unreadable", warnings);
  add_bad(flows_.bad, "flow logs", warnings);
  add_bad(events_.bad, "CloudTrail", warnings);
  add_bad(snapshots_, "snapshots", warnings);
  add_bad(history_, "events", warnings);
  if (flows_.duplicates > 0) {
    warnings.push_back({"duplicate-records", flows_.duplicates, "copies of flow records were left out", {}});
  }
  if (events_.duplicates > 0) {
    warnings.push_back({"duplicate-events", events_.duplicates, "copies of CloudTrail events were left out", {}});
  }
  warnings.insert(warnings.end(), about_objects_.begin(), about_objects_.end());
  return warnings;
}

std::uint64_t ScanReport::bad_total() const {
  const std::scoped_lock lock{mutex_};
  return unreadable_.total() + flows_.bad.total() + events_.bad.total() + snapshots_.total() + history_.total();
}

}  // namespace flowtrail::tables
