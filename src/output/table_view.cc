#include "output/table_view.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "output/display_text.h"

namespace flowtrail::output {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowestText = 12;

struct Grid {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> cells;
  std::vector<std::size_t> widths;
  std::vector<bool> right;  // numbers
  std::vector<bool> whole;  // numbers and times: never cut
};

std::string cell_text(const Value& value) {
  if (const auto* list = std::get_if<TextList>(&value); list != nullptr && list->empty()) return "none";
  return visible(plain_value(value, "-"));
}

Grid make_grid(const Table& table) {
  Grid grid;
  const std::size_t columns = table.columns.size();
  grid.widths.resize(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    grid.names.push_back(visible(table.columns[c].name));
    grid.right.push_back(table.columns[c].type == "bigint" || table.columns[c].type == "double");
    grid.whole.push_back(grid.right[c] || table.columns[c].type == "timestamp");
    grid.widths[c] = display_width(grid.names[c]);
  }
  for (const auto& row : table.rows) {
    auto& texts = grid.cells.emplace_back();
    for (std::size_t c = 0; c < columns; ++c) {
      texts.push_back(cell_text(row[c]));
      grid.widths[c] = std::max(grid.widths[c], display_width(texts.back()));
    }
  }
  return grid;
}

std::size_t total_width(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
         (widths.empty() ? 0 : kGap * (widths.size() - 1));
}

/// Takes columns off the widest texts until the line fits; false if it cannot.
bool shrink(Grid& grid, std::size_t width) {
  std::size_t total = total_width(grid.widths);
  while (total > width) {
    std::size_t widest = grid.widths.size();
    for (std::size_t c = 0; c < grid.widths.size(); ++c) {
      if (grid.whole[c] || grid.widths[c] <= kNarrowestText) continue;
      if (widest == grid.widths.size() || grid.widths[c] > grid.widths[widest]) widest = c;
    }
    if (widest == grid.widths.size()) return false;
    --grid.widths[widest];
    --total;
  }
  return true;
}

void append_line(std::string& text, const Grid& grid, const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (c > 0) line.append(kGap, ' ');
    std::string cell = elide_middle(cells[c], grid.widths[c]);
    line += grid.right[c] ? pad_left(std::move(cell), grid.widths[c]) : pad_right(std::move(cell), grid.widths[c]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  text += line;
  text += '\n';
}

std::string side_by_side(const Grid& grid) {
  std::string text;
  append_line(text, grid, grid.names);
  std::vector<std::string> rules;
  for (const std::size_t width : grid.widths) {
    std::string& rule = rules.emplace_back();
    for (std::size_t i = 0; i < width; ++i) rule += "─";
  }
  append_line(text, grid, rules);
  for (const auto& row : grid.cells) append_line(text, grid, row);
  return text;
}

std::string one_after_the_other(const Grid& grid, std::size_t width) {
  std::size_t name_width = 0;
  for (const auto& name : grid.names) name_width = std::max(name_width, display_width(name));
  name_width = std::min(name_width, width / 2);
  std::string text;
  for (std::size_t r = 0; r < grid.cells.size(); ++r) {
    text += fmt::format("── {} ──\n", r + 1);
    for (std::size_t c = 0; c < grid.names.size(); ++c) {
      const std::size_t indent = name_width + kGap;
      text += pad_right(elide_middle(grid.names[c], name_width), indent);
      text += wrap(grid.cells[r][c], width > indent ? width - indent : 1, indent);
      text += '\n';
    }
  }
  return text;
}

}  // namespace

std::string render_table(const Table& table, std::size_t width) {
  if (table.columns.empty()) return {};
  Grid grid = make_grid(table);
  const Grid natural = grid;
  return shrink(grid, width) ? side_by_side(grid) : one_after_the_other(natural, width);
}

}  // namespace flowtrail::output
