#include "athena/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialect/lexer.h"

namespace flowtrail::athena {

void write_answer(const std::vector<std::string>& columns, std::vector<std::vector<output::Value>> rows,
                  const tables::ScriptOutput& output) {
  std::vector<output::Column> shape;
  for (const std::string& name : columns) shape.push_back({name, "varchar", {}, {}});
  const auto writer = tables::make_writer(std::move(shape), output);
  writer->add(std::move(rows));
  writer->end();
}

bool matches_like(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    return matches_like(text, pattern.substr(1)) || (!text.empty() && matches_like(text.substr(1), pattern));
  }
  return !text.empty() && (pattern[0] == '_' || pattern[0] == text[0]) &&
         matches_like(text.substr(1), pattern.substr(1));
}

bool matches_hive(std::string_view text, std::string_view pattern) {
  while (true) {
    const std::size_t end = pattern.find('|');
    std::string one{pattern.substr(0, end)};
    std::ranges::replace(one, '*', '%');
    if (matches_like(text, one)) return true;
    if (end == std::string_view::npos) return false;
    pattern.remove_prefix(end + 1);
  }
}

engine::SqlError as_statement_error(const Error& error, dialect::Position position, std::string_view name) {
  engine::SqlError sql = dialect::error_at(position, name, error.what);
  sql.hint = error.hint;
  sql.code = error.code;
  return sql;
}

}  // namespace flowtrail::athena
