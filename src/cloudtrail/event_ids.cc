#include "cloudtrail/event_ids.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace flowtrail::cloudtrail {

namespace {

__extension__ using UInt128 = unsigned __int128;

constexpr std::size_t kFewestSlots = 1024;
constexpr std::size_t kLargePage = std::size_t{2} << 20U;

/// The two halves of the product, folded.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const UInt128 product = static_cast<UInt128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

}  // namespace

EventId event_id_of(std::string_view text) {
  if (text.empty()) return {};
  EventId id{0x9e3779b97f4a7c15U ^ text.size(), 0xcbf29ce484222325U + text.size()};
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t length = std::min(text.size(), sizeof word);
    std::memcpy(&word, text.data(), length);
    id.high = fold(id.high ^ word, 0xd6e8feb86659fd93U) + word;
    id.low = fold(id.low ^ word, 0xa0761d6478bd642fU) ^ (word << 1U);
    text.remove_prefix(length);
  }
  id.high = fold(id.high ^ 0xe7037ed1a0b428dbU, 0x8ebc6af09c88c6e3U);
  id.low = fold(id.low ^ 0x589965cc75374cc3U, 0x1d8e4e27c47d124fU) | 1U;
  return id;
}

void EventIds::Free::operator()(EventId* slots) const {
  std::free(slots);
}

/// Look-ups go all over the table, so that small pages would cost more than the look-ups themselves.
EventIds::Slots EventIds::free_slots(std::size_t count) {
  const std::size_t bytes = count * sizeof(EventId);
  void* const memory = bytes < kLargePage ? std::malloc(bytes) : std::aligned_alloc(kLargePage, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  if (bytes >= kLargePage) madvise(memory, bytes, MADV_HUGEPAGE);
  auto* const slots = static_cast<EventId*>(memory);
  std::uninitialized_value_construct_n(slots, count);
  return Slots{slots};
}

bool EventIds::insert(const EventId& id) {
  if ((size_ + 1) * 4 > slot_count_ * 3) grow();
  return insert_into_room(id);
}

bool EventIds::insert_into_room(const EventId& id) {
  const std::size_t mask = slot_count_ - 1;
  std::size_t slot = id.high & mask;
  while (slots_[slot] != EventId{}) {
    if (slots_[slot] == id) return false;
    slot = (slot + 1) & mask;
  }
  slots_[slot] = id;
  ++size_;
  return true;
}

void EventIds::grow() {
  const std::size_t old_count = slot_count_;
  slot_count_ = std::max(kFewestSlots, old_count * 2);
  const Slots old = std::exchange(slots_, free_slots(slot_count_));
  size_ = 0;
  for (std::size_t slot = 0; slot < old_count; ++slot) {
    if (old[slot] != EventId{}) static_cast<void>(insert_into_room(old[slot]));
  }
}

}  // namespace flowtrail::cloudtrail
