// SELECT: its list, GROUP BY, HAVING and ORDER BY, and what may stand in each of them.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/letters.h"
#include "dialect/analyzer.h"
#include "dialect/typing.h"
#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

/// The names of a.b.c, or nothing if it is another expression.
std::vector<std::string> name_chain(const Expression& expression) {
  if (expression.kind == ExpressionKind::kIdentifier) return {expression.text};
  if (expression.kind != ExpressionKind::kDereference) return {};
  std::vector<std::string> names = name_chain(*expression.children[0]);
  if (!names.empty()) names.push_back(expression.text);
  return names;
}

bool qualifier_matches(const std::vector<std::string>& qualifier, const std::vector<std::string>& names) {
  if (names.size() > qualifier.size()) return false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (qualifier[qualifier.size() - names.size() + i] != lower(names[i])) return false;
  }
  return true;
}

/// Calls `visit` for the node and those below it that belong to the same query; it answers whether to go deeper.
void walk(const Expression& expression, const std::function<bool(const Expression&)>& visit) {
  if (!visit(expression)) return;
  const auto go = [&](const ExpressionPtr& child) {
    if (child) walk(*child, visit);
  };
  for (const auto& child : expression.children) go(child);
  if (expression.call) {
    go(expression.call->filter);
    for (const SortItem& item : expression.call->order_by) go(item.key);
    if (expression.call->over) {
      for (const auto& key : expression.call->over->partition_by) go(key);
      for (const SortItem& item : expression.call->over->order_by) go(item.key);
    }
  }
  if (expression.json) {
    for (const auto& value : expression.json->passing) go(value);
    go(expression.json->default_on_empty);
    go(expression.json->default_on_error);
  }
}

bool contains_window(const Expression& expression) {
  bool found = false;
  walk(expression, [&](const Expression& node) {
    found = found || node.is_window;
    return !found;
  });
  return found;
}

bool contains_aggregate(const Expression& expression) {
  bool found = false;
  walk(expression, [&](const Expression& node) {
    found = found || node.is_aggregate || node.kind == ExpressionKind::kGrouping;
    return !found;
  });
  return found;
}

bool is_literal(const Expression& expression) {
  return expression.kind <= ExpressionKind::kDouble;
}

/// An integer alone would be a position to DuckDB.
std::string as_key(const Expression& expression, const Typed& value) {
  if (expression.kind == ExpressionKind::kInteger) return "(" + value.sql + " + 0)";
  return value.sql;
}

}  // namespace

void Analyzer::refuse_aggregates(const Expression& expression, std::string_view clause) {
  const Expression* found = nullptr;
  walk(expression, [&](const Expression& node) {
    if (found == nullptr && (node.is_aggregate || node.is_window || node.kind == ExpressionKind::kGrouping))
      found = &node;
    return found == nullptr;
  });
  if (found == nullptr) return;
  fail(expression.position, "EXPRESSION_NOT_SCALAR",
       fmt::format("{} cannot contain aggregations, window functions or grouping operations: [{}]", clause,
                   text_of(*found)));
}

std::string Analyzer::condition(Expression& expression, const Scope& scope, std::string_view clause) {
  const Typed value = this->expression(expression, scope);
  if (failed()) return {};
  if (!is_boolean_like(value.type)) {
    fail(expression.position, "TYPE_MISMATCH",
         fmt::format("{} clause must evaluate to a boolean: actual type {}", clause, value.type.to_string()));
  }
  return coerce(value, boolean_type());
}

void Analyzer::label(const SelectItem& item, std::size_t index, OutputColumn& column) {
  column.named = true;
  if (!item.alias.empty()) {
    column.name = item.alias;
    return;
  }
  const auto names = name_chain(*item.expression);
  if (!names.empty()) {
    column.name = names.back();
    return;
  }
  column.named = false;
  column.name = fmt::format("_col{}", index);
}

void Analyzer::expand_row(SelectItem& item, const Typed& base, std::vector<Item>& items) {
  if (!item.star_aliases.empty() && item.star_aliases.size() != field_count(base.type)) {
    fail(item.position, "MISMATCHED_COLUMN_ALIASES",
         "Column alias list does not have as many entries as there are fields");
    return;
  }
  for (std::size_t i = 0; i < field_count(base.type); ++i) {
    Item expanded;
    expanded.value = field_of(base, i);
    expanded.expression = item.expression.get();
    const std::string name = item.star_aliases.empty() ? field_name(base.type, i) : item.star_aliases[i];
    expanded.column = {name.empty() ? fmt::format("_col{}", items.size()) : name, expanded.value.type, !name.empty()};
    items.push_back(std::move(expanded));
  }
}

