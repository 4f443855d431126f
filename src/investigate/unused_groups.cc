// `unused-groups`: groups that nothing carries or names, with the evidence looked at and what could not be looked at.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/name_match.h"
#include "investigate/cells.h"
#include "investigate/question.h"
#include "investigate/remedy.h"

namespace flowtrail::investigate {
extern const std::string_view kUnusedGroupsSql;

namespace {

using history::Baseline;
using history::Group;
using history::Membership;
using output::TextList;
using output::Value;

// In the order of the contract: the first that holds.
enum class GroupVerdict : std::uint8_t {
  kInUse,
  kReferenced,
  kDefaultGroup,
  kManaged,
  kUnknown,
  kDetachedSince,
  kNeverAttached
};

std::string_view verdict_text(GroupVerdict verdict) {
  switch (verdict) {
    case GroupVerdict::kInUse: return "in-use";
    case GroupVerdict::kReferenced: return "referenced";
    case GroupVerdict::kDefaultGroup: return "default-group";
    case GroupVerdict::kManaged: return "managed";
    case GroupVerdict::kUnknown: return "unknown";
    case GroupVerdict::kDetachedSince: return "detached-since";
    case GroupVerdict::kNeverAttached: break;
  }
  return "never-attached";
}

std::vector<output::Column> unused_groups_columns() {
  return {
      {"group_id", "varchar", "", "security group"},
      {"group_name", "varchar", "", "its name"},
      {"account_id", "varchar", "", "account"},
      {"region", "varchar", "", "region"},
      {"vpc_id", "varchar", "", "VPC"},
      {"verdict", "varchar", "",
       "in-use, referenced, default-group, managed, unknown, detached-since or never-attached"},
      {"created_at", "timestamp", "", "creation; NULL if not seen"},
      {"created_by", "varchar", "", "who created it"},
      {"known_from", "timestamp", "", "first event or snapshot that names it"},
      {"rules_in", "bigint", "rules", "ingress rules at the window's end; NULL if not all are known"},
      {"rules_out", "bigint", "rules", "egress rules at the window's end; NULL if not all are known"},
      {"last_attached_to", "varchar", "", "interface that carried it last"},
      {"last_attached_at", "timestamp", "", "since when that interface carried it"},
      {"last_detached_at", "timestamp", "", "until when; NULL while attached"},
      {"days_unused", "bigint", "days", "whole days without an attachment, to the window's end"},
      {"references", "array(varchar)", "", "what names it: group/ID, or kind and name of a resource"},
      {"not_visible", "array(varchar)", "", "kinds of things that could not be looked at"},
      {"stale_references", "array(varchar)", "", "its rules that refer to deleted groups"},
      {"deletable", "boolean", "", "nothing seen or unseen speaks against deleting it"},
      {"evidence", "array(varchar)", "", "events and snapshots behind the row"},
  };
}

struct Entry {
  std::uint32_t group = 0;
  GroupVerdict verdict = GroupVerdict::kUnknown;
  const Membership* last = nullptr;  // the attachment that ended last, or has not
  TextList references, not_visible, stale;
  bool referenced = false;  // by more than a mention
  std::optional<std::int64_t> days_unused;
  bool deletable = false;
};

/// How far back a missing or present end of an interval lies, for "which ended last".
std::int64_t start_seconds(const Interval& interval) {
  return interval.from ? to_seconds(*interval.from) : std::numeric_limits<std::int64_t>::min();
}
std::int64_t end_seconds(const Interval& interval) {
  return interval.to ? to_seconds(*interval.to) : std::numeric_limits<std::int64_t>::max();
}

class UnusedGroups {
 public:
  explicit UnusedGroups(const Context& context)
      : context_(context), history_(context.evidence.history), end_(end_of(context.window)) {}

