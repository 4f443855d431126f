// The history of an account's firewall: every group, rule, interface, address, attachment, instance and name as
// half-open intervals, each end with the event or snapshot that proves it. Built once (`build_history`), then read by
// attribution and the investigations.
//
// Unknown is not empty: a missing `valid.from` means "in force before anything we know of"; a missing `valid.to` means
// "still in force when our knowledge ends". A group that is known through events alone has `Baseline::kUnknown`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_place.h"
#include "base/utc_time.h"
#include "firewall/security_rule.h"
#include "history/number_lists.h"
#include "history/place_table.h"
#include "history/shared_text.h"

namespace flowtrail::history {

using firewall::Direction;
using firewall::RuleSpec;
using firewall::SourceKind;

/// What proves one end of an interval.
struct Proof {
  enum class Kind : std::uint8_t {
    kNone,      // not known
    kEvent,     // `index` into History::events
    kSnapshot,  // `index` into History::snapshots
  };
  Kind kind = Kind::kNone;
  std::uint32_t index = 0;
};

/// How the caller came: from user agent, sessionCredentialFromConsole, invokedBy and sourceIPAddress.
/// Text forms: `console`, `cli`, `sdk`, `terraform`, `cloudformation`, `service:<name>`; empty = not known.
struct EventInfo {
  SharedText event_id;
  SharedText event_name, event_source, account, region;
  UtcSeconds time;
  SharedText actor_arn;   // userIdentity.arn
  SharedText actor_type;  // userIdentity.type
  SharedText
      actor_name;  // user name; role session name for assumed roles (role name when there is no session name); service
  SharedText via;
  std::optional<bool> mfa;
  SharedText source_ip, user_agent;
  SharedText error_code;  // for failed calls kept for --include-failed
  SourcePlace place;
};

struct SnapshotInfo {
  std::string
      kind;  // security-groups, security-group-rules, network-interfaces, instances, prefix-list-entries, config, ...
  UtcSeconds as_of;
  std::string path;  // object key
};

/// How the state before the first event of a thing is known.
enum class Baseline : std::uint8_t { kUnknown, kCreated, kSnapshot };

struct Group {
  std::string group_id, name, description, account, region, vpc_id;
  Interval life;  // from: creation; to: deletion; missing = not seen
  Proof created, deleted;
  Baseline rules_baseline = Baseline::kUnknown;        // kUnknown: other rules may exist
  Baseline attachments_baseline = Baseline::kUnknown;  // kUnknown: earlier attachments cannot be excluded
  UtcSeconds first_known;                              // first event or snapshot that names it
  bool is_default = false;                             // the VPC's own `default` group
  std::string managed_by;                              // eks, elb, ...; empty = made by people
  std::vector<std::string> associated_vpcs;
  // Heard of only in failed calls, or only by a name that no id is known for (`group_id` is empty then). Carries
  // RuleChanges; it is no group of the account that a question about groups or rules should list.
  bool doubtful = false;
};

/// One version of one rule: as long as its text (not its description) stays the same.
struct Rule {
  std::optional<std::string> rule_id;  // sgr-...; missing for the default egress rule and for logs before July 2021
  std::uint32_t group = 0;             // index into History::groups
  RuleSpec spec;
  std::string description;  // the latest known
  Interval valid;
  Proof from, to;  // `from` is the authorize, modify or group-creation event (none for default egress's id)
  bool default_egress = false;  // came with the group

  /// The rule id, else `<group id>/<canonical text>`.
  [[nodiscard]] std::string label(const Group& group) const;
};

struct Interface {
  SharedText interface_id, account, region, vpc_id, subnet_id, type, description, requester_id;
  bool requester_managed = false;
  Interval life;
  Proof created, deleted;
  bool groups_known = false;                    // its complete set of groups is known from `groups_known_from` on
  std::optional<UtcSeconds> groups_known_from;  // missing with groups_known = true: for the whole of its life
  UtcSeconds first_known;
};

struct Address {
  std::uint32_t interface = 0;
  IpAddress address;  // private IPv4, or IPv6
  bool primary = false;
  Interval valid;
};

struct Membership {  // group on interface
  std::uint32_t interface = 0;
  std::uint32_t group = 0;
  Interval valid;
  Proof from, to;
};

struct InstanceAttachment {  // interface on instance
  std::uint32_t interface = 0;
  std::uint32_t instance = 0;
  int device_index = -1;
  Interval valid;
};

struct Instance {
  SharedText instance_id, account, region, vpc_id, subnet_id;
  Interval life;
  Proof launched, terminated;
};

struct NameTag {  // the `Name` tag of an instance, interface or group
  SharedText resource_id;
  SharedText name;
  Interval valid;
};

struct PrefixListVersion {
  std::string prefix_list_id;
  std::vector<Cidr> entries;
  bool complete = false;  // false: other entries may exist (creation not seen, no snapshot)
  Interval valid;
};

/// A service resource of the facts sheet's section 3.4, or anything else that names a group without being an interface.
struct Reference {
  std::string resource;  // `lambda/orders`, `rds/db1`, `elbv2/app1`, `launch-template/lt1`, ...
  std::uint32_t group = 0;
  Interval valid;
  Proof from, to;
  bool mention_only = false;  // the generic fallback: an event of an unlisted service mentions the group
};

/// What one event did to one rule or group (the rows of `sg-changes`), in time order.
struct RuleChange {
  enum class Kind : std::uint8_t {
    kRuleAdded,
    kRuleRemoved,
    kRuleModified,
    kDescriptionChanged,
    kGroupCreated,
    kGroupDeleted,
    kVpcAssociated,
    kVpcDisassociated,
    kFailed,
  };
  Kind kind = Kind::kRuleAdded;
  std::uint32_t event = 0;  // index into History::events
  std::uint32_t group = 0;
  std::optional<std::string> rule_id;
  std::optional<RuleSpec> before, after;
  std::string before_description, after_description;  // description, or VPC id for (dis)associations
};

/// A set of groups that many changes have in common: sorted ids.
using SharedGroupIds = std::shared_ptr<const std::vector<std::string>>;

/// What one event did to the groups of one interface or service resource (the rows of `sg-attachments`).
struct AttachmentChange {
  enum class Kind : std::uint8_t { kCreatedWith, kChanged, kRemovedWith };
  Kind kind = Kind::kChanged;
  std::uint32_t event = 0;
  std::optional<std::uint32_t> interface;
  SharedText service_resource;  // `lambda/...`; empty for interfaces
  SharedText instance_id;
  SharedGroupIds before;  // nullptr = not known
  SharedGroupIds after;   // never nullptr

