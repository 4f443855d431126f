// `access`: who tried to reach my fleet, how often, through which rule; who had opened it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "attribution/rule_cover.h"
#include "base/name_match.h"
#include "investigate/cells.h"
#include "investigate/question.h"
#include "investigate/remedy.h"

namespace flowtrail::investigate {
extern const std::string_view kAccessSql;

namespace {

using attribution::Grade;
using attribution::Peer;
using attribution::PeerCounters;
using output::TextList;
using output::Value;

std::vector<output::Column> access_columns() {
  return {
      {"fleet", "varchar", "", "Name of the instance (else of the interface) at the record's time"},
      {"instance_id", "varchar", "", "instance; NULL for interfaces without one"},
      {"interface_id", "varchar", "", "network interface that was reached"},
      {"account_id", "varchar", "", "account of the interface"},
      {"region", "varchar", "", "region of the interface"},
      {"peer_address", "varchar", "", "who opened the connection"},
      {"peer_kind", "varchar", "", "self, group-member, health-check, aws-service, scanner, private or public"},
      {"peer_name", "varchar", "", "Name of the member, service, or name in the list of scanners"},
      {"protocol", "varchar", "", "tcp, udp, ... or the IANA number"},
      {"service_port", "bigint", "", "the responder's port"},
      {"grade", "varchar", "", "session, handshake, probe, rejected, or unknown (direction not known)"},
      {"attempts", "bigint", "records", "records that open a connection"},
      {"accepted", "bigint", "records", "records from the peer that were accepted"},
      {"rejected", "bigint", "records", "records from the peer that were rejected"},
      {"records", "bigint", "records", "flow records in both directions"},
      {"bytes_in", "bigint", "bytes", "accepted bytes from the peer"},
      {"bytes_out", "bigint", "bytes", "accepted bytes to the peer"},
      {"packets_in", "bigint", "packets", "accepted packets from the peer"},
      {"packets_out", "bigint", "packets", "accepted packets to the peer"},
      {"first", "timestamp", "", "least start of the records"},
      {"last", "timestamp", "", "greatest end of the records"},
      {"rules", "array(varchar)", "", "rules that admitted it, narrowest first"},
      {"rule_added_by", "varchar", "", "who opened the first of the rules"},
      {"rule_added_at", "timestamp", "", "when that was"},
      {"evidence", "array(varchar)", "", "object key and line of the first three records"},
  };
}

/// One row before it is written: a peer, or several that --by puts together.
struct Entry {
  std::optional<std::string> fleet, instance_id, interface_id, account, region, peer_kind, peer_name;
  std::optional<IpAddress> peer;
  std::optional<int> protocol, service_port;
  Grade grade = Grade::kUnknown;
  PeerCounters counters;
  std::vector<std::uint32_t> rules;  // narrowest first
  attribution::Evidence evidence;
};

std::optional<std::string> known(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>{text};
}

/// The peers that the answer is made of.
class PeerFilter {
 public:
  PeerFilter(const Parameters& wanted, const ingest::Evidence& evidence) : wanted_(wanted), evidence_(evidence) {}

  [[nodiscard]] bool wants(const Peer& peer, const attribution::Owner& owner) const {
    // The service port of a peer of unknown direction is not known; such peers are counted, whatever the ports.
    const bool unknown = peer.direction == attribution::ConnectionDirection::kUnknown;
    if (!unknown && peer.direction != attribution::ConnectionDirection::kIngress) return false;
    if (!unknown && !wanted_.ports.empty() && (peer.service_port < 0 || !wanted_.wants_port(peer.service_port))) {
      return false;
    }
    return wanted_.wants_protocol(peer.protocol) && wants_owner(owner) && wants_interface(peer);
  }

 private:
  [[nodiscard]] bool wants_owner(const attribution::Owner& owner) const {
    if (!wanted_.fleet.empty() && (owner.fleet.empty() || !matches_any(wanted_.fleet, owner.fleet))) return false;
    return wanted_.instance.empty() || matches_any(wanted_.instance, owner.instance_id);
  }

