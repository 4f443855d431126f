// Queries: WITH, set operations, SELECT, FROM and its joins.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialect/lexer.h"
#include "dialect/parser_base.h"

namespace flowtrail::dialect {

QueryPtr Parser::query() {
  auto result = std::make_unique<Query>();
  result->position = peek().position;
  if (++depth_ > kMaximumDepth) fail_at(peek().position, "STACK_OVERFLOW", "statement is too large (nested too deep)");
  if (accept_word("WITH")) {
    result->recursive = accept_word("RECURSIVE");
    do {
      CommonTable table;
      table.position = peek().position;
      table.name = identifier();
      if (accept_operator("(")) {
        table.columns = identifier_list();
        expect_operator(")");
      }
      expect_word("AS");
      expect_operator("(");
      table.query = query();
      expect_operator(")");
      result->with.push_back(std::move(table));
    } while (accept_operator(","));
  }
  result = query_no_with(std::move(result));
  --depth_;
  return result;
}

QueryPtr Parser::query_no_with(QueryPtr query) {
  query->body = query_term();
  if (accept_words("ORDER", "BY")) query->order_by = sort_items();
  limit_clauses(*query);
  return query;
}

ExpressionPtr Parser::row_count() {
  const Token token = peek();
  if (token.is_operator("?")) {
    auto result = node(ExpressionKind::kParameter, take());
    result->ordinal = parameters_++;
    return result;
  }
  if (token.kind != TokenKind::kInteger) {
    fail(token, "'ALL', <integer>, '?'");
    return nullptr;
  }
  return integer();
}

void Parser::limit_clauses(Query& query) {
  if (accept_word("OFFSET")) {
    query.offset = row_count();
    if (!accept_word("ROWS")) accept_word("ROW");
  }
  query.limit_position = peek().position;
  if (accept_word("LIMIT")) {
    if (!accept_word("ALL")) query.limit = row_count();
  } else if (accept_word("FETCH")) {
    if (!accept_word("FIRST")) expect_word("NEXT");
    if (peek_word("ROW") || peek_word("ROWS")) {
      auto one = node(ExpressionKind::kInteger, peek());
      one->text = "1";
      query.limit = std::move(one);
    } else {
      query.limit = row_count();
    }
    if (!accept_word("ROWS")) expect_word("ROW");
    query.with_ties = accept_words("WITH", "TIES");
    if (!query.with_ties) expect_word("ONLY");
  }
}

std::unique_ptr<QueryBody> Parser::set_operation(std::unique_ptr<QueryBody> left,
                                                 std::unique_ptr<QueryBody> (Parser::*right)()) {
  const Token token = take();
  auto result = std::make_unique<QueryBody>();
  result->kind = BodyKind::kSetOperation;
  result->position = token.position;
  result->operation = token.is_word("UNION") ? "UNION" : token.is_word("EXCEPT") ? "EXCEPT" : "INTERSECT";
  result->all = accept_word("ALL");
  if (!result->all) accept_word("DISTINCT");
  result->left = std::move(left);
  result->right = (this->*right)();
  result->depth = std::max(result->left->depth, result->right->depth) + 1;
  check_depth(result->depth, token.position);
  return result;
}

std::unique_ptr<QueryBody> Parser::query_term() {
  auto left = intersect_term();
  while (peek_word("UNION") || peek_word("EXCEPT")) left = set_operation(std::move(left), &Parser::intersect_term);
  return left;
}

std::unique_ptr<QueryBody> Parser::intersect_term() {
  auto left = query_primary();
  while (peek_word("INTERSECT")) left = set_operation(std::move(left), &Parser::query_primary);
  return left;
}

std::unique_ptr<QueryBody> Parser::query_primary() {
  auto body = std::make_unique<QueryBody>();
  body->position = peek().position;
  if (peek_word("SELECT")) {
    body->select = select();
  } else if (accept_word("VALUES")) {
    body->kind = BodyKind::kValues;
    body->rows = expressions();
  } else if (accept_word("TABLE")) {
    body->kind = BodyKind::kTable;
    body->table = qualified_name();
  } else if (accept_operator("(")) {
    body->kind = BodyKind::kQuery;
    body->query = query();
    expect_operator(")");
  } else {
    fail(peek(), "'(', 'SELECT', 'TABLE', 'VALUES'");
  }
  return body;
}

std::unique_ptr<Select> Parser::select() {
  auto result = std::make_unique<Select>();
  result->position = take().position;
  result->distinct = accept_word("DISTINCT");
  if (!result->distinct) accept_word("ALL");
  do {
    result->items.push_back(select_item(result->items.empty()));
  } while (accept_operator(","));
  if (accept_word("FROM")) {
    result->from = relation();
    while (peek_operator(",")) {
      const Position position = take().position;
      result->from = joined(std::move(result->from), relation(), JoinKind::kImplicit, position);
    }
  }
  if (accept_word("WHERE")) result->where = expression();
  if (accept_words("GROUP", "BY")) group_by(*result);
  if (accept_word("HAVING")) result->having = expression();
  if (accept_word("WINDOW")) named_windows(*result);
  return result;
}

SelectItem Parser::select_item(bool first) {
  SelectItem item;
  item.position = peek().position;
  if (accept_operator("*")) {
    item.star = true;
    return item;
  }
  if (peek_word("FROM") || peek().kind == TokenKind::kEnd) {
    fail(peek(), first ? "'*', 'ALL', 'DISTINCT', <expression>" : "'*', <expression>");
    return item;
  }
  item.expression = expression();
  if (peek_operator(".") && peek_operator("*", 1)) {
    take();
    take();
    item.star = true;
    if (accept_word("AS")) {
      expect_operator("(");
      item.star_aliases = identifier_list();
      expect_operator(")");
    }
    return item;
  }
  if (accept_word("AS") || peek_bare_alias()) item.alias = identifier();
  return item;
}

void Parser::group_by(Select& select) {
  select.has_group_by = true;
  select.group_by_distinct = accept_word("DISTINCT");
  if (!select.group_by_distinct) accept_word("ALL");
  do {
    select.group_by.push_back(grouping_element());
  } while (accept_operator(","));
}

GroupingElement Parser::grouping_element() {
  GroupingElement element;
  if (accept_words("GROUPING", "SETS")) {
    element.kind = GroupingKind::kSets;
  } else if (peek_word("ROLLUP") && peek_operator("(", 1)) {
    take();
    element.kind = GroupingKind::kRollup;
  } else if (peek_word("CUBE") && peek_operator("(", 1)) {
    take();
    element.kind = GroupingKind::kCube;
  } else {
    element.sets.push_back(grouping_set());
    return element;
  }
  expect_operator("(");
  if (!peek_operator(")")) {
    do {
      element.sets.push_back(grouping_set());
    } while (accept_operator(","));
  }
  expect_operator(")");
  return element;
}

/// (a, b), () or a single expression. A parenthesis may also begin an expression: (a + b) * 2.
std::vector<ExpressionPtr> Parser::grouping_set() {
  std::vector<ExpressionPtr> result;
  const std::size_t close = peek_operator("(") ? closing_[index_] : 0;
  if (close == index_ + 1 && close != 0) {
    take();
    take();
    return result;
  }
  auto first = expression();
  if (first->kind == ExpressionKind::kRow && first->end == tokens_[index_ == 0 ? 0 : index_ - 1].end() && close != 0 &&
      close + 1 == index_) {
    return std::move(first->children);
  }
  result.push_back(std::move(first));
  return result;
}

void Parser::named_windows(Select& select) {
  do {
    NamedWindow window;
    window.name = identifier();
    expect_word("AS");
    expect_operator("(");
    window.window = window_specification();
    expect_operator(")");
    select.windows.push_back(std::move(window));
  } while (accept_operator(","));
}

RelationPtr Parser::relation() {
  if (++depth_ > kMaximumDepth) fail_at(peek().position, "STACK_OVERFLOW", "statement is too large (nested too deep)");
  auto left = sampled_relation();
  while (!failed()) {
    auto next = join_tail(std::move(left));
    left = std::move(next);
    const bool more = peek_word("CROSS") || peek_word("JOIN") || peek_word("INNER") || peek_word("LEFT") ||
                      peek_word("RIGHT") || peek_word("FULL") || peek_word("NATURAL");
    if (!more) break;
  }
  --depth_;
  return left;
}

RelationPtr Parser::joined(RelationPtr left, RelationPtr right, JoinKind kind, Position position) {
  auto join = std::make_unique<Relation>();
  join->kind = RelationKind::kJoin;
  join->join = kind;
  join->position = kind == JoinKind::kImplicit ? position : left->position;
  join->depth = std::max(left->depth, right->depth) + 1;
  check_depth(join->depth, position);
  join->left = std::move(left);
  join->right = std::move(right);
  return join;
}

RelationPtr Parser::join_tail(RelationPtr left) {
  const Token token = peek();
  if (token.is_word("NATURAL")) {
    fail_at(left->position, "NOT_SUPPORTED", "Natural join not supported");
    return left;
  }
  if (token.is_word("CROSS")) {
    take();
    expect_word("JOIN");
    return joined(std::move(left), sampled_relation(), JoinKind::kCross, token.position);
  }
  JoinKind kind = JoinKind::kInner;
  if (token.is_word("LEFT") || token.is_word("RIGHT") || token.is_word("FULL")) {
    kind = token.is_word("LEFT") ? JoinKind::kLeft : token.is_word("RIGHT") ? JoinKind::kRight : JoinKind::kFull;
    take();
    accept_word("OUTER");
    expect_word("JOIN");
  } else if (accept_word("INNER")) {
    expect_word("JOIN");
  } else if (!accept_word("JOIN")) {
    return left;
  }
  // a JOIN b JOIN c ON .. ON ..: the right side may itself be a join, its condition comes first.
  auto right = sampled_relation();
  while (!failed() && !peek_word("ON") && !peek_word("USING")) {
    const bool nested = peek_word("CROSS") || peek_word("JOIN") || peek_word("INNER") || peek_word("LEFT") ||
                        peek_word("RIGHT") || peek_word("FULL") || peek_word("NATURAL");
    if (!nested) break;
    if (++depth_ > kMaximumDepth) fail_at(token.position, "STACK_OVERFLOW", "statement is too large (nested too deep)");
    right = join_tail(std::move(right));
    --depth_;
  }
  auto join = joined(std::move(left), std::move(right), kind, token.position);
  join_condition(*join);
  return join;
}

void Parser::join_condition(Relation& join) {
  if (accept_word("ON")) {
    join.on = expression();
    return;
  }
  if (!accept_word("USING")) {
    fail(peek(), "'ON', 'USING'");
    return;
  }
  expect_operator("(");
  do {
    join.using_positions.push_back(peek().position);
    join.using_columns.push_back(identifier());
  } while (accept_operator(","));
  expect_operator(")");
}

RelationPtr Parser::sampled_relation() {
  auto result = aliased_relation();
  if (!accept_word("TABLESAMPLE")) return result;
  if (!peek_word("BERNOULLI") && !peek_word("SYSTEM")) fail(peek(), "'BERNOULLI', 'SYSTEM'");
  result->sample_method = accept_word("BERNOULLI") ? "BERNOULLI" : "SYSTEM";
  accept_word("SYSTEM");
  expect_operator("(");
  result->sample_percentage = expression();
  expect_operator(")");
  return result;
}

void Parser::relation_alias(Relation& relation) {
  const bool has_as = accept_word("AS");
  if (!has_as && !peek_bare_alias()) return;
  relation.alias_position = peek().position;
  relation.alias = identifier();
  if (accept_operator("(")) {
    relation.column_aliases = identifier_list();
    expect_operator(")");
  }
}

RelationPtr Parser::aliased_relation() {
  auto result = relation_primary();
  if (result->kind == RelationKind::kJoin && (peek_word("AS") || peek_bare_alias())) {
    fail(peek(), "')', ',', 'CROSS', 'FULL', 'INNER', 'JOIN', 'LEFT', 'NATURAL', 'RIGHT'");
    return result;
  }
  if (result->kind != RelationKind::kJoin) relation_alias(*result);
  if (peek_word("MATCH_RECOGNIZE")) fail_at(peek().position, "NOT_SUPPORTED", "MATCH_RECOGNIZE is not supported");
  return result;
}

RelationPtr Parser::relation_primary() {
  auto result = std::make_unique<Relation>();
  const Token token = peek();
  result->position = token.position;
  if (token.is_operator("(")) {
    if (begins_query_in_parentheses(index_)) {
      take();
      result->kind = RelationKind::kSubquery;
      result->query = query();
      expect_operator(")");
      return result;
    }
    take();
    result = relation();
    expect_operator(")");
    return result;
  }
  if (token.is_word("UNNEST")) {
    take();
    result->kind = RelationKind::kUnnest;
    expect_operator("(");
    result->arrays = expressions();
    expect_operator(")");
    if (accept_words("WITH", "ORDINALITY")) result->with_ordinality = true;
    return result;
  }
  if (token.is_word("LATERAL") && peek_operator("(", 1)) {
    take();
    take();
    result->kind = RelationKind::kLateral;
    result->query = query();
    expect_operator(")");
    return result;
  }
  if (token.is_word("TABLE") || token.is_word("JSON_TABLE")) {
    fail_at(token.position, token.is_word("TABLE") ? "FUNCTION_NOT_FOUND" : "NOT_SUPPORTED",
            "table functions are not supported");
    return result;
  }
  if (!peek_identifier()) {
    fail(token, "'(', 'JSON_TABLE', 'LATERAL', 'TABLE', 'UNNEST', <identifier>");
    return result;
  }
  result->name = qualified_name();
  if (peek_word("FOR") && (peek_word("TIMESTAMP", 1) || peek_word("VERSION", 1))) {
    fail_at(peek().position, "NOT_SUPPORTED", "This connector does not support versioned tables");
  }
  return result;
}

}  // namespace flowtrail::dialect
