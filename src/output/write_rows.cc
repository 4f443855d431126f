#include "output/write_rows.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/in_order.h"
#include "base/threads.h"
#include "output/display_text.h"
#include "output/table_view.h"

namespace flowtrail::output {
namespace {

constexpr std::uint64_t kRowsOfPart = 512;

// Text of the rows of one part, or why there is none.
template <typename Append>
Result<std::string> text_of(RowCursor& cursor, std::uint64_t first, const Append& append) {
  std::string text;
  for (std::uint64_t number = first;; ++number) {
    FT_TRY(const Row* const cells, cursor.next());
    if (cells == nullptr) return text;
    append(*cells, number, text);
  }
}

// The same as `for_each_row`, with parts of the rows printed by several threads.
template <typename Append>
Status for_each_part(const Rows& rows, std::uint64_t count, unsigned threads, const TextSink& sink,
                     const Append& append) {
  std::atomic<bool> failed = false;
  Status status;
  for_each_in_order((count + kRowsOfPart - 1) / kRowsOfPart, threads,
                    [&](unsigned, std::size_t part) -> Result<std::string> {
                      if (failed) return std::string{};  // nobody takes it any more
                      const std::uint64_t first = part * kRowsOfPart;
                      return text_of(*rows.open_part(first, std::min(count, first + kRowsOfPart)), first, append);
                    },
                    [&](std::size_t, Result<std::string> text) {
                      if (failed) return;
                      status = text ? sink(*text) : Status(std::unexpected(std::move(text.error())));
                      failed = !status;
                    });
  return status;
}

// Calls `append(row, number, text)` for each row that is shown and hands the text over. Where several threads may do
// so, `append` must not change anything else.
template <typename Append>
Status for_each_row(const Rows& rows, const RowsShown& shown, const TextSink& sink, const Append& append) {
  const std::uint64_t count = shown.limit == 0 ? rows.size() : std::min(rows.size(), shown.limit);
  const unsigned threads = thread_count(shown.threads);
  if (threads > 1 && count > kRowsOfPart && rows.open_part(0, 0) != nullptr) {
    return for_each_part(rows, count, threads, sink, append);
  }
  const auto cursor = rows.open();
  std::string text;
  for (std::uint64_t row = 0; row < count; ++row) {
    FT_TRY(const Row* const cells, cursor->next());
    if (cells == nullptr) break;
    text.clear();
    append(*cells, row, text);
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

Status write_delimited(const Rows& rows, const RowsShown& shown, char separator, const TextSink& sink) {
  std::string names;
  for (const Column& column : rows.columns()) {
    if (&column != &rows.columns().front()) names += separator;
    const std::size_t begin = names.size();
    names += column.name;
    quote(names, begin, separator);
  }
  FT_CHECK(sink(names + "\r\n"));
  return for_each_row(rows, shown, sink, [separator](const Row& row, std::uint64_t, std::string& text) {
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

Status write_ndjson(const Rows& rows, const RowsShown& shown, const TextSink& sink) {
  const JsonObjects objects{rows.columns()};
  return for_each_row(rows, shown, sink, [&objects](const Row& row, std::uint64_t, std::string& text) {
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

Status write_markdown(const Rows& rows, const RowsShown& shown, const TextSink& sink) {
  std::string names = "|";
  std::string rule = "|";
  for (const Column& column : rows.columns()) {
    names += ' ' + markdown_cell(column.name) + " |";
    rule += column.type == "bigint" || column.type == "double" ? " ---: |" : " --- |";
  }
  FT_CHECK(sink(names + '\n' + rule + '\n'));
  return for_each_row(rows, shown, sink, [](const Row& row, std::uint64_t, std::string& text) {
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

Status write_json_array(const Rows& rows, const RowsShown& shown, const TextSink& sink) {
  const JsonObjects objects{rows.columns()};
  bool empty = true;  // there may be fewer rows than said
  const TextSink noting_sink = [&](std::string_view text) {
    empty = false;
    return sink(text);
  };
  FT_CHECK(for_each_row(rows, shown, noting_sink, [&](const Row& row, std::uint64_t number, std::string& text) {
    text += number == 0 ? "[\n" : ",\n";
    objects.append(row, text);
  }));
  return sink(empty ? "[]" : "\n]");
}

Status write_rows(const Rows& rows, Format format, const RowsShown& shown, const TextSink& sink) {
  switch (format) {
    case Format::kCsv: return write_delimited(rows, shown, ',', sink);
    case Format::kTsv: return write_delimited(rows, shown, '\t', sink);
    case Format::kNdjson: return write_ndjson(rows, shown, sink);
    case Format::kMarkdown: return write_markdown(rows, shown, sink);
    case Format::kJson: FT_CHECK(write_json_array(rows, shown, sink)); return sink("\n");
    case Format::kTable: break;
  }
  return write_table(rows, shown, sink);
}

}  // namespace flowtrail::output