  [[nodiscard]] bool wants_interface(const Peer& peer) const {
    const std::string& interface_id = evidence_.symbols.text(peer.interface);
    if (!matches_any(wanted_.interface, interface_id)) return false;
    if (wanted_.group.empty()) return true;
    const auto interface = evidence_.history.find_interface(interface_id);
    return interface && carried_wanted_group(*interface, peer);
  }

  [[nodiscard]] bool carried_wanted_group(std::uint32_t interface, const Peer& peer) const {
    const history::History& history = evidence_.history;
    const Interval seen{utc_from_seconds(peer.counters.first), utc_from_seconds(peer.counters.last + 1)};
    return std::ranges::any_of(history.memberships_of_interface(interface), [&](std::uint32_t index) {
      const history::Membership& membership = history.memberships[index];
      return membership.valid.overlaps(seen) && wants_group(wanted_, history.groups[membership.group]);
    });
  }

  const Parameters& wanted_;
  const ingest::Evidence& evidence_;
};

class Access {
 public:
  explicit Access(const Context& context)
      : context_(context), evidence_(context.evidence), history_(context.evidence.history) {}

  Answer answer() {
    Answer answer;
    answer.table.columns = access_columns();
    if (evidence_.attribution) collect();
    warn(answer);
    const auto sort = [this] {
      std::ranges::stable_sort(entries_, [](const Entry& a, const Entry& b) { return key(a) < key(b); });
    };
    sort();
    if (context_.parameters.by != "peer") {
      merge();
      sort();
    }
    for (const Entry& entry : entries_) answer.table.rows.push_back(row(entry));
    answer.sentences = sentences();
    remedies(answer);
    return answer;
  }

 private:
  [[nodiscard]] const Parameters& wanted() const { return context_.parameters; }

  void collect() {
    const PeerFilter filter{wanted(), evidence_};
    for (const Peer& peer : evidence_.attribution->peers) {
      if (!filter.wants(peer, evidence_.attribution->owners[peer.owner])) continue;
      const std::string& interface_id = evidence_.symbols.text(peer.interface);
      const auto interface = history_.find_interface(interface_id);
      Entry entry = entry_of(peer, interface_id, interface);
      if (!matches_any(wanted().account, entry.account.value_or("")) ||
          !matches_any(wanted().region, entry.region.value_or(""))) {
        continue;
      }
      if (peer.direction == attribution::ConnectionDirection::kUnknown) {
        unknown_records_ += peer.counters.records;
        ++unknown_keys_;
        if (!wanted().ports.empty()) continue;
      }
      if (peer.unexplained > 0 && entry.grade != Grade::kUnknown) explain(peer, interface_id, interface);
      entries_.push_back(std::move(entry));
    }
  }

  [[nodiscard]] Entry entry_of(const Peer& peer, const std::string& interface_id,
                               std::optional<std::uint32_t> interface) const {
    const attribution::Owner& owner = evidence_.attribution->owners[peer.owner];
    Entry entry;
    entry.fleet = known(owner.fleet);
    entry.instance_id = known(owner.instance_id);
    entry.interface_id = known(interface_id);
    if (interface) {
      entry.account = known(history_.interfaces[*interface].account);
      entry.region = known(history_.interfaces[*interface].region);
    }
    if (!entry.account) entry.account = known(evidence_.symbols.text(peer.account));
    const auto& objects = evidence_.inventory.objects;
    if (!entry.region && peer.evidence.size > 0 && peer.evidence.first[0].place.object < objects.size()) {
      entry.region = known(objects[peer.evidence.first[0].place.object].region);
    }
    entry.peer = peer.address;
    entry.peer_kind = std::string{attribution::peer_kind_name(peer.kind)};
    entry.peer_name = known(peer.name);
    entry.protocol = peer.protocol;
    if (peer.service_port >= 0) entry.service_port = peer.service_port;
    entry.grade = peer.grade;
    entry.counters = peer.counters;
    for (const attribution::RuleHits& hits : peer.rules) {
      if (std::ranges::find(entry.rules, hits.rule) == entry.rules.end()) entry.rules.push_back(hits.rule);
    }
    entry.evidence = peer.evidence;
    return entry;
  }

