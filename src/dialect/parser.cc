// Tokens, nodes, types and statements; expressions and queries have files of their own.
#include "dialect/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/letters.h"
#include "dialect/lexer.h"
#include "dialect/parser_base.h"

namespace flowtrail::dialect {
namespace {

constexpr std::array<std::string_view, 81> kReserved{"ALTER",        "AND",
                                                     "AS",           "BETWEEN",
                                                     "BY",           "CASE",
                                                     "CAST",         "CONSTRAINT",
                                                     "CREATE",       "CROSS",
                                                     "CUBE",         "CURRENT_CATALOG",
                                                     "CURRENT_DATE", "CURRENT_PATH",
                                                     "CURRENT_ROLE", "CURRENT_SCHEMA",
                                                     "CURRENT_TIME", "CURRENT_TIMESTAMP",
                                                     "CURRENT_USER", "DEALLOCATE",
                                                     "DELETE",       "DESCRIBE",
                                                     "DISTINCT",     "DROP",
                                                     "ELSE",         "END",
                                                     "ESCAPE",       "EXCEPT",
                                                     "EXECUTE",      "EXISTS",
                                                     "EXTRACT",      "FALSE",
                                                     "FOR",          "FROM",
                                                     "FULL",         "GROUP",
                                                     "GROUPING",     "HAVING",
                                                     "IN",           "INNER",
                                                     "INSERT",       "INTERSECT",
                                                     "INTO",         "IS",
                                                     "JOIN",         "JSON_ARRAY",
                                                     "JSON_EXISTS",  "JSON_OBJECT",
                                                     "JSON_QUERY",   "JSON_TABLE",
                                                     "JSON_VALUE",   "LEFT",
                                                     "LIKE",         "LISTAGG",
                                                     "LOCALTIME",    "LOCALTIMESTAMP",
                                                     "NATURAL",      "NORMALIZE",
                                                     "NOT",          "NULL",
                                                     "ON",           "OR",
                                                     "ORDER",        "OUTER",
                                                     "PREPARE",      "RECURSIVE",
                                                     "RIGHT",        "ROLLUP",
                                                     "SELECT",       "SKIP",
                                                     "TABLE",        "THEN",
                                                     "TRIM",         "TRUE",
                                                     "UESCAPE",      "UNION",
                                                     "UNNEST",       "USING",
                                                     "VALUES",       "WHEN",
                                                     "WHERE"};

}  // namespace

bool is_reserved(std::string_view word) {
  Token token;
  token.kind = TokenKind::kWord;
  token.text = word;
  if (token.is_word("WITH")) return true;
  return std::ranges::any_of(kReserved, [&](std::string_view reserved) { return token.is_word(reserved); });
}

Parser::Parser(std::string_view sql, Position origin) : sql_(sql), tokens_(tokenize(sql, StringStyle::kTrino, origin)) {
  closing_.resize(tokens_.size());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].is_operator("(")) open.push_back(i);
    if (tokens_[i].is_operator(")") && !open.empty()) {
      closing_[open.back()] = i;
      open.pop_back();
    }
  }
}

const Token& Parser::peek(std::size_t ahead) const {
  return failed() ? tokens_.back() : tokens_[std::min(index_ + ahead, tokens_.size() - 1)];
}

bool Parser::peek_word(std::string_view upper, std::size_t ahead) const {
  return peek(ahead).is_word(upper);
}

bool Parser::peek_operator(std::string_view symbol, std::size_t ahead) const {
  return peek(ahead).is_operator(symbol);
}

Token Parser::take() {
  const Token token = peek();
  if (index_ + 1 < tokens_.size()) ++index_;
  return token;
}

bool Parser::accept_word(std::string_view upper) {
  if (!peek_word(upper)) return false;
  take();
  return true;
}

bool Parser::accept_words(std::string_view first, std::string_view second) {
  if (!peek_word(first) || !peek_word(second, 1)) return false;
  take();
  take();
  return true;
}

