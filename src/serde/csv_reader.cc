// OpenCSVSerde: a line is a row, as there are no line breaks within quotes; separatorChar, quoteChar and escapeChar
// default to comma, double quote and backslash. A quote within quotes is doubled or escaped; an escape before any other
// character is dropped. Types other than string: boolean, numbers, DATE as days and TIMESTAMP as milliseconds since
// 1970; other text fails the query unless use.null.for.invalid.data is set. Empty text is NULL there (Athena fails),
// and so is a field whose quote is not closed.
// Source: Amazon Athena User Guide, "Open CSV SerDe for processing CSV".
#include <utility>

#include "serde/readers.h"

namespace flowtrail::serde {
namespace {

struct Marks {
  char separator = ',';
  char quote = '"';
  char escape = '\\';
};

class CsvReader final : public LineRowReader {
 public:
  CsvReader(Setup setup, Marks marks)
      : LineRowReader(std::move(setup)), marks_(marks), place_(this->setup().columns.size(), -1) {
    for (std::size_t i = 0; i < this->setup().wanted.size(); ++i) place_[this->setup().wanted[i]] = static_cast<int>(i);
  }

 private:
  Status read_line(std::string_view line, std::span<trino::Value> row) override {
    if (line.empty()) return {};
    std::size_t at = 0;
    for (std::size_t column = 0; column < place_.size() && at <= line.size(); ++column) {
      if (!read_field(line, at)) {
        add_bad("quote that is not closed");
        break;
      }
      const int place = place_[column];
      if (place >= 0) FT_CHECK(put(column, row[static_cast<std::size_t>(place)]));
    }
    return {};
  }

  // Leaves the text in field_ and `at` behind the separator, or behind the end of the line. False: the line ends within
  // quotes.
  bool read_field(std::string_view line, std::size_t& at) {
    field_.clear();
    const std::size_t begin = at;
    bool quoted = false;
    const auto is_next = [&](char letter) { return at + 1 < line.size() && line[at + 1] == letter; };
    for (; at < line.size(); ++at) {
      const char letter = line[at];
      if (letter == marks_.escape) {
        if (is_next(marks_.quote) || is_next(marks_.escape)) field_ += line[++at];
      } else if (letter == marks_.quote) {
        if (quoted && is_next(marks_.quote)) {
          field_ += line[++at];
          continue;
        }
        // Inside the text of a field it is a character like others, but still hides separators.
        const bool opens = !quoted && at == begin;
        const bool closes = quoted && (at + 1 == line.size() || is_next(marks_.separator));
        if (!opens && !closes) field_ += letter;
        quoted = !quoted;
      } else if (letter == marks_.separator && !quoted) {
        ++at;
        return true;
      } else {
        field_ += letter;
      }
    }
    ++at;
    return !quoted;
  }

  Status put(std::size_t column, trino::Value& value) {
    const trino::Type& type = setup().columns[column].type;
    const bool is_text = type.kind() == trino::TypeKind::kVarchar || type.kind() == trino::TypeKind::kChar;
    if (field_.empty() && !is_text) return {};
    auto read = value_of(field_, type, rules_);
    if (!read) return misfit(field_, column);
    value = *std::move(read);
    return {};
  }

  Marks marks_;
  TextRules rules_{Spelling::kCsv, {}};
  std::vector<int> place_;  // in the row, by column; -1: not wanted
  std::string field_;
};

Status set_mark(const Setup& setup, std::string_view name, char& mark) {
  const std::string* const value = setup.property(name);
  if (value == nullptr || value->empty()) return {};
  if (*value == "\\t") {
    mark = '\t';
  } else if (*value == "\\\\" || value->size() == 1) {
    mark = value->front();
  } else {
    return failure(ErrorCode::kUsage, "{} is not one character: {}", name, *value);
  }
  return {};
}

}  // namespace

MadeReader make_csv_reader(Setup setup) {
  FT_CHECK(setup.check_flat("OpenCSVSerde"));
  Marks marks;
  FT_CHECK(set_mark(setup, "separatorChar", marks.separator));
  FT_CHECK(set_mark(setup, "quoteChar", marks.quote));
  FT_CHECK(set_mark(setup, "escapeChar", marks.escape));
  // Hive takes its own default escape, a double quote, for none set.
  if (marks.escape == '"' && marks.quote == '"') marks.escape = '\\';
  if (marks.separator == marks.quote || marks.separator == marks.escape || marks.quote == marks.escape) {
    return failure(ErrorCode::kUsage, "separatorChar, quoteChar and escapeChar must differ");
  }
  return std::make_unique<CsvReader>(std::move(setup), marks);
}

}  // namespace flowtrail::serde
