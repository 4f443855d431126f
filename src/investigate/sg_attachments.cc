// `sg-attachments`: which groups were put on or taken off an interface or a service resource.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "base/name_match.h"
#include "investigate/cells.h"
#include "investigate/question.h"

namespace flowtrail::investigate {
extern const std::string_view kSgAttachmentsSql;

namespace {

using history::AttachmentChange;
using history::EventInfo;
using output::TextList;
using output::Value;
using Kind = AttachmentChange::Kind;

std::vector<output::Column> sg_attachments_columns() {
  return {
      {"event_time", "timestamp", "", "when the call completed"},
      {"account_id", "varchar", "", "account"},
      {"region", "varchar", "", "region"},
      {"interface_id", "varchar", "", "network interface; NULL for a service resource"},
      {"instance_id", "varchar", "", "its instance"},
      {"resource", "varchar", "", "instance/i-..., lambda/..., rds/..., launch-template/..., ..."},
      {"name", "varchar", "", "Name of the instance, else of the interface"},
      {"vpc_id", "varchar", "", "VPC"},
      {"before_groups", "array(varchar)", "", "groups before; NULL when not known"},
      {"after_groups", "array(varchar)", "", "groups after"},
      {"added", "array(varchar)", "", "after without before; NULL when before is not known"},
      {"removed", "array(varchar)", "", "before without after; NULL when before is not known"},
      {"kind", "varchar", "", "created-with, changed or removed-with"},
      {"actor_arn", "varchar", "", "who did it"},
      {"actor_name", "varchar", "", "user, role session or service"},
      {"via", "varchar", "", "console, cli, sdk, terraform, cloudformation or service:NAME"},
      {"source_ip", "varchar", "", "address of the caller"},
      {"user_agent", "varchar", "", "program of the caller"},
      {"event_name", "varchar", "", "API call"},
      {"event_id", "varchar", "", "CloudTrail event"},
      {"evidence", "array(varchar)", "", "event id, object key and record"},
  };
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kCreatedWith: return "created-with";
    case Kind::kChanged: return "changed";
    case Kind::kRemovedWith: break;
  }
  return "removed-with";
}

/// The two sets of one change and their difference, sorted.
struct Sets {
  std::optional<TextList> before, added, removed;
  TextList after;
};

TextList without(const TextList& set, const TextList& other) {
  TextList rest;
  std::ranges::set_difference(set, other, std::back_inserter(rest));
  return rest;
}

Sets sets_of(const AttachmentChange& change) {
  Sets sets;
  if (change.kind != Kind::kRemovedWith) sets.after = *change.after;
  std::ranges::sort(sets.after);
  if (change.before != nullptr) sets.before = *change.before;
  if (change.kind == Kind::kCreatedWith) sets.before = TextList{};
  if (!sets.before) return sets;
  std::ranges::sort(*sets.before);
  sets.added = without(sets.after, *sets.before);
  sets.removed = without(*sets.before, sets.after);
  return sets;
}

class SgAttachments {
 public:
  /// The evidence must outlive it.
  explicit SgAttachments(const Context& context)
      : parameters_(context.parameters), context_(context.with(parameters_)), history_(context.evidence.history) {
    for (const AttachmentChange& change : history_.attachment_changes) {
      if (wants(change)) changes_.push_back(&change);
    }
    std::ranges::stable_sort(changes_, [this](const auto* a, const auto* b) { return key(*a) < key(*b); });
  }
  SgAttachments(const SgAttachments&) = delete;
  SgAttachments& operator=(const SgAttachments&) = delete;
  ~SgAttachments() = default;

  [[nodiscard]] std::uint64_t rows() const { return changes_.size(); }
  [[nodiscard]] output::Row row(std::uint64_t number) const { return row(*changes_[number]); }
  [[nodiscard]] std::vector<std::string> sentences() const {
    if (changes_.empty()) return {"No interface or resource changed its security groups."};
    std::map<std::string_view, std::int64_t> kinds;
    std::set<std::string> things;
    for (const AttachmentChange* change : changes_) {
      ++kinds[kind_name(change->kind)];
      things.emplace(change->interface ? std::string(interface_id(*change)) : change->resource());
    }
    return {fmt::format("{} of the groups of {}: {} changed, {} created with their groups, {} removed.",
                        counted(std::ssize(changes_), "change"),
                        counted(std::ssize(things), "interface or resource", "interfaces and resources"),
                        kinds["changed"], kinds["created-with"], kinds["removed-with"])};
  }

 private:
  [[nodiscard]] const EventInfo& event_of(const AttachmentChange& change) const {
    return history_.events[change.event];
  }

  [[nodiscard]] bool wants(const AttachmentChange& change) const {
    const Parameters& wanted = context_.parameters;
    const EventInfo& event = event_of(change);
    if (!context_.window.contains(event.time)) return false;
    if (wanted.changed_only && change.kind == Kind::kCreatedWith) return false;
    const Sets sets = sets_of(change);
    if (sets.before && sets.added->empty() && sets.removed->empty()) return false;  // the set stayed what it was
    const std::string name = name_of(change);
    return matches_any(wanted.account, account_of(change)) && matches_any(wanted.region, region_of(change)) &&
           matches_any(wanted.interface, interface_id(change)) && matches_any(wanted.instance, change.instance_id) &&
           (wanted.fleet.empty() || (!name.empty() && matches_any(wanted.fleet, name))) && wants_groups(change) &&
           (matches_any(wanted.actor, event.actor_arn) || matches_any(wanted.actor, event.actor_name));
  }

