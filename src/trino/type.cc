#include "trino/type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace flowtrail::trino {
namespace {

struct Name {
  std::string_view text;
  TypeKind kind;
  std::string_view duckdb;
};
constexpr std::array kNames{
    Name{"unknown", TypeKind::kUnknown, "INTEGER"},
    Name{"boolean", TypeKind::kBoolean, "BOOLEAN"},
    Name{"tinyint", TypeKind::kTinyint, "TINYINT"},
    Name{"smallint", TypeKind::kSmallint, "SMALLINT"},
    Name{"integer", TypeKind::kInteger, "INTEGER"},
    Name{"int", TypeKind::kInteger, "INTEGER"},
    Name{"bigint", TypeKind::kBigint, "BIGINT"},
    Name{"real", TypeKind::kReal, "FLOAT"},
    Name{"double", TypeKind::kDouble, "DOUBLE"},
    Name{"decimal", TypeKind::kDecimal, ""},
    Name{"varchar", TypeKind::kVarchar, "VARCHAR"},
    Name{"char", TypeKind::kChar, "VARCHAR"},
    Name{"varbinary", TypeKind::kVarbinary, "BLOB"},
    Name{"json", TypeKind::kJson, "VARCHAR"},
    Name{"date", TypeKind::kDate, "DATE"},
    Name{"time", TypeKind::kTime, "TIME"},
    Name{"timestamp", TypeKind::kTimestamp, "TIMESTAMP"},
    Name{"interval day to second", TypeKind::kIntervalDay, "BIGINT"},
    Name{"interval year to month", TypeKind::kIntervalYear, "INTEGER"},
    Name{"ipaddress", TypeKind::kIpAddress, "BLOB"},
    Name{"uuid", TypeKind::kUuid, "UUID"},
};

/// Splits at top-level commas.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] == ',' && depth == 0) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  parts.push_back(text.substr(begin));
  for (auto& part : parts) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
  }
  return parts;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Type> parse_field(std::string_view text, std::string& name) {
  name.clear();
  if (text.starts_with('"')) {
    const std::size_t close = text.find('"', 1);
    if (close == std::string_view::npos) return std::nullopt;
    name = std::string{text.substr(1, close - 1)};
    return Type::parse(text.substr(std::min(close + 2, text.size())));
  }
  if (auto type = Type::parse(text)) return type;
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  name = std::string{text.substr(0, space)};
  return Type::parse(text.substr(space + 1));
}

}  // namespace

Type Type::array(Type element) {
  Type type{TypeKind::kArray};
  type.children_ = {std::move(element)};
  return type;
}
Type Type::map(Type key, Type value) {
  Type type{TypeKind::kMap};
  type.children_ = {std::move(key), std::move(value)};
  return type;
}
Type Type::row(std::vector<std::string> names, std::vector<Type> fields) {
  Type type{TypeKind::kRow};
  type.children_ = std::move(fields);
  type.names_ = std::move(names);
  return type;
}

std::optional<Type> Type::parse(std::string_view text) {
  constexpr std::string_view kZoned = " with time zone";
  const bool zoned = text.ends_with(kZoned);
  if (zoned) text.remove_suffix(kZoned.size());
  const std::size_t open = text.find('(');
  const std::string_view base = text.substr(0, open);
  std::vector<std::string_view> arguments;
  if (open != std::string_view::npos) {
    if (!text.ends_with(')')) return std::nullopt;
    arguments = split(text.substr(open + 1, text.size() - open - 2));
  }
  if (base == "array") {
    auto element = arguments.size() == 1 ? parse(arguments[0]) : std::nullopt;
    if (!element) return std::nullopt;
    return array(*element);
  }
  if (base == "map") {
    if (arguments.size() != 2) return std::nullopt;
    auto key = parse(arguments[0]);
    auto value = parse(arguments[1]);
    if (!key || !value) return std::nullopt;
    return map(*key, *value);
  }
  if (base == "row") {
    if (arguments.empty()) return std::nullopt;
    std::vector<std::string> names;
    std::vector<Type> fields;
    for (const auto argument : arguments) {
      auto field = parse_field(argument, names.emplace_back());
      if (!field) return std::nullopt;
      fields.push_back(*field);
    }
    return row(std::move(names), std::move(fields));
  }
  const auto* found = std::ranges::find(kNames, base, &Name::text);
  if (found == kNames.end()) return std::nullopt;
  Type type{found->kind};
  if (zoned) {
    if (type.kind_ == TypeKind::kTime)
      type.kind_ = TypeKind::kTimeZoned;
    else if (type.kind_ == TypeKind::kTimestamp)
      type.kind_ = TypeKind::kTimestampZoned;
    else
      return std::nullopt;
  }
  if (!arguments.empty()) {
    const auto a = number(arguments[0]);
    if (!a) return std::nullopt;
    type.a_ = *a;
    if (arguments.size() == 2) type.b_ = number(arguments[1]).value_or(0);
  }
  switch (type.kind_) {
    case TypeKind::kTime:
    case TypeKind::kTimeZoned:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampZoned:
      if (type.a_ < 0) type.a_ = 3;
      break;
    case TypeKind::kDecimal:
      if (type.a_ < 0) type.a_ = 38;
      if (type.a_ > 38 || type.b_ > type.a_ || type.a_ == 0) return std::nullopt;
      break;
    case TypeKind::kChar:
      if (type.a_ < 0) type.a_ = 1;
      break;
    default: break;
  }
  return type;
}

