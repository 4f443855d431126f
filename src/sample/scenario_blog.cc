// The account of the published statements: two small machines called TestVPCLogs in one subnet with a flow log in the
// default format, a handful of groups, and the internet knocking on port 22.
#include <array>

#include "sample/simulation.h"
#include "sample/statements.h"
#include "sample/truth.h"

namespace flowtrail::sample {
namespace {

constexpr const char* kVpc = "vpc-0d15ea5e0d15ea5e0";
constexpr auto kIn = Direction::kIngress;
constexpr std::uint32_t kSubnetBase = 0x0a000d00U;  // 10.0.13.0
constexpr std::uint32_t kBeforeFirstAddress = 212;  // the first machine gets 10.0.13.213

IpAddress address(unsigned a, unsigned b, unsigned c, std::int64_t d) {
  return IpAddress::from_v4(a << 24U | b << 16U | c << 8U | static_cast<unsigned>(d));
}

class Blog {
 public:
  explicit Blog(Simulation& simulation) : s_(simulation), a_(simulation.account) {}
  void build();
  void plan();
  void talk(std::int64_t start);
  std::vector<SeenFlow> flows;

 private:
  void at(int per_mille, std::function<void(std::int64_t)> call, int seconds = 3) {
    s_.at(s_.moment(per_mille) + s_.random.between(0, 30), std::move(call), seconds);
  }
  void plan_groups();
  void plan_changes();
  void say(const IpAddress& client, int instance, int port, Manner manner, std::int64_t block);