bool Parser::accept_operator(std::string_view symbol) {
  if (!peek_operator(symbol)) return false;
  take();
  return true;
}

void Parser::expect_word(std::string_view upper) {
  if (!accept_word(upper)) fail(peek(), fmt::format("'{}'", upper));
}

void Parser::expect_operator(std::string_view symbol) {
  if (!accept_operator(symbol)) fail(peek(), fmt::format("'{}'", symbol));
}

void Parser::fail(const Token& token, std::string_view expected) {
  if (!error_) error_ = mismatched_input(token, expected);
}

void Parser::fail_at(Position position, std::string_view name, std::string_view message) {
  if (!error_) error_ = error_at(position, name, message);
}

bool Parser::peek_identifier(std::size_t ahead) const {
  const Token& token = peek(ahead);
  return token.kind == TokenKind::kQuoted || (token.kind == TokenKind::kWord && !is_reserved(token.text));
}

bool Parser::peek_bare_alias() const {
  const Token& next = peek(1);
  const bool counts = next.kind == TokenKind::kInteger || next.is_operator("?");
  if (peek_word("LIMIT")) return !counts && !next.is_word("ALL");
  if (peek_word("OFFSET")) return !counts;
  if (peek_word("FETCH")) return !next.is_word("FIRST") && !next.is_word("NEXT");
  if (peek_word("WINDOW")) return !peek_word("AS", 2);
  if (peek_word("TABLESAMPLE") || peek_word("MATCH_RECOGNIZE")) return false;
  return peek_identifier();
}

std::string Parser::identifier() {
  const Token token = peek();
  if (!peek_identifier()) {
    fail(token, "<identifier>");
    return {};
  }
  if (token.text == "\"\"") fail_at(token.position, "SYNTAX_ERROR", "Zero-length delimited identifier not allowed");
  return name_of(take());
}

std::string Parser::string_literal() {
  const Token token = peek();
  if (token.kind != TokenKind::kString) {
    fail(token, "<string>");
    return {};
  }
  return dialect::string_value(take());
}

std::vector<std::string> Parser::qualified_name() {
  std::vector<std::string> name{identifier()};
  while (peek_operator(".") && peek_identifier(1)) {
    take();
    name.push_back(identifier());
  }
  return name;
}

std::vector<std::string> Parser::identifier_list() {
  std::vector<std::string> names;
  do {
    names.push_back(identifier());
  } while (accept_operator(","));
  return names;
}

bool Parser::begins_query(std::size_t index) const {
  const Token& token = tokens_[std::min(index, tokens_.size() - 1)];
  return token.is_word("SELECT") || token.is_word("WITH") || token.is_word("VALUES") || token.is_word("TABLE");
}

/// Whether the parenthesis at `open` holds a query. ((SELECT 1) UNION ...) does, ((SELECT 1) + 1) does not: behind the
/// inner one comes what continues a query, or the end of the outer one.
bool Parser::begins_query_in_parentheses(std::size_t open) const {
  if (failed() || !tokens_[open].is_operator("(")) return false;
  std::size_t inner = open;
  while (tokens_[inner].is_operator("(")) ++inner;
  if (!begins_query(inner)) return false;
  for (std::size_t i = inner - 1; i > open; --i) {
    if (closing_[i] == 0) return true;  // it is wrong anyway; the query's error says more
    const Token& next = tokens_[closing_[i] + 1];
    constexpr std::array<std::string_view, 7> kContinue{"UNION",  "INTERSECT", "EXCEPT", "ORDER",
                                                        "OFFSET", "LIMIT",     "FETCH"};
    const bool continues = next.is_operator(")") ||
                           std::ranges::any_of(kContinue, [&](std::string_view word) { return next.is_word(word); });
    if (!continues) return false;
  }
  return true;
}

ExpressionPtr Parser::node(ExpressionKind kind, const Token& token) {
  return std::make_unique<Expression>(kind, token);
}

