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

// True if all are flows, and the same end is the interface's in all of them.
bool have_one_own_end(Conversation conversation) {
  const Flow& first = *conversation.front();
  return std::ranges::all_of(conversation, [&first](const Flow* flow) {
    if (flow->record.status != LogStatus::kOk || flow->side == Side::kUndecided) return false;
    const bool same_sender =
        flow->record.src_port == first.record.src_port && flow->record.pkt_src == first.record.pkt_src;
    return same_sender == (flow->side == first.side);
  });
}

}  // namespace

void settle_side(const InterfaceBook& interfaces, Flow& flow) {
  if (flow.side != Side::kUndecided) return;
  const RecordedInterface* interface = interfaces.find(flow.record.interface);
  if (interface == nullptr || interface->common == nullptr) return;
  flow.side = side_by_address(flow.record, interface->common->address);
}

FlowWorker::FlowWorker(const history::History& history, const flowlog::SymbolTable& symbols,
                       const InterfaceBook& interfaces, std::uint32_t interface_count, const CompiledRules& rules,
                       const AnsweringPorts& answering, ChunkPool& pool, std::size_t most_of_pool,
                       const std::filesystem::path& temporary_folder)
    : interfaces_(interfaces),
      answering_(answering),
      matcher_(history, rules),
      owners_(history, symbols),
      peers_(pool, most_of_pool, temporary_folder),
      sums_(kMostOpen),
      tallies_(interface_count),
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
  for (Flow* flow : conversation) settle_side(interfaces_, *flow);
  return have_one_own_end(conversation) ? attribute_one(conversation) : attribute_mixed(conversation);
}

Status FlowWorker::attribute_mixed(Conversation conversation) {
  // They are one conversation, or two when both ends are the interface's own.
  for (auto& flows : conversations_) flows.clear();
  roles_ = {};
  for (Flow* flow : conversation) {
    if (flow->record.status != LogStatus::kOk) continue;
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

void FlowWorker::count_statuses(Conversation conversation) {
  InterfaceTally& tally = tallies_[interfaces_.find(conversation.front()->record.interface)->number];
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

Status FlowWorker::attribute_one(Conversation conversation) {
  roles_ = {};
  const RecordedInterface* interface = interfaces_.find(conversation.front()->record.interface);
  const std::optional<std::uint32_t> known = interface == nullptr ? std::nullopt : interface->known;
  const Initiator common = common_initiator(conversation, known, answering_, matcher_);
  for (const Flow* flow : conversation) {
    const Initiator told = initiator_by_flags(*flow);
    FT_CHECK(fold(*flow, told != Initiator::kUnknown ? told : common, known));
  }
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
