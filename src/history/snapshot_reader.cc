#include "history/snapshot_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <span>

#include "base/letters.h"
#include "cloudtrail/json_tree.h"

namespace flowtrail::history {
namespace {

using cloudtrail::Json;
using cloudtrail::JsonArena;

constexpr std::chrono::seconds kModifiedTimeSlack{5};  // the file is written a moment after the call
constexpr std::chrono::seconds kConfigSlack{120};      // Config looks at a resource some time around its events

// ---- looking into foreign JSON ------------------------------------------------------------------------------------

/// Whether `key` is `Name`, or `name` as AWS Config and events spell it.
struct Spelling {
  bool exact = false, small = false;
};

Spelling spelling(std::string_view key, std::string_view name) {
  if (key.size() != name.size() || key.substr(1) != name.substr(1)) return {};
  return {.exact = key[0] == name[0], .small = key[0] == lower_letter(name[0])};
}

/// Member `Name`, else `name`. nullptr: absent or null.
const Json* member(const Json& object, std::string_view name) {
  const Json* found = nullptr;
  for (const auto& [key, value] : object.members()) {
    const Spelling like = spelling(key, name);
    if (like.exact || like.small) found = &value;
    if (like.exact) break;
  }
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string text(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  if (value == nullptr) return {};
  if (value->is_text()) return std::string(value->text());
  if (value->is_integer()) return std::to_string(value->integer());
  return {};
}

/// A text as it is; of an object the text of a member.
std::string text_or_member(const Json& value, std::string_view name) {
  return value.is_text() ? std::string(value.text()) : text(value, name);
}

/// Of a text that is a number of at most 18 letters.
std::optional<std::int64_t> number_in(std::string_view text) {
  constexpr std::size_t kMostLetters = 18;
  std::int64_t number = 0;
  if (text.size() > kMostLetters) return std::nullopt;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> number(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_unsigned() && value->unsigned_number() > INT64_MAX) return INT64_MAX;
  if (value->is_integer()) return value->integer();
  return value->is_text() ? number_in(value->text()) : std::nullopt;
}

std::optional<bool> boolean(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  if (value == nullptr || !value->is_boolean()) return std::nullopt;
  return value->flag();
}

/// The elements of a list member; empty where absent or no list.
std::span<const Json> list(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  return value == nullptr ? std::span<const Json>{} : value->elements();
}

std::optional<Tags> tags_of(const Json& object) {
  for (const std::string_view name : {"Tags", "TagSet"}) {
    const Json* value = member(object, name);
    if (value == nullptr) continue;
    Tags tags;
    for (const auto& [key, content] : value->members()) {  // Config's own form
      if (content.is_text()) tags.emplace_back(key, content.text());
    }
    for (const Json& item : value->elements()) {
      if (item.is_object()) tags.emplace_back(text(item, "Key"), text(item, "Value"));
    }
    return tags;
  }
  return std::nullopt;
}

/// Region in an ARN: `arn:aws:ec2:eu-west-1:111122223333:security-group/sg-...`.
std::string region_of_arn(std::string_view arn) {
  std::size_t colon = 0;
  for (int i = 0; i < 3; ++i) {
    colon = arn.find(':', colon);
    if (colon == std::string_view::npos) return {};
    ++colon;
  }
  return std::string(arn.substr(colon, arn.find(':', colon) - colon));
}

/// `eu-west-1` of the zone `eu-west-1a`, `us-west-2` of the local zone `us-west-2-lax-1a`.
std::string region_of_zone(std::string_view zone) {
  const std::size_t digit = zone.find_first_of("0123456789");
  if (digit == std::string_view::npos) return {};
  const std::size_t end = zone.find_first_not_of("0123456789", digit);
  return std::string(zone.substr(0, end));
}

/// Of any number.
double real_of(const Json& value) {
  if (value.is_float()) return value.real();
  return value.is_unsigned() ? static_cast<double>(value.unsigned_number()) : static_cast<double>(value.integer());
}

std::optional<UtcSeconds> time_of(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_text()) {
    const Result<UtcSeconds> time = parse_utc(value->text());
    return time ? std::optional(*time) : std::nullopt;
  }
  if (!value->is_integer() && !value->is_float()) return std::nullopt;
  double seconds = real_of(*value);
  if (seconds > 1e11) seconds /= 1000;  // milliseconds
  if (!(seconds >= 0 && seconds < 1e11)) return std::nullopt;
  return utc_from_seconds(static_cast<std::int64_t>(seconds));
}

// ---- things -------------------------------------------------------------------------------------------------------

/// Where bad items are counted.
struct Report {
  BadInput& bad;
  const std::string& path;
  std::uint64_t item = 0;
  void add(const char* reason) const { bad.add(reason, path, item); }
};

std::optional<int> port_of(const Json& object, std::string_view name, bool& ok) {
  const std::optional<std::int64_t> value = number(object, name);
  if (!value) {
    if (member(object, name) != nullptr) ok = false;
    return std::nullopt;
  }
  if (*value < -1 || *value > 65535) ok = false;
  return static_cast<int>(std::clamp<std::int64_t>(*value, -1, 65535));
}

/// Direction, protocol and ports; the source is still to come. Missing: counted as bad.
std::optional<RuleSpec> rule_head(const Json& item, Direction direction, const Report& report) {
  const int protocol = firewall::parse_protocol(text(item, "IpProtocol"));
  bool ok = protocol != -2;
  const int from = port_of(item, "FromPort", ok).value_or(-1);
  const int to = port_of(item, "ToPort", ok).value_or(-1);
  if (!ok) {
    report.add("snapshot: rule with bad protocol or port");
    return std::nullopt;
  }
  return firewall::canonical_rule(direction, protocol, from, to);
}

bool set_cidr(RuleSpec& spec, const std::string& block, SourceKind kind, const Report& report) {
  const Result<Cidr> cidr = Cidr::parse(block);
  if (!cidr || cidr->is_v4() != (kind == SourceKind::kCidrIpv4)) {
    report.add("snapshot: rule with bad address block");
    return false;
  }
  spec.source_kind = kind;
  spec.cidr = *cidr;
  return true;
}

std::optional<std::string> description_of(const Json& item) {
  return item.is_object() ? std::optional(text(item, "Description")) : std::nullopt;
}

/// One entry of IpPermissions: as many rules as it has sources. False: a source could not be read.
bool add_permission(const Json& item, Direction direction, std::vector<ListedRule>& rules, const Report& report) {
  const std::optional<RuleSpec> head = rule_head(item, direction, report);
  if (!head) return false;
  bool complete = true;
  const auto add_cidrs = [&](std::string_view list_name, std::string_view block_name, SourceKind kind) {
    for (const Json& range : list(item, list_name)) {
      RuleSpec spec = *head;
      const std::string block = text_or_member(range, block_name);
      if (!set_cidr(spec, block, kind, report)) {
        complete = false;
        continue;
      }
      const bool known = std::ranges::any_of(rules, [&](const ListedRule& rule) { return rule.spec.same_as(spec); });
      if (!known) rules.push_back({spec, {}, description_of(range)});  // Config lists a block under both of its names
    }
  };
  add_cidrs("Ipv4Ranges", "CidrIp", SourceKind::kCidrIpv4);
  add_cidrs("IpRanges", "CidrIp", SourceKind::kCidrIpv4);
  add_cidrs("Ipv6Ranges", "CidrIpv6", SourceKind::kCidrIpv6);
  for (const Json& prefix_list : list(item, "PrefixListIds")) {
    RuleSpec spec = *head;
    spec.source_kind = SourceKind::kPrefixList;
    spec.source_id = text_or_member(prefix_list, "PrefixListId");
    if (!spec.source_id.empty()) rules.push_back({spec, {}, description_of(prefix_list)});
  }
  for (const Json& pair : list(item, "UserIdGroupPairs")) {
    RuleSpec spec = *head;
    spec.source_kind = SourceKind::kGroup;
    spec.source_id = text(pair, "GroupId");
    if (spec.source_id.empty()) spec.source_id = text(pair, "GroupName");
    spec.source_account = text(pair, "UserId");
    if (!spec.source_id.empty()) rules.push_back({spec, {}, description_of(pair)});
  }
  return complete;
}

std::optional<ListedGroup> group_from(const Json& item, const SnapshotFile& file, const Report& report) {
  ListedGroup group;
  group.group_id = text(item, "GroupId");
  if (!group.group_id.starts_with("sg-")) {
    report.add("snapshot: group without id");
    return std::nullopt;
  }
  group.name = text(item, "GroupName");
  group.description = text(item, "Description");
  group.described = true;
  group.account = text(item, "OwnerId");
  if (group.account.empty()) group.account = file.account;
  group.region = region_of_arn(text(item, "SecurityGroupArn"));
  if (group.region.empty()) group.region = file.region;
  group.vpc_id = text(item, "VpcId");
  group.tags = tags_of(item);
  group.rules_listed = member(item, "IpPermissions") != nullptr && member(item, "IpPermissionsEgress") != nullptr;
  for (const Json& permission : list(item, "IpPermissions")) {
    group.rules_listed = add_permission(permission, Direction::kIngress, group.rules, report) && group.rules_listed;
  }
  for (const Json& permission : list(item, "IpPermissionsEgress")) {
    group.rules_listed = add_permission(permission, Direction::kEgress, group.rules, report) && group.rules_listed;
  }
  return group;
}

/// One row of describe-security-group-rules.
std::optional<ListedRule> rule_from(const Json& item, const Report& report) {
  const std::optional<bool> egress = boolean(item, "IsEgress");
  std::optional<RuleSpec> spec =
      rule_head(item, egress.value_or(false) ? Direction::kEgress : Direction::kIngress, report);
  if (!spec) return std::nullopt;
  const std::string ipv4 = text(item, "CidrIpv4");
  const std::string ipv6 = text(item, "CidrIpv6");
  const std::string prefix_list = text(item, "PrefixListId");
  if (!ipv4.empty() || !ipv6.empty()) {
    const bool v4 = !ipv4.empty();
    if (!set_cidr(*spec, v4 ? ipv4 : ipv6, v4 ? SourceKind::kCidrIpv4 : SourceKind::kCidrIpv6, report)) {
      return std::nullopt;
    }
  } else if (!prefix_list.empty()) {
    spec->source_kind = SourceKind::kPrefixList;
    spec->source_id = prefix_list;
  } else if (const Json* group = member(item, "ReferencedGroupInfo"); group != nullptr) {
    spec->source_kind = SourceKind::kGroup;
    spec->source_id = text(*group, "GroupId");
    spec->source_account = text(*group, "UserId");
  }
  if (!egress || (spec->source_id.empty() && ipv4.empty() && ipv6.empty())) {
    report.add("snapshot: rule without direction or source");
    return std::nullopt;
  }
  return ListedRule{*spec, text(item, "SecurityGroupRuleId"), description_of(item)};
}

std::vector<std::string> ids_in(std::span<const Json> things, std::string_view name) {
  std::vector<std::string> ids;
  ids.reserve(things.size());
  for (const Json& thing : things) {
    std::string id = text_or_member(thing, name);
    if (!id.empty()) ids.push_back(std::move(id));
  }
  return ids;
}

void add_address(const std::string& value, bool primary, ListedInterface& interface, const Report& report) {
  if (value.empty()) return;
  const Result<IpAddress> address = IpAddress::parse(value);
  if (!address) {
    report.add("snapshot: interface with bad address");
    return;
  }
  std::vector<std::pair<IpAddress, bool>>& addresses = interface.description.addresses;
  if (std::ranges::find(addresses, *address, &std::pair<IpAddress, bool>::first) == addresses.end()) {
    addresses.emplace_back(*address, primary);
  }
}

std::optional<ListedInterface> interface_from(const Json& item, const SnapshotFile& file, const Report& report) {
  ListedInterface interface;
  cloudtrail::InterfaceDescription& description = interface.description;
  description.interface_id = text(item, "NetworkInterfaceId");
  if (!description.interface_id.starts_with("eni-")) {
    report.add("snapshot: interface without id");
    return std::nullopt;
  }
  description.vpc_id = text(item, "VpcId");
  description.subnet_id = text(item, "SubnetId");
  description.owner = text(item, "OwnerId");
  description.requester_id = text(item, "RequesterId");
  description.requester_managed = boolean(item, "RequesterManaged").value_or(false);
  description.type = text(item, "InterfaceType");
  description.description = text(item, "Description");
  interface.account = description.owner.empty() ? file.account : description.owner;
  interface.region = region_of_zone(text(item, "AvailabilityZone"));
  if (interface.region.empty()) interface.region = file.region;
  const std::size_t bad_before = report.bad.total();
  for (const Json& address : list(item, "PrivateIpAddresses")) {
    add_address(text(address, "PrivateIpAddress"), boolean(address, "Primary").value_or(false), interface, report);
  }
  add_address(text(item, "PrivateIpAddress"), true, interface, report);
  for (const Json& address : list(item, "Ipv6Addresses")) {
    add_address(text_or_member(address, "Ipv6Address"), false, interface, report);
  }
  interface.addresses_told = report.bad.total() == bad_before;
  if (member(item, "Groups") != nullptr) description.groups = ids_in(list(item, "Groups"), "GroupId");
  if (const Json* attachment = member(item, "Attachment"); attachment != nullptr) {
    interface.instance_id = text(*attachment, "InstanceId");
    description.attachment_id = text(*attachment, "AttachmentId");
    description.device_index =
        static_cast<int>(std::clamp<std::int64_t>(number(*attachment, "DeviceIndex").value_or(-1), -1, 255));
    description.delete_on_termination = boolean(*attachment, "DeleteOnTermination").value_or(true);
  }
  interface.attachment_told = member(item, "Status") != nullptr;
  interface.tags = tags_of(item);
  return interface;
}

std::optional<ListedInstance> instance_from(const Json& item, const std::string& owner, const SnapshotFile& file,
                                            const Report& report) {
  ListedInstance instance;
  instance.instance_id = text(item, "InstanceId");
  if (!instance.instance_id.starts_with("i-")) {
    report.add("snapshot: instance without id");
    return std::nullopt;
  }
  instance.account = owner.empty() ? file.account : owner;
  if (const Json* placement = member(item, "Placement"); placement != nullptr) {
    instance.region = region_of_zone(text(*placement, "AvailabilityZone"));
  }
  if (instance.region.empty()) instance.region = file.region;
  instance.vpc_id = text(item, "VpcId");
  instance.subnet_id = text(item, "SubnetId");
  instance.groups = ids_in(list(item, "SecurityGroups"), "GroupId");
  instance.tags = tags_of(item);
  if (const Json* state = member(item, "State"); state != nullptr) {
    const std::string name = text(*state, "Name");
    instance.terminated = name == "terminated" || name == "shutting-down";
  }
  const std::span<const Json> all_attached = list(item, "NetworkInterfaces");
  instance.interfaces.reserve(all_attached.size());
  for (const Json& attached : all_attached) {
    std::optional<ListedInterface> interface = interface_from(attached, file, report);
    if (!interface) continue;
    interface->instance_id = instance.instance_id;
    interface->attachment_told = true;
    if (interface->account.empty()) interface->account = instance.account;
    if (interface->region.empty()) interface->region = instance.region;
    instance.interfaces.push_back(*std::move(interface));
  }
  return instance;
}

// ---- describe-* ---------------------------------------------------------------------------------------------------

/// Calls `read(item, report)` for each element of the list, which counts from 1.
template <typename Read>
void each_item(std::span<const Json> items, Report report, Read read) {
  for (const Json& item : items) {
    ++report.item;
    if (item.is_object()) {
      read(item, report);
    } else {
      report.add("snapshot: item is no object");
    }
  }
}

void read_group_rules(std::span<const Json> items, const SnapshotFile& file, Report report,
                      std::vector<ListedGroup>& groups) {
  std::map<std::string, ListedGroup> by_group;
  each_item(items, report, [&](const Json& item, const Report& place) {
    const std::string id = text(item, "GroupId");
    if (!id.starts_with("sg-")) {
      place.add("snapshot: rule without group");
      return;
    }
    ListedGroup& group = by_group[id];
    if (group.group_id.empty()) {
      group.group_id = id;
      group.account = text(item, "GroupOwnerId");
      if (group.account.empty()) group.account = file.account;
      group.region = region_of_arn(text(item, "SecurityGroupRuleArn"));
      if (group.region.empty()) group.region = file.region;
      group.rules_listed = true;
    }
    std::optional<ListedRule> rule = rule_from(item, place);
    if (rule) {
      group.rules.push_back(*std::move(rule));
    } else {
      group.rules_listed = false;
    }
  });
  for (auto& [id, group] : by_group) groups.push_back(std::move(group));
}

/// `pl-...` in the file's name: the output of get-managed-prefix-list-entries does not repeat the list's id.
std::string prefix_list_in_name(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t at = name.find("pl-");
  if (at == std::string_view::npos) return {};
  const std::size_t end = name.find_first_not_of("0123456789abcdef", at + 3);
  return std::string(name.substr(at, end == std::string_view::npos ? end : end - at));
}

void read_prefix_list(const Json& document, const SnapshotFile& file, Report report, SnapshotFacts& facts) {
  ListedPrefixList prefix_list;
  prefix_list.prefix_list_id = text(document, "PrefixListId");
  if (prefix_list.prefix_list_id.empty()) prefix_list.prefix_list_id = prefix_list_in_name(file.path);
  if (prefix_list.prefix_list_id.empty()) {
    report.add("snapshot: prefix list entries without the list's id");
    return;
  }
  const std::size_t bad_before = report.bad.total();
  each_item(list(document, "Entries"), report, [&](const Json& item, const Report& place) {
    const Result<Cidr> cidr = Cidr::parse(text(item, "Cidr"));
    if (cidr) {
      prefix_list.entries.push_back(*cidr);
    } else {
      place.add("snapshot: prefix list entry with bad address block");
    }
  });
  if (report.bad.total() == bad_before) facts.prefix_lists.push_back(std::move(prefix_list));
}

void read_instances(std::span<const Json> reservations, const SnapshotFile& file, Report report, SnapshotFacts& facts) {
  facts.instances.reserve(reservations.size());
  each_item(reservations, report, [&](const Json& reservation, const Report& place) {
    for (const Json& item : list(reservation, "Instances")) {
      std::optional<ListedInstance> instance = instance_from(item, text(reservation, "OwnerId"), file, place);
      if (instance) facts.instances.push_back(*std::move(instance));
    }
  });
}

void read_interfaces(std::span<const Json> items, const SnapshotFile& file, Report report, SnapshotFacts& facts) {
  std::set<std::pair<std::string, std::string>> scopes;
  facts.interfaces.reserve(items.size());
  each_item(items, report, [&](const Json& item, const Report& place) {
    std::optional<ListedInterface> interface = interface_from(item, file, place);
    if (!interface) return;
    scopes.emplace(interface->account, interface->region);
    facts.interfaces.push_back(*std::move(interface));
  });
  if (scopes.empty()) scopes.emplace(file.account, file.region);
  facts.lists_all_interfaces = true;
  facts.scopes.assign(scopes.begin(), scopes.end());
}

/// The kinds of listing in one document, most telling first.
constexpr std::pair<std::string_view, std::string_view> kListings[] = {
    {"SecurityGroups", "security-groups"},
    {"SecurityGroupRules", "security-group-rules"},
    {"NetworkInterfaces", "network-interfaces"},
    {"Reservations", "instances"},
    {"Entries", "prefix-list-entries"},
    {"SecurityGroupVpcAssociations", "security-group-vpc-associations"},
    {"PrefixLists", "prefix-lists"},
    {"FlowLogs", "flow-logs"},
};

void read_describe(const Json& document, const SnapshotFile& file, std::string_view kind, Report report,
                   std::vector<SnapshotInfo>& infos, std::vector<SnapshotFacts>& all_facts) {
  SnapshotFacts facts;
  std::optional<UtcSeconds> own = time_of(document, "SnapshotTime");
  if (!own) own = time_of(document, "CaptureTime");
  facts.time = own ? *own : file.given_time.value_or(file.modified);
  if (!own && !file.given_time) facts.slack = kModifiedTimeSlack;
  facts.snapshot = static_cast<std::uint32_t>(infos.size());
  infos.push_back({std::string(kind), facts.time, file.path});
  const std::span<const Json> groups = list(document, "SecurityGroups");
  facts.groups.reserve(groups.size());
  each_item(groups, report, [&](const Json& item, const Report& place) {
    std::optional<ListedGroup> group = group_from(item, file, place);
    if (group) facts.groups.push_back(*std::move(group));
  });
  facts.lists_all_groups = member(document, "SecurityGroups") != nullptr;
  read_group_rules(list(document, "SecurityGroupRules"), file, report, facts.groups);
  if (member(document, "NetworkInterfaces") != nullptr) {
    read_interfaces(list(document, "NetworkInterfaces"), file, report, facts);
  }
  read_instances(list(document, "Reservations"), file, report, facts);
  if (member(document, "Entries") != nullptr) read_prefix_list(document, file, report, facts);
  each_item(list(document, "SecurityGroupVpcAssociations"), report, [&](const Json& item, const Report&) {
    const std::string state = text(item, "State");
    const std::string group = text(item, "GroupId");
    if (group.starts_with("sg-") && (state.empty() || state == "associated")) {
      facts.vpc_associations.emplace_back(group, text(item, "VpcId"));
    }
  });
  all_facts.push_back(std::move(facts));
}

// ---- AWS Config ---------------------------------------------------------------------------------------------------

/// `configuration` as an object, whichever way it is written; a text is parsed into `arena`.
std::optional<Json> configuration_of(const Json& item, JsonArena& arena) {
  const Json* value = member(item, "Configuration");
  if (value == nullptr) return std::nullopt;
  if (value->is_object()) return *value;
  if (!value->is_text()) return std::nullopt;
  const Result<Json> parsed = cloudtrail::parse_json(value->text(), arena);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  return *parsed;
}

void read_config_item(const Json& item, const SnapshotFile& base, const Report& report, SnapshotFacts& facts) {
  SnapshotFile file = base;
  file.account = text(item, "AccountId");
  if (file.account.empty()) file.account = base.account;
  file.region = text(item, "AwsRegion");
  if (file.region.empty()) file.region = base.region;
  const std::string type = text(item, "ResourceType");
  const std::string id = text(item, "ResourceId");
  std::string status = text(item, "ConfigurationItemStatus");
  const bool deleted = status.starts_with("ResourceDeleted");
  if (status == "ResourceNotRecorded") return;
  if (deleted) {
    if (type == "AWS::EC2::SecurityGroup") {
      ListedGroup group;
      group.group_id = id;
      group.account = file.account;
      group.region = file.region;
      group.deleted = true;
      facts.groups.push_back(std::move(group));
    } else if (type == "AWS::EC2::NetworkInterface") {
      ListedInterface interface;
      interface.description.interface_id = id;
      interface.account = file.account;
      interface.region = file.region;
      interface.deleted = true;
      facts.interfaces.push_back(std::move(interface));
    } else {
      ListedInstance instance;
      instance.instance_id = id;
      instance.account = file.account;
      instance.region = file.region;
      instance.terminated = true;
      facts.instances.push_back(std::move(instance));
    }
    return;
  }
  JsonArena arena;
  const std::optional<Json> configuration = configuration_of(item, arena);
  if (!configuration) {
    report.add("Config item without readable configuration");
    return;
  }
  const std::optional<Tags> tags = tags_of(*configuration) ? tags_of(*configuration) : tags_of(item);
  if (type == "AWS::EC2::SecurityGroup") {
    std::optional<ListedGroup> group = group_from(*configuration, file, report);
    if (!group) return;
    group->region = file.region;
    group->tags = tags;
    facts.groups.push_back(*std::move(group));
  } else if (type == "AWS::EC2::NetworkInterface") {
    std::optional<ListedInterface> interface = interface_from(*configuration, file, report);
    if (!interface) return;
    interface->tags = tags;
    facts.interfaces.push_back(*std::move(interface));
  } else {
    std::optional<ListedInstance> instance = instance_from(*configuration, file.account, file, report);
    if (!instance) return;
    instance->tags = tags;
    facts.instances.push_back(*std::move(instance));
  }
}

void read_config(std::span<const Json> items, const SnapshotFile& file, Report report, std::vector<SnapshotInfo>& infos,
                 std::vector<SnapshotFacts>& all_facts) {
  std::map<UtcSeconds, SnapshotFacts> by_time;
  each_item(items, report, [&](const Json& item, const Report& place) {
    const std::string type = text(item, "ResourceType");
    if (type != "AWS::EC2::SecurityGroup" && type != "AWS::EC2::NetworkInterface" && type != "AWS::EC2::Instance")
      return;
    const std::optional<UtcSeconds> time = time_of(item, "ConfigurationItemCaptureTime");
    if (!time) {
      place.add("Config item without capture time");
      return;
    }
    SnapshotFacts& facts = by_time[*time];
    facts.time = *time;
    facts.slack = kConfigSlack;
    facts.snapshot = static_cast<std::uint32_t>(infos.size());
    read_config_item(item, file, place, facts);
  });
  const UtcSeconds as_of = by_time.empty() ? file.given_time.value_or(file.modified) : by_time.rbegin()->first;
  infos.push_back({"config", as_of, file.path});
  for (auto& [time, facts] : by_time) all_facts.push_back(std::move(facts));
}

bool read_document(const Json& document, const SnapshotFile& file, const Report& report,
                   std::vector<SnapshotInfo>& infos, std::vector<SnapshotFacts>& facts) {
  for (const std::string_view name : {"ConfigurationItems", "BaseConfigurationItems"}) {
    if (member(document, name) == nullptr) continue;
    read_config(list(document, name), file, report, infos, facts);
    return true;
  }
  for (const auto& [name, kind] : kListings) {
    const Json* value = member(document, name);
    if (value == nullptr) continue;
    if (!value->is_array()) report.add("snapshot: list expected");
    read_describe(document, file, kind, report, infos, facts);
    return true;
  }
  return false;
}

}  // namespace

void read_snapshot(std::string_view text_of_file, const SnapshotFile& file, std::vector<SnapshotInfo>& infos,
                   std::vector<SnapshotFacts>& facts, BadInput& bad) {
  Report report{bad, file.path};
  if (text_of_file.starts_with("\xef\xbb\xbf")) text_of_file.remove_prefix(3);
  JsonArena arena;
  const Result<Json> document = cloudtrail::parse_json(text_of_file, arena);
  if (!document || text_of_file.empty()) {
    report.add("snapshot is not JSON, or cut off");
    return;
  }
  bool any = false;
  if (document->is_array()) {  // several outputs in one file
    for (const Json& one : document->elements()) any = read_document(one, file, report, infos, facts) || any;
  } else {
    any = read_document(*document, file, report, infos, facts);
  }
  if (!any) report.add("JSON that is no snapshot flowtrail knows");
}

}  // namespace flowtrail::history
