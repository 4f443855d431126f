// The table view for people: the answer in words, a few columns, what was read, what is missing, what one could do.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "investigate/cells.h"
#include "investigate/report.h"
#include "output/display_text.h"

namespace flowtrail::investigate {
namespace {

using output::Value;

bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

/// The cell of a shown column that stands for two.
Value joined(const Value& first, const Value& second, std::string_view joiner) {
  if (is_null(first)) return second;
  if (joiner.empty() || is_null(second) || first == second) return first;
  return output::plain_value(first) + std::string{joiner} + output::plain_value(second);
}

/// A column of the view, made of one or two of the report.
struct ColumnView {
  output::Column column;
  std::size_t first = 0, second = 0;  // no second: one beyond the last
  std::string_view joiner;
};

std::vector<ColumnView> shown_columns(const Report& report) {
  const auto& columns = report.rows->columns();
  std::vector<ColumnView> all;
  for (const ShownColumn& wanted : report.question->shown) {
    const std::size_t first = column_index(columns, wanted.name);
    ColumnView& shown = all.emplace_back(columns[first], first, column_index(columns, wanted.also), wanted.joiner);
    if (!wanted.title.empty()) shown.column.name = wanted.title;
    if (!wanted.joiner.empty()) shown.column.type = "varchar";
  }
  return all;
}

/// The rows of the view.
class ShownRows : public output::Rows {
 public:
  ShownRows(const output::Rows& rows, std::vector<ColumnView> shown) : rows_(rows), shown_(std::move(shown)) {
    for (const ColumnView& one : shown_) columns_.push_back(one.column);
  }
  [[nodiscard]] const std::vector<output::Column>& columns() const override { return columns_; }
  [[nodiscard]] std::uint64_t size() const override { return rows_.size(); }
  [[nodiscard]] std::unique_ptr<output::RowCursor> open() const override {
    return std::make_unique<Cursor>(rows_.open(), shown_);
  }

 private:
  class Cursor : public output::RowCursor {
   public:
    Cursor(std::unique_ptr<output::RowCursor> rows, const std::vector<ColumnView>& shown)
        : rows_(std::move(rows)), shown_(shown) {}
    Result<const output::Row*> next() override {
      FT_TRY(const output::Row* const cells, rows_->next());
      if (cells == nullptr) return nullptr;
      row_.clear();
      for (const ColumnView& one : shown_) {
        const Value& first = (*cells)[one.first];
        row_.push_back(one.second == cells->size() ? first : joined(first, (*cells)[one.second], one.joiner));
      }
      return &row_;
    }

   private:
    std::unique_ptr<output::RowCursor> rows_;
    const std::vector<ColumnView>& shown_;
    output::Row row_;
  };

  const output::Rows& rows_;
  std::vector<ColumnView> shown_;
  std::vector<output::Column> columns_;
};

/// By column: what it says in every row, or nothing when rows differ.
Result<std::vector<std::optional<Value>>> constants(const output::Rows& rows) {
  std::vector<std::optional<Value>> same;
  const auto cursor = rows.open();
  FT_TRY(const output::Row* row, cursor->next());
  if (row != nullptr) same.assign(row->begin(), row->end());
  while (row != nullptr && std::ranges::any_of(same, [](const auto& value) { return value.has_value(); })) {
    for (std::size_t c = 0; c < same.size(); ++c) {
      if (same[c] && *same[c] != (*row)[c]) same[c].reset();
    }
    FT_TRY(row, cursor->next());
  }
  return same;
}

/// Takes columns out that say the same in each of several rows, and tells what they say: room for the others.
Result<std::string> take_constant_columns(const output::Rows& rows, std::vector<ColumnView>& shown) {
  std::string same;
  if (rows.size() < 2) return same;
  FT_TRY(const auto values, constants(ShownRows{rows, shown}));
  for (std::size_t c = shown.size(); c-- > 0;) {
    if (!values[c] || shown.size() <= 3) continue;
    const std::string text = output::plain_value(*values[c]);
    if (!text.empty()) same = fmt::format("{} {}{}{}", shown[c].column.name, text, same.empty() ? "" : ", ", same);
    shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(c));
  }
  return same;
}

class PeopleView {
 public:
  PeopleView(const Report& report, const PrintOptions& options, const output::TextSink& sink)
      : report_(report), options_(options), sink_(sink) {}

