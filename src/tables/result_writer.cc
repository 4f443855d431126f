#include "tables/result_writer.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>

namespace flowtrail::tables {
namespace {

using output::Format;
using output::json_string;

using Rows = std::vector<std::vector<output::Value>>;

/// Chunks are rendered as tables of their own, less the header line that each begins with.
class StreamingWriter : public ResultWriter {
 public:
  StreamingWriter(std::vector<output::Column> columns, const ScriptOutput& output)
      : output_(output), table_{std::move(columns), {}}, header_(render()) {
    output_.write(header_);
  }
  void add(Rows rows) override {
    table_.rows = std::move(rows);
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
  WholeTableWriter(std::vector<output::Column> columns, const ScriptOutput& output)
      : output_(output), table_{std::move(columns), {}} {}
  void add(Rows rows) override { std::move(rows.begin(), rows.end(), std::back_inserter(table_.rows)); }
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
  JsonWriter(const std::vector<output::Column>& columns, const ScriptOutput& output)
      : output_(output), text_(R"({"columns":[)") {
    for (const output::Column& column : columns) {
      if (text_.back() != '[') text_ += ',';
      text_ += fmt::format(R"({{"name":{},"type":{}}})", json_string(column.name), json_string(column.type));
    }
    text_ += R"(],"rows":[)";
  }
  void add(Rows rows) override {
    for (const auto& row : rows) {
      if (text_.back() != '[') text_ += ',';
      text_ += '[';
      for (std::size_t column = 0; column < row.size(); ++column) {
        if (column > 0) text_ += ',';
        text_ += output::json_value(row[column]);
      }
      text_ += ']';
    }
  }
  void end() override { output_.write(fmt::format("{}],\"warnings\":{}}}\n", text_, warnings_json(output_))); }

 private:
  const ScriptOutput& output_;
  std::string text_;
};

/// Tells how many rows pass by.
class CountingWriter : public ResultWriter {
 public:
  CountingWriter(std::unique_ptr<ResultWriter> writer, const ScriptOutput& output)
      : writer_(std::move(writer)), output_(output) {}
  void add(Rows rows) override {
    output_.rows_came(rows.size());
    writer_->add(std::move(rows));
  }
  void end() override { writer_->end(); }

 private:
  std::unique_ptr<ResultWriter> writer_;
  const ScriptOutput& output_;
};

std::unique_ptr<ResultWriter> writer_of_format(std::vector<output::Column> columns, const ScriptOutput& output) {
  switch (output.format) {
    case Format::kJson: return std::make_unique<JsonWriter>(columns, output);
    case Format::kTable:
    case Format::kMarkdown: return std::make_unique<WholeTableWriter>(std::move(columns), output);
    case Format::kCsv:
    case Format::kTsv:
    case Format::kNdjson: break;
  }
  return std::make_unique<StreamingWriter>(std::move(columns), output);
}

}  // namespace

std::unique_ptr<ResultWriter> make_writer(std::vector<output::Column> columns, const ScriptOutput& output) {
  auto writer = writer_of_format(std::move(columns), output);
  if (output.rows_came) writer = std::make_unique<CountingWriter>(std::move(writer), output);
  return writer;
}

std::string empty_json(const ScriptOutput& output) {
  return fmt::format("{{\"columns\":[],\"rows\":[],\"warnings\":{}}}\n", warnings_json(output));
}

}  // namespace flowtrail::tables
