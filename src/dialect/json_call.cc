// The SQL/JSON functions: their clauses become arguments of trino's functions.
#include <fmt/format.h>

#include <utility>

#include "dialect/function_call.h"
#include "dialect/value_call.h"
#include "engine/database.h"
#include "scalar/json_path.h"

namespace flowtrail::dialect {
namespace {

using trino::Type;
using trino::TypeKind;

std::unexpected<CallError> refuse(std::string_view name, std::string message) {
  return std::unexpected(CallError{{std::string{name}, std::move(message)}, {}, true});
}

/// Arguments of a call as it is put together.
struct Arguments {
  std::vector<Type> types;
  std::vector<std::string> texts;

  void add(Type type, std::string text) {
    types.push_back(std::move(type));
    texts.push_back(std::move(text));
  }
  void add_word(std::string_view word) { add(varchar_type(-1), engine::quote_literal(word)); }
};

/// A value as JSON text; nothing: it cannot be.
std::optional<std::string> as_json(const Typed& value, bool is_json) {
  if (is_json) return value_call("json_checked", {varchar_type(-1)}, varchar_type(-1), {value.sql});
  if (is_unknown(value.type)) return "CAST(NULL AS VARCHAR)";
  const auto json = cast_to(value, Type{TypeKind::kJson}, false);
  return json ? std::optional{*json} : std::nullopt;
}

std::expected<CalledFunction, CallError> path_function(std::string_view name, std::vector<CallArgument>& arguments,
                                                       const JsonShape& shape) {
  const Typed& input = arguments[0].value;
  const bool text = is_text(input.type) || input.type.kind() == TypeKind::kJson;
  if (!text) {
    return refuse("TYPE_MISMATCH", fmt::format("Cannot read input of type {} as JSON", input.type.to_string()));
  }
  if (const auto path = scalar::JsonPath::parse(shape.path); !path) {
    return refuse(path.error().name, path.error().message);
  }
  Arguments call;
  call.add(varchar_type(-1), is_unknown(input.type) ? "CAST(NULL AS VARCHAR)" : input.sql);
  call.add_word(shape.path);
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < shape.passing.size(); ++i) {
    const auto json = as_json(shape.passing[i], false);
    if (!json) {
      return refuse("NOT_SUPPORTED",
                    fmt::format("Unsupported type of JSON path parameter: {}", shape.passing[i].type.to_string()));
    }
    names += (i == 0 ? "" : ", ") + engine::quote_literal(shape.passing_names[i]);
    values += (i == 0 ? "" : ", ") + *json;
  }
  call.add(Type::array(varchar_type(-1)), fmt::format("CAST([{}] AS VARCHAR[])", names));
  call.add(Type::array(varchar_type(-1)), fmt::format("CAST([{}] AS VARCHAR[])", values));
  if (name == "json_exists") {
    call.add_word(shape.on_error);
    return CalledFunction{{value_call(name, call.types, boolean_type(), call.texts), boolean_type()}, false};
  }
  const Type result = shape.returning.value_or(varchar_type(-1));
  if (name == "json_query") {
    call.add_word(shape.wrapper);
    call.add_word(shape.omit_quotes ? "OMIT" : "KEEP");
    call.add_word(shape.on_empty);
    call.add_word(shape.on_error);
    return CalledFunction{{value_call(name, call.types, varchar_type(-1), call.texts), result}, false};
  }
  call.add_word(shape.on_empty);
  call.add_word(shape.on_error);
  for (const auto& value : {shape.default_on_empty, shape.default_on_error}) {
    if (!value) {
      call.add(result, fmt::format("CAST(NULL AS {})", result.duckdb()));
      continue;
    }
    if (!coercible(value->type, result)) {
      return refuse("TYPE_MISMATCH",
                    fmt::format("Function json_value default value type must be coercible to {} (actual: {})",
                                result.to_string(), value->type.to_string()));
    }
    call.add(result, coerce(*value, result));
  }
  return CalledFunction{{value_call(name, call.types, result, call.texts), result}, false};
}

}  // namespace

std::expected<CalledFunction, CallError> json_function(std::string_view name, std::vector<CallArgument>& arguments,
                                                       const JsonShape& shape) {
  const bool object = name == "json_object";
  if (!object && name != "json_array") return path_function(name, arguments, shape);
  Arguments call;
  call.add_word(shape.absent_on_null ? "ABSENT" : "NULL");
  if (object) call.add_word(shape.unique_keys ? "UNIQUE" : "");
  const std::size_t step = object ? 2 : 1;
  for (std::size_t i = 0; i < arguments.size(); i += step) {
    if (object) {
      const Typed& key = arguments[i].value;
      if (!is_text(key.type)) {
        return refuse("INVALID_FUNCTION_ARGUMENT",
                      fmt::format("Invalid type of JSON object key: {}", key.type.to_string()));
      }
      call.add(varchar_type(-1), coerce(key, varchar_type(-1)));
    }
    const Typed& value = arguments[i + step - 1].value;
    const bool is_json = i / step < shape.value_is_json.size() && shape.value_is_json[i / step];
    const auto json = as_json(value, is_json);
    if (!json) {
      return refuse("NOT_SUPPORTED", fmt::format("Unsupported type of value passed to {} function: {}",
                                                 object ? "JSON_OBJECT" : "JSON_ARRAY", value.type.to_string()));
    }
    call.add(varchar_type(-1), *json);
  }
  const Type result = shape.returning.value_or(varchar_type(-1));
  return CalledFunction{{value_call(name, call.types, varchar_type(-1), call.texts), result}, false};
}

}  // namespace flowtrail::dialect
