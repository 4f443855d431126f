// FROM: tables, views, subqueries, joins and UNNEST.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <utility>

#include "base/letters.h"
#include "dialect/analyzer.h"
#include "dialect/parser.h"
#include "dialect/typing.h"
#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

std::string column_list(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  return text;
}

std::size_t visible_count(const std::vector<Field>& fields) {
  return static_cast<std::size_t>(std::ranges::count(fields, false, &Field::hidden));
}

const char* join_words(JoinKind kind) {
  switch (kind) {
    case JoinKind::kInner: return "JOIN";
    case JoinKind::kLeft: return "LEFT JOIN";
    case JoinKind::kRight: return "RIGHT JOIN";
    case JoinKind::kFull: return "FULL JOIN";
    default: return "CROSS JOIN";
  }
}

bool is_lateral(const Relation& relation) {
  return relation.kind == RelationKind::kUnnest || relation.kind == RelationKind::kLateral;
}

std::set<int> scans_of(const std::vector<Field>& fields) {
  std::set<int> scans;
  for (const Field& field : fields) {
    if (field.origin) scans.insert(field.origin->scan);
  }
  return scans;
}

/// In a table's relation: where the filter of its reader goes.
constexpr std::string_view kFilterPlace = "{filter}";

bool is_true(const Expression& expression) {
  return expression.kind == ExpressionKind::kBoolean && expression.text == "true";
}

}  // namespace

Analyzer::FromItem Analyzer::relation_of(const AnalyzedQuery& query, std::string_view sql) {
  FromItem item;
  const std::string id = new_id("r");
  item.sql = fmt::format("{} AS {}({})", sql, id, column_list(query.columns.size()));
  for (std::size_t i = 0; i < query.columns.size(); ++i) {
    Field field;
    if (query.columns[i].named) field.name = query.columns[i].name;
    field.type = query.columns[i].type;
    field.origin = query.columns[i].origin;
    field.sql = fmt::format("{}.c{}", id, i);
    item.fields.push_back(std::move(field));
  }
  return item;
}

Analyzer::FromItem Analyzer::relation(Relation& relation, const std::vector<Field>& left, const Scope* outer) {
  if (failed()) return {};
  if (++depth_ > kMaximumDepth) fail(relation.position, "STACK_OVERFLOW", "statement is too large (nested too deep)");
  FromItem item = unaliased_relation(relation, left, outer);
  --depth_;
  if (failed()) return {};
  if (!relation.alias.empty()) alias_relation(relation, item);
  if (relation.sample_method.empty()) return item;
  for (Field& field : item.fields) field.origin = nullptr;  // a sample is taken of all rows
  Scope scope;
  const Typed percentage = expression(*relation.sample_percentage, scope);
  item.sql +=
      fmt::format(" TABLESAMPLE {}({}%)", relation.sample_method == "SYSTEM" ? "system" : "bernoulli", percentage.sql);
  return item;
}

Analyzer::FromItem Analyzer::unaliased_relation(Relation& relation, const std::vector<Field>& left,
                                                const Scope* outer) {
  switch (relation.kind) {
    case RelationKind::kTable: return table(relation, outer);
    case RelationKind::kSubquery: return subquery(*relation.query, outer);
    case RelationKind::kLateral: {
      Scope scope;
      scope.parent = outer;
      scope.fields = left;
      const AnalyzedQuery analyzed = query(*relation.query, &scope);
      return relation_of(analyzed, fmt::format("LATERAL ({})", analyzed.sql));
    }
    case RelationKind::kUnnest: return unnest(relation, left, outer);
    case RelationKind::kJoin: return join(relation, left, outer);
    case RelationKind::kValuesFunction: break;
  }
  return {};
}

/// AS t or AS t(a, b): new names, the same columns.
void Analyzer::alias_relation(Relation& relation, FromItem& item) {
  const std::size_t count = visible_count(item.fields);
  if (!relation.column_aliases.empty() && relation.column_aliases.size() != count) {
    fail(relation.position, "MISMATCHED_COLUMN_ALIASES",
         fmt::format("Column alias list has {} entries but '{}' has {} columns available",
                     relation.column_aliases.size(), relation.alias, count));
    return;
  }
  std::size_t index = 0;
  for (Field& field : item.fields) {
    field.qualifier = {lower(relation.alias)};
    if (relation.column_aliases.empty() || field.hidden) continue;
    field.name = relation.column_aliases[index++];
  }
}

