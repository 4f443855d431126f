// The sentences of docs/how-it-counts.md that attribution keeps, each on its own small data.
#include "attribution/attribution.h"

#include <gtest/gtest.h>

#include "attribution/test_account.h"

namespace flowtrail::attribution {
namespace {

using flowlog::FlowDirection;
using flowlog::LogStatus;

Peer only_peer(const AttributionResult& result) {
  EXPECT_EQ(result.peers.size(), 1U);
  return peers_of(result).at(0);
}

// --- Windows and records

TEST(Windows, TheWindowIsHalfOpenAndFiltersByStart) {
  OneInterface account;
  for (const std::int64_t start : {99, 100, 199, 200}) account.flow({.start = start, .flags = 2});
  const AttributionResult result = account.run({}, 100, 200);
  EXPECT_EQ(result.records, 2);
  EXPECT_EQ(result.outside_window, 2);
}

TEST(Windows, TheDefaultRunsFromTheLeastStartToTheGreatestEndAndASecond) {
  OneInterface account;
  account.flow({.start = 500, .seconds = 10});
  account.flow({.start = 100, .seconds = 59});
  const AttributionResult result = account.run();
  EXPECT_EQ(result.window_from, kT0 + 100);
  EXPECT_EQ(result.window_to, kT0 + 511);
}

TEST(Windows, NoRecordsAtAllAreAnEmptyAnswer) {
  OneInterface account;
  const AttributionResult result = account.run();
  EXPECT_EQ(result.peers.size(), 0U);
  EXPECT_EQ(result.records, 0);
}

TEST(Records, CopiesCountOnceAndTheFirstPlaceIsTheEvidence) {
  OneInterface account;
  account.flow({.flags = 2, .object = 7, .line = 3, .flow_log = 1});
  account.flow({.flags = 2, .object = 2, .line = 9, .flow_log = 2});
  const AttributionResult result = account.run();
  EXPECT_EQ(result.records, 1);
  EXPECT_EQ(result.duplicate_records, 1);
  EXPECT_EQ(only_peer(result).evidence.first[0].place, (SourcePlace{2, 9}));
}

TEST(Records, ACopyOfAnotherFormatLendsItsFlags) {
  OneInterface account;
  account.flow({.src_port = 443, .dst_port = 50000, .flags = -1, .line = 1});
  account.flow({.src_port = 443, .dst_port = 50000, .flags = 2, .line = 2});
  EXPECT_EQ(only_peer(account.run()).service_port, 50000);
}

TEST(Records, DifferentBytesMakeTwoRecords) {
  OneInterface account;
  account.flow({.bytes = 100});
  account.flow({.bytes = 101});
  EXPECT_EQ(account.run().records, 2);
}

TEST(Records, NoDataAndSkipDataCarryNoFlowAndTheirCopiesCountOnce) {
  OneInterface account;
  for (int i = 0; i < 2; ++i) {
    account.flow({.status = LogStatus::kNoData});
    account.flow({.status = LogStatus::kSkipData});
  }
  const AttributionResult result = account.run();
  EXPECT_EQ(std::tuple(result.records, result.nodata, result.skipdata, result.duplicate_records),
            std::tuple(0, 1, 1, 2));
  EXPECT_EQ(result.peers.size(), 0U);
}

TEST(Records, ARecordWithoutTimesIsNotCounted) {
  OneInterface account;
  account.flow({.has_time = false});
  EXPECT_EQ(account.run().records, 0);
}

// --- Which side is the interface's

TEST(Sides, FlowDirectionWinsOverKnownAddresses) {
  OneInterface account;
  account.flow({.direction = FlowDirection::kEgress});
  EXPECT_EQ(only_peer(account.run()).address, address_of("10.0.0.5"));
}

TEST(Sides, AddressesCountAtTheRecordsStart) {
  TestAccount account;
  account.interface("eni-1");
  account.address(0, "10.0.0.5", until(100));
  account.address(0, "203.0.113.5", since(100));
  account.flow({.start = 50});
  account.flow({.start = 150});
  const AttributionResult result = account.run();
  ASSERT_EQ(result.peers.size(), 2U);
  EXPECT_EQ(peers_of(result)[0].address, address_of("203.0.113.5"));  // ingress first
  EXPECT_EQ(peers_of(result)[1].address, address_of("10.0.0.5"));
}

TEST(Sides, ThePacketAddressesDecideWhenTheOthersDoNot) {
  TestAccount account;
  account.interface("eni-1");
  account.address(0, "10.0.0.77");
  account.flow({.pkt_dst = "10.0.0.77"});
  EXPECT_EQ(only_peer(account.run()).address, address_of("203.0.113.5"));
}

TEST(Sides, AnUnknownInterfaceHasTheAddressCommonToNineInTenOfItsRecords) {
  for (const int strangers : {1, 2}) {  // of ten
    TestAccount account;
    for (int i = 0; i < 10; ++i) {
      const std::string own = i < strangers ? "10.0.9." + std::to_string(i) : "10.0.0.5";
      account.flow({.src = "203.0.113." + std::to_string(i), .dst = own, .start = i, .flags = 2});
    }
    EXPECT_EQ(account.run().direction_unknown_records, strangers == 1 ? 1 : 10);
  }
}

TEST(Sides, OfTwoCommonAddressesThePrivateOneIsTheInterfaces) {
  TestAccount account;
  account.session({});
  EXPECT_EQ(only_peer(account.run()).address, address_of("203.0.113.5"));
}

TEST(Sides, TwoPrivateCommonAddressesStayUndecidedAndThePeerIsTheSource) {
  TestAccount account;
  account.flow({.src = "10.0.0.9", .flags = 2});
  const AttributionResult result = account.run();
  EXPECT_EQ(only_peer(result).direction, ConnectionDirection::kUnknown);
  EXPECT_EQ(only_peer(result).address, address_of("10.0.0.9"));
  EXPECT_EQ(only_peer(result).service_port, -1);
  EXPECT_EQ(result.direction_unknown_records, 1);
}

TEST(Sides, BothSidesItsOwnMakeTheSourceThePeerAndSelf) {
  OneInterface account;
  account.address(0, "10.0.0.6");
  account.flow({.src = "10.0.0.6", .flags = 2});
  EXPECT_EQ(only_peer(account.run()).kind, PeerKind::kSelf);
  EXPECT_EQ(only_peer(account.run()).address, address_of("10.0.0.6"));
}

TEST(Sides, ThePeerIsThePacketAddressWherePresent) {
  OneInterface account;
  account.flow({.src = "10.0.0.99", .flags = 2, .pkt_src = "198.51.100.3"});
  EXPECT_EQ(only_peer(account.run()).address, address_of("198.51.100.3"));
}

// --- Who opened the connection

struct OpenerCase {
  const char* what;
  std::vector<Line> lines;  // the first is from the peer unless it says otherwise
  ConnectionDirection direction;
  int service_port;
};

TEST(Openers, TheFirstRuleThatAnswersDecides) {
  constexpr auto kIn = ConnectionDirection::kIngress;
  constexpr auto kOut = ConnectionDirection::kEgress;
  constexpr auto kNone = ConnectionDirection::kUnknown;
  const Line back{.src = "10.0.0.5", .src_port = 50000, .dst = "203.0.113.5", .dst_port = 50001};
  const auto to = [](int src, int dst, int flags, int protocol) {
    return Line{.src_port = src, .dst_port = dst, .flags = flags, .protocol = protocol};
  };
  Line later = back;
  later.start = 5;
  const std::vector<OpenerCase> cases = {
      {"SYN names the sender, whatever the ports", {to(443, 50000, 2, 6)}, kIn, 50000},
      {"SYN with ACK names the receiver", {to(50000, 22, 18, 6)}, kOut, 50000},
      {"SYN with FIN opens too", {to(443, 50000, 3, 6)}, kIn, 50000},
      {"SYN-ACK with FIN answers too", {to(50000, 22, 19, 6)}, kOut, 50000},
      {"ACK without SYN says nothing", {to(50000, 22, 20, 6)}, kIn, 22},
      {"the earlier of mirrored records", {to(50001, 50000, 0, 6), later}, kIn, 50000},
      {"mirrored records at one second say nothing", {to(50001, 50000, 0, 6), back}, kNone, -1},
      {"a port below 1024 beats a known service", {to(3306, 443, -1, 6)}, kIn, 443},
      {"a known service beats other low ports", {to(20000, 3306, -1, 6)}, kIn, 3306},
      {"a low port beats the ephemeral ones", {to(20000, 40000, -1, 17)}, kOut, 20000},
      {"equal ranks decide nothing", {to(40000, 40001, -1, 17)}, kNone, -1},
      {"ports below 1024 are equal", {to(53, 443, -1, 17)}, kNone, -1},
      {"protocols without ports have no rank", {to(0, 0, -1, 1)}, kNone, -1},
  };
  for (const OpenerCase& one : cases) {
    SCOPED_TRACE(one.what);
    OneInterface account;
    for (const Line& line : one.lines) account.flow(line);
    const AttributionResult result = account.run();
    EXPECT_EQ(only_peer(result).direction, one.direction);
    EXPECT_EQ(only_peer(result).service_port, one.service_port);
  }
}

TEST(Openers, RecordsWithoutFlagsTakeTheSideOfTheEarliestThatHasThem) {
  OneInterface account;
  account.flow({.src_port = 443, .dst_port = 50000, .start = 100, .flags = 2});
  account.flow({.src_port = 443, .dst_port = 50000, .start = 0, .flags = 0});
  EXPECT_EQ(only_peer(account.run()).counters.accepted, 2);
}

TEST(Openers, APortThatAnsweredWithSynAckIsAService) {
  OneInterface account;
  account.flow({.src_port = 20000, .dst_port = 40000, .flags = -1});
  EXPECT_EQ(only_peer(account.run()).direction, ConnectionDirection::kEgress);
  account.reply({.src = "198.51.100.3", .src_port = 60000, .dst_port = 40000, .start = 9}, 18);
  const AttributionResult result = account.run();
  for (const Peer& peer : peers_of(result)) EXPECT_EQ(peer.direction, ConnectionDirection::kIngress);
}

TEST(Openers, RulesDecideWhenOnlyOneSideIsAdmitted) {
  for (const bool egress_too : {false, true}) {
    OneInterface account;
    account.rule(0, "sgr-in", "203.0.113.0/24", 1, -1, -1);
    if (egress_too) account.egress(0, "sgr-out", "0.0.0.0/0");
    account.flow({.src_port = 0, .dst_port = 0, .protocol = 1});
    EXPECT_EQ(only_peer(account.run()).direction,
              egress_too ? ConnectionDirection::kUnknown : ConnectionDirection::kIngress);
  }
}

TEST(Openers, ARejectedSenderOpenedTheConnectionEvenIfOnlyEgressIsAdmitted) {
  OneInterface account;
  account.egress(0, "sgr-out", "0.0.0.0/0");
  account.flow({.src_port = 40000, .dst_port = 50000, .protocol = 17, .accept = false});
  const AttributionResult result = account.run();
  EXPECT_EQ(only_peer(result).direction, ConnectionDirection::kIngress);
  EXPECT_EQ(only_peer(result).grade, Grade::kRejected);
}

TEST(Openers, SctpHasAServicePort) {
  OneInterface account;
  account.rule(0, "sgr-in", "0.0.0.0/0", 132, -1, -1);
  account.flow({.src_port = 7000, .dst_port = 3868, .protocol = 132});
  EXPECT_EQ(only_peer(account.run()).service_port, 3868);
}

// --- Grades and counters

TEST(Grades, FollowRepliesAndPayload) {
  const struct {
    const char* what;
    int protocol, reply_flags;
    std::int64_t bytes;  // of ten packets each way
    bool accept, reply;
    Grade grade;
  } cases[] = {
      {"data and a reply", 6, 18, 601, true, true, Grade::kSession},
      {"sixty bytes a packet prove no data", 6, 18, 600, true, true, Grade::kHandshake},
      {"nobody answered", 6, 18, 5000, true, false, Grade::kProbe},
      {"only a reset", 6, 4, 5000, true, true, Grade::kProbe},
      {"refused", 6, 18, 5000, false, false, Grade::kRejected},
      {"UDP both ways", 17, -1, 100, true, true, Grade::kSession},
      {"UDP one way", 17, -1, 100, true, false, Grade::kProbe},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    OneInterface account;
    Line line{.flags = 2, .bytes = one.bytes, .protocol = one.protocol, .accept = one.accept};
    account.flow(line);
    if (one.reply) account.reply(line, one.reply_flags);
    EXPECT_EQ(only_peer(account.run()).grade, one.grade);
  }
}

TEST(Grades, Ipv6HeadersAreTwentyBytesLonger) {
  for (const std::int64_t bytes : {800, 801}) {
    TestAccount account;
    account.interface("eni-1");
    account.address(0, "2001:db8::1");
    Line line{.src = "2001:db8:9::9", .dst = "2001:db8::1", .bytes = bytes};
    account.session(line);
    EXPECT_EQ(only_peer(account.run()).grade, bytes == 800 ? Grade::kHandshake : Grade::kSession);
  }
}

TEST(Counters, AttemptsAreSynsWhereFlagsAreKnown) {
  OneInterface account;
  account.flow({.start = 0, .flags = 2});
  account.flow({.start = 60, .flags = 0});
  account.flow({.start = 120, .flags = -1});
  EXPECT_EQ(only_peer(account.run()).counters.attempts, 2);
}

// --- Hits

TEST(Hits, SoleAndSharedAreToldApartAndRepliesHitNothing) {
  OneInterface account;
  const std::uint32_t wide = account.rule(0, "sgr-wide", "0.0.0.0/0");
  const std::uint32_t narrow = account.rule(0, "sgr-narrow", "203.0.113.0/24", 6, 22, 22, since(1000));
  const std::uint32_t out = account.egress(0, "sgr-out", "0.0.0.0/0");
  account.session({.start = 0});
  account.session({.start = 2000});
  const AttributionResult result = account.run();
  EXPECT_EQ(std::tuple(result.rules[wide].sole_hits, result.rules[wide].shared_hits, result.rules[wide].covered_hits),
            std::tuple(1, 1, 0));
  EXPECT_EQ(
      std::tuple(result.rules[narrow].sole_hits, result.rules[narrow].shared_hits, result.rules[narrow].covered_hits),
      std::tuple(0, 1, 1));
  EXPECT_EQ(result.rules[out].sole_hits, 0);
  EXPECT_EQ(result.rules[wide].bytes, 10000);
}

TEST(Hits, ARuleOnTwoTouchingMembershipsCountsOnce) {
  OneInterface account;
  account.attach(0, 0, between(-10, 30));
  account.attach(0, 0, between(30, 90));
  account.rule(0, "sgr-1", "0.0.0.0/0");
  account.flow({.start = 20, .flags = 2});
  EXPECT_EQ(account.run().rules[0].sole_hits, 1);
}

TEST(Hits, AnAcceptedRecordThatNoRuleAdmitsIsUnexplained) {
  OneInterface account;
  account.rule(0, "sgr-1", "0.0.0.0/0", 6, 22, 22, until(100));
  account.flow({.start = 100, .flags = 2});
  EXPECT_EQ(only_peer(account.run()).unexplained, 1);
}

TEST(Hits, AGroupSourceMatchesItsMembersAtThatTime) {
  OneInterface account;
  account.group("sg-2");
  account.interface("eni-2");
  account.address(1, "10.0.0.9");
  account.attach(1, 1, between(0, 100));
  account.rule(0, "sgr-1", "sg-2");
  account.flow({.src = "10.0.0.9", .start = 50, .flags = 2});
  account.flow({.src = "10.0.0.9", .start = 100, .flags = 2});
  const AttributionResult result = account.run();
  EXPECT_EQ(result.rules[0].sole_hits, 1);
  EXPECT_EQ(only_peer(result).unexplained, 1);
}

TEST(Hits, APrefixListMatchesByTheVersionInForceAndAnUnknownOneNothing) {
  OneInterface account;
  account.prefix_list("pl-1", {"203.0.113.0/24"}, between(0, 100));
  account.prefix_list("pl-1", {"198.51.100.0/24"}, since(100));
  account.rule(0, "sgr-1", "pl-1");
  account.rule(0, "sgr-2", "pl-9");
  account.flow({.start = 50, .flags = 2});
  account.flow({.start = 150, .flags = 2});
  const AttributionResult result = account.run();
  EXPECT_EQ(result.rules[0].sole_hits, 1);
  EXPECT_EQ(result.rules[1].sole_hits + result.rules[1].shared_hits, 0);
}

TEST(Hits, RulesAreListedNarrowestFirst) {
  OneInterface account;
  account.attach(account.interface("eni-2"), account.group("sg-2"));
  account.address(1, "10.0.0.9");
  account.prefix_list("pl-1", {"10.0.0.0/8", "10.0.0.8/29"});
  const std::uint32_t all = account.rule(0, "sgr-a", "10.0.0.0/16", -1, -1, -1);
  const std::uint32_t b = account.rule(0, "sgr-c", "10.0.0.0/16");
  const std::uint32_t a = account.rule(0, "sgr-b", "10.0.0.0/16");
  const std::uint32_t list = account.rule(0, "sgr-d", "pl-1");
  const std::uint32_t group = account.rule(0, "sgr-e", "sg-2");
  account.flow({.src = "10.0.0.9", .flags = 2});
  std::vector<std::uint32_t> order;
  const AttributionResult result = account.run();
  for (const RuleHits& hits : only_peer(result).rules) order.push_back(hits.rule);
  EXPECT_EQ(order, (std::vector{group, list, a, b, all}));
}

TEST(Hits, OfTwoEqualRulesOneIsNotCovered) {
  OneInterface account;
  const std::uint32_t young = account.rule(0, "sgr-a", "0.0.0.0/0", 6, 22, 22, since(-50));
  const std::uint32_t old = account.rule(0, "sgr-b", "0.0.0.0/0", 6, 22, 22, since(-100));
  account.session({});
  const AttributionResult result = account.run();
  EXPECT_EQ(result.rules[young].covered_hits, 1);
  EXPECT_EQ(result.rules[old].covered_hits, 0);
}

// --- Kinds and owners

TEST(Kinds, AMemberOfTheSameVpcIsPreferredAndNamedByItsInstance) {
  OneInterface account;
  account.interface("eni-2", {}, "vpc-2");
  account.interface("eni-3", {}, "vpc-1");
  account.address(1, "10.0.0.9");
  account.address(2, "10.0.0.9");
  account.name("eni-2", "stranger");
  account.plug(2, account.instance("i-3"));
  account.name("i-3", "web");
  account.session({.src = "10.0.0.9"});
  EXPECT_EQ(only_peer(account.run()).kind, PeerKind::kGroupMember);
  EXPECT_EQ(only_peer(account.run()).name, "web");
}

TEST(Kinds, ServiceFieldsNameServicesAndHealthChecks) {
  for (const auto& [service, kind, name] : {std::tuple("S3", PeerKind::kAwsService, "S3"),
                                            std::tuple("ROUTE53_HEALTHCHECKS", PeerKind::kHealthCheck, "")}) {
    OneInterface account;
    account.flow({.flags = 2, .src_service = service, .dst_service = "EC2"});
    EXPECT_EQ(only_peer(account.run()).kind, kind);
    EXPECT_EQ(only_peer(account.run()).name, name);
  }
}

TEST(Kinds, AHealthCheckComesWithAFixedPeriodAndSaysLittle) {
  const struct {
    int attempts;
    std::int64_t period, bytes;
    PeerKind kind;
  } cases[] = {{10, 30, 1500, PeerKind::kHealthCheck}, {9, 30, 1500, PeerKind::kPrivate},
               {10, 4, 1500, PeerKind::kPrivate},      {10, 5, 1500, PeerKind::kHealthCheck},
               {10, 60, 1500, PeerKind::kHealthCheck}, {10, 61, 1500, PeerKind::kPrivate},
               {10, 30, 1501, PeerKind::kPrivate}};
  for (const auto& one : cases) {
    OneInterface account;
    for (int i = 0; i < one.attempts; ++i) {
      account.session({.src = "10.9.9.9", .src_port = 40000 + i, .start = i * one.period, .bytes = one.bytes});
    }
    EXPECT_EQ(only_peer(account.run()).kind, one.kind) << one.attempts << " " << one.period << " " << one.bytes;
  }
}

TEST(Kinds, EightTargetsMostlyWithoutAnswerMakeAScanner) {
  for (const int targets : {7, 8}) {
    OneInterface account;
    for (int i = 0; i < targets; ++i) account.flow({.dst_port = 100 + i, .flags = 2, .accept = false});
    for (const Peer& peer : peers_of(account.run())) {
      EXPECT_EQ(peer.kind, targets == 8 ? PeerKind::kScanner : PeerKind::kPublic);
    }
  }
}

TEST(Kinds, ThirtyTwoPortsOnOneInterfaceMakeAScannerWhateverTheAnswer) {
  for (const int ports : {31, 32}) {
    OneInterface account;
    for (int i = 0; i < ports; ++i) account.session({.dst_port = 100 + i});
    EXPECT_EQ(peers_of(account.run())[0].kind, ports == 32 ? PeerKind::kScanner : PeerKind::kPublic);
  }
}

TEST(Kinds, AListedAddressIsAScannerUnlessItHasASessionAnywhere) {
  const ScannerList list = ScannerList::parse("cidr,name,source,seen\n203.0.113.0/24,probers,,\n", "test").value();
  OneInterface account;
  account.flow({.flags = 2, .accept = false});
  AttributionOptions options;
  options.scanners = &list;
  EXPECT_EQ(only_peer(account.run(options)).kind, PeerKind::kScanner);
  EXPECT_EQ(only_peer(account.run(options)).name, "probers");
  EXPECT_EQ(only_peer(account.run()).kind, PeerKind::kPublic);
  account.session({.dst_port = 443, .interface = "eni-9"});
  for (const Peer& peer : peers_of(account.run(options))) EXPECT_EQ(peer.kind, PeerKind::kPublic);
}

TEST(Owners, AreThoseOfTheRecordsTimeAndSplitAKeyThatIsGradedAsOne) {
  OneInterface account;
  account.plug(0, account.instance("i-1"), until(100));
  account.plug(0, account.instance("i-2"), since(100));
  account.name("i-1", "old");
  account.name("i-2", "new");
  account.flow({.start = 50, .flags = 2});
  account.reply({.start = 150});
  const AttributionResult result = account.run();
  ASSERT_EQ(result.peers.size(), 2U);
  EXPECT_EQ(result.owners[peers_of(result)[0].owner].fleet, "old");
  EXPECT_EQ(result.owners[peers_of(result)[1].owner].fleet, "new");
  for (const Peer& peer : peers_of(result)) EXPECT_EQ(peer.grade, Grade::kSession);
}

TEST(Owners, WithoutHistoryTheRecordsOwnInstanceCounts) {
  TestAccount account;
  account.session({.instance = "i-7"});
  EXPECT_EQ(account.run().owners[0].instance_id, "i-7");
}

// --- Coverage

TEST(Coverage, SilenceOfMoreThanThreeIntervalsIsAGap) {
  for (const std::int64_t silence : {180, 181}) {
    OneInterface account;
    account.flow({.start = 0, .seconds = 59});
    account.flow({.start = 60 + silence, .seconds = 59});
    const AttributionResult result = account.run();
    ASSERT_EQ(result.gaps.size(), silence == 180 ? 0U : 1U);
    if (silence == 181) {
      EXPECT_EQ(result.gaps[0].interface_id, "");  // the only interface is every interface
      EXPECT_EQ(result.gaps[0].from, kT0 + 60);
      EXPECT_EQ(result.gaps[0].to, kT0 + 241);
    }
  }
}

TEST(Coverage, ThreeLongIntervalsOfSilenceAreNoGap) {
  for (const std::int64_t silence : {1800, 1801}) {
    OneInterface account;
    account.flow({.start = 0, .seconds = 599});
    account.flow({.start = 600 + silence, .seconds = 599});
    EXPECT_EQ(account.run().gaps.size(), silence == 1800 ? 0U : 1U);
  }
}

TEST(Coverage, AFlowLogWithLongRecordsHasTenMinuteIntervals) {
  for (const std::int64_t seconds : {89, 90}) {  // end - start; a second longer in all
    OneInterface account;
    account.flow({.start = 0, .seconds = seconds});
    EXPECT_EQ(account.run().coverage_of("eni-1")->aggregation_seconds, seconds == 89 ? 60 : 600);
  }
}

TEST(Coverage, SkippedTimeIsHeardButNotObserved) {
  OneInterface account;
  account.flow({.start = 0});
  account.flow({.start = 60, .status = LogStatus::kSkipData});
  account.flow({.start = 120, .status = LogStatus::kNoData});
  const AttributionResult result = account.run();
  const std::vector<std::pair<std::int64_t, std::int64_t>> observed{{kT0, kT0 + 60}, {kT0 + 120, kT0 + 180}};
  EXPECT_EQ(result.coverage_of("eni-1")->observed, observed);
  EXPECT_TRUE(result.gaps.empty());
}

TEST(Coverage, AnInterfaceIsExpectedWhileItExists) {
  TestAccount account;
  account.group("sg-1");
  account.interface("eni-1", between(1000, 2000));
  account.attach(0, 0);
  account.rule(0, "sgr-1", "0.0.0.0/0");
  account.interface("eni-2");
  account.flow({.start = 0, .interface = "eni-2"});
  const AttributionResult result = account.run({}, 0, 5000);
  EXPECT_EQ(result.rule_time(account.history(), 0).expected, 1000);
  EXPECT_EQ(result.rule_time(account.history(), 0).observed, 0);
}

TEST(Coverage, AGapOfEveryInterfaceIsReportedOnceForAll) {
  TestAccount account;
  account.flow({.start = 0, .interface = "eni-1"});
  account.flow({.start = 0, .interface = "eni-2"});
  account.flow({.start = 1000, .interface = "eni-1"});
  account.flow({.start = 2000, .interface = "eni-2"});
  account.flow({.start = 3000, .interface = "eni-1"});
  const AttributionResult result = account.run();
  ASSERT_GE(result.gaps.size(), 2U);
  EXPECT_EQ(std::tuple(result.gaps[0].interface_id, result.gaps[0].from, result.gaps[0].to),
            std::tuple("", kT0 + 60, kT0 + 1000));
  EXPECT_EQ(result.gaps[1].interface_id, "");
  EXPECT_EQ(std::tuple(result.gaps[1].from, result.gaps[1].to), std::tuple(kT0 + 1060, kT0 + 2000));
}

// --- Hostile numbers

TEST(Hostile, ExtremeNumbersNeitherCrashNorWrap) {
  OneInterface account;
  account.rule(0, "sgr-1", "0.0.0.0/0");
  for (const std::int64_t edge : {INT64_MIN, INT64_MAX, std::int64_t{-1}, std::int64_t{0}}) {
    flowlog::FlowRecord record = account.record_of({.flags = 2});
    record.start = edge;
    record.end = INT64_MAX;
    record.bytes = record.packets = INT64_MAX;
    record.src_port = 70000;
    record.place.line = static_cast<std::uint32_t>(account.records().size() + 1);
    account.records().emplace_back(record, 0);
  }
  account.flow({});
  EXPECT_EQ(account.run({}, 0, 1000).records, 1);
  EXPECT_EQ(account.run().records, 5);
}

TEST(Spooling, AnUnwritableFolderIsAnError) {
  OneInterface account;
  account.history().index();
  AttributionOptions options;
  options.memory_budget_bytes = 1;
  options.temporary_folder = "/nonexistent folder";
  Attribution attribution(account.history(), account.symbols(), options);
  std::vector<flowlog::FlowRecord> batch;
  for (int i = 0; i < 3; ++i) batch.push_back(account.record_of({.start = i}));
  const Status status = attribution.lane(0).add(batch, 0);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace flowtrail::attribution
