#include "firewall/security_rule.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/letters.h"

namespace flowtrail::firewall {
namespace {

constexpr int kIcmp = 1;
constexpr int kTcp = 6;
constexpr int kUdp = 17;
constexpr int kIcmpV6 = 58;
constexpr int kUnreadable = -2;

struct NamedProtocol {
  std::string_view name;
  int number;
};
constexpr std::array<NamedProtocol, 7> kProtocols{{
    {"all", kAllProtocols},
    {"tcp", kTcp},
    {"udp", kUdp},
    {"icmp", kIcmp},
    {"icmpv6", kIcmpV6},
    {"icmp6", kIcmpV6},
    {"ipv6-icmp", kIcmpV6},
}};

std::string port_text(const RuleSpec& rule) {
  if (rule.from_port == 0 && rule.to_port == 65535) return " all ports";
  std::string text = ' ' + std::to_string(rule.from_port);
  if (rule.from_port != rule.to_port) text += '-' + std::to_string(rule.to_port);
  return text;
}

std::string icmp_text(const RuleSpec& rule) {
  std::string text;
  if (rule.from_port >= 0) text += fmt::format(" type {}", rule.from_port);
  if (rule.from_port >= 0 && rule.to_port >= 0) text += fmt::format(" code {}", rule.to_port);
  return text;
}

std::string traffic_text(const RuleSpec& rule) {
  if (rule.protocol == kAllProtocols) return "all";
  if (rule.has_ports()) return protocol_name(rule.protocol) + port_text(rule);
  if (rule.protocol == kIcmp || rule.protocol == kIcmpV6) return protocol_name(rule.protocol) + icmp_text(rule);
  return fmt::format("protocol {}", rule.protocol);
}

}  // namespace

bool RuleSpec::same_as(const RuleSpec& other) const {
  return direction == other.direction && protocol == other.protocol && from_port == other.from_port &&
         to_port == other.to_port && source_kind == other.source_kind && cidr == other.cidr &&
         source_id == other.source_id;
}

std::string RuleSpec::source_text() const {
  const bool block = source_kind == SourceKind::kCidrIpv4 || source_kind == SourceKind::kCidrIpv6;
  return block ? cidr.to_string() : source_id;
}

std::string RuleSpec::to_string() const {
  std::string text{direction_name(direction)};
  text.append(" ").append(traffic_text(*this));
  text.append(direction == Direction::kIngress ? " from " : " to ").append(source_text());
  if (source_kind == SourceKind::kGroup && !source_account.empty()) text += fmt::format(" ({})", source_account);
  return text;
}

std::string protocol_name(int protocol) {
  for (const NamedProtocol& known : kProtocols) {
    if (known.number == protocol) return std::string{known.name};
  }
  return std::to_string(protocol);
}

int parse_protocol(std::string_view text) {
  const std::string lower = flowtrail::lower(text);
  for (const NamedProtocol& known : kProtocols) {
    if (known.name == lower) return known.number;
  }
  int number = 0;
  const auto [end, code] = std::from_chars(lower.data(), lower.data() + lower.size(), number);
  if (code != std::errc{} || end != lower.data() + lower.size() || number < kAllProtocols || number > 255) {
    return kUnreadable;
  }
  return number;
}

std::string_view direction_name(Direction direction) {
  return direction == Direction::kIngress ? "ingress" : "egress";
}

std::string_view source_kind_name(SourceKind kind) {
  switch (kind) {
    case SourceKind::kCidrIpv4: return "cidr_ipv4";
    case SourceKind::kCidrIpv6: return "cidr_ipv6";
    case SourceKind::kPrefixList: return "prefix_list";
    case SourceKind::kGroup: return "group";
  }
  return "";
}

RuleSpec canonical_rule(Direction direction, int protocol, int from_port, int to_port) {
  RuleSpec rule;
  rule.direction = direction;
  rule.protocol = protocol;
  if (rule.has_ports()) {
    const bool all = from_port < 0 || to_port < 0;
    rule.from_port = all ? 0 : from_port;
    rule.to_port = all ? 65535 : to_port;
  } else if (protocol == kIcmp || protocol == kIcmpV6) {
    rule.from_port = std::max(from_port, -1);
    rule.to_port = rule.from_port < 0 ? -1 : std::max(to_port, -1);
  }
  return rule;
}

}  // namespace flowtrail::firewall
