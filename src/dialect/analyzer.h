// Gives every name and expression of a parsed statement its meaning, checks it as Trino does, and writes DuckDB's text
// for it on the way. As in the parser, the first error is kept and the walk goes on with harmless values.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/ast.h"
#include "dialect/parser.h"
#include "dialect/scope.h"
#include "dialect/tables.h"
#include "dialect/translate.h"

namespace flowtrail::dialect {

/// A query as DuckDB's text, and its columns.
struct AnalyzedQuery {
  std::string sql;
  std::vector<OutputColumn> columns;
};

class Analyzer {
 public:
  Analyzer(std::string_view sql, const Tables& tables, const TranslateOptions& options);

  AnalyzedQuery query(Query& query, const Scope* outer);
  /// The values of ? in their order; without them a ? is an error.
  void bind_parameters(std::vector<Expression*> values) { parameters_ = std::move(values); }

  [[nodiscard]] const std::optional<engine::SqlError>& error() const { return error_; }
  [[nodiscard]] std::vector<Warning>& warnings() { return warnings_; }
  /// The SQL of the whole statement, with what its tables' readers are told.
  [[nodiscard]] std::string with_filters(std::string sql, std::vector<PushedFilter>& pushed) const {
    return pushdown_.finished(std::move(sql), options_.pushdown, pushed);
  }

 private:
  struct FromItem {
    std::string sql;
    std::vector<Field> fields;
  };
  struct CommonTableMeaning {
    std::string id;
    std::vector<OutputColumn> columns;
  };
  struct Item {  // of an expanded select list
    Expression* expression = nullptr;
    Typed value;
    OutputColumn column;
    bool from_star = false;
    const Field* field = nullptr;  // of *
  };
  struct Tail {  // what follows the body of a query
    std::vector<SortItem>* order_by = nullptr;
    std::string limits;
    bool with_ties = false;
    std::string tie_limit;
  };

  // Errors.
  void fail(Position position, std::string_view name, std::string_view message);
  void fail_unplaced(std::string_view name, std::string_view message);
  void warn(Position position, std::string text);
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] std::string text_of(const Expression& expression) const;
  std::string new_id(std::string_view prefix);

  // Queries.
  std::string with_clause(Query& query, const Scope* outer);
  std::string recursive_table(CommonTable& table, const Scope* outer, const std::string& id);
  void name_columns(const CommonTable& table, std::vector<OutputColumn>& columns);
  std::string limit_text(Query& query, Tail& tail);
  AnalyzedQuery body(QueryBody& body, Tail* tail, const Scope* outer);
  AnalyzedQuery set_operation(QueryBody& body, const Scope* outer);
  AnalyzedQuery values(QueryBody& body, const Scope* outer);
  std::vector<Typed> value_row(Expression& row, const Scope& scope);
  AnalyzedQuery table_body(const QueryBody& body, const Scope* outer);
  AnalyzedQuery ordered(AnalyzedQuery body, Tail& tail, const Scope* outer);
  std::string coerced_columns(const AnalyzedQuery& query, const std::vector<trino::Type>& types);

  // SELECT.
  AnalyzedQuery select(Select& select, Tail* tail, const Scope* outer);
  std::vector<Item> select_items(Select& select, Scope& scope);
  void expand_star(SelectItem& item, const Scope& scope, std::vector<Item>& items);
  void expand_row(SelectItem& item, const Typed& base, std::vector<Item>& items);
  void label(const SelectItem& item, std::size_t index, OutputColumn& column);
  std::string condition(Expression& expression, const Scope& scope, std::string_view clause);
  std::string group_by(Select& select, std::vector<Item>& items, const Scope& scope);
  std::string grouping_set(std::vector<ExpressionPtr>& set, std::vector<Item>& items, const Scope& scope, bool simple);
  std::string grouping_key(Expression& key, std::vector<Item>& items, const Scope& scope, bool simple);
  std::string order_by(std::vector<SortItem>& order_by, std::vector<Item>& items, const Scope& scope,
                       const Position* distinct);  // of a SELECT DISTINCT, else null
  std::string sort_suffix(const SortItem& item);
  void check_sorted_aggregates(const Expression& key);
  void check_orderable(const Expression& key, const trino::Type& type, std::string_view clause);
  void refuse_aggregates(const Expression& expression, std::string_view clause);
  void check_grouped(const Expression& expression);
  void check_grouped_children(const Expression& expression);

