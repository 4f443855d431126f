// Regular expressions with Java's syntax, as Trino's regexp functions and SQL/JSON's like_regex take them, on ICU's
// engine. \d, \w and \s mean ASCII, as in Trino.
// Source: trino.io, "Regular expression functions".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scalar/scalar_error.h"

namespace flowtrail::scalar {

class Regexp {
 public:
  ~Regexp();
  Regexp(Regexp&&) noexcept;
  Regexp& operator=(Regexp&&) noexcept;
  Regexp(const Regexp&) = delete;
  Regexp& operator=(const Regexp&) = delete;

  // Errors of all: INVALID_FUNCTION_ARGUMENT; also when a hostile pattern takes too long. Positions count code points
  // from 1.

  [[nodiscard]] static Answer<Regexp> compile(std::string_view pattern, bool ignore_case = false);
  /// For functions that are called row by row with what is nearly always one pattern: compiled when it is another one
  /// than in the thread's call before. Valid until the thread's next call.
  [[nodiscard]] static const Answer<Regexp>& kept(std::string_view pattern);

  [[nodiscard]] Answer<bool> finds_in(std::string_view text) const;
  /// nullopt: no match, or the group is not part of it.
  [[nodiscard]] NullableAnswer<std::string> extract(std::string_view text, std::int64_t group) const;
  using Groups = std::vector<std::optional<std::string>>;
  /// The text of each group from 1 on, where the whole text matches or, with `anywhere`, in the first match. nullopt:
  /// no match, or a group that is not part of it.
  [[nodiscard]] NullableAnswer<Groups> groups_of(std::string_view text, bool anywhere = false) const;
  [[nodiscard]] std::int64_t group_count() const;
  [[nodiscard]] Answer<std::vector<std::optional<std::string>>> extract_all(std::string_view text,
                                                                            std::int64_t group) const;
  /// `replacement` may hold $1 and ${name}.
  [[nodiscard]] Answer<std::string> replace(std::string_view text, std::string_view replacement) const;
  [[nodiscard]] Answer<std::vector<std::string>> split(std::string_view text) const;
  /// A match with the text before it, or the text behind the last one.
  struct Piece {
    std::string before;
    bool is_match = false;
    std::vector<std::optional<std::string>> groups;  // from the first on
  };
  [[nodiscard]] Answer<std::vector<Piece>> pieces(std::string_view text) const;
  [[nodiscard]] Answer<std::int64_t> count(std::string_view text) const;
  /// Of match number `occurrence` from position `start` on; -1: there is none.
  [[nodiscard]] Answer<std::int64_t> position(std::string_view text, std::int64_t start, std::int64_t occurrence) const;

 private:
  struct State;
  explicit Regexp(std::unique_ptr<State> state);
  [[nodiscard]] std::optional<ScalarError> check_group(std::int64_t group) const;

  std::unique_ptr<State> state_;
};

}  // namespace flowtrail::scalar
