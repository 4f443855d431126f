#include "investigate/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "investigate/cells.h"

namespace flowtrail::investigate {
namespace {

using ingest::Evidence;
using output::json_string;
using output::json_value;
using output::TextList;
using source::ObjectKind;

constexpr std::size_t kContradictionsListed = 20;
constexpr std::size_t kLoggingChangesListed = 5;

/// Builds one JSON object member by member.
class JsonObject {
 public:
  JsonObject& add(std::string_view name, std::string_view json) {
    text_ += fmt::format("{}{}:{}", text_.empty() ? "" : ",", json_string(name), json);
    return *this;
  }
  JsonObject& add(std::string_view name, std::uint64_t number) {
    return add(name, json_value(static_cast<std::int64_t>(number)));
  }
  JsonObject& add(std::string_view name, const std::optional<UtcSeconds>& time) {
    return add(name, json_value(time_or_null(time)));
  }
  [[nodiscard]] std::string text() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

std::optional<UtcSeconds> time_of(const std::optional<std::int64_t>& seconds) {
  if (!seconds) return std::nullopt;
  return utc_from_seconds(*seconds);
}

template <typename Texts>
std::string list_json(const Texts& texts) {
  return json_value(TextList{texts.begin(), texts.end()});
}

std::uint64_t bytes_of(const Evidence& evidence, ObjectKind kind) {
  std::uint64_t bytes = 0;
  for (const source::Object& object : evidence.inventory.objects) bytes += object.kind == kind ? object.size : 0;
  return bytes;
}

std::size_t objects_of(const Evidence& evidence, ObjectKind kind) {
  return static_cast<std::size_t>(std::ranges::count(evidence.inventory.objects, kind, &source::Object::kind));
}

std::string gaps_json(const Evidence& evidence) {
  std::string text = "[";
  if (evidence.attribution) {
    for (const attribution::Gap& gap : evidence.attribution->gaps) {
      if (text.size() > 1) text += ',';
      text += JsonObject{}
                  .add("interface_id", json_string(gap.interface_id.empty() ? "all" : gap.interface_id))
                  .add("from", std::optional{utc_from_seconds(gap.from)})
                  .add("to", std::optional{utc_from_seconds(gap.to)})
                  .text();
    }
  }
  return text + "]";
}

std::string flow_logs_json(const Evidence& evidence) {
  const flowlog::ReadStats& stats = evidence.flow_stats;
  TextList actions;
  if (stats.saw_accept) actions.emplace_back("ACCEPT");
  if (stats.saw_reject) actions.emplace_back("REJECT");
  JsonObject object;
  object.add("from", time_of(stats.from)).add("to", time_of(stats.to));
  if (evidence.attribution) {
    object.add("objects", stats.objects).add("bytes", stats.bytes).add("records", stats.records);
    object.add("bad_records", stats.bad.total()).add("nodata", stats.nodata).add("skipdata", stats.skipdata);
  } else {  // listed, not read
    const std::uint64_t listed =
        objects_of(evidence, ObjectKind::kFlowLogText) + objects_of(evidence, ObjectKind::kFlowLogParquet);
    object.add("objects", listed);
    object.add("bytes", bytes_of(evidence, ObjectKind::kFlowLogText) + bytes_of(evidence, ObjectKind::kFlowLogParquet));
    for (const auto name : {"records", "bad_records", "nodata", "skipdata"}) object.add(name, "null");
  }
  return object.add("formats", list_json(stats.formats))
      .add("missing_fields", list_json(stats.missing_fields))
      .add("action_seen", list_json(actions))
      .add("gaps", gaps_json(evidence))
      .text();
}

std::string cloudtrail_json(const Evidence& evidence) {
  const cloudtrail::ReadStats& stats = evidence.event_stats;
  return JsonObject{}
      .add("from", stats.from)
      .add("to", stats.to)
      .add("objects", stats.objects)
      .add("events", stats.events)
      .add("bad_events", stats.bad.total() + evidence.bad_events.total())
      .add("duplicate_events", stats.duplicate_events)
      .add("failed_calls", stats.failed_calls)
      .add("regions", list_json(stats.regions))
      .add("accounts", list_json(stats.accounts))
      .text();
}

std::string snapshots_json(const Evidence& evidence) {
  std::string text = "[";
  for (const history::SnapshotInfo& snapshot : evidence.history.snapshots) {
    if (text.size() > 1) text += ',';
    text += JsonObject{}
                .add("kind", json_string(snapshot.kind))
                .add("as_of", std::optional{snapshot.as_of})
                .add("path", json_string(snapshot.path))
                .text();
  }
  return text + "]";
}

bool baseline_known(const history::Group& group) {
  return group.rules_baseline != history::Baseline::kUnknown;
}

std::string span_text(const std::optional<UtcSeconds>& from, const std::optional<UtcSeconds>& to) {
  return from && to ? fmt::format(", {} to {}", format_utc(*from), format_utc(*to)) : std::string{};
}

/// Adds the warnings one after the other; each function is one thing that may be missing.
class CommonWarnings {
 public:
  CommonWarnings(const Question& question, const Context& context)
      : question_(question), context_(context), evidence_(context.evidence), history_(context.evidence.history) {}

