#include "output/write_rows.h"

#include <algorithm>
#include <vector>

#include "output/display_text.h"
#include "output/table_view.h"

namespace flowtrail::output {
namespace {

// Calls `append(row, text)` for each row that is shown and hands the text over.
template <typename Append>
Status for_each_row(const Rows& rows, std::uint64_t limit, const TextSink& sink, const Append& append) {
  const auto cursor = rows.open();
  std::string text;
  for (std::uint64_t row = 0; limit == 0 || row < limit; ++row) {
    FT_TRY(const Row* const cells, cursor->next());
    if (cells == nullptr) break;
    text.clear();
    append(*cells, text);
    FT_CHECK(sink(text));
  }
  return {};
}

bool needs_quotes(std::string_view cell, char separator) {
  if (cell.empty()) return false;
  // Nearly all letters are ruled out by one comparison.
  return cell.front() == ' ' || cell.back() == ' ' || std::ranges::any_of(cell, [separator](char c) {
           return static_cast<unsigned char>(c) <= ',' && (c == separator || c == '"' || c == '\r' || c == '\n');
         });
}

// Quotes what stands in `text` from `begin` on, where it needs that.
void quote(std::string& text, std::size_t begin, char separator) {
  if (!needs_quotes(std::string_view{text}.substr(begin), separator)) return;
  const std::string cell = text.substr(begin);
  text.resize(begin);
  text += '"';
  for (const char c : cell) {
    if (c == '"') text += '"';
    text += c;
  }
  text += '"';
}

Status write_delimited(const Rows& rows, std::uint64_t limit, char separator, const TextSink& sink) {
  std::string names;
  for (const Column& column : rows.columns()) {
    if (&column != &rows.columns().front()) names += separator;
    const std::size_t begin = names.size();
    names += column.name;
    quote(names, begin, separator);
  }
  FT_CHECK(sink(names + "\r\n"));
  return for_each_row(rows, limit, sink, [separator](const Row& row, std::string& text) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c > 0) text += separator;
      const std::size_t begin = text.size();
      append_plain(row[c], text);
      quote(text, begin, separator);
    }
    text += "\r\n";
  });
}

class JsonObjects {
 public:
  explicit JsonObjects(const std::vector<Column>& columns) {
    for (const Column& column : columns) {
      names_.push_back((names_.empty() ? "{" : ",") + json_string(column.name) + ':');
    }
  }
  void append(const Row& row, std::string& text) const {
    if (row.empty()) text += '{';
    for (std::size_t c = 0; c < row.size(); ++c) {
      text += names_[c];
      append_json(row[c], text);
    }
    text += '}';
  }

 private:
  std::vector<std::string> names_;  // with all that stands around them
};

Status write_ndjson(const Rows& rows, std::uint64_t limit, const TextSink& sink) {
  const JsonObjects objects{rows.columns()};
  return for_each_row(rows, limit, sink, [&objects](const Row& row, std::string& text) {
    objects.append(row, text);
    text += '\n';
  });
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

Status write_markdown(const Rows& rows, std::uint64_t limit, const TextSink& sink) {
  std::string names = "|";
  std::string rule = "|";
  for (const Column& column : rows.columns()) {
    names += ' ' + markdown_cell(column.name) + " |";
    rule += column.type == "bigint" || column.type == "double" ? " ---: |" : " --- |";
  }
  FT_CHECK(sink(names + '\n' + rule + '\n'));
  return for_each_row(rows, limit, sink, [](const Row& row, std::string& text) {
    text += '|';
    for (const Value& value : row) text += ' ' + markdown_cell(plain_value(value)) + " |";
    text += '\n';
  });
}

}  // namespace

TextSink append_to(std::string& text) {
  return [&text](std::string_view piece) -> Status {
    text += piece;
    return {};
  };
}

Status write_json_array(const Rows& rows, std::uint64_t limit, const TextSink& sink) {
  const JsonObjects objects{rows.columns()};
  bool first = true;
  FT_CHECK(for_each_row(rows, limit, sink, [&](const Row& row, std::string& text) {
    text = first ? "[\n" : ",\n";
    first = false;
    objects.append(row, text);
  }));
  return sink(first ? "[]" : "\n]");
}

Status write_rows(const Rows& rows, Format format, const RowsShown& shown, const TextSink& sink) {
  switch (format) {
    case Format::kCsv: return write_delimited(rows, shown.limit, ',', sink);
    case Format::kTsv: return write_delimited(rows, shown.limit, '\t', sink);
    case Format::kNdjson: return write_ndjson(rows, shown.limit, sink);
    case Format::kMarkdown: return write_markdown(rows, shown.limit, sink);
    case Format::kJson: FT_CHECK(write_json_array(rows, shown.limit, sink)); return sink("\n");
    case Format::kTable: break;
  }
  return write_table(rows, shown, sink);
}

}  // namespace flowtrail::output
