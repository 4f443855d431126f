// The function table for people: what they write, without what it becomes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/function_table.h"

namespace flowtrail::dialect {

/// Signatures that differ in one argument are one form: `tinyint/real`. Where the result follows that argument, its
/// types are in the same order. A capital letter is any type, `...` behind the last argument one or more of it.
struct FunctionForm {
  std::string_view name;
  FunctionKind kind = FunctionKind::kScalar;
  std::string arguments;
  std::string result;

  /// `abs(tinyint/real) -> tinyint/real`
  [[nodiscard]] std::string text() const;
};

/// `scalar`, `aggregate` or `window`.
[[nodiscard]] std::string_view kind_name(FunctionKind kind);

/// All functions, by kind and name; forms of one name as in the table.
[[nodiscard]] std::vector<FunctionForm> function_list();

}  // namespace flowtrail::dialect
