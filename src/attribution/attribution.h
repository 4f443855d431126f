// Which rule let each flow in, and how each peer used it: conversations get a direction, peers get counters and a
// grade, rules get hits, interfaces get coverage. How things count is told, sentence by sentence, in
// docs/how-it-counts.md.
//
// Use: one `Attribution` per run and one of its lanes per thread; `add` batches in any order and any split (the result
// depends on neither, nor on the number of lanes and threads), then `finish`. Records are spooled by pair of addresses
// into partitions that go to a temporary file beyond the memory budget; partition by partition they are folded into
// sums of peers, which are spooled by peer address and brought to their end in the same manner; those that the result
// holds are sorted in the same manner again. So memory stays bounded and the answer exact.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/scanner_list.h"
#include "base/error.h"
#include "base/sorted_records.h"
#include "base/utc_time.h"
#include "flowlog/flow_record.h"
#include "history/history.h"

namespace flowtrail::attribution {

enum class Grade : std::uint8_t { kSession, kHandshake, kProbe, kRejected, kUnknown };
enum class PeerKind : std::uint8_t { kSelf, kGroupMember, kHealthCheck, kAwsService, kScanner, kPrivate, kPublic };
enum class ConnectionDirection : std::uint8_t { kIngress, kEgress, kUnknown };

[[nodiscard]] std::string_view grade_name(Grade grade);        // session, handshake, probe, rejected, unknown
[[nodiscard]] std::string_view peer_kind_name(PeerKind kind);  // self, group-member, health-check, aws-service, ...

/// The sums of the contract (reference: investigations, section 2).
struct PeerCounters {
  std::int64_t records = 0, accepted = 0, rejected = 0, attempts = 0, replies = 0, replies_rejected = 0,
               reply_resets = 0;
  std::int64_t payload_in = 0, payload_out = 0, bytes_in = 0, bytes_out = 0, packets_in = 0, packets_out = 0;
  std::int64_t first = 0, last = 0;  // least start, greatest end; seconds since 1970

  void merge(const PeerCounters& other);
};

/// The sources of the first three records by (start, object, line).
struct Evidence {
  struct Entry {
    std::int64_t start = 0;
    SourcePlace place;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  std::array<Entry, 3> first{};
  std::uint8_t size = 0;
  void add(std::int64_t start, SourcePlace place) {
    const Entry entry{start, place};
    if (size < first.size() || entry < first.back()) insert(entry);
  }
  void merge(const Evidence& other);

 private:
  void insert(const Entry& entry);
};

/// Who the interface belonged to at the record's time.
struct Owner {
  std::string instance_id;  // empty: no instance
  std::string fleet;        // Name of the instance (of the interface when it has no instance); empty: no Name known
};

struct RuleHits {
  std::uint32_t rule = 0;  // index into History::rules
  std::int64_t sole = 0, shared = 0, bytes = 0, first = 0, last = 0;
  std::int64_t covered = 0;  // of `shared`: hits that a rule covering this one entirely shares (see how-it-counts)

  void merge(const RuleHits& other);  // of one rule
};

/// One key of the contract, split by owner: (interface, owner, direction, peer, protocol, service port).
struct Peer {
  std::uint32_t interface = 0;  // symbol
  std::uint32_t owner = 0;      // index into AttributionResult::owners
  std::uint32_t account = 0;    // symbol; what the records say
  ConnectionDirection direction = ConnectionDirection::kUnknown;
  IpAddress address;
  int protocol = 0;
  int service_port = -1;          // -1: the protocol has none, or direction unknown
  Grade grade = Grade::kUnknown;  // of the key over all its owners
  PeerKind kind = PeerKind::kPublic;
  std::string name;  // member's Name, service, or scanner list's name; empty: none
  PeerCounters counters;
  std::vector<RuleHits> rules;   // rules that admitted records from the initiator, narrowest first
  std::int64_t unexplained = 0;  // accepted records from the initiator that no known rule admits
  Evidence evidence;

  void merge(const Peer& other);  // of one key and owner; leaves grade, kind, name and account alone
};

enum class PeerOrder : std::uint8_t {
  kInterface,  // interface id, direction, address, protocol, port, owner
  // Grade, attempts (most first), address, interface id, port, protocol, fleet, instance id; what is not known comes
  // last.
  kSuccess
};

/// The peers of a result, in an order. They may be more than memory holds, so they are not a list: they are gone
/// through, as often as wanted.
class KeptPeers {
 public:
  KeptPeers() = default;
  explicit KeptPeers(SortedRecords records) : records_(std::make_unique<const SortedRecords>(std::move(records))) {}

  [[nodiscard]] std::uint64_t size() const { return records_ == nullptr ? 0 : records_->size(); }

  /// The KeptPeers must outlive it.
  class Cursor {
   public:
    /// The next peer, valid until the next call; nullptr at the end. Errors: kIo when the temporary file cannot be
    /// read.
    [[nodiscard]] Result<const Peer*> next();

   private:
    friend class KeptPeers;
    std::optional<SortedRecords::Cursor> records_;
    Peer peer_;
  };
  [[nodiscard]] Cursor open() const;

