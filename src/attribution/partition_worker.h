// Attributes the records of whole partitions: conversation by conversation it finds who opened it, asks the matcher for
// the rules, and folds the records into peers. One worker per thread; what several workers found is put together by
// Attribution.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/conversation.h"
#include "attribution/flow.h"
#include "attribution/lane.h"
#include "attribution/matcher.h"
#include "attribution/owners.h"
#include "attribution/peers.h"

namespace flowtrail::attribution {

/// Distinct records of the window, of one interface.
struct InterfaceTally {
  Span recorded{0, 0};
  std::int64_t ok = 0, nodata = 0, skipdata = 0;
};

class PartitionWorker {
 public:
  /// All must outlive it and stay as they are.
  PartitionWorker(const history::History& history, const flowlog::SymbolTable& symbols, const InterfaceBook& interfaces,
                  const AnsweringPorts& answering);

  /// Distinct records of the window; whole conversations. Settles their sides.
  void attribute(const Conversations& conversations);

  [[nodiscard]] PeerTable& peers() { return peers_; }
  [[nodiscard]] const std::vector<Owner>& owners() const { return owners_.owners(); }
  /// By symbol; shorter than the symbols when the last ones have no record.
  [[nodiscard]] const std::vector<InterfaceTally>& tallies() const { return tallies_; }
  /// By rule: the sources of its hits.
  [[nodiscard]] const std::vector<Evidence>& rule_evidence() const { return rule_evidence_; }
  [[nodiscard]] std::int64_t direction_unknown_records() const { return direction_unknown_records_; }

 private:
  void count_status(const flowlog::FlowRecord& record);
  void attribute_conversation(std::span<const Flow* const> flows);
  void fold(const Flow& flow, Initiator initiator, std::optional<std::uint32_t> known);

  const InterfaceBook& interfaces_;
  const AnsweringPorts& answering_;
  Matcher matcher_;
  OwnerBook owners_;
  PeerTable peers_;
  std::vector<InterfaceTally> tallies_;
  std::vector<Evidence> rule_evidence_;
  std::int64_t direction_unknown_records_ = 0;
  std::array<std::vector<const Flow*>, 2> conversations_;  // kept for their memory
};

/// The side of a record that history does not tell, by the address common to its interface's records.
void settle_side(const InterfaceBook& interfaces, Flow& flow);

}  // namespace flowtrail::attribution
