// Finds the places of things in a list by what they are called. Holds no names of its own, so that a name costs no
// memory beside the thing's: it asks whether the thing at a place is the right one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace flowtrail::history {

/// A hash table with open addressing. The low 32 bits of hashes must be well mixed.
class PlaceTable {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  /// Room for so many places.
  void reserve(std::size_t places) {
    std::size_t slots = kLeastSlots;
    while (slots < places * 2) slots *= 2;
    if (slots > slots_.size()) rebuild(slots);
  }

  /// The place with this hash of which `is_same(place)`; else kNone. Cost: O(1) on average.
  template <typename IsSame>
  [[nodiscard]] std::uint32_t find(std::size_t hash, const IsSame& is_same) const {
    if (slots_.empty()) return kNone;
    const auto low = static_cast<std::uint32_t>(hash);
    for (std::size_t at = low & mask(); slots_[at].place != kNone; at = (at + 1) & mask()) {
      if (slots_[at].hash == low && is_same(slots_[at].place)) return slots_[at].place;
    }
    return kNone;
  }

  /// `place`: below kNone; nothing of the same name may be in the table. Cost: O(1) amortized.
  void add(std::size_t hash, std::uint32_t place) {
    if ((used_ + 1) * 2 > slots_.size()) rebuild(slots_.empty() ? kLeastSlots : slots_.size() * 2);
    insert({static_cast<std::uint32_t>(hash), place});
    ++used_;
  }

 private:
  static constexpr std::size_t kLeastSlots = 16;

  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = kNone;  // kNone: free
  };

  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }

  void insert(Slot slot) {
    std::size_t at = slot.hash & mask();
    while (slots_[at].place != kNone) at = (at + 1) & mask();
    slots_[at] = slot;
  }

  void rebuild(std::size_t slots) {
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
    for (const Slot& slot : old) {
      if (slot.place != kNone) insert(slot);
    }
  }

  std::vector<Slot> slots_;  // a power of two, at most half full; or none
  std::size_t used_ = 0;
};

}  // namespace flowtrail::history
