#include "output/table_view.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "output/display_text.h"

namespace flowtrail::output {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowestText = 12;

struct Grid {
  std::vector<std::string> names;
  std::vector<std::size_t> widths;
  std::vector<bool> right;  // numbers
  std::vector<bool> whole;  // numbers and times: never cut
};

std::string cell_text(const Value& value) {
  if (const auto* list = std::get_if<TextList>(&value); list != nullptr && list->empty()) return "none";
  return visible(plain_value(value, "-"));
}

/// Calls `visit` with the texts of each row that is shown.
template <typename Visit>
Status for_each_line(const Rows& rows, std::uint64_t limit, const Visit& visit) {
  const auto cursor = rows.open();
  std::vector<std::string> cells;
  for (std::uint64_t row = 0; limit == 0 || row < limit; ++row) {
    FT_TRY(const Row* const values, cursor->next());
    if (values == nullptr) break;
    cells.clear();
    for (const Value& value : *values) cells.push_back(cell_text(value));
    FT_CHECK(visit(cells));
  }
  return {};
}

Result<Grid> measured_grid(const Rows& rows, std::uint64_t limit) {
  Grid grid;
  for (const Column& column : rows.columns()) {
    grid.names.push_back(visible(column.name));
    grid.right.push_back(column.type == "bigint" || column.type == "double");
    grid.whole.push_back(grid.right.back() || column.type == "timestamp");
    grid.widths.push_back(display_width(grid.names.back()));
  }
  FT_CHECK(for_each_line(rows, limit, [&grid](const std::vector<std::string>& cells) -> Status {
    for (std::size_t c = 0; c < cells.size(); ++c) grid.widths[c] = std::max(grid.widths[c], display_width(cells[c]));
    return {};
  }));
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

std::string line_of(const Grid& grid, const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (c > 0) line.append(kGap, ' ');
    std::string cell = elide_middle(cells[c], grid.widths[c]);
    line += grid.right[c] ? pad_left(std::move(cell), grid.widths[c]) : pad_right(std::move(cell), grid.widths[c]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

Status write_side_by_side(const Rows& rows, std::uint64_t limit, const Grid& grid, const TextSink& sink) {
  FT_CHECK(sink(line_of(grid, grid.names)));
  std::vector<std::string> rules;
  for (const std::size_t width : grid.widths) {
    std::string& rule = rules.emplace_back();
    for (std::size_t i = 0; i < width; ++i) rule += "─";
  }
  FT_CHECK(sink(line_of(grid, rules)));
  return for_each_line(rows, limit, [&](const std::vector<std::string>& cells) { return sink(line_of(grid, cells)); });
}

Status write_one_after_the_other(const Rows& rows, const RowsShown& shown, const Grid& grid, const TextSink& sink) {
  std::size_t name_width = 0;
  for (const auto& name : grid.names) name_width = std::max(name_width, display_width(name));
  name_width = std::min(name_width, shown.width / 2);
  const std::size_t indent = name_width + kGap;
  std::uint64_t number = 0;
  return for_each_line(rows, shown.limit, [&](const std::vector<std::string>& cells) {
    std::string text = fmt::format("── {} ──\n", ++number);
    for (std::size_t c = 0; c < grid.names.size(); ++c) {
      text += pad_right(elide_middle(grid.names[c], name_width), indent);
      text += wrap(cells[c], shown.width > indent ? shown.width - indent : 1, indent);
      text += '\n';
    }
    return sink(text);
  });
}

}  // namespace

Status write_table(const Rows& rows, const RowsShown& shown, const TextSink& sink) {
  if (rows.columns().empty()) return {};
  FT_TRY(Grid grid, measured_grid(rows, shown.limit));
  return shrink(grid, shown.width) ? write_side_by_side(rows, shown.limit, grid, sink)
                                   : write_one_after_the_other(rows, shown, grid, sink);
}

}  // namespace flowtrail::output
