#include "investigate/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/name_match.h"
#include "investigate/all_records.h"
#include "investigate/cells.h"
#include "investigate/coverage.h"
#include "investigate/empty_answer.h"
#include "output/display_text.h"
#include "version.h"

namespace flowtrail::investigate {
namespace {

using output::json_string;

std::string columns_json(const std::vector<output::Column>& columns) {
  std::string text = "[";
  for (const output::Column& column : columns) {
    text += fmt::format("{}\n    {{\"name\":{},\"type\":{},\"unit\":{},\"about\":{}}}", text.size() > 1 ? "," : "",
                        json_string(column.name), json_string(column.type),
                        output::json_value(text_or_null(column.unit)), json_string(column.about));
  }
  return text + "\n  ]";
}

std::string warnings_json(const std::vector<Warning>& warnings) {
  std::string text = "[";
  for (const Warning& warning : warnings) {
    text += fmt::format("{}\n    {{\"code\":{},\"count\":{},\"text\":{},\"example\":{}}}", text.size() > 1 ? "," : "",
                        json_string(warning.code), output::json_value(warning.count), json_string(warning.text),
                        output::json_value(text_or_null(warning.example)));
  }
  return text + (text.size() > 1 ? "\n  ]" : "]");
}

std::string remedies_json(const Report& report, Remediation kind) {
  std::string text = "[";
  for (const Remedy& remedy : report.remedies) {
    const bool cli = kind == Remediation::kCli;
    const std::string& command = cli ? remedy.cli : remedy.terraform;
    if (command.empty()) continue;
    text +=
        fmt::format("{}\n    {{\"why\":{},\"do\":{},\"undo\":{}}}", text.size() > 1 ? "," : "", json_string(remedy.why),
                    json_string(command), output::json_value(text_or_null(cli ? remedy.cli_undo : std::string{})));
  }
  return text + (text.size() > 1 ? "\n  ]" : "]");
}

std::vector<Warning> warnings_with_limit(const Report& report, std::uint64_t limit) {
  std::vector<Warning> warnings = report.warnings;
  const auto left_out = static_cast<std::int64_t>(report.rows->size() - rows_shown(report, limit));
  if (left_out > 0) {
    warnings.push_back(
        {"rows-left-out", left_out, fmt::format("{} left out by --limit {}", counted(left_out, "row"), limit), {}});
  }
  return warnings;
}

}  // namespace

std::uint64_t rows_shown(const Report& report, std::uint64_t limit) {
  const std::uint64_t all = report.rows->size();
  return limit == 0 ? all : std::min(all, limit);
}

Interval window_of(const Question& question, const ingest::Window& asked, const ingest::Evidence& evidence) {
  std::optional<Interval> covered;
  switch (question.window) {
    case Question::Window::kFlows:
      covered = evidence.covered_by_flows();
      if (!covered) covered = evidence.covered_by_events();
      break;
    case Question::Window::kEvents: covered = evidence.covered_by_events(); break;
    case Question::Window::kAll: break;
  }
  if (!covered) covered = evidence.covered_by_all();
  return ingest::resolve(asked, covered);
}

Result<Report> report_of(const Question& question, const Parameters& parameters, const Interval& window,
                         EvidenceDetail detail, const ingest::Evidence& evidence, const Shown& shown,
                         SpillOptions spill) {
  const Context context{evidence, parameters, window, detail, shown, std::move(spill)};
  FT_TRY(Answer answer, question.answer(context));
  Report report;
  report.question = &question;
  report.parameters_json = parameters.json(question.parameters);
  report.coverage_json = coverage_json(evidence);
  report.window = window;
  report.rows = std::move(answer.rows);
  report.warnings = std::move(answer.warnings);
  if (report.rows->size() == 0)
    std::ranges::move(explain_empty(question, context), std::back_inserter(report.warnings));
  std::ranges::move(common_warnings(question, context), std::back_inserter(report.warnings));
  report.sentences = std::move(answer.sentences);
  report.coverage_lines = coverage_lines(evidence);
  report.remedies = std::move(answer.remedies);
  report.sql = sql_of(question, parameters, window);
  report.bad_total = evidence.bad_total();
  return report;
}

Result<Report> investigate(const Request& request) {
  ingest::Options input = request.input;
  const bool window_known = input.window.from && input.window.to;
  // unused-groups needs the flow logs only to know where they end.
  input.flows = request.question->window == Question::Window::kFlows ||
                (request.question->window == Question::Window::kAll && !window_known);
  input.scanner_targets = request.parameters.scanner_targets;
  input.keep_peer = [&request](const ingest::Evidence& evidence, const attribution::Peer& peer,
                               const attribution::Owner& owner) {
    const auto keeps = request.question->keeps_peer;
    return keeps != nullptr && keeps(request.parameters, evidence, peer, owner);
  };
  input.peer_order = request.question->peer_order;
  FT_TRY(std::unique_ptr<ingest::Evidence> evidence, ingest::ingest(input));
  const Interval window = window_of(*request.question, input.window, *evidence);
  const SpillOptions spill{input.memory_budget_bytes / 4, input.temporary_folder};
  FT_TRY(Report report,
         report_of(*request.question, request.parameters, window, request.detail, *evidence, request.shown, spill));
  if (request.detail == EvidenceDetail::kAll && request.question->name == "access") {
    FT_TRY(report.rows, with_all_records(std::move(report.rows), *evidence, window, input.parquet.rows, spill));
  }
  report.evidence = std::move(evidence);
  return report;
}

namespace {

/// Some of the columns of other rows.
class ChosenColumns : public output::Rows {
 public:
  ChosenColumns(const output::Rows& rows, std::vector<std::size_t> chosen) : rows_(rows), chosen_(std::move(chosen)) {
    for (const std::size_t column : chosen_) columns_.push_back(rows.columns()[column]);
  }
  [[nodiscard]] const std::vector<output::Column>& columns() const override { return columns_; }
  [[nodiscard]] std::uint64_t size() const override { return rows_.size(); }
  [[nodiscard]] std::unique_ptr<output::RowCursor> open() const override {
    return std::make_unique<Cursor>(rows_.open(), chosen_);
  }
  [[nodiscard]] std::unique_ptr<output::RowCursor> open_part(std::uint64_t first, std::uint64_t last) const override {
    auto part = rows_.open_part(first, last);
    return part == nullptr ? nullptr : std::make_unique<Cursor>(std::move(part), chosen_);
  }

