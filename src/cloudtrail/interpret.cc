#include "cloudtrail/interpret.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <string_view>

#include "base/text_hash.h"
#include "cloudtrail/call.h"
#include "cloudtrail/ec2_changes.h"
#include "cloudtrail/group_mentions.h"
#include "cloudtrail/json_dialect.h"
#include "cloudtrail/logging_changes.h"
#include "cloudtrail/service_changes.h"
#include "cloudtrail/service_table.h"

namespace flowtrail::cloudtrail {

namespace {

constexpr std::array<std::string_view, 9> kLookers = {"access-analyzer", "athena", "cloudtrail",  "config", "guardduty",
                                                      "inspector2",      "logs",   "securityhub", "tagging"};

constexpr int kCreate = 0;
constexpr int kAttach = 1;
constexpr int kModify = 2;
constexpr int kDetach = 3;
constexpr int kDelete = 4;

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [text](std::string_view prefix) { return text.starts_with(prefix); });
}

/// Services that only look at groups, or carry people's texts about them.
bool only_looks(std::string_view service) {
  return std::find(kLookers.begin(), kLookers.end(), service) != kLookers.end();
}

bool is_read_only(const EventOutline& event) {
  if (event.read_only) return *event.read_only;
  return starts_with_any(event.name, {"Describe", "Get", "List", "Lookup", "Search", "Query", "Head", "BatchGet"});
}

bool may_mention_groups(const EventOutline& event) {
  if (is_read_only(event) || only_looks(service_of(event.source))) return false;
  return event.request_parameters.find("sg-") != std::string_view::npos ||
         event.response_elements.find("sg-") != std::string_view::npos;
}

Interpreter find_interpreter(std::string_view service, std::string_view event_name) {
  if (service == "ec2") {
    if (const Interpreter found = find_ec2_interpreter(event_name)) return found;
  }
  return find_logging_interpreter(service, event_name);
}

/// Lake and Athena exports keep some members as JSON text inside a string.
void parse_inner_texts(Json& value, JsonParser parse, JsonArena& arena) {
  for (auto& [key, inner] : value.members()) {
    const bool structured = key.ends_with("Request") || key.ends_with("Response") || key.ends_with("Set") ||
                            key.ends_with("Permissions") || key.ends_with("Config") || key.ends_with("Configuration");
    if (!structured || (!inner.text().starts_with('{') && !inner.text().starts_with('['))) continue;
    if (const auto parsed = parse(inner.text(), arena)) inner = *parsed;
  }
}

Result<Json> parse_object(std::string_view text, std::string_view name, JsonParser parse, JsonArena& arena) {
  auto value = parse(text, arena);
  if (!value) return failure(ErrorCode::kCorrupt, "{}: {}", name, value.error().what);
  if (!value->is_null() && !value->is_object()) return failure(ErrorCode::kCorrupt, "{} is not a JSON object", name);
  parse_inner_texts(*value, parse, arena);
  return unwrap(*value);
}

bool was_refused(const Json& response) {
  const auto done = flag_of(member(response, {"_return", "return"}));
  return done && !*done;
}

void mention_groups(const Event& event, JsonParser parse, Changes& changes) {
  JsonArena arena;
  std::vector<GroupMention> mentions;
  if (const auto request = parse(event.request_parameters, arena)) {
    add_group_mentions(*request, "requestParameters", mentions);
  }
  if (const auto response = parse(event.response_elements, arena); response && !event.failed()) {
    add_group_mentions(*response, "responseElements", mentions);
  }
  std::string resource(service_of(event.source));
  resource.append("/").append(event.name);
  for (GroupMention& mention : mentions) {
    changes.emplace_back(GroupsMentioned{resource, std::move(mention.group_ids), std::move(mention.json_path)});
  }
}

/// Tells of nearly all names that no table has them, by a look at one bit.
class NameSieve {
 public:
  void add(std::string_view name) { bits_.set(bit_of(name)); }
  [[nodiscard]] bool may_hold(std::string_view name) const { return bits_.test(bit_of(name)); }

 private:
  static constexpr std::size_t kBits = 8192;
  static std::size_t bit_of(std::string_view name) { return TextHash{}(name) % kBits; }

  std::bitset<kBits> bits_;
};

/// Is there an interpreter, or a row, for calls of this name, whatever the service?
bool may_be_in_a_table(std::string_view event_name) {
  static const NameSieve kNames = [] {
    NameSieve names;
    for (const std::string_view name : ec2_event_names()) names.add(without_date(name));
    for (const std::string_view name : logging_event_names()) names.add(without_date(name));
    for (const ServiceEvent& row : service_events()) names.add(row.event);
    return names;
  }();
  return kNames.may_hold(without_date(event_name));
}

}  // namespace

bool may_change_state(const EventOutline& event) {
  if (may_be_in_a_table(event.name)) {
    const std::string_view service = service_of(event.source);
    if (find_interpreter(service, event.name) != nullptr || has_service_events(service, event.name)) return true;
  }
  return may_mention_groups(event);
}

bool may_change_state(const Event& event) {
  return may_change_state(outline_of(event));
}

Result<std::vector<Change>> interpret(const Event& event, JsonParser parse) {
  const std::string_view service = service_of(event.source);
  const Interpreter interpreter = find_interpreter(service, event.name);
  const auto rows =
      interpreter != nullptr ? std::vector<const ServiceEvent*>{} : find_service_events(service, event.name);
  Changes changes;
  if (interpreter == nullptr && rows.empty()) {
    if (may_mention_groups(outline_of(event))) mention_groups(event, parse, changes);
    return changes;
  }
  JsonArena arena;
  FT_TRY(const Json request, parse_object(event.request_parameters, "requestParameters", parse, arena));
  Json response;
  if (!event.failed()) {
    FT_TRY(response, parse_object(event.response_elements, "responseElements", parse, arena));
  }
  if (service == "ec2" && was_refused(response)) return changes;
  const Call call{event, request, response, parse, arena};
  if (interpreter != nullptr) interpreter(call, changes);
  for (const ServiceEvent* row : rows) interpret_service_event(*row, call, changes);
  return changes;
}

int tie_rank(const Event& event) {
  const std::string_view name = event.name;
  // Tags overwrite each other: only their own order counts.
  if (name == "CreateTags" || name == "DeleteTags") return kModify;
  if (name == "RestoreManagedPrefixListVersion") return kModify;
  if (starts_with_any(name, {"Create", "Restore"})) return kCreate;
  if (starts_with_any(name, {"Authorize", "Attach", "Associate", "Assign", "Run", "StartTask"})) return kAttach;
  if (starts_with_any(name, {"Revoke", "Detach", "Disassociate", "Unassign"})) return kDetach;
  if (starts_with_any(name, {"Delete", "Terminate", "Cancel", "Deregister", "BidEvicted"})) return kDelete;
  return kModify;
}

}  // namespace flowtrail::cloudtrail
