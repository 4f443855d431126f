// Finds the function that takes a call's arguments, and writes the call in DuckDB's SQL.
#include "dialect/function_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/name_match.h"
#include "dialect/function_table.h"
#include "dialect/signature.h"
#include "dialect/value_call.h"
#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

using trino::Type;

std::unexpected<CallError> refuse(std::string_view name, std::string message) {
  return std::unexpected(CallError{{std::string{name}, std::move(message)}, {}, true});
}

bool is_lambda(std::string_view pattern) {
  return pattern.starts_with("function(");
}

/// The parameters for a call with `count` arguments; the last one is repeated if it says so. Nothing: another number.
std::optional<std::vector<std::string_view>> parameters_of(const Signature& signature, std::size_t count) {
  auto parameters = split_list(signature.parameters, ';');
  if (!parameters.empty() && parameters.back().ends_with("...")) {
    parameters.back().remove_suffix(3);
    while (parameters.size() < count) parameters.push_back(parameters.back());
  }
  if (parameters.size() != count) return std::nullopt;
  return parameters;
}

/// A call as it is being written.
struct Emission {
  const Signature& signature;
  const CallShape& shape;
  Bindings bindings;
  std::vector<Type> types;         // of lambdas: of their bodies
  std::vector<std::string> texts;  // coerced; of lambdas: their bodies
  std::vector<bool> lambdas;

  [[nodiscard]] Type type_named(std::string_view text) const { return result_type(text, types, bindings); }

  [[nodiscard]] std::string suffix() const {
    std::string text;
    if (!shape.filter.empty()) text += fmt::format(" FILTER (WHERE {})", shape.filter);
    if (!shape.over.empty()) text += " OVER " + shape.over;
    return text;
  }

  /// With DISTINCT before the first, and ORDER BY behind the last argument of an aggregate.
  [[nodiscard]] std::string argument(std::size_t index) const {
    std::string text = texts[index];
    if (signature.kind != FunctionKind::kAggregate || signature.emission.find("{list}") != std::string_view::npos) {
      return text;
    }
    if (index == 0 && shape.distinct) text = "DISTINCT " + text;
    if (index + 1 == texts.size() && !shape.order_by.empty()) text += " ORDER BY " + shape.order_by;
    return text;
  }

