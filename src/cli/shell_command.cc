// `flowtrail shell [SOURCE...]`: SQL statements one after the other, from a person or a pipe.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/sql_sources.h"
#include "output/color.h"
#include "shell/history_file.h"
#include "shell/interrupt_watch.h"
#include "shell/line_editor.h"
#include "shell/line_source.h"
#include "shell/messages.h"
#include "shell/session.h"
#include "shell/shell.h"
#include "shell/terminal_sink.h"
#include "version.h"

namespace flowtrail::cli {
namespace {

constexpr int kPressesToLeave = 3;

struct ShellArguments {
  std::optional<std::string> format;
  DialectArguments dialect;
  bool keep_going = false;
  SourceArguments sources;
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

/// Rows of the terminal that standard output is; 0 if it is none.
int screen_lines() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

shell::TerminalSinkOptions sink_options(bool is_person) {
  shell::TerminalSinkOptions options;
  options.print = print_result;
  options.width = table_width;
  options.progress = isatty(STDERR_FILENO) != 0;
  if (is_person) options.screen_lines = screen_lines;
  return options;
}

/// The first Ctrl-C cancels the statement. What does not stop then can still be left.
void on_interrupt(shell::Session& session, int presses, int& told) {
  session.interrupt();
  if (presses >= kPressesToLeave) _exit(kInterrupted);
  if (presses == kPressesToLeave - 1 && std::exchange(told, presses) != presses) {
    print_note("the statement is still being stopped; Ctrl-C once more leaves");
  }
}

/// Names that Tab offers; columns are asked for once for each table.
shell::Names names_of(shell::Session& session) {
  shell::Names names;
  names.tables = session.table_names().value_or(std::vector<std::string>{});
  names.functions = session.function_names();
  names.columns = [&session](const std::string& table) {
    std::vector<std::string> columns;
    if (const auto found = session.columns(table)) {
      for (const shell::TableColumn& column : *found) columns.push_back(column.name);
    }
    return columns;
  };
  return names;
}

Result<std::unique_ptr<shell::LineSource>> open_lines(shell::Session& session, bool is_person) {
  if (!is_person) return std::make_unique<shell::StreamLines>(std::cin);
  shell::EditorOptions options;
  options.color = output::decide_color(output::ColorMode::kAuto, output::ColorEnvironment::of_process(STDERR_FILENO));
  options.history = shell::HistoryFile{shell::HistoryFile::default_path()};
  options.names = [&session] { return names_of(session); };
  FT_TRY(auto editor, shell::LineEditor::open(std::move(options)));
  // Ctrl-C is for statements, and a pager that is left early is no reason to end.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  print_note(fmt::format("version {}, {}'s SQL; .help tells the commands, Ctrl-D leaves", kVersion,
                         session.dialect() == shell::Dialect::kAthena ? "Athena" : "DuckDB"));
  return editor;
}

int run_lines(OpenDatabase& opened, const ShellArguments& arguments, shell::ShellOptions options) {
  const bool is_person = isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
  const auto dialect = arguments.dialect.dialect == "athena" ? shell::Dialect::kAthena : shell::Dialect::kDuckdb;
  auto athena_options = session_options(arguments.dialect);
  if (!athena_options) {
    print_error(athena_options.error());
    return kUsage;
  }
  const auto opened_session = shell::Session::open(opened.connection, dialect, *std::move(athena_options));
  if (!opened_session) {
    print_error(opened_session.error());
    return exit_code_of(opened_session.error());
  }
  shell::Session& session = **opened_session;
  shell::TerminalSink sink{sink_options(is_person)};
  const auto lines = open_lines(session, is_person);
  if (!lines) {
    print_error(lines.error());
    return kFailed;
  }
  options.guard = [&session](const auto& body) -> engine::SqlResult<void> {
    int told = 0;
    const shell::InterruptWatch watch{[&](int presses) { on_interrupt(session, presses, told); }};
    auto status = body();
    if (!status && watch.presses() > 0) return std::unexpected(shell::cancelled());
    return status;
  };
  shell::Shell shell{session, sink, std::move(options)};
  if (const Status status = shell.run(**lines); !status) {
    if (const Status written = sink.status(); !written) print_error(written.error());
    return exit_code_of_sql(status.error());
  }
  const bool partial = session.bad_input().total() > 0 || (opened.report && opened.report->bad_total() > 0);
  return !is_person && partial ? kPartialInput : kDone;
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
  return run_lines(*opened, arguments, *std::move(options));
}

}  // namespace

void add_shell_command(CLI::App& app, int& exit_code) {
  // Shared: the callback outlives this function.
  auto arguments = std::make_shared<ShellArguments>();
  CLI::App* command =
      app.add_subcommand("shell", "Ask the logs in SQL (Athena's dialect), one statement after the other");
  command->add_option("--output", arguments->format,
                      "table, csv, tsv, json, ndjson or markdown (a terminal gets a table, anything else tsv)");
  add_dialect_options(*command, arguments->dialect);
  command->add_flag("--keep-going", arguments->keep_going,
                    "Go on after an error when the lines come from a pipe or file");
  add_source_options(*command, arguments->sources);
  command->footer(
      "A statement ends with ; and a line that begins with a dot is a command of the shell: .help tells them.");
  command->callback([arguments, &exit_code] { exit_code = run_shell(*arguments); });
}

}  // namespace flowtrail::cli
