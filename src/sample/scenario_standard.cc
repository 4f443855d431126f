// The standard account: a shop with a load balancer, web, payment and cache machines, a database, a bastion host, spot
// workers, and the people and pipelines that edit its rules over the window. What happens is told once, here; which
// answers follow is computed in truth.cc.
#include <algorithm>
#include <array>

#include "sample/simulation.h"
#include "sample/truth.h"

namespace flowtrail::sample {
namespace {

constexpr int kTcp = 6, kUdp = 17, kIcmp = 1, kAll = firewall::kAllProtocols;
constexpr auto kIn = Direction::kIngress;
constexpr auto kOut = Direction::kEgress;
constexpr const char* kMainVpc = "vpc-0aaaaaaaaaaaaaaa1";
constexpr const char* kPeerVpc = "vpc-0bbbbbbbbbbbbbbb2";
constexpr const char* kForeignGroup = "sg-0feedfeedfeedfeed";
constexpr const char* kForeignAccount = "444455556666";
constexpr std::int64_t kDay = 86400;

constexpr std::uint32_t v4(int a, int b, int c, int d) {
  return static_cast<std::uint32_t>(a) << 24U | static_cast<std::uint32_t>(b) << 16U |
         static_cast<std::uint32_t>(c) << 8U | static_cast<std::uint32_t>(d);
}
IpAddress address(int a, int b, int c, int d) {
  return IpAddress::from_v4(v4(a, b, c, d));
}

/// How much of everything, by size.
struct Scale {
  int load;  // multiplies the busy conversations
  int fleet_least, fleet_most;
  int web;             // instances behind the load balancer
  int spot_per_block;  // launches in ten minutes while the spot fleet runs
  bool spot_always;
};

Scale scale_of(Size size) {
  switch (size) {
    case Size::kSmall: return {1, 2, 5, 3, 1, false};
    case Size::kMedium: return {80, 4, 16, 8, 2, false};
    case Size::kLarge: return {280, 6, 24, 12, 36, true};
  }
  return {1, 2, 5, 3, 1, false};
}

class Shop {
 public:
  explicit Shop(Simulation& simulation) : s_(simulation), a_(simulation.account), scale_(scale_of(s_.options.size)) {}

  void build();
  void plan();
  void talk(std::int64_t start);

  std::int64_t snapshot_time = 0;
  std::uint64_t snapshots = 0;
  int payment_group = -1, bastion_group = -1, web_group = -1, cache_group = -1;

 private:
  // Things from before the trail.
  void build_groups();
  void build_machines();
  // The agenda, by theme.
  void plan_payment();
  void plan_cache();
  void plan_database();
  void plan_bastion();
  void plan_world_openings();
  void plan_clean_up();
  void plan_interfaces();
  void plan_services();
  void plan_spot();
  void plan_gaps();
  void plan_noise();
  void scale_payment(std::int64_t hour);
  // Traffic.
  void talk_customers(std::int64_t start);
  void talk_inside(std::int64_t start);
  void talk_people(std::int64_t start);
  void talk_scanners(std::int64_t start);
  void talk_checks(std::int64_t start);
  void talk_outside(std::int64_t start);
  void talk_spot(std::int64_t start);

  void say(const Party& client, const Party& server, int port, Manner manner, std::int64_t block, int protocol = kTcp,
           std::int64_t seconds = 0);
  [[nodiscard]] Party machine(int instance) const;
  [[nodiscard]] Party plain(int interface) const { return {interface, a_.primary_address(interface), {}}; }
  [[nodiscard]] static Party outside(const IpAddress& from, std::string_view service = {}) {
    return {-1, from, service};
  }
  /// Alive for the whole block; -1 when none is.
  int pick(const std::vector<int>& instances, std::int64_t block);
  std::int64_t between(std::int64_t low, std::int64_t high) { return s_.random.between(low, high); }
  void at(int per_mille, std::function<void(std::int64_t)> call, int seconds = 3) {
    // Short windows leave less room between two entries; their order must hold.
    const std::int64_t room = std::min<std::int64_t>(400, (s_.end - s_.begin) / 1000 - 20);
    s_.at(s_.moment(per_mille) + between(0, room), std::move(call), seconds);
  }