  /// Why no known rule admits what was accepted: the likeliest of the reasons the logs can tell.
  void explain(const Peer& peer, const std::string& interface_id, std::optional<std::uint32_t> interface) {
    std::string reason = "no rule that is known admits it: it may have been removed before the logs begin";
    const auto first = utc_from_seconds(peer.counters.first);
    if (!interface || history_.memberships_of_interface(*interface).empty()) {
      reason = "no history of the interface's groups: add CloudTrail or --snapshot";
    } else if (revoked_before(peer, *interface, first)) {
      reason = "the rule was removed before the first record: connections that are open survive a revoke";
    } else if (is_middlebox(*interface)) {
      reason = "a NAT or gateway interface: the addresses of the packets are not those of the rules";
    } else if (evidence_.flow_stats.missing_fields.contains("pkt-srcaddr")) {
      reason += "; the flow log has no pkt-srcaddr, so a peer behind NAT cannot be told";
    }
    auto& unexplained = unexplained_[reason];
    ++unexplained.count;
    unexplained.accepted += peer.unexplained;
    if (unexplained.example.empty()) {
      unexplained.example = fmt::format("{} {} -> {} port {}", interface_id, peer.address.to_string(),
                                        firewall::protocol_name(peer.protocol), peer.service_port);
      if (peer.evidence.size > 0 && peer.evidence.first[0].place.object < evidence_.inventory.objects.size()) {
        unexplained.example += ", " + ingest::place_text(evidence_.inventory, peer.evidence.first[0].place);
      }
    }
  }

  [[nodiscard]] bool revoked_before(const Peer& peer, std::uint32_t interface, UtcSeconds first) const {
    for (const std::uint32_t membership : history_.memberships_of_interface(interface)) {
      for (const std::uint32_t index : history_.rules_of_group(history_.memberships[membership].group)) {
        const history::Rule& rule = history_.rules[index];
        const bool ended = rule.valid.to && *rule.valid.to <= utc_from_seconds(peer.counters.last);
        const bool of_port = rule.spec.protocol == firewall::kAllProtocols ||
                             (rule.spec.protocol == peer.protocol && rule.spec.from_port <= peer.service_port &&
                              peer.service_port <= rule.spec.to_port);
        const bool of_peer = rule.spec.source_kind == firewall::SourceKind::kGroup ||
                             rule.spec.source_kind == firewall::SourceKind::kPrefixList ||
                             rule.spec.cidr.contains(peer.address);
        if (ended && of_port && of_peer && rule.spec.direction == firewall::Direction::kIngress) {
          return *rule.valid.to <= first || (!rule.valid.from || *rule.valid.from <= first);
        }
      }
    }
    return false;
  }

  [[nodiscard]] bool is_middlebox(std::uint32_t interface) const {
    const std::string& type = history_.interfaces[interface].type;
    return type == "nat_gateway" || type == "natGateway" || type == "transit_gateway" ||
           type == "gateway_load_balancer";
  }

  void warn(Answer& answer) {
    for (const auto& [reason, found] : unexplained_) {
      answer.warnings.push_back(
          {"unexplained-accept", found.count,
           fmt::format("{} with {} that no rule in force explains: {}", counted(found.count, "peer key"),
                       counted(found.accepted, "accepted record"), reason),
           found.example});
    }
    if (unknown_keys_ > 0) {
      answer.warnings.push_back(
          {"direction-unknown",
           unknown_records_,
           fmt::format("{} of {}: it cannot be told who opened the connection{}", counted(unknown_records_, "record"),
                       counted(unknown_keys_, "peer key"),
                       wanted().ports.empty() ? "" : "; left out here, since their service port is not known"),
           {}});
    }
    silent_instances(answer);
  }

  void silent_instances(Answer& answer) const {
    if (!evidence_.attribution) return;
    std::set<std::string> speaking;
    for (const attribution::Owner& owner : evidence_.attribution->owners) speaking.insert(owner.instance_id);
    std::map<std::string, std::vector<std::string>> silent;  // reason -> instances
    for (std::uint32_t i = 0; i < history_.instances.size(); ++i) {
      const history::Instance& instance = history_.instances[i];
      if (!instance.life.overlaps(context_.window) || speaking.contains(instance.instance_id) || !of_fleet(i)) continue;
      if (const auto reason = silence_of(i)) silent[*reason].push_back(instance.instance_id);
    }
    for (const auto& [reason, instances] : silent) {
      answer.warnings.push_back({"silent-instance", static_cast<std::int64_t>(instances.size()),
                                 fmt::format("no flow record of {} ({}): {}",
                                             counted(static_cast<std::int64_t>(instances.size()), "instance"), reason,
                                             some_of(instances, 20)),
                                 instances.front()});
    }
  }

