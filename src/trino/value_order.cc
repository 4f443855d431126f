#include "trino/value_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "trino/decimal.h"

namespace flowtrail::trino {
namespace {

std::string_view unpadded(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view text_of(const Type& type, const Value& value) {
  return type.kind() == TypeKind::kChar ? unpadded(value.text()) : std::string_view{value.text()};
}

template <typename T>
int sign_of(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int compare_reals(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  return sign_of(a, b);
}

const Type& part_type(const Type& type, std::size_t index) {
  return type.children()[type.kind() == TypeKind::kArray ? 0 : index];
}

std::optional<bool> equal_maps(const Type& type, const Values& a, const Values& b) {
  if (a.size() != b.size()) return false;
  bool open = false;
  for (std::size_t i = 0; i < a.size(); i += 2) {
    std::size_t other = 0;
    while (other < b.size() && !identical(type.children()[0], a[i], b[other])) other += 2;
    if (other >= b.size()) return false;
    const auto same = equal(type.children()[1], a[i + 1], b[other + 1]);
    if (same == false) return false;
    open = open || !same;
  }
  if (open) return std::nullopt;
  return true;
}

}  // namespace

std::optional<bool> equal(const Type& type, const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return std::nullopt;
  switch (type.kind()) {
    case TypeKind::kReal:
    case TypeKind::kDouble: return a.real() == b.real();
    case TypeKind::kMap: return equal_maps(type, a.parts(), b.parts());
    case TypeKind::kArray:
    case TypeKind::kRow: {
      if (a.parts().size() != b.parts().size()) return false;
      bool open = false;
      for (std::size_t i = 0; i < a.parts().size(); ++i) {
        const auto same = equal(part_type(type, i), a.parts()[i], b.parts()[i]);
        if (same == false) return false;
        open = open || !same;
      }
      if (open) return std::nullopt;
      return true;
    }
    default: return compare(type, a, b) == 0;
  }
}

bool identical(const Type& type, const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  return key_of(type, a) == key_of(type, b);
}

std::optional<int> compare(const Type& type, const Value& a, const Value& b) {
  switch (type.kind()) {
    case TypeKind::kUnknown: return std::nullopt;
    case TypeKind::kBoolean: return sign_of(a.boolean(), b.boolean());
    case TypeKind::kReal:
    case TypeKind::kDouble: return compare_reals(a.real(), b.real());
    case TypeKind::kDecimal: return sign_of(a.decimal(), b.decimal());
    case TypeKind::kVarchar:
    case TypeKind::kChar:
    case TypeKind::kJson:
    case TypeKind::kVarbinary:
    case TypeKind::kIpAddress:
    case TypeKind::kUuid: return sign_of(text_of(type, a), text_of(type, b));
    case TypeKind::kTimestampZoned: return sign_of(a.parts()[0].integer(), b.parts()[0].integer());
    case TypeKind::kArray:
    case TypeKind::kRow: {
      const std::size_t shared = std::min(a.parts().size(), b.parts().size());
      for (std::size_t i = 0; i < shared; ++i) {
        if (a.parts()[i].is_null() || b.parts()[i].is_null()) return std::nullopt;
        const auto order = compare(part_type(type, i), a.parts()[i], b.parts()[i]);
        if (order != 0) return order;
      }
      return sign_of(a.parts().size(), b.parts().size());
    }
    case TypeKind::kMap: return sign_of(key_of(type, a), key_of(type, b));
    default: return sign_of(a.integer(), b.integer());
  }
}

bool is_nan(const Value& value) {
  const double* number = std::get_if<double>(&value.content);
  return number != nullptr && std::isnan(*number);
}

std::string key_of(const Type& type, const Value& value) {
  if (value.is_null()) return "~";
  const auto framed = [](std::string_view text) { return fmt::format("{}:{}", text.size(), text); };
  switch (type.kind()) {
    case TypeKind::kUnknown: return "~";
    case TypeKind::kBoolean: return value.boolean() ? "t" : "f";
    case TypeKind::kReal:
    case TypeKind::kDouble: {
      const double number = value.real();
      if (std::isnan(number)) return "n";
      return fmt::format("{:a};", number == 0 ? 0.0 : number);
    }
    case TypeKind::kDecimal: return decimal_text(value.decimal(), 0) + ";";
    case TypeKind::kVarchar:
    case TypeKind::kChar:
    case TypeKind::kJson:
    case TypeKind::kVarbinary:
    case TypeKind::kIpAddress:
    case TypeKind::kUuid: return framed(text_of(type, value));
    case TypeKind::kTimestampZoned: return fmt::format("{};", value.parts()[0].integer());
    case TypeKind::kArray:
    case TypeKind::kRow: {
      std::string key;
      for (std::size_t i = 0; i < value.parts().size(); ++i) key += key_of(part_type(type, i), value.parts()[i]);
      return framed(key);
    }
    case TypeKind::kMap: {
      std::vector<std::string> entries;
      for (std::size_t i = 0; i < value.parts().size(); i += 2) {
        entries.push_back(key_of(type.children()[0], value.parts()[i]) +
                          key_of(type.children()[1], value.parts()[i + 1]));
      }
      std::ranges::sort(entries);
      std::string key;
      for (const std::string& entry : entries) key += entry;
      return framed(key);
    }
    default: return fmt::format("{};", value.integer());
  }
}

}  // namespace flowtrail::trino
