// The door of the module: Trino SQL in, DuckDB SQL out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/ast.h"
#include "dialect/pushdown.h"
#include "dialect/tables.h"
#include "engine/sql_error.h"
#include "trino/type.h"

namespace flowtrail::dialect {

struct TranslateOptions {
  bool strict = false;   // refuse what Athena refuses, instead of a warning
  bool pushdown = true;  // tell readers which rows the statement can do without
  Position origin;       // where the statement begins in the user's script
  /// Statements that PREPARE has kept, by lower-case name.
  std::map<std::string, std::string> prepared;
};

struct OutputColumn {
  std::string name;  // as Trino labels it: `_col0` for an unnamed one
  trino::Type type;
  bool named = false;  // false: `name` is a label that cannot be referred to
  OriginPtr origin{};  // null: no column of a reader
};

/// Works here and fails on Athena; or else what a check could not look into.
struct Warning {
  std::string text;
  Position position;
  bool fails_on_athena = true;
};

/// A table that is read, and the filter its reader gets: the text of tables/filter_text.h, empty for none.
struct PushedFilter {
  std::string schema;
  std::string table;
  std::string filter;
};

struct Translation {
  StatementKind kind = StatementKind::kQuery;
  std::string sql;                    // DuckDB's; empty for statements that only the caller can carry out
  std::vector<OutputColumn> columns;  // of a query
  std::vector<Warning> warnings;
  std::vector<PushedFilter> pushed;  // of tables whose readers take filters
  Statement statement;               // names, options and texts of the other statements
};

/// Parses, analyzes and translates one statement. Errors carry Trino's name and the place in the user's text.
/// Thread-safe as far as `tables` is.
[[nodiscard]] engine::SqlResult<Translation> translate(std::string_view statement, const Tables& tables,
                                                       const TranslateOptions& options);

}  // namespace flowtrail::dialect
