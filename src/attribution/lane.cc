#include "attribution/lane.h"

#include <algorithm>
#include <span>
#include <utility>

#include "attribution/conversation.h"

namespace flowtrail::attribution {

using flowlog::FlowRecord;
using flowlog::LogStatus;

RecordedInterface& InterfaceBook::make(std::uint32_t symbol) {
  if (symbol >= by_symbol_.size()) by_symbol_.resize(std::max<std::size_t>(symbol + 1, 2 * by_symbol_.size()));
  std::unique_ptr<RecordedInterface>& place = by_symbol_[symbol];
  place = std::make_unique<RecordedInterface>();
  if (symbol != flowlog::SymbolTable::kAbsent) place->known = history_.find_interface(symbols_.text(symbol));
  if (place->known) place->own = OwnAddresses(history_, *place->known);
  return *place;
}

void AnsweringStarts::turn_to(std::int32_t port) {
  const auto known = std::ranges::find(recent_, port, &Port::port);
  if (known != recent_.end()) {
    std::swap(*known, recent_.front());
    return;
  }
  if (others_ == nullptr) others_ = std::make_unique<std::vector<Port>>();
  if (recent_.back().port >= 0) put_into(*others_, recent_.back());
  std::ranges::copy_backward(std::span(recent_).first(recent_.size() - 1), recent_.end());
  const auto place = std::ranges::lower_bound(*others_, port, {}, &Port::port);
  const bool is_new = place == others_->end() || place->port != port;
  recent_.front() = is_new ? Port{port, {INT64_MAX, INT64_MIN}} : *place;
}

void AnsweringStarts::put_into(std::vector<Port>& ports, const Port& port) {
  const auto place = std::ranges::lower_bound(ports, port.port, {}, &Port::port);
  if (place != ports.end() && place->port == port.port) {
    *place = port;
  } else {
    ports.insert(place, port);
  }
}

std::vector<AnsweringStarts::Port> AnsweringStarts::ports() const {
  std::vector<Port> ports = others_ == nullptr ? std::vector<Port>{} : *others_;
  for (const Port& port : recent_) {
    if (port.port >= 0) put_into(ports, port);
  }
  return ports;
}

void InterfaceBook::note_vpc(RecordedInterface& interface, std::uint32_t vpc) const {
  if (vpc == interface.vpc || vpc == flowlog::SymbolTable::kAbsent) return;
  const bool first = interface.vpc == flowlog::SymbolTable::kAbsent;
  if (first || symbols_.text(vpc) < symbols_.text(interface.vpc)) interface.vpc = vpc;
}

void InterfaceBook::take(InterfaceBook&& other) {
  std::vector<std::unique_ptr<RecordedInterface>> taken = std::exchange(other.by_symbol_, {});
  if (taken.size() > by_symbol_.size()) by_symbol_.resize(taken.size());
  for (std::size_t symbol = 0; symbol < taken.size(); ++symbol) {
    std::unique_ptr<RecordedInterface> theirs = std::move(taken[symbol]);
    if (theirs == nullptr) continue;
    std::unique_ptr<RecordedInterface>& place = by_symbol_[symbol];
    if (place == nullptr) {
      place = std::move(theirs);
    } else {
      place->heard.merge(theirs->heard);
      note_vpc(*place, theirs->vpc);
    }
  }
}

std::uint32_t InterfaceBook::number_all() {
  std::uint32_t next = 0;
  for (const auto& interface : by_symbol_) {
    if (interface != nullptr) interface->number = next++;
  }
  return next;
}

namespace {

constexpr std::int64_t kFarthest = 1'000'000'000'000'000;

// True if `normalize` has nothing to do.
bool is_normal(const FlowRecord& r) {
  const auto near = [](std::int64_t time) { return -kFarthest <= time && time <= kFarthest; };
  return near(r.start) && near(r.end) && (r.has_src || r.src == IpAddress{}) && (r.has_dst || r.dst == IpAddress{}) &&
         (r.has_pkt_src || r.pkt_src == r.src) && (r.has_pkt_dst || r.pkt_dst == r.dst);
}

}  // namespace

void normalize(FlowRecord& record) {
  record.start = std::clamp(record.start, -kFarthest, kFarthest);
  record.end = std::clamp(record.end, -kFarthest, kFarthest);
  if (!record.has_src) record.src = {};
  if (!record.has_dst) record.dst = {};
  if (!record.has_pkt_src) record.pkt_src = record.src;
  if (!record.has_pkt_dst) record.pkt_dst = record.dst;
}

Status Attribution::Lane::State::add(const FlowRecord& record, std::uint32_t flow_log) {
  RecordedInterface& interface = interfaces.of(record.interface);
  const RecordedInterface::Facts facts{FlowContext(record), record.vpc, flow_log};
  if (facts != interface.latest) {
    interface.latest = facts;
    interface.context_number = spool.contexts().number_of(facts.context);
    interface.heard.add_flow_log(flow_log);
    interfaces.note_vpc(interface, record.vpc);
  }
  interface.heard.add(record.start, record.end, record.status == LogStatus::kSkipData);
  Side side = Side::kUndecided;
  if (record.status == LogStatus::kOk) {
    side = side_by_knowledge(interface.own, record);
    if (side == Side::kUndecided) sides_missing = true;
    if (side == Side::kSource && answers_connection(record)) interface.answering.add(record.src_port, record.start);
  }
  return spool.add(record, side, interface.context_number);
}

Attribution::Lane::Lane(std::unique_ptr<State> state) : state_(std::move(state)) {}
Attribution::Lane::~Lane() = default;

Status Attribution::Lane::add(std::span<const FlowRecord> records, std::uint32_t flow_log) {
  // Memory for a record's interface is asked for some records ahead.
  constexpr std::size_t kAhead = 8;
  std::int64_t longest = 0;
  Span recorded{0, 0};
  FlowRecord changed;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i + kAhead < records.size()) {
      // Not in a function of its own: GCC 12 takes one that does nothing else for one that does nothing.
      const RecordedInterface* const ahead = state_->interfaces.find(records[i + kAhead].interface);
      __builtin_prefetch(ahead);
      if (ahead != nullptr) __builtin_prefetch(&ahead->own);
      if (ahead != nullptr) __builtin_prefetch(&ahead->answering);
    }
    const FlowRecord* record = &records[i];
    if (!record->has_time) continue;  // without times it belongs to no window
    if (!is_normal(*record)) {
      changed = *record;
      normalize(changed);
      record = &changed;
    }
    const std::int64_t end = second_after(std::max(record->start, record->end));
    longest = std::max(longest, end - record->start);
    widen(recorded, record->start, end);
    FT_CHECK(state_->add(*record, flow_log));
  }
  if (recorded.first == recorded.second) return {};
  widen(state_->recorded, recorded.first, recorded.second);
  std::int64_t& longest_before = state_->longest_records[flow_log];
  longest_before = std::max(longest_before, longest);
  return {};
}

}  // namespace flowtrail::attribution
