// Expressions: names, literals, operators, subqueries. Calls of functions have a file of their own.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include "base/letters.h"
#include "dialect/analyzer.h"
#include "dialect/function_call.h"
#include "dialect/literal.h"
#include "dialect/typing.h"
#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

std::vector<std::string> name_chain(const Expression& expression) {
  if (expression.kind == ExpressionKind::kIdentifier) return {expression.text};
  if (expression.kind != ExpressionKind::kDereference) return {};
  std::vector<std::string> names = name_chain(*expression.children[0]);
  if (!names.empty()) names.push_back(expression.text);
  return names;
}

std::string join_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ".") + name;
  return text;
}

bool matches(const Field& field, const std::vector<std::string>& name) {
  if (field.name.empty() || lower(field.name) != lower(name.back())) return false;
  const std::size_t prefix = name.size() - 1;
  if (prefix > field.qualifier.size()) return false;
  for (std::size_t i = 0; i < prefix; ++i) {
    if (field.qualifier[field.qualifier.size() - prefix + i] != lower(name[i])) return false;
  }
  return true;
}

bool names_outer_column(const Expression& expression) {
  return expression.is_outer_column || std::ranges::any_of(expression.children, [](const ExpressionPtr& child) {
           return child && names_outer_column(*child);
         });
}

/// FROM UNNEST(column of the enclosing query), which Trino cannot plan below EXISTS.
bool unnests_outer_column(const Query& query) {
  if (!query.body || query.body->kind != BodyKind::kSelect || !query.body->select->from) return false;
  const Relation& from = *query.body->select->from;
  return from.kind == RelationKind::kUnnest &&
         std::ranges::any_of(from.arrays, [](const ExpressionPtr& array) { return names_outer_column(*array); });
}

bool names_column(const Expression& expression) {
  return expression.is_resolved_name || std::ranges::any_of(expression.children, [](const ExpressionPtr& child) {
           return child && names_column(*child);
         });
}

/// CAST(json_parse(column) AS ARRAY, MAP or ROW), which Trino makes one reading of the text: keys keep their order, and
/// text that is no JSON fails as a cast.
bool parses_a_column(const Expression& expression) {
  return expression.kind == ExpressionKind::kCall && expression.text == "json_parse" &&
         expression.children.size() == 1 && names_column(*expression.children[0]);
}

}  // namespace

Typed Analyzer::expression(Expression& expression, const Scope& scope) {
  if (failed()) return {"NULL", unknown_type()};
  Typed result = dispatch(expression, scope);
  if (failed()) return {"NULL", unknown_type()};
  expression.sql = result.sql;
  return result;
}

Typed Analyzer::dispatch(Expression& expression, const Scope& scope) {
  switch (expression.kind) {
    case ExpressionKind::kNull:
    case ExpressionKind::kBoolean:
    case ExpressionKind::kString:
    case ExpressionKind::kBinary:
    case ExpressionKind::kInteger:
    case ExpressionKind::kDecimal:
    case ExpressionKind::kDouble: return literal(expression);
    case ExpressionKind::kTypedLiteral: return typed_literal(expression);
    case ExpressionKind::kInterval: return interval_literal(expression);
    case ExpressionKind::kParameter: return parameter(expression, scope);
    case ExpressionKind::kIdentifier: return identifier(expression, scope);
    case ExpressionKind::kDereference: return dereference(expression, scope);
    case ExpressionKind::kSubscript: return subscript(expression, scope);
    case ExpressionKind::kNegate:
    case ExpressionKind::kPlus:
    case ExpressionKind::kArithmetic:
    case ExpressionKind::kConcat: return arithmetic(expression, scope);
    case ExpressionKind::kComparison:
    case ExpressionKind::kIsDistinct: return comparison(expression, scope);
    case ExpressionKind::kQuantified: return quantified(expression, scope);
    case ExpressionKind::kNot:
    case ExpressionKind::kAnd:
    case ExpressionKind::kOr:
    case ExpressionKind::kIsNull: return logical(expression, scope);
    case ExpressionKind::kBetween: return between(expression, scope);
    case ExpressionKind::kInList: return in_list(expression, scope);
    case ExpressionKind::kInQuery: return in_query(expression, scope);
    case ExpressionKind::kLike: return like(expression, scope);
    case ExpressionKind::kExists: {
      const AnalyzedQuery inner = query(*expression.query, &scope);
      if (options_.strict && unnests_outer_column(*expression.query)) {
        fail(expression.position, "NOT_SUPPORTED", "Given correlated subquery is not supported");
      }
      return {fmt::format("EXISTS ({})", inner.sql), boolean_type()};
    }
    case ExpressionKind::kSubquery: return scalar_subquery(expression, scope);
    case ExpressionKind::kSimpleCase:
    case ExpressionKind::kSearchedCase: return case_expression(expression, scope);
    case ExpressionKind::kCast: return cast(expression, scope);
    case ExpressionKind::kExtract: return extract(expression, scope);
    case ExpressionKind::kAtTimeZone: return at_time_zone(expression, scope);
    case ExpressionKind::kCall: return call(expression, scope);
    case ExpressionKind::kLambda:
      fail(expression.position, "SYNTAX_ERROR", "Lambda expression should always be used inside a function");
      return {};
    case ExpressionKind::kRow: return row(expression, scope);
    case ExpressionKind::kArray: return array(expression, scope);
    case ExpressionKind::kCurrent: return current(expression);
    case ExpressionKind::kGrouping: return grouping(expression, scope);
    case ExpressionKind::kJson: return json(expression, scope);
  }
  return {};
}

