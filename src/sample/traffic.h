// Turns conversations into flow records: decides by the account's rules at the moment of opening whether a packet
// passes, cuts a conversation into aggregation intervals, writes what each end's interface sees into its flow logs, and
// enters every written record into the ledger.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "sample/account.h"
#include "sample/flow_log.h"
#include "sample/ledger.h"
#include "sample/random.h"

namespace flowtrail::sample {

/// One end of a conversation: an interface of the account, or an address somewhere else (`interface` -1).
struct Party {
  int interface = -1;
  IpAddress address;
  std::string_view service;  // AWS service of the address, as pkt-*-aws-service tells it
};

enum class Manner : std::uint8_t {
  kSession,    // data both ways
  kHandshake,  // the port answers, nothing is said
  kSilent,     // nobody answers
  kReset,      // the port is closed
};

struct Talk {
  Party client, server;
  int protocol = 6;
  int client_port = 0, server_port = 0;
  Manner manner = Manner::kSession;
  std::int64_t start = 0, end = 0;  // seconds since 1970, inclusive
  // Decided when it opens:
  bool client_may_send = true, server_may_receive = true;
};

class Traffic {
 public:
  Traffic(const Account& account, std::vector<std::unique_ptr<FlowLog>>& logs, Ledger& ledger, std::uint64_t seed);

  /// Opens a conversation whose start lies in the interval now being written. A conversation that goes on beyond
  /// `interval_end` is kept and continued by `next_interval`.
  void open(Talk talk, std::int64_t interval_end);
  /// Continues what is still open in [start, end).
  void next_interval(std::int64_t start, std::int64_t end);
  /// NODATA and SKIPDATA of every interface of the account for [start, end); call after all talks of it.
  void close_interval(std::int64_t start, std::int64_t end);
  /// An instance talks to the internet through a NAT gateway's interface; all three legs are written.
  void through_nat(int interface, int nat, const Party& outside, int server_port, std::int64_t start, std::int64_t end);

  /// Client ports are taken in turn, so that two conversations of a pair do not share a port by accident.
  int next_client_port();
  /// Delivered by this flow log as well in `span` (an interface-level log beside the subnet's).
  void also_log(int interface, int log, Span span) { extra_logs_.push_back({interface, log, span}); }
  /// Shows every written record (of any status) to `watcher` as well.
  void watch(std::function<void(const FlowRecord&)> watcher) { watcher_ = std::move(watcher); }

 private:
  void write_slices(const Talk& talk, std::int64_t from, std::int64_t to);
  void write_view(const Talk& talk, bool client_view, std::int64_t start, std::int64_t end);
  void write(FlowRecord& record, int interface, const Knowledge& known, const std::vector<int>& rules);
  [[nodiscard]] bool is_logged(int interface, std::int64_t time) const;
  [[nodiscard]] FlowRecord blank(int interface, std::int64_t start, std::int64_t end) const;
  void deliver(const FlowRecord& record, int interface);

  struct Volume {
    std::int64_t packets = 0, bytes = 0;
  };
  Volume volume(const Talk& talk, bool initiator, bool answered, std::int64_t seconds);

  const Account& account_;
  std::vector<std::unique_ptr<FlowLog>>& logs_;
  Ledger& ledger_;
  Random random_;
  std::vector<Talk> open_;
  std::vector<std::uint32_t> busy_;  // per interface: one bit for each aggregation interval with a record
  struct ExtraLog {
    int interface, log;
    Span span;
  };
  std::vector<ExtraLog> extra_logs_;
  std::function<void(const FlowRecord&)> watcher_;
  std::int64_t ports_taken_ = 0;
};

}  // namespace flowtrail::sample
