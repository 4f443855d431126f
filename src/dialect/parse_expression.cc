// Expressions, loosest binding first: OR, AND, NOT, predicates, ||, + -, * / %, sign, AT TIME ZONE, [] and .field.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/letters.h"
#include "dialect/lexer.h"
#include "dialect/parser_base.h"

namespace flowtrail::dialect {
namespace {

constexpr std::string_view kExpression = "<expression>";

std::string upper(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The digits behind an escape: \0041 or \+01F600. Returns how many characters they are, 0 if they are no code point.
std::size_t unicode_escape(std::string_view text, unsigned& code) {
  const bool is_long = text.starts_with('+');
  const std::size_t begin = is_long ? 1 : 0;
  const std::size_t count = is_long ? 6 : 4;
  if (text.size() < begin + count) return 0;
  code = 0;
  for (std::size_t i = begin; i < begin + count; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return 0;
    code = code * 16 + static_cast<unsigned>(digit);
  }
  return code > 0x10ffffU || (code >= 0xd800U && code < 0xe000U) ? 0 : begin + count;
}

bool decode_unicode(std::string_view body, char escape, std::string& text) {
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] != escape) {
      text += body[i];
    } else if (i + 1 < body.size() && body[i + 1] == escape) {
      text += body[++i];
    } else {
      unsigned code = 0;
      const std::size_t length = unicode_escape(body.substr(i + 1), code);
      if (length == 0) return false;
      append_utf8(code, text);
      i += length;
    }
  }
  return true;
}

constexpr std::array<std::string_view, 6> kComparisons{"=", "<>", "!=", "<", "<=", ">"};

bool is_comparison(const Token& token) {
  return token.kind == TokenKind::kOperator &&
         (token.text == ">=" || std::ranges::find(kComparisons, token.text) != kComparisons.end());
}

}  // namespace

ExpressionPtr Parser::expression() {
  if (++depth_ > kMaximumDepth) fail_at(peek().position, "STACK_OVERFLOW", "statement is too large (nested too deep)");
  auto result = logical_or();
  --depth_;
  return result;
}

ExpressionPtr Parser::logical_or() {
  auto left = logical_and();
  if (!peek_word("OR")) return left;
  auto result = node(ExpressionKind::kOr, peek());
  result->position = result->start = left->start;
  result->begin = left->begin;
  result->children.push_back(std::move(left));
  while (accept_word("OR")) result->children.push_back(logical_and());
  return finish(std::move(result));
}

ExpressionPtr Parser::logical_and() {
  auto left = logical_not();
  if (!peek_word("AND")) return left;
  auto result = node(ExpressionKind::kAnd, peek());
  result->position = result->start = left->start;
  result->begin = left->begin;
  result->children.push_back(std::move(left));
  while (accept_word("AND")) result->children.push_back(logical_not());
  return finish(std::move(result));
}

ExpressionPtr Parser::logical_not() {
  if (!peek_word("NOT")) return predicate();
  const Token token = take();
  if (++depth_ > kMaximumDepth) fail_at(token.position, "STACK_OVERFLOW", "statement is too large (nested too deep)");
  auto operand = logical_not();
  --depth_;
  return unary(ExpressionKind::kNot, token, std::move(operand));
}

ExpressionPtr Parser::predicate() {
  return predicate_of(concatenation());
}

ExpressionPtr Parser::predicate_of(ExpressionPtr value) {
  const Token token = peek();
  if (is_comparison(token)) return comparison(std::move(value));
  if (token.is_word("IS")) return is_predicate(std::move(value), take());
  const bool negated = token.is_word("NOT") && (peek_word("BETWEEN", 1) || peek_word("IN", 1) || peek_word("LIKE", 1));
  if (negated) take();
  if (accept_word("BETWEEN")) return between_predicate(std::move(value), token, negated);
  if (accept_word("IN")) return in_predicate(std::move(value), token, negated);
  if (accept_word("LIKE")) return like_predicate(std::move(value), token, negated);
  return value;
}

