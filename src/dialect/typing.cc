#include "dialect/typing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "dialect/value_call.h"
#include "engine/database.h"
#include "trino/value_cast.h"

namespace flowtrail::dialect {
namespace {

using trino::Type;
using trino::TypeKind;

bool is_integer(TypeKind kind) {
  return kind >= TypeKind::kTinyint && kind <= TypeKind::kBigint;
}

bool is_floating(TypeKind kind) {
  return kind == TypeKind::kReal || kind == TypeKind::kDouble;
}

std::unexpected<TypeError> mismatch(std::string message) {
  return std::unexpected(TypeError{"TYPE_MISMATCH", std::move(message)});
}

/// An integer as the decimal that holds all of its type.
Type as_decimal(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kTinyint: return Type{TypeKind::kDecimal, 3, 0};
    case TypeKind::kSmallint: return Type{TypeKind::kDecimal, 5, 0};
    case TypeKind::kInteger: return Type{TypeKind::kDecimal, 10, 0};
    case TypeKind::kBigint: return Type{TypeKind::kDecimal, 19, 0};
    default: return type;
  }
}

}  // namespace

Type unknown_type() {
  return Type{};
}
Type boolean_type() {
  return Type{TypeKind::kBoolean};
}
Type integer_type() {
  return Type{TypeKind::kInteger};
}
Type bigint_type() {
  return Type{TypeKind::kBigint};
}
Type double_type() {
  return Type{TypeKind::kDouble};
}
Type varbinary_type() {
  return Type{TypeKind::kVarbinary};
}
Type varchar_type(int length) {
  return Type{TypeKind::kVarchar, length};
}
std::optional<Type> parse_type(std::string_view text) {
  return Type::parse(text);
}
bool is_unknown(const Type& type) {
  return type.kind() == TypeKind::kUnknown;
}
bool is_boolean_like(const Type& type) {
  return type.kind() == TypeKind::kBoolean || is_unknown(type);
}
bool is_row(const Type& type) {
  return type.kind() == TypeKind::kRow;
}
bool is_array(const Type& type) {
  return type.kind() == TypeKind::kArray;
}
bool is_map(const Type& type) {
  return type.kind() == TypeKind::kMap;
}
bool is_varchar(const Type& type) {
  return type.kind() == TypeKind::kVarchar;
}
bool is_text(const Type& type) {
  return is_varchar(type) || type.kind() == TypeKind::kChar || is_unknown(type);
}
bool is_readable_from_text(const Type& type) {
  return is_integer(type.kind()) || is_floating(type.kind()) || type.kind() == TypeKind::kDecimal ||
         type.kind() == TypeKind::kBoolean || type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTimestamp ||
         type.kind() == TypeKind::kTimestampZoned;
}
bool is_comparable(const Type& type) {
  return std::ranges::all_of(type.children(), is_comparable);
}
bool is_orderable(const Type& type) {
  return type.kind() != TypeKind::kMap && type.kind() != TypeKind::kJson &&
         std::ranges::all_of(type.children(), is_orderable);
}
bool compares_as_is(const Type& type) {
  return type.children().empty() && type.kind() != TypeKind::kTimestampZoned && !is_floating(type.kind());
}
Type element_type(const Type& array) {
  return array.children().at(0);
}
Type key_type(const Type& map) {
  return map.children().at(0);
}
Type value_type(const Type& map) {
  return map.children().at(1);
}
std::size_t field_count(const Type& row) {
  return row.children().size();
}
std::string field_name(const Type& row, std::size_t index) {
  return row.names().at(index);
}

Typed field_of(const Typed& row, std::size_t index) {
  const std::string name = field_name(row.type, index);
  return {fmt::format("struct_extract({}, {})", row.sql,
                      engine::quote_literal(name.empty() ? fmt::format("field{}", index) : name)),
          row.type.children()[index]};
}