void Analyzer::expand_star(SelectItem& item, const Scope& scope, std::vector<Item>& items) {
  std::vector<std::string> names;
  if (item.expression) {
    names = name_chain(*item.expression);
    const bool is_relation = !names.empty() && std::ranges::any_of(scope.fields, [&](const Field& field) {
      return qualifier_matches(field.qualifier, names);
    });
    if (!is_relation) {
      const Typed base = expression(*item.expression, scope);
      if (failed()) return;
      if (!is_row(base.type)) {
        fail(item.position, "TYPE_MISMATCH", "expected expression of type Row");
        return;
      }
      return expand_row(item, base, items);
    }
  }
  std::size_t alias = 0;
  for (const Field& field : scope.fields) {
    if (field.hidden || (!names.empty() && !qualifier_matches(field.qualifier, names))) continue;
    Item expanded;
    expanded.value = {field.sql, field.type};
    expanded.field = &field;
    expanded.from_star = true;
    std::string name = field.name;
    if (alias < item.star_aliases.size()) name = item.star_aliases[alias++];
    expanded.column = {name.empty() ? fmt::format("_col{}", items.size()) : name, field.type, !name.empty(),
                       field.origin};
    items.push_back(std::move(expanded));
  }
}

std::vector<Analyzer::Item> Analyzer::select_items(Select& select, Scope& scope) {
  std::vector<Item> items;
  for (SelectItem& item : select.items) {
    if (failed()) break;
    if (item.star) {
      if (!item.expression && !select.from) {
        fail(item.position, "COLUMN_NOT_FOUND", "SELECT * not allowed in queries without FROM clause");
        break;
      }
      expand_star(item, scope, items);
      continue;
    }
    Item single;
    single.expression = item.expression.get();
    single.value = expression(*item.expression, scope);
    label(item, items.size(), single.column);
    single.column.type = single.value.type;
    single.column.origin = item.expression->origin;
    items.push_back(std::move(single));
  }
  return items;
}

/// A key of GROUP BY: a position in the select list or an expression of the source.
std::string Analyzer::grouping_key(Expression& key, std::vector<Item>& items, const Scope& scope, bool simple) {
  if (simple && key.kind == ExpressionKind::kInteger) {
    const std::size_t position = key.text.size() > 6 ? 0 : static_cast<std::size_t>(std::stoi(key.text));
    if (position < 1 || position > items.size()) {
      fail(key.position, "INVALID_COLUMN_REFERENCE",
           fmt::format("GROUP BY position {} is not in select list", key.text));
      return {};
    }
    const Item& item = items[position - 1];
    if (item.expression != nullptr) refuse_aggregates(*item.expression, "GROUP BY clause");
    group_keys_.insert(item.value.sql);
    return item.expression == nullptr ? item.value.sql : as_key(*item.expression, item.value);
  }
  const Typed value = expression(key, scope);
  refuse_aggregates(key, "GROUP BY clause");
  if (!failed() && !is_comparable(value.type)) {
    fail(key.position, "TYPE_MISMATCH",
         fmt::format("{} is not comparable, and therefore cannot be used in GROUP BY", value.type.to_string()));
  }
  if (!failed() && !simple && !key.is_resolved_name) {
    const std::string message = fmt::format("GROUP BY expression must be a column reference: {}", text_of(key));
    if (options_.strict) {
      fail(key.position, "INVALID_COLUMN_REFERENCE", message);
    } else {
      warn(key.position, message);
    }
  }
  group_keys_.insert(value.sql);
  return as_key(key, value);
}

std::string Analyzer::grouping_set(std::vector<ExpressionPtr>& set, std::vector<Item>& items, const Scope& scope,
                                   bool simple) {
  std::string text;
  for (auto& key : set) text += (text.empty() ? "" : ", ") + grouping_key(*key, items, scope, simple);
  return text;
}

std::string Analyzer::group_by(Select& select, std::vector<Item>& items, const Scope& scope) {
  std::string text;
  for (GroupingElement& element : select.group_by) {
    text += text.empty() ? "" : ", ";
    if (element.kind == GroupingKind::kSimple) {
      const std::string keys = grouping_set(element.sets[0], items, scope, true);
      text += keys.empty() ? "()" : keys;
      continue;
    }
    text += element.kind == GroupingKind::kRollup ? "ROLLUP("
            : element.kind == GroupingKind::kCube ? "CUBE("
                                                  : "GROUPING SETS(";
    for (std::size_t i = 0; i < element.sets.size(); ++i) {
      text += fmt::format("{}({})", i == 0 ? "" : ", ", grouping_set(element.sets[i], items, scope, false));
    }
    text += ")";
  }
  return text;
}