/// Sets the end of a node to the last token taken, and its depth.
ExpressionPtr Parser::finish(ExpressionPtr expression) {
  if (!failed() && index_ > 0) expression->end = std::max(expression->begin, tokens_[index_ - 1].end());
  for (const auto& child : expression->children) {
    if (child) expression->depth = std::max(expression->depth, child->depth + 1);
  }
  check_depth(expression->depth, expression->position);
  return expression;
}

ExpressionPtr Parser::unary(ExpressionKind kind, const Token& token, ExpressionPtr operand) {
  auto result = node(kind, token);
  result->children.push_back(std::move(operand));
  return finish(std::move(result));
}

ExpressionPtr Parser::binary(ExpressionKind kind, const Token& symbol, ExpressionPtr left, ExpressionPtr right) {
  auto result = node(kind, symbol);
  result->text = std::string{symbol.text};
  result->start = left->start;
  result->begin = left->begin;
  result->children.push_back(std::move(left));
  result->children.push_back(std::move(right));
  return finish(std::move(result));
}

void Parser::check_depth(int depth, Position position) {
  if (depth > kMaximumDepth) fail_at(position, "STACK_OVERFLOW", "statement is too large (nested too deep)");
}

// Types are normalised to one spelling: lower case, no spaces but between words and behind commas.

std::string Parser::type() {
  if (++depth_ > kMaximumDepth) fail_at(peek().position, "STACK_OVERFLOW", "type is nested too deep");
  std::string result;
  if (peek_word("ROW") && peek_operator("(", 1)) {
    result = row_type();
  } else if (peek_word("INTERVAL") && (peek_word("DAY", 1) || peek_word("YEAR", 1))) {
    result = interval_type();
  } else if (peek_word("DOUBLE") && peek_word("PRECISION", 1)) {
    take();
    take();
    result = "double";
  } else if (!peek_identifier()) {
    fail(peek(), "<type>");
  } else {
    const bool quoted = peek().kind == TokenKind::kQuoted;
    result = lower(identifier());
    if (!quoted && (result == "time" || result == "timestamp")) {
      result = time_type(result);
    } else if (accept_operator("<")) {  // ARRAY<x>, MAP<k, v>: the older spelling
      result += "(" + type();
      while (accept_operator(",")) result += ", " + type();
      expect_operator(">");
      result += ")";
    } else if (accept_operator("(")) {
      result += "(" + type_argument();
      while (accept_operator(",")) result += ", " + type_argument();
      expect_operator(")");
      result += ")";
    }
  }
  while (accept_word("ARRAY")) result = "array(" + result + ")";
  --depth_;
  return result;
}

std::string Parser::type_argument() {
  if (peek().kind == TokenKind::kInteger) return std::string{take().text};
  return type();
}

std::string Parser::row_type() {
  take();
  expect_operator("(");
  std::string result = "row(";
  bool first = true;
  do {
    if (!std::exchange(first, false)) result += ", ";
    // "name type" or a type alone: a name is followed by the beginning of a type.
    const bool named =
        peek_identifier() && (peek(1).kind == TokenKind::kWord || peek(1).kind == TokenKind::kQuoted) &&
        !(peek_word("DOUBLE") && peek_word("PRECISION", 1)) && !peek_word("ARRAY", 1) &&
        !(peek_word("INTERVAL") && (peek_word("DAY", 1) || peek_word("YEAR", 1))) &&
        !((peek_word("TIME") || peek_word("TIMESTAMP")) && (peek_word("WITH", 1) || peek_word("WITHOUT", 1)));
    const bool array_field =
        peek_identifier() && peek_word("ARRAY", 1) && (peek_operator("(", 2) || peek_operator("<", 2));
    if (named || array_field) {
      const Token name = take();
      // Trino folds the names of fields, quoted ones too, when it compares; it prints them as written.
      result += name.kind == TokenKind::kQuoted ? std::string{name.text} : lower(name.text);
      result += " ";
    }
    result += type();
  } while (accept_operator(","));
  expect_operator(")");
  return result + ")";
}

