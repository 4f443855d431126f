// One JSON object as a row of a table: members found by the columns' names, nested types decoded by their declaration.
// Source: Amazon Athena User Guide, "JSON SerDe libraries".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "scalar/json_reader.h"
#include "serde/row_reader.h"
#include "serde/text_value.h"

namespace flowtrail::serde {

struct JsonRules {
  bool fold_case = true;      // names match without regard to case (of ASCII)
  bool dots_in_keys = false;  // the key `a.b` is also the column a_b
  bool wrap_single = false;   // a value that is no array becomes an array of one; an empty string a NULL array or map
  bool keep_blanks = false;   // an object or array in a text column: as it stands in the file, or without blanks
  std::map<std::string, std::string> mapping;  // column or field: the key it is read from
  TextRules text{Spelling::kJson, {}};
};

/// Of equal keys the last one counts. Not thread-safe.
class JsonDecoder {
 public:
  /// Errors: kUnsupported for a column type that JSON is not read into.
  [[nodiscard]] static Result<JsonDecoder> make(const std::vector<Column>& columns, std::span<const std::size_t> wanted,
                                                JsonRules rules);

  /// A value that is none of its column's type, and is NULL in the row.
  struct Misfit {
    std::size_t column = 0;  // of all columns
    std::string text;
  };

  /// `reader` stands on the first token of an object in `text` and is moved to its last. All values of `row` are set.
  /// False: a fault comes first, and all of `row` is NULL.
  [[nodiscard]] bool decode(scalar::JsonReader& reader, std::string_view text, std::span<trino::Value> row);
  /// The first misfit of the last row.
  [[nodiscard]] const std::optional<Misfit>& misfit() const { return misfit_; }

 private:
  struct Node {
    trino::Type type;
    std::vector<Node> children;
    std::unordered_map<std::string, std::vector<std::size_t>> fields;  // of a row: places by key
  };

  explicit JsonDecoder(JsonRules rules) : rules_(std::move(rules)) {}

  [[nodiscard]] Result<Node> node_of(const trino::Type& type, const std::string& column) const;
  void add_field(Node& row, const std::string& name, std::size_t place) const;
  [[nodiscard]] const std::vector<std::size_t>* find_field(const Node& row, std::string_view key);

  // Each stands on the first token of a value and moves to its last; false: a fault comes first.
  bool members(scalar::JsonReader& reader, const Node& row, std::span<trino::Value> values, bool top);
  bool value(scalar::JsonReader& reader, const Node& node, trino::Value& to);
  bool array(scalar::JsonReader& reader, const Node& node, trino::Value& to);
  bool map(scalar::JsonReader& reader, const Node& node, trino::Value& to);
  bool flat(scalar::JsonReader& reader, const Node& node, trino::Value& to);
  bool nested_text(scalar::JsonReader& reader, const Node& node, trino::Value& to);
  bool reject(scalar::JsonReader& reader);
  void note_misfit(std::string_view text);
  [[nodiscard]] bool is_blank_string(const scalar::JsonReader& reader) const;

  JsonRules rules_;
  Node row_;
  std::vector<std::size_t> wanted_;
  std::string_view text_;
  std::string key_;         // scratch
  std::size_t column_ = 0;  // being decoded
  std::optional<Misfit> misfit_;
};

/// The rules of a SerDe's properties. Errors: kUsage.
struct Setup;
enum class JsonFlavor : std::uint8_t;
[[nodiscard]] Result<JsonRules> json_rules_of(const Setup& setup, JsonFlavor flavor);

}  // namespace flowtrail::serde