std::optional<Table> Analyzer::find_table(const std::vector<std::string>& name, Position position) {
  std::string catalog = tables_.default_catalog();
  std::string schema = view_schema_.empty() ? tables_.default_schema() : view_schema_;
  if (name.size() > 3 || name.empty()) {
    fail(position, "SYNTAX_ERROR", "Too many dots in table name");
    return std::nullopt;
  }
  if (name.size() == 3) catalog = lower(name[0]);
  if (name.size() >= 2) schema = lower(name[name.size() - 2]);
  const std::string table = lower(name.back());
  auto found = tables_.find(catalog, schema, table);
  if (!found) {
    fail(position, found.error().name, found.error().what);
    if (error_) error_->hint = found.error().hint;
    return std::nullopt;
  }
  if (*found) return *std::move(found);
  if (!tables_.has_catalog(catalog)) {
    fail(position, "CATALOG_NOT_FOUND", fmt::format("Catalog '{}' not found", catalog));
  } else if (!tables_.has_schema(catalog, schema)) {
    fail(position, "SCHEMA_NOT_FOUND", fmt::format("Schema '{}' does not exist", schema));
  } else {
    fail(position, "TABLE_NOT_FOUND", fmt::format("Table '{}.{}.{}' does not exist", catalog, schema, table));
  }
  return std::nullopt;
}

Analyzer::FromItem Analyzer::table(Relation& relation, const Scope* /*outer*/) {
  if (relation.name.size() == 1) {
    const std::string name = lower(relation.name[0]);
    for (const auto& level : common_tables_ | std::views::reverse) {
      const auto found = level.find(name);
      if (found == level.end()) continue;
      pushdown_.refer(found->second.id);
      FromItem item = relation_of({{}, found->second.columns}, found->second.id);
      for (Field& field : item.fields) field.qualifier = {name};
      return item;
    }
  }
  const auto found = find_table(relation.name, relation.position);
  if (!found) return {};
  if (found->view_text) return view(*found, relation.position);
  FromItem item;
  const std::string id = new_id("r");
  std::string text = found->relation;
  std::optional<int> scan;
  if (const std::size_t place = text.find(kFilterPlace); place != std::string::npos) {
    const Pushdown::Scan added = pushdown_.add_scan(found->schema, found->name);
    text.replace(place, kFilterPlace.size(), added.token);
    scan = added.number;
  }
  item.sql = fmt::format("{} AS {}", text, id);
  for (const TableColumn& column : found->columns) {
    Field field;
    const bool is_number =
        column.type.kind() >= trino::TypeKind::kTinyint && column.type.kind() <= trino::TypeKind::kBigint;
    if (scan && (is_number || is_varchar(column.type))) {
      field.origin = std::make_shared<const Origin>(Origin{*scan, column.name, is_number, {}});
    }
    field.name = column.name;
    field.qualifier = {found->catalog, found->schema, found->name};
    field.type = column.type;
    field.sql = id + "." + (column.sql.empty() ? engine::quote_identifier(column.name) : column.sql);
    field.hidden = column.hidden;
    item.fields.push_back(std::move(field));
  }
  return item;
}

/// A view is analyzed where it is used: its tables may have changed since it was made. Names without a database are
/// those of the view's.
Analyzer::FromItem Analyzer::view(const Table& table, Position position) {
  const std::string full_name = fmt::format("{}.{}.{}", table.catalog, table.schema, table.name);
  if (std::ranges::find(open_views_, full_name) != open_views_.end()) {
    fail(position, "VIEW_IS_RECURSIVE", fmt::format("Statement would create a recursive view: {}", full_name));
    return {};
  }
  auto parsed = parse_query(*table.view_text);
  if (!parsed) {
    fail(position, "INVALID_VIEW", fmt::format("Failed parsing stored view '{}': {}", full_name, parsed.error().what));
    return {};
  }
  open_views_.push_back(full_name);
  // The view's own text, names and parameters; this statement's CTEs are not visible in it.
  auto tables = std::exchange(common_tables_, {});
  const std::string_view text = std::exchange(sql_, std::string_view{*table.view_text});
  auto windows = std::exchange(named_windows_, {});
  auto schema = std::exchange(view_schema_, table.schema);
  const AnalyzedQuery analyzed = query(**parsed, nullptr);
  view_schema_ = std::move(schema);
  common_tables_ = std::move(tables);
  named_windows_ = std::move(windows);
  sql_ = text;
  open_views_.pop_back();
  if (error_) {
    if (error_->line > 0 &&
        error_->name != "VIEW_IS_RECURSIVE") {  // its place is one of the view's text, which the user does not see here
      engine::SqlError inner = *std::exchange(error_, std::nullopt);
      fail(position, "INVALID_VIEW", fmt::format("Failed analyzing stored view '{}': {}", full_name, inner.what));
    }
    return {};
  }
  FromItem item = relation_of(analyzed, fmt::format("({})", analyzed.sql));
  for (Field& field : item.fields) field.qualifier = {table.catalog, table.schema, table.name};
  return item;
}

