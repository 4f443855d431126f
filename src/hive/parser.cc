// Tokens, names, types, columns, properties and partitions; statements have files of their own.
#include "hive/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/letters.h"
#include "hive/parse.h"

namespace flowtrail::hive {
namespace {

using trino::Type;
using trino::TypeKind;

struct PlainType {
  std::string_view name;
  TypeKind kind;
};
constexpr std::array kPlainTypes{
    PlainType{"TINYINT", TypeKind::kTinyint}, PlainType{"SMALLINT", TypeKind::kSmallint},
    PlainType{"INT", TypeKind::kInteger},     PlainType{"INTEGER", TypeKind::kInteger},
    PlainType{"BIGINT", TypeKind::kBigint},   PlainType{"BOOLEAN", TypeKind::kBoolean},
    PlainType{"FLOAT", TypeKind::kReal},      PlainType{"DOUBLE", TypeKind::kDouble},
    PlainType{"STRING", TypeKind::kVarchar},  PlainType{"BINARY", TypeKind::kVarbinary},
    PlainType{"DATE", TypeKind::kDate},
};

std::string quoted_words(std::initializer_list<std::string_view> words) {
  return fmt::format("'{}'", fmt::join(words, " "));
}

}  // namespace

const std::string* find_property(const Properties& properties, std::string_view key) {
  const std::string* found = nullptr;
  for (const auto& [name, value] : properties) {
    if (name == key) found = &value;
  }
  return found;
}

const Token& Parser::peek(std::size_t ahead) const {
  return failed() ? tokens_.back() : tokens_[std::min(index_ + ahead, tokens_.size() - 1)];
}

bool Parser::peek_words(std::initializer_list<std::string_view> upper) const {
  std::size_t ahead = 0;
  return std::ranges::all_of(upper, [&](std::string_view word) { return peek(ahead++).is_word(word); });
}

bool Parser::peek_name(std::size_t ahead) const {
  const Token& token = peek(ahead);
  if (token.kind == TokenKind::kBackquoted) return true;
  // Athena's guide writes names in double quotes too.
  if (token.kind == TokenKind::kString) return token.text[0] == '"';
  return token.kind == TokenKind::kWord &&
         !std::ranges::all_of(token.text, [](char c) { return c >= '0' && c <= '9'; });
}

Token Parser::take() {
  const Token token = peek();
  if (index_ + 1 < tokens_.size()) ++index_;
  return token;
}

bool Parser::accept_words(std::initializer_list<std::string_view> upper) {
  if (!peek_words(upper)) return false;
  index_ += upper.size();
  return true;
}

bool Parser::accept_symbol(std::string_view symbol) {
  if (!peek().is_symbol(symbol)) return false;
  take();
  return true;
}

void Parser::expect_words(std::initializer_list<std::string_view> upper) {
  for (const std::string_view word : upper) {
    if (!accept_words({word})) return fail(quoted_words({word}));
  }
}

void Parser::expect_symbol(std::string_view symbol) {
  if (!accept_symbol(symbol)) fail(quoted_words({symbol}));
}

void Parser::expect_end(std::string_view clauses) {
  if (failed()) return;
  while (accept_symbol(";")) {
  }
  if (peek().kind != TokenKind::kEnd) fail(clauses.empty() ? "<EOF>" : fmt::format("{}, <EOF>", clauses));
}

void Parser::fail(std::string_view expected) {
  const Token& token = peek();
  if (token.kind == TokenKind::kUnterminated) {
    return fail_at(token, token.text[0] == '/' ? "a comment has no end" : "a quoted text has no end");
  }
  fail_at(token, fmt::format("mismatched input '{}'. Expecting: {}",
                             token.kind == TokenKind::kEnd ? "<EOF>" : token.text, expected));
}

void Parser::fail_at(const Token& token, std::string_view message) {
  if (error_) return;
  engine::SqlError error;
  error.code = ErrorCode::kUsage;
  error.name = "SYNTAX_ERROR";
  error.what = fmt::format("line {}:{}: {}", token.place.line, token.place.column, message);
  error.where = fmt::format("line {}, column {}", token.place.line, token.place.column);
  error.line = token.place.line;
  error.column = token.place.column;
  error_ = std::move(error);
}

std::size_t Parser::behind_parentheses(std::size_t open) const {
  std::size_t depth = 0;
  for (std::size_t i = open; i < tokens_.size(); ++i) {
    if (tokens_[i].is_symbol("(")) ++depth;
    if (tokens_[i].is_symbol(")") && --depth == 0) return i + 1;
  }
  return tokens_.size() - 1;
}

std::string Parser::name() {
  if (!peek_name()) {
    fail("<identifier>");
    return {};
  }
  const Token token = peek();
  const std::string name = lower(token.kind == TokenKind::kBackquoted ? backquoted_name(token)
                                 : token.kind == TokenKind::kString   ? string_value(token)
                                                                      : token.text);
  if (name.empty()) fail_at(token, "an empty name");
  take();
  return name;
}

TableName Parser::table_name() {
  const bool quoted = peek().kind == TokenKind::kBackquoted;
  TableName table{std::nullopt, name()};
  if (accept_symbol(".")) {
    // Athena's own catalog may be told; there is no other here.
    if (table.name == "awsdatacatalog" && peek_name() && peek(1).is_symbol(".")) {
      table.name = name();
      take();
    }
    table.database = std::exchange(table.name, name());
  } else if (const std::size_t dot = table.name.find('.'); quoted && dot != std::string::npos) {
    // `db.table` in one pair of backquotes, as SHOW CREATE TABLE prints it.
    table.database = table.name.substr(0, dot);
    table.name.erase(0, dot + 1);
  }
  return table;
}

std::string Parser::string_literal() {
  if (peek().kind != TokenKind::kString) {
    fail("<string>");
    return {};
  }
  return string_value(take());
}

std::optional<std::string> Parser::optional_pattern() {
  const bool like = accept_words({"LIKE"});
  if (!like && peek().kind != TokenKind::kString) return std::nullopt;
  return string_literal();
}

Properties Parser::properties() {
  Properties result;
  expect_symbol("(");
  do {
    std::string key = string_literal();
    expect_symbol("=");
    result.emplace_back(std::move(key), string_literal());
  } while (accept_symbol(","));
  expect_symbol(")");
  return result;
}

int Parser::number(int least, int most) {
  const Token token = peek();
  int value = 0;
  const char* const end = token.text.data() + token.text.size();
  const auto [stop, fault] = std::from_chars(token.text.data(), end, value);
  if (token.kind != TokenKind::kWord || fault != std::errc{} || stop != end || value < least || value > most) {
    fail(fmt::format("a number from {} to {}", least, most));
    return least;
  }
  take();
  return value;
}

int Parser::number_in_parentheses(int most) {
  expect_symbol("(");
  const int value = number(1, most);
  expect_symbol(")");
  return value;
}

Type Parser::decimal() {
  constexpr int kMostDigits = 38;
  constexpr int kHiveDigits = 10;  // what Hive takes DECIMAL alone for
  if (!accept_symbol("(")) return Type{TypeKind::kDecimal, kHiveDigits, 0};
  const int precision = number(1, kMostDigits);
  const int scale = accept_symbol(",") ? number(0, precision) : 0;
  expect_symbol(")");
  return Type{TypeKind::kDecimal, precision, scale};
}

Type Parser::struct_type(int depth) {
  std::vector<std::string> names;
  std::vector<Type> fields;
  expect_symbol("<");
  do {
    names.push_back(name());
    expect_symbol(":");
    fields.push_back(type(depth + 1));
    if (accept_words({"COMMENT"})) static_cast<void>(string_literal());
  } while (accept_symbol(","));
  expect_symbol(">");
  return Type::row(std::move(names), std::move(fields));
}

Type Parser::type(int depth) {
  constexpr int kMostOfVarchar = 65535;
  constexpr int kMostOfChar = 255;
  if (depth >= kMaximumTypeDepth) {
    fail_at(peek(), fmt::format("types are nested deeper than {} levels", kMaximumTypeDepth));
  }
  const Token token = peek();
  const auto* plain = std::ranges::find_if(kPlainTypes, [&](const PlainType& t) { return token.is_word(t.name); });
  if (plain != kPlainTypes.end()) {
    take();
    return Type{plain->kind};
  }
  if (accept_words({"TIMESTAMP"})) return Type{TypeKind::kTimestamp, 3};
  if (accept_words({"DECIMAL"})) return decimal();
  if (accept_words({"VARCHAR"})) return Type{TypeKind::kVarchar, number_in_parentheses(kMostOfVarchar)};
  if (accept_words({"CHAR"})) return Type{TypeKind::kChar, number_in_parentheses(kMostOfChar)};
  if (accept_words({"STRUCT"})) return struct_type(depth);
  if (accept_words({"ARRAY"})) {
    expect_symbol("<");
    Type element = type(depth + 1);
    expect_symbol(">");
    return Type::array(std::move(element));
  }
  if (accept_words({"MAP"})) {
    expect_symbol("<");
    Type key = type(depth + 1);
    expect_symbol(",");
    Type value = type(depth + 1);
    expect_symbol(">");
    return Type::map(std::move(key), std::move(value));
  }
  fail("<type>");
  return Type{};
}

Column Parser::column() {
  Column column;
  column.name = name();
  column.type = type();
  if (accept_words({"COMMENT"})) column.comment = string_literal();
  return column;
}

std::vector<Column> Parser::columns() {
  std::vector<Column> result;
  expect_symbol("(");
  do {
    result.push_back(column());
  } while (accept_symbol(","));
  expect_symbol(")");
  return result;
}

std::string Parser::partition_value() {
  if (peek(1).kind == TokenKind::kString && (peek().is_word("DATE") || peek().is_word("TIMESTAMP"))) take();
  if (peek().kind == TokenKind::kString) return string_value(take());
  if (peek().is_word("TRUE") || peek().is_word("FALSE")) return lower(take().text);
  std::string value = accept_symbol("-") ? "-" : "";
  if (peek().kind != TokenKind::kWord || peek().text[0] < '0' || peek().text[0] > '9') {
    fail("<constant>");
    return {};
  }
  value += take().text;
  if (peek().is_symbol(".") && peek(1).kind == TokenKind::kWord) {
    value += take().text;
    value += take().text;
  }
  return value;
}

std::vector<PartitionCondition> Parser::partition_conditions() {
  struct Symbol {
    std::string_view text;
    Comparison comparison;
  };
  constexpr std::array kSymbols{
      Symbol{"=", Comparison::kEqual},           Symbol{"<>", Comparison::kNotEqual},
      Symbol{"!=", Comparison::kNotEqual},       Symbol{"<", Comparison::kLess},
      Symbol{"<=", Comparison::kLessOrEqual},    Symbol{">", Comparison::kGreater},
      Symbol{">=", Comparison::kGreaterOrEqual},
  };
  std::vector<PartitionCondition> result;
  expect_symbol("(");
  do {
    PartitionCondition condition;
    condition.column = name();
    const auto* found = std::ranges::find_if(kSymbols, [&](const Symbol& s) { return peek().is_symbol(s.text); });
    if (found == kSymbols.end()) {
      fail("'='");
    } else {
      condition.comparison = found->comparison;
      take();
    }
    condition.value = partition_value();
    result.push_back(std::move(condition));
  } while (accept_symbol(","));
  expect_symbol(")");
  return result;
}

PartitionValues Parser::partition_values() {
  PartitionValues result;
  expect_symbol("(");
  do {
    std::string column = name();
    expect_symbol("=");
    result.emplace_back(std::move(column), partition_value());
  } while (accept_symbol(","));
  expect_symbol(")");
  return result;
}

}  // namespace flowtrail::hive