ExpressionPtr Parser::comparison(ExpressionPtr value) {
  const Token symbol = take();
  const std::string text = symbol.text == "!=" ? "<>" : std::string{symbol.text};
  const bool quantified = (peek_word("ALL") || peek_word("ANY") || peek_word("SOME")) && peek_operator("(", 1);
  if (!quantified) {
    auto result = binary(ExpressionKind::kComparison, symbol, std::move(value), concatenation());
    result->text = text;
    return result;
  }
  auto result = node(ExpressionKind::kQuantified, symbol);
  result->start = value->start;
  result->begin = value->begin;
  result->text = text;
  result->names.push_back(upper(take().text));
  result->children.push_back(std::move(value));
  expect_operator("(");
  result->query = query();
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::is_predicate(ExpressionPtr value, const Token& token) {
  const bool negated = accept_word("NOT");
  if (accept_words("DISTINCT", "FROM")) {
    auto result = binary(ExpressionKind::kIsDistinct, token, std::move(value), concatenation());
    result->negated = negated;
    return result;
  }
  if (!accept_word("NULL")) fail(peek(), negated ? "'DISTINCT', 'NULL'" : "'DISTINCT', 'NOT', 'NULL'");
  auto result = unary(ExpressionKind::kIsNull, token, std::move(value));
  result->start = result->children[0]->start;
  result->begin = result->children[0]->begin;
  result->negated = negated;
  return result;
}

ExpressionPtr Parser::between_predicate(ExpressionPtr value, const Token& token, bool negated) {
  auto result = binary(ExpressionKind::kBetween, token, std::move(value), concatenation());
  result->negated = negated;
  expect_word("AND");
  result->children.push_back(concatenation());
  return finish(std::move(result));
}

ExpressionPtr Parser::in_predicate(ExpressionPtr value, const Token& token, bool negated) {
  const bool is_query = begins_query_in_parentheses(index_);
  auto result = node(is_query ? ExpressionKind::kInQuery : ExpressionKind::kInList, token);
  result->start = value->start;
  result->begin = value->begin;
  result->negated = negated;
  result->children.push_back(std::move(value));
  expect_operator("(");
  if (is_query) {
    result->query = query();
  } else {
    for (auto& item : expressions()) result->children.push_back(std::move(item));
  }
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::like_predicate(ExpressionPtr value, const Token& token, bool negated) {
  auto result = binary(ExpressionKind::kLike, token, std::move(value), concatenation());
  result->negated = negated;
  if (accept_word("ESCAPE")) result->children.push_back(concatenation());
  return finish(std::move(result));
}

ExpressionPtr Parser::concatenation() {
  auto left = sum();
  while (peek_operator("||")) {
    const Token symbol = take();
    left = binary(ExpressionKind::kConcat, symbol, std::move(left), sum());
  }
  return left;
}

ExpressionPtr Parser::sum() {
  auto left = product();
  while (peek_operator("+") || peek_operator("-")) {
    const Token symbol = take();
    left = binary(ExpressionKind::kArithmetic, symbol, std::move(left), product());
  }
  return left;
}

ExpressionPtr Parser::product() {
  auto left = sign();
  while (peek_operator("*") || peek_operator("/") || peek_operator("%")) {
    const Token symbol = take();
    left = binary(ExpressionKind::kArithmetic, symbol, std::move(left), sign());
  }
  return left;
}

ExpressionPtr Parser::sign() {
  if (!peek_operator("-") && !peek_operator("+")) return at_time_zone();
  const Token token = take();
  if (token.text == "-" && peek().kind == TokenKind::kInteger) {  // -2147483648 is an integer
    auto literal = integer(true);
    literal->position = literal->start = token.position;
    literal->begin = token.begin;
    return literal;
  }
  if (++depth_ > kMaximumDepth) fail_at(token.position, "STACK_OVERFLOW", "statement is too large (nested too deep)");
  auto operand = sign();
  --depth_;
  return unary(token.text == "-" ? ExpressionKind::kNegate : ExpressionKind::kPlus, token, std::move(operand));
}

ExpressionPtr Parser::at_time_zone() {
  auto left = postfix();
  while (peek_word("AT") && peek_word("TIME", 1)) {
    const Token token = take();
    take();
    expect_word("ZONE");
    auto zone = peek_word("INTERVAL") ? interval() : postfix();
    left = binary(ExpressionKind::kAtTimeZone, token, std::move(left), std::move(zone));
  }
  return left;
}

ExpressionPtr Parser::postfix() {
  auto base = primary();
  while (!failed()) {
    if (peek_operator("[")) {
      const Token token = take();
      base = binary(ExpressionKind::kSubscript, token, std::move(base), concatenation());
      base->position = base->start;
      expect_operator("]");
    } else if (peek_operator(".") && !peek_operator("*", 1)) {
      const Token token = take();
      auto field = unary(ExpressionKind::kDereference, token, std::move(base));
      field->position = field->start = field->children[0]->start;
      field->begin = field->children[0]->begin;
      field->quoted = peek().kind == TokenKind::kQuoted;
      field->text = identifier();
      base = std::move(field);
    } else {
      break;
    }
    base = finish(std::move(base));
  }
  return base;
}

ExpressionPtr Parser::primary() {
  const Token& token = peek();
  switch (token.kind) {
    case TokenKind::kWord: return word_primary();
    case TokenKind::kQuoted: {
      if (begins_call()) return call();
      if (begins_lambda()) return lambda();
      auto result = node(ExpressionKind::kIdentifier, token);
      result->quoted = true;
      result->text = identifier();
      return finish(std::move(result));
    }
    case TokenKind::kOperator:
      if (begins_lambda()) return lambda();
      if (token.text == "(") return parenthesized();
      if (token.text == "[") return array();
      if (token.text == "?") {
        auto result = node(ExpressionKind::kParameter, take());
        result->ordinal = parameters_++;
        return result;
      }
      break;
    default: break;
  }
  return literal_primary();
}

ExpressionPtr Parser::literal_primary() {
  const Token token = peek();
  switch (token.kind) {
    case TokenKind::kString: {
      auto result = node(ExpressionKind::kString, take());
      result->text = dialect::string_value(token);
      return result;
    }
    case TokenKind::kUnicodeString: return unicode_string();
    case TokenKind::kBinary: return binary_literal();
    case TokenKind::kInteger: return integer();
    case TokenKind::kDecimal:
    case TokenKind::kDouble: {
      auto result =
          node(token.kind == TokenKind::kDecimal ? ExpressionKind::kDecimal : ExpressionKind::kDouble, take());
      for (const char c : token.text) {
        if (c != '_') result->text += c;
      }
      return result;
    }
    default: fail(token, kExpression);
  }
  return node(ExpressionKind::kNull, token);
}

ExpressionPtr Parser::integer(bool negative) {
  const Token token = take();
  std::string digits;
  for (const char c : token.text) {
    if (c != '_') digits += c;
  }
  int base = 10;
  if (digits.size() > 2 && digits[0] == '0') {
    const char mark = static_cast<char>(digits[1] | 0x20);
    if (mark == 'x') base = 16;
    if (mark == 'o') base = 8;
    if (mark == 'b') base = 2;
  }
  const std::size_t skip = base == 10 ? 0 : 2;
  if (negative) digits.insert(skip, 1, '-');
  std::int64_t value = 0;
  const char* last = digits.data() + digits.size();
  const auto [end, fault] = std::from_chars(digits.data() + skip, last, value, base);
  if (fault != std::errc{} || end != last) {
    fail_at(token.position, "SYNTAX_ERROR", fmt::format("Invalid numeric literal: {}", token.text));
  }
  auto result = node(ExpressionKind::kInteger, token);
  result->text = std::to_string(value);
  return result;
}

ExpressionPtr Parser::binary_literal() {
  const Token token = take();
  auto result = node(ExpressionKind::kBinary, token);
  for (const char c : token.text.substr(2, token.text.size() - 3)) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    if (hex_digit(c) < 0) {
      fail_at(token.position, "SYNTAX_ERROR", "Binary literal can only contain hexadecimal digits");
    }
    result->text += c;
  }
  if (result->text.size() % 2 != 0) {
    fail_at(token.position, "SYNTAX_ERROR", "Binary literal must contain an even number of digits");
  }
  return result;
}

ExpressionPtr Parser::unicode_string() {
  const Token token = take();
  std::string body;
  const std::string_view raw = token.text.substr(3, token.text.size() - 4);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    body += raw[i];
    if (raw[i] == '\'') ++i;
  }
  char escape = '\\';
  if (accept_word("UESCAPE")) {
    const std::string given = string_literal();
    if (given.size() != 1 || hex_digit(given[0]) >= 0 || given == "+" || given == "'" || given == "\"" ||
        given == " ") {
      fail_at(token.position, "SYNTAX_ERROR", fmt::format("Invalid Unicode escape character: {}", given));
    } else {
      escape = given[0];
    }
  }
  auto result = node(ExpressionKind::kString, token);
  if (!decode_unicode(body, escape, result->text)) {
    fail_at(token.position, "SYNTAX_ERROR", "Invalid Unicode escape sequence");
  }
  return finish(std::move(result));
}