std::string Parser::interval_type() {
  take();
  if (accept_word("DAY")) {
    expect_word("TO");
    expect_word("SECOND");
    return "interval day to second";
  }
  expect_word("YEAR");
  expect_word("TO");
  expect_word("MONTH");
  return "interval year to month";
}

std::string Parser::time_type(const std::string& name) {
  std::string result = name;
  if (accept_operator("(")) {
    result += fmt::format("({})", take().text);
    expect_operator(")");
  }
  if (peek_word("WITH") && peek_word("TIME", 1)) {
    take();
    take();
    expect_word("ZONE");
    return result + " with time zone";
  }
  if (accept_words("WITHOUT", "TIME")) expect_word("ZONE");
  return result;
}

// Statements.

void Parser::expect_end() {
  while (accept_operator(";")) {
  }
  if (peek().kind != TokenKind::kEnd) fail(peek(), "<EOF>");
}

Statement Parser::statement() {
  const Token token = peek();
  Statement result;
  if (token.is_word("EXPLAIN")) {
    result = explain();
  } else if (token.is_word("SHOW")) {
    result = show();
  } else if (token.is_word("DESCRIBE") || token.is_word("DESC")) {
    result = describe();
  } else if (token.is_word("PREPARE")) {
    result = prepare();
  } else if (token.is_word("EXECUTE")) {
    result = execute();
  } else if (token.is_word("CREATE")) {
    result = create();
  } else if (token.is_word("DROP")) {
    result = drop();
  } else if (token.is_word("INSERT")) {
    result = insert();
  } else if (token.is_word("UNLOAD")) {
    result = unload();
  } else if (token.is_word("DEALLOCATE")) {
    take();
    expect_word("PREPARE");
    result.kind = StatementKind::kDeallocate;
    result.name.push_back(identifier());
  } else if (token.is_word("USE")) {
    take();
    result.kind = StatementKind::kUse;
    result.name = qualified_name();
  } else if (begins_query(index_) || token.is_operator("(")) {
    result.query = query();
  } else {
    fail(token,
         "'(', 'ALTER', 'CREATE', 'DEALLOCATE', 'DESC', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'INSERT', "
         "'PREPARE', 'SELECT', 'SHOW', 'TABLE', 'USE', 'VALUES', 'WITH'");
  }
  result.position = token.position;
  result.parameter_count = parameters_;
  return result;
}

Statement Parser::explain() {
  take();
  Statement result;
  result.kind = StatementKind::kExplain;
  result.analyze = accept_word("ANALYZE");
  if (result.analyze) accept_word("VERBOSE");
  if (peek_operator("(") && (peek_word("TYPE", 1) || peek_word("FORMAT", 1))) {
    take();
    do {
      if (!peek_word("TYPE") && !peek_word("FORMAT")) fail(peek(), "'FORMAT', 'TYPE'");
      std::string name = lower(take().text);
      result.options.emplace_back(std::move(name), lower(take().text));
    } while (accept_operator(","));
    expect_operator(")");
  }
  result.inner = std::make_unique<Statement>(statement());
  return result;
}

std::optional<std::string> Parser::like_pattern() {
  if (!accept_word("LIKE")) {
    if (peek().kind == TokenKind::kString) return string_literal();  // Athena: SHOW TABLES 'regular expression'
    return std::nullopt;
  }
  std::string pattern = string_literal();
  if (accept_word("ESCAPE")) string_literal();
  return pattern;
}