Analyzer::FromItem Analyzer::subquery(Query& query, const Scope* outer) {
  const AnalyzedQuery analyzed = this->query(query, outer);
  return relation_of(analyzed, fmt::format("({})", analyzed.sql));
}

/// Each array becomes a column (an array of rows as many as the rows have fields, a map two), side by side; the shorter
/// ones are filled up with NULL.
Analyzer::FromItem Analyzer::unnest(Relation& relation, const std::vector<Field>& left, const Scope* outer) {
  Scope scope;
  scope.parent = outer;
  scope.fields = left;
  AnalyzedQuery shape;
  std::string inner;  // the unnested columns
  std::string outputs;
  std::string lengths;
  const std::string id = new_id("u");
  int columns = 0;
  const auto add = [&](std::string_view list) {
    inner += fmt::format("{}unnest({}) AS s{}", inner.empty() ? "" : ", ", list, columns);
    return fmt::format("{}.s{}", id, columns++);
  };
  const auto output = [&](const std::string& sql, const trino::Type& type, const std::string& name) {
    outputs += (outputs.empty() ? "" : ", ") + sql;
    shape.columns.push_back({name, type, !name.empty()});
  };
  const bool single_alias =
      relation.column_aliases.size() == relation.arrays.size() + (relation.with_ordinality ? 1 : 0);
  for (auto& array : relation.arrays) {
    const Typed value = expression(*array, scope);
    refuse_aggregates(*array, "UNNEST");
    if (failed()) return {};
    lengths += fmt::format("{}coalesce(len({}), 0)", lengths.empty() ? "" : ", ",
                           is_map(value.type) ? fmt::format("map_keys({})", value.sql) : value.sql);
    if (is_map(value.type)) {
      output(add(fmt::format("map_keys({})", value.sql)), key_type(value.type), "");
      output(add(fmt::format("map_values({})", value.sql)), value_type(value.type), "");
    } else if (is_array(value.type)) {
      const trino::Type element = element_type(value.type);
      const std::string list = is_unknown(element) ? "CAST([] AS INTEGER[])" : value.sql;
      const Typed unnested{add(list), element};
      // Athena's own examples unnest an array of rows into one column of rows; Trino makes a column of each field.
      const bool keep_row = is_row(element) && !options_.strict && single_alias && field_count(element) != 1;
      if (keep_row)
        warn(relation.position, "UNNEST of an array of rows into a single column: Trino makes one of each field");
      if (is_row(element) && !keep_row) {
        for (std::size_t i = 0; i < field_count(element); ++i) {
          const Typed field = field_of(unnested, i);
          output(field.sql, field.type, field_name(element, i));
        }
      } else {
        output(unnested.sql, element, "");
      }
    } else {
      fail_unplaced("INVALID_FUNCTION_ARGUMENT", "Cannot unnest type: " + value.type.to_string());
      return {};
    }
  }
  if (relation.with_ordinality) {
    output(add(fmt::format("range(1, 1 + CAST({} AS BIGINT))",
                           relation.arrays.size() == 1 ? lengths : fmt::format("greatest({})", lengths))),
           bigint_type(), "");
  }
  return relation_of(shape, fmt::format("LATERAL (SELECT {} FROM (SELECT {}) AS {})", outputs, inner, id));
}

