// Texts that many things have in common: a thousand calls have the same caller, program and region.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/text_hash.h"

namespace flowtrail::history {

/// An immutable text in one word. Copies share it, from any thread.
class SharedText {
 public:
  SharedText() = default;
  /// A text of its own; `SharedTexts` makes those that are shared with equal ones.
  template <std::convertible_to<std::string_view> Text>
    requires(!std::same_as<Text, SharedText>)
  SharedText(const Text& text)  // NOLINT(google-explicit-constructor): stands in for a std::string
      : held_(make(text)) {}
  SharedText(const SharedText& other) : held_(other.held_) {
    if (held_ != nullptr) block_of(held_)->owners.fetch_add(1, std::memory_order_relaxed);
  }
  SharedText(SharedText&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  SharedText& operator=(const SharedText& other) {
    SharedText copy(other);
    std::swap(held_, copy.held_);
    return *this;
  }
  SharedText& operator=(SharedText&& other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~SharedText() {
    if (held_ != nullptr) give_up(block_of(held_));
  }

  [[nodiscard]] std::string_view text() const {
    return held_ == nullptr ? std::string_view{} : std::string_view(letters_of(held_), held_->size);
  }
  [[nodiscard]] bool empty() const { return held_ == nullptr; }
  operator std::string_view() const { return text(); }  // NOLINT(google-explicit-constructor)

  friend bool operator==(const SharedText& left, const SharedText& right) {
    return left.held_ == right.held_ || left.text() == right.text();
  }
  template <std::convertible_to<std::string_view> Text>
    requires(!std::same_as<Text, SharedText>)
  friend bool operator==(const SharedText& left, const Text& right) {
    return left.text() == std::string_view{right};
  }
  friend auto operator<=>(const SharedText& left, const SharedText& right) { return left.text() <=> right.text(); }
  friend std::ostream& operator<<(std::ostream& to, const SharedText& text) { return to << text.text(); }

 private:
  friend class SharedTexts;

  // Memory for texts, of which each begins with a Held. It counts its owners: who lives longest is not known.
  struct Block {
    std::atomic<std::uint32_t> owners = 1;
    std::uint32_t bytes = 0;  // with those of the Block itself
  };
  // The letters stand behind it.
  struct Held {
    std::uint32_t size = 0;
    std::uint32_t offset = 0;  // from the block's beginning
  };

  explicit SharedText(const Held* held) : held_(held) {}

  [[nodiscard]] static const char* letters_of(const Held* held) { return reinterpret_cast<const char*>(held + 1); }
  [[nodiscard]] static Block* block_of(const Held* held) {
    const char* const at = reinterpret_cast<const char*>(held) - held->offset;
    return reinterpret_cast<Block*>(const_cast<char*>(at));
  }
  // Of a text in a block, its Held included.
  [[nodiscard]] static std::size_t bytes_for(std::string_view text);
  [[nodiscard]] static Block* make_block(std::size_t bytes);
  // `offset`: of the place in the block. The block's owners are not counted.
  [[nodiscard]] static const Held* put(std::string_view text, Block* block, std::size_t offset);
  // A block with nothing else; nullptr for no text.
  [[nodiscard]] static const Held* make(std::string_view text);
  static void give_up(Block* block) {
    if (block->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(block);
  }
  static void destroy(Block* block);

  const Held* held_ = nullptr;  // nullptr: empty
};

/// Makes texts that stand close together: small pieces of memory that stay, among others that go, would keep whole
/// pages. The texts may outlive it. Not thread-safe.
class SharedTexts {
 public:
  SharedTexts() = default;
  SharedTexts(SharedTexts&& other) noexcept;
  SharedTexts& operator=(SharedTexts&& other) noexcept;
  SharedTexts(const SharedTexts&) = delete;
  SharedTexts& operator=(const SharedTexts&) = delete;
  ~SharedTexts();

  /// The one text that is equal to `text`.
  [[nodiscard]] SharedText share(std::string_view text);
  /// For texts that are mostly different from one another, such as ids: equal ones are not looked for.
  [[nodiscard]] SharedText keep(std::string_view text);

 private:
  std::unordered_set<SharedText, TextHash, std::equal_to<>> shared_;
  SharedText::Block* block_ = nullptr;  // to which texts are added; owned
  std::size_t used_ = 0;                // bytes of it
};

}  // namespace flowtrail::history

template <>
struct fmt::formatter<flowtrail::history::SharedText> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(const flowtrail::history::SharedText& text, Context& context) const {
    return fmt::formatter<std::string_view>::format(text.text(), context);
  }
};
