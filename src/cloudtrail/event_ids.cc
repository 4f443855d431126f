#include "cloudtrail/event_ids.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace flowtrail::cloudtrail {

namespace {

__extension__ using UInt128 = unsigned __int128;

constexpr std::size_t kFewestSlots = 1024;
constexpr std::size_t kMostForeseen = 1'000'000;
constexpr std::size_t kLargePage = std::size_t{2} << 20U;

/// The two halves of the product, folded.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const UInt128 product = static_cast<UInt128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

/// Look-ups go all over the table, so that small pages would cost more than the look-ups themselves.
std::vector<EventId> free_slots(std::size_t count) {
  std::vector<EventId> slots;
  slots.reserve(count);
  auto* const memory = reinterpret_cast<std::byte*>(slots.data());
  const std::size_t bytes = count * sizeof(EventId);
  const std::size_t ahead = (kLargePage - reinterpret_cast<std::uintptr_t>(memory) % kLargePage) % kLargePage;
  // Only a wish: without it all is the same, but slower.
  if (ahead + kLargePage <= bytes) madvise(memory + ahead, (bytes - ahead) / kLargePage * kLargePage, MADV_HUGEPAGE);
  slots.resize(count);
  return slots;
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

bool EventIds::insert(const EventId& id) {
  if (!has_room_for(size_ + 1)) grow(std::max(kFewestSlots, slots_.size() * 2));
  return insert_into_room(id);
}

void EventIds::foresee(std::size_t count) {
  count = std::min(count, kMostForeseen);
  if (!has_room_for(count)) grow(std::bit_ceil(count + count / 3 + 1));
}

bool EventIds::insert_into_room(const EventId& id) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = id.high & mask;
  while (slots_[slot] != EventId{}) {
    if (slots_[slot] == id) return false;
    slot = (slot + 1) & mask;
  }
  slots_[slot] = id;
  ++size_;
  return true;
}

void EventIds::grow(std::size_t slots) {
  const std::vector<EventId> old = std::exchange(slots_, free_slots(slots));
  size_ = 0;
  for (const EventId& id : old) {
    if (id != EventId{}) static_cast<void>(insert_into_room(id));
  }
}

}  // namespace flowtrail::cloudtrail
