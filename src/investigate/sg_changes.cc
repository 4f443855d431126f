// `sg-changes`: which rules changed, before and after, by whom, and what they open.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>
#include <unordered_set>

#include "base/name_match.h"
#include "base/text_hash.h"
#include "base/threads.h"
#include "investigate/cells.h"
#include "investigate/question.h"
#include "investigate/remedy.h"
#include "investigate/rule_reach.h"

namespace flowtrail::investigate {
extern const std::string_view kSgChangesSql;

namespace {

using history::EventInfo;
using history::RuleChange;
using output::Value;
using Kind = RuleChange::Kind;

std::vector<output::Column> sg_changes_columns() {
  return {
      {"event_time", "timestamp", "", "when the call completed"},
      {"account_id", "varchar", "", "account of the group"},
      {"region", "varchar", "", "region of the group"},
      {"group_id", "varchar", "", "security group"},
      {"group_name", "varchar", "", "its name"},
      {"vpc_id", "varchar", "", "its VPC"},
      {"change", "varchar", "",
       "rule-added, rule-removed, rule-modified, description-changed, group-created, group-deleted, vpc-associated, "
       "vpc-disassociated, failed"},
      {"rule_id", "varchar", "", "sgr- id; NULL where the event has none"},
      {"direction", "varchar", "", "ingress or egress"},
      {"before", "varchar", "", "the rule before"},
      {"after", "varchar", "", "the rule after"},
      {"before_rule", "json", "", "parts of the rule before (JSON and NDJSON only)"},
      {"after_rule", "json", "", "parts of the rule after (JSON and NDJSON only)"},
      {"opens_to", "varchar", "", "world, wide, listed:NAME or peer; NULL when nothing is opened"},
      {"port_class", "varchar", "", "admin, database, all or other"},
      {"interfaces_affected", "bigint", "interfaces", "interfaces that carried the group then; NULL if not known"},
      {"actor_arn", "varchar", "", "who did it"},
      {"actor_type", "varchar", "", "IAMUser, AssumedRole, Root, AWSService, ..."},
      {"actor_name", "varchar", "", "user, role session or service"},
      {"via", "varchar", "", "console, cli, sdk, terraform, cloudformation or service:NAME"},
      {"mfa", "boolean", "", "whether the session was opened with MFA"},
      {"source_ip", "varchar", "", "address of the caller"},
      {"user_agent", "varchar", "", "program of the caller"},
      {"event_name", "varchar", "", "API call"},
      {"event_id", "varchar", "", "CloudTrail event"},
      {"evidence", "array(varchar)", "", "event id, object key and record"},
  };
}

std::string_view change_name(Kind kind) {
  switch (kind) {
    case Kind::kRuleAdded: return "rule-added";
    case Kind::kRuleRemoved: return "rule-removed";
    case Kind::kRuleModified: return "rule-modified";
    case Kind::kDescriptionChanged: return "description-changed";
    case Kind::kGroupCreated: return "group-created";
    case Kind::kGroupDeleted: return "group-deleted";
    case Kind::kVpcAssociated: return "vpc-associated";
    case Kind::kVpcDisassociated: return "vpc-disassociated";
    case Kind::kFailed: break;
  }
  return "failed";
}

struct Entry {
  const RuleChange* change = nullptr;
  const EventInfo* event = nullptr;
  std::optional<std::string> opens_to;
  std::string before, after;  // as they are printed; empty: NULL
};

class SgChanges {
 public:
  /// The evidence must outlive it.
  explicit SgChanges(const Context& context)
      : parameters_(context.parameters), context_(context.with(parameters_)), history_(context.evidence.history) {
    collect_entries();
    put_entries_in_order();
  }
  SgChanges(const SgChanges&) = delete;
  SgChanges& operator=(const SgChanges&) = delete;
  ~SgChanges() = default;

  [[nodiscard]] std::vector<output::Column> columns() const {
    std::vector<output::Column> columns = sg_changes_columns();
    if (context_.parameters.include_failed) {
      columns.insert(columns.end() - 1, {"error_code", "varchar", "", "why the call failed"});
    }
    return columns;
  }
  [[nodiscard]] std::uint64_t rows() const { return entries_.size(); }
  [[nodiscard]] output::Row row(std::uint64_t number) const { return row(entries_[number]); }

