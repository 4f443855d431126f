#include "history/shared_text.h"

#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>

namespace flowtrail::history {
namespace {

// Large enough to come from the system, and to go back to it, as whole pages.
constexpr std::size_t kBlockBytes = std::size_t{256} << 10U;

}  // namespace

std::size_t SharedText::bytes_for(std::string_view text) {
  return (sizeof(Held) + text.size() + alignof(Held) - 1) / alignof(Held) * alignof(Held);
}

SharedText::Block* SharedText::make_block(std::size_t bytes) {
  if (bytes > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("SharedText");
  return new (::operator new(bytes)) Block{.bytes = static_cast<std::uint32_t>(bytes)};
}

const SharedText::Held* SharedText::put(std::string_view text, Block* block, std::size_t offset) {
  char* const at = reinterpret_cast<char*>(block) + offset;
  std::memcpy(at + sizeof(Held), text.data(), text.size());
  return new (at) Held{.size = static_cast<std::uint32_t>(text.size()), .offset = static_cast<std::uint32_t>(offset)};
}

const SharedText::Held* SharedText::make(std::string_view text) {
  if (text.empty()) return nullptr;
  return put(text, make_block(sizeof(Block) + bytes_for(text)), sizeof(Block));
}

void SharedText::destroy(Block* block) {
  const std::size_t bytes = block->bytes;
  std::destroy_at(block);
  ::operator delete(block, bytes);
}

SharedTexts::SharedTexts(SharedTexts&& other) noexcept
    : shared_(std::move(other.shared_)),
      block_(std::exchange(other.block_, nullptr)),
      used_(std::exchange(other.used_, 0)) {}

SharedTexts& SharedTexts::operator=(SharedTexts&& other) noexcept {
  std::swap(shared_, other.shared_);
  std::swap(block_, other.block_);
  std::swap(used_, other.used_);
  return *this;
}

SharedTexts::~SharedTexts() {
  if (block_ != nullptr) SharedText::give_up(block_);
}

SharedText SharedTexts::share(std::string_view text) {
  if (text.empty()) return {};
  if (const auto known = shared_.find(text); known != shared_.end()) return *known;
  return *shared_.insert(keep(text)).first;
}

SharedText SharedTexts::keep(std::string_view text) {
  if (text.empty()) return {};
  const std::size_t bytes = SharedText::bytes_for(text);
  if (bytes > kBlockBytes / 4) return text;
  if (block_ == nullptr || used_ + bytes > block_->bytes) {
    if (block_ != nullptr) SharedText::give_up(block_);
    block_ = SharedText::make_block(kBlockBytes);
    used_ = sizeof(SharedText::Block);
  }
  const SharedText kept(SharedText::put(text, block_, used_));
  block_->owners.fetch_add(1, std::memory_order_relaxed);
  used_ += bytes;
  return kept;
}

}  // namespace flowtrail::history
