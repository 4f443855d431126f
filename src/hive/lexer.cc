#include "hive/lexer.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/letters.h"

namespace flowtrail::hive {
namespace {

bool is_word_character(char c) {
  return (c >= '0' && c <= '9') || (lower_letter(c) >= 'a' && lower_letter(c) <= 'z') || c == '_';
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

char at(std::string_view text, std::size_t index) {
  return index < text.size() ? text[index] : '\0';
}

struct Piece {
  TokenKind kind = TokenKind::kUnknown;
  std::size_t length = 1;
};

Piece quoted(std::string_view text, TokenKind kind) {
  const char quote = text[0];
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quote != '`') {
      ++i;
    } else if (text[i] == quote) {
      if (at(text, i + 1) != quote) return {kind, i + 1};
      ++i;
    }
  }
  return {TokenKind::kUnterminated, text.size()};
}

Piece next_piece(std::string_view text) {
  if (text[0] == '\'' || text[0] == '"') return quoted(text, TokenKind::kString);
  if (text[0] == '`') return quoted(text, TokenKind::kBackquoted);
  if (text.starts_with("/*")) return {TokenKind::kUnterminated, text.size()};  // else it would have been passed over
  std::size_t length = 0;
  while (length < text.size() && is_word_character(text[length])) ++length;
  if (length > 0) return {TokenKind::kWord, length};
  constexpr std::array<std::string_view, 4> kPairs{"<=", ">=", "<>", "!="};
  if (std::ranges::find(kPairs, text.substr(0, 2)) != kPairs.end()) return {TokenKind::kSymbol, 2};
  constexpr std::string_view kSingles = "()<>=,:;.-";
  if (kSingles.find(text[0]) != std::string_view::npos) return {TokenKind::kSymbol, 1};
  length = 1;
  while (length < text.size() && !begins_code_point(text[length])) ++length;
  return {TokenKind::kUnknown, length};
}

// Bytes of space and comments at the beginning of `text`.
std::size_t blank_length(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (is_space(text[i])) {
      ++i;
    } else if (text.substr(i).starts_with("--")) {
      i = std::min(text.find('\n', i), text.size());
    } else if (const bool comment = text.substr(i).starts_with("/*"); comment) {
      const std::size_t close = text.find("*/", i + 2);
      if (close == std::string_view::npos) return i;
      i = close + 2;
    } else {
      break;
    }
  }
  return i;
}

void advance(Place& place, std::string_view passed) {
  for (const char c : passed) {
    if (c == '\n') {
      ++place.line;
      place.column = 1;
    } else if (begins_code_point(c)) {
      ++place.column;
    }
  }
}

// A number of exactly `count` digits of `base` at `index`, if it stands there.
std::optional<unsigned> digits_at(std::string_view text, std::size_t index, std::size_t count, unsigned base) {
  unsigned value = 0;
  for (std::size_t i = index; i < index + count; ++i) {
    const char c = lower_letter(at(text, i));
    const unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a') + 10
                                                  : base;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

bool is_surrogate(unsigned code, unsigned first) {
  return code >= first && code < first + 0x400U;
}

// Resolves the escape whose backslash is at `index`, and answers how many bytes it has.
std::size_t append_escape(std::string& text, std::string_view body, std::size_t index) {
  const char next = at(body, index + 1);
  if (next == 'u') {
    if (const auto code = digits_at(body, index + 2, 4, 16)) {
      if (is_surrogate(*code, 0xd800U) && body.substr(index + 6).starts_with("\\u")) {
        const auto low = digits_at(body, index + 8, 4, 16);
        if (low && is_surrogate(*low, 0xdc00U)) {
          append_utf8(0x10000U + ((*code - 0xd800U) << 10U) + (*low - 0xdc00U), text);
          return 12;
        }
      }
      const bool half = is_surrogate(*code, 0xd800U) || is_surrogate(*code, 0xdc00U);
      append_utf8(half ? '?' : *code, text);
      return 6;
    }
  }
  if (const auto octal = digits_at(body, index + 1, 3, 8); octal && *octal < 0x80U) {
    text += static_cast<char>(*octal);
    return 4;
  }
  switch (next) {
    case 'n': text += '\n'; break;
    case 't': text += '\t'; break;
    case 'r': text += '\r'; break;
    case 'b': text += '\b'; break;
    case '0': text += '\0'; break;
    case 'Z': text += '\x1a'; break;
    case '%': text += "\\%"; break;
    case '_': text += "\\_"; break;
    default: text += next;
  }
  return 2;
}

}  // namespace

bool Token::is_word(std::string_view upper) const {
  const auto same = [](char a, char b) { return lower_letter(a) == lower_letter(b); };
  return kind == TokenKind::kWord && std::ranges::equal(text, upper, same);
}

std::vector<Token> tokenize(std::string_view text, Place first) {
  std::vector<Token> tokens;
  std::size_t offset = 0;
  Place place = first;
  const auto pass = [&](std::size_t length) {
    advance(place, text.substr(offset, length));
    offset += length;
  };
  while (true) {
    pass(blank_length(text.substr(offset)));
    const std::string_view rest = text.substr(offset);
    if (rest.empty()) break;
    const Piece piece = next_piece(rest);
    tokens.push_back({piece.kind, rest.substr(0, piece.length), offset, place});
    pass(piece.length);
  }
  tokens.push_back({TokenKind::kEnd, text.substr(offset), offset, place});
  return tokens;
}

std::string string_value(const Token& token) {
  const std::string_view body = token.text.substr(1, token.text.size() - 2);
  std::string text;
  for (std::size_t i = 0; i < body.size();) {
    if (body[i] == '\\') {
      i += append_escape(text, body, i);
    } else {
      text += body[i];
      i += body[i] == token.text[0] ? 2 : 1;
    }
  }
  return text;
}

std::string backquoted_name(const Token& token) {
  const std::string_view body = token.text.substr(1, token.text.size() - 2);
  std::string name;
  for (std::size_t i = 0; i < body.size(); i += body[i] == '`' ? 2 : 1) name += body[i];
  return name;
}

}  // namespace flowtrail::hive
