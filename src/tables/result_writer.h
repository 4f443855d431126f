// Writes the rows of one result in the chosen format, as they come where the format allows.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "output/result_table.h"
#include "tables/scan_report.h"

namespace flowtrail::tables {

struct ScriptOutput {
  output::Format format = output::Format::kTable;
  int width = 100;                                 // of tables
  std::function<void(std::string_view)> write;     // takes the next piece of the result's text
  std::function<std::vector<Warning>()> warnings;  // asked after each statement, for JSON; may be empty
  std::function<void(std::size_t)> rows_came;      // told how many rows came, as they come; may be empty
};

/// Takes the rows of one result.
class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  virtual void add(std::vector<std::vector<output::Value>> rows) = 0;
  virtual void end() {}
};

/// CSV, TSV and NDJSON are written while rows come; tables and Markdown at the end, since their columns depend on all
/// rows; JSON likewise, since an error takes the place of the whole answer. `output` must outlive the writer.
[[nodiscard]] std::unique_ptr<ResultWriter> make_writer(std::vector<output::Column> columns,
                                                        const ScriptOutput& output);

/// The answer of a script without rows.
[[nodiscard]] std::string empty_json(const ScriptOutput& output);

}  // namespace flowtrail::tables