  Simulation& s_;
  Account& a_;
  Scale scale_;
  int public_subnet_ = 0, app_subnet_ = 0, data_subnet_ = 0, spot_subnet_ = 0, peer_subnet_ = 0;
  int lb_group_ = -1, db_group_ = -1, reporting_group_ = -1, legacy_group_ = -1, partner_group_ = -1;
  int batch_group_ = -1, temp_group_ = -1, debug_group_ = -1, rds_group_ = -1;
  std::vector<int> lb_interfaces_, web_, payment_, spot_;
  int bastion_ = -1, reporting_ = -1, partner_ = -1, cache_ = -1;
  int db_interface_ = -1, nat_ = -1, second_interface_ = -1;
  int lb_http_rule_ = -1, web_range_rule_ = -1, metrics_rule_ = -1, office_rule_ = -1, world_rule_ = -1;
  int offices_ = -1;
  bool world_open_ = false;
};

// --- before the trail ------------------------------------------------------------------------------------------------

void Shop::build() {
  public_subnet_ = a_.add_subnet(kMainVpc, v4(10, 0, 0, 0), 600);
  app_subnet_ = a_.add_subnet(kMainVpc, v4(10, 0, 16, 0), 600);
  data_subnet_ = a_.add_subnet(kMainVpc, v4(10, 0, 32, 0), 600);
  spot_subnet_ = a_.add_subnet(kMainVpc, v4(10, 4, 0, 0), 60);
  peer_subnet_ = a_.add_subnet(kPeerVpc, v4(10, 1, 0, 0), 600);
  a_.subnets[static_cast<std::size_t>(app_subnet_)].ipv6_high = 0x20010db800010010U;
  a_.subnets[static_cast<std::size_t>(public_subnet_)].flow_logs = {s_.add_log(2, kDefaultColumns)};
  a_.subnets[static_cast<std::size_t>(app_subnet_)].flow_logs = {s_.add_log(5, kWideColumns)};
  a_.subnets[static_cast<std::size_t>(data_subnet_)].flow_logs = {s_.add_log(5, kShuffledColumns)};
  a_.subnets[static_cast<std::size_t>(spot_subnet_)].flow_logs = {s_.add_log(5, kShuffledColumns)};
  a_.subnets[static_cast<std::size_t>(peer_subnet_)].flow_logs = {s_.add_log(5, kWideColumns)};
  s_.logs[1]->set_redelivery(2);
  build_groups();
  build_machines();
}

void Shop::build_groups() {
  const auto everything_out = [&](int group) { a_.old_rule(group, make_rule(kOut, kAll, -1, -1, "0.0.0.0/0"), ""); };
  const int standard = a_.old_group(kMainVpc, "default", "default VPC security group");
  a_.old_rule(standard, make_rule(kIn, kAll, -1, -1, a_.group(standard).id, a_.number), "");
  everything_out(standard);

  lb_group_ = a_.old_group(kMainVpc, "load-balancer", "public entry");
  a_.old_rule(lb_group_, tcp_rule(kIn, 443, 443, "0.0.0.0/0"), "customers");
  lb_http_rule_ = a_.old_rule(lb_group_, tcp_rule(kIn, 80, 80, "0.0.0.0/0"), "redirect");
  everything_out(lb_group_);

  web_group = a_.old_group(kMainVpc, "web", "web tier");
  a_.old_rule(web_group, make_rule(kIn, kTcp, 8080, 8080, a_.group(lb_group_).id, a_.number), "from the balancer");
  web_range_rule_ = a_.old_rule(web_group, tcp_rule(kIn, 8000, 8100, "10.0.0.0/16"), "old tools");
  a_.old_rule(web_group, tcp_rule(kIn, 443, 443, "::/0"), "customers over IPv6");
  a_.old_rule(web_group, tcp_rule(kIn, 8081, 8081, "10.20.0.0/16"), "checks of the peered network");
  a_.old_rule(web_group, tcp_rule(kIn, 8090, 8090, "198.51.100.240/32"), "checks of the name service");
  a_.old_rule(web_group, make_rule(kIn, kTcp, 9000, 9000, kForeignGroup, kForeignAccount), "supplier");
  everything_out(web_group);
  a_.old_rule(web_group, make_rule(kOut, kAll, -1, -1, "::/0"), "");

  bastion_group = a_.old_group(kMainVpc, "bastion", "way in for administrators");
  office_rule_ = a_.old_rule(bastion_group, tcp_rule(kIn, 22, 22, "203.0.113.0/25"), "head office");
  everything_out(bastion_group);

  db_group_ = a_.old_group(kMainVpc, "database", "orders database");
  a_.old_rule(db_group_, make_rule(kIn, kTcp, 5432, 5432, a_.group(bastion_group).id, a_.number), "administrators");
  a_.old_rule(db_group_, tcp_rule(kIn, 5432, 5432, "10.0.99.0/24"), "machines that are long gone");
  everything_out(db_group_);

  reporting_group_ = a_.old_group(kMainVpc, "reporting", "reports");
  a_.old_rule(reporting_group_, tcp_rule(kIn, 443, 443, "10.30.0.0/16"), "branch network");
  a_.old_rule(reporting_group_, tcp_rule(kIn, 22, 22, "10.30.0.0/16"), "never used");
  everything_out(reporting_group_);

  legacy_group_ = a_.old_group(kMainVpc, "legacy-rdp", "nobody remembers");
  a_.old_rule(legacy_group_, tcp_rule(kIn, 3389, 3389, "0.0.0.0/0"), "");
  everything_out(legacy_group_);

  const int vpn = a_.old_group(kMainVpc, "old-vpn", "tunnel that was never built");
  a_.old_rule(vpn, make_rule(kIn, kUdp, 1194, 1194, "198.51.100.0/24"), "");
  everything_out(vpn);

  partner_group_ = a_.old_group(kPeerVpc, "partner", "peered network");
  everything_out(partner_group_);
  a_.old_rule(web_group, make_rule(kIn, kTcp, 8443, 8443, a_.group(partner_group_).id, a_.number), "partner");
}

void Shop::build_machines() {
  const auto launch = [&](int subnet, int group, const char* name, int secondary, bool ipv6) {
    LaunchSpec spec;
    spec.subnet = subnet;
    spec.groups = {group};
    spec.name = name;
    spec.secondary_addresses = secondary;
    spec.ipv6 = ipv6;
    return a_.old_instance(spec);
  };
  bastion_ = launch(public_subnet_, bastion_group, "bastion", 0, false);
  for (int i = 0; i < scale_.web; ++i) web_.push_back(launch(app_subnet_, web_group, "web", 0, true));
  reporting_ = launch(app_subnet_, reporting_group_, "reporting", 1, false);
  partner_ = launch(peer_subnet_, partner_group_, "partner", 0, false);
  lb_interfaces_.push_back(
      a_.old_interface(public_subnet_, {lb_group_}, "ELB app/shop/0123456789abcdef", "amazon-elb", "interface"));
  db_interface_ = a_.old_interface(data_subnet_, {db_group_}, "RDSNetworkInterface", "amazon-rds", "interface");
  nat_ = a_.old_interface(data_subnet_, {}, "Interface for NAT Gateway nat-0123456789abcdef0", "111122223333",
                          "natGateway");
  // For some days somebody logs the database's interface a second time: every record arrives twice.
  s_.traffic.also_log(db_interface_, s_.add_log(5, kWideColumns), {s_.block(300), s_.block(450)});
}

// --- the agenda ------------------------------------------------------------------------------------------------------

void Shop::plan() {
  plan_payment();
  plan_cache();
  plan_database();
  plan_bastion();
  plan_world_openings();
  plan_clean_up();
  plan_interfaces();
  plan_services();
  plan_spot();
  plan_gaps();
  plan_noise();
  snapshot_time = s_.block(500) + 7;
  a_.snapshot_time = snapshot_time;
  s_.at(snapshot_time, [this](std::int64_t time) {
    snapshot_time = time;
    const Result<std::uint64_t> written = write_snapshots(s_, time);
    if (written)
      snapshots = *written;
    else
      s_.failure_so_far = std::unexpected(written.error());
  });
}

void Shop::plan_payment() {
  at(10,
     [this](std::int64_t t) { payment_group = a_.create_group(t, s_.cast.alice, kMainVpc, "payment", "payments"); });
  at(12, [this](std::int64_t t) {
    const auto made = a_.authorize(t, s_.cast.alice, payment_group,
                                   {{make_rule(kIn, kTcp, 8443, 8443, a_.group(web_group).id, a_.number), "web tier"},
                                    {tcp_rule(kIn, 22, 22, "203.0.113.0/24"), "offices"},
                                    {tcp_rule(kIn, 9100, 9100, "10.0.0.0/16"), "metrics"}});
    metrics_rule_ = made[2];
    a_.authorize(t + 1, s_.cast.alice, payment_group,
                 {{make_rule(kIn, kIcmp, 8, -1, a_.group(bastion_group).id, a_.number), "ping"},
                  {make_rule(kIn, kTcp, 8500, 8510, a_.group(payment_group).id, a_.number), "among themselves"}});
  });
  at(14, [this](std::int64_t t) { a_.create_launch_template(t, s_.cast.carol, "payment", {payment_group}); });
  at(15, [this](std::int64_t t) {
    LaunchSpec spec;
    spec.subnet = app_subnet_;
    spec.groups = {payment_group};
    spec.name = "payment";
    spec.count = 2;
    for (const int made : a_.run_instances(t, s_.cast.autoscaling, spec)) payment_.push_back(made);
  });
  for (std::int64_t hour = s_.moment(20) / 3600 * 3600; hour + 3600 < s_.end; hour += 3600) {
    if (s_.random.chance(300)) s_.at(hour + between(0, 3500), [this](std::int64_t t) { scale_payment(t); });
  }
  at(180, [this](std::int64_t t) {
    a_.authorize(t, s_.cast.carol, payment_group, {{tcp_rule(kIn, 22, 22, "203.0.113.10/32"), "on call"}});
  });
  at(182, [this](std::int64_t t) {
    a_.authorize(t, s_.cast.bob, payment_group, {{tcp_rule(kIn, 22, 22, "198.51.100.248/29"), "browser shell"}}, true);
  });
  at(250, [this](std::int64_t t) {
    a_.describe(t, s_.cast.bob, {{metrics_rule_, "metrics of the monitoring hosts"}}, false);
  });
  at(300, [this](std::int64_t t) {
    metrics_rule_ =
        a_.modify(t, s_.cast.dave, {{metrics_rule_, {tcp_rule(kIn, 9100, 9102, "10.0.0.0/16"), "metrics"}}}).front();
  });
  at(640, [this](std::int64_t t) {
    a_.authorize(t, s_.cast.terraform, payment_group, {{tcp_rule(kIn, 8443, 8443, "10.0.16.0/20"), "late"}});
  });
}

void Shop::scale_payment(std::int64_t time) {
  std::erase_if(payment_, [&](int instance) { return a_.instance(instance).life.to <= time; });
  const int running = static_cast<int>(payment_.size());
  if (payment_group < 0 || running == 0) return;
  if (running < scale_.fleet_least || (running < scale_.fleet_most && s_.random.chance(500))) {
    LaunchSpec spec;
    spec.subnet = app_subnet_;
    spec.groups = {payment_group};
    spec.name = "payment";
    spec.count = static_cast<int>(between(1, 2));
    spec.tags_in_launch = s_.random.chance(700);
    for (const int made : a_.run_instances(time, s_.cast.autoscaling, spec)) payment_.push_back(made);
  } else if (running > scale_.fleet_least) {
    a_.terminate(time, s_.cast.autoscaling, {payment_[static_cast<std::size_t>(between(0, running - 1))]});
  }
}

void Shop::plan_cache() {
  at(
      30,
      [this](std::int64_t t) {
        cache_group = a_.create_group(t, s_.cast.terraform, kMainVpc, "cache", "Managed by Terraform");
        a_.terraform_drops_default_egress(t + 1, s_.cast.terraform, cache_group);
        a_.authorize(t + 3, s_.cast.terraform, cache_group,
                     {{make_rule(kIn, kTcp, 6379, 6379, a_.group(payment_group).id, a_.number), ""}});
        a_.authorize(t + 4, s_.cast.terraform, cache_group, {{tcp_rule(kOut, 443, 443, "0.0.0.0/0"), ""}});
        a_.authorize(t + 5, s_.cast.terraform, cache_group,
                     {{make_rule(kIn, kUdp, 53, 53, a_.group(payment_group).id, a_.number), "names"},
                      {make_rule(kIn, kUdp, 8125, 8125, "10.0.0.0/16"), "counters, one way"}});
        a_.authorize(t + 6, s_.cast.terraform, cache_group,
                     {{make_rule(kOut, kUdp, 67, 68, "0.0.0.0/0"), "addresses"},
                      {tcp_rule(kOut, 80, 80, "169.254.169.254/32"), "metadata"}});
      },
      9);
  at(35, [this](std::int64_t t) {
    LaunchSpec spec;
    spec.subnet = app_subnet_;
    spec.groups = {cache_group};
    spec.name = "cache";
    spec.from_template = false;
    cache_ = a_.run_instances(t, s_.cast.terraform, spec).front();
  });
  at(
      100,
      [this](std::int64_t t) {
        temp_group_ = a_.create_group(t, s_.cast.bob, kMainVpc, "temporary", "trial");
        a_.authorize(t + 1, s_.cast.bob, temp_group_, {{tcp_rule(kIn, 8080, 8080, "0.0.0.0/0"), "trial"}}, true);
        a_.set_instance_groups(t + 3, s_.cast.bob, cache_, {cache_group, temp_group_});
      },
      6);
  at(350, [this](std::int64_t t) { a_.set_instance_groups(t, s_.cast.alice, cache_, {cache_group}); });
  at(330, [this](std::int64_t t) { a_.assign_address(t, s_.cast.carol, a_.instance(cache_).primary_interface); });
  at(610, [this](std::int64_t t) {
    // Two rules in one call: the array form.
    std::vector<std::pair<int, NewRule>> changes;
    for (const int rule : a_.rules_of_group[static_cast<std::size_t>(cache_group)]) {
      const RuleState& state = a_.rule(rule);
      if (!state.span.contains(t)) continue;
      if (state.spec.protocol == kUdp && state.spec.from_port == 8125) {
        changes.push_back({rule, {make_rule(kIn, kUdp, 8125, 8126, "10.0.0.0/16"), "counters"}});
      } else if (state.spec.direction == kOut && state.spec.to_port == 443) {
        changes.push_back({rule, {tcp_rule(kOut, 443, 444, "0.0.0.0/0"), "outside"}});
      }
    }
    a_.modify(t, s_.cast.carol, changes);
  });
}

void Shop::plan_database() {
  at(20, [this](std::int64_t t) {
    a_.authorize(t, s_.cast.bob, db_group_,
                 {{make_rule(kIn, kTcp, 5432, 5432, a_.group(payment_group).id, a_.number), "payments"}});
  });
  at(
      360,
      [this](std::int64_t t) {
        const int group = a_.create_group(t, s_.cast.cloudformation, kMainVpc, "orders-function", "function");
        a_.create_function(t + 2, s_.cast.cloudformation, "orders", app_subnet_, group);
      },
      5);
  at(
      380,
      [this](std::int64_t t) {
        rds_group_ = a_.create_group(t, s_.cast.carol, kMainVpc, "reports-db", "idle database");
        a_.authorize(t + 1, s_.cast.carol, rds_group_, {{tcp_rule(kIn, 3306, 3306, "10.0.0.0/16"), "reports"}});
        a_.create_database(t + 3, s_.cast.carol, "reports", rds_group_);
      },
      6);
}

void Shop::plan_bastion() {
  at(
      80,
      [this](std::int64_t t) {
        offices_ = a_.create_prefix_list(t, s_.cast.carol, "offices",
                                         {*Cidr::parse("198.51.100.0/25"), *Cidr::parse("203.0.113.128/25")});
        const std::string id = a_.prefix_lists[static_cast<std::size_t>(offices_)].id;
        a_.authorize(t + 2, s_.cast.carol, bastion_group, {{tcp_rule(kIn, 22, 22, id), "offices"}});
      },
      5);
  at(150, [this](std::int64_t t) {
    a_.authorize(t, s_.cast.bob, bastion_group, {{tcp_rule(kIn, 3389, 3389, "0.0.0.0/0"), ""}}, true);
  });
  at(420, [this](std::int64_t t) {
    a_.modify_prefix_list(t, s_.cast.carol, offices_, {*Cidr::parse("192.0.2.128/25")}, {});
  });
  at(800, [this](std::int64_t t) {
    a_.modify_prefix_list(t, s_.cast.alice, offices_, {}, {*Cidr::parse("198.51.100.0/25")});
  });
  at(620,
     [this](std::int64_t t) { a_.describe(t, s_.cast.dave, {{office_rule_, "head office, ground floor"}}, true); });
}

void Shop::plan_world_openings() {
  at(120, [this](std::int64_t t) {
    world_rule_ =
        a_.authorize(t, s_.cast.dave, payment_group, {{tcp_rule(kIn, 22, 22, "0.0.0.0/0"), "just for now"}}).front();
    world_open_ = true;
  });
  at(200, [this](std::int64_t t) {
    a_.revoke(t, s_.cast.alice, {world_rule_}, RevokeForm::kById);
    world_open_ = false;
  });
  at(550, [this](std::int64_t t) {
    web_range_rule_ =
        a_.modify(t, s_.cast.dave, {{web_range_rule_, {tcp_rule(kIn, 8000, 8200, "10.0.0.0/16"), "old tools"}}})
            .front();
  });
  at(580, [this](std::int64_t t) { a_.revoke(t, s_.cast.bob, {lb_http_rule_}, RevokeForm::kByValue); });
  at(
      60,
      [this](std::int64_t t) {
        debug_group_ = a_.create_group(t, s_.cast.dave, kMainVpc, "debug", "left over");
        a_.authorize(t + 1, s_.cast.dave, debug_group_, {{tcp_rule(kIn, 3389, 3389, "0.0.0.0/0"), ""}}, true);
        a_.failed_authorize(t + 3, s_.cast.bob, debug_group_, tcp_rule(kIn, 0, 65535, "0.0.0.0/0"));
      },
      6);
  at(
      220,
      [this](std::int64_t t) {
        a_.authorize(t, s_.cast.dave, debug_group_, {{tcp_rule(kIn, 5432, 5432, "0.0.0.0/1"), ""}});
        a_.authorize(t + 2, s_.cast.dave, debug_group_, {{tcp_rule(kIn, 5432, 5432, "128.0.0.0/1"), ""}});
      },
      5);
}

void Shop::plan_clean_up() {
  at(
      50,
      [this](std::int64_t t) {
        const int unused = a_.create_group(t, s_.cast.terraform, kMainVpc, "unused-module", "Managed by Terraform");
        a_.terraform_drops_default_egress(t + 1, s_.cast.terraform, unused);
        a_.authorize(t + 3, s_.cast.terraform, unused,
                     {{tcp_rule(kIn, 443, 443, "10.0.0.0/8"), ""}, {tcp_rule(kIn, 443, 443, "2001:db8::/32"), ""}});
      },
      6);
  at(260, [this](std::int64_t t) {
    for (const int rule : a_.rules_of_group[static_cast<std::size_t>(debug_group_)]) {
      if (a_.rule(rule).spec.from_port == 3389) a_.revoke(t, s_.cast.bob, {rule}, RevokeForm::kFlat, false);
    }
  });
  at(520, [this](std::int64_t t) { a_.delete_group(t, s_.cast.alice, debug_group_); });
  at(
      540,
      [this](std::int64_t t) {
        // A reference across the peering that outlives its group.
        const int far = a_.create_group(t, s_.cast.bob, kPeerVpc, "far-side", "peered network");
        const int near = a_.create_group(t + 1, s_.cast.bob, kMainVpc, "near-side", "uses the far side");
        a_.authorize(t + 3, s_.cast.bob, near, {{make_rule(kIn, kTcp, 7000, 7001, a_.group(far).id, a_.number), ""}});
        a_.delete_group(t + 5, s_.cast.bob, far);
      },
      8);
  at(700, [this](std::int64_t t) {
    // Two sources go in one call, by value.
    std::vector<int> gone;
    for (const int rule : a_.rules_of_group[static_cast<std::size_t>(payment_group)]) {
      const RuleState& state = a_.rule(rule);
      const bool shell = state.spec.from_port == 22 && state.spec.cidr.prefix_length() >= 29;
      if (state.span.contains(t) && state.spec.direction == kIn && shell) gone.push_back(rule);
    }
    a_.revoke(t, s_.cast.carol, gone, RevokeForm::kByValue);
  });
  at(720, [this](std::int64_t t) {
    a_.failed_revoke(t, s_.cast.bob, payment_group, tcp_rule(kIn, 2222, 2222, "203.0.113.0/24"));
  });
}

void Shop::plan_interfaces() {
  at(
      25,
      [this](std::int64_t t) {
        a_.create_load_balancer(t, s_.cast.carol, "api", public_subnet_, lb_group_);
        lb_interfaces_.push_back(a_.create_interface(t + 2, s_.cast.load_balancing, public_subnet_, {lb_group_},
                                                     "ELB app/api/fedcba9876543210", "amazon-elb"));
      },
      5);
  at(
      270,
      [this](std::int64_t t) {
        const int admin = a_.create_group(t, s_.cast.bob, kMainVpc, "admin", "administration network");
        a_.authorize(t + 1, s_.cast.bob, admin, {{tcp_rule(kIn, 22, 22, "10.0.0.0/8"), "jump"}});
        second_interface_ = a_.create_interface(t + 3, s_.cast.bob, app_subnet_, {admin}, "administration", "");
        a_.attach_interface(t + 5, s_.cast.bob, second_interface_, cache_, 1);
      },
      8);
  at(400, [this](std::int64_t t) {
    std::vector<int> with = a_.groups_at(second_interface_, t);
    with.push_back(legacy_group_);
    a_.set_interface_groups(t, s_.cast.dave, second_interface_, with);
  });
  at(430, [this](std::int64_t t) {
    std::vector<int> with = a_.groups_at(second_interface_, t);
    std::erase(with, legacy_group_);
    a_.set_interface_groups(t, s_.cast.alice, second_interface_, with);
  });
  at(750, [this](std::int64_t t) { a_.detach_interface(t, s_.cast.bob, second_interface_); });
  at(760, [this](std::int64_t t) { a_.delete_interface(t, s_.cast.bob, second_interface_); });
  // After the snapshot: before it, only the new name could be known.
  at(560, [this](std::int64_t t) { a_.tag_name(t, s_.cast.alice, {reporting_}, "analytics"); });
}

void Shop::plan_services() {
  at(390, [this](std::int64_t t) {
    a_.create_interface(t, s_.cast.database, data_subnet_, {rds_group_}, "RDSNetworkInterface", "amazon-rds");
  });
  at(850, [this](std::int64_t t) {
    const int late = a_.create_group(t, s_.cast.carol, kMainVpc, "new-module", "next week");
    a_.authorize(t + 1, s_.cast.carol, late,
                 {{make_rule(kIn, kTcp, 443, 443, a_.group(lb_group_).id, a_.number), "from the balancer"}});
  });
}

void Shop::plan_spot() {
  at(285, [this](std::int64_t t) {
    batch_group_ = a_.create_group(t, s_.cast.carol, kMainVpc, "batch", "spot workers");
    a_.authorize(t + 1, s_.cast.carol, cache_group,
                 {{make_rule(kIn, kTcp, 6379, 6379, a_.group(batch_group_).id, a_.number), "workers"}});
  });
  const std::int64_t from = s_.block(scale_.spot_always ? 292 : 310);
  const std::int64_t to = scale_.spot_always ? s_.block(990) : std::min(s_.block(390), from + kDay);
  for (std::int64_t block = from; block < to; block += kBlockSeconds) {
    for (int i = 0; i < scale_.spot_per_block; ++i) {
      if (!scale_.spot_always && !s_.random.chance(250)) continue;
      s_.at(
          block + between(0, 500),
          [this](std::int64_t t) {
            LaunchSpec spec;
            spec.subnet = spot_subnet_;
            spec.groups = {batch_group_};
            spec.name = "batch";
            const int made = a_.run_instances(t, s_.cast.spot, spec).front();
            spot_.push_back(made);
            const std::int64_t gone = t + between(1800, 7200);
            if (gone + 60 < s_.end) {
              s_.at(
                  gone,
                  [this, made](std::int64_t when) {
                    a_.terminate(when, s_.cast.spot, {made});
                    std::erase(spot_, made);
                  },
                  1);
            }
          },
          1);
    }
  }
}

void Shop::plan_gaps() {
  InterfaceState& quiet = a_.interfaces[static_cast<std::size_t>(a_.instance(reporting_).primary_interface)];
  quiet.silent.push_back({s_.block(600), s_.block(750)});
  InterfaceState& balancer = a_.interfaces[static_cast<std::size_t>(lb_interfaces_.front())];
  const std::int64_t lost = s_.block(470);
  balancer.skipped.push_back({lost, lost + 3 * kBlockSeconds});
  InterfaceState& host = a_.interfaces[static_cast<std::size_t>(a_.instance(bastion_).primary_interface)];
  const std::int64_t hours = s_.block(650);
  host.silent.push_back({hours, hours + std::min<std::int64_t>(4 * 3600, (s_.end - s_.begin) / 40 / 600 * 600)});
}

void Shop::plan_noise() {
  const std::array<const Actor*, 4> people{&s_.cast.alice, &s_.cast.bob, &s_.cast.carol, &s_.cast.dave};
  for (std::int64_t hour = s_.begin; hour + 3600 < s_.end; hour += 3600) {
    s_.at(
        hour + between(0, 3500),
        [this, people](std::int64_t t) {
          const auto who = static_cast<std::size_t>(between(0, 3));
          a_.noise_event(t, *people[who], static_cast<int>(between(0, 3)));
        },
        1);
  }
}

// --- traffic ---------------------------------------------------------------------------------------------------------

Party Shop::machine(int instance) const {
  return plain(a_.instance(instance).primary_interface);
}

int Shop::pick(const std::vector<int>& instances, std::int64_t block) {
  std::vector<int> alive;
  for (const int instance : instances) {
    const Span& life = a_.instance(instance).life;
    if (life.from <= block && block + kBlockSeconds <= life.to) alive.push_back(instance);
  }
  return alive.empty() ? -1 : alive[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(alive.size()) - 1))];
}

