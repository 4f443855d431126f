#include "attribution/flow_worker.h"

#include <algorithm>

namespace flowtrail::attribution {

using flowlog::Action;
using flowlog::FlowRecord;
using flowlog::LogStatus;

namespace {

// Conversations of one service of a pair follow each other, so that a few sums are in use at a time. Beyond this many
// the sums go to the spool in pieces.
constexpr std::size_t kMostOpen = 32;

bool same_pair(const FlowRecord& a, const FlowRecord& b) {
  return a.interface == b.interface && a.protocol == b.protocol &&
         ((a.pkt_src == b.pkt_src && a.pkt_dst == b.pkt_dst) || (a.pkt_src == b.pkt_dst && a.pkt_dst == b.pkt_src));
}

}  // namespace

void settle_side(const InterfaceBook& interfaces, Flow& flow) {
  if (flow.side != Side::kUndecided) return;
  const RecordedInterface* interface = interfaces.find(flow.record.interface);
  if (interface != nullptr) flow.side = side_by_address(flow.record, interface->common_address);
}

FlowWorker::FlowWorker(const history::History& history, const flowlog::SymbolTable& symbols,
                       const InterfaceBook& interfaces, const AnsweringPorts& answering,
                       std::size_t memory_budget_bytes, const std::filesystem::path& temporary_folder)
    : interfaces_(interfaces),
      answering_(answering),
      matcher_(history),
      owners_(history, symbols),
      peers_(memory_budget_bytes, temporary_folder),
      tallies_(interfaces.size()),
      rule_evidence_(history.rules.size()) {}

Status FlowWorker::attribute(Conversation conversation) {
  const FlowRecord& first = conversation.front()->record;
  if (!same_pair(pair_, first)) {
    FT_CHECK(close_sums());
    pair_ = first;
  }
  // They are one conversation, or two when both ends are the interface's own.
  for (auto& flows : conversations_) flows.clear();
  for (Flow* flow : conversation) {
    count_status(flow->record);
    if (flow->record.status != LogStatus::kOk) continue;
    settle_side(interfaces_, *flow);
    if (flow->side == Side::kUndecided) {
      FT_CHECK(fold(*flow, Initiator::kUnknown, std::nullopt));
    } else {
      conversations_[flow->own() < flow->peer() ? 0 : 1].push_back(flow);
    }
  }
  for (const auto& flows : conversations_) {
    if (!flows.empty()) FT_CHECK(attribute_one(flows));
  }
  return {};
}

Status FlowWorker::finish() {
  return close_sums();
}

void FlowWorker::count_status(const FlowRecord& record) {
  InterfaceTally& tally = tallies_[record.interface];
  widen(tally.recorded, record.start, second_after(std::max(record.start, record.end)));
  switch (record.status) {
    case LogStatus::kOk: ++tally.ok; break;
    case LogStatus::kNoData: ++tally.nodata; break;
    case LogStatus::kSkipData: ++tally.skipdata; break;
  }
}

Status FlowWorker::attribute_one(std::span<const Flow* const> flows) {
  const RecordedInterface* interface = interfaces_.find(flows.front()->record.interface);
  const std::optional<std::uint32_t> known = interface == nullptr ? std::nullopt : interface->known;
  find_initiators(flows, known, answering_, matcher_, opened_by_);
  for (std::size_t i = 0; i < flows.size(); ++i) FT_CHECK(fold(*flows[i], opened_by_[i], known));
  return {};
}

Status FlowWorker::fold(const Flow& flow, Initiator initiator, std::optional<std::uint32_t> known) {
  const FlowRecord& record = flow.record;
  PeerKey key = key_of(flow, initiator);
  key.owner = owners_.owner(record.interface, record.instance, record.start);
  FT_TRY(PeerSum* const sum, open_sum(key));
  if (initiator == Initiator::kUnknown) {
    ++direction_unknown_records_;
    sum->fold(flow, false, nullptr);
    return {};
  }
  const bool from_initiator = (initiator == Initiator::kPeer) == flow.from_peer();
  if (!from_initiator || record.action != Action::kAccept) {
    sum->fold(flow, from_initiator, nullptr);
    return {};
  }
  static const Matcher::Answer kNothing;
  const bool ingress = initiator == Initiator::kPeer;
  const Matcher::Answer* admitted = &kNothing;
  if (known) {
    admitted = &matcher_.match({.interface = *known,
                                .direction = ingress ? history::Direction::kIngress : history::Direction::kEgress,
                                .protocol = record.protocol,
                                .port = ingress ? flow.own().port : flow.peer().port,
                                .address = key.address,
                                .time = record.start});
  }
  sum->fold(flow, true, admitted);
  for (const std::uint32_t rule : admitted->rules) rule_evidence_[rule].add(record.start, record.place);
  return {};
}

Result<PeerSum*> FlowWorker::open_sum(const PeerKey& key) {
  for (std::size_t i = open_.size(); i-- > 0;) {
    if (key_of(open_[i].peer) == key) return &open_[i];
  }
  if (open_.size() == kMostOpen) FT_CHECK(close_sums());
  return &open_.emplace_back(key);
}

Status FlowWorker::close_sums() {
  for (const PeerSum& sum : open_) FT_CHECK(peers_.add(sum));
  open_.clear();
  return {};
}

}  // namespace flowtrail::attribution
