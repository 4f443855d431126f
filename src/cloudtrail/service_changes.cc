#include "cloudtrail/service_changes.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/letters.h"
#include "base/text_hash.h"
#include "cloudtrail/group_mentions.h"
#include "cloudtrail/service_table.h"

namespace flowtrail::cloudtrail {

namespace {

using Effect = ServiceEvent::Effect;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> choices) {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

/// Takes the piece before the next `separator` off `rest`.
std::string_view take_piece(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view piece = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return piece;
}

void collect_at(const Json& value, std::string_view path, std::vector<const Json*>& found) {
  if (path.empty()) {
    found.push_back(&value);
    return;
  }
  const std::string_view name = take_piece(path, '.');
  for (const Json* element : as_list(value)) {
    if (const Json& inner = member(*element, name); !inner.is_null()) collect_at(inner, path, found);
  }
}

/// What a path of the table leads to.
struct Place {
  const Json* root = nullptr;
  std::string_view path;
  bool below = false;
};

Place place_of(const Call& call, std::string_view path) {
  Place place{path.starts_with("rs") ? &call.response : &call.request, path.substr(2), path.ends_with('*')};
  if (place.below) place.path.remove_suffix(1);
  if (place.path.starts_with('.')) place.path.remove_prefix(1);
  return place;
}

std::vector<const Json*> values_at(const Call& call, std::string_view path) {
  const Place place = place_of(call, path);
  std::vector<const Json*> found;
  if (!place.root->is_null()) collect_at(*place.root, place.path, found);
  return found;
}

/// `vpcConfig: {}` says as much as `vpcConfig: {securityGroupIds: []}`.
bool parent_is_empty_object(const Call& call, std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos || dot <= 2) return false;
  const auto parents = values_at(call, path.substr(0, dot));
  return !parents.empty() && std::all_of(parents.begin(), parents.end(), [](const Json* parent) {
    return parent->is_object() && parent->members().empty();
  });
}

/// Groups that are being taken off are still listed while that lasts.
bool is_leaving(const Json& element) {
  return text_at(element, {"status"}).starts_with("remov");
}

void add_new(std::vector<std::string> more, std::vector<std::string>& ids) {
  for (std::string& id : more) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }
}

void add_ids(const Json& list, std::vector<std::string>& ids) {
  for (const Json* element : as_list(list)) {
    if (!is_leaving(*element)) add_new(group_ids_of(*element), ids);
  }
}

struct Groups {
  bool present = false;
  std::vector<std::string> ids;
};

Groups joined_groups(const Call& call, std::string_view paths) {
  Groups groups;
  while (!paths.empty()) {
    const std::string_view path = take_piece(paths, '+');
    const bool below = path.ends_with('*');
    const auto values = values_at(call, path);
    for (const Json* value : values) {
      if (below) {
        add_new(group_ids_below(*value), groups.ids);
      } else {
        add_ids(*value, groups.ids);
      }
    }
    groups.present = groups.present || !values.empty() || parent_is_empty_object(call, path);
  }
  return groups;
}

/// The first alternative that says something. That there are none is only believed of a request that changes a
/// resource: a creation then uses a default, and a response repeats what may never have been set.
Groups first_groups(const Call& call, std::string_view paths, Effect effect) {
  while (!paths.empty()) {
    const std::string_view alternative = take_piece(paths, '|');
    Groups groups = joined_groups(call, alternative);
    const bool may_be_empty = effect == Effect::kSet && alternative.starts_with("rq");
    if (groups.present && (may_be_empty || !groups.ids.empty())) return groups;
  }
  return {};
}

std::vector<std::string> first_texts(const Call& call, std::string_view paths) {
  std::vector<std::string> texts;
  while (texts.empty() && !paths.empty()) {
    for (const Json* value : values_at(call, take_piece(paths, '|'))) {
      for (std::string& text : texts_of(*value, {})) texts.push_back(std::move(text));
    }
  }
  return texts;
}

std::string piece_of(std::string_view text, char separator, bool second) {
  if (!second) return std::string(text.substr(text.rfind(separator) + 1));
  take_piece(text, separator);
  return std::string(take_piece(text, separator));
}

/// The name inside an ARN: `loadbalancer/app/NAME/id`, `cluster/NAME/uuid`, `service/CLUSTER/NAME`, `rep:NAME`.
std::string name_in_arn(std::string_view kind, std::string_view arn) {
  for (int field = 0; field < 5; ++field) take_piece(arn, ':');
  if (kind == "elbv2") {
    const std::size_t last = arn.rfind('/');
    return piece_of(arn.substr(0, last), '/', false);
  }
  const bool second = is_one_of(kind, {"kafka", "apprunner-vpc-connector"});
  return piece_of(arn, arn.find('/') == std::string_view::npos ? ':' : '/', second);
}