  Answer answer() {
    find_rule_references();
    for (std::uint32_t group = 0; group < history_.groups.size(); ++group) consider(group);
    std::ranges::stable_sort(entries_, [this](const Entry& a, const Entry& b) { return key(a) < key(b); });
    Answer answer;
    output::Table table;
    table.columns = unused_groups_columns();
    for (const Entry& entry : entries_) {
      table.rows.push_back(row(entry));
      if (entry.deletable) {
        const Group& group = history_.groups[entry.group];
        answer.remedies.push_back(
            delete_group(history_, entry.group, end_,
                         fmt::format("{} ({}) is {}", group.group_id, group.name, verdict_text(entry.verdict))));
      }
    }
    answer.rows = output::rows_of(std::move(table));
    answer.sentences = sentences();
    if (deleted_ > 0) {
      answer.warnings.push_back({"deleted-groups",
                                 deleted_,
                                 fmt::format("{} deleted before the window's end {} left out",
                                             counted(deleted_, "group"), deleted_ == 1 ? "is" : "are"),
                                 {}});
    }
    return answer;
  }

 private:
  void find_rule_references() {
    for (const history::Rule& rule : history_.rules) {
      if (rule.spec.source_kind != firewall::SourceKind::kGroup || !rule.valid.contains(end_)) continue;
      const Group& owner = history_.groups[rule.group];
      const bool alive = !owner.life.to || *owner.life.to > end_;
      if (alive && owner.group_id != rule.spec.source_id) named_by_[rule.spec.source_id].insert(owner.group_id);
    }
  }

  void consider(std::uint32_t index) {
    const Group& group = history_.groups[index];
    const Parameters& wanted = context_.parameters;
    if (group.group_id.empty() || group.first_known > end_ || only_named(history_, index)) return;
    if (group.life.from && *group.life.from > end_) return;
    if (!wants_group(wanted, group) || !matches_any(wanted.account, group.account) ||
        !matches_any(wanted.region, group.region)) {
      return;
    }
    if (group.life.to && *group.life.to <= end_) {
      if (*group.life.to >= *context_.window.from) ++deleted_;
      return;
    }
    Entry entry = judge(index);
    ++total_;
    const bool unused = entry.verdict == GroupVerdict::kUnknown || entry.verdict == GroupVerdict::kDetachedSince ||
                        entry.verdict == GroupVerdict::kNeverAttached;
    if (unused || wanted.all) entries_.push_back(std::move(entry));
  }

  [[nodiscard]] Entry judge(std::uint32_t index) const {
    const Group& group = history_.groups[index];
    Entry entry;
    entry.group = index;
    entry.last = last_attachment(index);
    add_references(entry);
    add_stale_references(entry);
    entry.not_visible = not_visible(group);
    entry.verdict = verdict(entry);
    entry.days_unused = days_unused(entry);
    const UtcSeconds observed_from = std::max(*context_.window.from, group.life.from.value_or(group.first_known));
    const bool free = entry.verdict == GroupVerdict::kDetachedSince || entry.verdict == GroupVerdict::kNeverAttached;
    entry.deletable = free && entry.references.empty() && entry.not_visible.empty() &&
                      *context_.window.to - observed_from >= context_.parameters.min_observed;
    return entry;
  }

  [[nodiscard]] const Membership* last_attachment(std::uint32_t group) const {
    const Membership* last = nullptr;
    const auto rank = [this](const Membership& membership) {
      return std::tuple{std::min(end_seconds(membership.valid), to_seconds(end_) + 1), start_seconds(membership.valid)};
    };
    for (const std::uint32_t index : history_.memberships_of_group(group)) {
      const Membership& membership = history_.memberships[index];
      if (membership.valid.from && *membership.valid.from > end_) continue;
      if (last == nullptr || rank(membership) > rank(*last) ||
          (rank(membership) == rank(*last) && interface_id(membership) < interface_id(*last))) {
        last = &membership;
      }
    }
    return last;
  }

  [[nodiscard]] std::string_view interface_id(const Membership& membership) const {
    return history_.interfaces[membership.interface].interface_id;
  }

  void add_references(Entry& entry) const {
    std::set<std::string> references;
    const auto named = named_by_.find(history_.groups[entry.group].group_id);
    if (named != named_by_.end()) {
      for (const std::string& other : named->second) references.insert("group/" + other);
      entry.referenced = true;
    }
    for (const std::uint32_t index : history_.references_of_group(entry.group)) {
      const history::Reference& reference = history_.references[index];
      if (!reference.valid.contains(end_)) continue;
      references.insert(reference.mention_only ? "mention/" + reference.resource : reference.resource);
      entry.referenced = entry.referenced || !reference.mention_only;
    }
    entry.references.assign(references.begin(), references.end());
  }

