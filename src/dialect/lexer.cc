// One function for each kind of token; each gets the text from its first character and answers how many bytes are the
// token's.
#include "dialect/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/letters.h"

namespace flowtrail::dialect {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word_character(char c) {
  return is_letter(c) || is_digit(c) || c == '_';
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

char at(std::string_view text, std::size_t index) {
  return index < text.size() ? text[index] : '\0';
}

/// Bytes from the opening quote (at `open`) to after the closing one; 0 if it is not closed.
std::size_t quoted_length(std::string_view text, std::size_t open, bool backslashes) {
  const char quote = text[open];
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (backslashes && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (at(text, i + 1) != quote) return i + 1;
      ++i;
    }
  }
  return 0;
}

std::size_t word_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_word_character(text[length])) ++length;
  return length;
}

/// Digits with single underscores between them: 1, 1_000.
std::size_t digits_length(std::string_view text, bool (*is_of_base)(char)) {
  std::size_t length = 0;
  while (length < text.size()) {
    if (is_of_base(text[length])) {
      ++length;
    } else if (length > 0 && text[length] == '_' && text[length - 1] != '_' && is_of_base(at(text, length + 1))) {
      ++length;
    } else {
      break;
    }
  }
  return length;
}

std::size_t decimal_digits(std::string_view text) {
  return digits_length(text, is_digit);
}

/// Bytes of 0x1F, 0o17 or 0b101; 0 for other numbers.
std::size_t based_integer_length(std::string_view text) {
  if (at(text, 0) != '0') return 0;
  std::size_t digits = 0;
  switch (upper(at(text, 1))) {
    case 'X':
      digits =
          digits_length(text.substr(2), [](char c) { return is_digit(c) || (upper(c) >= 'A' && upper(c) <= 'F'); });
      break;
    case 'O': digits = digits_length(text.substr(2), [](char c) { return c >= '0' && c <= '7'; }); break;
    case 'B': digits = digits_length(text.substr(2), [](char c) { return c == '0' || c == '1'; }); break;
    default: return 0;
  }
  return digits == 0 ? 0 : digits + 2;
}

/// Bytes of an exponent such as e-3 at the beginning of `text`, or 0.
std::size_t exponent_length(std::string_view text) {
  if (upper(at(text, 0)) != 'E') return 0;
  const std::size_t sign = at(text, 1) == '+' || at(text, 1) == '-' ? 1 : 0;
  std::size_t length = 1 + sign;
  while (is_digit(at(text, length))) ++length;
  return length == 1 + sign ? 0 : length;
}

struct Piece {
  TokenKind kind = TokenKind::kUnknown;
  std::size_t length = 1;
};

Piece longer(Piece a, Piece b) {
  return b.length > a.length ? b : a;
}

/// Of all readings of a number the longest; of equal ones the first.
Piece number(std::string_view text) {
  Piece best{TokenKind::kInteger, std::max(decimal_digits(text), based_integer_length(text))};
  std::size_t mantissa = decimal_digits(text);
  if (at(text, mantissa) == '.') {
    mantissa += 1 + decimal_digits(text.substr(mantissa + 1));
    best = longer(best, {TokenKind::kDecimal, mantissa});
  }
  if (const std::size_t exponent = exponent_length(text.substr(mantissa)); exponent > 0) {
    best = longer(best, {TokenKind::kDouble, mantissa + exponent});
  }
  return is_digit(text[0]) ? longer(best, {TokenKind::kDigitIdentifier, word_length(text)}) : best;
}

Piece quoted(std::string_view text, std::size_t open, TokenKind kind, bool backslashes) {
  const std::size_t length = quoted_length(text, open, backslashes);
  return length == 0 ? Piece{} : Piece{kind, length};
}

std::optional<Piece> prefixed_string(std::string_view text) {
  if (upper(text[0]) == 'X' && at(text, 1) == '\'') {
    if (const Piece piece = quoted(text, 1, TokenKind::kBinary, false); piece.kind == TokenKind::kBinary) return piece;
  }
  if (upper(text[0]) == 'U' && at(text, 1) == '&' && at(text, 2) == '\'') {
    const Piece piece = quoted(text, 2, TokenKind::kUnicodeString, false);
    if (piece.kind == TokenKind::kUnicodeString) return piece;
  }
  return std::nullopt;
}

