#include "attribution/attribution.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <set>

#include "attribution/conversation.h"
#include "attribution/coverage.h"
#include "attribution/flow.h"
#include "attribution/flow_spool.h"
#include "attribution/flow_worker.h"
#include "attribution/kept_peers.h"
#include "attribution/lane.h"
#include "attribution/matcher.h"
#include "attribution/owners.h"
#include "attribution/peer_spool.h"
#include "attribution/peer_sum.h"
#include "attribution/peer_worker.h"
#include "attribution/portion.h"
#include "attribution/rule_cover.h"
#include "attribution/rule_usage.h"
#include "attribution/side.h"
#include "attribution/spans.h"
#include "base/free_memory.h"
#include "base/threads.h"

namespace flowtrail::attribution {

using flowlog::FlowRecord;
using flowlog::LogStatus;

namespace {

// Of the memory budget: the part that sums may take of the records' memory, and that of the result's peers, which come
// when the records have gone.
constexpr std::size_t sums_part(std::size_t budget) {
  return budget / 2;
}
constexpr std::size_t kept_part(std::size_t budget) {
  return budget / 4;
}

}  // namespace

struct Attribution::State {
  State(const history::History& history_in, const flowlog::SymbolTable& symbols_in, AttributionOptions options_in,
        std::size_t lane_count);

  // The last pass over the records gives their memory back on its way.
  enum class Pass : std::uint8_t { kEarly, kLast };
  // Hands out the conversations of the window without copies, partition by partition, in portions that fit into memory:
  // each portion to one of `thread_count` threads, which are numbered from 0.
  [[nodiscard]] Status for_each_conversation(Pass pass, unsigned thread_count,
                                             const std::function<Status(unsigned thread, Conversation)>& visit);
  [[nodiscard]] Status visit_partition(Pass pass, std::size_t partition, Portion& portion,
                                       const std::function<Status(Conversation)>& visit);

  // The steps of `finish`.
  void join_lanes();
  void note_answering_ports();
  void join_interfaces();
  void settle_window(std::optional<std::int64_t> from, std::optional<std::int64_t> to);
  [[nodiscard]] Status find_common_addresses();
  [[nodiscard]] Status find_answering_ports();
  [[nodiscard]] Status attribute_records();
  void join_workers();
  void number_owners();
  [[nodiscard]] Status finish_peers();
  [[nodiscard]] Status finish_partition(std::size_t partition, PeerWorker& worker) const;
  [[nodiscard]] PeerKeys keys_of_peers() const;
  void measure();
  [[nodiscard]] bool in_window(std::int64_t start) const {
    return result.window_from <= start && start < result.window_to;
  }

  const history::History& history;
  const flowlog::SymbolTable& symbols;
  AttributionOptions options;
  unsigned threads;
  ChunkPool pool;  // for the records, then for the sums
  std::vector<std::unique_ptr<Lane>> lanes;
  // Of all lanes.
  InterfaceBook interfaces;
  std::map<std::uint32_t, std::int64_t> longest_records;  // seconds, by flow log
  Span recorded{0, 0};
  bool sides_missing = false;
  std::uint32_t interface_count = 0;