void Analyzer::check_grouped_children(const Expression& expression) {
  const auto go = [this](const ExpressionPtr& child) {
    if (child) check_grouped(*child);
  };
  for (const auto& child : expression.children) go(child);
  if (expression.call) {
    go(expression.call->filter);
    for (const SortItem& item : expression.call->order_by) go(item.key);
    if (expression.call->over) {
      for (const auto& key : expression.call->over->partition_by) go(key);
      for (const SortItem& item : expression.call->over->order_by) go(item.key);
    }
  }
  if (!expression.json) return;
  for (const auto& value : expression.json->passing) go(value);
}

/// In a grouped query every column stands in a key or inside an aggregate. The analyzer left DuckDB's text in each
/// node, and equal texts are equal expressions.
void Analyzer::check_grouped(const Expression& expression) {
  if (failed() || expression.is_aggregate || group_keys_.contains(expression.sql)) return;
  if (expression.is_local_column) {
    fail(expression.start, "EXPRESSION_NOT_AGGREGATE",
         fmt::format("'{}' must be an aggregate expression or appear in GROUP BY clause", text_of(expression)));
    return;
  }
  if (!expression.is_resolved_name) check_grouped_children(expression);
}

/// An aggregate of ORDER BY reads the rows of FROM; a name that the select list has too means the select list.
void Analyzer::check_sorted_aggregates(const Expression& key) {
  walk(key, [this](const Expression& node) {
    if (!node.is_aggregate || failed()) return !failed();
    walk(node, [this](const Expression& inner) {
      if (inner.is_output_column && !failed()) {
        const std::string_view message = "Invalid reference to output projection attribute from ORDER BY aggregation";
        if (options_.strict) {
          fail(inner.start, "COLUMN_NOT_FOUND", message);
        } else {
          warn(inner.start, fmt::format("will fail on Athena: {}", message));
        }
      }
      return !inner.is_resolved_name;
    });
    return false;
  });
}

void Analyzer::check_orderable(const Expression& key, const trino::Type& type, std::string_view clause) {
  if (failed() || is_orderable(type)) return;
  fail(clause == "ORDER BY" ? Position{key.start.line, key.start.column} : key.position, "TYPE_MISMATCH",
       fmt::format("Type {} is not orderable, and therefore cannot be used in {}: {}", type.to_string(), clause,
                   text_of(key)));
}

std::string Analyzer::sort_suffix(const SortItem& item) {
  return fmt::format("{} NULLS {}", item.descending ? " DESC" : " ASC",
                     item.nulls == NullOrder::kFirst ? "FIRST" : "LAST");
}

std::string Analyzer::order_by(std::vector<SortItem>& order_by, std::vector<Item>& items, const Scope& scope,
                               const Position* distinct) {
  std::string text;
  Scope output;
  output.kind = ScopeKind::kOutput;
  output.parent = &scope;
  for (const Item& item : items) {
    Field field;
    if (item.column.named) field.name = item.column.name;
    field.type = item.value.type;
    field.sql = item.value.sql;
    output.fields.push_back(std::move(field));
  }
  for (SortItem& item : order_by) {
    if (failed()) break;
    Typed key;
    if (item.key->kind == ExpressionKind::kInteger) {
      const std::size_t position = item.key->text.size() > 6 ? 0 : static_cast<std::size_t>(std::stoi(item.key->text));
      if (position < 1 || position > items.size()) {
        fail(item.key->position, "INVALID_COLUMN_REFERENCE",
             fmt::format("ORDER BY position {} is not in select list", item.key->text));
        return {};
      }
      key = items[position - 1].value;
      item.key->sql = key.sql;
    } else {
      key = expression(*item.key, output);
      if (is_literal(*item.key)) continue;  // sorts nothing
    }
    if (failed()) break;
    check_sorted_aggregates(*item.key);
    check_orderable(*item.key, key.type, "ORDER BY");
    const auto same = std::ranges::find_if(items, [&](const Item& other) { return other.value.sql == key.sql; });
    if (distinct != nullptr && same == items.end()) {
      fail(*distinct, "EXPRESSION_NOT_IN_DISTINCT",
           "For SELECT DISTINCT, ORDER BY expressions must appear in select list");
    }
    const std::string sql = same == items.end() ? key.sql : std::to_string(same - items.begin() + 1);
    text += (text.empty() ? "" : ", ") + sql + sort_suffix(item);
  }
  return text;
}

