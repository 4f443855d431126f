// Cuts Hive's DDL into tokens. It never fails: what begins no token is one of kind kUnknown, which the parser refuses
// at its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hive/statement.h"

namespace flowtrail::hive {

enum class TokenKind : std::uint8_t {
  kWord,          // letters, digits and underscores in any order: table, 2023_logs, 12
  kBackquoted,    // `name`, with `` for a backquote
  kString,        // 'text' or "text"
  kSymbol,        // ( ) < > <= >= <> != = , : ; . -
  kUnterminated,  // a quote or a comment without its end
  kUnknown,       // a character that begins nothing
  kEnd,           // after the last token; empty
};

/// A view into the statement it was cut from, which must outlive it.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // as written
  std::size_t begin = 0;  // byte offset into the statement
  Place place;

  /// True for the keyword `upper` (given in upper case) written in any case.
  [[nodiscard]] bool is_word(std::string_view upper) const;
  [[nodiscard]] bool is_symbol(std::string_view symbol) const { return kind == TokenKind::kSymbol && text == symbol; }
};

/// All tokens without comments, the last of kind kEnd. Cost: linear.
[[nodiscard]] std::vector<Token> tokenize(std::string_view text, Place first);

/// What a kString token means: '' and "" are a quote; \n, \t, \', \\, \001 (octal) and \u0001 are resolved; \% and \_
/// keep their backslash, any other character loses it.
[[nodiscard]] std::string string_value(const Token& token);

/// The name that a kBackquoted token means, in its own case.
[[nodiscard]] std::string backquoted_name(const Token& token);

}  // namespace flowtrail::hive
