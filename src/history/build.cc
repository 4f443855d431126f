#include "history/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "base/in_order.h"
#include "base/threads.h"
#include "cloudtrail/interpret.h"
#include "codec/input_stream.h"
#include "history/event_info.h"
#include "history/replay.h"
#include "history/snapshot_reader.h"

namespace flowtrail::history {
namespace {

// Snapshots of the largest accounts are some hundred MB; what is larger is no snapshot but an attack on memory.
constexpr std::uint64_t kMaxSnapshotBytes = std::uint64_t{1} << 30U;

constexpr std::size_t kReadAtEnd = std::size_t{64} << 10U;  // room in which a read finds the end of the file

struct BadEvent {
  SourcePlace place;
  std::string event_id;
  std::string object;  // key, once known
};

/// Failed calls are listed for groups and rules alone.
bool is_group_change(const cloudtrail::Change& change) {
  return std::holds_alternative<cloudtrail::GroupCreated>(change) ||
         std::holds_alternative<cloudtrail::GroupDeleted>(change) ||
         std::holds_alternative<cloudtrail::RulesAuthorized>(change) ||
         std::holds_alternative<cloudtrail::RulesRevoked>(change) ||
         std::holds_alternative<cloudtrail::RulesModified>(change) ||
         std::holds_alternative<cloudtrail::RuleDescriptionsUpdated>(change) ||
         std::holds_alternative<cloudtrail::GroupVpcAssociation>(change);
}

/// What one file says. Its facts count its snapshots from 0.
struct ReadObject {
  std::vector<SnapshotInfo> snapshots;
  std::vector<SnapshotFacts> facts;
  BadInput bad;
};

ReadObject read_object(const source::Object& object, std::optional<UtcSeconds> given_time) {
  ReadObject read;
  std::string text;
  text.reserve(static_cast<std::size_t>(std::min(object.size, kMaxSnapshotBytes)) + kReadAtEnd);
  if (const Status status = codec::read_all(object.path, kMaxSnapshotBytes, text); !status) {
    read.bad.add("snapshot cannot be read: " + status.error().what, object.key, 0);
    return read;
  }
  read_snapshot(text, {object.key, object.account, object.region, given_time, object.modified}, read.snapshots,
                read.facts, read.bad);
  return read;
}

}  // namespace

struct HistoryBuilder::State {
  BuildOptions options;
  std::vector<ReplayEvent> events;
  std::vector<BadEvent> bad_events;
  std::vector<SnapshotInfo> snapshots;
  std::vector<SnapshotFacts> facts;
  SharedTexts texts;
  CloudTrailCoverage coverage;
  std::set<std::string> regions, accounts;

  void take(ReadObject&& read, BadInput& bad) {
    const auto known = static_cast<std::uint32_t>(snapshots.size());
    for (SnapshotFacts& one : read.facts) {
      one.snapshot += known;
      facts.push_back(std::move(one));
    }
    std::ranges::move(read.snapshots, std::back_inserter(snapshots));
    bad.merge(read.bad);
  }

  void cover(const cloudtrail::Event& event) {
    ++coverage.events;
    if (event.failed()) ++coverage.failed_calls;
    if (!coverage.from || event.time < *coverage.from) coverage.from = event.time;
    if (!coverage.to || event.time > *coverage.to) coverage.to = event.time;
    if (!event.region.empty()) regions.insert(event.region);
    if (!event.account.empty()) accounts.insert(event.account);
  }

  void add(const cloudtrail::Event& event, Result<std::vector<cloudtrail::Change>>&& changes) {
    if (!changes) {
      bad_events.push_back({event.place, event.event_id, {}});
      return;
    }
    if (event.failed())
      std::erase_if(*changes, [](const cloudtrail::Change& change) { return !is_group_change(change); });
    if (changes->empty()) return;
    ReplayEvent replayed;
    replayed.info = event_info(event, texts);
    replayed.tie_rank = cloudtrail::tie_rank(event);
    replayed.failed = event.failed();
    replayed.changes = *std::move(changes);
    events.push_back(std::move(replayed));
  }
};

HistoryBuilder::HistoryBuilder(BuildOptions options) : state_(std::make_unique<State>()) {
  state_->options = options;
}
HistoryBuilder::~HistoryBuilder() = default;

void HistoryBuilder::add(cloudtrail::Event&& event) {
  state_->cover(event);
  if (!cloudtrail::may_change_state(event)) return;
  auto changes = cloudtrail::interpret(event);
  state_->add(event, std::move(changes));
}

void HistoryBuilder::add(cloudtrail::InterpretedEvent&& interpreted) {
  state_->cover(interpreted.event);
  state_->add(interpreted.event, std::move(interpreted.changes));
}

void HistoryBuilder::add_snapshots(const source::Inventory& inventory, BadInput& bad) {
  State& state = *state_;
  for (BadEvent& event : state.bad_events) {
    if (event.place.object < inventory.objects.size()) event.object = inventory.objects[event.place.object].key;
  }
  std::vector<const source::Object*> objects;
  for (const source::Object& object : inventory.objects) {
    if (object.kind == source::ObjectKind::kSnapshot) objects.push_back(&object);
  }
  for_each_in_order(
      objects.size(), thread_count(state.options.threads),
      [&](unsigned, std::size_t index) { return read_object(*objects[index], state.options.snapshot_time); },
      [&](std::size_t, ReadObject&& read) { state.take(std::move(read), bad); });
}

History HistoryBuilder::build(BadInput& bad) {
  State& state = *state_;
  for (const BadEvent& event : state.bad_events) {
    bad.add("event with unusable request or response", event.object.empty() ? "event " + event.event_id : event.object,
            event.place.line);
  }
  state.coverage.bad_events = state.bad_events.size();
  state.coverage.regions.assign(state.regions.begin(), state.regions.end());
  state.coverage.accounts.assign(state.accounts.begin(), state.accounts.end());
  History history = replay(std::move(state.events), std::move(state.snapshots), std::move(state.facts));
  history.coverage = std::move(state.coverage);
  const BuildOptions options = state.options;
  state = State{};
  state.options = options;
  return history;
}

}  // namespace flowtrail::history
