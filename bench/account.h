// The account whose traffic is generated: 2,000 interfaces, each in three security groups (one of 8 base groups, one of
// 100 tiers, one of 500 that four interfaces share), with about 13 rules. All of it is a function of the seed. It is
// told twice: to flowtrail as snapshots from before the window and CloudTrail events of one deployment in its middle,
// to other tools as tables in CSV.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace flowtrail::bench {

inline constexpr const char* kAccount = "111122223333";
inline constexpr const char* kRegion = "eu-west-1";
inline constexpr const char* kVpc = "vpc-0aaaaaaaaaaaaaaa1";
inline constexpr std::int64_t kWindowStart = 1772409600;  // 2026-03-02T00:00:00Z

inline constexpr int kTcp = 6;
inline constexpr int kUdp = 17;

struct Interface {
  std::string id, instance_id, subnet_id;
  std::uint32_t address = 0;
  std::string ipv6;  // empty: none
  int base = 0, tier = 0, own = 0;
};

enum class Source : std::uint8_t { kIpv4, kAnyIpv6, kGroup };

struct Rule {
  std::string id{};  // given once all rules are there
  int group = 0;
  bool egress = false;
  int protocol = kTcp;
  int from_port = 0, to_port = 0;
  Source source = Source::kIpv4;
  std::uint32_t block = 0;
  int bits = 0;
  int source_group = -1;
  bool before = true, after = true;  // in force before, after the deployment
};

struct Group {
  std::string id, name;
  std::vector<int> rules;
};

/// Whom an interface talks to.
enum class Peers : std::uint8_t { kClients, kServers, kHosts, kAdmins, kMonitors, kResolvers, kMembers, kPartner };

/// Traffic that an interface sees: `weight` in a hundred of its conversations.
struct Service {
  bool egress = false;
  int protocol = kTcp;
  int from_port = 0, to_port = 0;
  Peers peers = Peers::kHosts;
  std::uint32_t weight = 0;
  bool before = true, after = true;
  bool ipv6 = false;  // rules admit any IPv6 peer
};

class Account {
 public:
  /// Some rules come and some go at `deployment`.
  Account(std::uint64_t seed, std::int64_t deployment);

  std::int64_t deployment;
  std::vector<Interface> interfaces;
  std::vector<Group> groups;
  std::vector<Rule> rules;

  [[nodiscard]] bool facing(const Interface& interface) const { return interface.tier % 10 == 0; }
  [[nodiscard]] std::vector<Service> services(const Interface& interface) const;
  /// The tier that may reach this one's service by group reference; -1: none.
  [[nodiscard]] static int client_tier(int tier);
  [[nodiscard]] static int service_port(int tier);
  [[nodiscard]] static std::uint32_t partner_block(int own);

  /// Snapshots and the deployment's events, below `folder`.
  void write_logs(const std::string& folder) const;
  /// interfaces.csv, attachments.csv, rules.csv, below `folder`.
  void write_tables(const std::string& folder) const;

 private:
  int add_group(const std::string& id, const std::string& name);
  void add_rule(Rule rule);
  void add_base_rules(int group);
  void add_tier_rules(int tier);
  void add_own_rules(int own);
  [[nodiscard]] std::array<int, 3> groups_of(const Interface& interface) const;
  [[nodiscard]] std::string describe_groups() const;
  [[nodiscard]] std::string describe_rules() const;
  [[nodiscard]] std::string describe_interfaces() const;
  [[nodiscard]] std::string describe_instances() const;
  [[nodiscard]] std::string deployment_events(std::uint64_t seed) const;

  std::uint64_t seed_;
};

[[nodiscard]] std::string ipv4_text(std::uint32_t address);

}  // namespace flowtrail::bench