  /// `name`, `name|result` or `name|result|text:type|...`.
  [[nodiscard]] std::string value_call_of(std::string_view text, std::string_view result) const {
    auto parts = split_list(text, '|');
    if (parts.size() > 1) result = parts[1];
    std::vector<Type> call_types;
    std::vector<std::string> call_texts;
    for (std::size_t i = 2; i < parts.size(); ++i) {
      const std::size_t colon = parts[i].rfind(':');
      call_texts.push_back(expanded(parts[i].substr(0, colon)));
      call_types.push_back(type_named(parts[i].substr(colon + 1)));
    }
    if (parts.size() <= 2) {
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (lambdas[i]) continue;
        call_texts.push_back(texts[i]);
        call_types.push_back(types[i]);
      }
    }
    const std::size_t colon = parts[0].find(':');
    if (colon != std::string_view::npos) {  // a word in front
      call_texts.insert(call_texts.begin(), engine::quote_literal(parts[0].substr(colon + 1)));
      call_types.insert(call_types.begin(), varchar_type(-1));
    }
    return value_call(parts[0].substr(0, colon), call_types, type_named(result), call_texts);
  }

  /// All rows' values as a list.
  [[nodiscard]] std::string listed(const std::string& item) const {
    return fmt::format("list({}{}{}){}", shape.distinct ? "DISTINCT " : "", item,
                       shape.order_by.empty() ? "" : " ORDER BY " + shape.order_by, suffix());
  }

  /// A function over the list of all rows.
  [[nodiscard]] std::string list_call_of(std::string_view name) const {
    if (texts.size() == 1) {
      return value_call(name, {Type::array(types[0])}, type_named(signature.result), {listed(texts[0])});
    }
    std::string fields;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      fields += fmt::format("{}'field{}': {}", i == 0 ? "" : ", ", i, texts[i]);
    }
    const Type row = Type::row(std::vector<std::string>(types.size()), types);
    return value_call(name, {Type::array(row)}, type_named(signature.result), {listed("{" + fields + "}")});
  }

  [[nodiscard]] std::string placeholder(std::string_view name) const {
    if (name.starts_with('@')) return value_call_of(name.substr(1), signature.result);
    if (name == "#") return shape.id;
    if (name == "+") return suffix();
    if (name == "nulls") return shape.ignore_nulls ? " IGNORE NULLS" : "";
    if (name == "||") return fmt::format("{}", fmt::join(texts, " || "));
    if (name == "list") return listed(texts[0]);
    if (name == "type") return engine::quote_literal(shown_type(types[0]));
    if (name == "element") {
      if (!compares_as_is(types[1])) return value_call_of("map_element_at", signature.result);
      return fmt::format("{}[{}]", texts[0], texts[1]);
    }
    if (is_variable(name)) return type_named(name).duckdb();
    return argument(static_cast<std::size_t>(name[0] - '0'));
  }

  [[nodiscard]] static bool is_placeholder(std::string_view name) {
    if (name.empty()) return false;
    const bool digit = name.size() == 1 && name[0] >= '0' && name[0] <= '9';
    return digit || is_variable(name) || name[0] == '@' || name == "#" || name == "+" || name == "nulls" ||
           name == "||" || name == "list" || name == "type" || name == "element";
  }

  /// All in one pass: the texts of arguments may hold braces.
  [[nodiscard]] std::string expanded(std::string_view text) const {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '{') {
        std::size_t end = i;
        for (int depth = 0; end < text.size(); ++end) {
          if (text[end] == '{') ++depth;
          if (text[end] == '}' && --depth == 0) break;
        }
        const std::string_view name = text.substr(i + 1, end - i - 1);
        if (end < text.size() && is_placeholder(name)) {
          result += placeholder(name);
          i = end;
          continue;
        }
      }
      result += text[i];
    }
    return result;
  }

  [[nodiscard]] std::string sql() const {
    const std::string_view text = signature.emission;
    if (text.starts_with("@@")) return list_call_of(text.substr(2));
    if (text.starts_with('@')) return value_call_of(text.substr(1), signature.result);
    return expanded(text);
  }

  /// typeof() prints decimals without the blank that the types of a result have.
  [[nodiscard]] static std::string shown_type(const Type& type) {
    std::string text = type.to_string();
    for (std::size_t at = text.find("decimal("); at != std::string::npos; at = text.find("decimal(", at + 1)) {
      if (const std::size_t comma = text.find(", ", at); comma != std::string::npos) text.erase(comma + 1, 1);
    }
    return text;
  }
};

/// The lambdas, once the variables that they take are bound. False: one has another type than the parameter says.
bool bind_lambdas(const std::vector<std::string_view>& parameters, const std::vector<CallArgument>& arguments,
                  Emission& call) {
  const auto shapes = split_list(call.signature.lambda, ';');
  std::size_t next = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!call.lambdas[i]) continue;
    const Pattern pattern = split_pattern(parameters[i]);
    const auto names = split_list(shapes[std::min(next++, shapes.size() - 1)], '|');
    const auto typed = [&] {
      std::vector<Typed> inputs;
      for (std::size_t p = 0; p + 1 < pattern.parts.size(); ++p) {
        inputs.push_back({call.expanded(names[std::min(p, names.size() - 1)]),
                          instantiated(pattern.parts[p], call.bindings, unknown_type())});
      }
      return arguments[i].lambda(inputs);
    };
    auto body = typed();
    if (!body) return false;
    const std::string_view result = pattern.parts.back();
    if (!unify(result, body->type, false, call.bindings)) return false;
    // What the lambda answers may have widened what it takes.
    body = typed();
    if (!body) return false;
    call.types[i] = instantiated(result, call.bindings, body->type);
    if (!coercible(body->type, call.types[i])) return false;
    call.texts[i] = coerce(*body, call.types[i]);
  }
  return true;
}

