// Text on its way to a terminal: how many columns it takes, how it is cut, and how bytes that a terminal would obey
// (escape sequences, carriage returns, text that runs backwards) are made visible. Logs hold whatever a caller of the
// API typed, so nothing of them may reach a terminal raw.
// Widths: Unicode Standard Annex 11 (wide and fullwidth), combining marks as 0.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace flowtrail::output {

/// One step through UTF-8 text.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;  // bytes; 1 when not valid
  bool valid = false;    // false: a byte that is no UTF-8 (overlong forms and surrogates included)
};
/// `text` must not be empty.
[[nodiscard]] CodePoint first_code_point(std::string_view text);

/// Control characters as `\n`, `\t`, `\x1b`; characters that change the direction of text or take no room as
/// `\u{202e}`; bytes that are no UTF-8 as `\xff`. Everything else stays. The result is UTF-8 that is safe to print.
[[nodiscard]] std::string visible(std::string_view text);

/// Columns that UTF-8 text takes on a terminal.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// `text` in at most `width` columns: the middle gives way to `…`. Never cuts a character in two.
[[nodiscard]] std::string elide_middle(std::string_view text, std::size_t width);

/// `text` filled with blanks up to `width` columns.
[[nodiscard]] std::string pad_right(std::string text, std::size_t width);
[[nodiscard]] std::string pad_left(std::string text, std::size_t width);

/// Breaks text into lines of at most `width` columns, at blanks where there are some, joined by a newline and `indent`
/// blanks (from the second line on).
[[nodiscard]] std::string wrap(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace flowtrail::output