  [[nodiscard]] bool of_fleet(std::uint32_t index) const {
    const history::Instance& instance = history_.instances[index];
    if (!matches_any(wanted().instance, instance.instance_id) || !matches_any(wanted().account, instance.account) ||
        !matches_any(wanted().region, instance.region)) {
      return false;
    }
    if (!wanted().fleet.empty()) {
      const bool named = std::ranges::any_of(history_.names_of(instance.instance_id), [&](std::uint32_t name) {
        const history::NameTag& tag = history_.names[name];
        return tag.valid.overlaps(context_.window) && matches_any(wanted().fleet, tag.name);
      });
      if (!named) return false;
    }
    if (wanted().interface.empty() && wanted().group.empty()) return true;
    return std::ranges::any_of(history_.attachments_of_instance(index), [&](std::uint32_t attachment) {
      const std::uint32_t interface = history_.attachments[attachment].interface;
      if (!matches_any(wanted().interface, history_.interfaces[interface].interface_id)) return false;
      return wanted().group.empty() ||
             std::ranges::any_of(history_.memberships_of_interface(interface), [&](std::uint32_t membership) {
               return history_.memberships[membership].valid.overlaps(context_.window) &&
                      wants_group(wanted(), history_.groups[history_.memberships[membership].group]);
             });
    });
  }

  /// Missing when an interface of the instance has a flow record after all.
  [[nodiscard]] std::optional<std::string> silence_of(std::uint32_t index) const {
    bool nodata = false;
    bool skipdata = false;
    for (const std::uint32_t attachment : history_.attachments_of_instance(index)) {
      const std::uint32_t interface = history_.attachments[attachment].interface;
      const auto* coverage = evidence_.attribution->coverage_of(history_.interfaces[interface].interface_id);
      if (coverage == nullptr) continue;
      if (coverage->ok > 0) return std::nullopt;
      nodata = nodata || coverage->nodata > 0;
      skipdata = skipdata || coverage->skipdata > 0;
    }
    if (history_.attachments_of_instance(index).empty()) return "its interfaces are not known";
    if (skipdata) return "SKIPDATA: its records were lost";
    return nodata ? "NODATA only: logged, and no traffic" : "no flow log seen";
  }

  void merge() {
    const bool by_instance = wanted().by == "instance";
    std::vector<Entry> merged;
    std::vector<IpAddress> first_peers;  // the peer of each merged entry's first row
    for (const Entry& entry : entries_) {
      const auto same = std::ranges::find_if(merged, [&](const Entry& other) {
        return other.fleet == entry.fleet && (!by_instance || other.instance_id == entry.instance_id);
      });
      if (same == merged.end()) {
        merged.push_back(entry);
        first_peers.push_back(entry.peer.value_or(IpAddress{}));
      } else {
        merge_into(*same, entry);
      }
    }
    for (std::size_t i = 0; i < merged.size(); ++i) {
      std::ranges::stable_sort(merged[i].rules, {}, [&](std::uint32_t rule) {
        return narrowness(rule, first_peers[i], utc_from_seconds(merged[i].counters.first));
      });
    }
    entries_ = std::move(merged);
  }

  static void merge_into(Entry& sum, const Entry& more) {
    const auto keep_common = [](auto& value, const auto& other) {
      if (value != other) value.reset();
    };
    keep_common(sum.instance_id, more.instance_id);
    keep_common(sum.interface_id, more.interface_id);
    keep_common(sum.account, more.account);
    keep_common(sum.region, more.region);
    keep_common(sum.peer, more.peer);
    keep_common(sum.peer_kind, more.peer_kind);
    keep_common(sum.peer_name, more.peer_name);
    keep_common(sum.protocol, more.protocol);
    keep_common(sum.service_port, more.service_port);
    sum.grade = std::min(sum.grade, more.grade);
    sum.counters.merge(more.counters);
    for (const std::uint32_t rule : more.rules) {
      if (std::ranges::find(sum.rules, rule) == sum.rules.end()) sum.rules.push_back(rule);
    }
    sum.evidence.merge(more.evidence);
  }

