// The whole attribution against a slow, obvious one: maps keyed by tuples, loops over everything, one boolean per
// second. Both get hundreds of small random accounts with all the kinds of trouble that real ones have.
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "attribution/attribution.h"
#include "attribution/peer_sum.h"
#include "attribution/service_ports.h"
#include "attribution/test_account.h"

namespace flowtrail::attribution {
namespace {

using flowlog::Action;
using flowlog::FlowDirection;
using flowlog::FlowRecord;
using flowlog::LogStatus;
using history::History;
using history::SourceKind;

// ------------------------------------------------------------------ the slow version

// (interface id, direction, address, protocol, service port)
using Key = std::tuple<std::string, int, IpAddress, int, int>;
using SplitKey = std::tuple<std::string, int, IpAddress, int, int, std::string, std::string>;  // and instance, fleet

struct SlowPeer {
  PeerCounters counters;
  Grade grade = Grade::kUnknown;
  PeerKind kind = PeerKind::kPublic;
  std::string name, account;
  std::map<std::uint32_t, RuleHits> rules;
  std::int64_t unexplained = 0;
  std::set<std::tuple<std::int64_t, SourcePlace>> places;
};

struct SlowUsage {
  std::int64_t sole = 0, shared = 0, covered = 0, bytes = 0;
  std::set<Key> keys;
  std::int64_t sessions = 0, handshakes = 0, probes = 0, scanner_sessions = 0;
  std::set<IpAddress> peers, used_sources;
  std::set<std::string> interfaces;
  std::set<int> used_ports;
  bool used = false;
  std::int64_t first = INT64_MAX, last = INT64_MIN;
};

struct SlowResult {
  std::map<SplitKey, SlowPeer> peers;
  std::vector<SlowUsage> rules;
  std::int64_t records = 0, outside = 0, copies = 0, unknown = 0, nodata = 0, skipdata = 0;
  std::map<std::string, std::set<std::int64_t>> expected, observed, skipped;  // seconds
  std::set<std::pair<std::string, std::int64_t>> gap_seconds;                 // "" = all
};

class Slow {
 public:
  Slow(TestAccount& account, const AttributionOptions& options, std::int64_t from, std::int64_t to)
      : account_(account), history_(account.history()), options_(options), from_(from), to_(to) {}

  SlowResult run(bool with_coverage) {
    result_.rules.resize(history_.rules.size());
    remove_copies();
    find_common();
    find_answering();
    group_conversations();
    grade();
    use_rules();
    if (with_coverage) cover();
    return result_;
  }

 private:
  const std::string& text(std::uint32_t symbol) const { return account_.symbols().text(symbol); }
  static bool holds(const Interval& interval, std::int64_t time) { return interval.contains(utc_from_seconds(time)); }

  void remove_copies() {
    std::vector<FlowRecord> sorted;
    for (const auto& [record, log] : account_.records()) {
      if (!record.has_time) continue;
      if (record.start < from_ || record.start >= to_) {
        ++result_.outside;
      } else {
        sorted.push_back(record);
      }
    }
    std::ranges::sort(sorted, {}, &FlowRecord::place);
    std::map<std::tuple<std::uint32_t, IpAddress, IpAddress, IpAddress, IpAddress, int, int, int, std::int64_t,
                        std::int64_t, std::int64_t, std::int64_t, Action, LogStatus>,
             std::size_t>
        seen;
    for (const FlowRecord& r : sorted) {
      const auto [place, is_new] =
          seen.try_emplace({r.interface, r.src, r.dst, r.pkt_src, r.pkt_dst, r.src_port, r.dst_port, r.protocol,
                            r.start, r.end, r.packets, r.bytes, r.action, r.status},
                           records_.size());
      if (is_new) {
        records_.push_back(r);
        continue;
      }
      ++result_.copies;
      FlowRecord& kept = records_[place->second];
      if (kept.tcp_flags < 0) kept.tcp_flags = r.tcp_flags;
      if (kept.direction == FlowDirection::kAbsent) kept.direction = r.direction;
      if (kept.account == 0) kept.account = r.account;
      if (kept.instance == 0) kept.instance = r.instance;
      if (kept.src_service == 0) kept.src_service = r.src_service;
      if (kept.dst_service == 0) kept.dst_service = r.dst_service;
    }
    for (const FlowRecord& r : records_) {
      (r.status == LogStatus::kOk       ? result_.records
       : r.status == LogStatus::kNoData ? result_.nodata
                                        : result_.skipdata)++;
    }
  }

  void find_common() {
    std::map<std::string, std::map<IpAddress, int>> counts;
    std::map<std::string, int> totals;
    for (const FlowRecord& r : records_) {
      if (r.status != LogStatus::kOk) continue;
      ++totals[text(r.interface)];
      for (const IpAddress& a : std::set{r.src, r.dst}) ++counts[text(r.interface)][a];
    }
    for (const auto& [id, by_address] : counts) {
      std::vector<IpAddress> all, inner;
      for (const auto& [a, count] : by_address) {
        if (count * 10 < totals[id] * 9) continue;
        all.push_back(a);
        if (is_private(a)) inner.push_back(a);
      }
      if (all.size() == 1) common_[id] = all[0];
      if (all.size() == 2 && inner.size() == 1) common_[id] = inner[0];
    }
  }

  bool own(const std::string& id, const IpAddress& a, std::int64_t time) const {
    for (const history::Address& address : history_.addresses) {
      if (history_.interfaces[address.interface].interface_id == id && address.address == a &&
          holds(address.valid, time)) {
        return true;
      }
    }
    return false;
  }

