// WITH, set operations, VALUES, ORDER BY and LIMIT: everything of a query that is no SELECT.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "base/letters.h"
#include "dialect/analyzer.h"
#include "dialect/lexer.h"
#include "dialect/typing.h"
#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

std::string column_list(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  return text;
}

}  // namespace

Analyzer::Analyzer(std::string_view sql, const Tables& tables, const TranslateOptions& options)
    : sql_(sql), tables_(tables), options_(options) {}

void Analyzer::fail(Position position, std::string_view name, std::string_view message) {
  if (!error_) error_ = error_at(position, name, message);
}

void Analyzer::fail_unplaced(std::string_view name, std::string_view message) {
  if (error_) return;
  error_.emplace();
  error_->code = ErrorCode::kUsage;
  error_->name = std::string{name};
  error_->what = std::string{message};
}

void Analyzer::warn(Position position, std::string text) {
  warnings_.push_back({std::move(text), position});
}

std::string Analyzer::text_of(const Expression& expression) const {
  if (expression.end > sql_.size() || expression.begin > expression.end) return expression.text;
  return std::string{sql_.substr(expression.begin, expression.end - expression.begin)};
}

std::string Analyzer::new_id(std::string_view prefix) {
  return fmt::format("{}{}", prefix, next_id_++);
}

AnalyzedQuery Analyzer::query(Query& query, const Scope* outer) {
  if (++depth_ > kMaximumDepth) fail(query.position, "STACK_OVERFLOW", "statement is too large (nested too deep)");
  if (failed()) {
    --depth_;
    return {};
  }
  common_tables_.emplace_back();
  const std::string with = with_clause(query, outer);
  Tail tail;
  if (!query.order_by.empty()) tail.order_by = &query.order_by;
  tail.limits = limit_text(query, tail);
  const bool has_tail = tail.order_by != nullptr || !tail.limits.empty() || tail.with_ties;
  AnalyzedQuery result = body(*query.body, has_tail ? &tail : nullptr, outer);
  result.sql = with + result.sql;
  if (!tail.limits.empty() || tail.with_ties) {
    for (OutputColumn& column : result.columns) column.origin = nullptr;
  }
  common_tables_.pop_back();
  --depth_;
  return result;
}

std::string Analyzer::with_clause(Query& query, const Scope* outer) {
  std::string text;
  for (CommonTable& table : query.with) {
    auto& known = common_tables_.back();
    const std::string name = lower(table.name);
    if (known.contains(name)) {
      fail(table.position, "DUPLICATE_NAMED_QUERY",
           fmt::format("WITH query name '{}' specified more than once", table.name));
      return {};
    }
    const std::string id = new_id("w");
    text += text.empty() ? (query.recursive ? "WITH RECURSIVE " : "WITH ") : ", ";
    const bool is_recursive = query.recursive && table.query->body && table.query->with.empty() &&
                              table.query->body->kind == BodyKind::kSetOperation &&
                              table.query->body->operation == "UNION" && !table.columns.empty();
    if (is_recursive) {
      text += recursive_table(table, outer, id);
      continue;
    }
    AnalyzedQuery analyzed = this->query(*table.query, outer);
    name_columns(table, analyzed.columns);
    text += fmt::format("{}({}) AS ({})", id, column_list(analyzed.columns.size()), analyzed.sql);
    for (OutputColumn& column : analyzed.columns) {
      if (!column.origin) continue;
      Origin origin = *column.origin;
      origin.common.push_back(id);
      column.origin = std::make_shared<const Origin>(std::move(origin));
    }
    common_tables_.back().emplace(name, CommonTableMeaning{id, std::move(analyzed.columns)});
  }
  return text.empty() ? text : text + " ";
}

void Analyzer::name_columns(const CommonTable& table, std::vector<OutputColumn>& columns) {
  if (table.columns.empty()) return;
  if (table.columns.size() != columns.size()) {
    fail(table.position, "MISMATCHED_COLUMN_ALIASES",
         fmt::format("WITH column alias list has {} entries but WITH query(s) has {} columns", table.columns.size(),
                     columns.size()));
    return;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].name = table.columns[i];
    columns[i].named = true;
  }
}

