// How Trino compares values: SQL's equality, which may be unknown; being the same, for DISTINCT and keys; and order.
#pragma once

#include <optional>
#include <string>

#include "trino/type.h"
#include "trino/value.h"

namespace flowtrail::trino {

/// `a = b`; nothing where NULLs leave it open. NaN equals nothing.
[[nodiscard]] std::optional<bool> equal(const Type& type, const Value& a, const Value& b);
/// `a IS NOT DISTINCT FROM b`: NULL is NULL, NaN is NaN.
[[nodiscard]] bool identical(const Type& type, const Value& a, const Value& b);
/// Below, above or 0. NaN is the greatest number. Neither is NULL; nothing if a NULL inside of them decides.
[[nodiscard]] std::optional<int> compare(const Type& type, const Value& a, const Value& b);
/// A real or double that is no number.
[[nodiscard]] bool is_nan(const Value& value);
/// Equal texts for identical values: keys of sets.
[[nodiscard]] std::string key_of(const Type& type, const Value& value);

}  // namespace flowtrail::trino
