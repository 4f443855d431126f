#include "shell/words.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "dialect/function_table.h"

namespace flowtrail::shell {
namespace {

constexpr auto kKeywords = std::to_array<std::string_view>({
    "ALL",
    "ALTER",
    "ANALYZE",
    "AND",
    "ANY",
    "ARRAY",
    "AS",
    "ASC",
    "AT",
    "BETWEEN",
    "BIGINT",
    "BOOLEAN",
    "BY",
    "CASE",
    "CAST",
    "COLUMNS",
    "COMMENT",
    "CREATE",
    "CROSS",
    "CUBE",
    "CURRENT",
    "CURRENT_DATE",
    "CURRENT_TIMESTAMP",
    "DATABASE",
    "DATE",
    "DEALLOCATE",
    "DECIMAL",
    "DELETE",
    "DESC",
    "DESCRIBE",
    "DISTINCT",
    "DOUBLE",
    "DROP",
    "ELSE",
    "END",
    "ESCAPE",
    "EXCEPT",
    "EXECUTE",
    "EXISTS",
    "EXPLAIN",
    "EXTERNAL",
    "EXTRACT",
    "FALSE",
    "FETCH",
    "FILTER",
    "FIRST",
    "FOLLOWING",
    "FOR",
    "FROM",
    "FULL",
    "GROUP",
    "GROUPING",
    "HAVING",
    "IF",
    "IGNORE",
    "IN",
    "INNER",
    "INSERT",
    "INTEGER",
    "INTERSECT",
    "INTERVAL",
    "INTO",
    "IS",
    "JOIN",
    "JSON",
    "LAST",
    "LATERAL",
    "LEFT",
    "LIKE",
    "LIMIT",
    "LOCATION",
    "MAP",
    "MSCK",
    "NATURAL",
    "NOT",
    "NULL",
    "NULLS",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "ORDINALITY",
    "OUTER",
    "OVER",
    "PARTITION",
    "PARTITIONED",
    "PARTITIONS",
    "PRECEDING",
    "PREPARE",
    "PROPERTIES",
    "RANGE",
    "REAL",
    "RECURSIVE",
    "REPAIR",
    "REPLACE",
    "RIGHT",
    "ROLLUP",
    "ROW",
    "ROWS",
    "SCHEMA",
    "SELECT",
    "SERDE",
    "SET",
    "SETS",
    "SHOW",
    "SMALLINT",
    "SOME",
    "STORED",
    "TABLE",
    "TABLES",
    "TABLESAMPLE",
    "TBLPROPERTIES",
    "THEN",
    "TIME",
    "TIMESTAMP",
    "TINYINT",
    "TO",
    "TRUE",
    "UNBOUNDED",
    "UNION",
    "UNNEST",
    "UPDATE",
    "USE",
    "USING",
    "VALUES",
    "VARBINARY",
    "VARCHAR",
    "VIEW",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
    "WITHIN",
    "ZONE",
});

// Syntax that reads like a function.
constexpr auto kSpecialForms = std::to_array<std::string_view>(
    {"coalesce", "if", "json_array", "json_exists", "json_object", "json_query", "json_value", "nullif", "try"});

static_assert(std::ranges::is_sorted(kKeywords));

}  // namespace

std::span<const std::string_view> sql_keywords() {
  return kKeywords;
}

bool is_sql_keyword(std::string_view word) {
  std::string upper{word};
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return std::ranges::binary_search(kKeywords, std::string_view{upper});
}

std::vector<std::string> athena_functions() {
  std::vector<std::string> names{kSpecialForms.begin(), kSpecialForms.end()};
  for (const dialect::Signature& signature : dialect::signatures()) names.emplace_back(signature.name);
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

}  // namespace flowtrail::shell
