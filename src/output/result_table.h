// Rows and columns on their way to a person or a program: table, CSV, TSV, JSON, NDJSON, Markdown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace flowtrail::output {

/// A list of texts: a JSON array, joined by a blank in CSV, TSV, Markdown and tables.
using TextList = std::vector<std::string>;
/// Ready JSON text (objects such as `before_rule`); printed as it is in JSON, as text elsewhere.
struct Json {
  std::string text;
  friend bool operator==(const Json&, const Json&) = default;
};
/// A number with a fixed number of decimals (hours: 2, coverage: 4); JSON prints it without trailing zeros.
struct Decimal {
  double value = 0;
  int decimals = 2;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// std::monostate is NULL: "not known from these logs". An empty TextList is "none".
using Value = std::variant<std::monostate, bool, std::int64_t, Decimal, std::string, TextList, Json>;

struct Column {
  std::string name;
  std::string type;   // boolean, bigint, double, varchar, timestamp, array(varchar), json
  std::string unit;   // bytes, hours, packets, ...; empty = none
  std::string about;  // one line for people
};

/// As long as the columns.
using Row = std::vector<Value>;

struct Table {
  std::vector<Column> columns;
  std::vector<Row> rows;
};

enum class Format : std::uint8_t { kTable, kCsv, kTsv, kJson, kNdjson, kMarkdown };

/// Errors: kUsage for a name that is none of table, csv, tsv, json, ndjson, markdown; the hint lists them.
[[nodiscard]] Result<Format> parse_format(std::string_view name);

/// One value as JSON. Integers beyond 2^53 become text. Strings that are not UTF-8 get U+FFFD for bad bytes.
[[nodiscard]] std::string json_value(const Value& value);
void append_json(const Value& value, std::string& json);
[[nodiscard]] std::string json_string(std::string_view text);
/// One value as plain text; NULL is empty (`null_text`), true/false, times as they are.
[[nodiscard]] std::string plain_value(const Value& value, std::string_view null_text = "");
void append_plain(const Value& value, std::string& plain, std::string_view null_text = "");

/// The rows alone: CSV and TSV (RFC 4180 quoting, header line), NDJSON (an object a line), Markdown, or a table at most
/// `width` columns wide (long cells are cut in the middle with an ellipsis; control characters are made visible).
/// kJson here is an array of row objects; commands with an envelope print that themselves.
[[nodiscard]] std::string render(const Table& table, Format format, int width = 100);

}  // namespace flowtrail::output
