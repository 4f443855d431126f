// A small account in which random people do random things to random groups, while random peers talk to random
// machines. It has no story; it exists to compare two ways of counting on accounts that nobody thought of. What it
// avoids is told where it is avoided: states that logs alone cannot tell.
#include <algorithm>
#include <array>

#include "sample/simulation.h"
#include "sample/truth.h"

namespace flowtrail::sample {
namespace {

constexpr int kTcp = 6, kUdp = 17, kIcmp = 1, kEsp = 50;
constexpr std::array<const char*, 2> kVpcs{"vpc-0aaaaaaaaaaaaaaa1", "vpc-0bbbbbbbbbbbbbbb2"};
constexpr std::array<int, 10> kPorts{22, 53, 80, 123, 443, 3306, 5432, 8080, 8443, 9100};
constexpr std::array<const char*, 14> kBlocks{
    "0.0.0.0/0",       "10.0.0.0/8",        "10.0.0.0/16", "10.0.16.0/20", "203.0.113.0/24", "203.0.113.10/32",
    "198.51.100.0/25", "128.0.0.0/1",       "0.0.0.0/1",   "192.0.2.0/24", "::/0",           "2001:db8::/32",
    "10.20.0.0/16",    "169.254.169.254/32"};
constexpr std::array<const char*, 4> kNames{"alpha", "beta", "gamma", ""};

class Turmoil {
 public:
  explicit Turmoil(Simulation& simulation) : s_(simulation), a_(simulation.account) {}
  void build();
  void plan();
  void talk(std::int64_t block);
  std::int64_t snapshot_time = 0;
  std::uint64_t snapshots = 0;

 private:
  std::int64_t between(std::int64_t low, std::int64_t high) { return s_.random.between(low, high); }
  bool chance(int per_thousand) { return s_.random.chance(per_thousand); }
  template <typename List>
  auto any(const List& list) {
    return list[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(list.size()) - 1))];
  }
  const Actor& anybody() {
    return *any(
        std::array<const Actor*, 5>{&s_.cast.alice, &s_.cast.bob, &s_.cast.carol, &s_.cast.dave, &s_.cast.terraform});
  }

  void do_something(std::int64_t time);
  void change_rules(std::int64_t time);
  void change_machines(std::int64_t time);
  void change_interfaces(std::int64_t time);
  void change_services(std::int64_t time);
  void add_rules(std::int64_t time, int group);
  void remove_rules(std::int64_t time, int group);
  void modify_rules(std::int64_t time, int group);
  void describe_rules(std::int64_t time, int group);
  void delete_group(std::int64_t time, int group);
  void misbehave(int interface);

  RuleSpec random_rule(Direction direction, int group);
  [[nodiscard]] bool is_duplicate(int group, const RuleSpec& spec, std::int64_t time) const;
  [[nodiscard]] std::vector<int> open_rules(int group, Direction direction, std::int64_t time) const;
  /// What existed before the trail is only known from the snapshot on; before it, a change to it would have an
  /// unknown old state.
  [[nodiscard]] bool is_known(std::int64_t from, std::int64_t time) const {
    return from != kBeforeTrail || (snapshot_time > 0 && time > snapshot_time);
  }
  std::vector<int> some_groups(const std::string& vpc, std::int64_t time);
  std::vector<int> live_interfaces(std::int64_t from, std::int64_t to) const;
  std::vector<int> live_instances(std::int64_t time) const;
  std::vector<int> live_groups(std::int64_t time) const;
  [[nodiscard]] const std::string& vpc_of(int interface) const {
    return a_.subnets[static_cast<std::size_t>(a_.interface(interface).subnet)].vpc;
  }
  Party outsider(bool ipv6);
  Party insider(int interface, bool ipv6, std::int64_t time);

  Simulation& s_;
  Account& a_;
  std::vector<int> lists_;
  int resources_ = 0;
};

// --- before the trail ------------------------------------------------------------------------------------------------

