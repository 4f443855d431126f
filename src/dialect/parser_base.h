// What all parts of the parser share: the tokens, the place in them, and the first error. After an error the parser
// stands at the end of the text, so that every loop ends and no part has to ask; only the first error is kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/ast.h"
#include "dialect/parser.h"
#include "dialect/token.h"
#include "engine/sql_error.h"

namespace flowtrail::dialect {

/// Parses expressions, relations, queries and statements; one object for one text.
class Parser {
 public:
  Parser(std::string_view sql, Position origin);

  Statement statement();
  QueryPtr query();
  /// Refuses anything that follows but a `;`.
  void expect_end();
  [[nodiscard]] const std::optional<engine::SqlError>& error() const { return error_; }

 private:
  // Tokens.
  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
  [[nodiscard]] bool peek_word(std::string_view upper, std::size_t ahead = 0) const;
  [[nodiscard]] bool peek_operator(std::string_view symbol, std::size_t ahead = 0) const;
  Token take();
  bool accept_word(std::string_view upper);
  bool accept_words(std::string_view first, std::string_view second);
  bool accept_operator(std::string_view symbol);
  void expect_word(std::string_view upper);
  void expect_operator(std::string_view symbol);
  void fail(const Token& token, std::string_view expected);
  void fail_at(Position position, std::string_view name, std::string_view message);
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] bool peek_identifier(std::size_t ahead = 0) const;
  /// A name without AS that is no clause: LIMIT, OFFSET, FETCH and WINDOW are words one may also use as names.
  [[nodiscard]] bool peek_bare_alias() const;
  std::string identifier();
  std::string string_literal();
  std::vector<std::string> qualified_name();
  std::vector<std::string> identifier_list();
  [[nodiscard]] bool begins_query(std::size_t ahead) const;

  // Nodes.
  ExpressionPtr node(ExpressionKind kind, const Token& token);
  ExpressionPtr finish(ExpressionPtr expression);
  ExpressionPtr unary(ExpressionKind kind, const Token& token, ExpressionPtr operand);
  ExpressionPtr binary(ExpressionKind kind, const Token& symbol, ExpressionPtr left, ExpressionPtr right);
  void check_depth(int depth, Position position);

  // Expressions.
  ExpressionPtr expression();
  ExpressionPtr logical_or();
  ExpressionPtr logical_and();
  ExpressionPtr logical_not();
  ExpressionPtr predicate();
  ExpressionPtr predicate_of(ExpressionPtr value);
  ExpressionPtr comparison(ExpressionPtr value);
  ExpressionPtr is_predicate(ExpressionPtr value, const Token& token);
  ExpressionPtr between_predicate(ExpressionPtr value, const Token& token, bool negated);
  ExpressionPtr in_predicate(ExpressionPtr value, const Token& token, bool negated);
  ExpressionPtr like_predicate(ExpressionPtr value, const Token& token, bool negated);
  ExpressionPtr concatenation();
  ExpressionPtr sum();
  ExpressionPtr product();
  ExpressionPtr sign();
  ExpressionPtr at_time_zone();
  ExpressionPtr postfix();
  ExpressionPtr primary();
  ExpressionPtr word_primary();
  ExpressionPtr keyword_primary();
  ExpressionPtr literal_primary();
  ExpressionPtr parenthesized();
  ExpressionPtr interval();
  ExpressionPtr unicode_string();
  ExpressionPtr integer(bool negative = false);
  ExpressionPtr binary_literal();
  ExpressionPtr case_expression();
  ExpressionPtr cast(bool is_try);
  ExpressionPtr extract();
  ExpressionPtr trim();
  ExpressionPtr position_of();
  ExpressionPtr substring();
  ExpressionPtr normalize();
  ExpressionPtr current();
  ExpressionPtr listagg();
  ExpressionPtr lambda();
  ExpressionPtr array();
  ExpressionPtr row();
  ExpressionPtr grouping();
  ExpressionPtr exists();
  ExpressionPtr call();
  void call_arguments(Expression& call);
  void call_suffix(Expression& call);
  void check_special_call(const Expression& call);
  std::unique_ptr<Window> over();
  Window window_specification();
  Frame frame();
  FrameBound frame_bound();
  std::vector<SortItem> sort_items();
  std::vector<ExpressionPtr> expressions();
  [[nodiscard]] bool begins_lambda() const;
  [[nodiscard]] bool begins_query_in_parentheses(std::size_t open) const;
  [[nodiscard]] bool begins_call() const;

  // JSON.
  ExpressionPtr json_path_call();
  ExpressionPtr json_object();
  ExpressionPtr json_array();
  void json_passing(Expression& call);
  void json_returning(JsonCall& json);
  void json_wrapper(JsonCall& json);
  void json_behaviours(Expression& call);
  std::string json_behaviour(ExpressionPtr& default_value);
  bool accept_format_json();

  // Types.
  std::string type();
  std::string type_argument();
  std::string row_type();
  std::string interval_type();
  std::string time_type(const std::string& name);

  // Queries.
  QueryPtr query_no_with(QueryPtr query);
  std::unique_ptr<QueryBody> query_term();
  std::unique_ptr<QueryBody> intersect_term();
  std::unique_ptr<QueryBody> set_operation(std::unique_ptr<QueryBody> left,
                                           std::unique_ptr<QueryBody> (Parser::*right)());
  std::unique_ptr<QueryBody> query_primary();
  std::unique_ptr<Select> select();
  SelectItem select_item(bool first);
  void group_by(Select& select);
  GroupingElement grouping_element();
  std::vector<ExpressionPtr> grouping_set();
  void named_windows(Select& select);
  void limit_clauses(Query& query);
  ExpressionPtr row_count();
  RelationPtr relation();
  RelationPtr join_tail(RelationPtr left);
  RelationPtr joined(RelationPtr left, RelationPtr right, JoinKind kind, Position position);
  RelationPtr sampled_relation();
  RelationPtr aliased_relation();
  RelationPtr relation_primary();
  void relation_alias(Relation& relation);
  void join_condition(Relation& join);

  // Statements.
  Statement explain();
  Statement show();
  Statement describe();
  Statement prepare();
  Statement execute();
  Statement create();
  Statement create_view(bool replace);
  Statement create_table();
  Statement drop();
  Statement insert();
  Statement unload();
  void query_with_text(Statement& statement);
  std::vector<Property> properties();
  std::optional<std::string> like_pattern();

  std::string_view sql_;
  std::vector<Token> tokens_;
  std::vector<std::size_t> closing_;  // of each "(": the index of its ")", or 0
  std::size_t index_ = 0;
  std::optional<engine::SqlError> error_;
  int depth_ = 0;
  int parameters_ = 0;
};

}  // namespace flowtrail::dialect
