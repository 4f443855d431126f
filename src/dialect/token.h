// The pieces of a statement, as Trino's lexer cuts them (SqlBase.g4): every token knows its bytes in the user's text
// and its place there, because errors are shown in that text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace flowtrail::dialect {

enum class TokenKind : std::uint8_t {
  kWord,             // select, t, my_table: keywords are words too, the parser tells them apart
  kQuoted,           // "name", with "" for a quote
  kBackquoted,       // `name`: Hive's DDL only
  kString,           // 'text', with '' for a quote
  kUnicodeString,    // U&'\00e9'
  kBinary,           // X'0aFF'
  kInteger,          // 12, 1_000, 0x1F, 0o17, 0b101
  kDecimal,          // 1.5, .5, 1.
  kDouble,           // 1E5, 1.5e-3
  kDigitIdentifier,  // 1a: no token of SQL, kept for Trino's own error text
  kOperator,         // punctuation: + - * / % || = <> != < <= > >= -> => ( ) [ ] , . ; ?
  kUnknown,          // a character that begins nothing
  kEnd,              // after the last token; empty
};

/// Where a token begins: line from 1, column from 1 in code points.
struct Position {
  int line = 1;
  int column = 1;
};

/// A view into the statement it was cut from, which must outlive it.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // as written
  std::size_t begin = 0;  // byte offset into the statement
  Position position;

  [[nodiscard]] std::size_t end() const { return begin + text.size(); }
  /// True for the keyword `upper` (given in upper case) written in any case.
  [[nodiscard]] bool is_word(std::string_view upper) const;
  [[nodiscard]] bool is_operator(std::string_view symbol) const {
    return kind == TokenKind::kOperator && text == symbol;
  }
};

}  // namespace flowtrail::dialect
