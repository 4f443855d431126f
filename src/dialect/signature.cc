#include "dialect/signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace flowtrail::dialect {
namespace {

using trino::Type;
using trino::TypeKind;

struct Family {
  std::string_view name;
  TypeKind kind;
};
/// Names that stand for all lengths and precisions.
constexpr std::array kFamilies{
    Family{"varchar", TypeKind::kVarchar},     Family{"char", TypeKind::kChar},
    Family{"decimal", TypeKind::kDecimal},     Family{"time", TypeKind::kTime},
    Family{"timestamp", TypeKind::kTimestamp}, Family{"timestamptz", TypeKind::kTimestampZoned},
};

std::optional<TypeKind> family_of(std::string_view name) {
  const auto* found = std::ranges::find(kFamilies, name, &Family::name);
  return found == kFamilies.end() ? std::nullopt : std::optional{found->kind};
}

bool is_integer(const Type& type) {
  return type.kind() >= TypeKind::kTinyint && type.kind() <= TypeKind::kBigint;
}

std::string_view without_mark(std::string_view pattern) {
  if (pattern.ends_with('!')) pattern.remove_suffix(1);
  return pattern;
}

/// What of the family a value of another type becomes; nothing: it does not.
std::optional<Type> into_family(TypeKind family, const Type& type) {
  if (type.kind() == family) return type;
  if (is_unknown(type)) {
    if (family == TypeKind::kVarchar) return varchar_type(0);
    if (family == TypeKind::kDecimal) return Type{family, 1, 0};
    return Type{family, family == TypeKind::kChar ? 1 : 3};
  }
  switch (family) {
    case TypeKind::kVarchar:
      return type.kind() == TypeKind::kChar ? std::optional{varchar_type(type.length())} : std::nullopt;
    case TypeKind::kDecimal: return is_integer(type) ? common_type(type, Type{family, 1, 0}) : std::nullopt;
    case TypeKind::kTimestamp: return type.kind() == TypeKind::kDate ? std::optional{Type{family, 0}} : std::nullopt;
    case TypeKind::kTimestampZoned:
      if (type.kind() == TypeKind::kDate) return Type{family, 0};
      return type.kind() == TypeKind::kTimestamp ? std::optional{Type{family, type.precision()}} : std::nullopt;
    case TypeKind::kChar:
      return type.kind() == TypeKind::kVarchar && type.length() > 0 ? std::optional{Type{family, type.length()}}
                                                                    : std::nullopt;
    default: return std::nullopt;
  }
}

int clamp_precision(std::int64_t precision) {
  return static_cast<int>(std::min<std::int64_t>(38, precision));
}

Type bounded_varchar(std::int64_t length) {
  return varchar_type(length > INT32_MAX ? -1 : static_cast<int>(length));
}

/// What replace may make of a text of x letters with a replacement of z, as Trino reckons it.
Type replaced_type(const Type& text, const Type& replacement) {
  const std::int64_t x = text.length();
  const std::int64_t z = replacement.length();
  if (x < 0 || z < 0) return varchar_type(-1);
  return bounded_varchar(x + z * (x + 1));
}

Type reckoned(std::string_view name, const std::vector<Type>& arguments) {
  const Type& first = arguments[0];
  const int precision = first.precision();
  const int scale = first.scale();
  const auto decimal = [](std::int64_t p, int s) { return Type{TypeKind::kDecimal, clamp_precision(p), s}; };
  if (name == "replaced") return replaced_type(first, arguments[2]);
  if (name == "regexp_replaced") {
    const std::int64_t x = first.length();
    const std::int64_t z = arguments[2].length();
    if (x < 0 || z < 0) return varchar_type(-1);
    return bounded_varchar(x + std::max(x * z / 2, z) * (x + 1));
  }
  if (name == "char_sum") return Type{TypeKind::kChar, first.length() + arguments[1].length()};
  if (name == "text") return varchar_type(first.length());
  if (name == "encoded")
    return first.length() < 0 ? varchar_type(-1) : bounded_varchar(std::int64_t{first.length()} * 12);
  if (name == "whole") return decimal(precision - scale + std::min(scale, 1), 0);
  if (name == "rounded") return decimal(std::max(1, precision - scale + std::min(scale, 1)), 0);
  if (name == "round_digits") return decimal(precision + 1, scale);
  if (name == "truncated") return decimal(std::max(precision - scale, 1), 0);
  if (name == "sum") return decimal(38, scale);
  if (name == "mod") {
    const int shared = std::max(scale, arguments[1].scale());
    return decimal(std::min(precision - scale, arguments[1].precision() - arguments[1].scale()) + shared, shared);
  }
  if (name == "iso") return varchar_type(first.precision() + (first.precision() == 0 ? 22 : 23));
  if (name == "iso_zoned") return varchar_type(first.precision() + (first.precision() == 0 ? 28 : 29));
  if (name == "zoned") return Type{TypeKind::kTimestampZoned, first.precision()};
  if (name == "third") return arguments[2];
  if (name == "second") return arguments[1];
  return unknown_type();
}

}  // namespace