// Literals.

Typed Analyzer::literal(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kBoolean: return {expression.text, boolean_type()};
    case ExpressionKind::kString:
      return {engine::quote_literal(expression.text),
              varchar_type(static_cast<int>(count_code_points(expression.text)))};
    case ExpressionKind::kBinary: return {fmt::format("unhex('{}')", expression.text), varbinary_type()};
    case ExpressionKind::kInteger: {
      std::int64_t value = 0;
      std::from_chars(expression.text.data(), expression.text.data() + expression.text.size(), value);
      const bool fits =
          value <= std::numeric_limits<std::int32_t>::max() && value >= std::numeric_limits<std::int32_t>::min();
      if (fits) return {value < 0 ? "(" + expression.text + ")" : expression.text, integer_type()};
      return {fmt::format("CAST({} AS BIGINT)", expression.text), bigint_type()};
    }
    case ExpressionKind::kDecimal: {
      auto decimal = decimal_literal(expression.text);
      if (!decimal) {
        fail(expression.position, "INVALID_LITERAL", fmt::format("Invalid decimal literal: {}", expression.text));
        return {};
      }
      return *decimal;
    }
    case ExpressionKind::kDouble: return {fmt::format("CAST('{}' AS DOUBLE)", expression.text), double_type()};
    default: return {"NULL", unknown_type()};
  }
}

Typed Analyzer::interval_literal(const Expression& expression) {
  const std::string last = expression.names.size() > 1 ? expression.names[1] : "";
  const auto value = parse_interval(expression.text, expression.names[0], last, expression.negated);
  if (!value) {
    fail(expression.position, "INVALID_LITERAL", fmt::format("'{}' is not a valid INTERVAL literal", expression.text));
    return {};
  }
  return *value;
}

Typed Analyzer::typed_literal(const Expression& expression) {
  auto value = typed_literal_value(expression.type_text, expression.text);
  if (value) return *value;
  if (value.error().name == "TYPE_NOT_FOUND") {
    fail_unplaced("TYPE_NOT_FOUND", value.error().message);
  } else {
    fail(expression.position, value.error().name, value.error().message);
  }
  return {};
}

Typed Analyzer::parameter(Expression& expression, const Scope& scope) {
  const auto index = static_cast<std::size_t>(expression.ordinal);
  if (index >= parameters_.size()) {
    fail(expression.position, "INVALID_PARAMETER_USAGE",
         fmt::format("Incorrect number of parameters: expected at least {} but found {}", index + 1,
                     parameters_.size()));
    return {};
  }
  return this->expression(*parameters_[index], scope);
}

// Names.

