#include "history/shared_text.h"

#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>

namespace flowtrail::history {

SharedText::Held* SharedText::make(std::string_view text) {
  if (text.empty()) return nullptr;
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("SharedText");
  void* const memory = ::operator new(sizeof(Held) + text.size());
  auto* const held = new (memory) Held{.owners = 1, .size = static_cast<std::uint32_t>(text.size())};
  std::memcpy(static_cast<char*>(memory) + sizeof(Held), text.data(), text.size());
  return held;
}

void SharedText::destroy(Held* held) {
  const std::size_t bytes = sizeof(Held) + held->size;
  std::destroy_at(held);
  ::operator delete(held, bytes);
}

}  // namespace flowtrail::history