void Shop::say(const Party& client, const Party& server, int port, Manner manner, std::int64_t block, int protocol,
               std::int64_t seconds) {
  // Short talks lie within one minute of the block's second half, so that both aggregation intervals see one record.
  Talk talk;
  talk.client = client;
  talk.server = server;
  talk.protocol = protocol;
  talk.server_port = protocol == kIcmp ? 0 : port;
  talk.client_port = protocol == kIcmp ? 0 : s_.traffic.next_client_port();
  talk.manner = manner;
  talk.start = block + 300 + 60 * between(0, 4) + between(0, 30);
  talk.end = talk.start + (manner == Manner::kSession ? between(2, 25) : between(1, 4));
  if (seconds > 0) talk.end = talk.start + seconds;
  if (seconds > 0 && talk.end >= s_.end) return;
  s_.traffic.open(talk, block + kBlockSeconds);
}

void Shop::talk(std::int64_t start) {
  talk_customers(start);
  talk_inside(start);
  talk_people(start);
  talk_scanners(start);
  talk_checks(start);
  talk_outside(start);
  talk_spot(start);
}

void Shop::talk_customers(std::int64_t start) {
  for (const int balancer : lb_interfaces_) {
    if (a_.interface(balancer).life.from > start) continue;
    for (int i = 0; i < scale_.load; ++i) {
      const std::array<IpAddress, 2> nets{address(203, 0, 113, static_cast<int>(between(100, 127))),
                                          address(198, 51, 100, static_cast<int>(between(130, 190)))};
      const Party client = outside(nets[static_cast<std::size_t>(between(0, 1))]);
      const bool old_style = s_.random.chance(60);
      say(client, plain(balancer), old_style ? 80 : 443, s_.random.chance(950) ? Manner::kSession : Manner::kHandshake,
          start);
    }
  }
  if (s_.random.chance(300)) {
    const int web = pick(web_, start);
    const IpAddress client{0x20010db8aaaa0000U, static_cast<std::uint64_t>(between(1, 12))};
    const InterfaceState& eni = a_.interface(a_.instance(web).primary_interface);
    const auto six = std::find_if(eni.addresses.begin(), eni.addresses.end(),
                                  [](const AddressState& state) { return !state.address.is_v4(); });
    say(outside(client), {a_.instance(web).primary_interface, six->address, {}}, 443, Manner::kSession, start);
  }
}

