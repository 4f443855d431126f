#include "athena/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/name_match.h"
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
  return matches_glob(pattern, text, {.many = '%', .one = '_'});
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
