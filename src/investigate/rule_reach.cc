#include "investigate/rule_reach.h"

#include <algorithm>
#include <array>

#include "attribution/attribution.h"

namespace flowtrail::investigate {
namespace {

using firewall::RuleSpec;
using firewall::SourceKind;

constexpr int kWideIpv4 = 16;  // shorter prefixes are wide
constexpr int kWideIpv6 = 32;

constexpr std::array<PortRange, 8> kAdminPorts{
    {{22, 22}, {23, 23}, {2375, 2376}, {3389, 3389}, {5900, 5900}, {5985, 5986}, {6443, 6443}, {10250, 10250}}};
constexpr std::array<PortRange, 14> kDatabasePorts{{{1433, 1434},
                                                    {1521, 1521},
                                                    {3306, 3306},
                                                    {5432, 5432},
                                                    {5439, 5439},
                                                    {6379, 6379},
                                                    {7000, 7001},
                                                    {8182, 8182},
                                                    {9042, 9042},
                                                    {9200, 9200},
                                                    {9300, 9300},
                                                    {11211, 11211},
                                                    {27017, 27019},
                                                    {50000, 50000}}};

bool meets(const auto& ranges, const RuleSpec& rule) {
  return std::ranges::any_of(ranges, [&rule](const PortRange& range) {
    return rule.from_port <= range.second && range.first <= rule.to_port;
  });
}

/// `other` admits every port and protocol of `rule`, in its direction.
bool admits_traffic_of(const RuleSpec& other, const RuleSpec& rule) {
  if (other.direction != rule.direction) return false;
  if (other.protocol == firewall::kAllProtocols) return true;
  if (other.protocol != rule.protocol) return false;
  return !rule.has_ports() || (other.from_port <= rule.from_port && rule.to_port <= other.to_port);
}

bool is_wide(const Cidr& block) {
  return block.prefix_length() < (block.is_v4() ? kWideIpv4 : kWideIpv6);
}

/// The rule's blocks complete, with other rules of the group, what they alone leave open.
bool completes_world(const history::History& history, std::uint32_t group, const RuleSpec& rule,
                     const std::vector<Cidr>& blocks, UtcSeconds time) {
  std::vector<Cidr> others;
  for (const std::uint32_t index : history.rules_of_group(group)) {
    const history::Rule& other = history.rules[index];
    if (!other.valid.contains(time) || other.spec.same_as(rule) || !admits_traffic_of(other.spec, rule)) continue;
    const std::vector<Cidr> more = source_blocks(history, other.spec, time);
    others.insert(others.end(), more.begin(), more.end());
  }
  std::vector<Cidr> together = others;
  together.insert(together.end(), blocks.begin(), blocks.end());
  return (covers_family(together, true) && !covers_family(others, true)) ||
         (covers_family(together, false) && !covers_family(others, false));
}

}  // namespace

std::string_view port_class(const RuleSpec& rule) {
  if (rule.protocol == firewall::kAllProtocols) return "all";
  if (!rule.has_ports()) return "other";
  if (rule.from_port <= 0 && rule.to_port >= 65535) return "all";
  if (meets(kAdminPorts, rule)) return "admin";
  return meets(kDatabasePorts, rule) ? "database" : "other";
}

bool covers_family(std::vector<Cidr> blocks, bool v4) {
  std::erase_if(blocks, [v4](const Cidr& block) { return block.is_v4() != v4; });
  std::ranges::sort(blocks, {}, [](const Cidr& block) { return block.network(); });
  const Cidr family{v4 ? IpAddress::from_v4(0) : IpAddress{}, 0};
  IpAddress next = family.network();  // the least address not covered so far
  for (const Cidr& block : blocks) {
    if (block.network() > next) return false;
    const IpAddress last = block.last();
    if (last >= family.last()) return true;
    if (last < next) continue;
    next = last.low() == ~std::uint64_t{0} ? IpAddress{last.high() + 1, 0} : IpAddress{last.high(), last.low() + 1};
  }
  return false;
}

std::vector<Cidr> source_blocks(const history::History& history, const RuleSpec& rule, UtcSeconds time) {
  if (rule.source_kind == SourceKind::kGroup) return {};
  if (rule.source_kind != SourceKind::kPrefixList) return {rule.cidr};
  for (const std::uint32_t index : history.versions_of_prefix_list(rule.source_id)) {
    if (history.prefix_lists[index].valid.contains(time)) return history.prefix_lists[index].entries;
  }
  return {};
}

std::optional<std::string> opens_to(const history::History& history, std::uint32_t group,
                                    const std::optional<RuleSpec>& before, const RuleSpec& after, UtcSeconds time,
                                    const std::vector<WatchRange>& watch) {
  if (before && attribution::covers(history, *before, after, time)) return std::nullopt;
  const std::vector<Cidr> blocks = source_blocks(history, after, time);
  if (covers_family(blocks, true) || covers_family(blocks, false)) return "world";
  if (!blocks.empty() && completes_world(history, group, after, blocks, time)) return "world";
  if (std::ranges::any_of(blocks, is_wide)) return "wide";
  const WatchRange* listed = nullptr;
  for (const WatchRange& range : watch) {
    const bool overlaps = std::ranges::any_of(blocks, [&range](const Cidr& block) {
      return block.is_v4() == range.range.is_v4() && (block.contains(range.range) || range.range.contains(block));
    });
    if (!overlaps) continue;
    const bool narrower = listed == nullptr || range.range.prefix_length() > listed->range.prefix_length() ||
                          (range.range.prefix_length() == listed->range.prefix_length() && range.name < listed->name);
    if (narrower) listed = &range;
  }
  if (listed != nullptr) return "listed:" + listed->name;
  return "peer";
}

}  // namespace flowtrail::investigate