  void add_stale_references(Entry& entry) const {
    std::set<std::string> stale;
    for (const std::uint32_t index : history_.rules_of_group(entry.group)) {
      const history::Rule& rule = history_.rules[index];
      if (rule.spec.source_kind != firewall::SourceKind::kGroup || !rule.valid.contains(end_)) continue;
      const auto source = history_.find_group(rule.spec.source_id);
      if (source && history_.groups[*source].life.to && *history_.groups[*source].life.to <= end_) {
        stale.insert(rule.label(history_.groups[entry.group]));
      }
    }
    entry.stale.assign(stale.begin(), stale.end());
  }

  /// What could name or carry the group unseen. A group whose creation was seen has been watched all its life; for an
  /// older one, what came before the logs can only be told by snapshots, and none lists launch templates or services'
  /// settings.
  [[nodiscard]] TextList not_visible(const Group& group) const {
    if (group.life.from && event_of(history_, group.created) != nullptr) return {};
    TextList kinds;
    if (group.attachments_baseline == Baseline::kUnknown) kinds.emplace_back("interfaces");
    const bool rules_seen = std::ranges::any_of(history_.snapshots, [](const history::SnapshotInfo& snapshot) {
      return snapshot.kind.starts_with("security-group") || snapshot.kind == "config";
    });
    if (!rules_seen) kinds.emplace_back("group-rules");
    kinds.emplace_back("launch-templates");
    kinds.emplace_back("services");
    return kinds;
  }

  [[nodiscard]] GroupVerdict verdict(const Entry& entry) const {
    const Group& group = history_.groups[entry.group];
    const bool attached = std::ranges::any_of(history_.memberships_of_group(entry.group), [this](std::uint32_t index) {
      return history_.memberships[index].valid.contains(end_);
    });
    if (attached) return GroupVerdict::kInUse;
    if (entry.referenced) return GroupVerdict::kReferenced;
    if (group.is_default) return GroupVerdict::kDefaultGroup;
    if (!group.managed_by.empty()) return GroupVerdict::kManaged;
    if (group.attachments_baseline == Baseline::kUnknown) return GroupVerdict::kUnknown;
    return entry.last != nullptr ? GroupVerdict::kDetachedSince : GroupVerdict::kNeverAttached;
  }

  [[nodiscard]] std::optional<std::int64_t> days_unused(const Entry& entry) const {
    const Group& group = history_.groups[entry.group];
    std::optional<UtcSeconds> since;
    if (entry.last != nullptr) since = entry.last->valid.to;
    switch (entry.verdict) {
      case GroupVerdict::kDetachedSince: break;
      case GroupVerdict::kNeverAttached: since = group.life.from; break;
      case GroupVerdict::kUnknown: since = since ? since : group.first_known; break;
      default: return std::nullopt;
    }
    if (!since) return std::nullopt;
    return whole_days(*since, *context_.window.to);
  }

  [[nodiscard]] Value rules_in_force(std::uint32_t group, firewall::Direction direction) const {
    if (history_.groups[group].rules_baseline == Baseline::kUnknown) return {};
    return static_cast<std::int64_t>(std::ranges::count_if(history_.rules_of_group(group), [&](std::uint32_t index) {
      const history::Rule& rule = history_.rules[index];
      return rule.spec.direction == direction && rule.valid.contains(end_);
    }));
  }

  using Key = std::tuple<GroupVerdict, std::int64_t, std::string>;
  [[nodiscard]] Key key(const Entry& entry) const {
    return {entry.verdict, -entry.days_unused.value_or(-1), history_.groups[entry.group].group_id};
  }