void Turmoil::build() {
  a_.reuse_addresses = true;
  const bool with_snapshot = chance(700);
  if (with_snapshot) snapshot_time = s_.block(static_cast<int>(between(100, 900))) + 7;
  const std::array<std::string_view, 3> formats{kDefaultColumns, kWideColumns, kShuffledColumns};
  for (int i = 0; i < 3; ++i) {
    const std::uint32_t base = 0x0a000000U + (i == 2 ? 0x00010000U : static_cast<std::uint32_t>(i) * 0x1000U);
    const std::int64_t interval = i == 1 && chance(200) ? 60 : 600;
    const int subnet = a_.add_subnet(kVpcs[i == 2 ? 1 : 0], base, interval);
    Subnet& place = a_.subnets[static_cast<std::size_t>(subnet)];
    if (chance(500)) place.ipv6_high = 0x20010db800010000U + static_cast<std::uint64_t>(i);
    const std::string_view format = any(formats);
    place.flow_logs = {s_.add_log(format == kDefaultColumns ? 2 : 5, format)};
    s_.logs.back()->set_redelivery(10);
  }
  if (!with_snapshot) return;
  for (int i = 0; i < 4; ++i) {
    const int group = a_.old_group(kVpcs[i == 3 ? 1 : 0], i == 0 ? "default" : "old-" + std::to_string(i), "old");
    for (int n = 0; n < 4; ++n) {
      const RuleSpec spec = random_rule(chance(700) ? Direction::kIngress : Direction::kEgress, group);
      if (!is_duplicate(group, spec, s_.begin)) a_.old_rule(group, spec, chance(500) ? "from before" : "");
    }
  }
  for (int i = 0; i < 3; ++i) {
    LaunchSpec launch;
    launch.subnet = static_cast<int>(between(0, 2));
    launch.groups = some_groups(a_.subnets[static_cast<std::size_t>(launch.subnet)].vpc, s_.begin);
    launch.name = any(kNames);
    launch.ipv6 = a_.subnets[static_cast<std::size_t>(launch.subnet)].ipv6_high != 0;
    launch.secondary_addresses = static_cast<int>(between(0, 1));
    misbehave(a_.instance(a_.old_instance(launch)).primary_interface);
  }
  misbehave(a_.old_interface(0, some_groups(kVpcs[0], s_.begin), "old", "amazon-rds", "interface"));
}

void Turmoil::misbehave(int interface) {
  InterfaceState& state = a_.interfaces[static_cast<std::size_t>(interface)];
  const std::int64_t blocks = (s_.end - s_.begin) / kBlockSeconds;
  const std::int64_t quiet = s_.begin + between(0, blocks) * kBlockSeconds;
  if (chance(150)) state.silent.push_back({quiet, quiet + between(1, 20) * kBlockSeconds});
  const std::int64_t lost = s_.begin + between(0, blocks) * kBlockSeconds;
  const bool apart =
      state.silent.empty() || lost >= state.silent.front().to || lost + 3 * kBlockSeconds <= state.silent.front().from;
  if (chance(150) && apart) state.skipped.push_back({lost, std::min(lost + between(1, 3) * kBlockSeconds, s_.end)});
}

// --- what happens ----------------------------------------------------------------------------------------------------

void Turmoil::plan() {
  const std::int64_t calls = between(40, 120);
  for (std::int64_t i = 0; i < calls; ++i) {
    s_.at(s_.begin + between(60, s_.end - s_.begin - 120), [this](std::int64_t time) { do_something(time); }, 6);
  }
  if (snapshot_time == 0) return;
  a_.snapshot_time = snapshot_time;
  s_.at(snapshot_time, [this](std::int64_t time) {
    snapshot_time = time;
    const Result<std::uint64_t> written = write_snapshots(s_, time);
    if (written)
      snapshots = *written;
    else
      s_.failure_so_far = std::unexpected(written.error());
  });
}