 private:
  std::unique_ptr<const SortedRecords> records_;  // in a place of its own, where cursors find it; nullptr: none
};

/// What all peers did with one rule (index = History::rules).
struct RuleUsage {
  std::int64_t sole_hits = 0, shared_hits = 0, covered_hits = 0, bytes = 0;
  std::int64_t sessions = 0, handshakes = 0, probes = 0, scanner_sessions = 0;  // numbers of peer keys
  std::int64_t peers = 0;                                                       // distinct peer addresses with a hit
  bool used = false;  // a session, or a handshake, of a peer that is no scanner
  std::optional<std::int64_t> first_hit, last_hit;
  std::vector<std::uint32_t> interfaces;        // symbols of those with a hit, sorted by interface id
  std::vector<std::pair<int, int>> used_ports;  // merged, by sessions and handshakes of peers that are no scanner
  std::vector<IpAddress> used_sources;          // likewise; sorted, distinct
  Evidence evidence;                            // of its hits
};

/// Logging of one interface over the window.
struct InterfaceCoverage {
  std::uint32_t interface = 0;  // symbol, 0 when no record names it
  std::string interface_id;
  std::vector<std::pair<std::int64_t, std::int64_t>>
      expected;  // inside the window: its life, or its first to last record
  std::vector<std::pair<std::int64_t, std::int64_t>> observed;  // sorted, disjoint [from, to): alive, without SKIPDATA
  std::vector<std::pair<std::int64_t, std::int64_t>> skipped;   // SKIPDATA
  std::int64_t aggregation_seconds = 60;                        // 60 or 600
  std::int64_t ok = 0, nodata = 0, skipdata = 0;                // records
};

struct Gap {
  std::string interface_id;
  std::int64_t from = 0, to = 0;
};  // interface_id empty: all interfaces

struct AttributionOptions {
  int scanner_targets = 8;
  const ScannerList* scanners = nullptr;                      // nullptr: off
  unsigned threads = 0;                                       // of `finish`; 0: one per core
  std::size_t memory_budget_bytes = std::size_t{128} << 20U;  // of records and sums, all lanes and threads together
  std::filesystem::path temporary_folder;                     // empty: the system's
  /// Which peers the result holds; empty: all. They are graded, their kinds decided, their `rules` in no order; called
  /// from several threads. Everything else of the result counts all peers.
  std::function<bool(const Peer&, const Owner&)> keep;
  PeerOrder order = PeerOrder::kInterface;  // of those
};

struct AttributionResult {
  std::int64_t window_from = 0, window_to = 0;
  std::vector<Owner> owners;                // each has a record, whether or not its peers were kept; ordered
  KeptPeers peers;                          // in the order that AttributionOptions asks for
  std::vector<RuleUsage> rules;             // one per History::rules
  std::vector<InterfaceCoverage> coverage;  // one per interface of the records or the history, ordered by id
  std::vector<Gap> gaps;
  std::int64_t records = 0, outside_window = 0, duplicate_records = 0, direction_unknown_records = 0;
  std::int64_t nodata = 0, skipdata = 0;  // distinct, inside the window
  /// Seconds that the rule was in force on an attached interface inside the window, and the part with logging alive.
  struct RuleTime {
    std::int64_t expected = 0, observed = 0;
  };
  [[nodiscard]] RuleTime rule_time(const history::History& history, std::uint32_t rule) const;
  [[nodiscard]] const InterfaceCoverage* coverage_of(std::string_view interface_id) const;
};

class Attribution {
 public:
  /// `history` and `symbols` must outlive the object; `symbols` may still grow while records are added. `lanes`: how
  /// many threads will add records.
  Attribution(const history::History& history, const flowlog::SymbolTable& symbols, AttributionOptions options,
              std::size_t lanes = 1);
  ~Attribution();
  Attribution(const Attribution&) = delete;
  Attribution& operator=(const Attribution&) = delete;

  /// Takes the records of one thread.
  class Lane {
   public:
    struct State;
    explicit Lane(std::unique_ptr<State> state);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// `flow_log` is a small number for the flow log that delivered the records (for aggregation intervals). Errors:
    /// kIo when the temporary file cannot be written.
    [[nodiscard]] Status add(std::span<const flowlog::FlowRecord> records, std::uint32_t flow_log);

   private:
    friend class Attribution;
    std::unique_ptr<State> state_;
  };
  [[nodiscard]] Lane& lane(std::size_t index);

  /// Decides directions, grades, credits rules, measures coverage, for the records whose `start` lies in [from, to); a
  /// missing end is that of the records. Call once, after all threads are done.
  [[nodiscard]] Result<AttributionResult> finish(std::optional<std::int64_t> from, std::optional<std::int64_t> to);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// True if every packet that `narrow` admits is also admitted by `wide`: direction, protocol, ports, source. Prefix
/// lists are compared by id, or entry by entry through `history` at `time`; groups by id.
[[nodiscard]] bool covers(const history::History& history, const history::RuleSpec& wide,
                          const history::RuleSpec& narrow, UtcSeconds time);

}  // namespace flowtrail::attribution
