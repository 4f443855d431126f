// From a request to what is printed: `investigate` reads, answers and gathers; `write_report` prints, as rows alone, in
// the envelope of the contract (JSON) or in the view for people (table).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/ingest.h"
#include "investigate/question.h"
#include "output/color.h"
#include "output/write_rows.h"

namespace flowtrail::investigate {

/// Everything one run of a question needs.
struct Request {
  const Question* question = nullptr;
  Parameters parameters;  // finished
  ingest::Options input;  // `flows` is set by `investigate`
  EvidenceDetail detail = EvidenceDetail::kFirst;
  Shown shown;
};

struct Sql {
  std::string trino, duckdb;
};

struct Report {
  const Question* question = nullptr;
  std::string parameters_json, coverage_json;
  Interval window;
  std::unique_ptr<const ingest::Evidence> evidence;  // what the rows are made from; empty: it is held elsewhere
  std::unique_ptr<const output::Rows> rows;          // all
  std::vector<Warning> warnings;
  std::vector<std::string> sentences, coverage_lines;
  std::vector<Remedy> remedies;
  Sql sql;
  std::uint64_t bad_total = 0;  // > 0: the input was not whole
};

/// Reads the sources and answers. Errors: those of `ingest::ingest` and of the question.
[[nodiscard]] Result<Report> investigate(const Request& request);

/// Answers from evidence that is already there and outlives the report, its peers in the question's order. Pure: equal
/// evidence and parameters give equal reports. Errors: those of the question.
[[nodiscard]] Result<Report> report_of(const Question& question, const Parameters& parameters, const Interval& window,
                                       EvidenceDetail detail, const ingest::Evidence& evidence, const Shown& shown = {},
                                       SpillOptions spill = {});

/// The window of the question over this evidence (docs/how-it-counts.md, "Windows").
[[nodiscard]] Interval window_of(const Question& question, const ingest::Window& asked,
                                 const ingest::Evidence& evidence);

enum class Remediation : std::uint8_t { kNone, kCli, kTerraform };

/// How rows are printed. `limit` 0 = all rows.
struct PrintOptions {
  std::uint64_t limit = 0;
  Remediation remediation = Remediation::kNone;
  std::size_t width = 100;
  output::Style style;
  unsigned threads = 1;  // as in output::RowsShown
};

/// Number of rows that the limit lets through.
[[nodiscard]] std::uint64_t rows_shown(const Report& report, std::uint64_t limit);

/// Prints the report: as a table, the answer in words, the rows, what was read and what is missing; as JSON, one object
/// (the contract's section 1; with a `remediation` member when that is asked for); else the rows alone, with the
/// columns of JSON in NDJSON only. Errors: those of the rows and of the sink.
[[nodiscard]] Status write_report(const Report& report, output::Format format, const PrintOptions& options,
                                  const output::TextSink& sink);
/// The view for people.
[[nodiscard]] Status write_for_people(const Report& report, const PrintOptions& options, const output::TextSink& sink);

/// A condition of --fail-on: `any`, or a word of the question. Errors: kUsage with the nearest word.
[[nodiscard]] Status check_fail_word(const Question& question, std::string_view word);
/// The number of rows that the word names. Errors: those of the rows.
[[nodiscard]] Result<std::uint64_t> rows_failing(const Report& report, std::string_view word);

/// The question's SQL with the window and the parameters filled in, as literals that no text of a parameter can leave.
/// Without a window the conditions on time are TRUE.
[[nodiscard]] Sql sql_of(const Question& question, const Parameters& parameters, const std::optional<Interval>& window);

}  // namespace flowtrail::investigate