Piece symbol(std::string_view text) {
  constexpr std::array<std::string_view, 7> kLong{"||", "<>", "!=", "<=", ">=", "->", "=>"};
  constexpr std::string_view kShort = "+-*/%=<>()[]{},.;?|^:";
  for (const std::string_view candidate : kLong) {
    if (text.starts_with(candidate)) return {TokenKind::kOperator, candidate.size()};
  }
  if (kShort.find(text[0]) != std::string_view::npos) return {TokenKind::kOperator, 1};
  std::size_t length = 1;  // a character of more than one byte stays whole
  while (length < text.size() && !begins_code_point(text[length])) ++length;
  return {TokenKind::kUnknown, length};
}

Piece next_piece(std::string_view text, StringStyle style) {
  const char first = text[0];
  const bool hive = style == StringStyle::kHive;
  if (const auto piece = prefixed_string(text)) return *piece;
  if (is_letter(first) || first == '_') return {TokenKind::kWord, word_length(text)};
  if (is_digit(first) || (first == '.' && is_digit(at(text, 1)))) return number(text);
  if (first == '\'') return quoted(text, 0, TokenKind::kString, hive);
  if (first == '"') return quoted(text, 0, TokenKind::kQuoted, hive);
  if (first == '`') return quoted(text, 0, TokenKind::kBackquoted, false);
  return symbol(text);
}

/// Bytes of space and comments at the beginning of `text`.
std::size_t blank_length(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (is_space(text[i])) {
      ++i;
    } else if (text.substr(i).starts_with("--")) {
      const std::size_t line_end = text.find('\n', i);
      i = line_end == std::string_view::npos ? text.size() : line_end + 1;
    } else if (text.substr(i).starts_with("/*")) {
      const std::size_t close = text.find("*/", i + 2);
      if (close == std::string_view::npos) return i;
      i = close + 2;
    } else {
      break;
    }
  }
  return i;
}

void advance(Position& position, std::string_view passed) {
  for (const char c : passed) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if (begins_code_point(c)) {
      ++position.column;
    }
  }
}

/// Walks through a text token by token.
class Scanner {
 public:
  Scanner(std::string_view sql, Position origin) : sql_(sql), position_(origin) {}

  Token next(StringStyle style) {
    pass(blank_length(sql_.substr(offset_)));
    const std::string_view rest = sql_.substr(offset_);
    if (rest.empty()) return {TokenKind::kEnd, rest, offset_, position_};
    const Piece piece = next_piece(rest, style);
    const Token token{piece.kind, rest.substr(0, piece.length), offset_, position_};
    pass(piece.length);
    return token;
  }

 private:
  void pass(std::size_t length) {
    advance(position_, sql_.substr(offset_, length));
    offset_ += length;
  }

  std::string_view sql_;
  std::size_t offset_ = 0;
  Position position_;
};

/// Takes doubled `quote`s apart.
std::string undouble(std::string_view body, char quote) {
  std::string text;
  for (std::size_t i = 0; i < body.size(); ++i) {
    text += body[i];
    if (body[i] == quote && at(body, i + 1) == quote) ++i;
  }
  return text;
}

/// A number of exactly `count` digits of `base` at `index`, if it stands there.
std::optional<unsigned> digits_at(std::string_view text, std::size_t index, std::size_t count, int base) {
  if (index + count > text.size()) return std::nullopt;
  unsigned value = 0;
  for (std::size_t i = index; i < index + count; ++i) {
    const char c = upper(text[i]);
    const int digit = is_digit(c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : base;
    if (digit >= base) return std::nullopt;
    value = value * static_cast<unsigned>(base) + static_cast<unsigned>(digit);
  }
  return value;
}

char simple_escape(char c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case '0': return '\0';
    case 'Z': return '\x1a';
    default: return c;
  }
}

}  // namespace

std::size_t first_bad_byte(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first == 0 || (first >= 0x80U && first < 0xc2U) || first > 0xf4U) return i;
    const std::size_t length = first < 0x80U ? 1 : first < 0xe0U ? 2 : first < 0xf0U ? 3 : 4;
    if (i + length > text.size()) return i;
    for (std::size_t j = 1; j < length; ++j) {
      const auto byte = static_cast<unsigned char>(text[i + j]);
      // Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
      const unsigned low = j == 1 && first == 0xe0U ? 0xa0U : j == 1 && first == 0xf0U ? 0x90U : 0x80U;
      const unsigned high = j == 1 && first == 0xedU ? 0x9fU : j == 1 && first == 0xf4U ? 0x8fU : 0xbfU;
      if (byte < low || byte > high) return i;
    }
    i += length;
  }
  return text.size();
}

Position position_of(std::string_view text, std::size_t offset, Position origin) {
  advance(origin, text.substr(0, offset));
  return origin;
}