void Shop::talk_inside(std::int64_t start) {
  for (int i = 0; i < scale_.load; ++i) {
    const int balancer =
        lb_interfaces_[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(lb_interfaces_.size()) - 1))];
    if (a_.interface(balancer).life.from <= start)
      say(plain(balancer), machine(pick(web_, start)), 8080, Manner::kSession, start);
    const int payment = pick(payment_, start);
    if (payment < 0 || !s_.random.chance(600)) continue;
    say(machine(pick(web_, start)), machine(payment), 8443, Manner::kSession, start);
    if (s_.random.chance(500)) say(machine(payment), plain(db_interface_), 5432, Manner::kSession, start);
    if (cache_ < 0 || a_.instance(cache_).life.from > start) continue;
    if (s_.random.chance(300)) say(machine(payment), machine(cache_), 6379, Manner::kSession, start);
    if (s_.random.chance(60)) say(machine(payment), machine(cache_), 53, Manner::kSession, start, kUdp);
    if (s_.random.chance(60)) say(machine(payment), machine(cache_), 8125, Manner::kSilent, start, kUdp);
  }
  const int payment = pick(payment_, start);
  const int other = pick(payment_, start);
  if (payment >= 0 && s_.random.chance(40)) say(machine(bastion_), machine(payment), 0, Manner::kSession, start, kIcmp);
  if (payment >= 0 && payment != other && s_.random.chance(60)) {
    say(machine(other), machine(payment), 8501, Manner::kSession, start);
  }
  if (s_.random.chance(50)) say(machine(partner_), machine(pick(web_, start)), 8443, Manner::kSession, start);
  if (payment >= 0 && s_.random.chance(30)) {
    say(machine(bastion_), machine(payment), 9100, Manner::kHandshake, start);  // metrics, by hand
  }
  if (s_.random.chance(20)) say(machine(bastion_), plain(db_interface_), 5432, Manner::kSession, start);
  if (s_.random.chance(15)) say(machine(bastion_), machine(pick(web_, start)), 8005, Manner::kSession, start);
}

