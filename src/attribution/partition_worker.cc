#include "attribution/partition_worker.h"

#include <algorithm>

namespace flowtrail::attribution {

using flowlog::Action;
using flowlog::FlowRecord;
using flowlog::LogStatus;

void settle_side(const InterfaceBook& interfaces, Flow& flow) {
  if (flow.side != Side::kUndecided) return;
  const RecordedInterface* interface = interfaces.find(flow.record.interface);
  if (interface != nullptr) flow.side = side_by_address(flow.record, interface->common_address);
}

PartitionWorker::PartitionWorker(const history::History& history, const flowlog::SymbolTable& symbols,
                                 const InterfaceBook& interfaces, const AnsweringPorts& answering)
    : interfaces_(interfaces),
      answering_(answering),
      matcher_(history),
      owners_(history, symbols),
      tallies_(interfaces.size()),
      rule_evidence_(history.rules.size()) {}

void PartitionWorker::attribute(const Conversations& conversations) {
  std::size_t at = 0;
  for (const std::size_t end : conversations.ends) {
    // Records between the same endpoints. They are one conversation, or two when both ends are the interface's own.
    for (auto& conversation : conversations_) conversation.clear();
    for (; at < end; ++at) {
      Flow& flow = *conversations.flows[at];
      count_status(flow.record);
      if (flow.record.status != LogStatus::kOk) continue;
      settle_side(interfaces_, flow);
      if (flow.side == Side::kUndecided) {
        fold(flow, Initiator::kUnknown, std::nullopt);
      } else {
        conversations_[flow.own() < flow.peer() ? 0 : 1].push_back(&flow);
      }
    }
    for (const auto& conversation : conversations_) {
      if (!conversation.empty()) attribute_conversation(conversation);
    }
  }
}

void PartitionWorker::count_status(const FlowRecord& record) {
  InterfaceTally& tally = tallies_[record.interface];
  widen(tally.recorded, record.start, second_after(std::max(record.start, record.end)));
  switch (record.status) {
    case LogStatus::kOk: ++tally.ok; break;
    case LogStatus::kNoData: ++tally.nodata; break;
    case LogStatus::kSkipData: ++tally.skipdata; break;
  }
}

void PartitionWorker::attribute_conversation(std::span<const Flow* const> flows) {
  const RecordedInterface* interface = interfaces_.find(flows.front()->record.interface);
  const std::optional<std::uint32_t> known = interface == nullptr ? std::nullopt : interface->known;
  const std::vector<Initiator> opened_by = initiators(flows, known, answering_, matcher_);
  for (std::size_t i = 0; i < flows.size(); ++i) fold(*flows[i], opened_by[i], known);
}

void PartitionWorker::fold(const Flow& flow, Initiator initiator, std::optional<std::uint32_t> known) {
  const FlowRecord& record = flow.record;
  PeerKey key = key_of(flow, initiator);
  key.owner = owners_.owner(record.interface, record.instance, record.start);
  const std::size_t index = peers_.entry(key);
  if (initiator == Initiator::kUnknown) {
    ++direction_unknown_records_;
    peers_.fold(index, flow, false, nullptr);
    return;
  }
  const bool from_initiator = (initiator == Initiator::kPeer) == flow.from_peer();
  if (!from_initiator || record.action != Action::kAccept) {
    peers_.fold(index, flow, from_initiator, nullptr);
    return;
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
  peers_.fold(index, flow, true, admitted);
  for (const std::uint32_t rule : admitted->rules) rule_evidence_[rule].add(record.start, record.place);
}

}  // namespace flowtrail::attribution