  /// Order of docs/how-it-counts.md, "rules are listed narrowest first"; prefix lists by the entry that holds `peer`.
  [[nodiscard]] std::tuple<int, std::int64_t, std::string> narrowness(std::uint32_t rule, const IpAddress& peer,
                                                                      UtcSeconds time) const {
    const firewall::RuleSpec& spec = history_.rules[rule].spec;
    const bool block =
        spec.source_kind == firewall::SourceKind::kCidrIpv4 || spec.source_kind == firewall::SourceKind::kCidrIpv6;
    const int prefix = block ? spec.cidr.prefix_length() + (spec.cidr.is_v4() ? 96 : 0)
                             : attribution::match_prefix(history_, spec, peer, time);
    return {-prefix, attribution::port_count(spec), attribution::label_of(history_, rule)};
  }

  using Key = std::tuple<Grade, std::int64_t, bool, IpAddress, std::string, int, int, std::string, std::string>;
  [[nodiscard]] static Key key(const Entry& entry) {
    return {entry.grade,
            -entry.counters.attempts,
            !entry.peer.has_value(),
            entry.peer.value_or(IpAddress{}),
            entry.interface_id.value_or("\x7f"),
            entry.service_port.value_or(65536),
            entry.protocol.value_or(256),
            entry.fleet.value_or("\x7f"),
            entry.instance_id.value_or("\x7f")};
  }

  [[nodiscard]] std::vector<Value> row(const Entry& entry) const {
    const auto text = [](const std::optional<std::string>& value) { return text_or_null(value.value_or("")); };
    TextList rules;
    for (const std::uint32_t rule : entry.rules) {
      const std::string label = history_.rules[rule].label(history_.groups[history_.rules[rule].group]);
      if (std::ranges::find(rules, label) == rules.end()) rules.push_back(label);
    }
    const history::EventInfo* opened =
        entry.rules.empty() ? nullptr : event_of(history_, history_.rules[entry.rules.front()].from);
    const PeerCounters& count = entry.counters;
    return {text(entry.fleet),
            text(entry.instance_id),
            text(entry.interface_id),
            text(entry.account),
            text(entry.region),
            entry.peer ? Value{entry.peer->to_string()} : Value{},
            text(entry.peer_kind),
            text(entry.peer_name),
            entry.protocol ? Value{firewall::protocol_name(*entry.protocol)} : Value{},
            entry.service_port ? Value{std::int64_t{*entry.service_port}} : Value{},
            std::string{attribution::grade_name(entry.grade)},
            count.attempts,
            count.accepted,
            count.rejected,
            count.records,
            count.bytes_in,
            count.bytes_out,
            count.packets_in,
            count.packets_out,
            format_utc(utc_from_seconds(count.first)),
            format_utc(utc_from_seconds(count.last)),
            std::move(rules),
            opened != nullptr ? text_or_null(actor_of(*opened)) : Value{},
            opened != nullptr ? Value{format_utc(opened->time)} : Value{},
            record_places(context_, entry.evidence)};
  }

  [[nodiscard]] std::string asked() const {
    std::string text;
    const auto say = [&text](std::string_view word, const std::vector<std::string>& values) {
      if (!values.empty()) text += fmt::format(" {} {}", word, some_of(values, 3));
    };
    say("on port", wanted().given("port"));
    say("of fleet", wanted().fleet);
    say("of instance", wanted().instance);
    say("of interface", wanted().interface);
    say("in group", wanted().group);
    return text;
  }

