// Trino's types as values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::trino {

enum class TypeKind : std::uint8_t {
  kUnknown,
  kBoolean,
  kTinyint,
  kSmallint,
  kInteger,
  kBigint,
  kReal,
  kDouble,
  kDecimal,
  kVarchar,
  kChar,
  kVarbinary,
  kJson,
  kDate,
  kTime,
  kTimeZoned,
  kTimestamp,
  kTimestampZoned,
  kIntervalDay,
  kIntervalYear,
  kIpAddress,
  kUuid,
  kArray,
  kMap,
  kRow,
};

class Type {
 public:
  Type() = default;
  explicit Type(TypeKind kind, int a = -1, int b = 0) : kind_(kind), a_(a), b_(b) {}
  static Type array(Type element);
  static Type map(Type key, Type value);
  static Type row(std::vector<std::string> names, std::vector<Type> fields);
  static std::optional<Type> parse(std::string_view text);

  [[nodiscard]] TypeKind kind() const { return kind_; }
  [[nodiscard]] int length() const { return a_; }
  [[nodiscard]] int precision() const { return a_; }
  [[nodiscard]] int scale() const { return b_; }
  [[nodiscard]] const std::vector<Type>& children() const { return children_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] std::string duckdb() const;
  friend bool operator==(const Type&, const Type&) = default;

 private:
  TypeKind kind_ = TypeKind::kUnknown;
  int a_ = -1;
  int b_ = 0;
  std::vector<Type> children_;
  std::vector<std::string> names_;
};

std::optional<Type> common_super_type(const Type& a, const Type& b);
bool can_coerce(const Type& from, const Type& to);

}  // namespace flowtrail::trino
