// Many lists of numbers in one piece of memory: a vector for each would be an allocation for each.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace flowtrail::history {

class NumberLists {
 public:
  using List = std::span<const std::uint32_t>;

  NumberLists() = default;
  /// Deals the numbers below `numbers` out to `lists` lists: `list_of(number)` gets it; none does where that is not
  /// below `lists`. Each list ascends by `rank(number)`, then by number. Cost: O(numbers), and sorting of lists that
  /// are not in order.
  template <typename ListOf, typename Rank>
  NumberLists(std::size_t lists, std::uint32_t numbers, const ListOf& list_of, const Rank& rank) : ends_(lists + 1) {
    for (std::uint32_t number = 0; number < numbers; ++number) {
      if (const std::size_t list = list_of(number); list < lists) ++ends_[list + 1];
    }
    for (std::size_t list = 1; list <= lists; ++list) ends_[list] += ends_[list - 1];
    // Each end begins where its list does, and moves on with every number.
    numbers_.resize(ends_[lists]);
    for (std::uint32_t number = 0; number < numbers; ++number) {
      if (const std::size_t list = list_of(number); list < lists) numbers_[ends_[list]++] = number;
    }
    ends_.pop_back();
    for (std::size_t list = 0; list < lists; ++list) put_in_order(list, rank);
  }

  [[nodiscard]] std::size_t size() const { return ends_.size(); }

  /// Empty where there is no such list.
  [[nodiscard]] List of(std::size_t list) const {
    if (list >= ends_.size()) return {};
    const std::uint32_t begin = list == 0 ? 0 : ends_[list - 1];
    return List(numbers_).subspan(begin, ends_[list] - begin);
  }

 private:
  template <typename Rank>
  void put_in_order(std::size_t list, const Rank& rank) {
    const std::uint32_t begin = list == 0 ? 0 : ends_[list - 1];
    const std::span<std::uint32_t> numbers = std::span(numbers_).subspan(begin, ends_[list] - begin);
    if (!std::ranges::is_sorted(numbers, {}, std::cref(rank))) std::ranges::stable_sort(numbers, {}, std::cref(rank));
  }

  std::vector<std::uint32_t> ends_, numbers_;
};

}  // namespace flowtrail::history
