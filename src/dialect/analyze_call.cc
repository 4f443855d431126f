// Calls: the forms that only look like functions, functions proper, aggregates and windows.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/letters.h"
#include "dialect/analyzer.h"
#include "dialect/function_call.h"
#include "dialect/typing.h"
#include "engine/database.h"

namespace flowtrail::dialect {

Typed Analyzer::special_call(Expression& call, const Scope& scope) {
  std::vector<Typed> values;
  std::vector<Expression*> places;
  for (auto& child : call.children) {
    values.push_back(expression(*child, scope));
    places.push_back(child.get());
  }
  if (failed()) return {};
  if (call.text == "try") return {fmt::format("TRY({})", values[0].sql), values[0].type};
  if (call.text == "nullif") {
    const Typed equal = compare(call.position, "=", values[0], values[1]);
    return {fmt::format("CASE WHEN {} THEN NULL ELSE {} END", equal.sql, values[0].sql), values[0].type};
  }
  if (call.text == "coalesce") {
    const Typed type = common(values, places, "COALESCE operands");
    std::string text;
    for (const Typed& value : values) text += (text.empty() ? "" : ", ") + value.sql;
    return {fmt::format("coalesce({})", text), type.type};
  }
  const Typed condition = values[0];
  if (!is_boolean_like(condition.type)) {
    fail(places[0]->position, "TYPE_MISMATCH",
         fmt::format("IF condition must evaluate to a boolean (actual: {})", condition.type.to_string()));
    return {};
  }
  values.erase(values.begin());
  places.erase(places.begin());
  const Typed type = common(values, places, "IF results");
  if (failed()) return {};
  const std::string otherwise = values.size() > 1 ? " ELSE " + values[1].sql : "";
  return {fmt::format("CASE WHEN {} THEN {}{} END", coerce(condition, boolean_type()), values[0].sql, otherwise),
          type.type};
}

std::string Analyzer::sort_keys(std::vector<SortItem>& items, const Scope& scope, std::string_view clause) {
  std::string text;
  for (SortItem& item : items) {
    const Typed key = expression(*item.key, scope);
    if (failed()) return {};
    check_orderable(*item.key, key.type, clause);
    text += (text.empty() ? "" : ", ") + key.sql + sort_suffix(item);
  }
  return text;
}

std::string Analyzer::bound_text(const FrameBound& bound, const Scope& scope) {
  const auto offset = [&](std::string_view direction) {
    const Typed value = expression(*bound.offset, scope);
    return fmt::format("{} {}", value.sql, direction);
  };
  switch (bound.kind) {
    case FrameBoundKind::kUnboundedPreceding: return "UNBOUNDED PRECEDING";
    case FrameBoundKind::kPreceding: return offset("PRECEDING");
    case FrameBoundKind::kCurrentRow: return "CURRENT ROW";
    case FrameBoundKind::kFollowing: return offset("FOLLOWING");
    case FrameBoundKind::kUnboundedFollowing: return "UNBOUNDED FOLLOWING";
  }
  return {};
}

std::string Analyzer::frame_text(const Frame& frame, const Window& window, const Scope& scope) {
  const FrameBoundKind start = frame.start.kind;
  const FrameBoundKind end = frame.end ? frame.end->kind : FrameBoundKind::kCurrentRow;
  const auto refuse = [&](std::string_view message) { fail(window.position, "INVALID_WINDOW_FRAME", message); };
  if (start == FrameBoundKind::kUnboundedFollowing) refuse("Window frame start cannot be UNBOUNDED FOLLOWING");
  if (end == FrameBoundKind::kUnboundedPreceding) refuse("Window frame end cannot be UNBOUNDED PRECEDING");
  if (start == FrameBoundKind::kCurrentRow && end == FrameBoundKind::kPreceding) {
    refuse("Window frame starting from CURRENT ROW cannot end with PRECEDING");
  }
  if (start == FrameBoundKind::kFollowing && end < FrameBoundKind::kFollowing) {
    refuse("Window frame starting from FOLLOWING cannot end with CURRENT ROW or PRECEDING");
  }
  return fmt::format("{} BETWEEN {} AND {}", frame.unit, bound_text(frame.start, scope),
                     frame.end ? bound_text(*frame.end, scope) : "CURRENT ROW");
}

/// The specification in parentheses; the parts of a named window are written out.
std::string Analyzer::window_text(Window& window, const Scope& scope, std::string_view /*function*/) {
  Window* base = nullptr;
  if (!window.base.empty()) {
    for (const NamedWindow* named : named_windows_) {
      if (lower(named->name) == lower(window.base)) base = const_cast<Window*>(&named->window);
    }
    if (base == nullptr) {
      fail(window.position, "INVALID_WINDOW_REFERENCE", fmt::format("Cannot resolve WINDOW name {}", window.base));
      return {};
    }
  }
  std::string partition;
  for (Window* part : {base, &window}) {
    if (part == nullptr) continue;
    for (auto& key : part->partition_by) {
      const Typed value = expression(*key, scope);
      partition += (partition.empty() ? "" : ", ") + value.sql;
    }
  }
  auto& order = base != nullptr && !base->order_by.empty() ? base->order_by : window.order_by;
  const std::string sorting = sort_keys(order, scope, "window function ORDER BY");
  const auto& frame = window.frame ? window.frame : (base != nullptr ? base->frame : window.frame);
  std::string text;
  if (!partition.empty()) text += "PARTITION BY " + partition;
  if (!sorting.empty()) text += (text.empty() ? "" : " ") + std::string{"ORDER BY "} + sorting;
  if (frame) text += (text.empty() ? "" : " ") + frame_text(*frame, window, scope);
  return "(" + text + ")";
}

Typed Analyzer::call(Expression& call, const Scope& scope) {
  const bool special = call.text == "try" || call.text == "nullif" || call.text == "coalesce" || call.text == "if";
  if (special && !call.call->qualified) return special_call(call, scope);
  std::vector<CallArgument> arguments;
  for (auto& child : call.children) {
    CallArgument& argument = arguments.emplace_back();
    if (child->kind != ExpressionKind::kLambda) {
      argument.value = expression(*child, scope);
      if (child->kind == ExpressionKind::kString) argument.literal = child->text;
      continue;
    }
    argument.parameter_count = child->names.size();
    argument.lambda = [this, &scope,
                       lambda = child.get()](const std::vector<Typed>& parameters) -> std::optional<Typed> {
      Scope inner;
      inner.kind = ScopeKind::kLambda;
      inner.parent = &scope;
      for (std::size_t i = 0; i < lambda->names.size() && i < parameters.size(); ++i) {
        Field field;
        field.name = lambda->names[i];
        field.type = parameters[i].type;
        field.sql = parameters[i].sql;
        inner.fields.push_back(std::move(field));
      }
      Typed body = expression(*lambda->children[0], inner);
      if (failed()) return std::nullopt;
      return body;
    };
  }
  if (failed()) return {};
  CallParts& parts = *call.call;
  if (call.text == "listagg") {  // what its own grammar says becomes arguments
    const auto add = [&arguments](std::string_view text) {
      arguments.emplace_back().value = {engine::quote_literal(text), varchar_type(-1)};
    };
    if (arguments.size() == 1) add("");
    add(parts.overflow.empty() ? "ERROR" : parts.overflow);
    add(call.names.empty() ? "..." : call.names[0]);
  }
  CallShape shape;
  shape.star = parts.star;
  // By depth and not by number: equal calls have equal texts, which GROUP BY and ORDER BY go by.
  int depth = 0;
  for (const Scope* level = &scope; level != nullptr; level = level->parent) {
    depth += level->kind == ScopeKind::kLambda ? 1 : 0;
  }
  shape.id = fmt::format("x{}", depth);
  shape.distinct = parts.distinct;
  shape.windowed = parts.over != nullptr;
  shape.ignore_nulls = parts.nulls == NullTreatment::kIgnore;
  if (!parts.order_by.empty()) shape.order_by = sort_keys(parts.order_by, scope, "ORDER BY");
  if (parts.filter) {
    const Typed filter = expression(*parts.filter, scope);
    if (!failed() && !is_boolean_like(filter.type)) {
      fail(parts.filter->position, "TYPE_MISMATCH",
           fmt::format("Filter expression must evaluate to a boolean: actual type {}", filter.type.to_string()));
    }
    shape.filter = coerce(filter, boolean_type());
  }
  if (parts.over) shape.over = window_text(*parts.over, scope, call.text);
  if (failed()) return {};
  if (parts.over && parts.filter) {
    fail(call.position, "NOT_SUPPORTED", "Filter is not supported for window functions");
    return {};
  }
  auto result = call_function(call.text, arguments, shape);
  if (failed()) return {};  // inside of a lambda
  if (!result) {
    if (result.error().placed) {
      fail(call.position, result.error().error.name, result.error().error.message);
      if (error_ && error_->hint.empty()) error_->hint = result.error().hint;
    } else {
      fail_unplaced(result.error().error.name, result.error().error.message);
    }
    return {};
  }
  call.is_aggregate = result->is_aggregate && !parts.over;
  call.is_window = parts.over != nullptr;
  if (call.is_aggregate) {
    for (const auto& child : call.children) {
      if (child->is_aggregate) {
        fail(call.position, "NESTED_AGGREGATION",
             fmt::format("Cannot nest aggregations inside aggregation '{}': [{}]", call.text, text_of(*child)));
        return {};
      }
    }
  }
  return result->value;
}

}  // namespace flowtrail::dialect
