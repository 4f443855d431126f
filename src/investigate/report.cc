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

std::string columns_json(const output::Table& table) {
  std::string text = "[";
  for (const output::Column& column : table.columns) {
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
  const auto left_out = static_cast<std::int64_t>(report.table.rows.size() - rows_shown(report, limit));
  if (left_out > 0) {
    warnings.push_back(
        {"rows-left-out", left_out, fmt::format("{} left out by --limit {}", counted(left_out, "row"), limit), {}});
  }
  return warnings;
}

}  // namespace

std::uint64_t rows_shown(const Report& report, std::uint64_t limit) {
  const std::uint64_t all = report.table.rows.size();
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

Report report_of(const Question& question, const Parameters& parameters, const Interval& window, EvidenceDetail detail,
                 const ingest::Evidence& evidence, const Shown& shown) {
  const Context context{evidence, parameters, window, detail, shown};
  Answer answer = question.answer(context);
  Report report;
  report.question = &question;
  report.parameters_json = parameters.json(question.parameters);
  report.coverage_json = coverage_json(evidence);
  report.window = window;
  report.table = std::move(answer.table);
  report.warnings = std::move(answer.warnings);
  if (report.table.rows.empty())
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
  FT_TRY(const std::unique_ptr<ingest::Evidence> evidence, ingest::ingest(input));
  const Interval window = window_of(*request.question, input.window, *evidence);
  Report report = report_of(*request.question, request.parameters, window, request.detail, *evidence, request.shown);
  if (request.detail == EvidenceDetail::kAll && request.question->name == "access") {
    list_all_records(*evidence, window, input.parquet, report.table);
  }
  return report;
}

std::string to_json(const Report& report, const PrintOptions& options) {
  output::Table rows = report.table;
  rows.rows.resize(rows_shown(report, options.limit));
  std::string rows_json = output::render(rows, output::Format::kJson);
  rows_json.pop_back();  // its newline
  std::string text = "{\n";
  const auto member = [&text](std::string_view name, std::string_view json) {
    if (text.size() > 2) text += ",\n";
    text += fmt::format("  {}: {}", json_string(name), json);
  };
  member("flowtrail", json_string(kVersion));
  member("investigation", json_string(report.question->name));
  member("parameters", report.parameters_json);
  member("window", fmt::format(R"({{"from":{},"to":{}}})", output::json_value(time_or_null(report.window.from)),
                               output::json_value(time_or_null(report.window.to))));
  member("coverage", report.coverage_json);
  member("columns", columns_json(report.table));
  member("rows", rows_json);
  member("warnings", warnings_json(warnings_with_limit(report, options.limit)));
  member("sql",
         fmt::format(R"({{"trino":{},"duckdb":{}}})", json_string(report.sql.trino), json_string(report.sql.duckdb)));
  if (options.remediation != Remediation::kNone) member("remediation", remedies_json(report, options.remediation));
  return text + "\n}\n";
}

std::string rows_text(const Report& report, output::Format format, std::uint64_t limit) {
  output::Excerpt excerpt{{}, rows_shown(report, limit)};
  for (std::size_t i = 0; i < report.table.columns.size(); ++i) {
    if (format == output::Format::kNdjson || report.table.columns[i].type != "json") excerpt.columns.push_back(i);
  }
  return output::render(report.table, excerpt, format);
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

std::uint64_t rows_failing(const Report& report, std::string_view word) {
  if (word == "any") return report.table.rows.size();
  std::uint64_t count = 0;
  for (const auto& row : report.table.rows) {
    count += std::ranges::any_of(report.question->fail_words,
                                 [&](const FailWords& words) {
                                   const std::string value =
                                       output::plain_value(row[column_index(report.table.columns, words.column)]);
                                   return value == word || (word == "listed" && value.starts_with("listed:"));
                                 })
                 ? 1U
                 : 0U;
  }
  return count;
}

}  // namespace flowtrail::investigate