/// Looks for a name from the innermost scope outwards.
std::optional<Typed> Analyzer::lookup(Expression& expression, const std::vector<std::string>& name,
                                      const Scope& scope) {
  bool innermost_query = true;
  for (const Scope* level = &scope; level != nullptr; level = level->parent) {
    const Field* found = nullptr;
    for (const Field& field : level->fields) {
      if (!matches(field, name)) continue;
      if (found != nullptr && found->sql != field.sql) {
        fail(expression.start, "AMBIGUOUS_NAME", fmt::format("Column '{}' is ambiguous", join_names(name)));
        return std::nullopt;
      }
      if (found != nullptr && level->kind == ScopeKind::kQuery) {
        fail(expression.start, "AMBIGUOUS_NAME", fmt::format("Column '{}' is ambiguous", join_names(name)));
        return std::nullopt;
      }
      found = &field;
    }
    if (found != nullptr) {
      expression.is_local_column = innermost_query && level->kind == ScopeKind::kQuery;
      expression.is_outer_column = !innermost_query;
      expression.is_output_column = level->kind == ScopeKind::kOutput;
      expression.is_resolved_name = true;
      expression.origin = expression.is_local_column ? found->origin : nullptr;
      return Typed{found->sql, found->type};
    }
    if (level->kind == ScopeKind::kQuery) innermost_query = false;
  }
  return std::nullopt;
}

Typed Analyzer::missing_column(const Expression& expression, const std::vector<std::string>& name, const Scope& scope) {
  for (const Scope* level = &scope; level != nullptr; level = level->parent) {
    if (level->aliases == nullptr || name.size() != 1) continue;
    for (SelectItem& item : *level->aliases) {
      if (item.alias.empty() || lower(item.alias) != lower(name[0])) continue;
      Scope source = *level;
      source.aliases = nullptr;  // an alias cannot name another one
      warn(expression.start, fmt::format("column alias '{}' used where Athena knows columns only", name[0]));
      return this->expression(*item.expression, source);
    }
  }
  fail(expression.start, "COLUMN_NOT_FOUND", fmt::format("Column '{}' cannot be resolved", join_names(name)));
  return {};
}

Typed Analyzer::identifier(Expression& expression, const Scope& scope) {
  if (auto found = lookup(expression, {expression.text}, scope)) return *found;
  if (failed()) return {};
  return missing_column(expression, {expression.text}, scope);
}

Typed Analyzer::row_field(const Expression& expression, const Typed& base) {
  if (!is_row(base.type)) {
    fail(expression.children[0]->start, "TYPE_MISMATCH",
         fmt::format("Expression {} is not of type ROW", text_of(*expression.children[0])));
    return {};
  }
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < field_count(base.type); ++i) {
    if (lower(field_name(base.type, i)) != lower(expression.text)) continue;
    if (found) {
      fail(expression.start, "AMBIGUOUS_NAME", fmt::format("Ambiguous row field reference: {}", expression.text));
      return {};
    }
    found = i;
  }
  if (!found) {
    fail(expression.start, "INVALID_COLUMN_REFERENCE",
         fmt::format("Column reference '{}' is invalid", text_of(expression)));
    return {};
  }
  return field_of(base, *found);
}

Typed Analyzer::dereference(Expression& expression, const Scope& scope) {
  const auto names = name_chain(expression);
  if (!names.empty()) {
    if (auto found = lookup(expression, names, scope)) return *found;
    if (failed()) return {};
    bool is_column = false;  // or a field inside of one
    for (std::size_t length = names.size() - 1; length > 0 && !is_column; --length) {
      const std::vector<std::string> prefix{names.begin(), names.begin() + static_cast<std::ptrdiff_t>(length)};
      for (const Scope* level = &scope; level != nullptr && !is_column; level = level->parent) {
        is_column = std::ranges::any_of(level->fields, [&](const Field& field) { return matches(field, prefix); });
      }
    }
    if (!is_column) return missing_column(expression, names, scope);
  }
  expression.is_resolved_name = false;
  expression.is_local_column = false;
  return row_field(expression, this->expression(*expression.children[0], scope));
}

// Operators.

