#include "output/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "output/display_text.h"
#include "output/rows.h"
#include "output/write_rows.h"

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

void append_text_list(const TextList& list, std::string& text) {
  const std::size_t begin = text.size();
  for (const auto& item : list) {
    if (text.size() > begin) text += ' ';
    text += item;
  }
}

bool is_plain_in_json(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void append_json_string(std::string_view text, std::string& json) {
  json += '"';
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain_in_json) - text.begin());
    json += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const CodePoint point = first_code_point(text);
    if (!point.valid) {
      json += "\\ufffd";
    } else if (point.value == '"' || point.value == '\\') {
      json += '\\';
      json += static_cast<char>(point.value);
    } else if (point.value == '\n') {
      json += "\\n";
    } else if (point.value == '\t') {
      json += "\\t";
    } else if (point.value == '\r') {
      json += "\\r";
    } else if (point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0)) {
      // C1 controls are escaped too: JSON is often looked at on a terminal.
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
    } else {
      json += text.substr(0, point.size);
    }
    text.remove_prefix(point.size);
  }
  json += '"';
}

void append_json_list(const TextList& list, std::string& json) {
  json += '[';
  for (const auto& item : list) {
    if (&item != &list.front()) json += ',';
    append_json_string(item, json);
  }
  json += ']';
}

void append_number(std::int64_t number, std::string& text) {
  const fmt::format_int digits{number};
  text.append(digits.data(), digits.size());
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
  std::string json;
  append_json_string(text, json);
  return json;
}

void append_json(const Value& value, std::string& json) {
  struct Visitor {
    std::string& json;
    void operator()(std::monostate) const { json += "null"; }
    void operator()(bool flag) const { json += flag ? "true" : "false"; }
    void operator()(std::int64_t number) const {
      const bool exact = number >= -kLargestExact && number <= kLargestExact;
      if (!exact) json += '"';
      append_number(number, json);
      if (!exact) json += '"';
    }
    void operator()(const Decimal& number) const {
      const std::string text = decimal_text(number, true);
      json += text.empty() ? "null" : text;
    }
    void operator()(const std::string& text) const { append_json_string(text, json); }
    void operator()(const TextList& list) const { append_json_list(list, json); }
    void operator()(const Json& ready) const { json += ready.text.empty() ? "null" : ready.text; }
  };
  std::visit(Visitor{json}, value);
}

std::string json_value(const Value& value) {
  std::string json;
  append_json(value, json);
  return json;
}

void append_plain(const Value& value, std::string& plain, std::string_view null_text) {
  struct Visitor {
    std::string& plain;
    std::string_view null_text;
    void operator()(std::monostate) const { plain += null_text; }
    void operator()(bool flag) const { plain += flag ? "true" : "false"; }
    void operator()(std::int64_t number) const { append_number(number, plain); }
    void operator()(const Decimal& number) const { plain += decimal_text(number, false); }
    void operator()(const std::string& text) const { plain += text; }
    void operator()(const TextList& list) const { append_text_list(list, plain); }
    void operator()(const Json& json) const { plain += json.text; }
  };
  std::visit(Visitor{plain, null_text}, value);
}

std::string plain_value(const Value& value, std::string_view null_text) {
  std::string plain;
  append_plain(value, plain, null_text);
  return plain;
}

std::string render(const Table& table, Format format, int width) {
  std::string text;
  const RowsShown all{0, width > 0 ? static_cast<std::size_t>(width) : 100};
  [[maybe_unused]] const Status written = write_rows(TableRows{table}, format, all, append_to(text));
  assert(written);  // neither the rows of a table nor this sink can fail
  return text;
}

}  // namespace flowtrail::output