  // FROM.
  FromItem relation(Relation& relation, const std::vector<Field>& left, const Scope* outer);
  FromItem unaliased_relation(Relation& relation, const std::vector<Field>& left, const Scope* outer);
  FromItem table(Relation& relation, const Scope* outer);
  FromItem view(const Table& table, Position position);
  FromItem subquery(Query& query, const Scope* outer);
  FromItem unnest(Relation& relation, const std::vector<Field>& left, const Scope* outer);
  FromItem join(Relation& relation, const std::vector<Field>& left, const Scope* outer);
  FromItem using_join(Relation& relation, FromItem left, FromItem right);
  void alias_relation(Relation& relation, FromItem& item);
  std::optional<Table> find_table(const std::vector<std::string>& name, Position position);
  FromItem relation_of(const AnalyzedQuery& query, std::string_view sql);

  // Expressions.
  Typed expression(Expression& expression, const Scope& scope);
  Typed dispatch(Expression& expression, const Scope& scope);
  Typed literal(const Expression& expression);
  Typed interval_literal(const Expression& expression);
  Typed typed_literal(const Expression& expression);
  Typed identifier(Expression& expression, const Scope& scope);
  Typed dereference(Expression& expression, const Scope& scope);
  Typed row_field(const Expression& expression, const Typed& base);
  Typed missing_column(const Expression& expression, const std::vector<std::string>& name, const Scope& scope);
  std::optional<Typed> lookup(Expression& expression, const std::vector<std::string>& name, const Scope& scope);
  Typed arithmetic(Expression& expression, const Scope& scope);
  Typed comparison(Expression& expression, const Scope& scope);
  Typed compare(Position position, std::string_view symbol, Typed left, Typed right);
  Typed logical(Expression& expression, const Scope& scope);
  Typed between(Expression& expression, const Scope& scope);
  Typed in_list(Expression& expression, const Scope& scope);
  Typed in_query(Expression& expression, const Scope& scope);
  Typed in_rows(const Expression& expression, const Typed& value, const AnalyzedQuery& inner);
  Typed quantified(Expression& expression, const Scope& scope);
  Typed like(Expression& expression, const Scope& scope);
  Typed scalar_subquery(Expression& expression, const Scope& scope);
  Typed case_expression(Expression& expression, const Scope& scope);
  Typed cast(Expression& expression, const Scope& scope);
  Typed extract(Expression& expression, const Scope& scope);
  Typed at_time_zone(Expression& expression, const Scope& scope);
  Typed call(Expression& expression, const Scope& scope);
  Typed special_call(Expression& expression, const Scope& scope);
  Typed subscript(Expression& expression, const Scope& scope);
  Typed row(Expression& expression, const Scope& scope);
  Typed array(Expression& expression, const Scope& scope);
  Typed current(const Expression& expression);
  Typed grouping(Expression& expression, const Scope& scope);
  Typed json(Expression& expression, const Scope& scope);
  Typed parameter(Expression& expression, const Scope& scope);
  std::string window_text(Window& window, const Scope& scope, std::string_view function);
  std::string frame_text(const Frame& frame, const Window& window, const Scope& scope);
  std::string bound_text(const FrameBound& bound, const Scope& scope);
  std::string sort_keys(std::vector<SortItem>& items, const Scope& scope, std::string_view clause);
  Typed common(std::vector<Typed>& values, const std::vector<Expression*>& places, std::string_view kind);

  std::string_view sql_;
  const Tables& tables_;
  const TranslateOptions& options_;
  std::optional<engine::SqlError> error_;
  std::vector<Warning> warnings_;
  std::vector<std::map<std::string, CommonTableMeaning>> common_tables_;
  std::vector<const NamedWindow*> named_windows_;
  std::set<std::string> group_keys_;
  std::vector<Expression*> parameters_;
  std::vector<std::string> open_views_;
  std::string view_schema_;  // of the view that is analyzed: what its shorter names mean
  Pushdown pushdown_;
  int next_id_ = 0;
  int depth_ = 0;
};

}  // namespace flowtrail::dialect
