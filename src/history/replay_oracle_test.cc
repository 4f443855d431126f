// The interval history against a plain replay of sets, on random accounts. The plain replay keeps no intervals: for
// each moment asked about it starts again from the first event.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "history/test_account.h"

namespace flowtrail::history {
namespace {

constexpr unsigned kAccounts = 220;
constexpr int kMoments = 12;  // asked about, per account
using Facts = std::set<std::string>;

std::string rule_line(const std::string& group, const RuleSpec& spec) {
  return group + " " + spec.to_string();
}

std::vector<ReplayEvent> in_order(std::vector<ReplayEvent> events) {
  std::ranges::sort(events, {}, [](const ReplayEvent& e) { return std::tuple(e.info.time, e.tie_rank, e.info.place); });
  return events;
}

/// What is in force at `time`, by looking at every event (in order) again.
Facts plain_replay(const std::vector<ReplayEvent>& events, UtcSeconds time) {
  std::map<std::string, std::map<std::string, RuleSpec>> rules;  // group -> id, else text -> rule
  std::map<std::string, std::set<std::string>> members;          // interface -> groups
  std::set<std::string> heard_of;
  Facts before_all;
  for (const ReplayEvent& event : events) {
    const bool past = event.info.time <= time;
    if (event.failed) continue;
    const cloudtrail::Change& change = event.changes.at(0);
    if (const auto* created = std::get_if<cloudtrail::GroupCreated>(&change); created != nullptr) {
      heard_of.insert(rule_line(created->group_id, all_out()));
      if (past) rules[created->group_id]["out"] = all_out();
    } else if (const auto* deleted = std::get_if<cloudtrail::GroupDeleted>(&change); deleted != nullptr) {
      if (past) rules.erase(deleted->group.id);
    } else if (const auto* added = std::get_if<cloudtrail::RulesAuthorized>(&change); added != nullptr) {
      for (const auto& item : added->rules) {
        heard_of.insert(rule_line(added->group.id, *item.spec));
        if (past) rules[added->group.id][item.rule_id] = *item.spec;
      }
    } else if (const auto* revoked = std::get_if<cloudtrail::RulesRevoked>(&change); revoked != nullptr) {
      for (const auto& item : revoked->rules) {
        if (heard_of.insert(rule_line(revoked->group.id, *item.spec)).second && !past) {
          before_all.insert(rule_line(revoked->group.id, *item.spec));
        }
        if (!past) continue;
        std::erase_if(rules[revoked->group.id], [&](const auto& one) { return one.second.same_as(*item.spec); });
      }
    } else if (const auto* modified = std::get_if<cloudtrail::RulesModified>(&change); modified != nullptr) {
      for (const auto& item : modified->rules) {
        heard_of.insert(rule_line(modified->group.id, *item.spec));
        if (past) rules[modified->group.id][item.rule_id] = *item.spec;
      }
    } else if (const auto* made = std::get_if<cloudtrail::InterfaceCreated>(&change); made != nullptr) {
      if (past)
        members[made->interface.interface_id] = {made->interface.groups->begin(), made->interface.groups->end()};
    } else if (const auto* set = std::get_if<cloudtrail::InterfaceGroupsSet>(&change); set != nullptr) {
      if (past) members[set->interface_id] = {set->groups.begin(), set->groups.end()};
    } else if (const auto* gone = std::get_if<cloudtrail::InterfaceDeleted>(&change); gone != nullptr) {
      if (past) members.erase(gone->interface_id);
    }
  }
  Facts facts = before_all;
  for (const auto& [group, by_id] : rules) {
    for (const auto& [id, spec] : by_id) facts.insert(rule_line(group, spec));
  }
  for (const auto& [interface, groups] : members) {
    for (const std::string& group : groups) facts.insert(interface + " in " + group);
  }
  return facts;
}

Facts rules_at(const History& history, UtcSeconds time) {
  Facts facts;
  for (std::uint32_t group = 0; group < history.groups.size(); ++group) {
    for (const std::uint32_t i : history.rules_of_group(group)) {
      if (!history.rules[i].valid.contains(time)) continue;
      const bool fresh = facts.insert(rule_line(history.groups[group].group_id, history.rules[i].spec)).second;
      EXPECT_TRUE(fresh) << "two versions of one rule at once: " << history.rules[i].spec.to_string();
    }
  }
  return facts;
}

Facts facts_at(const History& history, UtcSeconds time) {
  Facts facts = rules_at(history, time);
  for (const Membership& membership : history.memberships) {
    if (!membership.valid.contains(time)) continue;
    facts.insert(std::string(history.interfaces[membership.interface].interface_id) + " in " +
                 history.groups[membership.group].group_id);
  }
  return facts;
}

/// A random account that really could have happened: what it writes to the log, it did.
class RandomAccount {
 public:
  struct Options {
    bool modifies = true;
    bool old_groups = true;  // groups and rules older than the log
  };
  RandomAccount(unsigned seed, Options options) : options_(options), random_(seed) {
    if (options_.old_groups) {
      for (int i = 0; i < 2; ++i) {
        Group& group = groups_[new_id("sg-0ld")];
        for (int k = 0; k < 3; ++k) group.rules[new_id("sgr-")] = random_rule();
        remove_equal(group);
      }
    }
    for (int step = 0; step < 60; ++step) {
      const int pause = pick(4);
      if (pause > 0) {
        time_ += pause;
        touched_.clear();
      }
      act();
    }
    std::ranges::shuffle(account.events, random_);
  }

