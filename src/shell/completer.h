// What the word before the cursor could become.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::shell {

/// The names that can be offered, as they are.
struct Names {
  std::vector<std::string> tables;
  std::vector<std::string> functions;
  /// The columns of a table; none if it is not there. Only asked about tables that the statement names.
  std::function<std::vector<std::string>(const std::string& table)> columns;
};

struct Completion {
  std::size_t begin = 0;                // byte where the word begins that a candidate replaces
  std::vector<std::string> candidates;  // whole words, the likeliest kind first: columns, tables, functions, keywords
};

/// `before` is the text up to the cursor, all of it that is not yet run; `after` stands behind the cursor. Names are
/// compared without case; keywords come in the case of the word. Nothing is offered inside strings and comments.
[[nodiscard]] Completion complete(std::string_view before, std::string_view after, const Names& names);

/// The longest beginning that all have in common (ASCII letters without case, in the case of the first).
[[nodiscard]] std::string common_beginning(const std::vector<std::string>& candidates);

}  // namespace flowtrail::shell