Typed Analyzer::arithmetic(Expression& expression, const Scope& scope) {
  Typed left = this->expression(*expression.children[0], scope);
  if (failed()) return {};
  if (expression.kind == ExpressionKind::kPlus) return left;
  if (expression.kind == ExpressionKind::kNegate) {
    auto result = negate(left);
    if (!result) {
      fail(expression.position, result.error().name, result.error().message);
      return {};
    }
    return *result;
  }
  const Typed right = this->expression(*expression.children[1], scope);
  if (failed()) return {};
  if (expression.kind == ExpressionKind::kConcat) {
    std::vector<CallArgument> arguments(2);
    arguments[0].value = left;
    arguments[1].value = right;
    const auto called = call_function("concat", arguments, {});
    if (called) return called->value;
    fail(expression.position, called.error().error.name, called.error().error.message);
    return {};
  }
  auto result = arithmetic_operator(expression.text, left, right);
  if (!result) {
    fail(expression.position, result.error().name, result.error().message);
    return {};
  }
  return *result;
}

/// Trino compares only what has a common type. Lenient mode compares text with numbers and times as DuckDB does, by
/// reading the text.
Typed Analyzer::compare(Position position, std::string_view symbol, Typed left, Typed right) {
  auto result = comparison_operator(symbol, left, right);
  if (result) return *result;
  const bool left_text = is_varchar(left.type);
  const bool right_text = is_varchar(right.type);
  const bool readable = left_text != right_text && is_readable_from_text(left_text ? right.type : left.type);
  if (!options_.strict && readable) {
    Typed& text = left_text ? left : right;
    const trino::Type& type = left_text ? right.type : left.type;
    if (auto read = cast_to(text, type, true)) {
      warn(position,
           fmt::format("Cannot apply operator: {} {} {}", left.type.to_string(), symbol, right.type.to_string()));
      text = {*read, type};
      if (auto again = comparison_operator(symbol, left, right)) return *again;
    }
  }
  fail(position, result.error().name, result.error().message);
  return {};
}

