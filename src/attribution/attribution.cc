#include "attribution/attribution.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>

#include "attribution/conversation.h"
#include "attribution/coverage.h"
#include "attribution/flow.h"
#include "attribution/matcher.h"
#include "attribution/owners.h"
#include "attribution/peer_kinds.h"
#include "attribution/peers.h"
#include "attribution/rule_cover.h"
#include "attribution/rule_usage.h"
#include "attribution/side.h"
#include "attribution/spans.h"
#include "attribution/spool.h"

namespace flowtrail::attribution {
namespace {

using flowlog::Action;
using flowlog::FlowRecord;
using flowlog::LogStatus;

// What is known of one interface of the records.
struct RecordedInterface {
  std::optional<std::uint32_t> known;  // index into History::interfaces
  HeardInterface heard;
  std::uint32_t vpc = 0;  // the least symbol of what the records say, so that the order does not matter
  CommonAddress common;
  std::optional<IpAddress> common_address;
  Span recorded{0, 0};  // distinct records of the window
  std::int64_t ok = 0, nodata = 0, skipdata = 0;
};

// Absent addresses are equal in all records, so that copies from flow logs of other formats are recognized. Times that
// no clock shows are cut to thirty million years, so that sums and differences of times never overflow.
FlowRecord normalized_record(FlowRecord record) {
  constexpr std::int64_t kFarthest = 1'000'000'000'000'000;
  record.start = std::clamp(record.start, -kFarthest, kFarthest);
  record.end = std::clamp(record.end, -kFarthest, kFarthest);
  if (!record.has_src) record.src = {};
  if (!record.has_dst) record.dst = {};
  if (!record.has_pkt_src) record.pkt_src = record.src;
  if (!record.has_pkt_dst) record.pkt_dst = record.dst;
  return record;
}

void widen(Span& span, std::int64_t from, std::int64_t to) {
  const bool empty = span.first >= span.second;
  span.first = empty ? from : std::min(span.first, from);
  span.second = empty ? to : std::max(span.second, to);
}

std::int64_t second_after(std::int64_t time) {
  return std::min(time, kEndOfTime - 1) + 1;
}

}  // namespace

struct Attribution::State {
  State(const history::History& history_in, const flowlog::SymbolTable& symbols_in, AttributionOptions options_in)
      : history(history_in),
        symbols(symbols_in),
        options(std::move(options_in)),
        spool(std::in_place, options.memory_budget_bytes, options.temporary_folder),
        round_size(std::max<std::size_t>(1, options.memory_budget_bytes / (2 * sizeof(Flow)))) {}

  // While adding.
  RecordedInterface& interface_of(std::uint32_t symbol);
  [[nodiscard]] Status add(const FlowRecord& record, std::uint32_t flow_log);

  // After sealing: distinct records of the window, ordered by conversation, in portions that fit into memory and hold
  // whole conversations. Returns the number of copies left out.
  [[nodiscard]] Result<std::int64_t> for_each_portion(const std::function<void(std::span<Flow>)>& visit);

  // The steps of `finish`.
  void settle_window(std::optional<std::int64_t> from, std::optional<std::int64_t> to);
  [[nodiscard]] Status find_common_addresses();
  [[nodiscard]] Status find_answering_ports();
  [[nodiscard]] Status attribute_records();
  void attribute_portion(std::span<Flow> flows);
  void attribute_conversation(std::span<const Flow* const> flows);
  void count_status(const FlowRecord& record);
  void fold(const Flow& flow, Initiator initiator);
  void order_peers(std::vector<PeerTrace>& traces);
  void order_owners();
  void grade_peers();
  void decide_kinds(std::vector<PeerTrace>& traces);
  void sum_up();
  void measure();
  [[nodiscard]] bool in_window(std::int64_t start) const {
    return result.window_from <= start && start < result.window_to;
  }
  void settle_side(Flow& flow) {
    if (flow.side == Side::kUndecided)
      flow.side = side_by_address(flow.record, interface_of(flow.record.interface).common_address);
  }

  const history::History& history;
  const flowlog::SymbolTable& symbols;
  AttributionOptions options;
  std::optional<Spool> spool;
  std::size_t round_size;                                      // records in memory at a time
  std::vector<std::unique_ptr<RecordedInterface>> interfaces;  // by symbol
  std::map<std::uint32_t, std::int64_t> longest_records;       // seconds, by flow log
  Span recorded{0, 0};
  bool sides_missing = false;

