// `flowtrail sql [-c TEXT | -f FILE] [SOURCE...]`: SQL over the tables of the SOURCEs, in Athena's dialect or DuckDB's.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "athena/session.h"
#include "base/bad_input.h"
#include "catalog/catalog.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/sql_sources.h"
#include "engine/database.h"
#include "output/result_table.h"
#include "shell/interrupt_watch.h"
#include "shell/messages.h"
#include "tables/script_runner.h"
#include "tables/tables.h"

namespace flowtrail::cli {
namespace {

struct SqlArguments {
  std::optional<std::string> text;
  std::optional<std::string> file;
  std::optional<std::string> format;
  bool check = false;
  DialectArguments dialect;
  SourceArguments sources;
};

Result<std::string> read_script(const SqlArguments& arguments) {
  if (arguments.text) return *arguments.text;
  if (arguments.file && *arguments.file != "-") {
    std::ifstream file{*arguments.file, std::ios::binary};
    if (!file) return failure(ErrorCode::kNotFound, "cannot be opened: {}", *arguments.file);
    return std::string{std::istreambuf_iterator<char>{file}, {}};
  }
  if (isatty(STDIN_FILENO) != 0) std::cerr << "Type SQL; Ctrl-D ends it.\n";
  return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
}

Result<output::Format> chosen_format(const SqlArguments& arguments) {
  if (arguments.format) return output::parse_format(*arguments.format);
  return isatty(STDOUT_FILENO) != 0 ? output::Format::kTable : output::Format::kTsv;
}

void print_lines(std::string_view lines) {
  std::fwrite(lines.data(), 1, lines.size(), stderr);
}

engine::SqlResult<void> run_athena(engine::Connection& connection, const std::string& script,
                                   const SqlArguments& arguments, const tables::ScriptOutput& output, BadInput& bad,
                                   std::vector<std::string>& known) {
  auto options = session_options(arguments.dialect);
  if (!options) return std::unexpected(shell::as_sql_error(options.error()));
  options->check = arguments.check;
  const auto session = athena::Session::open(connection, *std::move(options));
  if (!session) return std::unexpected(shell::as_sql_error(session.error()));
  auto status = (*session)->run(script, output);
  for (const dialect::Warning& warning : (*session)->warnings()) print_lines(shell::warning_text(warning));
  bad = (*session)->bad_input();
  if (const auto entries = (*session)->catalog().entries(catalog::kDefaultDatabase)) {
    for (const catalog::Entry& entry : *entries) known.push_back(entry.name);
  }
  return status;
}

/// Everything between the script and its results; the report tells what the scans noticed, `known` gets the names of
/// tables.
engine::SqlResult<void> run(const std::string& script, const SqlArguments& arguments, const ingest::Options& options,
                            tables::ScriptOutput output, std::shared_ptr<const tables::ScanReport>& report,
                            BadInput& bad, std::vector<std::string>& known) {
  auto opened = open_database(options);
  if (!opened) return std::unexpected(shell::as_sql_error(opened.error()));
  report = opened->report;
  if (report) {
    output.warnings = [report] { return report->warnings(); };
    known = tables::table_names();
  }
  // The first Ctrl-C cancels, the second does not wait for that.
  const shell::InterruptWatch watch{[&opened](int presses) {
    if (presses > 1) _exit(kInterrupted);
    opened->connection.interrupt();
  }};
  auto status = arguments.dialect.dialect == "athena"
                    ? run_athena(opened->connection, script, arguments, output, bad, known)
                    : tables::run_script(opened->connection, script, output);
  if (!status && watch.presses() > 0) return std::unexpected(shell::cancelled());
  return status;
}

int usage_error(const Error& error) {
  print_error(error);
  return kUsage;
}

int run_sql(const SqlArguments& arguments) {
  const auto format = chosen_format(arguments);
  if (!format) return usage_error(format.error());
  const auto options = ingest_options(arguments.sources);
  if (!options) return usage_error(options.error());
  if (const auto session = session_options(arguments.dialect); !session) return usage_error(session.error());
  const auto script = read_script(arguments);
  if (!script) return usage_error(script.error());

  Status written;
  tables::ScriptOutput output;
  output.format = *format;
  output.width = table_width();
  output.write = [&written](std::string_view text) {
    if (written) written = print_result(text);
  };
  std::shared_ptr<const tables::ScanReport> report;
  BadInput bad;
  std::vector<std::string> known;
  auto status = run(*script, arguments, *options, output, report, bad, known);
  if (!status) {
    shell::explain_missing_table(known, report != nullptr, status.error());
    if (*format == output::Format::kJson) output.write(tables::error_json(status.error()) + "\n");
    print_lines(shell::error_text(status.error(), *script));
  }
  if (report) {
    for (const tables::Warning& warning : report->warnings()) print_lines(shell::warning_text(warning));
  }
  for (const tables::Warning& warning : tables::bad_input_warnings(bad)) print_lines(shell::warning_text(warning));
  if (!written) {
    print_error(written.error());
    return exit_code_of(written.error());
  }
  if (!status) return exit_code_of_sql(status.error());
  const bool partial = bad.total() > 0 || (report && report->bad_total() > 0);
  return partial ? kPartialInput : kDone;
}

}  // namespace

void add_sql_command(CLI::App& app, int& exit_code) {
  // Shared: the callback outlives this function.
  auto arguments = std::make_shared<SqlArguments>();
  CLI::App* sql = app.add_subcommand("sql",
                                     "Ask the logs in Athena's SQL, DDL included; tables: vpc_flow_logs, "
                                     "cloudtrail_logs, security_group_rules, rule_usage, ...");
  auto* text = sql->add_option("-c,--command", arguments->text, "Statements to run, separated by ;");
  sql->add_option("-f,--file", arguments->file, "File with statements; - is standard input")->excludes(text);
  sql->add_option("--output", arguments->format,
                  "table, csv, tsv, json, ndjson or markdown (a terminal gets a table, anything else tsv)");
  sql->add_flag("--check", arguments->check, "Parse, translate and bind without running");
  add_dialect_options(*sql, arguments->dialect);
  add_source_options(*sql, arguments->sources);
  sql->callback([arguments, &exit_code] { exit_code = run_sql(*arguments); });
}

}  // namespace flowtrail::cli
