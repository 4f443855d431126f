#include "attribution/peer_kinds.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "attribution/health_check.h"
#include "attribution/owners.h"

namespace flowtrail::attribution {
namespace {

constexpr std::string_view kHealthCheckService = "ROUTE53_HEALTHCHECKS";
constexpr std::int64_t kManyPorts = 32;

// One (interface, service port) that an address opened connections to.
struct Target {
  std::uint32_t interface = 0;
  int port = -1;
  bool noise = false;  // probe or rejected

  [[nodiscard]] auto place() const { return std::tie(interface, port); }
};

std::vector<Target> targets_of(std::span<PeerSum* const> peers) {
  std::vector<Target> targets;
  for (const PeerSum* sum : peers) {
    const Peer& peer = sum->peer;
    if (peer.direction != ConnectionDirection::kIngress) continue;
    const bool noise = peer.grade == Grade::kProbe || peer.grade == Grade::kRejected;
    targets.push_back({peer.interface, peer.service_port, noise});
  }
  std::ranges::sort(targets, [](const Target& a, const Target& b) { return a.place() < b.place(); });
  // Owners and protocols of one port are one target, which is noise when all of them are.
  std::size_t distinct = 0;
  for (const Target& target : targets) {
    if (distinct > 0 && targets[distinct - 1].place() == target.place()) {
      targets[distinct - 1].noise = targets[distinct - 1].noise && target.noise;
    } else {
      targets[distinct++] = target;
    }
  }
  targets.resize(distinct);
  return targets;
}

bool behaves_like_scanner(std::span<const Target> targets, int scanner_targets) {
  std::int64_t noise = 0;
  std::int64_t ports = 0;
  bool many_ports = false;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (i == 0 || targets[i].interface != targets[i - 1].interface) ports = 0;
    if (targets[i].port >= 0) ++ports;
    if (ports >= kManyPorts) many_ports = true;
    if (targets[i].noise) ++noise;
  }
  const auto count = static_cast<std::int64_t>(targets.size());
  return many_ports || (count >= scanner_targets && noise * 10 >= count * 9);
}

std::optional<KindJudge::Kind> scanner(const AddressFacts& facts) {
  const bool raised = facts.listed != nullptr && !facts.has_session;
  if (!raised && !facts.behaves_like_scanner) return std::nullopt;
  return KindJudge::Kind{PeerKind::kScanner, facts.listed == nullptr ? std::string{} : facts.listed->name};
}

}  // namespace

AddressFacts KindJudge::facts_of(std::span<PeerSum* const> peers) const {
  AddressFacts facts;
  facts.holders = history_.addresses_equal_to(peers.front()->peer.address);
  if (options_.scanners != nullptr) facts.listed = options_.scanners->find(peers.front()->peer.address);
  facts.has_session = std::ranges::any_of(peers, [](const PeerSum* sum) { return sum->peer.grade == Grade::kSession; });
  // Fewer peers cannot make enough targets.
  if (peers.size() >=
      std::min<std::size_t>(kManyPorts, static_cast<std::size_t>(std::max(options_.scanner_targets, 0)))) {
    facts.behaves_like_scanner = behaves_like_scanner(targets_of(peers), options_.scanner_targets);
  }
  return facts;
}

KindJudge::Kind KindJudge::decide(const Peer& peer, const RecordedInterface& interface, const PeerCounters& counters,
                                  std::uint32_t service, std::span<std::int64_t> attempts,
                                  const AddressFacts& facts) const {
  if (auto found = member(interface, utc_from_seconds(counters.first), facts)) return *found;
  const std::string& service_name = symbols_.text(service);
  if (service_name == kHealthCheckService) return {PeerKind::kHealthCheck, {}};
  const bool is_private_peer = is_private(peer.address);
  if (is_private_peer && looks_like_health_check(attempts, counters)) return {PeerKind::kHealthCheck, {}};
  if (service != 0) return {PeerKind::kAwsService, service_name};
  if (auto found = scanner(facts)) return *found;
  return {is_private_peer ? PeerKind::kPrivate : PeerKind::kPublic, {}};
}

std::optional<KindJudge::Kind> KindJudge::member(const RecordedInterface& interface, UtcSeconds first,
                                                 const AddressFacts& facts) const {
  if (facts.holders.empty()) return std::nullopt;
  const std::string_view own_vpc =
      interface.known ? history_.interfaces[*interface.known].vpc_id.text() : symbols_.text(interface.vpc);
  std::optional<std::uint32_t> best;
  const auto rank = [&](std::uint32_t index) {
    return std::pair{own_vpc.empty() || history_.interfaces[index].vpc_id != own_vpc, index};
  };
  for (const std::uint32_t index : facts.holders) {
    const history::Address& held = history_.addresses[index];
    if (!held.valid.contains(first)) continue;
    if (held.interface == interface.known) return Kind{PeerKind::kSelf, {}};
    if (!best || rank(held.interface) < rank(*best)) best = held.interface;
  }
  if (!best) return std::nullopt;
  const auto instance = history_.instance_of(*best, first);
  const std::string_view instance_id = instance ? history_.instances[*instance].instance_id.text() : std::string_view{};
  return Kind{PeerKind::kGroupMember,
              fleet_name(history_, instance_id, history_.interfaces[*best].interface_id, first)};
}

}  // namespace flowtrail::attribution
