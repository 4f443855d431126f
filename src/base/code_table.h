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
    const std::size_t at = slot_of(key, is_same);
    if (slots_[at].code != 0) return slots_[at].code;
    const std::uint32_t code = make();
    put(at, key, code);
    return code;
  }
  template <typename Make>
  [[nodiscard]] std::uint32_t code(const Key& key, const Make& make) {
    return code(key, kAnyIsSame, make);
  }

  /// For a set of keys, all of code 1: true if it was new.
  bool insert(const Key& key) {
    const std::size_t at = slot_of(key, kAnyIsSame);
    if (slots_[at].code != 0) return false;
    put(at, key, 1);
    return true;
  }

  /// The code of a key; 0 when it has none.
  [[nodiscard]] std::uint32_t find(const Key& key) const { return slots_[slot_of(key, kAnyIsSame)].code; }

  /// Memory that it holds.
  [[nodiscard]] std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  // Derived, so that the code takes the place that alignment leaves behind the key.
  struct Slot : Key {
    Slot() = default;
    Slot(const Key& key, std::uint32_t code_in) : Key(key), code(code_in) {}
    std::uint32_t code = 0;  // 0: free
  };

  static constexpr auto kAnyIsSame = [](std::uint32_t) { return true; };

  // That of the key, else the free one where it would go.
  template <typename IsSame>
  [[nodiscard]] std::size_t slot_of(const Key& key, const IsSame& is_same) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = key.hash() & mask;
    while (slots_[at].code != 0 && !(static_cast<const Key&>(slots_[at]) == key && is_same(slots_[at].code))) {
      at = (at + 1) & mask;
    }
    return at;
  }

  void put(std::size_t at, const Key& key, std::uint32_t code) {
    slots_[at] = Slot{key, code};
    if (++used_ * 2 > slots_.size()) grow();
  }

  void grow() {
    const std::vector<Slot> smaller = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
    // Equal keys stand for different things: each goes to a slot of its own.
    const auto none_is_same = [](std::uint32_t) { return false; };
    for (const Slot& slot : smaller) {
      if (slot.code != 0) slots_[slot_of(slot, none_is_same)] = slot;
    }
  }

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t used_ = 0;
};

/// A key of two numbers.
struct NumberPair {
  std::uint32_t first = 0, second = 0;

  [[nodiscard]] std::size_t hash() const {
    const std::uint64_t mixed = (std::uint64_t{first} << 32U | second) * 0x9e3779b97f4a7c15U;
    return mixed ^ mixed >> 32U;
  }
  friend bool operator==(const NumberPair&, const NumberPair&) = default;
};

}  // namespace flowtrail
