// Attributes the records of whole partitions: conversation by conversation it finds who opened it, asks the matcher for
// the rules, and folds the records into sums of peers, which it spools. One worker per thread; what several workers
// found is put together by Attribution.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/conversation.h"
#include "attribution/flow.h"
#include "attribution/lane.h"
#include "attribution/matcher.h"
#include "attribution/owners.h"
#include "attribution/peer_spool.h"
#include "attribution/peer_sum.h"
#include "attribution/portion.h"

namespace flowtrail::attribution {

/// Distinct records of the window, of one interface.
struct InterfaceTally {
  Span recorded{0, 0};
  std::int64_t ok = 0, nodata = 0, skipdata = 0;
};

class FlowWorker {
 public:
  /// All must outlive it and stay as they are. `interface_count`: how many `interfaces` are numbered. `pool`,
  /// `most_of_pool` (bytes), `temporary_folder`: for the sums.
  FlowWorker(const history::History& history, const flowlog::SymbolTable& symbols, const InterfaceBook& interfaces,
             std::uint32_t interface_count, const CompiledRules& rules, const AnsweringPorts& answering,
             ChunkPool& pool, std::size_t most_of_pool, const std::filesystem::path& temporary_folder);

  /// Distinct records of the window. Settles their sides. Errors: kIo of the spool.
  [[nodiscard]] Status attribute(Conversation conversation);
  /// To be called after the last conversation. Errors: kIo of the spool.
  [[nodiscard]] Status finish();

  /// All sums, their owners numbered as in `owners`.
  [[nodiscard]] const PeerSpool& peers() const { return peers_; }
  [[nodiscard]] const std::vector<Owner>& owners() const { return owners_.owners(); }
  /// By RecordedInterface::number.
  [[nodiscard]] const std::vector<InterfaceTally>& tallies() const { return tallies_; }
  /// By rule: the sources of its hits.
  [[nodiscard]] const std::vector<Evidence>& rule_evidence() const { return rule_evidence_; }
  [[nodiscard]] std::int64_t direction_unknown_records() const { return direction_unknown_records_; }

 private:
  // Two addresses on one interface, in either direction, with one protocol.
  struct Pair {
    std::uint32_t interface = 0;
    std::int32_t protocol = -1;
    IpAddress one, other;
    [[nodiscard]] bool holds(const flowlog::FlowRecord& record) const;
  };
  // The sum that the records of a conversation go to which have this initiator.
  struct Role {
    PeerKey key;
    PeerSum* sum = nullptr;  // nullptr: not yet known
  };

  void count_statuses(Conversation conversation);
  // Records of which some have no own side, or whose own ends differ.
  [[nodiscard]] Status attribute_mixed(Conversation conversation);
  // Records of one own and one peer end.
  [[nodiscard]] Status attribute_one(Conversation conversation);
  [[nodiscard]] Status fold(const Flow& flow, Initiator initiator, std::optional<std::uint32_t> known);
  [[nodiscard]] const Matcher::Answer& admitted(const Flow& flow, const PeerKey& key,
                                                std::optional<std::uint32_t> known);
  // The open sum of the key, made when new. Good until the sums are closed.
  [[nodiscard]] Result<PeerSum*> open_sum(const PeerKey& key);
  [[nodiscard]] Status close_sums();

  const InterfaceBook& interfaces_;
  const AnsweringPorts& answering_;
  Matcher matcher_;
  OwnerBook owners_;
  PeerSpool peers_;
  Pair pair_;                  // at hand
  std::vector<PeerSum> sums_;  // of the pair at hand: the first `open_` of them; the others are kept for their memory
  std::size_t open_ = 0;
  std::array<Role, 3> roles_;  // of the conversation at hand, by initiator
  std::vector<InterfaceTally> tallies_;
  std::vector<Evidence> rule_evidence_;
  std::int64_t direction_unknown_records_ = 0;
  std::array<std::vector<Flow*>, 2> conversations_;  // kept for their memory
};

/// The side of a record that history does not tell, by the address common to its interface's records.
void settle_side(const InterfaceBook& interfaces, Flow& flow);

}  // namespace flowtrail::attribution
