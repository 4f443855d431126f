// The functions that DuckDB's own constructs can answer exactly. A signature is a line of text in Trino's manner; T, K
// and V are type variables, `=` in a result is the type of the first argument. The emission is a template over
// the arguments ({0}, {1}); {+} is where DISTINCT, ORDER BY, FILTER and OVER of an aggregate or window function go.
#include "dialect/function_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <utility>

#include "engine/database.h"

namespace flowtrail::dialect {
namespace {

using trino::Type;
using trino::TypeKind;

enum class FunctionKind : std::uint8_t { kScalar, kAggregate, kWindow };

struct Signature {
  std::string_view name;
  std::string_view parameters;  // separated by ;
  std::string_view result;
  std::string_view emission;
  FunctionKind kind = FunctionKind::kScalar;
};

constexpr FunctionKind kAggregate = FunctionKind::kAggregate;
constexpr FunctionKind kWindow = FunctionKind::kWindow;

constexpr auto kSignatures = std::to_array<Signature>({
    // Text.
    {"upper", "varchar", "=", "upper({0})"},
    {"lower", "varchar", "=", "lower({0})"},
    {"length", "varchar", "bigint", "CAST(length({0}) AS BIGINT)"},
    {"strpos", "varchar;varchar", "bigint", "CAST(strpos({0}, {1}) AS BIGINT)"},
    {"starts_with", "varchar;varchar", "boolean", "starts_with({0}, {1})"},
    {"concat", "varchar;varchar", "varchar", "({0} || {1})"},
    {"concat", "varchar;varchar;varchar", "varchar", "({0} || {1} || {2})"},
    {"concat", "varchar;varchar;varchar;varchar", "varchar", "({0} || {1} || {2} || {3})"},
    {"chr", "bigint", "varchar(1)", "chr(CAST({0} AS INTEGER))"},
    {"codepoint", "varchar", "integer", "ord({0})"},
    {"substr", "varchar;bigint", "=",
     "CASE WHEN {0} IS NULL THEN NULL WHEN {1} = 0 OR {1} < -length({0}) THEN '' ELSE substr({0}, {1}) END"},
    {"substr", "varchar;bigint;bigint", "=",
     "CASE WHEN {0} IS NULL OR {1} IS NULL OR {2} IS NULL THEN NULL WHEN {1} = 0 OR {1} < -length({0}) OR {2} <= 0 "
     "THEN '' ELSE substr({0}, {1}, {2}) END"},
    {"substring", "varchar;bigint", "=",
     "CASE WHEN {0} IS NULL THEN NULL WHEN {1} = 0 OR {1} < -length({0}) THEN '' ELSE substr({0}, {1}) END"},
    {"substring", "varchar;bigint;bigint", "=",
     "CASE WHEN {0} IS NULL OR {1} IS NULL OR {2} IS NULL THEN NULL WHEN {1} = 0 OR {1} < -length({0}) OR {2} <= 0 "
     "THEN '' ELSE substr({0}, {1}, {2}) END"},
    {"typeof", "T", "varchar", "{type}"},
    // JSON; a JSON value is a text in DuckDB, but not coercible to varchar.
    {"json_extract", "json;varchar", "json", "ath_json_extract({0}, {1})"},
    {"json_extract", "varchar;varchar", "json", "ath_json_extract({0}, {1})"},
    {"json_extract_scalar", "json;varchar", "varchar", "ath_json_extract_scalar({0}, {1})"},
    {"json_extract_scalar", "varchar;varchar", "=", "ath_json_extract_scalar({0}, {1})"},
    {"json_size", "json;varchar", "bigint", "ath_json_size({0}, {1})"},
    {"json_size", "varchar;varchar", "bigint", "ath_json_size({0}, {1})"},
    {"json_array_length", "json", "bigint", "ath_json_array_length({0})"},
    {"json_array_length", "varchar", "bigint", "ath_json_array_length({0})"},
    {"json_array_get", "json;bigint", "json", "ath_json_array_get({0}, CAST({1} AS VARCHAR))"},
    {"json_array_get", "varchar;bigint", "json", "ath_json_array_get({0}, CAST({1} AS VARCHAR))"},
    {"json_parse", "varchar", "json", "ath_json_parse({0})"},
    {"json_format", "json", "varchar", "{0}"},
    // Numbers.
    {"abs", "tinyint", "tinyint", "abs({0})"},
    {"abs", "smallint", "smallint", "abs({0})"},
    {"abs", "integer", "integer", "abs({0})"},
    {"abs", "bigint", "bigint", "abs({0})"},
    {"abs", "double", "double", "abs({0})"},
    {"sqrt", "double", "double", "CASE WHEN {0} < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt({0}) END"},
    {"cbrt", "double", "double", "cbrt({0})"},
    {"exp", "double", "double", "exp({0})"},
    {"pi", "", "double", "pi()"},
    {"e", "", "double", "exp(CAST(1 AS DOUBLE))"},
    {"nan", "", "double", "CAST('NaN' AS DOUBLE)"},
    {"infinity", "", "double", "CAST('Infinity' AS DOUBLE)"},
    {"is_nan", "double", "boolean", "isnan({0})"},
    {"is_finite", "double", "boolean", "isfinite({0})"},
    {"is_infinite", "double", "boolean", "isinf({0})"},
    {"floor", "tinyint", "tinyint", "{0}"},
    {"floor", "smallint", "smallint", "{0}"},
    {"floor", "integer", "integer", "{0}"},
    {"floor", "bigint", "bigint", "{0}"},
    {"floor", "double", "double", "floor({0})"},
    {"ceil", "tinyint", "tinyint", "{0}"},
    {"ceil", "smallint", "smallint", "{0}"},
    {"ceil", "integer", "integer", "{0}"},
    {"ceil", "bigint", "bigint", "{0}"},
    {"ceil", "double", "double", "ceil({0})"},
    {"ceiling", "tinyint", "tinyint", "{0}"},
    {"ceiling", "smallint", "smallint", "{0}"},
    {"ceiling", "integer", "integer", "{0}"},
    {"ceiling", "bigint", "bigint", "{0}"},
    {"ceiling", "double", "double", "ceil({0})"},
    {"degrees", "double", "double", "degrees({0})"},
    {"radians", "double", "double", "radians({0})"},
    // Arrays and maps.
    {"cardinality", "array(T)", "bigint", "CAST(len({0}) AS BIGINT)"},
    {"cardinality", "map(K, V)", "bigint", "CAST(cardinality({0}) AS BIGINT)"},
    {"element_at", "map(K, V);varchar", "V", "{0}[{1}]"},
    {"element_at", "array(T);bigint", "T",
     "CASE WHEN {1} = 0 THEN {0}[CAST('FT!INVALID_FUNCTION_ARGUMENT!SQL array indices start at 1!' AS BIGINT)] ELSE "
     "{0}[{1}] "
     "END"},
    {"map", "array(K);array(V)", "map(K, V)", "map({0}, {1})"},
    {"map", "", "map(unknown, unknown)", "map()"},
    {"contains", "array(T);T", "boolean",
     "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN list_contains({0}, {1}) THEN true WHEN len({0}) <> "
     "list_count({0}) THEN NULL ELSE false END"},
    {"transform", "array(T);function(T)", "array(U)", "list_transform({0}, {1})"},
    {"filter", "array(T);function(T)", "array(T)", "list_filter({0}, {1})"},
    {"reverse", "array(T)", "array(T)", "list_reverse({0})"},
    {"map_keys", "map(K, V)", "array(K)", "map_keys({0})"},
    {"map_values", "map(K, V)", "array(V)", "map_values({0})"},
    {"sequence", "bigint;bigint", "array(bigint)",
     "CASE WHEN abs({1} - {0}) >= 10000 THEN [CAST('FT!INVALID_FUNCTION_ARGUMENT!result of sequence function must not "
     "have "
     "more than 10000 entries!' AS BIGINT)] WHEN {1} >= {0} THEN generate_series({0}, {1}) ELSE generate_series({0}, "
     "{1}, -1) END"},
    // Times.
    {"year", "timestamp(6)", "bigint", "CAST(year({0}) AS BIGINT)"},
    {"quarter", "timestamp(6)", "bigint", "CAST(quarter({0}) AS BIGINT)"},
    {"month", "timestamp(6)", "bigint", "CAST(month({0}) AS BIGINT)"},
    {"week", "timestamp(6)", "bigint", "CAST(week({0}) AS BIGINT)"},
    {"day", "timestamp(6)", "bigint", "CAST(day({0}) AS BIGINT)"},
    {"day_of_month", "timestamp(6)", "bigint", "CAST(day({0}) AS BIGINT)"},
    {"day_of_week", "timestamp(6)", "bigint", "CAST(isodow({0}) AS BIGINT)"},
    {"dow", "timestamp(6)", "bigint", "CAST(isodow({0}) AS BIGINT)"},
    {"day_of_year", "timestamp(6)", "bigint", "CAST(dayofyear({0}) AS BIGINT)"},
    {"doy", "timestamp(6)", "bigint", "CAST(dayofyear({0}) AS BIGINT)"},
    {"year_of_week", "timestamp(6)", "bigint", "CAST(isoyear({0}) AS BIGINT)"},
    {"yow", "timestamp(6)", "bigint", "CAST(isoyear({0}) AS BIGINT)"},
    {"hour", "timestamp(6)", "bigint", "CAST(hour({0}) AS BIGINT)"},
    {"minute", "timestamp(6)", "bigint", "CAST(minute({0}) AS BIGINT)"},
    {"second", "timestamp(6)", "bigint", "CAST(second({0}) AS BIGINT)"},
    {"now", "", "timestamp(3) with time zone",
     "{'t': date_trunc('milliseconds', CAST(now() AS TIMESTAMP)), 'z': 'UTC'}"},
    {"date", "timestamp(6)", "date", "CAST({0} AS DATE)"},
    {"to_unixtime", "timestamp(6)", "double", "(CAST(epoch_us({0}) AS DOUBLE) / 1000000)"},
    {"from_unixtime", "double", "timestamp(3) with time zone",
     "CASE WHEN {0} IS NULL THEN NULL ELSE {'t': make_timestamp(CAST(round({0} * 1000) AS BIGINT) * 1000), 'z': 'UTC'} "
     "END"},
    {"from_iso8601_timestamp", "varchar", "timestamp(3) with time zone",
     "CASE WHEN {0} IS NULL THEN NULL ELSE {'t': make_timestamp(ath_iso8601_instant({0})), 'z': ath_iso8601_zone({0})} "
     "END"},
    {"from_iso8601_date", "varchar", "date", "(DATE '1970-01-01' + CAST(ath_iso8601_date({0}) AS INTEGER))"},
    {"date_parse", "varchar;varchar", "timestamp(3)", "make_timestamp(ath_date_parse({0}, {1}))"},
    {"parse_datetime", "varchar;varchar", "timestamp(3) with time zone",
     "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE {'t': make_timestamp(ath_parse_datetime({0}, {1})), 'z': "
     "ath_parse_datetime_zone({0}, {1})} END"},
    {"date_format", "timestamp(6) with time zone;varchar", "varchar",
     "ath_date_format(CAST(epoch_us(({0}).t) AS VARCHAR), ({0}).z, {1})"},
    {"format_datetime", "timestamp(6) with time zone;varchar", "varchar",
     "ath_format_datetime(CAST(epoch_us(({0}).t) AS VARCHAR), ({0}).z, {1})"},
    {"date_diff", "varchar;date;date", "bigint",
     "ath_date_diff_dates({0}, CAST(epoch_us(CAST({1} AS TIMESTAMP)) AS VARCHAR), CAST(epoch_us(CAST({2} AS "
     "TIMESTAMP)) "
     "AS VARCHAR))"},
    {"date_diff", "varchar;timestamp(6);timestamp(6)", "bigint",
     "ath_date_diff({0}, CAST(epoch_us({1}) AS VARCHAR), CAST(epoch_us({2}) AS VARCHAR))"},
    // Regular expressions.
    {"regexp_like", "varchar;varchar", "boolean", "ath_regexp_like({0}, {1})"},
    {"regexp_extract", "varchar;varchar", "=", "ath_regexp_extract({0}, {1}, '0')"},
    {"regexp_extract", "varchar;varchar;bigint", "=", "ath_regexp_extract({0}, {1}, CAST({2} AS VARCHAR))"},
    {"regexp_extract_all", "varchar;varchar", "array(=)", "ath_regexp_extract_all({0}, {1}, '0')"},
    {"regexp_extract_all", "varchar;varchar;bigint", "array(=)",
     "ath_regexp_extract_all({0}, {1}, CAST({2} AS VARCHAR))"},
    {"regexp_replace", "varchar;varchar", "=", "ath_regexp_replace({0}, {1}, '')"},
    {"regexp_replace", "varchar;varchar;varchar", "replaced", "ath_regexp_replace({0}, {1}, {2})"},
    {"regexp_split", "varchar;varchar", "array(=)", "ath_regexp_split({0}, {1})"},
    {"regexp_count", "varchar;varchar", "bigint", "ath_regexp_count({0}, {1})"},
    {"regexp_position", "varchar;varchar", "integer", "CAST(ath_regexp_position({0}, {1}, '1', '1') AS INTEGER)"},
    {"regexp_position", "varchar;varchar;bigint", "integer",
     "CAST(ath_regexp_position({0}, {1}, CAST({2} AS VARCHAR), '1') AS INTEGER)"},
    {"regexp_position", "varchar;varchar;bigint;bigint", "integer",
     "CAST(ath_regexp_position({0}, {1}, CAST({2} AS VARCHAR), CAST({3} AS VARCHAR)) AS INTEGER)"},
    // Aggregates.
    {"count", "*", "bigint", "count(*){+}", kAggregate},
    {"count", "", "bigint", "count(*){+}", kAggregate},
    {"count", "T", "bigint", "count({0}){+}", kAggregate},
    {"count_if", "boolean", "bigint", "coalesce(CAST(sum(CASE WHEN {0} THEN 1 ELSE 0 END){+} AS BIGINT), 0)",
     kAggregate},
    {"sum", "bigint", "bigint", "CAST(sum({0}){+} AS BIGINT)", kAggregate},
    {"sum", "double", "double", "sum({0}){+}", kAggregate},
    {"avg", "double", "double", "avg({0}){+}", kAggregate},
    {"min", "T", "T", "min({0}){+}", kAggregate},
    {"max", "T", "T", "max({0}){+}", kAggregate},
    {"bool_and", "boolean", "boolean", "bool_and({0}){+}", kAggregate},
    {"every", "boolean", "boolean", "bool_and({0}){+}", kAggregate},
    {"bool_or", "boolean", "boolean", "bool_or({0}){+}", kAggregate},
    {"arbitrary", "T", "T", "any_value({0}){+}", kAggregate},
    {"any_value", "T", "T", "any_value({0}){+}", kAggregate},
    {"array_agg", "T", "array(T)", "array_agg({0}){+}", kAggregate},
    {"stddev", "double", "double", "stddev_samp({0}){+}", kAggregate},
    {"stddev_samp", "double", "double", "stddev_samp({0}){+}", kAggregate},
    {"stddev_pop", "double", "double", "stddev_pop({0}){+}", kAggregate},
    {"variance", "double", "double", "var_samp({0}){+}", kAggregate},
    {"var_samp", "double", "double", "var_samp({0}){+}", kAggregate},
    {"var_pop", "double", "double", "var_pop({0}){+}", kAggregate},
    // Windows.
    {"row_number", "", "bigint", "row_number(){+}", kWindow},
    {"rank", "", "bigint", "rank(){+}", kWindow},
    {"dense_rank", "", "bigint", "dense_rank(){+}", kWindow},
    {"percent_rank", "", "double", "percent_rank(){+}", kWindow},
    {"cume_dist", "", "double", "cume_dist(){+}", kWindow},
    {"ntile", "bigint", "bigint", "ntile({0}){+}", kWindow},
    {"first_value", "T", "T", "first_value({0}{nulls}){+}", kWindow},
    {"last_value", "T", "T", "last_value({0}{nulls}){+}", kWindow},
    {"lag", "T", "T", "lag({0}{nulls}){+}", kWindow},
    {"lead", "T", "T", "lead({0}{nulls}){+}", kWindow},
});

std::vector<std::string_view> parameters_of(const Signature& signature) {
  std::vector<std::string_view> parts;
  std::string_view rest = signature.parameters;
  while (!rest.empty()) {
    const std::size_t end = rest.find(';');
    parts.push_back(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return parts;
}

using Bindings = std::map<std::string, Type, std::less<>>;

/// Gives a variable its type, or asks whether `type` fits the one it has.
std::optional<Type> bind_variable(std::string_view variable, const Type& type, Bindings& bindings) {
  const auto [found, fresh] = bindings.emplace(variable, type);
  if (fresh || coercible(type, found->second)) return found->second;
  return std::nullopt;
}

/// What an argument is to be coerced to; nothing if it does not fit the parameter.
std::optional<Type> fit(std::string_view parameter, const Type& argument, Bindings& bindings) {
  if (parameter.size() == 1) return bind_variable(parameter, argument, bindings);
  if (parameter.starts_with("array(") && parameter.size() == 8) {
    if (!is_array(argument)) return std::nullopt;
    const auto element = bind_variable(parameter.substr(6, 1), element_type(argument), bindings);
    return element ? std::optional{Type::array(*element)} : std::nullopt;
  }
  if (parameter == "map(K, V)") {
    if (!is_map(argument)) return std::nullopt;
    bindings["K"] = key_type(argument);
    bindings["V"] = value_type(argument);
    return argument;
  }
  const auto type = parse_type(parameter);
  if (!type) return std::nullopt;
  // Functions of double have overloads of their own for these, which are not here yet.
  const bool own = argument.kind() == TypeKind::kDecimal || argument.kind() == TypeKind::kReal;
  if (own && type->kind() == TypeKind::kDouble) return std::nullopt;
  if (parameter == "varchar" && is_varchar(argument)) return argument;
  if (parameter == "varchar" && is_unknown(argument)) return varchar_type(0);
  return coercible(argument, *type) ? type : std::nullopt;
}

/// What regexp_replace may make of a text of x letters with a replacement of z, as Trino reckons it.
Type replaced_type(const Type& text, const Type& replacement) {
  const std::int64_t x = text.length();
  const std::int64_t z = replacement.length();
  if (x < 0 || z < 0) return varchar_type(-1);
  const std::int64_t length = x + std::max(x * z / 2, z) * (x + 1);
  return varchar_type(length > INT32_MAX ? -1 : static_cast<int>(length));
}

Type result_of(std::string_view result, const std::vector<Type>& arguments, const Bindings& bindings) {
  if (result == "=") return arguments[0];
  if (result == "array(=)") return Type::array(arguments[0]);
  if (result == "replaced") return replaced_type(arguments[0], arguments[2]);
  if (const auto bound = bindings.find(result); bound != bindings.end()) return bound->second;
  if (result.starts_with("array(") && result.size() == 8) {
    if (const auto bound = bindings.find(result.substr(6, 1)); bound != bindings.end())
      return Type::array(bound->second);
  }
  if (result == "map(K, V)") return Type::map(bindings.at("K"), bindings.at("V"));
  return parse_type(result).value_or(unknown_type());
}

/// The lambdas of a call, once the variables they take are known; each one's result is U.
bool type_lambdas(const std::vector<CallArgument>& arguments, Bindings& bindings, std::vector<std::string>& texts) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].lambda) continue;
    const auto body = arguments[i].lambda({bindings.at("T")});
    if (!body) return false;
    bindings["U"] = body->type;
    texts[i] = body->sql;
  }
  return true;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string emit(const Signature& signature, const std::vector<std::string>& arguments, const CallShape& shape,
                 const std::string& type) {
  std::string text{signature.emission};
  std::string suffix;
  if (!shape.filter.empty()) suffix += fmt::format(" FILTER (WHERE {})", shape.filter);
  if (!shape.over.empty()) suffix += " OVER " + shape.over;
  if (shape.distinct || !shape.order_by.empty()) {  // both stand beside the argument
    const std::string order = shape.order_by.empty() ? "" : " ORDER BY " + shape.order_by;
    replace_all(text, "{0})", fmt::format("{}{{0}}{})", shape.distinct ? "DISTINCT " : "", order));
  }
  replace_all(text, "{+}", suffix);
  replace_all(text, "{nulls}", shape.ignore_nulls ? " IGNORE NULLS" : "");
  replace_all(text, "{type}", engine::quote_literal(type));
  // Arguments last, all in one pass: their own texts may hold braces.
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool placeholder =
        text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}' && text[i + 1] >= '0' && text[i + 1] <= '9';
    const std::size_t index = placeholder ? static_cast<std::size_t>(text[i + 1] - '0') : 0;
    if (placeholder && index < arguments.size()) {
      result += arguments[index];
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::unexpected<CallError> refuse(std::string_view name, std::string message) {
  return std::unexpected(CallError{{std::string{name}, std::move(message)}, true});
}

}  // namespace

std::expected<CalledFunction, CallError> call_function(std::string_view name, std::vector<CallArgument>& arguments,
                                                       const CallShape& shape) {
  std::string expected;
  for (const Signature& signature : kSignatures) {
    if (signature.name != name) continue;
    expected += fmt::format("{}{}({})", expected.empty() ? "" : ", ", name, signature.parameters);
    const auto parameters = parameters_of(signature);
    const bool star = signature.parameters == "*";
    if (star != shape.star || (!star && parameters.size() != arguments.size())) continue;
    Bindings bindings;
    std::vector<Type> types;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const bool is_lambda = parameters[i].starts_with("function(");
      if (is_lambda != static_cast<bool>(arguments[i].lambda)) break;
      if (is_lambda) {
        if (arguments[i].parameter_count != 1) break;
        types.emplace_back();
        texts.emplace_back();
        continue;
      }
      const auto type = fit(parameters[i], arguments[i].value.type, bindings);
      if (!type) break;
      types.push_back(*type);
      texts.push_back(coerce(arguments[i].value, *type));
    }
    if (types.size() != arguments.size()) continue;
    if (!type_lambdas(arguments, bindings, texts)) return refuse("GENERIC_INTERNAL_ERROR", "lambda");
    if (signature.kind == kWindow && !shape.windowed) {
      return refuse("MISSING_OVER", fmt::format("Window function system.builtin.{} requires an OVER clause", name));
    }
    if (signature.kind == FunctionKind::kScalar) {
      if (shape.windowed) return refuse("FUNCTION_NOT_WINDOW", fmt::format("Not a window function: {}", name));
      if (shape.distinct || !shape.filter.empty() || !shape.order_by.empty()) {
        return refuse("FUNCTION_NOT_AGGREGATE", fmt::format("{} is not an aggregate function", name));
      }
    }
    std::string type = arguments.empty() ? "" : arguments[0].value.type.to_string();
    // typeof() prints decimals without the blank that the types of a result have.
    for (std::size_t at = type.find("decimal("); at != std::string::npos; at = type.find("decimal(", at + 1)) {
      if (const std::size_t comma = type.find(", ", at); comma != std::string::npos) type.erase(comma + 1, 1);
    }
    return CalledFunction{{emit(signature, texts, shape, type), result_of(signature.result, types, bindings)},
                          signature.kind == kAggregate};
  }
  if (expected.empty()) return refuse("FUNCTION_NOT_FOUND", fmt::format("Function '{}' not registered", name));
  std::string given;
  for (const CallArgument& argument : arguments) {
    given += (given.empty() ? "" : ", ") + (argument.lambda ? "<function>" : argument.value.type.to_string());
  }
  return refuse("FUNCTION_NOT_FOUND",
                fmt::format("Unexpected parameters ({}) for function {}. Expected: {}", given, name, expected));
}

std::expected<CalledFunction, CallError> json_function(std::string_view name, std::vector<CallArgument>& /*arguments*/,
                                                       const JsonShape& /*shape*/) {
  return refuse("NOT_SUPPORTED", fmt::format("{} is not supported yet", name));
}

}  // namespace flowtrail::dialect
