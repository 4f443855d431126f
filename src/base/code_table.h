// Numbers for things that come again and again: a hash table with open addressing that gives each different key a code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace flowtrail {

/// Key: copied, compared by ==, with a `hash()` whose low bits are well mixed. Not thread-safe.
template <typename Key>
class CodeTable {
 public:
  /// `slots`: to begin with; a power of two.
  explicit CodeTable(std::size_t slots) : slots_(slots) {}

  /// The code of a key: what `make()` returned when it was new, which is never 0. `is_same(code)` is asked whether it
  /// is the right one where equal keys may stand for different things. Cost: O(1) amortized.
  template <typename IsSame, typename Make>
  [[nodiscard]] std::uint32_t code(const Key& key, const IsSame& is_same, const Make& make) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = key.hash() & mask;
    for (; slots_[at].code != 0; at = (at + 1) & mask) {
      if (static_cast<const Key&>(slots_[at]) == key && is_same(slots_[at].code)) return slots_[at].code;
    }
    const std::uint32_t code = make();
    slots_[at] = Slot{key, code};
    if (++used_ * 2 > slots_.size()) grow();
    return code;
  }
  template <typename Make>
  [[nodiscard]] std::uint32_t code(const Key& key, const Make& make) {
    return code(key, [](std::uint32_t) { return true; }, make);
  }

  /// The code of a key; 0 when it has none.
  [[nodiscard]] std::uint32_t find(const Key& key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = key.hash() & mask;
    while (slots_[at].code != 0 && !(static_cast<const Key&>(slots_[at]) == key)) at = (at + 1) & mask;
    return slots_[at].code;
  }

  /// Memory that it holds.
  [[nodiscard]] std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  // Derived, so that the code takes the place that alignment leaves behind the key.
  struct Slot : Key {
    Slot() = default;
    Slot(const Key& key, std::uint32_t code_in) : Key(key), code(code_in) {}
    std::uint32_t code = 0;  // 0: free
  };

  void grow() {
    std::vector<Slot> larger(slots_.size() * 2);
    const std::size_t mask = larger.size() - 1;
    for (const Slot& slot : slots_) {
      if (slot.code == 0) continue;
      std::size_t at = slot.hash() & mask;
      while (larger[at].code != 0) at = (at + 1) & mask;
      larger[at] = slot;
    }
    slots_ = std::move(larger);
  }

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t used_ = 0;
};

}  // namespace flowtrail