  Account account;
  [[nodiscard]] std::int64_t end() const { return time_; }

 private:
  struct Group {
    std::map<std::string, RuleSpec> rules;
  };

  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  std::string new_id(const std::string& prefix) { return fmt::format("{}{:03}", prefix, ++last_id_); }

  RuleSpec random_rule() {
    static const std::vector<std::string> kSources = {"10.0.0.0/8", "0.0.0.0/0", "::/0", "pl-1", "192.0.2.7/32"};
    const auto direction = pick(4) == 0 ? Direction::kEgress : Direction::kIngress;
    static constexpr int kPorts[] = {22, 80, 443};
    const int port = kPorts[pick(3)];
    return rule(direction, 6, port, port, kSources[static_cast<std::size_t>(pick(5))]);
  }
  static bool has(const Group& group, const RuleSpec& spec) {
    return std::ranges::any_of(group.rules, [&](const auto& one) { return one.second.same_as(spec); });
  }
  static void remove_equal(Group& group) {
    Group result;
    for (const auto& [id, spec] : group.rules) {
      if (!has(result, spec)) result.rules[id] = spec;
    }
    group = result;
  }
  /// At most one change of one thing in one second: what the tie order cannot tell is left to its own tests.
  bool touch(const std::string& what) { return touched_.insert(what).second; }

  void act() {
    const int what = pick(12);
    if (groups_.empty() || what == 0) {
      const std::string id = new_id("sg-");
      groups_[id].rules["out"] = all_out();
      touch(id);
      account.create(time_, create(id, id));
      return;
    }
    auto chosen = std::next(groups_.begin(), pick(static_cast<int>(groups_.size())));
    if (what <= 4) add_rule(chosen->first, chosen->second);
    if (what == 5 || what == 6) drop_rule(chosen->first, chosen->second);
    if (what == 7 && options_.modifies) change_rule(chosen->first, chosen->second);
    if (what == 8 && pick(3) == 0 && members_.empty() && touched_.empty()) {
      account.destroy(time_, cloudtrail::GroupDeleted{group_name(chosen->first)});
      time_ += 1;
      groups_.erase(chosen);
      return;
    }
    if (what == 9) add_failed_call(chosen->first);
    if (what >= 10) change_interfaces();
  }

