#include "output/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "output/display_text.h"
#include "output/table_view.h"

namespace flowtrail::output {
namespace {

constexpr std::size_t kMostRoomAhead = std::size_t{64} << 20U;
constexpr std::int64_t kLargestExact = std::int64_t{1} << 53U;

std::span<const std::vector<Value>> first_rows(const Table& table, const Excerpt& excerpt) {
  return std::span(table.rows).first(std::min(excerpt.rows, table.rows.size()));
}

std::string decimal_text(const Decimal& number, bool trim) {
  if (!std::isfinite(number.value)) return {};
  std::string text = fmt::format("{:.{}f}", number.value, number.decimals);
  if (trim && text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string json_list(const TextList& list) {
  std::string text = "[";
  for (const auto& item : list) {
    if (text.size() > 1) text += ',';
    text += json_string(item);
  }
  return text + ']';
}

std::string joined(const TextList& list) {
  std::string text;
  for (const auto& item : list) {
    if (!text.empty()) text += ' ';
    text += item;
  }
  return text;
}

bool needs_quotes(std::string_view cell, char separator) {
  if (cell.empty()) return false;
  const auto special = [separator](char c) { return c == '"' || c == '\r' || c == '\n' || c == separator; };
  return cell.front() == ' ' || cell.back() == ' ' || std::ranges::any_of(cell, special);
}

void add_quoted(std::string& text, std::string_view cell, char separator) {
  if (!needs_quotes(cell, separator)) {
    text += cell;
    return;
  }
  text += '"';
  for (const char c : cell) {
    if (c == '"') text += '"';
    text += c;
  }
  text += '"';
}

void add_cell(std::string& text, const Value& value, char separator) {
  if (const auto* plain = std::get_if<std::string>(&value)) {
    add_quoted(text, *plain, separator);
  } else if (!std::holds_alternative<std::monostate>(value)) {
    add_quoted(text, plain_value(value), separator);
  }
}

std::string render_delimited(const Table& table, const Excerpt& excerpt, char separator) {
  std::string text;
  for (const std::size_t column : excerpt.columns) {
    if (!text.empty()) text += separator;
    add_quoted(text, table.columns[column].name, separator);
  }
  text += "\r\n";
  for (const auto& row : first_rows(table, excerpt)) {
    for (const std::size_t column : excerpt.columns) {
      if (column != excerpt.columns.front()) text += separator;
      add_cell(text, row[column], separator);
    }
    text += "\r\n";
    // Rows are alike: the first one tells how much room the others take, and spares the copies of a growing text.
    if (&row == table.rows.data()) text.reserve(std::min(text.size() * table.rows.size(), kMostRoomAhead));
  }
  return text;
}

std::string json_object(const Table& table, const Excerpt& excerpt, const std::vector<Value>& row) {
  std::string text = "{";
  for (const std::size_t column : excerpt.columns) {
    if (text.size() > 1) text += ',';
    text += json_string(table.columns[column].name);
    text += ':';
    text += json_value(row[column]);
  }
  return text + '}';
}

std::string render_json(const Table& table, const Excerpt& excerpt, bool lines) {
  std::string text = lines ? "" : "[";
  bool first = true;
  for (const auto& row : first_rows(table, excerpt)) {
    if (!lines) text += first ? "\n" : ",\n";
    first = false;
    text += json_object(table, excerpt, row);
    if (lines) text += '\n';
  }
  if (!lines) text += first ? "]\n" : "\n]\n";
  return text;
}

std::string markdown_cell(const std::string& plain) {
  std::string text;
  for (const char c : visible(plain)) {
    if (c == '|' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '<') {
      text += "&lt;";
    } else {
      text += c;
    }
  }
  return text;
}

std::string render_markdown(const Table& table, const Excerpt& excerpt) {
  std::string names = "|";
  std::string rule = "|";
  for (const std::size_t index : excerpt.columns) {
    const Column& column = table.columns[index];
    names += ' ' + markdown_cell(column.name) + " |";
    rule += column.type == "bigint" || column.type == "double" ? " ---: |" : " --- |";
  }
  std::string text = names + '\n' + rule + '\n';
  for (const auto& row : first_rows(table, excerpt)) {
    text += '|';
    for (const std::size_t column : excerpt.columns) text += ' ' + markdown_cell(plain_value(row[column])) + " |";
    text += '\n';
  }
  return text;
}

}  // namespace

Result<Format> parse_format(std::string_view name) {
  if (name == "table") return Format::kTable;
  if (name == "csv") return Format::kCsv;
  if (name == "tsv") return Format::kTsv;
  if (name == "json") return Format::kJson;
  if (name == "ndjson") return Format::kNdjson;
  if (name == "markdown") return Format::kMarkdown;
  return std::unexpected(Error{ErrorCode::kUsage,
                               fmt::format("not an output format: {}", visible(name)),
                               {},
                               "table, csv, tsv, json, ndjson or markdown"});
}

std::string json_string(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (!point.valid) {
      result += "\\ufffd";
    } else if (point.value == '"' || point.value == '\\') {
      result += '\\';
      result += static_cast<char>(point.value);
    } else if (point.value == '\n') {
      result += "\\n";
    } else if (point.value == '\t') {
      result += "\\t";
    } else if (point.value == '\r') {
      result += "\\r";
    } else if (point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0)) {
      // C1 controls are escaped too: JSON is often looked at on a terminal.
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
    } else {
      result += text.substr(0, point.size);
    }
    text.remove_prefix(point.size);
  }
  return result + '"';
}

std::string json_value(const Value& value) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const {
      const bool exact = number >= -kLargestExact && number <= kLargestExact;
      return exact ? fmt::format("{}", number) : fmt::format("\"{}\"", number);
    }
    std::string operator()(const Decimal& number) const {
      const std::string text = decimal_text(number, true);
      return text.empty() ? "null" : text;
    }
    std::string operator()(const std::string& text) const { return json_string(text); }
    std::string operator()(const TextList& list) const { return json_list(list); }
    std::string operator()(const Json& json) const { return json.text.empty() ? "null" : json.text; }
  };
  return std::visit(Visitor{}, value);
}

std::string plain_value(const Value& value, std::string_view null_text) {
  struct Visitor {
    std::string_view null_text;
    std::string operator()(std::monostate) const { return std::string{null_text}; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(const Decimal& number) const { return decimal_text(number, false); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const TextList& list) const { return joined(list); }
    std::string operator()(const Json& json) const { return json.text; }
  };
  return std::visit(Visitor{null_text}, value);
}

std::string render(const Table& table, const Excerpt& excerpt, Format format) {
  switch (format) {
    case Format::kTsv: return render_delimited(table, excerpt, '\t');
    case Format::kJson: return render_json(table, excerpt, false);
    case Format::kNdjson: return render_json(table, excerpt, true);
    case Format::kMarkdown: return render_markdown(table, excerpt);
    case Format::kCsv:
    case Format::kTable: break;
  }
  return render_delimited(table, excerpt, ',');
}

std::string render(const Table& table, Format format, int width) {
  if (format == Format::kTable) return render_table(table, width > 0 ? static_cast<std::size_t>(width) : 100);
  Excerpt all{std::vector<std::size_t>(table.columns.size()), table.rows.size()};
  std::iota(all.columns.begin(), all.columns.end(), std::size_t{0});
  return render(table, all, format);
}

}  // namespace flowtrail::output
