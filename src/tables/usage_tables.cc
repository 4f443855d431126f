#include "tables/usage_tables.h"

#include <cmath>

#include "tables/history_tables.h"

namespace flowtrail::tables {
namespace {

using attribution::Peer;
using attribution::RuleUsage;
using ingest::Evidence;

constexpr double kSecondsPerHour = 3600;

const attribution::AttributionResult& result_of(const Evidence& e) {
  return *e.attribution;
}

std::vector<std::string> places_of(const attribution::Evidence& evidence, const Evidence& e) {
  std::vector<std::string> places;
  for (std::size_t i = 0; i < evidence.size; ++i) {
    places.push_back(ingest::place_text(e.inventory, evidence.first[i].place));
  }
  return places;
}

// ---- rules ---------------------------------------------------------------------------------------------------------

std::uint32_t rule_index(const RuleUsage& usage, const Evidence& e) {
  return static_cast<std::uint32_t>(&usage - result_of(e).rules.data());
}

const history::Rule& rule_of(const RuleUsage& usage, const Evidence& e) {
  return e.history.rules[rule_index(usage, e)];
}

const history::Group& group_of(const RuleUsage& usage, const Evidence& e) {
  return e.history.groups[rule_of(usage, e).group];
}

double hours(std::int64_t seconds) {
  return std::round(static_cast<double>(seconds) / kSecondsPerHour * 100) / 100;
}

double expected_hours(const RuleUsage& usage, const Evidence& e) {
  return hours(result_of(e).rule_time(e.history, rule_index(usage, e)).expected);
}

double observed_hours(const RuleUsage& usage, const Evidence& e) {
  return hours(result_of(e).rule_time(e.history, rule_index(usage, e)).observed);
}

std::optional<double> coverage(const RuleUsage& usage, const Evidence& e) {
  const auto time = result_of(e).rule_time(e.history, rule_index(usage, e));
  if (time.expected == 0) return std::nullopt;
  return std::round(static_cast<double>(time.observed) / static_cast<double>(time.expected) * 10'000) / 10'000;
}

std::vector<std::string> interface_ids(const RuleUsage& usage, const Evidence& e) {
  std::vector<std::string> ids;
  for (const std::uint32_t symbol : usage.interfaces) ids.push_back(e.symbols.text(symbol));
  return ids;
}

std::vector<std::string> used_ports(const RuleUsage& usage, const Evidence&) {
  std::vector<std::string> ports;
  for (const auto& [low, high] : usage.used_ports) {
    ports.push_back(low == high ? std::to_string(low) : fmt::format("{}-{}", low, high));
  }
  return ports;
}

std::vector<std::string> used_sources(const RuleUsage& usage, const Evidence&) {
  std::vector<std::string> sources;
  for (const IpAddress& address : usage.used_sources) sources.push_back(address.to_string());
  return sources;
}

MemoryTable rule_usage() {
  using Row = RuleUsage;
  return MemoryTableBuilder<Row>("rule_usage", true,
                                 [](const Evidence& e) -> const auto& { return result_of(e).rules; })
      .text("rule_id", [](const Row& r, const Evidence& e) { return rule_of(r, e).rule_id.value_or(std::string{}); })
      .text("rule", [](const Row& r, const Evidence& e) { return rule_of(r, e).label(group_of(r, e)); })
      .text("group_id", [](const Row& r, const Evidence& e) -> const auto& { return group_of(r, e).group_id; })
      .text("group_name", [](const Row& r, const Evidence& e) -> const auto& { return group_of(r, e).name; })
      .text("account_id", [](const Row& r, const Evidence& e) -> const auto& { return group_of(r, e).account; })
      .text("region", [](const Row& r, const Evidence& e) -> const auto& { return group_of(r, e).region; })
      .text("direction",
            [](const Row& r, const Evidence& e) { return firewall::direction_name(rule_of(r, e).spec.direction); })
      .integer("protocol", [](const Row& r, const Evidence& e) { return rule_of(r, e).spec.protocol; })
      .integer("from_port", [](const Row& r, const Evidence& e) { return port_or_null(rule_of(r, e).spec.from_port); })
      .integer("to_port", [](const Row& r, const Evidence& e) { return port_or_null(rule_of(r, e).spec.to_port); })
      .text("source_kind",
            [](const Row& r, const Evidence& e) { return firewall::source_kind_name(rule_of(r, e).spec.source_kind); })
      .text("source", [](const Row& r, const Evidence& e) { return rule_of(r, e).spec.source_text(); })
      .timestamp("valid_from", [](const Row& r, const Evidence& e) { return rule_of(r, e).valid.from; })
      .timestamp("valid_to", [](const Row& r, const Evidence& e) { return rule_of(r, e).valid.to; })
      .bigint("sole_hits", [](const Row& r, const Evidence&) { return r.sole_hits; })
      .bigint("shared_hits", [](const Row& r, const Evidence&) { return r.shared_hits; })
      .bigint("covered_hits", [](const Row& r, const Evidence&) { return r.covered_hits; })
      .bigint("bytes", [](const Row& r, const Evidence&) { return r.bytes; })
      .bigint("sessions", [](const Row& r, const Evidence&) { return r.sessions; })
      .bigint("handshakes", [](const Row& r, const Evidence&) { return r.handshakes; })
      .bigint("probes", [](const Row& r, const Evidence&) { return r.probes; })
      .bigint("scanner_sessions", [](const Row& r, const Evidence&) { return r.scanner_sessions; })
      .bigint("peers", [](const Row& r, const Evidence&) { return r.peers; })
      .boolean("used", [](const Row& r, const Evidence&) { return r.used; })
      .seconds("first_hit", [](const Row& r, const Evidence&) { return r.first_hit; })
      .seconds("last_hit", [](const Row& r, const Evidence&) { return r.last_hit; })
      .list("interfaces", interface_ids)
      .real("expected_hours", expected_hours)
      .real("observed_hours", observed_hours)
      .real("coverage", coverage)
      .list("used_ports", used_ports)
      .list("used_sources", used_sources)
      .list("evidence", [](const Row& r, const Evidence& e) { return places_of(r.evidence, e); })
      .build();
}

// ---- peers ---------------------------------------------------------------------------------------------------------

std::string_view direction_name(const Peer& peer, const Evidence&) {
  switch (peer.direction) {
    case attribution::ConnectionDirection::kIngress: return "ingress";
    case attribution::ConnectionDirection::kEgress: return "egress";
    case attribution::ConnectionDirection::kUnknown: break;
  }
  return "unknown";
}

std::vector<std::string> rule_labels(const Peer& peer, const Evidence& e) {
  std::vector<std::string> labels;
  for (const attribution::RuleHits& hits : peer.rules) {
    const history::Rule& rule = e.history.rules[hits.rule];
    labels.push_back(rule.label(e.history.groups[rule.group]));
  }
  return labels;
}

MemoryTable peer_usage() {
  using Row = Peer;
  return MemoryTableBuilder<Row>("peer_usage", true,
                                 [](const Evidence& e) -> const auto& { return result_of(e).peers; })
      .text("fleet", [](const Row& r, const Evidence& e) -> const auto& { return result_of(e).owners[r.owner].fleet; })
      .text("instance_id",
            [](const Row& r, const Evidence& e) -> const auto& { return result_of(e).owners[r.owner].instance_id; })
      .text("interface_id", [](const Row& r, const Evidence& e) -> const auto& { return e.symbols.text(r.interface); })
      .text("account_id", [](const Row& r, const Evidence& e) -> const auto& { return e.symbols.text(r.account); })
      .text("direction", direction_name)
      .text("peer_address", [](const Row& r, const Evidence&) { return r.address.to_string(); })
      .text("peer_kind", [](const Row& r, const Evidence&) { return attribution::peer_kind_name(r.kind); })
      .text("peer_name", [](const Row& r, const Evidence&) -> const auto& { return r.name; })
      .integer("protocol", [](const Row& r, const Evidence&) { return r.protocol; })
      .integer("service_port", [](const Row& r, const Evidence&) { return port_or_null(r.service_port); })
      .text("grade", [](const Row& r, const Evidence&) { return attribution::grade_name(r.grade); })
      .bigint("records", [](const Row& r, const Evidence&) { return r.counters.records; })
      .bigint("accepted", [](const Row& r, const Evidence&) { return r.counters.accepted; })
      .bigint("rejected", [](const Row& r, const Evidence&) { return r.counters.rejected; })
      .bigint("attempts", [](const Row& r, const Evidence&) { return r.counters.attempts; })
      .bigint("replies", [](const Row& r, const Evidence&) { return r.counters.replies; })
      .bigint("replies_rejected", [](const Row& r, const Evidence&) { return r.counters.replies_rejected; })
      .bigint("reply_resets", [](const Row& r, const Evidence&) { return r.counters.reply_resets; })
      .bigint("payload_in", [](const Row& r, const Evidence&) { return r.counters.payload_in; })
      .bigint("payload_out", [](const Row& r, const Evidence&) { return r.counters.payload_out; })
      .bigint("bytes_in", [](const Row& r, const Evidence&) { return r.counters.bytes_in; })
      .bigint("bytes_out", [](const Row& r, const Evidence&) { return r.counters.bytes_out; })
      .bigint("packets_in", [](const Row& r, const Evidence&) { return r.counters.packets_in; })
      .bigint("packets_out", [](const Row& r, const Evidence&) { return r.counters.packets_out; })
      .seconds("first", [](const Row& r, const Evidence&) { return r.counters.first; })
      .seconds("last", [](const Row& r, const Evidence&) { return r.counters.last; })
      .list("rules", rule_labels)
      .bigint("unexplained", [](const Row& r, const Evidence&) { return r.unexplained; })
      .list("evidence", [](const Row& r, const Evidence& e) { return places_of(r.evidence, e); })
      .build();
}

}  // namespace

std::vector<MemoryTable> usage_tables() {
  std::vector<MemoryTable> tables;
  tables.push_back(rule_usage());
  tables.push_back(peer_usage());
  return tables;
}

}  // namespace flowtrail::tables