  // 's', 'd' or '?'
  char side(const FlowRecord& r) const {
    if (r.direction != FlowDirection::kAbsent) return r.direction == FlowDirection::kIngress ? 'd' : 's';
    const std::string& id = text(r.interface);
    const bool s = own(id, r.src, r.start), d = own(id, r.dst, r.start);
    if (s != d) return s ? 's' : 'd';
    const bool ps = own(id, r.pkt_src, r.start), pd = own(id, r.pkt_dst, r.start);
    if (ps != pd) return ps ? 's' : 'd';
    if (s) return 'd';
    const auto common = common_.find(id);
    if (common == common_.end()) return '?';
    if (r.src == common->second && r.dst != common->second) return 's';
    if (r.dst == common->second && r.src != common->second) return 'd';
    return '?';
  }

  void find_answering() {
    for (const FlowRecord& r : records_) {
      if (r.status == LogStatus::kOk && r.protocol == 6 && r.tcp_flags >= 0 && (r.tcp_flags & 18) == 18 &&
          side(r) == 's') {
        answering_.emplace(text(r.interface), r.src_port);
      }
    }
  }

  bool source_matches(const history::RuleSpec& spec, const IpAddress& a, std::int64_t time) const {
    if (spec.source_kind == SourceKind::kPrefixList) {
      for (const auto& version : history_.prefix_lists) {
        if (version.prefix_list_id != spec.source_id || !holds(version.valid, time)) continue;
        for (const Cidr& entry : version.entries) {
          if (entry.contains(a)) return true;
        }
      }
      return false;
    }
    if (spec.source_kind != SourceKind::kGroup) return spec.cidr.contains(a);
    for (const auto& member : history_.memberships) {
      if (history_.groups[member.group].group_id != spec.source_id || !holds(member.valid, time)) continue;
      for (const auto& held : history_.addresses) {
        if (held.interface == member.interface && held.address == a && holds(held.valid, time)) return true;
      }
    }
    return false;
  }

  std::set<std::uint32_t> admitting(const std::string& id, history::Direction direction, int protocol, int port,
                                    const IpAddress& peer, std::int64_t time) const {
    std::set<std::uint32_t> rules;
    for (const auto& member : history_.memberships) {
      if (history_.interfaces[member.interface].interface_id != id || !holds(member.valid, time)) continue;
      for (std::uint32_t i = 0; i < history_.rules.size(); ++i) {
        const history::Rule& rule = history_.rules[i];
        if (rule.group != member.group || rule.spec.direction != direction || !holds(rule.valid, time)) continue;
        if (rule.spec.protocol != -1 && rule.spec.protocol != protocol) continue;
        if (rule.spec.has_ports() && (port < rule.spec.from_port || port > rule.spec.to_port)) continue;
        if (source_matches(rule.spec, peer, time)) rules.insert(i);
      }
    }
    return rules;
  }

  bool slow_covers(const history::RuleSpec& a, const history::RuleSpec& b, std::int64_t time) const {
    if (a.direction != b.direction || (a.protocol != -1 && a.protocol != b.protocol)) return false;
    if (a.has_ports() && (a.from_port > b.from_port || a.to_port < b.to_port)) return false;
    if (a.protocol == 1 && a.from_port != -1 && a.from_port != b.from_port) return false;
    if (!a.source_id.empty() || b.source_kind == SourceKind::kGroup) return a.source_id == b.source_id;
    if (b.source_kind != SourceKind::kPrefixList) return a.cidr.contains(b.cidr);
    for (const auto& version : history_.prefix_lists) {
      if (version.prefix_list_id != b.source_id || !holds(version.valid, time)) continue;
      bool all = version.complete;
      for (const Cidr& entry : version.entries) all = all && a.cidr.contains(entry);
      return all;
    }
    return false;
  }

  bool is_covered(std::uint32_t rule, const std::set<std::uint32_t>& among, std::int64_t time) const {
    const auto age = [&](std::uint32_t i) {
      const history::Rule& r = history_.rules[i];
      return std::tuple{r.valid.from ? to_seconds(*r.valid.from) : INT64_MIN, r.label(history_.groups[r.group]), i};
    };
    for (const std::uint32_t other : among) {
      if (other == rule || !slow_covers(history_.rules[other].spec, history_.rules[rule].spec, time)) continue;
      const bool equal = slow_covers(history_.rules[rule].spec, history_.rules[other].spec, time);
      if (!equal || age(other) < age(rule)) return true;
    }
    return false;
  }

  std::pair<std::string, std::string> owner(const FlowRecord& r) const {
    const std::string& id = text(r.interface);
    std::string instance = text(r.instance);
    for (const auto& plug : history_.attachments) {
      if (history_.interfaces[plug.interface].interface_id == id && holds(plug.valid, r.start)) {
        instance = history_.instances[plug.instance].instance_id;
        break;
      }
    }
    std::string fleet = name(instance, r.start);
    return {instance, fleet.empty() ? name(id, r.start) : fleet};
  }

  std::string name(const std::string& resource, std::int64_t time) const {
    std::optional<std::pair<std::int64_t, std::string>> next;
    for (const auto& tag : history_.names) {
      if (tag.resource_id != resource) continue;
      if (holds(tag.valid, time)) return std::string(tag.name);
      if (tag.valid.from && to_seconds(*tag.valid.from) > time) {
        const std::pair candidate{to_seconds(*tag.valid.from), std::string(tag.name)};
        if (!next || candidate.first < next->first) next = candidate;
      }
    }
    return next ? next->second : "";
  }

  struct Part {
    const FlowRecord* record;
    bool from_peer;
  };

