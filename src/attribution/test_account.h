// A small account for tests, built by hand: a history and flow records from a few words each. Times are seconds from
// `kT0`.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attribution/attribution.h"
#include "flowlog/flow_record.h"
#include "history/history.h"

namespace flowtrail::attribution {

constexpr std::int64_t kT0 = 1'772'323'200;  // 2026-03-01T00:00:00Z
constexpr std::int64_t kTestHour = 3600;
constexpr std::int64_t kTestDay = 86400;

inline IpAddress address_of(std::string_view text) {
  return IpAddress::parse(text).value();
}
inline UtcSeconds at(std::int64_t offset) {
  return utc_from_seconds(kT0 + offset);
}

inline Interval always() {
  return {};
}
inline Interval between(std::int64_t from, std::int64_t to) {
  return {at(from), at(to)};
}
inline Interval since(std::int64_t from) {
  return {at(from), std::nullopt};
}
inline Interval until(std::int64_t to) {
  return {std::nullopt, at(to)};
}

/// One flow record in words. Unnamed parts are those of an accepted TCP record of 60 s without optional fields.
struct Line {
  std::string src = "203.0.113.5";
  int src_port = 51000;
  std::string dst = "10.0.0.5";
  int dst_port = 22;
  std::int64_t start = 0;
  std::int64_t seconds = 59;  // end - start
  int flags = -1;
  std::int64_t packets = 10, bytes = 5000;
  int protocol = 6;
  bool accept = true;
  flowlog::FlowDirection direction = flowlog::FlowDirection::kAbsent;
  std::string interface = "eni-1";
  std::string pkt_src = {}, pkt_dst = {}, src_service = {}, dst_service = {}, instance = {}, account = {}, vpc = {};
  flowlog::LogStatus status = flowlog::LogStatus::kOk;
  std::uint32_t object = 0;
  std::uint32_t line = 0;  // 0: numbered as they are added
  std::uint32_t flow_log = 0;
  bool has_time = true;
};

class TestAccount {
 public:
  std::uint32_t group(const std::string& id, history::Baseline baseline = history::Baseline::kCreated) {
    history::Group group;
    group.group_id = id;
    group.attachments_baseline = group.rules_baseline = baseline;
    history_.groups.push_back(group);
    return static_cast<std::uint32_t>(history_.groups.size() - 1);
  }
  std::uint32_t interface(const std::string& id, Interval life = {}, const std::string& vpc = "vpc-1") {
    history::Interface interface;
    interface.interface_id = id;
    interface.vpc_id = vpc;
    interface.life = life;
    history_.interfaces.push_back(interface);
    return static_cast<std::uint32_t>(history_.interfaces.size() - 1);
  }
  void address(std::uint32_t interface, const std::string& text, Interval valid = {}) {
    history_.addresses.push_back({interface, address_of(text), true, valid});
  }
  void attach(std::uint32_t interface, std::uint32_t group, Interval valid = {}) {
    history_.memberships.push_back({interface, group, valid, {}, {}});
  }
  void name(const std::string& resource, const std::string& text, Interval valid = {}) {
    history_.names.push_back({resource, text, valid});
  }
  std::uint32_t instance(const std::string& id) {
    history::Instance instance;
    instance.instance_id = id;
    history_.instances.push_back(instance);
    return static_cast<std::uint32_t>(history_.instances.size() - 1);
  }
  void plug(std::uint32_t interface, std::uint32_t instance, Interval valid = {}) {
    history_.attachments.push_back({interface, instance, 0, valid});
  }
  void prefix_list(const std::string& id, const std::vector<std::string>& blocks, Interval valid = {},
                   bool complete = true) {
    history::PrefixListVersion version;
    version.prefix_list_id = id;
    for (const std::string& block : blocks) version.entries.push_back(Cidr::parse(block).value());
    version.valid = valid;
    version.complete = complete;
    history_.prefix_lists.push_back(version);
  }
  /// `source`: a CIDR block, `sg-...` or `pl-...`.
  std::uint32_t rule(std::uint32_t group, const std::string& id, const std::string& source, int protocol = 6,
                     int from_port = 22, int to_port = 22, Interval valid = {},
                     history::Direction direction = history::Direction::kIngress) {
    history::Rule rule;
    if (!id.empty()) rule.rule_id = id;
    rule.group = group;
    rule.spec = firewall::canonical_rule(direction, protocol, from_port, to_port);
    if (source.starts_with("sg-") || source.starts_with("pl-")) {
      const bool list = source.starts_with("pl-");
      rule.spec.source_kind = list ? history::SourceKind::kPrefixList : history::SourceKind::kGroup;
      rule.spec.source_id = source;
    } else {
      rule.spec.cidr = Cidr::parse(source).value();
      rule.spec.source_kind = rule.spec.cidr.is_v4() ? history::SourceKind::kCidrIpv4 : history::SourceKind::kCidrIpv6;
    }
    rule.valid = valid;
    history_.rules.push_back(rule);
    return static_cast<std::uint32_t>(history_.rules.size() - 1);
  }
  std::uint32_t egress(std::uint32_t group, const std::string& id, const std::string& source, int protocol = -1,
                       int from_port = -1, int to_port = -1, Interval valid = {}) {
    return rule(group, id, source, protocol, from_port, to_port, valid, history::Direction::kEgress);
  }
  void flow(const Line& line) {
    flowlog::FlowRecord record = record_of(line);
    if (record.place.line == 0) record.place.line = static_cast<std::uint32_t>(records_.size() + 1);
    records_.emplace_back(record, line.flow_log);
  }
  /// The answering half of a connection: `line` with the ends exchanged.
  void reply(Line line, int flags = 18) {
    std::swap(line.src, line.dst);
    std::swap(line.src_port, line.dst_port);
    std::swap(line.pkt_src, line.pkt_dst);
    line.flags = flags;
    flow(line);
  }
  /// A connection with data both ways, opened by the line's source.
  void session(Line line) {
    line.flags = 2;
    flow(line);
    reply(line);
  }
  flowlog::FlowRecord record_of(const Line& line) {
    flowlog::FlowRecord record;
    record.interface = symbols_.code(line.interface);
    record.account = symbols_.code(line.account);
    record.instance = symbols_.code(line.instance);
    record.vpc = symbols_.code(line.vpc);
    record.src_service = symbols_.code(line.src_service);
    record.dst_service = symbols_.code(line.dst_service);
    record.status = line.status;
    record.start = kT0 + line.start;
    record.end = record.start + line.seconds;
    record.has_time = line.has_time;
    record.place = {line.object, line.line};
    if (line.status != flowlog::LogStatus::kOk) return record;
    record.src = address_of(line.src);
    record.dst = address_of(line.dst);
    record.has_src = record.has_dst = true;
    record.has_pkt_src = !line.pkt_src.empty();
    record.has_pkt_dst = !line.pkt_dst.empty();
    record.pkt_src = record.has_pkt_src ? address_of(line.pkt_src) : record.src;
    record.pkt_dst = record.has_pkt_dst ? address_of(line.pkt_dst) : record.dst;
    record.src_port = line.src_port;
    record.dst_port = line.dst_port;
    record.protocol = line.protocol;
    record.tcp_flags = line.flags;
    record.packets = line.packets;
    record.bytes = line.bytes;
    record.action = line.accept ? flowlog::Action::kAccept : flowlog::Action::kReject;
    record.direction = line.direction;
    return record;
  }