/// The anchor's types are the table's; what the step adds is made to fit.
std::string Analyzer::recursive_table(CommonTable& table, const Scope* outer, const std::string& id) {
  QueryBody& both = *table.query->body;
  AnalyzedQuery anchor = body(*both.left, nullptr, outer);
  for (OutputColumn& column : anchor.columns) column.origin = nullptr;
  name_columns(table, anchor.columns);
  if (failed()) return {};
  common_tables_.back().emplace(lower(table.name), CommonTableMeaning{id, anchor.columns});
  const AnalyzedQuery step = body(*both.right, nullptr, outer);
  if (failed()) return {};
  std::vector<trino::Type> types;
  for (const OutputColumn& column : anchor.columns) types.push_back(column.type);
  if (step.columns.size() != types.size()) {
    fail(both.position, "TYPE_MISMATCH", "base and step relations of recursion have different number of fields");
    return {};
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (!coercible(step.columns[i].type, types[i])) {
      fail(both.position, "TYPE_MISMATCH",
           fmt::format("recursion step relation output type ({}) is not coercible to recursion base relation output "
                       "type ({}) at column {}",
                       step.columns[i].type.to_string(), types[i].to_string(), i + 1));
      return {};
    }
  }
  return fmt::format("{}({}) AS (({}) {} ({}))", id, column_list(types.size()), coerced_columns(anchor, types),
                     both.all ? "UNION ALL" : "UNION", coerced_columns(step, types));
}

std::string Analyzer::limit_text(Query& query, Tail& tail) {
  const auto count = [this](Expression& expression) -> std::string {
    const Expression* value = &expression;
    if (value->kind == ExpressionKind::kParameter) {
      const auto index = static_cast<std::size_t>(value->ordinal);
      if (index >= parameters_.size() || parameters_[index]->kind != ExpressionKind::kInteger) {
        fail(expression.position, "INVALID_LIMIT_CLAUSE", "the number of rows must be an integer");
        return "0";
      }
      value = parameters_[index];
    }
    return value->text;
  };
  std::string text;
  if (query.limit) {
    const std::string limit = count(*query.limit);
    if (query.with_ties) {
      tail.with_ties = true;
      tail.tie_limit = limit;
      if (query.order_by.empty()) {
        fail(query.limit_position, "MISSING_ORDER_BY", "FETCH FIRST WITH TIES clause requires ORDER BY");
      }
    } else {
      text += " LIMIT " + limit;
    }
  }
  if (query.offset) text += " OFFSET " + count(*query.offset);
  return text;
}

AnalyzedQuery Analyzer::body(QueryBody& body, Tail* tail, const Scope* outer) {
  if (failed()) return {};
  AnalyzedQuery result;
  switch (body.kind) {
    case BodyKind::kSelect: return select(*body.select, tail, outer);
    case BodyKind::kSetOperation: result = set_operation(body, outer); break;
    case BodyKind::kValues: result = values(body, outer); break;
    case BodyKind::kTable: result = table_body(body, outer); break;
    case BodyKind::kQuery:
      result = query(*body.query, outer);
      result.sql = "(" + result.sql + ")";
      break;
  }
  return tail == nullptr ? result : ordered(std::move(result), *tail, outer);
}

/// SELECT over `query` with every column made one of `types`.
std::string Analyzer::coerced_columns(const AnalyzedQuery& query, const std::vector<trino::Type>& types) {
  bool same = true;
  for (std::size_t i = 0; i < types.size(); ++i) same = same && same_representation(query.columns[i].type, types[i]);
  if (same) return query.sql;
  const std::string id = new_id("r");
  std::string items;
  for (std::size_t i = 0; i < types.size(); ++i) {
    items += (i == 0 ? "" : ", ") + coerce({fmt::format("{}.c{}", id, i), query.columns[i].type}, types[i]);
  }
  return fmt::format("SELECT {} FROM ({}) AS {}({})", items, query.sql, id, column_list(types.size()));
}

AnalyzedQuery Analyzer::set_operation(QueryBody& both, const Scope* outer) {
  AnalyzedQuery left = body(*both.left, nullptr, outer);
  AnalyzedQuery right = body(*both.right, nullptr, outer);
  if (failed()) return {};
  if (left.columns.size() != right.columns.size()) {
    fail(both.position, "TYPE_MISMATCH",
         fmt::format("{} query has different number of fields: {}, {}", both.operation, left.columns.size(),
                     right.columns.size()));
    return {};
  }
  std::vector<trino::Type> types;
  for (std::size_t i = 0; i < left.columns.size(); ++i) {
    const auto type = common_type(left.columns[i].type, right.columns[i].type);
    if (!type) {
      fail(both.position, "TYPE_MISMATCH",
           fmt::format("column {} in {} query has incompatible types: {}, {}", i + 1, both.operation,
                       left.columns[i].type.to_string(), right.columns[i].type.to_string()));
      return {};
    }
    types.push_back(*type);
  }
  AnalyzedQuery result;
  result.sql = fmt::format("({}) {}{} ({})", coerced_columns(left, types), both.operation, both.all ? " ALL" : "",
                           coerced_columns(right, types));
  result.columns = std::move(left.columns);
  for (std::size_t i = 0; i < types.size(); ++i) {
    result.columns[i].type = types[i];
    result.columns[i].origin = nullptr;
  }
  return result;
}