  void group_conversations() {
    std::map<std::tuple<std::string, IpAddress, int, IpAddress, int, int>, std::vector<Part>> conversations;
    for (const FlowRecord& r : records_) {
      if (r.status != LogStatus::kOk) continue;
      const char which = side(r);
      const std::string& id = text(r.interface);
      if (which == '?') {
        add(r, {id, 2, r.src, r.protocol, -1}, false, true);
      } else if (which == 's') {
        conversations[{id, r.pkt_src, r.src_port, r.pkt_dst, r.dst_port, r.protocol}].push_back({&r, false});
      } else {
        conversations[{id, r.pkt_dst, r.dst_port, r.pkt_src, r.src_port, r.protocol}].push_back({&r, true});
      }
    }
    for (auto& [key, parts] : conversations) {
      std::ranges::sort(parts, {}, [](const Part& p) { return std::pair{p.record->start, p.record->place}; });
      const auto& [id, own_address, own_port, peer, peer_port, protocol] = key;
      const char common = opener(id, own_port, peer, peer_port, protocol, parts);
      for (const Part& part : parts) {
        const char mine = flags(part);
        const char by = mine == '?' ? common : mine;
        const bool ported = protocol == 6 || protocol == 17 || protocol == 132;
        const int service = !ported ? -1 : by == 'p' ? own_port : peer_port;
        if (by == '?') {
          add(*part.record, {id, 2, peer, protocol, -1}, part.from_peer, part.from_peer);
        } else {
          add(*part.record, {id, by == 'p' ? 0 : 1, peer, protocol, service}, (by == 'p') == part.from_peer,
              part.from_peer);
        }
      }
    }
  }

  static char flags(const Part& part) {
    if (part.record->protocol != 6 || part.record->tcp_flags < 0 || (part.record->tcp_flags & 2) == 0) return '?';
    const bool ack = (part.record->tcp_flags & 16) != 0;
    return part.from_peer != ack ? 'p' : 'i';
  }

  char opener(const std::string& id, int own_port, const IpAddress& peer, int peer_port, int protocol,
              const std::vector<Part>& parts) const {
    for (const Part& part : parts) {
      if (flags(part) != '?') return flags(part);
    }
    std::int64_t from_peer = INT64_MAX, from_own = INT64_MAX;
    bool rejected = true;
    for (const Part& part : parts) {
      std::int64_t& least = part.from_peer ? from_peer : from_own;
      least = std::min(least, part.record->start);
      rejected = rejected && part.record->action == Action::kReject;
    }
    const bool both = from_peer != INT64_MAX && from_own != INT64_MAX;
    if (both && from_peer != from_own) return from_peer < from_own ? 'p' : 'i';
    if (protocol == 6 || protocol == 17) {
      const auto rank = [&](int port, bool answers) {
        return port < 1024 ? 0 : known_service_port(port) || answers ? 1 : port < 32768 ? 2 : 3;
      };
      const int mine = rank(own_port, answering_.contains({id, own_port})), other = rank(peer_port, false);
      if (mine != other) return mine < other ? 'p' : 'i';
    }
    if (!both && rejected) return from_peer != INT64_MAX ? 'p' : 'i';
    for (const Part& part : parts) {
      const bool in =
          !admitting(id, history::Direction::kIngress, protocol, own_port, peer, part.record->start).empty();
      const bool out =
          !admitting(id, history::Direction::kEgress, protocol, peer_port, peer, part.record->start).empty();
      if (in != out) return in ? 'p' : 'i';
    }
    return '?';
  }

  void add(const FlowRecord& r, const Key& key, bool from_initiator, bool from_peer) {
    const auto& [id, direction, peer, protocol, port] = key;
    const auto [instance, fleet] = owner(r);
    SlowPeer& p = result_.peers[{id, direction, peer, protocol, port, instance, fleet}];
    PeerCounters& c = p.counters;
    c.first = c.records == 0 ? r.start : std::min(c.first, r.start);
    c.last = c.records == 0 ? r.end : std::max(c.last, r.end);
    ++c.records;
    p.places.emplace(r.start, r.place);
    const std::uint32_t service = from_peer ? r.src_service : r.dst_service;
    if (service != 0) services_[key].emplace(r.start, r.place, text(service));
    if (r.account != 0)
      accounts_[{id, direction, peer, protocol, port, instance, fleet}].emplace(r.start, r.place, text(r.account));
    if (direction == 2) {
      ++result_.unknown;
      return;
    }
    const bool accepted = r.action == Action::kAccept;
    const bool tcp = protocol == 6;
    const bool payload = accepted && (!tcp || r.bytes > r.packets * (peer.is_v4() ? 60 : 80));
    if (!from_initiator) {
      ++(accepted ? c.replies : c.replies_rejected);
      if (accepted && r.tcp_flags >= 0 && (r.tcp_flags & 6) == 4) ++c.reply_resets;
      c.payload_out += payload ? 1 : 0;
      c.bytes_out += accepted ? r.bytes : 0;
      c.packets_out += accepted ? r.packets : 0;
      return;
    }
    ++(accepted ? c.accepted : c.rejected);
    if (!tcp || r.tcp_flags < 0 || (r.tcp_flags & 18) == 2) {
      ++c.attempts;
      attempts_[key].insert(r.start);
    }
    c.payload_in += payload ? 1 : 0;
    c.bytes_in += accepted ? r.bytes : 0;
    c.packets_in += accepted ? r.packets : 0;
    if (!accepted) return;
    const auto rules = admitting(
        id, direction == 0 ? history::Direction::kIngress : history::Direction::kEgress, protocol,
        direction == 0 ? (from_peer ? r.dst_port : r.src_port) : (from_peer ? r.src_port : r.dst_port), peer, r.start);
    if (rules.empty()) ++p.unexplained;
    for (const std::uint32_t rule : rules) {
      const bool is_new = !p.rules.contains(rule);
      RuleHits& hits = p.rules[rule];
      hits.first = is_new ? r.start : std::min(hits.first, r.start);
      hits.last = is_new ? r.end : std::max(hits.last, r.end);
      ++(rules.size() == 1 ? hits.sole : hits.shared);
      hits.covered += is_covered(rule, rules, r.start) ? 1 : 0;
      hits.bytes += r.bytes;
    }
  }