  /// All but the rows.
  [[nodiscard]] Answer about() const {
    Answer answer;
    for (const Entry& entry : entries_) {
      if (!context_.shown.remedies) break;
      const bool opened = entry.change->kind == Kind::kRuleAdded || entry.change->kind == Kind::kRuleModified ||
                          entry.change->kind == Kind::kRuleRemoved;
      if (opened) answer.remedies.push_back(remedy(entry));
    }
    answer.sentences = sentences();
    if (hidden_failed_ > 0) {
      answer.warnings.push_back(
          {"failed-calls",
           hidden_failed_,
           fmt::format("{} changed nothing and {} not listed (--include-failed)",
                       counted(hidden_failed_, "refused call"), hidden_failed_ == 1 ? "is" : "are"),
           {}});
    }
    return answer;
  }

 private:
  /// What a change comes to.
  struct Considered {
    std::optional<Entry> entry;  // missing: no row
    bool hidden_failed = false;
  };

  void collect_entries() {
    std::vector<Considered> considered(history_.rule_changes.size());
    for_each_on_threads(thread_count(0), considered.size(),
                        [&](unsigned, std::size_t i) { considered[i] = consider(history_.rule_changes[i]); });
    entries_.reserve(considered.size());
    for (Considered& one : considered) {
      if (one.hidden_failed) ++hidden_failed_;
      if (one.entry) entries_.push_back(*std::move(one.entry));
    }
  }

  [[nodiscard]] Considered consider(const RuleChange& change) const {
    const EventInfo& event = history_.events[change.event];
    if (!context_.window.contains(event.time) || !wants(change, event)) return {};
    if (change.kind == Kind::kFailed && !context_.parameters.include_failed) return {std::nullopt, true};
    Entry entry{&change, &event, {}, {}, {}};
    if ((change.kind == Kind::kRuleAdded || change.kind == Kind::kRuleModified) && change.after) {
      const auto before = change.kind == Kind::kRuleModified ? change.before : std::nullopt;
      entry.opens_to = opens_to(history_, change.group, before, *change.after, event.time, context_.parameters.watch);
    }
    if (!wants_reach(entry.opens_to)) return {};
    std::tie(entry.before, entry.after) = texts(change);
    return {std::move(entry), false};
  }

  [[nodiscard]] bool wants(const RuleChange& change, const EventInfo& event) const {
    const Parameters& wanted = context_.parameters;
    const history::Group& group = history_.groups[change.group];
    if (!wants_group(wanted, group) || !matches_any(wanted.account, account_of(change, event)) ||
        !matches_any(wanted.region, region_of(change, event))) {
      return false;
    }
    if (!matches_any(wanted.actor, event.actor_arn) && !matches_any(wanted.actor, event.actor_name)) return false;
    if (filters_interfaces(wanted) && !carried_by_wanted_interface(change.group, event.time)) return false;
    if (wanted.protocols.empty() && wanted.ports.empty()) return true;
    return wants_traffic(change.before) || wants_traffic(change.after);
  }

  /// --port and --protocol against the rule before or after.
  [[nodiscard]] bool wants_traffic(const std::optional<firewall::RuleSpec>& rule) const {
    const Parameters& wanted = context_.parameters;
    if (!rule) return false;
    if (rule->protocol == firewall::kAllProtocols) return true;
    return wanted.wants_protocol(rule->protocol) &&
           (wanted.ports.empty() || (rule->has_ports() && wanted.wants_ports(rule->from_port, rule->to_port)));
  }

  [[nodiscard]] bool wants_reach(const std::optional<std::string>& reach) const {
    if (context_.parameters.opens_to.empty()) return true;
    if (!reach) return false;
    return std::ranges::any_of(context_.parameters.opens_to, [&reach](const std::string& wanted) {
      return matches_glob(wanted, *reach) || (wanted == "listed" && reach->starts_with("listed:"));
    });
  }

