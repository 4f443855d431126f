// Who opened a connection: the records between one own endpoint and one peer endpoint, and the first of flags, mirrored
// records, ports and rules that answers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "attribution/flow.h"
#include "attribution/matcher.h"
#include "base/code_table.h"

namespace flowtrail::attribution {

enum class Initiator : std::uint8_t { kUnknown, kPeer, kInterface };

/// TCP flag bits that flow logs report. Source: facts sheet, 1.3.
constexpr std::int32_t kFin = 1;
constexpr std::int32_t kSyn = 2;
constexpr std::int32_t kRst = 4;
constexpr std::int32_t kAck = 16;
constexpr std::int32_t kTcp = 6;
constexpr std::int32_t kUdp = 17;
constexpr std::int32_t kSctp = 132;

/// TCP, SYN without ACK.
[[nodiscard]] inline bool opens_connection(const flowlog::FlowRecord& record) {
  return record.protocol == kTcp && record.tcp_flags >= 0 && (record.tcp_flags & (kSyn | kAck)) == kSyn;
}
/// TCP, SYN with ACK.
[[nodiscard]] inline bool answers_connection(const flowlog::FlowRecord& record) {
  return record.protocol == kTcp && record.tcp_flags >= 0 && (record.tcp_flags & (kSyn | kAck)) == (kSyn | kAck);
}

/// Ports from which interfaces were seen to answer with SYN-ACK: (interface symbol, port).
class AnsweringPorts {
 public:
  void add(std::uint32_t interface, std::int32_t port) { ports_.insert(key_of(interface, port)); }
  [[nodiscard]] bool contains(std::uint32_t interface, std::int32_t port) const {
    return ports_.find(key_of(interface, port)) != 0;
  }

 private:
  static NumberPair key_of(std::uint32_t interface, std::int32_t port) {
    return {interface, static_cast<std::uint32_t>(port)};
  }

  CodeTable<NumberPair> ports_{256};
};

/// Who opened the connection, by the flags of one record; kUnknown when they do not tell. The record's side is decided.
[[nodiscard]] inline Initiator initiator_by_flags(const Flow& flow) {
  const bool opens = opens_connection(flow.record);
  if (!opens && !answers_connection(flow.record)) return Initiator::kUnknown;
  return opens == flow.from_peer() ? Initiator::kPeer : Initiator::kInterface;
}

/// The initiator of the records of one conversation whose own flags do not tell (same interface, own and peer endpoint,
/// protocol; sides decided; at least one record; any order). `interface` is History's index, missing when history does
/// not know the interface.
[[nodiscard]] Initiator common_initiator(std::span<Flow* const> conversation, std::optional<std::uint32_t> interface,
                                         const AnsweringPorts& answering, Matcher& matcher);

}  // namespace flowtrail::attribution
