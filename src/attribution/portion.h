// Records of a partition in memory, brought into conversations without their copies. Only one conversation at a time is
// decoded; the others stay as short as they were stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "attribution/flow.h"
#include "attribution/flow_spool.h"

namespace flowtrail::attribution {

/// The records between the same two endpoints, whichever sends, on one interface; by start, no copies among them. Good
/// during the call that hands them out.
using Conversation = std::span<Flow* const>;

class Portion {
 public:
  void clear();
  /// Copies the stored bytes. `contexts` must outlive the portion.
  void add(const StoredFlow& stored, const ContextBook& contexts);
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }

  /// Hands out the conversations; those of a pair of addresses mostly follow each other, and so do those of one service
  /// of the pair. Of copies the one with the least place stays, and takes from the next ones what it lacks itself (a
  /// flow log of version 2 has no flags, one of version 5 has). Ends with the first error of `visit`.
  [[nodiscard]] Status for_each_conversation(const std::function<Status(Conversation)>& visit);

  /// Copies left out so far.
  [[nodiscard]] std::int64_t copies() const { return copies_; }

 private:
  struct Position {
    std::uint64_t place = 0;  // of the conversation
    std::uint32_t start = 0;  // cut to its range
    std::uint32_t index = 0;  // into `records_`
  };
  struct Record {
    std::size_t offset = 0;  // into `bytes_`
    const ContextBook* contexts = nullptr;
  };

  void sort();
  // Decodes records of one place, in order.
  void decode(std::span<const Position> positions);
  [[nodiscard]] Status visit_place(const std::function<Status(Conversation)>& visit);
  // Leaves the copies out of flows of one conversation.
  [[nodiscard]] Conversation distinct(std::span<Flow*> flows);

  std::vector<std::byte> bytes_;
  std::vector<Record> records_;
  std::vector<Position> order_;
  std::int64_t copies_ = 0;
  // Kept for their memory.
  std::vector<Position> unordered_;
  std::vector<std::uint32_t> buckets_;
  std::vector<Flow> flows_;
  std::vector<Flow*> ordered_;
};

}  // namespace flowtrail::attribution
