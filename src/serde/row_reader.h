// Readers of raw objects as Athena's SerDes read them: the bytes of one object become rows of a table, every line and
// every event as it was delivered, duplicates included, each column by its declared type.
// Source: Amazon Athena User Guide, "Use SerDes", and the page of each SerDe, named in the file that reads it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bad_input.h"
#include "base/error.h"
#include "codec/input_stream.h"
#include "trino/type.h"
#include "trino/value.h"

namespace flowtrail::serde {

/// What CREATE TABLE says about the form of its objects.
struct Format {
  std::string serde_class{};   // ROW FORMAT SERDE; empty: ROW FORMAT DELIMITED, or nothing at all
  std::string input_format{};  // STORED AS INPUTFORMAT; empty: text

  // ROW FORMAT DELIMITED, as written between the quotes: `,`, `\t`, `\001`, or the number of a byte. A property
  // (field.delim, escape.delim, collection.delim, mapkey.delim, line.delim, serialization.null.format) says the same.
  std::optional<std::string> fields_terminated_by{};
  std::optional<std::string> escaped_by{};
  std::optional<std::string> collection_items_terminated_by{};
  std::optional<std::string> map_keys_terminated_by{};
  std::optional<std::string> lines_terminated_by{};
  std::optional<std::string> null_defined_as{};

  std::map<std::string, std::string> properties{};  // WITH SERDEPROPERTIES
  int skip_header_lines = 0;                        // TBLPROPERTIES skip.header.line.count, of each object
  int skip_footer_lines = 0;                        // skip.footer.line.count, at most 100
};

struct Column {
  std::string name;
  trino::Type type;
};

/// Reads one object after the other. Not thread-safe. Memory: a line or, of CloudTrail, an object's text.
class RowReader {
 public:
  RowReader() = default;
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;
  virtual ~RowReader() = default;

  /// Begins an object; what was open before is left. `key` names it in errors and in `bad()`.
  [[nodiscard]] virtual Status open(std::unique_ptr<codec::InputStream> object, std::string key) = 0;

  /// The next row, a value per wanted column; false at the end of the object. Errors: those of codec::InputStream,
  /// after all rows before the fault; kCorrupt for what fails a query on Athena, its text beginning with Athena's error
  /// name and `where` telling object and line. An error is the end of the object.
  [[nodiscard]] virtual Result<bool> next(std::span<trino::Value> row) = 0;

  /// The line, or of CloudTrail the record, of the last row; from 1.
  [[nodiscard]] virtual std::uint64_t line() const = 0;

  /// What was not read as it stands there, of all objects so far: rows that became NULL as a whole, lines too long,
  /// broken records. A number or date that became NULL is no bad input but Athena's way.
  [[nodiscard]] const BadInput& bad() const { return bad_; }

 protected:
  BadInput bad_;
};

/// `wanted`: places in `columns`, each at most once, in the order of the values of a row. Class names are taken without
/// regard to case, with their package or without. Errors: kUnsupported for a class, an input format or a column type
/// that is not read; kUsage for properties that make no sense.
[[nodiscard]] Result<std::unique_ptr<RowReader>> make_reader(const Format& format, std::vector<Column> columns,
                                                             std::vector<std::size_t> wanted);

}  // namespace flowtrail::serde
