#include "investigate/empty_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/name_match.h"
#include "investigate/cells.h"

namespace flowtrail::investigate {
namespace {

using Names = std::set<std::string>;

void explain_filter(std::string_view option, const std::vector<std::string>& wanted, const Names& known,
                    std::vector<Warning>& warnings) {
  if (wanted.empty()) return;
  const bool found = std::ranges::any_of(known, [&](const std::string& name) { return matches_any(wanted, name); });
  if (found) return;
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  const std::string_view nearest = nearest_name(wanted.front(), candidates);
  std::string text = fmt::format("--{} {} matches nothing that the logs name", option, some_of(wanted, 3));
  if (!nearest.empty()) {
    text += fmt::format("; did you mean {}?", nearest);
  } else if (known.empty()) {
    text += "; no such thing is named at all";
  } else {
    text += fmt::format("; known: {}", some_of({known.begin(), known.end()}, 8));
  }
  warnings.push_back({"empty-answer", 1, std::move(text), {}});
}

Names fleets(const Context& context) {
  Names names;
  for (const history::NameTag& tag : context.evidence.history.names) names.emplace(tag.name);
  if (context.evidence.attribution) {
    for (const attribution::Owner& owner : context.evidence.attribution->owners) {
      if (!owner.fleet.empty()) names.insert(owner.fleet);
    }
  }
  return names;
}

Names groups(const Context& context) {
  Names names;
  for (const history::Group& group : context.evidence.history.groups) {
    names.insert(group.group_id);
    if (!group.name.empty()) names.insert(group.name);
  }
  return names;
}

Names interfaces(const Context& context) {
  Names names;
  for (const history::Interface& interface : context.evidence.history.interfaces) names.emplace(interface.interface_id);
  if (context.evidence.attribution) {
    for (const attribution::InterfaceCoverage& coverage : context.evidence.attribution->coverage) {
      names.insert(coverage.interface_id);
    }
  }
  return names;
}

Names instances(const Context& context) {
  Names names;
  for (const history::Instance& instance : context.evidence.history.instances) names.emplace(instance.instance_id);
  if (context.evidence.attribution) {
    for (const attribution::Owner& owner : context.evidence.attribution->owners) names.insert(owner.instance_id);
  }
  return names;
}

std::string what_was_there(const Question& question, const Context& context) {
  const Interval& window = context.window;
  const std::string span = fmt::format("{} to {}", format_utc(*window.from), format_utc(*window.to));
  if (*window.to <= *window.from) return fmt::format("the window {} is empty", span);
  if (question.window == Question::Window::kFlows) {
    const std::int64_t records = context.evidence.attribution ? context.evidence.attribution->records : 0;
    const std::int64_t outside = context.evidence.attribution ? context.evidence.attribution->outside_window : 0;
    if (records == 0 && outside > 0) {
      return fmt::format("none of {} lies in the window {}", counted(outside, "flow record"), span);
    }
    return fmt::format("{} in the window {}, none of them answers to what was asked", counted(records, "flow record"),
                       span);
  }
  if (question.window == Question::Window::kEvents) {
    const auto& events = context.evidence.history.events;
    const auto inside = std::ranges::count_if(
        events, [&window](const history::EventInfo& event) { return window.contains(event.time); });
    return fmt::format("{} about groups in the window {} ({} read in all), none answers to what was asked",
                       counted(inside, "event"), span, context.evidence.event_stats.events);
  }
  return fmt::format("{} known, none answers to what was asked",
                     counted(std::ssize(context.evidence.history.groups), "group"));
}

}  // namespace

std::vector<Warning> explain_empty(const Question& question, const Context& context) {
  std::vector<Warning> warnings{{"empty-answer", 1, what_was_there(question, context), {}}};
  const Parameters& wanted = context.parameters;
  explain_filter("fleet", wanted.fleet, fleets(context), warnings);
  explain_filter("group", wanted.group, groups(context), warnings);
  explain_filter("interface", wanted.interface, interfaces(context), warnings);
  explain_filter("instance", wanted.instance, instances(context), warnings);
  return warnings;
}

}  // namespace flowtrail::investigate