bool coercible(const Type& from, const Type& to) {
  return trino::can_coerce(from, to);
}

std::optional<Type> common_type(const Type& a, const Type& b) {
  return trino::common_super_type(a, b);
}

bool same_representation(const Type& a, const Type& b) {
  return a.kind() == b.kind() && !is_unknown(a) && a.duckdb() == b.duckdb() && a.kind() != TypeKind::kChar;
}

namespace {

/// DuckDB's CAST would not make the value that Trino's makes.
bool coerces_by_value(const Type& from, const Type& to) {
  if (to.kind() == TypeKind::kChar || (to.kind() == TypeKind::kDecimal && is_floating(from.kind()))) return from != to;
  if (is_floating(to.kind()) && from.kind() == TypeKind::kDecimal) return true;
  if (from.children().size() != to.children().size()) return false;
  for (std::size_t i = 0; i < from.children().size(); ++i) {
    const TypeKind kind = to.children()[i].kind();
    if (kind == TypeKind::kTimestampZoned && from.children()[i].kind() != kind) return true;
    if (coerces_by_value(from.children()[i], to.children()[i])) return true;
  }
  return false;
}

}  // namespace

std::string coerce(const Typed& value, const Type& type) {
  if (is_unknown(type) || value.type == type || same_representation(value.type, type)) return value.sql;
  if (is_unknown(value.type)) return fmt::format("CAST(NULL AS {})", type.duckdb());
  if (coerces_by_value(value.type, type)) return value_call("cast", {value.type}, type, {value.sql});
  if (type.kind() == TypeKind::kTimestampZoned && value.type.kind() != TypeKind::kTimestampZoned) {
    return fmt::format("CASE WHEN {0} IS NOT NULL THEN {{'t': CAST({0} AS TIMESTAMP), 'z': 'UTC'}} END", value.sql);
  }
  if (is_row(type) && is_row(value.type)) {
    std::string text;
    for (std::size_t i = 0; i < field_count(type); ++i) {
      const std::string name = field_name(type, i).empty() ? fmt::format("field{}", i) : field_name(type, i);
      text += fmt::format("{}{}: {}", i == 0 ? "" : ", ", engine::quote_literal(name),
                          coerce(field_of(value, i), type.children()[i]));
    }
    return fmt::format("CASE WHEN {} IS NULL THEN NULL ELSE {{{}}} END", value.sql, text);
  }
  return fmt::format("CAST({} AS {})", value.sql, type.duckdb());
}