Statement Parser::show() {
  take();
  Statement result;
  const auto named = [&](StatementKind kind) {
    result.kind = kind;
    result.name_position = peek().position;
    result.name = qualified_name();
  };
  if (accept_word("TABLES") || accept_word("VIEWS")) {
    result.kind = StatementKind::kShowTables;
    if (accept_word("FROM") || accept_word("IN")) named(StatementKind::kShowTables);
    result.pattern = like_pattern();
  } else if (accept_word("SCHEMAS") || accept_word("DATABASES")) {
    result.kind = StatementKind::kShowSchemas;
    if (accept_word("FROM") || accept_word("IN")) named(StatementKind::kShowSchemas);
    result.pattern = like_pattern();
  } else if (accept_word("COLUMNS")) {
    if (!accept_word("FROM")) expect_word("IN");
    named(StatementKind::kShowColumns);
    if (accept_word("FROM") || accept_word("IN")) result.name.insert(result.name.begin(), identifier());
    result.pattern = like_pattern();
  } else if (accept_words("CREATE", "TABLE")) {
    named(StatementKind::kShowCreateTable);
  } else if (accept_words("CREATE", "VIEW")) {
    named(StatementKind::kShowCreateView);
  } else if (accept_word("PARTITIONS")) {
    named(StatementKind::kShowPartitions);
  } else if (accept_word("TBLPROPERTIES")) {
    named(StatementKind::kShowTableProperties);
    if (accept_operator("(")) {
      result.pattern = string_literal();
      expect_operator(")");
    }
  } else if (accept_word("FUNCTIONS")) {
    result.kind = StatementKind::kShowFunctions;
    if (accept_word("FROM") || accept_word("IN")) qualified_name();
    result.pattern = like_pattern();
  } else if (accept_word("CATALOGS")) {
    result.kind = StatementKind::kShowCatalogs;
    result.pattern = like_pattern();
  } else if (accept_word("SESSION")) {
    result.kind = StatementKind::kShowSession;
    result.pattern = like_pattern();
  } else {
    fail(peek(), "'CATALOGS', 'COLUMNS', 'CREATE', 'FUNCTIONS', 'PARTITIONS', 'SCHEMAS', 'SESSION', 'TABLES'");
  }
  return result;
}

Statement Parser::describe() {
  take();
  Statement result;
  if ((peek_word("INPUT") || peek_word("OUTPUT")) && peek_identifier(1)) {
    result.kind = peek_word("INPUT") ? StatementKind::kDescribeInput : StatementKind::kDescribeOutput;
    take();
    result.name.push_back(identifier());
    return result;
  }
  result.kind = StatementKind::kShowColumns;
  if (!(accept_word("EXTENDED") || accept_word("FORMATTED"))) result.analyze = false;
  result.name_position = peek().position;
  result.name = qualified_name();
  return result;
}

Statement Parser::prepare() {
  take();
  Statement result;
  result.kind = StatementKind::kPrepare;
  result.name.push_back(identifier());
  expect_word("FROM");
  const Token first = peek();
  result.inner = std::make_unique<Statement>(statement());
  const std::size_t end = index_ > 0 ? tokens_[index_ - 1].end() : first.begin;
  if (!failed()) result.text = std::string{sql_.substr(first.begin, end - first.begin)};
  result.text_begin = first.begin;
  result.text_position = first.position;
  return result;
}

Statement Parser::execute() {
  take();
  Statement result;
  result.kind = StatementKind::kExecute;
  if (peek_word("IMMEDIATE") && peek(1).kind == TokenKind::kString) {
    take();
    result.kind = StatementKind::kExecuteImmediate;
    result.text_position = peek().position;
    result.text = string_literal();
  } else {
    result.name_position = peek().position;
    result.name.push_back(identifier());
  }
  if (accept_word("USING")) result.arguments = expressions();
  return result;
}

Statement Parser::create() {
  take();
  if (accept_words("OR", "REPLACE")) {
    expect_word("VIEW");
    return create_view(true);
  }
  if (accept_word("VIEW")) return create_view(false);
  if (!accept_word("TABLE")) fail(peek(), "'OR', 'TABLE', 'VIEW'");
  return create_table();
}

void Parser::query_with_text(Statement& statement) {
  const Token first = peek();
  statement.query = query();
  const std::size_t end = index_ > 0 ? tokens_[index_ - 1].end() : first.begin;
  if (!failed()) statement.text = std::string{sql_.substr(first.begin, end - first.begin)};
  statement.text_begin = first.begin;
  statement.text_position = first.position;
}

