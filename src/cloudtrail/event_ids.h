// The ids of the events seen so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace flowtrail::cloudtrail {

/// 128 bits of an id of any form: two different ids among a billion share them with a chance below 1 in 10^20.
struct EventId {
  std::uint64_t high = 0, low = 0;  // both 0: no id
  friend bool operator==(const EventId&, const EventId&) = default;
};

/// Of an empty text: no id.
[[nodiscard]] EventId event_id_of(std::string_view text);

/// Open addressing; 21 to 43 bytes an id.
class EventIds {
 public:
  /// False if the id was there before. `id` is one.
  bool insert(const EventId& id);

  /// Room for `count` ids at once, since growing step by step costs as much as all insertions. A guess is enough; of
  /// more than a million only those are believed.
  void foresee(std::size_t count);

  /// Brings the place of an id that is inserted soon into the cache. Inlined by force: GCC 12 takes a call that does
  /// nothing else for one without effect, and leaves it out.
  [[gnu::always_inline]] void expect(const EventId& id) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[id.high & (slots_.size() - 1)]);
  }

 private:
  [[nodiscard]] bool has_room_for(std::size_t count) const { return count * 4 <= slots_.size() * 3; }
  void grow(std::size_t slots);

  [[nodiscard]] bool insert_into_room(const EventId& id);

  std::vector<EventId> slots_;  // no id = free; a power of two of them
  std::size_t size_ = 0;
};

}  // namespace flowtrail::cloudtrail
