#include "investigate/cells.h"

#include <algorithm>

#include "base/name_match.h"

namespace flowtrail::investigate {

using output::Value;

Value text_or_null(std::string_view text) {
  if (text.empty()) return std::monostate{};
  return std::string{text};
}

Value time_or_null(const std::optional<UtcSeconds>& time) {
  if (!time) return std::monostate{};
  return format_utc(*time);
}

Value seconds_or_null(const std::optional<std::int64_t>& seconds) {
  if (!seconds) return std::monostate{};
  return format_utc(utc_from_seconds(*seconds));
}

Value port_or_null(int port) {
  if (port < 0) return std::monostate{};
  return std::int64_t{port};
}

const history::EventInfo* event_of(const history::History& history, const history::Proof& proof) {
  const bool known = proof.kind == history::Proof::Kind::kEvent && proof.index < history.events.size();
  return known ? &history.events[proof.index] : nullptr;
}

std::string_view actor_of(const history::EventInfo& event) {
  return event.actor_arn.empty() ? event.actor_name : event.actor_arn;
}

void add_event(const Context& context, const history::EventInfo& event, output::TextList& evidence) {
  if (context.detail == EvidenceDetail::kNone) return;
  if (!event.event_id.empty()) evidence.emplace_back(event.event_id);
  if (event.place.object < context.evidence.inventory.objects.size()) {
    evidence.push_back(ingest::place_text(context.evidence.inventory, event.place));
  }
}

void add_proof(const Context& context, const history::Proof& proof, output::TextList& evidence) {
  const history::History& history = context.evidence.history;
  if (const history::EventInfo* event = event_of(history, proof)) add_event(context, *event, evidence);
  const bool snapshot = proof.kind == history::Proof::Kind::kSnapshot && proof.index < history.snapshots.size();
  if (snapshot && context.detail != EvidenceDetail::kNone) evidence.push_back(history.snapshots[proof.index].path);
}

output::TextList record_places(const source::Inventory& inventory, EvidenceDetail detail,
                               const attribution::Evidence& evidence) {
  output::TextList places;
  if (detail == EvidenceDetail::kNone) return places;
  for (std::size_t i = 0; i < evidence.size; ++i) {
    if (evidence.first[i].place.object >= inventory.objects.size()) continue;
    places.push_back(ingest::place_text(inventory, evidence.first[i].place));
  }
  return places;
}

Value rule_json(const std::optional<firewall::RuleSpec>& rule, std::string_view description) {
  if (!rule) return std::monostate{};
  const auto port = [](int number) { return output::json_value(port_or_null(number)); };
  return output::Json{
      fmt::format(R"({{"protocol":{},"from_port":{},"to_port":{},"source_kind":{},"source":{},"description":{}}})",
                  output::json_string(firewall::protocol_name(rule->protocol)), port(rule->from_port),
                  port(rule->to_port), output::json_string(firewall::source_kind_name(rule->source_kind)),
                  output::json_string(rule->source_text()), output::json_value(text_or_null(description)))};
}

bool wants_group(const Parameters& parameters, const history::Group& group) {
  return parameters.group.empty() || matches_any(parameters.group, group.group_id) ||
         (!group.name.empty() && matches_any(parameters.group, group.name));
}

bool only_named(const history::History& history, std::uint32_t index) {
  const history::Group& group = history.groups[index];
  return group.name.empty() && !group.life.from && !group.life.to && !group.is_default &&
         history.rules_of_group(index).empty() && history.memberships_of_group(index).empty() &&
         history.references_of_group(index).empty();
}

bool filters_interfaces(const Parameters& parameters) {
  return !parameters.interface.empty() || !parameters.instance.empty() || !parameters.fleet.empty();
}

bool wants_interface(const Context& context, std::uint32_t interface, UtcSeconds time) {
  const history::History& history = context.evidence.history;
  const std::string_view id = history.interfaces[interface].interface_id;
  const auto instance = history.instance_of(interface, time);
  const std::string_view instance_id = instance ? history.instances[*instance].instance_id.text() : std::string_view{};
  const history::SharedText* name = history.name_of(instance ? instance_id : id, time);
  const Parameters& wanted = context.parameters;
  return matches_any(wanted.interface, id) && (wanted.instance.empty() || matches_any(wanted.instance, instance_id)) &&
         (wanted.fleet.empty() || (name != nullptr && matches_any(wanted.fleet, *name)));
}

UtcSeconds end_of(const Interval& window) {
  return *window.to - std::chrono::seconds{1};
}

std::int64_t whole_days(UtcSeconds from, UtcSeconds to) {
  return std::chrono::floor<std::chrono::days>(std::max(to, from) - from).count();
}

std::size_t column_index(const std::vector<output::Column>& columns, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(columns, name, &output::Column::name) - columns.begin());
}

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
  if (count == 1) return fmt::format("1 {}", one);
  return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
}

std::string some_of(const std::vector<std::string>& texts, std::size_t most) {
  std::string joined;
  for (std::size_t i = 0; i < std::min(most, texts.size()); ++i) joined += (i > 0 ? ", " : "") + texts[i];
  if (texts.size() > most) joined += fmt::format(" and {} more", texts.size() - most);
  return joined;
}

}  // namespace flowtrail::investigate
