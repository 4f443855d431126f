// The simulated account: groups, rules, interfaces, instances and prefix lists with the spans in which they exist, and
// the calls that change them. Every call writes its CloudTrail record and remembers what it did, so that the answers
// come from here and not from reading the logs back. Plain vectors and plain loops on purpose: this model shares
// nothing with the program's own history.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ip_address.h"
#include "firewall/security_rule.h"
#include "sample/random.h"
#include "sample/trail.h"

namespace flowtrail::sample {

using firewall::Direction;
using firewall::RuleSpec;

constexpr std::int64_t kBeforeTrail = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kStillThere = std::numeric_limits<std::int64_t>::max();

/// `[from, to)` in seconds since 1970.
struct Span {
  std::int64_t from = kBeforeTrail;
  std::int64_t to = kStillThere;
  [[nodiscard]] bool contains(std::int64_t time) const { return from <= time && time < to; }
};

struct GroupState {
  std::string id, name, description, vpc;
  Span life;
  int created_event = -1;  // index into the trail's events; -1: before the trail
  bool is_default = false;
  std::int64_t first_mention = kStillThere;  // first event that names the group
};

struct RuleState {
  std::string id;           // AWS gives every rule one ...
  bool id_visible = false;  // ... but a default egress rule's is told by a snapshot or a revoke only
  int group = 0;
  RuleSpec spec;
  std::string description;
  Span span;
  int from_event = -1;
  bool default_egress = false;
};

struct NameSpan {
  std::string name;
  std::int64_t from = kBeforeTrail;
};

struct Membership {
  int group = 0;
  Span span;
};

struct AddressState {
  IpAddress address;
  bool primary = false;
  Span span;
};

struct InstanceLink {
  int instance = 0;
  int device_index = 0;
  Span span;
  std::string attachment_id;
};

struct InterfaceState {
  std::string id, description, requester_id, type = "interface";
  int subnet = 0;
  Span life;
  std::vector<AddressState> addresses;
  std::vector<Membership> groups;
  std::vector<InstanceLink> links;
  std::vector<NameSpan> names;
  bool delete_on_termination = true;
  std::vector<Span> silent, skipped;  // no records at all; SKIPDATA. Aligned to the aggregation interval
};

struct InstanceState {
  std::string id;
  int subnet = 0;
  Span life;
  std::vector<NameSpan> names;
  int primary_interface = 0;
};

struct PrefixListState {
  struct Version {
    std::vector<Cidr> entries;
    Span span;
  };
  std::string id, name;
  std::vector<Version> versions;  // empty: contents are not known to anybody (AWS-managed)
};

struct ReferenceState {
  std::string resource;
  int group = 0;
  Span span;
};

struct Subnet {
  std::string id, vpc;
  std::uint32_t base = 0;  // IPv4, host order
  std::uint32_t used = 9;
  std::uint64_t ipv6_high = 0;  // 0: no IPv6
  std::vector<int> flow_logs;
  std::int64_t interval = 600;                            // aggregation interval of its flow logs
  std::vector<std::pair<std::int64_t, IpAddress>> freed;  // when, and what is free again
};

/// One row of `sg-changes` as it happened.
struct RuleChangeMade {
  std::string change;
  int event = 0;
  int group = 0;
  int rule = -1;  // index of the rule (its old version for a change)
  std::optional<RuleSpec> before, after;
  std::string before_description, after_description;
  std::string opens_to, port_class, error_code;
  std::int64_t interfaces_affected = 0;
};

/// One row of `sg-attachments` as it happened.
struct AttachmentMade {
  std::string kind;
  int event = 0;
  int interface = -1;
  std::string resource;
  std::string instance_id;
  std::vector<std::string> before, after;  // group ids, sorted
  bool before_known = true;
};

struct NewRule {
  RuleSpec spec;
  std::string description;
};

struct LaunchSpec {
  int subnet = 0;
  std::vector<int> groups;
  std::string name;  // of every instance launched
  int count = 1;
  bool ipv6 = false;
  int secondary_addresses = 0;
  bool from_template = true;   // auto scaling and fleets name no groups in the request
  bool tags_in_launch = true;  // else CreateTags follows two seconds later
};

enum class RevokeForm : std::uint8_t { kByValue, kById, kFlat };

class Account {
 public:
  Account(Trail& trail, std::string number, std::string region, std::uint64_t seed);

  // Things from before the trail; they leave no event.
  int add_subnet(const std::string& vpc, std::uint32_t base, std::int64_t interval);
  int old_group(const std::string& vpc, const std::string& name, const std::string& description);
  int old_rule(int group, const RuleSpec& spec, const std::string& description);
  int old_instance(const LaunchSpec& launch);
  int old_interface(int subnet, const std::vector<int>& groups, const std::string& description,
                    const std::string& requester, const std::string& type);
  int unknown_prefix_list(const std::string& id, const std::string& name);

