// Names as people type them: globs (`pay*`, `web-?`), and the name they probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail {

/// The characters of a pattern that stand for others.
struct Wildcards {
  char many = '*';  // any text
  char one = '?';   // one character (one byte)
};

/// Everything else in `pattern` stands for itself. Cost: text times pattern at most; no pattern makes it exponential.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view text, Wildcards wildcards = {});

/// True if no pattern is given, or one of them matches.
[[nodiscard]] bool matches_any(const std::vector<std::string>& patterns, std::string_view text);

/// The candidate with the least edit distance, if it is near enough to be a typing error; else empty.
[[nodiscard]] std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates);

/// ` (did you mean X?)`, or the list of candidates as a hint.
[[nodiscard]] std::string name_hint(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace flowtrail
