// Where the brackets, colons, commas and the beginnings of strings and scalars of a JSON text stand, found by
// simdjson's first stage at some GB/s.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace flowtrail::cloudtrail {

/// Reusable, not thread-safe. Memory: four bytes for each such place of the largest text so far.
class Structure {
 public:
  /// False where the text is empty, no valid UTF-8, has a control character in a string, ends inside a string, or holds
  /// a wrong escape. After true strings are sound, and between a string's end and the next place are only blanks; what
  /// the other scalars say and how all stands together is not looked at.
  [[nodiscard]] bool find(std::string_view text);

  /// Of the text found last, where all is sound: its first backslash, or std::string_view::npos.
  [[nodiscard]] std::size_t first_escape() const { return first_escape_; }

  [[nodiscard]] std::size_t size() const { return size_; }
  /// `place` may be `size()` or one more: the end of the text.
  [[nodiscard]] std::size_t operator[](std::size_t place) const { return places_[place]; }

  /// The places from `place` on, for a loop of its own.
  [[nodiscard]] const std::uint32_t* from(std::size_t place) const { return places_ + place; }
  [[nodiscard]] std::size_t number_of(const std::uint32_t* place) const {
    return static_cast<std::size_t>(place - places_);
  }

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> scanner_;
  const std::uint32_t* places_ = nullptr;
  std::size_t size_ = 0;
  std::size_t first_escape_ = std::string_view::npos;
};

}  // namespace flowtrail::cloudtrail