  Status write() {
    for (const std::string& sentence : report_.sentences) line(sentence, 0, text_.empty());
    line(fmt::format("Window {} to {} (UTC, end excluded).", format_utc(*report_.window.from),
                     format_utc(*report_.window.to)),
         0, false);
    FT_CHECK(rows());
    sources();
    missing();
    remediation();
    return sink_(text_);
  }

 private:
  void line(std::string_view content, std::size_t indent, bool bold) {
    const std::size_t hang = content.starts_with("- ") ? indent + 2 : indent;
    const std::string safe = output::wrap(output::visible(content), options_.width - hang, hang);
    text_.append(indent, ' ');
    text_ += bold ? options_.style.bold(safe) : safe;
    text_ += '\n';
  }

  Status rows() {
    if (report_.rows->size() == 0) return {};
    text_ += '\n';
    std::vector<ColumnView> shown = shown_columns(report_);
    FT_TRY(const std::string same, take_constant_columns(*report_.rows, shown));  // of all rows, shown or not
    if (!same.empty()) line(fmt::format("In every row: {}", same), 0, false);
    FT_CHECK(sink_(text_));
    text_.clear();
    FT_CHECK(output::write_rows(ShownRows{*report_.rows, std::move(shown)}, output::Format::kTable,
                                {options_.limit, options_.width}, sink_));
    const std::uint64_t left_out = report_.rows->size() - rows_shown(report_, options_.limit);
    if (left_out > 0) {
      line(fmt::format("... {} left out by --limit {} (--limit 0 shows all).",
                       counted(static_cast<std::int64_t>(left_out), "more row"), options_.limit),
           0, false);
    }
    line(fmt::format("All {} columns: --output json|csv", report_.rows->columns().size()), 0, false);
    return {};
  }

  void sources() {
    text_ += "\nRead\n";
    for (const std::string& source : report_.coverage_lines) line(source, 2, false);
  }

  void missing() {
    if (report_.warnings.empty()) return;
    text_ += "\nMissing, or to know\n";
    for (const Warning& warning : report_.warnings) {
      std::string text = fmt::format("{} {}: {}", warning.code, warning.count, warning.text);
      if (!warning.example.empty()) text += fmt::format(" (for example {})", warning.example);
      text_ += "  " + options_.style.warning("!") + ' ';
      text_ += output::wrap(output::visible(text), options_.width - 4, 4) + '\n';
    }
  }

  void commands(std::string_view word, std::string_view block) {
    while (!block.empty()) {
      const std::size_t end = block.find('\n');
      text_ += fmt::format("  {} {}\n", word, output::visible(block.substr(0, end)));
      block.remove_prefix(end == std::string_view::npos ? block.size() : end + 1);
    }
  }

  void remediation() {
    if (options_.remediation == Remediation::kNone) return;
    text_ += "\nRemediation: proposals only, nothing was executed. Look at each before you run it.\n";
    std::size_t number = 0;
    for (const Remedy& remedy : report_.remedies) {
      const bool cli = options_.remediation == Remediation::kCli;
      if ((cli ? remedy.cli : remedy.terraform).empty()) continue;
      line(fmt::format("- {}", remedy.why), 0, false);
      ++number;
      if (cli) {
        commands("do:  ", remedy.cli);
        commands("undo:", remedy.cli_undo);
      } else {
        commands("|", remedy.terraform);
      }
    }
    if (number == 0) text_ += "Nothing to propose.\n";
  }

  const Report& report_;
  const PrintOptions& options_;
  const output::TextSink& sink_;
  std::string text_;
};

}  // namespace

Status write_for_people(const Report& report, const PrintOptions& options, const output::TextSink& sink) {
  return PeopleView{report, options, sink}.write();
}

}  // namespace flowtrail::investigate