  [[nodiscard]] bool carried_by_wanted_interface(std::uint32_t group, UtcSeconds time) const {
    return std::ranges::any_of(history_.memberships_of_group(group), [&](std::uint32_t index) {
      const history::Membership& membership = history_.memberships[index];
      return membership.valid.contains(time) && wants_interface(context_, membership.interface, time);
    });
  }

  [[nodiscard]] static const firewall::RuleSpec* rule_of(const RuleChange& change) {
    if (change.after) return &*change.after;
    return change.before ? &*change.before : nullptr;
  }

  [[nodiscard]] std::string account_of(const RuleChange& change, const EventInfo& event) const {
    const std::string& account = history_.groups[change.group].account;
    return account.empty() ? std::string(event.account) : account;
  }
  [[nodiscard]] std::string region_of(const RuleChange& change, const EventInfo& event) const {
    const std::string& region = history_.groups[change.group].region;
    return region.empty() ? std::string(event.region) : region;
  }

  [[nodiscard]] Value interfaces_affected(const RuleChange& change, UtcSeconds time) const {
    std::int64_t count = 0;
    bool seen = false;
    for (const std::uint32_t index : history_.memberships_of_group(change.group)) {
      seen = true;
      if (history_.memberships[index].valid.contains(time)) ++count;
    }
    if (!seen && history_.groups[change.group].attachments_baseline == history::Baseline::kUnknown) return {};
    return count;
  }

  [[nodiscard]] static std::pair<std::string, std::string> texts(const RuleChange& change) {
    if (change.kind == Kind::kVpcAssociated) return {{}, change.after_description};
    if (change.kind == Kind::kVpcDisassociated) return {change.before_description, {}};
    const auto text = [](const auto& rule) { return rule ? rule->to_string() : std::string{}; };
    return {text(change.before), text(change.after)};
  }

  using Key = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;
  [[nodiscard]] static Key key(const Entry& entry) {
    const std::string_view rule_id = entry.change->rule_id ? std::string_view{*entry.change->rule_id} : "\x7f";
    return {entry.event->event_id, rule_id, entry.before, entry.after};
  }

  /// By time, in which they are already, and within a second by key.
  void put_entries_in_order() {
    for (auto first = entries_.begin(); first != entries_.end();) {
      const UtcSeconds time = first->event->time;
      const auto last =
          std::find_if(first, entries_.end(), [time](const Entry& one) { return one.event->time != time; });
      if (last - first > 1) std::ranges::stable_sort(first, last, {}, key);
      first = last;
    }
  }

  [[nodiscard]] Value rule_parts(const std::optional<firewall::RuleSpec>& rule, std::string_view description) const {
    return context_.shown.json_columns ? rule_json(rule, description) : Value{};
  }

  [[nodiscard]] output::Row row(const Entry& entry) const {
    const RuleChange& change = *entry.change;
    const EventInfo& event = *entry.event;
    const history::Group& group = history_.groups[change.group];
    const firewall::RuleSpec* rule = rule_of(change);
    output::TextList evidence;
    add_event(context_, event, evidence);
    output::Row row = row_of(
        format_utc(event.time), text_or_null(account_of(change, event)), text_or_null(region_of(change, event)),
        text_or_null(group.group_id), text_or_null(group.name), text_or_null(group.vpc_id),
        std::string{change_name(change.kind)}, text_or_null(change.rule_id.value_or("")),
        rule == nullptr ? Value{} : Value{std::string{firewall::direction_name(rule->direction)}},
        text_or_null(entry.before), text_or_null(entry.after), rule_parts(change.before, change.before_description),
        rule_parts(change.after, change.after_description), text_or_null(entry.opens_to.value_or("")),
        rule == nullptr ? Value{} : Value{std::string{port_class(*rule)}}, interfaces_affected(change, event.time),
        text_or_null(event.actor_arn), text_or_null(event.actor_type), text_or_null(event.actor_name),
        text_or_null(event.via), event.mfa ? Value{*event.mfa} : Value{}, text_or_null(event.source_ip),
        text_or_null(event.user_agent), text_or_null(event.event_name), text_or_null(event.event_id));
    if (context_.parameters.include_failed) row.push_back(text_or_null(event.error_code));
    row.emplace_back(std::move(evidence));
    return row;
  }