namespace {

/// A text whose reading as `type` fails while running, with Trino's error in it; unlike error() it may stand below TRY.
std::string raise(std::string_view name, std::string_view message, const Type& type) {
  return fmt::format("CAST({} AS {})", engine::quote_literal(fmt::format("FT!{}!{}!", name, message)), type.duckdb());
}

/// To `precision` digits of a second, halves upwards.
std::string rounded_timestamp(const std::string& sql, int precision) {
  if (precision >= 6) return sql;
  std::int64_t unit = 1;
  for (int i = precision; i < 6; ++i) unit *= 10;
  // Down to the unit, before 1970 too, where the remainder is negative.
  const std::string shifted = fmt::format("(epoch_us({}) + {})", sql, unit / 2);
  return fmt::format("make_timestamp(CAST({0} - ({0} % {1} + {1}) % {1} AS BIGINT))", shifted, unit);
}

std::optional<std::string> as_text(const Typed& value) {
  const TypeKind kind = value.type.kind();
  if (is_integer(kind) || kind == TypeKind::kBoolean || kind == TypeKind::kDate || kind == TypeKind::kUuid) {
    return fmt::format("CAST({} AS VARCHAR)", value.sql);
  }
  if (kind == TypeKind::kDecimal) {  // DuckDB leaves out the zero before the point
    return fmt::format(R"(regexp_replace(CAST({} AS VARCHAR), '^(-?)[.]', '\10.'))", value.sql);
  }
  if (kind == TypeKind::kTimestamp && value.type.precision() <= 6) {
    const int precision = value.type.precision();
    return fmt::format("left(strftime({}, '%Y-%m-%d %H:%M:%S.%f'), {})", value.sql,
                       precision == 0 ? 19 : 20 + precision);
  }
  return std::nullopt;
}

/// Casts that DuckDB makes as Trino does. Nothing: another one.
std::optional<std::string> plain_cast(const Typed& value, const Type& type) {
  const TypeKind from = value.type.kind();
  const TypeKind to = type.kind();
  const auto duckdbs = [&] { return fmt::format("CAST({} AS {})", value.sql, type.duckdb()); };
  if (from == TypeKind::kVarchar && to == TypeKind::kVarchar) {
    const bool cuts = type.length() >= 0 && (value.type.length() < 0 || value.type.length() > type.length());
    return cuts ? fmt::format("left({}, {})", value.sql, type.length()) : value.sql;
  }
  if (is_integer(from) && ((is_integer(to) && to >= from) || to == TypeKind::kDouble)) return duckdbs();
  if (from == TypeKind::kTimestamp && to == TypeKind::kTimestamp) return rounded_timestamp(value.sql, type.precision());
  if ((from == TypeKind::kDate && to == TypeKind::kTimestamp) ||
      (from == TypeKind::kTimestamp && to == TypeKind::kDate)) {
    return duckdbs();
  }
  if (to == TypeKind::kVarchar && type.length() < 0) return as_text(value);
  return std::nullopt;
}

/// A JSON value as one of `type`, level by level. Nothing: not known.
std::optional<std::string> from_json(const Typed& value, const Type& type, bool is_try) {
  const auto call = [&](std::string_view function) {
    const std::string text = fmt::format("{}({})", function, value.sql);
    return is_try ? fmt::format("TRY({})", text) : text;
  };
  // Each level of lambdas has a name of its own.
  const std::string name = value.sql.starts_with("json_e") ? value.sql + "e" : "json_e";
  const Typed element{name, value.type};
  const auto each = [&](const std::string& list, const Type& item) -> std::optional<std::string> {
    const auto read = from_json(element, item, is_try);
    if (!read) return std::nullopt;
    return *read == name ? list : fmt::format("list_transform({}, lambda {}: {})", list, name, *read);
  };
  switch (type.kind()) {
    case TypeKind::kJson: return value.sql;
    case TypeKind::kVarchar:
      if (type.length() >= 0) return fmt::format("left({}, {})", call("ath_json_to_varchar"), type.length());
      return call("ath_json_to_varchar");
    case TypeKind::kBoolean: return call("ath_json_to_boolean");
    case TypeKind::kDouble: return call("ath_json_to_double");
    case TypeKind::kTinyint: return fmt::format("CAST({} AS TINYINT)", call("ath_json_to_int8"));
    case TypeKind::kSmallint: return fmt::format("CAST({} AS SMALLINT)", call("ath_json_to_int16"));
    case TypeKind::kInteger: return fmt::format("CAST({} AS INTEGER)", call("ath_json_to_int32"));
    case TypeKind::kBigint: return call("ath_json_to_int64");
    case TypeKind::kArray: return each(call("ath_json_elements"), element_type(type));
    case TypeKind::kMap: {
      if (!is_varchar(key_type(type))) return std::nullopt;
      const auto values = each(call("ath_json_values"), value_type(type));
      if (!values) return std::nullopt;
      return fmt::format("map({}, {})", call("ath_json_keys"), *values);
    }
    case TypeKind::kRow: {
      std::string names;
      std::string fields;
      for (std::size_t i = 0; i < field_count(type); ++i) {
        if (field_name(type, i).empty()) return std::nullopt;
        names += (i == 0 ? "" : "\x1f") + field_name(type, i);
      }
      const std::string list = fmt::format("ath_json_fields({}, {})", value.sql, engine::quote_literal(names));
      const std::string checked = is_try ? fmt::format("TRY({})", list) : list;
      for (std::size_t i = 0; i < field_count(type); ++i) {
        const auto field = from_json({fmt::format("{}[{}]", checked, i + 1), value.type}, type.children()[i], is_try);
        if (!field) return std::nullopt;
        fields += fmt::format("{}{}: {}", i == 0 ? "" : ", ", engine::quote_literal(field_name(type, i)), *field);
      }
      return fmt::format("CASE WHEN {} IS NULL THEN NULL ELSE {{{}}} END", checked, fields);
    }
    default: return std::nullopt;
  }
}

}  // namespace