  static Key key_of(const SplitKey& k) {
    return {std::get<0>(k), std::get<1>(k), std::get<2>(k), std::get<3>(k), std::get<4>(k)};
  }

  void grade() {
    std::map<Key, PeerCounters> sums;
    for (auto& [split, peer] : result_.peers) sums[key_of(split)].merge(peer.counters);
    std::map<IpAddress, std::set<std::pair<std::string, int>>> targets, good;
    std::set<IpAddress> with_session;
    for (auto& [split, peer] : result_.peers) {
      const PeerCounters& c = sums[key_of(split)];
      const bool tcp = std::get<3>(split) == 6;
      if (std::get<1>(split) == 2) {
        peer.grade = Grade::kUnknown;
      } else if (c.replies > c.reply_resets) {
        const bool data = tcp ? c.payload_in + c.payload_out > 0 : c.payload_in > 0 && c.payload_out > 0;
        peer.grade = data ? Grade::kSession : Grade::kHandshake;
      } else if (c.accepted > 0) {
        peer.grade = Grade::kProbe;
      } else if (c.rejected > 0) {
        peer.grade = Grade::kRejected;
      } else {
        peer.grade = c.reply_resets > 0 ? Grade::kProbe : c.replies_rejected > 0 ? Grade::kRejected : Grade::kUnknown;
      }
      if (peer.grade == Grade::kSession) with_session.insert(std::get<2>(split));
      if (std::get<1>(split) != 0) continue;
      targets[std::get<2>(split)].emplace(std::get<0>(split), std::get<4>(split));
      if (peer.grade != Grade::kProbe && peer.grade != Grade::kRejected) {
        good[std::get<2>(split)].emplace(std::get<0>(split), std::get<4>(split));
      }
    }
    for (auto& [split, peer] : result_.peers) {
      const Key key = key_of(split);
      const IpAddress& a = std::get<2>(key);
      bool scans =
          static_cast<int>(targets[a].size()) >= options_.scanner_targets && good[a].size() * 10 <= targets[a].size();
      const ScannerList::Entry* listed = options_.scanners == nullptr ? nullptr : options_.scanners->find(a);
      if (listed != nullptr && !with_session.contains(a)) scans = true;
      std::tie(peer.kind, peer.name) = kind(key, sums[key], scans, listed);
      const auto account = accounts_.find(split);
      if (account != accounts_.end()) peer.account = std::get<2>(*account->second.begin());
    }
  }

  std::pair<PeerKind, std::string> kind(const Key& key, const PeerCounters& c, bool scans,
                                        const ScannerList::Entry* listed) {
    const IpAddress& a = std::get<2>(key);
    if (own(std::get<0>(key), a, c.first)) return {PeerKind::kSelf, ""};
    std::string vpc;
    for (const auto& interface : history_.interfaces) {
      if (interface.interface_id == std::get<0>(key)) vpc = interface.vpc_id;
    }
    const history::Interface* found = nullptr;
    for (const history::Interface& interface : history_.interfaces) {
      if (!own(std::string(interface.interface_id), a, c.first)) continue;
      if (found == nullptr || (interface.vpc_id == vpc && found->vpc_id != vpc)) found = &interface;
    }
    if (found != nullptr) {
      FlowRecord probe;
      probe.interface = account_.symbols().code(found->interface_id);
      probe.start = c.first;
      return {PeerKind::kGroupMember, owner(probe).second};
    }
    const std::string service = services_[key].empty() ? "" : std::get<2>(*services_[key].begin());
    if (service == "ROUTE53_HEALTHCHECKS" || (is_private(a) && periodic(key, c))) return {PeerKind::kHealthCheck, ""};
    if (!service.empty()) return {PeerKind::kAwsService, service};
    if (scans) return {PeerKind::kScanner, listed == nullptr ? "" : listed->name};
    return {is_private(a) ? PeerKind::kPrivate : PeerKind::kPublic, ""};
  }

  bool periodic(const Key& key, const PeerCounters& c) {
    if (c.attempts < 10 || c.accepted == 0) return false;
    const auto n = static_cast<double>(c.accepted);
    if (static_cast<double>(c.packets_in) / n > 10 || static_cast<double>(c.bytes_in) / n > 1500) return false;
    std::vector<double> steps;
    std::optional<std::int64_t> before;
    for (const std::int64_t start : attempts_[key]) {
      if (before) steps.push_back(static_cast<double>(start - *before));
      before = start;
    }
    if (steps.empty()) return false;
    std::ranges::sort(steps);
    const double median = (steps[(steps.size() - 1) / 2] + steps[steps.size() / 2]) / 2;
    std::size_t near = 0;
    for (const double step : steps) near += std::abs(step - median) <= std::max(2.0, median / 10 + 1e-9) ? 1 : 0;
    return median >= 5 && median <= 60 && near * 10 >= steps.size() * 9;
  }

