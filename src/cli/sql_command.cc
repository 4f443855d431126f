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

#include "cli/commands.h"
#include "cli/print.h"
#include "engine/database.h"
#include "output/display_text.h"
#include "output/result_table.h"
#include "tables/athena_script.h"
#include "tables/script_runner.h"
#include "tables/tables.h"

namespace flowtrail::cli {
namespace {

struct SqlArguments {
  std::optional<std::string> text;
  std::optional<std::string> file;
  std::optional<std::string> format;
  std::string dialect = "duckdb";
  bool strict = false;
  bool check = false;
  std::vector<std::string> snapshots;
  std::optional<std::string> snapshot_time;
  std::vector<std::string> sources;
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

Result<ingest::Options> ingest_options(const SqlArguments& arguments) {
  ingest::Options options;
  options.sources = arguments.sources;
  options.snapshots = arguments.snapshots;
  options.scanners = &attribution::ScannerList::shipped();
  if (arguments.snapshot_time) {
    FT_TRY(options.snapshot_time, parse_utc(*arguments.snapshot_time));
  }
  return options;
}

/// DuckDB's guess at a table's name is among its own system tables more often than not.
void explain_missing_table(bool has_sources, engine::SqlError& error) {
  if (error.name != "TABLE_NOT_FOUND") return;
  std::string names;
  for (const std::string& name : tables::table_names()) names += (names.empty() ? "" : ", ") + name;
  error.hint = has_sources ? "the tables are " + names : "name a SOURCE, a folder or file with logs, to have " + names;
}

/// The message, the line of SQL with a caret under the fault, and what to do about it.
void print_sql_error(const engine::SqlError& error, std::string_view script) {
  // Trino's messages begin with their place.
  print_error({error.code, error.what, error.what.starts_with("line ") ? "" : error.where, {}});
  const std::string lines = engine::excerpt(error, script);
  if (const std::size_t end = lines.find('\n'); end != std::string::npos) {
    std::cerr << output::visible(std::string_view{lines}.substr(0, end)) << lines.substr(end);
  }
  if (!error.hint.empty()) print_note(error.hint);
}

void print_warnings(const tables::ScanReport& report) {
  for (const tables::Warning& warning : report.warnings()) {
    const std::string place = warning.example.empty() ? "" : fmt::format(" (first: {})", warning.example);
    print_note(fmt::format("{}: {}{}", warning.text, warning.count, place));
  }
}

void print_athena_warnings(const std::vector<dialect::Warning>& warnings) {
  for (const dialect::Warning& warning : warnings) {
    print_note(fmt::format("will fail on Athena: {} (line {}, column {})", warning.text, warning.position.line,
                           warning.position.column));
  }
}

engine::SqlResult<void> run_athena(engine::Connection& connection, const std::string& script,
                                   const SqlArguments& arguments, const tables::ScriptOutput& output) {
  tables::AthenaSession session{connection, {.strict = arguments.strict, .check = arguments.check}};
  auto status = session.run(script, output);
  print_athena_warnings(session.warnings());
  return status;
}

/// Everything between the script and its results; the report tells what the scans noticed.
engine::SqlResult<void> run(const std::string& script, const SqlArguments& arguments, const ingest::Options& options,
                            tables::ScriptOutput output, std::shared_ptr<const tables::ScanReport>& report) {
  const auto as_sql_error = [](const Error& error) {
    engine::SqlError sql_error;
    static_cast<Error&>(sql_error) = error;
    sql_error.name = "GENERIC_USER_ERROR";
    return std::unexpected(std::move(sql_error));
  };
  auto database = engine::Database::open({});
  if (!database) return as_sql_error(database.error());
  auto connection = database->connect();
  if (!connection) return as_sql_error(connection.error());
  if (!options.sources.empty() || !options.snapshots.empty()) {
    auto registered = tables::register_tables(*connection, options);
    if (!registered) return as_sql_error(registered.error());
    report = *registered;
    output.warnings = [report] { return report->warnings(); };
  }
  if (arguments.dialect == "athena") return run_athena(*connection, script, arguments, output);
  return tables::run_script(*connection, script, output);
}

/// SQL that is wrong is a failure, not a wrong use of the command line.
int exit_code_of_sql(const engine::SqlError& error) {
  return error.code == ErrorCode::kUsage ? kFailed : exit_code_of(error);
}

int usage_error(const Error& error) {
  print_error(error);
  return kUsage;
}

int run_sql(const SqlArguments& arguments) {
  const auto format = chosen_format(arguments);
  if (!format) return usage_error(format.error());
  const auto options = ingest_options(arguments);
  if (!options) return usage_error(options.error());
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
  auto status = run(*script, arguments, *options, output, report);
  if (!status) {
    explain_missing_table(report != nullptr, status.error());
    if (*format == output::Format::kJson) output.write(tables::error_json(status.error()) + "\n");
    print_sql_error(status.error(), *script);
  }
  if (report) print_warnings(*report);
  if (!written) {
    print_error(written.error());
    return exit_code_of(written.error());
  }
  if (!status) return exit_code_of_sql(status.error());
  return report && report->bad_total() > 0 ? kPartialInput : kDone;
}

}  // namespace

void add_sql_command(CLI::App& app, int& exit_code) {
  // Shared: the callback outlives this function.
  auto arguments = std::make_shared<SqlArguments>();
  CLI::App* sql = app.add_subcommand("sql",
                                     "Ask the logs in SQL (DuckDB's dialect); tables: vpc_flow_logs, "
                                     "cloudtrail_logs, security_group_rules, rule_usage, ...");
  auto* text = sql->add_option("-c,--command", arguments->text, "Statements to run, separated by ;");
  sql->add_option("-f,--file", arguments->file, "File with statements; - is standard input")->excludes(text);
  sql->add_option("--output", arguments->format,
                  "table, csv, tsv, json, ndjson or markdown (a terminal gets a table, anything else tsv)");
  sql->add_option("--dialect", arguments->dialect, "athena or duckdb")->check(CLI::IsMember({"athena", "duckdb"}));
  sql->add_flag("--strict", arguments->strict, "Refuse what Athena refuses instead of warning (--dialect athena)");
  sql->add_flag("--check", arguments->check, "Parse, translate and bind without running (--dialect athena)");
  sql->add_option("--snapshot", arguments->snapshots, "describe-* JSON or AWS Config file that fixes the state")
      ->allow_extra_args(false);
  sql->add_option("--snapshot-time", arguments->snapshot_time, "Time of snapshots that carry none (UTC, ISO 8601)");
  sql->add_option("SOURCE", arguments->sources, "Folder or file with logs; none is needed for plain SQL");
  sql->callback([arguments, &exit_code] { exit_code = run_sql(*arguments); });
}

}  // namespace flowtrail::cli