TypeResult<std::string> cast_to(const Typed& value, const Type& type, bool is_try) {
  const TypeKind from = value.type.kind();
  const TypeKind to = type.kind();
  const bool has_precision = to == TypeKind::kTimestamp || to == TypeKind::kTime || to == TypeKind::kTimestampZoned;
  if (!trino::castable(value.type, type)) {
    return mismatch(fmt::format("Cannot cast {} to {}", value.type.to_string(), type.to_string()));
  }
  if (has_precision && type.precision() > 6) {
    return std::unexpected(TypeError{"NOT_SUPPORTED", fmt::format("{} is finer than microseconds, which is as far as "
                                                                  "times reach here",
                                                                  type.to_string())});
  }
  if (is_unknown(value.type)) return fmt::format("CAST(NULL AS {})", type.duckdb());
  if (value.type == type) return value.sql;
  if (auto plain = plain_cast(value, type)) return *plain;
  if (from == TypeKind::kJson) {
    if (auto read = from_json(value, type, is_try)) return *read;
  }
  if (from == TypeKind::kTime && (to == TypeKind::kTimestamp || to == TypeKind::kTimestampZoned)) {  // of today
    const std::string local =
        rounded_timestamp(fmt::format("(CAST(CAST(now() AS TIMESTAMP) AS DATE) + {})", value.sql), type.precision());
    return coerce({local, Type{TypeKind::kTimestamp, type.precision()}}, type);
  }
  const std::string text = value_call("cast", {value.type}, type, {value.sql});
  return is_try ? fmt::format("TRY({})", text) : text;
}

TypeResult<Typed> negate(const Typed& value) {
  const TypeKind kind = value.type.kind();
  if (!is_integer(kind) && !is_floating(kind) && kind != TypeKind::kDecimal && kind != TypeKind::kIntervalDay &&
      kind != TypeKind::kIntervalYear) {
    return mismatch("Cannot negate " + value.type.to_string());
  }
  return Typed{fmt::format("(-{})", value.sql), value.type};
}