  void use_rules() {
    for (const auto& [split, peer] : result_.peers) {
      const Key key = key_of(split);
      for (const auto& [rule, hits] : peer.rules) {
        SlowUsage& usage = result_.rules[rule];
        usage.sole += hits.sole;
        usage.shared += hits.shared;
        usage.covered += hits.covered;
        usage.bytes += hits.bytes;
        usage.first = std::min(usage.first, hits.first);
        usage.last = std::max(usage.last, hits.last);
        usage.peers.insert(std::get<2>(key));
        usage.interfaces.insert(std::get<0>(key));
        const bool scanner = peer.kind == PeerKind::kScanner;
        if (usage.keys.insert(key).second) {
          usage.sessions += peer.grade == Grade::kSession ? 1 : 0;
          usage.handshakes += peer.grade == Grade::kHandshake ? 1 : 0;
          usage.probes += peer.grade == Grade::kProbe ? 1 : 0;
          usage.scanner_sessions += scanner && peer.grade == Grade::kSession ? 1 : 0;
        }
        if (scanner || (peer.grade != Grade::kSession && peer.grade != Grade::kHandshake)) continue;
        usage.used = true;
        usage.used_sources.insert(std::get<2>(key));
        if (std::get<4>(key) >= 0) usage.used_ports.insert(std::get<4>(key));
      }
    }
  }

  void cover() {
    std::map<std::uint32_t, std::int64_t> longest;
    std::map<std::string, std::set<std::uint32_t>> logs;
    std::map<std::string, std::set<std::int64_t>> heard, skipped;
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> life;
    for (const auto& [r, log] : account_.records()) {
      if (!r.has_time) continue;
      const std::string& id = text(r.interface);
      const std::int64_t end = std::max(r.start, r.end) + 1;
      longest[log] = std::max(longest[log], end - r.start);
      logs[id].insert(log);
      for (std::int64_t t = r.start; t < end; ++t) {
        heard[id].insert(t);
        if (r.status == LogStatus::kSkipData) skipped[id].insert(t);
      }
      if (r.start < from_ || r.start >= to_) continue;
      auto [place, is_new] = life.try_emplace(id, r.start, end);
      place->second = {std::min(place->second.first, r.start), std::max(place->second.second, end)};
    }
    for (const auto& interface : history_.interfaces) {
      life[std::string(interface.interface_id)] = {interface.life.from ? to_seconds(*interface.life.from) : from_,
                                                   interface.life.to ? to_seconds(*interface.life.to) : to_};
    }
    std::map<std::string, std::set<std::int64_t>> gaps;
    for (const auto& [id, span] : life) {
      std::int64_t most = 0;
      for (const std::uint32_t log : logs[id]) most = std::max(most, longest[log]);
      const std::int64_t aggregation = most <= 90 ? 60 : 600;
      std::vector<std::int64_t> silent;
      const std::int64_t begin = std::max(span.first, from_), end = std::min(span.second, to_);
      for (std::int64_t t = begin; t <= end; ++t) {
        if (t < end) result_.expected[id].insert(t);
        if (t < end && !heard[id].contains(t)) {
          silent.push_back(t);
          continue;
        }
        if (static_cast<std::int64_t>(silent.size()) > 3 * aggregation) gaps[id].insert(silent.begin(), silent.end());
        silent.clear();
      }
      for (std::int64_t t = begin; t < end; ++t) {
        if (!gaps[id].contains(t) && !skipped[id].contains(t)) result_.observed[id].insert(t);
        if (skipped[id].contains(t)) result_.skipped[id].insert(t);
      }
    }
    for (std::int64_t t = from_; t < to_; ++t) {
      int expected = 0, silent = 0;
      for (const auto& [id, seconds] : result_.expected) {
        expected += seconds.contains(t) ? 1 : 0;
        silent += gaps[id].contains(t) ? 1 : 0;
      }
      for (const auto& [id, seconds] : gaps) {
        if (seconds.contains(t)) result_.gap_seconds.emplace(silent == expected ? "" : id, t);
      }
    }
  }

  TestAccount& account_;
  const History& history_;
  const AttributionOptions& options_;
  std::int64_t from_, to_;
  std::vector<FlowRecord> records_;
  std::map<std::string, IpAddress> common_;
  std::set<std::pair<std::string, int>> answering_;
  std::map<Key, std::set<std::tuple<std::int64_t, SourcePlace, std::string>>> services_;
  std::map<SplitKey, std::set<std::tuple<std::int64_t, SourcePlace, std::string>>> accounts_;
  std::map<Key, std::set<std::int64_t>> attempts_;
  SlowResult result_;
};

// ------------------------------------------------------------------ random accounts

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  int below(int bound) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(bound)); }
  bool chance(int percent) { return below(100) < percent; }
  template <typename T>
  const T& pick(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
  }
  Interval interval(int horizon) {
    Interval interval;
    const int a = below(horizon), b = a + 1 + below(horizon);
    if (chance(70)) interval.from = at(a);
    if (chance(50)) interval.to = at(b);
    return interval;
  }

 private:
  std::mt19937_64 engine_;
};

constexpr int kHorizon = 5000;
const std::vector<std::string> kAddresses = {"10.0.0.5",    "10.0.0.6",     "10.0.1.7",    "10.0.1.8",   "203.0.113.5",
                                             "203.0.113.9", "198.51.100.3", "2001:db8::1", "2001:db8::9"};
const std::vector<std::string> kSources = {
    "0.0.0.0/0",     "10.0.0.0/8", "10.0.0.0/24", "10.0.0.5/32", "203.0.113.0/24", "203.0.113.5/32", "::/0",
    "2001:db8::/32", "sg-0",       "sg-1",        "sg-unknown",  "pl-1",           "pl-2",           "pl-unknown"};
