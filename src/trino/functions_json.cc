// SQL/JSON: values reached by a path, and objects and arrays that are made. A call carries its clauses as texts, and
// what PASSING names as two arrays: names, and JSON. Source: ISO/IEC 9075-2; trino.io, "JSON functions and operators".
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

#include "scalar/json_path.h"
#include "scalar/json_text.h"
#include "trino/function.h"
#include "trino/value_cast.h"

namespace flowtrail::trino {
namespace {

using scalar::JsonItem;
using scalar::JsonOutcome;
using scalar::JsonResult;
using scalar::ScalarError;
using Items = std::optional<std::vector<JsonItem>>;

/// The path of the row before is kept, since it is nearly always the same.
const scalar::Answer<scalar::JsonPath>& kept_path(const std::string& text) {
  thread_local std::string kept_text;
  thread_local std::optional<scalar::Answer<scalar::JsonPath>> kept;
  if (!kept || kept_text != text) {
    kept.emplace(scalar::JsonPath::parse(text));
    kept_text = text;
  }
  return *kept;
}

/// input, path, names, values: what the path leads to; nothing for input that is no JSON.
scalar::Answer<Items> items_of(const Call& call) {
  const auto& path = kept_path(call.text(1));
  if (!path) return std::unexpected(path.error());
  const auto context = scalar::read_json_item(call.text(0));
  if (!context) return Items{};
  std::map<std::string, JsonItem, std::less<>> variables;
  for (std::size_t i = 0; i < call.parts(2).size(); ++i) {
    const Value& json = call.parts(3)[i];
    auto item = scalar::read_json_item(json.is_null() ? "null" : std::string_view{json.text()});
    if (!item) return Items{};
    variables.emplace(call.parts(2)[i].text(), *std::move(item));
  }
  return path->evaluate(*context, variables);
}

/// input, path, names, values, ON ERROR.
Answer json_exists(const Call& call) {
  if (call[0].is_null()) return Value{};
  const auto items = items_of(call);
  if (!items) return std::unexpected(items.error());
  if (*items) return Value{!(*items)->empty()};
  const std::string& behaviour = call.text(4);
  if (behaviour == "TRUE") return Value{true};
  if (behaviour == "UNKNOWN") return Value{};
  if (behaviour == "ERROR") {
    return std::unexpected(ScalarError{"PATH_EVALUATION_ERROR", "path evaluation failed"});
  }
  return Value{false};
}

/// input, path, names, values, ON EMPTY, ON ERROR [, both defaults].
Answer json_value(const Call& call) {
  if (call[0].is_null()) return Value{};
  const auto items = items_of(call);
  if (!items) return std::unexpected(items.error());
  const JsonResult found = scalar::json_value_of(*items);
  const auto behave = [&](std::size_t clause, std::string_view why) -> Answer {
    if (call.text(clause) == "ERROR") {
      return std::unexpected(
          ScalarError{"JSON_VALUE_RESULT_ERROR", fmt::format("cannot extract SQL scalar from JSON: {}", why)});
    }
    if (call.text(clause) == "DEFAULT") return call[clause + 2];
    return Value{};
  };
  switch (found.outcome) {
    case JsonOutcome::kNull: return Value{};
    case JsonOutcome::kEmpty: return behave(4, "JSON path found no items");
    case JsonOutcome::kError: return behave(5, "JSON path found an item that is not a scalar, or several items");
    case JsonOutcome::kValue: break;
  }
  auto value = cast_value(Value{found.value}, Type{TypeKind::kVarchar}, call.result);
  if (!value) return behave(5, value.error().message);
  return value;
}

/// input, path, names, values, wrapper, quotes, ON EMPTY, ON ERROR.
Answer json_query(const Call& call) {
  if (call[0].is_null()) return Value{};
  const auto items = items_of(call);
  if (!items) return std::unexpected(items.error());
  auto wrapper = scalar::ArrayWrapper::kWithout;
  if (call.text(4) == "CONDITIONAL") wrapper = scalar::ArrayWrapper::kConditional;
  if (call.text(4) == "UNCONDITIONAL") wrapper = scalar::ArrayWrapper::kUnconditional;
  const JsonResult found = scalar::json_query_of(*items, wrapper, call.text(5) == "OMIT");
  const auto behave = [&](std::size_t clause, std::string_view why) -> Answer {
    const std::string& behaviour = call.text(clause);
    if (behaviour == "ERROR") {
      return std::unexpected(
          ScalarError{"JSON_OUTPUT_CONVERSION_ERROR", fmt::format("conversion from JSON failed: {}", why)});
    }
    if (behaviour == "EMPTY ARRAY") return Value{std::string{"[]"}};
    if (behaviour == "EMPTY OBJECT") return Value{std::string{"{}"}};
    return Value{};
  };
  switch (found.outcome) {
    case JsonOutcome::kNull: return Value{std::string{"null"}};
    case JsonOutcome::kEmpty: return behave(6, "JSON path found no items");
    case JsonOutcome::kError: return behave(7, "JSON path found several items");
    case JsonOutcome::kValue: break;
  }
  return Value{found.value};
}

/// NULL handling and unique keys as words, then key, value, key, value ...; values are JSON already.
Answer json_object(const Call& call) {
  std::string text = "{";
  std::map<std::string, bool> seen;
  for (std::size_t i = 2; i < call.arguments.size(); i += 2) {
    if (call[i].is_null()) {
      return std::unexpected(ScalarError{"JSON_INPUT_CONVERSION_ERROR", "null value passed for JSON object key"});
    }
    if (call[i + 1].is_null() && call.text(0) == "ABSENT") continue;
    if (!seen.emplace(call.text(i), true).second && call.text(1) == "UNIQUE") {
      return std::unexpected(
          ScalarError{"JSON_INPUT_CONVERSION_ERROR", "duplicate key passed to JSON_OBJECT function"});
    }
    text += (text.size() > 1 ? "," : "") + scalar::quoted(call.text(i)) + ":" +
            (call[i + 1].is_null() ? std::string{"null"} : call.text(i + 1));
  }
  return Value{text + "}"};
}

/// NULL handling as a word, then the values as JSON.
Answer json_array(const Call& call) {
  std::string text = "[";
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    if (call[i].is_null() && call.text(0) == "ABSENT") continue;
    text += (text.size() > 1 ? "," : "") + (call[i].is_null() ? std::string{"null"} : call.text(i));
  }
  return Value{text + "]"};
}

/// The text of FORMAT JSON, checked.
Answer json_checked(const Call& call) {
  const auto item = scalar::read_json_item(call.text(0));
  if (!item) {
    return std::unexpected(ScalarError{"JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed"});
  }
  return Value{item->to_json()};
}

constexpr auto kFunctions = std::to_array<Function>({
    {"json_exists", json_exists, true},
    {"json_value", json_value, true},
    {"json_query", json_query, true},
    {"json_object", json_object, true},
    {"json_array", json_array, true},
    {"json_checked", json_checked},
});

}  // namespace

std::span<const Function> json_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