ExpressionPtr Parser::interval() {
  const Token token = take();
  auto result = node(ExpressionKind::kInterval, token);
  if (accept_operator("-")) {
    result->negated = true;
  } else {
    accept_operator("+");
  }
  result->text = string_literal();
  constexpr std::array<std::string_view, 6> kUnits{"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};
  const auto unit = [&] {
    const auto* found = std::ranges::find_if(kUnits, [&](std::string_view name) { return peek_word(name); });
    if (found == kUnits.end()) {
      fail(peek(), "'DAY', 'HOUR', 'MINUTE', 'MONTH', 'SECOND', 'YEAR'");
    } else {
      take();
      result->names.emplace_back(*found);
    }
  };
  unit();
  if (accept_word("TO")) unit();
  return finish(std::move(result));
}

bool Parser::begins_lambda() const {
  if (peek_identifier() && peek_operator("->", 1)) return true;
  if (!peek_operator("(")) return false;
  const std::size_t close = closing_[index_];
  if (close == 0 || !tokens_[close + 1].is_operator("->")) return false;
  for (std::size_t i = index_ + 1; i < close; ++i) {  // only names and commas between
    const bool comma_expected = (i - index_) % 2 == 0;
    if (comma_expected ? !tokens_[i].is_operator(",")
                       : tokens_[i].kind != TokenKind::kWord && tokens_[i].kind != TokenKind::kQuoted) {
      return false;
    }
  }
  return true;
}

ExpressionPtr Parser::lambda() {
  auto result = node(ExpressionKind::kLambda, peek());
  if (accept_operator("(")) {
    if (!peek_operator(")")) result->names = identifier_list();
    expect_operator(")");
  } else {
    result->names.push_back(identifier());
  }
  expect_operator("->");
  result->children.push_back(expression());
  return finish(std::move(result));
}

ExpressionPtr Parser::parenthesized() {
  const Token token = peek();
  if (begins_query_in_parentheses(index_)) {
    take();
    auto result = node(ExpressionKind::kSubquery, token);
    result->query = query();
    expect_operator(")");
    return finish(std::move(result));
  }
  take();
  auto first = expression();
  if (!peek_operator(",")) {
    expect_operator(")");
    first->parenthesized = true;
    return first;
  }
  auto result = node(ExpressionKind::kRow, token);
  result->children.push_back(std::move(first));
  while (accept_operator(",")) result->children.push_back(expression());
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::array() {
  auto result = node(ExpressionKind::kArray, peek());
  accept_word("ARRAY");
  expect_operator("[");
  if (!peek_operator("]")) result->children = expressions();
  expect_operator("]");
  return finish(std::move(result));
}

ExpressionPtr Parser::row() {
  auto result = node(ExpressionKind::kRow, take());
  expect_operator("(");
  do {
    // ROW(1 AS a): names of fields are newer than Athena; they are read and refused by the analyzer.
    result->children.push_back(expression());
  } while (accept_operator(","));
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::exists() {
  auto result = node(ExpressionKind::kExists, take());
  expect_operator("(");
  result->query = query();
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::grouping() {
  auto result = node(ExpressionKind::kGrouping, take());
  expect_operator("(");
  if (!peek_operator(")")) result->children = expressions();
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::case_expression() {
  const Token token = take();
  const bool simple = !peek_word("WHEN");
  auto result = node(simple ? ExpressionKind::kSimpleCase : ExpressionKind::kSearchedCase, token);
  if (simple) result->children.push_back(expression());
  if (!peek_word("WHEN")) fail(peek(), "'WHEN'");
  while (accept_word("WHEN")) {
    result->children.push_back(expression());
    expect_word("THEN");
    result->children.push_back(expression());
  }
  result->has_else = accept_word("ELSE");
  if (result->has_else) result->children.push_back(expression());
  expect_word("END");
  return finish(std::move(result));
}

ExpressionPtr Parser::cast(bool is_try) {
  auto result = node(ExpressionKind::kCast, take());
  result->negated = is_try;
  expect_operator("(");
  result->children.push_back(expression());
  expect_word("AS");
  result->type_text = type();
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::extract() {
  auto result = node(ExpressionKind::kExtract, take());
  expect_operator("(");
  result->text = identifier();
  expect_word("FROM");
  result->children.push_back(concatenation());
  expect_operator(")");
  return finish(std::move(result));
}

/// TRIM(BOTH 'x' FROM s) is trim(s, 'x') or its one-sided brothers.
ExpressionPtr Parser::trim() {
  auto result = node(ExpressionKind::kCall, take());
  result->call = std::make_unique<CallParts>();
  result->text = "trim";
  expect_operator("(");
  bool specified = true;
  if (accept_word("LEADING")) {
    result->text = "ltrim";
  } else if (accept_word("TRAILING")) {
    result->text = "rtrim";
  } else {
    specified = accept_word("BOTH");
  }
  ExpressionPtr characters;
  if (!(specified && peek_word("FROM"))) characters = concatenation();
  if (accept_word("FROM")) {
    result->children.push_back(concatenation());
    if (characters) result->children.push_back(std::move(characters));
  } else {
    result->children.push_back(std::move(characters));
    if (accept_operator(",")) result->children.push_back(concatenation());
  }
  expect_operator(")");
  return finish(std::move(result));
}

/// POSITION(a IN b) is strpos(b, a).
ExpressionPtr Parser::position_of() {
  auto result = node(ExpressionKind::kCall, take());
  result->call = std::make_unique<CallParts>();
  result->text = "strpos";
  expect_operator("(");
  auto needle = concatenation();
  expect_word("IN");
  result->children.push_back(concatenation());
  result->children.push_back(std::move(needle));
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::substring() {
  auto result = node(ExpressionKind::kCall, take());
  result->call = std::make_unique<CallParts>();
  result->text = "substring";
  expect_operator("(");
  result->children.push_back(concatenation());
  if (accept_word("FROM")) {
    result->text = "substr";
    result->children.push_back(concatenation());
    if (accept_word("FOR")) result->children.push_back(concatenation());
  } else {
    while (accept_operator(",")) result->children.push_back(expression());
  }
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::normalize() {
  auto result = node(ExpressionKind::kCall, take());
  result->call = std::make_unique<CallParts>();
  result->text = "normalize";
  expect_operator("(");
  result->children.push_back(concatenation());
  const Token form = peek();
  auto name = node(ExpressionKind::kString, form);
  name->text = "NFC";
  if (accept_operator(",")) {
    const Token given = take();
    name->text = upper(given.text);
    if (name->text != "NFD" && name->text != "NFC" && name->text != "NFKD" && name->text != "NFKC") {
      fail(given, "'NFC', 'NFD', 'NFKC', 'NFKD'");
    }
  }
  result->children.push_back(std::move(name));
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::current() {
  const Token token = take();
  auto result = node(ExpressionKind::kCurrent, token);
  result->text = lower(token.text);
  result->ordinal = -1;
  const bool has_precision = result->text.ends_with("time") || result->text.ends_with("timestamp");
  if (has_precision && peek_operator("(") && peek(1).kind == TokenKind::kInteger) {
    take();
    const auto precision = integer();
    result->ordinal = precision->text.size() > 4 ? 9999 : std::atoi(precision->text.c_str());
    expect_operator(")");
  }
  return finish(std::move(result));
}

ExpressionPtr Parser::listagg() {
  auto result = node(ExpressionKind::kCall, take());
  result->call = std::make_unique<CallParts>();
  result->text = "listagg";
  expect_operator("(");
  result->call->distinct = accept_word("DISTINCT");
  if (!result->call->distinct) accept_word("ALL");
  result->children.push_back(expression());
  if (accept_operator(",")) {
    result->children.push_back(literal_primary());
  }
  if (accept_words("ON", "OVERFLOW")) {
    if (accept_word("ERROR")) {
      result->call->overflow = "ERROR";
    } else {
      expect_word("TRUNCATE");
      if (peek().kind == TokenKind::kString) result->names.push_back(string_literal());
      result->call->overflow = peek_word("WITHOUT") ? "TRUNCATE WITHOUT COUNT" : "TRUNCATE WITH COUNT";
      if (!accept_word("WITH")) expect_word("WITHOUT");
      expect_word("COUNT");
    }
  }
  expect_operator(")");
  expect_word("WITHIN");
  expect_word("GROUP");
  expect_operator("(");
  expect_word("ORDER");
  expect_word("BY");
  result->call->order_by = sort_items();
  expect_operator(")");
  call_suffix(*result);
  return finish(std::move(result));
}

ExpressionPtr Parser::word_primary() {
  const Token& token = peek();
  if (auto result = keyword_primary()) return result;
  if (begins_lambda()) return lambda();
  if (peek_identifier() && peek(1).kind == TokenKind::kString) {  // DATE '2024-01-01'
    auto result = node(ExpressionKind::kTypedLiteral, token);
    result->type_text = lower(identifier());
    result->text = string_literal();
    return finish(std::move(result));
  }
  if (begins_call()) return call();
  if (!peek_identifier()) {
    fail(token, kExpression);
    return node(ExpressionKind::kNull, peek());
  }
  auto result = node(ExpressionKind::kIdentifier, token);
  result->text = identifier();
  return finish(std::move(result));
}

/// Expressions that begin with a word of their own; null if this is none.
ExpressionPtr Parser::keyword_primary() {
  const Token& token = peek();
  const bool open = peek_operator("(", 1);
  const std::string word = upper(token.text);
  if (word == "NULL") return node(ExpressionKind::kNull, take());
  if (word == "TRUE" || word == "FALSE") {
    auto result = node(ExpressionKind::kBoolean, take());
    result->text = lower(word);
    return result;
  }
  if (word == "CASE") return case_expression();
  if (word == "CAST") return cast(false);
  if (word == "EXISTS") return exists();
  if (word == "EXTRACT") return extract();
  if (word == "TRIM") return trim();
  if (word == "NORMALIZE") return normalize();
  if (word == "GROUPING") return grouping();
  if (word == "LISTAGG") return listagg();
  if (word == "JSON_EXISTS" || word == "JSON_VALUE" || word == "JSON_QUERY") return json_path_call();
  if (word == "JSON_OBJECT") return json_object();
  if (word == "JSON_ARRAY") return json_array();
  if (word.starts_with("CURRENT_") || word == "LOCALTIME" || word == "LOCALTIMESTAMP") {
    if (is_reserved(word)) return current();
  }
  if (word == "ARRAY" && peek_operator("[", 1)) return array();
  if (word == "INTERVAL" && (peek_operator("-", 1) || peek_operator("+", 1) ||
                             (peek(1).kind == TokenKind::kString && peek(2).kind == TokenKind::kWord &&
                              (peek_word("YEAR", 2) || peek_word("MONTH", 2) || peek_word("DAY", 2) ||
                               peek_word("HOUR", 2) || peek_word("MINUTE", 2) || peek_word("SECOND", 2))))) {
    return interval();
  }
  if (word == "DOUBLE" && peek_word("PRECISION", 1) && peek(2).kind == TokenKind::kString) {
    auto result = node(ExpressionKind::kTypedLiteral, take());
    take();
    result->type_text = "double";
    result->text = string_literal();
    return finish(std::move(result));
  }
  if (!open) return nullptr;
  if (word == "TRY_CAST") return cast(true);
  if (word == "ROW") return row();
  if (word == "POSITION") return position_of();
  if (word == "SUBSTRING") return substring();
  return nullptr;
}

/// name( or schema.name( or catalog.schema.name(.
bool Parser::begins_call() const {
  std::size_t ahead = 0;
  while (peek_identifier(ahead) && peek_operator(".", ahead + 1)) ahead += 2;
  return peek_identifier(ahead) && peek_operator("(", ahead + 1);
}

ExpressionPtr Parser::call() {
  auto result = node(ExpressionKind::kCall, peek());
  result->call = std::make_unique<CallParts>();
  const auto name = qualified_name();
  if (!name.empty()) result->text = lower(name.back());
  result->call->qualified = name.size() > 1;
  expect_operator("(");
  call_arguments(*result);
  expect_operator(")");
  call_suffix(*result);
  result = finish(std::move(result));
  check_special_call(*result);
  return result;
}

void Parser::call_arguments(Expression& call) {
  if (accept_operator("*")) {
    call.call->star = true;
    return;
  }
  if (peek_operator(")")) return;
  if (accept_word("DISTINCT")) {
    call.call->distinct = true;
  } else {
    accept_word("ALL");
  }
  if (!peek_word("ORDER")) call.children = expressions();
  if (accept_words("ORDER", "BY")) call.call->order_by = sort_items();
}

void Parser::call_suffix(Expression& call) {
  if (peek_word("FILTER") && peek_operator("(", 1)) {
    take();
    take();
    expect_word("WHERE");
    call.call->filter = expression();
    expect_operator(")");
  }
  if (accept_words("IGNORE", "NULLS")) {
    call.call->nulls = NullTreatment::kIgnore;
  } else if (accept_words("RESPECT", "NULLS")) {
    call.call->nulls = NullTreatment::kRespect;
  }
  if (peek_word("OVER") && (peek_operator("(", 1) || peek_identifier(1))) {
    call.call->over = over();
  } else if (call.call->nulls != NullTreatment::kNone) {
    fail(peek(), "'OVER'");
  }
}

/// Forms that look like functions and are not; Trino counts their arguments while parsing.
void Parser::check_special_call(const Expression& call) {
  const std::size_t count = call.children.size();
  const auto refuse = [&](std::string_view message) { fail_at(call.position, "SYNTAX_ERROR", message); };
  if (call.call->qualified) return;
  if (call.text == "if" && count != 2 && count != 3) refuse("Invalid number of arguments for 'if' function");
  if (call.text == "nullif" && count != 2) refuse("Invalid number of arguments for 'nullif' function");
  if (call.text == "coalesce" && count < 2) refuse("The 'coalesce' function must have at least two arguments");
  if (call.text == "try" && count != 1) refuse("The 'try' function must have exactly one argument");
  if (call.text == "format" && count < 2) refuse("The 'format' function must have at least two arguments");
  const bool special = call.text == "if" || call.text == "nullif" || call.text == "coalesce" || call.text == "try" ||
                       call.text == "format";
  if (!special) return;
  if (call.call->over) refuse(fmt::format("OVER clause not valid for '{}' function", call.text));
  if (call.call->distinct) refuse(fmt::format("DISTINCT not valid for '{}' function", call.text));
  if (call.call->filter) refuse(fmt::format("FILTER not valid for '{}' function", call.text));
}

std::unique_ptr<Window> Parser::over() {
  take();
  if (peek_operator("(")) {
    const Position position = peek().position;
    take();
    auto window = std::make_unique<Window>(window_specification());
    window->position = position;
    expect_operator(")");
    return window;
  }
  auto window = std::make_unique<Window>();
  window->position = peek().position;
  window->base = identifier();
  window->is_name_only = true;
  return window;
}

Window Parser::window_specification() {
  Window window;
  window.position = peek().position;
  const bool clause =
      peek_word("PARTITION") || peek_word("ORDER") || peek_word("ROWS") || peek_word("RANGE") || peek_word("GROUPS");
  if (!clause && peek_identifier()) window.base = identifier();
  if (accept_words("PARTITION", "BY")) window.partition_by = expressions();
  if (accept_words("ORDER", "BY")) window.order_by = sort_items();
  if (peek_word("ROWS") || peek_word("RANGE") || peek_word("GROUPS")) window.frame = frame();
  return window;
}

Frame Parser::frame() {
  Frame result;
  result.unit = upper(take().text);
  if (accept_word("BETWEEN")) {
    result.start = frame_bound();
    expect_word("AND");
    result.end = frame_bound();
  } else {
    result.start = frame_bound();
  }
  return result;
}

FrameBound Parser::frame_bound() {
  FrameBound bound;
  if (accept_words("CURRENT", "ROW")) return bound;
  const bool unbounded = accept_word("UNBOUNDED");
  if (!unbounded) bound.offset = expression();
  const bool preceding = accept_word("PRECEDING");
  if (!preceding) expect_word("FOLLOWING");
  if (unbounded) {
    bound.kind = preceding ? FrameBoundKind::kUnboundedPreceding : FrameBoundKind::kUnboundedFollowing;
  } else {
    bound.kind = preceding ? FrameBoundKind::kPreceding : FrameBoundKind::kFollowing;
  }
  return bound;
}

std::vector<SortItem> Parser::sort_items() {
  std::vector<SortItem> items;
  do {
    SortItem item;
    item.key = expression();
    item.descending = accept_word("DESC");
    if (!item.descending) accept_word("ASC");
    if (accept_words("NULLS", "FIRST")) {
      item.nulls = NullOrder::kFirst;
    } else if (accept_words("NULLS", "LAST")) {
      item.nulls = NullOrder::kLast;
    }
    items.push_back(std::move(item));
  } while (accept_operator(","));
  return items;
}

std::vector<ExpressionPtr> Parser::expressions() {
  std::vector<ExpressionPtr> result;
  do {
    result.push_back(expression());
  } while (accept_operator(","));
  return result;
}

}  // namespace flowtrail::dialect