  void add_rule(const std::string& id, Group& group) {
    const RuleSpec spec = random_rule();
    if (has(group, spec) || !touch(rule_line(id, spec))) return;
    const std::string rule_id = new_id("sgr-");
    group.rules[rule_id] = spec;
    account.add(time_, authorize(id, {item(rule_id, spec)}));
  }
  void drop_rule(const std::string& id, Group& group) {
    if (group.rules.empty()) return;
    const auto dropped = std::next(group.rules.begin(), pick(static_cast<int>(group.rules.size())));
    if (!touch(rule_line(id, dropped->second)) || touched_.contains(id)) return;
    const bool by_value = dropped->first == "out" || pick(2) == 0;
    account.remove(time_,
                   revoke(id, {item(by_value ? "" : dropped->first, dropped->second)}, dropped->second.direction));
    group.rules.erase(dropped);
  }
  void change_rule(const std::string& id, Group& group) {
    if (group.rules.empty()) return;
    const auto changed = std::next(group.rules.begin(), pick(static_cast<int>(group.rules.size())));
    RuleSpec spec = random_rule();
    spec.direction = changed->second.direction;
    if (changed->first == "out" || has(group, spec)) return;
    if (!touch(rule_line(id, changed->second)) || !touch(rule_line(id, spec))) return;
    // Modifies of rules that the log has not shown leave their past unknown; the plain replay cannot say that.
    if (!seen(changed->first)) return;
    changed->second = spec;
    account.change(time_, modify(id, {item(changed->first, spec)}));
  }
  [[nodiscard]] bool seen(const std::string& rule_id) const {
    return std::ranges::any_of(account.events, [&](const ReplayEvent& event) {
      const auto* added = std::get_if<cloudtrail::RulesAuthorized>(&event.changes[0]);
      return added != nullptr && !event.failed && added->rules[0].rule_id == rule_id;
    });
  }
  void add_failed_call(const std::string& id) {
    ReplayEvent& event = account.add(time_, authorize(id, {item("", random_rule())}));
    event.failed = true;
    event.info.error_code = "Client.InvalidPermission.Duplicate";
  }

  Lines some_groups() {
    Lines ids;
    for (const auto& [id, group] : groups_) {
      if (pick(2) == 0) ids.push_back(id);
    }
    return ids;
  }
  void change_interfaces() {
    if (members_.size() < 3) {
      const std::string id = new_id("eni-");
      members_.insert(id);
      touch(id);
      account.create(time_, cloudtrail::InterfaceCreated{interface_with(id, some_groups())});
      return;
    }
    const auto chosen = std::next(members_.begin(), pick(static_cast<int>(members_.size())));
    if (!touch(*chosen)) return;
    if (pick(3) > 0) {
      account.change(time_, cloudtrail::InterfaceGroupsSet{*chosen, some_groups()});
    } else {
      account.destroy(time_, cloudtrail::InterfaceDeleted{*chosen});
      members_.erase(chosen);
    }
  }