 private:
  class Cursor : public output::RowCursor {
   public:
    Cursor(std::unique_ptr<output::RowCursor> all, const std::vector<std::size_t>& chosen)
        : all_(std::move(all)), chosen_(chosen), row_(chosen.size()) {}
    Result<const output::Row*> next() override {
      FT_TRY(const output::Row* const cells, all_->next());
      if (cells == nullptr) return nullptr;
      for (std::size_t i = 0; i < chosen_.size(); ++i) row_[i] = (*cells)[chosen_[i]];  // takes texts' memory over
      return &row_;
    }

   private:
    std::unique_ptr<output::RowCursor> all_;
    const std::vector<std::size_t>& chosen_;
    output::Row row_;
  };

  const output::Rows& rows_;
  std::vector<std::size_t> chosen_;
  std::vector<output::Column> columns_;
};

output::RowsShown rows_shown_by(const PrintOptions& options) {
  return {.limit = options.limit, .width = options.width, .threads = options.threads};
}

Status write_json(const Report& report, const PrintOptions& options, const output::TextSink& sink) {
  std::string text = "{\n";
  const auto name = [&text](std::string_view key) {
    if (text != "{\n") text += ",\n";
    text += fmt::format("  {}: ", json_string(key));
  };
  const auto member = [&](std::string_view key, std::string_view json) {
    name(key);
    text += json;
  };
  member("flowtrail", json_string(kVersion));
  member("investigation", json_string(report.question->name));
  member("parameters", report.parameters_json);
  member("window", fmt::format(R"({{"from":{},"to":{}}})", output::json_value(time_or_null(report.window.from)),
                               output::json_value(time_or_null(report.window.to))));
  member("coverage", report.coverage_json);
  member("columns", columns_json(report.rows->columns()));
  name("rows");
  FT_CHECK(sink(text));
  text.clear();
  FT_CHECK(output::write_json_array(*report.rows, rows_shown_by(options), sink));
  member("warnings", warnings_json(warnings_with_limit(report, options.limit)));
  member("sql",
         fmt::format(R"({{"trino":{},"duckdb":{}}})", json_string(report.sql.trino), json_string(report.sql.duckdb)));
  if (options.remediation != Remediation::kNone) member("remediation", remedies_json(report, options.remediation));
  return sink(text + "\n}\n");
}

Status write_rows_alone(const Report& report, output::Format format, const output::RowsShown& shown,
                        const output::TextSink& sink) {
  const std::vector<output::Column>& columns = report.rows->columns();
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (format == output::Format::kNdjson || columns[i].type != "json") kept.push_back(i);
  }
  if (kept.size() == columns.size()) return output::write_rows(*report.rows, format, shown, sink);
  return output::write_rows(ChosenColumns{*report.rows, std::move(kept)}, format, shown, sink);
}

}  // namespace

Status write_report(const Report& report, output::Format format, const PrintOptions& options,
                    const output::TextSink& sink) {
  switch (format) {
    case output::Format::kTable: return write_for_people(report, options, sink);
    case output::Format::kJson: return write_json(report, options, sink);
    case output::Format::kCsv:
    case output::Format::kTsv:
    case output::Format::kNdjson:
    case output::Format::kMarkdown: break;
  }
  return write_rows_alone(report, format, rows_shown_by(options), sink);
}

Status check_fail_word(const Question& question, std::string_view word) {
  std::vector<std::string_view> known{"any"};
  for (const FailWords& words : question.fail_words) known.insert(known.end(), words.words.begin(), words.words.end());
  const bool listed = word.starts_with("listed:") && std::ranges::find(known, "listed") != known.end();
  if (listed || std::ranges::find(known, word) != known.end()) return {};
  return std::unexpected(
      Error{ErrorCode::kUsage,
            fmt::format("--fail-on {}: no row of {} can have that", output::visible(word), question.name),
            {},
            name_hint(word, known)});
}

Result<std::uint64_t> rows_failing(const Report& report, std::string_view word) {
  if (word == "any") return report.rows->size();
  std::vector<std::size_t> columns;
  for (const FailWords& words : report.question->fail_words) {
    columns.push_back(column_index(report.rows->columns(), words.column));
  }
  std::uint64_t count = 0;
  const auto cursor = report.rows->open();
  for (;;) {
    FT_TRY(const output::Row* const row, cursor->next());
    if (row == nullptr) return count;
    const bool fails = std::ranges::any_of(columns, [&](std::size_t column) {
      const std::string value = output::plain_value((*row)[column]);
      return value == word || (word == "listed" && value.starts_with("listed:"));
    });
    count += fails ? 1U : 0U;
  }
}

}  // namespace flowtrail::investigate
