#include "tables/script_runner.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

namespace flowtrail::tables {
namespace {

using engine::Chunk;
using engine::QueryResult;
using output::Format;
using output::json_string;

/// Takes the rows of one result.
class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  virtual void add(const Chunk& chunk) = 0;
  virtual void end() {}
};

output::Table empty_table(const QueryResult& result) {
  output::Table table;
  for (const engine::ResultColumn& column : result.columns())
    table.columns.push_back({column.name, column.type, {}, {}});
  return table;
}

void append_rows(const Chunk& chunk, output::Table& table) {
  for (std::size_t row = 0; row < chunk.row_count(); ++row) {
    auto& values = table.rows.emplace_back();
    values.reserve(table.columns.size());
    for (std::size_t column = 0; column < table.columns.size(); ++column) values.push_back(chunk.value(column, row));
  }
}

/// CSV, TSV and NDJSON: chunks are rendered as tables of their own, less the header line that each begins with.
class StreamingWriter : public ResultWriter {
 public:
  StreamingWriter(const QueryResult& result, const ScriptOutput& output)
      : output_(output), table_(empty_table(result)), header_(render()) {
    output_.write(header_);
  }
  void add(const Chunk& chunk) override {
    table_.rows.clear();
    append_rows(chunk, table_);
    output_.write(std::string_view{render()}.substr(header_.size()));
  }

 private:
  [[nodiscard]] std::string render() const { return output::render(table_, output_.format, output_.width); }

  const ScriptOutput& output_;
  output::Table table_;
  std::string header_;
};

class WholeTableWriter : public ResultWriter {
 public:
  WholeTableWriter(const QueryResult& result, const ScriptOutput& output)
      : output_(output), table_(empty_table(result)) {}
  void add(const Chunk& chunk) override { append_rows(chunk, table_); }
  void end() override { output_.write(output::render(table_, output_.format, output_.width)); }

 private:
  const ScriptOutput& output_;
  output::Table table_;
};

std::string warnings_json(const ScriptOutput& output) {
  std::string text = "[";
  if (!output.warnings) return "[]";
  for (const Warning& warning : output.warnings()) {
    if (text.size() > 1) text += ',';
    text += fmt::format(R"({{"code":{},"count":{},"text":{},"example":{}}})", json_string(warning.code), warning.count,
                        json_string(warning.text), json_string(warning.example));
  }
  return text + ']';
}

class JsonWriter : public ResultWriter {
 public:
  JsonWriter(const QueryResult& result, const ScriptOutput& output)
      : output_(output), width_(result.columns().size()), text_(R"({"columns":[)") {
    for (const engine::ResultColumn& column : result.columns()) {
      if (text_.back() != '[') text_ += ',';
      text_ += fmt::format(R"({{"name":{},"type":{}}})", json_string(column.name), json_string(column.type));
    }
    text_ += R"(],"rows":[)";
  }
  void add(const Chunk& chunk) override {
    for (std::size_t row = 0; row < chunk.row_count(); ++row) {
      if (text_.back() != '[') text_ += ',';
      text_ += '[';
      for (std::size_t column = 0; column < width_; ++column) {
        if (column > 0) text_ += ',';
        text_ += output::json_value(chunk.value(column, row));
      }
      text_ += ']';
    }
  }
  void end() override { output_.write(fmt::format("{}],\"warnings\":{}}}\n", text_, warnings_json(output_))); }

 private:
  const ScriptOutput& output_;
  std::size_t width_;
  std::string text_;
};

std::unique_ptr<ResultWriter> make_writer(const QueryResult& result, const ScriptOutput& output) {
  switch (output.format) {
    case Format::kJson: return std::make_unique<JsonWriter>(result, output);
    case Format::kTable:
    case Format::kMarkdown: return std::make_unique<WholeTableWriter>(result, output);
    case Format::kCsv:
    case Format::kTsv:
    case Format::kNdjson: break;
  }
  return std::make_unique<StreamingWriter>(result, output);
}

/// Runs one statement; true if it returned rows.
engine::SqlResult<bool> run_statement(engine::Connection& connection, const engine::Script& script, std::size_t index,
                                      const ScriptOutput& output) {
  FT_TRY(QueryResult result, connection.run(script, index));
  const std::unique_ptr<ResultWriter> writer = result.has_rows() ? make_writer(result, output) : nullptr;
  while (true) {
    FT_TRY(const std::optional<Chunk> chunk, result.next());
    if (!chunk) break;
    if (writer) writer->add(*chunk);
  }
  if (writer) writer->end();
  return writer != nullptr;
}

}  // namespace

engine::SqlResult<void> run_script(engine::Connection& connection, std::string sql, const ScriptOutput& output) {
  FT_TRY(const engine::Script script, connection.parse(std::move(sql)));
  bool any_rows = false;
  for (std::size_t i = 0; i < script.size(); ++i) {
    FT_TRY(const bool rows, run_statement(connection, script, i, output));
    any_rows = any_rows || rows;
  }
  if (!any_rows && output.format == Format::kJson) {
    output.write(fmt::format("{{\"columns\":[],\"rows\":[],\"warnings\":{}}}\n", warnings_json(output)));
  }
  return {};
}

std::string error_json(const engine::SqlError& error) {
  const auto number = [](int value) { return value == 0 ? std::string{"null"} : std::to_string(value); };
  return fmt::format(R"({{"error":{{"name":{},"message":{},"line":{},"column":{}}}}})", json_string(error.name),
                     json_string(error.what), number(error.line), number(error.column));
}

}  // namespace flowtrail::tables
