// Colours for SQL while it is typed: one decision for each byte, also where strings and comments are still open.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::shell {

enum class Paint : std::uint8_t { kPlain, kKeyword, kString, kNumber, kComment, kName };

/// One for each byte of `text`. kString is for strings and dollar bodies, kName for names in quotes or backquotes.
/// Blanks between tokens are plain.
[[nodiscard]] std::vector<Paint> highlight(std::string_view text);

/// `text` with escape sequences for a terminal; `paints` has an entry for each byte.
[[nodiscard]] std::string painted(std::string_view text, const std::vector<Paint>& paints);

}  // namespace flowtrail::shell