Typed Analyzer::comparison(Expression& expression, const Scope& scope) {
  Typed left = this->expression(*expression.children[0], scope);
  Typed right = this->expression(*expression.children[1], scope);
  if (failed()) return {};
  const bool distinct = expression.kind == ExpressionKind::kIsDistinct;
  const std::string symbol =
      distinct ? (expression.negated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM") : expression.text;
  return compare(expression.position, symbol, std::move(left), std::move(right));
}

Typed Analyzer::logical(Expression& expression, const Scope& scope) {
  if (expression.kind == ExpressionKind::kIsNull) {
    const Typed value = this->expression(*expression.children[0], scope);
    return {fmt::format("({} IS {}NULL)", value.sql, expression.negated ? "NOT " : ""), boolean_type()};
  }
  const bool is_not = expression.kind == ExpressionKind::kNot;
  std::string text;
  for (auto& child : expression.children) {
    const Typed term = this->expression(*child, scope);
    if (failed()) return {};
    if (!is_boolean_like(term.type)) {
      fail(child->position, "TYPE_MISMATCH",
           fmt::format("{} must evaluate to a boolean (actual: {})",
                       is_not ? "Value of logical NOT expression" : "Logical expression term", term.type.to_string()));
      return {};
    }
    if (!text.empty()) text += expression.kind == ExpressionKind::kAnd ? " AND " : " OR ";
    text += coerce(term, boolean_type());
  }
  return {is_not ? fmt::format("(NOT {})", text) : fmt::format("({})", text), boolean_type()};
}

Typed Analyzer::between(Expression& expression, const Scope& scope) {
  const Typed value = this->expression(*expression.children[0], scope);
  const Typed lower_bound = this->expression(*expression.children[1], scope);
  const Typed upper_bound = this->expression(*expression.children[2], scope);
  if (failed()) return {};
  const auto half = common_type(value.type, lower_bound.type);
  const auto whole = half ? common_type(*half, upper_bound.type) : std::nullopt;
  if (!whole && options_.strict) {
    fail(expression.position, "TYPE_MISMATCH",
         fmt::format("Cannot check if {} is BETWEEN {} and {}", value.type.to_string(), lower_bound.type.to_string(),
                     upper_bound.type.to_string()));
    return {};
  }
  const Typed from = compare(expression.position, ">=", value, lower_bound);
  const Typed to = compare(expression.position, "<=", value, upper_bound);
  return {fmt::format("({}({} AND {}))", expression.negated ? "NOT " : "", from.sql, to.sql), boolean_type()};
}

Typed Analyzer::in_list(Expression& expression, const Scope& scope) {
  const Typed value = this->expression(*expression.children[0], scope);
  std::vector<Typed> items;
  std::optional<trino::Type> type = value.type;
  for (std::size_t i = 1; i < expression.children.size(); ++i) {
    items.push_back(this->expression(*expression.children[i], scope));
    if (type) type = common_type(*type, items.back().type);
  }
  if (failed()) return {};
  std::string text;
  if (type && is_comparable(*type) && compares_as_is(*type)) {
    for (const Typed& item : items) text += (text.empty() ? "" : ", ") + coerce(item, *type);
    return {fmt::format("({} {}IN ({}))", coerce(value, *type), expression.negated ? "NOT " : "", text),
            boolean_type()};
  }
  if (!type && options_.strict) {
    fail(expression.children[1]->position, "TYPE_MISMATCH",
         "IN value and list items must be the same type or coercible to a common type. Cannot find common type between "
         "the value and the list items");
    return {};
  }
  for (const Typed& item : items) {
    text += (text.empty() ? "" : " OR ") + compare(expression.position, "=", value, item).sql;
  }
  return {fmt::format("({}({}))", expression.negated ? "NOT " : "", text), boolean_type()};
}

/// (a, b) IN (SELECT c, d ...): true for an equal row, else NULL if NULLs leave one open.
Typed Analyzer::in_rows(const Expression& expression, const Typed& value, const AnalyzedQuery& inner) {
  const std::string id = new_id("q");
  std::string columns;
  std::string equal;
  std::string open;
  for (std::size_t i = 0; i < inner.columns.size(); ++i) {
    const Typed column{fmt::format("{}.c{}", id, i), inner.columns[i].type};
    const Typed same = compare(expression.position, "=", field_of(value, i), column);
    if (failed()) return {};
    columns += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
    equal += (i == 0 ? "" : " AND ") + same.sql;
    open += fmt::format("{}({} IS NOT FALSE)", i == 0 ? "" : " AND ", same.sql);
  }
  const auto exists = [&](const std::string& condition) {
    return fmt::format("EXISTS (SELECT 1 FROM ({}) AS {}({}) WHERE {})", inner.sql, id, columns, condition);
  };
  const std::string text =
      fmt::format("CASE WHEN {} THEN true WHEN {} THEN NULL ELSE false END", exists(equal), exists(open));
  return {expression.negated ? fmt::format("(NOT {})", text) : text, boolean_type()};
}

Typed Analyzer::in_query(Expression& expression, const Scope& scope) {
  const Typed value = this->expression(*expression.children[0], scope);
  const AnalyzedQuery inner = query(*expression.query, &scope);
  if (failed()) return {};
  if (is_row(value.type) && inner.columns.size() > 1 && field_count(value.type) == inner.columns.size()) {
    return in_rows(expression, value, inner);
  }
  const auto type = inner.columns.size() == 1 ? common_type(value.type, inner.columns[0].type) : std::nullopt;
  if (!type) {
    std::string types;
    for (const OutputColumn& column : inner.columns) types += (types.empty() ? "" : ", ") + column.type.to_string();
    fail(
        expression.position, "TYPE_MISMATCH",
        fmt::format("Value expression and result of subquery must be of the same type: {} vs {}",
                    inner.columns.size() == 1 ? value.type.to_string() : fmt::format("row({})", value.type.to_string()),
                    inner.columns.size() == 1 ? types : fmt::format("row({})", types)));
    return {};
  }
  return {fmt::format("({} {}IN ({}))", coerce(value, *type), expression.negated ? "NOT " : "",
                      coerced_columns(inner, {*type})),
          boolean_type()};
}

Typed Analyzer::quantified(Expression& expression, const Scope& scope) {
  const Typed value = this->expression(*expression.children[0], scope);
  const AnalyzedQuery inner = query(*expression.query, &scope);
  if (failed()) return {};
  if (is_row(value.type) && inner.columns.size() > 1 && field_count(value.type) == inner.columns.size()) {
    return in_rows(expression, value, inner);
  }
  const auto type = inner.columns.size() == 1 ? common_type(value.type, inner.columns[0].type) : std::nullopt;
  if (!type) {
    fail(expression.position, "TYPE_MISMATCH",
         "Value expression and result of subquery must be of the same type for quantified comparison");
    return {};
  }
  return {fmt::format("({} {} {} ({}))", coerce(value, *type), expression.text,
                      expression.names[0] == "ALL" ? "ALL" : "ANY", coerced_columns(inner, {*type})),
          boolean_type()};
}

Typed Analyzer::like(Expression& expression, const Scope& scope) {
  const Typed value = this->expression(*expression.children[0], scope);
  const Typed pattern = this->expression(*expression.children[1], scope);
  std::optional<Typed> escape;
  if (expression.children.size() > 2) escape = this->expression(*expression.children[2], scope);
  if (failed()) return {};
  if (!is_text(value.type)) {
    fail(expression.children[0]->position, "TYPE_MISMATCH",
         fmt::format("Left side of LIKE expression must evaluate to a varchar (actual: {})", value.type.to_string()));
    return {};
  }
  if (!is_text(pattern.type)) {
    fail(expression.children[1]->position, "TYPE_MISMATCH",
         fmt::format("Pattern for LIKE expression must evaluate to a varchar (actual: {})", pattern.type.to_string()));
    return {};
  }
  auto result = like_operator(value, pattern, escape);
  if (!result) {
    fail_unplaced(result.error().name, result.error().message);
    return {};
  }
  return {fmt::format("({}{})", expression.negated ? "NOT " : "", result->sql), boolean_type()};
}

Typed Analyzer::scalar_subquery(Expression& expression, const Scope& scope) {
  const AnalyzedQuery inner = query(*expression.query, &scope);
  if (failed()) return {};
  if (inner.columns.size() != 1) {
    fail(expression.position, "NOT_SUPPORTED",
         fmt::format("Multiple columns returned by subquery are not yet supported. Found {}", inner.columns.size()));
    return {};
  }
  return {fmt::format("({})", inner.sql), inner.columns[0].type};
}

/// The values made to fit one type; the error names the first that does not.
Typed Analyzer::common(std::vector<Typed>& values, const std::vector<Expression*>& places, std::string_view kind) {
  trino::Type type = unknown_type();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto wider = common_type(type, values[i].type);
    if (!wider) {
      fail(places[i]->position, "TYPE_MISMATCH",
           fmt::format("All {} must be the same type or coercible to a common type. Cannot find common type between {} "
                       "and {}, all types (without duplicates): [{}, {}]",
                       kind, type.to_string(), values[i].type.to_string(), type.to_string(),
                       values[i].type.to_string()));
      return {};
    }
    type = *wider;
  }
  for (Typed& value : values) value = {coerce(value, type), type};
  return {"", type};
}

