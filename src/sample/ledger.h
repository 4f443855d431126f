// The books of the simulation: every record that is written is entered here together with what only the simulator
// knows (who opened the connection, which rules let it in), and the answers of truth.json are sums over these books.
// Counters, grades and kinds are those of the investigations' contract, counted here with code of their own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ip_address.h"
#include "sample/account.h"
#include "sample/flow_log.h"

namespace flowtrail::sample {

struct Counters {
  std::int64_t records = 0, accepted = 0, rejected = 0, attempts = 0, replies = 0, reply_resets = 0, payload_in = 0,
               payload_out = 0, bytes_in = 0, bytes_out = 0, packets_in = 0, packets_out = 0;
  std::int64_t first = kStillThere, last = kBeforeTrail;
  void merge(const Counters& other);
};

/// Hits of one rule by one peer.
struct RuleTally {
  int rule = 0;
  std::int64_t sole = 0, shared = 0, covered = 0, bytes = 0, first = kStillThere, last = kBeforeTrail;
};

enum class Grade : std::uint8_t { kSession, kHandshake, kProbe, kRejected, kUnknown };

struct PeerKey {
  int interface = 0;
  bool ingress = true;  // direction of the connection, seen from the interface
  IpAddress peer;
  int protocol = 0;
  int port = -1;
  friend bool operator==(const PeerKey&, const PeerKey&) = default;
};

struct PeerKeyHash {
  std::size_t operator()(const PeerKey& key) const noexcept;
};

/// What one owner (instance and Name) of the interface saw of a peer.
struct Share {
  int owner = 0;
  Counters counters;
  std::vector<RuleTally> rules;
};

struct PeerBook {
  std::vector<Share> shares;
  std::string_view service;                  // the peer's AWS service; empty: none
  std::vector<std::int64_t> attempt_starts;  // only of private peers that are no interface of the account
  [[nodiscard]] Counters total() const;
};

struct Owner {
  int instance = -1;
  std::string name;
  friend bool operator==(const Owner&, const Owner&) = default;
};

/// One conversation side as the simulator knows it.
struct Knowledge {
  int interface = 0;
  bool ingress_connection = true;
  bool from_initiator = true;
  IpAddress peer;
  int port = -1;
  bool flags_logged = false;
  std::string_view peer_service;
};

class Ledger {
 public:
  explicit Ledger(const Account& account) : account_(account) {}

  struct Window {
    Span span;
    std::unordered_map<PeerKey, PeerBook, PeerKeyHash> peers;
  };
  /// Records are entered into every window that holds their start. Call before the first record.
  void add_window(Span span) { windows_.push_back({span, {}}); }

  /// A record with status OK. `rules`: those that admit it at its start; looked at for accepted records of the
  /// initiator only.
  void enter(const FlowRecord& record, const Knowledge& known, const std::vector<int>& rules);
  /// Flow log `log` has a record of any status of the interface over `[from, to)`.
  void hear(int interface, int log, std::int64_t from, std::int64_t to);

  /// A SKIPDATA record of the interface covers `[from, to)`.
  void skip(int interface, std::int64_t from, std::int64_t to) { hearing_[interface].skipped.push_back({from, to}); }

  [[nodiscard]] const Window& window(std::size_t index) const { return windows_[index]; }
  [[nodiscard]] const Owner& owner(int index) const { return owners_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] Span heard() const { return heard_; }
  /// Seconds of `span` in which the interface's logging was alive; `window` bounds what is looked at.
  [[nodiscard]] std::int64_t observed(int interface, Span span, Span window) const;

 private:
  int owner_of(int interface, std::int64_t time);

  struct Hearing {
    std::vector<int> logs;
    std::vector<Span> heard;  // neighbours closer than any gap are joined
    std::vector<Span> skipped;
  };
  /// The aggregation interval of the interface's flow logs, as their widest records tell it.
  [[nodiscard]] std::int64_t interval_of(const Hearing& hearing) const;

  const Account& account_;
  std::vector<Window> windows_;
  std::vector<Owner> owners_;
  std::map<std::pair<int, std::string>, int> owner_index_;
  std::unordered_map<int, Hearing> hearing_;
  std::map<int, std::int64_t> widest_;  // per flow log: seconds of its widest record
  Span heard_{kStillThere, kBeforeTrail};
};

[[nodiscard]] Grade grade_of(const Counters& counters, int protocol);
[[nodiscard]] std::string_view grade_text(Grade grade);

/// Kinds of peers of one window, decided once all records are entered.
class PeerKinds {
 public:
  PeerKinds(const Account& account, const Ledger::Window& window);

  struct Kind {
    std::string kind, name;  // name empty: none
  };
  [[nodiscard]] Kind kind_of(const PeerKey& key, const PeerBook& book) const;

 private:
  const Account& account_;
  std::unordered_map<IpAddress, bool> scanners_;  // by behaviour
  std::unordered_map<IpAddress, bool> has_session_;
  struct Range {
    Cidr block;
    std::string name;
  };
  std::vector<Range> ranges_;
};

}  // namespace flowtrail::sample