/// The columns of one row of VALUES: the fields of a row, whether written out or not, or a single value.
std::vector<Typed> Analyzer::value_row(Expression& row, const Scope& scope) {
  std::vector<Typed> columns;
  if (row.kind == ExpressionKind::kRow) {
    for (auto& child : row.children) columns.push_back(expression(*child, scope));
    return columns;
  }
  const Typed value = expression(row, scope);
  if (!is_row(value.type)) return {value};
  for (std::size_t i = 0; i < field_count(value.type); ++i) columns.push_back(field_of(value, i));
  return columns;
}

AnalyzedQuery Analyzer::values(QueryBody& body, const Scope* outer) {
  Scope scope;
  scope.parent = outer;
  std::vector<std::vector<Typed>> rows;
  std::vector<trino::Type> types;
  for (auto& row : body.rows) {
    rows.push_back(value_row(*row, scope));
    if (failed()) return {};
    const auto& values = rows.back();
    if (values.size() != rows.front().size()) {
      fail(body.position, "TYPE_MISMATCH",
           fmt::format("Values rows have mismatched sizes: {} vs {}", rows.front().size(), values.size()));
      return {};
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (types.size() <= i) types.push_back(values[i].type);
      const auto type = common_type(types[i], values[i].type);
      if (!type) {
        fail(body.position, "TYPE_MISMATCH",
             fmt::format("Values rows have mismatched types: {} vs {}", types[i].to_string(),
                         values[i].type.to_string()));
        return {};
      }
      types[i] = *type;
    }
  }
  AnalyzedQuery result;
  for (const auto& row : rows) {
    result.sql += result.sql.empty() ? "VALUES (" : ", (";
    for (std::size_t i = 0; i < row.size(); ++i) result.sql += (i == 0 ? "" : ", ") + coerce(row[i], types[i]);
    result.sql += ")";
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    result.columns.push_back({fmt::format("_col{}", i), types[i], false});
  }
  return result;
}

AnalyzedQuery Analyzer::table_body(const QueryBody& body, const Scope* outer) {
  Relation relation;
  relation.position = body.position;
  relation.name = body.table;
  const FromItem item = table(relation, outer);
  AnalyzedQuery result;
  std::string items;
  for (const Field& field : item.fields) {
    if (field.hidden) continue;
    items += (items.empty() ? "" : ", ") + field.sql;
    result.columns.push_back({field.name, field.type, true});
  }
  result.sql = fmt::format("SELECT {} FROM {}", items, item.sql);
  return result;
}

/// ORDER BY and LIMIT behind something that is no SELECT: only its output columns can be named.
AnalyzedQuery Analyzer::ordered(AnalyzedQuery body, Tail& tail, const Scope* outer) {
  if (failed()) return {};
  const std::string id = new_id("r");
  Scope scope;
  scope.parent = outer;
  std::vector<Item> items;
  std::string list;
  for (std::size_t i = 0; i < body.columns.size(); ++i) {
    Field field;
    field.name = body.columns[i].named ? body.columns[i].name : "";
    field.type = body.columns[i].type;
    field.sql = fmt::format("{}.c{}", id, i);
    Item item;
    item.value = {field.sql, field.type};
    item.column = body.columns[i];
    items.push_back(std::move(item));
    list += (i == 0 ? "" : ", ") + field.sql;
    scope.fields.push_back(std::move(field));
  }
  const std::string keys = tail.order_by == nullptr ? "" : order_by(*tail.order_by, items, scope, nullptr);
  body.sql = fmt::format("SELECT {} FROM ({}) AS {}({})", list, body.sql, id, column_list(body.columns.size()));
  if (tail.with_ties) body.sql += fmt::format(" QUALIFY rank() OVER (ORDER BY {}) <= {}", keys, tail.tie_limit);
  if (!keys.empty()) body.sql += " ORDER BY " + keys;
  body.sql += tail.limits;
  return body;
}

}  // namespace flowtrail::dialect