Typed Analyzer::case_expression(Expression& expression, const Scope& scope) {
  const bool simple = expression.kind == ExpressionKind::kSimpleCase;
  std::optional<Typed> operand;
  std::size_t index = 0;
  if (simple) operand = this->expression(*expression.children[index++], scope);
  std::vector<std::string> conditions;
  std::vector<Typed> results;
  std::vector<Expression*> places;
  const std::size_t end = expression.children.size() - (expression.has_else ? 1 : 0);
  for (; index + 1 < end + 1 && index + 1 < expression.children.size() + 1 && index < end; index += 2) {
    Expression& when = *expression.children[index];
    const Typed value = this->expression(when, scope);
    if (failed()) return {};
    if (simple) {
      auto equal = comparison_operator("=", *operand, value);
      if (!equal) {
        fail(when.position, "TYPE_MISMATCH",
             fmt::format("CASE operand type does not match WHEN clause operand type: {} vs {}",
                         operand->type.to_string(), value.type.to_string()));
        return {};
      }
      conditions.push_back(equal->sql);
    } else {
      if (!is_boolean_like(value.type)) {
        fail(when.position, "TYPE_MISMATCH",
             fmt::format("CASE WHEN clause must evaluate to a boolean (actual: {})", value.type.to_string()));
        return {};
      }
      conditions.push_back(coerce(value, boolean_type()));
    }
    results.push_back(this->expression(*expression.children[index + 1], scope));
    places.push_back(expression.children[index + 1].get());
  }
  if (expression.has_else) {
    results.push_back(this->expression(*expression.children.back(), scope));
    places.push_back(expression.children.back().get());
  }
  if (failed()) return {};
  const Typed type = common(results, places, "CASE results");
  if (failed()) return {};
  std::string text = "CASE";
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    text += fmt::format(" WHEN {} THEN {}", conditions[i], results[i].sql);
  }
  if (expression.has_else) text += " ELSE " + results.back().sql;
  return {text + " END", type.type};
}