  [[nodiscard]] Remedy remedy(const Entry& entry) const {
    return revert_change(history_, *entry.change,
                         fmt::format("revert {} of {} at {} by {}", change_name(entry.change->kind),
                                     history_.groups[entry.change->group].group_id, format_utc(entry.event->time),
                                     actor_of(*entry.event)));
  }

  [[nodiscard]] std::vector<std::string> sentences() const {
    if (entries_.empty()) return {"No security group changed."};
    std::map<std::string_view, std::int64_t> kinds;
    std::vector<std::string> world;
    std::unordered_set<std::string_view, TextHash> groups;
    std::unordered_set<std::string_view, TextHash> actors;
    for (const Entry& entry : entries_) {
      ++kinds[change_name(entry.change->kind)];
      groups.insert(history_.groups[entry.change->group].group_id);
      actors.insert(actor_of(*entry.event));
      if (entry.opens_to == "world" && entry.change->after->direction == firewall::Direction::kIngress) {
        world.push_back(world.size() < kOpeningsShown ? opening_text(entry) : std::string{});
      }
    }
    std::string counts;
    for (const auto& [kind, count] : kinds) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, kind);
    std::vector<std::string> result{fmt::format("{} in {} by {}: {}.", counted(std::ssize(entries_), "change"),
                                                counted(std::ssize(groups), "group"),
                                                counted(std::ssize(actors), "actor"), counts)};
    if (!world.empty()) result.push_back(fmt::format("Opened: {}.", some_of(world, kOpeningsShown)));
    return result;
  }

  [[nodiscard]] std::string opening_text(const Entry& entry) const {
    const EventInfo& event = *entry.event;
    return fmt::format("{} to the world ({}) at {} by {}", history_.groups[entry.change->group].group_id,
                       entry.change->after->to_string(), format_utc(event.time),
                       event.actor_name.empty() ? actor_of(event) : std::string_view{event.actor_name});
  }

  static constexpr std::size_t kOpeningsShown = 3;  // in the sentences

  Parameters parameters_;
  Context context_;
  const history::History& history_;
  std::vector<Entry> entries_;
  std::int64_t hidden_failed_ = 0;
};

Result<Answer> answer_sg_changes(const Context& context) {
  const auto question = std::make_shared<const SgChanges>(context);
  Answer answer = question->about();
  answer.rows = output::rows_made(question->columns(), question->rows(),
                                  [question](std::uint64_t number) { return question->row(number); });
  return answer;
}

}  // namespace

Question sg_changes_question() {
  Question question;
  question.name = "sg-changes";
  question.title = "Which rules changed, before and after, by whom, and what they open";
  question.about =
      "One row per changed rule (an Authorize of three ranges is three rows), and one per group created, deleted, or\n"
      "associated with a VPC. The default egress rule that comes with a group, and the rules that go with a deleted\n"
      "one, are no rows of their own.";
  question.counting =
      "Failed calls change nothing. opens_to looks at the rules in force together: the second half of the address\n"
      "space opens the world. A modification that only narrows a rule opens nothing. See docs/how-it-counts.md.";
  question.examples = {"flowtrail investigate sg-changes demo",
                       "flowtrail investigate sg-changes --opens-to world --fail-on any demo"};
  question.parameters = {"group",    "port",      "protocol", "account", "region", "fleet",
                         "instance", "interface", "opens-to", "actor",   "watch",  "include-failed"};
  question.columns = sg_changes_columns();
  question.shown = {
      {"event_time", "time"}, {"group_id", "group"},   {"change", ""}, {"before", "rule", "after", " -> "},
      {"opens_to", "opens"},  {"actor_name", "actor"}, {"via", ""}};
  question.fail_words = {{"change",
                          {"rule-added", "rule-removed", "rule-modified", "description-changed", "group-created",
                           "group-deleted", "vpc-associated", "vpc-disassociated", "failed"}},
                         {"opens_to", {"world", "wide", "listed", "peer"}},
                         {"port_class", {"admin", "database"}}};
  question.sql = kSgChangesSql;
  question.window = Question::Window::kEvents;
  question.answer = answer_sg_changes;
  return question;
}

}  // namespace flowtrail::investigate
