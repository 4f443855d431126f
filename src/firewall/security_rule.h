// What one security-group rule says: direction, protocol, ports and one source. Shared by everything that reads,
// compares or prints rules.
// Format: Amazon EC2 API, SecurityGroupRule; semantics: AWS VPC User Guide, "Security group rules".
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ip_address.h"

namespace flowtrail::firewall {

enum class Direction : std::uint8_t { kIngress, kEgress };
enum class SourceKind : std::uint8_t { kCidrIpv4, kCidrIpv6, kPrefixList, kGroup };

constexpr int kAllProtocols = -1;

/// One rule in canonical form, so that equal rules compare equal however they were typed:
/// protocol is the IANA number (or kAllProtocols); ports are from..to inclusive for TCP and UDP; type and code for ICMP
/// and ICMPv6 (-1 = all); both -1 for every other protocol and for kAllProtocols. TCP/UDP given as -1 means 0-65535.
/// For every source but a CIDR block `cidr` is the default value; `source_id` is a pl- or sg- id, `source_account` the
/// account of a referenced group when the log tells it (not part of a rule's identity: requests often omit it).
struct RuleSpec {
  Direction direction = Direction::kIngress;
  int protocol = kAllProtocols;
  int from_port = -1;
  int to_port = -1;
  SourceKind source_kind = SourceKind::kCidrIpv4;
  Cidr cidr;
  std::string source_id;
  std::string source_account;

  /// Same traffic admitted; `source_account` does not count.
  [[nodiscard]] bool same_as(const RuleSpec& other) const;
  [[nodiscard]] bool has_ports() const { return protocol == 6 || protocol == 17; }

  /// The source alone: `0.0.0.0/0`, `pl-0abc`, `sg-0abc`.
  [[nodiscard]] std::string source_text() const;
  /// `ingress tcp 22 from 0.0.0.0/0`, `egress all to sg-0abc (111122223333)`, `ingress icmp type 8 code 0
  /// from 10.0.0.0/8`, `ingress udp 1000-2000 from pl-0abc`, `egress protocol 50 to 10.0.0.0/8`. TCP or UDP over all
  /// ports is `tcp all ports`.
  [[nodiscard]] std::string to_string() const;
};

/// `tcp`, `udp`, `icmp`, `icmpv6`, `all`, else the number.
[[nodiscard]] std::string protocol_name(int protocol);
/// Reads `tcp`, `TCP`, `6`, `-1`, `all`, `icmpv6`, `58`. Returns -2 for text that is neither.
[[nodiscard]] int parse_protocol(std::string_view text);
[[nodiscard]] std::string_view direction_name(Direction direction);  // ingress, egress
[[nodiscard]] std::string_view source_kind_name(SourceKind kind);    // cidr_ipv4, cidr_ipv6, prefix_list, group

/// Builds the canonical form from an API's protocol text and ports (absent ports are -1).
[[nodiscard]] RuleSpec canonical_rule(Direction direction, int protocol, int from_port, int to_port);

}  // namespace flowtrail::firewall
