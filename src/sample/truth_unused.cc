// Rows of `unused-groups` and `unused-rules`.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>

#include "sample/truth_rows.h"

namespace flowtrail::sample {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr double kHour = 3600;

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

Span clip(Span a, Span b) {
  return {std::max(a.from, b.from), std::min(a.to, b.to)};
}
bool is_empty(Span span) {
  return span.from >= span.to;
}

double decimals(double value, int digits) {
  return std::strtod(fmt::format("{:.{}f}", value, digits).c_str(), nullptr);
}

std::vector<int> members_of(const Account& account, int group) {
  std::vector<int> members = account.interfaces_of_group[at(group)];
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

// --- unused-groups ---------------------------------------------------------------------------------------------------

struct LastAttachment {
  std::int64_t from = kBeforeTrail, to = kBeforeTrail;
  int interface = -1;
};

/// The attachment that ended last (an open one ends never), then the one that began last, then the least interface id.
LastAttachment last_attachment(const Account& account, int group, std::int64_t end) {
  LastAttachment best;
  for (const int index : members_of(account, group)) {
    for (const Membership& member : account.interface(index).groups) {
      if (member.group != group || member.span.from >= end) continue;
      const std::int64_t to = member.span.to >= end ? kStillThere : member.span.to;
      const auto later = std::tuple{to, member.span.from};
      const auto known = std::tuple{best.to, best.from};
      const bool first_id =
          later == known && best.interface >= 0 && account.interface(index).id < account.interface(best.interface).id;
      if (best.interface < 0 || later > known || first_id) best = {member.span.from, to, index};
    }
  }
  return best;
}

std::vector<std::string> references_of(const Account& account, int group, std::int64_t moment) {
  std::vector<std::string> found;
  for (const RuleState& rule : account.rules) {
    const bool other = rule.group != group && rule.span.contains(moment);
    if (other && rule.spec.source_id == account.group(group).id)
      found.push_back("group/" + account.group(rule.group).id);
  }
  for (const ReferenceState& reference : account.references) {
    if (reference.group == group && reference.span.contains(moment)) found.push_back(reference.resource);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

struct GroupRow {
  int verdict = 0;
  std::int64_t days = -1;
  std::string id;
  Json row;
};

const std::vector<std::string> kGroupVerdicts{"in-use",  "referenced",     "default-group", "managed",
                                              "unknown", "detached-since", "never-attached"};

GroupRow group_row(const Account& account, const UnusedGroupsQuery& query, int index) {
  const GroupState& group = account.group(index);
  const std::int64_t end = query.window.to;
  const std::int64_t last_moment = end - 1;
  const bool created_seen = group.created_event >= 0;
  const std::int64_t known_from = created_seen ? group.life.from : std::min(group.first_mention, query.snapshot_time);
  const LastAttachment last = last_attachment(account, index, end);
  const std::vector<std::string> references = references_of(account, index, last_moment);

  GroupRow out;
  out.id = group.id;
  if (last.to == kStillThere)
    out.verdict = 0;
  else if (!references.empty())
    out.verdict = 1;
  else if (group.is_default)
    out.verdict = 2;
  else
    out.verdict = last.interface >= 0 ? 5 : 6;
  if (out.verdict == 5) out.days = (end - last.to) / kDay;
  if (out.verdict == 6 && created_seen) out.days = (end - group.life.from) / kDay;

  std::int64_t rules_in = 0, rules_out = 0;
  std::vector<std::string> stale;
  for (const int rule_index : account.rules_of_group[at(index)]) {
    const RuleState& rule = account.rule(rule_index);
    if (!rule.span.contains(last_moment)) continue;
    ++(rule.spec.direction == Direction::kIngress ? rules_in : rules_out);
    for (const GroupState& other : account.groups) {
      if (other.id == rule.spec.source_id && other.life.to <= last_moment) stale.push_back(account.label(rule_index));
    }
  }
  std::sort(stale.begin(), stale.end());
  const std::vector<std::string> not_visible =
      created_seen ? std::vector<std::string>{} : std::vector<std::string>{"launch-templates", "services"};
  const std::int64_t observed = end - std::max(query.window.from, known_from);
  const bool deletable =
      out.verdict >= 5 && references.empty() && not_visible.empty() && observed >= query.least_observed;

  Json& row = out.row;
  row["group_id"] = group.id;
  row["group_name"] = group.name;
  row["account_id"] = account.number;
  row["region"] = account.region;
  row["vpc_id"] = group.vpc;
  row["verdict"] = kGroupVerdicts[at(out.verdict)];
  row["created_at"] = created_seen ? time_or_null(group.life.from) : Json(nullptr);
  row["created_by"] = created_seen ? Json(account.trail().event(group.created_event).actor->arn) : Json(nullptr);
  row["known_from"] = time_or_null(known_from);
  row["rules_in"] = rules_in;
  row["rules_out"] = rules_out;
  row["last_attached_to"] = last.interface >= 0 ? Json(account.interface(last.interface).id) : Json(nullptr);
  row["last_attached_at"] = last.interface >= 0 ? time_or_null(last.from) : Json(nullptr);
  row["last_detached_at"] = last.interface >= 0 ? time_or_null(last.to) : Json(nullptr);
  row["days_unused"] = out.days >= 0 ? Json(out.days) : Json(nullptr);
  row["references"] = references;
  row["not_visible"] = not_visible;
  row["stale_references"] = stale;
  row["deletable"] = deletable;
  return out;
}

}  // namespace

Json unused_group_rows(const Account& account, const UnusedGroupsQuery& query) {
  std::vector<GroupRow> rows;
  for (int index = 0; index < static_cast<int>(account.groups.size()); ++index) {
    const GroupState& group = account.group(index);
    if (group.life.from >= query.window.to || group.life.to < query.window.to) continue;
    const bool old = group.created_event < 0;  // known from the first event or snapshot that names it
    if (old && std::min(group.first_mention, query.snapshot_time) >= query.window.to) continue;
    GroupRow row = group_row(account, query, index);
    if (query.all || row.verdict >= 4) rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [](const GroupRow& a, const GroupRow& b) {
    return std::tuple{a.verdict, -a.days, a.id} < std::tuple{b.verdict, -b.days, b.id};
  });
  Json out = Json::array();
  for (GroupRow& row : rows) out.push_back(std::move(row.row));
  return out;
}

// --- unused-rules ----------------------------------------------------------------------------------------------------

namespace {

struct Usage {
  RuleTally sum;
  std::int64_t sessions = 0, handshakes = 0, probes = 0, scanner_sessions = 0;
  bool used = false;
  std::vector<IpAddress> peers, users;
  std::vector<int> used_ports;
};

std::vector<Usage> rule_usage(const Account& account, const Ledger::Window& window) {
  std::vector<Usage> usage(account.rules.size());
  const PeerKinds kinds(account, window);
  for (const auto& [key, book] : window.peers) {
    std::map<int, RuleTally> tallies;
    for (const Share& share : book.shares) {
      for (const RuleTally& tally : share.rules) {
        RuleTally& sum = tallies[tally.rule];
        sum.sole += tally.sole;
        sum.shared += tally.shared;
        sum.covered += tally.covered;
        sum.bytes += tally.bytes;
        sum.first = std::min(sum.first, tally.first);
        sum.last = std::max(sum.last, tally.last);
      }
    }
    if (tallies.empty()) continue;
    const Grade grade = grade_of(book.total(), key.protocol);
    const bool scanner = kinds.kind_of(key, book).kind == "scanner";
    for (const auto& [rule, tally] : tallies) {
      Usage& entry = usage[at(rule)];
      entry.sum.sole += tally.sole;
      entry.sum.shared += tally.shared;
      entry.sum.covered += tally.covered;
      entry.sum.bytes += tally.bytes;
      entry.sum.first = std::min(entry.sum.first, tally.first);
      entry.sum.last = std::max(entry.sum.last, tally.last);
      entry.peers.push_back(key.peer);
      if (grade == Grade::kSession) ++entry.sessions;
      if (grade == Grade::kHandshake) ++entry.handshakes;
      if (grade == Grade::kProbe) ++entry.probes;
      if (grade == Grade::kSession && scanner) ++entry.scanner_sessions;
      if (scanner || (grade != Grade::kSession && grade != Grade::kHandshake)) continue;
      entry.used = true;
      entry.users.push_back(key.peer);
      entry.used_ports.push_back(key.port);
    }
  }
  for (Usage& entry : usage) {
    std::sort(entry.peers.begin(), entry.peers.end());
    entry.peers.erase(std::unique(entry.peers.begin(), entry.peers.end()), entry.peers.end());
  }
  return usage;
}

Json unused_ports(const RuleSpec& spec, const Usage& usage) {
  if (!spec.has_ports() || spec.from_port == spec.to_port) return nullptr;
  Json out = Json::array();
  int from = -1;
  for (int port = spec.from_port; port <= spec.to_port + 1; ++port) {
    const bool outside = port > spec.to_port;
    const bool hit =
        outside || std::find(usage.used_ports.begin(), usage.used_ports.end(), port) != usage.used_ports.end();
    if (!hit && from < 0) from = port;
    if (hit && from >= 0) {
      out.push_back(from == port - 1 ? std::to_string(from) : std::to_string(from) + "-" + std::to_string(port - 1));
      from = -1;
    }
  }
  return out;
}

void free_blocks(const Cidr& block, const std::vector<IpAddress>& users, std::vector<Cidr>& out) {
  std::vector<IpAddress> inside;
  for (const IpAddress& user : users) {
    if (block.contains(user)) inside.push_back(user);
  }
  if (inside.empty()) {
    out.push_back(block);
    return;
  }
  if (block.prefix_length() == (block.is_v4() ? 32 : 128)) return;
  const int length = block.prefix_length() + 1;
  free_blocks(Cidr{block.network(), length}, inside, out);
  free_blocks(Cidr{block.last(), length}, inside, out);
}

Json unused_sources(const Account& account, const RuleState& rule, const Usage& usage, std::int64_t moment) {
  const RuleSpec& spec = rule.spec;
  constexpr std::size_t kMost = 8;
  std::vector<Cidr> free;
  if (spec.source_kind == firewall::SourceKind::kGroup) return nullptr;
  if (spec.source_kind == firewall::SourceKind::kPrefixList) {
    const std::vector<Cidr>* entries = account.entries_at(spec.source_id, moment);
    if (entries == nullptr) return nullptr;
    for (const Cidr& entry : *entries) {
      const bool hit = std::any_of(usage.users.begin(), usage.users.end(),
                                   [&](const IpAddress& user) { return entry.contains(user); });
      if (!hit) free.push_back(entry);
    }
  } else {
    if (spec.cidr.prefix_length() == (spec.cidr.is_v4() ? 32 : 128)) return nullptr;
    free_blocks(spec.cidr, usage.users, free);
  }
  const bool list = spec.source_kind == firewall::SourceKind::kPrefixList;
  std::sort(free.begin(), free.end(), [&](const Cidr& a, const Cidr& b) {  // blocks: largest first; entries: by address
    return std::tuple{list ? 0 : a.prefix_length(), a.network(), a.prefix_length()} <
           std::tuple{list ? 0 : b.prefix_length(), b.network(), b.prefix_length()};
  });
  Json out = Json::array();
  for (std::size_t i = 0; i < (list ? free.size() : std::min(kMost, free.size())); ++i)
    out.push_back(free[i].to_string());
  return out;
}

/// Is there a moment of the window in which both rules are in force on one interface and `wide` covers `narrow`? Only
/// the contents of a prefix list make a difference between moments.
bool covers_sometime(const Account& account, const RuleState& wide, const RuleState& narrow, Span window) {
  const Span both = clip(clip(wide.span, narrow.span), window);
  if (is_empty(both)) return false;
  const auto covers_within = [&](Span span) {
    if (is_empty(span)) return false;
    if (account.covers(wide.spec, narrow.spec, span.from)) return true;
    for (const PrefixListState& list : account.prefix_lists) {
      if (list.id != narrow.spec.source_id) continue;
      for (const PrefixListState::Version& version : list.versions) {
        const bool begins = span.contains(version.span.from);
        if (begins && account.covers(wide.spec, narrow.spec, version.span.from)) return true;
      }
    }
    return false;
  };
  for (const int index : account.interfaces_of_group[at(narrow.group)]) {
    const std::vector<Membership>& members = account.interface(index).groups;
    for (const Membership& first : members) {
      for (const Membership& second : members) {
        const bool groups = first.group == narrow.group && second.group == wide.group;
        if (groups && covers_within(clip(clip(first.span, second.span), both))) return true;
      }
    }
  }
  return false;
}

bool serves_only_unlogged(const RuleSpec& spec) {
  static const Cidr kLinkLocal{IpAddress::from_v4(0xa9fe0000U), 16};
  static const Cidr kLinkLocal6{IpAddress{0xfd000ec200000000U, 0}, 32};
  const bool block = spec.source_id.empty();
  if (block && (kLinkLocal.contains(spec.cidr) || kLinkLocal6.contains(spec.cidr))) return true;
  return spec.protocol == 17 && spec.from_port >= 67 && spec.to_port <= 68;
}

struct RuleTime {
  std::int64_t expected = 0, observed = 0, interfaces = 0;
};

RuleTime rule_time(const Account& account, const Ledger& ledger, const RuleState& rule, Span window) {
  RuleTime time;
  for (const int index : members_of(account, rule.group)) {
    bool carried = false;
    for (const Membership& member : account.interface(index).groups) {
      const Span span = clip(clip(member.span, rule.span), window);
      if (member.group != rule.group || is_empty(span)) continue;
      carried = true;
      time.expected += span.to - span.from;
      time.observed += ledger.observed(index, span, window);
    }
    time.interfaces += carried ? 1 : 0;
  }
  return time;
}

const std::vector<std::string> kRuleVerdicts{
    "never-attached", "insufficient-coverage", "not-observable", "shadowed", "used", "noise-only", "no-hits"};

int rule_verdict(const UnusedRulesQuery& query, const RuleState& rule, const Usage& usage, const RuleTime& time) {
  if (time.interfaces == 0) return 0;
  const Span life = clip(rule.span, query.window);
  const double coverage =
      time.expected == 0 ? 0 : static_cast<double>(time.observed) / static_cast<double>(time.expected);
  if (coverage < query.least_coverage || life.to - life.from < query.least_observed) return 1;
  const std::int64_t hits = usage.sum.sole + usage.sum.shared;
  if (hits == 0 && serves_only_unlogged(rule.spec)) return 2;
  if (hits > 0 && usage.sum.covered == hits) return 3;
  if (usage.used) return 4;
  return hits > 0 ? 5 : 6;
}

}  // namespace

Json unused_rule_rows(const Account& account, const Ledger& ledger, const Ledger::Window& window,
                      const UnusedRulesQuery& query) {
  const std::vector<Usage> all_usage = rule_usage(account, window);
  std::vector<std::tuple<int, std::int64_t, std::string, std::string, std::int64_t, Json>> rows;
  for (int index = 0; index < static_cast<int>(account.rules.size()); ++index) {
    const RuleState& rule = account.rule(index);
    const GroupState& group = account.group(rule.group);
    if (is_empty(clip(rule.span, query.window))) continue;
    if (!query.group.empty() && group.id != query.group) continue;
    const Usage& usage = all_usage[at(index)];
    const RuleTime time = rule_time(account, ledger, rule, query.window);
    const int verdict = rule_verdict(query, rule, usage, time);
    if (!query.all && verdict == 4) continue;
    const RuleSpec& spec = rule.spec;
    const std::int64_t hits = usage.sum.sole + usage.sum.shared;
    const std::int64_t last_moment = std::min(rule.span.to, query.window.to) - 1;
    std::vector<std::string> wider;
    for (int other = 0; other < static_cast<int>(account.rules.size()); ++other) {
      if (other != index && covers_sometime(account, account.rule(other), rule, query.window)) {
        wider.push_back(account.label(other));
      }
    }
    std::sort(wider.begin(), wider.end());
    const EventRecord* added = rule.from_event >= 0 ? &account.trail().event(rule.from_event) : nullptr;

    Json row{{"rule_id", account.label(index)},
             {"group_id", group.id},
             {"group_name", group.name},
             {"account_id", account.number},
             {"region", account.region},
             {"direction", firewall::direction_name(spec.direction)},
             {"protocol", firewall::protocol_name(spec.protocol)}};
    row["from_port"] = spec.from_port < 0 ? Json(nullptr) : Json(spec.from_port);
    row["to_port"] = spec.to_port < 0 ? Json(nullptr) : Json(spec.to_port);
    row["source_kind"] = firewall::source_kind_name(spec.source_kind);
    row["source"] = spec.source_text();
    row["valid_from"] = time_or_null(rule.span.from);
    row["valid_to"] = time_or_null(rule.span.to);
    row["added_by"] = added ? Json(added->actor->arn) : Json(nullptr);
    row["added_at"] = added ? time_or_null(added->time) : Json(nullptr);
    row["added_via"] = added ? Json(added->actor->via) : Json(nullptr);
    row["verdict"] = kRuleVerdicts[at(verdict)];
    row["sole_hits"] = usage.sum.sole;
    row["shared_hits"] = usage.sum.shared;
    row["sessions"] = usage.sessions;
    row["handshakes"] = usage.handshakes;
    row["probes"] = usage.probes;
    row["scanner_sessions"] = usage.scanner_sessions;
    row["peers"] = usage.peers.size();
    row["bytes"] = usage.sum.bytes;
    row["first_hit"] = hits > 0 ? time_or_null(usage.sum.first) : Json(nullptr);
    row["last_hit"] = hits > 0 ? time_or_null(usage.sum.last) : Json(nullptr);
    row["days_since_hit"] = hits > 0 ? Json((query.window.to - usage.sum.last) / kDay) : Json(nullptr);
    row["interfaces"] = time.interfaces;
    row["observed_hours"] = decimals(static_cast<double>(time.observed) / kHour, 2);
    row["expected_hours"] = decimals(static_cast<double>(time.expected) / kHour, 2);
    row["coverage"] = time.expected == 0
                          ? Json(nullptr)
                          : Json(decimals(static_cast<double>(time.observed) / static_cast<double>(time.expected), 4));
    row["unused_ports"] = verdict == 4 ? unused_ports(spec, usage) : Json(nullptr);
    row["unused_sources"] = verdict == 4 ? unused_sources(account, rule, usage, last_moment) : Json(nullptr);
    row["wider_rules"] = wider;
    rows.emplace_back(verdict, hits, group.id, account.label(index), rule.span.from, std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), std::get<1>(a), std::get<2>(a), std::get<3>(a), std::get<4>(a)) <
           std::tie(std::get<0>(b), std::get<1>(b), std::get<2>(b), std::get<3>(b), std::get<4>(b));
  });
  Json out = Json::array();
  for (auto& row : rows) out.push_back(std::move(std::get<5>(row)));
  return out;
}

}  // namespace flowtrail::sample
