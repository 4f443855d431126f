#include "sample/account.h"

#include <algorithm>

namespace flowtrail::sample {
namespace {

constexpr int kHexDigits = 16;

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

}  // namespace

Account::Account(Trail& trail, std::string account_number, std::string region_name, std::uint64_t seed)
    : number(std::move(account_number)), region(std::move(region_name)), trail_(trail), random_(seed ^ 0x616363U) {}

RuleSpec make_rule(Direction direction, int protocol, int from_port, int to_port, std::string_view source,
                   std::string_view account) {
  RuleSpec spec = firewall::canonical_rule(direction, protocol, from_port, to_port);
  if (source.starts_with("sg-")) {
    spec.source_kind = firewall::SourceKind::kGroup;
    spec.source_id = source;
    spec.source_account = account;
  } else if (source.starts_with("pl-")) {
    spec.source_kind = firewall::SourceKind::kPrefixList;
    spec.source_id = source;
  } else {
    const Result<Cidr> block = Cidr::parse(source);
    if (block) spec.cidr = *block;
    spec.source_kind = spec.cidr.is_v4() ? firewall::SourceKind::kCidrIpv4 : firewall::SourceKind::kCidrIpv6;
  }
  return spec;
}

RuleSpec tcp_rule(Direction direction, int from_port, int to_port, std::string_view source) {
  return make_rule(direction, 6, from_port, to_port, source);
}

// --- what exists -----------------------------------------------------------------------------------------------------

int Account::add_subnet(const std::string& vpc, std::uint32_t base, std::int64_t interval) {
  Subnet subnet;
  subnet.id = "subnet-0" + random_.hex(kHexDigits);
  subnet.vpc = vpc;
  subnet.base = base;
  subnet.interval = interval;
  subnets.push_back(std::move(subnet));
  return static_cast<int>(subnets.size()) - 1;
}

int Account::new_group(const std::string& vpc, const std::string& name, const std::string& description,
                       std::int64_t from) {
  GroupState group;
  group.id = "sg-0" + random_.hex(kHexDigits);
  group.vpc = vpc;
  group.name = name;
  group.description = description;
  group.life.from = from;
  groups.push_back(std::move(group));
  rules_of_group.emplace_back();
  interfaces_of_group.emplace_back();
  return static_cast<int>(groups.size()) - 1;
}

int Account::new_rule(int group, const RuleSpec& spec, const std::string& description, std::int64_t from, int event) {
  RuleState rule;
  rule.id = "sgr-0" + random_.hex(kHexDigits);
  rule.group = group;
  rule.spec = spec;
  rule.description = description;
  rule.span.from = from;
  rule.from_event = event;
  rules.push_back(std::move(rule));
  const int index = static_cast<int>(rules.size()) - 1;
  rules_of_group[at(group)].push_back(index);
  return index;
}

IpAddress Account::next_address(int subnet, std::int64_t time) {
  Subnet& place = subnets[at(subnet)];
  constexpr std::int64_t kRest = 1200;  // no conversation of the old owner is still written down
  if (reuse_addresses && !place.freed.empty() && place.freed.front().first + kRest <= time) {
    const IpAddress again = place.freed.front().second;
    place.freed.erase(place.freed.begin());
    return again;
  }
  return IpAddress::from_v4(place.base + ++place.used);
}

void Account::end_interface(int interface, std::int64_t time) {
  InterfaceState& state = interface_ref(interface);
  state.life.to = time;
  for (Membership& member : state.groups) member.span.to = std::min(member.span.to, time);
  for (InstanceLink& link : state.links) link.span.to = std::min(link.span.to, time);
  for (AddressState& address : state.addresses) {
    address.span.to = std::min(address.span.to, time);
    if (address.address.is_v4()) subnets[at(state.subnet)].freed.emplace_back(time, address.address);
  }
}

void Account::add_address(int interface, const IpAddress& address, bool primary, std::int64_t from) {
  interface_ref(interface).addresses.push_back({address, primary, {from, kStillThere}});
  by_address_[address].push_back(interface);
}

int Account::new_interface(int subnet, std::int64_t from, bool ipv6, int secondary_addresses) {
  InterfaceState state;
  state.id = "eni-0" + random_.hex(kHexDigits);
  state.subnet = subnet;
  state.life.from = from;
  interfaces.push_back(std::move(state));
  const int index = static_cast<int>(interfaces.size()) - 1;
  const IpAddress primary = next_address(subnet, from);
  add_address(index, primary, true, from);
  for (int i = 0; i < secondary_addresses; ++i) add_address(index, next_address(subnet, from), false, from);
  if (ipv6) add_address(index, IpAddress{subnets[at(subnet)].ipv6_high, primary.v4()}, false, from);
  return index;
}

int Account::new_instance(const LaunchSpec& launch, std::int64_t from) {
  InstanceState state;
  state.id = "i-0" + random_.hex(kHexDigits);
  state.subnet = launch.subnet;
  state.life.from = from;
  const std::int64_t named = launch.tags_in_launch ? from : from + 2;
  if (!launch.name.empty()) state.names.push_back({launch.name, named});
  state.primary_interface = new_interface(launch.subnet, from, launch.ipv6, launch.secondary_addresses);
  instances.push_back(std::move(state));
  const int index = static_cast<int>(instances.size()) - 1;
  interface_ref(instances.back().primary_interface)
      .links.push_back({index, 0, {from, kStillThere}, "eni-attach-0" + random_.hex(kHexDigits)});
  for (const int group : launch.groups) join(instances.back().primary_interface, group, from);
  return index;
}

void Account::join(int interface, int group, std::int64_t from) {
  interface_ref(interface).groups.push_back({group, {from, kStillThere}});
  std::vector<int>& members = interfaces_of_group[at(group)];
  if (members.empty() || members.back() != interface) members.push_back(interface);
}

void Account::mention(int group, std::int64_t time) {
  group_ref(group).first_mention = std::min(group_ref(group).first_mention, time);
}

void Account::mention_source(const RuleSpec& spec, std::int64_t time) {
  if (spec.source_kind != firewall::SourceKind::kGroup) return;
  for (int index = 0; index < static_cast<int>(groups.size()); ++index) {
    if (group(index).id == spec.source_id) return mention(index, time);
  }
}

int Account::old_group(const std::string& vpc, const std::string& name, const std::string& description) {
  const int index = new_group(vpc, name, description, kBeforeTrail);
  group_ref(index).is_default = name == "default";
  return index;
}

int Account::old_rule(int group, const RuleSpec& spec, const std::string& description) {
  return new_rule(group, spec, description, kBeforeTrail, -1);
}

int Account::old_instance(const LaunchSpec& launch) {
  const int index = new_instance(launch, kBeforeTrail);
  for (NameSpan& name : instances.back().names) name.from = kBeforeTrail;
  return index;
}

int Account::old_interface(int subnet, const std::vector<int>& with, const std::string& description,
                           const std::string& requester, const std::string& type) {
  const int index = new_interface(subnet, kBeforeTrail, false, 0);
  interface_ref(index).description = description;
  interface_ref(index).requester_id = requester;
  interface_ref(index).type = type;
  for (const int group : with) join(index, group, kBeforeTrail);
  return index;
}

int Account::unknown_prefix_list(const std::string& id, const std::string& name) {
  prefix_lists.push_back({id, name, {}});
  return static_cast<int>(prefix_lists.size()) - 1;
}

void Account::mark_snapshot(std::int64_t time) {
  for (RuleState& rule : rules) {
    if (!rule.span.contains(time)) continue;
    rule.id_visible = true;
    mention_source(rule.spec, time);
  }
}

// --- what is true at a time ------------------------------------------------------------------------------------------

bool Account::carries(int interface_index, int group, std::int64_t time) const {
  for (const Membership& member : interface(interface_index).groups) {
    if (member.group == group && member.span.contains(time)) return true;
  }
  return false;
}

std::vector<int> Account::groups_at(int interface_index, std::int64_t time) const {
  std::vector<int> found;
  for (const Membership& member : interface(interface_index).groups) {
    if (member.span.contains(time)) found.push_back(member.group);
  }
  return found;
}

std::vector<std::string> Account::group_ids_at(int interface_index, std::int64_t time) const {
  std::vector<std::string> ids;
  for (const int index : groups_at(interface_index, time)) ids.push_back(group(index).id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

const std::vector<int>& Account::interfaces_with(const IpAddress& address) const {
  static const std::vector<int> kNone;
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? kNone : found->second;
}

const std::vector<Cidr>* Account::entries_at(std::string_view prefix_list, std::int64_t time) const {
  for (const PrefixListState& list : prefix_lists) {
    if (list.id != prefix_list) continue;
    for (const PrefixListState::Version& version : list.versions) {
      if (version.span.contains(time)) return &version.entries;
    }
  }
  return nullptr;
}

bool Account::source_matches(const RuleSpec& spec, const IpAddress& peer, std::int64_t time) const {
  if (spec.source_kind == firewall::SourceKind::kPrefixList) {
    const std::vector<Cidr>* entries = entries_at(spec.source_id, time);
    return entries != nullptr &&
           std::any_of(entries->begin(), entries->end(), [&](const Cidr& entry) { return entry.contains(peer); });
  }
  if (spec.source_kind != firewall::SourceKind::kGroup) return spec.cidr.contains(peer);
  for (const int candidate : interfaces_with(peer)) {
    const InterfaceState& other = interface(candidate);
    const bool has_address =
        std::any_of(other.addresses.begin(), other.addresses.end(),
                    [&](const AddressState& state) { return state.address == peer && state.span.contains(time); });
    if (!has_address) continue;
    for (const int index : groups_at(candidate, time)) {
      if (group(index).id == spec.source_id) return true;
    }
  }
  return false;
}

std::vector<int> Account::admitting(int interface_index, Direction direction, const IpAddress& peer, int protocol,
                                    int port, std::int64_t time) const {
  std::vector<int> found;
  for (const Membership& member : interface(interface_index).groups) {
    if (!member.span.contains(time)) continue;
    for (const int index : rules_of_group[at(member.group)]) {
      const RuleState& candidate = rule(index);
      const RuleSpec& spec = candidate.spec;
      if (spec.direction != direction || !candidate.span.contains(time)) continue;
      if (spec.protocol != firewall::kAllProtocols && spec.protocol != protocol) continue;
      if (spec.has_ports() && (port < spec.from_port || port > spec.to_port)) continue;
      if (source_matches(spec, peer, time)) found.push_back(index);
    }
  }
  return found;
}

bool Account::covers(const RuleSpec& wide, const RuleSpec& narrow, std::int64_t time) const {
  if (wide.direction != narrow.direction) return false;
  if (wide.protocol != firewall::kAllProtocols) {
    if (wide.protocol != narrow.protocol) return false;
    if (wide.has_ports() && (narrow.from_port < wide.from_port || narrow.to_port > wide.to_port)) return false;
    // Type and code of ICMP; -1 means all.
    if (!wide.has_ports() && wide.from_port >= 0 && wide.from_port != narrow.from_port) return false;
    if (!wide.has_ports() && wide.to_port >= 0 && wide.to_port != narrow.to_port) return false;
  }
  if (!wide.source_id.empty() && wide.source_id == narrow.source_id) return true;
  const bool wide_block = wide.source_id.empty();
  if (wide_block && narrow.source_id.empty()) return wide.cidr.contains(narrow.cidr);
  if (!wide_block || narrow.source_kind != firewall::SourceKind::kPrefixList) return false;
  const std::vector<Cidr>* entries = entries_at(narrow.source_id, time);
  return entries != nullptr && !entries->empty() &&
         std::all_of(entries->begin(), entries->end(), [&](const Cidr& entry) { return wide.cidr.contains(entry); });
}

bool Account::covers_for_good(int wide, int narrow, std::int64_t time) const {
  const RuleState& a = rule(wide);
  const RuleState& b = rule(narrow);
  if (!covers(a.spec, b.spec, time)) return false;
  if (!covers(b.spec, a.spec, time)) return true;
  return b.span.from != a.span.from ? b.span.from > a.span.from : b.id > a.id;
}

int Account::instance_of(int interface_index, std::int64_t time) const {
  for (const InstanceLink& link : interface(interface_index).links) {
    if (link.span.contains(time)) return link.instance;
  }
  return -1;
}

namespace {

/// The name in force at `time`, else the first that follows: tags are often set moments after the launch.
std::string name_at(const std::vector<NameSpan>& names, std::int64_t time) {
  std::string found;
  for (const NameSpan& span : names) {
    if (found.empty() || span.from <= time) found = span.name;
  }
  return found;
}

}  // namespace

std::string Account::instance_name(int index, std::int64_t time) const {
  return name_at(instance(index).names, time);
}

std::string Account::owner_name(int interface_index, std::int64_t time) const {
  const int owner = instance_of(interface_index, time);
  return owner >= 0 ? instance_name(owner, time) : name_at(interface(interface_index).names, time);
}

std::int64_t Account::count_carriers(int group, std::int64_t time) const {
  std::vector<int> members = interfaces_of_group[at(group)];
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return std::count_if(members.begin(), members.end(), [&](int member) { return carries(member, group, time); });
}

IpAddress Account::primary_address(int interface_index) const {
  return interface(interface_index).addresses.front().address;
}

std::string Account::label(int index) const {
  const RuleState& state = rule(index);
  return state.id_visible ? state.id : group(state.group).id + "/" + state.spec.to_string();
}

// --- notes for the answers -------------------------------------------------------------------------------------------

namespace {

constexpr int kWideIpv4 = 16;
constexpr int kWideIpv6 = 32;

std::string port_class(const RuleSpec& spec) {
  const bool all_ports = spec.has_ports() && spec.from_port == 0 && spec.to_port == 65535;
  if (spec.protocol == firewall::kAllProtocols || all_ports) return "all";
  if (!spec.has_ports()) return "other";
  for (const int port : {22, 23, 2375, 2376, 3389, 5900, 5985, 5986, 6443, 10250}) {
    if (spec.from_port <= port && port <= spec.to_port) return "admin";
  }
  for (const int port : {1433, 1434, 1521, 3306, 5432, 5439, 6379, 7000, 7001, 8182, 9042, 9200, 9300, 11211, 27017,
                         27018, 27019, 50000}) {
    if (spec.from_port <= port && port <= spec.to_port) return "database";
  }
  return "other";
}

/// Do the blocks together hold every address of `block`?
bool blocks_cover(const std::vector<Cidr>& blocks, const Cidr& block) {
  bool inside = false;
  for (const Cidr& other : blocks) {
    if (other.contains(block)) return true;
    inside = inside || block.contains(other);
  }
  if (!inside) return false;
  const int length = block.prefix_length() + 1;
  const Cidr low{block.network(), length};
  const Cidr high{block.last(), length};
  return blocks_cover(blocks, low) && blocks_cover(blocks, high);
}

bool covers_family(const std::vector<Cidr>& blocks) {
  return blocks_cover(blocks, Cidr{IpAddress::from_v4(0), 0}) || blocks_cover(blocks, Cidr{IpAddress{0, 0}, 0});
}

bool is_wide(const Cidr& block) {
  return block.prefix_length() < (block.is_v4() ? kWideIpv4 : kWideIpv6);
}

}  // namespace

std::string Account::opens_to(const RuleSpec& spec, int group, int rule_index, std::int64_t time) const {
  if (spec.source_kind == firewall::SourceKind::kGroup) return "peer";
  if (spec.source_kind == firewall::SourceKind::kPrefixList) {
    const std::vector<Cidr>* entries = entries_at(spec.source_id, time);
    if (entries == nullptr) return "peer";
    if (covers_family(*entries)) return "world";
    return std::any_of(entries->begin(), entries->end(), is_wide) ? "wide" : "peer";
  }
  std::vector<Cidr> others;
  for (const int index : rules_of_group[at(group)]) {
    const RuleState& other = rule(index);
    if (index == rule_index || !other.span.contains(time) || !other.spec.source_id.empty()) continue;
    RuleSpec ports = other.spec;  // compare protocol and ports alone
    ports.cidr = spec.cidr;
    if (covers(ports, spec, time)) others.push_back(other.spec.cidr);
  }
  std::vector<Cidr> all = others;
  all.push_back(spec.cidr);
  if (spec.cidr.prefix_length() == 0 || (covers_family(all) && !covers_family(others))) return "world";
  return is_wide(spec.cidr) ? "wide" : "peer";
}

void Account::note_rule(std::string change, int event, int group, int rule_index, std::optional<RuleSpec> before,
                        std::optional<RuleSpec> after) {
  RuleChangeMade made;
  const std::int64_t time = trail_.event(event).time;
  made.change = std::move(change);
  made.event = event;
  made.group = group;
  made.rule = rule_index;
  made.interfaces_affected = count_carriers(group, time);
  if (after && (made.change == "rule-added" || made.change == "rule-modified")) {
    const bool nothing_new = before && covers(*before, *after, time);
    if (!nothing_new) made.opens_to = opens_to(*after, group, rule_index, time);
  }
  if (after)
    made.port_class = port_class(*after);
  else if (before)
    made.port_class = port_class(*before);
  made.before = std::move(before);
  made.after = std::move(after);
  rule_changes.push_back(std::move(made));
}

void Account::replace_groups(std::int64_t time, int interface_index, const std::vector<int>& next, int event) {
  AttachmentMade made;
  made.kind = "changed";
  made.event = event;
  made.interface = interface_index;
  made.before = group_ids_at(interface_index, time);
  InterfaceState& state = interface_ref(interface_index);
  for (Membership& member : state.groups) {
    const bool stays = std::find(next.begin(), next.end(), member.group) != next.end();
    if (member.span.contains(time) && !stays) member.span.to = time;
  }
  for (const int group : next) {
    mention(group, time);
    if (!carries(interface_index, group, time)) join(interface_index, group, time);
  }
  made.after = group_ids_at(interface_index, time);
  if (const int owner = instance_of(interface_index, time); owner >= 0) {
    made.instance_id = instance(owner).id;
    made.resource = "instance/" + made.instance_id;
  }
  attachment_changes.push_back(std::move(made));
}

void Account::note_resource(std::int64_t time, int event, const std::string& resource, const std::vector<int>& with) {
  AttachmentMade made;
  made.kind = "created-with";
  made.event = event;
  made.resource = resource;
  for (const int group : with) {
    references.push_back({resource, group, {time, kStillThere}});
    mention(group, time);
    made.after.push_back(this->group(group).id);
  }
  std::sort(made.after.begin(), made.after.end());
  attachment_changes.push_back(std::move(made));
}

}  // namespace flowtrail::sample