const std::vector<int> kPorts = {22, 443, 3306, 8080, 9999, 20000, 30000, 40000, 50000, 50001};
const std::vector<int> kProtocols = {6, 6, 6, 6, 17, 17, 1, 132, 47};

void random_history(Random& random, TestAccount& account) {
  const int groups = 2 + random.below(3);
  for (int i = 0; i < groups; ++i) account.group("sg-" + std::to_string(i));
  const int known = random.below(4);
  for (int i = 0; i < known; ++i) {
    account.interface("eni-" + std::to_string(i), random.chance(50) ? Interval{} : random.interval(kHorizon),
                      "vpc-" + std::to_string(random.below(2)));
    const auto interface = static_cast<std::uint32_t>(i);
    for (int a = random.below(3); a > 0; --a)
      account.address(interface, random.pick(kAddresses), random.interval(kHorizon));
    for (int m = 1 + random.below(4); m > 0; --m) {
      account.attach(interface, static_cast<std::uint32_t>(random.below(groups)), random.interval(kHorizon));
    }
    if (random.chance(50)) account.name("eni-" + std::to_string(i), "interface-name", random.interval(kHorizon));
  }
  for (int i = 0; i < 2 && known > 0; ++i) {
    account.instance("i-" + std::to_string(i));
    account.plug(static_cast<std::uint32_t>(random.below(known)), static_cast<std::uint32_t>(i),
                 between(std::int64_t{i} * 2000, std::int64_t{i} * 2000 + 1500));
    account.name("i-" + std::to_string(i), "early", between(0, 900));
    account.name("i-" + std::to_string(i), "late", since(1200 + random.below(1000)));
  }
  account.prefix_list("pl-1", {"10.0.0.0/24", "203.0.113.5/32"}, between(0, 2000));
  account.prefix_list("pl-1", {"203.0.113.0/24"}, since(2000));
  account.prefix_list("pl-2", {"10.0.0.6/32"}, since(random.below(3000)), random.chance(50));
  for (int i = random.below(25); i > 0; --i) {
    const int protocol = random.chance(20) ? -1 : random.pick(kProtocols);
    const int port = random.pick(kPorts);
    const bool ported = protocol == 6 || protocol == 17;
    const bool all = random.chance(30);
    account.rule(static_cast<std::uint32_t>(random.below(groups)), random.chance(70) ? "sgr-" + std::to_string(i) : "",
                 random.pick(kSources), protocol, ported ? (all ? 0 : port) : -1,
                 ported ? (all ? 65535 : std::min(65535, port + random.below(2) * 10000)) : -1,
                 random.interval(kHorizon),
                 random.chance(60) ? history::Direction::kIngress : history::Direction::kEgress);
  }
}

Line random_line(Random& random) {
  Line line;
  line.interface = "eni-" + std::to_string(random.below(5));
  if (random.chance(85)) {  // a fixed own address, so that side and conversation mostly can be told
    const std::string own = "10.0.0." + std::to_string(5 + random.below(2));
    line.src = random.pick(kAddresses);
    line.dst = own;
    if (random.chance(50)) std::swap(line.src, line.dst);
  } else {
    line.src = random.pick(kAddresses);
    line.dst = random.pick(kAddresses);
  }
  line.src_port = random.pick(kPorts);
  line.dst_port = random.pick(kPorts);
  line.protocol = random.pick(kProtocols);
  if (line.protocol == 1 || line.protocol == 47) line.src_port = line.dst_port = 0;
  line.flags = random.pick(std::vector<int>{-1, -1, 0, 2, 18, 3, 19, 4, 1, 22, 6});
  line.start = random.below(kHorizon);
  line.seconds = random.chance(95) ? random.below(60) : random.below(600) - 5;
  line.packets = 1 + random.below(12);
  line.bytes = line.packets * (40 + random.below(60));
  line.accept = random.chance(70);
  if (random.chance(25)) line.direction = random.chance(50) ? FlowDirection::kIngress : FlowDirection::kEgress;
  if (random.chance(10)) line.pkt_src = random.pick(kAddresses);
  if (random.chance(10)) line.pkt_dst = random.pick(kAddresses);
  if (random.chance(6)) line.src_service = random.pick(std::vector<std::string>{"S3", "ROUTE53_HEALTHCHECKS"});
  if (random.chance(6)) line.dst_service = "EC2";
  if (random.chance(20)) line.instance = "i-" + std::to_string(random.below(3));
  if (random.chance(50)) line.account = "11112222333" + std::to_string(random.below(3));
  if (random.chance(5)) line.status = random.chance(50) ? LogStatus::kNoData : LogStatus::kSkipData;
  if (random.chance(2)) line.has_time = false;
  line.object = static_cast<std::uint32_t>(random.below(3));
  line.flow_log = static_cast<std::uint32_t>(random.below(3));
  return line;
}

void random_flows(Random& random, TestAccount& account) {
  for (int i = random.below(120); i > 0; --i) {
    const Line line = random_line(random);
    account.flow(line);
    for (int again = random.below(3); again > 0; --again) {  // the other half, or the conversation going on
      Line more = line;
      more.start += std::int64_t{random.below(3)} * random.below(300);
      more.accept = random.chance(80);
      if (random.chance(60)) {
        account.reply(more, random.pick(std::vector<int>{-1, 0, 18, 18, 4, 20}));
      } else {
        more.flags = random.pick(std::vector<int>{-1, 0, 2});
        account.flow(more);
      }
    }
    if (random.chance(15)) {  // a copy from another flow log, of another format
      Line copy = line;
      copy.flow_log = 3;
      copy.flags = random.chance(50) ? -1 : line.flags;
      copy.instance = "";
      if (random.chance(50)) copy.direction = FlowDirection::kAbsent;
      copy.object = static_cast<std::uint32_t>(random.below(4));
      account.flow(copy);
    }
  }
  if (random.chance(40)) {
    const int period = 4 + random.below(30);
    for (int i = 0; i < 14; ++i) {
      Line check{
          .src = "10.0.9.9", .src_port = 40000 + i, .dst_port = 8080, .start = 100 + i * period + random.below(2)};
      check.flags = 2;
      check.packets = 4;
      check.bytes = random.chance(90) ? 300 : 9000;
      account.flow(check);
      if (random.chance(80)) account.reply(check);
    }
  }
}

