// The answers of the standard scenario: rows of the five investigations, built from what the simulator did (account and
// ledger), in the form that `flowtrail investigate ... --output json` prints.
#pragma once

#include <cstdint>

#include "sample/simulation.h"

namespace flowtrail::sample {

/// `cases` of truth.json. `part` is the ledger's second window; `snapshot_time` that of the describe-* files.
[[nodiscard]] Json standard_cases(const Simulation& simulation, Span part, std::int64_t snapshot_time);
/// The same for the blog scenario, which has no snapshots.
[[nodiscard]] Json blog_cases(const Simulation& simulation, Span part);
/// Every question over everything, and over a part of the time. `snapshot_time` 0: none.
[[nodiscard]] Json random_cases(const Simulation& simulation, Span part, std::int64_t snapshot_time);

}  // namespace flowtrail::sample
