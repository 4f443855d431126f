// Small evidence made by hand, for tests of the questions: no files, every fact stated.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attribution/kept_peers.h"
#include "investigate/report.h"

namespace flowtrail::investigate {

/// 2026-03-01T00:00:00Z plus so many hours.
inline UtcSeconds hour(int hours) {
  return *parse_utc("2026-03-01") + std::chrono::hours{hours};
}

class TestEvidence {
 public:
  TestEvidence() {
    evidence_->inventory.objects.resize(1);
    evidence_->inventory.objects[0].key = "trail.json";
    evidence_->inventory.objects[0].kind = source::ObjectKind::kCloudTrail;
    evidence_->inventory.objects[0].region = "eu-west-1";
    evidence_->event_stats.objects = 1;
  }

  history::History& history() { return evidence_->history; }
  ingest::Evidence& evidence() { return *evidence_; }

  /// An event by `alice`; returns its index.
  std::uint32_t event(const std::string& id, UtcSeconds time,
                      const std::string& name = "AuthorizeSecurityGroupIngress") {
    history::EventInfo info;
    info.event_id = id;
    info.event_name = name;
    info.account = "111122223333";
    info.region = "eu-west-1";
    info.time = time;
    info.actor_arn = "arn:aws:iam::111122223333:user/alice";
    info.actor_type = "IAMUser";
    info.actor_name = "alice";
    info.via = "console";
    info.mfa = true;
    info.source_ip = "198.51.100.7";
    info.place = {0, static_cast<std::uint32_t>(history().events.size() + 1)};
    auto& stats = evidence_->event_stats;
    stats.from = stats.from ? std::min(*stats.from, time) : time;
    stats.to = stats.to ? std::max(*stats.to, time) : time;
    ++stats.events;
    history().events.push_back(info);
    return static_cast<std::uint32_t>(history().events.size() - 1);
  }

  std::uint32_t group(std::string id, std::optional<UtcSeconds> created,
                      history::Baseline baseline = history::Baseline::kCreated) {
    history::Group group;
    group.group_id = std::move(id);
    group.name = "name-" + group.group_id;
    group.account = "111122223333";
    group.region = "eu-west-1";
    group.vpc_id = "vpc-1";
    group.life.from = created;
    group.first_known = created.value_or(hour(0));
    group.rules_baseline = baseline;
    group.attachments_baseline = baseline;
    if (created)
      group.created = {history::Proof::Kind::kEvent,
                       event("create-" + group.group_id, *created, "CreateSecurityGroup")};
    history().groups.push_back(group);
    return static_cast<std::uint32_t>(history().groups.size() - 1);
  }

  static firewall::RuleSpec spec(std::string_view source, int from, int to, int protocol = 6,
                                 firewall::Direction direction = firewall::Direction::kIngress) {
    firewall::RuleSpec rule = firewall::canonical_rule(direction, protocol, from, to);
    if (source.starts_with("sg-")) {
      rule.source_kind = firewall::SourceKind::kGroup;
      rule.source_id = source;
    } else if (source.starts_with("pl-")) {
      rule.source_kind = firewall::SourceKind::kPrefixList;
      rule.source_id = source;
    } else {
      rule.cidr = *Cidr::parse(source);
      rule.source_kind = rule.cidr.is_v4() ? firewall::SourceKind::kCidrIpv4 : firewall::SourceKind::kCidrIpv6;
    }
    return rule;
  }

  std::uint32_t rule(std::uint32_t group, std::string id, firewall::RuleSpec spec, Interval valid = {}) {
    history::Rule rule;
    if (!id.empty()) rule.rule_id = std::move(id);
    rule.group = group;
    rule.spec = std::move(spec);
    rule.valid = valid;
    history().rules.push_back(std::move(rule));
    return static_cast<std::uint32_t>(history().rules.size() - 1);
  }

  std::uint32_t interface(const std::string& id) {
    history::Interface interface;
    interface.interface_id = id;
    interface.account = "111122223333";
    interface.region = "eu-west-1";
    interface.vpc_id = "vpc-1";
    history().interfaces.push_back(interface);
    return static_cast<std::uint32_t>(history().interfaces.size() - 1);
  }

  void attach(std::uint32_t interface, std::uint32_t group, Interval valid) {
    history().memberships.push_back({interface, group, valid, {}, {}});
  }

