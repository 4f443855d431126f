// Health checks by behaviour: a private peer that comes back with a fixed period and says little.
#pragma once

#include <cstdint>
#include <span>

#include "attribution/attribution.h"

namespace flowtrail::attribution {

/// True if `starts` (of the attempts of one key, any order, repeats allowed; sorted in place) come with a period of
/// 5-60 s, and the accepted records from the initiator are tiny on average. The peer must be private (the caller
/// knows).
[[nodiscard]] bool looks_like_health_check(std::span<std::int64_t> starts, const PeerCounters& counters);

}  // namespace flowtrail::attribution
