// The state machine behind `replay`. Its themes are in files of their own: replay_rules.cc (groups and their rules),
// replay_interfaces.cc (interfaces, instances, addresses, names), replay_resources.cc (service resources, prefix
// lists), replay_snapshots.cc (listed facts), replay.cc (order of events, final order of everything).
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/text_hash.h"
#include "history/place_table.h"
#include "history/replay.h"

namespace flowtrail::history {

/// What makes two rules of one group the same rule: everything but ids, descriptions and the source's account.
using RuleKey = std::tuple<Direction, int, int, int, SourceKind, Cidr, std::string>;
[[nodiscard]] RuleKey key_of(const RuleSpec& spec);

/// Looked up without a copy of the id.
template <typename Thing>
using ById = std::unordered_map<std::string, Thing, TextHash, std::equal_to<>>;

class Replayer {
 public:
  Replayer(std::vector<ReplayEvent> events, std::vector<SnapshotInfo> snapshots, std::vector<SnapshotFacts> facts);
  [[nodiscard]] History run();

 private:
  using Index = std::uint32_t;
  static constexpr Index kNone = PlaceTable::kNone;

  /// Ascending, each once. The few groups of an interface are quicker to compare, and to give back, than a tree.
  using IndexSet = std::vector<Index>;

  /// When and by what proof something is said to be so.
  struct Moment {
    UtcSeconds time;
    Proof proof;
    SharedText account, region;
    std::string_view example;       // event id or snapshot path
    std::chrono::seconds slack{0};  // snapshots only
    const EventInfo* event = nullptr;
  };
  /// A moment that bounds something from below, with its proof.
  struct Bound {
    UtcSeconds time;
    Proof proof;
  };
  /// A revoke or modify by an id whose rule could not be told at that time.
  struct Unresolved {
    Bound at;
    Index rule_change = kNone;
    std::optional<Direction> direction;
  };

  struct GroupState {
    std::map<RuleKey, Index> open;  // versions in force
    std::map<RuleKey, Index> last_closed;
    std::optional<Bound> complete;  // at this moment `open` was everything
    std::vector<Unresolved> unresolved;
    std::vector<Index> memberships, references;  // ascending; those that have ended are among them
    std::optional<UtcSeconds> created_at;        // told by an event anywhere in the log: for look-ups by name
    bool mentioned = false;
  };

  struct InterfaceState {
    std::optional<IndexSet> groups;                         // complete set, once known
    std::vector<std::pair<Index, Index>> open_memberships;  // (group, membership), by group
    std::optional<Bound> groups_changed;
    std::map<IpAddress, Index> open_addresses;
    std::map<IpAddress, Index> closed_addresses;
    std::optional<Bound> addresses_complete;
    Index attachment = kNone;
    std::optional<Bound> attachment_changed;
    SharedText attachment_id;
    bool delete_on_termination = true;
    SharedText resource;  // made by this service resource, without an event of its own
  };

  struct InstanceState {
    std::set<Index> interfaces;       // attached now
    std::optional<Bound> groups_set;  // groups known while no interface is
    std::vector<std::string> pending_groups;
  };

  struct ResourceState {
    std::optional<IndexSet> groups;
    std::map<Index, Index> open;  // group -> reference
    std::vector<std::string> interfaces;
  };

  struct PrefixListState {
    struct Version {
      std::vector<Cidr> entries, added, removed;
      bool complete = false;
      bool restored = false;
      UtcSeconds from;
    };
    std::vector<Version> versions;
    std::map<int, std::vector<Cidr>> by_number;
    int number = 0;  // 0: not known
    std::optional<UtcSeconds> created, deleted;
    bool before_known = false;  // `before` is the complete contents before the first version
    std::vector<Cidr> before;
  };

  struct RuleIdState {
    Index open = kNone, closed = kNone;  // the rule in force, the latest one that no longer is
    std::optional<Direction> direction;  // told by anything, early or late
  };

  struct NameState {
    Index open = kNone;  // the tag in force
    bool known = false;  // whether there is a tag was told
  };

  // replay.cc
  void make_room();
  void learn_names_and_ids();
  void apply_events_of_second(std::size_t first, std::size_t last);
  void apply_event(std::size_t event);
  [[nodiscard]] std::size_t revoke_that_goes_first(std::size_t event, std::size_t last) const;
  [[nodiscard]] Moment moment_of(std::size_t event) const;
  void contradict(const Moment& moment, std::string text);
  void finish();
  void forget_states();
  void fill_regions();
  void drop_empty_intervals();
  void keep_proving_events();
  void order_everything();
  void give_spare_room_back();
  void set_attachments_baselines();