  AnsweringPorts answering;
  std::optional<Matcher> matcher;
  std::optional<OwnerBook> owner_book;
  PeerTable table;
  AttributionResult result;
};

RecordedInterface& Attribution::State::interface_of(std::uint32_t symbol) {
  if (symbol >= interfaces.size()) interfaces.resize(std::max<std::size_t>(symbol + 1, symbols.size()));
  std::unique_ptr<RecordedInterface>& place = interfaces[symbol];
  if (place == nullptr) {
    place = std::make_unique<RecordedInterface>();
    if (symbol != 0) place->known = history.find_interface(symbols.text(symbol));
  }
  return *place;
}

Status Attribution::State::add(const FlowRecord& record, std::uint32_t flow_log) {
  RecordedInterface& interface = interface_of(record.interface);
  interface.heard.add(record.start, record.end, record.status == LogStatus::kSkipData, flow_log);
  const std::int64_t end = second_after(std::max(record.start, record.end));
  std::int64_t& longest = longest_records[flow_log];
  longest = std::max(longest, end - std::max(record.start, kBeginningOfTime));
  widen(recorded, std::max(record.start, kBeginningOfTime), end);
  if (record.vpc != 0 && (interface.vpc == 0 || record.vpc < interface.vpc)) interface.vpc = record.vpc;
  Flow flow{record, Side::kUndecided};
  if (record.status == LogStatus::kOk) {
    flow.side = side_by_knowledge(history, interface.known, record);
    sides_missing = sides_missing || flow.side == Side::kUndecided;
  }
  return spool->add(flow);
}

void Attribution::State::settle_window(std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  result.window_from = from.value_or(recorded.first);
  result.window_to = std::max(to.value_or(recorded.second), result.window_from);
}

Result<std::int64_t> Attribution::State::for_each_portion(const std::function<void(std::span<Flow>)>& visit) {
  std::int64_t copies = 0;
  std::vector<Flow> flows;
  for (std::size_t partition = 0; partition < Spool::kPartitions; ++partition) {
    // One busy pair of addresses may exceed the memory; its conversations are taken in several rounds then.
    const std::size_t rounds = spool->records(partition) / round_size + 1;
    for (std::size_t round = 0; round < rounds; ++round) {
      flows.clear();
      FT_CHECK(spool->for_each(partition, [&](const Flow& flow) {
        const bool now = rounds == 1 || (conversation_hash(flow.record) >> 20U) % rounds == round;
        if (now && in_window(flow.record.start)) flows.push_back(flow);
      }));
      copies += remove_copies(flows);
      if (!flows.empty()) visit(flows);
    }
  }
  return copies;
}

Status Attribution::State::find_common_addresses() {
  if (!sides_missing) return {};
  const auto over_records = [&](void (CommonAddress::*step)(const FlowRecord&)) {
    return for_each_portion([&](std::span<Flow> flows) {
      for (const Flow& flow : flows) {
        if (flow.record.status == LogStatus::kOk) (interface_of(flow.record.interface).common.*step)(flow.record);
      }
    });
  };
  FT_TRY([[maybe_unused]] const std::int64_t proposed, over_records(&CommonAddress::propose));
  FT_TRY([[maybe_unused]] const std::int64_t counted, over_records(&CommonAddress::count));
  for (const auto& interface : interfaces) {
    if (interface != nullptr) interface->common_address = interface->common.decided();
  }
  return {};
}

// Copies do no harm here. Records outside the window are counted on the way.
Status Attribution::State::find_answering_ports() {
  const auto visit = [&](const Flow& stored) {
    if (!in_window(stored.record.start)) {
      ++result.outside_window;
      return;
    }
    if (stored.record.status != LogStatus::kOk || !answers_connection(stored.record)) return;
    Flow flow = stored;
    settle_side(flow);
    if (flow.side == Side::kSource) answering.add(flow.record.interface, flow.record.src_port);
  };
  for (std::size_t partition = 0; partition < Spool::kPartitions; ++partition) {
    FT_CHECK(spool->for_each(partition, visit));
  }
  return {};
}

Status Attribution::State::attribute_records() {
  matcher.emplace(history);
  owner_book.emplace(history, symbols);
  FT_TRY(result.duplicate_records, for_each_portion([&](std::span<Flow> flows) { attribute_portion(flows); }));
  return {};
}

void Attribution::State::attribute_portion(std::span<Flow> flows) {
  for (std::size_t begin = 0, end = 0; begin < flows.size(); begin = end) {
    // Records between the same endpoints. They are one conversation, or two when both ends are the interface's own.
    std::array<std::vector<const Flow*>, 2> conversations;
    for (; end < flows.size() && compare_conversations(flows[begin].record, flows[end].record) == 0; ++end) {
      Flow& flow = flows[end];
      count_status(flow.record);
      if (flow.record.status != LogStatus::kOk) continue;
      settle_side(flow);
      if (flow.side == Side::kUndecided) {
        fold(flow, Initiator::kUnknown);
      } else {
        conversations[flow.own() < flow.peer() ? 0 : 1].push_back(&flow);
      }
    }
    for (const auto& conversation : conversations) {
      if (!conversation.empty()) attribute_conversation(conversation);
    }
  }
}

void Attribution::State::count_status(const FlowRecord& record) {
  RecordedInterface& interface = interface_of(record.interface);
  widen(interface.recorded, record.start, second_after(std::max(record.start, record.end)));
  switch (record.status) {
    case LogStatus::kOk: ++result.records, ++interface.ok; break;
    case LogStatus::kNoData: ++result.nodata, ++interface.nodata; break;
    case LogStatus::kSkipData: ++result.skipdata, ++interface.skipdata; break;
  }
}

void Attribution::State::attribute_conversation(std::span<const Flow* const> flows) {
  const std::optional<std::uint32_t> known = interface_of(flows.front()->record.interface).known;
  const std::vector<Initiator> opened_by = initiators(flows, known, answering, *matcher);
  for (std::size_t i = 0; i < flows.size(); ++i) fold(*flows[i], opened_by[i]);
}

void Attribution::State::fold(const Flow& flow, Initiator initiator) {
  const FlowRecord& record = flow.record;
  PeerKey key = key_of(flow, initiator);
  key.owner = owner_book->owner(record.interface, record.instance, record.start);
  const std::size_t index = table.entry(key);
  if (initiator == Initiator::kUnknown) {
    ++result.direction_unknown_records;
    table.fold(index, flow, false, nullptr);
    return;
  }
  const bool from_initiator = (initiator == Initiator::kPeer) == flow.from_peer();
  if (!from_initiator || record.action != Action::kAccept) {
    table.fold(index, flow, from_initiator, nullptr);
    return;
  }
  static const Matcher::Answer kNothing;
  const std::optional<std::uint32_t> known = interface_of(record.interface).known;
  const bool ingress = initiator == Initiator::kPeer;
  const Matcher::Answer* admitted = &kNothing;
  if (known) {
    admitted = &matcher->match({.interface = *known,
                                .direction = ingress ? history::Direction::kIngress : history::Direction::kEgress,
                                .protocol = record.protocol,
                                .port = ingress ? flow.own().port : flow.peer().port,
                                .address = key.address,
                                .time = record.start});
  }
  table.fold(index, flow, true, admitted);
  for (const std::uint32_t rule : admitted->rules) result.rules[rule].evidence.add(record.start, record.place);
}

// Owners were numbered as they came; the result must not depend on that.
void Attribution::State::order_owners() {
  const std::vector<Owner>& met = owner_book->owners();
  std::vector<std::uint32_t> order(met.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::pair{met[i].instance_id, met[i].fleet}; });
  std::vector<std::uint32_t> rank(met.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = i;
    result.owners.push_back(met[order[i]]);
  }
  for (Peer& peer : result.peers) peer.owner = rank[peer.owner];
}