// ------------------------------------------------------------------ comparison

std::set<std::int64_t> seconds_of(const std::vector<std::pair<std::int64_t, std::int64_t>>& spans) {
  std::set<std::int64_t> seconds;
  for (const auto& [from, to] : spans) {
    for (std::int64_t t = from; t < to; ++t) seconds.insert(t);
  }
  return seconds;
}

auto numbers(const PeerCounters& c) {
  return std::vector{c.records,          c.accepted,     c.rejected,    c.attempts,    c.replies,
                     c.replies_rejected, c.reply_resets, c.payload_in,  c.payload_out, c.bytes_in,
                     c.bytes_out,        c.packets_in,   c.packets_out, c.first,       c.last};
}

void expect_same_peers(TestAccount& account, const AttributionResult& fast, const SlowResult& slow) {
  ASSERT_EQ(fast.peers.size(), slow.peers.size());
  auto expected = slow.peers.begin();  // the map's order is the result's
  for (const Peer& peer : peers_of(fast)) {
    const auto& [key, wanted] = *expected++;
    const Owner& owner = fast.owners[peer.owner];
    const SplitKey found{account.symbols().text(peer.interface),
                         static_cast<int>(peer.direction),
                         peer.address,
                         peer.protocol,
                         peer.service_port,
                         owner.instance_id,
                         owner.fleet};
    ASSERT_EQ(found, key) << peer.address.to_string() << " " << std::get<2>(key).to_string();
    EXPECT_EQ(numbers(peer.counters), numbers(wanted.counters)) << peer.address.to_string();
    EXPECT_EQ(grade_name(peer.grade), grade_name(wanted.grade));
    EXPECT_EQ(peer_kind_name(peer.kind), peer_kind_name(wanted.kind)) << peer.address.to_string();
    EXPECT_EQ(peer.name, wanted.name);
    EXPECT_EQ(account.symbols().text(peer.account), wanted.account);
    EXPECT_EQ(peer.unexplained, wanted.unexplained);
    EXPECT_EQ(peer.rules.size(), wanted.rules.size());
    for (const RuleHits& hits : peer.rules) {
      ASSERT_TRUE(wanted.rules.contains(hits.rule));
      const RuleHits& w = wanted.rules.at(hits.rule);
      EXPECT_EQ(std::tie(hits.sole, hits.shared, hits.covered, hits.bytes, hits.first, hits.last),
                std::tie(w.sole, w.shared, w.covered, w.bytes, w.first, w.last));
    }
    EXPECT_EQ(peer.evidence.size, std::min<std::size_t>(3, wanted.places.size()));
    auto place = wanted.places.begin();
    for (std::size_t i = 0; i < peer.evidence.size; ++i, ++place) {
      EXPECT_EQ(std::tuple(peer.evidence.first[i].start, peer.evidence.first[i].place), *place);
    }
  }
}

void expect_same_usage(TestAccount& account, const AttributionResult& fast, const SlowResult& slow) {
  ASSERT_EQ(fast.rules.size(), slow.rules.size());
  for (std::size_t i = 0; i < fast.rules.size(); ++i) {
    const RuleUsage& usage = fast.rules[i];
    const SlowUsage& wanted = slow.rules[i];
    EXPECT_EQ(std::tie(usage.sole_hits, usage.shared_hits, usage.covered_hits, usage.bytes, usage.sessions,
                       usage.handshakes, usage.probes, usage.scanner_sessions, usage.used),
              std::tie(wanted.sole, wanted.shared, wanted.covered, wanted.bytes, wanted.sessions, wanted.handshakes,
                       wanted.probes, wanted.scanner_sessions, wanted.used));
    EXPECT_EQ(usage.peers, static_cast<std::int64_t>(wanted.peers.size()));
    EXPECT_EQ(usage.first_hit.has_value(), !wanted.keys.empty());
    if (usage.first_hit) {
      EXPECT_EQ(*usage.first_hit, wanted.first);
      EXPECT_EQ(*usage.last_hit, wanted.last);
    }
    std::vector<std::string> interfaces;
    for (const std::uint32_t symbol : usage.interfaces) interfaces.push_back(account.symbols().text(symbol));
    EXPECT_EQ(interfaces, std::vector<std::string>(wanted.interfaces.begin(), wanted.interfaces.end()));
    EXPECT_EQ(usage.used_sources, std::vector<IpAddress>(wanted.used_sources.begin(), wanted.used_sources.end()));
    std::set<int> ports;
    for (const auto& [from, to] : usage.used_ports) {
      for (int port = from; port <= to; ++port) ports.insert(port);
    }
    EXPECT_EQ(ports, wanted.used_ports);
  }
}