  // What is told replaces what was known, or only fills it in.
  void set_text(SharedText& text, std::string_view told);
  void fill_text(SharedText& text, std::string_view told);

  // replay_rules.cc
  [[nodiscard]] Index find_group(std::string_view id) const;
  Index group_by_id(std::string_view id, const Moment& moment, std::string_view account = {});
  Index group_of(const cloudtrail::GroupName& name, const Moment& moment);
  [[nodiscard]] Index find_by_name(std::string_view name, std::string_view vpc, const Moment& moment) const;
  Index placeholder(std::string_view name, std::string_view vpc, const Moment& moment);
  Index add_group(Group group);
  void mention(Index group, const Moment& moment);
  void mark_managed(Index group, std::string_view key, std::string_view value);
  void mark_managed_by_name(Index group);
  [[nodiscard]] RuleSpec resolved(RuleSpec spec, Index group, const Moment& moment);
  Index open_rule(Index group, const RuleSpec& spec, std::string_view id, std::string_view description,
                  std::optional<Bound> from);
  void close_rule(Index rule, Bound at);
  void adopt_id(Index rule, std::string_view id);
  [[nodiscard]] std::optional<Bound> absent_since(Index group, const RuleKey& key) const;
  [[nodiscard]] Index open_by_id(std::string_view id) const;
  [[nodiscard]] Index closed_by_id(std::string_view id) const;
  [[nodiscard]] Index only_candidate(Index group, std::optional<Direction> direction) const;
  RuleChange& add_change(RuleChange::Kind kind, Index group, const Moment& moment);
  void end_group(Index group, const Moment& moment);
  void authorize(Index group, const cloudtrail::RuleItem& item, const Moment& moment);
  void revoke(Index group, Direction direction, const cloudtrail::RuleItem& item, const Moment& moment);
  void revoke_never_seen(Index group, const RuleSpec& spec, std::string_view id, const Moment& moment);
  void modify(Index group, const cloudtrail::RuleItem& item, const Moment& moment);
  void describe_rule(Index group, const cloudtrail::RuleItem& item, const Moment& moment);
  void apply(const cloudtrail::GroupCreated& change, const Moment& moment);
  void apply(const cloudtrail::GroupDeleted& change, const Moment& moment);
  void apply(const cloudtrail::RulesAuthorized& change, const Moment& moment);
  void apply(const cloudtrail::RulesRevoked& change, const Moment& moment);
  void apply(const cloudtrail::RulesModified& change, const Moment& moment);
  void apply(const cloudtrail::RuleDescriptionsUpdated& change, const Moment& moment);
  void apply(const cloudtrail::GroupVpcAssociation& change, const Moment& moment);
  void apply(const cloudtrail::VpcDeleted& change, const Moment& moment);
  void record_failed(const cloudtrail::Change& change, const Moment& moment);
  Index group_of_failed(const cloudtrail::GroupName& name, const Moment& moment);

  // replay_interfaces.cc
  [[nodiscard]] Index find_interface(std::string_view id) const;
  [[nodiscard]] Index find_instance(std::string_view id) const;
  Index interface_by_id(std::string_view id, const Moment& moment);
  Index instance_by_id(std::string_view id, const Moment& moment);
  void fill(Interface& interface, const cloudtrail::InterfaceDescription& description);
  bool create_interface(const cloudtrail::InterfaceDescription& description, std::string_view instance_id,
                        const Moment& moment);
  void set_interface_groups(Index interface, const std::vector<std::string>& ids, AttachmentChange::Kind kind,
                            const Moment& moment);
  IndexSet groups_by_id(const std::vector<std::string>& ids, const Moment& moment);
  void replace_memberships(Index interface, const IndexSet& groups, const Moment& moment, std::optional<Bound> from);
  void add_attachment_change(AttachmentChange::Kind kind, Index interface, const std::optional<IndexSet>& before,
                             const IndexSet& after, const Moment& moment);
  void attach(Index interface, Index instance, int device_index, std::optional<Bound> from);
  void detach(Index interface, const Moment& moment);
  void end_interface(Index interface, const Moment& moment);
  void open_address(Index interface, const IpAddress& address, bool primary, std::optional<UtcSeconds> from);
  void close_address(Index interface, const IpAddress& address, UtcSeconds time);
  [[nodiscard]] Index interface_of_attachment(std::string_view attachment_id) const;
  [[nodiscard]] Index primary_interface(Index instance) const;
  [[nodiscard]] SharedGroupIds group_ids(const IndexSet& groups);
  void tag(std::string_view resource_id, std::string_view key, const std::optional<std::string>& value,
           const Moment& moment);
  void end_name(std::string_view resource_id, UtcSeconds time);
  [[nodiscard]] SharedText resource_text(std::string_view resource_id);
  Index open_name(std::string_view resource_id, std::string_view name, std::optional<UtcSeconds> from);
  void apply(const cloudtrail::TagChange& change, const Moment& moment);
  void apply(const cloudtrail::InterfaceCreated& change, const Moment& moment);
  void apply(const cloudtrail::InterfaceDeleted& change, const Moment& moment);
  void apply(const cloudtrail::InterfaceAttached& change, const Moment& moment);
  void apply(const cloudtrail::InterfaceDetached& change, const Moment& moment);
  void apply(const cloudtrail::DeleteOnTerminationSet& change, const Moment& moment);
  void apply(const cloudtrail::InterfaceGroupsSet& change, const Moment& moment);
  void apply(const cloudtrail::InstanceGroupsSet& change, const Moment& moment);
  void apply(const cloudtrail::AddressesAssigned& change, const Moment& moment);
  void apply(const cloudtrail::InstanceLaunched& change, const Moment& moment);
  void apply(const cloudtrail::InstanceTerminated& change, const Moment& moment);