void Shop::talk_people(std::int64_t start) {
  const int payment = pick(payment_, start);
  if (payment >= 0 && s_.random.chance(50)) {
    const Party admin = outside(address(203, 0, 113, static_cast<int>(between(10, 12))));
    say(admin, machine(payment), 22, Manner::kSession, start, kTcp, between(1, 4) * 1500);
  }
  if (payment >= 0 && s_.random.chance(15)) {
    say(outside(address(198, 51, 100, 250), "EC2_INSTANCE_CONNECT"), machine(payment), 22, Manner::kSession, start);
  }
  if (s_.random.chance(50)) {
    say(outside(address(203, 0, 113, static_cast<int>(between(20, 23)))), machine(bastion_), 22, Manner::kSession,
        start, kTcp, between(1, 3) * 1300);
  }
  if (s_.random.chance(40)) {
    say(outside(address(198, 51, 100, static_cast<int>(between(20, 22)))), machine(bastion_), 22, Manner::kSession,
        start);
  }
  if (s_.random.chance(40)) {
    say(outside(address(192, 0, 2, static_cast<int>(between(140, 142)))), machine(bastion_), 22, Manner::kSession,
        start);
  }
  if (s_.random.chance(60)) {
    // A secondary address of the reporting machine serves the branch network.
    const InterfaceState& eni = a_.interface(a_.instance(reporting_).primary_interface);
    const Party server{a_.instance(reporting_).primary_interface, eni.addresses[1].address, {}};
    say(outside(address(10, 30, 0, static_cast<int>(between(5, 7)))), server, 443, Manner::kSession, start);
  }
  if (s_.random.chance(25)) {
    say(outside(address(10, 30, 0, 9)), plain(db_interface_), 5432, Manner::kSilent, start);  // refused
  }
}

