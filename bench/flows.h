// A set of flow log files: conversations between the account's interfaces and their peers, told as records of 60 s.
//
// What SQL over the records has to know: the port from 32768 up is the initiator's, always; the initiator's record of
// an interval starts no later than the reply; no two records are equal; addresses in pkt-* are those of the record. So
// plain SQL gives the same answer as docs/how-it-counts.md, whose rules for the unclear cases never apply.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "bench/account.h"

namespace flowtrail::bench {

struct FlowSet {
  bool v5 = false;  // 29 fields; else the 14 of version 2
  std::int64_t records = 0;
  int files = 0;
  std::uint64_t seed = 0;

  /// As long as it takes to see the records: 30 million a day, about 10 in a minute of an interface.
  [[nodiscard]] std::int64_t window_seconds() const {
    return std::max<std::int64_t>(600, records * 86400 / 30'000'000);
  }
};

/// Writes the files below `folder`. The flows are the same in both formats; a file is a function of seed and number.
void write_flows(const std::string& folder, const Account& account, const FlowSet& set);

/// The 50 interfaces of job J1, one id a line.
[[nodiscard]] std::string chosen_interfaces(const Account& account);

}  // namespace flowtrail::bench
