// Records of a partition in memory, brought into conversations without their copies. Only one conversation at a time is
// decoded; the others stay as short as they were stored.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "attribution/flow.h"
#include "attribution/flow_spool.h"
#include "attribution/spread_sort.h"

namespace flowtrail::attribution {

/// The records between the same two endpoints, whichever sends, on one interface; by start, no copies among them. Good
/// during the call that hands them out.
using Conversation = std::span<Flow* const>;

class Portion {
 public:
  void clear();
  /// Copies the stored bytes. `contexts` must outlive the portion; it is best to add all records of one after another.
  void add(const StoredFlow& stored, const ContextBook& contexts);

  /// Hands out the conversations; those of a pair of addresses mostly follow each other, and so do those of one service
  /// of the pair. Of copies the one with the least place stays, and takes from the next ones what it lacks itself (a
  /// flow log of version 2 has no flags, one of version 5 has). Ends with the first error of `visit`, which takes a
  /// Conversation and returns a Status.
  template <typename Visit>
  [[nodiscard]] Status for_each_conversation(Visit visit) {
    sort();
    for (std::size_t begin = 0, end = 0; begin < order_.size(); begin = end) {
      for (end = begin + 1; end < order_.size() && order_[end].place == order_[begin].place;) ++end;
      for (std::size_t i = begin + kAhead; i < std::min(end + kAhead, order_.size()); ++i) {
        __builtin_prefetch(bytes_.data() + order_[i].at * kUnit);
      }
      const std::span<Flow*> flows = decode(std::span(order_).subspan(begin, end - begin));
      if (flows.size() == 1) {
        FT_CHECK(visit(Conversation{flows}));
      } else if (is_one_conversation(flows)) {
        FT_CHECK(visit(distinct(flows)));
      } else {
        FT_CHECK(visit_mixed(flows, visit));
      }
    }
    return {};
  }

  /// Copies left out so far.
  [[nodiscard]] std::int64_t copies() const { return copies_; }

 private:
  struct Position {
    std::uint64_t place = 0;  // of the conversation
    std::uint32_t start = 0;  // cut to its range
    std::uint32_t at = 0;     // into `bytes_`, in units of kUnit
  };
  // All stored records have a length that it divides.
  static constexpr std::size_t kUnit = 8;
  // The order of places is not that of memory, which is asked for so many records ahead.
  static constexpr std::size_t kAhead = 8;
  struct Source {
    std::size_t begin = 0;  // into `bytes_`
    const ContextBook* contexts = nullptr;
  };

  void sort();
  // Records of one place, in order.
  [[nodiscard]] std::span<Flow*> decode(std::span<const Position> positions);
  // True if they are of one conversation, and their starts in order.
  [[nodiscard]] static bool is_one_conversation(std::span<Flow* const> flows);
  static void sort_mixed(std::span<Flow*> flows);
  // Several conversations of one place, or starts that the order of places cannot hold.
  template <typename Visit>
  [[nodiscard]] Status visit_mixed(std::span<Flow*> flows, Visit& visit) {
    sort_mixed(flows);
    for (std::size_t begin = 0, end = 0; begin < flows.size(); begin = end) {
      for (end = begin + 1; end < flows.size() && same_conversation(flows[begin]->record, flows[end]->record);) ++end;
      FT_CHECK(visit(distinct(flows.subspan(begin, end - begin))));
    }
    return {};
  }
  // Leaves the copies out of flows of one conversation.
  [[nodiscard]] Conversation distinct(std::span<Flow*> flows);

  std::vector<std::byte> bytes_;  // the first `used_` of them
  std::size_t used_ = 0;
  std::vector<Source> sources_;
  std::vector<Position> order_;
  std::int64_t copies_ = 0;
  // Kept for their memory.
  SpreadSorter<Position> sorter_;
  std::vector<Flow> flows_;
  std::vector<Flow*> ordered_;
};

}  // namespace flowtrail::attribution