void Shop::talk_scanners(std::int64_t start) {
  if (!s_.random.chance(400)) return;
  const std::array<IpAddress, 6> scanners{address(192, 0, 2, 200),   address(192, 0, 2, 201),
                                          address(198, 51, 100, 99), address(192, 0, 2, 66),
                                          address(167, 94, 138, 10), address(162, 142, 125, 20)};
  const std::array<int, 12> ports{22, 23, 80, 443, 445, 3389, 5432, 5900, 6379, 8080, 8443, 9200};
  const auto chosen = static_cast<std::size_t>(between(0, 5));
  std::vector<int> targets = lb_interfaces_;
  targets.push_back(a_.instance(bastion_).primary_interface);
  targets.push_back(a_.instance(web_.front()).primary_interface);
  const int payment = pick(payment_, start);
  if (payment >= 0) targets.push_back(a_.instance(payment).primary_interface);
  if (cache_ >= 0) targets.push_back(a_.instance(cache_).primary_interface);
  const int target = targets[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(targets.size()) - 1))];
  if (a_.interface(target).life.from > start) return;
  const int port = ports[static_cast<std::size_t>(between(0, 11))];
  const bool flags = a_.interface(target).subnet != public_subnet_;
  const Manner manner = flags && s_.random.chance(300) ? Manner::kReset : Manner::kSilent;
  say(outside(scanners[chosen]), plain(target), port, manner, start);

  // While a port is open to the world, scanners find it, and one of them gets in.
  if (!world_open_ || payment < 0) return;
  say(outside(scanners[static_cast<std::size_t>(between(0, 2))]), machine(payment), 22, Manner::kSilent, start);
  if (s_.random.chance(150)) {
    say(outside(scanners[3]), machine(payment), 22, Manner::kSession, start, kTcp, 7300);
  }
}