Statement Parser::create_view(bool replace) {
  Statement result;
  result.kind = StatementKind::kCreateView;
  result.replace = replace;
  result.name_position = peek().position;
  result.name = qualified_name();
  if (accept_word("COMMENT")) string_literal();
  if (accept_words("SECURITY", "DEFINER") || accept_words("SECURITY", "INVOKER")) {
  }
  expect_word("AS");
  query_with_text(result);
  return result;
}

std::vector<Property> Parser::properties() {
  std::vector<Property> result;
  expect_operator("(");
  do {
    Property property;
    property.name = lower(identifier());
    expect_operator("=");
    property.value = expression();
    result.push_back(std::move(property));
  } while (accept_operator(","));
  expect_operator(")");
  return result;
}

Statement Parser::create_table() {
  Statement result;
  result.kind = StatementKind::kCreateTableAs;
  if (accept_words("IF", "NOT")) {
    expect_word("EXISTS");
    result.if_not_exists = true;
  }
  result.name_position = peek().position;
  result.name = qualified_name();
  if (accept_operator("(")) {
    result.columns = identifier_list();
    expect_operator(")");
  }
  if (accept_word("COMMENT")) string_literal();
  if (accept_word("WITH")) result.properties = properties();
  expect_word("AS");
  const bool open = peek_operator("(") && begins_query_in_parentheses(index_);
  query_with_text(result);
  (void)open;
  if (accept_words("WITH", "NO")) {
    expect_word("DATA");
    result.with_data = false;
  } else if (accept_words("WITH", "DATA")) {
    result.with_data = true;
  }
  return result;
}

Statement Parser::drop() {
  take();
  Statement result;
  if (accept_word("TABLE")) {
    result.kind = StatementKind::kDropTable;
  } else if (accept_word("VIEW")) {
    result.kind = StatementKind::kDropView;
  } else if (accept_word("SCHEMA") || accept_word("DATABASE")) {
    result.kind = StatementKind::kDropSchema;
  } else {
    fail(peek(), "'DATABASE', 'SCHEMA', 'TABLE', 'VIEW'");
  }
  result.if_exists = accept_words("IF", "EXISTS");
  result.name_position = peek().position;
  if (peek().kind == TokenKind::kBackquoted) {  // Hive's DROP TABLE `name`
    result.name.push_back(name_of(take()));
    if (accept_operator(".")) result.name.push_back(name_of(take()));
  } else {
    result.name = qualified_name();
  }
  result.cascade = accept_word("CASCADE");
  accept_word("RESTRICT");
  return result;
}

Statement Parser::insert() {
  take();
  Statement result;
  result.kind = StatementKind::kInsert;
  expect_word("INTO");
  result.name_position = peek().position;
  result.name = qualified_name();
  if (peek_operator("(") && !begins_query_in_parentheses(index_)) {
    take();
    result.columns = identifier_list();
    expect_operator(")");
  }
  query_with_text(result);
  return result;
}

Statement Parser::unload() {
  take();
  Statement result;
  result.kind = StatementKind::kUnload;
  expect_operator("(");
  query_with_text(result);
  expect_operator(")");
  expect_word("TO");
  result.name.push_back(string_literal());
  if (accept_word("WITH")) result.properties = properties();
  return result;
}

engine::SqlResult<Statement> parse_statement(std::string_view sql, Position origin) {
  if (const std::size_t bad = first_bad_byte(sql); bad < sql.size()) {
    return std::unexpected(
        error_at(position_of(sql, bad, origin), "SYNTAX_ERROR", "the statement holds a byte that is no text (UTF-8)"));
  }
  Parser parser{sql, origin};
  Statement statement = parser.statement();
  parser.expect_end();
  if (parser.error()) return std::unexpected(*parser.error());
  return statement;
}

engine::SqlResult<QueryPtr> parse_query(std::string_view sql, Position origin) {
  Parser parser{sql, origin};
  QueryPtr query = parser.query();
  parser.expect_end();
  if (parser.error()) return std::unexpected(*parser.error());
  return query;
}

}  // namespace flowtrail::dialect
