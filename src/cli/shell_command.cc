// `flowtrail shell [SOURCE...]`: SQL statements one after the other, from a person or a pipe.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/sql_sources.h"
#include "shell/line_source.h"
#include "shell/session.h"
#include "shell/shell.h"

namespace flowtrail::cli {
namespace {

struct ShellArguments {
  std::optional<std::string> format;
  std::string dialect = "athena";
  bool strict = false;
  bool keep_going = false;
  SourceArguments sources;
};

/// Answers to standard output, everything else to standard error.
class PlainSink : public shell::Sink {
 public:
  void write(std::string_view text) override {
    if (status_) status_ = print_result(text);
  }
  void note(std::string_view lines) override { std::fwrite(lines.data(), 1, lines.size(), stderr); }
  [[nodiscard]] Status status() const override { return status_; }
  [[nodiscard]] int width() const override { return table_width(); }

 private:
  Status status_;
};

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result<shell::ShellOptions> shell_options(const ShellArguments& arguments) {
  shell::ShellOptions options;
  options.format = isatty(STDOUT_FILENO) != 0 ? output::Format::kTable : output::Format::kTsv;
  if (arguments.format) {
    FT_TRY(options.format, output::parse_format(*arguments.format));
  }
  options.keep_going = arguments.keep_going;
  options.clock = seconds_now;
  return options;
}

int run_shell(const ShellArguments& arguments) {
  auto options = shell_options(arguments);
  const auto sources = ingest_options(arguments.sources);
  if (!options || !sources) {
    print_error(options ? sources.error() : options.error());
    return kUsage;
  }
  auto opened = open_database(*sources);
  if (!opened) {
    print_error(opened.error());
    return exit_code_of(opened.error());
  }
  options->report = opened->report;
  const auto dialect = arguments.dialect == "athena" ? shell::Dialect::kAthena : shell::Dialect::kDuckdb;
  shell::Session session{opened->connection, dialect, {.strict = arguments.strict}};
  PlainSink sink;
  shell::StreamLines lines{std::cin};
  shell::Shell shell{session, sink, *std::move(options)};
  if (const Status status = shell.run(lines); !status) {
    if (const Status written = sink.status(); !written) print_error(written.error());
    return exit_code_of_sql(status.error());
  }
  return opened->report && opened->report->bad_total() > 0 ? kPartialInput : kDone;
}

}  // namespace

void add_shell_command(CLI::App& app, int& exit_code) {
  // Shared: the callback outlives this function.
  auto arguments = std::make_shared<ShellArguments>();
  CLI::App* command =
      app.add_subcommand("shell", "Ask the logs in SQL (Athena's dialect), one statement after the other");
  command->add_option("--output", arguments->format,
                      "table, csv, tsv, json, ndjson or markdown (a terminal gets a table, anything else tsv)");
  command->add_option("--dialect", arguments->dialect, "athena or duckdb")->check(CLI::IsMember({"athena", "duckdb"}));
  command->add_flag("--strict", arguments->strict, "Refuse what Athena refuses instead of warning (--dialect athena)");
  command->add_flag("--keep-going", arguments->keep_going,
                    "Go on after an error when the lines come from a pipe or file");
  add_source_options(*command, arguments->sources);
  command->footer(
      "A statement ends with ; and a line that begins with a dot is a command of the shell: .help tells them.");
  command->callback([arguments, &exit_code] { exit_code = run_shell(*arguments); });
}

}  // namespace flowtrail::cli