std::string short_name(std::string_view kind, std::string text) {
  for (std::size_t at = text.find("%3A"); at != std::string::npos; at = text.find("%3A")) text.replace(at, 3, ":");
  for (std::size_t at = text.find("%2F"); at != std::string::npos; at = text.find("%2F")) text.replace(at, 3, "/");
  if (kind == "lambda") {
    const std::size_t function = text.find("function:");
    if (function != std::string::npos) text.erase(0, function + std::string_view("function:").size());
    return text.substr(0, text.find(':'));
  }
  if (text.starts_with("arn:")) text = name_in_arn(kind, text);
  if (kind == "ecs-task") return text.substr(0, text.find(':'));
  // These services lower the case of identifiers, whatever the caller typed.
  if (is_one_of(kind, {"rds", "rds-cluster", "rds-proxy", "elasticache", "redshift", "dms"})) {
    return lower(text);
  }
  return text;
}

std::vector<std::string> resources_of(const ServiceEvent& row, const Call& call) {
  std::string prefix = std::string(row.kind) + "/";
  if (!row.parent.empty()) {
    const auto parents = first_texts(call, row.parent);
    prefix += (parents.empty() ? "default" : short_name(row.kind, parents.front())) + "/";
  }
  const auto refused = first_texts(call, "rs.unsuccessful.resourceId");
  std::vector<std::string> resources;
  for (const std::string& name : first_texts(call, row.names)) {
    if (std::find(refused.begin(), refused.end(), name) == refused.end()) {
      resources.push_back(prefix + short_name(row.kind, name));
    }
  }
  return resources;
}

void add_mention(const ServiceEvent& row, const Call& call, const std::string& resource, Changes& changes) {
  std::vector<GroupMention> mentions;
  for (const Json* value : values_at(call, row.groups)) {
    std::string path = "requestParameters";
    if (const auto inner = place_of(call, row.groups).path; !inner.empty()) path.append(".").append(inner);
    add_group_mentions(*value, path, mentions);
  }
  for (GroupMention& mention : mentions) {
    changes.emplace_back(GroupsMentioned{resource, std::move(mention.group_ids), std::move(mention.json_path)});
  }
}

void add_groups(const ServiceEvent& row, const Call& call, const std::string& resource, Changes& changes) {
  Groups groups = first_groups(call, row.groups, row.effect);
  ResourceGroups change;
  change.resource = resource;
  change.created = row.effect == Effect::kCreated;
  change.interface_ids = first_texts(call, row.interfaces);
  if (row.effect == Effect::kCreated || row.effect == Effect::kSet) {
    if (groups.present) change.set = std::move(groups.ids);
  } else {
    change.added = std::move(groups.ids);
    change.removed = first_groups(call, row.removed, row.effect).ids;
  }
  const bool says_something =
      change.set || !change.added.empty() || !change.removed.empty() || !change.interface_ids.empty();
  if (says_something) changes.emplace_back(std::move(change));
}

/// Deleting one version of a function leaves the function.
bool deletes_a_version_only(const ServiceEvent& row, const Call& call) {
  return row.kind == "lambda" && !text_at(call.request, {"qualifier"}).empty();
}

using Rows = std::vector<const ServiceEvent*>;

const std::unordered_map<std::string_view, Rows, TextHash>& rows_by_event() {
  static const std::unordered_map<std::string_view, Rows, TextHash> kTable = [] {
    std::unordered_map<std::string_view, Rows, TextHash> rows;
    for (const ServiceEvent& row : service_events()) rows[row.event].push_back(&row);
    return rows;
  }();
  return kTable;
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

constexpr std::size_t kDateDigits = 8;

}  // namespace

std::string_view service_of(std::string_view event_source) {
  return event_source.substr(0, event_source.find('.'));
}

std::string_view without_date(std::string_view event) {
  if (event.empty() || !is_digit(event.back())) return event;
  std::string_view rest = event;
  const std::size_t version = rest.rfind('v');
  if (version != std::string_view::npos && version + 1 < rest.size() &&
      std::all_of(rest.begin() + static_cast<std::ptrdiff_t>(version) + 1, rest.end(), is_digit)) {
    rest = rest.substr(0, version);
  }
  const bool dated = rest.size() > kDateDigits && std::all_of(rest.end() - kDateDigits, rest.end(), is_digit);
  return dated ? rest.substr(0, rest.size() - kDateDigits) : event;
}

std::vector<const ServiceEvent*> find_service_events(std::string_view service, std::string_view event) {
  Rows rows;
  const auto found = rows_by_event().find(without_date(event));
  if (found == rows_by_event().end()) return rows;
  std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(rows),
               [service](const ServiceEvent* row) { return row->service == service; });
  return rows;
}

bool has_service_events(std::string_view service, std::string_view event) {
  const auto found = rows_by_event().find(without_date(event));
  return found != rows_by_event().end() &&
         std::ranges::any_of(found->second, [service](const ServiceEvent* row) { return row->service == service; });
}

void interpret_service_event(const ServiceEvent& row, const Call& call, Changes& changes) {
  for (std::string& resource : resources_of(row, call)) {
    if (row.effect == Effect::kMentioned) {
      add_mention(row, call, resource, changes);
    } else if (row.effect != Effect::kDeleted) {
      add_groups(row, call, resource, changes);
    } else if (!deletes_a_version_only(row, call)) {
      changes.emplace_back(ResourceDeleted{std::move(resource)});
    }
  }
}

}  // namespace flowtrail::cloudtrail
