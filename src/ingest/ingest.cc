#include "ingest/ingest.h"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/free_memory.h"
#include "base/threads.h"
#include "history/build.h"

namespace flowtrail::ingest {
namespace {

bool is_flow_log(source::ObjectKind kind) {
  return kind == source::ObjectKind::kFlowLogText || kind == source::ObjectKind::kFlowLogParquet ||
         kind == source::ObjectKind::kTransitGatewayFlowLog;
}

bool holds_any_log(const source::Inventory& inventory) {
  return std::ranges::any_of(inventory.objects, [](const source::Object& object) {
    return is_flow_log(object.kind) || object.kind == source::ObjectKind::kCloudTrail ||
           object.kind == source::ObjectKind::kSnapshot;
  });
}

void read_history(const Options& options, Evidence& evidence) {
  history::HistoryBuilder builder{{.snapshot_time = options.snapshot_time, .threads = options.threads}};
  cloudtrail::read_changes(
      evidence.inventory, {.threads = options.threads, .plain = options.plain_reader},
      [&](cloudtrail::InterpretedEvent&& event) { builder.add(std::move(event)); }, evidence.event_stats);
  builder.add_snapshots(evidence.inventory, evidence.bad_snapshots);
  evidence.history = builder.build(evidence.bad_events);
  const cloudtrail::ReadStats& stats = evidence.event_stats;
  evidence.history.coverage = {
      .from = stats.from,
      .to = stats.to,
      .objects = stats.objects,
      .events = stats.events,
      .bad_events = stats.bad.total() + evidence.bad_events.total(),
      .duplicate_events = stats.duplicate_events,
      .failed_calls = stats.failed_calls,
      .regions = {stats.regions.begin(), stats.regions.end()},
      .accounts = {stats.accounts.begin(), stats.accounts.end()},
  };
}

/// By index into Inventory::objects: a small number for the flow log that wrote the object.
std::vector<std::uint32_t> numbers_of_flow_logs(const source::Inventory& inventory) {
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::vector<std::uint32_t> of_objects;
  of_objects.reserve(inventory.objects.size());
  for (const source::Object& object : inventory.objects) {
    const auto next = static_cast<std::uint32_t>(numbers.size());
    of_objects.push_back(numbers.try_emplace(flowlog::flow_log_of(object), next).first->second);
  }
  return of_objects;
}

/// Hands the records of one thread to its lane of the attribution.
class Lane final : public flowlog::RecordLane {
 public:
  Lane(std::span<const std::uint32_t> flow_logs, attribution::Attribution::Lane& lane)
      : flow_logs_(flow_logs), lane_(lane) {}
  Status take(std::span<const flowlog::FlowRecord> records, std::uint32_t object) override {
    return lane_.add(records, flow_logs_[object]);
  }

 private:
  std::span<const std::uint32_t> flow_logs_;
  attribution::Attribution::Lane& lane_;
};

}  // namespace

std::uint64_t Evidence::bad_total() const {
  return inventory.unreadable.total() + event_stats.bad.total() + flow_stats.bad.total() + bad_snapshots.total() +
         bad_events.total();
}

std::optional<Interval> Evidence::covered_by_flows() const {
  if (!flow_stats.from || !flow_stats.to) return std::nullopt;
  return Interval{utc_from_seconds(*flow_stats.from), utc_from_seconds(*flow_stats.to + 1)};
}

std::optional<Interval> Evidence::covered_by_events() const {
  if (!event_stats.from || !event_stats.to) return std::nullopt;
  return Interval{event_stats.from, *event_stats.to + std::chrono::seconds{1}};
}

std::optional<Interval> Evidence::covered_by_all() const {
  std::optional<Interval> all;
  const auto include = [&all](const std::optional<Interval>& part) {
    if (!part) return;
    if (!all) all = part;
    all->from = std::min(all->from, part->from);
    all->to = std::max(all->to, part->to);
  };
  include(covered_by_flows());
  include(covered_by_events());
  for (const history::SnapshotInfo& snapshot : history.snapshots) {
    include(Interval{snapshot.as_of, snapshot.as_of + std::chrono::seconds{1}});
  }
  return all;
}

Interval resolve(const Window& window, const std::optional<Interval>& covered) {
  const Interval all = covered.value_or(Interval{utc_from_seconds(0), utc_from_seconds(0)});
  if (window.last) return {*all.to - *window.last, all.to};
  return {window.from.value_or(*all.from), window.to.value_or(*all.to)};
}

Result<std::unique_ptr<Evidence>> ingest(const Options& options) {
  auto evidence = std::make_unique<Evidence>();
  FT_TRY(evidence->inventory, source::list(options.sources, options.snapshots));
  if (!holds_any_log(evidence->inventory)) {
    return std::unexpected(Error{ErrorCode::kNotFound, "no logs found",
                                 options.sources.empty() ? std::string{} : options.sources.front(),
                                 "expected VPC flow logs, CloudTrail files or describe-* snapshots below it"});
  }
  read_history(options, *evidence);
  give_free_memory_back();

  attribution::AttributionOptions attribution_options;
  attribution_options.scanner_targets = options.scanner_targets;
  attribution_options.scanners = options.scanners;
  if (!options.flows) return evidence;
  const unsigned threads = thread_count(options.threads);
  attribution_options.threads = threads;
  attribution_options.order = options.peer_order;
  attribution_options.memory_budget_bytes = options.memory_budget_bytes;
  attribution_options.temporary_folder = options.temporary_folder;
  if (options.keep_peer) {
    attribution_options.keep = [&options, &evidence](const attribution::Peer& peer, const attribution::Owner& owner) {
      return options.keep_peer(*evidence, peer, owner);
    };
  }
  attribution::Attribution attribution{evidence->history, evidence->symbols, attribution_options, threads};
  const std::vector<std::uint32_t> flow_logs = numbers_of_flow_logs(evidence->inventory);
  std::size_t lanes = 0;
  // A window known beforehand prunes files; `--last` depends on where the records end, so everything is read.
  FT_CHECK(flowlog::scan_records(
      evidence->inventory, {options.window.from, options.window.to, threads, options.plain_reader}, evidence->symbols,
      [&] { return std::make_unique<Lane>(flow_logs, attribution.lane(lanes++)); }, evidence->flow_stats,
      options.parquet));

  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
  const std::optional<Interval> covered =
      evidence->covered_by_flows() ? evidence->covered_by_flows() : evidence->covered_by_events();
  if (covered || options.window.from || options.window.to) {
    const Interval window = resolve(options.window, covered);
    from = to_seconds(*window.from);
    to = to_seconds(*window.to);
  }
  FT_TRY(evidence->attribution, attribution.finish(from, to));
  return evidence;
}

std::string place_text(const source::Inventory& inventory, const SourcePlace& place) {
  return fmt::format("{}:{}", inventory.objects[place.object].key, place.line);
}

}  // namespace flowtrail::ingest