void Turmoil::do_something(std::int64_t time) {
  switch (between(0, 9)) {
    case 0:
    case 1:
    case 2:
    case 3: return change_rules(time);
    case 4:
    case 5:
    case 6: return change_machines(time);
    case 7:
    case 8: return change_interfaces(time);
    default: return change_services(time);
  }
}

std::vector<int> Turmoil::live_groups(std::int64_t time) const {
  std::vector<int> found;
  for (int i = 0; i < static_cast<int>(a_.groups.size()); ++i) {
    if (a_.group(i).life.contains(time)) found.push_back(i);
  }
  return found;
}

std::vector<int> Turmoil::live_interfaces(std::int64_t from, std::int64_t to) const {
  std::vector<int> found;
  for (int i = 0; i < static_cast<int>(a_.interfaces.size()); ++i) {
    if (a_.interface(i).life.from <= from && a_.interface(i).life.to >= to) found.push_back(i);
  }
  return found;
}

std::vector<int> Turmoil::live_instances(std::int64_t time) const {
  std::vector<int> found;
  for (int i = 0; i < static_cast<int>(a_.instances.size()); ++i) {
    if (a_.instance(i).life.contains(time)) found.push_back(i);
  }
  return found;
}

std::vector<int> Turmoil::some_groups(const std::string& vpc, std::int64_t time) {
  std::vector<int> candidates, chosen;
  for (const int group : live_groups(time)) {
    if (a_.group(group).vpc == vpc) candidates.push_back(group);
  }
  const std::int64_t wanted = between(1, 3);
  while (!candidates.empty() && static_cast<std::int64_t>(chosen.size()) < wanted) {
    const int group = any(candidates);
    std::erase(candidates, group);
    chosen.push_back(group);
  }
  return chosen;
}

void Turmoil::change_rules(std::int64_t time) {
  const std::vector<int> groups = live_groups(time);
  if (groups.empty() || chance(150)) {
    const Actor& actor = anybody();
    const std::string name = "group-" + std::to_string(a_.groups.size());
    const int made = a_.create_group(time, actor, any(kVpcs), name, "made at random");
    if (chance(300)) a_.terraform_drops_default_egress(time + 1, actor, made);
    if (chance(800)) add_rules(time + 3, made);
    return;
  }
  const int group = any(groups);
  switch (between(0, 6)) {
    case 0:
    case 1: return add_rules(time, group);
    case 2: return remove_rules(time, group);
    case 3: return modify_rules(time, group);
    case 4: return describe_rules(time, group);
    case 5: return delete_group(time, group);
    default: {
      const RuleSpec spec = random_rule(Direction::kIngress, group);
      if (is_duplicate(group, spec, time)) return;
      if (chance(500)) return a_.failed_authorize(time, anybody(), group, spec);
      return a_.failed_revoke(time, anybody(), group, spec);
    }
  }
}

RuleSpec Turmoil::random_rule(Direction direction, int group) {
  const std::array<int, 12> protocols{kTcp,  kTcp, kTcp, kTcp, kTcp, kTcp, kUdp, kUdp, firewall::kAllProtocols,
                                      kIcmp, kTcp, kEsp};
  const int protocol = any(protocols);
  int from = any(kPorts);
  int to = from;
  if (chance(300)) to = std::max(from, any(kPorts));
  if (chance(60)) from = 0, to = 65535;
  if (protocol == kUdp && chance(100)) from = 67, to = 68;
  if (protocol == kIcmp) from = chance(500) ? 8 : -1, to = -1;
  std::string source = any(kBlocks);
  if (chance(300) && !a_.groups.empty()) {
    const GroupState& other = a_.group(static_cast<int>(between(0, static_cast<std::int64_t>(a_.groups.size()) - 1)));
    const bool same_place = other.vpc == a_.group(group).vpc || chance(500);
    if (other.life.to == kStillThere && same_place) source = other.id;
  } else if (chance(150) && !lists_.empty()) {
    source = a_.prefix_lists[static_cast<std::size_t>(any(lists_))].id;
  }
  return make_rule(direction, protocol, from, to, source, source.starts_with("sg-") ? a_.number : "");
}

