// Parts of an address block: those nobody used, and the few blocks that hold all that was used.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/ip_address.h"

namespace flowtrail::attribution {

/// The largest aligned blocks inside `whole` without any address of `used` (sorted, distinct; those outside `whole` do
/// not matter): at most `most` of them, largest first, then by address. Empty when every address is used. Cost: O(used)
/// a level, down to the level at which enough are found.
[[nodiscard]] std::vector<Cidr> unused_blocks(const Cidr& whole, std::span<const IpAddress> used, std::size_t most);

/// At most `most` (>= 2) blocks that hold all addresses of `used` (sorted, distinct), ordered by family, then address:
/// the closest neighbours are joined until there are few enough, then two halves of a block into that block. Cost:
/// O(used log used).
[[nodiscard]] std::vector<Cidr> enclosing_blocks(std::span<const IpAddress> used, std::size_t most);

}  // namespace flowtrail::attribution