  // replay_resources.cc
  void set_resource_groups(const std::string& resource, const cloudtrail::ResourceGroups& change, const Moment& moment);
  void end_resource(const std::string& resource, bool report, const Moment& moment);
  void open_reference(const std::string& resource, ResourceState& state, Index group, std::optional<Bound> from);
  void close_reference(Index reference, Bound at);
  void add_resource_change(AttachmentChange::Kind kind, const std::string& resource,
                           const std::optional<IndexSet>& before, const IndexSet& after, const Moment& moment);
  void apply(const cloudtrail::PrefixListChanged& change, const Moment& moment);
  void apply(const cloudtrail::ResourceGroups& change, const Moment& moment);
  void apply(const cloudtrail::ResourceDeleted& change, const Moment& moment);
  void apply(const cloudtrail::GroupsMentioned& change, const Moment& moment);
  void apply(const cloudtrail::LoggingChanged& change, const Moment& moment);
  void apply_listed(const ListedPrefixList& listed, const Moment& moment);
  void write_prefix_lists();

  // replay_snapshots.cc
  void apply_facts(const SnapshotFacts& facts);
  void apply_listed(const ListedGroup& listed, const Moment& moment);
  void apply_listed(const ListedInterface& listed, const Moment& moment);
  void apply_listed(const ListedInstance& listed, const Moment& moment);
  void compare_rules(Index group, const std::vector<ListedRule>& rules, const Moment& moment);
  void compare_rule(Index group, const RuleSpec& spec, const ListedRule& listed, const Moment& moment);
  void explain_missing(Index group, std::vector<Index>& missing);
  void compare_groups(Index interface, const std::vector<std::string>& ids, const Moment& moment);
  void compare_addresses(Index interface, const ListedInterface& listed, const Moment& moment);
  void compare_attachment(Index interface, const ListedInterface& listed, const Moment& moment);
  void compare_tags(std::string_view resource_id, const Tags& tags, const Moment& moment);
  void report_absent_groups(const SnapshotFacts& facts, const Moment& moment);
  void report_absent_interfaces(const SnapshotFacts& facts, const Moment& moment);
  [[nodiscard]] bool too_fresh(const std::optional<Bound>& changed, const Moment& moment) const;

  /// What an event says happened.
  struct Claims {
    bool failed = false;
    std::vector<cloudtrail::Change> changes;
  };

  std::vector<SnapshotFacts> facts_;
  History history_;
  SharedTexts texts_;  // those that many interfaces and instances have in common
  std::map<IndexSet, SharedGroupIds> group_sets_;
  std::vector<Claims> claims_;              // parallel to history_.events, which holds all events until the end
  std::vector<bool> applied_;               // parallel to history_.events
  std::vector<GroupState> groups_;          // parallel to history_.groups
  std::vector<InterfaceState> interfaces_;  // parallel to history_.interfaces
  std::vector<InstanceState> instances_;    // parallel to history_.instances
  PlaceTable group_places_, interface_places_, instance_places_;
  std::map<std::string, std::vector<Index>, std::less<>> groups_by_name_;
  ById<RuleIdState> rule_ids_;
  ById<Index> attachment_index_;                                 // attachment id -> interface
  std::map<std::string, ResourceState, std::less<>> resources_;  // key: account/region/resource
  std::map<std::string, PrefixListState, std::less<>> prefix_lists_;
  ById<NameState> names_;  // by resource id
};

}  // namespace flowtrail::history