bool Turmoil::is_duplicate(int group, const RuleSpec& spec, std::int64_t time) const {
  return std::any_of(a_.rules_of_group[static_cast<std::size_t>(group)].begin(),
                     a_.rules_of_group[static_cast<std::size_t>(group)].end(), [&](int index) {
                       return a_.rule(index).span.contains(time) && a_.rule(index).spec.same_as(spec);
                     });
}

std::vector<int> Turmoil::open_rules(int group, Direction direction, std::int64_t time) const {
  std::vector<int> found;
  for (const int index : a_.rules_of_group[static_cast<std::size_t>(group)]) {
    const RuleState& rule = a_.rule(index);
    if (rule.span.contains(time) && rule.spec.direction == direction) found.push_back(index);
  }
  return found;
}

void Turmoil::add_rules(std::int64_t time, int group) {
  const Direction direction = chance(750) ? Direction::kIngress : Direction::kEgress;
  std::vector<NewRule> added;
  for (std::int64_t i = between(1, 3); i > 0; --i) {
    const RuleSpec spec = random_rule(direction, group);
    const bool twice =
        std::any_of(added.begin(), added.end(), [&](const NewRule& other) { return other.spec.same_as(spec); });
    if (!twice && !is_duplicate(group, spec, time)) added.push_back({spec, chance(400) ? "some reason" : ""});
  }
  if (added.empty()) return;
  const RuleSpec& first = added.front().spec;
  const bool flat =
      added.size() == 1 && first.has_ports() && first.source_kind == firewall::SourceKind::kCidrIpv4 && chance(400);
  if (flat) added.front().description.clear();  // the short form has no place for one
  a_.authorize(time, anybody(), group, added, flat);
}

void Turmoil::remove_rules(std::int64_t time, int group) {
  const std::vector<int> open = open_rules(group, chance(750) ? Direction::kIngress : Direction::kEgress, time);
  if (open.empty()) return;
  std::vector<int> gone{any(open)};
  if (const int second = any(open); second != gone.front() && chance(400)) gone.push_back(second);
  const bool ids = std::all_of(gone.begin(), gone.end(), [&](int index) {
    return a_.rule(index).id_visible && is_known(a_.rule(index).span.from, time);
  });
  const RuleSpec& first = a_.rule(gone.front()).spec;
  const bool flat = gone.size() == 1 && first.has_ports() && first.source_kind == firewall::SourceKind::kCidrIpv4;
  RevokeForm form = RevokeForm::kByValue;
  if (ids && chance(500))
    form = RevokeForm::kById;
  else if (flat && chance(300))
    form = RevokeForm::kFlat;
  a_.revoke(time, anybody(), gone, form, chance(500));
}

void Turmoil::modify_rules(std::int64_t time, int group) {
  std::vector<std::pair<int, NewRule>> changes;
  for (const int index : open_rules(group, Direction::kIngress, time)) {
    const RuleState& rule = a_.rule(index);
    // The request names a referenced group without its account, which later texts may or may not know.
    if (rule.spec.source_kind == firewall::SourceKind::kGroup) continue;
    if (!rule.id_visible || !is_known(rule.span.from, time) || changes.size() == 2 || chance(400)) continue;
    RuleSpec spec = random_rule(Direction::kIngress, group);
    // The kind of source stays.
    spec.source_kind = rule.spec.source_kind;
    spec.cidr = rule.spec.cidr;
    spec.source_id = rule.spec.source_id;
    spec.source_account = rule.spec.source_account;
    const bool clash =
        is_duplicate(group, spec, time) ||
        std::any_of(changes.begin(), changes.end(), [&](const auto& other) { return other.second.spec.same_as(spec); });
    if (!clash) changes.push_back({index, {spec, chance(500) ? "changed" : ""}});
  }
  if (!changes.empty()) a_.modify(time, anybody(), changes);
}