  std::vector<Warning> all() {
    sources_missing();
    window_beyond_sources();
    bad_input();
    copies();
    kinds_of_records();
    gaps();
    prefix_lists();
    baselines();
    contradictions();
    logging_changes();
    set_aside();
    return std::move(warnings_);
  }

 private:
  void add(std::string code, std::int64_t count, std::string text, std::string example = {}) {
    warnings_.push_back({std::move(code), count, std::move(text), std::move(example)});
  }
  [[nodiscard]] bool of_flows() const { return question_.needs_flows() && evidence_.attribution.has_value(); }

  void sources_missing() {
    if (question_.window == Question::Window::kFlows && evidence_.flow_stats.objects == 0) {
      add("no-flow-logs", 1, "no flow logs were found: nothing can be said about traffic");
    }
    if (evidence_.event_stats.objects == 0) {
      add("no-cloudtrail", 1,
          history_.snapshots.empty()
              ? "no CloudTrail events and no snapshots were found: groups and rules are not known"
              : "no CloudTrail events were found: the state is that of the snapshots, at all times");
    }
  }

  void window_beyond_sources() {
    std::optional<Interval> covered = question_.window == Question::Window::kEvents ? evidence_.covered_by_events()
                                      : question_.window == Question::Window::kAll  ? evidence_.covered_by_all()
                                                                                    : evidence_.covered_by_flows();
    if (!covered) return;
    if (*context_.window.from < *covered->from || *context_.window.to > *covered->to) {
      add("window-not-covered", 1,
          fmt::format("the window {} to {} is wider than the logs, {} to {}", format_utc(*context_.window.from),
                      format_utc(*context_.window.to), format_utc(*covered->from), format_utc(*covered->to)));
    }
  }

  void bad_input() {
    BadInput all = evidence_.inventory.unreadable;
    all.merge(evidence_.event_stats.bad);
    all.merge(evidence_.flow_stats.bad);
    all.merge(evidence_.bad_snapshots);
    all.merge(evidence_.bad_events);
    for (const auto& [reason, entry] : all.by_reason()) {
      const auto place = [](const BadInput::Place& at) {
        return at.line == 0 ? at.object : fmt::format("{}:{}", at.object, at.line);
      };
      add("bad-input", static_cast<std::int64_t>(entry.count), fmt::format("could not be read: {}", reason),
          entry.first.empty() ? std::string{} : place(entry.first.front()));
    }
  }

  void copies() {
    if (of_flows() && evidence_.attribution->duplicate_records > 0) {
      add("duplicate-records", evidence_.attribution->duplicate_records,
          fmt::format("{} counted once", counted(evidence_.attribution->duplicate_records, "copy of a flow record",
                                                 "copies of flow records")));
    }
    const auto duplicates = static_cast<std::int64_t>(evidence_.event_stats.duplicate_events);
    if (duplicates > 0) {
      add("duplicate-events", duplicates,
          fmt::format("{} with an event id that was seen before, counted once", counted(duplicates, "event")));
    }
  }

  void kinds_of_records() {
    if (!of_flows() || question_.window != Question::Window::kFlows) return;
    const flowlog::ReadStats& stats = evidence_.flow_stats;
    const bool any = stats.saw_accept || stats.saw_reject;
    if (any && !stats.saw_reject) {
      add("accept-only", 1, "only ACCEPT records were seen: what was rejected cannot be seen");
    }
    if (any && !stats.saw_accept) {
      add("reject-only", 1, "only REJECT records were seen: what was accepted cannot be seen");
    }
    missing_fields();
    if (evidence_.attribution->skipdata > 0) {
      add("skipdata", evidence_.attribution->skipdata,
          fmt::format("{}: flows were lost in these intervals",
                      counted(evidence_.attribution->skipdata, "SKIPDATA record")));
    }
    if (question_.name != "access" && evidence_.attribution->direction_unknown_records > 0) {
      add("direction-unknown", evidence_.attribution->direction_unknown_records,
          fmt::format("{}: it cannot be told who opened the connection; neither use nor disuse",
                      counted(evidence_.attribution->direction_unknown_records, "record")));
    }
  }

