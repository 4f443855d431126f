// From a request to what is printed: `investigate` reads, answers and gathers; `to_json` is the envelope of the
// contract, `to_people` the table view.
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
  output::Table table;  // all rows
  std::vector<Warning> warnings;
  std::vector<std::string> sentences, coverage_lines;
  std::vector<Remedy> remedies;
  Sql sql;
  std::uint64_t bad_total = 0;  // > 0: the input was not whole
};

/// Reads the sources and answers. Errors: those of `ingest::ingest`.
[[nodiscard]] Result<Report> investigate(const Request& request);

/// Answers from evidence that is already there. Pure: equal evidence and parameters give equal reports.
[[nodiscard]] Report report_of(const Question& question, const Parameters& parameters, const Interval& window,
                               EvidenceDetail detail, const ingest::Evidence& evidence, const Shown& shown = {});

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
};

/// Number of rows that the limit lets through.
[[nodiscard]] std::uint64_t rows_shown(const Report& report, std::uint64_t limit);

/// One JSON object, the contract's section 1; with a `remediation` member when that is asked for.
[[nodiscard]] std::string to_json(const Report& report, const PrintOptions& options);
/// The answer, the rows, what was read, what is missing.
[[nodiscard]] std::string to_people(const Report& report, const PrintOptions& options);
/// Rows alone, cut at the limit, in any format but kTable; JSON columns only in NDJSON.
[[nodiscard]] std::string rows_text(const Report& report, output::Format format, std::uint64_t limit);

/// A condition of --fail-on: `any`, or a word of the question. Errors: kUsage with the nearest word.
[[nodiscard]] Status check_fail_word(const Question& question, std::string_view word);
/// The number of rows that the word names.
[[nodiscard]] std::uint64_t rows_failing(const Report& report, std::string_view word);

/// The question's SQL with the window and the parameters filled in, as literals that no text of a parameter can leave.
/// Without a window the conditions on time are TRUE.
[[nodiscard]] Sql sql_of(const Question& question, const Parameters& parameters, const std::optional<Interval>& window);

}  // namespace flowtrail::investigate
