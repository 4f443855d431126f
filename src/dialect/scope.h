// The names that an expression can see: columns of relations, parameters of lambdas, and those of enclosing queries.
#pragma once

#include <string>
#include <vector>

#include "dialect/pushdown.h"
#include "trino/type.h"

namespace flowtrail::dialect {

struct SelectItem;

/// A column in scope. Names keep the case they were written with and are compared without it.
struct Field {
  std::string name;                    // empty: unnamed, can be reached by * only
  std::vector<std::string> qualifier;  // catalog, schema, table or alias alone; empty: none
  trino::Type type;
  std::string sql;      // DuckDB's text, qualified
  bool hidden = false;  // not part of *
  OriginPtr origin{};   // null: no column of a reader
};

enum class ScopeKind : std::uint8_t {
  kQuery,   // the relations of FROM
  kLambda,  // parameters; what they do not hold is looked up in the parent
  kOutput,  // the output columns of a SELECT, as ORDER BY sees them before those of FROM
};

struct Scope {
  ScopeKind kind = ScopeKind::kQuery;
  const Scope* parent = nullptr;
  std::vector<Field> fields;
  /// The select list whose aliases a lenient WHERE, GROUP BY or HAVING may name; else null.
  std::vector<SelectItem>* aliases = nullptr;
};

/// An expression as DuckDB's text, and its type in Trino.
struct Typed {
  std::string sql;
  trino::Type type;
};

}  // namespace flowtrail::dialect