  void missing_fields() {
    const std::vector<std::pair<std::string, std::string>> effects{
        {"tcp-flags", "attempts count every record of the initiator; directions come from order, ports and rules"},
        {"flow-direction", "directions come from the interface's addresses"},
        {"pkt-srcaddr", "peers behind NAT gateways and load balancers cannot be told"},
        {"pkt-dstaddr", "destinations behind NAT gateways cannot be told"},
        {"log-status", "NODATA and SKIPDATA cannot be told"},
        {"action", "accepted and rejected records cannot be told apart"},
    };
    std::vector<std::string> missing;
    for (const auto& [field, effect] : effects) {
      if (evidence_.flow_stats.missing_fields.contains(field)) missing.push_back(fmt::format("{} ({})", field, effect));
    }
    if (!missing.empty()) {
      add("missing-fields", std::ssize(missing),
          fmt::format("some flow logs lack {}", some_of(missing, missing.size())));
    }
  }

  void gaps() {
    if (!of_flows() || evidence_.attribution->gaps.empty()) return;
    const auto& all = evidence_.attribution->gaps;
    const attribution::Gap& first = all.front();
    std::set<std::string> interfaces;
    std::int64_t everywhere = 0;
    for (const attribution::Gap& gap : all) {
      if (gap.interface_id.empty()) {
        ++everywhere;
      } else {
        interfaces.insert(gap.interface_id);
      }
    }
    std::vector<std::string> whose;
    if (everywhere > 0) whose.push_back(fmt::format("{} of all interfaces at once", everywhere));
    if (!interfaces.empty()) {
      whose.push_back(
          fmt::format("{} of {}", std::ssize(all) - everywhere, counted(std::ssize(interfaces), "interface")));
    }
    add("gap", std::ssize(all),
        fmt::format("{} without any flow record: {}", counted(std::ssize(all), "time span"), fmt::join(whose, ", ")),
        fmt::format("{} {} to {}", first.interface_id.empty() ? "all" : first.interface_id,
                    format_utc(utc_from_seconds(first.from)), format_utc(utc_from_seconds(first.to))));
  }

  void prefix_lists() {
    if (!question_.needs_flows() && question_.name != "sg-changes") return;
    std::set<std::string> lists;
    std::vector<std::string> rules;
    for (const history::Rule& rule : history_.rules) {
      if (rule.spec.source_kind != firewall::SourceKind::kPrefixList || !rule.valid.overlaps(context_.window)) continue;
      const auto& versions = history_.versions_of_prefix_list(rule.spec.source_id);
      const bool known = std::ranges::any_of(versions, [&](std::uint32_t index) {
        return history_.prefix_lists[index].complete && history_.prefix_lists[index].valid.overlaps(context_.window);
      });
      if (known) continue;
      lists.insert(rule.spec.source_id);
      rules.push_back(rule.label(history_.groups[rule.group]));
    }
    if (lists.empty()) return;
    add("unknown-prefix-list", std::ssize(lists),
        fmt::format("contents not (all) known: {}; used by {}. Add get-managed-prefix-list-entries with --snapshot",
                    some_of({lists.begin(), lists.end()}, 5), some_of(rules, 5)),
        *lists.begin());
  }

  void baselines() {
    std::vector<std::string> rules;
    std::vector<std::string> attachments;
    for (std::uint32_t index = 0; index < history_.groups.size(); ++index) {
      const history::Group& group = history_.groups[index];
      if (group.group_id.empty() || only_named(history_, index)) continue;
      if (!baseline_known(group)) rules.push_back(group.group_id);
      if (group.attachments_baseline == history::Baseline::kUnknown) attachments.push_back(group.group_id);
    }
    if (!rules.empty()) {
      add("unknown-rules", std::ssize(rules),
          fmt::format(
              "{} older than the logs may have more rules than are known: {}. Add describe-security-group-rules "
              "with --snapshot",
              counted(std::ssize(rules), "group"), some_of(rules, 5)),
          rules.front());
    }
    if (!attachments.empty()) {
      add("unknown-attachments", std::ssize(attachments),
          fmt::format(
              "{} older than the logs may be attached unseen: {}. Add describe-network-interfaces with --snapshot",
              counted(std::ssize(attachments), "group"), some_of(attachments, 5)),
          attachments.front());
    }
  }

  void contradictions() {
    const auto& all = history_.contradictions;
    for (std::size_t i = 0; i < std::min(all.size(), kContradictionsListed); ++i) {
      add("contradiction", 1, all[i].text, all[i].example);
    }
    if (all.size() > kContradictionsListed) {
      const auto more = static_cast<std::int64_t>(all.size() - kContradictionsListed);
      add("contradiction", more, fmt::format("{} more between events and snapshots", more));
    }
  }

