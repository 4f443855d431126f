// The replay: events (as changes) and snapshots (as listed facts) on one line of time become the history's intervals.
// Everything runs forwards. What a snapshot lists and no earlier event explains was there before anything we know of,
// so its interval has no beginning: this is the same as undoing the events before the snapshot backwards, and it needs
// one pass. Internal to the module; tests use it with hand-made changes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cloudtrail/change.h"
#include "history/history.h"

namespace flowtrail::history {

/// One event with what it claims. Events of one second are ordered by `tie_rank` (see cloudtrail::tie_rank), then
/// place.
struct ReplayEvent {
  EventInfo info;
  int tie_rank = 2;
  bool failed = false;  // changes nothing; calls on groups and rules are kept as RuleChange::Kind::kFailed
  std::vector<cloudtrail::Change> changes;
};

using Tags = std::vector<std::pair<std::string, std::string>>;

struct ListedRule {
  RuleSpec spec;
  std::string rule_id;                     // empty where the listing has none
  std::optional<std::string> description;  // missing: the listing does not tell
};

struct ListedGroup {
  std::string group_id, name, description, account, region, vpc_id;
  bool described = false;     // name and description are told
  bool rules_listed = false;  // `rules` is the group's complete set
  std::vector<ListedRule> rules;
  std::optional<Tags> tags;  // missing: not told
  bool deleted = false;      // the listing says that it is gone
};

struct ListedInterface {
  cloudtrail::InterfaceDescription description;
  std::string account, region;
  std::string instance_id;
  bool attachment_told = false;  // an empty instance id means "not attached"
  bool addresses_told = false;
  std::optional<Tags> tags;
  bool deleted = false;
};

struct ListedInstance {
  std::string instance_id, account, region, vpc_id, subnet_id;
  std::vector<ListedInterface> interfaces;
  std::vector<std::string> groups;  // of the primary interface
  std::optional<Tags> tags;
  bool terminated = false;
};

struct ListedPrefixList {
  std::string prefix_list_id;
  std::vector<Cidr> entries;
};

/// What one snapshot says about one moment. Files of AWS Config give many, one per capture time.
struct SnapshotFacts {
  std::uint32_t snapshot = 0;  // index into the snapshots given to `replay`
  UtcSeconds time;
  /// An event this short before `time` may not be in the listing yet: differences it explains are passed over.
  std::chrono::seconds slack{0};
  bool lists_all_groups = false;      // describe-security-groups: groups missing in it are worth a word
  bool lists_all_interfaces = false;  // describe-network-interfaces: attachments of the groups of `scopes` are known
  std::vector<std::pair<std::string, std::string>> scopes;  // (account, region); empty text = any
  std::vector<ListedGroup> groups;
  std::vector<ListedInterface> interfaces;
  std::vector<ListedInstance> instances;
  std::vector<ListedPrefixList> prefix_lists;
  std::vector<std::pair<std::string, std::string>> vpc_associations;  // group id, VPC id
};

/// Events and facts may come in any order; the result does not depend on it. The result is indexed; `coverage` is left
/// empty. Cost: O(N log N) in changes and listed things.
[[nodiscard]] History replay(std::vector<ReplayEvent> events, std::vector<SnapshotInfo> snapshots = {},
                             std::vector<SnapshotFacts> facts = {});

}  // namespace flowtrail::history
