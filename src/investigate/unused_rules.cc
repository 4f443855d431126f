// `unused-rules`: rules that nobody used, with verdict, coverage and reason; noise told apart from use.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "attribution/verdict.h"
#include "base/name_match.h"
#include "base/threads.h"
#include "investigate/cells.h"
#include "investigate/question.h"
#include "investigate/remedy.h"

namespace flowtrail::investigate {
extern const std::string_view kUnusedRulesSql;

namespace {

using attribution::RuleUsage;
using attribution::RuleVerdict;
using attribution::Verdict;
using output::Decimal;
using output::TextList;
using output::Value;

std::vector<output::Column> unused_rules_columns() {
  return {
      {"rule_id", "varchar", "", "sgr- id, else group and text of the rule"},
      {"group_id", "varchar", "", "security group"},
      {"group_name", "varchar", "", "its name"},
      {"account_id", "varchar", "", "account"},
      {"region", "varchar", "", "region"},
      {"direction", "varchar", "", "ingress or egress"},
      {"protocol", "varchar", "", "tcp, udp, icmp, icmpv6, all or the IANA number"},
      {"from_port", "bigint", "", "first port, or ICMP type; NULL for all or none"},
      {"to_port", "bigint", "", "last port, or ICMP code; NULL for all or none"},
      {"source_kind", "varchar", "", "cidr_ipv4, cidr_ipv6, prefix_list or group"},
      {"source", "varchar", "", "block, list or group"},
      {"valid_from", "timestamp", "", "in force from; NULL: before the logs"},
      {"valid_to", "timestamp", "", "in force until; NULL: still in force"},
      {"added_by", "varchar", "", "who added it"},
      {"added_at", "timestamp", "", "when"},
      {"added_via", "varchar", "", "console, cli, sdk, terraform, cloudformation or service:NAME"},
      {"verdict", "varchar", "",
       "never-attached, insufficient-coverage, not-observable, shadowed, used, noise-only or no-hits"},
      {"sole_hits", "bigint", "records", "accepted records that only this rule admits"},
      {"shared_hits", "bigint", "records", "accepted records that other rules admit too"},
      {"sessions", "bigint", "peer keys", "with a session"},
      {"handshakes", "bigint", "peer keys", "with a handshake"},
      {"probes", "bigint", "peer keys", "that nobody answered"},
      {"scanner_sessions", "bigint", "peer keys", "sessions of scanners"},
      {"peers", "bigint", "addresses", "distinct peers with a hit"},
      {"bytes", "bigint", "bytes", "of the hits"},
      {"first_hit", "timestamp", "", "least start of a hit"},
      {"last_hit", "timestamp", "", "greatest end of a hit"},
      {"days_since_hit", "bigint", "days", "whole days from the last hit to the window's end"},
      {"interfaces", "bigint", "interfaces", "that carried the group while the rule was in force"},
      {"observed_hours", "double", "hours", "interface-hours in force with logging alive"},
      {"expected_hours", "double", "hours", "interface-hours in force"},
      {"coverage", "double", "", "observed / expected"},
      {"unused_ports", "array(varchar)", "", "ports of a used rule without a session or handshake"},
      {"unused_sources", "array(varchar)", "", "largest blocks of a used rule's source without one"},
      {"wider_rules", "array(varchar)", "", "rules that cover this one and were in force with it"},
      {"why", "varchar", "", "the verdict in words"},
      {"evidence", "array(varchar)", "", "object key and line of the first three hits; else what proves the rule"},
  };
}

struct Entry {
  std::uint32_t rule = 0;
  std::string label;
  RuleVerdict verdict;
};

class UnusedRules {
 public:
  explicit UnusedRules(const Context& context) : context_(context), history_(context.evidence.history) {}

  Answer answer() {
    Answer answer;
    output::Table table;
    table.columns = unused_rules_columns();
    if (!context_.evidence.attribution) return answer;
    judge_rules();
    std::ranges::stable_sort(entries_, [this](const Entry& a, const Entry& b) { return key(a) < key(b); });
    table.rows.resize(entries_.size());
    for_each_on_threads(thread_count(0), entries_.size(),
                        [&](unsigned, std::size_t i) { table.rows[i] = row(entries_[i]); });
    for (const Entry& entry : entries_) {
      if (context_.shown.remedies && removable(entry))
        answer.remedies.push_back(remove_rule(history_, entry.rule, remedy_text(entry)));
    }
    answer.rows = output::rows_of(std::move(table));
    answer.sentences = sentences();
    return answer;
  }

 private:
  void judge_rules() {
    const Parameters& wanted = context_.parameters;
    std::vector<std::uint32_t> rules;
    for (std::uint32_t index = 0; index < history_.rules.size(); ++index) {
      const history::Rule& rule = history_.rules[index];
      if (rule.valid.overlaps(context_.window) && wants(rule)) rules.push_back(index);
    }
    const unsigned threads = thread_count(0);
    std::vector<attribution::RuleJudge> judges(
        threads, attribution::RuleJudge{history_, *context_.evidence.attribution, wanted.min_coverage,
                                        wanted.min_observed.count()});
    std::vector<Entry> judged(rules.size());
    for_each_on_threads(threads, rules.size(), [&](unsigned thread, std::size_t i) {
      judged[i] = {rules[i], attribution::label_of(history_, rules[i]), judges[thread].judge(rules[i])};
    });
    for (Entry& entry : judged) {
      ++counts_[entry.verdict.verdict];
      if (wanted.all || entry.verdict.verdict != Verdict::kUsed) entries_.push_back(std::move(entry));
    }
  }

