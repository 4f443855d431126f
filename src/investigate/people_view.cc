// The table view for people: the answer in words, a few columns, what was read, what is missing, what one could do.
#include <fmt/format.h>

#include <algorithm>

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

/// The few columns of the question's table view.
output::Table shown_columns(const Report& report) {
  output::Table table;
  const auto& columns = report.table.columns;
  table.rows.resize(report.table.rows.size());
  for (const ShownColumn& shown : report.question->shown) {
    const std::size_t first = column_index(columns, shown.name);
    const std::size_t second = column_index(columns, shown.also);
    output::Column column = columns[first];
    if (!shown.title.empty()) column.name = shown.title;
    if (!shown.joiner.empty()) column.type = "varchar";
    table.columns.push_back(std::move(column));
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      const auto& cells = report.table.rows[row];
      table.rows[row].push_back(second == columns.size() ? cells[first]
                                                         : joined(cells[first], cells[second], shown.joiner));
    }
  }
  return table;
}

/// Takes columns out that say the same in each of several rows, and tells what they say: room for the others.
std::string take_constant_columns(output::Table& table) {
  std::string same;
  if (table.rows.size() < 2) return same;
  for (std::size_t c = table.columns.size(); c-- > 0;) {
    const Value value = table.rows.front()[c];
    const bool constant = std::ranges::all_of(table.rows, [&](const auto& row) { return row[c] == value; });
    if (!constant || table.columns.size() <= 3) continue;
    const std::string text = output::plain_value(value);
    if (!text.empty()) same = fmt::format("{} {}{}{}", table.columns[c].name, text, same.empty() ? "" : ", ", same);
    const auto offset = static_cast<std::ptrdiff_t>(c);
    table.columns.erase(table.columns.begin() + offset);
    for (auto& row : table.rows) row.erase(row.begin() + offset);
  }
  return same;
}

class PeopleView {
 public:
  PeopleView(const Report& report, const PrintOptions& options) : report_(report), options_(options) {}

  std::string text() {
    for (const std::string& sentence : report_.sentences) line(sentence, 0, text_.empty());
    line(fmt::format("Window {} to {} (UTC, end excluded).", format_utc(*report_.window.from),
                     format_utc(*report_.window.to)),
         0, false);
    rows();
    sources();
    missing();
    remediation();
    return std::move(text_);
  }

 private:
  void line(std::string_view content, std::size_t indent, bool bold) {
    const std::size_t hang = content.starts_with("- ") ? indent + 2 : indent;
    const std::string safe = output::wrap(output::visible(content), options_.width - hang, hang);
    text_.append(indent, ' ');
    text_ += bold ? options_.style.bold(safe) : safe;
    text_ += '\n';
  }

  void rows() {
    if (report_.table.rows.empty()) return;
    output::Table table = shown_columns(report_);
    text_ += '\n';
    const std::string same = take_constant_columns(table);  // of all rows, shown or not
    table.rows.resize(rows_shown(report_, options_.limit));
    if (!same.empty()) line(fmt::format("In every row: {}", same), 0, false);
    text_ += output::render(table, output::Format::kTable, static_cast<int>(options_.width));
    const std::uint64_t left_out = report_.table.rows.size() - rows_shown(report_, options_.limit);
    if (left_out > 0) {
      line(fmt::format("... {} left out by --limit {} (--limit 0 shows all).",
                       counted(static_cast<std::int64_t>(left_out), "more row"), options_.limit),
           0, false);
    }
    line(fmt::format("All {} columns: --output json|csv", report_.table.columns.size()), 0, false);
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
  std::string text_;
};

}  // namespace

std::string to_people(const Report& report, const PrintOptions& options) {
  return PeopleView{report, options}.text();
}

}  // namespace flowtrail::investigate