std::string Type::to_string() const {
  switch (kind_) {
    case TypeKind::kDecimal: return fmt::format("decimal({}, {})", a_, b_);
    case TypeKind::kVarchar: return a_ < 0 ? "varchar" : fmt::format("varchar({})", a_);
    case TypeKind::kChar: return fmt::format("char({})", a_);
    case TypeKind::kTime: return fmt::format("time({})", a_);
    case TypeKind::kTimeZoned: return fmt::format("time({}) with time zone", a_);
    case TypeKind::kTimestamp: return fmt::format("timestamp({})", a_);
    case TypeKind::kTimestampZoned: return fmt::format("timestamp({}) with time zone", a_);
    case TypeKind::kArray: return fmt::format("array({})", children_[0].to_string());
    case TypeKind::kMap: return fmt::format("map({}, {})", children_[0].to_string(), children_[1].to_string());
    case TypeKind::kRow: {
      std::string text = "row(";
      for (std::size_t i = 0; i < children_.size(); ++i) {
        if (i > 0) text += ", ";
        if (!names_[i].empty()) text += names_[i] + " ";
        text += children_[i].to_string();
      }
      return text + ")";
    }
    default: {
      const auto* found = std::ranges::find(kNames, kind_, &Name::kind);
      return std::string{found->text};
    }
  }
}

std::string Type::duckdb() const {
  switch (kind_) {
    case TypeKind::kDecimal: return fmt::format("DECIMAL({}, {})", a_, b_);
    case TypeKind::kTimeZoned: return "TIMETZ";
    case TypeKind::kTimestampZoned: return "STRUCT(t TIMESTAMP, z VARCHAR)";
    case TypeKind::kArray: return children_[0].duckdb() + "[]";
    case TypeKind::kMap: return fmt::format("MAP({}, {})", children_[0].duckdb(), children_[1].duckdb());
    case TypeKind::kRow: {
      std::string text = "STRUCT(";
      for (std::size_t i = 0; i < children_.size(); ++i) {
        const std::string name = names_[i].empty() ? fmt::format("field{}", i) : names_[i];
        text += fmt::format("{}\"{}\" {}", i > 0 ? ", " : "", name, children_[i].duckdb());
      }
      return text + ")";
    }
    default: {
      const auto* found = std::ranges::find(kNames, kind_, &Name::kind);
      return std::string{found->duckdb};
    }
  }
}

namespace {
int integer_digits(TypeKind kind) {
  switch (kind) {
    case TypeKind::kTinyint: return 3;
    case TypeKind::kSmallint: return 5;
    case TypeKind::kInteger: return 10;
    case TypeKind::kBigint: return 19;
    default: return 0;
  }
}
}  // namespace

std::optional<Type> common_super_type(const Type& a, const Type& b) {
  if (a == b) return a;
  if (a.kind() == TypeKind::kUnknown) return b;
  if (b.kind() == TypeKind::kUnknown) return a;
  if (a.kind() > b.kind()) return common_super_type(b, a);
  const int da = integer_digits(a.kind());
  if (da > 0) {
    if (integer_digits(b.kind()) > 0 || b.kind() == TypeKind::kReal || b.kind() == TypeKind::kDouble) return b;
    if (b.kind() != TypeKind::kDecimal) return std::nullopt;
    const int scale = b.scale();
    return Type{TypeKind::kDecimal, std::min(38, std::max(da, b.precision() - scale) + scale), scale};
  }
  if (a.kind() != b.kind()) {
    if (a.kind() == TypeKind::kReal && b.kind() == TypeKind::kDouble) return b;
    if ((a.kind() == TypeKind::kReal || a.kind() == TypeKind::kDouble) && b.kind() == TypeKind::kDecimal) return a;
    if (a.kind() == TypeKind::kVarchar && b.kind() == TypeKind::kChar) {
      return a.length() < 0 ? a : Type{TypeKind::kChar, std::max(a.length(), b.length())};
    }
    if (a.kind() == TypeKind::kDate && b.kind() == TypeKind::kTimestamp) return b;
    if (a.kind() == TypeKind::kDate && b.kind() == TypeKind::kTimestampZoned) return b;
    if (a.kind() == TypeKind::kTimestamp && b.kind() == TypeKind::kTimestampZoned) {
      return Type{b.kind(), std::max(a.precision(), b.precision())};
    }
    return std::nullopt;
  }
  switch (a.kind()) {
    case TypeKind::kVarchar:
      return a.length() < 0 || b.length() < 0 ? Type{a.kind()} : Type{a.kind(), std::max(a.length(), b.length())};
    case TypeKind::kChar:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampZoned: return Type{a.kind(), std::max(a.length(), b.length())};
    case TypeKind::kDecimal: {
      const int scale = std::max(a.scale(), b.scale());
      const int whole = std::max(a.precision() - a.scale(), b.precision() - b.scale());
      return Type{a.kind(), std::min(38, whole + scale), scale};
    }
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kRow: {
      if (a.children().size() != b.children().size()) return std::nullopt;
      std::vector<Type> children;
      std::vector<std::string> names;
      for (std::size_t i = 0; i < a.children().size(); ++i) {
        auto child = common_super_type(a.children()[i], b.children()[i]);
        if (!child) return std::nullopt;
        children.push_back(*child);
        if (a.kind() == TypeKind::kRow) names.push_back(a.names()[i] == b.names()[i] ? a.names()[i] : "");
      }
      if (a.kind() == TypeKind::kArray) return Type::array(children[0]);
      if (a.kind() == TypeKind::kMap) return Type::map(children[0], children[1]);
      return Type::row(std::move(names), std::move(children));
    }
    default: return std::nullopt;
  }
}

bool can_coerce(const Type& from, const Type& to) {
  if (from == to || from.kind() == TypeKind::kUnknown) return true;
  const auto common = common_super_type(from, to);
  return common && (*common == to || (to.kind() == TypeKind::kRow && common->kind() == TypeKind::kRow));
}

}  // namespace flowtrail::trino