std::vector<std::string_view> split_list(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && (text[i] == '(' || text[i] == '{' || text[i] == '[')) ++depth;
    if (i < text.size() && (text[i] == ')' || text[i] == '}' || text[i] == ']')) --depth;
    if (i < text.size() && (text[i] != separator || depth > 0)) continue;
    std::string_view part = text.substr(begin, i - begin);
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (!part.empty()) parts.push_back(part);
    begin = i + 1;
  }
  return parts;
}

Pattern split_pattern(std::string_view text) {
  text = without_mark(text);
  const std::size_t open = text.find('(');
  const bool nested = open != std::string_view::npos && text.ends_with(')');
  if (!nested) return {text, {}};
  return {text.substr(0, open), split_list(text.substr(open + 1, text.size() - open - 2), ',')};
}

bool is_variable(std::string_view pattern) {
  return pattern.size() == 1 && pattern[0] >= 'A' && pattern[0] <= 'Z';
}

bool unify(std::string_view pattern, const Type& type, bool exact, Bindings& bindings) {
  pattern = without_mark(pattern);
  if (is_variable(pattern)) {
    const auto [found, fresh] = bindings.emplace(pattern, type);
    if (fresh) return true;
    const auto common = common_type(found->second, type);
    if (!common) return false;
    found->second = *common;
    return true;
  }
  const Pattern parsed = split_pattern(pattern);
  const bool nested = parsed.name == "array" || parsed.name == "map" || parsed.name == "row";
  if (nested) {
    if (is_unknown(type)) return true;
    const TypeKind kind =
        parsed.name == "array" ? TypeKind::kArray : (parsed.name == "map" ? TypeKind::kMap : TypeKind::kRow);
    if (type.kind() != kind || type.children().size() != parsed.parts.size()) return false;
    for (std::size_t i = 0; i < parsed.parts.size(); ++i) {
      if (!unify(parsed.parts[i], type.children()[i], exact, bindings)) return false;
    }
    return true;
  }
  if (const auto family = family_of(pattern)) {
    const bool untyped = is_unknown(type) && family != TypeKind::kChar;
    return exact ? type.kind() == *family || untyped : into_family(*family, type).has_value();
  }
  const auto concrete = pattern == "text" ? std::optional{varchar_type(-1)} : parse_type(pattern);
  if (!concrete) return false;
  return exact ? type == *concrete || is_unknown(type) : coercible(type, *concrete);
}

Type instantiated(std::string_view pattern, const Bindings& bindings, const Type& given) {
  pattern = without_mark(pattern);
  if (pattern == "text") return varchar_type(-1);
  if (is_variable(pattern)) {
    const auto bound = bindings.find(pattern);
    return bound == bindings.end() ? unknown_type() : bound->second;
  }
  const Pattern parsed = split_pattern(pattern);
  const auto part = [&](std::size_t i) {
    const std::size_t child = i < given.children().size() ? i : 0;
    return instantiated(parsed.parts[i], bindings, given.children().empty() ? unknown_type() : given.children()[child]);
  };
  if (parsed.name == "array" && parsed.parts.size() == 1) return Type::array(part(0));
  if (parsed.name == "map" && parsed.parts.size() == 2) return Type::map(part(0), part(1));
  if (parsed.name == "row") {
    std::vector<Type> fields;
    std::vector<std::string> names = given.kind() == TypeKind::kRow ? given.names() : std::vector<std::string>{};
    names.resize(parsed.parts.size());
    for (std::size_t i = 0; i < parsed.parts.size(); ++i) fields.push_back(part(i));
    return Type::row(std::move(names), std::move(fields));
  }
  if (const auto family = family_of(pattern)) {
    return into_family(*family, given).value_or(given);
  }
  return parse_type(pattern).value_or(unknown_type());
}

Type result_type(std::string_view result, const std::vector<Type>& arguments, const Bindings& bindings) {
  if (result == "=") return arguments[0];
  if (result == "array(=)") return Type::array(arguments[0]);
  if (result == "array($text)") return Type::array(varchar_type(arguments[0].length()));
  if (result.starts_with('$')) return reckoned(result.substr(1), arguments);
  if (is_variable(result)) return instantiated(result, bindings, unknown_type());
  const Pattern parsed = split_pattern(result);
  const auto part = [&](std::size_t i) { return result_type(parsed.parts[i], arguments, bindings); };
  if (parsed.name == "array" && parsed.parts.size() == 1) return Type::array(part(0));
  if (parsed.name == "map" && parsed.parts.size() == 2) return Type::map(part(0), part(1));
  if (parsed.name == "row") {
    std::vector<Type> fields;
    for (std::size_t i = 0; i < parsed.parts.size(); ++i) fields.push_back(part(i));
    std::vector<std::string> names(fields.size());
    return Type::row(std::move(names), std::move(fields));
  }
  return parse_type(result).value_or(unknown_type());
}

}  // namespace flowtrail::dialect