  [[nodiscard]] std::vector<std::string> sentences() const {
    std::map<IpAddress, Grade> best;
    std::set<IpAddress> scanners;
    for (const Entry& entry : entries_) {
      if (!entry.peer) continue;
      const auto [place, added] = best.try_emplace(*entry.peer, entry.grade);
      if (!added) place->second = std::min(place->second, entry.grade);
      if (entry.peer_kind == "scanner") scanners.insert(*entry.peer);
    }
    if (entries_.empty()) return {fmt::format("Nothing was seen{}.", asked())};
    if (best.empty()) return {fmt::format("{} of traffic{}.", counted(std::ssize(entries_), "row"), asked())};
    std::map<Grade, std::int64_t> peers;
    for (const auto& [peer, grade] : best) ++peers[grade];
    return {
        fmt::format("{} got a session{}; {} tried.", counted(peers[Grade::kSession], "peer"), asked(), best.size()),
        fmt::format("Best result per peer: {} session, {} handshake, {} probe, {} rejected, {} of unknown direction. "
                    "{} behave as scanners or are listed as such.",
                    peers[Grade::kSession], peers[Grade::kHandshake], peers[Grade::kProbe], peers[Grade::kRejected],
                    peers[Grade::kUnknown], scanners.size())};
  }

  /// Proposes, for each world-open rule that let sessions in, one rule per peer that really used it.
  void remedies(Answer& answer) const {
    std::map<std::uint32_t, std::set<IpAddress>> users;
    for (const Entry& entry : entries_) {
      const bool use = entry.grade == Grade::kSession || entry.grade == Grade::kHandshake;
      if (!use || !entry.peer || entry.peer_kind == "scanner") continue;
      for (const std::uint32_t rule : entry.rules) users[rule].insert(*entry.peer);
    }
    for (const auto& [rule, peers] : users) {
      const history::Rule& wide = history_.rules[rule];
      const bool narrowable = (wide.spec.source_kind == firewall::SourceKind::kCidrIpv4 ||
                               wide.spec.source_kind == firewall::SourceKind::kCidrIpv6) &&
                              wide.spec.cidr.prefix_length() < (wide.spec.cidr.is_v4() ? 24 : 64) && peers.size() <= 20;
      if (narrowable && !wide.valid.to) {
        answer.remedies.push_back(narrow_rule(history_, rule, {peers.begin(), peers.end()}));
      }
    }
  }

  struct Unexplained {
    std::int64_t count = 0, accepted = 0;
    std::string example;
  };

  const Context& context_;
  const ingest::Evidence& evidence_;
  const history::History& history_;
  std::vector<Entry> entries_;
  std::map<std::string, Unexplained> unexplained_;
  std::int64_t unknown_records_ = 0, unknown_keys_ = 0;
};

Answer answer_access(const Context& context) {
  return Access{context}.answer();
}

bool keeps_peer(const Parameters& parameters, const ingest::Evidence& evidence, const Peer& peer,
                const attribution::Owner& owner) {
  return PeerFilter{parameters, evidence}.wants(peer, owner);
}

}  // namespace

Question access_question() {
  Question question;
  question.name = "access";
  question.title = "Who tried to reach my fleet, how often, and through which rule";
  question.about =
      "One row per instance, interface, peer, protocol and service port, for connections that the peer opened.\n"
      "grade tells what the peer got: session (data both ways), handshake, probe (nobody answered, or with a\n"
      "reset), rejected, unknown (it cannot be told who opened the connection).";
  question.counting =
      "Grades come from the flow records of both directions of a conversation, rules from the groups that the\n"
      "interface carried at each record's start. Scanners are told by behaviour, over every interface read; the list "
      "of\n"
      "scanners only names them. See docs/how-it-counts.md.";
  question.examples = {"flowtrail investigate access --fleet payment --port 22 demo",
                       "flowtrail investigate access --by fleet --last 24h demo"};
  question.parameters = {"fleet",    "instance", "interface", "group", "port",
                         "protocol", "account",  "region",    "by",    "scanner-targets"};
  question.columns = access_columns();
  question.shown = {{"fleet", ""},
                    {"peer_address", "peer"},
                    {"peer_kind", "kind", "peer_name", " "},
                    {"service_port", "port"},
                    {"grade", ""},
                    {"attempts", "tries"},
                    {"last", ""},
                    {"rules", ""}};
  question.fail_words = {
      {"grade", {"session", "handshake", "probe", "rejected", "unknown"}},
      {"peer_kind", {"self", "group-member", "health-check", "aws-service", "scanner", "private", "public"}}};
  question.sql = kAccessSql;
  question.window = Question::Window::kFlows;
  question.keeps_peer = keeps_peer;
  question.answer = answer_access;
  return question;
}

}  // namespace flowtrail::investigate
