// SQL/JSON paths, `lax $.items[*]?(@.port > 22).cidr`, and the functions that use them: json_exists, json_query,
// json_value.
// Source: ISO/IEC 9075-2, SQL/JSON path language; trino.io, "JSON functions and operators".
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scalar/scalar_error.h"

namespace flowtrail::scalar {

/// A value inside of a path: JSON, with numbers kept as they are written.
struct JsonItem {
  enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool truth = false;              // kBoolean
  std::string text;                // kNumber: as written; kString: what it says
  std::vector<JsonItem> elements;  // kArray; of kObject: the values
  std::vector<std::string> keys;   // kObject, in order of the text
  std::optional<double> number;    // kNumber

  [[nodiscard]] std::string to_json() const;
};

/// nullopt: no JSON.
[[nodiscard]] std::optional<JsonItem> read_json_item(std::string_view json);

class JsonPath {
 public:
  struct Node;
  ~JsonPath();
  JsonPath(JsonPath&&) noexcept;
  JsonPath& operator=(JsonPath&&) noexcept;
  JsonPath(const JsonPath&) = delete;
  JsonPath& operator=(const JsonPath&) = delete;

  /// Errors: SYNTAX_ERROR, with what is wrong and where.
  [[nodiscard]] static Answer<JsonPath> parse(std::string_view path);

  /// What the path leads to, by its own mode. `variables`: those of PASSING. nullopt: a structural error (strict mode),
  /// or a computation that cannot be made.
  [[nodiscard]] std::optional<std::vector<JsonItem>> evaluate(
      const JsonItem& context, const std::map<std::string, JsonItem, std::less<>>& variables) const;

 private:
  JsonPath();
  bool lax_ = true;
  std::unique_ptr<Node> root_;
};

/// What a function made of the path's items: a value, or which of its ON clauses speaks.
enum class JsonOutcome : std::uint8_t { kValue, kNull, kEmpty, kError };

enum class ArrayWrapper : std::uint8_t { kWithout, kConditional, kUnconditional };

struct JsonResult {
  JsonOutcome outcome = JsonOutcome::kValue;
  std::string value;  // with kValue: of json_value, the scalar's text; of json_query, JSON
};

/// `items`: as from `evaluate`.
[[nodiscard]] JsonResult json_value_of(const std::optional<std::vector<JsonItem>>& items);
/// `omit_quotes`: a string comes as what it says.
[[nodiscard]] JsonResult json_query_of(const std::optional<std::vector<JsonItem>>& items, ArrayWrapper wrapper,
                                       bool omit_quotes);

}  // namespace flowtrail::scalar