bool Token::is_word(std::string_view upper_text) const {
  return kind == TokenKind::kWord && text.size() == upper_text.size() &&
         std::ranges::equal(text, upper_text, {}, upper);
}

std::vector<Token> tokenize(std::string_view sql, StringStyle style, Position origin) {
  std::vector<Token> tokens;
  Scanner scanner{sql, origin};
  do {
    tokens.push_back(scanner.next(style));
  } while (tokens.back().kind != TokenKind::kEnd);
  return tokens;
}

bool is_hive_ddl(std::string_view statement) {
  Scanner scanner{statement, {}};
  const Token first = scanner.next(StringStyle::kTrino);
  if (first.is_word("ALTER") || first.is_word("MSCK")) return true;
  if (!first.is_word("CREATE")) return false;
  Token token = scanner.next(StringStyle::kTrino);
  if (token.is_word("EXTERNAL") || token.is_word("DATABASE") || token.is_word("SCHEMA")) return true;
  if (!token.is_word("TABLE")) return false;
  // CREATE TABLE name AS and CREATE TABLE name WITH (...) AS are Trino's; a list of columns or a Hive clause is Hive's.
  for (token = scanner.next(StringStyle::kTrino); token.kind != TokenKind::kEnd;
       token = scanner.next(StringStyle::kTrino)) {
    if (token.is_word("AS") || token.is_word("WITH")) return false;
    if (token.is_operator("(")) return true;
  }
  return true;
}

std::vector<StatementText> split_statements(std::string_view script) {
  std::vector<StatementText> statements;
  Position position;
  std::size_t begin = 0;
  while (begin < script.size()) {
    const std::string_view rest = script.substr(begin);
    Scanner scanner{rest, position};
    const StringStyle style = is_hive_ddl(rest) ? StringStyle::kHive : StringStyle::kTrino;
    const Token first = scanner.next(style);
    Token token = first;
    std::size_t end = first.begin;
    while (token.kind != TokenKind::kEnd && !token.is_operator(";")) {
      end = token.end();
      token = scanner.next(style);
    }
    if (end > first.begin) {
      statements.push_back({rest.substr(first.begin, end - first.begin), begin + first.begin, first.position});
    }
    position = token.position;
    if (token.kind != TokenKind::kEnd) ++position.column;
    begin += token.end();
  }
  return statements;
}

std::string name_of(const Token& token) {
  if (token.kind != TokenKind::kQuoted && token.kind != TokenKind::kBackquoted) return std::string{token.text};
  return undouble(token.text.substr(1, token.text.size() - 2), token.text.front());
}

std::string string_value(const Token& token) {
  return undouble(token.text.substr(1, token.text.size() - 2), '\'');
}

std::string hive_string_value(const Token& token) {
  const std::string_view body = token.text.substr(1, token.text.size() - 2);
  std::string text;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == token.text.front()) ++i;  // a doubled quote: the first is passed over
    if (at(body, i) != '\\' || i + 1 == body.size()) {
      text += at(body, i);
    } else if (const auto octal = digits_at(body, i + 1, 3, 8); octal && *octal < 0x80U) {
      text += static_cast<char>(*octal);
      i += 3;
    } else if (const auto code = at(body, i + 1) == 'u' ? digits_at(body, i + 2, 4, 16) : std::nullopt) {
      append_utf8(*code, text);
      i += 5;
    } else {
      text += simple_escape(body[++i]);
    }
  }
  return text;
}

engine::SqlError error_at(Position position, std::string_view name, std::string_view message) {
  engine::SqlError error;
  error.code = ErrorCode::kUsage;
  error.name = std::string{name};
  error.what = fmt::format("line {}:{}: {}", position.line, position.column, message);
  error.where = fmt::format("line {}, column {}", position.line, position.column);
  error.line = position.line;
  error.column = position.column;
  return error;
}

engine::SqlError mismatched_input(const Token& token, std::string_view expected) {
  if (token.kind == TokenKind::kDigitIdentifier) {
    return error_at(token.position, "SYNTAX_ERROR",
                    "identifiers must not start with a digit; surround the identifier with double quotes");
  }
  if (token.kind == TokenKind::kBackquoted) {
    return error_at(token.position, "SYNTAX_ERROR",
                    "backquoted identifiers are not supported; use double quotes to quote identifiers");
  }
  const std::string_view text = token.kind == TokenKind::kEnd ? "<EOF>" : token.text;
  return error_at(token.position, "SYNTAX_ERROR", fmt::format("mismatched input '{}'. Expecting: {}", text, expected));
}

}  // namespace flowtrail::dialect