  [[nodiscard]] bool wants(const history::Rule& rule) const {
    const Parameters& wanted = context_.parameters;
    const history::Group& group = history_.groups[rule.group];
    const bool all_protocols = rule.spec.protocol == firewall::kAllProtocols;
    if (!wants_group(wanted, group) || !matches_any(wanted.account, group.account) ||
        !matches_any(wanted.region, group.region) || !(all_protocols || wanted.wants_protocol(rule.spec.protocol))) {
      return false;
    }
    const bool of_port = wanted.ports.empty() || all_protocols ||
                         (rule.spec.has_ports() && wanted.wants_ports(rule.spec.from_port, rule.spec.to_port));
    return of_port && (!filters_interfaces(wanted) || carried_by_wanted_interface(rule));
  }

  [[nodiscard]] bool carried_by_wanted_interface(const history::Rule& rule) const {
    return std::ranges::any_of(carriers(rule), [this](const history::Membership* membership) {
      const UtcSeconds start = membership->valid.from.value_or(*context_.window.from);
      return wants_interface(context_, membership->interface, std::max(start, *context_.window.from));
    });
  }

  /// Attachments of the rule's group that meet the rule's life inside the window.
  [[nodiscard]] std::vector<const history::Membership*> carriers(const history::Rule& rule) const {
    Interval life = context_.window;
    if (rule.valid.from) life.from = std::max(*life.from, *rule.valid.from);
    if (rule.valid.to) life.to = std::min(*life.to, *rule.valid.to);
    std::vector<const history::Membership*> found;
    if (*life.from >= *life.to) return found;
    for (const std::uint32_t index : history_.memberships_of_group(rule.group)) {
      if (history_.memberships[index].valid.overlaps(life)) found.push_back(&history_.memberships[index]);
    }
    return found;
  }

  [[nodiscard]] const RuleUsage& usage(const Entry& entry) const {
    static const RuleUsage kNone;
    const auto& rules = context_.evidence.attribution->rules;
    return entry.rule < rules.size() ? rules[entry.rule] : kNone;
  }

  using Key = std::tuple<Verdict, std::int64_t, std::string_view, std::string_view, std::int64_t>;
  [[nodiscard]] Key key(const Entry& entry) const {
    const history::Rule& rule = history_.rules[entry.rule];
    return {entry.verdict.verdict, usage(entry).sole_hits + usage(entry).shared_hits,
            history_.groups[rule.group].group_id, entry.label,
            rule.valid.from ? to_seconds(*rule.valid.from) : std::numeric_limits<std::int64_t>::min()};
  }

  [[nodiscard]] static Value hours(std::int64_t seconds) { return Decimal{static_cast<double>(seconds) / 3600, 2}; }

  [[nodiscard]] std::vector<Value> row(const Entry& entry) const {
    const history::Rule& rule = history_.rules[entry.rule];
    const history::Group& group = history_.groups[rule.group];
    const RuleVerdict& verdict = entry.verdict;
    const RuleUsage& used = usage(entry);
    const history::EventInfo* added = event_of(history_, rule.from);
    std::set<std::uint32_t> interfaces;
    for (const history::Membership* membership : carriers(rule)) interfaces.insert(membership->interface);
    TextList wider;
    for (const std::uint32_t index : verdict.wider_rules) wider.push_back(attribution::label_of(history_, index));
    const auto list = [](const std::optional<TextList>& texts) { return texts ? Value{*texts} : Value{}; };
    return {entry.label,
            text_or_null(group.group_id),
            text_or_null(group.name),
            text_or_null(group.account),
            text_or_null(group.region),
            std::string{firewall::direction_name(rule.spec.direction)},
            firewall::protocol_name(rule.spec.protocol),
            port_or_null(rule.spec.from_port),
            port_or_null(rule.spec.to_port),
            std::string{firewall::source_kind_name(rule.spec.source_kind)},
            rule.spec.source_text(),
            time_or_null(rule.valid.from),
            time_or_null(rule.valid.to),
            added != nullptr ? text_or_null(actor_of(*added)) : Value{},
            added != nullptr ? Value{format_utc(added->time)} : Value{},
            added != nullptr ? text_or_null(added->via) : Value{},
            std::string{attribution::verdict_name(verdict.verdict)},
            used.sole_hits,
            used.shared_hits,
            used.sessions,
            used.handshakes,
            used.probes,
            used.scanner_sessions,
            used.peers,
            used.bytes,
            seconds_or_null(used.first_hit),
            seconds_or_null(used.last_hit),
            used.last_hit ? Value{whole_days(utc_from_seconds(*used.last_hit), *context_.window.to)} : Value{},
            static_cast<std::int64_t>(interfaces.size()),
            hours(verdict.observed_seconds),
            hours(verdict.expected_seconds),
            verdict.coverage ? Value{Decimal{*verdict.coverage, 4}} : Value{},
            list(verdict.unused_ports),
            list(verdict.unused_sources),
            std::move(wider),
            why(entry),
            evidence_of(entry)};
  }

