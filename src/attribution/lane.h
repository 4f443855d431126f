// What one thread gathers while records are added: what was heard of each interface, and the records themselves,
// spooled.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/coverage.h"
#include "attribution/flow_context.h"
#include "attribution/flow_spool.h"
#include "attribution/side.h"
#include "attribution/spans.h"

namespace flowtrail::attribution {

/// When the connections began that were answered with SYN-ACK from each port of one interface.
class AnsweringStarts {
 public:
  struct Port {
    std::int32_t port = -1;
    Span starts{0, 0};  // the first `start` to the last one
  };
  /// O(1) for the ports added last, else O(log n), O(n) for a new one.
  void add(std::int32_t port, std::int64_t start) {
    if (port != recent_[0].port) turn_to(port);
    Span& starts = recent_[0].starts;
    starts.second = std::max(starts.second, start + 1);
    starts.first = std::min(starts.first, start);
  }
  [[nodiscard]] std::vector<Port> ports() const;

 private:
  void turn_to(std::int32_t port);
  static void put_into(std::vector<Port>& ports, const Port& port);

  // Most interfaces answer from a few ports, which then are at hand without a look at other memory. The latest comes
  // first.
  std::array<Port, 4> recent_{};
  std::unique_ptr<std::vector<Port>> others_;  // by port; times of the recent ones may lag behind; nullptr: none
};

/// What is known of one interface of the records.
struct alignas(64) RecordedInterface {
  /// Of the latest record; what is noted of them stays the same as long as they do.
  struct Facts {
    FlowContext context;
    std::uint32_t vpc = 0, flow_log = UINT32_MAX;
    friend bool operator==(const Facts&, const Facts&) = default;
  };
  Facts latest;
  std::uint32_t context_number = 0;    // of the latest context
  std::uint32_t number = 0;            // in the book of all lanes, from 0
  std::optional<std::uint32_t> known;  // index into History::interfaces
  HeardInterface heard;
  OwnAddresses own;  // of `known`
  AnsweringStarts answering;
  std::uint32_t vpc =
      0;  // the symbol whose text is least among what the records say, so that the order does not matter
  struct Common {
    CommonAddress counts;
    std::optional<IpAddress> address;
  };
  std::unique_ptr<Common> common;  // nullptr: not asked for, since history tells the sides
};

/// The interfaces of the records, by symbol.
class InterfaceBook {
 public:
  InterfaceBook(const history::History& history, const flowlog::SymbolTable& symbols)
      : history_(history), symbols_(symbols) {}

  /// Made when new. Cost: O(1).
  [[nodiscard]] RecordedInterface& of(std::uint32_t symbol) {
    if (symbol < by_symbol_.size() && by_symbol_[symbol] != nullptr) return *by_symbol_[symbol];
    return make(symbol);
  }
  /// nullptr: no record names it.
  [[nodiscard]] const RecordedInterface* find(std::uint32_t symbol) const {
    return symbol < by_symbol_.size() ? by_symbol_[symbol].get() : nullptr;
  }
  void note_vpc(RecordedInterface& interface, std::uint32_t vpc) const;
  /// Takes the interfaces of `other`, which is empty then.
  void take(InterfaceBook&& other);

  /// One more than the largest symbol.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(by_symbol_.size()); }
  /// Numbers the interfaces from 0. Returns how many there are.
  std::uint32_t number_all();

 private:
  RecordedInterface& make(std::uint32_t symbol);

  const history::History& history_;
  const flowlog::SymbolTable& symbols_;
  std::vector<std::unique_ptr<RecordedInterface>> by_symbol_;
};

struct Attribution::Lane::State {
  /// `pool`: for the records; must outlive it.
  State(const history::History& history, const flowlog::SymbolTable& symbols, ChunkPool& pool,
        const std::filesystem::path& temporary_folder)
      : interfaces(history, symbols), spool(pool, temporary_folder) {}

  /// `record`: normalized, with times.
  [[nodiscard]] Status add(const flowlog::FlowRecord& record, std::uint32_t flow_log);

  InterfaceBook interfaces;
  FlowSpool spool;
  std::map<std::uint32_t, std::int64_t> longest_records;  // seconds, by flow log
  Span recorded{0, 0};
  bool sides_missing = false;  // of some record history does not tell which side is the interface's
};

/// A record as attribution compares it. Absent addresses are equal in all records, so that copies from flow logs of
/// other formats are recognized. Times that no clock shows are cut to thirty million years, so that sums and
/// differences of times never overflow.
void normalize(flowlog::FlowRecord& record);

/// The second after `time`.
[[nodiscard]] inline std::int64_t second_after(std::int64_t time) {
  return std::min(time, kEndOfTime - 1) + 1;
}
/// Makes `span` hold [from, to); an empty span holds nothing yet.
inline void widen(Span& span, std::int64_t from, std::int64_t to) {
  const bool empty = span.first >= span.second;
  span.first = empty ? from : std::min(span.first, from);
  span.second = empty ? to : std::max(span.second, to);
}

}  // namespace flowtrail::attribution
