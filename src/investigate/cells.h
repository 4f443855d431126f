// Cells: how facts of the history become values of a row. An empty text is "not known", hence NULL.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "investigate/question.h"

namespace flowtrail::investigate {

[[nodiscard]] output::Value text_or_null(std::string_view text);
[[nodiscard]] output::Value time_or_null(const std::optional<UtcSeconds>& time);
[[nodiscard]] output::Value seconds_or_null(const std::optional<std::int64_t>& seconds);
/// NULL for -1: the protocol has no ports, or all ICMP types.
[[nodiscard]] output::Value port_or_null(int port);

/// A row of these cells, moved into it: an initializer list would copy each.
template <std::convertible_to<output::Value>... Cells>
[[nodiscard]] std::vector<output::Value> row_of(Cells&&... cells) {
  std::vector<output::Value> row;
  row.reserve(sizeof...(cells) + 2);
  (row.emplace_back(std::forward<Cells>(cells)), ...);
  return row;
}

/// The event behind a proof, or nullptr.
[[nodiscard]] const history::EventInfo* event_of(const history::History& history, const history::Proof& proof);
/// The actor's ARN, else its name.
[[nodiscard]] std::string_view actor_of(const history::EventInfo& event);

/// `EVENT_ID`, `KEY:RECORD`; of a snapshot its path; nothing for no proof.
void add_proof(const Context& context, const history::Proof& proof, output::TextList& evidence);
void add_event(const Context& context, const history::EventInfo& event, output::TextList& evidence);
[[nodiscard]] output::TextList record_places(const source::Inventory& inventory, EvidenceDetail detail,
                                             const attribution::Evidence& evidence);

/// {protocol, from_port, to_port, source_kind, source, description} as JSON; NULL without a rule.
[[nodiscard]] output::Value rule_json(const std::optional<firewall::RuleSpec>& rule, std::string_view description);

/// True if `group` (id or name) is wanted.
[[nodiscard]] bool wants_group(const Parameters& parameters, const history::Group& group);
/// True if the group is known only because a rule names it as its source, as those of other accounts are: nothing can
/// be said about it.
[[nodiscard]] bool only_named(const history::History& history, std::uint32_t group);
/// True if any of --interface, --instance, --fleet is given.
[[nodiscard]] bool filters_interfaces(const Parameters& parameters);
/// --interface, --instance and --fleet against one interface at `time`.
[[nodiscard]] bool wants_interface(const Context& context, std::uint32_t interface, UtcSeconds time);

/// Seconds of the last moment inside the window: the state "at the window's end".
[[nodiscard]] UtcSeconds end_of(const Interval& window);
[[nodiscard]] std::int64_t whole_days(UtcSeconds from, UtcSeconds to);

/// Position of a column; the column must exist.
[[nodiscard]] std::size_t column_index(const std::vector<output::Column>& columns, std::string_view name);

/// `1 peer`, `3 peers`, `2 addresses`.
[[nodiscard]] std::string counted(std::int64_t count, std::string_view one, std::string_view many = {});
/// First `most` texts, joined by commas, and how many more there are.
[[nodiscard]] std::string some_of(const std::vector<std::string>& texts, std::size_t most);

}  // namespace flowtrail::investigate