  AnsweringPorts answering;
  bool answering_unclear = false;
  std::optional<CompiledRules> rules;
  std::vector<std::unique_ptr<FlowWorker>> workers;
  std::vector<std::vector<std::uint32_t>> owner_numbers;  // by worker and its own number: the number in the result
  std::vector<InterfaceTally> tallies;                    // of all workers
  std::atomic<std::int64_t> copies = 0, outside_window = 0;
  AttributionResult result;
};

Attribution::State::State(const history::History& history_in, const flowlog::SymbolTable& symbols_in,
                          AttributionOptions options_in, std::size_t lane_count)
    : history(history_in),
      symbols(symbols_in),
      options(std::move(options_in)),
      threads(thread_count(options.threads)),
      pool(FlowSpool::make_pool(options.memory_budget_bytes, lane_count)),
      interfaces(history, symbols) {
  for (std::size_t i = 0; i < lane_count; ++i) {
    lanes.push_back(
        std::make_unique<Lane>(std::make_unique<Lane::State>(history, symbols, pool, options.temporary_folder)));
  }
}

void Attribution::State::join_lanes() {
  for (const auto& lane : lanes) {
    const Lane::State& of_lane = *lane->state_;
    for (const auto& [flow_log, seconds] : of_lane.longest_records) {
      std::int64_t& longest = longest_records[flow_log];
      longest = std::max(longest, seconds);
    }
    if (of_lane.recorded.first < of_lane.recorded.second) {
      widen(recorded, of_lane.recorded.first, of_lane.recorded.second);
    }
    sides_missing = sides_missing || of_lane.sides_missing;
  }
}

void Attribution::State::join_interfaces() {
  for (const auto& lane : lanes) interfaces.take(std::move(lane->state_->interfaces));
  interface_count = interfaces.number_all();
  give_free_memory_back();  // also what reading the records took
}

void Attribution::State::settle_window(std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  result.window_from = from.value_or(recorded.first);
  result.window_to = std::max(to.value_or(recorded.second), result.window_from);
}

namespace {

// All records of a conversation, and copies of each, are taken in one round.
std::size_t round_of(const StoredFlow& stored, std::size_t rounds) {
  return (stored.place() * 0x9e3779b97f4a7c15U >> 33U) % rounds;
}

}  // namespace

Status Attribution::State::visit_partition(Pass pass, std::size_t partition, Portion& portion,
                                           const std::function<Status(Conversation)>& visit) {
  const std::size_t round_size = std::max<std::size_t>(1, options.memory_budget_bytes / (2 * sizeof(Flow)) / threads);
  std::size_t records = 0;
  for (const auto& lane : lanes) records += lane->state_->spool.records(partition);
  // One busy pair of addresses may exceed the memory; its conversations are taken in several rounds then.
  const std::size_t rounds = records / round_size + 1;
  for (std::size_t round = 0; round < rounds; ++round) {
    portion.clear();
    std::int64_t outside = 0;
    for (const auto& lane : lanes) {
      const FlowSpool& spool = lane->state_->spool;
      FT_CHECK(spool.for_each(partition, [&](const StoredFlow& stored) {
        if (rounds > 1 && round_of(stored, rounds) != round) return;
        if (in_window(stored.start())) {
          portion.add(stored, spool.contexts());
        } else {
          ++outside;
        }
      }));
    }
    outside_window += outside;
    if (pass == Pass::kLast && round + 1 == rounds) {
      for (const auto& lane : lanes) lane->state_->spool.clear(partition);
    }
    FT_CHECK(portion.for_each_conversation(visit));
  }
  return {};
}

Status Attribution::State::for_each_conversation(Pass pass, unsigned thread_count,
                                                 const std::function<Status(unsigned, Conversation)>& visit) {
  copies = 0;
  outside_window = 0;
  std::atomic<std::size_t> next = 0;
  std::vector<Status> ended(thread_count);
  run_on_threads(thread_count, [&](unsigned thread) {
    Portion portion;
    while (ended[thread]) {
      const std::size_t partition = next++;
      if (partition >= FlowSpool::kPartitions) break;
      ended[thread] = visit_partition(pass, partition, portion,
                                      [&](Conversation conversation) { return visit(thread, conversation); });
    }
    copies += portion.copies();
  });
  for (const Status& status : ended) FT_CHECK(status);
  return {};
}

Status Attribution::State::find_common_addresses() {
  if (!sides_missing) return {};
  const auto over_records = [&](void (CommonAddress::*step)(const FlowRecord&)) {
    return for_each_conversation(Pass::kEarly, 1, [&](unsigned, Conversation conversation) -> Status {
      for (const Flow* flow : conversation) {
        if (flow->record.status != LogStatus::kOk) continue;
        std::unique_ptr<RecordedInterface::Common>& common = interfaces.of(flow->record.interface).common;
        if (common == nullptr) common = std::make_unique<RecordedInterface::Common>();
        (common->counts.*step)(flow->record);
      }
      return {};
    });
  };
  FT_CHECK(over_records(&CommonAddress::propose));
  FT_CHECK(over_records(&CommonAddress::count));
  for (std::uint32_t symbol = 0; symbol < interfaces.size(); ++symbol) {
    const RecordedInterface* interface = interfaces.find(symbol);
    if (interface == nullptr || interface->common == nullptr) continue;
    interface->common->address = interface->common->counts.decided();
  }
  return {};
}

// The lanes know the first and last answer from each port.
void Attribution::State::note_answering_ports() {
  const auto note = [&](std::uint32_t symbol, const AnsweringStarts::Port& port) {
    const auto& [first, end] = port.starts;
    if (in_window(first) || in_window(end - 1)) {
      answering.add(symbol, port.port);
    } else if (first < result.window_from && end > result.window_to) {
      answering_unclear = true;
    }
  };
  for (const auto& lane : lanes) {
    const InterfaceBook& of_lane = lane->state_->interfaces;
    for (std::uint32_t symbol = 0; symbol < of_lane.size(); ++symbol) {
      const RecordedInterface* interface = of_lane.find(symbol);
      if (interface == nullptr) continue;
      for (const AnsweringStarts::Port& port : interface->answering.ports()) note(symbol, port);
    }
  }
}

// Where only a part of what the lanes know lies in the window, or the side of some record was not known then, the
// records are asked again; copies do no harm.
Status Attribution::State::find_answering_ports() {
  if (!answering_unclear && !sides_missing) return {};
  Flow flow;
  const auto visit = [&](const StoredFlow& stored) {
    if (!in_window(stored.start())) return;
    stored.decode(flow);
    if (flow.record.status != LogStatus::kOk || !answers_connection(flow.record)) return;
    settle_side(interfaces, flow);
    if (flow.side == Side::kSource) answering.add(flow.record.interface, flow.record.src_port);
  };
  for (const auto& lane : lanes) {
    for (std::size_t partition = 0; partition < FlowSpool::kPartitions; ++partition) {
      FT_CHECK(lane->state_->spool.for_each(partition, visit));
    }
  }
  return {};
}

Status Attribution::State::attribute_records() {
  rules.emplace(history);
  for (unsigned i = 0; i < threads; ++i) {
    workers.push_back(std::make_unique<FlowWorker>(history, symbols, interfaces, interface_count, *rules, answering,
                                                   pool, sums_part(options.memory_budget_bytes) / threads,
                                                   options.temporary_folder));
  }
  FT_CHECK(for_each_conversation(Pass::kLast, threads, [&](unsigned thread, Conversation conversation) {
    return workers[thread]->attribute(conversation);
  }));
  for (const auto& worker : workers) FT_CHECK(worker->finish());
  result.duplicate_records = copies;
  result.outside_window = outside_window;
  // The sums hold all that is needed. Much memory is given back here.
  run_on_threads(static_cast<unsigned>(lanes.size()), [this](unsigned i) { lanes[i].reset(); });
  lanes.clear();
  pool.release();
  return {};
}

void Attribution::State::join_workers() {
  result.rules.resize(history.rules.size());
  tallies.resize(interface_count);
  for (const auto& worker : workers) {
    result.direction_unknown_records += worker->direction_unknown_records();
    for (std::size_t rule = 0; rule < result.rules.size(); ++rule) {
      result.rules[rule].evidence.merge(worker->rule_evidence()[rule]);
    }
    for (std::size_t interface = 0; interface < tallies.size(); ++interface) {
      const InterfaceTally& tally = worker->tallies()[interface];
      InterfaceTally& sum = tallies[interface];
      if (tally.recorded.first < tally.recorded.second) {
        widen(sum.recorded, tally.recorded.first, tally.recorded.second);
      }
      sum.ok += tally.ok;
      sum.nodata += tally.nodata;
      sum.skipdata += tally.skipdata;
    }
  }
  for (const InterfaceTally& tally : tallies) {
    result.records += tally.ok;
    result.nodata += tally.nodata;
    result.skipdata += tally.skipdata;
  }
}

// Workers numbered owners as they met them; the result must not depend on that, nor on who met what.
void Attribution::State::number_owners() {
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> numbers;
  for (const auto& worker : workers) {
    for (const Owner& owner : worker->owners()) numbers[{owner.instance_id, owner.fleet}] = 0;
  }
  for (auto& [owner, number] : numbers) {
    number = static_cast<std::uint32_t>(result.owners.size());
    result.owners.push_back({std::string{owner.first}, std::string{owner.second}});
  }
  for (const auto& worker : workers) {
    std::vector<std::uint32_t>& number_of = owner_numbers.emplace_back();
    for (const Owner& owner : worker->owners()) number_of.push_back(numbers.at({owner.instance_id, owner.fleet}));
  }
}

Status Attribution::State::finish_partition(std::size_t partition, PeerWorker& worker) const {
  for (std::size_t i = 0; i < workers.size(); ++i) {
    FT_CHECK(
        workers[i]->peers().for_each(partition, [&](const StoredPeer& piece) { worker.add(piece, owner_numbers[i]); }));
  }
  return worker.finish();
}

PeerKeys Attribution::State::keys_of_peers() const {
  std::vector<std::uint32_t> of_records;
  for (std::uint32_t symbol = 0; symbol < interfaces.size(); ++symbol) {
    if (interfaces.find(symbol) != nullptr) of_records.push_back(symbol);
  }
  return {options.order, symbols, std::move(of_records), result.owners};
}

Status Attribution::State::finish_peers() {
  const PeerKeys keys = keys_of_peers();
  const SpillOptions for_kept{kept_part(options.memory_budget_bytes) / threads, options.temporary_folder};
  std::vector<std::unique_ptr<PeerWorker>> finishers;
  for (unsigned i = 0; i < threads; ++i) {
    finishers.push_back(
        std::make_unique<PeerWorker>(history, symbols, interfaces, options, result.owners, keys, for_kept));
  }
  std::atomic<std::size_t> next = 0;
  std::vector<Status> ended(threads);
  run_on_threads(threads, [&](unsigned thread) {
    while (ended[thread]) {
      const std::size_t partition = next++;
      if (partition >= PeerSpool::kPartitions) return;
      ended[thread] = finish_partition(partition, *finishers[thread]);
    }
  });
  for (const Status& status : ended) FT_CHECK(status);
  run_on_threads(static_cast<unsigned>(workers.size()), [this](unsigned i) { workers[i].reset(); });
  workers.clear();
  std::vector<PeerKeeper> kept;
  for (unsigned i = 0; i < threads; ++i) {
    kept.push_back(std::move(finishers[i]->kept()));
    if (i > 0) finishers.front()->tally().merge(std::move(finishers[i]->tally()));
  }
  result.peers = joined(std::move(kept));
  finishers.front()->tally().move_to(symbols, threads, result.rules);
  return {};
}

void Attribution::State::measure() {
  std::map<std::string_view, CoverageInput> inputs;
  for (const history::Interface& interface : history.interfaces) {
    inputs[interface.interface_id] = {.interface_id = interface.interface_id, .known = &interface};
  }
  for (std::uint32_t symbol = 1; symbol < interfaces.size(); ++symbol) {
    const RecordedInterface* interface = interfaces.find(symbol);
    if (interface == nullptr) continue;
    CoverageInput& input = inputs[symbols.text(symbol)];
    input.symbol = symbol;
    input.interface_id = symbols.text(symbol);
    input.heard = &interface->heard;
    input.recorded = tallies[interface->number].recorded;
  }
  std::vector<CoverageInput> all;
  for (auto& [id, input] : inputs) all.push_back(std::move(input));
  CoverageOutcome outcome = measure_coverage(std::move(all), longest_records, result.window_from, result.window_to);
  result.coverage = std::move(outcome.coverage);
  result.gaps = std::move(outcome.gaps);
  for (InterfaceCoverage& coverage : result.coverage) {
    if (coverage.interface == 0) continue;
    const InterfaceTally& tally = tallies[interfaces.find(coverage.interface)->number];
    coverage.ok = tally.ok;
    coverage.nodata = tally.nodata;
    coverage.skipdata = tally.skipdata;
  }
}

Attribution::Attribution(const history::History& history, const flowlog::SymbolTable& symbols,
                         AttributionOptions options, std::size_t lanes)
    : state_(std::make_unique<State>(history, symbols, std::move(options), lanes)) {}

Attribution::~Attribution() = default;

Attribution::Lane& Attribution::lane(std::size_t index) {
  return *state_->lanes[index];
}

Result<AttributionResult> Attribution::finish(std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  State& state = *state_;
  state.join_lanes();
  state.settle_window(from, to);
  state.note_answering_ports();
  state.join_interfaces();
  FT_CHECK(state.find_common_addresses());
  FT_CHECK(state.find_answering_ports());
  FT_CHECK(state.attribute_records());
  state.join_workers();
  state.number_owners();
  FT_CHECK(state.finish_peers());
  state.measure();
  return std::move(state.result);
}

void Peer::merge(const Peer& other) {
  counters.merge(other.counters);
  for (const RuleHits& theirs : other.rules) {
    const auto mine = std::ranges::find(rules, theirs.rule, &RuleHits::rule);
    if (mine == rules.end()) {
      rules.push_back(theirs);
    } else {
      mine->merge(theirs);
    }
  }
  unexplained += other.unexplained;
  evidence.merge(other.evidence);
}

void RuleHits::merge(const RuleHits& other) {
  sole += other.sole;
  shared += other.shared;
  covered += other.covered;
  if (__builtin_add_overflow(bytes, other.bytes, &bytes)) bytes = INT64_MAX;
  first = std::min(first, other.first);
  last = std::max(last, other.last);
}

void PeerCounters::merge(const PeerCounters& other) {
  if (other.records == 0) return;
  first = records == 0 ? other.first : std::min(first, other.first);
  last = records == 0 ? other.last : std::max(last, other.last);
  const auto add = [](std::int64_t& sum, std::int64_t value) {
    if (__builtin_add_overflow(sum, value, &sum)) sum = INT64_MAX;
  };
  records += other.records;
  accepted += other.accepted;
  rejected += other.rejected;
  attempts += other.attempts;
  replies += other.replies;
  replies_rejected += other.replies_rejected;
  reply_resets += other.reply_resets;
  payload_in += other.payload_in;
  payload_out += other.payload_out;
  add(bytes_in, other.bytes_in);
  add(bytes_out, other.bytes_out);
  add(packets_in, other.packets_in);
  add(packets_out, other.packets_out);
}

void Evidence::insert(const Entry& entry) {
  if (size == first.size()) --size;
  std::size_t at = size++;
  for (; at > 0 && entry < first[at - 1]; --at) first[at] = first[at - 1];
  first[at] = entry;
}

void Evidence::merge(const Evidence& other) {
  for (std::size_t i = 0; i < other.size; ++i) add(other.first[i].start, other.first[i].place);
}

AttributionResult::RuleTime AttributionResult::rule_time(const history::History& history, std::uint32_t rule) const {
  const history::Rule& asked = history.rules[rule];
  const Span in_force = overlap(span_of(asked.valid), {window_from, window_to});
  RuleTime time;
  if (in_force.first >= in_force.second) return time;
  std::set<std::uint32_t> carriers;
  for (const std::uint32_t index : history.memberships_of_group(asked.group)) {
    carriers.insert(history.memberships[index].interface);
  }
  for (const std::uint32_t carrier : carriers) {
    const InterfaceCoverage* logged = coverage_of(history.interfaces[carrier].interface_id);
    if (logged == nullptr) continue;
    const Spans attached = intersection(membership_spans(history, carrier, asked.group), {in_force});
    time.expected += total(intersection(attached, logged->expected));
    time.observed += total(intersection(attached, logged->observed));
  }
  return time;
}

const InterfaceCoverage* AttributionResult::coverage_of(std::string_view interface_id) const {
  const auto found = std::ranges::lower_bound(coverage, interface_id, {}, &InterfaceCoverage::interface_id);
  return found != coverage.end() && found->interface_id == interface_id ? &*found : nullptr;
}

std::string_view grade_name(Grade grade) {
  switch (grade) {
    case Grade::kSession: return "session";
    case Grade::kHandshake: return "handshake";
    case Grade::kProbe: return "probe";
    case Grade::kRejected: return "rejected";
    case Grade::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view peer_kind_name(PeerKind kind) {
  switch (kind) {
    case PeerKind::kSelf: return "self";
    case PeerKind::kGroupMember: return "group-member";
    case PeerKind::kHealthCheck: return "health-check";
    case PeerKind::kAwsService: return "aws-service";
    case PeerKind::kScanner: return "scanner";
    case PeerKind::kPrivate: return "private";
    case PeerKind::kPublic: return "public";
  }
  return "public";
}

}  // namespace flowtrail::attribution