  /// For interfaces of instances `instance/i-...`; for services `lambda/...`; else empty.
  [[nodiscard]] std::string resource() const;
};

/// An event and a snapshot (or two events) that cannot both be right. Reported, never smoothed over.
struct Contradiction {
  std::string text;     // one sentence with ids and times
  std::string example;  // event id or snapshot path
};

struct CloudTrailCoverage {
  std::optional<UtcSeconds> from, to;  // least and greatest eventTime
  std::uint64_t objects = 0, events = 0, bad_events = 0, duplicate_events = 0, failed_calls = 0;
  std::vector<std::string> regions, accounts;  // sorted
};

struct History {
  std::vector<EventInfo> events;  // only those that something points to, in time order
  std::vector<SnapshotInfo> snapshots;
  std::vector<Group> groups;          // ordered by group id
  std::vector<Rule> rules;            // ordered by group, rule id, valid.from
  std::vector<Interface> interfaces;  // ordered by interface id
  std::vector<Address> addresses;
  std::vector<Membership> memberships;
  std::vector<InstanceAttachment> attachments;
  std::vector<Instance> instances;  // ordered by instance id
  std::vector<NameTag> names;
  std::vector<PrefixListVersion> prefix_lists;
  std::vector<Reference> references;
  std::vector<RuleChange> rule_changes;
  std::vector<AttachmentChange> attachment_changes;
  std::vector<Contradiction> contradictions;
  std::vector<std::pair<UtcSeconds, std::string>>
      logging_changes;  // DeleteFlowLogs, StopLogging, DeleteTrail, PutEventSelectors
  CloudTrailCoverage coverage;

  /// Builds the lookups below; call once after the vectors are final.
  void index();

  // Lookups: O(1) on average, no allocation. Missing = never heard of.
  [[nodiscard]] std::optional<std::uint32_t> find_group(std::string_view group_id) const;
  [[nodiscard]] std::optional<std::uint32_t> find_interface(std::string_view interface_id) const;
  [[nodiscard]] std::optional<std::uint32_t> find_instance(std::string_view instance_id) const;
  // Indices into the vector in question, in time order.
  [[nodiscard]] NumberLists::List rules_of_group(std::uint32_t group) const;
  [[nodiscard]] NumberLists::List memberships_of_interface(std::uint32_t interface) const;
  [[nodiscard]] NumberLists::List memberships_of_group(std::uint32_t group) const;
  [[nodiscard]] NumberLists::List addresses_of_interface(std::uint32_t interface) const;
  [[nodiscard]] NumberLists::List attachments_of_interface(std::uint32_t interface) const;
  [[nodiscard]] NumberLists::List attachments_of_instance(std::uint32_t instance) const;
  [[nodiscard]] NumberLists::List references_of_group(std::uint32_t group) const;
  [[nodiscard]] NumberLists::List addresses_equal_to(const IpAddress& address) const;
  [[nodiscard]] NumberLists::List versions_of_prefix_list(std::string_view prefix_list_id) const;
  /// The `Name` tags of an instance, interface, ...
  [[nodiscard]] NumberLists::List names_of(std::string_view resource_id) const;
  /// The instance that the interface is attached to at `time`.
  [[nodiscard]] std::optional<std::uint32_t> instance_of(std::uint32_t interface, UtcSeconds time) const;
  /// The `Name` of a resource at `time`: the tag in force then, else (tags are often set moments after the launch) the
  /// first tag that follows; nullptr when none is known.
  [[nodiscard]] const SharedText* name_of(std::string_view resource_id, UtcSeconds time) const;

 private:
  void index_names();
  void index_lists();

  PlaceTable group_places_, interface_places_, instance_places_;
  NumberLists rules_by_group_, memberships_by_interface_, memberships_by_group_, addresses_by_interface_,
      attachments_by_interface_, attachments_by_instance_, references_by_group_;
  // Tables of lists: the place is the list's.
  PlaceTable addresses_by_value_, prefix_lists_by_id_, names_by_resource_;
  NumberLists equal_addresses_, prefix_list_versions_, resource_names_;
};

}  // namespace flowtrail::history
