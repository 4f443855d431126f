#include "cloudtrail/logging_changes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <unordered_map>

#include "base/text_hash.h"

namespace flowtrail::cloudtrail {

namespace {

void say(std::string text, Changes& changes) {
  changes.emplace_back(LoggingChanged{std::move(text)});
}

std::vector<std::string> flow_log_ids(const Json& value, std::initializer_list<std::string_view> names) {
  return texts_of(member(value, names), {"flowLogId"});
}

void create_flow_logs(const Call& call, Changes& changes) {
  const auto ids = flow_log_ids(call.response, {"flowLogIdSet", "flowLogIds"});
  const auto resources = texts_of(member(call.request, {"resourceId", "resourceIds"}), {"resourceId"});
  const std::string traffic = text_at(call.request, {"trafficType"});
  if (ids.empty() && !call.event.failed()) return;
  say(fmt::format("flow logs {} created for {}{}", fmt::join(ids, ", "), fmt::join(resources, ", "),
                  traffic.empty() ? std::string() : fmt::format(" (traffic: {})", traffic)),
      changes);
}

void delete_flow_logs(const Call& call, Changes& changes) {
  auto ids = flow_log_ids(call.request, {"flowLogId", "flowLogIds", "flowLogIdSet"});
  const auto refused = texts_of(member(call.response, "unsuccessful"), {"resourceId"});
  std::erase_if(ids, [&refused](const std::string& id) {
    return std::find(refused.begin(), refused.end(), id) != refused.end();
  });
  if (!ids.empty()) say(fmt::format("flow logs {} deleted", fmt::join(ids, ", ")), changes);
}

std::string trail_of(const Call& call) {
  return text_at(call.request, {"name", "trailName"});
}

void create_trail(const Call& call, Changes& changes) {
  say(fmt::format("trail {} created", trail_of(call)), changes);
}
void update_trail(const Call& call, Changes& changes) {
  say(fmt::format("trail {} changed", trail_of(call)), changes);
}
void delete_trail(const Call& call, Changes& changes) {
  say(fmt::format("trail {} deleted", trail_of(call)), changes);
}

void start_logging(const Call& call, Changes& changes) {
  say(fmt::format("trail {} started logging", trail_of(call)), changes);
}

void stop_logging(const Call& call, Changes& changes) {
  say(fmt::format("trail {} stopped logging", trail_of(call)), changes);
}

/// Management events are what this program lives on: it tells when a trail no longer records all of them.
void put_event_selectors(const Call& call, Changes& changes) {
  std::string what;
  for (const Json* selector : as_list(member(call.request, "eventSelectors"))) {
    const bool management = flag_of(member(*selector, "includeManagementEvents")).value_or(true);
    const std::string kind = text_at(*selector, {"readWriteType"});
    if (!management) what = ": management events off";
    if (management && kind == "ReadOnly") what = ": only read-only management events";
  }
  say(fmt::format("event selectors of trail {} changed{}", trail_of(call), what), changes);
}

using Table = std::unordered_map<std::string_view, Interpreter, TextHash>;

const Table& ec2_events() {
  static const Table kTable = {
      {"CreateFlowLogs", create_flow_logs},
      {"DeleteFlowLogs", delete_flow_logs},
  };
  return kTable;
}

const Table& cloudtrail_events() {
  static const Table kTable = {
      {"CreateTrail", create_trail},   {"UpdateTrail", update_trail}, {"DeleteTrail", delete_trail},
      {"StartLogging", start_logging}, {"StopLogging", stop_logging}, {"PutEventSelectors", put_event_selectors},
  };
  return kTable;
}

}  // namespace

Interpreter find_logging_interpreter(std::string_view service, std::string_view event_name) {
  if (service != "ec2" && service != "cloudtrail") return nullptr;
  const Table& table = service == "ec2" ? ec2_events() : cloudtrail_events();
  const auto found = table.find(event_name);
  return found == table.end() ? nullptr : found->second;
}

std::vector<std::string_view> logging_event_names() {
  std::vector<std::string_view> names;
  for (const Table* table : {&ec2_events(), &cloudtrail_events()}) {
    std::ranges::copy(std::views::keys(*table), std::back_inserter(names));
  }
  return names;
}

}  // namespace flowtrail::cloudtrail
