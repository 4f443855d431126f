#include "sample/statements.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace flowtrail::sample {
namespace {

/// The value at a path of object members and array positions; null where the path leads nowhere.
Json at_path(const Json& value, const std::vector<std::string>& path) {
  Json here = value;
  for (const std::string& step : path) {
    if (step == "[0]") {
      if (!here.is_array() || here.empty()) return nullptr;
      here = Json(here[0]);
    } else {
      if (!here.is_object() || !here.contains(step)) return nullptr;
      here = Json(here.at(step));
    }
  }
  return here;
}

/// `cast(json_extract(...) as varchar)`.
Json as_varchar(const Json& value) {
  if (value.is_null() || value.is_string()) return value;
  if (value.is_boolean() || value.is_number()) return value.dump();
  return nullptr;
}

/// `from_iso8601_timestamp(eventtime)` as Trino prints it: `2026-03-01 10:00:05.000 UTC`.
std::string timestamp(const Json& event) {
  std::string text = event.at("eventTime");
  text[10] = ' ';
  text.pop_back();
  return text + ".000 UTC";
}

bool is_call(const Json& event, const std::string& name) {
  return event.at("eventName") == name && event.at("eventSource") == "ec2.amazonaws.com";
}

Json statement(const std::string& file, std::vector<std::string> columns, Json rows) {
  return Json{{"file", file}, {"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

Json sorted(std::vector<Json> rows) {
  std::sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) { return a.dump() < b.dump(); });
  return Json(std::move(rows));
}

Json access_attempts(const std::vector<Json>& events, const std::vector<SeenFlow>& flows) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::int64_t> counts;
  for (const Json& event : events) {
    if (!is_call(event, "RunInstances")) continue;
    const Json launched = at_path(event, {"responseElements", "instancesSet", "items"});
    if (!launched.is_array()) continue;
    for (const Json& instance : launched) {
      if (at_path(instance, {"tagSet", "items", "[0]", "value"}) != "TestVPCLogs") continue;
      const Json network = at_path(instance, {"networkInterfaceSet", "items", "[0]"});
      const std::string interface = at_path(network, {"networkInterfaceId"});
      const std::string group = at_path(network, {"groupSet", "items", "[0]", "groupId"});
      for (const SeenFlow& flow : flows) {
        if (flow.interface_id == interface && flow.destination_port == 22) {
          ++counts[{instance.at("instanceId"), interface, flow.source, group}];
        }
      }
    }
  }
  std::vector<Json> rows;
  for (const auto& [key, count] : counts) {
    rows.push_back(Json::array({std::get<0>(key), std::get<1>(key), std::get<2>(key), count, std::get<3>(key)}));
  }
  return sorted(std::move(rows));
}

/// Rows by time, latest first; no two calls of the sample share a second.
Json latest_first(std::vector<Json> rows) {
  std::sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) { return a[0] > b[0]; });
  return Json(std::move(rows));
}

Json modified_rules(const std::vector<Json>& events) {
  std::vector<Json> rows;
  for (const Json& event : events) {
    if (event.at("eventName") != "ModifySecurityGroupRules") continue;
    const Json request = at_path(event, {"requestParameters", "ModifySecurityGroupRulesRequest"});
    const Json rule = at_path(request, {"SecurityGroupRule", "SecurityGroupRule"});
    rows.push_back(
        Json::array({timestamp(event), as_varchar(at_path(rule, {"CidrIpv4"})), as_varchar(at_path(rule, {"ToPort"})),
                     as_varchar(at_path(rule, {"IpProtocol"})), as_varchar(at_path(request, {"GroupId"}))}));
  }
  return latest_first(std::move(rows));
}

Json first_group(const Json& event) {
  return as_varchar(at_path(event, {"requestParameters", "groupSet", "items", "[0]", "groupId"}));
}

Json attached_groups(const std::vector<Json>& events) {
  std::vector<Json> rows;
  for (const Json& event : events) {
    if (!is_call(event, "ModifyNetworkInterfaceAttribute")) continue;
    rows.push_back(
        Json::array({timestamp(event), as_varchar(at_path(event, {"requestParameters", "networkInterfaceId"})),
                     first_group(event)}));
  }
  return latest_first(std::move(rows));
}

