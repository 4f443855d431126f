// Which side of a record is the interface's: by `flow-direction`, else by the addresses that history knows, else by the
// address that nearly all records of the interface share.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "attribution/flow.h"
#include "attribution/spans.h"
#include "history/history.h"

namespace flowtrail::attribution {

/// The addresses of one interface, as history knows them.
class OwnAddresses {
 public:
  /// None are known.
  OwnAddresses() = default;
  /// `interface` is History's index.
  OwnAddresses(const history::History& history, std::uint32_t interface);

  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// True if `address` was one of them at `time`. Cost: O(n).
  [[nodiscard]] bool contain(const IpAddress& address, std::int64_t time) const {
    for (std::size_t i = 0; i < std::min(size_, first_.size()); ++i) {
      if (first_[i].holds(address, time)) return true;
    }
    return size_ > first_.size() && more_contain(address, time);
  }

 private:
  struct Own {
    IpAddress address;
    Span valid;
    [[nodiscard]] bool holds(const IpAddress& asked, std::int64_t time) const {
      return address == asked && valid.first <= time && time < valid.second;
    }
  };
  [[nodiscard]] bool more_contain(const IpAddress& address, std::int64_t time) const;

  std::size_t size_ = 0;
  std::array<Own, 2> first_{};  // an IPv4 and an IPv6 address, mostly: at hand without a look at other memory
  std::unique_ptr<const std::vector<Own>> more_;  // nullptr: those are all
};

/// Rules 1, 2 and 4 of "Which side is the interface's"; kUndecided when they do not tell.
[[nodiscard]] Side side_by_knowledge(const OwnAddresses& own, const flowlog::FlowRecord& record);

/// The address common to nearly all records of one interface, found in two passes over the same distinct records:
/// `propose` keeps the few addresses that can be frequent (Misra and Gries), `count` counts those exactly. Memory:
/// constant.
class CommonAddress {
 public:
  void propose(const flowlog::FlowRecord& record);
  void count(const flowlog::FlowRecord& record);
  /// Adds what another one proposed; proposals of any split hold every address that is frequent over all.
  void merge_proposals(const CommonAddress& other);

  /// The address in at least 90 % of the records, when just one is; the private one when two are and one is private.
  [[nodiscard]] std::optional<IpAddress> decided() const;

 private:
  struct Candidate {
    IpAddress address;
    std::int64_t weight = 0;  // lower bound of its occurrences, while proposing
    std::int64_t count = 0;   // records with it
  };
  // An address of 90 % of the records makes up at least 45 % of the addresses, so that two slots would do.
  static constexpr std::size_t kSlots = 4;

  void propose(const IpAddress& address, std::int64_t weight);

  std::vector<Candidate> candidates_;
  std::int64_t records_ = 0;
};

/// Rule 3: the side of a record whose interface has that address.
[[nodiscard]] Side side_by_address(const flowlog::FlowRecord& record, const std::optional<IpAddress>& own);

}  // namespace flowtrail::attribution