  /// The verdict's sentence, and for a used rule the blocks that would have been enough.
  [[nodiscard]] std::string why(const Entry& entry) const {
    std::string text = entry.verdict.why;
    const history::Rule& rule = history_.rules[entry.rule];
    const bool proposes = !entry.verdict.proposal.empty() && text.find("would") == std::string::npos &&
                          !(entry.verdict.proposal.size() == 1 && entry.verdict.proposal.front() == rule.spec.cidr);
    if (!proposes) return text;
    std::vector<std::string> blocks;
    for (const Cidr& block : entry.verdict.proposal) blocks.push_back(block.to_string());
    return fmt::format("{} These would have admitted all of it: {}", text, fmt::join(blocks, ", "));
  }

  [[nodiscard]] TextList evidence_of(const Entry& entry) const {
    TextList evidence = record_places(context_.evidence.inventory, context_.detail, usage(entry).evidence);
    if (evidence.empty() || context_.detail == EvidenceDetail::kAll) {
      add_proof(context_, history_.rules[entry.rule].from, evidence);
      add_proof(context_, history_.rules[entry.rule].to, evidence);
    }
    return evidence;
  }

  /// Still in force, and the logs give a reason to think that nobody would miss it.
  [[nodiscard]] bool removable(const Entry& entry) const {
    const Verdict verdict = entry.verdict.verdict;
    const bool spare = verdict == Verdict::kNeverAttached || verdict == Verdict::kShadowed ||
                       verdict == Verdict::kNoiseOnly || verdict == Verdict::kNoHits;
    const auto& valid = history_.rules[entry.rule].valid;
    const auto& life = history_.groups[history_.rules[entry.rule].group].life;
    return spare && !valid.to && !life.to;
  }

  [[nodiscard]] std::string remedy_text(const Entry& entry) const {
    const history::Rule& rule = history_.rules[entry.rule];
    return fmt::format("{}: {} of {} is {}", entry.label, rule.spec.to_string(), history_.groups[rule.group].group_id,
                       attribution::verdict_name(entry.verdict.verdict));
  }

  [[nodiscard]] std::vector<std::string> sentences() const {
    std::int64_t total = 0;
    std::string text;
    for (const auto& [verdict, count] : counts_) {
      total += count;
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, attribution::verdict_name(verdict));
    }
    if (total == 0) return {"No rule was in force in the window."};
    std::int64_t removable_rules = std::ranges::count_if(entries_, [this](const Entry& e) { return removable(e); });
    return {fmt::format("Of {}: {}.", counted(total, "rule"), text),
            fmt::format("{} in force could go, as far as these logs tell.", counted(removable_rules, "rule"))};
  }

  const Context& context_;
  const history::History& history_;
  std::vector<Entry> entries_;
  std::map<Verdict, std::int64_t> counts_;
};

Result<Answer> answer_unused_rules(const Context& context) {
  return UnusedRules{context}.answer();
}

}  // namespace

Question unused_rules_question() {
  Question question;
  question.name = "unused-rules";
  question.title = "Rules that nobody used, with verdict, coverage and reason";
  question.about =
      "One row per version of a rule in force at any time in the window; by default those that are not used (--all "
      "for\n"
      "every one). Verdicts, the first that holds: never-attached, insufficient-coverage, not-observable (serves what\n"
      "flow logs omit), shadowed (other rules admit all of it), used, noise-only (probes and scanners), no-hits.";
  question.counting =
      "A hit is an accepted record from the initiator, credited to every rule in force on the interface that admits\n"
      "it. Replies count for the rule that admitted the initiator. coverage is the share of the interface-hours in "
      "force\n"
      "with logging alive. See docs/how-it-counts.md.";
  question.examples = {"flowtrail investigate unused-rules demo",
                       "flowtrail investigate unused-rules --min-observed 3d --remediation cli demo"};
  question.parameters = {"group",    "port",      "protocol",     "account",      "region",          "fleet",
                         "instance", "interface", "min-coverage", "min-observed", "scanner-targets", "all"};
  question.columns = unused_rules_columns();
  question.shown = {{"rule_id", "rule"},
                    {"group_name", "group"},
                    {"direction", "dir"},
                    {"protocol", "proto"},
                    {"from_port", "ports", "to_port", "-"},
                    {"source", ""},
                    {"verdict", ""},
                    {"sole_hits", "sole"},
                    {"shared_hits", "shared"},
                    {"coverage", "cover"}};
  question.fail_words = {
      {"verdict",
       {"never-attached", "insufficient-coverage", "not-observable", "shadowed", "used", "noise-only", "no-hits"}}};
  question.sql = kUnusedRulesSql;
  question.window = Question::Window::kFlows;
  question.answer = answer_unused_rules;
  return question;
}

}  // namespace flowtrail::investigate
