#include "shell/highlighter.h"

#include <algorithm>

#include "dialect/lexer.h"
#include "shell/statement_buffer.h"
#include "shell/words.h"

namespace flowtrail::shell {
namespace {

using dialect::Token;
using dialect::TokenKind;

constexpr std::string_view kBlanks = " \t\r\n";

Paint paint_of(const Token& token) {
  switch (token.kind) {
    case TokenKind::kWord: return is_sql_keyword(token.text) ? Paint::kKeyword : Paint::kPlain;
    case TokenKind::kQuoted:
    case TokenKind::kBackquoted: return Paint::kName;
    case TokenKind::kString:
    case TokenKind::kUnicodeString:
    case TokenKind::kBinary: return Paint::kString;
    case TokenKind::kInteger:
    case TokenKind::kDecimal:
    case TokenKind::kDouble: return Paint::kNumber;
    default: return Paint::kPlain;
  }
}

class Highlighter {
 public:
  explicit Highlighter(std::string_view text) : text_(text), paints_(text.size(), Paint::kPlain) {}

  std::vector<Paint> run() && {
    std::size_t begin = 0;
    while (begin < text_.size()) begin = tokens_from(begin);
    return std::move(paints_);
  }

 private:
  void fill(std::size_t begin, std::size_t end, Paint paint) {
    std::fill(paints_.begin() + static_cast<std::ptrdiff_t>(begin), paints_.begin() + static_cast<std::ptrdiff_t>(end),
              paint);
  }

  /// Paints up to the end, or to behind a dollar body, which the lexer does not know.
  std::size_t tokens_from(std::size_t origin) {
    const std::string_view rest = text_.substr(origin);
    const dialect::StringStyle style =
        dialect::is_hive_ddl(rest) ? dialect::StringStyle::kHive : dialect::StringStyle::kTrino;
    std::size_t end = origin;  // of the last token
    for (const Token& token : dialect::tokenize(rest, style)) {
      const std::size_t begin = origin + token.begin;
      // Between tokens stand blanks and comments alone.
      const std::size_t comment = text_.find_first_not_of(kBlanks, end);
      if (comment < begin) fill(comment, text_.find_last_not_of(kBlanks, begin - 1) + 1, Paint::kComment);
      end = begin + token.text.size();
      if (token.kind == TokenKind::kUnknown && token.text == "$") {
        if (const std::size_t mark = dollar_mark(text_.substr(begin)).size(); mark > 0) {
          const std::size_t close = text_.find(text_.substr(begin, mark), begin + mark);
          end = close == std::string_view::npos ? text_.size() : close + mark;
          fill(begin, end, Paint::kString);
          return end;
        }
      }
      if (const Paint open = paint_of_open(token, begin); open != Paint::kPlain) {
        fill(begin, text_.size(), open);
        break;
      }
      fill(begin, end, paint_of(token));
    }
    return text_.size();
  }

  /// Of a string, name or comment that is not closed and takes all the rest; else kPlain.
  [[nodiscard]] Paint paint_of_open(const Token& token, std::size_t begin) const {
    if (token.is_operator("/") && text_.substr(begin).starts_with("/*")) return Paint::kComment;
    if (token.kind != TokenKind::kUnknown) return Paint::kPlain;
    if (token.text == "'") return Paint::kString;
    return token.text == "\"" || token.text == "`" ? Paint::kName : Paint::kPlain;
  }

  std::string_view text_;
  std::vector<Paint> paints_;
};

std::string_view escape_sequence(Paint paint) {
  switch (paint) {
    case Paint::kKeyword: return "\x1b[1m";
    case Paint::kString: return "\x1b[32m";
    case Paint::kNumber: return "\x1b[36m";
    case Paint::kComment: return "\x1b[2m";
    case Paint::kName: return "\x1b[33m";
    case Paint::kPlain: break;
  }
  return {};
}

}  // namespace

std::vector<Paint> highlight(std::string_view text) {
  return Highlighter{text}.run();
}

std::string painted(std::string_view text, const std::vector<Paint>& paints) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    while (end < text.size() && paints[end] == paints[begin]) ++end;
    const std::string_view sequence = escape_sequence(paints[begin]);
    result += sequence;
    result += text.substr(begin, end - begin);
    if (!sequence.empty()) result += "\x1b[0m";
    begin = end;
  }
  return result;
}

}  // namespace flowtrail::shell