/// Nothing: the signature does not take these arguments.
std::optional<Emission> bound_call(const Signature& signature, const std::vector<CallArgument>& arguments,
                                   const CallShape& shape, bool exact) {
  const bool star = signature.parameters == "*";
  if (star != shape.star) return std::nullopt;
  const auto parameters =
      star ? std::optional{std::vector<std::string_view>{}} : parameters_of(signature, arguments.size());
  if (!parameters) return std::nullopt;
  Emission call{signature, shape, {}, {}, {}, {}};
  call.types.resize(arguments.size());
  call.texts.resize(arguments.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    call.lambdas.push_back(is_lambda((*parameters)[i]));
    if (call.lambdas[i] != static_cast<bool>(arguments[i].lambda)) return std::nullopt;
    if (call.lambdas[i]) {
      if (split_pattern((*parameters)[i]).parts.size() != arguments[i].parameter_count + 1) return std::nullopt;
      continue;
    }
    if (!unify((*parameters)[i], arguments[i].value.type, exact, call.bindings)) return std::nullopt;
  }
  const bool has_lambda = std::ranges::find(call.lambdas, true) != call.lambdas.end();
  if (has_lambda && !bind_lambdas(*parameters, arguments, call)) return std::nullopt;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (call.lambdas[i]) continue;
    call.types[i] = instantiated((*parameters)[i], call.bindings, arguments[i].value.type);
    if (exact && !is_unknown(arguments[i].value.type) && call.types[i] != arguments[i].value.type &&
        !same_representation(call.types[i], arguments[i].value.type)) {
      return std::nullopt;
    }
    if (!coercible(arguments[i].value.type, call.types[i])) return std::nullopt;
    call.texts[i] = coerce(arguments[i].value, call.types[i]);
  }
  return call;
}

/// Such a call does not stand where it stands; nothing: it does.
std::optional<std::unexpected<CallError>> misplaced(const Signature& signature, const CallShape& shape) {
  if (signature.kind == FunctionKind::kWindow && !shape.windowed) {
    return refuse("MISSING_OVER",
                  fmt::format("Window function system.builtin.{} requires an OVER clause", signature.name));
  }
  if (signature.kind != FunctionKind::kScalar) return std::nullopt;
  if (shape.windowed) return refuse("FUNCTION_NOT_WINDOW", fmt::format("Not a window function: {}", signature.name));
  if (shape.distinct || !shape.filter.empty() || !shape.order_by.empty()) {
    return refuse("FUNCTION_NOT_AGGREGATE", fmt::format("{} is not an aggregate function", signature.name));
  }
  return std::nullopt;
}

/// Types for which there is no overload although their parts would fit; Trino finds out later, by another error.
std::optional<std::unexpected<CallError>> no_operator(const Emission& call) {
  const std::string_view name = call.signature.name;
  if (name == "array_join" && !call.types[0].children().empty()) {
    const Type& element = call.types[0].children()[0];
    if (!element.children().empty()) {
      return refuse("OPERATOR_NOT_FOUND", fmt::format("Cannot cast {} to varchar", element.to_string()));
    }
  }
  if (name == "concat" && call.types.size() == 1) {
    return refuse("INVALID_FUNCTION_ARGUMENT", "There must be two or more concatenation arguments");
  }
  const bool orders = name == "array_sort" || name == "array_max" || name == "array_min" || name == "max" ||
                      name == "min" || name == "greatest" || name == "least" || name == "max_by" || name == "min_by";
  if (!orders) return std::nullopt;
  const Type& ordered = call.types[name.ends_with("_by") ? 1 : 0];
  const Type& type = name.starts_with("array") && is_array(ordered) ? element_type(ordered) : ordered;
  if (is_orderable(type)) return std::nullopt;
  return refuse("FUNCTION_NOT_FOUND",
                fmt::format("Unexpected parameters for function {}: {} cannot be ordered", name, type.to_string()));
}

