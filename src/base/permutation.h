// Puts things into an order without a second copy of them.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace flowtrail {

/// Afterwards place i of each of `things` holds what was at `order[i]`. `order` is a permutation of their places; it is
/// used up. Moves along the cycles of the permutation, so that at most one thing of each list is held twice.
template <typename... T>
void put_in_order(std::vector<std::uint32_t> order, std::vector<T>&... things) {
  for (std::uint32_t start = 0; start < order.size(); ++start) {
    if (order[start] == start) continue;
    const auto along_cycle = [&order, start](auto& list) {
      auto first = std::move(list[start]);
      std::uint32_t place = start;
      for (; order[place] != start; place = order[place]) list[place] = std::move(list[order[place]]);
      list[place] = std::move(first);
    };
    (along_cycle(things), ...);
    for (std::uint32_t place = start; order[place] != place;) place = std::exchange(order[place], place);
  }
}

}  // namespace flowtrail