namespace {

std::string_view decimal_function(std::string_view symbol) {
  if (symbol == "+") return "add_decimals";
  if (symbol == "-") return "subtract_decimals";
  if (symbol == "*") return "multiply_decimals";
  return symbol == "/" ? "divide_decimals" : "modulus_decimals";
}

bool is_interval(const Type& type) {
  return type.kind() == TypeKind::kIntervalDay || type.kind() == TypeKind::kIntervalYear;
}

bool is_time(const Type& type) {
  return type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime || type.kind() == TypeKind::kTimestamp ||
         type.kind() == TypeKind::kTimestampZoned;
}

/// What a time and an interval make: intervals of days have milliseconds.
Type moved_type(const Type& time, const Type& interval) {
  if (time.kind() == TypeKind::kDate || interval.kind() == TypeKind::kIntervalYear) return time;
  return Type{time.kind(), std::max(3, time.precision())};
}

/// Times and intervals; nothing: something else.
std::optional<Typed> interval_arithmetic(std::string_view symbol, const Typed& left, const Typed& right) {
  const auto call = [](std::string_view function, const Typed& a, const Typed& b, const Type& result) {
    return Typed{value_call(function, {a.type, b.type}, result, {a.sql, b.sql}), result};
  };
  const bool sum = symbol == "+" || symbol == "-";
  if (sum && is_interval(left.type) && left.type == right.type) {
    return Typed{fmt::format("({} {} {})", left.sql, symbol, right.sql), left.type};
  }
  const auto moves = [](const Type& time, const Type& interval) {
    return is_time(time) && is_interval(interval) &&
           (time.kind() != TypeKind::kTime || interval.kind() == TypeKind::kIntervalDay);
  };
  if (sum && moves(left.type, right.type)) {
    return call(symbol == "+" ? "add_interval" : "subtract_interval", left, right, moved_type(left.type, right.type));
  }
  if (symbol == "+" && moves(right.type, left.type)) {
    return call("add_interval", right, left, moved_type(right.type, left.type));
  }
  if (symbol == "-" && is_time(left.type) && is_time(right.type)) {
    const auto type = common_type(left.type, right.type);
    if (!type) return std::nullopt;
    return call("between_times", {coerce(left, *type), *type}, {coerce(right, *type), *type},
                Type{TypeKind::kIntervalDay});
  }
  const auto number = [](const Typed& value) {
    const Type type = is_integer(value.type.kind()) ? bigint_type() : double_type();
    return Typed{coerce(value, type), type};
  };
  const auto is_number = [](const Type& type) {
    return is_integer(type.kind()) || is_floating(type.kind()) || type.kind() == TypeKind::kDecimal;
  };
  if (symbol == "*" && is_interval(left.type) && is_number(right.type)) {
    return call("scale_interval", left, number(right), left.type);
  }
  if (symbol == "*" && is_number(left.type) && is_interval(right.type)) {
    return call("scale_interval", number(left), right, right.type);
  }
  if (symbol == "/" && is_interval(left.type) && is_number(right.type)) {
    return call("divide_interval", left, {coerce(right, double_type()), double_type()}, left.type);
  }
  return std::nullopt;
}

/// The type that Trino gives to an untyped NULL beside a decimal, time or interval. Nothing: that of the other side.
std::optional<std::pair<Typed, Typed>> with_typed_null(std::string_view symbol, const Typed& left, const Typed& right) {
  const bool null_left = is_unknown(left.type);
  const Type& other = null_left ? right.type : left.type;
  std::optional<Type> type;
  if (other.kind() == TypeKind::kDecimal) type = Type{TypeKind::kDecimal, 1, 0};
  if (is_interval(other) && (symbol == "*" || symbol == "/")) type = double_type();
  if (is_time(other) && symbol == "+" && !null_left) type = Type{TypeKind::kIntervalDay};
  if (!type) return std::nullopt;
  const Typed null{fmt::format("CAST(NULL AS {})", type->duckdb()), *type};
  return null_left ? std::pair{null, right} : std::pair{left, null};
}

}  // namespace