  attribution::AttributionResult& attribution() {
    if (!evidence_->attribution) {
      evidence_->attribution.emplace();
      evidence_->flow_stats.objects = 1;
      evidence_->flow_stats.saw_accept = evidence_->flow_stats.saw_reject = true;
      evidence_->flow_stats.from = to_seconds(hour(0));
      evidence_->flow_stats.to = to_seconds(hour(24 * 30)) - 1;
      evidence_->attribution->window_from = to_seconds(hour(0));
      evidence_->attribution->window_to = to_seconds(hour(24 * 30));
    }
    return *evidence_->attribution;
  }

  /// A key of `fleet`'s instance on `interface_id`.
  attribution::Peer& peer(std::string_view fleet, std::string_view instance, std::string_view interface_id,
                          std::string_view address, int port, attribution::Grade grade, std::int64_t attempts) {
    auto& result = attribution();
    result.owners.push_back({std::string{instance}, std::string{fleet}});
    attribution::Peer peer;
    peer.interface = evidence_->symbols.code(interface_id);
    peer.account = evidence_->symbols.code("444455556666");
    peer.owner = static_cast<std::uint32_t>(result.owners.size() - 1);
    peer.direction = attribution::ConnectionDirection::kIngress;
    peer.address = *IpAddress::parse(address);
    peer.protocol = 6;
    peer.service_port = port;
    peer.grade = grade;
    peer.counters.attempts = attempts;
    peer.counters.records = attempts;
    peer.counters.first = to_seconds(hour(1));
    peer.counters.last = to_seconds(hour(2));
    peer.evidence.add(peer.counters.first, {0, 7});
    result.records += attempts;
    peers_.push_back(peer);
    return peers_.back();
  }

  /// The report of a question over the window [0 h, 30 d).
  Report ask(std::string_view name, const std::vector<std::pair<std::string, std::string>>& parameters = {},
             Interval window = {hour(0), hour(24 * 30)}) {
    history().index();
    const Question* question = *find_question(name);
    Parameters values;
    for (const auto& [key, value] : parameters) {
      if (const auto set = values.set(key, value, question->parameters); !set)
        throw std::runtime_error(set.error().to_string());
    }
    values.finish(question->parameters);
    keep_peers(question->peer_order);
    auto report = report_of(*question, values, window, EvidenceDetail::kFirst, *evidence_);
    if (!report) throw std::runtime_error(report.error().to_string());
    return std::move(*report);
  }

 private:
  void keep_peers(attribution::PeerOrder order) {
    if (!evidence_->attribution) return;
    std::vector<std::uint32_t> interfaces;
    for (const attribution::Peer& peer : peers_) interfaces.push_back(peer.interface);
    std::ranges::sort(interfaces);
    interfaces.erase(std::ranges::unique(interfaces).begin(), interfaces.end());
    const attribution::PeerKeys keys{order, evidence_->symbols, std::move(interfaces), evidence_->attribution->owners};
    std::vector<attribution::PeerKeeper> keepers;
    keepers.emplace_back(keys, SpillOptions{});
    for (const attribution::Peer& peer : peers_) keepers.front().keep(peer);
    evidence_->attribution->peers = attribution::joined(std::move(keepers));
  }

  std::vector<attribution::Peer> peers_;
  std::unique_ptr<ingest::Evidence> evidence_ = std::make_unique<ingest::Evidence>();
};

/// All rows at once.
inline std::vector<output::Row> rows_of(const Report& report) {
  std::vector<output::Row> rows;
  const auto cursor = report.rows->open();
  for (;;) {
    const auto row = cursor->next();
    if (!row) throw std::runtime_error(row.error().to_string());
    if (*row == nullptr) break;
    rows.push_back(**row);
  }
  if (rows.size() != report.rows->size()) throw std::runtime_error("another number of rows than was said");
  return rows;
}

/// What is printed.
inline std::string printed(const Report& report, output::Format format, const PrintOptions& options = {}) {
  std::string text;
  const Status status = write_report(report, format, options, output::append_to(text));
  if (!status) throw std::runtime_error(status.error().to_string());
  return text;
}

/// The values of one column as text, `NULL` for NULL, one per row.
inline std::vector<std::string> column(const Report& report, std::string_view name) {
  std::vector<std::string> texts;
  for (std::size_t c = 0; c < report.rows->columns().size(); ++c) {
    if (report.rows->columns()[c].name != name) continue;
    for (const auto& row : rows_of(report)) texts.push_back(output::plain_value(row[c], "NULL"));
  }
  return texts;
}

inline std::vector<std::string> warning_codes(const Report& report) {
  std::vector<std::string> codes;
  for (const Warning& warning : report.warnings) codes.push_back(warning.code);
  return codes;
}

}  // namespace flowtrail::investigate