void Shop::talk_checks(std::int64_t start) {
  const std::int64_t length = std::min<std::int64_t>(kDay, (s_.end - s_.begin) / 7);
  const std::int64_t from = s_.block(440);
  if (start >= from && start < from + length) {
    for (std::int64_t second = 7; second < kBlockSeconds; second += 60) {
      Talk check;
      check.client = outside(address(10, 20, 0, 10));
      check.server = machine(web_.front());
      check.client_port = s_.traffic.next_client_port();
      check.server_port = 8081;
      check.manner = Manner::kHandshake;
      check.start = start + second;
      check.end = check.start + 1;
      s_.traffic.open(check, start + kBlockSeconds);
    }
  }
  if (s_.random.chance(100)) {
    say(outside(address(198, 51, 100, 240), "ROUTE53_HEALTHCHECKS"), machine(web_.front()), 8090, Manner::kSession,
        start);
  }
}

void Shop::talk_outside(std::int64_t start) {
  if (cache_ >= 0 && a_.instance(cache_).life.from <= start && s_.random.chance(100)) {
    say(machine(cache_), outside(address(192, 0, 2, 130), "S3"), 443, Manner::kSession, start);
  }
  if (s_.random.chance(80)) {
    const int web = pick(web_, start);
    const std::int64_t from = start + 300 + between(0, 100);
    s_.traffic.through_nat(a_.instance(web).primary_interface, nat_,
                           outside(address(192, 0, 2, static_cast<int>(between(150, 152)))), 443, from, from + 20);
  }
}

void Shop::talk_spot(std::int64_t start) {
  if (cache_ < 0 || spot_.empty()) return;
  for (int i = 0; i < scale_.spot_per_block; ++i) {
    const int worker = pick(spot_, start);
    if (worker >= 0 && s_.random.chance(700)) say(machine(worker), machine(cache_), 6379, Manner::kSession, start);
  }
}

}  // namespace

Result<Outcome> run_standard(Simulation& simulation) {
  const Span part = part_of(simulation, 250, 700);
  Shop shop(simulation);
  FT_CHECK(play(simulation, part, shop));
  Outcome outcome;
  outcome.snapshot_time = shop.snapshot_time;
  outcome.snapshots = shop.snapshots;
  outcome.cases = standard_cases(simulation, part, shop.snapshot_time);
  return outcome;
}

}  // namespace flowtrail::sample
