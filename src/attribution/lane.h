// What one thread gathers while records are added: what was heard of each interface, and the records themselves,
// spooled.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/coverage.h"
#include "attribution/flow_spool.h"
#include "attribution/side.h"
#include "attribution/spans.h"

namespace flowtrail::attribution {

/// What is known of one interface of the records.
struct RecordedInterface {
  std::optional<std::uint32_t> known;  // index into History::interfaces
  HeardInterface heard;
  std::uint32_t vpc =
      0;  // the symbol whose text is least among what the records say, so that the order does not matter
  CommonAddress common;
  std::optional<IpAddress> common_address;
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
  void merge(const InterfaceBook& other);

  /// One more than the largest symbol.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(by_symbol_.size()); }

 private:
  RecordedInterface& make(std::uint32_t symbol);

  const history::History& history_;
  const flowlog::SymbolTable& symbols_;
  std::vector<std::unique_ptr<RecordedInterface>> by_symbol_;
};

struct Attribution::Lane::State {
  State(const history::History& history_in, const flowlog::SymbolTable& symbols, std::size_t memory_budget_bytes,
        const std::filesystem::path& temporary_folder)
      : history(history_in), interfaces(history_in, symbols), spool(memory_budget_bytes, temporary_folder) {}

  [[nodiscard]] Status add(Flow& flow, std::uint32_t flow_log);

  const history::History& history;
  InterfaceBook interfaces;
  FlowSpool spool;
  std::map<std::uint32_t, std::int64_t> longest_records;  // seconds, by flow log
  Span recorded{0, 0};
  /// First and last `start` of records with SYN-ACK from a port, by interface symbol and port.
  std::unordered_map<std::uint64_t, Span> answered;
  bool sides_missing = false;  // of some record history does not tell which side is the interface's
};

/// A record as attribution compares it. Absent addresses are equal in all records, so that copies from flow logs of
/// other formats are recognized. Times that no clock shows are cut to thirty million years, so that sums and
/// differences of times never overflow.
void normalize(flowlog::FlowRecord& record);

/// The second after `time`.
[[nodiscard]] std::int64_t second_after(std::int64_t time);
/// Makes `span` hold [from, to); an empty span holds nothing yet.
void widen(Span& span, std::int64_t from, std::int64_t to);

}  // namespace flowtrail::attribution
