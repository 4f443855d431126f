// Texts that many events have in common: a thousand calls have the same caller, program and region.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/text_hash.h"

namespace flowtrail::history {

/// An immutable text in two words. Copies share it, from any thread.
class SharedText {
 public:
  SharedText() = default;
  /// A text of its own; `SharedTexts` makes those that are shared with equal ones.
  template <std::convertible_to<std::string_view> Text>
    requires(!std::same_as<Text, SharedText>)
  SharedText(const Text& text)  // NOLINT(google-explicit-constructor): stands in for a std::string
      : SharedText(std::make_shared<const std::string>(std::string_view{text})) {}
  /// `text` must not be null.
  explicit SharedText(std::shared_ptr<const std::string> text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const {
    static const std::string kEmpty;
    return text_ ? *text_ : kEmpty;
  }
  [[nodiscard]] bool empty() const { return text().empty(); }
  operator std::string_view() const { return text(); }  // NOLINT(google-explicit-constructor)

  friend bool operator==(const SharedText& left, const SharedText& right) { return left.text() == right.text(); }
  template <std::convertible_to<std::string_view> Text>
    requires(!std::same_as<Text, SharedText>)
  friend bool operator==(const SharedText& left, const Text& right) {
    return left.text() == std::string_view{right};
  }

 private:
  std::shared_ptr<const std::string> text_;  // null: empty. Shared: who lives longest is not known
};

/// Keeps each text once. Not thread-safe.
class SharedTexts {
 public:
  [[nodiscard]] SharedText share(std::string_view text) {
    if (text.empty()) return {};
    if (const auto known = texts_.find(text); known != texts_.end()) return SharedText{known->second};
    const auto kept = std::make_shared<const std::string>(text);
    texts_.emplace(*kept, kept);
    return SharedText{kept};
  }

 private:
  std::unordered_map<std::string_view, std::shared_ptr<const std::string>, TextHash>
      texts_;  // the keys are the texts' own
};

}  // namespace flowtrail::history