AnalyzedQuery Analyzer::select(Select& select, Tail* tail, const Scope* outer) {
  Scope scope;
  scope.parent = outer;
  std::string from;
  if (select.from) {
    FromItem item = relation(*select.from, {}, outer);
    scope.fields = std::move(item.fields);
    from = " FROM " + item.sql;
  }
  if (failed()) return {};
  auto outer_windows = std::exchange(named_windows_, {});
  for (const NamedWindow& window : select.windows) named_windows_.push_back(&window);
  auto outer_keys = std::exchange(group_keys_, {});

  Scope lenient = scope;
  if (!options_.strict) lenient.aliases = &select.items;
  std::string where;
  if (select.where) {
    where = " WHERE " + condition(*select.where, lenient, "WHERE");
    refuse_aggregates(*select.where, "WHERE clause");
    if (!failed()) pushdown_.add_condition(*select.where, nullptr);
  }
  std::vector<Item> items = select_items(select, scope);
  std::string grouping;
  if (select.has_group_by && !failed()) grouping = " GROUP BY " + group_by(select, items, lenient);
  std::string having;
  if (select.having && !failed()) having = " HAVING " + condition(*select.having, lenient, "HAVING");
  const auto keys = group_keys_;
  std::string sorting;
  if (tail != nullptr && tail->order_by != nullptr && !failed()) {
    sorting = order_by(*tail->order_by, items, scope, select.distinct ? &select.position : nullptr);
    group_keys_ = keys;
  }

  bool aggregated = select.has_group_by || (select.having != nullptr);
  for (const Item& item : items)
    aggregated = aggregated || (item.expression != nullptr && contains_aggregate(*item.expression));
  if (tail != nullptr && tail->order_by != nullptr) {
    for (const SortItem& item : *tail->order_by) aggregated = aggregated || contains_aggregate(*item.key);
  }
  if (aggregated && !failed()) {
    for (const Item& item : items) {
      if (item.from_star && !group_keys_.contains(item.value.sql)) {
        const std::string qualifier = item.field->qualifier.empty() ? "" : item.field->qualifier.back() + ".";
        fail_unplaced("EXPRESSION_NOT_AGGREGATE",
                      fmt::format("Column '{}{}' not in GROUP BY clause", qualifier, item.field->name));
      }
      if (item.expression != nullptr) check_grouped(*item.expression);
    }
    if (select.having) check_grouped(*select.having);
    if (tail != nullptr && tail->order_by != nullptr) {
      for (const SortItem& item : *tail->order_by) check_grouped(*item.key);
    }
  }
  group_keys_ = std::move(outer_keys);
  named_windows_ = std::move(outer_windows);
  if (failed()) return {};

  // A condition outside of this query may be met by its rows one by one, or not.
  const bool whole = tail != nullptr && (!tail->limits.empty() || tail->with_ties);
  const bool windows = std::ranges::any_of(
      items, [](const Item& item) { return item.expression != nullptr && contains_window(*item.expression); });
  AnalyzedQuery result;
  std::string list;
  for (Item& item : items) {
    if (whole || windows || aggregated) item.column.origin = nullptr;
    if (select.distinct && !is_comparable(item.value.type)) {
      fail(select.position, "TYPE_MISMATCH",
           fmt::format("DISTINCT can only be applied to comparable types (actual: {})", item.value.type.to_string()));
    }
    list += (list.empty() ? "" : ", ") + item.value.sql;
    result.columns.push_back(std::move(item.column));
  }
  result.sql =
      fmt::format("SELECT {}{}{}{}{}{}", select.distinct ? "DISTINCT " : "", list, from, where, grouping, having);
  if (tail == nullptr) return result;
  if (tail->with_ties) {
    std::string ties;
    for (SortItem& item : *tail->order_by) ties += (ties.empty() ? "" : ", ") + item.key->sql + sort_suffix(item);
    result.sql += fmt::format(" QUALIFY rank() OVER (ORDER BY {}) <= {}", ties, tail->tie_limit);
  }
  if (!sorting.empty()) result.sql += " ORDER BY " + sorting;
  result.sql += tail->limits;
  return result;
}

}  // namespace flowtrail::dialect