  void logging_changes() {
    std::int64_t count = 0;
    for (const auto& [time, text] : history_.logging_changes) {
      if (!context_.window.contains(time)) continue;
      if (++count <= static_cast<std::int64_t>(kLoggingChangesListed)) {
        add("logging-changed", 1, fmt::format("{} at {}", text, format_utc(time)));
      }
    }
    if (count > static_cast<std::int64_t>(kLoggingChangesListed)) {
      const std::int64_t more = count - static_cast<std::int64_t>(kLoggingChangesListed);
      add("logging-changed", more, fmt::format("{} more changes of logging", more));
    }
  }

  void set_aside() {
    std::map<std::string, std::pair<std::int64_t, std::string>> skipped;  // reason -> count, first key
    std::int64_t transit = 0;
    std::string transit_example;
    for (const source::Object& object : evidence_.inventory.objects) {
      if (object.kind == ObjectKind::kTransitGatewayFlowLog) {
        if (++transit == 1) transit_example = object.key;
      }
      if (object.kind != ObjectKind::kSkipped && object.kind != ObjectKind::kUnknown) continue;
      const std::string reason = object.kind == ObjectKind::kUnknown ? "nothing that flowtrail reads"
                                 : object.skip_reason.empty()        ? std::string{"other"}
                                                                     : object.skip_reason;
      auto& entry = skipped[reason];
      if (++entry.first == 1) entry.second = object.key;
    }
    const auto read = static_cast<std::int64_t>(evidence_.flow_stats.transit_gateway_objects);
    if (std::max(transit, read) > 0) {
      add("transit-gateway", std::max(transit, read),
          fmt::format("{} set aside", counted(std::max(transit, read), "transit gateway flow log file")),
          transit_example);
    }
    for (const auto& [reason, entry] : skipped) {
      add("skipped-objects", entry.first, fmt::format("{} not read: {}", counted(entry.first, "object"), reason),
          entry.second);
    }
  }

  const Question& question_;
  const Context& context_;
  const Evidence& evidence_;
  const history::History& history_;
  std::vector<Warning> warnings_;
};

}  // namespace

std::string byte_text(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  for (const std::string_view unit : {"kB", "MB", "GB"}) {
    value /= 1000;
    if (value < 1000) return fmt::format("{:.1f} {}", value, unit);
  }
  return fmt::format("{:.1f} TB", value / 1000);
}

std::string coverage_json(const Evidence& evidence) {
  std::uint64_t known = 0;
  std::uint64_t later = 0;
  for (const history::Group& group : evidence.history.groups) ++(baseline_known(group) ? known : later);
  return JsonObject{}
      .add("flow_logs", flow_logs_json(evidence))
      .add("cloudtrail", cloudtrail_json(evidence))
      .add("snapshots", snapshots_json(evidence))
      .add("baseline", JsonObject{}.add("groups_known_from_start", known).add("groups_first_seen_later", later).text())
      .text();
}

std::vector<std::string> coverage_lines(const Evidence& evidence) {
  std::vector<std::string> lines;
  const flowlog::ReadStats& flows = evidence.flow_stats;
  if (evidence.attribution) {
    lines.push_back(fmt::format("flow logs: {}, {}, {}{}", counted(static_cast<std::int64_t>(flows.objects), "object"),
                                byte_text(flows.bytes), counted(static_cast<std::int64_t>(flows.records), "record"),
                                span_text(time_of(flows.from), time_of(flows.to))));
  } else {
    lines.emplace_back("flow logs: not needed, not read");
  }
  const cloudtrail::ReadStats& events = evidence.event_stats;
  lines.push_back(fmt::format("cloudtrail: {}, {}, {}{}", counted(static_cast<std::int64_t>(events.objects), "object"),
                              byte_text(events.bytes), counted(static_cast<std::int64_t>(events.events), "event"),
                              span_text(events.from, events.to)));
  std::vector<std::string> kinds;
  for (const history::SnapshotInfo& snapshot : evidence.history.snapshots) {
    kinds.push_back(fmt::format("{} of {}", snapshot.kind, format_utc(snapshot.as_of)));
  }
  lines.push_back(kinds.empty() ? "snapshots: none" : fmt::format("snapshots: {}", some_of(kinds, 6)));
  return lines;
}

std::vector<Warning> common_warnings(const Question& question, const Context& context) {
  return CommonWarnings{question, context}.all();
}

}  // namespace flowtrail::investigate