  AttributionResult run(AttributionOptions options = {}, std::optional<std::int64_t> from = std::nullopt,
                        std::optional<std::int64_t> to = std::nullopt) {
    history_.index();
    Attribution attribution(history_, symbols_, std::move(options));
    for (const auto& [record, flow_log] : records_) {
      std::vector<flowlog::FlowRecord> batch;
      batch.push_back(record);
      EXPECT_TRUE(attribution.lane(0).add(batch, flow_log));
    }
    auto result = attribution.finish(from ? std::optional(kT0 + *from) : std::nullopt,
                                     to ? std::optional(kT0 + *to) : std::nullopt);
    EXPECT_TRUE(result) << result.error().to_string();
    return std::move(*result);
  }

  history::History& history() { return history_; }
  flowlog::SymbolTable& symbols() { return symbols_; }
  std::vector<std::pair<flowlog::FlowRecord, std::uint32_t>>& records() { return records_; }

 private:
  history::History history_;
  flowlog::SymbolTable symbols_;
  std::vector<std::pair<flowlog::FlowRecord, std::uint32_t>> records_;  // and the flow log of each
};

/// All at once, in their order.
inline std::vector<Peer> peers_of(const AttributionResult& result) {
  std::vector<Peer> peers;
  KeptPeers::Cursor cursor = result.peers.open();
  for (;;) {
    const auto peer = cursor.next();
    EXPECT_TRUE(peer) << peer.error().to_string();
    if (!peer || *peer == nullptr) break;
    peers.push_back(**peer);
  }
  EXPECT_EQ(peers.size(), result.peers.size());
  return peers;
}

/// eni-1 with the address 10.0.0.5 and the group sg-1 (index 0 each).
struct OneInterface : TestAccount {
  OneInterface() {
    group("sg-1");
    interface("eni-1");
    address(0, "10.0.0.5");
    attach(0, 0);
  }
};

}  // namespace flowtrail::attribution