  Options options_;
  std::mt19937 random_;
  std::int64_t time_ = 1;
  int last_id_ = 0;
  std::map<std::string, Group> groups_;
  std::set<std::string> members_, touched_;
};

/// A listing of everything in force at `time`, as the plain replay of the whole log has it.
void add_listing(Account& account, const std::vector<ReplayEvent>& whole_log, std::int64_t time) {
  const History truth = replay(whole_log);
  SnapshotFacts& facts = account.snapshot(time);
  facts.lists_all_interfaces = true;
  facts.scopes = {{"111122223333", "eu-west-1"}};
  for (std::uint32_t g = 0; g < truth.groups.size(); ++g) {
    const Group& group = truth.groups[g];
    if (group.doubtful || !group.life.contains(at(time))) continue;
    ListedGroup listed;
    listed.group_id = group.group_id;
    listed.account = group.account;
    listed.region = group.region;
    listed.rules_listed = true;
    for (const std::uint32_t i : truth.rules_of_group(g)) {
      if (truth.rules[i].valid.contains(at(time))) listed.rules.push_back({truth.rules[i].spec, {}, {}});
    }
    facts.groups.push_back(listed);
  }
  for (std::uint32_t e = 0; e < truth.interfaces.size(); ++e) {
    if (!truth.interfaces[e].life.contains(at(time))) continue;
    ListedInterface listed;
    listed.description.interface_id = truth.interfaces[e].interface_id;
    listed.account = "111122223333";
    listed.region = "eu-west-1";
    listed.description.groups.emplace();
    for (const std::uint32_t m : truth.memberships_of_interface(e)) {
      if (!truth.memberships[m].valid.contains(at(time))) continue;
      listed.description.groups->push_back(truth.groups[truth.memberships[m].group].group_id);
    }
    facts.interfaces.push_back(listed);
  }
}

std::string whole_text(const History& history) {
  std::string text;
  for (const Group& group : history.groups) {
    text += fmt::format("{} {} {}\n", group.group_id, interval_text(group.life), to_seconds(group.first_known));
    for (const std::string& line : rules_text(history, group.group_id)) text += line + "\n";
  }
  for (const Rule& rule : history.rules) text += fmt::format("{} {} {}\n", rule.group, rule.from.index, rule.to.index);
  text += fmt::format("{}\n{}\n{}\n", fmt::join(memberships_text(history), "\n"),
                      fmt::join(changes_text(history), "\n"), fmt::join(attachment_changes_text(history), "\n"));
  for (const EventInfo& event : history.events) text += std::string(event.event_id) + "\n";
  for (const Contradiction& one : history.contradictions) text += one.text + "\n";
  return text;
}

TEST(ReplayOracle, IntervalsSayWhatAPlainReplayOfSetsSaysAtEveryMoment) {
  std::size_t compared = 0;
  for (unsigned seed = 1; seed <= kAccounts; ++seed) {
    const RandomAccount random(seed, {});
    const History history = random.account.replay();
    EXPECT_TRUE(history.contradictions.empty()) << "seed " << seed << ": " << history.contradictions[0].text;
    const std::vector<ReplayEvent> events = in_order(random.account.events);
    std::mt19937 moments(seed);
    for (int i = 0; i < kMoments; ++i) {
      const std::int64_t time = static_cast<std::int64_t>(moments() % static_cast<unsigned>(random.end() + 2));
      const Facts expected = plain_replay(events, at(time));
      ASSERT_EQ(facts_at(history, at(time)), expected) << "seed " << seed << " time " << time;
      compared += expected.size();
    }
  }
  EXPECT_GT(compared, 20'000U) << "the accounts are too poor to prove anything";
}

TEST(ReplayOracle, TheOrderInWhichEventsArriveDoesNotMatter) {
  for (unsigned seed = 1; seed <= kAccounts; ++seed) {
    RandomAccount random(seed, {});
    const std::string first = whole_text(random.account.replay());
    std::mt19937 shuffle(seed + 1000);
    std::ranges::shuffle(random.account.events, shuffle);
    ASSERT_EQ(whole_text(random.account.replay()), first) << "seed " << seed;
  }
}

TEST(ReplayOracle, AListingInTheMiddleOfACompleteLogChangesNothing) {
  for (unsigned seed = 1; seed <= kAccounts; ++seed) {
    RandomAccount random(seed, {.modifies = true, .old_groups = false});
    const std::string alone = whole_text(random.account.replay());
    add_listing(random.account, random.account.events, random.end() / 2);
    const History history = random.account.replay();
    ASSERT_TRUE(history.contradictions.empty()) << "seed " << seed << ": " << history.contradictions[0].text;
    ASSERT_EQ(whole_text(history), alone) << "seed " << seed;
  }
}

TEST(ReplayOracle, AListingAndTheRestOfTheLogSayWhatTheWholeLogSays) {
  std::size_t compared = 0;
  for (unsigned seed = 1; seed <= kAccounts; ++seed) {
    const RandomAccount random(seed, {.modifies = false, .old_groups = false});
    const std::int64_t log_begins = random.end() / 3;
    const std::int64_t listed = random.end() * 2 / 3;
    Account late;
    for (const ReplayEvent& event : random.account.events) {
      if (event.info.time > at(log_begins)) late.events.push_back(event);
    }
    add_listing(late, random.account.events, listed);
    const History history = late.replay();
    ASSERT_TRUE(history.contradictions.empty()) << "seed " << seed << ": " << history.contradictions[0].text;
    const History truth = random.account.replay();
    std::mt19937 moments(seed);
    for (int i = 0; i < kMoments; ++i) {
      const std::int64_t time =
          log_begins + static_cast<std::int64_t>(moments() % static_cast<unsigned>(random.end() + 2 - log_begins));
      // A group that went before the listing leaves no trace of rules that no event of the rest names.
      Facts expected = rules_at(truth, at(time));
      Facts actual = rules_at(history, at(time));
      if (time >= listed) {
        expected = facts_at(truth, at(time));
        actual = facts_at(history, at(time));
      } else {
        std::erase_if(expected, [&](const std::string& line) {
          const auto group = truth.find_group(line.substr(0, line.find(' ')));
          return truth.groups[*group].life.to && *truth.groups[*group].life.to <= at(listed);
        });
        std::erase_if(actual, [&](const std::string& line) {
          const auto group = truth.find_group(line.substr(0, line.find(' ')));
          return truth.groups[*group].life.to && *truth.groups[*group].life.to <= at(listed);
        });
      }
      ASSERT_EQ(actual, expected) << "seed " << seed << " time " << time;
      compared += expected.size();
    }
  }
  EXPECT_GT(compared, 10'000U);
}

}  // namespace
}  // namespace flowtrail::history
