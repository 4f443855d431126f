#include "sample/truth.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/utc_time.h"
#include "sample/truth_rows.h"

namespace flowtrail::sample {
namespace {

constexpr std::int64_t kDay = 86400;

Json one_case(const char* investigation, std::vector<std::string> arguments, Json rows) {
  return Json{{"investigation", investigation}, {"arguments", std::move(arguments)}, {"rows", std::move(rows)}};
}

std::string group_id(const Simulation& simulation, const std::string& name) {
  for (const GroupState& group : simulation.account.groups) {
    if (group.name == name) return group.id;
  }
  return {};
}

void add_access(const Simulation& s, const std::vector<std::string>& bounds, Json& cases) {
  const auto rows = [&](std::size_t window, const AccessQuery& query) {
    return access_rows(s.account, s.ledger, s.ledger.window(window), query);
  };
  AccessQuery query;
  query.fleet = "payment";
  query.ports = {22};
  cases.push_back(one_case("access", {"--fleet", "payment", "--port", "22"}, rows(0, query)));

  query = {};
  query.fleet = "web";
  query.by = AccessQuery::By::kInstance;
  cases.push_back(one_case("access", {"--fleet", "web", "--by", "instance"}, rows(0, query)));

  query = {};
  query.fleet = "payment";
  query.by = AccessQuery::By::kFleet;
  std::vector<std::string> arguments{"--fleet", "payment", "--by", "fleet"};
  arguments.insert(arguments.end(), bounds.begin(), bounds.end());
  cases.push_back(one_case("access", arguments, rows(1, query)));

  query = {};
  query.group = group_id(s, "bastion");
  cases.push_back(one_case("access", {"--group", query.group}, rows(0, query)));

  query = {};
  query.fleet = "cache";
  query.ports = {53, 8125};
  query.protocols = {17};
  cases.push_back(one_case("access", {"--fleet", "cache", "--port", "53,8125", "--protocol", "udp"}, rows(0, query)));

  query = {};
  query.fleet = "web";
  for (int port = 8000; port <= 8100; ++port) query.ports.insert(port);
  query.ports.insert(443);
  arguments = {"--fleet", "web", "--port", "443,8000-8100"};
  arguments.insert(arguments.end(), bounds.begin(), bounds.end());
  cases.push_back(one_case("access", arguments, rows(1, query)));

  for (const char* name : {"reporting", "analytics"}) {  // one machine under two names
    query = {};
    query.fleet = name;
    cases.push_back(one_case("access", {"--fleet", name}, rows(0, query)));
  }
}

void add_changes(const Simulation& s, const std::string& group, Span part, const std::vector<std::string>& bounds,
                 Json& cases) {
  ChangesQuery query;
  cases.push_back(one_case("sg-changes", {}, change_rows(s.account, query)));
  query.opens_to = "world";
  cases.push_back(one_case("sg-changes", {"--opens-to", "world"}, change_rows(s.account, query)));
  query = {};
  query.include_failed = true;
  cases.push_back(one_case("sg-changes", {"--include-failed"}, change_rows(s.account, query)));
  query.group = group_id(s, group);
  query.port = 22;
  cases.push_back(one_case("sg-changes", {"--group", query.group, "--port", "22", "--include-failed"},
                           change_rows(s.account, query)));
  query = {};
  query.window = part;
  query.actor_arn = s.cast.carol.arn;
  std::vector<std::string> arguments{"--actor", query.actor_arn};
  arguments.insert(arguments.end(), bounds.begin(), bounds.end());
  cases.push_back(one_case("sg-changes", arguments, change_rows(s.account, query)));
}

void add_attachments(const Simulation& s, const std::vector<std::string>& groups, Span part,
                     const std::vector<std::string>& bounds, Json& cases) {
  AttachmentsQuery query;
  query.changed_only = true;
  cases.push_back(one_case("sg-attachments", {"--changed-only"}, attachment_rows(s.account, query)));
  query.changed_only = false;
  for (const std::string& group : groups) {
    query.group = group_id(s, group);
    cases.push_back(one_case("sg-attachments", {"--group", query.group}, attachment_rows(s.account, query)));
  }
  query = {};
  query.window = part;
  cases.push_back(one_case("sg-attachments", bounds, attachment_rows(s.account, query)));
}

void add_unused_groups(const Simulation& s, Span whole, std::int64_t snapshot_time, Json& cases) {
  UnusedGroupsQuery query;
  query.window = whole;
  query.snapshot_time = snapshot_time;
  cases.push_back(one_case("unused-groups", {}, unused_group_rows(s.account, query)));
  query.all = true;
  cases.push_back(one_case("unused-groups", {"--all"}, unused_group_rows(s.account, query)));
  query.least_observed = 12 * kDay;
  cases.push_back(one_case("unused-groups", {"--all", "--min-observed", "12d"}, unused_group_rows(s.account, query)));
}

void add_unused_rules(const Simulation& s, const std::string& group, Span part, const std::vector<std::string>& bounds,
                      Json& cases) {
  const Span whole = s.ledger.heard();
  UnusedRulesQuery query;
  query.window = whole;
  const auto rows = [&](std::size_t window) {
    return unused_rule_rows(s.account, s.ledger, s.ledger.window(window), query);
  };
  cases.push_back(one_case("unused-rules", {}, rows(0)));
  query.all = true;
  cases.push_back(one_case("unused-rules", {"--all"}, rows(0)));
  query.group = group_id(s, group);
  query.least_observed = 3 * kDay;
  query.least_coverage = 0.5;
  cases.push_back(one_case(
      "unused-rules", {"--all", "--group", query.group, "--min-observed", "3d", "--min-coverage", "0.5"}, rows(0)));
  query = {};
  query.window = part;
  query.all = true;
  query.least_observed = kDay;
  std::vector<std::string> arguments{"--all", "--min-observed", "1d"};
  arguments.insert(arguments.end(), bounds.begin(), bounds.end());
  cases.push_back(one_case("unused-rules", arguments, rows(1)));
}

}  // namespace

namespace {

Span everything(const Simulation& simulation) {
  Span whole = simulation.ledger.heard();
  for (const EventRecord& event : simulation.trail.events()) {
    whole.from = std::min(whole.from, event.time);
    whole.to = std::max(whole.to, event.time + 1);
  }
  return whole;
}

std::vector<std::string> bounds_of(Span part) {
  return {"--from", format_utc(utc_from_seconds(part.from)), "--to", format_utc(utc_from_seconds(part.to))};
}

}  // namespace

Json standard_cases(const Simulation& simulation, Span part, std::int64_t snapshot_time) {
  const std::vector<std::string> bounds = bounds_of(part);
  Json cases = Json::array();
  add_access(simulation, bounds, cases);
  add_changes(simulation, "payment", part, bounds, cases);
  add_attachments(simulation, {"cache", "load-balancer"}, part, bounds, cases);
  add_unused_groups(simulation, everything(simulation), snapshot_time, cases);
  add_unused_rules(simulation, "payment", part, bounds, cases);
  return cases;
}

Json blog_cases(const Simulation& simulation, Span part) {
  const std::vector<std::string> bounds = bounds_of(part);
  Json cases = Json::array();
  const auto access = [&](const AccessQuery& query, std::size_t window, std::vector<std::string> arguments) {
    cases.push_back(
        one_case("access", std::move(arguments),
                 access_rows(simulation.account, simulation.ledger, simulation.ledger.window(window), query)));
  };
  AccessQuery query;
  query.fleet = "TestVPCLogs";
  access(query, 0, {"--fleet", "TestVPCLogs"});
  query.ports = {22};
  access(query, 0, {"--fleet", "TestVPCLogs", "--port", "22"});
  query.by = AccessQuery::By::kInstance;
  access(query, 1,
         {"--fleet", "TestVPCLogs", "--port", "22", "--by", "instance", bounds[0], bounds[1], bounds[2], bounds[3]});
  add_changes(simulation, "launch-wizard-1", part, bounds, cases);
  add_attachments(simulation, {"web-access", "spare"}, part, bounds, cases);
  add_unused_groups(simulation, everything(simulation), 0, cases);
  add_unused_rules(simulation, "launch-wizard-1", part, bounds, cases);
  return cases;
}

Json random_cases(const Simulation& simulation, Span part, std::int64_t snapshot_time) {
  const Account& account = simulation.account;
  const Ledger& ledger = simulation.ledger;
  const std::vector<std::string> bounds = bounds_of(part);
  const auto with = [](std::vector<std::string> arguments, const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  Json cases = Json::array();
  AccessQuery access;
  cases.push_back(one_case("access", {}, access_rows(account, ledger, ledger.window(0), access)));
  access.protocols = {};
  cases.push_back(one_case("access", {"--protocol", "all"}, access_rows(account, ledger, ledger.window(0), access)));
  cases.push_back(
      one_case("access", with({"--protocol", "all"}, bounds), access_rows(account, ledger, ledger.window(1), access)));
  access = {};
  access.by = AccessQuery::By::kInstance;
  // How narrow a prefix list is depends on the peer, so that merged rows have no order of their own for it.
  if (account.prefix_lists.empty()) {
    cases.push_back(one_case("access", {"--by", "instance"}, access_rows(account, ledger, ledger.window(0), access)));
  }

  ChangesQuery changes;
  cases.push_back(one_case("sg-changes", {}, change_rows(account, changes)));
  changes.include_failed = true;
  cases.push_back(one_case("sg-changes", {"--include-failed"}, change_rows(account, changes)));
  changes.window = part;
  cases.push_back(one_case("sg-changes", with({"--include-failed"}, bounds), change_rows(account, changes)));

  AttachmentsQuery attachments;
  cases.push_back(one_case("sg-attachments", {}, attachment_rows(account, attachments)));
  attachments.changed_only = true;
  cases.push_back(one_case("sg-attachments", {"--changed-only"}, attachment_rows(account, attachments)));
  attachments.window = part;
  cases.push_back(one_case("sg-attachments", with({"--changed-only"}, bounds), attachment_rows(account, attachments)));

  UnusedGroupsQuery groups;
  groups.window = everything(simulation);
  groups.snapshot_time = snapshot_time;
  if (snapshot_time > 0) groups.window.to = std::max(groups.window.to, snapshot_time + 1);
  cases.push_back(one_case("unused-groups", {}, unused_group_rows(account, groups)));
  groups.all = true;
  groups.least_observed = 6 * 3600;
  cases.push_back(one_case("unused-groups", {"--all", "--min-observed", "6h"}, unused_group_rows(account, groups)));
  groups.window = part;
  cases.push_back(
      one_case("unused-groups", with({"--all", "--min-observed", "6h"}, bounds), unused_group_rows(account, groups)));

  UnusedRulesQuery rules;
  rules.window = ledger.heard();
  rules.all = true;
  cases.push_back(one_case("unused-rules", {"--all"}, unused_rule_rows(account, ledger, ledger.window(0), rules)));
  rules.least_observed = 2 * 3600;
  rules.least_coverage = 0.7;
  const std::vector<std::string> mild{"--all", "--min-observed", "2h", "--min-coverage", "0.7"};
  cases.push_back(one_case("unused-rules", mild, unused_rule_rows(account, ledger, ledger.window(0), rules)));
  rules.window = part;
  cases.push_back(
      one_case("unused-rules", with(mild, bounds), unused_rule_rows(account, ledger, ledger.window(1), rules)));
  return cases;
}

}  // namespace flowtrail::sample
