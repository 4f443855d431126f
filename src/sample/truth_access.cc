// Rows of `access`.
#include <algorithm>
#include <map>
#include <tuple>

#include "base/utc_time.h"
#include "sample/truth_rows.h"

namespace flowtrail::sample {

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json time_or_null(std::int64_t time) {
  if (time == kBeforeTrail || time == kStillThere) return nullptr;
  return format_utc(utc_from_seconds(time));
}

namespace {

struct Row {
  Grade grade = Grade::kUnknown;
  std::string fleet, instance_id, kind, name;
  PeerKey key;
  Counters counters;
  std::vector<int> rules;  // narrowest first
};

/// Narrowest first: group references, then longer prefixes, then fewer ports, then labels.
std::tuple<int, int, int, std::string> breadth(const Account& account, int rule, const IpAddress& peer,
                                               std::int64_t time) {
  const RuleSpec& spec = account.rule(rule).spec;
  int ports = 65536;
  if (spec.protocol == firewall::kAllProtocols)
    ports = 1 << 20;
  else if (spec.has_ports())
    ports = spec.to_port - spec.from_port + 1;
  else if (spec.from_port >= 0)
    ports = spec.to_port >= 0 ? 1 : 256;  // an ICMP type, with or without a code
  if (spec.source_kind == firewall::SourceKind::kGroup) return {0, 0, ports, account.label(rule)};
  const auto length = [](const Cidr& block) { return block.prefix_length() + (block.is_v4() ? 96 : 0); };
  int longest = spec.source_id.empty() ? length(spec.cidr) : 0;
  if (const std::vector<Cidr>* entries = account.entries_at(spec.source_id, time)) {
    for (const Cidr& entry : *entries) {
      if (entry.contains(peer)) longest = std::max(longest, length(entry));
    }
  }
  return {1, -longest, ports, account.label(rule)};
}

struct RuleSeen {
  int rule = 0;
  std::int64_t first_hit = 0;
};

std::vector<int> narrowest_first(const Account& account, const IpAddress& peer, std::vector<RuleSeen> rules) {
  std::sort(rules.begin(), rules.end(), [&](const RuleSeen& a, const RuleSeen& b) {
    return breadth(account, a.rule, peer, a.first_hit) < breadth(account, b.rule, peer, b.first_hit);
  });
  std::vector<int> sorted;
  for (const RuleSeen& seen : rules) sorted.push_back(seen.rule);
  return sorted;
}

Json rule_labels(const Account& account, const std::vector<int>& rules) {
  Json labels = Json::array();
  for (const int rule : rules) {
    const std::string label = account.label(rule);
    if (std::find(labels.begin(), labels.end(), Json(label)) == labels.end()) labels.push_back(label);
  }
  return labels;
}

Json row_json(const Account& account, const Row& row) {
  const Counters& c = row.counters;
  const EventRecord* added = nullptr;
  if (!row.rules.empty() && account.rule(row.rules.front()).from_event >= 0) {
    added = &account.trail().event(account.rule(row.rules.front()).from_event);
  }
  return Json{{"fleet", text_or_null(row.fleet)},
              {"instance_id", text_or_null(row.instance_id)},
              {"interface_id", account.interface(row.key.interface).id},
              {"account_id", account.number},
              {"region", account.region},
              {"peer_address", row.key.peer.to_string()},
              {"peer_kind", row.kind},
              {"peer_name", text_or_null(row.name)},
              {"protocol", firewall::protocol_name(row.key.protocol)},
              {"service_port", row.key.port < 0 ? Json(nullptr) : Json(row.key.port)},
              {"grade", grade_text(row.grade)},
              {"attempts", c.attempts},
              {"accepted", c.accepted},
              {"rejected", c.rejected},
              {"records", c.records},
              {"bytes_in", c.bytes_in},
              {"bytes_out", c.bytes_out},
              {"packets_in", c.packets_in},
              {"packets_out", c.packets_out},
              {"first", time_or_null(c.first)},
              {"last", time_or_null(c.last)},
              {"rules", rule_labels(account, row.rules)},
              {"rule_added_by", added ? Json(added->actor->arn) : Json(nullptr)},
              {"rule_added_at", added ? time_or_null(added->time) : Json(nullptr)}};
}

/// Several rows as one: sums, extremes, the best grade, and of the rest what they agree on.
Json merge_rows(const Account& account, const std::vector<Row>& rows) {
  Row sum = rows.front();
  Json common = row_json(account, rows.front());
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const Json next = row_json(account, rows[i]);
    for (auto& [column, value] : common.items()) {
      if (value != next.at(column)) value = nullptr;
    }
    sum.counters.merge(rows[i].counters);
    sum.grade = std::min(sum.grade, rows[i].grade);
    for (const int rule : rows[i].rules) {
      if (std::find(sum.rules.begin(), sum.rules.end(), rule) == sum.rules.end()) sum.rules.push_back(rule);
    }
  }
  std::vector<RuleSeen> seen;
  for (const int rule : sum.rules) seen.push_back({rule, sum.counters.first});
  sum.rules = narrowest_first(account, sum.key.peer, std::move(seen));
  const Json merged = row_json(account, sum);
  for (const char* column : {"grade", "attempts", "accepted", "rejected", "records", "bytes_in", "bytes_out",
                             "packets_in", "packets_out", "first", "last", "rules", "rule_added_by", "rule_added_at"}) {
    common[column] = merged.at(column);
  }
  return common;
}

bool carried(const InterfaceState& state, int group, const Counters& counters) {
  return std::any_of(state.groups.begin(), state.groups.end(), [&](const Membership& member) {
    return member.group == group && member.span.from <= counters.last && member.span.to > counters.first;
  });
}

bool wanted(const Account& account, const AccessQuery& query, const Row& row) {
  if (!query.fleet.empty() && row.fleet != query.fleet) return false;
  if (!query.instance.empty() && row.instance_id != query.instance) return false;
  const InterfaceState& state = account.interface(row.key.interface);
  if (!query.interface.empty() && state.id != query.interface) return false;
  if (query.group.empty()) return true;
  for (int group = 0; group < static_cast<int>(account.groups.size()); ++group) {
    if (account.group(group).id == query.group && carried(state, group, row.counters)) return true;
  }
  return false;
}

}  // namespace