void Attribution::State::order_peers(std::vector<PeerTrace>& traces) {
  std::vector<std::uint32_t> by_id(symbols.size() + 1);
  std::iota(by_id.begin(), by_id.end(), 0U);
  by_id.pop_back();
  std::ranges::sort(by_id, {}, [&](std::uint32_t symbol) -> const std::string& { return symbols.text(symbol); });
  std::vector<std::uint32_t> rank(by_id.size());
  for (std::uint32_t i = 0; i < by_id.size(); ++i) rank[by_id[i]] = i;

  std::vector<std::uint32_t> order(result.peers.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) {
    const Peer& peer = result.peers[i];
    return std::tuple{rank[peer.interface], peer.direction, peer.address, peer.protocol, peer.service_port, peer.owner};
  });
  // Moved along the cycles of the permutation, so that the peers are never held twice.
  for (std::uint32_t start = 0; start < order.size(); ++start) {
    if (order[start] == start) continue;
    Peer peer = std::move(result.peers[start]);
    PeerTrace trace = std::move(traces[start]);
    std::uint32_t at = start;
    while (order[at] != start) {
      const std::uint32_t from = order[at];
      result.peers[at] = std::move(result.peers[from]);
      traces[at] = std::move(traces[from]);
      order[at] = at;
      at = from;
    }
    result.peers[at] = std::move(peer);
    traces[at] = std::move(trace);
    order[at] = at;
  }
  for (std::size_t i = 0; i < traces.size(); ++i) result.peers[i].account = traces[i].account.symbol;
}

