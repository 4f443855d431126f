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
    if (held_ != nullptr) held_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  SharedText(SharedText&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  SharedText& operator=(SharedText other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~SharedText() {
    if (held_ != nullptr && held_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(held_);
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
  // The letters stand behind it.
  struct Held {
    std::atomic<std::uint32_t> owners;
    std::uint32_t size;
  };

  [[nodiscard]] static const char* letters_of(const Held* held) { return reinterpret_cast<const char*>(held + 1); }
  // nullptr for no text.
  [[nodiscard]] static Held* make(std::string_view text);
  static void destroy(Held* held);

  Held* held_ = nullptr;  // nullptr: empty. Counts its owners: who lives longest is not known
};

/// Keeps each text once. Not thread-safe.
class SharedTexts {
 public:
  [[nodiscard]] SharedText share(std::string_view text) {
    if (text.empty()) return {};
    if (const auto known = texts_.find(text); known != texts_.end()) return *known;
    return *texts_.insert(SharedText(text)).first;
  }

 private:
  std::unordered_set<SharedText, TextHash, std::equal_to<>> texts_;
};

}  // namespace flowtrail::history

template <>
struct fmt::formatter<flowtrail::history::SharedText> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(const flowtrail::history::SharedText& text, Context& context) const {
    return fmt::formatter<std::string_view>::format(text.text(), context);
  }
};
