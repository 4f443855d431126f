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
      sums_(kMostOpen),
      tallies_(interfaces.size()),
      rule_evidence_(history.rules.size()) {}

bool FlowWorker::Pair::holds(const FlowRecord& record) const {
  if (record.interface != interface || record.protocol != protocol) return false;
  return (record.pkt_src == one && record.pkt_dst == other) || (record.pkt_src == other && record.pkt_dst == one);
}

Status FlowWorker::attribute(Conversation conversation) {
  const FlowRecord& first = conversation.front()->record;
  if (!pair_.holds(first)) {
    FT_CHECK(close_sums());
    pair_ = {first.interface, first.protocol, first.pkt_src, first.pkt_dst};
  }
  count_statuses(conversation);
  // They are one conversation, or two when both ends are the interface's own.
  for (auto& flows : conversations_) flows.clear();
  roles_ = {};
  for (Flow* flow : conversation) {
    if (flow->record.status != LogStatus::kOk) continue;
    settle_side(interfaces_, *flow);
    if (flow->side == Side::kUndecided) {
      FT_CHECK(fold(*flow, Initiator::kUnknown, std::nullopt));
    } else {
      conversations_[flow->own() < flow->peer() ? 0 : 1].push_back(flow);
    }
  }
  for (const auto& flows : conversations_) {
    if (flows.empty()) continue;
    roles_ = {};
    FT_CHECK(attribute_one(flows));
  }
  return {};
}

Status FlowWorker::finish() {
  return close_sums();
}

void FlowWorker::count_statuses(Conversation conversation) {
  InterfaceTally& tally = tallies_[conversation.front()->record.interface];
  for (const Flow* flow : conversation) {
    const FlowRecord& record = flow->record;
    widen(tally.recorded, record.start, second_after(std::max(record.start, record.end)));
    switch (record.status) {
      case LogStatus::kOk: ++tally.ok; break;
      case LogStatus::kNoData: ++tally.nodata; break;
      case LogStatus::kSkipData: ++tally.skipdata; break;
    }
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
  const std::uint32_t owner = owners_.owner(record.interface, record.instance, record.start);
  Role& role = roles_[static_cast<std::size_t>(initiator)];
  if (role.sum == nullptr || role.key.owner != owner || initiator == Initiator::kUnknown) {
    PeerKey key = key_of(flow, initiator);
    key.owner = owner;
    FT_TRY(PeerSum* const sum, open_sum(key));
    roles_[static_cast<std::size_t>(initiator)] = {key, sum};
  }
  PeerSum& sum = *role.sum;
  if (initiator == Initiator::kUnknown) {
    ++direction_unknown_records_;
    sum.fold(flow, false, nullptr);
    return {};
  }
  const bool from_initiator = (initiator == Initiator::kPeer) == flow.from_peer();
  if (!from_initiator || record.action != Action::kAccept) {
    sum.fold(flow, from_initiator, nullptr);
    return {};
  }
  const Matcher::Answer& rules = admitted(flow, role.key, known);
  sum.fold(flow, true, &rules);
  for (const std::uint32_t rule : rules.rules) rule_evidence_[rule].add(record.start, record.place);
  return {};
}

const Matcher::Answer& FlowWorker::admitted(const Flow& flow, const PeerKey& key, std::optional<std::uint32_t> known) {
  static const Matcher::Answer kNothing;
  if (!known) return kNothing;
  const bool ingress = key.direction == ConnectionDirection::kIngress;
  return matcher_.match({.interface = *known,
                         .direction = ingress ? history::Direction::kIngress : history::Direction::kEgress,
                         .protocol = flow.record.protocol,
                         .port = ingress ? flow.own().port : flow.peer().port,
                         .address = key.address,
                         .time = flow.record.start});
}

Result<PeerSum*> FlowWorker::open_sum(const PeerKey& key) {
  for (std::size_t i = open_; i-- > 0;) {
    if (key_of(sums_[i].peer) == key) return &sums_[i];
  }
  if (open_ == kMostOpen) FT_CHECK(close_sums());
  sums_[open_].begin(key);
  return &sums_[open_++];
}

Status FlowWorker::close_sums() {
  for (const PeerSum& sum : std::span(sums_).first(open_)) FT_CHECK(peers_.add(sum));
  open_ = 0;
  roles_ = {};
  return {};
}

}  // namespace flowtrail::attribution