TypeResult<Typed> arithmetic_operator(std::string_view symbol, const Typed& left, const Typed& right) {
  const auto refuse = [&] {
    return mismatch(
        fmt::format("Cannot apply operator: {} {} {}", left.type.to_string(), symbol, right.type.to_string()));
  };
  if (is_unknown(left.type) != is_unknown(right.type)) {
    if (auto typed = with_typed_null(symbol, left, right))
      return arithmetic_operator(symbol, typed->first, typed->second);
  }
  if (auto moved = interval_arithmetic(symbol, left, right)) return *moved;
  const auto type = common_type(left.type, right.type);
  if (!type) return refuse();
  if (is_unknown(*type)) {
    if (symbol == "%") return Typed{"CAST(NULL AS TINYINT)", Type{TypeKind::kTinyint}};
    return std::unexpected(TypeError{"AMBIGUOUS_FUNCTION_CALL",
                                     "Could not choose a best candidate operator. Explicit "
                                     "type casts must be added."});
  }
  const TypeKind kind = type->kind();
  const std::string a = coerce(left, *type);
  const std::string b = coerce(right, *type);
  const auto divisor = [&](const std::string& sql) {
    return fmt::format("CASE WHEN {0} = 0 THEN {1} ELSE {0} END", sql,
                       raise("DIVISION_BY_ZERO", "Division by zero", *type));
  };
  if (is_integer(kind)) {
    if (symbol != "/" && symbol != "%") return Typed{fmt::format("({} {} {})", a, symbol, b), *type};
    return Typed{fmt::format("({} {} {})", a, symbol == "/" ? "//" : symbol, divisor(b)), *type};
  }
  if (is_floating(kind)) return Typed{fmt::format("({} {} {})", a, symbol, b), *type};
  if (kind == TypeKind::kDecimal) {
    const Type l = as_decimal(left.type);
    const Type r = as_decimal(right.type);
    const int scale = symbol == "*" ? l.scale() + r.scale() : std::max(l.scale(), r.scale());
    const int whole = std::max(l.precision() - l.scale(), r.precision() - r.scale());
    int precision = whole + scale + 1;
    if (symbol == "*") precision = l.precision() + r.precision();
    if (symbol == "/") precision = l.precision() + r.scale() + std::max(0, r.scale() - l.scale());
    if (symbol == "%") {
      precision = std::min(l.precision() - l.scale(), r.precision() - r.scale()) + scale;
    }
    const bool fits = precision <= 38 && symbol != "/" && symbol != "%";
    const Type result{TypeKind::kDecimal, std::min(38, precision), scale};
    if (fits) return Typed{fmt::format("CAST(({} {} {}) AS {})", a, symbol, b, result.duckdb()), result};
    return Typed{value_call(decimal_function(symbol), {l, r}, result, {coerce(left, l), coerce(right, r)}), result};
  }
  return refuse();
}

namespace {

std::string_view comparison_function(std::string_view symbol) {
  if (symbol == "=") return "equals";
  if (symbol == "<>") return "differs";
  if (symbol == "<") return "less";
  if (symbol == "<=") return "less_or_equal";
  if (symbol == ">") return "greater";
  return symbol == ">=" ? "greater_or_equal" : "is_distinct";
}

}  // namespace

TypeResult<Typed> comparison_operator(std::string_view symbol, const Typed& left, const Typed& right) {
  const auto type = common_type(left.type, right.type);
  // Trino knows a > b as b < a, and its message shows that operator between the types as written.
  const std::string_view shown = symbol == ">" ? "<" : symbol == ">=" ? "<=" : symbol;
  if (!type) {
    return mismatch(
        fmt::format("Cannot apply operator: {} {} {}", left.type.to_string(), shown, right.type.to_string()));
  }
  const bool equality = symbol == "=" || symbol == "<>";
  const bool distinction = symbol.starts_with("IS");
  if (!equality && !distinction && !is_orderable(*type)) {
    return mismatch(
        fmt::format("Cannot apply operator: {} {} {}", left.type.to_string(), symbol, right.type.to_string()));
  }
  std::string a = coerce(left, *type);
  std::string b = coerce(right, *type);
  if (!type->children().empty()) {
    const std::string text = value_call(comparison_function(symbol), {*type, *type}, boolean_type(), {a, b});
    return Typed{symbol == "IS NOT DISTINCT FROM" ? fmt::format("(NOT {})", text) : text, boolean_type()};
  }
  if (type->kind() == TypeKind::kTimestampZoned) {
    a = fmt::format("struct_extract({}, 't')", a);
    b = fmt::format("struct_extract({}, 't')", b);
  }
  const std::string text = fmt::format("({} {} {})", a, symbol, b);
  if (is_floating(type->kind()) && !distinction) {  // NaN is above all in DuckDB; in Trino it does not compare
    return Typed{
        fmt::format("CASE WHEN isnan({0}) OR isnan({1}) THEN CASE WHEN {2} IS NOT NULL THEN {3} END ELSE {2} END", a, b,
                    text, symbol == "<>" ? "true" : "false"),
        boolean_type()};
  }
  return Typed{text, boolean_type()};
}