  Simulation& s_;
  Account& a_;
  int subnet_ = 0;
  int wizard_ = -1, web_ = -1, spare_ = -1, own_ = -1;
  int ssh_rule_ = -1;
  int first_ = -1, second_ = -1;
};

void Blog::build() {
  s_.trail.keep_records();
  s_.trail.set_duplicates(0);  // the statements count every record, and so would count copies
  subnet_ = a_.add_subnet(kVpc, kSubnetBase, kBlockSeconds);
  a_.subnets.front().used = kBeforeFirstAddress;
  a_.subnets.front().flow_logs = {s_.add_log(2, kDefaultColumns)};
  s_.traffic.watch([this](const FlowRecord& record) {
    if (record.status != LogStatus::kOk) return;
    flows.push_back({std::string{record.interface_id}, record.source.to_string(), record.destination.to_string(),
                     record.destination_port});
  });
}

void Blog::plan() {
  plan_groups();
  plan_changes();
}

void Blog::plan_groups() {
  at(10, [this](std::int64_t t) {
    wizard_ = a_.create_group(t, s_.cast.alice, kVpc, "launch-wizard-1", "launch-wizard-1 created by the console");
    ssh_rule_ = a_.authorize(t + 1, s_.cast.alice, wizard_, {{tcp_rule(kIn, 22, 22, "0.0.0.0/0"), ""}}).front();
  });
  at(12, [this](std::int64_t t) {
    LaunchSpec spec;
    spec.subnet = subnet_;
    spec.groups = {wizard_};
    spec.name = "TestVPCLogs";
    spec.from_template = false;
    first_ = a_.run_instances(t, s_.cast.alice, spec).front();
  });
  at(60, [this](std::int64_t t) {
    web_ = a_.create_group(t, s_.cast.bob, kVpc, "web-access", "http and https");
    a_.authorize(t + 1, s_.cast.bob, web_,
                 {{tcp_rule(kIn, 80, 80, "0.0.0.0/0"), "http"}, {tcp_rule(kIn, 443, 443, "0.0.0.0/0"), "https"}});
  });
  at(
      80,
      [this](std::int64_t t) {
        const int never = a_.create_group(t, s_.cast.alice, kVpc, "never-used", "");
        a_.authorize(t + 1, s_.cast.alice, never, {{tcp_rule(kIn, 8080, 8080, "203.0.113.0/24"), ""}});
        a_.authorize(t + 2, s_.cast.alice, never, {{tcp_rule(kIn, 9090, 9099, "203.0.113.0/24"), ""}});
      },
      4);
  at(90, [this](std::int64_t t) {
    const int database = a_.create_group(t, s_.cast.carol, kVpc, "db-access", "");
    a_.authorize(t + 1, s_.cast.carol, database, {{tcp_rule(kIn, 27017, 27017, "10.0.0.0/16"), "documents"}});
  });
  at(
      200,
      [this](std::int64_t t) {
        spare_ = a_.create_group(t, s_.cast.bob, kVpc, "spare", "second machine");
        a_.authorize(t + 1, s_.cast.bob, spare_, {{tcp_rule(kIn, 22, 22, "203.0.113.0/24"), "office"}});
        LaunchSpec spec;
        spec.subnet = subnet_;
        spec.groups = {spare_};
        spec.name = "TestVPCLogs";
        second_ = a_.run_instances(t + 3, s_.cast.autoscaling, spec).front();
      },
      5);
  at(700, [this](std::int64_t t) { a_.terminate(t, s_.cast.autoscaling, {second_}); });
}

void Blog::plan_changes() {
  at(100, [this](std::int64_t t) {
    a_.set_interface_groups(t, s_.cast.alice, a_.instance(first_).primary_interface, {web_, wizard_});
  });
  at(
      150,
      [this](std::int64_t t) {
        own_ = a_.create_group(t, s_.cast.carol, kVpc, "own-interface", "");
        a_.authorize(t + 1, s_.cast.carol, own_, {{tcp_rule(kIn, 5000, 5000, "10.0.0.0/16"), ""}});
        a_.create_interface(t + 2, s_.cast.carol, subnet_, {own_}, "spare interface", "");
      },
      4);
  at(250, [this](std::int64_t t) {
    ssh_rule_ = a_.modify(t, s_.cast.alice, {{ssh_rule_, {tcp_rule(kIn, 22, 22, "203.0.113.0/24"), ""}}}).front();
  });
  at(300, [this](std::int64_t t) {
    ssh_rule_ = a_.modify(t, s_.cast.bob, {{ssh_rule_, {tcp_rule(kIn, 22, 23, "0.0.0.0/0"), ""}}}).front();
  });
  at(420, [this](std::int64_t t) {
    ssh_rule_ = a_.modify(t, s_.cast.alice, {{ssh_rule_, {tcp_rule(kIn, 22, 22, "0.0.0.0/0"), ""}}}).front();
  });
  at(500, [this](std::int64_t t) { a_.set_source_check(t, s_.cast.bob, a_.instance(first_).primary_interface); });
  at(600, [this](std::int64_t t) {
    a_.set_interface_groups(t, s_.cast.bob, a_.instance(first_).primary_interface, {wizard_, web_});
  });
  at(650,
     [this](std::int64_t t) { a_.failed_authorize(t, s_.cast.bob, wizard_, tcp_rule(kIn, 0, 65535, "0.0.0.0/0")); });
}

void Blog::say(const IpAddress& client, int instance, int port, Manner manner, std::int64_t block) {
  if (instance < 0) return;
  const Span& life = a_.instance(instance).life;
  if (life.from > block || life.to < block + kBlockSeconds) return;
  const int interface = a_.instance(instance).primary_interface;
  Talk talk;
  talk.client = {-1, client, {}};
  talk.server = {interface, a_.primary_address(interface), {}};
  talk.client_port = s_.traffic.next_client_port();
  talk.server_port = port;
  talk.manner = manner;
  talk.start = block + 300 + s_.random.between(0, 240);
  talk.end = talk.start + s_.random.between(2, 30);
  s_.traffic.open(talk, block + kBlockSeconds);
}

void Blog::talk(std::int64_t start) {
  Random& random = s_.random;
  const auto some = [&](int per_thousand) { return random.chance(per_thousand); };
  const std::array<int, 2> machines{first_, second_};
  const auto any = [&] { return machines[static_cast<std::size_t>(random.between(0, 1))]; };
  if (some(150)) say(address(203, 0, 113, random.between(5, 9)), any(), 22, Manner::kSession, start);
  if (some(200)) say(address(198, 51, 100, random.between(60, 90)), any(), 22, Manner::kSilent, start);
  if (some(150)) say(address(203, 0, 113, random.between(40, 60)), first_, 80, Manner::kSession, start);
  if (some(100)) say(address(203, 0, 113, random.between(40, 60)), first_, 443, Manner::kSession, start);
  // The two networks that the statements leave out, on many ports: scanners.
  const std::array<int, 10> ports{22, 80, 443, 23, 3389, 8080, 5900, 6379, 9200, 27017};
  const auto port = [&] { return ports[static_cast<std::size_t>(random.between(0, 9))]; };
  if (some(300)) say(address(167, 94, 138, random.between(30, 33)), any(), port(), Manner::kSilent, start);
  if (some(300)) say(address(162, 142, 125, random.between(10, 13)), any(), port(), Manner::kSilent, start);
  if (first_ >= 0 && a_.instance(first_).life.from <= start && some(40)) {
    const int interface = a_.instance(first_).primary_interface;  // the machine itself calls out on port 22
    Talk talk;
    talk.client = {interface, a_.primary_address(interface), {}};
    talk.server = {-1, address(198, 51, 100, 40), {}};
    talk.client_port = s_.traffic.next_client_port();
    talk.server_port = 22;
    talk.start = start + 310;
    talk.end = start + 330;
    s_.traffic.open(talk, start + kBlockSeconds);
  }
}

}  // namespace

Result<Outcome> run_blog(Simulation& simulation) {
  const Span part = part_of(simulation, 250, 700);
  Blog blog(simulation);
  FT_CHECK(play(simulation, part, blog));
  Outcome outcome;
  outcome.cases = blog_cases(simulation, part);
  outcome.statements = blog_statements(simulation.trail.records(), blog.flows);
  return outcome;
}

}  // namespace flowtrail::sample
