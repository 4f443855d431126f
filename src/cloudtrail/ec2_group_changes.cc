// Security groups and their rules (facts sheet, section 3.1).
#include <algorithm>
#include <utility>

#include "cloudtrail/ec2_changes.h"
#include "cloudtrail/rule_items.h"

namespace flowtrail::cloudtrail::ec2 {

using firewall::Direction;
using firewall::RuleSpec;

namespace {

GroupName group_of(const Call& call) {
  GroupName group{text_at(call.request, {"groupId"}), text_at(call.request, {"groupName"}),
                  text_at(call.request, {"vpcId"})};
  // Old calls put an id where the name belongs.
  if (group.id.empty() && group.name.starts_with("sg-")) std::swap(group.id, group.name);
  return group;
}

/// Rules of a response name the group by id even where the request did not.
void take_group_id(const Json& rule_set, GroupName& group) {
  if (!group.id.empty()) return;
  for (const Json* rule : as_list(rule_set)) {
    if (group.id = text_at(*rule, {"groupId"}); !group.id.empty()) return;
  }
}

const RuleItem* find_same(const std::vector<RuleItem>& rules, const RuleSpec& spec) {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&spec](const RuleItem& rule) { return rule.spec && rule.spec->same_as(spec); });
  return found == rules.end() ? nullptr : &*found;
}

/// Request and response list their rules in different orders: they are paired by content.
void take_details(const std::vector<RuleItem>& from, std::vector<RuleItem>& rules) {
  for (RuleItem& rule : rules) {
    const RuleItem* same = rule.spec ? find_same(from, *rule.spec) : nullptr;
    if (same == nullptr) continue;
    if (!rule.description) rule.description = same->description;
    if (rule.spec->source_account.empty()) rule.spec->source_account = same->spec->source_account;
  }
}

void authorize(const Call& call, Direction direction, Changes& changes) {
  RulesAuthorized change{group_of(call), {}};
  const Json& rule_set = member(call.response, {"securityGroupRuleSet", "securityGroupRules"});
  std::vector<RuleItem> asked = rules_of_request(call.request, direction);
  change.rules = rules_of_rule_set(rule_set, direction);
  if (change.rules.empty()) {
    change.rules = std::move(asked);
  } else {
    take_group_id(rule_set, change.group);
    take_details(asked, change.rules);
  }
  if (!change.rules.empty()) changes.emplace_back(std::move(change));
}

std::vector<RuleItem> rules_named_by_id(const Json& request) {
  std::vector<RuleItem> rules;
  for (std::string& id :
       texts_of(member(request, {"securityGroupRuleIds", "securityGroupRuleId"}), {"securityGroupRuleId"})) {
    rules.push_back({std::move(id), std::nullopt, std::nullopt});
  }
  return rules;
}

void revoke(const Call& call, Direction direction, Changes& changes) {
  RulesRevoked change;
  change.group = group_of(call);
  change.direction = direction;
  for (RuleItem& rule : rules_of_permissions(member(call.response, "unknownIpPermissionSet"), direction)) {
    change.unknown.push_back(*std::move(rule.spec));
  }
  const Json& revoked = member(call.response, {"revokedSecurityGroupRuleSet", "revokedSecurityGroupRules"});
  change.rules = rules_of_rule_set(revoked, direction);
  if (!change.rules.empty()) {
    take_group_id(revoked, change.group);
  } else {
    change.rules = rules_of_request(call.request, direction);
    std::erase_if(change.rules, [&change](const RuleItem& rule) {
      return std::any_of(change.unknown.begin(), change.unknown.end(),
                         [&rule](const RuleSpec& unknown) { return rule.spec->same_as(unknown); });
    });
    std::vector<RuleItem> by_id = rules_named_by_id(call.request);
    std::move(by_id.begin(), by_id.end(), std::back_inserter(change.rules));
  }
  if (!change.rules.empty() || !change.unknown.empty()) changes.emplace_back(std::move(change));
}

void update_descriptions(const Call& call, Direction direction, Changes& changes) {
  RuleDescriptionsUpdated change{group_of(call), rules_of_request(call.request, direction)};
  for (const Json* rule : as_list(member(call.request, {"securityGroupRuleDescription", "securityGroupRuleDescriptions",
                                                        "securityGroupRuleDescriptionSet"}))) {
    if (std::string id = text_at(*rule, {"securityGroupRuleId"}); !id.empty()) {
      change.rules.push_back({std::move(id), std::nullopt, text_at(*rule, {"description"})});
    }
  }
  // A description that is not given is removed.
  for (RuleItem& rule : change.rules) {
    if (!rule.description) rule.description = "";
  }
  if (!change.rules.empty()) changes.emplace_back(std::move(change));
}

void change_vpc_association(const Call& call, bool associated, Changes& changes) {
  GroupVpcAssociation change{group_of(call), text_at(call.request, {"vpcId"}), associated};
  change.group.vpc_id.clear();  // the VPC is not the group's own
  if (!change.vpc_id.empty()) changes.emplace_back(std::move(change));
}

}  // namespace

void create_security_group(const Call& call, Changes& changes) {
  GroupCreated change;
  change.group_id = text_at(call.response, {"groupId"});
  change.name = text_at(call.request, {"groupName"});
  change.description = text_at(call.request, {"groupDescription", "description"});
  change.vpc_id = text_at(call.request, {"vpcId"});
  change.owner = call.event.account;
  if (change.group_id.empty() && !call.event.failed()) return;
  const std::string id = change.group_id;
  changes.emplace_back(std::move(change));
  add_creation_tags(call, id, member(call.response, "tagSet"), "security-group", changes);
}

void delete_security_group(const Call& call, Changes& changes) {
  GroupDeleted change{group_of(call)};
  if (change.group.id.empty()) change.group.id = text_at(call.response, {"groupId"});
  if (!change.group.id.empty() || !change.group.name.empty()) changes.emplace_back(std::move(change));
}

void authorize_ingress(const Call& call, Changes& changes) {
  authorize(call, Direction::kIngress, changes);
}
void authorize_egress(const Call& call, Changes& changes) {
  authorize(call, Direction::kEgress, changes);
}
void revoke_ingress(const Call& call, Changes& changes) {
  revoke(call, Direction::kIngress, changes);
}
void revoke_egress(const Call& call, Changes& changes) {
  revoke(call, Direction::kEgress, changes);
}

void modify_security_group_rules(const Call& call, Changes& changes) {
  RulesModified change{group_of(call), {}};
  for (const Json* update :
       as_list(member(call.request, {"securityGroupRule", "securityGroupRules", "securityGroupRuleSet"}))) {
    std::string id = text_at(*update, {"securityGroupRuleId"});
    const Json& rule = member(*update, "securityGroupRule");
    if (id.empty()) continue;
    change.rules.push_back({std::move(id), rule_of(rule, Direction::kIngress), text_at(rule, {"description"})});
  }
  if (!change.rules.empty()) changes.emplace_back(std::move(change));
}

void update_ingress_descriptions(const Call& call, Changes& changes) {
  update_descriptions(call, Direction::kIngress, changes);
}

void update_egress_descriptions(const Call& call, Changes& changes) {
  update_descriptions(call, Direction::kEgress, changes);
}

void associate_security_group_vpc(const Call& call, Changes& changes) {
  change_vpc_association(call, true, changes);
}

void disassociate_security_group_vpc(const Call& call, Changes& changes) {
  change_vpc_association(call, false, changes);
}

}  // namespace flowtrail::cloudtrail::ec2
