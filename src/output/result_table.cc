#include "output/result_table.h"

#include <fmt/format.h>

#include <cmath>

#include "output/display_text.h"
#include "output/table_view.h"

namespace flowtrail::output {
namespace {

constexpr std::int64_t kLargestExact = std::int64_t{1} << 53U;

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

std::string quoted(const std::string& cell, char separator) {
  const bool needs = cell.find_first_of("\"\r\n") != std::string::npos || cell.find(separator) != std::string::npos ||
                     (!cell.empty() && (cell.front() == ' ' || cell.back() == ' '));
  if (!needs) return cell;
  std::string text = "\"";
  for (const char c : cell) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

std::string render_delimited(const Table& table, char separator) {
  std::string text;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (c > 0) text += separator;
    text += quoted(table.columns[c].name, separator);
  }
  text += "\r\n";
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c > 0) text += separator;
      text += quoted(plain_value(row[c]), separator);
    }
    text += "\r\n";
  }
  return text;
}

std::string json_object(const Table& table, const std::vector<Value>& row) {
  std::string text = "{";
  for (std::size_t c = 0; c < row.size(); ++c) {
    if (c > 0) text += ',';
    text += json_string(table.columns[c].name);
    text += ':';
    text += json_value(row[c]);
  }
  return text + '}';
}

std::string render_json(const Table& table, bool lines) {
  std::string text = lines ? "" : "[";
  bool first = true;
  for (const auto& row : table.rows) {
    if (!lines) text += first ? "\n" : ",\n";
    first = false;
    text += json_object(table, row);
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

std::string render_markdown(const Table& table) {
  std::string names = "|";
  std::string rule = "|";
  for (const auto& column : table.columns) {
    names += ' ' + markdown_cell(column.name) + " |";
    rule += column.type == "bigint" || column.type == "double" ? " ---: |" : " --- |";
  }
  std::string text = names + '\n' + rule + '\n';
  for (const auto& row : table.rows) {
    text += '|';
    for (const auto& value : row) text += ' ' + markdown_cell(plain_value(value)) + " |";
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

std::string render(const Table& table, Format format, int width) {
  switch (format) {
    case Format::kCsv: return render_delimited(table, ',');
    case Format::kTsv: return render_delimited(table, '\t');
    case Format::kJson: return render_json(table, false);
    case Format::kNdjson: return render_json(table, true);
    case Format::kMarkdown: return render_markdown(table);
    case Format::kTable: break;
  }
  return render_table(table, width > 0 ? static_cast<std::size_t>(width) : 100);
}

}  // namespace flowtrail::output