TypeResult<Typed> like_operator(const Typed& value, const Typed& pattern, const std::optional<Typed>& escape) {
  const Type text = varchar_type(-1);
  const std::string a = coerce(value, text);
  const std::string b = coerce(pattern, text);
  if (!escape) return Typed{fmt::format("({} LIKE {})", a, b), boolean_type()};
  return Typed{value_call("like", {text, text, text}, boolean_type(), {a, b, coerce(*escape, text)}), boolean_type()};
}

TypeResult<Typed> subscript_operator(const Typed& base, const Typed& index) {
  if (is_array(base.type) && (is_integer(index.type.kind()) || is_unknown(index.type))) {
    const std::string place = coerce(index, bigint_type());
    const std::string fault = value_call("array_subscript_fault", {bigint_type(), bigint_type()}, bigint_type(),
                                         {place, fmt::format("CAST(len({}) AS BIGINT)", base.sql)});
    return Typed{fmt::format("{0}[CASE WHEN {1} BETWEEN 1 AND len({0}) THEN {1} ELSE {2} END]", base.sql, place, fault),
                 element_type(base.type)};
  }
  if (is_map(base.type) && coercible(index.type, key_type(base.type))) {
    const Type key = key_type(base.type);
    const std::string sought = coerce(index, key);
    const std::string called = value_call("map_subscript", {base.type, key}, value_type(base.type), {base.sql, sought});
    if (!compares_as_is(key)) return Typed{called, value_type(base.type)};
    return Typed{
        fmt::format(
            "CASE WHEN {0} IS NULL OR {1} IS NULL OR list_contains(map_keys({0}), {1}) THEN {0}[{1}] ELSE {2} END",
            base.sql, sought, called),
        value_type(base.type)};
  }
  return mismatch(fmt::format("Cannot use {} for subscript of {}", index.type.to_string(), base.type.to_string()));
}

TypeResult<Typed> at_zone(const Typed& value, const Typed& zone) {
  const TypeKind kind = value.type.kind();
  if (kind != TypeKind::kTimestamp && kind != TypeKind::kTimestampZoned) {
    return mismatch(
        fmt::format("Type of value must be a time or timestamp with or without time zone (actual {}, zone {})",
                    value.type.to_string(), zone.type.to_string()));
  }
  if (!is_text(zone.type)) {
    return mismatch(fmt::format("Type of time zone must be varchar (actual {})", zone.type.to_string()));
  }
  const Type result{TypeKind::kTimestampZoned, value.type.precision()};
  return Typed{
      value_call("at_timezone", {value.type, varchar_type(-1)}, result, {value.sql, coerce(zone, varchar_type(-1))}),
      result};
}

Typed json_literal(const Typed& text) {
  return {fmt::format("ath_json_parse({})", text.sql), Type{TypeKind::kJson}};
}

Typed make_row(const std::vector<Typed>& fields) {
  std::vector<std::string> names(fields.size());
  std::vector<Type> types;
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    types.push_back(fields[i].type);
    text += fmt::format("{}'field{}': {}", i == 0 ? "" : ", ", i, fields[i].sql);
  }
  return {fmt::format("{{{}}}", text), Type::row(std::move(names), std::move(types))};
}

Typed make_array(const std::vector<Typed>& elements, const Type& element) {
  std::string text;
  for (const Typed& value : elements) text += (text.empty() ? "" : ", ") + value.sql;
  const Type type = Type::array(element);
  if (elements.empty()) return {fmt::format("CAST([] AS {})", type.duckdb()), type};
  return {fmt::format("[{}]", text), type};
}

}  // namespace flowtrail::dialect