  [[nodiscard]] std::vector<Value> row(const Entry& entry) const {
    const Group& group = history_.groups[entry.group];
    const history::EventInfo* created = event_of(history_, group.created);
    const bool attached = entry.last != nullptr && entry.last->valid.contains(end_);
    return {text_or_null(group.group_id),
            text_or_null(group.name),
            text_or_null(group.account),
            text_or_null(group.region),
            text_or_null(group.vpc_id),
            std::string{verdict_text(entry.verdict)},
            time_or_null(group.life.from),
            created != nullptr ? text_or_null(actor_of(*created)) : Value{},
            format_utc(group.first_known),
            rules_in_force(entry.group, firewall::Direction::kIngress),
            rules_in_force(entry.group, firewall::Direction::kEgress),
            entry.last != nullptr ? text_or_null(interface_id(*entry.last)) : Value{},
            entry.last != nullptr ? time_or_null(entry.last->valid.from) : Value{},
            entry.last != nullptr && !attached ? time_or_null(entry.last->valid.to) : Value{},
            entry.days_unused ? Value{*entry.days_unused} : Value{},
            entry.references,
            entry.not_visible,
            entry.stale,
            entry.deletable,
            evidence_of(entry)};
  }

  [[nodiscard]] TextList evidence_of(const Entry& entry) const {
    TextList evidence;
    add_proof(context_, history_.groups[entry.group].created, evidence);
    if (entry.last != nullptr) {
      add_proof(context_, entry.last->from, evidence);
      add_proof(context_, entry.last->to, evidence);
    }
    std::size_t references = 0;
    for (const std::uint32_t index : history_.references_of_group(entry.group)) {
      if (context_.detail == EvidenceDetail::kFirst && ++references > 3) break;
      add_proof(context_, history_.references[index].from, evidence);
    }
    return evidence;
  }

  [[nodiscard]] std::vector<std::string> sentences() const {
    std::map<GroupVerdict, std::int64_t> counts;
    std::int64_t deletable = 0;
    for (const Entry& entry : entries_) {
      ++counts[entry.verdict];
      deletable += entry.deletable ? 1 : 0;
    }
    const auto count = [&counts](GroupVerdict verdict) {
      const auto found = counts.find(verdict);
      return found == counts.end() ? std::int64_t{0} : found->second;
    };
    return {fmt::format("Of {}, {} never attached, {} detached since, {} cannot be told.", counted(total_, "group"),
                        count(GroupVerdict::kNeverAttached), count(GroupVerdict::kDetachedSince),
                        count(GroupVerdict::kUnknown)),
            fmt::format("{} can be deleted as far as the logs tell.", counted(deletable, "group"))};
  }

  const Context& context_;
  const history::History& history_;
  UtcSeconds end_;
  std::map<std::string, std::set<std::string>, std::less<>> named_by_;  // group id -> groups with a rule that names it
  std::vector<Entry> entries_;
  std::int64_t deleted_ = 0, total_ = 0;
};

Result<Answer> answer_unused_groups(const Context& context) {
  return UnusedGroups{context}.answer();
}

}  // namespace

Question unused_groups_question() {
  Question question;
  question.name = "unused-groups";
  question.title = "Groups that were never attached, or not since a date; what could not be looked at";
  question.about =
      "One row per group that exists at the window's end; by default those that are not in use, referenced, default\n"
      "or managed (--all for every one). deletable is true only if nothing carries or names the group, everything "
      "could\n"
      "be looked at, and it was observed for --min-observed.";
  question.counting =
      "A group whose creation was seen has been watched all its life. For an older one only snapshots tell who "
      "carried\n"
      "it before; not_visible names what no log and no snapshot at hand can show. See docs/how-it-counts.md.";
  question.examples = {"flowtrail investigate unused-groups demo",
                       "flowtrail investigate unused-groups --remediation cli demo"};
  question.parameters = {"group", "account", "region", "all", "min-observed"};
  question.columns = unused_groups_columns();
  question.shown = {{"group_id", "group"}, {"group_name", "name"}, {"verdict", ""},    {"days_unused", "days"},
                    {"rules_in", "in"},    {"rules_out", "out"},   {"references", ""}, {"not_visible", "not visible"},
                    {"deletable", ""}};
  question.fail_words = {
      {"verdict", {"in-use", "referenced", "default-group", "managed", "unknown", "detached-since", "never-attached"}}};
  question.sql = kUnusedGroupsSql;
  question.window = Question::Window::kAll;
  question.answer = answer_unused_groups;
  return question;
}

}  // namespace flowtrail::investigate
