// A regular expression of ICU, for SQL/JSON's like_regex (XQuery's syntax is near to it).
#pragma once

#include <memory>
#include <optional>
#include <string_view>

namespace flowtrail::scalar {

class UnicodeRegex {
 public:
  ~UnicodeRegex();
  UnicodeRegex(UnicodeRegex&&) noexcept;
  UnicodeRegex& operator=(UnicodeRegex&&) noexcept;

  /// nullopt: no regular expression.
  [[nodiscard]] static std::optional<UnicodeRegex> compile(std::string_view pattern, bool ignore_case);
  /// Gives up, as if it did not match, when a hostile pattern takes too long.
  [[nodiscard]] bool finds_in(std::string_view text) const;

 private:
  struct State;
  explicit UnicodeRegex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace flowtrail::scalar