void Turmoil::describe_rules(std::int64_t time, int group) {
  for (const int index : open_rules(group, Direction::kIngress, time)) {
    const RuleState& rule = a_.rule(index);
    const bool plain = rule.spec.has_ports() && rule.spec.source_kind == firewall::SourceKind::kCidrIpv4;
    if (!rule.id_visible || !is_known(rule.span.from, time) || chance(500)) continue;
    return a_.describe(time, anybody(), {{index, "described " + std::to_string(time)}}, !plain || chance(500));
  }
}

void Turmoil::delete_group(std::int64_t time, int group) {
  const GroupState& state = a_.group(group);
  if (state.is_default || !is_known(state.life.from, time) || a_.count_carriers(group, time) > 0) return;
  const bool named = std::any_of(a_.rules.begin(), a_.rules.end(), [&](const RuleState& rule) {
    const bool near = a_.group(rule.group).vpc == state.vpc;  // across a peering the reference goes stale instead
    return near && rule.group != group && rule.span.contains(time) && rule.spec.source_id == state.id;
  });
  const bool referenced = std::any_of(a_.references.begin(), a_.references.end(),
                                      [&](const ReferenceState& reference) { return reference.group == group; });
  if (!named && !referenced) a_.delete_group(time, anybody(), group);
}

void Turmoil::change_machines(std::int64_t time) {
  const std::vector<int> running = live_instances(time);
  if (running.size() < 2 || chance(450)) {
    LaunchSpec launch;
    launch.subnet = static_cast<int>(between(0, 2));
    const Subnet& place = a_.subnets[static_cast<std::size_t>(launch.subnet)];
    launch.groups = some_groups(place.vpc, time);
    if (launch.groups.empty()) return;
    launch.name = any(kNames);
    launch.count = static_cast<int>(between(1, 2));
    launch.ipv6 = place.ipv6_high != 0 && chance(500);
    launch.secondary_addresses = chance(200) ? 1 : 0;
    launch.from_template = chance(500);
    launch.tags_in_launch = chance(700);
    for (const int made : a_.run_instances(time, anybody(), launch)) misbehave(a_.instance(made).primary_interface);
    return;
  }
  const int instance = any(running);
  const InstanceState& state = a_.instance(instance);
  if (!is_known(state.life.from, time)) return;
  switch (between(0, 2)) {
    case 0: {
      // An interface that outlives its machine is taken off first.
      const bool second = std::any_of(a_.interfaces.begin(), a_.interfaces.end(), [&](const InterfaceState& other) {
        return !other.links.empty() && other.links.back().instance == instance && other.links.back().device_index > 0 &&
               other.links.back().span.contains(time);
      });
      if (!second) a_.terminate(time, anybody(), {instance});
      return;
    }
    case 1: {
      const std::vector<int> next = some_groups(vpc_of(state.primary_interface), time);
      if (!next.empty()) a_.set_instance_groups(time, anybody(), instance, next);
      return;
    }
    default: {
      const std::string name = any(kNames);
      // A machine without a Name would take a later one from its beginning on, so it keeps none.
      const bool named = !a_.instance_name(instance, time).empty();
      if (named && !name.empty() && name != a_.instance_name(instance, time))
        a_.tag_name(time, anybody(), {instance}, name);
      return;
    }
  }
}