Json unused_groups(const std::vector<Json>& events) {
  std::set<std::string> attached;
  for (const Json& event : events) {
    if (!is_call(event, "CreateNetworkInterface") && !is_call(event, "ModifyNetworkInterfaceAttribute")) continue;
    if (const Json group = first_group(event); group.is_string()) attached.insert(group.get<std::string>());
  }
  std::vector<Json> rows;
  for (const Json& event : events) {
    if (!is_call(event, "AuthorizeSecurityGroupIngress")) continue;
    const Json group = as_varchar(at_path(event, {"requestParameters", "groupId"}));
    if (group.is_null() || !attached.contains(group.get<std::string>())) rows.push_back(Json::array({group}));
  }
  return sorted(std::move(rows));
}

/// The view of statement 05: groups set on an interface by name of the request, with every rule ever added to them.
std::vector<Json> rules_and_interfaces(const std::vector<Json>& events) {
  std::set<std::pair<std::string, std::string>> attached;
  for (const Json& event : events) {
    if (!is_call(event, "CreateNetworkInterface") && !is_call(event, "ModifyNetworkInterfaceAttribute")) continue;
    const Json group = first_group(event);
    const Json interface = as_varchar(at_path(event, {"requestParameters", "networkInterfaceId"}));
    if (group.is_string() && interface.is_string()) {
      attached.insert({group.get<std::string>(), interface.get<std::string>()});
    }
  }
  std::vector<Json> rows;
  for (const Json& event : events) {
    if (!is_call(event, "AuthorizeSecurityGroupIngress")) continue;
    const Json added = at_path(event, {"responseElements", "securityGroupRuleSet", "items"});
    if (!added.is_array()) continue;
    for (const Json& rule : added) {
      for (const auto& [group, interface] : attached) {
        if (rule.at("groupId") != group) continue;
        rows.push_back(
            Json::array({group, interface, rule.at("fromPort"), rule.at("toPort"), rule.at("securityGroupRuleId")}));
      }
    }
  }
  return rows;
}

Json unused_rules(const std::vector<Json>& events, const std::vector<SeenFlow>& flows) {
  std::set<std::tuple<std::string, int, std::string, std::string>> distinct;
  for (const SeenFlow& flow : flows) {
    if (flow.source.starts_with("167") || flow.source.starts_with("162")) continue;
    distinct.insert({flow.interface_id, flow.destination_port, flow.source, flow.destination});
  }
  std::vector<Json> rows;
  for (const Json& rule : rules_and_interfaces(events)) {
    for (const auto& [interface, port, source, destination] : distinct) {
      if (rule[1] != interface || destination != "10.0.13.213") continue;
      if (rule[2].get<int>() < port || rule[3].get<int>() > port)
        continue;  // as published: from >= port and to <= port
      Json row = rule;
      for (const Json& value : {Json(interface), Json(port), Json(source), Json(destination)}) row.push_back(value);
      rows.push_back(std::move(row));
    }
  }
  return sorted(std::move(rows));
}

}  // namespace

Json blog_statements(const std::vector<Json>& events, const std::vector<SeenFlow>& flows) {
  Json out = Json::array();
  out.push_back(statement("00-create-cloudtrail-table.sql", {}, Json::array()));
  out.push_back(statement("01-access-attempts-port-22.sql",
                          {"instance_id", "interface_id", "srcaddr", "ssh_access_attempt", "sg_name"},
                          access_attempts(events, flows)));
  out.push_back(statement("02-modified-rules.sql",
                          {"_col0", "new_ip_range", "new_port_range", "new_protocol", "sg_name"},
                          modified_rules(events)));
  out.push_back(
      statement("03-attached-groups.sql", {"_col0", "interface_id", "new_security_group"}, attached_groups(events)));
  out.push_back(statement("04-unused-groups.sql", {"sg_group_id"}, unused_groups(events)));
  out.push_back(statement("05-rules-and-interfaces-view.sql", {}, Json::array()));
  out.push_back(statement("06-unused-rules.sql",
                          {"sg_group_id", "interface_id", "from_port", "to_port", "sg_group_rule_id", "interface_id",
                           "dstport", "srcaddr", "dstaddr"},
                          unused_rules(events, flows)));
  return out;
}

}  // namespace flowtrail::sample