Typed Analyzer::cast(Expression& expression, const Scope& scope) {
  Typed value = this->expression(*expression.children[0], scope);
  if (failed()) return {};
  const auto type = parse_type(expression.type_text);
  if (!type) {
    fail(expression.position, "TYPE_MISMATCH", fmt::format("Unknown type: {}", expression.type_text));
    return {};
  }
  const bool nested = is_array(*type) || is_map(*type) || is_row(*type);
  if (nested && !expression.negated && parses_a_column(*expression.children[0])) {
    value.sql = expression.children[0]->children[0]->sql;
  }
  auto result = cast_to(value, *type, expression.negated);
  if (!result) {
    fail(expression.position, result.error().name, result.error().message);
    return {};
  }
  return {*result, *type};
}

Typed Analyzer::subscript(Expression& expression, const Scope& scope) {
  const Typed base = this->expression(*expression.children[0], scope);
  Expression& index = *expression.children[1];
  const Typed key = this->expression(index, scope);
  if (failed()) return {};
  if (is_row(base.type)) {  // ROW(1, 'a')[2]: the position is part of the type
    if (index.kind != ExpressionKind::kInteger) {
      fail(index.position, "TYPE_MISMATCH", "Subscript expression on ROW requires integer literal index");
      return {};
    }
    const std::size_t position = index.text.size() > 6 ? 0 : static_cast<std::size_t>(std::stoi(index.text));
    if (position < 1 || position > field_count(base.type)) {
      fail(index.position, "INVALID_FUNCTION_ARGUMENT",
           fmt::format("Invalid subscript index: {}. ROW type has {} fields", index.text, field_count(base.type)));
      return {};
    }
    return field_of(base, position - 1);
  }
  auto result = subscript_operator(base, key);
  if (!result) {
    fail(expression.position, result.error().name, result.error().message);
    return {};
  }
  return *result;
}

Typed Analyzer::row(Expression& expression, const Scope& scope) {
  std::vector<Typed> fields;
  for (auto& child : expression.children) fields.push_back(this->expression(*child, scope));
  if (failed()) return {};
  return make_row(fields);
}

Typed Analyzer::array(Expression& expression, const Scope& scope) {
  std::vector<Typed> elements;
  std::vector<Expression*> places;
  for (auto& child : expression.children) {
    elements.push_back(this->expression(*child, scope));
    places.push_back(child.get());
  }
  if (failed()) return {};
  const Typed type = common(elements, places, "ARRAY elements");
  if (failed()) return {};
  return make_array(elements, type.type);
}

Typed Analyzer::at_time_zone(Expression& expression, const Scope& scope) {
  const Typed value = this->expression(*expression.children[0], scope);
  const Typed zone = this->expression(*expression.children[1], scope);
  if (failed()) return {};
  auto result = at_zone(value, zone);
  if (!result) {
    fail(expression.position, result.error().name, result.error().message);
    return {};
  }
  return *result;
}

Typed Analyzer::grouping(Expression& expression, const Scope& scope) {
  std::string text;
  for (auto& child : expression.children) {
    const Typed value = this->expression(*child, scope);
    text += (text.empty() ? "" : ", ") + value.sql;
  }
  return {fmt::format("CAST(GROUPING({}) AS INTEGER)", text), integer_type()};
}

}  // namespace flowtrail::dialect
