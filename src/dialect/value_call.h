// Calls of trino's functions over values, in DuckDB's SQL. DuckDB wants a function's types fixed when it is registered,
// so every function becomes one of its own for each list of types that a statement uses: ath_v0, ath_v1 ... The names
// are the process's; each database learns those that it has not met yet before a statement runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/database.h"
#include "trino/type.h"

namespace flowtrail::dialect {

/// `ath_v7(a, b)`: trino::find_function(`function`) over arguments of these types. Thread-safe.
[[nodiscard]] std::string value_call(std::string_view function, const std::vector<trino::Type>& types,
                                     const trino::Type& result, const std::vector<std::string>& arguments);

/// Which of the names a database knows.
class RegisteredCalls {
 public:
  /// Makes all names given out so far known to the database of `connection`, always the same one.
  [[nodiscard]] Status update(engine::Connection& connection);

 private:
  std::size_t known_ = 0;
};

}  // namespace flowtrail::dialect
