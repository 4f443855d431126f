// `access`: who tried to reach my fleet, how often, through which rule; who had opened it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "attribution/rule_cover.h"
#include "base/name_match.h"
#include "base/sort_key.h"
#include "base/sorted_records.h"
#include "investigate/access_rows.h"
#include "investigate/cells.h"
#include "investigate/question.h"
#include "investigate/remedy.h"

namespace flowtrail::investigate {
extern const std::string_view kAccessSql;

namespace {

using attribution::Grade;
using attribution::Peer;

/// What the sentences and the remedies say, counted row by row.
class Summary {
 public:
  explicit Summary(const Context& context) : history_(context.evidence.history), addresses_(context.spill) {}

  [[nodiscard]] Status add(const Entry& entry) {
    ++rows_;
    if (!entry.peer) return {};
    const bool scanner = entry.peer_kind == "scanner";
    if (!scanner && (entry.grade == Grade::kSession || entry.grade == Grade::kHandshake)) note_user(entry);
    key_.clear();
    key_.put(*entry.peer);
    const std::array<std::byte, 2> found{static_cast<std::byte>(entry.grade), static_cast<std::byte>(scanner)};
    return addresses_.add(key_.bytes(), found);
  }

  [[nodiscard]] std::uint64_t rows() const { return rows_; }

  /// The answer in words; `asked` tells what was asked for. Call once, at the end. Errors: kIo.
  [[nodiscard]] Result<std::vector<std::string>> sentences(const std::string& asked) {
    if (rows_ == 0) return std::vector{fmt::format("Nothing was seen{}.", asked)};
    FT_TRY(const Peers peers, count_peers());
    if (peers.all == 0) {
      return std::vector{fmt::format("{} of traffic{}.", counted(static_cast<std::int64_t>(rows_), "row"), asked)};
    }
    const auto of = [&peers](Grade grade) { return peers.by_best_grade[static_cast<std::size_t>(grade)]; };
    return std::vector{
        fmt::format("{} got a session{}; {} tried.", counted(of(Grade::kSession), "peer"), asked, peers.all),
        fmt::format("Best result per peer: {} session, {} handshake, {} probe, {} rejected, {} of unknown direction. "
                    "{} behave as scanners or are listed as such.",
                    of(Grade::kSession), of(Grade::kHandshake), of(Grade::kProbe), of(Grade::kRejected),
                    of(Grade::kUnknown), peers.scanners)};
  }

  /// Proposes, for each world-open rule that let sessions in, one rule per peer that really used it.
  [[nodiscard]] std::vector<Remedy> remedies() const {
    std::vector<Remedy> remedies;
    for (const auto& [rule, users] : users_) {
      if (users.size() <= kMostUsers) remedies.push_back(narrow_rule(history_, rule, {users.begin(), users.end()}));
    }
    return remedies;
  }

 private:
  static constexpr std::size_t kMostUsers = 20;  // more cannot be told one by one

  struct Peers {
    std::int64_t all = 0, scanners = 0;
    std::array<std::int64_t, 5> by_best_grade{};
  };

  void note_user(const Entry& entry) {
    for (const std::uint32_t rule : entry.rules) {
      if (!narrowable(history_.rules[rule])) continue;
      std::set<IpAddress>& users = users_[rule];
      if (users.size() <= kMostUsers) users.insert(*entry.peer);
    }
  }

  [[nodiscard]] static bool narrowable(const history::Rule& rule) {
    const firewall::SourceKind kind = rule.spec.source_kind;
    const bool block = kind == firewall::SourceKind::kCidrIpv4 || kind == firewall::SourceKind::kCidrIpv6;
    return block && rule.spec.cidr.prefix_length() < (rule.spec.cidr.is_v4() ? 24 : 64) && !rule.valid.to;
  }

  Result<Peers> count_peers() {
    std::vector<RecordSorter> parts;
    parts.push_back(std::move(addresses_));
    const SortedRecords sorted{std::move(parts)};
    SortedRecords::Cursor cursor = sorted.open();
    Peers peers;
    std::vector<std::byte> address;  // whose rows are being read
    auto best = Grade::kUnknown;
    bool scanner = false;
    const auto count = [&] {
      if (address.empty()) return;
      ++peers.all;
      ++peers.by_best_grade[static_cast<std::size_t>(best)];
      peers.scanners += scanner ? 1 : 0;
    };
    for (;;) {
      FT_TRY(const SortedRecords::Record* const record, cursor.next());
      if (record == nullptr) break;
      if (!std::ranges::equal(record->key, address)) {
        count();
        address.assign(record->key.begin(), record->key.end());
        best = Grade::kUnknown;
        scanner = false;
      }
      best = std::min(best, static_cast<Grade>(record->value[0]));
      scanner = scanner || record->value[1] != std::byte{0};
    }
    count();
    return peers;
  }

  const history::History& history_;
  std::uint64_t rows_ = 0;
  RecordSorter addresses_;  // of rows with one peer; with the grade, and whether it is a scanner
  SortKey key_;
  std::map<std::uint32_t, std::set<IpAddress>> users_;  // of rules; one more than the most where there are more
};

class Access {
 public:
  explicit Access(const Context& context)
      : context_(context), evidence_(context.evidence), history_(context.evidence.history), summary_(context) {}