  [[nodiscard]] bool wants_groups(const AttachmentChange& change) const {
    if (context_.parameters.group.empty()) return true;
    const Sets sets = sets_of(change);
    TextList groups = sets.added.value_or(sets.after);
    if (sets.removed) groups.insert(groups.end(), sets.removed->begin(), sets.removed->end());
    return std::ranges::any_of(groups, [this](const std::string& id) {
      const auto group = history_.find_group(id);
      return group ? wants_group(context_.parameters, history_.groups[*group])
                   : matches_any(context_.parameters.group, id);
    });
  }

  [[nodiscard]] std::string_view interface_id(const AttachmentChange& change) const {
    return change.interface ? std::string_view{history_.interfaces[*change.interface].interface_id} : "";
  }
  [[nodiscard]] std::string account_of(const AttachmentChange& change) const {
    const bool known = change.interface && !history_.interfaces[*change.interface].account.empty();
    return std::string(known ? history_.interfaces[*change.interface].account : event_of(change).account);
  }
  [[nodiscard]] std::string region_of(const AttachmentChange& change) const {
    const bool known = change.interface && !history_.interfaces[*change.interface].region.empty();
    return std::string(known ? history_.interfaces[*change.interface].region : event_of(change).region);
  }

  /// Of the interface; a resource lies in the VPC of its groups.
  [[nodiscard]] std::string vpc_of(const AttachmentChange& change) const {
    if (change.interface) return std::string(history_.interfaces[*change.interface].vpc_id);
    for (const history::SharedGroupIds& groups : {change.after, change.before}) {
      if (groups == nullptr) continue;
      for (const std::string& id : *groups) {
        const std::optional<std::uint32_t> group = history_.find_group(id);
        if (group && !history_.groups[*group].vpc_id.empty()) return history_.groups[*group].vpc_id;
      }
    }
    return {};
  }

  [[nodiscard]] std::string name_of(const AttachmentChange& change) const {
    // The Name of what was removed ends with it: look just before.
    const std::chrono::seconds before{change.kind == Kind::kRemovedWith ? 1 : 0};
    const UtcSeconds time = event_of(change).time - before;
    if (!change.instance_id.empty()) {
      if (const history::SharedText* name = history_.name_of(change.instance_id, time)) return std::string(*name);
    }
    if (!change.interface) return {};
    const history::SharedText* name = history_.name_of(interface_id(change), time);
    return name == nullptr ? std::string{} : std::string(*name);
  }

  using Key = std::tuple<UtcSeconds, std::string_view, bool, std::string_view, std::string_view>;
  [[nodiscard]] Key key(const AttachmentChange& change) const {
    return {event_of(change).time, event_of(change).event_id, !change.interface.has_value(), interface_id(change),
            change.interface ? change.instance_id : change.service_resource};
  }

  [[nodiscard]] output::Row row(const AttachmentChange& change) const {
    const EventInfo& event = event_of(change);
    Sets sets = sets_of(change);
    const auto list = [](std::optional<TextList>& groups) { return groups ? Value{std::move(*groups)} : Value{}; };
    TextList evidence;
    add_event(context_, event, evidence);
    return row_of(format_utc(event.time), text_or_null(account_of(change)), text_or_null(region_of(change)),
                  text_or_null(interface_id(change)), text_or_null(change.instance_id), text_or_null(change.resource()),
                  text_or_null(name_of(change)), text_or_null(vpc_of(change)), list(sets.before), std::move(sets.after),
                  list(sets.added), list(sets.removed), std::string{kind_name(change.kind)},
                  text_or_null(event.actor_arn), text_or_null(event.actor_name), text_or_null(event.via),
                  text_or_null(event.source_ip), text_or_null(event.user_agent), text_or_null(event.event_name),
                  text_or_null(event.event_id), std::move(evidence));
  }

  Parameters parameters_;
  Context context_;
  const history::History& history_;
  std::vector<const AttachmentChange*> changes_;  // in the order of the rows
};

Result<Answer> answer_sg_attachments(const Context& context) {
  const auto question = std::make_shared<const SgAttachments>(context);
  Answer answer;
  answer.rows = output::rows_made(sg_attachments_columns(), question->rows(),
                                  [question](std::uint64_t number) { return question->row(number); });
  answer.sentences = question->sentences();
  return answer;
}

}  // namespace

Question sg_attachments_question() {
  Question question;
  question.name = "sg-attachments";
  question.title = "Which groups were put on or taken off an interface, by any API path";
  question.about =
      "One row per interface (or service resource) and event that changed its set of groups, with the set before and\n"
      "after. before_groups is NULL when the logs and snapshots do not tell it.";
  question.counting =
      "Launches, interface creations, modifications of instances and interfaces, deletions and the calls of other\n"
      "services are all read. Attaching an interface to an instance changes no set and is no row.";
  question.examples = {"flowtrail investigate sg-attachments --changed-only demo",
                       "flowtrail investigate sg-attachments --group ssh-* demo"};
  question.parameters = {"group", "interface", "instance", "fleet", "account", "region", "actor", "changed-only"};
  question.columns = sg_attachments_columns();
  question.shown = {{"event_time", "time"}, {"interface_id", "interface", "resource"},
                    {"name", ""},           {"kind", ""},
                    {"added", ""},          {"removed", ""},
                    {"actor_name", "actor"}};
  question.fail_words = {{"kind", {"created-with", "changed", "removed-with"}}};
  question.sql = kSgAttachmentsSql;
  question.window = Question::Window::kEvents;
  question.answer = answer_sg_attachments;
  return question;
}

}  // namespace flowtrail::investigate