std::unexpected<CallError> no_such_function(std::string_view name, const std::vector<CallArgument>& arguments) {
  std::string expected;
  for (const Signature& signature : signatures()) {
    if (signature.name != name) continue;
    std::string parameters{signature.parameters};
    std::ranges::replace(parameters, ';', ',');
    expected += fmt::format("{}{}({})", expected.empty() ? "" : ", ", name, parameters);
  }
  if (expected.empty()) {
    std::vector<std::string_view> known;
    for (const Signature& signature : signatures()) known.push_back(signature.name);
    auto error = refuse("FUNCTION_NOT_FOUND", fmt::format("Function '{}' not registered", name));
    const std::string_view nearest = nearest_name(name, known);
    error.error().hint =
        nearest.empty() ? "flowtrail help functions lists them" : fmt::format("did you mean {}?", nearest);
    return error;
  }
  std::string given;
  for (const CallArgument& argument : arguments) {
    given += (given.empty() ? "" : ", ") + (argument.lambda ? "<function>" : argument.value.type.to_string());
  }
  return refuse("FUNCTION_NOT_FOUND",
                fmt::format("Unexpected parameters ({}) for function {}. Expected: {}", given, name, expected));
}

/// All arguments of `a` can become those of `b`.
bool more_specific(const Emission& a, const Emission& b) {
  return std::ranges::equal(a.types, b.types, coercible);
}

/// An untyped NULL may leave several calls: the one whose types fit into those of all others, or any of them if they
/// answer the same type. Nothing: it cannot be told which is meant.
const Emission* chosen_call(const std::vector<Emission>& calls) {
  if (calls.size() == 1) return calls.data();
  for (const Emission& call : calls) {
    if (std::ranges::all_of(calls, [&](const Emission& other) { return more_specific(call, other); })) return &call;
  }
  const auto result = [](const Emission& call) { return call.type_named(call.signature.result); };
  const bool same = std::ranges::all_of(calls, [&](const Emission& call) { return result(call) == result(calls[0]); });
  return same ? calls.data() : nullptr;
}

}  // namespace

std::expected<CalledFunction, CallError> call_function(std::string_view name, std::vector<CallArgument>& arguments,
                                                       const CallShape& shape) {
  const bool untyped = std::ranges::any_of(
      arguments, [](const CallArgument& argument) { return !argument.lambda && is_unknown(argument.value.type); });
  for (const bool exact : {true, false}) {
    std::vector<Emission> calls;
    for (const Signature& signature : signatures()) {
      if (signature.name != name || (!calls.empty() && !untyped)) continue;
      if (auto call = bound_call(signature, arguments, shape, exact)) calls.push_back(*std::move(call));
    }
    if (calls.empty()) continue;
    const Emission* call = chosen_call(calls);
    if (call == nullptr) {
      return refuse("AMBIGUOUS_FUNCTION_CALL",
                    "Could not choose a best candidate operator. Explicit type casts must be added.");
    }
    if (auto error = misplaced(call->signature, shape)) return *error;
    if (auto error = no_operator(*call)) return *error;
    return CalledFunction{{call->sql(), call->type_named(call->signature.result)},
                          call->signature.kind == FunctionKind::kAggregate};
  }
  if (name == "concat" && arguments.empty()) {
    return refuse("AMBIGUOUS_FUNCTION_CALL",
                  "Could not choose a best candidate operator. Explicit type casts must be added.");
  }
  return no_such_function(name, arguments);
}

}  // namespace flowtrail::dialect
