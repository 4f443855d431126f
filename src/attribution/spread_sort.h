// Sorting of things whose keys begin with the bits of a hash: such keys lie evenly, so that one pass puts them into
// buckets of a few, and only those are left to sort.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace flowtrail::attribution {

/// Keeps its memory from one use to the next.
template <typename Item>
class SpreadSorter {
 public:
  /// Puts `items` into the order of `is_before`, which must agree with that of `key_of` (64 bits). Cost: O(n) where the
  /// uppermost bits are spread evenly, O(n log n) where they are not.
  template <typename KeyOf, typename IsBefore>
  void sort(std::vector<Item>& items, const KeyOf& key_of, const IsBefore& is_before) {
    const auto bits = static_cast<unsigned>(std::clamp(static_cast<int>(std::bit_width(items.size() / 2)), 1, 20));
    const auto bucket_of = [&](const Item& item) { return key_of(item) >> (64 - bits); };
    ends_.assign((std::size_t{1} << bits) + 1, 0);
    for (const Item& item : items) ++ends_[bucket_of(item) + 1];
    for (std::size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
    unordered_.swap(items);
    items.resize(unordered_.size());
    for (const Item& item : unordered_) items[ends_[bucket_of(item)]++] = item;
    std::size_t begin = 0;
    for (const std::size_t end : std::span(ends_).first(ends_.size() - 1)) {
      if (end - begin > 1) std::ranges::sort(std::span(items).subspan(begin, end - begin), is_before);
      begin = end;
    }
  }

 private:
  std::vector<Item> unordered_;
  std::vector<std::uint32_t> ends_;  // of each bucket
};

}  // namespace flowtrail::attribution