  // Calls. Each returns what it made; times are seconds since 1970.
  int create_group(std::int64_t time, const Actor& actor, const std::string& vpc, const std::string& name,
                   const std::string& description);
  void delete_group(std::int64_t time, const Actor& actor, int group);
  std::vector<int> authorize(std::int64_t time, const Actor& actor, int group, const std::vector<NewRule>& rules,
                             bool flat = false);
  void revoke(std::int64_t time, const Actor& actor, const std::vector<int>& rules, RevokeForm form,
              bool tell_revoked = true);
  std::vector<int> modify(std::int64_t time, const Actor& actor, const std::vector<std::pair<int, NewRule>>& changes);
  void describe(std::int64_t time, const Actor& actor, const std::vector<std::pair<int, std::string>>& changes,
                bool by_id);
  /// What Terraform does to a group it has just made: takes the default egress away, and fails to take `::/0` away.
  void terraform_drops_default_egress(std::int64_t time, const Actor& actor, int group);
  void failed_authorize(std::int64_t time, const Actor& actor, int group, const RuleSpec& spec);
  void failed_revoke(std::int64_t time, const Actor& actor, int group, const RuleSpec& spec);

  std::vector<int> run_instances(std::int64_t time, const Actor& actor, const LaunchSpec& launch);
  void terminate(std::int64_t time, const Actor& actor, const std::vector<int>& instances);
  void tag_name(std::int64_t time, const Actor& actor, const std::vector<int>& instances, const std::string& name);
  int create_interface(std::int64_t time, const Actor& actor, int subnet, const std::vector<int>& groups,
                       const std::string& description, const std::string& requester);
  void attach_interface(std::int64_t time, const Actor& actor, int interface, int instance, int device_index);
  void detach_interface(std::int64_t time, const Actor& actor, int interface);
  void delete_interface(std::int64_t time, const Actor& actor, int interface);
  void set_interface_groups(std::int64_t time, const Actor& actor, int interface, const std::vector<int>& groups);
  void set_instance_groups(std::int64_t time, const Actor& actor, int instance, const std::vector<int>& groups);
  /// A call of the same API as set_interface_groups that leaves the groups alone.
  void set_source_check(std::int64_t time, const Actor& actor, int interface);
  void assign_address(std::int64_t time, const Actor& actor, int interface);

  int create_prefix_list(std::int64_t time, const Actor& actor, const std::string& name, std::vector<Cidr> entries);
  void modify_prefix_list(std::int64_t time, const Actor& actor, int list, const std::vector<Cidr>& added,
                          const std::vector<Cidr>& removed);

  void create_function(std::int64_t time, const Actor& actor, const std::string& name, int subnet, int group);
  void create_database(std::int64_t time, const Actor& actor, const std::string& name, int group);
  void create_launch_template(std::int64_t time, const Actor& actor, const std::string& name,
                              const std::vector<int>& groups);
  void create_load_balancer(std::int64_t time, const Actor& actor, const std::string& name, int subnet, int group);
  /// Calls that change nothing: reads, and a launch that fails.
  void noise_event(std::int64_t time, const Actor& actor, int kind);

  /// Marks every rule that exists at `time` as shown by a snapshot.
  void mark_snapshot(std::int64_t time);

  // What is true at a time.
  [[nodiscard]] bool carries(int interface, int group, std::int64_t time) const;
  [[nodiscard]] std::vector<int> groups_at(int interface, std::int64_t time) const;
  /// Rules of the interface's groups that admit this traffic at `time`; `peer` as the packet says.
  [[nodiscard]] std::vector<int> admitting(int interface, Direction direction, const IpAddress& peer, int protocol,
                                           int port, std::int64_t time) const;
  [[nodiscard]] bool source_matches(const RuleSpec& spec, const IpAddress& peer, std::int64_t time) const;
  [[nodiscard]] const std::vector<Cidr>* entries_at(std::string_view prefix_list, std::int64_t time) const;
  [[nodiscard]] bool covers(const RuleSpec& wide, const RuleSpec& narrow, std::int64_t time) const;
  /// Rule `wide` covers rule `narrow`, and of two equal rules the younger one only counts as covered.
  [[nodiscard]] bool covers_for_good(int wide, int narrow, std::int64_t time) const;
  [[nodiscard]] int instance_of(int interface, std::int64_t time) const;  // -1: none
  [[nodiscard]] std::string instance_name(int instance, std::int64_t time) const;
  /// Name of the interface's instance, else of the interface; empty when neither has one.
  [[nodiscard]] std::string owner_name(int interface, std::int64_t time) const;
  [[nodiscard]] std::int64_t count_carriers(int group, std::int64_t time) const;
  [[nodiscard]] IpAddress primary_address(int interface) const;
  [[nodiscard]] const std::vector<int>& interfaces_with(const IpAddress& address) const;
  [[nodiscard]] bool rule_known_by_id(int rule) const { return rules[static_cast<std::size_t>(rule)].id_visible; }
  [[nodiscard]] std::string label(int rule) const;

