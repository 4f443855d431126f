#include "attribution/lane.h"

#include <algorithm>

#include "attribution/conversation.h"

namespace flowtrail::attribution {

using flowlog::FlowRecord;
using flowlog::LogStatus;

RecordedInterface& InterfaceBook::make(std::uint32_t symbol) {
  if (symbol >= by_symbol_.size()) by_symbol_.resize(std::max<std::size_t>(symbol + 1, 2 * by_symbol_.size()));
  std::unique_ptr<RecordedInterface>& place = by_symbol_[symbol];
  place = std::make_unique<RecordedInterface>();
  if (symbol != flowlog::SymbolTable::kAbsent) place->known = history_.find_interface(symbols_.text(symbol));
  return *place;
}

void InterfaceBook::note_vpc(RecordedInterface& interface, std::uint32_t vpc) const {
  if (vpc == interface.vpc || vpc == flowlog::SymbolTable::kAbsent) return;
  const bool first = interface.vpc == flowlog::SymbolTable::kAbsent;
  if (first || symbols_.text(vpc) < symbols_.text(interface.vpc)) interface.vpc = vpc;
}

void InterfaceBook::merge(const InterfaceBook& other) {
  for (std::uint32_t symbol = 0; symbol < other.size(); ++symbol) {
    const RecordedInterface* theirs = other.find(symbol);
    if (theirs == nullptr) continue;
    RecordedInterface& interface = of(symbol);
    interface.heard.merge(theirs->heard);
    note_vpc(interface, theirs->vpc);
  }
}

void normalize(FlowRecord& record) {
  constexpr std::int64_t kFarthest = 1'000'000'000'000'000;
  record.start = std::clamp(record.start, -kFarthest, kFarthest);
  record.end = std::clamp(record.end, -kFarthest, kFarthest);
  if (!record.has_src) record.src = {};
  if (!record.has_dst) record.dst = {};
  if (!record.has_pkt_src) record.pkt_src = record.src;
  if (!record.has_pkt_dst) record.pkt_dst = record.dst;
}

std::int64_t second_after(std::int64_t time) {
  return std::min(time, kEndOfTime - 1) + 1;
}

void widen(Span& span, std::int64_t from, std::int64_t to) {
  const bool empty = span.first >= span.second;
  span.first = empty ? from : std::min(span.first, from);
  span.second = empty ? to : std::max(span.second, to);
}

Status Attribution::Lane::State::add(Flow& flow, std::uint32_t flow_log) {
  const FlowRecord& record = flow.record;
  RecordedInterface& interface = interfaces.of(record.interface);
  interface.heard.add(record.start, record.end, record.status == LogStatus::kSkipData, flow_log);
  const std::int64_t end = second_after(std::max(record.start, record.end));
  std::int64_t& longest = longest_records[flow_log];
  longest = std::max(longest, end - std::max(record.start, kBeginningOfTime));
  widen(recorded, std::max(record.start, kBeginningOfTime), end);
  interfaces.note_vpc(interface, record.vpc);
  if (record.status == LogStatus::kOk) {
    flow.side = side_by_knowledge(history, interface.known, record);
    if (flow.side == Side::kUndecided) sides_missing = true;
    if (flow.side == Side::kSource && answers_connection(record)) {
      const std::uint64_t key = std::uint64_t{record.interface} << 32U | static_cast<std::uint32_t>(record.src_port);
      widen(answered.try_emplace(key, Span{0, 0}).first->second, record.start, record.start + 1);
    }
  }
  return spool.add(flow);
}

Attribution::Lane::Lane(std::unique_ptr<State> state) : state_(std::move(state)) {}
Attribution::Lane::~Lane() = default;

Status Attribution::Lane::add(std::span<const FlowRecord> records, std::uint32_t flow_log) {
  for (const FlowRecord& record : records) {
    if (!record.has_time) continue;  // without times it belongs to no window
    Flow flow{record, Side::kUndecided};
    normalize(flow.record);
    FT_CHECK(state_->add(flow, flow_log));
  }
  return {};
}

}  // namespace flowtrail::attribution