void Turmoil::change_interfaces(std::int64_t time) {
  const std::vector<int> live = live_interfaces(time, time + 1);
  if (live.empty() || chance(200)) {
    const int subnet = static_cast<int>(between(0, 2));
    const std::vector<int> with = some_groups(a_.subnets[static_cast<std::size_t>(subnet)].vpc, time);
    if (!with.empty()) misbehave(a_.create_interface(time, anybody(), subnet, with, "random", ""));
    return;
  }
  const int interface = any(live);
  const InterfaceState& state = a_.interface(interface);
  if (!is_known(state.life.from, time)) return;
  const bool linked = !state.links.empty() && state.links.back().span.contains(time);
  switch (between(0, 3)) {
    case 0:
    case 1: {
      const std::vector<int> next = some_groups(vpc_of(interface), time);
      if (!next.empty()) a_.set_interface_groups(time, anybody(), interface, next);
      return;
    }
    case 2: return a_.assign_address(time, anybody(), interface);
    default: break;
  }
  if (state.delete_on_termination) return;  // a machine's own
  if (linked) return a_.detach_interface(time, anybody(), interface);
  if (chance(400)) return a_.delete_interface(time, anybody(), interface);
  for (const int instance : live_instances(time)) {
    const bool near = a_.instance(instance).subnet == state.subnet && is_known(a_.instance(instance).life.from, time);
    const bool taken = std::any_of(a_.interfaces.begin(), a_.interfaces.end(), [&](const InterfaceState& other) {
      return !other.links.empty() && other.links.back().instance == instance && other.links.back().device_index > 0 &&
             other.links.back().span.contains(time);
    });
    if (near && !taken) return a_.attach_interface(time, anybody(), interface, instance, 1);
  }
}

void Turmoil::change_services(std::int64_t time) {
  if (chance(400)) {
    if (lists_.empty() || chance(300)) {
      lists_.push_back(a_.create_prefix_list(time, anybody(), "list-" + std::to_string(lists_.size()),
                                             {*Cidr::parse("203.0.113.0/25"), *Cidr::parse("198.51.100.0/24")}));
      return;
    }
    const int list = any(lists_);
    const Cidr block = *Cidr::parse(any(std::array<const char*, 3>{"192.0.2.0/25", "203.0.113.128/25", "10.0.0.0/8"}));
    const std::vector<Cidr>& entries = a_.prefix_lists[static_cast<std::size_t>(list)].versions.back().entries;
    const bool there = std::find(entries.begin(), entries.end(), block) != entries.end();
    return a_.modify_prefix_list(time, anybody(), list, there ? std::vector<Cidr>{} : std::vector<Cidr>{block},
                                 there ? std::vector<Cidr>{block} : std::vector<Cidr>{});
  }
  const std::vector<int> groups = live_groups(time);
  if (groups.empty() || chance(300)) return a_.noise_event(time, anybody(), static_cast<int>(between(0, 3)));
  const int group = any(groups);
  const std::string name = "thing-" + std::to_string(++resources_);
  switch (between(0, 3)) {
    case 0: return a_.create_function(time, anybody(), name, 0, group);
    case 1: return a_.create_database(time, anybody(), name, group);
    case 2: return a_.create_launch_template(time, anybody(), name, {group});
    default: return a_.create_load_balancer(time, anybody(), name, 0, group);
  }
}

// --- traffic ---------------------------------------------------------------------------------------------------------

Party Turmoil::outsider(bool ipv6) {
  if (ipv6) return {-1, IpAddress{0x20010db8aaaa0000U, static_cast<std::uint64_t>(between(1, 5))}, {}};
  const auto v4 = [](std::uint32_t net, std::int64_t host) {
    return IpAddress::from_v4(net + static_cast<std::uint32_t>(host));
  };
  switch (between(0, 6)) {
    case 0: return {-1, v4(0xa75e8a00U, between(10, 12)), {}};  // 167.94.138.0: in the scanners' list
    case 1: return {-1, v4(0x0a140000U, between(5, 9)), {}};    // 10.20.0.0: a network we know nothing of
    case 2: return {-1, v4(0xc0000200U, between(130, 136)), "S3"};
    case 3: return {-1, v4(0xc6336400U, between(10, 16)), {}};
    case 4: return {-1, v4(0xc0000200U, between(10, 14)), {}};
    default: return {-1, v4(0xcb007100U, between(8, 14)), {}};
  }
}

