// Which records were seen before, at about 16 bytes a record: a set of 64-bit fingerprints with open addressing. Two
// different records share a fingerprint with a chance of 3 in 100,000 over 30 million records.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "flowlog/flow_record.h"

namespace flowtrail::tables {

/// Not thread-safe.
class FingerprintSet {
 public:
  /// False if the fingerprint was there before.
  bool insert(std::uint64_t fingerprint);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void grow();

  std::vector<std::uint64_t> slots_;  // 0 = free; a power of two of them
  std::size_t size_ = 0;
};

/// Equal for copies of one record: interface, addresses, ports, protocol, start, end, packets, bytes, action, status.
[[nodiscard]] std::uint64_t fingerprint(const flowlog::FlowRecord& record);
[[nodiscard]] std::uint64_t fingerprint(std::string_view text);

}  // namespace flowtrail::tables
