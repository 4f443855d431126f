#include "attribution/conversation.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "attribution/service_ports.h"

namespace flowtrail::attribution {
namespace {

using flowlog::Action;
using flowlog::FlowRecord;
using history::Direction;
using Conversation = std::span<Flow* const>;

Initiator sender(const Flow& flow) {
  return flow.from_peer() ? Initiator::kPeer : Initiator::kInterface;
}
bool earlier(const Flow* a, const Flow* b) {
  return std::pair{a->record.start, a->record.place} < std::pair{b->record.start, b->record.place};
}

Initiator by_mirror(Conversation conversation) {
  std::optional<std::int64_t> from_peer;
  std::optional<std::int64_t> from_interface;
  for (const Flow* flow : conversation) {
    std::optional<std::int64_t>& least = flow->from_peer() ? from_peer : from_interface;
    least = std::min(least.value_or(flow->record.start), flow->record.start);
  }
  if (!from_peer || !from_interface || *from_peer == *from_interface) return Initiator::kUnknown;
  return *from_peer < *from_interface ? Initiator::kPeer : Initiator::kInterface;
}

Initiator by_ports(const Flow& flow, const AnsweringPorts& answering) {
  if (flow.record.protocol != kTcp && flow.record.protocol != kUdp) return Initiator::kUnknown;
  const std::int32_t own = flow.own().port;
  const std::int32_t peer = flow.peer().port;
  if (own < 0 || peer < 0) return Initiator::kUnknown;
  int own_rank = service_rank(own, false);
  if (own_rank > 1 && answering.contains(flow.record.interface, own)) own_rank = service_rank(own, true);
  const int peer_rank = service_rank(peer, false);
  if (own_rank == peer_rank) return Initiator::kUnknown;
  return own_rank < peer_rank ? Initiator::kPeer : Initiator::kInterface;
}

// Security groups are stateful and never refuse a reply.
Initiator by_refusal(Conversation conversation) {
  const bool one_sender = std::ranges::all_of(
      conversation, [&](const Flow* flow) { return flow->from_peer() == conversation.front()->from_peer(); });
  const bool all_rejected =
      std::ranges::all_of(conversation, [](const Flow* flow) { return flow->record.action == Action::kReject; });
  return one_sender && all_rejected ? sender(*conversation.front()) : Initiator::kUnknown;
}

Initiator by_rules_at(const Flow& flow, std::uint32_t interface, Matcher& matcher) {
  const FlowRecord& record = flow.record;
  const IpAddress peer = flow.peer().address;
  const auto admitted = [&](Direction direction, std::int32_t port) {
    return !matcher.match({interface, direction, record.protocol, port, peer, record.start}).rules.empty();
  };
  const bool peer_admitted = admitted(Direction::kIngress, flow.own().port);
  const bool interface_admitted = admitted(Direction::kEgress, flow.peer().port);
  if (peer_admitted == interface_admitted) return Initiator::kUnknown;
  return peer_admitted ? Initiator::kPeer : Initiator::kInterface;
}

Initiator by_rules(Conversation conversation, std::uint32_t interface, Matcher& matcher) {
  std::vector<const Flow*> ordered(conversation.begin(), conversation.end());
  std::ranges::sort(ordered, earlier);
  for (const Flow* flow : ordered) {
    const Initiator answer = by_rules_at(*flow, interface, matcher);
    if (answer != Initiator::kUnknown) return answer;
  }
  return Initiator::kUnknown;
}

}  // namespace

Initiator common_initiator(Conversation conversation, std::optional<std::uint32_t> interface,
                           const AnsweringPorts& answering, Matcher& matcher) {
  const Flow* first_with_flags = nullptr;
  Initiator common = Initiator::kUnknown;
  for (const Flow* flow : conversation) {
    const Initiator told = initiator_by_flags(*flow);
    if (told == Initiator::kUnknown) continue;
    if (first_with_flags != nullptr && earlier(first_with_flags, flow)) continue;
    first_with_flags = flow;
    common = told;
  }
  if (common == Initiator::kUnknown) common = by_mirror(conversation);
  if (common == Initiator::kUnknown) common = by_ports(*conversation.front(), answering);
  if (common == Initiator::kUnknown) common = by_refusal(conversation);
  if (common == Initiator::kUnknown && interface) common = by_rules(conversation, *interface, matcher);
  return common;
}

}  // namespace flowtrail::attribution