Party Turmoil::insider(int interface, bool ipv6, std::int64_t time) {
  std::vector<IpAddress> addresses;
  for (const AddressState& state : a_.interface(interface).addresses) {
    if (state.span.contains(time) && state.address.is_v4() != ipv6) addresses.push_back(state.address);
  }
  if (addresses.empty()) return {};
  return {interface, any(addresses), {}};
}

void Turmoil::talk(std::int64_t block) {
  const std::vector<int> live = live_interfaces(block, block + kBlockSeconds);
  if (live.empty()) return;
  for (std::int64_t i = between(0, 6); i > 0; --i) {
    const int interface = any(live);
    const bool ipv6 = chance(120);
    const Party own = insider(interface, ipv6, block);
    Party other = outsider(ipv6);
    if (!ipv6 && chance(450)) {
      const int peer = any(live);
      if (peer == interface) continue;
      other = insider(peer, false, block);
    }
    if (own.interface < 0) continue;
    const bool outgoing = chance(250);
    Talk talk;
    talk.client = outgoing ? own : other;
    talk.server = outgoing ? other : own;
    talk.protocol = any(std::array<int, 10>{kTcp, kTcp, kTcp, kTcp, kTcp, kTcp, kTcp, kUdp, kUdp, kIcmp});
    // Without ports only the order of question and answer tells who began: strangers ask, and are answered.
    if (talk.protocol == kIcmp && (outgoing || other.interface >= 0 || ipv6)) talk.protocol = kTcp;
    if (talk.protocol == kIcmp && chance(200)) talk.protocol = kEsp;
    const bool ports = talk.protocol == kTcp || talk.protocol == kUdp;
    talk.client_port = ports ? s_.traffic.next_client_port() : 0;
    talk.server_port = ports ? any(kPorts) : 0;
    talk.manner = any(std::array<Manner, 8>{Manner::kSession, Manner::kSession, Manner::kSession, Manner::kSession,
                                            Manner::kHandshake, Manner::kSilent, Manner::kSilent, Manner::kReset});
    if (!ports) talk.manner = Manner::kSession;
    if (talk.protocol == kUdp && talk.manner == Manner::kReset) talk.manner = Manner::kSilent;
    talk.start = block + 60 * between(0, 9) + between(0, 30);
    talk.end = talk.start + between(2, 25);
    const auto coarse = [&](const Party& party) {
      return party.interface < 0 ||
             a_.subnets[static_cast<std::size_t>(a_.interface(party.interface).subnet)].interval == kBlockSeconds;
    };
    const bool long_talk = talk.protocol == kTcp && talk.manner == Manner::kSession && chance(100);
    if (long_talk && coarse(own) && coarse(other)) talk.end = talk.start + between(1000, 9000);
    if (talk.end < s_.end) s_.traffic.open(talk, block + kBlockSeconds);
  }
  if (!chance(300)) return;
  const Party scanner{-1, IpAddress::from_v4(0xc6336463U), {}};  // 198.51.100.99 tries whatever there is
  Talk probe;
  probe.client = scanner;
  probe.server = insider(any(live), false, block);
  probe.client_port = s_.traffic.next_client_port();
  probe.server_port = any(kPorts);
  probe.manner = Manner::kSilent;
  probe.start = block + 60 * between(0, 9) + between(0, 30);
  probe.end = probe.start + 3;
  s_.traffic.open(probe, block + kBlockSeconds);
}

}  // namespace

Result<Outcome> run_random(Simulation& simulation) {
  const Span part = part_of(simulation, 300, 800);
  Turmoil turmoil(simulation);
  FT_CHECK(play(simulation, part, turmoil));
  Outcome outcome;
  outcome.snapshot_time = turmoil.snapshot_time;
  outcome.snapshots = turmoil.snapshots;
  outcome.cases = random_cases(simulation, part, turmoil.snapshot_time);
  return outcome;
}

}  // namespace flowtrail::sample