Json access_rows(const Account& account, const Ledger& ledger, const Ledger::Window& window, const AccessQuery& query) {
  const PeerKinds kinds(account, window);
  std::vector<Row> rows;
  for (const auto& [key, book] : window.peers) {
    if (!key.ingress) continue;
    if (!query.protocols.empty() && !query.protocols.contains(key.protocol)) continue;
    if (!query.ports.empty() && !query.ports.contains(key.port)) continue;
    for (const Share& share : book.shares) {
      const Owner& owner = ledger.owner(share.owner);
      Row row;
      row.key = key;
      row.fleet = owner.name;
      if (owner.instance >= 0) row.instance_id = account.instance(owner.instance).id;
      row.counters = share.counters;
      if (!wanted(account, query, row)) continue;
      row.grade = grade_of(book.total(), key.protocol);
      const PeerKinds::Kind kind = kinds.kind_of(key, book);
      row.kind = kind.kind;
      row.name = kind.name;
      std::vector<RuleSeen> seen;
      for (const RuleTally& tally : share.rules) seen.push_back({tally.rule, tally.first});
      row.rules = narrowest_first(account, key.peer, std::move(seen));
      rows.push_back(std::move(row));
    }
  }
  const auto order = [&](const Row& a, const Row& b) {
    const auto key = [&](const Row& row) {  // what is not known sorts last
      return std::tuple{row.grade,
                        -row.counters.attempts,
                        !row.key.peer.is_v4(),
                        row.key.peer,
                        account.interface(row.key.interface).id,
                        row.key.port < 0,
                        row.key.port,
                        row.key.protocol,
                        row.fleet.empty(),
                        row.fleet,
                        row.instance_id.empty(),
                        row.instance_id};
    };
    return key(a) < key(b);
  };
  std::sort(rows.begin(), rows.end(), order);
  Json out = Json::array();
  if (query.by == AccessQuery::By::kPeer) {
    for (const Row& row : rows) out.push_back(row_json(account, row));
    return out;
  }
  std::map<std::pair<std::string, std::string>, std::vector<Row>> parts;
  for (const Row& row : rows) {
    parts[{row.fleet, query.by == AccessQuery::By::kInstance ? row.instance_id : std::string{}}].push_back(row);
  }
  std::vector<Json> merged;
  for (const auto& [part, members] : parts) merged.push_back(merge_rows(account, members));
  const auto rank = [](const Json& row) {
    const std::string grade = row.at("grade");
    for (int i = 0; i < 5; ++i) {
      if (grade == grade_text(static_cast<Grade>(i))) return i;
    }
    return 5;
  };
  std::stable_sort(merged.begin(), merged.end(), [&](const Json& a, const Json& b) {
    const auto key = [&](const Json& row) {
      const auto text = [&](const char* column) {
        const Json& value = row.at(column);
        return std::pair{value.is_null(), value.is_null() ? std::string{} : value.get<std::string>()};
      };
      const auto [no_peer, peer] = text("peer_address");
      const IpAddress address = no_peer ? IpAddress{} : *IpAddress::parse(peer);
      const Json& port = row.at("service_port");
      return std::tuple{
          rank(row),
          -row.at("attempts").get<std::int64_t>(),
          no_peer,
          !address.is_v4(),
          address,
          text("interface_id"),
          port.is_null(),
          port.is_null() ? 0 : port.get<int>(),
          row.at("protocol").is_null() ? 256 : firewall::parse_protocol(row.at("protocol").get<std::string>()),
          text("fleet"),
          text("instance_id")};
    };
    return key(a) < key(b);
  });
  for (Json& row : merged) out.push_back(std::move(row));
  return out;
}

}  // namespace flowtrail::sample