namespace {

// Calls `visit(first, count)` for the peers of each key.
template <typename Visit>
void for_each_key(const std::vector<Peer>& peers, Visit visit) {
  for (std::size_t begin = 0, end = 0; begin < peers.size(); begin = end) {
    while (end < peers.size() && same_key(peers[begin], peers[end])) ++end;
    visit(begin, end - begin);
  }
}

PeerCounters summed(std::span<const Peer> key) {
  PeerCounters sum = key.front().counters;
  for (const Peer& peer : key.subspan(1)) sum.merge(peer.counters);
  return sum;
}

}  // namespace

void Attribution::State::grade_peers() {
  for_each_key(result.peers, [&](std::size_t first, std::size_t count) {
    const std::span key = std::span(result.peers).subspan(first, count);
    const Grade grade = grade_of(key.front().direction, key.front().protocol, summed(key));
    for (Peer& peer : key) peer.grade = grade;
  });
}

void Attribution::State::decide_kinds(std::vector<PeerTrace>& traces) {
  const KindJudge judge(history, symbols, options, result.peers);
  for_each_key(result.peers, [&](std::size_t first, std::size_t count) {
    const std::span key = std::span(result.peers).subspan(first, count);
    EarliestSymbol service;
    std::vector<std::int64_t> attempts;
    for (std::size_t i = first; i < first + count; ++i) {
      service.add(traces[i].service.symbol, traces[i].service.when);
      attempts.insert(attempts.end(), traces[i].attempts.begin(), traces[i].attempts.end());
      traces[i].attempts = {};
    }
    const std::string& vpc = symbols.text(interface_of(key.front().interface).vpc);
    const KindJudge::Kind kind = judge.decide(key, summed(key), service.symbol, attempts, vpc);
    for (Peer& peer : key) {
      peer.kind = kind.kind;
      peer.name = kind.name;
      order_rules(history, peer);
    }
  });
}

void Attribution::State::sum_up() {
  result.peers = table.take_peers();
  std::vector<PeerTrace> traces = table.take_traces();
  order_owners();
  order_peers(traces);
  grade_peers();
  decide_kinds(traces);
  sum_up_rules(result.peers, symbols, result.rules);
}

void Attribution::State::measure() {
  std::map<std::string_view, CoverageInput> inputs;
  for (const history::Interface& interface : history.interfaces) {
    inputs[interface.interface_id] = {.interface_id = interface.interface_id, .known = &interface};
  }
  for (std::uint32_t symbol = 1; symbol < interfaces.size(); ++symbol) {
    if (interfaces[symbol] == nullptr) continue;
    CoverageInput& input = inputs[symbols.text(symbol)];
    input.symbol = symbol;
    input.interface_id = symbols.text(symbol);
    input.heard = &interfaces[symbol]->heard;
    input.recorded = interfaces[symbol]->recorded;
  }
  std::vector<CoverageInput> all;
  for (auto& [id, input] : inputs) all.push_back(std::move(input));
  CoverageOutcome outcome = measure_coverage(std::move(all), longest_records, result.window_from, result.window_to);
  result.coverage = std::move(outcome.coverage);
  result.gaps = std::move(outcome.gaps);
  for (InterfaceCoverage& coverage : result.coverage) {
    if (coverage.interface == 0) continue;
    const RecordedInterface& interface = *interfaces[coverage.interface];
    coverage.ok = interface.ok;
    coverage.nodata = interface.nodata;
    coverage.skipdata = interface.skipdata;
  }
}

Attribution::Attribution(const history::History& history, const flowlog::SymbolTable& symbols,
                         AttributionOptions options)
    : state_(std::make_unique<State>(history, symbols, std::move(options))) {}

Attribution::~Attribution() = default;

Status Attribution::add(const flowlog::FlowColumns& batch, std::uint32_t flow_log) {
  for (std::size_t row = 0; row < batch.size(); ++row) {
    const FlowRecord record = normalized_record(batch.at(row));
    if (record.has_time) FT_CHECK(state_->add(record, flow_log));  // without times it belongs to no window
  }
  return {};
}

Result<AttributionResult> Attribution::finish(std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  State& state = *state_;
  state.result.rules.resize(state.history.rules.size());
  state.settle_window(from, to);
  FT_CHECK(state.spool->seal());
  FT_CHECK(state.find_common_addresses());
  FT_CHECK(state.find_answering_ports());
  FT_CHECK(state.attribute_records());
  state.spool.reset();  // its memory is the peers' now
  state.sum_up();
  state.measure();
  return std::move(state.result);
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

void Evidence::add(std::int64_t start, SourcePlace place) {
  const Entry entry{start, place};
  if (size == first.size()) {
    if (!(entry < first.back())) return;
    --size;
  }
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
