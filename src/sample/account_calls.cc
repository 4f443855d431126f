// The calls of the simulated account: each changes the model, writes the record that CloudTrail would write (facts
// sheet, section 3), and notes the answer's rows.
#include <algorithm>
#include <tuple>

#include "base/utc_time.h"
#include "sample/account.h"

namespace flowtrail::sample {
namespace {

constexpr int kHexDigits = 16;
const Json kTrue{{"_return", true}};

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

/// The classic dialect's list: `{"items":[...]}`, and `{}` when empty.
Json items(std::vector<Json> list) {
  if (list.empty()) return Json::object();
  return Json{{"items", std::move(list)}};
}

/// The wrapped dialect's list: one element is a bare object, several are an array; each has its 1-based `tag`.
Json tagged(std::vector<Json> list) {
  int position = 0;
  for (Json& element : list) {
    Json with_tag{{"tag", ++position}};
    with_tag.update(element);
    element = std::move(with_tag);
  }
  return list.size() == 1 ? list.front() : Json(list);
}

Json answer(const Json& more) {
  Json response{{"requestId", "00000000-0000-4000-8000-000000000000"}, {"_return", true}};
  response.update(more);
  return response;
}

void put_protocol(Json& to, const RuleSpec& spec) {
  to["ipProtocol"] = spec.protocol == firewall::kAllProtocols ? "-1" : firewall::protocol_name(spec.protocol);
  to["fromPort"] = spec.from_port;
  to["toPort"] = spec.to_port;
}

void put_description(Json& to, const std::string& description) {
  if (!description.empty()) to["description"] = description;
}

/// `securityGroupRuleSet.items[]`.
Json rule_json(const RuleState& rule, const std::string& group_id, const std::string& account) {
  Json out{{"groupOwnerId", account},
           {"groupId", group_id},
           {"securityGroupRuleId", rule.id},
           {"isEgress", rule.spec.direction == Direction::kEgress}};
  put_protocol(out, rule.spec);
  switch (rule.spec.source_kind) {
    case firewall::SourceKind::kCidrIpv4: out["cidrIpv4"] = rule.spec.source_text(); break;
    case firewall::SourceKind::kCidrIpv6: out["cidrIpv6"] = rule.spec.source_text(); break;
    case firewall::SourceKind::kPrefixList: out["prefixListId"] = rule.spec.source_id; break;
    case firewall::SourceKind::kGroup:
      out["referencedGroupInfo"] =
          Json{{"groupId", rule.spec.source_id},
               {"userId", rule.spec.source_account.empty() ? account : rule.spec.source_account}};
      break;
  }
  put_description(out, rule.description);
  return out;
}

/// The wrapped dialect's PascalCase rule of ModifySecurityGroupRules.
Json modify_json(const NewRule& change) {
  const RuleSpec& spec = change.spec;
  Json out{{"IpProtocol", spec.protocol == firewall::kAllProtocols ? "-1" : firewall::protocol_name(spec.protocol)},
           {"FromPort", spec.from_port},
           {"ToPort", spec.to_port}};
  switch (spec.source_kind) {
    case firewall::SourceKind::kCidrIpv4: out["CidrIpv4"] = spec.source_text(); break;
    case firewall::SourceKind::kCidrIpv6: out["CidrIpv6"] = spec.source_text(); break;
    case firewall::SourceKind::kPrefixList: out["PrefixListId"] = spec.source_id; break;
    case firewall::SourceKind::kGroup: out["ReferencedGroupId"] = spec.source_id; break;
  }
  if (!change.description.empty()) out["Description"] = change.description;
  return out;
}

Json wrapped(const std::string& action, Json body) {
  return Json{{action + "Request", std::move(body)}};
}

Json wrapped_answer(const std::string& action, const Json& body) {
  Json response{{"xmlns", "http://ec2.amazonaws.com/doc/2016-11-15/"},
                {"requestId", "00000000-0000-4000-8000-000000000000"},
                {"return", true}};
  response.update(body);
  return Json{{action + "Response", std::move(response)}};
}

}  // namespace

Json permissions_json(const std::vector<NewRule>& rules, const std::string& account) {
  std::vector<Json> list;
  std::vector<std::tuple<int, int, int>> keys;
  for (const NewRule& rule : rules) {
    const RuleSpec& spec = rule.spec;
    const std::tuple<int, int, int> key{spec.protocol, spec.from_port, spec.to_port};
    const auto known = std::find(keys.begin(), keys.end(), key);
    const auto position = static_cast<std::size_t>(known - keys.begin());
    if (known == keys.end()) {
      keys.push_back(key);
      Json permission;
      put_protocol(permission, spec);
      for (const char* member : {"groups", "ipRanges", "ipv6Ranges", "prefixListIds"}) {
        permission[member] = Json::object();
      }
      list.push_back(std::move(permission));
    }
    Json source;
    const char* member = "ipRanges";
    switch (spec.source_kind) {
      case firewall::SourceKind::kCidrIpv4: source["cidrIp"] = spec.source_text(); break;
      case firewall::SourceKind::kCidrIpv6:
        member = "ipv6Ranges";
        source["cidrIpv6"] = spec.source_text();
        break;
      case firewall::SourceKind::kPrefixList:
        member = "prefixListIds";
        source["prefixListId"] = spec.source_id;
        break;
      case firewall::SourceKind::kGroup:
        member = "groups";
        source["userId"] = spec.source_account.empty() ? account : spec.source_account;
        source["groupId"] = spec.source_id;
        break;
    }
    put_description(source, rule.description);
    list[position][member]["items"].push_back(std::move(source));
  }
  return items(std::move(list));
}

// --- groups and rules ------------------------------------------------------------------------------------------------

int Account::create_group(std::int64_t time, const Actor& actor, const std::string& vpc, const std::string& name,
                          const std::string& description) {
  const int index = new_group(vpc, name, description, time);
  Json response = answer({{"groupId", group(index).id}, {"tagSet", items({Json{{"key", "Name"}, {"value", name}}})}});
  const int event =
      trail_.add({time, &actor, "CreateSecurityGroup",
                  Json{{"groupName", name}, {"groupDescription", description}, {"vpcId", vpc}}, response});
  group_ref(index).created_event = event;
  mention(index, time);
  const int egress =
      new_rule(index, make_rule(Direction::kEgress, firewall::kAllProtocols, -1, -1, "0.0.0.0/0"), "", time, event);
  rule_ref(egress).default_egress = true;
  note_rule("group-created", event, index, -1, {}, {});
  return index;
}

void Account::delete_group(std::int64_t time, const Actor& actor, int index) {
  const int event = trail_.add({time, &actor, "DeleteSecurityGroup", Json{{"groupId", group(index).id}},
                                answer({{"groupId", group(index).id}})});
  mention(index, time);
  note_rule("group-deleted", event, index, -1, {}, {});
  group_ref(index).life.to = time;
  for (const int rule_index : rules_of_group[at(index)]) {
    if (rule(rule_index).span.contains(time)) rule_ref(rule_index).span.to = time;
  }
}

std::vector<int> Account::authorize(std::int64_t time, const Actor& actor, int group_index,
                                    const std::vector<NewRule>& added, bool flat) {
  const Direction direction = added.front().spec.direction;
  std::vector<int> made;
  std::vector<Json> answers;
  for (const NewRule& rule : added) {
    made.push_back(new_rule(group_index, rule.spec, rule.description, time, -1));
    rule_ref(made.back()).id_visible = true;
    answers.push_back(rule_json(rules.back(), group(group_index).id, number));
  }
  Json request{{"groupId", group(group_index).id}};
  if (flat) {
    request["ipPermissions"] = Json::object();
    put_protocol(request, added.front().spec);
    request["cidrIp"] = added.front().spec.source_text();
  } else {
    request["ipPermissions"] = permissions_json(added, number);
  }
  const bool ingress = direction == Direction::kIngress;
  const int event =
      trail_.add({time, &actor, ingress ? "AuthorizeSecurityGroupIngress" : "AuthorizeSecurityGroupEgress", request,
                  answer({{"securityGroupRuleSet", items(std::move(answers))}})});
  mention(group_index, time);
  for (const int index : made) {
    rule_ref(index).from_event = event;
    mention_source(rule(index).spec, time);
  }
  for (const int index : made) {
    note_rule("rule-added", event, group_index, index, {}, rule(index).spec);
    rule_changes.back().after_description = rule(index).description;
  }
  return made;
}

void Account::revoke(std::int64_t time, const Actor& actor, const std::vector<int>& gone, RevokeForm form,
                     bool tell_revoked) {
  const RuleState& first = rule(gone.front());
  const int group_index = first.group;
  const bool ingress = first.spec.direction == Direction::kIngress;
  Json request{{"groupId", group(group_index).id}, {"ipPermissions", Json::object()}};
  std::vector<Json> ids, revoked;
  std::vector<NewRule> by_value;
  for (const int index : gone) {
    ids.push_back(Json{{"securityGroupRuleId", rule(index).id}});
    revoked.push_back(rule_json(rule(index), group(group_index).id, number));
    by_value.push_back({rule(index).spec, ""});
  }
  if (form == RevokeForm::kById) {
    request["securityGroupRuleIds"] = items(std::move(ids));
  } else if (form == RevokeForm::kByValue) {
    request["ipPermissions"] = permissions_json(by_value, number);
  } else {
    put_protocol(request, first.spec);
    request["cidrIp"] = first.spec.source_text();
  }
  Json response = answer(Json::object());
  if (tell_revoked) response["revokedSecurityGroupRuleSet"] = items(std::move(revoked));
  const int event = trail_.add(
      {time, &actor, ingress ? "RevokeSecurityGroupIngress" : "RevokeSecurityGroupEgress", request, response});
  mention(group_index, time);
  for (const int index : gone) {
    rule_ref(index).span.to = time;
    mention_source(rule(index).spec, time);
    if (tell_revoked || form == RevokeForm::kById) rule_ref(index).id_visible = true;
    note_rule("rule-removed", event, group_index, index, rule(index).spec, {});
    rule_changes.back().before_description = rule(index).description;
    // What only the snapshot would have told is gone before it.
    const bool untold = rule(index).span.from == kBeforeTrail && time < snapshot_time && !tell_revoked;
    if (untold) rule_changes.back().before_description.clear();
  }
}

std::vector<int> Account::modify(std::int64_t time, const Actor& actor,
                                 const std::vector<std::pair<int, NewRule>>& changes) {
  const int group_index = rule(changes.front().first).group;
  std::vector<Json> list;
  for (const auto& [index, change] : changes) {
    list.push_back(Json{{"SecurityGroupRuleId", rule(index).id}, {"SecurityGroupRule", modify_json(change)}});
  }
  const int event = trail_.add({time, &actor, "ModifySecurityGroupRules",
                                wrapped("ModifySecurityGroupRules", {{"GroupId", group(group_index).id},
                                                                     {"SecurityGroupRule", tagged(std::move(list))}}),
                                wrapped_answer("ModifySecurityGroupRules", Json::object())});
  mention(group_index, time);
  std::vector<int> made;
  for (const auto& [index, change] : changes) {
    const std::string id = rule(index).id;
    rule_ref(index).span.to = time;
    rule_ref(index).id_visible = true;
    made.push_back(new_rule(group_index, change.spec, change.description, time, event));
    rules.back().id = id;
    rules.back().id_visible = true;
    mention_source(change.spec, time);
  }
  for (std::size_t i = 0; i < made.size(); ++i) {
    note_rule("rule-modified", event, group_index, made[i], rule(changes[i].first).spec, rule(made[i]).spec);
    rule_changes.back().before_description = rule(changes[i].first).description;
    rule_changes.back().after_description = changes[i].second.description;
  }
  return made;
}

void Account::describe(std::int64_t time, const Actor& actor, const std::vector<std::pair<int, std::string>>& changes,
                       bool by_id) {
  const RuleState& first = rule(changes.front().first);
  const int group_index = first.group;
  const std::string action = first.spec.direction == Direction::kIngress ? "UpdateSecurityGroupRuleDescriptionsIngress"
                                                                         : "UpdateSecurityGroupRuleDescriptionsEgress";
  Json body{{"GroupId", group(group_index).id}};
  std::vector<Json> list;
  for (const auto& [index, text] : changes) {
    const RuleSpec& spec = rule(index).spec;
    if (by_id) {
      list.push_back(Json{{"SecurityGroupRuleId", rule(index).id}, {"Description", text}});
    } else {
      list.push_back(Json{{"IpProtocol", firewall::protocol_name(spec.protocol)},
                          {"FromPort", spec.from_port},
                          {"ToPort", spec.to_port},
                          {"IpRanges", tagged({Json{{"CidrIp", spec.source_text()}, {"Description", text}}})}});
    }
  }
  body[by_id ? "SecurityGroupRuleDescription" : "IpPermissions"] = tagged(std::move(list));
  const int event =
      trail_.add({time, &actor, action, wrapped(action, std::move(body)), wrapped_answer(action, Json::object())});
  mention(group_index, time);
  for (const auto& [index, text] : changes) {
    if (by_id) rule_ref(index).id_visible = true;
    note_rule("description-changed", event, group_index, index, rule(index).spec, rule(index).spec);
    rule_changes.back().before_description = rule(index).description;
    rule_changes.back().after_description = text;
    rule_ref(index).description = text;
  }
}

void Account::failed_authorize(std::int64_t time, const Actor& actor, int group_index, const RuleSpec& spec) {
  Call call{time,
            &actor,
            spec.direction == Direction::kIngress ? "AuthorizeSecurityGroupIngress" : "AuthorizeSecurityGroupEgress",
            Json{{"groupId", group(group_index).id}, {"ipPermissions", permissions_json({{spec, ""}}, number)}},
            {}};
  call.error_code = "Client.UnauthorizedOperation";
  call.error_message = "You are not authorized to perform this operation.";
  const int event = trail_.add(call);
  note_rule("failed", event, group_index, -1, {}, spec);
  rule_changes.back().error_code = call.error_code;
}

void Account::failed_revoke(std::int64_t time, const Actor& actor, int group_index, const RuleSpec& spec) {
  std::vector<NewRule> asked{{spec, ""}};
  Json permissions = permissions_json(asked, number);
  if (spec.protocol == firewall::kAllProtocols) {
    permissions["items"][0]["fromPort"] = 0;  // as Terraform writes "all"
    permissions["items"][0]["toPort"] = 0;
  }
  Call call{time,
            &actor,
            spec.direction == Direction::kIngress ? "RevokeSecurityGroupIngress" : "RevokeSecurityGroupEgress",
            Json{{"groupId", group(group_index).id}, {"ipPermissions", std::move(permissions)}},
            {}};
  call.error_code = "Client.InvalidPermission.NotFound";
  call.error_message = "The specified rule does not exist in this security group.";
  const int event = trail_.add(call);
  note_rule("failed", event, group_index, -1, {}, spec);
  rule_changes.back().error_code = call.error_code;
}

void Account::terraform_drops_default_egress(std::int64_t time, const Actor& actor, int group_index) {
  const int egress = rules_of_group[at(group_index)].front();
  Json permissions = permissions_json({{rule(egress).spec, ""}}, number);
  permissions["items"][0]["fromPort"] = 0;
  permissions["items"][0]["toPort"] = 0;
  const int event = trail_.add({time, &actor, "RevokeSecurityGroupEgress",
                                Json{{"groupId", group(group_index).id}, {"ipPermissions", permissions}}, kTrue});
  rule_ref(egress).span.to = time;
  note_rule("rule-removed", event, group_index, egress, rule(egress).spec, {});
  failed_revoke(time + 1, actor, group_index, make_rule(Direction::kEgress, firewall::kAllProtocols, -1, -1, "::/0"));
}

// --- instances and interfaces ----------------------------------------------------------------------------------------

Json Account::group_items(const std::vector<int>& with, bool names) const {
  std::vector<Json> list;
  for (const int index : with) {
    Json item{{"groupId", group(index).id}};
    if (names) item["groupName"] = group(index).name;
    list.push_back(std::move(item));
  }
  return items(std::move(list));
}

Json Account::interface_json(int index, const std::vector<int>& with) const {
  const InterfaceState& state = interface(index);
  std::vector<Json> privates, ipv6;
  for (const AddressState& address : state.addresses) {
    if (address.address.is_v4()) {
      privates.push_back(Json{{"privateIpAddress", address.address.to_string()}, {"primary", address.primary}});
    } else {
      ipv6.push_back(Json{{"ipv6Address", address.address.to_string()}});
    }
  }
  return Json{{"networkInterfaceId", state.id},
              {"subnetId", subnets[at(state.subnet)].id},
              {"vpcId", subnets[at(state.subnet)].vpc},
              {"ownerId", number},
              {"privateIpAddress", primary_address(index).to_string()},
              {"groupSet", group_items(with, true)},
              {"privateIpAddressesSet", Json{{"item", privates}}},
              {"ipv6AddressesSet", items(std::move(ipv6))},
              {"tagSet", Json::object()}};
}

Json Account::instance_json(int index, const LaunchSpec& launch, std::int64_t time) const {
  const InstanceState& state = instance(index);
  Json network = interface_json(state.primary_interface, launch.groups);
  const std::string& attachment = interface(state.primary_interface).links.front().attachment_id;
  network["attachment"] = Json{{"attachmentId", attachment},
                               {"deviceIndex", 0},
                               {"status", "attaching"},
                               {"attachTime", time * 1000},
                               {"deleteOnTermination", true}};
  Json out{{"instanceId", state.id},
           {"imageId", "ami-0123456789abcdef0"},
           {"instanceState", Json{{"code", 0}, {"name", "pending"}}},
           {"instanceType", "t3.micro"},
           {"launchTime", time * 1000},
           {"vpcId", subnets[at(state.subnet)].vpc},
           {"subnetId", subnets[at(state.subnet)].id},
           {"privateIpAddress", primary_address(state.primary_interface).to_string()},
           {"groupSet", group_items(launch.groups, true)}};
  const bool tagged_now = launch.tags_in_launch && !launch.name.empty();
  out["tagSet"] = tagged_now ? items({Json{{"key", "Name"}, {"value", launch.name}}}) : Json::object();
  out["networkInterfaceSet"] = items({std::move(network)});
  return out;
}

std::vector<int> Account::run_instances(std::int64_t time, const Actor& actor, const LaunchSpec& launch) {
  std::vector<int> made;
  std::vector<Json> answers;
  for (int i = 0; i < launch.count; ++i) made.push_back(new_instance(launch, time));
  for (const int index : made) answers.push_back(instance_json(index, launch, time));

  Json request{
      {"instancesSet",
       items({Json{{"imageId", "ami-0123456789abcdef0"}, {"minCount", launch.count}, {"maxCount", launch.count}}})}};
  if (launch.from_template) {
    request["launchTemplate"] = Json{{"launchTemplateName", launch.name}, {"version", "1"}};
    request["clientToken"] = "fleet-" + random_.uuid();
  } else {
    request["networkInterfaceSet"] = items({Json{{"deviceIndex", 0},
                                                 {"subnetId", subnets[at(launch.subnet)].id},
                                                 {"associatePublicIpAddress", false},
                                                 {"groupSet", group_items(launch.groups, false)}}});
  }
  request["instanceType"] = "t3.micro";
  Json response{{"requestId", "00000000-0000-4000-8000-000000000000"},
                {"reservationId", "r-0" + random_.hex(kHexDigits)},
                {"ownerId", number},
                {"groupSet", Json::object()},
                {"instancesSet", items(std::move(answers))}};
  const int event = trail_.add({time, &actor, "RunInstances", request, response});
  for (const int group : launch.groups) mention(group, time);
  for (const int index : made) {
    AttachmentMade note;
    note.kind = "created-with";
    note.event = event;
    note.interface = instance(index).primary_interface;
    note.instance_id = instance(index).id;
    note.resource = "instance/" + note.instance_id;
    note.after = group_ids_at(note.interface, time);
    attachment_changes.push_back(std::move(note));
  }
  if (!launch.tags_in_launch && !launch.name.empty()) {
    std::vector<Json> resources;
    for (const int index : made) resources.push_back(Json{{"resourceId", instance(index).id}});
    trail_.add({time + 2, &actor, "CreateTags",
                Json{{"resourcesSet", items(std::move(resources))},
                     {"tagSet", items({Json{{"key", "Name"}, {"value", launch.name}}})}},
                kTrue});
  }
  return made;
}

void Account::terminate(std::int64_t time, const Actor& actor, const std::vector<int>& gone) {
  std::vector<Json> asked, answers;
  for (const int index : gone) {
    asked.push_back(Json{{"instanceId", instance(index).id}});
    answers.push_back(Json{{"instanceId", instance(index).id},
                           {"currentState", Json{{"code", 32}, {"name", "shutting-down"}}},
                           {"previousState", Json{{"code", 16}, {"name", "running"}}}});
  }
  const int event = trail_.add(
      {time, &actor, "TerminateInstances", Json{{"instancesSet", items(std::move(asked))}},
       Json{{"requestId", "00000000-0000-4000-8000-000000000000"}, {"instancesSet", items(std::move(answers))}}});
  for (const int index : gone) {
    const int eni = instance(index).primary_interface;
    AttachmentMade note;
    note.kind = "removed-with";
    note.event = event;
    note.interface = eni;
    note.instance_id = instance(index).id;
    note.resource = "instance/" + note.instance_id;
    note.before = group_ids_at(eni, time);
    attachment_changes.push_back(std::move(note));
    end_interface(eni, time);
    instances[at(index)].life.to = time;
  }
}

void Account::tag_name(std::int64_t time, const Actor& actor, const std::vector<int>& renamed,
                       const std::string& name) {
  std::vector<Json> resources;
  for (const int index : renamed) {
    resources.push_back(Json{{"resourceId", instance(index).id}});
    instances[at(index)].names.push_back({name, time});
  }
  trail_.add(
      {time, &actor, "CreateTags",
       Json{{"resourcesSet", items(std::move(resources))}, {"tagSet", items({Json{{"key", "Name"}, {"value", name}}})}},
       kTrue});
}

int Account::create_interface(std::int64_t time, const Actor& actor, int subnet, const std::vector<int>& with,
                              const std::string& description, const std::string& requester) {
  const int index = new_interface(subnet, time, false, 0);
  InterfaceState& state = interface_ref(index);
  state.description = description;
  state.requester_id = requester;
  state.delete_on_termination = false;
  for (const int group : with) join(index, group, time);
  Json network = interface_json(index, with);
  network["description"] = description;
  network["requesterManaged"] = !requester.empty();
  if (!requester.empty()) network["requesterId"] = requester;
  network["status"] = "pending";
  network["interfaceType"] = "interface";
  const int event = trail_.add({time, &actor, "CreateNetworkInterface",
                                Json{{"subnetId", subnets[at(subnet)].id},
                                     {"description", description},
                                     {"groupSet", group_items(with, false)},
                                     {"privateIpAddressesSet", Json::object()}},
                                answer({{"networkInterface", network}})});
  for (const int group : with) mention(group, time);
  AttachmentMade note;
  note.kind = "created-with";
  note.event = event;
  note.interface = index;
  note.after = group_ids_at(index, time);
  attachment_changes.push_back(std::move(note));
  return index;
}

void Account::attach_interface(std::int64_t time, const Actor& actor, int index, int to, int device_index) {
  const std::string attachment = "eni-attach-0" + random_.hex(kHexDigits);
  interface_ref(index).links.push_back({to, device_index, {time, kStillThere}, attachment});
  trail_.add(
      {time, &actor, "AttachNetworkInterface",
       Json{
           {"networkInterfaceId", interface(index).id}, {"instanceId", instance(to).id}, {"deviceIndex", device_index}},
       answer({{"attachmentId", attachment}})});
}

void Account::detach_interface(std::int64_t time, const Actor& actor, int index) {
  InstanceLink& link = interface_ref(index).links.back();
  link.span.to = time;
  trail_.add(
      {time, &actor, "DetachNetworkInterface", Json{{"attachmentId", link.attachment_id}, {"force", false}}, kTrue});
}

void Account::delete_interface(std::int64_t time, const Actor& actor, int index) {
  const int event =
      trail_.add({time, &actor, "DeleteNetworkInterface", Json{{"networkInterfaceId", interface(index).id}}, kTrue});
  AttachmentMade note;
  note.kind = "removed-with";
  note.event = event;
  note.interface = index;
  note.before = group_ids_at(index, time);
  attachment_changes.push_back(std::move(note));
  end_interface(index, time);
}

void Account::set_interface_groups(std::int64_t time, const Actor& actor, int index, const std::vector<int>& with) {
  const int event =
      trail_.add({time, &actor, "ModifyNetworkInterfaceAttribute",
                  Json{{"networkInterfaceId", interface(index).id}, {"groupSet", group_items(with, false)}}, kTrue});
  replace_groups(time, index, with, event);
}

void Account::set_source_check(std::int64_t time, const Actor& actor, int index) {
  trail_.add({time, &actor, "ModifyNetworkInterfaceAttribute",
              Json{{"networkInterfaceId", interface(index).id}, {"sourceDestCheck", Json{{"value", false}}}}, kTrue});
}

void Account::set_instance_groups(std::int64_t time, const Actor& actor, int index, const std::vector<int>& with) {
  const int event =
      trail_.add({time, &actor, "ModifyInstanceAttribute",
                  Json{{"instanceId", instance(index).id}, {"groupSet", group_items(with, false)}}, kTrue});
  replace_groups(time, instance(index).primary_interface, with, event);
}

void Account::assign_address(std::int64_t time, const Actor& actor, int index) {
  const IpAddress address = next_address(interface(index).subnet, time);
  add_address(index, address, false, time);
  const Json set = items({Json{{"privateIpAddress", address.to_string()}}});
  trail_.add(
      {time, &actor, "AssignPrivateIpAddresses",
       Json{{"networkInterfaceId", interface(index).id}, {"privateIpAddressesSet", set}, {"allowReassignment", false}},
       answer({{"networkInterfaceId", interface(index).id}, {"assignedPrivateIpAddressesSet", set}})});
}

// --- prefix lists and services ---------------------------------------------------------------------------------------

namespace {

std::vector<Json> entry_list(const std::vector<Cidr>& entries) {
  std::vector<Json> list;
  for (const Cidr& entry : entries) list.push_back(Json{{"Cidr", entry.to_string()}, {"Description", "office"}});
  return list;
}

}  // namespace

int Account::create_prefix_list(std::int64_t time, const Actor& actor, const std::string& name,
                                std::vector<Cidr> entries) {
  const std::string id = "pl-0" + random_.hex(kHexDigits);
  const std::string action = "CreateManagedPrefixList";
  trail_.add({time, &actor, action,
              wrapped(action, {{"PrefixListName", name},
                               {"MaxEntries", 10},
                               {"AddressFamily", "IPv4"},
                               {"Entry", tagged(entry_list(entries))}}),
              wrapped_answer(action, {{"prefixList", Json{{"prefixListId", id},
                                                          {"prefixListName", name},
                                                          {"addressFamily", "IPv4"},
                                                          {"state", "create-in-progress"},
                                                          {"maxEntries", 10},
                                                          {"version", 1},
                                                          {"ownerId", number}}}})});
  prefix_lists.push_back({id, name, {{std::move(entries), {time, kStillThere}}}});
  return static_cast<int>(prefix_lists.size()) - 1;
}

void Account::modify_prefix_list(std::int64_t time, const Actor& actor, int list, const std::vector<Cidr>& added,
                                 const std::vector<Cidr>& removed) {
  PrefixListState& state = prefix_lists[at(list)];
  const auto version = static_cast<std::int64_t>(state.versions.size());
  Json body{{"PrefixListId", state.id}, {"CurrentVersion", version}};
  if (!added.empty()) body["AddEntry"] = tagged(entry_list(added));
  if (!removed.empty()) {
    std::vector<Json> gone;
    for (const Cidr& entry : removed) gone.push_back(Json{{"Cidr", entry.to_string()}});
    body["RemoveEntry"] = tagged(std::move(gone));
  }
  const std::string action = "ModifyManagedPrefixList";
  trail_.add({time, &actor, action, wrapped(action, std::move(body)),
              wrapped_answer(action, {{"prefixList", Json{{"prefixListId", state.id},
                                                          {"prefixListName", state.name},
                                                          {"state", "modify-in-progress"},
                                                          {"version", version + 1}}}})});
  std::vector<Cidr> entries = state.versions.back().entries;
  for (const Cidr& entry : removed) std::erase(entries, entry);
  entries.insert(entries.end(), added.begin(), added.end());
  state.versions.back().span.to = time;
  state.versions.push_back({std::move(entries), {time, kStillThere}});
}

void Account::create_function(std::int64_t time, const Actor& actor, const std::string& name, int subnet, int group) {
  const Subnet& place = subnets[at(subnet)];
  const Json config{{"subnetIds", Json::array({place.id})}, {"securityGroupIds", Json::array({this->group(group).id})}};
  Json response_config = config;
  response_config["vpcId"] = place.vpc;
  Call call{time, &actor, "CreateFunction20150331",
            Json{{"functionName", name}, {"runtime", "python3.12"}, {"vpcConfig", config}},
            Json{{"functionName", name},
                 {"functionArn", "arn:aws:lambda:" + region + ":" + number + ":function:" + name},
                 {"vpcConfig", response_config}}};
  call.source = "lambda.amazonaws.com";
  note_resource(time, trail_.add(call), "lambda/" + name, {group});
}

void Account::create_database(std::int64_t time, const Actor& actor, const std::string& name, int group) {
  const std::string id = this->group(group).id;
  Call call{time, &actor, "CreateDBInstance",
            Json{{"dBInstanceIdentifier", name}, {"engine", "postgres"}, {"vpcSecurityGroupIds", Json::array({id})}},
            Json{{"dBInstanceIdentifier", name},
                 {"engine", "postgres"},
                 {"vpcSecurityGroups", Json::array({Json{{"vpcSecurityGroupId", id}, {"status", "active"}}})},
                 {"dBSubnetGroup", Json{{"vpcId", this->group(group).vpc}}}}};
  call.source = "rds.amazonaws.com";
  note_resource(time, trail_.add(call), "rds/" + name, {group});
}

void Account::create_launch_template(std::int64_t time, const Actor& actor, const std::string& name,
                                     const std::vector<int>& with) {
  std::vector<Json> ids;
  for (const int index : with) ids.push_back(Json{{"content", group(index).id}});
  const std::string action = "CreateLaunchTemplate";
  const int event = trail_.add(
      {time, &actor, action,
       wrapped(action, {{"LaunchTemplateName", name},
                        {"LaunchTemplateData",
                         Json{{"InstanceType", "t3.micro"}, {"SecurityGroupId", tagged(std::move(ids))}}}}),
       wrapped_answer(action, {{"launchTemplate", Json{{"launchTemplateId", "lt-0" + random_.hex(kHexDigits)},
                                                       {"launchTemplateName", name},
                                                       {"defaultVersionNumber", 1},
                                                       {"latestVersionNumber", 1}}}})});
  note_resource(time, event, "launch-template/" + name, with);
}

void Account::create_load_balancer(std::int64_t time, const Actor& actor, const std::string& name, int subnet,
                                   int group) {
  const std::string id = this->group(group).id;
  const Subnet& place = subnets[at(subnet)];
  Call call{
      time, &actor, "CreateLoadBalancer",
      Json{{"name", name},
           {"type", "application"},
           {"scheme", "internet-facing"},
           {"subnets", Json::array({place.id})},
           {"securityGroups", Json::array({id})}},
      Json{{"loadBalancers",
            Json::array({Json{{"loadBalancerArn", "arn:aws:elasticloadbalancing:" + region + ":" + number +
                                                      ":loadbalancer/app/" + name + "/" + random_.hex(kHexDigits)},
                              {"loadBalancerName", name},
                              {"vpcId", place.vpc},
                              {"type", "application"},
                              {"securityGroups", Json::array({id})}}})}}};
  call.source = "elasticloadbalancing.amazonaws.com";
  note_resource(time, trail_.add(call), "elbv2/" + name, {group});
}

void Account::noise_event(std::int64_t time, const Actor& actor, int kind) {
  Call call{time, &actor, "DescribeSecurityGroups", Json{{"securityGroupSet", Json::object()}}, nullptr};
  call.read_only = true;
  if (kind == 1) {
    call.name = "DescribeInstances";
    call.request = Json{{"instancesSet", Json::object()}, {"filterSet", Json::object()}};
  } else if (kind == 2) {
    call.name = "RunInstances";
    call.request =
        Json{{"instancesSet", items({Json{{"imageId", "ami-0123456789abcdef0"}, {"minCount", 1}, {"maxCount", 1}}})},
             {"instanceType", "p4d.24xlarge"}};
    call.read_only = false;
    call.error_code = "Client.VcpuLimitExceeded";
    call.error_message = "You have requested more vCPU capacity than your current vCPU limit allows.";
  } else if (kind == 3) {
    call.name = "GetBucketAcl";
    call.source = "s3.amazonaws.com";
    call.request = Json{{"bucketName", "sample-bucket"}};
  }
  trail_.add(call);
}

}  // namespace flowtrail::sample
