// Rows of `sg-changes` and `sg-attachments`: both are lists of what the calls did, in order of time.
#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "sample/truth_rows.h"

namespace flowtrail::sample {
namespace {

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

Json mfa_json(const Actor& actor) {
  return actor.mfa ? Json(*actor.mfa) : Json(nullptr);
}

Json rule_json(const std::optional<RuleSpec>& spec, const std::string& description) {
  if (!spec) return nullptr;
  return Json{{"protocol", firewall::protocol_name(spec->protocol)},
              {"from_port", spec->from_port < 0 ? Json(nullptr) : Json(spec->from_port)},
              {"to_port", spec->to_port < 0 ? Json(nullptr) : Json(spec->to_port)},
              {"source_kind", firewall::source_kind_name(spec->source_kind)},
              {"source", spec->source_text()},
              {"description", text_or_null(description)}};
}

Json change_json(const Account& account, const RuleChangeMade& made, bool include_failed) {
  const EventRecord& event = account.trail().event(made.event);
  const Actor& actor = *event.actor;
  const GroupState& group = account.group(made.group);
  const RuleSpec* spec = made.after ? &*made.after : made.before ? &*made.before : nullptr;
  Json row{{"event_time", time_or_null(event.time)},
           {"account_id", account.number},
           {"region", account.region},
           {"group_id", group.id},
           {"group_name", group.name},
           {"vpc_id", group.vpc},
           {"change", made.change}};
  const bool has_id = made.rule >= 0 && account.rule(made.rule).id_visible;
  row["rule_id"] = has_id ? Json(account.rule(made.rule).id) : Json(nullptr);
  row["direction"] = spec != nullptr ? Json(firewall::direction_name(spec->direction)) : Json(nullptr);
  row["before"] = made.before ? Json(made.before->to_string()) : Json(nullptr);
  row["after"] = made.after ? Json(made.after->to_string()) : Json(nullptr);
  row["before_rule"] = rule_json(made.before, made.before_description);
  row["after_rule"] = rule_json(made.after, made.after_description);
  row["opens_to"] = text_or_null(made.opens_to);
  row["port_class"] = text_or_null(made.port_class);
  row["interfaces_affected"] = made.interfaces_affected;
  row["actor_arn"] = actor.arn;
  row["actor_type"] = actor.type;
  row["actor_name"] = actor.name;
  row["via"] = actor.via;
  row["mfa"] = mfa_json(actor);
  row["source_ip"] = actor.source_ip;
  row["user_agent"] = actor.user_agent;
  row["event_name"] = event.name;
  row["event_id"] = event.id;
  if (include_failed) row["error_code"] = text_or_null(made.error_code);
  return row;
}

bool touches_port(const RuleChangeMade& made, int port) {
  for (const std::optional<RuleSpec>& spec : {made.before, made.after}) {
    if (!spec) continue;
    if (spec->protocol == firewall::kAllProtocols) return true;
    if (spec->has_ports() && spec->from_port <= port && port <= spec->to_port) return true;
  }
  return false;
}

}  // namespace

Json change_rows(const Account& account, const ChangesQuery& query) {
  std::vector<std::tuple<std::int64_t, std::string, bool, std::string, std::string, std::string, Json>> rows;
  for (const RuleChangeMade& made : account.rule_changes) {
    const EventRecord& event = account.trail().event(made.event);
    if (!query.window.contains(event.time)) continue;
    if (made.change == "failed" && !query.include_failed) continue;
    if (!query.opens_to.empty() && made.opens_to != query.opens_to) continue;
    if (!query.actor_arn.empty() && event.actor->arn != query.actor_arn) continue;
    if (!query.group.empty() && account.group(made.group).id != query.group) continue;
    if (query.port && !touches_port(made, *query.port)) continue;
    Json row = change_json(account, made, query.include_failed);
    const auto text = [&](const char* column) {
      return row.at(column).is_null() ? std::string{} : row.at(column).get<std::string>();
    };
    rows.emplace_back(event.time, event.id, row.at("rule_id").is_null(), text("rule_id"), text("before"), text("after"),
                      row);
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), std::get<1>(a), std::get<2>(a), std::get<3>(a), std::get<4>(a), std::get<5>(a)) <
           std::tie(std::get<0>(b), std::get<1>(b), std::get<2>(b), std::get<3>(b), std::get<4>(b), std::get<5>(b));
  });
  Json out = Json::array();
  for (auto& row : rows) out.push_back(std::move(std::get<6>(row)));
  return out;
}

Json attachment_rows(const Account& account, const AttachmentsQuery& query) {
  std::unordered_map<std::string_view, int> instances;  // by id
  for (int index = 0; index < static_cast<int>(account.instances.size()); ++index) {
    instances.emplace(account.instance(index).id, index);
  }
  std::vector<std::tuple<std::int64_t, std::string, bool, std::string, Json>> rows;
  for (const AttachmentMade& made : account.attachment_changes) {
    const EventRecord& event = account.trail().event(made.event);
    if (!query.window.contains(event.time)) continue;
    if (query.changed_only && made.kind == "created-with") continue;
    std::vector<std::string> added, removed;
    std::set_difference(made.after.begin(), made.after.end(), made.before.begin(), made.before.end(),
                        std::back_inserter(added));
    std::set_difference(made.before.begin(), made.before.end(), made.after.begin(), made.after.end(),
                        std::back_inserter(removed));
    if (added.empty() && removed.empty()) continue;
    const auto names = [&](const std::vector<std::string>& ids) {
      return std::find(ids.begin(), ids.end(), query.group) != ids.end();
    };
    if (!query.group.empty() && !names(added) && !names(removed)) continue;
    const bool is_interface = made.interface >= 0;
    const Actor& actor = *event.actor;
    Json row{{"event_time", time_or_null(event.time)}, {"account_id", account.number}, {"region", account.region}};
    row["interface_id"] = is_interface ? Json(account.interface(made.interface).id) : Json(nullptr);
    row["instance_id"] = text_or_null(made.instance_id);
    row["resource"] = text_or_null(made.resource);
    std::string name, vpc;
    if (is_interface) {
      vpc = account.subnets[at(account.interface(made.interface).subnet)].vpc;
      const auto instance = instances.find(made.instance_id);
      if (instance != instances.end()) name = account.instance_name(instance->second, event.time);
    }
    if (!is_interface) {  // a service resource lies where its first group does
      for (const GroupState& group : account.groups) {
        if (group.id == (made.after.empty() ? made.before : made.after).front()) vpc = group.vpc;
      }
    }
    row["name"] = text_or_null(name);
    row["vpc_id"] = text_or_null(vpc);
    row["before_groups"] = made.before;
    row["after_groups"] = made.after;
    row["added"] = added;
    row["removed"] = removed;
    row["kind"] = made.kind;
    row["actor_arn"] = actor.arn;
    row["actor_name"] = actor.name;
    row["via"] = actor.via;
    row["source_ip"] = actor.source_ip;
    row["user_agent"] = actor.user_agent;
    row["event_name"] = event.name;
    row["event_id"] = event.id;
    rows.emplace_back(event.time, event.id, !is_interface,
                      is_interface ? account.interface(made.interface).id : std::string{}, std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), std::get<1>(a), std::get<2>(a), std::get<3>(a)) <
           std::tie(std::get<0>(b), std::get<1>(b), std::get<2>(b), std::get<3>(b));
  });
  Json out = Json::array();
  for (auto& row : rows) out.push_back(std::move(std::get<4>(row)));
  return out;
}

}  // namespace flowtrail::sample