Analyzer::FromItem Analyzer::join(Relation& join, const std::vector<Field>& outer_left, const Scope* outer) {
  FromItem left = relation(*join.left, outer_left, outer);
  if (failed()) return {};
  std::vector<Field> visible = outer_left;
  visible.insert(visible.end(), left.fields.begin(), left.fields.end());
  FromItem right = relation(*join.right, visible, outer);
  if (failed()) return {};
  if (join.right->kind == RelationKind::kJoin) right.sql = "(" + right.sql + ")";
  if (!join.using_columns.empty()) return using_join(join, std::move(left), std::move(right));
  const std::vector<Field> left_fields = left.fields;
  const std::vector<Field> right_fields = right.fields;
  FromItem item;
  item.fields = std::move(left.fields);
  item.fields.insert(item.fields.end(), right.fields.begin(), right.fields.end());
  item.sql = fmt::format("{} {} {}", left.sql, join_words(join.join), right.sql);
  if (!join.on) return item;
  if (is_lateral(*join.right) && !is_true(*join.on)) {
    fail(join.on->position, "NOT_SUPPORTED",
         fmt::format("{} JOIN involving {} is only supported with condition ON TRUE",
                     join.join == JoinKind::kLeft    ? "LEFT"
                     : join.join == JoinKind::kRight ? "RIGHT"
                     : join.join == JoinKind::kFull  ? "FULL"
                                                     : "INNER",
                     join.right->kind == RelationKind::kUnnest ? "UNNEST" : "LATERAL"));
    return {};
  }
  Scope scope;
  scope.parent = outer;
  scope.fields = item.fields;
  const Typed on = expression(*join.on, scope);
  if (failed()) return {};
  if (!is_boolean_like(on.type)) {
    fail(join.on->position, "TYPE_MISMATCH",
         fmt::format("JOIN ON clause must evaluate to a boolean: actual type {}", on.type.to_string()));
  }
  refuse_aggregates(*join.on, "JOIN clause");
  if (join.join == JoinKind::kInner) pushdown_.add_condition(*join.on, nullptr);
  if (join.join == JoinKind::kLeft || join.join == JoinKind::kRight) {
    // Of the side that may be missing: a row that does not meet the condition is missing, too.
    const std::set<int> optional_side = scans_of(join.join == JoinKind::kLeft ? right_fields : left_fields);
    pushdown_.add_condition(*join.on, &optional_side);
  }
  item.sql += " ON " + coerce(on, boolean_type());
  return item;
}

/// The joined columns come first, once and without a qualifier, then what remains of both sides.
Analyzer::FromItem Analyzer::using_join(Relation& join, FromItem left, FromItem right) {
  const auto find = [this](const FromItem& side, const std::string& name, Position position, std::string_view which) {
    const Field* found = nullptr;
    for (const Field& field : side.fields) {
      if (lower(field.name) != lower(name)) continue;
      if (found != nullptr) fail(position, "AMBIGUOUS_NAME", fmt::format("Column '{}' is ambiguous", name));
      found = &field;
    }
    if (found == nullptr) {
      fail(position, "COLUMN_NOT_FOUND", fmt::format("Column '{}' is missing from {} side of join", name, which));
    }
    return found;
  };
  FromItem item;
  std::string condition;
  std::vector<const Field*> used;
  for (std::size_t i = 0; i < join.using_columns.size() && !failed(); ++i) {
    const Position position = join.using_positions[i];
    const Field* a = find(left, join.using_columns[i], position, "left");
    const Field* b = find(right, join.using_columns[i], position, "right");
    if (failed()) return {};
    const Typed equal = compare(position, "=", {a->sql, a->type}, {b->sql, b->type});
    auto type = common_type(a->type, b->type);
    if (failed()) return {};
    if (!type) type = is_varchar(a->type) ? b->type : a->type;  // lenient: text was compared with another type
    const auto fitted = [&](const Field& field) {
      const Typed value{field.sql, field.type};
      return coercible(field.type, *type) ? coerce(value, *type) : cast_to(value, *type, true).value_or("NULL");
    };
    condition += (condition.empty() ? "" : " AND ") + equal.sql;
    Field field;
    field.name = join.using_columns[i];
    field.type = *type;
    field.sql = fmt::format("coalesce({}, {})", fitted(*a), fitted(*b));
    item.fields.push_back(std::move(field));
    used.push_back(a);
    used.push_back(b);
  }
  if (failed()) return {};
  for (const FromItem* side : {&left, &right}) {
    for (const Field& field : side->fields) {
      if (std::ranges::find(used, &field) == used.end()) item.fields.push_back(field);
    }
  }
  item.sql = fmt::format("{} {} {} ON {}", left.sql, join_words(join.join), right.sql, condition);
  return item;
}

}  // namespace flowtrail::dialect