void expect_same_coverage(const AttributionResult& fast, const SlowResult& slow) {
  for (const InterfaceCoverage& coverage : fast.coverage) {
    const auto seconds = [&](const auto& map) {
      const auto found = map.find(coverage.interface_id);
      return found == map.end() ? std::set<std::int64_t>{} : found->second;
    };
    EXPECT_EQ(seconds_of(coverage.expected), seconds(slow.expected)) << coverage.interface_id;
    EXPECT_EQ(seconds_of(coverage.observed), seconds(slow.observed)) << coverage.interface_id;
  }
  std::set<std::pair<std::string, std::int64_t>> gaps;
  for (const Gap& gap : fast.gaps) {
    for (std::int64_t t = gap.from; t < gap.to; ++t) gaps.emplace(gap.interface_id, t);
  }
  EXPECT_EQ(gaps, slow.gap_seconds);
}

void expect_same_rule_times(TestAccount& account, const AttributionResult& fast, const SlowResult& slow) {
  const History& history = account.history();
  for (std::uint32_t i = 0; i < history.rules.size(); ++i) {
    std::int64_t expected = 0, observed = 0;
    for (std::uint32_t interface = 0; interface < history.interfaces.size(); ++interface) {
      const std::string id(history.interfaces[interface].interface_id);
      if (!slow.expected.contains(id)) continue;
      for (const std::int64_t t : slow.expected.at(id)) {
        const auto time = utc_from_seconds(t);
        const bool attached = std::ranges::any_of(history.memberships, [&](const history::Membership& m) {
          return m.interface == interface && m.group == history.rules[i].group && m.valid.contains(time);
        });
        if (!attached || !history.rules[i].valid.contains(time)) continue;
        ++expected;
        observed += slow.observed.contains(id) && slow.observed.at(id).contains(t) ? 1 : 0;
      }
    }
    const AttributionResult::RuleTime time = fast.rule_time(history, i);
    EXPECT_EQ(time.expected, expected);
    EXPECT_EQ(time.observed, observed);
  }
}

AttributionResult run_split(TestAccount& account, const AttributionOptions& options, Random& random, std::int64_t from,
                            std::int64_t to) {
  auto records = account.records();
  std::ranges::shuffle(records, std::mt19937_64(static_cast<std::uint64_t>(random.below(1 << 20))));
  Attribution attribution(account.history(), account.symbols(), options);
  for (std::size_t i = 0; i < records.size();) {
    std::vector<flowlog::FlowRecord> batch;
    const std::uint32_t flow_log = records[i].second;
    for (int n = 1 + random.below(7); n > 0 && i < records.size() && records[i].second == flow_log; --n) {
      batch.push_back(records[i++].first);
    }
    EXPECT_TRUE(attribution.lane(0).add(batch, flow_log));
  }
  auto result = attribution.finish(from, to);
  EXPECT_TRUE(result);
  return std::move(*result);
}

class RandomAccounts : public testing::TestWithParam<int> {};

TEST_P(RandomAccounts, GiveTheAnswersOfTheObviousLoop) {
  const ScannerList listed = ScannerList::parse("cidr,name,source,seen\n203.0.113.0/30,probers,,\n", "test").value();
  for (int round = 0; round < 20; ++round) {
    // Measuring coverage second by second is slow; some of the accounts are enough for it.
    const bool with_coverage = round % 5 == 0;
    const int seed = GetParam() * 1000 + round;
    SCOPED_TRACE(seed);
    Random random(static_cast<std::uint64_t>(seed));
    TestAccount account;
    random_history(random, account);
    random_flows(random, account);
    AttributionOptions options;
    options.scanner_targets = 2 + random.below(4);
    if (random.chance(50)) options.scanners = &listed;
    std::int64_t from = kT0 - 100 + random.below(800);
    std::int64_t to = from + 1 + random.below(kHorizon + 1500);
    account.history().index();
    const SlowResult slow = Slow(account, options, from, to).run(with_coverage);

    AttributionResult fast = account.run(options, from - kT0, to - kT0);
    for (const std::size_t budget : {std::size_t{0}, std::size_t{3000}}) {
      SCOPED_TRACE(budget);
      EXPECT_EQ(fast.records, slow.records);
      EXPECT_EQ(fast.duplicate_records, slow.copies);
      EXPECT_EQ(fast.outside_window, slow.outside);
      EXPECT_EQ(fast.direction_unknown_records, slow.unknown);
      EXPECT_EQ(fast.nodata, slow.nodata);
      EXPECT_EQ(fast.skipdata, slow.skipdata);
      expect_same_peers(account, fast, slow);
      expect_same_usage(account, fast, slow);
      if (with_coverage) expect_same_coverage(fast, slow);
      if (with_coverage && budget == 0) expect_same_rule_times(account, fast, slow);
      if (HasFailure()) return;
      // Again in another order and split, and with so little memory that records go through the temporary file.
      AttributionOptions small = options;
      small.memory_budget_bytes = budget;
      fast = run_split(account, small, random, from, to);
    }
    expect_same_peers(account, fast, slow);
    if (HasFailure()) return;
    // What is kept changes nothing else, and what is kept is the same.
    AttributionOptions picky = options;
    picky.keep = [](const Peer& peer, const Owner&) { return peer.direction == ConnectionDirection::kIngress; };
    const AttributionResult some = account.run(picky, from - kT0, to - kT0);
    expect_same_usage(account, some, slow);
    std::vector<Peer> wanted = peers_of(fast);
    std::erase_if(wanted, [](const Peer& peer) { return peer.direction != ConnectionDirection::kIngress; });
    const std::vector<Peer> found = peers_of(some);
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(key_of(found[i]), key_of(wanted[i]));
      EXPECT_EQ(found[i].grade, wanted[i].grade);
      EXPECT_EQ(found[i].counters.records, wanted[i].counters.records);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomAccounts, testing::Range(1, 13));

}  // namespace
}  // namespace flowtrail::attribution