  Result<Answer> answer() {
    Answer answer;
    const bool by_peer = wanted().by == "peer";
    if (evidence_.attribution) FT_CHECK(collect(by_peer));
    warn(answer);
    if (by_peer) {
      answer.rows =
          evidence_.attribution ? access_rows(context_, summary_.rows()) : output::rows_of({access_columns(), {}});
    } else {
      FT_TRY(answer.rows, merged_rows());
    }
    FT_TRY(answer.sentences, summary_.sentences(asked()));
    answer.remedies = summary_.remedies();
    return answer;
  }

 private:
  [[nodiscard]] const Parameters& wanted() const { return context_.parameters; }

  [[nodiscard]] Status collect(bool by_peer) {
    AccessCursor cursor{wanted(), evidence_};
    for (;;) {
      FT_TRY(const AccessCursor::Found* const found, cursor.next());
      if (found == nullptr) return {};
      const Peer& peer = *found->peer;
      if (peer.direction == attribution::ConnectionDirection::kUnknown) {
        unknown_records_ += peer.counters.records;
        ++unknown_keys_;
      }
      if (!found->listed) continue;
      if (peer.unexplained > 0 && found->entry.grade != Grade::kUnknown) explain(*found);
      if (by_peer) {
        FT_CHECK(summary_.add(found->entry));
      } else {
        merge(found->entry);
      }
    }
  }

  /// Why no known rule admits what was accepted: the likeliest of the reasons the logs can tell.
  void explain(const AccessCursor::Found& found) {
    const Peer& peer = *found.peer;
    const std::optional<std::uint32_t> interface = found.interface;
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
    Unexplained::Example example{found.entry.interface_id, peer.direction, peer.address, peer.protocol,
                                 peer.service_port,        peer.owner};
    if (unexplained.count > 1 && unexplained.least <= example) return;
    unexplained.least = std::move(example);
    unexplained.example = fmt::format("{} {} -> {} port {}", found.entry.interface_id, peer.address.to_string(),
                                      firewall::protocol_name(peer.protocol), peer.service_port);
    if (peer.evidence.size > 0 && peer.evidence.first[0].place.object < evidence_.inventory.objects.size()) {
      unexplained.example += ", " + ingest::place_text(evidence_.inventory, peer.evidence.first[0].place);
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
    const std::string_view type = history_.interfaces[interface].type;
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
    std::set<std::string_view> speaking;
    for (const attribution::Owner& owner : evidence_.attribution->owners) speaking.insert(owner.instance_id);
    std::map<std::string, std::vector<std::string>> silent;  // reason -> instances
    for (std::uint32_t i = 0; i < history_.instances.size(); ++i) {
      const history::Instance& instance = history_.instances[i];
      if (!instance.life.overlaps(context_.window) || speaking.contains(instance.instance_id) || !of_fleet(i)) continue;
      if (const auto reason = silence_of(i)) silent[*reason].emplace_back(instance.instance_id);
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

  void merge(const Entry& entry) {
    const std::string_view instance = wanted().by == "instance" ? entry.instance_id : std::string_view{};
    const auto [place, added] = places_.try_emplace({entry.fleet, instance}, merged_.size());
    if (added) {
      merged_.push_back({entry, *entry.peer});
    } else {
      merge_into(merged_[place->second].entry, entry);
    }
  }

  [[nodiscard]] Result<std::unique_ptr<const output::Rows>> merged_rows() {
    for (Merged& merged : merged_) {
      std::ranges::stable_sort(merged.entry.rules, {}, [&](std::uint32_t rule) {
        return narrowness(rule, merged.first_peer, utc_from_seconds(merged.entry.counters.first));
      });
    }
    std::ranges::stable_sort(merged_, {}, [](const Merged& merged) { return key(merged.entry); });
    output::Table table{access_columns(), {}};
    for (const Merged& merged : merged_) {
      FT_CHECK(summary_.add(merged.entry));
      put_cells(evidence_, context_.detail, merged.entry, table.rows.emplace_back());
    }
    return output::rows_of(std::move(table));
  }

  static void merge_into(Entry& sum, const Entry& more) {
    const auto keep_common = [](auto& value, const auto& other) {
      if (value != other) value = {};
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

  using Key =
      std::tuple<Grade, std::int64_t, bool, IpAddress, std::string_view, int, int, std::string_view, std::string_view>;
  [[nodiscard]] static Key key(const Entry& entry) {
    const auto or_last = [](std::string_view text) { return text.empty() ? std::string_view{"\x7f"} : text; };
    return {entry.grade,
            -entry.counters.attempts,
            !entry.peer.has_value(),
            entry.peer.value_or(IpAddress{}),
            or_last(entry.interface_id),
            entry.service_port.value_or(65536),
            entry.protocol.value_or(256),
            or_last(entry.fleet),
            or_last(entry.instance_id)};
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

  struct Unexplained {
    using Example = std::tuple<std::string_view, attribution::ConnectionDirection, IpAddress, int, int, std::uint32_t>;
    std::int64_t count = 0, accepted = 0;
    Example least;  // of which the example tells
    std::string example;
  };
  struct Merged {
    Entry entry;
    IpAddress first_peer;  // of its first row
  };

  const Context& context_;
  const ingest::Evidence& evidence_;
  const history::History& history_;
  Summary summary_;
  std::vector<Merged> merged_;
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> places_;  // of fleet and instance in `merged_`
  std::map<std::string, Unexplained> unexplained_;
  std::int64_t unknown_records_ = 0, unknown_keys_ = 0;
};

Result<Answer> answer_access(const Context& context) {
  return Access{context}.answer();
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
  question.keeps_peer = wants_peer;
  question.peer_order = attribution::PeerOrder::kSuccess;
  question.answer = answer_access;
  return question;
}

}  // namespace flowtrail::investigate
