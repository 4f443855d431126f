// What a statement may read: the analyzer asks by name and gets columns and the DuckDB text to read them from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql_error.h"
#include "trino/type.h"

namespace flowtrail::dialect {

/// A column of a table. `sql` is DuckDB's name of it inside `Table::relation`, quoted if need be; empty: the name
/// itself.
struct TableColumn {
  std::string name;
  trino::Type type;
  std::string sql;
  bool hidden = false;  // "$path": named, but not part of *
};

/// A table or view under its full name.
struct Table {
  std::string catalog;
  std::string schema;
  std::string name;
  std::vector<TableColumn> columns;
  /// What stands behind FROM in DuckDB's text: a name, a function call, a query in parentheses. `{filter}` is where
  /// what is pushed down goes (pushdown.h).
  std::string relation;
  /// Of a view: its query in Trino's dialect; `relation` is then empty and `columns` may be.
  std::optional<std::string> view_text;
};

/// The names a statement can see. Names are given lower case; a shorter name is completed with the defaults.
class Tables {
 public:
  virtual ~Tables() = default;
  [[nodiscard]] virtual std::string default_catalog() const { return "awsdatacatalog"; }
  [[nodiscard]] virtual std::string default_schema() const { return "default"; }
  [[nodiscard]] virtual bool has_catalog(std::string_view catalog) const { return catalog == default_catalog(); }
  [[nodiscard]] virtual bool has_schema(std::string_view catalog, std::string_view schema) const {
    return has_catalog(catalog) && schema == default_schema();
  }
  /// Nothing if there is no such table. Errors: of a table that is known and cannot be read; without a place.
  [[nodiscard]] virtual engine::SqlResult<std::optional<Table>> find(std::string_view catalog, std::string_view schema,
                                                                     std::string_view name) const = 0;
};

}  // namespace flowtrail::dialect
