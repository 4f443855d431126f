#include "cloudtrail/rule_items.h"

#include <utility>

namespace flowtrail::cloudtrail {

using firewall::Direction;
using firewall::RuleSpec;
using firewall::SourceKind;

namespace {

constexpr int kUnreadableProtocol = -2;

std::optional<RuleSpec> protocol_and_ports(const Json& permission, Direction direction) {
  const int protocol = firewall::parse_protocol(text_at(permission, {"ipProtocol"}));
  if (protocol == kUnreadableProtocol) return std::nullopt;
  const auto port = [&permission](std::string_view name) {
    return static_cast<int>(number_of(member(permission, name)).value_or(-1));
  };
  return firewall::canonical_rule(direction, protocol, port("fromPort"), port("toPort"));
}

std::optional<RuleSpec> with_cidr(RuleSpec rule, const std::string& text) {
  const auto cidr = Cidr::parse(text);
  if (!cidr) return std::nullopt;
  rule.source_kind = cidr->is_v4() ? SourceKind::kCidrIpv4 : SourceKind::kCidrIpv6;
  rule.cidr = *cidr;
  return rule;
}

std::optional<RuleSpec> with_id(RuleSpec rule, SourceKind kind, std::string id, std::string account = {}) {
  if (id.empty()) return std::nullopt;
  rule.source_kind = kind;
  rule.cidr = {};
  rule.source_id = std::move(id);
  rule.source_account = std::move(account);
  return rule;
}

std::optional<std::string> description_of(const Json& object) {
  const Json& description = member(object, "description");
  if (description.is_null()) return std::nullopt;
  return text_of(description);
}

void add(std::optional<RuleSpec> spec, const Json& source, std::vector<RuleItem>& rules) {
  if (spec) rules.push_back({{}, std::move(spec), description_of(source)});
}

/// An element of a list of sources: the text itself, or the object's member.
std::string source_text(const Json& source, std::initializer_list<std::string_view> names) {
  std::string text = text_at(source, names);
  return text.empty() ? text_of(source) : text;
}

void add_sources(const Json& permission, const RuleSpec& base, std::vector<RuleItem>& rules) {
  for (const Json* group : as_list(member(permission, {"groups", "userIdGroupPairs", "userIdGroupPair"}))) {
    add(with_id(base, SourceKind::kGroup, source_text(*group, {"groupId", "groupName"}), text_at(*group, {"userId"})),
        *group, rules);
  }
  for (const Json* range : as_list(member(permission, {"ipRanges", "ipRange", "ipv4Ranges"}))) {
    add(with_cidr(base, source_text(*range, {"cidrIp"})), *range, rules);
  }
  for (const Json* range : as_list(member(permission, {"ipv6Ranges", "ipv6Range"}))) {
    add(with_cidr(base, source_text(*range, {"cidrIpv6"})), *range, rules);
  }
  for (const Json* list : as_list(member(permission, {"prefixListIds", "prefixListId"}))) {
    add(with_id(base, SourceKind::kPrefixList, source_text(*list, {"prefixListId"})), *list, rules);
  }
}

/// A source group without a protocol is EC2's oldest form: it admits all of TCP, UDP and ICMP.
std::vector<RuleSpec> flat_bases(const Json& request, Direction direction, bool has_group) {
  if (has_member(request, "ipProtocol")) {
    const auto base = protocol_and_ports(request, direction);
    return base ? std::vector<RuleSpec>{*base} : std::vector<RuleSpec>{};
  }
  if (!has_group) return {};
  return {firewall::canonical_rule(direction, 6, -1, -1), firewall::canonical_rule(direction, 17, -1, -1),
          firewall::canonical_rule(direction, 1, -1, -1)};
}

void add_flat_rules(const Json& request, Direction direction, std::vector<RuleItem>& rules) {
  const std::string group = text_at(request, {"sourceSecurityGroupId", "sourceSecurityGroupName"});
  for (const RuleSpec& base : flat_bases(request, direction, !group.empty())) {
    for (const std::string_view name : {"cidrIp", "cidrIpv6"}) {
      for (const std::string& cidr : texts_of(member(request, name), {"cidrIp", "cidrIpv6"})) {
        add(with_cidr(base, cidr), request, rules);
      }
    }
    add(with_id(base, SourceKind::kGroup, group, text_at(request, {"sourceSecurityGroupOwnerId"})), request, rules);
    add(with_id(base, SourceKind::kPrefixList, text_at(request, {"prefixListId"})), request, rules);
  }
}

}  // namespace

std::vector<RuleItem> rules_of_permissions(const Json& permissions, Direction direction) {
  std::vector<RuleItem> rules;
  for (const Json* permission : as_list(permissions)) {
    if (const auto base = protocol_and_ports(*permission, direction)) add_sources(*permission, *base, rules);
  }
  return rules;
}

std::vector<RuleItem> rules_of_request(const Json& request, Direction direction) {
  std::vector<RuleItem> rules =
      rules_of_permissions(member(request, {"ipPermissions", "ipPermission", "ipPermissionsEgress"}), direction);
  add_flat_rules(request, direction, rules);
  return rules;
}

std::vector<RuleItem> rules_of_rule_set(const Json& rule_set, Direction direction) {
  std::vector<RuleItem> rules;
  for (const Json* element : as_list(rule_set)) {
    const auto egress = flag_of(member(*element, "isEgress"));
    const Direction own = !egress ? direction : *egress ? Direction::kEgress : Direction::kIngress;
    RuleItem item{text_at(*element, {"securityGroupRuleId"}), rule_of(*element, own), description_of(*element)};
    if (item.spec || !item.rule_id.empty()) rules.push_back(std::move(item));
  }
  return rules;
}

std::optional<RuleSpec> rule_of(const Json& rule, Direction direction) {
  const auto base = protocol_and_ports(rule, direction);
  if (!base) return std::nullopt;
  if (const std::string cidr = text_at(rule, {"cidrIpv4", "cidrIpv6", "cidrIp"}); !cidr.empty()) {
    return with_cidr(*base, cidr);
  }
  if (std::string list = text_at(rule, {"prefixListId"}); !list.empty()) {
    return with_id(*base, SourceKind::kPrefixList, std::move(list));
  }
  if (std::string group = text_at(rule, {"referencedGroupId"}); !group.empty()) {
    return with_id(*base, SourceKind::kGroup, std::move(group), text_at(rule, {"referencedGroupOwnerId"}));
  }
  const Json& referenced = member(rule, {"referencedGroupInfo", "referencedGroup"});
  return with_id(*base, SourceKind::kGroup, text_at(referenced, {"groupId"}), text_at(referenced, {"userId"}));
}

}  // namespace flowtrail::cloudtrail
