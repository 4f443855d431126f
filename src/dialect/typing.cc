#include "dialect/typing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/database.h"

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
  return type.kind() != TypeKind::kTimestampZoned && type.kind() != TypeKind::kMap && type.kind() != TypeKind::kJson &&
         std::ranges::all_of(type.children(), compares_as_is);
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

std::string coerce(const Typed& value, const Type& type) {
  if (is_unknown(type) || same_representation(value.type, type)) return value.sql;
  if (is_unknown(value.type)) return fmt::format("CAST(NULL AS {})", type.duckdb());
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

/// `text` if it is what Trino reads, else something that DuckDB refuses to read.
std::string only_if(const std::string& text, std::string_view pattern) {
  return fmt::format("CASE WHEN regexp_full_match({0}, '{1}') THEN {0} ELSE '?' || {0} END", text, pattern);
}

std::optional<std::string> read_text(const std::string& text, const Type& type) {
  const auto read = [&](std::string_view pattern) {
    return fmt::format("({} AS {})", only_if(text, pattern), type.duckdb());
  };
  switch (type.kind()) {
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint: return read("[+-]?[0-9]+");
    case TypeKind::kBoolean: return read("(?i)t|true|f|false|1|0");
    case TypeKind::kReal:
    case TypeKind::kDouble:
      return read("[ ]*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?[ ]*|NaN|[+-]?Infinity");
    case TypeKind::kDecimal: return read("[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?");
    case TypeKind::kDate: return read("[ ]*[+-]?[0-9]+-[0-9]{1,2}-[0-9]{1,2}[ ]*");
    case TypeKind::kUuid: return read("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");
    case TypeKind::kTimestamp:
      return read("[ ]*[0-9]{1,6}-[0-9]{1,2}-[0-9]{1,2}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?[ ]*");
    case TypeKind::kTime: return read("[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?");
    default: return std::nullopt;
  }
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

/// The parts of a cast that stand between "CAST" or "TRY_CAST" and the end: "(x AS T)". Nothing: not known.
std::optional<std::string> cast_body(const Typed& value, const Type& type) {
  const TypeKind from = value.type.kind();
  const TypeKind to = type.kind();
  if (from == TypeKind::kVarchar) return read_text(value.sql, type);
  const bool from_number = is_integer(from) || is_floating(from) || from == TypeKind::kDecimal;
  if (from == TypeKind::kDouble && is_integer(to)) return fmt::format("(round({}) AS {})", value.sql, type.duckdb());
  if (from_number && (is_integer(to) || is_floating(to) || (to == TypeKind::kDecimal && !is_floating(from)))) {
    return fmt::format("({} AS {})", value.sql, type.duckdb());
  }
  if (from == TypeKind::kBoolean && (is_integer(to) || is_floating(to))) {
    return fmt::format("({} AS {})", value.sql, type.duckdb());
  }
  if ((is_integer(from) || is_floating(from)) && to == TypeKind::kBoolean) {
    return fmt::format("({} AS BOOLEAN)", value.sql);
  }
  if (from == TypeKind::kTimestamp && (to == TypeKind::kDate || to == TypeKind::kTime)) {
    return fmt::format("({} AS {})", value.sql, type.duckdb());
  }
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

bool is_scalar(const Type& type) {
  return type.children().empty();
}

}  // namespace

TypeResult<std::string> cast_to(const Typed& value, const Type& type, bool is_try) {
  const TypeKind from = value.type.kind();
  const TypeKind to = type.kind();
  const auto refuse_types = [&] {
    return mismatch(fmt::format("Cannot cast {} to {}", value.type.to_string(), type.to_string()));
  };
  const auto not_yet = [&]() -> TypeResult<std::string> {
    return std::unexpected(TypeError{"NOT_SUPPORTED", fmt::format("the cast from {} to {} is not supported yet",
                                                                  value.type.to_string(), type.to_string())});
  };
  if ((to == TypeKind::kTimestamp || to == TypeKind::kTime) && type.precision() > 6) return not_yet();
  if (is_unknown(value.type)) return fmt::format("CAST(NULL AS {})", type.duckdb());
  if (value.type == type) return value.sql;
  if (is_text(value.type) && to == TypeKind::kVarchar && from == TypeKind::kVarchar) {
    const bool cuts = type.length() >= 0 && (value.type.length() < 0 || value.type.length() > type.length());
    return cuts ? fmt::format("left({}, {})", value.sql, type.length()) : value.sql;
  }
  if (from == TypeKind::kTimestamp && to == TypeKind::kTimestamp) return rounded_timestamp(value.sql, type.precision());
  if (from == TypeKind::kDate && to == TypeKind::kTimestamp) return fmt::format("CAST({} AS TIMESTAMP)", value.sql);
  if (is_row(value.type) && is_row(type)) {
    if (field_count(value.type) != field_count(type)) return refuse_types();
    std::string fields;
    for (std::size_t i = 0; i < field_count(type); ++i) {
      auto field = cast_to(field_of(value, i), type.children()[i], is_try);
      if (!field) return field;
      const std::string name = field_name(type, i).empty() ? fmt::format("field{}", i) : field_name(type, i);
      fields += fmt::format("{}{}: {}", i == 0 ? "" : ", ", engine::quote_literal(name), *field);
    }
    return fmt::format("CASE WHEN {} IS NULL THEN NULL ELSE {{{}}} END", value.sql, fields);
  }
  if (is_array(value.type) && is_array(type)) {
    auto element = cast_to({"e", element_type(value.type)}, element_type(type), is_try);
    if (!element) return element;
    if (*element == "e") return value.sql;
    return fmt::format("list_transform({}, lambda e: {})", value.sql, *element);
  }
  if (from == TypeKind::kJson) {
    auto read = from_json(value, type, is_try);
    if (!read) return not_yet();
    return *read;
  }
  if (to == TypeKind::kJson && is_varchar(value.type)) return fmt::format("ath_json_quote({})", value.sql);
  if (to == TypeKind::kJson && (is_integer(from) || from == TypeKind::kBoolean)) {
    return fmt::format("CAST({} AS VARCHAR)", value.sql);
  }
  const bool json_or_ip = from == TypeKind::kJson || to == TypeKind::kJson || from == TypeKind::kIpAddress ||
                          to == TypeKind::kIpAddress || from == TypeKind::kChar || to == TypeKind::kChar;
  if (json_or_ip) return not_yet();
  if (is_scalar(value.type) != is_scalar(type)) return refuse_types();
  if (to == TypeKind::kVarchar) {
    const auto text = as_text(value);
    if (!text || type.length() >= 0) return not_yet();
    return *text;
  }
  const auto body = cast_body(value, type);
  if (!body) {
    const bool both_known = (is_integer(from) || is_floating(from) || from == TypeKind::kBoolean) &&
                            (to == TypeKind::kDate || to == TypeKind::kTimestamp || to == TypeKind::kTime);
    if (both_known) return refuse_types();
    if (coercible(value.type, type)) return coerce(value, type);
    return not_yet();
  }
  const std::string text = (is_try ? "TRY_CAST" : "CAST") + *body;
  return to == TypeKind::kTimestamp ? rounded_timestamp(text, type.precision()) : text;
}

TypeResult<Typed> negate(const Typed& value) {
  const TypeKind kind = value.type.kind();
  if (!is_integer(kind) && !is_floating(kind) && kind != TypeKind::kDecimal && kind != TypeKind::kIntervalDay &&
      kind != TypeKind::kIntervalYear) {
    return mismatch("Cannot negate " + value.type.to_string());
  }
  return Typed{fmt::format("(-{})", value.sql), value.type};
}

TypeResult<Typed> arithmetic_operator(std::string_view symbol, const Typed& left, const Typed& right) {
  const auto refuse = [&] {
    return mismatch(
        fmt::format("Cannot apply operator: {} {} {}", left.type.to_string(), symbol, right.type.to_string()));
  };
  const auto type = common_type(left.type, right.type);
  if (!type) return refuse();
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
    precision = std::min(38, precision);
    const Type result{TypeKind::kDecimal, precision, scale};
    const std::string checked = symbol == "/" || symbol == "%" ? divisor(b) : b;
    return Typed{fmt::format("CAST(({} {} {}) AS {})", a, symbol, checked, result.duckdb()), result};
  }
  return refuse();
}

TypeResult<Typed> concatenate(const Typed& left, const Typed& right) {
  if (is_text(left.type) && is_text(right.type))
    return Typed{fmt::format("({} || {})", left.sql, right.sql), varchar_type(-1)};
  const auto type = common_type(left.type, right.type);
  if (type && is_array(*type))
    return Typed{fmt::format("({} || {})", coerce(left, *type), coerce(right, *type)), *type};
  return std::unexpected(
      TypeError{"FUNCTION_NOT_FOUND", fmt::format("Unexpected parameters ({}, {}) for function concat",
                                                  left.type.to_string(), right.type.to_string())});
}

TypeResult<Typed> comparison_operator(std::string_view symbol, const Typed& left, const Typed& right) {
  const auto type = common_type(left.type, right.type);
  if (!type) {
    return mismatch(
        fmt::format("Cannot apply operator: {} {} {}", left.type.to_string(), symbol, right.type.to_string()));
  }
  std::string a = coerce(left, *type);
  std::string b = coerce(right, *type);
  if (type->kind() == TypeKind::kTimestampZoned) {
    a = fmt::format("struct_extract({}, 't')", a);
    b = fmt::format("struct_extract({}, 't')", b);
  }
  return Typed{fmt::format("({} {} {})", a, symbol, b), boolean_type()};
}

TypeResult<Typed> like_operator(const Typed& value, const Typed& pattern, const std::optional<Typed>& escape) {
  std::string text = fmt::format("({} LIKE {}", coerce(value, varchar_type(-1)), coerce(pattern, varchar_type(-1)));
  if (escape) text += " ESCAPE " + escape->sql;
  return Typed{text + ")", boolean_type()};
}

TypeResult<Typed> subscript_operator(const Typed& base, const Typed& index) {
  if (is_array(base.type) && (is_integer(index.type.kind()) || is_unknown(index.type))) {
    const auto fault = [](std::string_view message) {
      return raise("INVALID_FUNCTION_ARGUMENT", message, bigint_type());
    };
    return Typed{
        fmt::format("{0}[CASE WHEN {1} = 0 THEN {2} WHEN {1} < 0 THEN {3} WHEN {1} > len({0}) THEN {4} ELSE {1} END]",
                    base.sql, coerce(index, bigint_type()), fault("SQL array indices start at 1"),
                    fault("Array subscript is negative"),
                    fault("Array subscript must be less than or equal to array length")),
        element_type(base.type)};
  }
  if (is_map(base.type) && coercible(index.type, key_type(base.type))) {
    return Typed{
        fmt::format("CASE WHEN {0} IS NULL OR {1} IS NULL OR list_contains(map_keys({0}), {1}) THEN {0}[{1}] ELSE "
                    "[{0}[{1}]][{2}] END",
                    base.sql, coerce(index, key_type(base.type)),
                    raise("INVALID_FUNCTION_ARGUMENT", "Key not present in map", bigint_type())),
        value_type(base.type)};
  }
  return mismatch(fmt::format("Cannot use {} for subscript of {}", index.type.to_string(), base.type.to_string()));
}

TypeResult<Typed> at_zone(const Typed& value, const Typed& zone) {
  return mismatch(
      fmt::format("Type of value must be a time or timestamp with or without time zone (actual {}, zone {})",
                  value.type.to_string(), zone.type.to_string()));
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
