#include "sample/traffic.h"

#include <algorithm>
#include <utility>

namespace flowtrail::sample {
namespace {

constexpr int kTcp = 6;
constexpr int kFin = 1, kSyn = 2, kRst = 4, kSynAck = 18;
constexpr std::int64_t kBlock = 600;                          // talks are written in blocks of ten minutes
constexpr int kFirstClientPort = 35000, kClientPorts = 9000;  // ephemeral, clear of well-known services

bool is_inside(const std::vector<Span>& spans, std::int64_t time) {
  return std::any_of(spans.begin(), spans.end(), [&](const Span& span) { return span.contains(time); });
}

}  // namespace

Traffic::Traffic(const Account& account, std::vector<std::unique_ptr<FlowLog>>& logs, Ledger& ledger,
                 std::uint64_t seed)
    : account_(account), logs_(logs), ledger_(ledger), random_(seed ^ 0x666c6f77U) {}

int Traffic::next_client_port() {
  return kFirstClientPort + static_cast<int>(ports_taken_++ % kClientPorts);
}

bool Traffic::is_logged(int interface, std::int64_t time) const {
  const InterfaceState& state = account_.interface(interface);
  return state.life.contains(time) && !is_inside(state.silent, time) && !is_inside(state.skipped, time);
}

FlowRecord Traffic::blank(int interface, std::int64_t start, std::int64_t end) const {
  const InterfaceState& state = account_.interface(interface);
  const Subnet& subnet = account_.subnets[static_cast<std::size_t>(state.subnet)];
  FlowRecord record;
  record.interface_id = state.id;
  record.vpc_id = subnet.vpc;
  record.subnet_id = subnet.id;
  const int instance = account_.instance_of(interface, start);
  if (instance >= 0) record.instance_id = account_.instance(instance).id;
  record.start = start;
  record.end = end;
  return record;
}

void Traffic::deliver(const FlowRecord& record, int interface) {
  const Subnet& subnet = account_.subnets[static_cast<std::size_t>(account_.interface(interface).subnet)];
  const auto send = [&](int log) {
    logs_[static_cast<std::size_t>(log)]->add(record);
    ledger_.hear(interface, log, record.start, record.end + 1);
  };
  for (const int log : subnet.flow_logs) send(log);
  for (const ExtraLog& extra : extra_logs_) {
    if (extra.interface == interface && extra.span.contains(record.start)) send(extra.log);
  }
  if (watcher_) watcher_(record);
}

void Traffic::write(FlowRecord& record, int interface, const Knowledge& known, const std::vector<int>& rules) {
  const Subnet& subnet = account_.subnets[static_cast<std::size_t>(account_.interface(interface).subnet)];
  if (busy_.size() <= static_cast<std::size_t>(interface)) busy_.resize(static_cast<std::size_t>(interface) + 1, 0);
  busy_[static_cast<std::size_t>(interface)] |= 1U << (record.start % kBlock / subnet.interval);
  deliver(record, interface);
  ledger_.enter(record, known, rules);
}

void Traffic::open(Talk talk, std::int64_t interval_end) {
  if (talk.client.interface >= 0) {
    talk.client_may_send = !account_
                                .admitting(talk.client.interface, Direction::kEgress, talk.server.address,
                                           talk.protocol, talk.server_port, talk.start)
                                .empty();
  }
  if (talk.server.interface >= 0) {
    talk.server_may_receive = !account_
                                   .admitting(talk.server.interface, Direction::kIngress, talk.client.address,
                                              talk.protocol, talk.server_port, talk.start)
                                   .empty();
  }
  const bool refused = !talk.client_may_send || !talk.server_may_receive;
  if (refused) talk.end = std::min(talk.end, talk.start + 3);
  const std::int64_t end = std::min(talk.end, interval_end - 1);
  write_slices(talk, talk.start, end);
  if (talk.end >= interval_end) open_.push_back(talk);
}

void Traffic::next_interval(std::int64_t start, std::int64_t end) {
  for (const Talk& talk : open_) {
    const std::int64_t first = start + random_.between(0, 60);
    const std::int64_t last = std::min(talk.end, start + random_.between(320, 590));
    if (last > first) write_slices(talk, first, last);
  }
  std::erase_if(open_, [&](const Talk& talk) { return talk.end < end; });
}

void Traffic::write_slices(const Talk& talk, std::int64_t from, std::int64_t to) {
  if (talk.client.interface >= 0) write_view(talk, true, from, to);
  if (talk.server.interface >= 0 && talk.client_may_send) write_view(talk, false, from, to);
}

Traffic::Volume Traffic::volume(const Talk& talk, bool initiator, bool answered, std::int64_t seconds) {
  const std::int64_t header = talk.client.address.is_v4() ? 60 : 80;
  if (talk.protocol != kTcp) {
    const std::int64_t packets = 1 + seconds / 30;
    return {packets, packets * random_.between(84, 160)};
  }
  if (!answered) {
    const std::int64_t packets = random_.between(1, 3);
    return {packets, packets * (header - 8)};
  }
  if (talk.manner == Manner::kReset) return {1, initiator ? header : header - 20};
  if (talk.manner == Manner::kHandshake) {
    return initiator ? Volume{3, 3 * header - 16} : Volume{2, 2 * header - 8};
  }
  const std::int64_t packets = random_.between(6, 20) + seconds / 4;
  return {packets, packets * (header + random_.between(20, 700))};
}

void Traffic::write_view(const Talk& talk, bool client_view, std::int64_t start, std::int64_t end) {
  const Party& own = client_view ? talk.client : talk.server;
  const Party& other = client_view ? talk.server : talk.client;
  if (!is_logged(own.interface, start)) return;
  const Subnet& subnet = account_.subnets[static_cast<std::size_t>(account_.interface(own.interface).subnet)];
  const bool flags = logs_[static_cast<std::size_t>(subnet.flow_logs.front())]->has_flags();
  const bool passes = client_view ? talk.client_may_send : talk.server_may_receive;
  const bool delivered = talk.client_may_send && talk.server_may_receive;
  const bool answered = delivered && talk.manner != Manner::kSilent;
  const bool first = start == talk.start;
  const bool last = end == talk.end;
  Knowledge known{own.interface, !client_view, true, other.address, -1, flags, {}};
  if (flags) known.peer_service = other.service;  // the default format has no such field
  if (talk.protocol == kTcp || talk.protocol == 17) known.port = talk.server_port;

  FlowRecord record = blank(own.interface, start, end);
  // The own side of the plain fields shows the primary private address, whatever the packet says.
  const IpAddress shown = own.address.is_v4() ? account_.primary_address(own.interface) : own.address;
  const auto orient = [&](bool from_client) {
    const bool outgoing = from_client == client_view;
    record.ingress = !outgoing;
    record.source = outgoing ? shown : other.address;
    record.destination = outgoing ? other.address : shown;
    record.packet_source = outgoing ? own.address : other.address;
    record.packet_destination = outgoing ? other.address : own.address;
    record.source_port = from_client ? talk.client_port : talk.server_port;
    record.destination_port = from_client ? talk.server_port : talk.client_port;
    record.source_service = outgoing ? std::string_view{} : other.service;
    record.destination_service = outgoing ? other.service : std::string_view{};
    record.traffic_path = outgoing ? (is_private(other.address) ? 1 : 8) : 0;
  };
  record.protocol = talk.protocol;
  orient(true);
  record.accept = passes;
  if (talk.protocol == kTcp)
    record.tcp_flags = (first ? kSyn : 0) | (last && answered && talk.manner != Manner::kReset ? kFin : 0);
  const Volume sent = volume(talk, true, answered, end - start);
  record.packets = sent.packets;
  record.bytes = sent.bytes;
  const Direction direction = client_view ? Direction::kEgress : Direction::kIngress;
  const std::vector<int> rules =
      passes ? account_.admitting(own.interface, direction, other.address, talk.protocol, talk.server_port, start)
             : std::vector<int>{};
  write(record, own.interface, known, rules);
  if (!answered) return;

  orient(false);
  record.accept = true;
  // An answer never starts before the question; for protocols without ports it starts later, so that order tells.
  if (record.end > record.start) record.start += talk.protocol == kTcp ? random_.between(0, 1) : 1;
  if (talk.protocol == kTcp) {
    const bool reset = talk.manner == Manner::kReset;
    record.tcp_flags = reset ? kRst : (first ? kSynAck : 0) | (last ? kFin : 0);
  }
  const Volume returned = volume(talk, false, true, end - start);
  record.packets = returned.packets;
  record.bytes = returned.bytes;
  known.from_initiator = false;
  write(record, own.interface, known, {});
}

void Traffic::through_nat(int interface, int nat, const Party& outside, int server_port, std::int64_t start,
                          std::int64_t end) {
  Talk talk{{interface, account_.primary_address(interface), {}},
            outside,
            kTcp,
            next_client_port(),
            server_port,
            Manner::kSession,
            start,
            end,
            true,
            true};
  talk.client_may_send =
      !account_.admitting(interface, Direction::kEgress, outside.address, kTcp, server_port, start).empty();
  write_view(talk, true, start, end);
  if (!talk.client_may_send || !is_logged(nat, start)) return;

  const IpAddress gateway = account_.primary_address(nat);
  const int outer_port = next_client_port();
  struct Leg {
    IpAddress source, destination, packet_source, packet_destination;
    int source_port, destination_port, flags;
    bool ingress, from_initiator, inner;
  };
  const IpAddress inner = talk.client.address;
  const std::vector<Leg> legs{
      {inner, gateway, inner, outside.address, talk.client_port, server_port, kSyn | kFin, true, true, true},
      {gateway, outside.address, gateway, outside.address, outer_port, server_port, kSyn | kFin, false, true, false},
      {outside.address, gateway, outside.address, gateway, server_port, outer_port, kSynAck | kFin, true, false, false},
      {gateway, inner, outside.address, inner, server_port, talk.client_port, kSynAck | kFin, false, false, true}};
  for (const Leg& leg : legs) {
    FlowRecord record = blank(nat, start, end);
    record.source = leg.source;
    record.destination = leg.destination;
    record.packet_source = leg.packet_source;
    record.packet_destination = leg.packet_destination;
    record.source_port = leg.source_port;
    record.destination_port = leg.destination_port;
    record.protocol = kTcp;
    record.tcp_flags = leg.flags;
    record.ingress = leg.ingress;
    record.traffic_path = leg.ingress ? 0 : (leg.inner ? 1 : 8);
    const Volume size = volume(talk, leg.from_initiator, true, end - start);
    record.packets = size.packets;
    record.bytes = size.bytes;
    const Knowledge known{nat,  leg.inner, leg.from_initiator, leg.inner ? inner : outside.address, server_port,
                          true, {}};
    write(record, nat, known, {});
  }
}

void Traffic::close_interval(std::int64_t start, std::int64_t end) {
  busy_.resize(account_.interfaces.size(), 0);
  for (int index = 0; index < static_cast<int>(account_.interfaces.size()); ++index) {
    const InterfaceState& state = account_.interface(index);
    if (state.life.to <= start || state.life.from >= end) continue;
    const std::int64_t step = account_.subnets[static_cast<std::size_t>(state.subnet)].interval;
    for (std::int64_t from = start; from < end; from += step) {
      const bool whole = state.life.from <= from && from + step <= state.life.to;
      if (!whole || is_inside(state.silent, from)) continue;
      const bool skipped = is_inside(state.skipped, from);
      const std::uint32_t bit = 1U << (from % kBlock / step);
      if (!skipped && (busy_[static_cast<std::size_t>(index)] & bit) != 0) continue;
      FlowRecord record = blank(index, from, from + step - 1);
      record.status = skipped ? LogStatus::kSkipData : LogStatus::kNoData;
      deliver(record, index);
      if (skipped) ledger_.skip(index, from, from + step);
    }
  }
  std::fill(busy_.begin(), busy_.end(), 0U);
}

}  // namespace flowtrail::sample