  std::string number, region;
  std::int64_t snapshot_time = kBeforeTrail;  // of the describe-* files; what came before the trail is known from them
  bool reuse_addresses = false;               // give freed private addresses out again, as a busy subnet does
  std::vector<GroupState> groups;
  std::vector<RuleState> rules;
  std::vector<InterfaceState> interfaces;
  std::vector<InstanceState> instances;
  std::vector<PrefixListState> prefix_lists;
  std::vector<ReferenceState> references;
  std::vector<Subnet> subnets;
  std::vector<RuleChangeMade> rule_changes;
  std::vector<AttachmentMade> attachment_changes;
  std::vector<std::vector<int>> rules_of_group, interfaces_of_group;

  template <typename Index>
  [[nodiscard]] const InterfaceState& interface(Index index) const {
    return interfaces[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] const RuleState& rule(int index) const { return rules[static_cast<std::size_t>(index)]; }
  [[nodiscard]] const GroupState& group(int index) const { return groups[static_cast<std::size_t>(index)]; }
  [[nodiscard]] const InstanceState& instance(int index) const { return instances[static_cast<std::size_t>(index)]; }
  [[nodiscard]] const Trail& trail() const { return trail_; }

 private:
  [[nodiscard]] GroupState& group_ref(int index) { return groups[static_cast<std::size_t>(index)]; }
  [[nodiscard]] RuleState& rule_ref(int index) { return rules[static_cast<std::size_t>(index)]; }
  [[nodiscard]] InterfaceState& interface_ref(int index) { return interfaces[static_cast<std::size_t>(index)]; }
  int new_group(const std::string& vpc, const std::string& name, const std::string& description, std::int64_t from);
  int new_rule(int group, const RuleSpec& spec, const std::string& description, std::int64_t from, int event);
  int new_interface(int subnet, std::int64_t from, bool ipv6, int secondary_addresses);
  int new_instance(const LaunchSpec& launch, std::int64_t from);
  void join(int interface, int group, std::int64_t from);
  void replace_groups(std::int64_t time, int interface, const std::vector<int>& next, int event);
  void add_address(int interface, const IpAddress& address, bool primary, std::int64_t from);
  IpAddress next_address(int subnet, std::int64_t time);
  /// The interface is gone: its groups, links and addresses end with it.
  void end_interface(int interface, std::int64_t time);
  void mention(int group, std::int64_t time);
  /// An event or snapshot shows the rule: the group it refers to becomes known, be it another account's.
  void mention_source(const RuleSpec& spec, std::int64_t time);
  void note_rule(std::string change, int event, int group, int rule, std::optional<RuleSpec> before,
                 std::optional<RuleSpec> after);
  void note_resource(std::int64_t time, int event, const std::string& resource, const std::vector<int>& with);
  [[nodiscard]] std::string opens_to(const RuleSpec& spec, int group, int rule, std::int64_t time) const;
  [[nodiscard]] std::vector<std::string> group_ids_at(int interface, std::int64_t time) const;
  [[nodiscard]] Json group_items(const std::vector<int>& with, bool names) const;
  [[nodiscard]] Json instance_json(int instance, const LaunchSpec& launch, std::int64_t time) const;
  [[nodiscard]] Json interface_json(int interface, const std::vector<int>& with) const;

  Trail& trail_;
  Random random_;
  std::unordered_map<IpAddress, std::vector<int>> by_address_;
};

/// `[0, 65535]`-style texts of the classic dialect for one rule, and the description of its one source.
[[nodiscard]] Json permissions_json(const std::vector<NewRule>& rules, const std::string& account);
[[nodiscard]] RuleSpec tcp_rule(Direction direction, int from_port, int to_port, std::string_view source);
/// Any rule; `source` is a CIDR block, a pl- id or an sg- id (the account's own).
[[nodiscard]] RuleSpec make_rule(Direction direction, int protocol, int from_port, int to_port, std::string_view source,
                                 std::string_view account = {});

}  // namespace flowtrail::sample
